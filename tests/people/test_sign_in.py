"""Signing in: who gets in, what a wrong PIN costs, and that a restart or a second window gives nothing for free."""

import threading
from datetime import timedelta

import argon2
import pytest
from sqlmodel import select

from staffbase.kernel.access import STATION_ITSELF, Role
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, NotAllowed, NotFound, WrongPin
from staffbase.kernel.ledger import Ledger
from staffbase.people.model import Person, Pin
from staffbase.people.pins import hash_pin, new_pin, pin_fits, set_pin_in
from staffbase.people.service import People
from staffbase.residents.model import House

PIN = "481592"


@pytest.fixture
def people(station, actors):
    """Marit and Jonas have PINs of their own."""
    with station.database.write(STATION_ITSELF, "test.pins") as tx:
        for name in ("marit", "jonas", "ingrid"):
            set_pin_in(tx, actors[name].person_id, hash_pin(station.database.seal, PIN, quick=True), one_time=False)
    return station.people


def wrong(people, person_id, pin="907314"):
    with pytest.raises(WrongPin) as refused:
        people.sign_in(STATION_ITSELF, person_id, pin)
    return refused.value


def test_the_right_pin_lets_in(people, actors, station):
    signed = people.sign_in(STATION_ITSELF, actors["marit"].person_id, PIN)
    assert signed.actor == actors["marit"]
    assert not signed.must_change_pin
    with station.database.read() as tx:
        assert [row.actor_id for row in tx.all(select(Ledger).where(Ledger.action == "person.sign_in"))] == [
            signed.actor.person_id
        ]
        assert tx.get(Pin, signed.actor.person_id).last_sign_in == station.database.clock.now()


def test_only_the_station_lets_people_in(people, actors):
    with pytest.raises(NotAllowed):
        people.sign_in(actors["ingrid"], actors["marit"].person_id, PIN)


def test_five_wrong_ones_cost_a_growing_wait_that_never_is_for_ever(people, actors, clock):
    marit = actors["marit"].person_id
    assert [wrong(people, marit).wait for _try in range(5)] == [0, 0, 0, 0, 30]
    for wait in (60, 120, 300, 300, 300):
        clock.move_to(clock.now() + timedelta(seconds=299))
        clock.move_to(clock.now() + timedelta(seconds=2))
        assert wrong(people, marit).wait == wait
    clock.move_to(clock.now() + timedelta(seconds=301))
    assert people.sign_in(STATION_ITSELF, marit, PIN).actor.person_id == marit
    assert wrong(people, marit).wait == 0  # forgotten


def test_while_one_waits_not_even_the_right_one_lets_in(people, actors, clock):
    marit = actors["marit"].person_id
    for _try in range(5):
        wrong(people, marit)
    clock.move_to(clock.now() + timedelta(seconds=10))
    assert wrong(people, marit, PIN).wait == 20
    assert wrong(people, marit).wait == 20  # and waiting tries cost nothing more
    people.sign_in(STATION_ITSELF, actors["jonas"].person_id, PIN)  # others go on
    clock.move_to(clock.now() + timedelta(seconds=21))
    people.sign_in(STATION_ITSELF, marit, PIN)


def test_the_wait_survives_a_restart(people, actors, station):
    for _try in range(5):
        wrong(people, actors["marit"].person_id)
    assert wrong(People(station.database, station.house_id), actors["marit"].person_id, PIN).wait == 30


def test_a_clock_set_back_does_not_lengthen_the_wait(people, actors, clock):
    marit = actors["marit"].person_id
    for _try in range(5):
        wrong(people, marit)
    clock.move_to(clock.now() - timedelta(days=1))
    assert wrong(people, marit).wait == 30
    clock.move_to(clock.now() + timedelta(seconds=31))
    people.sign_in(STATION_ITSELF, marit, PIN)


def test_the_screen_says_how_long_and_whom_to_ring(people, actors, station):
    for _try in range(4):
        wrong(people, actors["marit"].person_id)
    assert str(wrong(people, actors["marit"].person_id)) == (
        "Too many wrong PINs. Wait 30 seconds. If it is urgent, ring Bakvakt 00 00 00 01."
    )
    with station.database.write(STATION_ITSELF, "test.phone") as tx:
        tx.change(tx.get(House, station.house_id), oncall_phone="")
        tx.change(tx.get(Person, actors["ingrid"].person_id), phone="00 00 00 09")
    assert "Ingrid 00 00 00 09" in str(wrong(people, actors["marit"].person_id))
    with station.database.write(STATION_ITSELF, "test.phone") as tx:
        tx.change(tx.get(Person, actors["ingrid"].person_id), phone="")
    assert "A leader can give you a new PIN" in str(wrong(people, actors["marit"].person_id))


def test_five_at_once_are_five_tries(people, actors, station):
    """Two stations and a held key do not get more guesses than one."""
    waits = []

    def attempt():
        try:
            people.sign_in(STATION_ITSELF, actors["marit"].person_id, "907314")
        except WrongPin as refused:
            waits.append(refused.wait)

    threads = [threading.Thread(target=attempt) for _number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with station.database.read() as tx:
        assert tx.get(Pin, actors["marit"].person_id).failures == 5
    assert len(waits) == 12


def test_a_stranger_one_without_pin_and_one_who_left(people, actors):
    with pytest.raises(WrongPin):
        people.sign_in(STATION_ITSELF, 4711, PIN)
    with pytest.raises(NotAllowed, match="has no PIN yet"):
        people.sign_in(STATION_ITSELF, actors["nora"].person_id, PIN)
    people.person_left(actors["ingrid"], actors["jonas"].person_id)
    with pytest.raises(NotAllowed, match="no longer works here"):
        people.sign_in(STATION_ITSELF, actors["jonas"].person_id, PIN)


def test_on_a_full_disk_one_still_gets_in_and_wrong_ones_still_count(people, actors, station, monkeypatch):
    def full(*_arguments, **_more):
        raise DatabaseUnavailable("full")

    marit = actors["marit"].person_id
    monkeypatch.setattr(station.database, "write", full)
    people.sign_in(STATION_ITSELF, marit, PIN)
    assert [wrong(people, marit).wait for _try in range(5)] == [0, 0, 0, 0, 30]
    assert wrong(people, marit, PIN).wait == 30


def test_a_one_time_pin_must_be_changed(people, actors, station):
    nora = actors["nora"]
    pin = people.issue_pin(actors["ingrid"], nora.person_id)
    assert people.sign_in(STATION_ITSELF, nora.person_id, pin).must_change_pin
    with pytest.raises(WrongPin):
        people.change_pin(nora, "907314", PIN)
    for bad in ("123456", pin):
        with pytest.raises(Invalid):
            people.change_pin(nora, pin, bad)
    people.change_pin(nora, pin, PIN)
    assert not people.sign_in(STATION_ITSELF, nora.person_id, PIN).must_change_pin
    wrong(people, nora.person_id, pin)
    line = next(line for line in people.directory(actors["ingrid"]) if line.id == nora.person_id)
    assert (line.has_pin, line.one_time_pin) == (True, False)


def test_a_new_one_time_pin_ends_a_wait(people, actors):
    marit = actors["marit"].person_id
    for _try in range(5):
        wrong(people, marit)
    pin = people.issue_pin(actors["ingrid"], marit)
    assert people.sign_in(STATION_ITSELF, marit, pin).must_change_pin


@pytest.mark.parametrize("who", ["eva", "marit", "kari", "astrid"])
def test_only_a_leader_gives_out_pins_and_changes_staff(people, actors, who):
    for attempt in (
        lambda: people.issue_pin(actors[who], actors["nora"].person_id),
        lambda: people.add_person(actors[who], "Ny", Role.STAFF),
        lambda: people.change_person(actors[who], actors["nora"].person_id, role=Role.LEADER),
        lambda: people.person_left(actors[who], actors["nora"].person_id),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_wrong_old_pins_count_as_wrong_ones(people, actors):
    marit = actors["marit"]
    for _try in range(5):
        with pytest.raises(WrongPin):
            people.change_pin(marit, "907314", "735190")
    assert wrong(people, marit.person_id, PIN).wait == 30


def test_no_pin_stands_anywhere(people, actors, station):
    with station.database.read() as tx:
        rows = [str(pin.model_dump()) for pin in tx.all(select(Pin))] + [
            str(row.model_dump()) for row in tx.all(select(Ledger))
        ]
    assert PIN not in "".join(rows)


def test_hashes_have_the_cost_and_the_pepper(station):
    seal = station.database.seal
    hashed = hash_pin(seal, PIN)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=2$")
    assert pin_fits(seal, hashed, PIN)
    assert not pin_fits(seal, hashed, "481593")
    from staffbase.kernel.ledger import Seal

    assert not pin_fits(Seal(b"another station's key"), hashed, PIN)
    assert hash_pin(seal, PIN) != hashed


def test_made_pins_may_be_used_and_differ():
    assert len({new_pin() for _number in range(50)}) > 45


def test_staff_come_change_and_go(people, actors, station):
    leader = actors["ingrid"]
    ny = people.add_person(leader, "Ny  ", Role.STAFF, "00 00 00 07")
    people.change_person(leader, ny, role=Role.CLINICAL_LEAD, name="Nina")
    assert people.names(leader)[ny] == "Nina"
    people.person_left(leader, ny)
    line = people.directory(leader)[-1]
    assert (line.id, line.left, line.has_pin) == (ny, True, False)
    with pytest.raises(NotFound):
        people.change_person(leader, ny, name="Nils")
    again = people.add_person(leader, "Nina", Role.STAFF)  # a name is free again
    assert again != ny
    texts = [item.text for item in station.journal.timeline(leader, house_only=True)]
    assert texts == [
        "Nina works here as staff.",
        "Nina no longer works here.",
        "Role changed: Nina, staff → clinical lead.",
        "Ny is now called Nina.",
        "Ny works here as staff.",
    ]


@pytest.mark.parametrize(
    ("name", "role"), [("marit", Role.STAFF), ("", Role.STAFF), ("A\x1b[2J", Role.STAFF), ("Ny", Role.SYSTEM)]
)
def test_people_that_cannot_be_added(people, actors, name, role):
    with pytest.raises(Invalid):
        people.add_person(actors["ingrid"], name, role)


def test_the_last_leader_stays(people, actors):
    leader = actors["ingrid"]
    with pytest.raises(Invalid, match="only leader"):
        people.change_person(leader, leader.person_id, role=Role.STAFF)
    with pytest.raises(Invalid, match="only leader"):
        people.person_left(leader, leader.person_id)
    eva = actors["eva"].person_id
    people.change_person(leader, eva, role=Role.LEADER)
    with pytest.raises(Invalid, match="only leader who can sign in"):
        people.person_left(leader, leader.person_id)
    people.issue_pin(leader, eva)
    people.person_left(leader, leader.person_id)


def test_a_change_that_somebody_else_made_first_is_not_overwritten(people, actors):
    from staffbase.kernel.errors import ChangedElsewhere

    leader, nora = actors["ingrid"], actors["nora"].person_id
    version = next(line.version for line in people.directory(leader) if line.id == nora)
    people.change_person(leader, nora, phone="00 00 00 05", version=version)
    with pytest.raises(ChangedElsewhere):
        people.change_person(leader, nora, phone="00 00 00 06", version=version)


def test_only_the_demo_hashes_cheaply(station):
    ordinary = argon2.extract_parameters(hash_pin(station.database.seal, PIN))
    quick = argon2.extract_parameters(hash_pin(station.database.seal, PIN, quick=True))
    assert (ordinary.memory_cost, ordinary.time_cost, ordinary.parallelism) == (64 * 1024, 3, 2)
    assert quick.memory_cost * quick.time_cost * 20 < ordinary.memory_cost * ordinary.time_cost

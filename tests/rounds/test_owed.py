"""What a round owed is asked of how things stood then: not of who lives there now, nor of windows set since."""

from datetime import date, time, timedelta

import pytest
from tests.conftest import moment

from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.errors import Invalid
from staffbase.residents.model import Presence, RoundForm
from staffbase.rounds.model import Outcome
from staffbase.rounds.rules import WindowHours

FIRST = date(2026, 1, 5)


def counted(station, night=FIRST):
    return [(one.done, one.due, one.signed) for one in station.rounds.windows(STATION_ITSELF, night)]


def answer(station, actor, walk, units, codes):
    for code in codes:
        station.rounds.check_off(actor, walk.id, units[code], Outcome.SPOKE)


def test_who_moves_in_after_the_round_was_not_owed(night, actors, units, back, clock):
    samira = actors["samira"]
    night.residents.add_units(actors["ingrid"], "B2")
    answer(night, samira, back, units, ("A1", "A2", "B1"))
    night.rounds.sign(samira, back.id)
    clock.move_to(moment(6, 1, 31))
    night.rounds.sign_not_walked(
        samira, walk_missed(night, samira, clock), dict.fromkeys(units.values(), "fire at the other house")
    )
    clock.move_to(moment(6, 12, 20))
    unit = next(door.unit_id for door in night.residents.doors(samira) if door.code == "B2")
    night.residents.admit(actors["eva"], unit, "Leif R.", 1977)
    assert counted(night) == [(3, 3, True), (0, 3, True)]
    clock.move_to(moment(6, 14))
    assert [line.words for line in night.board.view(samira).nights] == ["3 of 3 doors", "0 of 3 doors"]


def walk_missed(station, actor, clock):
    clock.move_to(moment(6, 5, 31))
    (window,) = station.rounds.sheet(actor).not_walked
    return window


def test_who_is_admitted_before_the_round_is_signed_still_needs_a_reason(night, actors, flats, units, back, clock):
    samira = actors["samira"]
    answer(night, samira, back, units, ("A1", "B1"))
    clock.move_to(moment(6, 0, 5))
    night.residents.set_presence(samira, flats["A2"], Presence.ADMITTED)
    assert [line.door.code for line in night.rounds.sheet(samira).open_lines] == ["A2"]
    with pytest.raises(Invalid, match="A2"):
        night.rounds.sign(samira, back.id)
    night.rounds.sign(samira, back.id, {units["A2"]: "ambulance was there"})
    assert counted(night)[0] == (2, 3, True)
    told = night.journal.timeline(samira, flats["A2"], kinds=[Kind.ROUND])
    assert [item.text for item in told] == ["Not checked on the round 23:30–01:30: ambulance was there"]


def test_what_was_seen_on_the_walk_is_answered_though_he_is_admitted_by_now(night, actors, flats, units, back, clock):
    samira = actors["samira"]
    night.residents.set_presence(samira, flats["A2"], Presence.ADMITTED, since=moment(5, 23, 50))
    assert night.rounds.check_off(samira, back.id, units["A2"], Outcome.ASLEEP).outcome is Outcome.ASLEEP
    night.residents.set_presence(samira, flats["B1"], Presence.PRISON, since=moment(5, 20))
    with pytest.raises(Invalid, match="in prison"):
        night.rounds.check_off(samira, back.id, units["B1"], Outcome.SPOKE)


def test_who_comes_home_or_moves_out_after_the_round_changes_nothing_of_it(night, actors, flats, units, clock):
    samira, eva = actors["samira"], actors["eva"]
    night.residents.set_presence(eva, flats["A1"], Presence.ADMITTED)
    walk = night.rounds.leave(samira)
    clock.move_to(moment(5, 23, 58))
    night.rounds.come_back(samira)
    answer(night, samira, walk, units, ("A2",))
    clock.move_to(moment(6, 9))
    night.residents.set_presence(eva, flats["A1"], Presence.HOME, since=moment(5, 20))  # known only now
    night.residents.leave(eva, flats["B1"], "moved on")
    assert counted(night)[0] == (1, 2, False)
    night.rounds.sign(samira, walk.id, {units["B1"]: "called away"})
    assert counted(night)[0] == (1, 2, True)
    (item,) = night.journal.timeline(eva, flats["B1"], kinds=[Kind.ROUND])
    assert item.text.endswith("called away")


def test_an_agreement_made_after_the_walk_does_not_hold_for_it(night, actors, flats, units, back):
    samira = actors["samira"]
    night.residents.set_agreement(actors["eva"], flats["A2"], RoundForm.NONE)
    line = next(line for line in night.rounds.sheet(samira).lines if line.door.code == "A2")
    assert (line.form, line.due) == (RoundForm.OPEN_DOOR, True)
    night.rounds.check_off(samira, back.id, units["A2"], Outcome.ASLEEP)


def test_a_late_round_is_not_written_on_who_lives_there_now(night, actors, flats, units, clock):
    samira, eva = actors["samira"], actors["eva"]
    clock.move_to(moment(6, 12))
    night.residents.leave(eva, flats["A1"], "moved on")
    night.residents.admit(eva, units["A1"], "Leif R.", 1977)
    walk = night.rounds.enter_late(samira, moment(6, 3, 40), moment(6, 4), "from paper")
    with pytest.raises(Invalid, match="Somebody else lived"):
        night.rounds.check_off(samira, walk.id, units["A1"], Outcome.SPOKE)


def test_a_house_that_was_filled_today_owes_nothing_of_last_night(database, clock):
    from staffbase.kernel.access import Actor, Role
    from staffbase.people.model import Person
    from staffbase.residents.house import create_house_in
    from staffbase.station import Station

    clock.move_to(moment(6, 11, 15))
    with database.write(STATION_ITSELF, "test.house") as tx:
        house = create_house_in(tx, "Nyhuset", [("A1", "A"), ("A2", "A")])
        leader = tx.add(Person(name="Ingrid", role=Role.LEADER))
    station, ingrid = Station(database, house.id), Actor(leader.id, "Ingrid", Role.LEADER)
    for unit in station.residents.units(ingrid):
        station.residents.admit(ingrid, unit.id, f"Beboer {unit.code}", 1980, date(2020, 1, 1))
    clock.move_to(moment(6, 11, 20))
    view = station.board.view(ingrid)
    assert not any("checked" in need.words for need in view.needs)
    assert view.nights == ()
    assert station.rounds.sheet(ingrid).not_walked == ()
    clock.move_to(moment(7, 9))
    assert counted(station, date(2026, 1, 6)) == [(0, 2, False), (0, 2, False)]


def test_a_window_that_is_set_when_its_time_has_passed_was_never_due(night, actors, units, clock):
    ingrid, samira = actors["ingrid"], actors["samira"]
    clock.move_to(moment(6, 4))
    night.rounds.sign_not_walked(samira, night.rounds.sheet(samira).not_walked[0], dict.fromkeys(units.values(), "ill"))
    night.rounds.set_windows(ingrid, [WindowHours(time(1, 30), time(2, 30)), WindowHours(time(5), time(6))])
    assert night.rounds.sheet(samira).not_walked == ()
    begins = [one.window.begins_at for one in night.rounds.windows(samira)]
    assert begins == [moment(5, 23, 30), moment(6, 3, 30), moment(6, 5)]
    clock.move_to(moment(7, 9))
    begins = [one.window.begins_at for one in night.rounds.windows(samira)]
    assert begins == [moment(7, 1, 30), moment(7, 5)]


def test_a_missed_round_stands_and_takes_its_reasons_for_three_days(night, actors, units, clock):
    samira = actors["samira"]
    clock.move_to(moment(6, 14))  # past noon: another night by the calendar of rounds
    said = [(need.time, need.words) for need in night.board.view(samira).needs]
    assert said[:2] == [("yesterday 23:30", "3 doors were not checked"), ("03:30", "3 doors were not checked")]
    first, second = night.rounds.sheet(samira).not_walked
    assert [door.code for door in night.rounds.owed(samira, first)] == ["A1", "A2", "B1"]
    for window in (first, second):
        night.rounds.sign_not_walked(samira, window, dict.fromkeys(units.values(), "ill, nobody came"))
    assert not any("not checked" in need.words for need in night.board.view(samira).needs)
    assert night.rounds.sheet(samira).not_walked == ()
    clock.move_to(moment(12, 14))
    assert {window.night for window in night.rounds.sheet(samira).not_walked} == {
        date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 11),
    }  # fmt: skip


def test_the_door_always_says_the_next_round_and_an_open_one(night, actors, clock):
    clock.move_to(moment(6, 5, 45))
    door = night.board.door(STATION_ITSELF)
    assert door.window == "Next round 23:30–01:30"
    assert door.missed == "Round 03:30–05:30: 3 doors not checked, not signed"
    assert door.units == (("A1", "open"), ("A2", "open"), ("B1", "open"))
    clock.move_to(moment(6, 14))
    assert night.board.door(STATION_ITSELF).missed == door.missed
    night.rounds.set_windows(actors["ingrid"], [WindowHours(time(23), time(23, 45), "FREQ=WEEKLY;BYDAY=SA")])
    assert night.board.door(STATION_ITSELF).window.startswith("Next round Sat")


def test_rounds_ask_the_same_number_of_questions_whatever_the_house_has_seen(night, actors, flats, clock):
    from sqlalchemy import event

    samira = actors["samira"]
    statements = []

    def asked(look):
        statements.clear()
        look()
        return len(statements)

    event.listen(night.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    before = asked(lambda: night.rounds.sheet(samira))
    for _time in range(5):
        for presence in (Presence.ADMITTED, Presence.HOME):
            clock.move_to(clock.now() + timedelta(minutes=1))
            night.residents.set_presence(samira, flats["A1"], presence)
    assert asked(lambda: night.rounds.sheet(samira)) == before
    assert before <= 22

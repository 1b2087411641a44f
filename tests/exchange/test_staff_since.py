"""Who left, whose role was changed and whose PIN was changed stays so when an older backup is put back, and that is said."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from tests.conftest import EVENING

from staffbase.exchange.authority import KnownHere, KnownInBackup
from staffbase.exchange.cards import cards_in
from staffbase.exchange.restore import restore
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import NotAllowed, WrongPin
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.people.model import Person
from staffbase.people.pins import hash_pin, set_pin_in
from staffbase.station import Station, open_station

IDA, ODD, PER, NEW = "283746", "730518", "907314", "618205"


class Staffed:
    """A station with two leaders, Ida and Odd, and Per of the staff, and a backup of that."""

    def __init__(self, place: Path) -> None:
        self.home = place / "home"
        self.settings = Settings(home=self.home)
        self.identities = FileIdentities(place / "identities")
        self.clock = HeldClock(EVENING)
        station, self.recovery = create_station(
            self.settings, self.clock, SetUp("Prøvehuset", "A1-A3", "Ida", IDA), self.identities
        )
        self.ida = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, IDA).actor
        self.odd = station.people.add_person(self.ida, "Odd", Role.LEADER)
        self.per = station.people.add_person(self.ida, "Per", Role.STAFF)
        give(station, self.odd, ODD)
        give(station, self.per, PER)
        self.backup = self.taken(station)
        station.close()

    def taken(self, station: Station) -> Path:
        """A backup, an hour before anything else happens."""
        file = station.automatic_backups(self.settings).take(STATION_ITSELF).file
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        return file

    def open(self) -> Station:
        return open_station(self.settings, self.clock, self.identities)

    def restore(self, file: Path | None = None, **how: Any) -> list[str]:
        done = restore(self.home, self.clock, file or self.backup, self.identities, overwrite=True, **how)
        return done.in_words()

    def break_database(self) -> None:
        (self.home / "staffbase.db").write_bytes(os.urandom(20_000))


def give(station: Station, person_id: int, pin: str) -> None:
    with station.database.write(STATION_ITSELF, "test.pin") as tx:
        set_pin_in(tx, person_id, hash_pin(station.database.seal, pin, quick=True), one_time=False)


def enters(station: Station, person_id: int, pin: str) -> Actor:
    return station.people.sign_in(STATION_ITSELF, person_id, pin).actor


def person(station: Station, person_id: int) -> Person:
    with station.database.read() as tx:
        return tx.get(Person, person_id)


@pytest.fixture
def staffed(tmp_path: Path) -> Staffed:
    return Staffed(tmp_path)


def test_who_left_stays_out_and_who_has_another_role_keeps_it(staffed: Staffed) -> None:
    station = staffed.open()
    station.people.person_left(staffed.ida, staffed.odd)
    left_at = person(station, staffed.odd).left_at
    station.people.change_person(staffed.ida, staffed.per, role=Role.MAINTENANCE)
    station.close()
    staffed.clock.move_to(staffed.clock.now() + timedelta(days=1))
    said = staffed.restore(leader=KnownHere(staffed.ida))
    assert "1 person who left since the backup stays out: Odd." in said
    assert "1 role that was changed since the backup is the one of today: Per." in said
    station = staffed.open()
    with pytest.raises(NotAllowed):
        enters(station, staffed.odd, ODD)
    assert person(station, staffed.odd).left_at == left_at
    assert enters(station, staffed.per, PER).role is Role.MAINTENANCE
    told = [item.text for item in station.journal.timeline(staffed.ida, kinds=[Kind.HOUSE])]
    assert "Odd no longer works here." in told
    with station.database.read() as tx:
        rows = tx.all(select(Ledger.actor_id).where(Ledger.action == "restore.staff"))
    assert list(rows) == [STATION_ITSELF.person_id]
    proof = station.verifications.verify(STATION_ITSELF)
    assert proof.clean, proof.faults
    station.close()


def test_nobody_is_named_to_whom_no_name_may_be_shown(staffed: Staffed) -> None:
    station = staffed.open()
    station.people.person_left(staffed.ida, staffed.odd)
    station.close()
    said = staffed.restore(recovery_identity=staffed.recovery)
    assert "1 person who left since the backup stays out." in said
    assert "Odd" not in " ".join(said)


def test_a_pin_that_was_changed_does_not_work_again(staffed: Staffed) -> None:
    station = staffed.open()
    station.people.change_pin(enters(station, staffed.per, PER), PER, NEW)
    one_time = station.people.issue_pin(staffed.ida, staffed.odd)
    station.close()
    assert "2 PINs that were changed since the backup are those of today: Odd, Per." in staffed.restore(
        leader=KnownHere(staffed.ida)
    )
    station = staffed.open()
    for person_id, pin in ((staffed.per, PER), (staffed.odd, ODD)):
        with pytest.raises(WrongPin):
            enters(station, person_id, pin)
    assert enters(station, staffed.per, NEW).name == "Per"
    assert station.people.sign_in(STATION_ITSELF, staffed.odd, one_time).must_change_pin
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()


def test_a_pin_that_was_put_in_from_outside_is_not_carried_over(staffed: Staffed) -> None:
    station = staffed.open()
    station.people.issue_pin(staffed.ida, staffed.odd)  # so that PINs are looked at
    with station.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE pin SET hash = (SELECT hash FROM pin WHERE id = :per) WHERE id = :ida"),
            {"per": staffed.per, "ida": staffed.ida.person_id},
        )
    station.close()
    said = " ".join(staffed.restore(leader=KnownHere(staffed.ida)))
    assert "1 PIN that was changed since the backup is the one of today: Odd." in said
    station = staffed.open()
    with pytest.raises(WrongPin):
        enters(station, staffed.ida.person_id, PER)
    assert enters(station, staffed.ida.person_id, IDA).name == "Ida"
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()


def test_a_backup_that_holds_a_pin_that_was_put_in_lets_nobody_restore_by_it(staffed: Staffed) -> None:
    station = staffed.open()
    with station.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE pin SET hash = (SELECT hash FROM pin WHERE id = :per) WHERE id = :ida"),
            {"per": staffed.per, "ida": staffed.ida.person_id},
        )
    file = staffed.taken(station)
    station.close()
    staffed.break_database()
    with pytest.raises(NotAllowed, match="changed outside staffbase"):
        staffed.restore(file, leader=KnownInBackup("Ida", PER))


def test_a_backup_of_a_line_that_was_left_behind_gives_back_nothing_that_it_knew_better(staffed: Staffed) -> None:
    """Put back by mistake, an old backup is followed by the newer one: what changed on either line counts."""
    station = staffed.open()
    station.people.change_person(staffed.ida, staffed.per, role=Role.MAINTENANCE)
    station.people.change_pin(enters(station, staffed.per, PER), PER, NEW)
    newer = staffed.taken(station)
    station.close()
    staffed.break_database()
    assert any("can sign in again" in one for one in staffed.restore(leader=KnownHere(staffed.ida)))
    station = staffed.open()
    station.people.person_left(staffed.ida, staffed.odd)
    station.close()
    staffed.restore(newer, leader=KnownHere(staffed.ida))
    station = staffed.open()
    assert enters(station, staffed.per, NEW).role is Role.MAINTENANCE
    with pytest.raises(NotAllowed):
        enters(station, staffed.odd, ODD)
    station.close()


def test_somebody_stays_leader_where_nobody_else_could_be_one(staffed: Staffed) -> None:
    station = staffed.open()
    bent = station.people.add_person(staffed.ida, "Bent", Role.LEADER)
    give(station, bent, NEW)
    leader = enters(station, bent, NEW)
    station.people.person_left(leader, staffed.odd)
    station.people.change_person(leader, staffed.ida.person_id, role=Role.CLERK)
    station.close()
    said = staffed.restore(leader=KnownHere(leader))
    assert "1 person who left since the backup stays out: Odd." in said
    stays = "One person stays leader, against the staff list of today, as nobody else could sign in as one: Ida."
    assert said[said.index(stays) + 1] == "Look through the staff list (0)."
    station = staffed.open()
    assert enters(station, staffed.ida.person_id, IDA).role is Role.LEADER
    with pytest.raises(NotAllowed):
        enters(station, staffed.odd, ODD)
    station.close()


def test_where_the_present_database_cannot_be_read_it_is_said_who_comes_back(staffed: Staffed, tmp_path: Path) -> None:
    station = staffed.open()
    station.people.person_left(staffed.ida, staffed.odd)
    station.close()
    said = (
        "Whoever left after 05.01.2026 21:40 can sign in again with the PIN of then: look through the staff list (0)."
    )
    elsewhere = FileIdentities(tmp_path / "another machine")
    there = restore(tmp_path / "there", staffed.clock, staffed.backup, elsewhere, staffed.recovery)
    assert said in there.in_words()
    staffed.break_database()
    assert said in staffed.restore()


def test_where_nothing_was_written_after_the_backup_nobody_comes_back(staffed: Staffed) -> None:
    station = staffed.open()
    station.close()
    file = staffed.taken(station := staffed.open())
    station.close()
    assert not any("can sign in again" in one for one in staffed.restore(file))


def test_who_was_dismissed_gains_nothing_by_an_older_backup(staffed: Staffed) -> None:
    station = staffed.open()
    station.people.person_left(staffed.ida, staffed.odd)
    station.people.change_person(staffed.ida, staffed.ida.person_id, phone="1")
    station.people.add_person(staffed.ida, "Bo", Role.LEADER)
    give(station, next(one.id for one in station.people.directory(STATION_ITSELF) if one.name == "Bo"), NEW)
    station.people.change_person(staffed.ida, staffed.per, role=Role.MAINTENANCE)
    newest = staffed.taken(station)
    station.close()
    staffed.break_database()
    said = "by the newest backup, of 05.01.2026 22:40; it is asked whichever one is used"
    with pytest.raises(WrongPin, match=said):
        staffed.restore(leader=KnownInBackup("Odd", ODD))
    per = Actor(staffed.per, "Per", Role.STAFF)
    with pytest.raises(NotAllowed):
        staffed.restore(leader=KnownHere(per))
    with pytest.raises(NotAllowed, match=r"By the newest backup, of 05.01.2026 22:40, your role may not do this"):
        staffed.restore(leader=KnownInBackup("Per", PER))
    for name, pin in (("Odd", ODD), ("Per", PER)):
        with pytest.raises(NotAllowed, match="newest backup"):
            cards_in(staffed.backup, name, pin, staffed.settings, staffed.clock, staffed.identities, None)
    newest.write_bytes(newest.read_bytes()[:-100])  # one that does not open can be asked nothing
    done = restore(
        staffed.home,
        staffed.clock,
        staffed.backup,
        staffed.identities,
        overwrite=True,
        leader=KnownInBackup("Odd", ODD),
    )
    assert done.by.name == "Odd"


def test_a_leader_known_since_may_put_back_an_older_one(staffed: Staffed) -> None:
    station = staffed.open()
    bo = station.people.add_person(staffed.ida, "Bo", Role.LEADER)
    give(station, bo, NEW)
    staffed.taken(station)
    station.close()
    staffed.break_database()
    done = restore(
        staffed.home, staffed.clock, staffed.backup, staffed.identities, overwrite=True, leader=KnownInBackup("Bo", NEW)
    )
    assert done.by == Actor(bo, "Bo", Role.LEADER)
    station = staffed.open()
    with station.database.read() as tx:
        rows = tx.all(select(Ledger.actor_id, Ledger.role).where(col(Ledger.action).startswith("restore.done.")))
    assert rows == [(bo, "leader")], "though nobody of that name is in it"
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()

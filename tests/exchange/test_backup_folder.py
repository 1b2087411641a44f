"""The backup folder as it is in a house: a drive on another machine, which others use too, and which is not always there."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from tests.faults.house import EVENING, PIN, Place, actor, new_place
from tests.faults.hung_drive import freezing_drive, hung_drive
from tests.faults.small_disk import small_disk
from tests.limits import kept_by_the_disk

from staffbase.exchange.automatic import AutomaticBackups
from staffbase.exchange.backup_folder import MARK, backups_in
from staffbase.exchange.doctor import Level, examine
from staffbase.exchange.found_backups import backups_at_hand
from staffbase.kernel import apart
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.key import protect
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.station import Station

A_DAY = timedelta(days=1)


@dataclass
class Nights:
    """A station, and the nights in which it takes its backups."""

    place: Place
    folder: Path
    keep: int = 3
    clock: HeldClock = field(default_factory=lambda: HeldClock(EVENING))
    station: Station = field(init=False)

    def __post_init__(self) -> None:
        self.station = self.place.open(self.clock)

    @property
    def settings(self) -> Settings:
        return Settings(self.place.home, "en", backup_folder=str(self.folder), backup_keep=self.keep)

    @property
    def backups(self) -> AutomaticBackups:
        return self.station.automatic_backups(self.settings)

    @property
    def names(self) -> list[str]:
        return [file.name for file in backups_in(self.folder)]

    def night(self) -> bool:
        """Whether one was due, and taken; then a day goes by."""
        due = self.backups.due(STATION_ITSELF)
        if due:
            self.backups.take(STATION_ITSELF)
        self.clock.move_to(self.clock.now() + A_DAY)
        return due

    def refused(self) -> str:
        with pytest.raises(DatabaseUnavailable) as raised:
            self.backups.take(STATION_ITSELF)
        return str(raised.value)

    def told_by_doctor(self) -> str:
        found = examine(self.settings, self.place.identities, self.clock)
        return "\n".join(one.sentence for one in found if one.level in {Level.WARN, Level.BAD})

    def restart(self) -> None:
        self.station.close()
        self.station = self.place.open(self.clock)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    (tmp_path / "nas").mkdir()
    made = Nights(new_place(tmp_path / "station"), tmp_path / "nas" / "copies")
    yield made
    made.station.close()


# -- what cannot be deleted ------------------------------------------------------------------------------------------


def test_an_old_backup_that_cannot_be_deleted_is_said_and_ends_nothing(nights: Nights) -> None:
    nights.keep = 2
    assert nights.night()
    with kept_by_the_disk(*backups_in(nights.folder)):
        for _ in range(3):
            assert nights.night()
        nights.clock.move_to(nights.clock.now() - A_DAY)
        assert len(nights.names) == 3
        facts = nights.backups.facts(STATION_ITSELF)
        assert (facts.stuck, facts.stuck_why, facts.missed) == (1, "this account has no right to it", False)
        assert "1 more backup than the 2" in nights.told_by_doctor()
    nights.clock.move_to(nights.clock.now() + A_DAY)
    assert nights.night()
    assert (len(nights.names), nights.backups.facts(STATION_ITSELF).stuck) == (2, 0)
    assert nights.told_by_doctor() == ""


def test_a_folder_and_a_pipe_of_such_names_are_nobodys_backups(nights: Nights) -> None:
    nights.keep = 1
    nights.night()
    (nights.folder / "staffbase-20251201-040000.backup").mkdir()
    os.mkfifo(nights.folder / "staffbase-20251202-040000.backup")
    (nights.folder / "staffbase-20251203-040000.backup").write_bytes(b"somebody's own")
    began = time.monotonic()
    assert nights.night()
    assert nights.night()
    assert time.monotonic() - began < apart.ANSWER_SECONDS
    facts = nights.backups.facts(STATION_ITSELF)
    assert (facts.kept, facts.others, facts.stuck, len(nights.names)) == (1, 1, 0, 2)
    nights.station.verifications.verify(STATION_ITSELF, beside=nights.settings)
    assert [one.file.name for one in backups_at_hand(nights.settings)] == nights.names[::-1]


# -- once a night ----------------------------------------------------------------------------------------------------


def test_a_full_data_disk_makes_no_backup_a_minute_and_takes_no_earlier_one_away(tmp_path: Path) -> None:
    (tmp_path / "nas").mkdir()
    with small_disk(tmp_path / "disk") as disk:
        nights = Nights(new_place(disk.root / "station"), tmp_path / "nas" / "copies")
        with closing(nights.station):
            for _ in range(3):
                assert nights.night()
            before = nights.names
            with nights.station.database.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            disk.fill(leave=0)
            taken = 0
            for _minute in range(4):
                if nights.backups.due(STATION_ITSELF):
                    nights.backups.take(STATION_ITSELF)
                    taken += 1
                nights.clock.move_to(nights.clock.now() + timedelta(minutes=1))
            assert (taken, nights.names[:2]) == (1, before[1:])
            disk.make_room()
            # also another program that knows nothing of it but what lies there
            nights.restart()
            assert not nights.backups.due(STATION_ITSELF)
            nights.clock.move_to(nights.clock.now() + A_DAY)
            assert nights.night()


def test_one_from_before_a_migration_is_none_of_the_night(nights: Nights) -> None:
    from staffbase.exchange.automatic import write_to

    write_to(nights.settings, nights.station.database, "-before-0007")
    nights.clock.move_to(nights.clock.now() + timedelta(minutes=1))
    assert nights.backups.due(STATION_ITSELF)


# -- whose they are --------------------------------------------------------------------------------------------------


def test_two_stations_in_one_folder_leave_each_other_alone(nights: Nights, tmp_path: Path) -> None:
    nights.keep = 1
    neighbour = Place(tmp_path / "neighbour")
    station, _recovery = create_station(
        neighbour.settings, nights.clock, SetUp("Nabohuset", "A1", "Ola", PIN), neighbour.identities
    )
    with closing(station):
        theirs = station.automatic_backups(Settings(neighbour.home, backup_folder=str(nights.folder), backup_keep=1))
        theirs.take(STATION_ITSELF)
        for _ in range(3):
            nights.clock.move_to(nights.clock.now() + timedelta(minutes=1))
            assert nights.night(), "the other's is none of mine"
        assert theirs.due(STATION_ITSELF)
        facts, other = nights.backups.facts(STATION_ITSELF), theirs.facts(STATION_ITSELF)
    assert (facts.kept, facts.others, other.kept, other.others) == (1, 1, 1, 1)


def test_a_station_with_a_passphrase_knows_its_own_in_the_night(nights: Nights) -> None:
    nights.keep = 1
    protect(nights.place.home, nights.place.identities, "fire ord på en lapp")
    for _ in range(3):
        assert nights.night()
    assert len(nights.names) == 1


# -- whether it is there ---------------------------------------------------------------------------------------------


def test_a_drive_that_is_not_mounted_is_said_and_this_computers_disk_not_filled(nights: Nights) -> None:
    drive = nights.folder.parent
    drive.rmdir()
    for mounted_at_the_folder_itself in (False, True):
        nights.folder = drive if mounted_at_the_folder_itself else drive / "copies"
        with small_disk(drive):
            assert nights.night()
            assert nights.backups.facts(STATION_ITSELF).kept == 1
        assert nights.backups.due(STATION_ITSELF)
        told = "is not the one that held" if mounted_at_the_folder_itself else "is not there: is the drive connected"
        assert told in nights.refused()
        assert told in nights.told_by_doctor()
        nights.restart()
        assert told in nights.refused(), "another program knows it, too"
        facts = nights.backups.facts(STATION_ITSELF)
        assert told in facts.trouble
        assert (facts.reachable, facts.kept) == (False, 0)
        assert list(drive.iterdir()) == []
        nights.clock.move_to(nights.clock.now() + A_DAY)
        assert nights.backups.facts(STATION_ITSELF).missed
        drive.rmdir()
    drive.mkdir()
    (drive / MARK).touch()  # as it was told: a new drive
    assert nights.night()


def test_the_folder_is_made_once_and_nothing_above_it(nights: Nights) -> None:
    nights.folder = nights.folder.parent / "nowhere" / "copies"
    assert "is not there: is the drive connected" in nights.refused()
    assert "is not there: is the drive connected" in nights.told_by_doctor()
    nights.folder.parent.mkdir()
    assert nights.told_by_doctor() == ""
    assert nights.night()
    assert stat.S_IMODE(nights.folder.stat().st_mode) == 0o700
    (nights.folder / MARK).unlink()
    assert nights.night(), "where backups lie, backups are kept"
    assert (nights.folder / MARK).exists()


@pytest.mark.parametrize("mode", [0o2770, 0o755])
def test_a_folder_that_stands_keeps_its_mode(nights: Nights, mode: int) -> None:
    nights.folder.mkdir()
    nights.folder.chmod(mode)
    assert nights.night()
    assert stat.S_IMODE(nights.folder.stat().st_mode) == mode


def test_one_that_cannot_be_written_is_said(nights: Nights) -> None:
    nights.folder.write_text("a file where the folder should be")
    assert "there is a file of that name" in nights.refused()
    assert "it is no folder" in nights.told_by_doctor()


def test_a_drive_that_does_not_answer_is_said_and_waited_for_once(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "ANSWER_SECONDS", 0.5)
    nights.night()
    with hung_drive(nights.folder.parent):
        began = time.monotonic()
        assert nights.backups.due(STATION_ITSELF)
        assert "it does not answer" in nights.refused()
        assert "does not answer" in nights.backups.facts(STATION_ITSELF).trouble
        assert "does not answer" in nights.told_by_doctor()
        nights.station.verifications.verify(STATION_ITSELF, beside=nights.settings)
        assert time.monotonic() - began < 5
    while nights.backups.facts(STATION_ITSELF).trouble:  # whoever waited for it is answered now
        time.sleep(0.05)
    assert nights.night()
    assert nights.backups.facts(STATION_ITSELF).kept == 2


def test_a_drive_that_stops_in_the_middle_holds_up_nobody_and_no_second_backup_is_begun(nights: Nights) -> None:
    with freezing_drive(nights.folder.parent) as drive:
        assert nights.night()
        drive.freeze(now=True)
        assert nights.backups.due(STATION_ITSELF)
        taking = nights.backups.begin(STATION_ITSELF)
        with pytest.raises(TimeoutError):
            taking.result(1)
        assert not nights.backups.due(STATION_ITSELF)
        nights.station.notes.write(actor(nights.station, "Marit"), "Natta er rolig.")
        assert nights.backups.facts(STATION_ITSELF).kept == 1
        drive.freeze(now=False)
        taking.result(60)
        assert not nights.backups.due(STATION_ITSELF)
        assert nights.backups.facts(STATION_ITSELF).kept == 2


def test_an_erasure_does_not_hold_the_database_while_a_drive_does_not_answer(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "ANSWER_SECONDS", 0.5)
    marit, ida = actor(nights.station, "Marit"), actor(nights.station, "Ida")
    entry = nights.station.notes.write(marit, "Det skulle ikke stått her.").entry_id
    nights.night()
    erasures = nights.station.erasures(nights.settings)
    with hung_drive(nights.folder.parent):
        assert f"whatever lies in {nights.folder}" in erasures.look(ida, entry).backups[0]
        decided = erasures.decide(ida, entry, responsible="Ida", asked_by="A1", reason="Etter en klage.")
        assert f"whatever lies in {nights.folder}" in decided.backups[0]

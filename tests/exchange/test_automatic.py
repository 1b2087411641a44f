"""Backups by themselves: when one is due, that the oldest go, that one comes before a migration, and that a missed one is said."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.conftest import EVENING

from staffbase import station as stations
from staffbase.exchange.automatic import AutomaticBackups, too_many
from staffbase.exchange.backup_folder import MARK, backups_in
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.backed_up import due, missed_in
from staffbase.kernel.clock import OSLO, HeldClock
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.key import FileIdentities, create_key
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.station import Station, open_station

NIGHT = time(4)


@pytest.fixture
def backups(station: Station, tmp_path: Path) -> AutomaticBackups:
    create_key(tmp_path / "home", FileIdentities(tmp_path / "identities"))
    (tmp_path / "drive").mkdir()
    settings = Settings(home=tmp_path / "home", backup_folder=str(tmp_path / "drive" / "copies"), backup_keep=3)
    return station.automatic_backups(settings)


def test_one_a_night_and_the_oldest_go(backups: AutomaticBackups, station: Station, clock: HeldClock) -> None:
    for night in range(5):
        assert backups.due(STATION_ITSELF)
        backups.take(STATION_ITSELF)
        assert not backups.due(STATION_ITSELF)
        clock.move_to(clock.now() + timedelta(days=1))
        if night == 1:
            (backups.folder / "somebody's own.backup").write_text("stays")
    names = sorted(file.name for file in backups.folder.iterdir() if file.name != MARK)
    assert names == [
        "somebody's own.backup",
        "staffbase-20260107-214000.backup", "staffbase-20260108-214000.backup", "staffbase-20260109-214000.backup",
    ]  # fmt: skip


def test_one_that_fails_takes_none_away(
    backups: AutomaticBackups, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from staffbase.exchange import backup

    for _ in range(3):
        backups.take(STATION_ITSELF)
        clock.move_to(clock.now() + timedelta(days=1))
    usage = backup.shutil.disk_usage(backups.folder)
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _folder: usage._replace(free=1000))
    with pytest.raises(DatabaseUnavailable, match="MB are free"):
        backups.take(STATION_ITSELF)
    assert len(backups_in(backups.folder)) == 3
    assert backups.due(STATION_ITSELF), "and it is tried again"


def test_two_in_one_second_are_two_and_both_rotate_out(backups: AutomaticBackups, clock: HeldClock) -> None:
    """As when a migration was cut off right after its backup, and is begun again at once."""
    assert backups.take(STATION_ITSELF).file != backups.take(STATION_ITSELF).file
    assert len(backups_in(backups.folder)) == 2
    for _ in range(3):
        clock.move_to(clock.now() + timedelta(days=1))
        backups.take(STATION_ITSELF)
    assert [file.name[:18] for file in backups_in(backups.folder)] == [
        "staffbase-20260106", "staffbase-20260107", "staffbase-20260108",
    ]  # fmt: skip


def test_a_clock_that_was_a_year_ahead_keeps_no_later_backup_away_and_takes_none(
    station: Station, tmp_path: Path, clock: HeldClock
) -> None:
    create_key(tmp_path / "home", FileIdentities(tmp_path / "identities"))
    settings = Settings(home=tmp_path / "home", backup_folder=str(tmp_path / "copies"), backup_keep=1)
    backups = station.automatic_backups(settings)
    clock.move_to(EVENING.replace(year=EVENING.year + 1))
    backups.take(STATION_ITSELF)
    clock.move_to(EVENING + timedelta(hours=1))
    assert backups.due(STATION_ITSELF)
    taken = backups.take(STATION_ITSELF)
    assert backups_in(backups.folder) == [taken.file]
    assert not backups.due(STATION_ITSELF)
    clock.move_to(EVENING + timedelta(days=2))
    with station.database.read() as tx:
        assert missed_in(tx, clock.now()) == EVENING + timedelta(hours=1)


def test_a_missed_one_is_said_on_the_board(
    backups: AutomaticBackups, station: Station, clock: HeldClock, actors: dict[str, Actor]
) -> None:
    backups.take(STATION_ITSELF)

    def said() -> bool:
        return any("no backup since" in need.words for need in station.board.view(actors["marit"]).needs)

    assert not said()
    clock.move_to(clock.now() + timedelta(hours=25, minutes=59))
    assert not said()
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert said()
    with station.database.read() as tx:
        assert missed_in(tx, clock.now()) == EVENING
    backups.take(STATION_ITSELF)
    assert not said()


@pytest.mark.parametrize("drive", ["", "away"])
def test_a_database_is_backed_up_before_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drive: str
) -> None:
    """In the data folder where the drive is not there just now: nobody is kept from the station by that."""
    settings, identities, clock = Settings(home=tmp_path / "home"), FileIdentities(tmp_path / "ids"), HeldClock(EVENING)
    station, _recovery = create_station(settings, clock, SetUp("Prøvehuset", "A1", "Ida", "283746"), identities)
    with station.database.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        connection.commit()
    station.close()
    seen: list[list[str]] = []

    def migrates(engine: object) -> list[str]:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": stations.HEAD})
        seen.append([file.name for file in (settings.home / "backups").iterdir()])
        return []

    monkeypatch.setattr(stations, "ensure_schema", migrates)
    there = replace(settings, backup_folder=str(tmp_path / "drive" / "backups") if drive else "")
    open_station(there, clock, identities).close()
    assert seen == [[f"staffbase-20260105-214000-before-{stations.HEAD}.backup"]]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), min_size=1, unique=True), st.integers(0, 8), st.data())
def test_what_is_kept_are_the_newest_of_the_newest_days_first(
    taken: list[tuple[int, int]], keep: int, data: st.DataObject
) -> None:
    """Whichever backups there are: as many stay as are to be, the one just taken, and one of each night before two of any."""
    files = [Path(f"staffbase-2026010{day}-04000{second}.backup") for day, second in sorted(taken)]
    newest = data.draw(st.sampled_from(files))
    gone = set(too_many(files, newest, keep))
    kept = [file for file in files if file not in gone]
    assert newest in kept
    assert len(kept) == min(len(files), max(1, keep))
    days = [file.name[:18] for file in kept]
    if len(days) != len(set(days)):
        assert set(days) == {file.name[:18] for file in files}, (
            "a second one only where no other night's had to go for it"
        )


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.times())  # noqa: DTZ001  (hypothesis takes naive bounds)
def test_exactly_one_is_due_between_any_two_nights(now: datetime, at: time) -> None:
    at = at.replace(microsecond=0, tzinfo=None)
    moment = now.replace(tzinfo=OSLO)
    assert due(None, moment, at)
    assert not due(moment, moment, at)
    assert due(moment, moment + timedelta(days=1, hours=1), at)
    assert due(moment + timedelta(seconds=1), moment, at), "a clock that was ahead"

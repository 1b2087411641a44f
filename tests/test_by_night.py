"""What the station does by itself at night, with nobody signed in: a backup, and after it a verification."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.faults.hung_drive import hung_drive
from tests.limits import kept_by_the_disk
from tests.test_app import PATIENCE, House
from textual.pilot import Pilot

from staffbase.exchange.automatic import AutomaticBackups
from staffbase.exchange.backup_folder import backups_in
from staffbase.kernel import apart
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.verified import LastVerification

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
NIGHT = datetime(2026, 1, 6, 4, 0, tzinfo=OSLO)


async def until(pilot: Pilot[int], said: Callable[[], bool]) -> None:
    """Waits for it as long as work may take, and says so instead of standing still."""
    async with asyncio.timeout(PATIENCE):
        while not said():
            await pilot.pause(0.1)


def last(house: House) -> LastVerification:
    found = house.station.verifications.last(STATION_ITSELF)
    assert found is not None
    return found


async def test_a_backup_and_a_verification_each_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: None
) -> None:
    """A drive that is gone the second night does not keep the verification from its turn, is said once, and tried again."""
    house = House(tmp_path / "house", EVENING, None)
    folder = tmp_path / "house" / "backups"
    tried: list[datetime] = []

    def gone(_backups: AutomaticBackups, _actor: Actor) -> None:
        tried.append(house.clock.now())
        raise DatabaseUnavailable("The drive is gone.")

    async with house.app.run_test(size=(80, 24), notifications=True) as pilot:
        await house.ready(pilot)
        before = last(house)
        house.clock.move_to(NIGHT - timedelta(minutes=1))
        await pilot.pause(1.1)
        assert last(house) == before
        house.clock.move_to(NIGHT + timedelta(minutes=1))
        await until(pilot, lambda: last(house) != before)
        await house.settled(pilot)
        assert (last(house).clean, last(house).by_id, last(house).at) == (True, 0, house.clock.now())
        assert len(list(folder.iterdir())) == 1

        monkeypatch.setattr(AutomaticBackups, "take", gone)
        second = NIGHT + timedelta(days=1, minutes=10)
        for minute in (1, 2, 3):
            house.clock.move_to(second + timedelta(minutes=minute))
            await until(pilot, lambda minute=minute: len(tried) == minute)  # type: ignore[misc]
            await house.settled(pilot)
        assert (last(house).clean, last(house).at) == (True, second + timedelta(minutes=1))
        assert sum("drive" in one.message for one in house.app._notifications) == 1


async def test_an_old_backup_that_cannot_be_deleted_ends_neither_the_walk_nor_the_program(
    tmp_path: Path, eager: None
) -> None:
    house = House(tmp_path / "house", NIGHT - timedelta(hours=4, minutes=22), "Samira")
    house.app.settings = replace(house.app.settings, backup_keep=1)
    house.station.automatic_backups(house.app.settings).take(STATION_ITSELF)
    folder = tmp_path / "house" / "backups"
    with kept_by_the_disk(*backups_in(folder)):
        async with house.app.run_test(size=(120, 36)) as pilot:
            await house.ready(pilot)
            await pilot.pause(1.1)
            await house.press(pilot, "2", "w")
            before = last(house)
            house.clock.move_to(NIGHT + timedelta(minutes=1))
            await until(pilot, lambda: last(house) != before)
            await house.settled(pilot)
            assert house.app.fault is None
            assert house.app._walk is not None, "whoever is out still is"
            assert len(backups_in(folder)) == 2
            facts = house.station.automatic_backups(house.app.settings).facts(STATION_ITSELF)
            assert (facts.stuck, facts.missed) == (1, False)


async def test_a_drive_that_does_not_answer_holds_up_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: None
) -> None:
    monkeypatch.setattr(apart, "ANSWER_SECONDS", 0.5)
    drive = tmp_path / "drive"
    drive.mkdir()
    house = House(tmp_path / "house", EVENING, None)
    house.app.settings = replace(house.app.settings, backup_folder=str(drive / "copies"))
    async with house.app.run_test(size=(80, 24), notifications=True) as pilot:
        await house.ready(pilot)
        await pilot.pause(1.1)  # what is done as the program begins
        await house.settled(pilot)
        for night in (1, 2):
            with hung_drive(drive):
                before = last(house)
                house.clock.move_to(NIGHT + timedelta(days=night, minutes=night))
                await until(pilot, lambda before=before: last(house) != before)  # type: ignore[misc]
                await house.settled(pilot)
                assert sum("does not answer" in one.message for one in house.app._notifications) == 1
        for minute in range(3, 20):  # it is tried again each minute
            house.clock.move_to(NIGHT + timedelta(days=2, minutes=minute))
            await pilot.pause(1.2)
            await house.settled(pilot)
            if list(drive.glob("copies/*-20260108-040*.backup")):
                break
        else:
            raise AssertionError("the drive is back, and no backup is taken")

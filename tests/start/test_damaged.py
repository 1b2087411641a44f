"""A station that is damaged says so, offers its backups, and goes on from the newest good one."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.bench import seen
from tests.start.conftest import ANSWERS, stands, stands_open, write
from textual.pilot import Pilot

from staffbase.app import StaffbaseApp
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.station import Station, create_station, open_station

Start = Callable[..., StaffbaseApp]
BEFORE, AFTER = "Før kopien.", "Etter kopien."


def note(station: Station, typed: str) -> None:
    with station.database.write(STATION_ITSELF, "note.write") as tx:
        write_entry(tx, Kind.EVERYDAY, typed, house_id=station.house_id)


def texts(station: Station) -> list[str]:
    with station.database.read() as tx:
        return [row[0] for row in tx.run(text("SELECT text FROM entry_text ORDER BY id"))]


@pytest.fixture
def recovery(home: Path, clock: HeldClock, identities: FileIdentities) -> str:
    """A station with a note, a backup, and a note after it; what lies in the safe."""
    station, identity = create_station(Settings(home=home), clock, ANSWERS, identities)
    note(station, BEFORE)
    station.automatic_backups(Settings(home=home)).take(STATION_ITSELF)
    clock.move_to(clock.now() + timedelta(hours=2))
    note(station, AFTER)
    station.close()
    return identity


def page_broken(home: Path) -> None:
    file = home / "staffbase.db"
    data = bytearray(file.read_bytes())
    data[:8192] = os.urandom(8192)
    file.write_bytes(data)


async def sees(pilot: Pilot[int], *sentences: str) -> str:
    for _round in range(400):
        if all(sentence in seen(pilot.app) for sentence in sentences):
            break
        await pilot.pause(0.05)
    told = seen(pilot.app)
    for sentence in sentences:
        assert sentence in told, told
    return told


async def test_a_leader_puts_the_newest_backup_back(
    start: Start, home: Path, recovery: str, clock: HeldClock, identities: FileIdentities
) -> None:
    page_broken(home)
    app = start(backup_keep=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "DamagedScreen")
        told = await sees(pilot, "whole, verified", "Bakvakt 00 00 00 01", "Prøveveien 1", "ledger rows later are missing")
        assert "Ida" not in told
        await write(pilot, "Ida")
        await write(pilot, "111111")
        await sees(pilot, "Name or PIN is wrong")
        await write(pilot, "283746")
        await sees(pilot, "Restored: the station as it was", "must be written again", "kept whole in")
        await pilot.press("enter")
        await stands_open(pilot)
    app.close_station()
    station = open_station(Settings(home=home), clock, identities)
    assert texts(station) == [BEFORE]
    assert station.verifications.verify(STATION_ITSELF).clean
    with station.database.read() as tx:
        action, role = tx.run(text("SELECT action, role FROM ledger WHERE action LIKE 'restore.done.%'")).one()
    assert role == "leader"
    station.close()
    assert len([path for path in home.iterdir() if path.name.startswith("replaced-")]) == 1


@pytest.mark.parametrize("lost", ["key.age", "station.toml"])
async def test_a_lost_key_needs_the_identity_from_the_safe(
    lost: str, start: Start, home: Path, recovery: str, clock: HeldClock, identities: FileIdentities
) -> None:
    (home / lost).unlink()
    app = start(backup_keep=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await stands(pilot, "DamagedScreen")
        await sees(pilot, lost, "Recovery identity")
        await write(pilot, recovery.lower())
        await sees(pilot, "Restored: the station as it was")
        await pilot.press("enter")
        await stands_open(pilot)
    app.close_station()
    station = open_station(Settings(home=home), clock, identities)
    assert texts(station) == [BEFORE]
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()

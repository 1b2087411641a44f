"""A station that is damaged says so, offers its backups, and goes on from the newest good one."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select
from tests.bench import seen
from tests.start.conftest import ANSWERS, files_in, stands, stands_open, write
from textual.pilot import Pilot

from staffbase.app import StaffbaseApp
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.key import FileIdentities, open_key
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings
from staffbase.new_station import create_station
from staffbase.residents.model import WarningKind
from staffbase.station import Station, open_station
from staffbase.ui.job import FoundDamaged

Start = Callable[..., StaffbaseApp]
BEFORE, AFTER = "Før kopien.", "Etter kopien."


def note(station: Station, typed: str) -> None:
    with station.database.write(STATION_ITSELF, "note.write") as tx:
        write_entry(tx, Kind.EVERYDAY, typed, house_id=station.house_id)


def texts(station: Station) -> list[str]:
    with station.database.read() as tx:
        told = [row[0] for row in tx.run(text("SELECT text FROM entry_text ORDER BY id"))]
    return [one for one in told if one in (BEFORE, AFTER)]


@pytest.fixture
def recovery(home: Path, clock: HeldClock, identities: FileIdentities) -> str:
    """A station with a note, a backup, and a note after it; what lies in the safe."""
    station, identity = create_station(Settings(home=home), clock, ANSWERS, identities)
    note(station, BEFORE)
    leader = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, "283746").actor
    resident = station.residents.admit(leader, station.residents.units(leader)[0].id, "Solveig", 1971)
    station.residents.add_warning(leader, resident, WarningKind.DANGER, "Kniv i veska")
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
        told = await sees(
            pilot, "whole, verified", "Bakvakt 00 00 00 01", "Prøveveien 1", "later ledger rows are missing"
        )
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
        role = tx.run(text("SELECT role FROM ledger WHERE action LIKE 'restore.done.%'")).scalar_one()
    assert role == "leader"
    station.close()
    assert len([name for name in files_in(home) if name.startswith("replaced-")]) == 1


@pytest.mark.parametrize("lost", ["key.age", "station.toml"])
async def test_a_lost_key_needs_the_identity_from_the_safe(
    lost: str, start: Start, home: Path, recovery: str, clock: HeldClock, identities: FileIdentities
) -> None:
    (home / lost).unlink()
    app = start(backup_keep=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await stands(pilot, "DamagedScreen")
        await sees(pilot, "is missing", "Recovery identity")
        await write(pilot, recovery.lower())
        await sees(pilot, "Restored: the station as it was")
        await pilot.press("enter")
        await stands_open(pilot)
    app.close_station()
    station = open_station(Settings(home=home), clock, identities)
    assert texts(station) == [BEFORE]
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()


def hidden_page_broken(home: Path, identities: FileIdentities) -> None:
    """A page that nobody opens before the day somebody says something back."""
    engine = sqlcipher_engine(home / "staffbase.db", open_key(home, identities).database)
    with engine.connect() as connection:
        page = connection.execute(text("SELECT rootpage FROM sqlite_master WHERE name = 'said_back'")).scalar_one()
    engine.dispose()
    file = home / "staffbase.db"
    data = bytearray(file.read_bytes())
    data[(page - 1) * 4096 + 100] ^= 1
    file.write_bytes(data)


async def told_of_damage(pilot: Pilot[int]) -> None:
    """Until the dialog stands on top; whether one is on duty may be asked before it or over it."""
    for _round in range(400):
        standing = [type(screen).__name__ for screen in pilot.app.screen_stack]
        if standing[-1] == "DutyQuestionDialog":
            await pilot.press("escape")
        elif standing[-1] == "DamageDialog" and "DutyQuestionDialog" not in standing:
            break
        await pilot.pause(0.05)
    await stands(pilot, "DamageDialog")


async def test_damage_that_is_met_while_it_runs_is_said_to_whoever_signs_in(
    start: Start, home: Path, recovery: str, clock: HeldClock, identities: FileIdentities
) -> None:
    hidden_page_broken(home, identities)
    app = start(backup_keep=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await stands_open(pilot)
        await sees(pilot, "Part of the database is damaged")
        await write(pilot, "Ida")
        await write(pilot, "283746")
        await told_of_damage(pilot)
        await sees(pilot, "1 part of the database file is damaged", "Crisis cards")
        await pilot.press("escape")
        await pilot.press("0")
        await stands(pilot, "AdminScreen")  # what can be read goes on, and nobody is asked twice
        await pilot.press("ctrl+l")
        await sees(pilot, "PIN")
        app.on_found_damaged(FoundDamaged(app._damage))  # type: ignore[arg-type]  # it was met
        app._told_of_damage = None  # as for the next person
        await write(pilot, "283746")
        await told_of_damage(pilot)
        await pilot.press("b")
        await stands(pilot, "DamagedScreen")
        await sees(pilot, "whole, verified")
        await write(pilot, "Ida")
        await write(pilot, "283746")
        await sees(pilot, "Not in the backup: 1 entries")
        await pilot.press("enter")
        await stands_open(pilot)
        await write(pilot, "Ida")
        await write(pilot, "283746")
        await stands(pilot, "DutyQuestionDialog")  # nothing is damaged any more
        assert texts(app.station) == [BEFORE]
    app.close_station()


async def test_crisis_cards_are_read_in_the_backup_meanwhile_and_that_is_chained_afterwards(
    start: Start, home: Path, recovery: str, clock: HeldClock, identities: FileIdentities
) -> None:
    page_broken(home)
    app = start(backup_keep=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "DamagedScreen")
        await sees(pilot, "whole, verified")
        await write(pilot, "Ida")
        await pilot.press(*"111111", "f2")
        await sees(pilot, "Name or PIN is wrong")
        await pilot.press(*"283746", "f2")
        await stands(pilot, "BackupCardsScreen")
        await sees(pilot, "Solveig", "From the backup of 05.01.2026 21:40")
        await pilot.press("enter")
        await stands(pilot, "BackupCardScreen")
        await sees(pilot, "Kniv i veska", "Recorded")
        read_at = clock.now()
        clock.move_to(clock.now() + timedelta(minutes=21))
        await stands(pilot, "DamagedScreen")  # a card does not stand for ever
        assert "Solveig" not in seen(app)
        await write(pilot, "283746")
        await sees(pilot, "Restored: the station as it was")
        await pilot.press("enter")
        await stands_open(pilot)
    app.close_station()
    assert "opened-meanwhile.jsonl" not in files_in(home)
    station = open_station(Settings(home=home), clock, identities)
    with station.database.read() as tx:
        row = tx.first(select(Ledger).where(Ledger.action == "card.open_in_backup"))
    assert row is not None
    assert (row.role, row.late, row.at) == ("leader", True, read_at)
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()

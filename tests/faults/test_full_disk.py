"""The disk is full (a real one of a few megabytes): it is said in words, nothing typed is lost, and it goes on when there is room."""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select
from tests.faults.campaign import tally_for, times
from tests.faults.house import EVENING, PIN, Place, actor, new_place, prove_whole, refusal
from tests.faults.seat import Seat, seated
from tests.faults.small_disk import SmallDisk, room_taken, small_disk
from textual.widgets import TextArea

from staffbase.exchange.opened_backup import opened_backup
from staffbase.exchange.restore import restore
from staffbase.journal.model import EntryText
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.key import own_identity
from staffbase.new_station import SetUp, create_station
from staffbase.rounds.screen import RoundsScreen
from staffbase.station import Station

FULL = "The disk is full"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


@pytest.fixture
def place(disk: SmallDisk) -> Place:
    return new_place(disk.root / "station")


@times(1, 12)
async def test_during_a_note_and_a_check(
    times: int, request: pytest.FixtureRequest, disk: SmallDisk, place: Place, eager: None
) -> None:
    notes, checks = (tally_for(request, f"disk full during a {what}") for what in ("note", "check"))
    chance = random.Random(times)
    with closing(place.open(HeldClock(EVENING))) as station:
        samira = actor(station, "Samira")
        station.rounds.leave(samira)
        station.rounds.come_back(samira)
    for number in range(times):
        async with seated(place, "Samira") as seat:
            with notes.trial():
                await a_note(seat, disk, f"Notat{number}: " + "kokte kaffe. " * chance.choice((1, 40, 900)), chance)
            with checks.trial():
                await a_check(seat, disk, chance)
        disk.make_room()
        with notes.proof():
            prove_whole(place)
            with closing(place.open()) as station:
                assert len(station.notes.search(actor(station, "Samira"), f"Notat{number}:")) == 1
    notes.settle()
    checks.settle()


async def a_note(seat: Seat, disk: SmallDisk, typed: str, chance: random.Random) -> None:
    await seat.press("down", "n")
    area = seat.app.screen.query_one(TextArea)
    area.insert(typed)
    seat.fold_log()
    disk.fill(leave=chance.choice((0, 4096, 8192)))
    await seat.press("ctrl+s")
    await seat.see(FULL)
    assert area.text == typed
    disk.make_room()
    await seat.press("ctrl+s")
    await seat.see("Saved: A1")


async def test_what_is_saved_closes_also_when_its_draft_cannot_be_cleared(
    disk: SmallDisk, place: Place, eager: None
) -> None:
    """There is room for the note and no more: it is not to be saved a second time by somebody who was told it failed."""
    typed = "kokte kaffe. " * 40
    async with seated(place, "Samira") as seat:
        seat.fold_log()
        seat.station.notes.write(actor(seat.station, "Samira"), typed)
        room = place.database.with_name("staffbase.db-wal").stat().st_size
        await seat.press("n")
        dialog = seat.app.screen
        dialog.query_one(TextArea).insert(typed)
        while not await dialog.keep_draft():  # type: ignore[attr-defined]
            await seat.pilot.pause(0.05)
        for more in range(-8, 8):  # from too little for the note, in small steps, to just enough
            seat.fold_log()
            disk.fill(leave=room + more * 4096)
            await seat.press("ctrl+s")
            with seat.station.database.read() as tx:
                if len(tx.all(select(EntryText).where(col(EntryText.text).startswith("kokte")))) == 2:
                    break
        assert seat.app.screen is not dialog
        await seat.see("Only the draft of it could not be cleared away")
        disk.make_room()
    prove_whole(place)


async def a_check(seat: Seat, disk: SmallDisk, chance: random.Random) -> None:
    await seat.press("2")
    screen = seat.app.screen
    assert isinstance(screen, RoundsScreen)
    seat.fold_log()
    disk.fill(leave=chance.choice((0, 4096)))
    await seat.press("a")
    await seat.see(FULL)
    assert all(line.check is None for line in screen.sheet.lines)
    disk.make_room()
    await seat.press("a")
    await seat.see("1 of 3 doors")
    await seat.press("up", "z")  # the next one begins with an open door again


@times(1, 25)
def test_during_a_backup(times: int, request: pytest.FixtureRequest, disk: SmallDisk, place: Place) -> None:
    """Too little room is said before; and when somebody else takes the room meanwhile, no half file stands there."""
    before, during = (tally_for(request, f"disk full {when} a backup") for when in ("before", "during"))
    chance = random.Random(times)
    stick = disk.root / "stick"
    stick.mkdir()
    with closing(place.open()) as station:
        for _ in before.until(max(1, times // 2)):
            with before.trial():
                disk.fill(leave=chance.randrange(100_000, 1_900_000))
                with pytest.raises(DatabaseUnavailable, match="MB are free"):
                    station.backup(place.home).backup(STATION_ITSELF, stick / "before.age")
                disk.make_room()
                _takes_one_now(station, place, stick)
            disk.make_room()
        for _ in during.until(times):
            with during.trial() as trial:
                begins = chance.choice((copies_to, seals_in))
                room = chance.randrange(1_000_000 if begins is copies_to else 500_000)
                with room_taken(disk, room, partial(begins, stick)):
                    said = refusal(station.backup(place.home).backup, STATION_ITSELF, stick / "during.age")
                    assert said == "" or "the disk is full" in said or "MB are free" in said, said
                trial.met = "the disk is full" in said
                if not said:
                    (stick / "during.age").unlink()
                disk.make_room()
                _takes_one_now(station, place, stick)
            disk.make_room()
    prove_whole(place)
    before.settle()
    during.settle()


def copies_to(stick: Path, event: str, _said: tuple[Any, ...]) -> bool:
    """The copy of the database is about to be written."""
    return event == "connect" and any(stick.iterdir())


def seals_in(stick: Path, event: str, said: tuple[Any, ...]) -> bool:
    """The copy stands, and is about to be encrypted."""
    return event == "open" and isinstance(said[0], str | Path) and Path(said[0]).parent == stick and said[1] == "r+"


def _takes_one_now(station: Station, place: Place, stick: Path) -> None:
    """Nothing half is left, and with room there is a whole one."""
    assert list(stick.iterdir()) == []
    station.backup(place.home).backup(STATION_ITSELF, stick / "after.age")
    look = stick.with_name("look")
    look.mkdir(exist_ok=True)
    with opened_backup(stick / "after.age", own_identity(place.home, place.identities), look) as found:
        assert found.verify().clean
    (stick / "after.age").unlink()


@times(2, 20)
def test_during_a_restore(times: int, request: pytest.FixtureRequest, disk: SmallDisk, place: Place) -> None:
    """The station that stands is still there; with room it gives way to the backup."""
    tally, chance = tally_for(request, "disk full during a restore"), random.Random(times)
    with closing(place.open()) as station:
        station.backup(place.home).backup(STATION_ITSELF, disk.root / "januar.age")

    def restore_it() -> None:
        restore(place.home, HeldClock(EVENING), disk.root / "januar.age", place.identities, overwrite=True)

    for _ in tally.until(times):
        with tally.trial() as trial:
            disk.fill(leave=chance.randrange(0, 1_100_000))
            said = refusal(restore_it)
            trial.met = bool(said)
            assert said == "" or "full" in said, said
            disk.make_room()
            prove_whole(place)
            restore_it()
            prove_whole(place)
        disk.make_room()
        for kept in place.home.glob("replaced-*"):
            shutil.rmtree(kept)
    tally.settle()


@times(2, 20)
def test_at_a_restart(times: int, request: pytest.FixtureRequest, disk: SmallDisk, place: Place) -> None:
    """It opens and reads, or says in a sentence why not; with room it opens."""
    tally, chance = tally_for(request, "disk full at a restart"), random.Random(times)
    for _ in tally.until(times):
        with tally.trial() as trial:
            disk.fill(leave=chance.randrange(4) * 4096)
            said = refusal(_look_at_a_card, place)
            trial.met = bool(said)
            assert said == "" or "Nothing was lost" in said, said
            disk.make_room()
            prove_whole(place)
        disk.make_room()
    tally.settle()


def _look_at_a_card(place: Place) -> None:
    with closing(place.open()) as station:
        eva = actor(station, "Eva")
        resident = station.residents.doors(eva)[0].resident
        assert resident is not None
        station.crisis_plans.card(eva, resident.id)


@times(2, 20)
def test_during_set_up(times: int, request: pytest.FixtureRequest, disk: SmallDisk) -> None:
    """There is a whole station, or none and nothing of one."""
    tally, chance = tally_for(request, "disk full during set-up"), random.Random(times)
    for _ in tally.until(times):
        place = Place(disk.root / "new")
        with tally.trial() as trial:
            disk.fill(leave=chance.randrange(0, 900_000))
            said = refusal(_set_up, place)
            trial.met = bool(said)
            disk.make_room()
            if said:
                assert "full" in said
                assert not place.home.exists() or list(place.home.iterdir()) == []
                _set_up(place)
            prove_whole(place)
        shutil.rmtree(place.root, ignore_errors=True)
        disk.make_room()
    tally.settle()


def _set_up(place: Place) -> None:
    answers = SetUp("Prøvehuset", "A1-A3", "Ida", PIN)
    create_station(place.settings, HeldClock(EVENING), answers, place.identities)[0].close()
    place.open().close()  # anchored at its second opening

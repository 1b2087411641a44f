"""What cannot be kept as a draft when the screen locks waits: tried again by itself, shown to nobody else, lost to nobody untold."""

import signal
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.bench import seen
from tests.faults.house import PIN, Place, actor, new_place
from tests.faults.seat import Seat, seated
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.test_terminal import drafts as kept_by_marit
from tests.faults.test_terminal import typing
from textual.widgets import TextArea

from staffbase.notes.dialogs import NoteDialog

TYPED = "Hun sa at hun ikke orker mer " * 3
WORDS = "ikke orker"
LOST = "lost if staffbase is closed before"
ONCE_MORE = "Press ctrl+q once more"


async def locked_on_a_full_disk(seat: Seat, disk: SmallDisk) -> None:
    """Samira was in the middle of a note."""
    await seat.press("down", "n")
    seat.fold_log()
    disk.fill(leave=0)
    seat.app.screen.query_one(TextArea).insert(TYPED)
    await seat.press("ctrl+l")
    await seat.see("IN AN EMERGENCY")
    await seat.see("The disk is full")


async def comes(seat: Seat, name: str) -> None:
    await seat.press("escape", *name, "enter", *PIN, "enter")
    await seat.see("MODULE A")


def drafts(seat: Seat, name: str) -> list[str]:
    return [one.fields["text"] for one in seat.station.journal.drafts(actor(seat.station, name))]


def forms(seat: Seat) -> list[NoteDialog]:
    return [one for stack in seat.app._screen_stacks.values() for one in stack if isinstance(one, NoteDialog)]


async def a_minute_passes(seat: Seat) -> None:
    seat.clock.move_to(seat.clock.now() + timedelta(seconds=61))
    await seat.pilot.pause(1.5)


async def test_it_is_tried_again_by_itself_at_the_door(tmp_path: Path, eager: None) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with seated(new_place(disk.root / "station"), "Samira") as seat:
            await locked_on_a_full_disk(seat, disk)
            assert forms(seat) == []
            await a_minute_passes(seat)
            assert drafts(seat, "Samira") == []
            disk.make_room()
            await a_minute_passes(seat)
            await seat.see("What Samira had half typed is kept as a draft now")
            assert drafts(seat, "Samira") == [TYPED]


async def test_who_comes_instead_is_told_and_shown_nothing_of_it(tmp_path: Path, eager: None) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with seated(new_place(disk.root / "station"), "Samira") as seat:
            await locked_on_a_full_disk(seat, disk)
            await comes(seat, "Marit")
            told = await seat.see(LOST)
            assert "What Samira had half typed" in told
            assert WORDS not in told
            await seat.settled()
            await seat.press("down", "n")
            assert WORDS not in seen(seat.app)
            disk.make_room()
            await seat.pilot.press(*"kaffe")
            await a_minute_passes(seat)
            assert drafts(seat, "Samira") == [TYPED]
            assert drafts(seat, "Marit") == ["kaffe"]


async def test_who_wrote_it_finds_it_where_it_was_typed_also_while_the_disk_is_full(
    tmp_path: Path, eager: None
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with seated(new_place(disk.root / "station"), "Samira") as seat:
            await locked_on_a_full_disk(seat, disk)
            await seat.press(*PIN, "enter")
            await seat.see(WORDS)
            assert isinstance(seat.app.screen, NoteDialog)
            await seat.press("escape")
            await seat.see("The disk is full")
            assert isinstance(seat.app.screen, NoteDialog), "it closed, and said that it was kept"
            disk.make_room()
            await seat.press("ctrl+s")
            await seat.see("Saved: A1")
            await a_minute_passes(seat)
            assert drafts(seat, "Samira") == [], "what was saved came back as a draft"


async def test_quitting_at_the_door_keeps_it_where_there_is_room_by_now(tmp_path: Path, eager: None) -> None:
    with small_disk(tmp_path / "disk") as disk:
        place = new_place(disk.root / "station")
        async with seated(place, "Samira") as seat:
            await locked_on_a_full_disk(seat, disk)
            disk.make_room()
            await seat.press("ctrl+q")
            assert seat.app._exit
            assert ONCE_MORE not in "".join(seat.told)
        _is_kept(place, [TYPED])


async def test_quitting_at_the_door_asks_once_more_where_it_loses_something(tmp_path: Path, eager: None) -> None:
    with small_disk(tmp_path / "disk") as disk:
        place = new_place(disk.root / "station")
        async with seated(place, "Samira") as seat:
            await locked_on_a_full_disk(seat, disk)
            await seat.press("ctrl+q")
            said = await seat.see(f"{ONCE_MORE} to quit and lose what Samira had half typed")
            assert "The disk is full" in said
            await comes(seat, "Marit")
            await seat.press("ctrl+q")
            await seat.see("lose what Samira had half typed")
            assert not seat.app._exit, "it was asked of somebody else"
            await seat.press("ctrl+q")
            assert seat.app._exit
            disk.make_room()
        _is_kept(place, [])


def _is_kept(place: Place, texts: list[str]) -> None:
    with closing(place.open()) as station:
        assert [one.fields["text"] for one in station.journal.drafts(actor(station, "Samira"))] == texts


@pytest.mark.terminal
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_at_the_door_keeps_it(tmp_path: Path, number: signal.Signals) -> None:
    with small_disk(tmp_path / "disk") as disk:
        place = new_place(disk.root / "station")
        with typing(place, "kokte") as terminal:
            terminal.pause(2.0)
            with closing(place.open()) as station, station.database.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            disk.fill(leave=0)
            terminal.type(" kaffe " + "og te " * 400)
            terminal.press("ctrl+l")
            terminal.wait_for("IN AN EMERGENCY", "disk is full")
            disk.make_room()
            terminal.signal(number)
            assert b"Traceback" not in terminal.raw
        assert ["kokte kaffe" in one for one in kept_by_marit(place)] == [True]

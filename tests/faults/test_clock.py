"""The clock of the PC is set back, or a year ahead and right again, and both nights on which clocks change: walked in the app."""

import asyncio
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select
from tests.faults.campaign import tally_for, times
from tests.faults.house import PIN, Place, actor, new_place, prove_whole
from tests.faults.seat import PATIENCE, Seat, seated
from textual.widgets import TextArea

from staffbase.journal.model import Entry, EntryText
from staffbase.kernel.clock import OSLO, HeldClock
from staffbase.rounds.model import Walk
from staffbase.rounds.rules import WindowHours

pytestmark = pytest.mark.usefixtures("eager")
SET_BACK = "the clock was set back"
campaign = pytest.mark.faults


def at(day: date, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    """On the wall clock; `fold` is the second of the two where there are two."""
    return datetime.combine(day, time(hour, minute), OSLO).replace(fold=fold).astimezone(UTC)


async def write(seat: Seat, words: str) -> None:
    await seat.press("1", "down", "n")
    seat.app.screen.query_one(TextArea).insert(words)
    await seat.press("ctrl+s")
    await seat.see("Saved: A")


async def leave(seat: Seat) -> None:
    before = seat.app._alarm._awaited
    await seat.press("2", "w")
    await seat.see("A walk has been under way")
    async with asyncio.timeout(PATIENCE):  # it looks each second; here the clock could jump before it has seen the walk
        while seat.app._alarm._awaited == before:
            await seat.pilot.pause(0.05)


async def come_back_and_sign(seat: Seat) -> None:
    """The walker's PIN, an answer at each door, and the signature."""
    await seat.press(*PIN, "enter")
    await seat.see("0 of 3 doors")
    await seat.settled()
    for key, counted in (("s", "1 of 3"), ("a", "2 of 3"), ("p", "Every door has its answer")):
        await seat.press(key)
        await seat.see(counted)
    await seat.press("g")
    await seat.see("The round is signed")


def walks(place: Place) -> list[Walk]:
    with closing(place.open()) as station, station.database.read() as tx:
        return list(tx.all(select(Walk).order_by(col(Walk.id))))


def texts(place: Place) -> list[str]:
    """In the order in which they were written."""
    with closing(place.open()) as station, station.database.read() as tx:
        return [
            text
            for text in tx.all(
                select(EntryText.text).join(Entry, col(Entry.id) == col(EntryText.id)).order_by(col(Entry.id))
            )
            if text.startswith("Notat")
        ]


@times(dose=1, campaign=3)
async def test_set_back_an_hour_while_somebody_is_out(
    request: pytest.FixtureRequest, tmp_path: Path, times: int
) -> None:
    """It is said, the alarm does not come an hour later for it, the round can be written, and the order is that of writing."""
    tally = tally_for(request, "clock set back an hour, walked in the app")
    for number in range(times):
        place = new_place(tmp_path / f"station-{number}")
        with tally.trial():
            await walk_an_hour_back(place)
            prove_whole(place)
            assert texts(place) == ["Notat 1", "Notat 2", "Notat 3"]
            (walk,) = walks(place)
            assert walk.left_at <= walk.returned_at
    tally.settle()


async def walk_an_hour_back(place: Place) -> None:
    """A round during which the clock goes back, and notes before, meanwhile and after."""
    async with seated(place, "Samira") as seat:
        await write(seat, "Notat 1")
        await leave(seat)
        seat.set_clock(seat.clock.now() - timedelta(hours=1))
        seat.clock.move_to(seat.clock.now() + timedelta(minutes=44))
        assert "NOT BACK" not in await seat.see("A walk has been under way")
        seat.clock.move_to(seat.clock.now() + timedelta(minutes=2))
        await seat.see("NOT BACK FROM THE ROUND")
        await seat.press("enter")
        await seat.see("A walk has been under way")
        await come_back_and_sign(seat)
        await seat.press("1")
        await seat.see(SET_BACK)
        await write(seat, "Notat 2")
        seat.set_clock(seat.clock.now() + timedelta(hours=1))
        await write(seat, "Notat 3")
        assert SET_BACK not in await seat.see("MODULE A")


@campaign
async def test_a_year_ahead_and_right_again(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Everything opens, a round is walked and a note written in the wrong year and in the right one; backups go on."""
    tally, place = (
        tally_for(request, "clock a year ahead and right again, walked in the app"),
        new_place(tmp_path / "station"),
    )
    with tally.trial():
        async with seated(place, "Samira") as seat:
            await write(seat, "Notat 1")
            right = seat.clock.now()
            seat.set_clock(right.replace(year=right.year + 1))
            await look_at_everything(seat)
            await write(seat, "Notat 2")
            await leave(seat)
            seat.clock.move_to(seat.clock.now() + timedelta(minutes=20))
            await come_back_and_sign(seat)
            seat.station.automatic_backups(place.settings).take(actor(seat.station, "Samira"))
            seat.set_clock(right + timedelta(minutes=30))
            await seat.press("1")
            await seat.see(SET_BACK)
            await look_at_everything(seat)
            await write(seat, "Notat 3")
            await leave(seat)
            seat.clock.move_to(seat.clock.now() + timedelta(minutes=20))
            await come_back_and_sign(seat)
            assert seat.station.automatic_backups(place.settings).due(actor(seat.station, "Samira"))
        prove_whole(place)
        assert texts(place) == ["Notat 1", "Notat 2", "Notat 3"]
    tally.settle()


async def look_at_everything(seat: Seat) -> None:
    for key, words in (
        ("2", "Round"),
        ("3", "MY READING"),
        ("4", "notes and events"),
        ("5", "plan"),
        ("6", "asks"),
        ("1", "MODULE A"),
    ):
        await seat.press(key)
        await seat.see(words)


NIGHTS = {"spring": date(2026, 3, 28), "autumn": date(2026, 10, 24)}
"""The evenings before."""


@campaign
@pytest.mark.parametrize("night", NIGHTS)
async def test_the_night_on_which_the_clocks_change(night: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Two rounds, one of them through the changed hour; nobody is late by it, and each time stands as the wall clock showed it."""
    tally, place = (
        tally_for(request, "the nights on which clocks change, walked in the app"),
        new_place(tmp_path / "station"),
    )
    evening = NIGHTS[night]
    morning = evening + timedelta(days=1)
    left, back = at(morning, 1, 50), at(morning, 3, 10)
    if night == "autumn":
        left, back = at(morning, 2, 50), at(morning, 2, 10, fold=1)
    with tally.trial():
        with closing(place.open(HeldClock(at(evening, 15)))) as station:
            hours = [WindowHours(time(23, 30), time(1)), WindowHours(time(1, 30), time(4))]
            station.rounds.set_windows(actor(station, "Ida"), hours)
        async with seated(place, "Samira", at=at(evening, 23, 38)) as seat:
            await leave(seat)
            seat.clock.move_to(at(evening, 23, 58))
            await come_back_and_sign(seat)
            await write(seat, "Notat før")
            await unlock(seat, left)
            await leave(seat)
            seat.clock.move_to(back)
            assert "NOT BACK" not in await seat.see("A walk has been under way")
            await come_back_and_sign(seat)
            await write(seat, "Notat etter")
            await unlock(seat, at(morning, 6, 30))
            board = await seat.see("NEEDS YOU NOW")
            for never in (SET_BACK, "NOT BACK"):
                assert never not in board, board
            counted = seat.station.rounds.windows(actor(seat.station, "Samira"), evening)
            assert [(one.done, one.due, one.signed) for one in counted] == [(3, 3, True)] * 2
        prove_whole(place)
        assert texts(place) == ["Notat før", "Notat etter"]
        first, through = walks(place)
        assert (first.night, through.night) == (evening, evening)
        assert timedelta(minutes=19) < through.returned_at - through.left_at < timedelta(minutes=21)
        assert None not in (first.signed_at, through.signed_at)
    tally.settle()


async def unlock(seat: Seat, moment: datetime) -> None:
    """Time passes, the screen locks, and she is there again."""
    seat.clock.move_to(moment)
    await seat.see("IN AN EMERGENCY")
    await seat.press(*PIN, "enter")
    await seat.see("Prøvehuset")
    await seat.press("1")
    await seat.see("MODULE A")

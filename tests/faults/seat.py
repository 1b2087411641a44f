"""Somebody signed in at the PC of a station that faults happen to: the whole app, driven by keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.bench import seen, settle
from tests.faults.house import EVENING, Place, actor
from textual.pilot import Pilot

from staffbase.app import StaffbaseApp
from staffbase.kernel.clock import HeldClock
from staffbase.opening import Opened

PATIENCE = 30.0
"""Seconds until it is said that something never came."""


class Seat:
    """The app on a station, with a clock that the test moves."""

    def __init__(self, place: Place, name: str, at: datetime) -> None:
        self.clock = HeldClock(at)
        self.station = place.open(self.clock)
        opened = Opened(self.station, actor(self.station, name))
        self.app = StaffbaseApp(replace(place.settings, backup_keep=0), self.clock, lambda _say: opened)
        self.pilot: Pilot[Any]
        self.told: list[str] = []
        """Messages over the screen, which go away by themselves: a slow machine looks too late."""
        shows = self.app.notify

        def notify(message: str, **how: Any) -> None:
            self.told.append(message)
            shows(message, **how)

        self.app.notify = notify  # type: ignore[method-assign]  # it shows them all the same

    def set_clock(self, moment: datetime) -> None:
        """Somebody sets the clock on the wall: no time has passed by that."""
        self.clock._now = moment

    async def press(self, *keys: str) -> None:
        """One after the other, two seconds of the house's clock apart."""
        self.told.clear()
        for key in keys:
            self.clock.move_to(self.clock.now() + timedelta(seconds=2))
            await self.pilot.press(key)
            await settle(self.pilot)

    async def settled(self) -> None:
        """Whoever is asked about duty is on duty."""
        if "I am on duty" in seen(self.app):
            await self.press("enter")

    async def see(self, words: str) -> str:
        """Until this stands on the screen, wherever lines end, or was told since the last key; then the screen in one line."""
        waited = 0.0
        while words not in (screen := " ".join((*self.told, *seen(self.app).split()))):
            assert waited < PATIENCE, f"not seen: {words}\n{seen(self.app)}"
            waited += 0.05
            await self.pilot.pause(0.05)
        return screen

    def fold_log(self) -> None:
        """The write-ahead log is empty again, so that the next write needs room on the disk."""
        with self.station.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@asynccontextmanager
async def seated(
    place: Place, name: str, size: tuple[int, int] = (120, 36), at: datetime = EVENING
) -> AsyncIterator[Seat]:
    """Signed in, in front of the board."""
    seat = Seat(place, name, at)
    try:
        async with seat.app.run_test(size=size) as seat.pilot:
            while not seat.app.ready:
                await seat.pilot.pause(0.05)
            await seat.see("MODULE A")
            await settle(seat.pilot)
            await seat.settled()
            yield seat
    finally:
        seat.station.close()

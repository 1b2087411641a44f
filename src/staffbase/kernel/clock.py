"""The one clock. Everything that needs the time is handed a Clock; nothing asks the machine itself.

Moments are aware and in UTC inside the program and the database; they are shown in Europe/Oslo.
Intervals that guard something (debounce, idle lock, alarm) use `monotonic`, which no one can set back.
"""

import time
from collections import deque
from datetime import UTC, date, datetime
from datetime import time as wall_time
from typing import Protocol
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
_MOVES_KEPT = 256


class Clock(Protocol):
    """Tells the moment (aware, UTC) and a monotonic second count for intervals."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; for measuring how long something has lasted."""

    def monotonic_at(self, machine: float) -> float:
        """What `monotonic` told when the machine's own time.monotonic stood at `machine`, as it is stamped on a key."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def monotonic_at(self, machine: float) -> float:
        """The same seconds."""
        return machine


class DemoClock:
    """A clock that starts at a chosen moment and runs on from there; only the demo and tests have one."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            start = start.replace(tzinfo=OSLO)
        self._start = start.astimezone(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """The chosen moment plus the time that has passed since."""
        return datetime.fromtimestamp(self._start.timestamp() + time.monotonic() - self._origin, UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def monotonic_at(self, machine: float) -> float:
        """The same seconds."""
        return machine


class HeldClock:
    """A clock that stands still until it is moved: for scenes, screenshots and the demo's plot."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._seconds = 0.0
        self._moves: deque[tuple[float, float]] = deque(maxlen=_MOVES_KEPT)
        self.move_to(start)

    def move_to(self, moment: datetime) -> None:
        """Set the clock; a naive moment is read as Oslo time."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=OSLO)
        moment = moment.astimezone(UTC)
        if self._now.tzinfo is not None:
            self._seconds += max(0.0, (moment - self._now).total_seconds())
        self._now = moment
        self._moves.append((time.monotonic(), self._seconds))

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._now

    def monotonic(self) -> float:
        """Seconds it was moved forward in all."""
        return self._seconds

    def monotonic_at(self, machine: float) -> float:
        """Seconds it had been moved forward by then."""
        return next((seconds for moved, seconds in reversed(self._moves) if moved <= machine), self._moves[0][1])


def local(moment: datetime) -> datetime:
    """The moment as the wall clock in the house shows it."""
    return moment.astimezone(OSLO)


def at_local(day: date, hour: wall_time) -> datetime:
    """The moment, in UTC, when the wall clock in the house shows this date and time.

    On the night the clocks go back the first of the two is meant; on the night they go forward an hour
    that does not exist is read with the offset before the change, so that it still is a moment.
    """
    return datetime.combine(day, hour, OSLO).astimezone(UTC)

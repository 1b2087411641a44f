"""The demo's clock: held while the plot is played, running on from there afterwards."""

import time
from datetime import datetime, timedelta

from staffbase.kernel.clock import Clock, HeldClock


class PlotClock(HeldClock):
    """A held clock that can be let go, and then runs with real seconds; or that from some moment on follows another."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._released_at: float | None = None
        self._followed: Clock | None = None

    def release(self) -> None:
        """Let it run on from the moment it stands at."""
        self._released_at = time.monotonic()

    def follow(self, clock: Clock) -> None:
        """From now on tell what the other clock tells: the screens' clock, once the plot has been played."""
        self._followed = clock

    def now(self) -> datetime:
        """The moment it stands at, or has come to."""
        return super().now() + timedelta(seconds=self._running()) if self._followed is None else self._followed.now()

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return super().monotonic() + self._running() if self._followed is None else self._followed.monotonic()

    def monotonic_at(self, machine: float) -> float:
        """What `monotonic` told then."""
        if self._followed is not None:
            return self._followed.monotonic_at(machine)
        ran = 0.0 if self._released_at is None else max(0.0, machine - self._released_at)
        return super().monotonic_at(machine) + ran

    def _running(self) -> float:
        return 0.0 if self._released_at is None else time.monotonic() - self._released_at

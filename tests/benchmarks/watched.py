"""Runs a program and writes down how long its event loop was busy each time: `python -m tests.benchmarks.watched FILE MODULE …`.

Between two waits of the loop nothing else happens: no key is taken, nothing is painted. That is a pause.
"""

import asyncio
import runpy
import selectors
import sys
import time
from pathlib import Path
from typing import Any

SHORTEST = 0.001
"""Seconds; shorter pauses are not written down."""


class Watched(selectors.DefaultSelector):
    """Writes when a pause ended and how long it was, in seconds, one a line."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._out = file.open("a", buffering=1)
        self._busy_since: float | None = None

    def select(self, timeout: float | None = None) -> list[Any]:
        now = time.perf_counter()
        if self._busy_since is not None and now - self._busy_since >= SHORTEST:
            self._out.write(f"{now} {now - self._busy_since}\n")
        ready = super().select(timeout)
        self._busy_since = time.perf_counter()
        return ready


class WatchedLoops(asyncio.DefaultEventLoopPolicy):
    """Every event loop of this program is watched."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(Watched(self._file))


def pauses(file: Path, since: float) -> list[float]:
    """The pauses that ended after this moment of the monotonic clock, which all programs of a machine share."""
    told = (line.split() for line in file.read_text().splitlines())
    return [float(length) for ended, length in told if float(ended) > since]


if __name__ == "__main__":
    out, module, *sys.argv[1:] = sys.argv[1:]
    asyncio.set_event_loop_policy(WatchedLoops(Path(out)))
    runpy.run_module(module, run_name="__main__", alter_sys=True)

"""The disk fails under a writing station, and turns well again: it is said in words, and what was told as saved stands."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from errno import EIO, ENOSPC, EROFS
from pathlib import Path
from typing import IO, Any

import pytest
from tests.faults.campaign import tally_for, times
from tests.faults.disk import FailingDisk, watching, witness
from tests.faults.house import Place, new_place, prove_whole
from tests.faults.test_killed import NO_WRITES
from tests.faults.writer import EVERYTHING

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0
FAILURES: dict[str, dict[str, int]] = {
    "a write to the disk fails (EIO)": {"write": EIO},
    "a sync of the disk fails (EIO)": {"sync": EIO},
    "the disk says it is full (ENOSPC)": {"write": ENOSPC, "create": ENOSPC},
    "the disk turns read-only (EROFS)": {"write": EROFS, "create": EROFS},
}
NOT_WRITTEN = "Nothing was lost on this screen"


class Writing:
    """A station that writes for ever, on a disk that can fail."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.disk = FailingDisk(place.root / "fails")
        self._file = place.root / "told"
        self._ear: IO[bytes] | None = None
        self._half = b""
        self.told: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.writer", "once", place.root, ",".join(EVERYTHING), "0", self._file, "-"],
            env=watching(place.home, fails=self.disk.page), cwd=ROOT,
        )  # fmt: skip

    def hear(self) -> int:
        """Take in what was told since; how much there is now."""
        if self._ear is None and self._file.exists():
            self._ear = self._file.open("rb")
        self._half += self._ear.read() if self._ear is not None else b""
        *lines, self._half = self._half.split(b"\n")
        self.told += map(json.loads, lines)
        return len(self.told)

    def until(self, holds: Callable[[dict[str, Any]], bool], times: int) -> list[dict[str, Any]]:
        """Until so many more are told of which it holds; all that was told meanwhile."""
        begun, since = self.hear(), time.monotonic()
        while sum(holds(one) for one in self.told[begun:]) < times:
            assert self._process.poll() is None, "it ended"
            assert time.monotonic() - since < PATIENCE, self.told[begun:]
            time.sleep(0.01)
            self.hear()
        return self.told[begun:]

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.hear()
        if self._ear is not None:
            self._ear.close()


def disk_refused(one: dict[str, Any]) -> bool:
    """Not what the house refuses (a door that has an answer already)."""
    return str(one.get("kind")).startswith("Database")


@times(1, 25)
def test_it_fails_and_turns_well_again(times: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    witness()
    tallies = {failure: tally_for(request, failure) for failure in FAILURES}
    chance = random.Random(times)
    writing = Writing(new_place(tmp_path / "station"))
    try:
        for failure in list(FAILURES) * times:
            with tallies[failure].trial():
                writing.until(lambda one: one["what"] not in NO_WRITES, 3)
                writing.disk.fail(**FAILURES[failure], after=chance.randrange(12))
                try:
                    told = writing.until(disk_refused, 3)
                finally:
                    writing.disk.mend()
                assert all(NOT_WRITTEN in one["said"] for one in told if disk_refused(one)), told
                writing.until(lambda one: one["what"] not in NO_WRITES, 3)
    finally:
        writing.kill()
    for tally in tallies.values():
        with tally.proof():
            prove_whole(writing.place, [one for one in writing.told if one["what"] not in NO_WRITES])
        tally.settle()

"""kill -9 at random moments under a writing load: what was told as saved is there, whole, and nothing is half there."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.campaign import tally_for, tell, times
from tests.faults.house import new_place, prove_whole

JOBS = ("notes,rounds", "notes,plans,drafts", "tasks,duty,presence,notes")
"""What each of up to three writers does in turn."""
FRESH = 300
"""After so many writes the station is a new one: proving a long ledger whole takes longer each time."""
NO_WRITES = {"born", "open", "gone", "refused"}
"""What is told that is no write."""


class Nursery:
    """Writers in processes of their own, and what they told before they were killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.writer", "nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent.parent,
        )  # fmt: skip
        self.told: list[dict[str, Any]] = []

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def order(self, **what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        self._process.stdin.flush()

    def until(self, what: str = "") -> dict[str, Any]:
        """The next that tells this, or of a write; all before it is kept."""
        assert self._process.stdout is not None
        while True:
            line = self._process.stdout.readline()
            assert line, "the writers ended by themselves"
            said: dict[str, Any] = json.loads(line)
            self.told.append(said)
            assert said["what"] != "died", said
            if said["what"] == what or not (what or said["what"] in NO_WRITES):
                return said

    def kill(self, root: Path, names: list[str], chance: random.Random) -> None:
        """Let these write, and kill them at a moment of chance: some while they open, most once each has written."""
        for name, jobs in zip(names, JOBS, strict=False):
            self.order(do="write", root=str(root), name=name, jobs=jobs)
        born = [self.until("born")["pid"] for _ in names]
        for least in range(chance.choice((0, 1, 1, 4, 12))):
            if least == 0:
                while {one["by"] for one in self.writes} != set(names):
                    self.until()
            else:
                self.until()
        time.sleep(chance.uniform(0.0, 0.1))
        for pid in born:
            os.kill(pid, signal.SIGKILL)
        self.order(do="mourn")
        self.until("gone")

    @property
    def writes(self) -> list[dict[str, Any]]:
        """What was told as saved."""
        return [one for one in self.told if one["what"] not in NO_WRITES]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@times(5, 300)
def test_what_was_told_as_saved_is_there(
    times: int, nursery: Nursery, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A trial is a moment at which all who write are killed."""
    tally, chance = tally_for(request, "kill -9 under a writing load"), random.Random(times)
    root = tmp_path / "0"
    place = new_place(root)
    told: list[dict[str, Any]] = []
    killed = had_written = 0
    for moment in range(times):
        if len(told) > FRESH:
            shutil.rmtree(root)
            root, told = tmp_path / str(moment), []
            place = new_place(root)
        names = [f"{moment}-{number}" for number in range(chance.choice((1, 1, 2, 3)))]
        killed += len(names)
        with tally.trial():
            nursery.kill(root, names, chance)
            assert not [one for one in nursery.told if str(one.get("kind")).startswith("Database")]
            told += nursery.writes
            had_written += len({one["by"] for one in nursery.writes})
            nursery.told.clear()
            prove_whole(place, told)
    tell(request, f"kill -9: {killed} programs at {times} moments; {had_written} of them had told of a write")
    tally.settle()
    assert had_written > killed / 2

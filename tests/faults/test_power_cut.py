"""The power goes: whatever the disk held back, what was told as saved is there, whole. With fewer syncs it would not be."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.campaign import Tally, tally_for, times
from tests.faults.disk import Recording, lay_out, watching, witness
from tests.faults.house import Place, new_place, prove_whole
from tests.faults.writer import EVERYTHING

ROOT = Path(__file__).parent.parent.parent
CUTS_PER_LOAD = 50
WRITES = 40
"""Things done in one load."""


def recorded_load(root: Path, *, weakened: bool = False) -> Recording:
    """A load on a new station, from its opening to its closing, with everything the disk was told."""
    new_place(root)
    recording = Recording(root)
    record = root.with_suffix(".record")
    chance = random.Random(root.name)
    jobs = ",".join(chance.sample(EVERYTHING, 4))
    subprocess.run(
        [
            sys.executable, "-m", "tests.faults.writer", "once", root, jobs, str(WRITES), root / "told",
            "weakened" if weakened else "as it is",
        ],
        env=watching(root, record), cwd=ROOT, check=True,
    )  # fmt: skip
    return recording.read(record)


def cut_anywhere(recording: Recording, folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Lay out what a cut at some moment left, half of the time just after something was told as saved; all that was told."""
    told = recording.folder / "told"
    moments = list(recording.moments_after(told))
    after = chance.choice(moments) if chance.random() < 0.5 else chance.randint(1, len(recording.ops))
    lay_out(recording.cut(after, chance), folder)
    said: list[dict[str, Any]] = [json.loads(line) for line in recording.said_before(after, told)]
    return [one for one in said if one["what"] not in ("open", "refused")]


def cut_power(tally: Tally, tmp_path: Path, times: int, *, weakened: bool = False) -> Iterator[None]:
    """Cut so many times, on a new load now and then."""
    witness()
    chance = random.Random(times)
    recording: Recording | None = None
    for number in range(times):
        if recording is None or number % CUTS_PER_LOAD == 0:
            recording = recorded_load(tmp_path / f"load-{number}", weakened=weakened)
        with tally.trial():
            told = cut_anywhere(recording, tmp_path / "left", chance)
            prove_whole(Place(tmp_path / "left"), told)
        yield


@times(12, 450)
def test_what_was_told_as_saved_is_on_the_disk(times: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    tally = tally_for(request, "power cut under a writing load")
    for _ in cut_power(tally, tmp_path, times):
        pass
    tally.settle()


@times(0, 100)
def test_with_fewer_syncs_it_would_be_lost(times: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """So that the zero above means something: `synchronous=NORMAL`, which the program cannot be told to use, loses notes."""
    tally = tally_for(request, "power cut, synchronous=NORMAL", must_lose=True)
    for _ in cut_power(tally, tmp_path, times or 200, weakened=True):
        if tally.lost and not times:
            break  # seen once
    assert tally.lost > 0
    assert isinstance(tally.first, AssertionError), tally.first

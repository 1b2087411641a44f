"""An older station is brought to today's schema, and something comes in between: it is of the old schema or of the new, never half."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.faults.campaign import tally_for, times
from tests.faults.disk import Recording, lay_out, watching, witness
from tests.faults.house import Place, prove_whole, refusal
from tests.faults.older import FIRST, Schema, of_the_first_schema, schema
from tests.faults.small_disk import room_taken, small_disk

from staffbase.migrations import HEAD

ROOT = Path(__file__).parent.parent.parent
MIGRATION_NEEDS = 150_000
"""With so much room left it goes through."""
MOST = 1_000_000
"""A statement that never comes."""


class Migrator:
    """A process that opens stations, and is killed while it does."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.migrator"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )

    def open(self, place: Place, at: int) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"root": str(place.root), "at": at}).encode() + b"\n")
        self._process.stdin.flush()
        said: dict[str, Any] = {}
        while "killed" not in said:
            said |= json.loads(self._process.stdout.readline())
        return said

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def migrator() -> Iterator[Migrator]:
    made = Migrator()
    yield made
    made.close()


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> tuple[Schema, Schema]:
    """The old one and today's."""
    place = copy_to(tmp_path_factory.mktemp("schemas") / "station")
    old = schema(place)
    place.open().close()
    new = schema(place)
    assert old[0] == ("revision", FIRST)
    assert new[0] == ("revision", HEAD)
    return old, new


def copy_to(root: Path) -> Place:
    shutil.copytree(of_the_first_schema().root, root)
    return Place(root)


@times(4, 0)
def test_killed_at_any_statement(
    times: int, migrator: Migrator, schemas: tuple[Schema, Schema], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """In the campaign at every one of them."""
    tally = tally_for(request, "kill -9 at each statement of a migration")
    whole = migrator.open(copy_to(tmp_path / "whole"), MOST)
    assert not whole["killed"]
    last = whole["statements"]
    found = set()
    for at in range(1, last + 1, 1 if not times else max(1, last // times)):
        place = copy_to(tmp_path / str(at))
        with tally.trial():
            assert migrator.open(place, at)["killed"]
            left = schema(place)
            assert left in schemas
            found.add(left[0])
            prove_whole(place)
            assert schema(place) == schemas[1]
        shutil.rmtree(place.root)
    tally.settle()
    assert ("revision", FIRST) in found
    if not times:
        assert ("revision", HEAD) in found


@times(3, 80)
def test_the_power_goes(
    times: int, schemas: tuple[Schema, Schema], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    witness()
    tally, chance = tally_for(request, "power cut during a migration"), random.Random(times)
    place = copy_to(tmp_path / "station")
    recording, record = Recording(place.root), tmp_path / "record"
    opening = f"from pathlib import Path; from tests.faults.house import Place; Place(Path({str(place.root)!r})).open().close()"
    subprocess.run([sys.executable, "-c", opening], env=watching(place.root, record), cwd=ROOT, check=True)
    recording.read(record)
    for _ in range(times):
        with tally.trial():
            lay_out(recording.cut(chance.randint(0, len(recording.ops)), chance), tmp_path / "left")
            left = Place(tmp_path / "left")
            assert schema(left) in schemas
            prove_whole(left)
            assert schema(left) == schemas[1]
    tally.settle()


@times(1, 30)
def test_the_disk_is_full(
    times: int, schemas: tuple[Schema, Schema], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """It is said, nothing is changed, and it goes on when there is room: before, and when the room goes once it has begun."""
    before, during = (tally_for(request, f"disk full {when} a migration") for when in ("before", "during"))
    chance = random.Random(times)

    def refused(place: Place, words: str) -> bool:
        """Whether it said these words; then nothing was changed, and it is opened when there is room."""
        said = refusal(lambda: place.open().close())
        assert said == "" or words in said, said
        return bool(said)

    def goes_on(place: Place, was_refused: bool) -> None:
        disk.make_room()
        assert schema(place) == schemas[not was_refused]
        prove_whole(place)
        assert schema(place) == schemas[1]

    with small_disk(tmp_path / "disk") as disk:
        for number in before.until(max(1, times // 2)):
            place = copy_to(disk.root / str(number))
            with before.trial() as trial:
                disk.fill(leave=chance.randrange(0, 1_900_000))
                trial.met = refused(place, "Make room")
                goes_on(place, trial.met)
            shutil.rmtree(place.root)
            disk.make_room()
        for number in during.until(times):
            place = copy_to(disk.root / f"during-{number}")
            with during.trial() as trial:
                with room_taken(disk, chance.randrange(MIGRATION_NEEDS), partial(migrates, place)):
                    trial.met = refused(place, "full")
                goes_on(place, trial.met)
            shutil.rmtree(place.root)
            disk.make_room()
    before.settle()
    during.settle()


def migrates(place: Place, event: str, said: tuple[Any, ...]) -> bool:
    """The backup is taken, and the steps of the migration are looked up."""
    looks_up = event == "os.walk" and Path(said[0]).name == "versions"
    return looks_up and any((place.home / "backups").glob("*.backup"))


def test_a_backup_comes_before(tmp_path: Path) -> None:
    place = copy_to(tmp_path / "station")
    with closing(place.open()):
        assert [file.name for file in (place.home / "backups").iterdir()] == [
            f"staffbase-20260105-233500-before-{HEAD}.backup"
        ]

"""Another program has the database: one waits for it, is told in words when it takes too long, and goes on; two stations are one."""

import json
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.campaign import tally_for, times
from tests.faults.house import Place, actor, new_place, prove_whole, refusal
from tests.faults.test_killed import NO_WRITES
from tests.faults.writer import EVERYTHING

from staffbase.kernel import database

ROOT = Path(__file__).parent.parent.parent
HELD = "Another program holds the database"


HOLDS = """
import sys, sqlcipher3.dbapi2 as driver
connection = driver.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA key=\\"x'{sys.argv[2]}'\\"")
if sys.argv[3] == "alone":
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


class Holder:
    """Another program with the key, in a process of its own: it writes and does not end, or has the file for itself."""

    def __init__(self, place: Place, how: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLDS, place.database, place.key.hex(), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"held\n"

    def let_go(self) -> None:
        self._process.communicate(b"\n")


@times(1, 10)
def test_it_is_waited_for_or_told(
    times: int, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else writes for a moment: nobody is told anything. Who does not end, or holds the file alone: it is said."""
    place = new_place(tmp_path / "station")
    waits, told, alone = (
        tally_for(request, f"locked by another program: {what}")
        for what in ("for a moment, it waits", "it is told and goes on", "not even to be opened")
    )
    for number in range(times):
        with closing(place.open()) as station, waits.trial():
            marit = actor(station, "Marit")
            later = threading.Timer(0.3, Holder(place, "writing").let_go)
            later.start()
            station.notes.write(marit, f"Ventet {number}")
            later.join()
            assert len(station.notes.search(marit, f"Ventet {number}")) == 1
        if times == 1:  # the campaign waits as long as people do
            monkeypatch.setattr(database, "_LOCK_TIMEOUT", 0.2)
        with closing(place.open()) as station, told.trial():
            holder = Holder(place, "writing")
            assert HELD in refusal(station.notes.write, marit, f"Sagt {number}")
            assert station.residents.doors(marit), "what was there can be read all the while"
            holder.let_go()
            station.notes.write(marit, f"Sagt {number}")
            assert len(station.notes.search(marit, f"Sagt {number}")) == 1
        with alone.trial():
            holder = Holder(place, "alone")
            assert HELD in refusal(lambda: place.open().close())
            holder.let_go()
            prove_whole(place)
    for tally in (waits, told, alone):
        tally.settle()


@times(1, 12)
def test_two_stations_are_one(times: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Both write everything there is to write, at the same time; a third only looks, and sees it come."""
    tally = tally_for(request, "two stations on one file")
    for number in range(times):
        place = new_place(tmp_path / str(number))
        files = [place.root / f"told-{one}" for one in ("base", "office")]
        with tally.trial(), closing(place.open()) as third:
            mark = third.database.change_mark()
            both = [
                subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.writer", "once", place.root, ",".join(EVERYTHING), "40" if times > 1 else "12", told, "-"],
                    cwd=ROOT,
                )
                for told in files
            ]  # fmt: skip
            assert [one.wait() for one in both] == [0, 0]
            assert third.database.change_mark() != mark
        with tally.proof():
            told = [json.loads(line) for file in files for line in file.read_bytes().splitlines()]
            assert not [one for one in told if str(one.get("kind")).startswith("Database")]
            prove_whole(place, [one for one in told if one["what"] not in NO_WRITES])
    tally.settle()

"""A restore that is killed anywhere: one whole station is there afterwards, and what was erased by decision stays erased."""

import itertools
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.exchange.test_restore import PIN, House, texts
from tests.faults.campaign import tally_for, times

from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.key import open_key
from staffbase.kernel.settings import Settings


def killed_at(rename: int, house: House, file: Path) -> bool:
    """Restore in a program that is killed at that rename of a file; False once it has come to its end before."""
    told = [sys.executable, "-c", _RESTORES, str(house.home), str(house.identities.folder), str(file), str(rename)]
    return subprocess.run(told, check=False).returncode == -signal.SIGKILL


@times(5, 1)
def test_killed_at_each_rename_the_old_station_or_the_restored_one_is_there(
    request: pytest.FixtureRequest, tmp_path: Path, times: int
) -> None:
    """And nothing that was erased since the backup comes back, also when it is restored once more. A dose tries each fifth."""
    tally = tally_for(request, "kill -9 at each rename of a restore")
    house = House(tmp_path)
    station = house.open()
    ida = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, PIN).actor
    erased = station.notes.write(ida, "Det som skal bort.").entry_id
    file = house.backup(station)
    house.note(station, "Etter kopien.")
    station.erasures(Settings(home=house.home)).decide(
        ida, erased, responsible="Ida", asked_by="beboeren", reason="hører ikke hjemme her"
    )
    station.close()
    whole = tmp_path / "whole"
    shutil.copytree(house.home, whole)
    stood: list[bool] = []
    for rename in itertools.count(1, times):
        shutil.rmtree(house.home)
        shutil.copytree(whole, house.home)
        if not killed_at(rename, house, file):
            break
        with tally.trial():
            _survived(house, file, stood)
    assert len(stood) > 8 / times
    assert set(stood) == {True, False}
    tally.settle()


def _survived(house: House, file: Path, stood: list[bool]) -> None:
    station = house.open()
    stood.append("Etter kopien." in texts(station))
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()
    kept = list(house.home.glob("replaced-*/staffbase.db"))
    assert bool(kept) is not stood[-1], "what stood there is kept, and only once it stands there no more"
    again = house.restore(file, overwrite=True)
    assert again.erased_again == 1
    assert again.newer is not None
    assert again.newer.entries == stood[-1]
    station = house.open()
    assert texts(station) == ["Før kopien."]
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()
    assert open_key(house.home, house.identities).trying == b""
    assert not (house.home / ".taking-place").exists()


_RESTORES = """
import os, sys
from pathlib import Path
from staffbase.kernel.clock import SystemClock
from staffbase.kernel.identities import FileIdentities
from staffbase.exchange.restore import restore

left = int(sys.argv[4])

def killed(event, arguments):
    global left
    if event == "os.rename":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)

sys.addaudithook(killed)
restore(Path(sys.argv[1]), SystemClock(), Path(sys.argv[3]), FileIdentities(Path(sys.argv[2])), overwrite=True)
"""

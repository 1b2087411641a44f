"""The key is changed over and over while another program opens the station: it always opens, with all that is in it."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults import campaign
from tests.faults.house import Place, new_place, prove_whole

from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.rekey import rekey

ROOT = Path(__file__).parents[2]
OPENER = """
import sys, time
from pathlib import Path
from tests.faults.house import Place
from staffbase.kernel.errors import DatabaseUnavailable

place = Place(Path(sys.argv[1]))
print("begins", flush=True)
while True:
    try:
        place.open().close()
    except DatabaseUnavailable:
        pass  # told to wait
    time.sleep(0.01)
"""


@campaign.times(3, 100)
def test_the_key_is_changed_while_others_open_the_station(
    request: pytest.FixtureRequest, tmp_path: Path, times: int
) -> None:
    tally = campaign.tally_for(request, "the key is changed while others open the station")
    place = new_place(tmp_path / "place")
    command = [sys.executable, "-c", OPENER, str(place.root)]
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "begins\n"
            for _time in range(times):
                with tally.trial():
                    before = place.key
                    _change(place)
                    assert place.key != before
                    place.open().close()
                    assert other.poll() is None, "the other program found it closed"
        finally:
            other.kill()
    prove_whole(place)
    tally.settle()


def _change(place: Place) -> None:
    """Until nobody has it open at that moment."""
    while True:
        try:
            return rekey(place.home, place.identities)
        except DatabaseUnavailable:
            continue

"""A station is made whole or not at all: what was killed is begun anew, and one that stands is never touched."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.start.conftest import ANSWERS, files_in

from staffbase.kernel import creation
from staffbase.kernel.clock import SystemClock
from staffbase.kernel.creation import has_station, made_aside
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, KeyMissing, NoStation
from staffbase.kernel.key import FileIdentities, new_identity, open_with_recovery
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.station import Station, open_station


def made(home: Path, identities: FileIdentities) -> str:
    station, recovery_identity = create_station(Settings(home=home), SystemClock(), ANSWERS, identities)
    station.close()
    return recovery_identity


@pytest.mark.parametrize("field", ["house", "units", "leader", "pin", "passphrase"])
def test_nothing_is_written_for_answers_that_do_not_hold(home: Path, identities: FileIdentities, field: str) -> None:
    bad = {"house": " ", "units": "A1-A", "leader": "", "pin": "111111", "passphrase": "kort"}
    with pytest.raises(Invalid) as caught:
        create_station(Settings(home=home), SystemClock(), SetUp(**{**ANSWERS.__dict__, field: bad[field]}), identities)
    assert caught.value.field == field
    assert not home.exists()


def test_a_creation_that_fails_leaves_nothing(home: Path, identities: FileIdentities) -> None:
    def full(_station: Station) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(DatabaseUnavailable, match="the disk is full"):
        create_station(Settings(home=home), SystemClock(), ANSWERS, identities, furnish=full)
    assert list(home.iterdir()) == []
    made(home, identities)


def test_a_killed_creation_is_begun_anew(home: Path, tmp_path: Path, identities: FileIdentities) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from staffbase.kernel.clock import SystemClock\n"
        "from staffbase.kernel.settings import Settings\n"
        "from staffbase.new_station import SetUp, create_station\n"
        "create_station(Settings(home=Path(sys.argv[1])), SystemClock(), SetUp('H', 'A1', 'Ida', '283746'),\n"
        "    furnish=lambda station: (print('there', flush=True), time.sleep(60)))\n"
    )
    running = subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"there\n"
    with pytest.raises(Invalid, match="just now"):
        made(home, identities)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
    with pytest.raises(NoStation):
        open_station(Settings(home=home), SystemClock(), identities)
    made(home, identities)
    assert files_in(home) == ["key.age", "staffbase.anchor", "staffbase.db", "station.toml"]


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_station_moved_half_way_is_moved_to_the_end(home: Path, identities: FileIdentities, moved: int) -> None:
    made(home, identities)
    aside = home / ".new-station"
    aside.mkdir()
    (aside / "whole").touch()
    for name in creation._FILES[moved:]:
        (home / name).rename(aside / name)
    assert has_station(home)
    open_station(Settings(home=home), SystemClock(), identities).close()
    assert not aside.exists()


def test_a_station_that_stands_is_never_touched(home: Path, identities: FileIdentities) -> None:
    made(home, identities)
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    with pytest.raises(Invalid, match="already"):
        made(home, identities)
    with pytest.raises(Invalid, match="already"), made_aside(home) as aside:
        for name in before:
            shutil.copy(home / name, aside / name)
    (home / "key.age").unlink()  # lost, and kept elsewhere: still a station
    with pytest.raises(KeyMissing, match=r"key\.age"):
        made(home, identities)
    (home / "key.age").write_bytes(before["key.age"])
    (home / "key.age").chmod(0o600)
    (home / ".new-station").mkdir()
    for name in ("whole", *before):  # what lies about does not keep it from opening
        (home / ".new-station" / name).write_bytes(b"another's")
    open_station(Settings(home=home), SystemClock(), identities).close()
    shutil.rmtree(home / ".new-station")
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before


def test_a_recovery_identity_shown_before_is_the_stations(home: Path, identities: FileIdentities) -> None:
    shown = new_identity()
    station, told = create_station(Settings(home=home), SystemClock(), ANSWERS, identities, recovery_identity=shown)
    station.close()
    assert told == shown
    assert open_with_recovery(home, shown.lower().replace("-", " "))

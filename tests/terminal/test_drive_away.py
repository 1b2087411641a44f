"""The backup drive does not answer, in the real program: it is said, everything else goes on, and the program ends when told to."""

import signal
import time
from pathlib import Path

import pytest
from tests.faults.hung_drive import hung_drive
from tests.terminal.driver import Terminal
from tests.terminal.test_copy import PIN, initialised, signs_in

pytestmark = pytest.mark.terminal

AT_MOST = 12.0
"""Seconds until the program has ended: a question just asked is given five, what goes on apart three, and a slow machine has its own."""


@pytest.mark.parametrize("how", ["ctrl+q", "SIGTERM"])
def test_keys_work_it_is_said_and_the_program_ends(tmp_path: Path, how: str) -> None:
    here, station, drive = tmp_path / "here", tmp_path / "here" / "station", tmp_path / "drive"
    house = ("--house", "Solvang", "--units", "A1-A3", "--leader", "Ingrid Haugen", "--oncall", "00 00 00 12")
    initialised(here, "--home", str(station), *house, "--lang", "nb", typed=f"{PIN}\n")
    drive.mkdir()
    with (
        hung_drive(drive),
        Terminal(
            here, "--home", str(station), "--lang", "nb", STAFFBASE_BACKUP_FOLDER=str(drive / "copies")
        ) as terminal,
    ):
        signs_in(terminal)
        terminal.press("0")
        terminal.wait_for("INNSYN OG SIKKERHET")
        terminal.press("l")
        terminal.wait_for("ser etter i mappa|svarer ikke")
        terminal.press("esc")
        terminal.wait_for("INNSYN OG SIKKERHET")
        terminal.press("l")
        terminal.wait_for("svarer ikke")
        began = time.monotonic()
        if how == "SIGTERM":
            terminal.signal(signal.SIGTERM)
        else:
            terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
        assert time.monotonic() - began < AT_MOST
        assert b"Traceback" not in terminal.raw
        assert b"\x1b[?1049l" in terminal.raw

"""Damage in the real program: pages of the file fail, and a leader goes from the screen that says so back to the note from before."""

import os
import time
from pathlib import Path

import pytest
from tests.terminal.driver import PATIENCE, Terminal
from tests.terminal.test_copy import PIN, WORDS, initialised, signs_in

pytestmark = pytest.mark.terminal


def test_a_damaged_page_and_back_to_the_newest_backup(tmp_path: Path) -> None:
    here, station = tmp_path / "here", tmp_path / "here" / "station"
    house = ("--house", "Solvang", "--units", "A1-A3", "--leader", "Ingrid Haugen", "--oncall", "00 00 00 12")
    initialised(here, "--home", str(station), *house, "--lang", "nb", typed=f"{PIN}\n")
    with Terminal(here, "--home", str(station), "--lang", "nb", STAFFBASE_BACKUP_KEEP="0") as terminal:
        signs_in(terminal)
        terminal.press("n")
        terminal.wait_for("ctrl.s lagrer")
        terminal.type(WORDS)
        terminal.press("ctrl+s")
        terminal.wait_for("Lagret")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    with Terminal(here, "--home", str(station), "--lang", "nb") as terminal:  # none was taken yet: one is due
        terminal.wait_for("Ingrid Haugen")
        until = time.monotonic() + PATIENCE
        while not list(station.glob("backups/staffbase-*.backup")) and time.monotonic() < until:
            terminal.pause(0.2)
        terminal.settle()
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    file = station / "staffbase.db"
    data = bytearray(file.read_bytes())
    data[4096 : 5 * 4096] = os.urandom(4 * 4096)
    file.write_bytes(data)
    with Terminal(here, "--home", str(station), "--lang", "nb") as terminal:
        told = terminal.wait_for("Stasjonen er skadet", "hel, kontrollert", "00 00 00 12")
        assert "Ingrid" not in told
        terminal.type("Ingrid Haugen\r")
        terminal.type(f"{PIN}\r")
        terminal.wait_said("Stasjonen er gjenopprettet", "replaced-")
        terminal.press("enter")
        signs_in(terminal)
        terminal.press("4")
        terminal.wait_for(WORDS)
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0

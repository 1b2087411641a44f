"""A data folder that was copied: unreadable, closed to everybody, and opened by the identity from the safe alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

pytestmark = pytest.mark.terminal
PIN = "572914"
WORDS = "Kjelen i fellesstua er reparert"


def initialised(home: Path, *arguments: str, typed: str) -> str:
    """What `staffbase init` said; run on the machine whose own files lie in `home`."""
    own = {name: str(home / "own") for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "STAFFBASE_IDENTITY_DIR")}
    done = subprocess.run(
        [sys.executable, "-m", "staffbase", "init", *arguments],
        input=typed, capture_output=True, text=True, check=True, env={**os.environ, **own},
    )  # fmt: skip
    return done.stdout


def signs_in(terminal: Terminal) -> None:
    """The leader, with name and PIN."""
    terminal.wait_for("Ingrid Haugen")
    terminal.choose("Ingrid")
    terminal.type(PIN)
    terminal.press("enter")
    on_duty = r"vakt .*Ingrid Haugen .*\d\d:\d\d"
    if "Ja, jeg" in terminal.wait_for("MODUL A", f"Ja, jeg er på vakt|{on_duty}"):  # once a shift; the clock is real
        terminal.press("enter")
        terminal.wait_gone("Ja, jeg er på vakt")
        terminal.wait_for(on_duty)


def test_a_copy_says_nothing_and_opens_with_the_recovery_identity_alone(tmp_path: Path) -> None:
    here, there, script = (tmp_path / name for name in ("here", "there", "script"))
    station, copy, other = here / "station", there / "copy", script / "copy"
    house = ("--house", "Solvang", "--units", "A1-A3", "--leader", "Ingrid Haugen", "--lang", "nb")
    said = initialised(here, "--home", str(station), *house, typed=f"{PIN}\n")
    recovery = re.search(r"AGE-SECRET-KEY-1\w+", said)
    assert recovery is not None
    with Terminal(here, "--home", str(station), "--lang", "nb") as terminal:
        signs_in(terminal)
        terminal.press("n")
        terminal.wait_for("ctrl.s lagrer")
        terminal.type(WORDS)
        terminal.press("ctrl+s")
        terminal.wait_for("Lagret")
        terminal.kill()
    files = [file for file in station.rglob("*") if file.is_file()]
    held = b"".join(file.read_bytes() for file in files)
    assert len(files) >= 4
    for secret in ("Ingrid", "Haugen", "Solvang", "fellesstua", PIN, recovery.group()):
        for told in (secret.encode(), secret.encode("utf-16-le"), secret.lower().encode()):
            assert told not in held, secret
    for place in (copy, other):
        shutil.copytree(station, place)
    with Terminal(there, "--home", str(copy), "--lang", "nb") as terminal:
        asked = terminal.wait_for("Dette er en kopi")
        assert "Ingrid" not in asked
        wrong = recovery.group()[:-1] + ("A" if recovery.group()[-1] != "A" else "B")
        terminal.type(wrong)
        terminal.press("enter")
        terminal.wait_for("et tegn")
        terminal.press("\x15")
        terminal.type(recovery.group())
        terminal.press("enter")
        signs_in(terminal)
        terminal.press("4")
        terminal.wait_for(WORDS)
    initialised(script, "--home", str(other), "--recover", typed=f"{recovery.group()}\n")
    with Terminal(script, "--home", str(other), "--lang", "nb") as terminal:
        signs_in(terminal)
        terminal.press("4")
        terminal.wait_for(WORDS)

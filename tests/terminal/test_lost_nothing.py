"""What is half typed survives kill -9, nothing in the folder can be read, and escape bytes stay where they were typed."""

import re
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF

pytestmark = pytest.mark.terminal
MARIT = next(person.pin for person in STAFF if person.name == "Marit")
EVENING = ("--at", "2026-01-05T21:40", "--lang", "en")
HALF = "Half a sentence about the kettle in B1, and th"


def test_a_half_typed_note_survives_kill_9_and_stands_nowhere_in_the_clear(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    with Terminal(tmp_path, "demo", "--dir", str(folder), "--as", "Marit", *EVENING) as terminal:
        terminal.wait_for("MODULE A")
        terminal.press("down", "n")
        terminal.wait_for("ctrl.s saves")
        terminal.type(HALF)
        terminal.pause(2.0)
        terminal.kill()
    held = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert len(held) > 100_000
    for secret in (HALF, "kettle", "Kim-André", "Samira", "Lyngmovegen", MARIT):
        assert secret.encode() not in held
        assert secret.encode("utf-16-le") not in held
    with Terminal(tmp_path, "demo", "--dir", str(folder), "--lang", "en") as terminal:
        terminal.wait_for("PIN")
        terminal.wait_for(MARIT)
        terminal.choose("Marit")
        terminal.type(MARIT)
        terminal.press("enter")
        terminal.wait_for("1 draft")
        terminal.wait_for("MODULE B")
        terminal.settle()
        terminal.press("down", "n")
        assert HALF in terminal.wait_for("This is your draft of .*, as you left it")


def test_escape_bytes_and_markup_in_a_note_never_act(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", "--as", "Marit", *EVENING) as terminal:
        terminal.wait_for("MODULE A")
        terminal.press("down", "n")
        terminal.wait_for("ctrl.s saves")
        terminal.type("[/b] [red]as typed[/red] ")
        terminal.paste("evil\x1b]0;OWNED\x07 \x1b[31mred \x9b5m bell\x07 end")
        terminal.press("ctrl+s")
        terminal.wait_for("Saved: A1")
        terminal.press("4")
        terminal.wait_for(re.escape("[/b] [red]as typed[/red]"))
        assert b"OWNED\x07" not in terminal.raw
        assert b"\x1b]0;OWNED" not in terminal.raw
        assert b"\x1b[31mred" not in terminal.raw
        assert b"\xc2\x9b" not in terminal.raw
        assert b"\x9b5m" not in terminal.raw

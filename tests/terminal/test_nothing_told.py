"""Names, texts and PINs that were planted are sought in every byte that is written outside the encrypted database."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal, environment
from tests.terminal.faulty_note import MODULE
from tests.terminal.moved_clock import ROOT

from staffbase.demo.house import STAFF
from staffbase.kernel.database import DATABASE_FILE

pytestmark = pytest.mark.terminal
MARIT = next(person.pin for person in STAFF if person.name == "Marit")
NOTE, HALF, SOUGHT, WRONG_PIN = "Gråspurven 7731 satt", "Vintererle 4419 hel", "Sisselrot 5528", "918273"
NEVER = (NOTE, HALF, SOUGHT, WRONG_PIN, MARIT, "Kim-André", "Lyngmovegen", "Samira", "kols")
EVENING = ("--at", "2026-01-05T21:40", "--lang", "nb")


def told(raw: bytes, never: tuple[str, ...] = NEVER) -> list[str]:
    """Which of these stand in the bytes, in any spelling a program would give them."""
    found = []
    for words in never:
        spelled = {
            words.encode(),
            words.encode("utf-16-le"),
            words.encode("utf-16-be"),
            words.encode("latin-1"),
            ascii(words)[1:-1].encode(),
        }
        if any(one in raw for one in spelled):
            found.append(words)
    return found


def written(*folders: Path) -> bytes:
    """Every byte of every file in these folders, and each file's name."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert any(file.name == DATABASE_FILE for file in files)
    return b"\n".join(str(file).encode() + b"\n" + file.read_bytes() for file in files)


def command(
    home: Path, folder: Path, temporary: Path, *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "staffbase", "--home", str(folder), *arguments],
        input=typed.encode(), capture_output=True, check=False, env=environment(home, TMPDIR=str(temporary)),
    )  # fmt: skip


def test_a_day_with_refusals_and_a_fault_tells_nothing_of_anybody(tmp_path: Path) -> None:
    home, folder, temporary = tmp_path / "machine", tmp_path / "machine" / "house", tmp_path / "machine" / "tmp"
    for one in (home, temporary):
        one.mkdir()
    set_up = {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
    arguments = ("demo", "--dir", str(folder), "--as", "Marit", *EVENING)
    with Terminal(home, *arguments, module=MODULE, **set_up) as terminal:
        terminal.wait_for("MODUL A")
        terminal.press("down", "n")
        terminal.wait_for("ctrl.s lagrer")
        terminal.type(HALF)
        terminal.press("esc", "/")
        terminal.wait_for("(?i)ord, eller deler")
        terminal.type(SOUGHT)
        terminal.press("enter", "esc", "ctrl+l")
        terminal.wait_for("113")
        terminal.type(WRONG_PIN)
        terminal.press("enter")
        terminal.wait_for("PIN-en er feil|feil")
        terminal.type(MARIT)
        terminal.press("enter")
        terminal.wait_for("MODUL A")
        terminal.settle()
        terminal.press("n")
        terminal.wait_for("ctrl.s lagrer")
        terminal.press("enter")
        terminal.paste(NOTE)
        terminal.tap("ctrl+s")
        code = terminal.wait_end()
        assert code == 4, terminal.screen
        after = bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2]
        assert "staffbase måtte stoppe" in " ".join(after.decode().split())
        assert told(after) == []
        assert b"Traceback" not in terminal.raw
    fault = (folder / "fault.txt").read_text()
    assert "LookupError" in fault
    assert told(written(home)) == []
    with Terminal(
        home, "demo", "--dir", str(folder), "--as", "Marit", "--lang", "nb", TMPDIR=str(temporary)
    ) as terminal:
        terminal.wait_for("2 kladder")
        terminal.press("n")
        terminal.wait_for("2 kladder .*ctrl.o")
        terminal.press("\x0f")
        terminal.wait_for(NOTE)
    for arguments in (("doctor",), ("verify", "--json"), ("verify",)):
        done = command(home, folder, temporary, *arguments)
        assert told(done.stdout + done.stderr) == [], arguments
        assert b"Traceback" not in done.stderr
    refused = command(home, folder, temporary, "import", f"{SOUGHT}.csv", "--as", "Marit", typed=f"{WRONG_PIN}\n")
    assert refused.returncode == 3
    assert told(refused.stdout + refused.stderr) == []
    assert told(written(home)) == []

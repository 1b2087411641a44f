"""However the program or the window ends, what was typed is there, and what is personal is not."""

import signal
from base64 import b64encode
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal
from tests.terminal.faulty import NOTE
from tests.terminal.moved_clock import ROOT

from staffbase.demo.house import STAFF

pytestmark = pytest.mark.terminal
MARIT = next(person.pin for person in STAFF if person.name == "Marit")
SAMIRA = next(person.pin for person in STAFF if person.name == "Samira")
EVENING = ("--as", "Marit", "--at", "2026-01-05T21:40", "--lang", "en")


def test_somebody_not_back_sets_off_the_alarm_also_after_kill_9_and_restart(tmp_path: Path) -> None:
    folder = ("--dir", str(tmp_path / "house"), "--lang", "en")
    night = (*folder, "--as", "Samira", "--at", "2026-01-05T23:38")
    with Terminal(tmp_path, "demo", *night, STAFFBASE_WALK_MINUTES="1") as terminal:
        terminal.wait_for("MODULE B")
        terminal.press("2")
        terminal.wait_for("8 doors are due")
        terminal.press("w")
        terminal.wait_for("A walk has been under way")
        terminal.kill()
    with Terminal(tmp_path, "demo", *folder) as terminal:
        terminal.wait_for("A walk has been under way")
        terminal.wait_for("NOT BACK|[Nn]ot back|ALARM", "Samira", "Lyngmovegen 12", seconds=90)
        alarm = terminal.settle()  # painted whole, not half over the list of names
        for name in ("Kim-André", "Arild"):
            assert name not in alarm


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_closed_window_or_a_shutdown_keeps_the_draft(tmp_path: Path, number: signal.Signals) -> None:
    folder = ("--dir", str(tmp_path / "house"))
    with Terminal(tmp_path, "demo", *folder, *EVENING) as terminal:
        terminal.wait_for("MODULE B")
        terminal.settle()
        terminal.press("down", "n")
        terminal.wait_for("ctrl.s saves")
        terminal.type("the kettle is repaired")
        terminal.signal(number)
        assert "Traceback" not in terminal.screen
        assert b"\x1b[?1049l" in terminal.raw  # the terminal is given back as it was
    with Terminal(tmp_path, "demo", *folder, "--as", "Marit", "--lang", "en") as terminal:
        terminal.wait_for("1 draft")
        terminal.wait_for("MODULE B")
        terminal.settle()
        terminal.press("down", "n")
        terminal.wait_for("the kettle is repaired")


def test_locked_nothing_personal_stands_there_and_a_small_window_says_what_it_needs(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", *EVENING) as terminal:
        terminal.wait_for("MODULE B")
        terminal.settle()
        terminal.press("down", "n")
        terminal.wait_for("ctrl.s saves")
        terminal.type("the kettle is repaired")
        terminal.resize(60, 15)
        small = terminal.wait_for("80")
        assert "kettle" not in small
        terminal.resize(80, 24)
        terminal.wait_for("the kettle is repaired")
        terminal.settle()
        terminal.send("\x1b[1;2H")  # shift+home
        terminal.settle()
        terminal.send("\x03")
        terminal.settle()
        assert b64encode(b"the kettle is repaired") in terminal.raw
        assert b"\x1b]52;c;\x07" not in terminal.raw
        terminal.press("ctrl+l")
        terminal.wait_for("113")
        locked = terminal.settle()
        for word in ("kettle", "Arild", "Kim-André", "COPD"):
            assert word not in locked
        assert b"\x1b]52;c;\x07" in terminal.raw  # what was copied here is pasted by nobody
        assert b"\x1b]0;" not in terminal.raw
        assert b"\x1b]2;" not in terminal.raw
        terminal.type(MARIT)
        terminal.press("enter")
        terminal.wait_for("the kettle is repaired")


@pytest.mark.parametrize("end", ["ctrl+q", "SIGTERM", "SIGHUP"])
def test_what_was_copied_here_is_pasted_by_nobody_once_it_is_closed(tmp_path: Path, end: str) -> None:
    with Terminal(tmp_path, "demo", *EVENING) as terminal:
        terminal.wait_for("MODULE B")
        terminal.settle()
        terminal.press("down", "n")
        terminal.wait_for("ctrl.s saves")
        terminal.type("the kettle is repaired")
        terminal.wait_for("the kettle is repaired")
        terminal.send("\x1b[1;2H")  # shift+home
        terminal.settle()
        terminal.send("\x03")
        terminal.settle()
        copied = terminal.raw.index(b64encode(b"the kettle is repaired"))
        if end == "ctrl+q":
            terminal.press(end)
            terminal.wait_end()
        else:
            terminal.signal(signal.Signals[end])
        assert terminal.raw.find(b"\x1b]52;c;\x07", copied) > 0


def test_a_fault_of_the_program_shows_nothing_that_anybody_wrote(tmp_path: Path) -> None:
    home = tmp_path / "house"
    home.mkdir()
    with Terminal(tmp_path, str(home), module="tests.terminal.faulty", PYTHONPATH=str(ROOT)) as terminal:
        code = terminal.wait_end()
        told = " ".join(terminal.screen.split())
        assert "staffbase had to stop: there is a fault in it." in told
        assert code == 4
        for never in (NOTE, "Kim-André", "Traceback"):
            assert never.encode() not in terminal.raw
    fault = (home / "fault.txt").read_text()
    assert "Kim-André" not in fault
    assert "builtins.ValueError" in fault
    assert "terminal/faulty.py" in fault
    assert (home / "fault.txt").stat().st_mode & 0o777 == 0o600

"""Coming on after the night of the overdose: read, asked, answered, taken over by both; and a calm shift's report."""

import re
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF

pytestmark = pytest.mark.terminal
PINS = {person.name: person.pin for person in STAFF}


def takes_over(terminal: Terminal, line: str) -> None:
    """Says back what is unstable, and accepts."""
    terminal.press("s")
    terminal.wait_for("enter saves")
    terminal.type(line)
    terminal.press("enter")
    terminal.wait_for("said back")
    terminal.wait_gone("enter saves")
    terminal.press("g")
    terminal.wait_for("accepted 14:")


def test_marit_reads_of_the_night_and_asks_and_jonas_answers(tmp_path: Path) -> None:
    folder = ("--dir", str(tmp_path / "house"), "--lang", "en")
    with Terminal(tmp_path, "demo", *folder, "--as", "Samira", "--at", "2026-01-08T23:20") as terminal:
        terminal.wait_for("MODULE B")
        terminal.kill()
    with Terminal(tmp_path, "demo", *folder, "--as", "Marit", "--at", "2026-01-09T14:40") as terminal:
        terminal.wait_for("MODULE B")
        terminal.press("3")
        steps = ("04:10", "04:12", "04:13", "04:14", "04:17", "04:27")
        terminal.wait_for("Say back first: A3", *(rf"(?m)^ +{step}  [A-Z113]" for step in steps))
        reading = terminal.wait_once("No answer.", "cannot be woken", "Second dose, other nostril")
        residents = re.findall(r"^ +([AB]\d)  \S", reading, re.MULTILINE)
        assert residents[0] == "A3"
        for _row in range(5):
            terminal.press("\x1b[B")
        terminal.press("a")
        terminal.wait_for("shift report · Jonas · watch")
        terminal.type("Shall we ring his sister?")
        terminal.press("ctrl+s")
        terminal.wait_for("question A3 Shall we ring")
        takes_over(terminal, "Two at the door.")
        terminal.press("ctrl+l")
        terminal.wait_for("PIN")
        terminal.press("esc")
        terminal.choose("Jonas")
        terminal.type(PINS["Jonas"])
        terminal.press("enter")
        terminal.wait_for("1 question waits for you")
        terminal.press("3")
        terminal.wait_for("v answers it")
        terminal.press("v")
        terminal.wait_for("ctrl.s saves")
        terminal.type("Yes, I ring her at six.")
        terminal.press("ctrl+s")
        terminal.wait_gone("v answers it")
        takes_over(terminal, "I go with Marit.")
        terminal.press("4")
        terminal.wait_for("answer +Yes, I ring her at six", r"question +Shall we ring his sister\?")


def test_a_calm_shifts_report_is_signed_in_fifteen_keys_at_most(tmp_path: Path) -> None:
    pressed = 0
    with Terminal(tmp_path, "demo", "--as", "Marit", "--at", "2026-01-05T21:45", "--lang", "en") as terminal:
        terminal.wait_for("MODULE B")
        for key, until in (
            ("3", "MY READING"),
            ("l", "Say how they are: A3"),
            ("r", "Press g to sign"),
            ("g", "enter signs"),
            ("enter", "signed by Marit 21:4"),
        ):
            terminal.press(key)
            pressed += 1
            terminal.wait_for(until)
            terminal.settle()
    assert pressed <= 15

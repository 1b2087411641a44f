"""A3 does not answer after four in the morning: its three openings, each to an incident with times, and no signature before."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

pytestmark = pytest.mark.terminal


def still_no_answer(terminal: Terminal) -> list[str]:
    """The ladder runs; leaving it ends nothing, and the walk cannot be signed."""
    terminal.press("t")
    terminal.wait_for("Knock and call out")
    terminal.wait_for("allergy  penicillin")
    terminal.press("b")
    terminal.wait_for("Ring the resident's phone")
    terminal.press("esc")
    terminal.wait_for(r"NO ANSWER .* running")
    terminal.press("g")
    terminal.wait_for("A3: what happened there has no")
    terminal.press("enter")  # the cursor stands on the door that is not finished
    terminal.wait_for("Ring the resident's phone")
    terminal.press("o")
    terminal.wait_for("can be woken")
    terminal.press("f")
    terminal.wait_for(r"\d\d:\d\d  113 called\.")
    terminal.press("ctrl+s")
    terminal.wait_for("How did it end")
    terminal.type("The ambulance took over.")
    terminal.press("ctrl+s")
    return ["Knocked, called out.", "113 called.", "Concluded: The ambulance took over."]


def resolved(terminal: Terminal) -> list[str]:
    """The steps are entered afterwards, each with its time; one that cannot be is named, and nothing typed is lost."""
    terminal.press("d")
    terminal.wait_for("what was done, and when")
    terminal.type("0550")
    for _field in range(7):
        terminal.press("tab")
    terminal.type("headphones on")
    terminal.press("ctrl+s")
    terminal.wait_for("knocked, called out yesterday 05:50 lies before", "headphones on")
    terminal.press("\x15")  # empties the line that was named
    terminal.type("0403")
    terminal.press("ctrl+s")
    return ["Knocked, called out.", "entered later", "Concluded: headphones on"]


def colleague(terminal: Terminal) -> list[str]:
    """Somebody else is there and reports; it stands who saw it and who wrote."""
    terminal.press("k")
    terminal.wait_for("Who is there and reports")
    terminal.wait_for("Emil")
    for key in "\x1b[B", "\x1b[B", "enter":
        terminal.press(key)
    terminal.wait_for("Emil is there and reports")
    return [*resolved(terminal), "Samira, seen by"]


@pytest.mark.parametrize("opening", [still_no_answer, resolved, colleague])
def test_a3_does_not_answer(tmp_path: Path, opening: Callable[[Terminal], list[str]]) -> None:
    night = ("--as", "Samira", "--at", "2026-01-09T04:05", "--lang", "en")
    with Terminal(tmp_path, "demo", *night) as terminal:
        for done in range(2):  # she left at two minutes past four; signing in ended the walk
            terminal.wait_for(f"{done} of 9 doors")
            terminal.settle()  # two keys close together are taken for a held one
            terminal.press("p")
        terminal.wait_for("2 of 9 doors")
        terminal.settle()
        terminal.press("i")
        terminal.wait_for("A3: no answer. What is true now")
        wanted = opening(terminal)
        terminal.wait_for("A3 .*NO ANSWER  ")
        terminal.wait_gone(r"NO ANSWER .* running")
        terminal.press("esc", "1")
        terminal.wait_for("MODULE B")
        terminal.press("4")
        terminal.wait_for("all residents and the house", r"No answer\.")
        terminal.press("1")
        terminal.wait_for("MODULE B")
        terminal.settle()
        for key, unit in ("right", "A1"), ("down", "A3"):
            terminal.tap(key)
            terminal.wait_focus(f".*{unit} ")
        terminal.press("enter")
        terminal.wait_for(
            "BEFORE THE DOOR OPENS",
            r"\d\d:\d\d  check · NO ANSWER",
            r"Task: A3, no answer 09.01 04:0\d(–04:0\d)?: is this a deviation",
            *map(re.escape, wanted),
        )

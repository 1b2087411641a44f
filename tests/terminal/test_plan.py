"""A3's plan is revised in the editor and published; both versions are read side by side; who may not publish is told why."""

from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF

pytestmark = pytest.mark.terminal
PINS = {person.name: person.pin for person in STAFF}


def test_eva_publishes_a_new_version_and_marit_may_only_propose(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", "--as", "Eva", "--at", "2026-01-09T14:40", "--lang", "en") as terminal:
        terminal.wait_for("MODULE B")
        terminal.press("5")
        terminal.wait_for("A3 .*REVIEW NOW")
        terminal.press("\x1b[B", "\x1b[B", "e")
        terminal.wait_for("DRAFT of v5")
        for _field in range(5):
            terminal.press("tab")
        terminal.type("walks at night")
        terminal.press("tab")
        terminal.type("ask to join him")
        terminal.wait_for("(?s)walks at night +→ ask to join him.*RED")
        terminal.press("ctrl+s")
        terminal.wait_for("DRAFT  14:")
        terminal.press("p")
        terminal.wait_for("Publish version 5")
        terminal.type("After the night of 9 January.")
        terminal.press("ctrl+s")
        terminal.wait_for("v5  09.01.2026  Eva")
        terminal.press("\x1b[B")
        terminal.wait_for("ABOUT THIS VERSION")
        assert "walks at night" not in terminal.settle()  # version 4 stays readable as it was
        terminal.press("\x1b[A", "c")
        terminal.wait_for(
            r"\+ walks at night → ask to join him",
            r"v4  12.05.2025  Eva +v5  09.01.2026  Eva",
            r"A3  Kim-André S\.",
        )
        terminal.press("esc", "ctrl+l")
        terminal.wait_for("PIN")
        terminal.press("esc")
        terminal.choose("Marit")
        terminal.type(PINS["Marit"])
        terminal.press("enter")
        terminal.wait_for("MODULE B")
        terminal.press("5")
        terminal.wait_for("A3 .*review by 09.07.2026")
        terminal.press("\x1b[B", "\x1b[B", "enter")
        terminal.wait_for("v5  09.01.2026  Eva")
        terminal.press("p")
        terminal.wait_for(r"As staff you may not publish")
        terminal.wait_for(r"leader, clinical lead")

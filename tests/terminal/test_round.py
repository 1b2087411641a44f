"""The night of 5 January in a real terminal: ten keys and the PIN."""

from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF

pytestmark = pytest.mark.terminal
SAMIRA = next(person.pin for person in STAFF if person.name == "Samira")
NIGHT = ("--as", "Samira", "--at", "2026-01-05T23:38", "--lang", "en")


def test_a_calm_round_is_ten_keys_and_the_pin_and_a_held_key_answers_one_door(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", *NIGHT) as terminal:
        terminal.wait_for("MODULE A")
        terminal.press("2")
        terminal.wait_for("8 doors are due")
        terminal.wait_for(r"– A4 .*no check wanted")
        terminal.wait_for(r"– B4 .*vacant")
        terminal.press("w")
        locked = terminal.wait_for("A walk has been under way since 23:3")
        assert "Kim-André" not in locked
        terminal.type(SAMIRA)
        terminal.press("enter")
        terminal.wait_for("0 of 8 doors")
        terminal.press("p")  # A1
        terminal.wait_for("1 of 8 doors")
        terminal.settle()  # the guard counts from when the key before was handled, which is late on a busy machine
        terminal.send("s" * 10)  # A2, a held key
        terminal.wait_for("too soon after the one")
        terminal.wait_for("2 of 8 doors")
        terminal.settle()
        terminal.wait_for("2 of 8 doors")
        terminal.wait_once("too soon")
        for answered in range(3, 9):
            terminal.settle()
            terminal.press("p")
            terminal.wait_for(f"{answered} of 8 doors")
        terminal.wait_gone("too soon")
        # when it was seen, and when it was written
        terminal.wait_lines(r"^ +\S [AB]\d .*spoke with.*23:[345]\d–23:[345]\d.*23:[345]\d", 7)
        terminal.wait_lines(r"^ +\S [AB]\d .*spoke with", 7)
        terminal.press("g")
        terminal.wait_for("[Ss]igned")

"""What is typed faster than the screen follows arrives in order, in the field it was meant for, in a real terminal."""

from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF

pytestmark = pytest.mark.terminal
MARIT = next(person.pin for person in STAFF if person.name == "Marit")
EVENING = ("--at", "2026-01-05T21:40", "--lang", "en")


def test_a_note_is_begun_written_and_saved_in_one_breath(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", "--as", "Marit", *EVENING) as terminal:
        terminal.wait_for("MODULE A")
        terminal.settle()
        terminal.tap("right")
        terminal.wait_focus(".*A1 ")
        terminal.send("nHello there")
        terminal.wait_for("Hello there")
        terminal.send(", n k h x 2 and on\x13")  # letters that are keys elsewhere; ctrl+s
        terminal.wait_for("Saved: A1")
        terminal.send("4")
        terminal.wait_for("Hello there, n k h x 2 and on")


def test_name_pin_and_first_note_are_typed_while_the_station_still_opens(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", *EVENING) as terminal:
        terminal.wait_for("PIN")  # the door stands; the plot is still played
        assert "night watch" not in terminal.screen
        terminal.send(f"Marit\r{MARIT}\rnHello there")
        terminal.wait_for("Hello there", "New note")


def test_a_paste_stands_once_and_a_megabyte_not_at_all(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", "--as", "Marit", *EVENING) as terminal:
        terminal.wait_for("MODULE A")
        terminal.settle()
        terminal.tap("right")
        terminal.wait_focus(".*A1 ")
        terminal.send("n")
        terminal.paste("pasted \u202e[/b] once")
        terminal.wait_for("pasted ‹202E›")
        terminal.paste("long " * 200_000)
        terminal.wait_for("Nothing was pasted")
        terminal.send(" and on\x13")
        terminal.wait_for("Saved: A1")
        terminal.send("4")
        shown = terminal.wait_once("pasted ‹202E›[/b] once and on", "[/b] once")
        assert "\u202e".encode() not in terminal.raw
        assert "long long" not in shown

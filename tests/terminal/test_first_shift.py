"""A substitute's first shift: board, reading, card, round, note, with nothing to go by but what stands on the screen."""

from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF

pytestmark = pytest.mark.terminal
NORA = next(person.pin for person in STAFF if person.name == "Nora")
EVENING = ("--as", "Nora", "--at", "2026-01-07T21:40", "--lang", "nb")
DOORS = 8


class FirstShift:
    """Presses only keys that the screen names, and counts them."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.pressed = 0

    def press(self, key: str, named: str, see: str) -> str:
        """A key that stands there (`named`), and what it brings."""
        self.terminal.wait_for(named)
        self.terminal.settle()  # the round's guard counts from when the key before was handled
        self.terminal.press(key)
        self.pressed += 1
        return self.terminal.wait_for(see)


def test_board_reading_card_round_and_note_in_22_keys_the_pin_and_the_words(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", *EVENING) as terminal:
        terminal.wait_for("A1  Arild N.")
        nora = FirstShift(terminal)
        terminal.wait_for(r"3: \d+ uleste", "MODUL A")
        nora.press("3", "3 Vaktrapport", "din første vakt her")
        nora.press("g", "g: lest og overtatt", "overtatt 21:4")
        nora.press("esc", "", "MODUL A")  # back is esc everywhere
        nora.press("k", "k Krisekort", "Trykk bokstaven på en rute")
        nora.press("c", " c +A3", "A3 · Kim-André")
        terminal.wait_for("113")
        nora.press("esc", "esc Tilbake", "MODUL A")
        nora.press("2", "2 Nattrunde", "8 dører skal ha tilsyn")
        nora.press("w", "w begynner nå bare en ekstra runde", "Runde i gang")
        terminal.type(NORA)
        terminal.press("enter")
        terminal.wait_for("Ekstra runde .*0 dører")  # before the first window: it says so, and owes no door
        for door in range(1, DOORS + 1):
            nora.press("p", "p Pratet", rf" {door} dør(er)?\b")
        nora.press("g", "g signerer", "Runden er signert")
        nora.press("n", "n Notat", "bolig, navn")
        nora.press("A", "bolig, navn", "om +█ A")
        nora.press("1", "om", "A1 Arild N.")
        nora.press("enter", "om", "A1 Arild N.")
        terminal.type("Fin prat på runden, sover snart.")
        nora.press("ctrl+s", "ctrl.s lagrer", "Lagret: A1")
        assert nora.pressed == 22

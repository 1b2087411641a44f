"""The night all rows are measured in, and how long it takes until something stands on the screen."""

import time
from collections.abc import Callable
from datetime import datetime

from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF
from staffbase.kernel.clock import OSLO

NIGHT = datetime(2026, 1, 5, 23, 38, tzinfo=OSLO)
SAMIRA = next(person.pin for person in STAFF if person.name == "Samira")
NIGHT_WATCH = ("demo", "--lang", "en", "--as", "Samira", "--at", NIGHT.isoformat())
EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
DOORS = 8
"""Due that night."""
REFERENCE = "tests.benchmarks.reference_app"
DOWN, UP = "\x1b[B", "\x1b[A"


def until(terminal: Terminal, words: str, does: Callable[[], None]) -> float:
    """Seconds from just before it is done until the bytes came that brought these words to the screen."""
    began = time.perf_counter()
    does()
    terminal.wait_for(words)
    return terminal.read_at - began


def until_painted(terminal: Terminal, does: Callable[[], None]) -> float:
    """Seconds from just before it is done until the first bytes of a new picture came."""
    began = time.perf_counter()
    does()
    terminal.wait_paint()
    return terminal.read_at - began


def since_exec(terminal: Terminal, words: str) -> float:
    """Seconds from the start of the program until the bytes came that brought these words to the screen."""
    terminal.wait_for(words)
    return terminal.read_at - terminal.began


def back_from_the_walk(terminal: Terminal) -> int:
    """From the start of the program to the sheet with all doors open, by the PIN; how many other keys that took."""
    terminal.wait_for("MODULE B")
    terminal.press("2")
    terminal.wait_for(f"{DOORS} doors are due")
    terminal.press("w")
    terminal.wait_for("A walk has been under way")
    terminal.type(SAMIRA)
    terminal.press("enter")
    terminal.wait_for(f"0 of {DOORS} doors")
    return 2

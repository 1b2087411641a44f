"""What the keys of a tour cost: the longest pause after any of them, and how many it takes to do what is done every night."""

import time
from pathlib import Path

from tests.benchmarks.row import Figure, Row
from tests.benchmarks.scene import DOORS, DOWN, EVENING, NIGHT_WATCH, REFERENCE, UP, back_from_the_walk
from tests.benchmarks.watched import pauses
from tests.terminal.driver import NAMED, Terminal

WATCHED = "tests.benchmarks.watched"
TOUR = ("2", "3", "4", "5", "6", "1", "down", "n", "esc", "/", "esc", "x", "esc", "k", "k", "esc", "?", "?", "2", "1")
"""Every section, then what a key opens from the board, then back and forth once more."""


def longest_pause(place: Path, times: int) -> list[Row]:
    """How long the program takes no key, at worst, on the tour; beside it as many keys in a bare table, and a bare dialog.

    The second yardstick tells how much of it is Textual, which lays out and draws a screen that opens in one go.
    """
    row = Row("longest pause of the event loop during any key of the tour ÷ of a bare table's cursor", 3)
    dialogs = Row("the same ÷ of a bare dialog opened over that table", 3, ours=row.ours)
    for turn in range(times):
        ours, bare = place / f"pauses-{turn}", place / f"bare-pauses-{turn}"
        with (
            Terminal(place, str(ours), "staffbase", *NIGHT_WATCH, module=WATCHED) as terminal,
            Terminal(place, str(bare), REFERENCE, module=WATCHED) as table,
        ):
            terminal.wait_for("MODULE B")
            table.wait_for("hello")
            terminal.settle()
            table.settle()
            worst = [
                (_worst(terminal, ours, NAMED.get(key, key)), _worst(table, bare, UP if number % 2 else DOWN))
                for number, key in enumerate(TOUR)
            ]
            opened = [_worst(table, bare, key) for key in ("d", NAMED["esc"]) * 3]
        row.ours.append(max(pause for pause, _bare in worst))
        row.yardstick.append(max(pause for _ours, pause in worst))
        dialogs.yardstick.append(max(opened))
    return [row, dialogs]


def _worst(terminal: Terminal, file: Path, key: str) -> float:
    """The longest pause from a key until the program has settled."""
    began = time.perf_counter()
    terminal.send(key)
    terminal.settle()
    return max(pauses(file, began), default=0.0)


def counted(place: Path) -> list[Figure]:
    """How many keys a calm round and a calm shift's report take, PINs excluded, pressed in the running program."""
    return [
        Figure(f"keys for a calm round of {DOORS} due doors, PIN excluded", DOORS + 2, "keys", [_round(place)]),
        Figure("keys to sign the report of a calm shift, from the board", 15, "keys", [_report(place)]),
    ]


def _round(place: Path) -> int:
    with Terminal(place, *NIGHT_WATCH) as terminal:
        pressed = back_from_the_walk(terminal)
        for door in range(1, DOORS + 1):
            pressed += _press(terminal, "p", f"{door} of {DOORS} doors")
        pressed += _press(terminal, "g", "The round is signed")
    return pressed - 1  # the section's own key is not part of the round


def _report(place: Path) -> int:
    """The evening of 5 January: for one resident there is a note, and it is said how he is."""
    with Terminal(place, "demo", "--lang", "en", "--as", "Marit", "--at", EVENING.isoformat()) as terminal:
        terminal.wait_for("MODULE B")
        return (
            _press(terminal, "3", "MY READING")
            + _press(terminal, "l", "Say how they are: A3")
            + _press(terminal, "g", "before you sign: A3")
            + _press(terminal, "r", "Press g to sign")
            + _press(terminal, "g", "enter signs")
            + _press(terminal, "enter", "The shift report is signed")
        )


def _press(terminal: Terminal, key: str, words: str) -> int:
    """Press one key and see what it does; how many keys that was."""
    terminal.press(key)
    terminal.wait_for(words)
    return 1

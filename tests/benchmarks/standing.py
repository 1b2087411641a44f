"""What the program takes while nobody touches it: processor time signed out and on the board, and memory."""

import time
from pathlib import Path

from tests.benchmarks.row import Figure
from tests.benchmarks.scene import NIGHT, NIGHT_WATCH
from tests.terminal.driver import Terminal


def standing(place: Path, seconds: float) -> list[Figure]:
    """Each for so many seconds; it runs all year."""
    signed_out, on_board = (
        Figure("idle, signed out", 0.3, "% CPU"),
        Figure("idle, on the board with its clock", 1, "% CPU"),
    )
    memory = Figure("memory on the board, two weeks of data", 110, "MiB")
    house = ("--dir", str(place / "standing"))
    with Terminal(place, "demo", "--lang", "en", "--at", NIGHT.isoformat(), *house) as terminal:
        terminal.wait_for(r"Samira +\d{6} +night watch")
        signed_out.values.append(_share(terminal, seconds))
    with Terminal(place, *NIGHT_WATCH, *house) as terminal:  # kept from before: what made it is not in memory
        terminal.wait_for("MODULE B")
        on_board.values.append(_share(terminal, seconds))
        memory.values.append(terminal.usage()[1])
    return [signed_out, on_board, memory]


def _share(terminal: Terminal, seconds: float) -> float:
    """Per cent of one processor, once what the start began is done."""
    terminal.settle(3)
    used, began = terminal.usage()[0], time.perf_counter()
    terminal.pause(seconds)
    return 100 * (terminal.usage()[0] - used) / (time.perf_counter() - began)

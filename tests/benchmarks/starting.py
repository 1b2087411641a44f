"""How long the start takes: beside Textual alone, and the demo's first start beside its second."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks.row import Row
from tests.benchmarks.scene import NIGHT, REFERENCE, SAMIRA, since_exec
from tests.terminal.driver import Terminal, environment

_SET_UP = ("init", "--house", "Testhuset", "--units", "A1-A6,B1-B4", "--leader", "Ingrid")
DOOR = "IN AN EMERGENCY"


def starts(place: Path, times: int) -> list[Row]:
    """From exec to a door that takes a PIN, and of the demo's first start, which makes two weeks.

    Sources are compiled once, as on any station that was started before: the environment may forbid keeping them.
    """
    plain = place / "plain"
    subprocess.run(
        [sys.executable, "-m", "staffbase", "--home", plain, *_SET_UP],
        input=f"{SAMIRA}\n{SAMIRA}\n", text=True, check=True, stdout=subprocess.DEVNULL,
        env=environment(place, PYTHONDONTWRITEBYTECODE=""),
    )  # fmt: skip
    house = ("demo", "--dir", str(place / "kept"), "--lang", "en")
    with _started(place, *house, "--at", NIGHT.isoformat()) as terminal:
        terminal.wait_for(SAMIRA)
    kept = Row("start of an existing station → door drawn ÷ Textual alone", 1.5)
    board = Row("start → board, name and PIN typed at once ÷ Textual alone", 2.6)
    first = Row("first start of the demo ÷ start of the kept one, both to the PINs", 4.0)
    for turn in range(times):
        with Terminal(place, module=REFERENCE, PYTHONDONTWRITEBYTECODE="") as terminal:
            bare = since_exec(terminal, "hello")
        with _started(place, "--home", str(plain), "--lang", "en", "run") as terminal:
            kept.ours.append(since_exec(terminal, DOOR))
        with _started(place, *house) as terminal:
            second = since_exec(terminal, SAMIRA)
        with _started(place, *house) as terminal:
            terminal.wait_for(DOOR)
            terminal.send(
                f"Samira\r{SAMIRA}\r"
            )  # at once: the station is opening still; the demo's PINs are hashed quickly
            board.ours.append(since_exec(terminal, "MODULE B|On duty, "))
        with _started(place, "demo", "--dir", str(place / f"new{turn}"), "--lang", "en") as terminal:
            first.ours.append(since_exec(terminal, SAMIRA))
        first.yardstick.append(second)
        kept.yardstick.append(bare)
        board.yardstick.append(bare)
    return [kept, board, first]


def _started(place: Path, *arguments: str) -> Terminal:
    return Terminal(place, *arguments, PYTHONDONTWRITEBYTECODE="")

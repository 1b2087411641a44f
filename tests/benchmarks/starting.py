"""How long the start takes: beside Textual alone, and the demo's first start beside its second."""

from pathlib import Path

from tests.benchmarks.row import Row
from tests.benchmarks.scene import NIGHT, REFERENCE, SAMIRA, since_exec
from tests.terminal.driver import Terminal


def starts(place: Path, times: int) -> list[Row]:
    """From exec to a door that takes a PIN, and of the demo's first start, which makes two weeks."""
    house = ("demo", "--dir", str(place / "kept"), "--lang", "en")
    with Terminal(place, *house, "--at", NIGHT.isoformat()) as terminal:
        terminal.wait_for(SAMIRA)
    kept = Row("start of an existing station → door drawn ÷ Textual alone", 1.5)
    board = Row("start → board, signed in ÷ Textual alone", 2.6)
    first = Row("first start of the demo ÷ start of the kept one, both to the PINs", 4.0)
    for turn in range(times):
        with Terminal(place, module=REFERENCE) as terminal:
            bare = since_exec(terminal, "hello")
        with Terminal(place, *house) as terminal:
            kept.ours.append(since_exec(terminal, "IN AN EMERGENCY|PIN"))
            second = since_exec(terminal, SAMIRA)
        with Terminal(place, *house, "--as", "Samira") as terminal:
            board.ours.append(since_exec(terminal, "MODULE B"))
        with Terminal(place, "demo", "--dir", str(place / f"new{turn}"), "--lang", "en") as terminal:
            first.ours.append(since_exec(terminal, SAMIRA))
        first.yardstick.append(second)
        kept.yardstick.append(bare)
        board.yardstick.append(bare)
    return [kept, board, first]

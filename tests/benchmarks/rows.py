"""The rows of the table: each measures the program and its yardstick turn by turn, in one run, and keeps both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlcipher3 import dbapi2
from tests.terminal.driver import Terminal

from staffbase.demo.house import STAFF
from staffbase.demo.run import open_demo, signed_in
from staffbase.kernel.clock import OSLO
from staffbase.kernel.settings import Settings
from staffbase.rounds.model import Outcome

NIGHT = datetime(2026, 1, 5, 23, 38, tzinfo=OSLO)
SAMIRA = next(person.pin for person in STAFF if person.name == "Samira")
APART = 0.4
"""Seconds between two outcomes: further apart than the guard against a held key."""


@dataclass
class Row:
    """A ratio of two things measured side by side, and what it should be at most."""

    name: str
    target: float
    ours: list[float] = field(default_factory=list)
    yardstick: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Median over median."""
        return statistics.median(self.ours) / statistics.median(self.yardstick)

    def markdown(self) -> str:
        """One line of the table; times in milliseconds."""
        ours, yard = (1000 * statistics.median(values) for values in (self.ours, self.yardstick))
        met = "met" if self.ratio <= self.target else "**missed**"
        return (
            f"| {self.name} | {ours:.1f} | {yard:.1f} | {self.ratio:.2f} | ≤ {self.target} | {met} | {len(self.ours)} |"
        )


def until(terminal: Terminal, words: str, does: Callable[[], None]) -> float:
    """Seconds from doing it until these words stand on the screen."""
    began = time.perf_counter()
    does()
    terminal.wait_for(words)
    return time.perf_counter() - began


def since_exec(terminal: Terminal, words: str) -> float:
    """Seconds from the start of the program until these words stand on the screen."""
    terminal.wait_for(words)
    return time.perf_counter() - terminal.began


def starts(place: Path, times: int) -> list[Row]:
    """From exec to a door that takes a PIN, and of the demo's first start, which makes two weeks."""
    house = ("demo", "--dir", str(place / "kept"), "--lang", "en")
    with Terminal(place, *house, "--at", NIGHT.isoformat()) as terminal:
        terminal.wait_for(SAMIRA)
    kept = Row("start of an existing station → door drawn ÷ Textual alone", 1.5)
    board = Row("start → board, signed in ÷ Textual alone", 2.6)
    first = Row("first start of the demo ÷ start of the kept one, both to the PINs", 4.0)
    for turn in range(times):
        with Terminal(place, module="tests.benchmarks.reference_app") as terminal:
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


def check_off(place: Path) -> list[Row]:
    """From the outcome's key to the answer, durable and painted; beside it the cursor of a bare table."""
    row = Row("one check-off, key → durable → painted ÷ a bare table's cursor", 3.0)
    night = ("demo", "--lang", "en", "--as", "Samira", "--at", NIGHT.isoformat())
    with Terminal(place, *night) as terminal, Terminal(place, module="tests.benchmarks.reference_app") as bare:
        bare.wait_for("hello")
        terminal.wait_for("MODULE B")
        terminal.press("2")
        terminal.wait_for("8 doors are due")
        terminal.press("w")
        terminal.wait_for("A walk is under way")
        terminal.type(SAMIRA)
        terminal.press("enter")
        terminal.wait_for("0 of 8 doors")
        for door in range(1, 9):
            terminal.pause(APART)
            row.ours.append(until(terminal, f"{door} of 8 doors", lambda: terminal.send("p")))
            bare.pause(APART)
            row.yardstick.append(until(bare, f"row {door}[.]", lambda: bare.send("\x1b[B")))
    return [row]


def service(place: Path, times: int) -> list[Row]:
    """A check-off through the service, and the same rows written to a bare encrypted file."""
    row = Row("check-off through the service ÷ raw SQLCipher, as many rows", 8.0)
    station = open_demo(Settings(home=place / "service"), NIGHT, place / "service")
    raw = dbapi2.connect(str(place / "raw.db"), isolation_level=None)
    raw.execute(f"PRAGMA key = \"x'{'ab' * 32}'\"")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, words TEXT)")
    try:
        samira = signed_in(station, "Samira")
        walk = station.rounds.leave(samira)
        clock = station.database.clock
        clock.move_to(clock.now() + timedelta(minutes=18))
        station.rounds.come_back(samira)
        units = [line.door.unit_id for line in station.rounds.sheet(samira).lines if line.due]
        for _turn in range(times):
            for unit_id in units:
                began = time.perf_counter()
                saved = station.rounds.check_off(samira, walk.id, unit_id, Outcome.SPOKE)
                row.ours.append(time.perf_counter() - began)
                station.rounds.take_back(samira, saved.entry_id, "again")
                began = time.perf_counter()
                raw.execute("BEGIN IMMEDIATE")
                for words in ("entry", "text", "check", "ledger"):
                    raw.execute("INSERT INTO entry (words) VALUES (?)", (words * 20,))
                raw.execute("COMMIT")
                row.yardstick.append(time.perf_counter() - began)
    finally:
        raw.close()
        station.close()
    return [row]

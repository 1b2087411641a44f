"""How long one check-off takes: for the one who presses the key, and in the service."""

import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlcipher3 import dbapi2
from tests.benchmarks.row import Row
from tests.benchmarks.scene import DOORS, DOWN, NIGHT, NIGHT_WATCH, REFERENCE, back_from_the_walk, until, until_painted
from tests.terminal.driver import Terminal

from staffbase.demo.run import open_demo, signed_in
from staffbase.kernel.settings import Settings
from staffbase.rounds.model import Outcome

APART = 0.4
"""Seconds between two outcomes: further apart than the guard against a slipped key."""
ANSWERS = "pb"
"""In turn: the same key within a second waits 0.3 s on purpose, until it is known not to be held."""


def check_off(place: Path, nights: int) -> list[Row]:
    """From the outcome's key to the answer, durable and painted; beside it the cursor of a bare table, as it is painted."""
    row = Row("one check-off, key → durable → painted ÷ a bare table's cursor, p50", 3)
    for _night in range(nights):
        with Terminal(place, *NIGHT_WATCH) as terminal, Terminal(place, module=REFERENCE) as bare:
            bare.wait_for("hello")
            back_from_the_walk(terminal)
            for door in range(1, DOORS + 1):
                terminal.pause(APART)
                key = ANSWERS[door % len(ANSWERS)]
                row.ours.append(until(terminal, f"{door} of {DOORS} doors", partial(terminal.send, key)))
                bare.pause(APART)
                row.yardstick.append(until_painted(bare, partial(bare.send, DOWN)))
    return [row, Row("the same, p95 ÷ p95", 5, 0.95, row.ours, row.yardstick)]


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

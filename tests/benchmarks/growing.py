"""Whether anything grows with the age of the house: what is asked most, of a house of two weeks and of one of ten years."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.benchmarks.row import Row
from tests.benchmarks.scene import NIGHT

from staffbase.demo.run import open_demo, signed_in
from staffbase.journal import search
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Writing
from staffbase.kernel.settings import Settings
from staffbase.people.model import Duty, ShiftName
from staffbase.people.rules import night_of
from staffbase.residents.model import RoundForm
from staffbase.residents.rules import Door
from staffbase.rounds.model import Outcome, RoundCheck, Walk
from staffbase.rounds.rules import windows_of
from staffbase.station import Station

WEEKS = 2
NOTE = "Made dinner together and talked about the week; a visitor at eight, quiet after ten. Slept well by the sound of it."
COMMON = "dinner"
"""In every note of the years."""
RARE = "chimney"
"""In one."""
PAGE = 50


def growing(place: Path, years: int, times: int) -> list[Row]:
    """The same questions to two houses that live the same days, one for two weeks and one for so many years, in turn."""
    young, old = (_lived(place / str(days), days) for days in (7 * WEEKS, 365 * years))
    rows: list[Row] = []
    try:
        for name, ask in ASKED.items():
            row = Row(f"{name} at {years} years of data ÷ at {WEEKS} weeks", 1.3)
            for _turn in range(times):
                row.ours.append(_timed(ask, old))
                row.yardstick.append(_timed(ask, young))
            rows.append(row)
        rows += [_search(old, years, word, times) for word in (COMMON, RARE)]
    finally:
        young.close()
        old.close()
    return rows


def _timeline(house: Station, samira: Actor) -> Callable[[], object]:
    resident_id = next(door.resident.id for door in house.residents.doors(samira) if door.resident)
    return partial(house.journal.timeline, samira, resident_id)


ASKED: dict[str, Callable[[Station, Actor], Callable[[], object]]] = {
    "the board": lambda house, samira: partial(house.board.view, samira),
    "the round sheet": lambda house, samira: partial(house.rounds.sheet, samira),
    "my reading": lambda house, samira: partial(house.handover.my_reading, samira),
    "a page of a resident's timeline": _timeline,
    "a search for a common word": lambda house, samira: partial(house.journal.search, samira, COMMON),
    "a search for a rare word": lambda house, samira: partial(house.journal.search, samira, RARE),
}


def _timed(ask: Callable[[Station, Actor], Callable[[], object]], house: Station) -> float:
    asked = ask(house, signed_in(house, "Samira"))
    began = time.perf_counter()
    asked()
    return time.perf_counter() - began


def _search(house: Station, years: int, word: str, times: int) -> Row:
    """The first page of hits, read whole and written in the ledger, beside the index asked for their keys alone."""
    row = Row(f"a search for “{word}” at {years} years, first page ÷ the raw index query", 2)
    samira = signed_in(house, "Samira")
    for _turn in range(times):
        began = time.perf_counter()
        house.journal.search(samira, word, limit=PAGE)
        row.ours.append(time.perf_counter() - began)
        with house.database.read() as tx:
            began = time.perf_counter()
            search.matching(tx, [word], None, PAGE)
            row.yardstick.append(time.perf_counter() - began)
    return row


def _lived(place: Path, days: int) -> Station:
    """The demo's house, and so many days after it: a note each, two rounds a night, Samira on duty."""
    house = open_demo(Settings(home=place), NIGHT, place)
    samira, clock = signed_in(house, "Samira"), house.database.clock
    doors = [door for door in house.residents.doors(samira) if door.resident]
    for day in range(1, days + 1):
        clock.move_to(NIGHT + timedelta(days=day, hours=7))
        with house.database.write(samira, "benchmark.day") as tx:
            _day(tx, house.house_id, samira, doors, night_of(tx.now - timedelta(hours=4)))
            if day == WEEKS:
                write_entry(tx, Kind.EVERYDAY, f"The {RARE} was swept.", house_id=house.house_id)
    house.database.count_anew()  # as each night
    return house


def _day(tx: Writing, house_id: int, samira: Actor, doors: list[Door], night: date) -> None:
    evening = tx.now - timedelta(hours=9)
    tx.add(
        Duty(
            house_id=house_id, person_id=samira.person_id, shift=ShiftName.NIGHT, shift_date=night, begins_at=evening,
            ends_at=tx.now - timedelta(minutes=10),
        )
    )  # fmt: skip
    for door in doors:
        write_entry(tx, Kind.EVERYDAY, NOTE, house_id=house_id, resident_id=_resident(door), observed_from=evening)
    for window in windows_of(night):
        left, back = window.begins_at, window.begins_at + timedelta(minutes=20)
        walk = tx.add(
            Walk(
                house_id=house_id, walker_id=samira.person_id, night=night, window_begins=window.begins_at, left_at=left,
                due_back_at=back, returned_at=back, signed_at=back, recorded_at=back,
            )
        )  # fmt: skip
        for door in doors:
            _check(tx, house_id, walk.id, door, left, back)


def _check(tx: Writing, house_id: int, walk_id: int, door: Door, left: datetime, back: datetime) -> None:
    resident_id = _resident(door)
    entry = write_entry(
        tx, Kind.CHECK, house_id=house_id, resident_id=resident_id, observed_from=left, observed_to=back
    )
    tx.add(
        RoundCheck(
            id=entry.id, walk_id=walk_id, unit_id=door.unit_id, resident_id=resident_id, outcome=Outcome.ASLEEP,
            form=RoundForm.OPEN_DOOR,
        )
    )  # fmt: skip


def _resident(door: Door) -> int:
    assert door.resident is not None
    return door.resident.id

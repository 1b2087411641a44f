"""Verification: the whole ledger and every durable row computed again, and what was changed outside staffbase named.

Works on both databases and on a backup's, in one snapshot, beside people who go on writing. It tells tables, keys and
ledger rows, never content.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from json import JSONDecodeError, loads
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.anchor import Anchor, Head
from staffbase.kernel.database import Database, in_words
from staffbase.kernel.ledger import FIRST, Erasure, Ledger, Seal
from staffbase.kernel.transaction import guard_of

_LEDGER: Any = Ledger.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_ERASURE: Any = Erasure.__table__  # type: ignore[attr-defined]
_PAGE = 2000
"""Rows read, and then told to whoever watches, at a time."""
_TRIED = 50
"""Broken rows among which an exchange of places is looked for."""
_UNREADABLE = (ValueError, TypeError, LookupError, OverflowError)
"""What the types of columns say to a value that staffbase never wrote."""

CUT_NOTICED = "ledger.cut."
"""The action of the row that says, at the first opening after it, that the ledger had come to row … and no longer does."""

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


class What(StrEnum):
    """What was done to a row, outside staffbase."""

    CHANGED = "changed"
    INSERTED = "inserted"
    REMOVED = "removed"
    REORDERED = "reordered"
    CUT = "cut"
    """The ledger's newest rows are gone: the anchor knows them."""
    ANCHOR = "anchor"
    """The anchor itself was not written by this station."""


@dataclass(frozen=True)
class Fault:
    """One row that is not as staffbase wrote it."""

    what: What
    table: str
    key: int
    seq: int
    """The ledger row that last named it, or that is broken itself; 0 where none is known."""
    at: datetime | None = None
    """When that ledger row was written."""
    until: int = 0
    """For rows that are gone from the ledger: the last of them."""


@dataclass(frozen=True)
class Proof:
    """What a verification found."""

    ledger_rows: int
    rows: int
    """Durable rows besides the ledger's."""
    seq: int
    hash: str
    """The ledger's head."""
    anchored: int | None
    """How far the anchor knew; None where there is none."""
    erased: int
    """Rows erased by decision (§ 43)."""
    faults: tuple[Fault, ...]

    @property
    def clean(self) -> bool:
        """Whether everything is as staffbase wrote it."""
        return not self.faults


@dataclass
class _Named:
    """What the ledger says last of each durable row."""

    digest: dict[tuple[str, int], str] = field(default_factory=dict)
    seq: dict[tuple[str, int], int] = field(default_factory=dict)
    at: dict[int, datetime] = field(default_factory=dict)
    """When each ledger row that is the last to name something was written."""


def verify(engine: Engine, seal: Seal, anchor: Anchor | None = None, progress: Progress | None = None) -> Proof:
    """Compute everything again. Raises DatabaseDamaged where the file itself cannot be read, DatabaseUnavailable."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with in_words(), engine.connect().execution_options(**options) as connection, _any_bytes(connection):
        tables = [table for table in SQLModel.metadata.sorted_tables if _durable(table)]
        done = _Count(progress, sum(_count(connection, table) for table in (_LEDGER, *tables)))
        named, chain, head = _ledger(connection, seal, done)
        ledger_rows = done.rows
        faults = [*chain, *_anchored(connection, anchor, head)]
        erased = {(row[0], row[1]) for row in connection.execute(select(_ERASURE.c.table_name, _ERASURE.c.row_id))}
        gone = dict(named.digest)
        for table in tables:
            faults += _table(connection, table, seal, named, gone, done)
        faults += [_fault(What.REMOVED, one, named) for one in gone if one not in erased]
        by_decision = len(erased & gone.keys())
    faults.sort(key=lambda fault: (fault.seq, fault.table, fault.key))
    known = head if head is not None else (0, FIRST)
    return Proof(
        ledger_rows, done.rows - ledger_rows, known[0], known[1].hex(), _anchor_seq(anchor), by_decision, tuple(faults)
    )


def notice_cut(database: Database) -> bool:
    """At opening: write in the ledger, once, that its newest rows are gone, if the anchor knows of later ones.

    True when they are gone. Where there is no anchor yet, the head that stands is anchored.
    """
    anchor = database.anchor
    if anchor is None:
        return False
    try:
        known = anchor.read()
    except ValueError:
        return False  # `verify` says so
    columns = (_LEDGER.c.seq, _LEDGER.c.hash)
    with database.read() as tx:
        head: Any = tx.run(select(*columns).order_by(_LEDGER.c.seq.desc()).limit(1)).first()
        if known is None:
            if head is not None:
                seq, hashed = head
                anchor.grow(Head(seq, hashed))
            return False
        there = tx.run(select(_LEDGER.c.hash).where(_LEDGER.c.chain == 1, _LEDGER.c.seq == known.seq)).scalar()
        told = tx.run(select(_LEDGER.c.seq).where(_LEDGER.c.action == f"{CUT_NOTICED}{known.seq}")).first()
    if there == known.hash:
        return False
    if told is None:
        with database.write(STATION_ITSELF, f"{CUT_NOTICED}{known.seq}", opening=True):
            pass
    return True


@contextmanager
def _any_bytes(connection: Connection) -> Iterator[None]:
    """Text whose bytes are no text is read all the same: the row is broken, and the driver would name what it says."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = before


def _text(read: bytes) -> str:
    return read.decode("utf-8", "surrogateescape")


def _durable(table: Any) -> bool:
    return "guard" in table.info and guard_of(table) != "unlogged" and table.name != "ledger"


def _count(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


class _Count:
    """Counts rows for whoever watches."""

    def __init__(self, progress: Progress | None, of: int) -> None:
        self.rows, self._of, self._progress = 0, of, progress

    def add(self, rows: int) -> None:
        self.rows += rows
        if self._progress is not None:
            self._progress(self.rows, max(self._of, self.rows))


def _pages(connection: Connection, table: Any, order: Sequence[Any]) -> Iterator[list[dict[str, Any]]]:
    """All rows by column, a page at a time; of one that cannot be read only the key, and nothing else."""
    statement = select(*table.c).order_by(*order)
    try:
        rows = connection.execution_options(yield_per=_PAGE).execute(statement).mappings()
        while page := list(islice(rows, _PAGE)):
            yield [dict(row) for row in page]
    except _UNREADABLE:
        yield from _one_by_one(connection, table, order[-1])


def _one_by_one(connection: Connection, table: Any, key: Any) -> Iterator[list[dict[str, Any]]]:
    """All rows again: those already given come twice, which names none of them twice."""
    for (number,) in connection.execute(select(key).order_by(key)).all():
        try:
            yield [dict(row) for row in connection.execute(select(*table.c).where(key == number)).mappings()]
        except _UNREADABLE:
            yield [{key.name: number}]


def _ledger(connection: Connection, seal: Seal, done: _Count) -> tuple[_Named, list[Fault], tuple[int, bytes] | None]:
    """What the ledger names, what is broken in its chain, and its head."""
    named, faults = _Named(), []
    broken: dict[int, dict[str, Any]] = {}
    before: tuple[int, bytes] | None = None
    for page in _pages(connection, _LEDGER, (_LEDGER.c.chain, _LEDGER.c.seq)):
        for row in page:
            seq = row["seq"]
            if before is not None and seq <= before[0]:
                continue  # read a second time
            expected = before or (0, FIRST)
            whole = len(row) > 1 and _links(seal, row)
            if seq != expected[0] + 1:
                faults.append(Fault(What.REMOVED, "ledger", expected[0] + 1, expected[0] + 1, None, seq - 1))
            elif whole and row["prev"] != expected[1] and expected[0] not in broken:
                faults.append(Fault(What.REORDERED, "ledger", seq, seq, row["at"]))
            if whole:
                _take(named, row)
                if row["action"].startswith(CUT_NOTICED):
                    lost = int(row["action"].removeprefix(CUT_NOTICED))
                    faults.append(Fault(What.CUT, "ledger", seq, seq, row["at"], lost))
            else:
                broken[seq] = row
                if len(row) > 1:
                    _take(named, row)  # what it names is still the best there is to compare with
            before = (seq, row.get("hash") or b"")
        done.add(len(page))
    faults += [Fault(_broken(seal, row, broken), "ledger", seq, seq, row.get("at")) for seq, row in broken.items()]
    return named, faults, before


def _links(seal: Seal, row: Mapping[str, Any]) -> bool:
    try:
        return bool(seal.link(row) == row["hash"])
    except _UNREADABLE:
        return False


def _broken(seal: Seal, row: dict[str, Any], broken: Mapping[int, dict[str, Any]]) -> What:
    """Whether this row would be whole in another broken row's place."""
    places = islice((seq for seq in broken if seq != row["seq"]), _TRIED)
    moved = len(row) > 1 and any(_links(seal, {**row, "seq": seq}) for seq in places)
    return What.REORDERED if moved else What.CHANGED


def _take(named: _Named, row: Mapping[str, Any]) -> None:
    try:
        items = [(str(table), int(key), str(digest)) for table, key, digest in loads(row["items"])]
    except (JSONDecodeError, *_UNREADABLE):
        return  # the row itself is named as broken
    for table, key, digest in items:
        named.digest[table, key] = digest
        named.seq[table, key] = row["seq"]
    if items:
        named.at[row["seq"]] = row["at"]


def _anchored(connection: Connection, anchor: Anchor | None, head: tuple[int, bytes] | None) -> Iterator[Fault]:
    if anchor is None:
        return
    try:
        known = anchor.read()
    except ValueError:
        yield Fault(What.ANCHOR, "ledger", 0, 0)
        return
    if known is None:
        return
    last = head[0] if head is not None else 0
    if last < known.seq:
        yield Fault(What.CUT, "ledger", last + 1, last + 1, None, known.seq)
        return
    there = select(_LEDGER.c.hash).where(_LEDGER.c.chain == 1, _LEDGER.c.seq == known.seq)
    if connection.execute(there).scalar() != known.hash:
        yield Fault(What.CHANGED, "ledger", known.seq, known.seq)


def _anchor_seq(anchor: Anchor | None) -> int | None:
    try:
        known = anchor.read() if anchor is not None else None
    except ValueError:
        return None
    return known.seq if known is not None else None


def _table(
    connection: Connection, table: Any, seal: Seal, named: _Named, gone: dict[tuple[str, int], str], done: _Count
) -> Iterator[Fault]:
    """What is wrong in this table; what stands there is taken out of `gone`."""
    key = next(iter(table.primary_key))
    names = sorted(column.name for column in table.columns)
    broken: dict[int, dict[str, Any]] = {}
    seen: set[int] = set()
    for page in _pages(connection, table, (key,)):
        for row in page:
            number = row[key.name]
            if number in seen:
                continue
            seen.add(number)
            one = (table.name, number)
            digest = gone.pop(one, None)
            if digest is None:
                yield Fault(What.INSERTED, table.name, number, 0)
            elif len(row) == 1 or _digest(seal, table.name, names, row) != digest:
                broken[number] = row
        done.add(len(page))
    for number, row in broken.items():
        places = islice((other for other in broken if other != number), _TRIED)
        moved = len(row) > 1 and any(_stands(seal, table.name, names, row, key.name, to, named) for to in places)
        yield _fault(What.REORDERED if moved else What.CHANGED, (table.name, number), named)


def _stands(seal: Seal, table: str, names: list[str], row: dict[str, Any], key: str, to: int, named: _Named) -> bool:
    """Whether this row is what staffbase wrote under another key."""
    return _digest(seal, table, names, {**row, key: to}) == named.digest.get((table, to))


def _digest(seal: Seal, table: str, names: list[str], row: Mapping[str, Any]) -> str:
    try:
        return seal.digest(table, names, [row[name] for name in names])
    except _UNREADABLE:
        return ""


def _fault(what: What, one: tuple[str, int], named: _Named) -> Fault:
    seq = named.seq.get(one, 0)
    return Fault(what, one[0], one[1], seq, named.at.get(seq))


__all__ = ["CUT_NOTICED", "Fault", "Progress", "Proof", "What", "notice_cut", "verify"]

"""Verification: the whole ledger and every durable row computed again, and what was changed outside staffbase named.

Works on both databases and on a backup's, in one snapshot, beside people who go on writing. It tells tables, keys and
ledger rows, never content.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.anchor import Anchor, Head
from staffbase.kernel.as_stored import UNREADABLE, any_bytes, misspelled, pages, unreadable_column
from staffbase.kernel.chain import CUT_NOTICED, TRIED, Fault, Named, What, read_chain
from staffbase.kernel.changed import changed_column
from staffbase.kernel.database import Database, in_words
from staffbase.kernel.ledger import FIRST, Erasure, Ledger, Seal
from staffbase.kernel.transaction import guard_of
from staffbase.kernel.whole import check_indexes, check_pages

_LEDGER: Any = Ledger.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_ERASURE: Any = Erasure.__table__  # type: ignore[attr-defined]

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


class Proved(NamedTuple):
    """What stands in no ledger itself and is proved by rows that do. Looked at where these rows are as they were written."""

    tables: frozenset[str]
    """Where those rows stand."""
    faults: Callable[[Connection, Seal], Iterable[Fault]]


@dataclass(frozen=True)
class KnownHead:
    """A head that the ledger once had, as it is known from elsewhere: from a backup's manifest, or written down on paper."""

    seq: int
    hash: str
    """Hexadecimal: all of it, or its first characters as they are printed."""
    source: str = ""
    """The backup's name; empty for what somebody typed."""
    at: datetime | None = None
    """When the backup was written."""


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
    heads: int = 0
    """Heads known from elsewhere that the ledger passes through."""

    @property
    def clean(self) -> bool:
        """Whether everything is as staffbase wrote it."""
        return not self.faults


def verify(
    engine: Engine,
    seal: Seal,
    anchor: Anchor | None = None,
    progress: Progress | None = None,
    heads: Sequence[KnownHead] = (),
    proved: Sequence[Proved] = (),
) -> Proof:
    """Compute everything again, and look whether the ledger passes through these heads.

    `proved` is what stands in no ledger and is held against the rows that do, such as the search index.

    Raises DatabaseDamaged where the file itself cannot be read, DatabaseUnavailable.
    """
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with in_words(), engine.connect().execution_options(**options) as connection, any_bytes(connection):
        check_pages(connection)
        there = set(inspect(connection).get_table_names())  # a backup from before a migration lacks the newest
        tables = [table for table in SQLModel.metadata.sorted_tables if _durable(table) and table.name in there]
        done = _Count(progress, sum(_count(connection, table) for table in (_LEDGER, *tables)))
        chain = read_chain(connection, seal, done.add)
        named, head = chain.named, chain.head
        ledger_rows = done.rows
        faults = [*chain.faults(connection), *_anchored(connection, anchor, head)]
        missed = list(_missed(connection, heads, head))
        faults += missed
        erased = _erased(connection, seal, named)
        gone = dict(named.digest)
        for table in tables:
            faults += _table(connection, table, seal, named, gone, done)
        by_decision = {one for one, seq in erased.items() if named.seq[one] < seq}
        faults += [_fault(What.REMOVED, one, named) for one in gone if one not in by_decision]
        faults += [_fault(What.STANDS, one, named) for one in by_decision if one not in gone]
        named_above = {fault.table for fault in faults}
        for more in proved:
            if more.tables <= there and not more.tables & named_above:  # else it differs from what was changed
                faults += more.faults(connection, seal)
        if not faults:  # a row put in by hand breaks rules that indexes stand on, and is named above
            check_indexes(connection)
    faults.sort(key=lambda fault: (fault.seq, fault.table, fault.key))
    known = head if head is not None else (0, FIRST)
    return Proof(
        ledger_rows,
        done.rows - ledger_rows,
        known[0],
        known[1].hex(),
        _anchor_seq(anchor),
        len(erased),
        tuple(faults),
        len(heads) - len(missed),
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


def _missed(connection: Connection, heads: Sequence[KnownHead], last: tuple[int, bytes] | None) -> Iterator[Fault]:
    """Which of these heads the ledger does not pass through."""
    for known in heads:
        if known.seq > (last[0] if last is not None else 0):
            yield Fault(What.CUT, "ledger", known.seq, known.seq, known.at, known.seq, source=known.source)
            continue
        there = select(_LEDGER.c.hash).where(_LEDGER.c.chain == 1, _LEDGER.c.seq == known.seq)
        hashed = connection.execute(there).scalar()
        if not isinstance(hashed, bytes) or not hashed.hex().startswith(known.hash):
            yield Fault(What.REWRITTEN, "ledger", known.seq, known.seq, known.at, source=known.source)


def _anchor_seq(anchor: Anchor | None) -> int | None:
    try:
        known = anchor.read() if anchor is not None else None
    except ValueError:
        return None
    return known.seq if known is not None else None


def _erased(connection: Connection, seal: Seal, named: Named) -> dict[tuple[str, int], int]:
    """What was erased by decision, and the ledger row that says so. A decision that the ledger does not know erases nothing.

    A row that the ledger names in the same transaction or later is what took the place of an erased one: facts alone.
    """
    found: dict[tuple[str, int], int] = {}
    for page in pages(connection, _ERASURE, (_ERASURE.c.id,)):
        for row in page:
            this = (_ERASURE.name, row["id"])
            if len(row) > 1 and this in named.digest and _digest(seal, _ERASURE, row) == named.digest[this]:
                one = (row["table_name"], row["row_id"])
                if one in named.digest:
                    found[one] = max(found.get(one, 0), named.seq[this])
    return found


def _table(
    connection: Connection, table: Any, seal: Seal, named: Named, gone: dict[tuple[str, int], str], done: _Count
) -> Iterator[Fault]:
    """What is wrong in this table; what stands there is taken out of `gone`."""
    key = next(iter(table.primary_key))
    broken: dict[int, dict[str, Any]] = {}
    seen: set[int] = set()
    spelled = misspelled(connection, table, key)
    for page in pages(connection, table, (key,)):
        for row in page:
            number = row[key.name]
            if number in seen:
                continue
            seen.add(number)
            one = (table.name, number)
            digest = gone.pop(one, None)
            if digest is None:
                yield Fault(What.INSERTED, table.name, number, 0)
            elif number in spelled or len(row) == 1 or _digest(seal, table, row) != digest:
                broken[number] = row
        done.add(len(page))
    for count, (number, row) in enumerate(broken.items()):
        places = islice((other for other in broken if other != number), TRIED)
        moved = len(row) > 1 and any(_stands(seal, table, row, key.name, to, named) for to in places)
        column = ""
        if len(row) == 1:
            column = unreadable_column(connection, table, key, number)
        elif number in spelled:
            column = spelled[number]
        elif not moved and count < TRIED:
            right = partial(_is, named.digest[table.name, number], seal, table)
            column = changed_column(connection, table, key, row, right)
        fault = _fault(What.REORDERED if moved else What.CHANGED, (table.name, number), named)
        yield replace(fault, column=column)


def _stands(seal: Seal, table: Any, row: dict[str, Any], key: str, to: int, named: Named) -> bool:
    """Whether this row is what staffbase wrote under another key."""
    return _digest(seal, table, {**row, key: to}) == named.digest.get((table.name, to))


def _is(digest: str, seal: Seal, table: Any, row: Mapping[str, Any]) -> bool:
    return _digest(seal, table, row) == digest


def _digest(seal: Seal, table: Any, row: Mapping[str, Any]) -> str:
    try:
        return seal.digest(table, row)
    except UNREADABLE:
        return ""


def _fault(what: What, one: tuple[str, int], named: Named) -> Fault:
    seq = named.seq.get(one, 0)
    return Fault(what, one[0], one[1], seq, named.at.get(seq))


__all__ = ["CUT_NOTICED", "Fault", "Progress", "Proof", "What", "notice_cut", "verify"]

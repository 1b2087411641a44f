"""What was erased by decision (§ 43) after a backup was taken is erased again in its database, before it becomes the station.

The decisions are read from the database that is about to be replaced. Where there is none, or it cannot be read any
more, nobody here can know of them, and that is said.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from staffbase.exchange.erasing import erase_in
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import Clock
from staffbase.kernel.database import Database, sqlcipher_engine
from staffbase.kernel.ledger import ErasureDecision, Seal
from staffbase.kernel.station_key import StationKey
from staffbase.kernel.sweep import sweep
from staffbase.kernel.transaction import guarded_tables
from staffbase.migrations import ensure_schema

_DECISIONS: Any = ErasureDecision.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

Decisions = Sequence[dict[str, Any]]
"""Rows of decisions, by column."""


def decisions_of(file: Path, key: bytes) -> Decisions | None:
    """The decisions in this database, the oldest first; None where it cannot be read, and nobody can know."""
    if not file.exists():
        return None
    engine = sqlcipher_engine(file, key, guarded={})
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(_DECISIONS.name):
                return []  # from before there were any
            rows = connection.execute(select(_DECISIONS).order_by(_DECISIONS.c.id)).mappings()
            return [dict(row) for row in rows]
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def erase_again(restored: Path, key: StationKey, decisions: Decisions, clock: Clock, station: str) -> int:
    """Carry out those of these decisions that this database does not know. Returns how many there were.

    It is brought to this version's schema for that; nothing of what is erased is left in its file.
    """
    known = {row["id"] for row in decisions_of(restored, key.database) or ()}
    later = [row for row in decisions if row["id"] not in known]
    if not later:
        return 0
    with brought_on(restored, key, clock, station) as database:
        for row in later:
            with database.write(STATION_ITSELF, "erasure.again") as tx:
                erase_in(tx, tx.add(ErasureDecision(**row)))
        sweep(database)
    return len(later)


@contextmanager
def brought_on(restored: Path, key: StationKey, clock: Clock, station: str) -> Iterator[Database]:
    """The restored database at this version's schema, to write in it before it becomes the station."""
    making = sqlcipher_engine(restored, key.database)
    try:
        ensure_schema(making)
    finally:
        making.dispose()
    engine = sqlcipher_engine(restored, key.database, guarded=guarded_tables())
    database = Database(engine, Seal.from_root(key.ledger), clock, station)
    try:
        yield database
    finally:
        database.close()


__all__ = ["Decisions", "brought_on", "decisions_of", "erase_again"]

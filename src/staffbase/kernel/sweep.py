"""Nothing of what was erased is left in the file: the whole database is written anew, and its log folded into it.

A deleted row is overwritten where it stood, but pages that were divided before may keep pieces of it in the room
between their rows. Only writing all pages anew leaves none. What the disk itself keeps of overwritten files is the disk's.
"""

from typing import Any

from sqlmodel import select

from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.database import Database, Reading
from staffbase.kernel.ledger import ErasureDecision, Ledger

_INDEXES = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'"
SWEPT = "erasure.swept"
"""The ledger's action for a database that was written anew after an erasure."""


def sweep(database: Database) -> bool:
    """Write the database anew. False when it could not be done now: no room, or somebody reads; then it is still owed."""
    if database.dialect != "sqlite":
        return False  # a server keeps house by itself
    done = _anew(database)
    if done:
        database.opened(STATION_ITSELF, SWEPT, None)
    return done


def sweep_owed_in(tx: Reading) -> bool:
    """Whether the newest decision's remains may still be in the file."""
    if tx.session.get_bind().dialect.name != "sqlite":
        return False
    decided_at = tx.first(select(ErasureDecision.decided_at).order_by(ErasureDecision.id.desc()).limit(1))  # type: ignore[attr-defined]
    if decided_at is None:
        return False
    swept = select(Ledger.seq).where(Ledger.at >= decided_at, Ledger.action == SWEPT).limit(1)
    return tx.first(swept) is None


def _anew(database: Database) -> bool:
    import sqlcipher3.dbapi2 as sqlcipher  # noqa: PLC0415  (a station on PostgreSQL does not need it)

    raw: Any = database.engine.raw_connection()
    try:
        driver = raw.driver_connection
        driver.set_authorizer(None)  # VACUUM attaches a database of its own; this connection does nothing else
        for (index,) in driver.execute(_INDEXES).fetchall():
            driver.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")  # merged, it names nothing that is gone
        driver.execute("VACUUM")
        busy, _pages, _moved = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlcipher.Error:
        return False
    finally:
        raw.invalidate()  # nobody works on without the authorizer
    return not busy


__all__ = ["SWEPT", "sweep", "sweep_owed_in"]

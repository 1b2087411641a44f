"""The database: one engine, and the only two ways in: `read` and `write`.

`write` is one transaction: BEGIN IMMEDIATE, the work, one ledger row that names all durable rows written, COMMIT with
a full sync. When it returns, what was written survives a power cut. When it raises, nothing was written.
Rows are loaded whole, detached when the block ends, and are plain values from then on.
"""

import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.anchor import Anchor, Head
from staffbase.kernel.clock import Clock
from staffbase.kernel.database_errors import as_disk_errors, in_words
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.ledger import FIRST, Ledger, Opening, Seal
from staffbase.kernel.transaction import Columns, Keys, Reading, Writing, WritingSession

_LEDGER: Any = Ledger.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_APPEND = _LEDGER.insert().inline()
_HEAD = (
    select(_LEDGER.c.seq, _LEDGER.c.hash, _LEDGER.c.top_key)
    .where(_LEDGER.c.chain == 1)
    .order_by(_LEDGER.c.seq.desc())
    .limit(1)
)
_WRITE_LOCK = text("SELECT pg_advisory_xact_lock(7331, 1)")

DATABASE_FILE = "staffbase.db"
"""The database's name in the data folder."""
_LOCK_TIMEOUT = 10
_COUNT_ANEW = "PRAGMA optimize=0x10002"
"""Of all tables, whether this connection asked them or not: what was counted in a young house misleads an old one."""
_SETTLED = frozenset(
    {
        "recursive_triggers",
        "foreign_keys",
        "writable_schema",
        "ignore_check_constraints",
        "synchronous",
        "journal_mode",
        "secure_delete",
        "rekey",
    }
)
"""What is set when a connection is made and may not be set otherwise: each would open a way around the guards."""


class Database:
    """One open database. Hand it to services; they own no connection of their own."""

    def __init__(
        self, engine: Engine, seal: Seal, clock: Clock, station: str = "base", anchor: Anchor | None = None
    ) -> None:
        self.engine = engine
        self.anchor = anchor
        self.clock = clock
        self.seal = seal
        self.station = station
        self.keys = Keys(clock)
        self._write_engine = (
            engine.execution_options(begin="BEGIN IMMEDIATE") if engine.dialect.name == "sqlite" else engine
        )
        self._columns = Columns()
        self._queued: list[Opening] = []
        self._queue_lock = threading.Lock()
        self._watch: Any = None
        self._watch_lock = threading.Lock()

    @property
    def dialect(self) -> str:
        """Which database it is: "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """A transaction that only reads; rows are plain values afterwards."""
        with in_words(), Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield Reading(session)
            session.expunge_all()

    @contextmanager
    def write(
        self, actor: Actor, action: str, *, subject: int | None = None, opening: bool = False
    ) -> Iterator[Writing]:
        """One transaction, committed when the block ends well, rolled back when it raises.

        `action` names it in the ledger ("note.write"); `subject` is the resident it concerns; without it the ledger
        names the one its entries are about. With `opening` a ledger row is written even if nothing else was. A transaction that wrote only unlogged rows leaves no ledger row.
        """
        with in_words(), WritingSession(self._write_engine, expire_on_commit=False) as session:
            if self.dialect == "postgresql":
                session.execute(_WRITE_LOCK)
            head = session.connection().execute(_HEAD).one_or_none() or (0, FIRST, 0)  # from here on nobody else writes
            self.keys.seen(head[2])
            writing = Writing(session, actor, self.clock.now(), self.keys, self.seal, self._columns)
            session.writing = writing
            yield writing
            session.flush()
            items = writing.items()
            if not items and not opening:
                session.commit()
            else:
                this = Opening(actor.person_id, actor.role, action, subject or writing.subject, writing.now)
                too = [replace(this, subject_id=resident_id) for resident_id in writing.opened_too]
                self._commit_chained(session, (head[0], head[1]), this, items, too)
            session.expunge_all()

    def opened(self, actor: Actor, action: str, subject: int | None) -> bool:
        """Write in the ledger that a record was opened. False when it could not be: it is queued, and said on screen.

        For cards, dangers and call numbers, which must open even when the disk is full.
        """
        try:
            with self.write(actor, action, subject=subject, opening=True):
                pass
        except DatabaseUnavailable:
            with self._queue_lock:
                self._queued.append(Opening(actor.person_id, actor.role, action, subject, self.clock.now()))
            return False
        return True

    def opened_before(self, openings: Sequence[Opening]) -> None:
        """Write in the ledger what was opened earlier, each with its own time and marked late; queued if it cannot be now."""
        with self._queue_lock:
            self._queued.extend(openings)
        self.opened(STATION_ITSELF, "restore.opened_meanwhile", None)

    def _commit_chained(
        self, session: Session, head: tuple[int, bytes], this: Opening, items: list[list[Any]], too: Iterable[Opening]
    ) -> None:
        """Chain the openings that had to wait, then this transaction and what it opens too, and commit; they wait on if that fails."""
        with self._queue_lock:
            waited, self._queued = self._queued, []
        try:
            for one in waited:
                head = self._append(session, head, one, [], late=True)
            head = self._append(session, head, this, items)
            for one in too:
                head = self._append(session, head, one, [])
            session.commit()
        except BaseException:
            with self._queue_lock:
                self._queued = waited + self._queued
            raise
        if self.anchor is not None:
            self.anchor.grow(Head(*head))

    def _append(
        self, session: Session, head: tuple[int, bytes], what: Opening, items: list[list[Any]], *, late: bool = False
    ) -> tuple[int, bytes]:
        row: dict[str, Any] = {
            "chain": 1, "seq": head[0] + 1, "at": what.at, "actor_id": what.actor_id, "role": str(what.role),
            "action": what.action, "subject_id": what.subject_id, "station": self.station, "late": late,
            "top_key": self.keys.last, "items": json.dumps(items, separators=(",", ":")), "prev": head[1],
        }  # fmt: skip
        row["hash"] = self.seal.link(row)
        session.connection().execute(_APPEND, row)
        return head[0] + 1, row["hash"]

    def change_mark(self) -> int:
        """A number that differs when anything was committed since it was last asked, by any process. Cheap."""
        with in_words(), self._watch_lock:
            if self._watch is None:
                self._watch = self.engine.connect()
            if self.dialect == "sqlite":
                mark = self._watch.exec_driver_sql("PRAGMA data_version").scalar()
            else:
                mark = hash(self._watch.execute(text("SELECT CAST(pg_current_snapshot() AS TEXT)")).scalar())
            self._watch.rollback()
            return int(mark)

    def count_anew(self) -> None:
        """Let the database count its tables again where they have grown; PostgreSQL does that by itself.

        What cannot be counted now (a full disk, another writer) is counted another night.
        """
        if self.dialect == "sqlite":
            with suppress(DBAPIError), self.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql(_COUNT_ANEW)

    def close(self) -> None:
        """Close all connections; the WAL is folded into the file. What waits to be written in the ledger is tried once more."""
        if self._queued:
            self.opened(STATION_ITSELF, "log.caught_up", None)
        with self._watch_lock:  # somebody may be looking just now whether anything changed
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        if self.dialect == "sqlite":
            # a full disk, another reader, a damaged page: what is in the WAL is safe there, and the next opening finds it
            with suppress(DBAPIError), self.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql(_COUNT_ANEW)
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()


def utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)


def sqlcipher_engine(file: Path, database_key: bytes, *, guarded: Mapping[str, str] | None = None) -> Engine:
    """An engine on an encrypted file.

    `guarded` names the tables this engine may never update or delete from, and how each is guarded (an erasable row may
    go where the trigger lets it); None is for migrations, which need DDL and have no authorizer.
    """
    import sqlcipher3.dbapi2 as sqlcipher  # noqa: PLC0415  (a station on PostgreSQL does not need it)
    from sqlmodel import create_engine  # noqa: PLC0415

    if guarded is None and not file.exists():
        with suppress(OSError):  # where nothing can be made, connecting says so in words
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))  # its logs take its mode
    engine = create_engine(
        f"sqlite:///{file}", module=sqlcipher, connect_args={"timeout": _LOCK_TIMEOUT},
        hide_parameters=True,  # a fault's message must quote nobody
    )  # fmt: skip
    ddl = {
        sqlcipher.SQLITE_DROP_TABLE, sqlcipher.SQLITE_DROP_TRIGGER, sqlcipher.SQLITE_DROP_INDEX,
        sqlcipher.SQLITE_ALTER_TABLE, sqlcipher.SQLITE_ATTACH, sqlcipher.SQLITE_DETACH,
    }  # fmt: skip
    kept = guarded or {}

    def authorize(action: int, name: str | None, value: str | None, _database: Any, _trigger: Any) -> int:
        refused = (
            action in ddl
            or (action == sqlcipher.SQLITE_UPDATE and name in kept)
            or (action == sqlcipher.SQLITE_DELETE and kept.get(name or "", "erasable") != "erasable")
            or (action == sqlcipher.SQLITE_PRAGMA and value is not None and name in _SETTLED)
        )
        return int(sqlcipher.SQLITE_DENY if refused else sqlcipher.SQLITE_OK)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves: DDL becomes transactional too
        connection.execute("PRAGMA cipher_log=off")  # before the key: SQLCipher writes to stderr otherwise
        connection.execute(f"PRAGMA key=\"x'{database_key.hex()}'\"")
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "trusted_schema=OFF",
            "secure_delete=ON", "cache_size=-16000",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")
        if guarded is not None:
            connection.set_authorizer(authorize)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def postgres_engine(url: str) -> Engine:
    """An engine on a PostgreSQL server; a server that went away is noticed before the next use."""
    from sqlmodel import create_engine  # noqa: PLC0415

    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 3}, hide_parameters=True)


__all__ = [
    "STATION_ITSELF", "Database", "Reading", "Writing", "as_disk_errors", "in_words", "postgres_engine",
    "sqlcipher_engine",
]  # fmt: skip

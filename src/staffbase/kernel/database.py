"""The database: one engine, and the only two ways in: `read` and `write`.

`write` is one transaction: BEGIN IMMEDIATE, the work, one ledger row that names all durable rows written, COMMIT with
a full sync. When it returns, what was written survives a power cut. When it raises, nothing was written.
Rows are loaded whole, detached when the block ends, and are plain values from then on.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, overload

from sqlalchemy import Executable, Result, UpdateBase, event, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import Select, SelectOfScalar

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.anchor import Anchor, Head
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import ChangedElsewhere, DatabaseDamaged, DatabaseUnavailable, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import FIRST, Ledger, Opening, Seal

_LEDGER: Any = Ledger.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_APPEND = _LEDGER.insert().inline()
_HEAD = (
    select(_LEDGER.c.seq, _LEDGER.c.hash, _LEDGER.c.top_key)
    .where(_LEDGER.c.chain == 1)
    .order_by(_LEDGER.c.seq.desc())
    .limit(1)
)
_WRITE_LOCK = text("SELECT pg_advisory_xact_lock(7331, 1)")

Row = TypeVar("Row", bound=SQLModel)
Value = TypeVar("Value")
Values = TypeVarTuple("Values")
Parameters = Mapping[str, Any] | None

DATABASE_FILE = "staffbase.db"
"""The database's name in the data folder."""
_EPOCH_MS = 1_577_836_800_000  # 2020-01-01: 43 bits of milliseconds from here last 278 years
_LOCK_TIMEOUT = 10
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
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


NEVER_CHANGED = ("append_only", "erasable")
"""Guards of tables whose rows are inserted and never updated."""


def guard_of(table: Any) -> str:
    """How a table is guarded; every table must say it (see kernel.columns)."""
    return str(table.info["guard"])


class Keys:
    """Gives keys that only grow, also when the clock is set back, so that key order is the order of writing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def seen(self, key: int) -> None:
        """The database already holds this key: later ones must be greater."""
        with self._lock:
            self._last = max(self._last, key)

    def next(self) -> int:
        """A new key."""
        made = (int(self._clock.now().timestamp() * 1000) - _EPOCH_MS) << 20 | int.from_bytes(os.urandom(2))
        with self._lock:
            self._last = max(self._last + 1, made)
            return self._last

    @property
    def last(self) -> int:
        """The greatest key given or seen so far."""
        return self._last


class Reading:
    """A transaction that only reads."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, model: type[Row], key: Any) -> Row:
        """The row with this key. Raises NotFound."""
        row = self.session.get(model, key)
        if row is None:
            raise NotFound(_("It is not there any more."))
        return row

    def find(self, model: type[Row], key: Any) -> Row | None:
        """The row with this key, if there is one."""
        return self.session.get(model, key)

    @overload
    def all(self, statement: SelectOfScalar[Value], parameters: Parameters = None) -> Sequence[Value]: ...
    @overload
    def all(self, statement: Select[*Values], parameters: Parameters = None) -> Sequence[tuple[*Values]]: ...
    def all(self, statement: Any, parameters: Parameters = None) -> Sequence[Any]:
        """All that the statement selects; `parameters` for one that is built once and kept (building costs more than asking)."""
        return self.session.exec(statement, params=parameters).all()  # type: ignore[no-any-return]

    @overload
    def first(self, statement: SelectOfScalar[Value], parameters: Parameters = None) -> Value | None: ...
    @overload
    def first(self, statement: Select[*Values], parameters: Parameters = None) -> tuple[*Values] | None: ...
    def first(self, statement: Any, parameters: Parameters = None) -> Any:
        """The first that the statement selects, if any."""
        return self.session.exec(statement, params=parameters).first()

    def run(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        """Run a statement of another kind (search, counting)."""
        return self.session.execute(statement, parameters)


class Writing(Reading):
    """A transaction that may write. `now` is its recorded moment: the clock's, never a person's."""

    def __init__(
        self, session: Session, actor: Actor, now: datetime, keys: Keys, seal: Seal, columns: "_Columns"
    ) -> None:
        super().__init__(session)
        self.actor = actor
        self.now = now
        self._keys = keys
        self._seal = seal
        self._columns = columns
        self._new: list[SQLModel] = []
        self._touched: dict[tuple[str, Any], str] = {}
        self._concerned: set[int] = set()

    def concerns(self, resident_id: int) -> None:
        """Say that something in this transaction is about this resident, so that the ledger can name whom it concerned."""
        self._concerned.add(resident_id)

    @property
    def subject(self) -> int | None:
        """The one resident this transaction is about; None for the house, and where it is about several."""
        return next(iter(self._concerned)) if len(self._concerned) == 1 else None

    def add(self, row: Row) -> Row:
        """Insert the row at the next flush, after those added before it, and give it a key if it has none."""
        if getattr(row, "id", None) == 0:
            row.id = self._keys.next()
        if guard_of(row.__table__) in NEVER_CHANGED:  # type: ignore[attr-defined]
            self._new.append(row)  # there is nothing to keep track of, and the unit of work costs more than the insert
        else:
            if self._new:
                self.flush()
            self.session.add(row)
        return row

    def change(self, row: Row, **values: Any) -> Row:
        """Change a row that was loaded in this transaction, or a detached one as its `version` was when it was shown.

        Raises ChangedElsewhere at commit when somebody else changed it since.
        """
        if row not in self.session:
            row = self._reattach(row)
        for name, value in values.items():
            setattr(row, name, value)
        return row

    def _reattach(self, row: Row) -> Row:
        present = self.session.get(type(row), row.id)  # type: ignore[attr-defined]  # changing rows have an id
        if present is None or getattr(present, "version", None) != getattr(row, "version", None):
            raise ChangedElsewhere(_("Somebody else has changed this in the meantime. Nothing of yours was saved."))
        return present

    def remove(self, row: SQLModel) -> None:
        """Delete an unlogged row (a draft that was saved, a lock that passed). Durable rows cannot be removed."""
        if guard_of(row.__table__) != "unlogged":  # type: ignore[attr-defined]
            raise ValueError(f"{row.__table__.name} rows are never removed")  # type: ignore[attr-defined]
        self.session.delete(row)

    def flush(self) -> None:
        """Send what was added and changed to the database now."""
        self.session.flush()

    def run(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        """Run a statement of another kind. Rows that stand in the ledger are written by `add` and `change` only."""
        if isinstance(statement, UpdateBase) and guard_of(statement.table) != "unlogged":
            raise ValueError(f"{statement.table} is written row by row, so that the ledger names each")
        return super().run(statement, parameters)

    def insert_new(self) -> None:
        """Insert the rows that can never change, in the order they were added."""
        new, self._new = self._new, []
        connection = self.session.connection() if new else None
        for table, rows in groupby(new, lambda row: row.__table__):  # type: ignore[attr-defined]
            connection.execute(self._columns.of(table).insert, [self._note(table, row) for row in rows])  # type: ignore[union-attr]

    def note_written(self) -> None:
        """Take the digest of everything this flush wrote."""
        session = self.session
        for row in (*session.new, *(row for row in session.dirty if session.is_modified(row))):
            if guard_of(row.__table__) != "unlogged":
                self._note(row.__table__, row)

    def _note(self, table: Any, row: Any) -> dict[str, Any]:
        """Take the digest of a row as it is written; its values by column."""
        known = self._columns.of(table)
        values = {name: getattr(row, name) for name in known.names}
        self._touched[table.name, values[known.key]] = self._seal.digest(table.name, known.names, values.values())
        return values

    def items(self) -> list[list[Any]]:
        """[table, key, digest after] of every durable row written so far."""
        return [[table, key, digest] for (table, key), digest in self._touched.items()]


class _WritingSession(Session):
    """A session that tells its transaction what each flush wrote, and lets it insert its own rows after."""

    writing: Writing | None = None

    def flush(self, objects: Any = None) -> None:
        """Also before a query, so that a transaction sees what it wrote."""
        super().flush(objects)
        if self.writing is not None:
            self.writing.insert_new()


@event.listens_for(_WritingSession, "after_flush")
def _flushed(session: Any, _context: Any) -> None:
    if session.writing is not None:
        session.writing.note_written()


class _Known(NamedTuple):
    """What is needed of a table to write a row of it: its columns in order, its key, and the statement."""

    names: list[str]
    key: str
    insert: Any


class _Columns:
    """The columns, primary key and insert of each table, looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def of(self, table: Any) -> _Known:
        found = self._known.get(table.name)
        if found is None:
            names = sorted(column.name for column in table.columns)
            found = _Known(names, next(iter(table.primary_key)).name, table.insert().inline())
            self._known[table.name] = found
        return found


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
        self._columns = _Columns()
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
        with in_words(), _WritingSession(self._write_engine, expire_on_commit=False) as session:
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
                self._commit_chained(session, (head[0], head[1]), this, items)
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

    def _commit_chained(self, session: Session, head: tuple[int, bytes], this: Opening, items: list[list[Any]]) -> None:
        """Chain the openings that had to wait, then this transaction, and commit; they wait on if that fails."""
        with self._queue_lock:
            waited, self._queued = self._queued, []
        try:
            for one in waited:
                head = self._append(session, head, one, [], late=True)
            head = self._append(session, head, this, items)
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

    def close(self) -> None:
        """Close all connections; the WAL is folded into the file."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self.dialect == "sqlite":
            # a full disk or another reader: what is in the WAL is safe there, and the next opening finds it
            with suppress(OperationalError), self.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA optimize")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the database says into a sentence a person can act on."""
    try:
        yield
    except StaleDataError as error:
        raise ChangedElsewhere(
            _("Somebody else has changed this in the meantime. Nothing of yours was saved.")
        ) from error
    except OperationalError as error:
        raise DatabaseUnavailable(unavailable_sentence(error)) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorname", "") in _DAMAGED:
            raise DatabaseDamaged(
                _(
                    "The database is damaged or does not belong to this key. Nothing was changed. Ask for the newest backup."
                )
            ) from error
        raise


def unavailable_sentence(error: DBAPIError) -> str:
    """What to do about a database that could not be written or read just now."""
    name = getattr(error.orig, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return _("The disk is full. Nothing was lost on this screen; make room, then save again.")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _("Another program holds the database. Nothing was lost on this screen; try again in a moment.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _("The data folder cannot be written. Nothing was lost on this screen; check its permissions.")
    return _("The database did not answer. Nothing was lost on this screen; try again.")


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
    engine = create_engine(f"sqlite:///{file}", module=sqlcipher, connect_args={"timeout": _LOCK_TIMEOUT})
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

    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 3})


def guarded_tables() -> dict[str, str]:
    """Every table that is never updated or deleted from, and how it is guarded."""
    guards = {table.name: guard_of(table) for table in SQLModel.metadata.sorted_tables if "guard" in table.info}
    return {name: guard for name, guard in guards.items() if guard in NEVER_CHANGED}


__all__ = [
    "STATION_ITSELF", "Database", "Reading", "Writing", "guarded_tables", "postgres_engine", "sqlcipher_engine",
]  # fmt: skip

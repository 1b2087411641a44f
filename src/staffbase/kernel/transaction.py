"""A transaction: reading rows, and writing them so that the ledger can name each.

Rows that may never change are inserted as they are, in the order they were added; those that change are tracked by the
session. Rows are loaded whole, detached when the transaction ends, and are plain values from then on.
"""

import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, overload

from sqlalchemy import Executable, Result, Text, UpdateBase, event
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import Select, SelectOfScalar
from sqlmodel.sql.sqltypes import AutoString

from staffbase.kernel.access import Actor
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import ChangedElsewhere, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Erasure, ErasureDecision, Seal

Row = TypeVar("Row", bound=SQLModel)
Value = TypeVar("Value")
Values = TypeVarTuple("Values")
Parameters = Mapping[str, Any] | None

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01: 43 bits of milliseconds from here last 278 years
NEVER_CHANGED = ("append_only", "erasable")
"""Guards of tables whose rows are inserted and never updated."""


def guard_of(table: Any) -> str:
    """How a table is guarded; every table must say it (see kernel.columns)."""
    return str(table.info["guard"])


def guarded_tables() -> dict[str, str]:
    """Every table that is never updated or deleted from, and how it is guarded."""
    guards = {table.name: guard_of(table) for table in SQLModel.metadata.sorted_tables if "guard" in table.info}
    return {name: guard for name, guard in guards.items() if guard in NEVER_CHANGED}


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
        self, session: Session, actor: Actor, now: datetime, keys: Keys, seal: Seal, columns: "Columns"
    ) -> None:
        super().__init__(session)
        self.actor = actor
        self.now = now
        self._keys = keys
        self.seal = seal
        self._columns = columns
        self._new: list[SQLModel] = []
        self._touched: dict[tuple[str, Any], str] = {}
        self._concerned: set[int] = set()
        self.opened_too: list[int] = []

    def concerns(self, resident_id: int) -> None:
        """Say that something in this transaction is about this resident, so that the ledger can name whom it concerned."""
        self._concerned.add(resident_id)

    def opens(self, resident_id: int) -> None:
        """Say that this transaction, an opening, opens one more resident's record: each has a row in the ledger."""
        self.opened_too.append(resident_id)

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

    def erase(self, decision: ErasureDecision, table_name: str, row_id: int, left: str | None = None) -> bool:
        """Let a row go by a § 43 decision, its nonce with it; the only way a row of typed text ever goes.

        With `left` a row of the same key takes its place: its facts as they were, and these words for whatever was typed.
        False when there is no such row. Raises ValueError for a table that holds none that may go.
        """
        table = SQLModel.metadata.tables[table_name]
        if guard_of(table) != "erasable":
            raise ValueError(f"{table_name} rows are never erased")
        self.flush()
        known = self._columns.of(table)
        connection, this = self.session.connection(), table.c[known.key] == row_id
        before = connection.execute(select_columns(table).where(this)).mappings().one_or_none()
        if before is None:
            return False
        self.add(
            Erasure(
                table_name=table_name, row_id=row_id, decided_at=decision.decided_at, decided_by=decision.decided_by,
                reason=f"decision {decision.id}",
            )
        )  # fmt: skip
        self.flush()
        connection.execute(table.delete().where(this))
        self._touched.pop((table_name, row_id), None)
        if left is not None:
            values = {name: _without_typed(table.c[name], before[name], left) for name in known.names}
            self._touched[table_name, row_id] = self.seal.digest(table, values)
            connection.execute(known.insert, values)
        return True

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

    def salt(self) -> None:
        """A new nonce for each row with typed text that this flush will write."""
        for row in (*self.session.new, *(row for row in self.session.dirty if self.session.is_modified(row))):
            if "nonce" in row.__table__.c and guard_of(row.__table__) == "changing":
                row.nonce = secrets.token_bytes(16)

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
        self._touched[table.name, values[known.key]] = self.seal.digest(table, values)
        return values

    def items(self) -> list[list[Any]]:
        """[table, key, digest after] of every durable row written so far."""
        return [[table, key, digest] for (table, key), digest in self._touched.items()]


def _without_typed(column: Any, value: Any, left: str) -> Any:
    """The value of a row whose typed text was erased: facts stay, and what was empty stays so."""
    if column.name == "nonce":
        return secrets.token_bytes(16)
    return left if value and isinstance(column.type, Text | AutoString) else value


class WritingSession(Session):
    """A session that tells its transaction what each flush wrote, and lets it insert its own rows after."""

    writing: Writing | None = None

    def flush(self, objects: Any = None) -> None:
        """Also before a query, so that a transaction sees what it wrote."""
        super().flush(objects)
        if self.writing is not None:
            self.writing.insert_new()


@event.listens_for(WritingSession, "before_flush")
def _flushing(session: Any, _context: Any, _instances: Any) -> None:
    if session.writing is not None:
        session.writing.salt()


@event.listens_for(WritingSession, "after_flush")
def _flushed(session: Any, _context: Any) -> None:
    if session.writing is not None:
        session.writing.note_written()


class _Known(NamedTuple):
    """What is needed of a table to write a row of it: its columns in order, its key, and the statement."""

    names: list[str]
    key: str
    insert: Any


class Columns:
    """The columns, primary key and insert of each table, looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def of(self, table: Any) -> _Known:
        """What is needed of this table."""
        found = self._known.get(table.name)
        if found is None:
            names = sorted(column.name for column in table.columns)
            found = _Known(names, next(iter(table.primary_key)).name, table.insert().inline())
            self._known[table.name] = found
        return found

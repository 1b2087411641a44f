"""Column types and table marks that mean the same on SQLCipher and PostgreSQL.

A table is marked once, in its `__table_args__`, with how it is guarded:

- `APPEND_ONLY`: never updated, never deleted; in the ledger.
- `ERASABLE`: the same, but a row may go when a § 43 erasure was decided for it (see kernel.ledger.Erasure). Holds typed text
  and a `nonce` column, so that its digest tells nothing once both are gone.
- `CHANGING`: ordinary rows with a `version` (use the Versioned mixin, or Salted where people type); in the ledger.
- `UNLOGGED`: drafts, PIN counters, view state; not in the ledger.
"""

import secrets
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Integer, LargeBinary, String, Text, Time
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

APPEND_ONLY = {"info": {"guard": "append_only"}}
ERASABLE = {"info": {"guard": "erasable"}}
CHANGING = {"info": {"guard": "changing"}}
UNLOGGED = {"info": {"guard": "unlogged"}}


_ROWID = Integer()
"""One for all: SQLAlchemy works out anew what a type is on a dialect for each new instance, at every list of keys."""


class Key(TypeDecorator[int]):
    """A 63-bit key made by the program (kernel.database gives it), so that a retry never writes twice."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite's rowid is an INTEGER and nothing else."""
        return _ROWID if dialect.name == "sqlite" else self.impl_instance


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refused when naive, stored in UTC, read back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive moment; nobody can know which hour it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite forgets the zone; it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A StrEnum stored as its value; a word the program does not know is refused before it reaches the database."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Raises ValueError for a word that is not among them."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """The enum member again."""
        return None if value is None else self.words(value)


def key() -> Any:
    """The primary key of a table; 0 until Transaction.add gives it one."""
    return Field(default=0, primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})


def ref(target: str, *, index: bool = False, primary_key: bool = False) -> Any:
    """A required reference to another table's key, by table name ("resident.id")."""
    return Field(foreign_key=target, sa_type=Key, index=index, primary_key=primary_key, ondelete="RESTRICT")


def maybe_ref(target: str, *, index: bool = False) -> Any:
    """A reference to another table's key that may be absent."""
    return Field(default=None, foreign_key=target, sa_type=Key, index=index, nullable=True, ondelete="RESTRICT")


def moment(*, index: bool = False) -> Any:
    """A required moment."""
    return Field(sa_type=UtcDateTime, index=index)


def maybe_moment(*, index: bool = False) -> Any:
    """A moment that may be absent."""
    return Field(default=None, sa_type=UtcDateTime, nullable=True, index=index)


def word(words: type[StrEnum], default: StrEnum | None = None) -> Any:
    """A StrEnum column, required unless it has a default."""
    kind: Any = Word(words)
    return Field(sa_type=kind) if default is None else Field(default=default, sa_type=kind)


def maybe_word(words: type[StrEnum]) -> Any:
    """A StrEnum column that may be absent."""
    kind: Any = Word(words)
    return Field(default=None, sa_type=kind, nullable=True)


def prose(default: str | None = None) -> Any:
    """Text of any length that people type (services refuse more than 20,000 characters)."""
    return Field(sa_type=Text) if default is None else Field(default=default, sa_type=Text)


def nonce() -> Any:
    """Random bytes that salt the row's digest; erased together with the row's text."""
    return Field(default_factory=lambda: secrets.token_bytes(16), sa_type=LargeBinary)


def later(kind: Any) -> Any:
    """A column of this type that came with a later migration: while it is empty, the digests made before it still hold."""
    return Field(default=None, sa_type=kind, nullable=True, sa_column_kwargs={"info": {"later": True}})


class Versioned(SQLModel):
    """For tables that change: a stale write is refused (ChangedElsewhere) instead of overwriting a colleague."""

    version: int = Field(default=1, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        """A string would not do: SQLModel resolves it too late."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Salted(Versioned):
    """For changing rows that hold typed text: a new nonce at each change (kernel.transaction), as `nonce()` is for the others.

    What a row said before tells nothing of itself by its digest then: the nonce of that time is nowhere.
    """

    nonce: bytes | None = later(LargeBinary)


__all__ = [
    "APPEND_ONLY",
    "CHANGING",
    "ERASABLE",
    "UNLOGGED",
    "Date",
    "Key",
    "Salted",
    "Time",
    "UtcDateTime",
    "Versioned",
    "Word",
    "date",
    "key",
    "later",
    "maybe_moment",
    "maybe_ref",
    "maybe_word",
    "moment",
    "nonce",
    "prose",
    "ref",
    "time",
    "word",
]  # fmt: skip

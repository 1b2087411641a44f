"""The ledger: one hash-chained row per service transaction, and one per opening of a resident's record.

A row names every durable row the transaction wrote as (table, key, digest after), never content. Digests are
HMAC-SHA256 with a key derived from the database key, over all columns of the row; rows that hold typed text carry a
random nonce as one of those columns, a new one at each change, so that the digest of a text that is gone tells nothing.
A column that came with a later migration is left out while it is empty: what was written before it is verified as it
was written. What a chain cannot do (a cut
tail, or a rewrite by someone who holds the key) is met by an anchor outside the database, which comes with `verify`.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from staffbase.kernel.columns import APPEND_ONLY, Key, UtcDateTime, key, moment, nonce, prose

FIRST = b"\0" * 32
"""What the first row names as the one before it."""


class Ledger(SQLModel, table=True):
    """One transaction or one opening. `subject_id` is the resident it concerns, if one."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("chain", "prev"),
        Index("ix_ledger_action_at", "action", "at"),
        {"info": {"guard": "append_only", "chain": True}},
    )

    chain: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: int = Field(sa_type=Key)
    role: str
    action: str
    subject_id: int | None = Field(default=None, sa_type=Key, nullable=True, index=True)
    station: str
    late: bool = False
    """An opening that could not be chained when it happened and was queued; `at` is when it happened."""
    top_key: int = Field(sa_type=Key)
    """The greatest key in use when it was written: later keys are greater, whatever any clock says."""
    items: str = Field(sa_type=Text)
    """JSON: [[table, key, digest after], …]"""
    prev: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class Erasure(SQLModel, table=True):
    """A decided § 43 erasure of one row; the guards let that row go, and only that row."""

    __tablename__ = "erasure"
    __table_args__ = APPEND_ONLY

    id: int = key()
    table_name: str
    row_id: int = Field(sa_type=Key, index=True)
    decided_at: datetime = moment()
    decided_by: int = Field(sa_type=Key)
    reason: str = prose()
    """Which decision: "decision" and its key."""
    nonce: bytes = nonce()


class ErasureDecision(SQLModel, table=True):
    """A decision to erase what an entry says (helsepersonelloven § 43), with everything that was erased by it.

    It tells nothing of what it erased: its reason must say why, not what.
    """

    __tablename__ = "erasure_decision"
    __table_args__ = APPEND_ONLY

    id: int = key()
    entry_id: int = Field(sa_type=Key, index=True)
    decided_at: datetime = moment()
    decided_by: int = Field(sa_type=Key)
    """Who carried it out here."""
    responsible: str = prose()
    """The journal-responsible whose decision it is, by name."""
    asked_by: str = prose()
    """Who asked for it."""
    reason: str = prose()
    texts: int
    """How many texts went: the entry's, its corrections', comments' and so on."""
    erased: str = prose()
    """JSON: [[table, key, whether a row of facts took its place], …], so that a restored backup can be erased again."""
    backups: str = prose()
    """JSON: the backups older than it that still hold what it erased, as far as the station knew of them."""
    nonce: bytes = nonce()


_LINKED = ("chain", "seq", "at", "actor_id", "role", "action", "subject_id", "station", "late", "top_key", "items")


@dataclass(frozen=True)
class Opening:
    """A record was opened: by whom, which, when, on which station. Queued when the ledger cannot be written."""

    actor_id: int
    role: str
    action: str
    subject_id: int | None
    at: datetime


def plain(value: Any) -> Any:
    """A column value as JSON holds it, the same on both databases."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value


def canonical(values: Iterable[Any]) -> bytes:
    """One spelling of a row's values, to be hashed."""
    return json.dumps([plain(value) for value in values], ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=256)
def _digested(table: Any) -> tuple[list[str], list[str]]:
    """The columns of a table that its digests always hold, and those that they hold only when they are not empty."""
    later = sorted(column.name for column in table.columns if column.info.get("later"))
    return sorted(column.name for column in table.columns if column.name not in later), later


class Seal:
    """Makes digests and links with the ledger's own key."""

    def __init__(self, ledger_key: bytes, root: bytes = b"") -> None:
        self._key = ledger_key
        self.root = root
        """What the key is derived from: a backup must hold it, else nobody could verify what was restored."""

    @classmethod
    def from_root(cls, root: bytes) -> "Seal":
        """The ledger's key is derived, so that it never is the database's own (see kernel.station_key)."""
        return cls(hmac.digest(root, b"staffbase ledger 1", hashlib.sha256), root)

    def derive(self, purpose: bytes) -> bytes:
        """A key of its own for another purpose (the pepper of PINs), from which this one cannot be told."""
        return hmac.digest(self._key, b"staffbase derived " + purpose, hashlib.sha256)

    def digest(self, table: Any, row: Mapping[str, Any]) -> str:
        """The digest of one row of this table, given by column, as it stands after the transaction."""
        always, later = _digested(table)
        names = always
        if later and any(row[name] is not None for name in later):
            names = sorted((*always, *(name for name in later if row[name] is not None)))
        return hmac.digest(
            self._key, canonical((table.name, *names, *(row[name] for name in names))), hashlib.sha256
        ).hex()

    def link(self, row: Mapping[str, Any]) -> bytes:
        """The hash of a ledger row, given by column, over everything in it and the hash before."""
        body = canonical(row[name] for name in _LINKED)
        return hmac.digest(self._key, bytes(row["prev"]) + body, hashlib.sha256)

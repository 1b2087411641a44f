"""What is kept of each verification: who ran it, when, over how much, and what was found, without content.

A row of its own and not only a line in the ledger: a leader who comes on Monday reads what was found on Saturday night.
The row is as durable as what it tells of, so that the next verification proves the one before.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, col, select

from staffbase.kernel.columns import APPEND_ONLY, Key, key, moment
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.ledger import Ledger, plain
from staffbase.kernel.verify import Fault, Proof, What

OLD = timedelta(days=8)
"""The station verifies each night; a week of nights without one is no accident."""
KEPT_FAULTS = 20
"""Faults that are kept one by one; of the others only how many."""


class Verification(SQLModel, table=True):
    """One verification."""

    __tablename__ = "verification"
    __table_args__ = APPEND_ONLY

    id: int = key()
    at: datetime = moment()
    by_id: int = Field(sa_type=Key)
    """0 is the station itself, by night."""
    ledger_rows: int
    rows: int
    """Durable rows besides the ledger's."""
    seq: int = Field(sa_type=Key)
    """How far the ledger had come, and its head there."""
    hash: str
    erased: int
    found: int
    faults: str = Field(sa_type=Text)
    """JSON: the first of them."""


@dataclass(frozen=True)
class LastVerification:
    """A verification as it was kept."""

    at: datetime
    by_id: int
    ledger_rows: int
    rows: int
    seq: int
    hash: str
    erased: int
    found: int
    faults: tuple[Fault, ...]
    """The first of what was found."""

    @property
    def clean(self) -> bool:
        """Whether everything was as staffbase wrote it."""
        return not self.found


@dataclass(frozen=True)
class Unproved:
    """Why somebody should look: the newest verification found something, or is too old (`since` when there was none)."""

    since: datetime
    found: int = 0


def keep_in(tx: Writing, proof: Proof) -> None:
    """Keep what a verification found, in the transaction whose ledger row says it was done."""
    told = [{name: plain(value) for name, value in vars(fault).items()} for fault in proof.faults[:KEPT_FAULTS]]
    tx.add(
        Verification(
            at=tx.now, by_id=tx.actor.person_id, ledger_rows=proof.ledger_rows, rows=proof.rows, seq=proof.seq,
            hash=proof.hash, erased=proof.erased, found=len(proof.faults), faults=json.dumps(told),
        )
    )  # fmt: skip


def last_verification_in(tx: Reading) -> LastVerification | None:
    """The newest verification there was."""
    row = tx.first(select(Verification).order_by(col(Verification.id).desc()).limit(1))
    if row is None:
        return None
    return LastVerification(
        row.at, row.by_id, row.ledger_rows, row.rows, row.seq, row.hash, row.erased, row.found,
        tuple(_fault(**told) for told in json.loads(row.faults)),
    )  # fmt: skip


def unproved_in(tx: Reading, now: datetime) -> Unproved | None:
    """Whether somebody should look at it; None when the newest verification is clean and not old."""
    last = last_verification_in(tx)
    if last is not None and last.found:
        return Unproved(last.at, last.found)
    since = last.at if last is not None else begun_in(tx)
    return Unproved(since) if since is not None and now - since > OLD else None


def begun_in(tx: Reading) -> datetime | None:
    """When the station was made."""
    return tx.first(select(Ledger.at).where(Ledger.chain == 1).order_by(col(Ledger.seq)).limit(1))


def _fault(what: str, at: str | None, **others: Any) -> Fault:
    return Fault(What(what), at=datetime.fromisoformat(at) if at else None, **others)

"""What was erased by decision (§ 43) after a backup was taken is erased again in its database, before it becomes the station.

The decisions are read from the database that is about to be replaced. Where there is none, or it cannot be read any
more, nobody here can know of them, and that is said.

Nobody decides about what counts: a crisis plan and a danger are replaced before. A backup may be from before that. Whose
crisis card is empty then is told, a task says so on the station, and what the version said that took its place waits as a
draft where the database that is replaced has it: a person looks at it and publishes it, the station does not.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import col
from sqlmodel import select as select_rows

from staffbase.crisis_plans.model import PlanDraft, PlanVersion
from staffbase.crisis_plans.reading import draft_row_in
from staffbase.crisis_plans.rules import Proposal
from staffbase.crisis_plans.stored import proposal_to_json, stands, text_from_json
from staffbase.exchange.erasing import Going, erase_in
from staffbase.exchange.restored import Emptied
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import Clock
from staffbase.kernel.database import Database, Writing, sqlcipher_engine
from staffbase.kernel.ledger import ErasureDecision, Seal
from staffbase.kernel.station_key import StationKey
from staffbase.kernel.sweep import sweep
from staffbase.kernel.transaction import guarded_tables
from staffbase.migrations import ensure_schema
from staffbase.residents.model import Resident, Warning_
from staffbase.residents.reading import labels_in
from staffbase.tasks.service import add_task

_DECISIONS: Any = ErasureDecision.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_VERSIONS: Any = PlanVersion.__table__  # type: ignore[attr-defined]

Decisions = Sequence[dict[str, Any]]
"""Rows of decisions, by column."""


@dataclass(frozen=True)
class Again:
    """What was carried out again."""

    decisions: int
    emptied: tuple[Emptied, ...] = ()


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


def erase_again(
    restored: Path, key: StationKey, decisions: Decisions, clock: Clock, station: str, replaced: tuple[Path, bytes]
) -> Again:
    """Carry out those of these decisions that this database does not know; `replaced` is the one they come from, and its key.

    It is brought to this version's schema for that; nothing of what is erased is left in its file.
    """
    known = {row["id"] for row in decisions_of(restored, key.database) or ()}
    later = [row for row in decisions if row["id"] not in known]
    if not later:
        return Again(0)
    residents: set[int] = set()
    with brought_on(restored, key, clock, station) as database:
        for row in later:
            with database.write(STATION_ITSELF, "erasure.again") as tx:
                going = erase_in(tx, tx.add(ErasureDecision(**row)))
                _end_dangers(tx, going)
            residents |= {version.resident_id for version in going.versions}
        emptied = _emptied(database, sorted(residents), *replaced) if residents else ()
        sweep(database)
    return Again(len(later), emptied)


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


def _end_dangers(tx: Writing, going: Going) -> None:
    """A danger that is erased had ended when it was decided; standing here again, it would warn of nothing."""
    for fact, _column in going.facts:
        if isinstance(fact, Warning_) and fact.ended_at is None:
            tx.change(fact, ended_at=tx.now)


def _emptied(database: Database, residents: Sequence[int], file: Path, key: bytes) -> tuple[Emptied, ...]:
    with database.write(STATION_ITSELF, "erasure.again") as tx:
        told = [_told_empty(tx, resident_id, file, key) for resident_id in residents]
    return tuple(one for one in told if one is not None)


def _told_empty(tx: Writing, resident_id: int, file: Path, key: bytes) -> Emptied | None:
    """Leave a task, and a draft where the newer version is known, for somebody who lives here and whose card is empty."""
    house_id = tx.get(Resident, resident_id).house_id
    unit_code, _alias = labels_in(tx, house_id)[resident_id]
    number, text = tx.all(
        select_rows(PlanVersion.number, PlanVersion.text)
        .where(PlanVersion.resident_id == resident_id)
        .order_by(col(PlanVersion.number).desc())
    )[0]
    if not unit_code or stands(text):
        return None
    newer = _newest_of(file, key, resident_id)
    row = draft_row_in(tx, resident_id)
    waiting = newer is not None and newer["number"] > number and stands(newer["text"]) and not (row and row.open)
    emptied = Emptied(unit_code, newer["number"] if newer is not None and waiting else None)
    if newer is not None and waiting:
        proposal = Proposal(text_from_json(newer["text"]), newer["made"], newer["co_authors"], newer["copies_to"])
        kept: dict[str, Any] = {
            "fields": proposal_to_json(proposal), "base_number": number, "saved_by_id": newer["published_by_id"],
            "saved_at": tx.now, "open": True,
        }  # fmt: skip
        if row is None:
            tx.add(PlanDraft(resident_id=resident_id, **kept))
        else:
            tx.change(row, **kept)
    add_task(tx, house_id, emptied.in_words(), resident_id=resident_id)
    return emptied


def _newest_of(file: Path, key: bytes, resident_id: int) -> dict[str, Any] | None:
    """The version that counted in the database that is replaced; None where it holds none, or cannot be read any more."""
    engine = sqlcipher_engine(file, key, guarded={})
    try:
        with engine.connect() as connection:
            mine = _VERSIONS.c.resident_id == resident_id
            newest = select(_VERSIONS).where(mine).order_by(_VERSIONS.c.number.desc()).limit(1)
            row = connection.execute(newest).mappings().first()
            return None if row is None else dict(row)
    except DBAPIError:
        return None
    finally:
        engine.dispose()


__all__ = ["Again", "Decisions", "brought_on", "decisions_of", "erase_again"]

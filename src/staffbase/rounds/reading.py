"""Reading rounds inside a transaction: who was last seen, the walks, the answers, and all a door is answered with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from staffbase.incidents.service import is_concluded_in
from staffbase.journal.model import Entry, Kind, Source
from staffbase.journal.timeline import among_keys
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _
from staffbase.people.model import Person
from staffbase.residents.model import Resident, RoundAgreement, Status, Stay, Unit
from staffbase.residents.reading import agreement_of
from staffbase.residents.rules import Door, ResidentFacts
from staffbase.rounds.facts import CheckFacts, DoorLine, LastSeen, RoundSheet, WalkFacts, WindowFacts
from staffbase.rounds.model import OUTCOME_NAMES, Outcome, RoundCheck, Walk
from staffbase.rounds.rules import (
    SEEN,
)

# Building a statement costs more than asking it; these are asked at every change, so each is built once.


def taken_back_in(tx: Reading, entry_ids: Iterable[int]) -> set[int]:
    """Which of these checks were taken back."""
    ids = list(entry_ids)
    if not ids:
        return set()
    found = tx.all(select(Entry.amends_id).where(Entry.kind == Kind.WITHDRAWN, col(Entry.amends_id).in_(ids)))
    return {entry_id for entry_id in found if entry_id is not None}


@cache
def _last_seen(outcomes: frozenset[Outcome]) -> Select[RoundCheck, Entry]:
    withdrawn = (
        select(Entry.amends_id).where(Entry.kind == Kind.WITHDRAWN, Entry.amends_id == col(RoundCheck.id)).exists()
    )
    seen = aliased(Entry)
    newest = (
        select(col(RoundCheck.id))
        .join(seen, col(seen.id) == col(RoundCheck.id))
        .where(
            seen.resident_id == col(Stay.resident_id),
            col(seen.kind).in_((Kind.CHECK, Kind.EXTRA_CHECK)),
            col(RoundCheck.outcome).in_(tuple(outcomes)),
            ~withdrawn,
        )
        .order_by(col(seen.observed_from).desc(), col(seen.id).desc())
        .limit(1)
        .correlate(Stay)
        .scalar_subquery()
    )
    return (
        select(RoundCheck, Entry)
        .select_from(Stay)
        .join(RoundCheck, col(RoundCheck.id) == newest)
        .join(Entry, col(Entry.id) == col(RoundCheck.id))
        .where(col(Stay.until_date).is_(None), Entry.house_id == bindparam("house_id"))
    )


def last_seen_in(tx: Reading, house_id: int, outcomes: frozenset[Outcome] = SEEN) -> dict[int, LastSeen]:
    """When each who lives here was last seen on a round or extra check, by resident: one query, whatever the house's age.

    With other `outcomes` (such as MET) when one of those was last found.
    """
    rows = tx.all(_last_seen(outcomes), {"house_id": house_id})
    return {check.resident_id: LastSeen(entry.observed_from, entry.observed_to, check.outcome) for check, entry in rows}


def walk_facts(walk: Walk, walker: str) -> WalkFacts:
    """A walk as screens show it."""
    return WalkFacts(
        walk.id, walk.walker_id, walker, walk.left_at, walk.due_back_at, walk.returned_at, walk.signed_at, walk.late_reason,
        walk.window_begins, walk.walked,
    )  # fmt: skip


@cache
def _walks() -> Select[Walk, Person]:
    return (
        select(Walk, Person)
        .join(Person, col(Person.id) == col(Walk.walker_id))
        .where(Walk.house_id == bindparam("house_id"))
    )


@cache
def _walk_under_way() -> Select[Walk, Person]:
    return _walks().where(col(Walk.returned_at).is_(None)).order_by(col(Walk.due_back_at)).limit(1)


@cache
def _unsigned_walks() -> Select[Walk, Person]:
    return _walks().where(col(Walk.signed_at).is_(None)).order_by(col(Walk.id).desc())


def walk_under_way_in(tx: Reading, house_id: int) -> WalkFacts | None:
    """The walk somebody is out on, the one due back first."""
    row = tx.first(_walk_under_way(), {"house_id": house_id})
    return walk_facts(row[0], row[1].name) if row else None


def unsigned_walks_in(tx: Reading, house_id: int) -> list[WalkFacts]:
    """All walks that are not signed, newest first."""
    rows = tx.all(_unsigned_walks(), {"house_id": house_id})
    return [walk_facts(walk, person.name) for walk, person in rows]


def _standing() -> Any:
    """As a condition on a check: it was not taken back."""
    taken_back = aliased(Entry)
    return ~(
        select(taken_back.id)
        .where(taken_back.kind == Kind.WITHDRAWN, col(taken_back.amends_id) == col(RoundCheck.id))
        .exists()
    )


@cache
def _checks() -> Select[RoundCheck, Entry]:
    return (
        select(RoundCheck, Entry)
        .join(Entry, col(Entry.id) == col(RoundCheck.id))
        .where(col(RoundCheck.walk_id).in_(bindparam("walk_ids", expanding=True)), _standing())
        .order_by(col(RoundCheck.id))
    )


def checks_in(tx: Reading, walk_ids: Sequence[int]) -> dict[int, CheckFacts]:
    """The standing answer of each unit on these walks, by unit; what was taken back does not stand."""
    if not walk_ids:
        return {}
    rows = tx.all(_checks(), {"walk_ids": list(walk_ids)})
    return {
        check.unit_id: check_facts(
            entry, check, concluded=check.incident_id is None or is_concluded_in(tx, check.incident_id)
        )
        for check, entry in rows
    }


def outcomes_in(tx: Reading, entry_ids: Sequence[int]) -> dict[int, str]:
    """What was found, in words, of those of these entries that are checks of a round.

    Extra checks say it in their own text; a check whose incident tells the same is told by that.
    """
    if not entry_ids:
        return {}
    found = tx.all(
        select(RoundCheck.id, RoundCheck.outcome).where(
            among_keys(col(RoundCheck.id), entry_ids), col(RoundCheck.walk_id).is_not(None)
        )
    )
    return {entry_id: _(OUTCOME_NAMES[Outcome(outcome)]) for entry_id, outcome in found}


def check_facts(entry: Entry, check: RoundCheck, *, concluded: bool) -> CheckFacts:
    """An answer as screens show it."""
    return CheckFacts(
        entry.id, check.outcome, entry.observed_from, entry.observed_to, entry.recorded_at,
        entry.source is not Source.DIRECT, check.incident_id, concluded, check.beyond,
    )  # fmt: skip


@dataclass(frozen=True)
class AtDoor:
    """What must be known to answer a door on a walk."""

    walk: Walk
    door: Door
    answered: bool
    """Whether the unit has a standing answer on this round."""


@cache
def _at_door() -> Any:
    newest = (
        select(func.max(RoundAgreement.id))
        .where(RoundAgreement.resident_id == Resident.id, RoundAgreement.valid_from <= Walk.left_at)
        .correlate(Resident, Walk)
        .scalar_subquery()
    )
    other = aliased(Walk)
    same_round = (
        select(other.id)
        .where(other.night == Walk.night, other.window_begins == Walk.window_begins, other.house_id == Walk.house_id)
        .correlate(Walk)
    )
    answered = (
        select(RoundCheck.id)
        .where(or_(col(RoundCheck.walk_id) == Walk.id, col(RoundCheck.walk_id).in_(same_round)))
        .where(RoundCheck.unit_id == Unit.id, _standing())
        .correlate(Walk, Unit)
        .exists()
    )
    return (
        select(Walk, Unit, Resident, Stay)
        .join(Unit, col(Unit.house_id) == Walk.house_id)
        .join(Stay, and_(col(Stay.unit_id) == col(Unit.id), col(Stay.until_date).is_(None)), isouter=True)
        .join(Resident, col(Resident.id) == col(Stay.resident_id), isouter=True)
        .join(RoundAgreement, col(RoundAgreement.id) == newest, isouter=True)
        .where(Walk.id == bindparam("walk_id"), Unit.id == bindparam("unit_id"))
        .add_columns(RoundAgreement, answered)
    )


def at_door_in(tx: Reading, walk_id: int, unit_id: int) -> AtDoor:
    """The walk, the door (who lives there, presence, agreement) and whether it has an answer: one query, somebody waits."""
    row = tx.first(_at_door(), {"walk_id": walk_id, "unit_id": unit_id})
    if row is None:
        raise NotFound(_("It is not there any more."))
    walk, unit, resident, stay, agreed, answered = row
    return AtDoor(walk, _door(unit, resident, stay, agreed), answered)


def _door(unit: Unit, resident: Resident | None, stay: Stay | None, agreed: RoundAgreement | None) -> Door:
    if resident is None or stay is None:
        return Door(unit.id, unit.code, unit.module, unit.position)
    return Door(
        unit.id, unit.code, unit.module, unit.position,
        ResidentFacts(
            id=resident.id, unit_id=unit.id, unit_code=unit.code, alias=resident.alias, birth_year=resident.birth_year,
            presence=resident.presence, presence_since=resident.presence_since, presence_until=resident.presence_until,
            status=Status.CALM, warnings=(), agreement=agreement_of(agreed), contacts=(), primary_contact="", about=resident.about,
            naloxone=resident.naloxone, children=resident.children, moved_in=stay.from_date, version=resident.version,
        ),
    )  # fmt: skip


__all__ = [
    "CheckFacts", "DoorLine", "LastSeen", "RoundSheet", "WalkFacts", "WindowFacts", "at_door_in", "check_facts", "checks_in",
    "last_seen_in", "outcomes_in", "taken_back_in", "unsigned_walks_in", "walk_facts", "walk_under_way_in",
]  # fmt: skip

"""Reading rounds inside a transaction: who was last seen, the windows of tonight, the walk under way, the sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from staffbase.incidents.service import is_concluded_in
from staffbase.journal.model import Entry, Kind, Source
from staffbase.journal.timeline import among_keys
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _
from staffbase.people.model import Person
from staffbase.people.rules import night_of
from staffbase.residents.model import Resident, RoundAgreement, Status, Stay, Unit
from staffbase.residents.reading import doors_in
from staffbase.residents.rules import AgreementFacts, Door, ResidentFacts, expired, form_now
from staffbase.rounds.facts import CheckFacts, DoorLine, LastSeen, RoundSheet, WalkFacts, WindowFacts
from staffbase.rounds.model import OUTCOME_NAMES, OpenDoor, Outcome, RoundCheck, RoundWindow, Walk
from staffbase.rounds.rules import (
    DEFAULT_WINDOWS,
    SEEN,
    Window,
    WindowHours,
    not_due,
    window_begun_at,
    window_for,
    windows_of,
)

# Building a statement costs more than asking it; these are asked at every change, so each is built once.


@cache
def _hours() -> SelectOfScalar[RoundWindow]:
    return select(RoundWindow).where(RoundWindow.house_id == bindparam("house_id")).order_by(col(RoundWindow.id))


def hours_in(tx: Reading, house_id: int) -> list[WindowHours]:
    """The house's windows; the usual two until somebody has set others."""
    rows = tx.all(_hours(), {"house_id": house_id})
    if not rows:
        return list(DEFAULT_WINDOWS)
    return [WindowHours(row.begins, row.ends, row.rrule) for row in rows if row.rrule]


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


@cache
def _of_window() -> SelectOfScalar[Walk]:
    return (
        select(Walk)
        .where(
            Walk.house_id == bindparam("house_id"),
            Walk.night
            == bindparam("night"),  # has an index; the window alone would be looked for in all walks there were
            Walk.window_begins == bindparam("begins_at"),
        )
        .order_by(col(Walk.id))
    )


def walks_of_window_in(tx: Reading, house_id: int, begins_at: datetime) -> Sequence[Walk]:
    """The walks of the round whose window began then, oldest first."""
    return tx.all(_of_window(), {"house_id": house_id, "night": night_of(begins_at), "begins_at": begins_at})


def round_of_in(tx: Reading, house_id: int, walk: Walk | WalkFacts) -> list[int]:
    """The walks of the same round, oldest first: a second walk in one window goes on where the first one stopped."""
    if walk.window_begins is None:
        return [walk.id]
    return [one.id for one in walks_of_window_in(tx, house_id, walk.window_begins)]


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
        .where(RoundAgreement.resident_id == Resident.id)
        .correlate(Resident)
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
    agreement = (
        AgreementFacts(agreed.id, agreed.form, agreed.may_wake, agreed.consent, agreed.valid_from, agreed.valid_until)
        if agreed
        else None
    )
    return Door(
        unit.id, unit.code, unit.module, unit.position,
        ResidentFacts(
            id=resident.id, unit_id=unit.id, unit_code=unit.code, alias=resident.alias, birth_year=resident.birth_year,
            presence=resident.presence, presence_since=resident.presence_since, presence_until=resident.presence_until,
            status=Status.CALM, warnings=(), agreement=agreement, contacts=(), primary_contact="", about=resident.about,
            naloxone=resident.naloxone, children=resident.children, moved_in=stay.from_date, version=resident.version,
        ),
    )  # fmt: skip


@cache
def _open_doors() -> SelectOfScalar[OpenDoor]:
    return select(OpenDoor).where(col(OpenDoor.walk_id).in_(bindparam("walk_ids", expanding=True)))


def sheet_in(tx: Reading, house_id: int, now: datetime, walk_id: int | None = None) -> RoundSheet:
    """The round sheet: of the walk asked for, else of the one under way, else of the newest that is not signed."""
    hours = hours_in(tx, house_id)
    window = window_for(now, hours)
    unsigned = unsigned_walks_in(tx, house_id)
    walk = next((one for one in unsigned if walk_id in (None, one.id)), None)
    if walk is None and window is not None and window.holds(now):
        walk = _signed_in_window(tx, house_id, window)
    if walk is not None and walk.window_begins is not None:
        window = window_begun_at(walk.window_begins, hours) or window
    round_ids = round_of_in(tx, house_id, walk) if walk else []
    checks = checks_in(tx, round_ids)
    reasons = {row.unit_id: row.reason for row in tx.all(_open_doors(), {"walk_ids": round_ids})} if round_ids else {}
    seen = last_seen_in(tx, house_id)
    lines = []
    for door in doors_in(tx, house_id):
        agreement = door.resident.agreement if door.resident else None
        lines.append(
            DoorLine(
                door,
                form_now(agreement, now) if door.resident else None,
                agreement is not None and expired(agreement, now),
                not_due(door, now),
                seen.get(door.resident.id) if door.resident else None,
                checks.get(door.unit_id),
                reasons.get(door.unit_id, ""),
            )
        )
    return RoundSheet(
        window, window is not None and window.holds(now), walk, tuple(lines),
        tuple(one for one in unsigned if walk is None or one.id not in round_ids),
        tuple(not_walked_in(tx, house_id, hours, now)),
    )  # fmt: skip


def not_walked_in(tx: Reading, house_id: int, hours: Sequence[WindowHours], now: datetime) -> list[Window]:
    """The windows of this night that passed, and nobody walked or said why."""
    since = _kept_since_in(tx, house_id)
    passed = [window for window in windows_of(night_of(now), hours) if since < window.ends_at <= now]
    return [window for window in passed if not walks_of_window_in(tx, house_id, window.begins_at)]


def _kept_since_in(tx: Reading, house_id: int) -> datetime:
    """When the first entry of this house was written: a round before that is nothing the station can know of."""
    first = tx.first(select(Entry.recorded_at).where(Entry.house_id == house_id).order_by(col(Entry.id)).limit(1))
    return first or datetime.min.replace(tzinfo=UTC)


def _signed_in_window(tx: Reading, house_id: int, window: Window) -> WalkFacts | None:
    walks = walks_of_window_in(tx, house_id, window.begins_at)
    return walk_facts(walks[-1], tx.get(Person, walks[-1].walker_id).name) if walks else None


def windows_in(
    tx: Reading, house_id: int, now: datetime, night: date | None = None, *, doors: Sequence[Door] | None = None
) -> list[WindowFacts]:
    """How far each window of a night (tonight's) has come; those that passed before the station was set up are left out.

    `doors` where they are read already.

    Doors count as due by how things stand now, but a door that has an answer was due.
    """
    windows = windows_of(night or night_of(now), hours_in(tx, house_id))
    if not windows:
        return []
    doors = doors_in(tx, house_id) if doors is None else doors
    found, since = [], _kept_since_in(tx, house_id)
    for window in windows:
        of_window = walks_of_window_in(tx, house_id, window.begins_at)
        if window.ends_at <= since and not of_window:
            continue
        checks = checks_in(tx, [walk.id for walk in of_window])
        units = tuple(
            (door.code, "done" if door.unit_id in checks else "none" if not_due(door, now) else "open")
            for door in doors
        )
        states = [state for _code, state in units]
        back = [walk.returned_at for walk in of_window if walk.returned_at and walk.walked]
        found.append(
            WindowFacts(
                window, len(states) - states.count("none"), states.count("done"), units, min(back, default=None),
                bool(of_window) and all(walk.signed_at for walk in of_window),
            )
        )  # fmt: skip
    return found


__all__ = [
    "CheckFacts", "DoorLine", "LastSeen", "RoundSheet", "WalkFacts", "WindowFacts", "at_door_in", "check_facts", "checks_in",
    "hours_in", "last_seen_in", "not_walked_in", "outcomes_in", "round_of_in", "sheet_in", "taken_back_in", "unsigned_walks_in",
    "walk_facts", "walk_under_way_in", "windows_in",
]  # fmt: skip

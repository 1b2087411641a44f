"""The windows of a night inside a transaction: which there were, which walks belong to them, and which doors each owed.

What a round owed is asked of how things stood then, not of who lives there now:

- A window is governed by the rules that held when it began; one that passed before the house was kept here was none.
- A round that was walked owed the doors that were due when the walker left; what changes while she is out does not take a
  door away that she passed. A second walk owes what was due at either.
- A round nobody walked owed what was due when its window ended; before that, what is due now.
- A signed round is as it was signed: what was answered, and the doors that have a reason. An answer that is withdrawn
  after that leaves its door open, with the reason it was withdrawn for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby

from sqlalchemy import and_, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from staffbase.journal.items import erased_words
from staffbase.journal.model import Entry, EntryText, Kind
from staffbase.journal.timeline import erased_in
from staffbase.kernel.database import Reading
from staffbase.people.rules import night_of
from staffbase.residents.reading import doors_in
from staffbase.residents.rules import Door, Stood
from staffbase.residents.whereabouts import stood_in
from staffbase.rounds.facts import CheckFacts, WalkFacts, WindowFacts
from staffbase.rounds.model import OpenDoor, RoundCheck, RoundWindow, Walk, WindowRule
from staffbase.rounds.reading import checks_in
from staffbase.rounds.rules import (
    DEFAULT_WINDOWS,
    LATEST_BACK,
    Window,
    WindowHours,
    hasty,
    stands,
    why_none,
    window_of_walk,
    windows_of,
)

_JUST_BEFORE = timedelta(microseconds=1)


@cache
def _rules() -> SelectOfScalar[WindowRule]:
    return select(WindowRule).where(WindowRule.house_id == bindparam("house_id")).order_by(col(WindowRule.id))


@cache
def _first_hours() -> SelectOfScalar[RoundWindow]:
    return select(RoundWindow).where(RoundWindow.house_id == bindparam("house_id")).order_by(col(RoundWindow.id))


def rules_in(tx: Reading, house_id: int) -> list[WindowHours]:
    """All windows the house has or had, with the time for which each held; the usual two until somebody set others."""
    rows = tx.all(_first_hours(), {"house_id": house_id})
    settings = [list(of) for _entry, of in groupby(tx.all(_rules(), {"house_id": house_id}), lambda row: row.entry_id)]
    begins = [of[0].since for of in settings]
    first = [WindowHours(row.begins, row.ends, row.rrule) for row in rows if row.rrule]
    if not rows:
        first = list(DEFAULT_WINDOWS)
    made = [WindowHours(one.begins, one.ends, one.rrule, None, begins[0] if begins else None) for one in first]
    for of, since, until in zip(settings, begins, [*begins[1:], None], strict=False):
        made += [WindowHours(row.begins, row.ends, row.rrule, since, until) for row in of]
    return made


def hours_in(tx: Reading, house_id: int) -> list[WindowHours]:
    """The house's windows as they are set now."""
    return [one for one in rules_in(tx, house_id) if one.until is None]


# -- walks and windows --------------------------------------------------------------------------------------------


@cache
def _of_nights() -> SelectOfScalar[Walk]:
    return (
        select(Walk)
        .where(Walk.house_id == bindparam("house_id"), col(Walk.night).in_(bindparam("nights", expanding=True)))
        .order_by(col(Walk.id))
    )


def _walks_in(tx: Reading, house_id: int, nights: Iterable[date]) -> dict[datetime, list[Walk]]:
    """The walks of these nights by the window they belong to, oldest first."""
    found: dict[datetime, list[Walk]] = {}
    for walk in tx.all(_of_nights(), {"house_id": house_id, "nights": list(nights)}):
        if walk.window_begins is not None:
            found.setdefault(walk.window_begins, []).append(walk)
    return found


def walks_of_window_in(tx: Reading, house_id: int, begins_at: datetime) -> Sequence[Walk]:
    """The walks of the round whose window began then, oldest first."""
    return _walks_in(tx, house_id, [night_of(begins_at)]).get(begins_at, [])


def round_of_in(tx: Reading, house_id: int, walk: Walk | WalkFacts) -> list[Walk]:
    """The walks of the same round, oldest first: a second walk in one window goes on where the first one stopped."""
    if walk.window_begins is None:
        return [tx.get(Walk, walk.id)]
    return list(walks_of_window_in(tx, house_id, walk.window_begins))


def _kept_since_in(tx: Reading, house_id: int) -> datetime:
    """When the first entry of this house was written: a round before that is nothing the station can know of."""
    first = tx.first(select(Entry.recorded_at).where(Entry.house_id == house_id).order_by(col(Entry.id)).limit(1))
    return first or datetime.min.replace(tzinfo=UTC)


# -- what a round owes --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """Which doors a round owes, and how things stood when that was asked."""

    at: datetime
    stood: Mapping[int, Stood]
    """By unit; who is not in it did not live there."""
    units: frozenset[int]
    reasons: Mapping[int, str]
    """Why a door stayed open: it was signed so, or its answer was withdrawn."""

    def why_none(self, unit_id: int) -> str | None:
        """Why no check is owed at this door, in words; None when one is."""
        return None if unit_id in self.units else why_none(self.stood.get(unit_id), self.at) or ""


@cache
def _open_doors() -> SelectOfScalar[OpenDoor]:
    return select(OpenDoor).where(col(OpenDoor.walk_id).in_(bindparam("walk_ids", expanding=True)))


@cache
def _withdrawn() -> Select[int, int, str | None]:
    gone = aliased(Entry)
    return (
        select(RoundCheck.unit_id, gone.id, EntryText.text)
        .join(gone, and_(col(gone.amends_id) == col(RoundCheck.id), col(gone.kind) == Kind.WITHDRAWN))
        .join(EntryText, col(EntryText.id) == col(gone.id), isouter=True)
        .where(col(RoundCheck.walk_id).in_(bindparam("walk_ids", expanding=True)))
        .order_by(col(gone.id))
    )


def _reasons_in(tx: Reading, walks: Sequence[Walk], *, signed: bool) -> dict[int, str]:
    """Why doors of these walks stay open, by unit: as the round was signed, and where an answer was withdrawn since."""
    if not walks:
        return {}
    asked = {"walk_ids": [walk.id for walk in walks]}
    withdrawn = tx.all(_withdrawn(), asked) if signed else []
    bare = [entry_id for _unit, entry_id, reason in withdrawn if reason is None]
    erased = erased_in(tx, bare) if bare else {}
    taken = {
        unit_id: erased_words(erased[entry_id]) if entry_id in erased else reason or ""
        for unit_id, entry_id, reason in withdrawn
    }
    return {**taken, **{row.unit_id: row.reason for row in tx.all(_open_doors(), asked)}}


def owed_in(
    tx: Reading, house_id: int, window: Window | None, walks: Sequence[Walk], now: datetime, doors: Sequence[Door]
) -> Owed:
    """What the round of these walks owes, or that of a window nobody walked; `doors` as they stand now."""
    signed = bool(walks) and all(walk.signed_at for walk in walks)
    reasons = _reasons_in(tx, walks, signed=signed)
    walked = [walk for walk in walks if walk.walked]
    if walked:
        moments = [walk.left_at for walk in walked]
    elif window is not None and window.ends_at <= now:
        moments = [window.ends_at - _JUST_BEFORE]
    else:
        stood = {door.unit_id: one for door in doors if (one := stands(door)) is not None}
        return Owed(now, stood, _due(stood, now) | reasons.keys(), reasons)
    units: set[int] = set(reasons)
    stood = {}
    for at in moments[-1:] if signed else moments:
        stood = stood_in(tx, house_id, at)
        if not signed:
            units |= _due(stood, at)
    return Owed(moments[-1], stood, frozenset(units), reasons)


def _due(stood: Mapping[int, Stood], at: datetime) -> frozenset[int]:
    return frozenset(unit_id for unit_id, one in stood.items() if why_none(one, at) is None)


# -- how far windows have come ------------------------------------------------------------------------------------


def windows_in(
    tx: Reading, house_id: int, now: datetime, night: date | None = None, *, doors: Sequence[Door] | None = None
) -> list[WindowFacts]:
    """How far each window of a night (tonight's) has come; those that passed before the station was set up are left out.

    `doors` where they are read already.
    """
    night = night or night_of(now)
    windows = windows_of(night, rules_in(tx, house_id))
    if not windows:
        return []
    doors = doors_in(tx, house_id) if doors is None else doors
    walks, since = _walks_in(tx, house_id, [night]), _kept_since_in(tx, house_id)
    standing = [window for window in windows if window.ends_at > since or window.begins_at in walks]
    return [_facts(tx, house_id, window, walks.get(window.begins_at, []), now, doors) for window in standing]


def _facts(
    tx: Reading, house_id: int, window: Window, walks: Sequence[Walk], now: datetime, doors: Sequence[Door]
) -> WindowFacts:
    checks = checks_in(tx, [walk.id for walk in walks])
    owed = owed_in(tx, house_id, window, walks, now, doors)
    units = tuple(
        (door.code, "done" if door.unit_id in checks else "open" if door.unit_id in owed.units else "none")
        for door in doors
    )
    states = [state for _code, state in units]
    spans = spans_of(walks)
    took = [ends - begins for begins, ends in spans if hasty(answered_during(checks, begins), ends - begins)]
    return WindowFacts(
        window, len(states) - states.count("none"), states.count("done"), units,
        min((ends for _begins, ends in spans), default=None), bool(walks) and all(walk.signed_at for walk in walks),
        min(took, default=None),
    )  # fmt: skip


def spans_of(walks: Iterable[Walk]) -> list[tuple[datetime, datetime]]:
    """From when to when each of these walks was walked, of those that are over."""
    return [(walk.left_at, walk.returned_at) for walk in walks if walk.walked and walk.returned_at is not None]


def answered_during(checks: Mapping[int, CheckFacts], left_at: datetime) -> int:
    """How many of these answers are from the walk that began then."""
    return sum(check.at_from == left_at for check in checks.values())


def is_done_in(tx: Reading, house_id: int, window: Window, now: datetime) -> bool:
    """Whether the round of this window was walked and is signed, or has all its answers.

    A walk after that is a round of its own: put to the done one, its signature would say that its doors were seen on it.
    """
    walks = walks_of_window_in(tx, house_id, window.begins_at)
    if not any(walk.walked for walk in walks):
        return False
    if all(walk.signed_at for walk in walks):
        return True
    answered = checks_in(tx, [walk.id for walk in walks])
    return owed_in(tx, house_id, window, walks, now, doors_in(tx, house_id)).units <= answered.keys()


def window_to_walk_in(tx: Reading, house_id: int, left_at: datetime, hours: Sequence[WindowHours]) -> Window | None:
    """The window a walk goes on with; None for one by day, and for one after its round was done: an extra round."""
    window = window_of_walk(left_at, hours)
    return None if window is None or is_done_in(tx, house_id, window, left_at) else window


def _passed_in(
    tx: Reading, house_id: int, now: datetime, rules: Sequence[WindowHours], *, tonight: bool
) -> list[tuple[Window, list[Walk]]]:
    """The windows of the last nights that are over and not signed, with their walks: as far back as one can be entered."""
    first, last = night_of(now - LATEST_BACK), night_of(now)
    nights = [first + timedelta(days=days) for days in range((last - first).days + tonight)]
    walks, since = _walks_in(tx, house_id, nights), _kept_since_in(tx, house_id)
    found = [
        (window, walks.get(window.begins_at, []))
        for night in nights
        for window in windows_of(night, rules)
        if since < window.ends_at <= now
    ]
    return [(window, of) for window, of in found if not of or not all(walk.signed_at for walk in of)]


def open_rounds_in(tx: Reading, house_id: int, now: datetime, *, doors: Sequence[Door]) -> list[WindowFacts]:
    """The windows of earlier nights that passed with open doors and that nobody has signed with the reasons, oldest first."""
    passed = _passed_in(tx, house_id, now, rules_in(tx, house_id), tonight=False)
    found = (_facts(tx, house_id, window, walks, now, doors) for window, walks in passed)
    return [one for one in found if one.missed(now)]


def not_walked_in(
    tx: Reading, house_id: int, now: datetime, doors: Sequence[Door], rules: Sequence[WindowHours]
) -> list[Window]:
    """The windows of this and the last nights that passed owing a check, and nobody walked or said why; oldest first."""
    passed = [window for window, walks in _passed_in(tx, house_id, now, rules, tonight=True) if not walks]
    return [window for window in passed if owed_in(tx, house_id, window, [], now, doors).units]

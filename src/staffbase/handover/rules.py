"""What a reading covers, in which order it is read, what a report proposes, and who may close a concern.

Pure: no database, no clock. The shape is that of I-PASS (how ill, summary, what to do, what if, said back by the
receiver; Starmer 2014, domain.md section 4); a concern that cannot be closed by one shift alone is CUS.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from staffbase.incidents.rules import IncidentFacts, is_crisis
from staffbase.journal.model import Importance, Kind
from staffbase.people.model import ShiftName
from staffbase.people.rules import ShiftHours, ShiftSpan, shift_at
from staffbase.residents.model import Status

FULL_TEXT = timedelta(hours=72)
"""How far back everything important is read in full."""
AT_MOST = timedelta(days=60)
"""How far back anything is read at all."""
FIRST_SHIFT = timedelta(days=7)
"""How far back somebody reads who has never been on duty here."""
MAY_WAIT = timedelta(minutes=30)
"""How long after somebody came on their reading may wait before the board says so."""

LASTING = frozenset({Kind.STATUS, Kind.DANGER, Kind.AGREEMENT, Kind.ROUND_AGREEMENT, Kind.STAY, Kind.PLAN})
"""What still matters after 72 hours: status, dangers, agreements (a crisis plan is one), and who lives here."""
_TOLD_ELSEWHERE = frozenset(
    {Kind.REPORT, Kind.QUESTION, Kind.ANSWER, Kind.SAID_BACK, Kind.READING, Kind.INCIDENT, Kind.INCIDENT_STEP}
)
"""These stand in the reading under what they are about, never as items of their own."""

_MARGIN = timedelta(minutes=1)
TEXT_LINES = 2
"""The lines a report has for a resident; what needs more is a note."""
_RANK = {Status.CALM: 0, Status.WATCH: 1, Status.UNSTABLE: 2}


@dataclass(frozen=True)
class Coverage:
    """From when a reading reaches, and from when it is in full."""

    since: datetime
    full_since: datetime
    first_shift: bool = False


def coverage(now: datetime, last_duty_ended: datetime | None) -> Coverage:
    """What somebody reads whose own last duty ended then; None for a first shift."""
    since = now - FIRST_SHIFT if last_duty_ended is None else min(now, max(last_duty_ended, now - AT_MOST))
    return Coverage(since, max(since, now - FULL_TEXT), last_duty_ended is None)


def is_news(kind: Kind, importance: Importance, recorded_at: datetime, covers: Coverage) -> bool:
    """Whether an entry stands in the reading as an item of its own."""
    if recorded_at < covers.since or kind in _TOLD_ELSEWHERE:
        return False
    if kind is Kind.CONCERN or importance is Importance.URGENT:
        return True
    if recorded_at < covers.full_since:
        return kind in LASTING and (kind is not Kind.STATUS or importance is not Importance.ROUTINE)
    return importance is Importance.HANDOVER


class Section(StrEnum):
    """Where a resident stands in a reading."""

    UNSTABLE = "unstable"
    CHANGED = "changed"
    QUIET = "quiet"


def section_of(status: Status, *, news: bool) -> Section:
    """Unstable first whether anything was written or not; then those about whom there is something to read."""
    if status is Status.UNSTABLE:
        return Section.UNSTABLE
    return Section.CHANGED if news or status is Status.WATCH else Section.QUIET


def in_reading_order(residents: Sequence[int], sections: Mapping[int, Section]) -> dict[Section, list[int]]:
    """Every resident exactly once, in walking order within each section."""
    return {section: [one for one in residents if sections[one] is section] for section in Section}


def worse(*statuses: Status | None) -> Status:
    """The worst of them; calm when there is none."""
    return max((status for status in statuses if status is not None), key=_RANK.__getitem__, default=Status.CALM)


def proposed_status(last: Status, incidents: Iterable[IncidentFacts]) -> Status:
    """The last status, raised by what happened: to unstable by what runs or was a crisis, else at least to watch.

    Nothing lowers it: that a resident is calm again is for a person to say.
    """
    raised = [
        Status.UNSTABLE
        if one.running or is_crisis(one.kind, [step.step for step in one.steps if step.step and not step.taken_back])
        else Status.WATCH
        for one in incidents
    ]
    return worse(last, *raised)


def must_choose(last: Status, *, important: bool, chosen: Status | None) -> bool:
    """Whether the report waits for somebody to say how this resident is.

    Calm goes without saying only where it was calm before and nothing important was recorded.
    """
    return chosen is None and (important or last is not Status.CALM)


def signable_from(span: ShiftSpan) -> datetime:
    """A report can be signed from the middle of its shift: one key too early must not close it."""
    return span.begins_at + (span.ends_at - span.begins_at) / 2


def beside(span: ShiftSpan, now: datetime, shift_times: Sequence[ShiftHours], *, later: bool) -> ShiftSpan:
    """The shift before or after; the same one where the next has not begun."""
    moment = span.ends_at + _MARGIN if later else span.begins_at - _MARGIN
    found = shift_at(moment, shift_times)
    return found if found.begins_at <= now else span


def own_shift(
    observed: datetime, spans: Iterable[tuple[ShiftName, date, datetime, datetime]], shift_times: Sequence[ShiftHours]
) -> tuple[ShiftName, date]:
    """Which shift's report an entry belongs to: the one its author was on when it was observed, the earlier in an overlap.

    Where the author was on none, the shift the moment belongs to. So each entry belongs to exactly one.
    """
    on = [(begins, name, day) for name, day, begins, ends in spans if begins <= observed < ends]
    if on:
        _begins, name, day = min(on)
        return name, day
    span = shift_at(observed, shift_times)
    return span.name, span.date


def may_close(author_id: int, closer_id: int, raised_by_shift: Collection[int]) -> bool:
    """A concern is closed by somebody who neither raised it nor was on duty on the shift that did."""
    return closer_id != author_id and closer_id not in raised_by_shift


def reading_waits(came_on: datetime, now: datetime, *, accepted: bool) -> bool:
    """Whether somebody should have taken the handover over by now; it counts from when they came on, never before the shift."""
    return not accepted and now >= came_on + MAY_WAIT

"""Everything a reading is made of, each thing once: what the count of the unread needs, and no more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from staffbase.handover.facts import QuestionFacts, ReadingItem
from staffbase.handover.model import ReadingAccepted
from staffbase.handover.open_doors import under_their_round
from staffbase.handover.reported import report_items_in, told_by_reports_in, unsigned_in
from staffbase.handover.rules import Coverage, coverage, is_news
from staffbase.handover.sources import (
    concerns_in,
    happened_in,
    incident_item,
    item_of,
    questions_in,
    told_by_incidents_in,
)  # fmt: skip
from staffbase.incidents.service import IncidentFacts
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import NOTE_KINDS, Entry, Importance, Kind
from staffbase.journal.service import items_by_id, items_in
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Reading
from staffbase.people.reach import reach_in
from staffbase.people.rules import ShiftSpan, shift_at, shift_on
from staffbase.people.service import last_duty_before_in, names_in, on_duty_in, shift_times_in
from staffbase.residents.reading import labels_in

_BROUGHT_UP_AGAIN = (Kind.CORRECTION, Kind.TIME_CORRECTION, Kind.WRONG_RESIDENT, Kind.WITHDRAWN)
"""What makes an older entry worth reading again."""


@dataclass(frozen=True)
class Accepted:
    """When somebody accepted the handover of a shift last, and up to which entry."""

    at: datetime
    covered_to: int


@dataclass(frozen=True)
class Gathered:
    """What there is to read."""

    span: ShiftSpan
    covers: Coverage
    names: dict[int, str]
    items: tuple[ReadingItem, ...]
    """The worst and newest first."""
    questions: tuple[QuestionFacts, ...]
    concerns: tuple[ReadingItem, ...]
    happened: tuple[IncidentFacts, ...]
    unsigned: tuple[str, ...]
    accepted: Accepted | None
    unread: int
    closed: bool
    """Nothing of what was written: a substitute reads it once on duty."""


def reading_span_in(tx: Reading, house_id: int, person_id: int, now: datetime) -> ShiftSpan:
    """Which shift somebody reads for: the one they are on that began last, else the present one."""
    times = shift_times_in(tx, house_id)
    for duty in reversed(on_duty_in(tx, house_id, now)):
        if duty.person_id == person_id:
            return shift_on(duty.shift_date, duty.shift, times)
    return shift_at(now, times)


def accepted_in(tx: Reading, house_id: int, span: ShiftSpan) -> dict[int, Accepted]:
    """Each person's newest acceptance in a shift, by person."""
    rows = tx.all(
        select(ReadingAccepted, Entry)
        .join(Entry, col(Entry.id) == col(ReadingAccepted.id))
        .where(
            ReadingAccepted.house_id == house_id,
            ReadingAccepted.shift == span.name,
            ReadingAccepted.shift_date == span.date,
        )
        .order_by(col(ReadingAccepted.id))
    )
    return {row.person_id: Accepted(entry.recorded_at, row.covered_to) for row, entry in rows}


def gather_in(tx: Reading, house_id: int, actor: Actor, now: datetime) -> Gathered:
    """Everything since somebody's own last duty, as they read it now."""
    names = names_in(tx)
    span = reading_span_in(tx, house_id, actor.person_id, now)
    last = last_duty_before_in(tx, actor.person_id, now)
    closed = _closed(tx, house_id, actor, now)
    covers = coverage(now, now) if closed else coverage(now, last.ends_at if last else None)
    accepted = accepted_in(tx, house_id, span).get(actor.person_id)
    seen = accepted.covered_to if accepted else 0
    happened = happened_in(tx, house_id, covers.since)
    found = _entries(tx, house_id, covers)
    told = told_by_incidents_in(tx, happened, found) | told_by_reports_in(tx, found)
    questions = questions_in(tx, house_id, names, covers.full_since, actor.person_id)
    concerns = concerns_in(tx, house_id, names, covers.since)
    drafts, unsigned = unsigned_in(tx, house_id, span, covers, now, names)
    items = [
        *(_brief(incident_item(one), covers) for one in happened),
        *concerns,
        *report_items_in(tx, house_id, covers, names),
        *drafts,
        *(
            item_of(one, names, brief_before=covers.full_since)
            for one in found
            if one.entry_id not in told and one.author_id != actor.person_id and one.kind is not Kind.CONCERN
        ),
    ]
    if any(item.kind is Kind.ROUND and item.resident_id is not None for item in items):
        units = {key: code for key, (code, _alias) in labels_in(tx, house_id).items()}
        items = under_their_round(items, units)
    asked = _by_item(questions)
    items = [
        replace(
            item,
            questions=tuple(asked.get(item.entry_id, ())),
            news=item.newest > seen and item.by_id != actor.person_id,
        )
        for item in sorted(items, key=_worst_and_newest_first)
    ]
    for_me = [one for one in questions if one.for_me and one.entry_id > seen]
    answered = [
        one for one in questions if one.by_id == actor.person_id and any(reply.entry_id > seen for reply in one.answers)
    ]
    return Gathered(
        span, covers, names, tuple(items), tuple(questions), tuple(concerns), tuple(happened), tuple(unsigned), accepted,
        sum(item.news for item in items) + len(for_me) + len(answered), closed,
    )  # fmt: skip


def _closed(tx: Reading, house_id: int, actor: Actor, now: datetime) -> bool:
    """A reading is for the shift one takes over: who reads their own shifts only, and is on none, takes none over."""
    reach = reach_in(tx, house_id, actor, now)
    if reach is None or reach.holds_moment(now):
        return False
    return all(duty.person_id != actor.person_id for duty in on_duty_in(tx, house_id, now))


def _entries(tx: Reading, house_id: int, covers: Coverage) -> list[TimelineItem]:
    """The entries that are news: written since then, or mended since then."""
    full = items_in(tx, house_id, importance=(Importance.HANDOVER, Importance.URGENT), recorded_since=covers.since)
    lasting = [item for item in _long_before(tx, house_id, covers) if item.importance is Importance.ROUTINE]
    news = [
        item
        for item in (*full, *lasting)
        if not item.moved and not item.withdrawn and is_news(item.kind, item.importance, item.recorded_at, covers)
    ]
    mended = tx.all(
        select(Entry.amends_id).where(
            Entry.house_id == house_id,
            col(Entry.kind).in_(_BROUGHT_UP_AGAIN),
            col(Entry.importance) != Importance.ROUTINE,
            Entry.recorded_at >= covers.since,
        )
    )
    known = {item.entry_id for item in (*full, *lasting)}
    again = items_by_id(tx, [key for key in mended if key is not None and key not in known])
    brought_up = {
        item.entry_id: item
        for item in again.values()
        if item.entry_id not in known and item.kind in (*NOTE_KINDS, Kind.CHECK)
    }
    return [*news, *brought_up.values()]


def _long_before(tx: Reading, house_id: int, covers: Coverage) -> Sequence[TimelineItem]:
    """What lasts and was not marked important, where the reading reaches back further than its full text."""
    if covers.since >= covers.full_since:
        return ()
    return items_in(
        tx, house_id, kinds=(Kind.AGREEMENT, Kind.STAY, Kind.PLAN), recorded_since=covers.since,
        recorded_until=covers.full_since,
    )  # fmt: skip


def _worst_and_newest_first(item: ReadingItem) -> tuple[bool, bool, float, int]:
    """What runs, then what was urgent, then the rest; the newest first in each."""
    return not item.running, item.importance is not Importance.URGENT, -item.at.timestamp(), -item.entry_id


def _brief(item: ReadingItem, covers: Coverage) -> ReadingItem:
    """Older than what is read in full: in short, unless it still runs."""
    return replace(item, brief=item.recorded_at < covers.full_since and not item.running)


def _by_item(questions: Iterable[QuestionFacts]) -> dict[int, list[QuestionFacts]]:
    asked: dict[int, list[QuestionFacts]] = {}
    for one in questions:
        asked.setdefault(one.about_id, []).append(one)
    return asked

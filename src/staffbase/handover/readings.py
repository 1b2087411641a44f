"""One person's reading, made inside a transaction: everything since their own last duty, each thing once, in order."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from staffbase.handover.facts import Counts, Huddle, MyReading, QuestionFacts, Reader, ReadingItem, ResidentReading
from staffbase.handover.model import ReadingAccepted, ReadingOpened, SaidBack
from staffbase.handover.reported import report_items_in, signed_words_in, told_by_reports_in, unsigned_in
from staffbase.handover.rules import (
    Coverage,
    Section,
    coverage,
    in_reading_order,
    is_news,
    proposed_status,
    reading_waits,
    section_of,
    worse,
)
from staffbase.handover.sources import (
    concerns_in,
    counts_in,
    happened_in,
    incident_item,
    item_of,
    missed_rounds_in,
    questions_in,
    told_by_incidents_in,
)  # fmt: skip
from staffbase.incidents.service import IncidentFacts
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Entry, EntryText, Importance, Kind
from staffbase.journal.service import items_by_id, items_in
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Reading
from staffbase.people.duty import COUNTED
from staffbase.people.rules import ShiftSpan, shift_at, shift_on
from staffbase.people.service import last_duty_before_in, names_in, on_duty_in, shift_times_in
from staffbase.residents.model import ResidentStatus
from staffbase.residents.reading import facts_in
from staffbase.tasks.service import tasks_in

_BROUGHT_UP_AGAIN = (Kind.CORRECTION, Kind.TIME_CORRECTION, Kind.WRONG_RESIDENT, Kind.WITHDRAWN)
"""What makes an older entry worth reading again."""


def reading_span_in(tx: Reading, house_id: int, person_id: int, now: datetime) -> ShiftSpan:
    """Which shift somebody reads for: the one they are on that began last, else the present one."""
    times = shift_times_in(tx, house_id)
    for duty in reversed(on_duty_in(tx, house_id, now)):
        if duty.person_id == person_id:
            return shift_on(duty.shift_date, duty.shift, times)
    return shift_at(now, times)


def accepted_in(
    tx: Reading, house_id: int, span: ShiftSpan, person_id: int | None = None
) -> dict[int, ReadingAccepted]:
    """Each person's newest acceptance in a shift."""
    wanted = select(ReadingAccepted).where(
        ReadingAccepted.house_id == house_id,
        ReadingAccepted.shift == span.name,
        ReadingAccepted.shift_date == span.date,
    )
    if person_id is not None:
        wanted = wanted.where(ReadingAccepted.person_id == person_id)
    return {row.person_id: row for row in tx.all(wanted.order_by(col(ReadingAccepted.id)))}


def reading_in(tx: Reading, house_id: int, actor: Actor, now: datetime) -> MyReading:
    """All that somebody reads when coming on now."""
    names = names_in(tx)
    span = reading_span_in(tx, house_id, actor.person_id, now)
    last = last_duty_before_in(tx, actor.person_id, now)
    covers = coverage(now, last.ends_at if last else None)
    accepted = accepted_in(tx, house_id, span, actor.person_id).get(actor.person_id)
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
    asked = _by_item(questions)
    items = [
        replace(
            item,
            questions=tuple(asked.get(item.entry_id, ())),
            news=item.newest > seen and item.by_id != actor.person_id,
        )
        for item in sorted(items, key=_worst_and_newest_first)
    ]
    shown = {item.entry_id for item in items}
    loose = [one for one in questions if one.about_id not in shown and (one.open or one.by_id == actor.person_id)]
    residents = _residents(tx, house_id, actor, span, covers, items, loose, happened)
    tasks = tasks_in(tx, house_id)
    by_resident = tuple(
        replace(one, tasks=tuple(task for task in tasks if task.resident_id == one.resident_id)) for one in residents
    )
    answered = [
        one for one in questions if one.by_id == actor.person_id and any(reply.entry_id > seen for reply in one.answers)
    ]
    for_me = [one for one in questions if one.for_me]
    return MyReading(
        span=span, covers=covers, residents=by_resident,
        house=tuple(item for item in items if item.resident_id is None),
        house_questions=tuple(one for one in loose if one.resident_id is None),
        house_tasks=tuple(task for task in tasks if task.resident_id is None),
        missed_rounds=tuple(missed_rounds_in(tx, house_id, now, covers.full_since)), unsigned=tuple(unsigned),
        signed=tuple(signed_words_in(tx, house_id, covers, names, now)),
        not_in_epj=tuple(_not_in_epj(tx, house_id, covers, names)),
        huddle=Huddle(
            tuple(one.unit_code for one in by_resident if one.section is Section.UNSTABLE),
            tuple(one for one in questions if one.open), tuple(one for one in concerns if one.running),
        ),
        readers=tuple(readers_in(tx, house_id, now)), covered_to=_newest(tx, house_id),
        accepted_at=_recorded(tx, accepted.id) if accepted else None,
        unread=sum(item.news for item in items) + len(for_me) + len(answered),
    )  # fmt: skip


def _entries(tx: Reading, house_id: int, covers: Coverage) -> list[TimelineItem]:
    """The entries that are news: written since then, or mended since then."""
    full = items_in(tx, house_id, importance=(Importance.HANDOVER, Importance.URGENT), recorded_since=covers.since)
    lasting = [
        item
        for item in items_in(tx, house_id, kinds=(Kind.AGREEMENT, Kind.STAY, Kind.PLAN), recorded_since=covers.since)
        if item.importance is Importance.ROUTINE and item.recorded_at < covers.full_since
    ]
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
    return [*news, *{item.entry_id: item for item in again.values() if item.entry_id not in known}.values()]


def _residents(
    tx: Reading, house_id: int, actor: Actor, span: ShiftSpan, covers: Coverage, items: Sequence[ReadingItem],
    loose: Sequence[QuestionFacts], happened: Sequence[IncidentFacts],
) -> list[ResidentReading]:  # fmt: skip
    facts = facts_in(tx, house_id)
    counts = counts_in(tx, house_id, covers.full_since)
    said = said_back_in(tx, house_id, span, actor.person_id)
    given: dict[int, int] = dict(
        tx.all(
            select(ResidentStatus.resident_id, ResidentStatus.id)
            .where(col(ResidentStatus.resident_id).in_(list(facts)))
            .order_by(col(ResidentStatus.id))
        )
    )
    statuses, mine = {}, {}
    for key, one in facts.items():
        mine[key] = [item for item in items if item.resident_id == key]
        since = [each for each in happened if each.resident_id == key and each.id > given.get(key, 0)]
        proposed = [item.status for item in mine[key] if item.unsigned]
        statuses[key] = worse(proposed_status(one.status, since), *proposed)
    sections = {key: section_of(statuses[key], news=bool(mine[key])) for key in facts}
    return [
        ResidentReading(
            resident_id=key, unit_code=facts[key].unit_code, alias=facts[key].alias, status=statuses[key],
            section=section, presence=facts[key].presence, presence_until=facts[key].presence_until,
            counts=counts.get(key, Counts()), items=tuple(mine[key]),
            questions=tuple(one for one in loose if one.resident_id == key), said_back=said.get(key, ""),
        )
        for section, keys in in_reading_order(list(facts), sections).items()
        for key in keys
    ]  # fmt: skip


def unstable_in(tx: Reading, house_id: int, actor: Actor, now: datetime) -> list[ResidentReading]:
    """Those about whom the reader owes a line in own words, and has not said it."""
    return [one for one in reading_in(tx, house_id, actor, now).residents if one.must_say_back]


def said_back_in(tx: Reading, house_id: int, span: ShiftSpan, person_id: int) -> dict[int, str]:
    """What somebody has said back in a shift, by resident."""
    rows = tx.all(
        select(SaidBack.resident_id, EntryText.text)
        .join(EntryText, col(EntryText.id) == SaidBack.id)
        .where(
            SaidBack.house_id == house_id,
            SaidBack.shift_date == span.date,
            SaidBack.shift == span.name,
            SaidBack.person_id == person_id,
        )
        .order_by(col(SaidBack.id))
    )
    return {row[0]: row[1] for row in rows}


def readers_in(tx: Reading, house_id: int, now: datetime) -> list[Reader]:
    """Everybody on duty who should read, and how far they have come."""
    made = []
    times = shift_times_in(tx, house_id)
    for duty in on_duty_in(tx, house_id, now):
        if duty.role not in COUNTED:
            continue
        span = shift_on(duty.shift_date, duty.shift, times)
        accepted = accepted_in(tx, house_id, span, duty.person_id).get(duty.person_id)
        opened = tx.first(
            select(ReadingOpened.opened_at).where(
                ReadingOpened.house_id == house_id,
                ReadingOpened.person_id == duty.person_id,
                ReadingOpened.shift == duty.shift,
                ReadingOpened.shift_date == duty.shift_date,
            )
        )
        made.append(
            Reader(
                duty.person_id, duty.name, opened, _recorded(tx, accepted.id) if accepted else None,
                reading_waits(duty.begins_at, now, accepted=accepted is not None),
            )
        )  # fmt: skip
    return made


def _not_in_epj(tx: Reading, house_id: int, covers: Coverage, names: dict[int, str]) -> Iterable[ReadingItem]:
    for item in reversed(items_in(tx, house_id, recorded_since=covers.full_since)):
        if item.epj and not item.epj_done and not item.moved and not item.withdrawn:
            yield item_of(item, names)


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


def _newest(tx: Reading, house_id: int) -> int:
    found = tx.first(select(Entry.id).where(Entry.house_id == house_id).order_by(col(Entry.id).desc()).limit(1))
    return found or 0


def _recorded(tx: Reading, entry_id: int) -> datetime:
    return tx.get(Entry, entry_id).recorded_at

"""One person's reading, made inside a transaction: everything since their own last duty, each thing once, in order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from staffbase.handover.counted import counts_in
from staffbase.handover.facts import Counts, Huddle, MyReading, QuestionFacts, Reader, ReadingItem, ResidentReading
from staffbase.handover.gathered import Gathered, accepted_in, gather_in
from staffbase.handover.model import ReadingOpened, SaidBack
from staffbase.handover.reported import signed_words_in
from staffbase.handover.rules import (
    Coverage,
    Section,
    in_reading_order,
    proposed_status,
    reading_waits,
    section_of,
    worse,
)
from staffbase.handover.sources import item_of, missed_rounds_in
from staffbase.journal.items import erased_words
from staffbase.journal.model import Entry, EntryText, Kind
from staffbase.journal.service import items_by_id
from staffbase.journal.timeline import erased_in
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Reading
from staffbase.people.duty import COUNTED, came_on_in
from staffbase.people.model import ShiftName
from staffbase.people.rules import ShiftSpan, shift_on
from staffbase.people.service import on_duty_in, shift_times_in
from staffbase.residents.model import ResidentStatus
from staffbase.residents.reading import doors_in
from staffbase.residents.rules import ResidentFacts
from staffbase.tasks.service import tasks_in


def reading_in(tx: Reading, house_id: int, actor: Actor, now: datetime) -> MyReading:
    """All that somebody reads when coming on now."""
    found = gather_in(tx, house_id, actor, now)
    covers, items, questions = found.covers, found.items, found.questions
    shown = {item.entry_id for item in items}
    loose = [one for one in questions if one.about_id not in shown and (one.open or one.by_id == actor.person_id)]
    tasks = tasks_in(tx, house_id)
    doors = doors_in(tx, house_id)
    facts = {door.resident.id: door.resident for door in doors if door.resident is not None}
    residents = tuple(
        replace(one, tasks=tuple(task for task in tasks if task.resident_id == one.resident_id))
        for one in _residents(tx, house_id, actor, found, loose, facts)
    )
    return MyReading(
        span=found.span, covers=covers, residents=residents,
        house=tuple(item for item in items if item.resident_id is None),
        house_questions=tuple(one for one in loose if one.resident_id is None),
        house_tasks=tuple(task for task in tasks if task.resident_id is None),
        missed_rounds=tuple(missed_rounds_in(tx, house_id, now, covers.full_since, doors)), unsigned=found.unsigned,
        signed=tuple(signed_words_in(tx, house_id, covers, found.names, now)),
        not_in_epj=tuple(_not_in_epj(tx, house_id, covers, found.names)),
        huddle=Huddle(
            tuple(one.unit_code for one in residents if one.section is Section.UNSTABLE),
            tuple(one for one in questions if one.open), tuple(one for one in found.concerns if one.running),
        ),
        readers=tuple(readers_in(tx, house_id, now)), covered_to=_newest(tx, house_id),
        accepted_at=found.accepted.at if found.accepted else None, unread=found.unread, closed=found.closed,
    )  # fmt: skip


def _residents(
    tx: Reading,
    house_id: int,
    actor: Actor,
    found: Gathered,
    loose: Sequence[QuestionFacts],
    facts: Mapping[int, ResidentFacts],
) -> list[ResidentReading]:
    counts = counts_in(tx, house_id, found.covers.full_since)
    said = said_back_in(tx, house_id, found.span, actor.person_id)
    given: dict[int, int] = dict(
        tx.all(
            select(ResidentStatus.resident_id, ResidentStatus.id)
            .where(col(ResidentStatus.resident_id).in_(list(facts)))
            .order_by(col(ResidentStatus.id))
        )
    )
    statuses, mine = {}, {}
    for key, one in facts.items():
        mine[key] = [item for item in found.items if item.resident_id == key]
        since = [each for each in found.happened if each.resident_id == key and each.id > given.get(key, 0)]
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


def said_back_in(tx: Reading, house_id: int, span: ShiftSpan, person_id: int) -> dict[int, str]:
    """What somebody has said back in a shift, by resident."""
    rows = tx.all(
        select(SaidBack.resident_id, EntryText.text, SaidBack.id)
        .join(EntryText, col(EntryText.id) == SaidBack.id, isouter=True)
        .where(
            SaidBack.house_id == house_id,
            SaidBack.shift_date == span.date,
            SaidBack.shift == span.name,
            SaidBack.person_id == person_id,
        )
        .order_by(col(SaidBack.id))
    )
    erased = erased_in(tx, [row[2] for row in rows if row[1] is None])
    gone = {key: erased_words(at) for key, at in erased.items()}
    return {row[0]: row[1] if row[1] is not None else gone.get(row[2], "") for row in rows}


def readers_in(tx: Reading, house_id: int, now: datetime) -> list[Reader]:
    """Everybody on duty who should read, and how far they have come."""
    times = shift_times_in(tx, house_id)
    made = []
    known: dict[ShiftName, tuple[dict[int, datetime], dict[int, datetime]]] = {}
    for duty in on_duty_in(tx, house_id, now):
        if duty.role not in COUNTED:
            continue
        span = shift_on(duty.shift_date, duty.shift, times)
        if duty.shift not in known:
            known[duty.shift] = (
                _opened_in(tx, house_id, span),
                {key: one.at for key, one in accepted_in(tx, house_id, span).items()},
            )
        opened, accepted = known[duty.shift]
        at = accepted.get(duty.person_id)
        late = at is None and reading_waits(max(span.begins_at, came_on_in(tx, house_id, duty)), now, accepted=False)
        made.append(Reader(duty.person_id, duty.name, opened.get(duty.person_id), at, late))
    return made


def _opened_in(tx: Reading, house_id: int, span: ShiftSpan) -> dict[int, datetime]:
    rows = tx.all(
        select(ReadingOpened).where(
            ReadingOpened.house_id == house_id,
            ReadingOpened.shift == span.name,
            ReadingOpened.shift_date == span.date,
        )
    )
    return {row.person_id: row.opened_at for row in rows}


def _not_in_epj(tx: Reading, house_id: int, covers: Coverage, names: dict[int, str]) -> Iterator[ReadingItem]:
    """What should stand in the EPJ, of the days that are read in full, and does not yet."""
    marked = tx.all(
        select(Entry).where(
            Entry.house_id == house_id,
            Entry.recorded_at >= covers.full_since,
            (col(Entry.epj).is_(True)) | (Entry.kind == Kind.EPJ_NEEDED),
        )
    )
    items = items_by_id(
        tx, [one.amends_id if one.kind is Kind.EPJ_NEEDED and one.amends_id else one.id for one in marked]
    )
    for item in {one.entry_id: one for one in items.values()}.values():
        if item.epj and not item.epj_done and not item.withdrawn:
            yield item_of(item, names)


def _newest(tx: Reading, house_id: int) -> int:
    found = tx.first(select(Entry.id).where(Entry.house_id == house_id).order_by(col(Entry.id).desc()).limit(1))
    return found or 0

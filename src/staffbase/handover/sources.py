"""What readings and reports are made of, read inside a transaction: each thing once, with a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from staffbase.handover.facts import AnswerFacts, MomentLine, QuestionFacts, ReadingItem
from staffbase.handover.model import Concern, ConcernClosed
from staffbase.incidents.model import Incident, IncidentConclusion, IncidentStep
from staffbase.incidents.service import IncidentFacts, incidents_in
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Entry, Importance, Kind, Source
from staffbase.journal.service import items_by_id
from staffbase.kernel.database import Reading
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_day, show_span
from staffbase.people.rules import night_of
from staffbase.residents.reading import doors_in
from staffbase.residents.rules import Door
from staffbase.rounds.model import RoundCheck
from staffbase.rounds.windows import windows_in

_LATELY = timedelta(days=1)
"""How long a round that nobody signed stands on top of a reading; after that it stands in its night's report."""


def item_of(found: TimelineItem, names: dict[int, str], *, brief_before: datetime | None = None) -> ReadingItem:
    """An entry as it is read."""
    return ReadingItem(
        entry_id=found.entry_id, kind=found.kind, importance=found.importance, resident_id=found.resident_id,
        at=found.observed_to, recorded_at=found.recorded_at, by_id=found.author_id, by=names.get(found.author_id, ""),
        text=found.text, afterwards=found.source is not Source.DIRECT, corrected=found.corrected or found.time_corrected,
        withdrawn=found.withdrawn, brief=brief_before is not None and found.recorded_at < brief_before,
        newest=max((found.entry_id, *(one.entry_id for one in found.corrections))),
    )  # fmt: skip


def incident_item(found: IncidentFacts) -> ReadingItem:
    """An incident with its steps as one thing that happened."""
    standing = [step for step in found.steps if not step.taken_back]
    return ReadingItem(
        entry_id=found.id, kind=Kind.INCIDENT, importance=Importance.URGENT, resident_id=found.resident_id,
        at=found.started_at, recorded_at=found.recorded_at, by_id=found.started_by_id, by=found.started_by,
        text=found.words, steps=tuple(MomentLine(step.at, step.words) for step in standing), running=found.running,
        afterwards=any(step.afterwards for step in standing),
        newest=max((found.id, *(step.entry_id for step in found.steps))),
    )  # fmt: skip


def incidents_of_steps_in(tx: Reading, entry_ids: Sequence[int]) -> set[int]:
    """Which incidents these steps and conclusions belong to."""
    found: set[int] = set()
    for model in (IncidentStep, IncidentConclusion):
        found |= set(tx.all(select(model.incident_id).where(col(model.id).in_(entry_ids)))) if entry_ids else set()
    return found


def happened_in(tx: Reading, house_id: int, since: datetime) -> list[IncidentFacts]:
    """The incidents that began, went on or ended since then, and those that run now, newest first."""
    told = tx.all(
        select(Entry.id).where(Entry.house_id == house_id, Entry.kind == Kind.INCIDENT_STEP, Entry.recorded_at >= since)
    )
    concluded = select(IncidentConclusion.id).where(col(IncidentConclusion.incident_id) == col(Incident.id))
    begun = tx.all(
        select(Incident.id)
        .join(Entry, col(Entry.id) == col(Incident.id))
        .where(
            Entry.house_id == house_id,
            Entry.kind == Kind.INCIDENT,
            or_(col(Entry.recorded_at) >= since, ~concluded.exists()),
        )
    )
    ids = {*begun, *incidents_of_steps_in(tx, told)}
    return incidents_in(tx, house_id, ids=sorted(ids)) if ids else []


def told_by_incidents_in(tx: Reading, incidents: Sequence[IncidentFacts], about: Iterable[TimelineItem]) -> set[int]:
    """Which of these entries say only what the incidents say: the check one began with, and the status its end gave."""
    if not incidents:
        return set()
    began_with = tx.all(
        select(RoundCheck.id).where(col(RoundCheck.incident_id).in_([incident.id for incident in incidents]))
    )
    ends = {
        (incident.resident_id, step.recorded_at) for incident in incidents for step in incident.steps if not step.step
    }
    by_end = (
        item.entry_id for item in about if item.kind is Kind.STATUS and (item.resident_id, item.recorded_at) in ends
    )
    return {*began_with, *by_end}


def concerns_in(
    tx: Reading, house_id: int, names: dict[int, str], since: datetime, until: datetime | None = None
) -> list[ReadingItem]:
    """The concerns that stand, whenever they were raised, and those raised or met since then, oldest first."""
    raised, met = aliased(Entry), aliased(Entry)
    wanted = (
        select(raised.id, met.id)
        .join(Concern, col(Concern.id) == raised.id)
        .join(ConcernClosed, col(ConcernClosed.concern_id) == raised.id, isouter=True)
        .join(met, col(met.id) == col(ConcernClosed.id), isouter=True)
        .where(
            raised.house_id == house_id,
            raised.kind == Kind.CONCERN,
            or_(col(ConcernClosed.id).is_(None), col(raised.recorded_at) >= since, col(met.recorded_at) >= since),
        )
        .order_by(col(raised.id))
    )
    if until is not None:
        wanted = wanted.where(raised.recorded_at < until)
    rows = tx.all(wanted)
    items = items_by_id(tx, [key for row in rows for key in row if key is not None])
    made = []
    for raised_id, met_id in rows:
        end = items[met_id] if met_id is not None else None
        made.append(
            replace(
                item_of(items[raised_id], names), running=end is None, closed=end.text if end else "",
                closed_by=names.get(end.author_id, "") if end else "", newest=met_id or raised_id,
            )
        )  # fmt: skip
    return made


def questions_in(
    tx: Reading, house_id: int, names: dict[int, str], since: datetime, reader_id: int = 0
) -> list[QuestionFacts]:
    """The questions nobody has answered, whenever they were asked, and those asked or answered since then, oldest first."""
    answer = aliased(Entry)
    answers = select(answer.id).where(answer.kind == Kind.ANSWER, answer.amends_id == col(Entry.id))
    asked = tx.all(
        select(Entry)
        .where(
            Entry.house_id == house_id,
            Entry.kind == Kind.QUESTION,
            or_(
                col(Entry.recorded_at) >= since,
                ~answers.exists(),
                answers.where(answer.recorded_at >= since).exists(),
            ),
        )
        .order_by(col(Entry.id))
    )
    if not asked:
        return []
    given = tx.all(
        select(Entry)
        .where(Entry.kind == Kind.ANSWER, col(Entry.amends_id).in_([one.id for one in asked]))
        .order_by(col(Entry.id))
    )
    items = items_by_id(tx, [*(one.id for one in (*asked, *given)), *(one.amends_id for one in asked if one.amends_id)])
    made = []
    for one in asked:
        told = tuple(
            AnswerFacts(reply.id, names.get(reply.author_id, ""), reply.recorded_at, items[reply.id].text)
            for reply in given
            if reply.amends_id == one.id
        )
        about = items.get(one.amends_id or 0)
        mine = about is not None and reader_id in (about.author_id, about.on_behalf_id)
        made.append(
            QuestionFacts(
                one.id, one.amends_id or 0, one.resident_id, one.author_id, names.get(one.author_id, ""),
                one.recorded_at, items[one.id].text, told, mine and not told,
            )
        )  # fmt: skip
    return made


def missed_rounds_in(
    tx: Reading, house_id: int, now: datetime, since: datetime, doors: Sequence[Door] | None = None
) -> list[str]:
    """The round windows of the last day and night that passed with open doors and that nobody has signed with reasons.

    `doors` where they are read already.
    """
    doors = doors_in(tx, house_id) if doors is None else doors
    missed = []
    since = max(since, now - _LATELY)
    for night in (night_of(now) - timedelta(days=1), night_of(now)):
        for found in windows_in(tx, house_id, now, night, doors=doors):
            if found.missed(now) and not found.signed and found.window.ends_at > since:
                units = [code for code, state in found.units if state == "open"]
                missed.append(
                    _("Round %(hours)s, %(day)s: %(done)d of %(due)d doors, not signed. No check: %(units)s.")
                    % {
                        "hours": show_span(found.window.begins_at, found.window.ends_at),
                        "day": show_day(found.window.begins_at), "done": found.done, "due": found.due,
                        "units": ", ".join(units),
                    }
                )  # fmt: skip
    return missed

"""Reading incidents inside a transaction: with their steps, the newest first, as far back as somebody may read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from staffbase.incidents.model import Incident, IncidentConclusion, IncidentStep, Step
from staffbase.incidents.rules import IncidentFacts, StepFacts
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Entry, Kind, Source
from staffbase.journal.reach import Reach
from staffbase.journal.service import items_by_id
from staffbase.kernel.database import Reading
from staffbase.people.service import names_in
from staffbase.residents.reading import labels_in


def is_concluded_in(tx: Reading, incident_id: int) -> bool:
    """Whether the incident has a conclusion."""
    return tx.first(select(IncidentConclusion.id).where(IncidentConclusion.incident_id == incident_id)) is not None


def reviews_due_in(tx: Reading, house_id: int) -> dict[int, datetime]:
    """When an incident last made each resident's crisis plan due for review, by resident."""
    rows = tx.all(
        select(Entry.resident_id, Entry.recorded_at)
        .join(IncidentConclusion, col(IncidentConclusion.id) == Entry.id)
        .where(
            Entry.house_id == house_id, Entry.kind == Kind.INCIDENT_STEP, col(IncidentConclusion.review_plan).is_(True)
        )
        .order_by(col(Entry.id))
    )
    return {resident_id: at for resident_id, at in rows if resident_id is not None}


def incidents_in(
    tx: Reading,
    house_id: int,
    *,
    running_only: bool = False,
    resident_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    ids: Sequence[int] | None = None,
    limit: int | None = None,
    reach: Reach | None = None,
) -> list[IncidentFacts]:
    """Incidents with their steps, the newest first: those that run, of a resident, or recorded in an interval.

    `reach` leaves out concluded ones that lie beyond it, unless something was done in them within it.
    """
    wanted = (
        select(Incident, Entry, IncidentConclusion)
        .join(Entry, col(Entry.id) == Incident.id)
        .join(IncidentConclusion, col(IncidentConclusion.incident_id) == Incident.id, isouter=True)
        .where(Entry.house_id == house_id, Entry.kind == Kind.INCIDENT)  # else all entries are gone through
        .order_by(col(Incident.id).desc())
    )
    if running_only:
        wanted = wanted.where(col(IncidentConclusion.id).is_(None))
    if resident_id is not None:
        wanted = wanted.where(Entry.resident_id == resident_id)
    if since is not None:
        wanted = wanted.where(Entry.recorded_at >= since)
    if until is not None:
        wanted = wanted.where(Entry.recorded_at < until)
    if ids is not None:
        wanted = wanted.where(col(Incident.id).in_(list(ids)))
    if reach is not None:
        step, done, ended = aliased(IncidentStep), aliased(Entry), aliased(Entry)
        stepped = (
            select(step.id)
            .join(done, col(done.id) == step.id)
            .where(step.incident_id == Incident.id, reach.where(done))
        )
        closed = select(ended.id).where(ended.id == IncidentConclusion.id, reach.where(ended))
        wanted = wanted.where(
            or_(col(IncidentConclusion.id).is_(None), reach.where(), stepped.exists(), closed.exists())
        )
    if limit is not None:
        wanted = wanted.limit(limit)
    rows = tx.all(wanted)
    return _facts(tx, house_id, rows) if rows else []


def _facts(
    tx: Reading, house_id: int, rows: Iterable[tuple[Incident, Entry, IncidentConclusion | None]]
) -> list[IncidentFacts]:
    rows = list(rows)
    keys = [incident.id for incident, _entry, _conclusion in rows]
    steps: dict[int, list[IncidentStep]] = {}
    for step in tx.all(
        select(IncidentStep).where(col(IncidentStep.incident_id).in_(keys)).order_by(col(IncidentStep.id))
    ):
        steps.setdefault(step.incident_id, []).append(step)
    conclusions = [conclusion.id for _incident, _entry, conclusion in rows if conclusion is not None]
    items = items_by_id(tx, [*keys, *conclusions, *(step.id for each in steps.values() for step in each)])
    names, labels = names_in(tx), labels_in(tx, house_id)
    made = []
    for incident, entry, conclusion in rows:
        told = [step_facts(items[step.id], step.step, names) for step in steps.get(incident.id, ())]
        ended = items[conclusion.id] if conclusion else None
        if ended is not None:
            told.append(step_facts(ended, None, names))
        unit_code, resident = labels.get(entry.resident_id or 0, ("", ""))
        made.append(
            IncidentFacts(
                id=incident.id, kind=incident.kind, resident_id=entry.resident_id, unit_code=unit_code,
                resident=resident, started_at=entry.observed_from, recorded_at=entry.recorded_at,
                started_by_id=entry.author_id, started_by=names.get(entry.author_id, ""),
                words=items[incident.id].text, steps=tuple(sorted(told, key=lambda one: (one.at, one.entry_id))),
                concluded_at=ended.recorded_at if ended else None, conclusion=ended.text if ended else "",
                deviation=conclusion.deviation if conclusion else None,
                review_plan=conclusion is not None and conclusion.review_plan,
            )
        )  # fmt: skip
    return made


def step_facts(item: TimelineItem, step: Step | None, names: dict[int, str]) -> StepFacts:
    """One step, as screens show it; without `step` it is the conclusion."""
    return StepFacts(
        entry_id=item.entry_id, step=step, at=item.observed_from, recorded_at=item.recorded_at,
        afterwards=item.source is not Source.DIRECT, words=item.text, by=names.get(item.author_id, ""),
        taken_back=item.withdrawn,
    )  # fmt: skip

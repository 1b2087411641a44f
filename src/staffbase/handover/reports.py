"""A shift's report, read inside a transaction: drafted from that shift's own entries, and as it was signed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from staffbase.handover.counted import counts_in
from staffbase.handover.facts import Counts, Huddle, ReadingItem, ReportFacts, ReportLineFacts
from staffbase.handover.model import ReadingAccepted, ReportCosigned, ReportDraftLine, ReportLine, ShiftReport
from staffbase.handover.rules import must_choose, own_shift, proposed_status, signable_from
from staffbase.handover.sources import (
    concerns_in,
    incident_item,
    incidents_of_steps_in,
    item_of,
    missed_rounds_in,
    questions_in,
    told_by_incidents_in,
)  # fmt: skip
from staffbase.incidents.service import IncidentFacts, incidents_in
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Importance, Kind
from staffbase.journal.reach import Reach
from staffbase.journal.service import items_in
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Reading
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_span
from staffbase.people.model import Duty, ShiftName
from staffbase.people.rules import ShiftSpan, shift_at, shift_on
from staffbase.people.service import duties_of, names_in, shift_times_in
from staffbase.residents.model import Status
from staffbase.residents.reading import facts_in, labels_in
from staffbase.rounds.windows import windows_in
from staffbase.tasks.service import TaskFacts, tasks_in

_TOLD_ELSEWHERE = (
    Kind.INCIDENT, Kind.INCIDENT_STEP, Kind.REPORT, Kind.QUESTION, Kind.ANSWER, Kind.SAID_BACK, Kind.READING, Kind.CONCERN,
    Kind.STATUS,
)  # fmt: skip
_ACCEPTED_WITHIN = timedelta(days=1)
"""Whose acceptance is shown under a report: those who came on within a day of it."""


def report_span_in(tx: Reading, house_id: int, actor: Actor, now: datetime) -> ShiftSpan:
    """Which shift's report somebody writes now: of the shift they are on that ends first, else of the present one."""
    times = shift_times_in(tx, house_id)
    mine = duties_of(tx, actor.person_id, since=now, until=now + timedelta(seconds=1))
    if not mine:
        return shift_at(now, times)
    duty = min(mine, key=lambda one: one.ends_at)
    return shift_on(duty.shift_date, duty.shift, times)


def signed_report_in(tx: Reading, house_id: int, shift: ShiftName, day: date) -> ShiftReport | None:
    """The signed report of a shift, if it is signed."""
    return tx.first(
        select(ShiftReport).where(
            ShiftReport.house_id == house_id, ShiftReport.shift == shift, ShiftReport.shift_date == day
        )
    )


def draft_lines_in(tx: Reading, house_id: int, shift: ShiftName, day: date) -> dict[int | None, ReportDraftLine]:
    """What is written so far of a report that is not signed, by resident; None is the house."""
    rows = tx.all(
        select(ReportDraftLine).where(
            ReportDraftLine.house_id == house_id, ReportDraftLine.shift == shift, ReportDraftLine.shift_date == day
        )
    )
    return {row.resident_id: row for row in rows}


def on_shift_in(tx: Reading, house_id: int, shift: ShiftName, day: date) -> list[int]:
    """Who was or is on duty on a shift."""
    return list(
        tx.all(
            select(Duty.person_id)
            .where(
                Duty.house_id == house_id, Duty.shift == shift, Duty.shift_date == day, Duty.ends_at > Duty.begins_at
            )
            .order_by(col(Duty.begins_at), col(Duty.id))
        )
    )


def own_items_in(tx: Reading, house_id: int, span: ShiftSpan) -> list[TimelineItem]:
    """What was observed on this shift, by those who were on it, oldest first."""
    found = items_in(tx, house_id, since=span.begins_at, until=span.ends_at)
    times = shift_times_in(tx, house_id)
    on: dict[int, list[Any]] = {}
    for duty in tx.all(
        select(Duty).where(Duty.house_id == house_id, Duty.begins_at < span.ends_at, Duty.ends_at > span.begins_at)
    ):
        on.setdefault(duty.person_id, []).append((duty.shift, duty.shift_date, duty.begins_at, duty.ends_at))
    return [
        item
        for item in reversed(found)
        if not item.moved
        and own_shift(item.observed_from, on.get(item.on_behalf_id or item.author_id, ()), times)
        == (span.name, span.date)
    ]


def report_in(tx: Reading, house_id: int, span: ShiftSpan, actor: Actor, now: datetime) -> ReportFacts:
    """The report of a shift, as it stands."""
    names = names_in(tx)
    signed = signed_report_in(tx, house_id, span.name, span.date)
    drafts = {} if signed else draft_lines_in(tx, house_id, span.name, span.date)
    lines = {row.resident_id: row for row in _lines(tx, signed.id)} if signed else {}
    on_shift = on_shift_in(tx, house_id, span.name, span.date)
    own = own_items_in(tx, house_id, span)
    happened = _happened(tx, house_id, own, running=now < span.ends_at)
    told = told_by_incidents_in(tx, happened, own)
    important = [
        item
        for item in own
        if item.importance is not Importance.ROUTINE
        and item.kind not in _TOLD_ELSEWHERE
        and item.entry_id not in told
        and not item.withdrawn
    ]
    concerns = [
        one for one in concerns_in(tx, house_id, names, span.begins_at) if one.recorded_at < span.ends_at or one.running
    ]
    items = _in_time([*(item_of(one, names) for one in important), *map(incident_item, happened)])
    sealed = signed.id if signed else None
    before = [item for item in items if sealed is None or item.entry_id < sealed]
    tasks = tasks_in(tx, house_id)
    residents = _residents(tx, house_id, lines)
    counts = counts_in(tx, house_id, span.begins_at, span.ends_at)
    made = tuple(
        _line(
            resident_id, label, lines.get(resident_id), drafts.get(resident_id), last, before, happened,
            counts.get(resident_id, Counts()), tasks, names, closed=signed is not None,
        )
        for resident_id, label, last in residents
    )  # fmt: skip
    house = lines.get(None) or drafts.get(None)
    draft = drafts.get(None)
    open_questions = tuple(one for one in questions_in(tx, house_id, names, now, actor.person_id) if one.open)
    return ReportFacts(
        span=span, on_duty=tuple(names.get(one, "") for one in on_shift), lines=made,
        house_text=house.text if house else "", house_edition=draft.edition if draft else 0,
        house=tuple(item for item in before if item.resident_id is None),
        house_tasks=tuple(task for task in tasks if task.resident_id is None),
        rounds=tuple(_rounds(tx, house_id, span, now)), missed_rounds=tuple(_missed(tx, house_id, span, now)),
        not_in_epj=tuple(item_of(one, names) for one in own if one.epj and not one.epj_done and not one.withdrawn),
        huddle=Huddle(
            tuple(one.unit_code for one in made if one.shown_status is Status.UNSTABLE), open_questions,
            tuple(one for one in concerns if one.running),
        ),
        report_id=sealed, signed_by=names.get(signed.signed_by_id, "") if signed else "",
        signed_at=signed.signed_at if signed else None,
        cosigned=tuple(names.get(one, "") for one in _cosigners(tx, signed)) if signed else (),
        accepted_by=tuple(names.get(one, "") for one in _accepted(tx, signed)) if signed else (),
        after_signing=tuple(item for item in items if sealed is not None and item.entry_id > sealed),
        over=now >= span.ends_at,
        may_sign=signed is None and now >= signable_from(span) and (actor.person_id in on_shift or not on_shift),
        may_cosign=signed is not None
        and actor.person_id in on_shift
        and actor.person_id not in (signed.signed_by_id, *_cosigners(tx, signed)),
    )  # fmt: skip


def within_reach(report: ReportFacts, reach: Reach | None, now: datetime) -> ReportFacts:
    """The report as somebody may read it: of a shift outside their own what is about the house and whom they opened.

    The shift that runs is handed over to whoever comes on, and is never closed.
    """
    span = report.span
    if reach is None or span.ends_at > now or reach.touches(span.begins_at, span.ends_at):
        return report
    lines = tuple(one for one in report.lines if one.resident_id in reach.opened)

    def open_here(items: Iterable[ReadingItem]) -> tuple[ReadingItem, ...]:
        return tuple(item for item in items if item.resident_id is None or item.resident_id in reach.opened)

    units = {one.unit_code for one in lines}
    huddle = replace(report.huddle, unstable=tuple(code for code in report.huddle.unstable if code in units))
    return replace(
        report, lines=lines, closed=len(report.lines) - len(lines), huddle=huddle,
        not_in_epj=open_here(report.not_in_epj), after_signing=open_here(report.after_signing),
    )  # fmt: skip


def _happened(tx: Reading, house_id: int, own: Iterable[TimelineItem], *, running: bool) -> list[IncidentFacts]:
    """The incidents that began or went on in this shift, and while it lasts those that run."""
    began = [item.entry_id for item in own if item.kind is Kind.INCIDENT]
    steps = [item.entry_id for item in own if item.kind is Kind.INCIDENT_STEP]
    ids = {*began, *incidents_of_steps_in(tx, steps)}
    if running:
        ids |= {one.id for one in incidents_in(tx, house_id, running_only=True)}
    return incidents_in(tx, house_id, ids=sorted(ids)) if ids else []


def _line(
    resident_id: int, label: tuple[str, str], signed: ReportLine | None, draft: ReportDraftLine | None, last: Status,
    items: Sequence[ReadingItem], happened: Iterable[IncidentFacts], counts: Counts, tasks: Iterable[TaskFacts],
    names: dict[int, str], *, closed: bool,
) -> ReportLineFacts:  # fmt: skip
    recorded = tuple(item for item in items if item.resident_id == resident_id)
    proposed = proposed_status(last, [one for one in happened if one.resident_id == resident_id])
    written = signed or draft
    status = written.status if written else None
    return ReportLineFacts(
        resident_id=resident_id, unit_code=label[0], alias=label[1], last=last, proposed=proposed, status=status,
        must_choose=not closed and must_choose(last, important=bool(recorded), chosen=status),
        text=written.text if written else "", if_then=written.if_then if written else "", recorded=recorded,
        counts=counts, tasks=tuple(task for task in tasks if task.resident_id == resident_id),
        edition=draft.edition if draft else 0, saved_by=names.get(draft.saved_by_id, "") if draft else "",
        entry_id=signed.entry_id if signed else None,
    )  # fmt: skip


def _residents(
    tx: Reading, house_id: int, lines: dict[int | None, ReportLine]
) -> list[tuple[int, tuple[str, str], Status]]:
    """Who stands in it: those of the signed report, else those who live here."""
    if not lines:
        return [(one.id, (one.unit_code, one.alias), one.status) for one in facts_in(tx, house_id).values()]
    labels = labels_in(tx, house_id)
    return [
        (key, labels.get(key, ("", "")), row.status or Status.CALM) for key, row in lines.items() if key is not None
    ]


def _lines(tx: Reading, report_id: int) -> Sequence[ReportLine]:
    return tx.all(select(ReportLine).where(ReportLine.report_id == report_id).order_by(col(ReportLine.id)))


def _cosigners(tx: Reading, signed: ShiftReport) -> list[int]:
    return list(
        tx.all(
            select(ReportCosigned.person_id)
            .where(ReportCosigned.report_id == signed.id)
            .order_by(col(ReportCosigned.id))
        )
    )


def _accepted(tx: Reading, signed: ShiftReport) -> list[int]:
    rows = tx.all(
        select(ReadingAccepted.person_id)
        .where(
            ReadingAccepted.house_id == signed.house_id,
            ReadingAccepted.covered_to >= signed.id,
            ReadingAccepted.since <= signed.signed_at,
            ReadingAccepted.id > signed.id,
            ReadingAccepted.shift_date <= signed.shift_date + _ACCEPTED_WITHIN,
        )
        .order_by(col(ReadingAccepted.id))
    )
    return list(dict.fromkeys(rows))


def _rounds(tx: Reading, house_id: int, span: ShiftSpan, now: datetime) -> Iterable[str]:
    """How far each round window that began in this shift has come."""
    for found in windows_in(tx, house_id, now, span.date):
        if span.name is ShiftName.NIGHT and span.begins_at <= found.window.begins_at <= now:
            yield _("Round %(hours)s: %(done)d of %(due)d doors") % {
                "hours": show_span(found.window.begins_at, found.window.ends_at), "done": found.done, "due": found.due,
            }  # fmt: skip


def _missed(tx: Reading, house_id: int, span: ShiftSpan, now: datetime) -> list[str]:
    if span.name is not ShiftName.NIGHT:
        return []
    return missed_rounds_in(tx, house_id, min(now, span.ends_at), span.begins_at)


def _in_time(items: Iterable[ReadingItem]) -> list[ReadingItem]:
    return sorted(items, key=lambda item: (item.at, item.entry_id))

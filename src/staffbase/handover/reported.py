"""What shift reports tell a reader: the lines of signed ones, and what stands in those nobody has signed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import col, select

from staffbase.handover.facts import ReadingItem
from staffbase.handover.model import ReportDraftLine, ReportLine, ShiftReport
from staffbase.handover.rules import Coverage
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_day, show_moment, show_time
from staffbase.people.model import SHIFT_NAMES, Duty, ShiftName
from staffbase.people.rules import ShiftSpan, spans_of
from staffbase.people.service import shift_times_in
from staffbase.residents.model import Status


def told_by_reports_in(tx: Reading, found: Iterable[TimelineItem]) -> set[int]:
    """The status entries that a signed report wrote: its line says the same."""
    keys = [item.entry_id for item in found if item.kind is Kind.STATUS]
    if not keys:
        return set()
    return {key for key in tx.all(select(ReportLine.entry_id).where(col(ReportLine.entry_id).in_(keys))) if key}


def report_items_in(tx: Reading, house_id: int, covers: Coverage, names: dict[int, str]) -> list[ReadingItem]:
    """What the signed reports say in words, of residents and the house; and in short, that they are signed."""
    reports = {
        row.id: row
        for row in tx.all(
            select(ShiftReport).where(ShiftReport.house_id == house_id, ShiftReport.signed_at >= covers.since)
        )
    }
    if not reports:
        return []
    made = []
    for row in tx.all(select(ReportLine).where(col(ReportLine.report_id).in_(list(reports)))):
        report = reports[row.report_id]
        full = report.signed_at >= covers.full_since
        says = row.text or row.if_then or (row.entry_id and row.status is not Status.CALM)
        if says and (full or (row.entry_id and row.resident_id is not None)):
            made.append(
                ReadingItem(
                    entry_id=row.entry_id or report.id, kind=Kind.REPORT, importance=Importance.HANDOVER,
                    resident_id=row.resident_id, at=report.signed_at, recorded_at=report.signed_at,
                    by_id=report.signed_by_id, by=names.get(report.signed_by_id, ""), text=row.text,
                    if_then=row.if_then, status=row.status, brief=not full, newest=report.id,
                )
            )  # fmt: skip
    return made


def signed_words_in(tx: Reading, house_id: int, covers: Coverage, names: dict[int, str], now: datetime) -> list[str]:
    """Which reports are signed since then, by whom and when; a calm shift's too."""
    rows = tx.all(
        select(ShiftReport)
        .where(ShiftReport.house_id == house_id, ShiftReport.signed_at >= covers.full_since)
        .order_by(col(ShiftReport.id).desc())
    )
    return [
        _("%(shift)s %(day)s: %(name)s %(time)s")
        % {
            "shift": _(SHIFT_NAMES[row.shift]).capitalize(),
            "day": show_day(row.shift_date),
            "name": names.get(row.signed_by_id, ""),
            "time": show_time(row.signed_at) if _in_time(row) else show_moment(row.signed_at, now),
        }
        for row in rows
    ]


def _in_time(row: ShiftReport) -> bool:
    """Whether it was signed on the day that stands there as the shift's, or the morning after a night: that needs no date."""
    late = local(row.signed_at).date() - row.shift_date if row.signed_at else timedelta.max
    return late <= timedelta(days=1 if row.shift is ShiftName.NIGHT else 0)


def unsigned_in(
    tx: Reading, house_id: int, mine: ShiftSpan, covers: Coverage, now: datetime, names: dict[int, str]
) -> tuple[list[ReadingItem], list[str]]:
    """What stands in reports nobody has signed (marked so), and which shifts those are. Only shifts somebody was on."""
    times = shift_times_in(tx, house_id)
    day = covers.full_since.date() - timedelta(days=1)
    spans = []
    while day <= now.date():
        spans += [one for one in spans_of(day, times) if one.ends_at > covers.full_since and one.begins_at <= now]
        day += timedelta(days=1)
    since = spans[0].date if spans else now.date()
    signed = set(
        tx.all(
            select(col(ShiftReport.shift), col(ShiftReport.shift_date)).where(
                ShiftReport.house_id == house_id, ShiftReport.shift_date >= since
            )
        )
    )
    worked = set(
        tx.all(select(col(Duty.shift), col(Duty.shift_date)).where(Duty.house_id == house_id, Duty.shift_date >= since))
    )
    open_spans = {
        (one.name, one.date): one
        for one in spans
        if (one.name, one.date) not in signed
        and (one.name, one.date) in worked
        and (one.name, one.date) != (mine.name, mine.date)
        and one.begins_at < mine.begins_at
    }
    rows = tx.all(
        select(ReportDraftLine).where(ReportDraftLine.house_id == house_id, ReportDraftLine.shift_date >= since)
    )
    items = [
        ReadingItem(
            entry_id=0, kind=Kind.REPORT, importance=Importance.HANDOVER, resident_id=row.resident_id, at=row.saved_at,
            recorded_at=row.saved_at, by_id=row.saved_by_id, by=names.get(row.saved_by_id, ""), text=row.text,
            if_then=row.if_then, status=row.status, unsigned=True,
        )
        for row in rows
        if (row.shift, row.shift_date) in open_spans
        and (row.text or row.if_then or row.status not in (None, Status.CALM))
    ]  # fmt: skip
    words = [
        (
            _("The report of the %(shift)s %(day)s is not signed yet.")
            if one.ends_at > now
            else _("The report of the %(shift)s %(day)s was never signed.")
        )
        % {"shift": _(SHIFT_NAMES[one.name]), "day": show_day(one.date)}
        for one in open_spans.values()
    ]
    return items, words

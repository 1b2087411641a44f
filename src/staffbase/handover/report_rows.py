"""A shift report as rows: the house, then every resident in walking order; and what stands beside it."""

from datetime import datetime

from staffbase.handover.facts import ReportFacts, ReportLineFacts
from staffbase.handover.plain import closed_words, counts_words, if_then_words, signed_words, span_words, task_words
from staffbase.handover.rows import (
    INK,
    Line,
    Row,
    Words,
    epj_rows,
    heading,
    huddle_rows,
    item_lines,
    plain_row,
    resident_words,
)
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_date
from staffbase.residents.model import STATUS_NAMES, Status


def report_head(report: ReportFacts, now: datetime) -> list[tuple[Words, ...]]:
    """Which shift, who was on it, whether it is signed; then what to do next."""
    ink = "$ok-text" if report.signed else "bold $warning-text" if report.over else "$muted"
    head: list[tuple[Words, ...]] = [
        ((span_words(report.span), "bold"), (", ".join(report.on_duty), ""), (signed_words(report, now), ink))
    ]
    if report.unanswered:
        units = ", ".join(one.unit_code for one in report.unanswered)
        head.append(((_("Say how they are: %(units)s.") % {"units": units}, "$warning-text"),))
    elif report.without_words and not report.over:
        units = ", ".join(one.unit_code for one in report.without_words)
        head.append(
            ((_("Unstable: t says what the next shift must know: %(units)s.") % {"units": units}, "$warning-text"),)
        )
    elif report.may_cosign:
        head.append(((_("g signs too, if you want."), "$accent-text"),))
    elif report.may_sign:
        head.append(((_("Press g to sign."), "$accent-text"),))
    return head


def report_rows(report: ReportFacts, now: datetime) -> list[Row]:
    """The whole report: the house, then every resident in walking order."""
    rows = [_report_house(report, now)]
    rows += [_report_line(line, report, now) for line in report.lines]
    if report.closed:
        rows.append(plain_row("", (closed_words(report.closed), "$muted")))
    if report.after_signing:
        rows.append(heading(_("Written after the report was signed")))
    for item in report.after_signing:
        rows += [Row(tuple(item_lines(item, now)), resident_id=item.resident_id, about_id=item.entry_id)]
    return rows


def report_side(report: ReportFacts, now: datetime) -> list[Row]:
    """What stands beside the report."""
    codes = {one.resident_id: one.unit_code for one in report.lines}
    rows = [heading(_("To talk about")), *huddle_rows(report.huddle, codes)]
    if report.accepted_by:
        rows += [heading(_("Who has read")), *(plain_row("", (name, "$ok-text")) for name in report.accepted_by)]
    return [*rows, *epj_rows(report.not_in_epj, codes, now)]


def _report_house(report: ReportFacts, now: datetime) -> Row:
    lines = [Line("", ((_("The house"), "bold"), (show_date(report.span.date), "$muted")), head=True)]
    lines += [Line("", ((words, ""),)) for words in report.house_text.split("\n") if words]
    lines += [Line("", ((words, "$muted"),)) for words in report.rounds]
    lines += [Line("", ((words, "$warning-text"),)) for words in report.missed_rounds]
    for item in report.house:
        lines += item_lines(item, now)
    lines += [Line("", ((task_words(task, now), ""),)) for task in report.house_tasks]
    if len(lines) == 1:
        lines[0] = Line("", (*lines[0].words, (_("not recorded"), "$muted")), head=True)
    return Row(tuple(lines), about_id=0)


def _report_line(line: ReportLineFacts, report: ReportFacts, now: datetime) -> Row:
    status = _(STATUS_NAMES[line.shown_status])
    words: list[Words] = [(resident_words(line.unit_code, line.alias), "bold")]
    if line.must_choose:
        words.append((f"{status.upper()} ?", INK[Status.WATCH]))
        words.append((_("r, f or u says how it is"), "$accent-text"))
    elif line.status is not None and line.shown_status is not Status.CALM:
        words.append((status.upper(), INK[line.shown_status]))
    else:
        words.append((status, INK[Status.CALM] if report.signed or line.status is None else "$ok-text"))
    words.append((counts_words(line.counts), "$muted"))
    lines = [Line("", tuple(words), head=True)]
    lines += [Line("", ((said, ""),)) for said in line.text.split("\n") if said]
    if line.needs_words and not report.signed:
        lines.append(Line("", ((_("t: a line or an if–then is needed"), "$warning-text"),)))
    if line.if_then:
        lines.append(Line("", ((if_then_words(line.if_then), "bold"),)))
    for item in line.recorded:
        lines += item_lines(item, now)
    lines += [Line("", ((task_words(task, now), ""),)) for task in line.tasks]
    return Row(tuple(lines), resident_id=line.resident_id)

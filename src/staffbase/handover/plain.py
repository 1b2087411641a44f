"""The shift report as plain text: for the terminal, for a screen reader, and for paper."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from staffbase.handover.facts import Counts, ReadingItem, ReportFacts, ReportLineFacts
from staffbase.incidents.model import INCIDENT_NAMES
from staffbase.journal.model import KIND_NAMES, Kind
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_date, show_day, show_moment, show_span, show_time
from staffbase.people.model import SHIFT_NAMES
from staffbase.people.rules import ShiftSpan
from staffbase.residents.model import STATUS_NAMES
from staffbase.tasks.service import TaskFacts


def span_words(span: ShiftSpan) -> str:
    """Evening shift Mon 05.01, 14:30–22:00."""
    words = {"shift": _(SHIFT_NAMES[span.name]).capitalize(), "day": show_day(span.date)}
    return _("%(shift)s %(day)s") % words + ", " + show_span(span.begins_at, span.ends_at)


def signed_words(facts: ReportFacts, now: datetime) -> str:
    """Who signed it and when, or that nobody has."""
    if facts.signed_at is None:
        return _("not signed; the shift is over") if facts.over else _("not signed yet")
    told = _("signed by %(name)s %(time)s") % {"name": facts.signed_by, "time": show_moment(facts.signed_at, now)}
    if facts.cosigned:
        told += ", " + _("also by %(names)s") % {"names": ", ".join(facts.cosigned)}
    return told


def closed_words(closed: int) -> str:
    """Why of some residents nothing is shown, and what opens it."""
    return ngettext(
        "This shift is none of yours: %(count)d resident is not shown. Emergency access on the resident's page opens it.",
        "This shift is none of yours: %(count)d residents are not shown. Emergency access on a resident's page opens it.",
        closed,
    ) % {"count": closed}


_IF = ("if ", "hvis ", "dersom ")


def if_then_words(text: str) -> str:
    """What to do if something happens, named as such unless its own first word does."""
    return text if text.casefold().startswith(_IF) else _("If – then: %(text)s") % {"text": text}


def counts_words(counts: Counts) -> str:
    """What was recorded in numbers; "not recorded" where nothing was."""
    if not counts.anything:
        return _("not recorded")
    parts = []
    if counts.notes:
        parts.append(ngettext("%(count)d note", "%(count)d notes", counts.notes) % {"count": counts.notes})
    if counts.checks:
        told = ngettext("%(count)d check", "%(count)d checks", len(counts.checks)) % {"count": len(counts.checks)}
        parts.append(f"{told} ({_last(counts.checks)})")
    parts.extend(f"{_(INCIDENT_NAMES[kind])} {show_time(began)}" for kind, began in counts.alarms)
    if counts.others:
        parts.append(
            ngettext("%(count)d other entry", "%(count)d other entries", counts.others) % {"count": counts.others}
        )
    return ", ".join(parts)


def _last(checks: Sequence[datetime], most: int = 2) -> str:
    """When they were; of many, when the last one was."""
    if len(checks) > most:
        return _("last %(time)s") % {"time": show_time(checks[-1])}
    return ", ".join(show_time(moment) for moment in checks)


def item_words(item: ReadingItem, now: datetime) -> list[str]:
    """An item line by line: when, what, by whom; then its steps."""
    marks = [_("entered later")] if item.afterwards else []
    marks += [_("corrected")] if item.corrected else []
    marks += [_("still running")] if item.running and item.kind is Kind.INCIDENT else []
    mark = f" ({', '.join(marks)})" if marks else ""
    told = item.text.replace("\n", " ")
    lines = [f"{show_moment(item.at, now)} {_(KIND_NAMES[item.kind])}{mark}: {told} – {item.by}"]
    return [*lines, *(f"  {show_time(step.at)} {step.words}" for step in item.steps)]


def task_words(task: TaskFacts, now: datetime) -> str:
    """A task with its owner and deadline."""
    parts = [_("Task: %(text)s") % {"text": task.text}]
    parts.append(task.owner or _("nobody has it"))
    if task.due_at is not None:
        parts.append(_("by %(when)s") % {"when": show_moment(task.due_at, now)})
    return " · ".join(parts)


def report_words(facts: ReportFacts, now: datetime) -> str:
    """The whole report."""
    return "\n".join(_report(facts, now)) + "\n"


def _report(facts: ReportFacts, now: datetime) -> Iterator[str]:
    yield _("Shift report: %(shift)s") % {"shift": span_words(facts.span)} + f" ({show_date(facts.span.date)})"
    yield _("Report: %(signed)s") % {"signed": signed_words(facts, now)}
    yield _("On duty: %(names)s") % {"names": ", ".join(facts.on_duty) or _("not recorded")}
    if facts.accepted_by:
        yield _("Accepted by: %(names)s") % {"names": ", ".join(facts.accepted_by)}
    yield ""
    yield _("To talk about")
    yield from _indented(_huddle(facts))
    yield ""
    yield _("The house")
    yield from _indented(_house(facts, now))
    for line in facts.lines:
        yield ""
        yield f"{line.unit_code} {line.alias}: {_status(line)}"
        yield from _indented(_of_resident(line, now))
    if facts.closed:
        yield ""
        yield closed_words(facts.closed)
    if facts.after_signing:
        yield ""
        yield _("Written after the report was signed")
        yield from _indented(word for item in facts.after_signing for word in item_words(item, now))
    if facts.not_in_epj:
        yield ""
        yield _("Not yet in the EPJ")
        yield from _indented(word for item in facts.not_in_epj for word in item_words(item, now)[:1])


def _status(line: ReportLineFacts) -> str:
    told = _(STATUS_NAMES[line.shown_status])
    return _("%(status)s, not confirmed") % {"status": told} if line.must_choose else told


def _huddle(facts: ReportFacts) -> Iterator[str]:
    if facts.huddle.unstable:
        yield _("Unstable: %(units)s") % {"units": ", ".join(facts.huddle.unstable)}
    for question in facts.huddle.questions:
        yield _("Question from %(name)s: %(text)s") % {"name": question.by, "text": question.text}
    for concern in facts.huddle.concerns:
        yield _("Concern from %(name)s: %(text)s") % {"name": concern.by, "text": concern.text}
    if not (facts.huddle.unstable or facts.huddle.questions or facts.huddle.concerns):
        yield _("Nothing.")


def _house(facts: ReportFacts, now: datetime) -> Iterator[str]:
    lines = [
        *facts.house_text.split("\n"),
        *facts.rounds,
        *facts.missed_rounds,
        *(word for item in facts.house for word in item_words(item, now)),
        *(task_words(task, now) for task in facts.house_tasks),
    ]
    said = [line for line in lines if line]
    yield from said or [_("not recorded")]


def _of_resident(line: ReportLineFacts, now: datetime) -> Iterator[str]:
    if line.text:
        yield from line.text.split("\n")
    if line.if_then:
        yield if_then_words(line.if_then)
    for item in line.recorded:
        yield from item_words(item, now)
    yield counts_words(line.counts)
    for task in line.tasks:
        yield task_words(task, now)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)

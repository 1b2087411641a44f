"""A reading and a report as rows of a list: a time in a column of its own, words with their ink, and what a key acts on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from staffbase.handover.facts import Huddle, QuestionFacts, ReadingItem
from staffbase.handover.plain import if_then_words, task_words
from staffbase.journal.model import IMPORTANCE_NAMES, KIND_NAMES, Importance, Kind
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_time
from staffbase.residents.model import STATUS_NAMES, Status
from staffbase.tasks.service import TaskFacts

Words = tuple[str, str]
"""Words and the theme style they are shown in."""

INK = {Status.CALM: "$muted", Status.WATCH: "bold $warning-text", Status.UNSTABLE: "bold $danger-text"}


@dataclass(frozen=True)
class Line:
    """One line of a row before it is wrapped: what stands in the time column, and the words beside it."""

    time: str
    words: tuple[Words, ...]
    head: bool = False
    """A resident's or a section's first line: it begins at the margin."""
    hint: Words | None = None
    """Which key does something here; it stands behind the words, and is none of them."""


@dataclass(frozen=True)
class Row:
    """One thing the cursor can stand on (or a heading), and the keys of what it is about."""

    lines: tuple[Line, ...]
    resident_id: int | None = None
    about_id: int | None = None
    question_id: int | None = None
    concern_id: int | None = None
    task_id: int | None = None
    heading: bool = False

    @property
    def identity(self) -> tuple[object, ...]:
        """By which the cursor finds it again after a refresh."""
        keys = (self.resident_id, self.about_id, self.question_id, self.concern_id, self.task_id)
        return keys if any(key is not None for key in keys) else self.lines


def when(moment: datetime, now: datetime) -> str:
    """A time of today alone, any other with its date: as wide as the time column."""
    here = local(moment)
    return f"{here:%H:%M}" if here.date() == local(now).date() else f"{here:%d.%m %H:%M}"


def resident_words(unit_code: str, alias: str) -> str:
    """Unit and name, so wide that what follows stands in a column of its own."""
    return f"{unit_code:<4}{alias:<16}"


def heading(words: str) -> Row:
    """A heading in small muted capitals, with room above it."""
    return Row((Line("", (("", ""),)), Line("", ((words.upper(), "$muted"),), head=True)), heading=True)


def _marks(item: ReadingItem) -> Iterator[Words]:
    if item.status is not None and item.status is not Status.CALM:
        yield _(STATUS_NAMES[item.status]), INK[item.status]
    if item.importance is Importance.URGENT and item.kind not in (Kind.INCIDENT, Kind.CONCERN):
        yield _(IMPORTANCE_NAMES[item.importance]), "bold $danger-text"
    for words, stands in (
        (_("not signed"), item.unsigned),
        (_("still running"), item.running and item.kind is Kind.INCIDENT),
        (_("nobody has closed it"), item.running and item.kind is Kind.CONCERN),
        (_("entered later"), item.afterwards),
        (_("corrected"), item.corrected),
        (_("withdrawn"), item.withdrawn),
    ):
        if stands:
            yield words, "$warning-text"


def item_rows(item: ReadingItem, now: datetime) -> Iterator[Row]:
    """An item, and under it what was asked about it."""
    concern = item.concern_id
    yield Row(
        tuple(item_lines(item, now)), resident_id=item.resident_id, about_id=item.entry_id or None, concern_id=concern
    )
    for question in item.questions:
        yield question_row(question, now)


def item_lines(item: ReadingItem, now: datetime) -> Iterator[Line]:
    """When and of what kind it is and who wrote it; then what it says, and step by step what happened."""
    ink = "bold $danger-text" if item.kind in (Kind.INCIDENT, Kind.CONCERN) else "$accent-text"
    new = (("•", "$accent-text"),) if item.news else ()
    marks = tuple((f"· {words}", style) for words, style in ((item.by, "$muted"), *_marks(item)) if words)
    told = item.text.replace("\n", " ") if item.kind is not Kind.HOUSE else item.text
    yield Line(
        when(item.at, now),
        (*new, (_(KIND_NAMES[item.kind]), ink), *marks, *((("·", "$muted"), (told, "")) if told else ())),
    )
    if not item.brief:
        for step in item.steps:
            yield Line(show_time(step.at), ((step.words, ""),))
    elif item.steps:
        yield Line("", ((item.steps[-1].words, ""),))
    if item.if_then:
        yield Line("", ((if_then_words(item.if_then), "bold"),))
    if item.closed:
        yield Line("", ((_("met by %(name)s") % {"name": item.closed_by}, "$ok-text"), (item.closed, "")))


def question_row(question: QuestionFacts, now: datetime) -> Row:
    """A question with its answers."""
    ink = "bold $warning-text" if question.open else "$muted"
    asked: tuple[Words, ...] = ((_("question"), ink), (f"· {question.by} ·", "$muted"), (question.text, ""))
    hint = None
    if question.open:
        words = _("v: answer; it waits for you") if question.for_me else _("v: answer")
        hint = (words, "$accent-text" if question.for_me else "$muted")
    lines = [Line(when(question.at, now), asked, hint=hint)]
    lines += [
        Line(when(reply.at, now), ((_("answer"), "$ok-text"), (f"· {reply.by} ·", "$muted"), (reply.text, "")))
        for reply in question.answers
    ]
    return Row(
        tuple(lines), resident_id=question.resident_id, about_id=question.about_id or None,
        question_id=question.entry_id,
    )  # fmt: skip


def task_row(task: TaskFacts, now: datetime) -> Row:
    """A task that can be taken over."""
    ink = "$warning-text" if task.overdue(now) or not task.owner_id else ""
    return Row((Line("", ((task_words(task, now), ink),)),), resident_id=task.resident_id, task_id=task.id)


def huddle_rows(huddle: Huddle, codes: Mapping[int, str]) -> Iterator[Row]:
    """What the two shifts talk about."""
    if huddle.unstable:
        yield plain_row("", (_("unstable: %(units)s") % {"units": ", ".join(huddle.unstable)}, "$danger-text"))
    for question in huddle.questions:
        unit = (codes.get(question.resident_id or 0, ""), "bold")
        yield plain_row("", (_("question"), "$warning-text"), unit, (question.text, ""), (question.by, "$muted"))
    for concern in huddle.concerns:
        unit = (codes.get(concern.resident_id or 0, ""), "bold")
        yield plain_row("", (_("concern"), "$danger-text"), unit, (concern.text, ""), (concern.by, "$muted"))
    if not (huddle.unstable or huddle.questions or huddle.concerns):
        yield plain_row("", (_("Nothing."), "$muted"))


def epj_rows(items: Iterable[ReadingItem], codes: Mapping[int, str], now: datetime) -> list[Row]:
    """What must still be entered in the municipality's record system."""
    rows = [
        plain_row(
            when(item.at, now), (codes.get(item.resident_id or 0, ""), "bold"), (_shortened(item.text), ""),
            (item.by, "$muted"),
        )
        for item in items
    ]  # fmt: skip
    return [heading(_("Not yet in the EPJ")), *rows] if rows else []


def _shortened(text: str, most: int = 60) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= most else first[: most - 1].rstrip() + "…"


def plain_row(time: str, *words: Words) -> Row:
    """A line that no key acts on."""
    return Row((Line(time, words),))

"""An entry as one line of a list: the time in a column of its own, whom it is about, its words, its signs; and whole, below it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from textual.content import Content

from staffbase.journal.items import TimelineItem
from staffbase.journal.model import KIND_NAMES, Importance, Kind, Source
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_date, show_day, show_moment, show_span, show_time, week_of
from staffbase.notes.service import Labels
from staffbase.ui.text import line, lines, marked, shown

WIDE = 100
"""Cells from which the resident's name and the kind have columns of their own."""
_BEFORE_MARK = 24
"""Characters of context before the first found word, when the line is too short for all."""


def signs_of(item: TimelineItem) -> list[tuple[str, str]]:
    """What must be known about an entry besides its words, worst first, as (words, style)."""
    signs: list[tuple[str, str]] = []
    if item.withdrawn:
        signs.append((_("withdrawn"), "$warning-text"))
    if item.moved:
        signs.append((_("moved to another resident"), "$warning-text"))
    if item.importance is Importance.URGENT:
        signs.append((_("urgent"), "bold $danger-text"))
    elif item.importance is Importance.HANDOVER:
        signs.append((_("for the handover"), "$warning-text"))
    if item.source is Source.AFTERWARDS:
        signs.append((_("entered later"), "$warning-text"))
    elif item.source is Source.PAPER:
        signs.append((_("from paper"), "$warning-text"))
    if item.corrected or item.time_corrected or item.moved_here:
        signs.append((_("corrected"), "$muted"))
    if item.epj:
        signs.append((_("in the EPJ"), "$ok-text") if item.epj_done else (_("to the EPJ"), "$accent-text"))
    standing = sum(not comment.withdrawn for comment in item.comments)
    if standing:
        signs.append((ngettext("%(count)d comment", "%(count)d comments", standing) % {"count": standing}, "$muted"))
    return signs


def entry_row(item: TimelineItem, labels: Labels, width: int, *, one_resident: bool = False) -> Content:
    """The entry in `width` cells."""
    wide = width >= WIDE
    unit, alias = labels.residents.get(item.resident_id or 0, ("", ""))
    parts = [shown(show_time(item.observed_from).ljust(6), "bold")]
    if not one_resident:
        parts.append(shown((unit or ("–" if item.resident_id is None else "·")).ljust(4), "bold"))
        if wide:
            parts.append(_column(shown(alias)))
    if wide:
        parts.append(_column(shown(_(KIND_NAMES[item.kind]), "$muted")))
    start = Content("").join(parts)
    signs = signs_of(item)
    told = line(*(signs if wide else signs[:1]), between=" · ")
    room = width - start.cell_length - (told.cell_length + 2 if told.plain else 0)
    words = _words(item, room, labels.found.get(item.entry_id, ""))
    gap = " " * max(1, width - start.cell_length - words.cell_length - told.cell_length)
    return start + words + (Content(gap) + told if told.plain else Content(""))


def _column(words: Content) -> Content:
    return words.truncate(15, ellipsis=True, pad=True) + Content(" ")


def _words(item: TimelineItem, room: int, outcome: str) -> Content:
    """The text in one line, from a little before the first found word; of a check what was found first."""
    text, marks = item.text.replace("\n", " ").replace("\t", " "), item.marks
    style = "" if item.kind is not Kind.CHECK else "$muted"
    if outcome and not marks:
        return shown(with_found(text, outcome), style).truncate(max(4, room), ellipsis=True)
    if not text and not item.hidden:
        return shown(_(KIND_NAMES[item.kind]), "$muted").truncate(max(4, room), ellipsis=True)
    if not marks:
        found = next((comment for comment in item.comments if comment.marks), None)
        if found is not None:
            text, marks = found.text.replace("\n", " ").replace("\t", " "), found.marks
    if marks:
        cut = max(0, marks[0][0] - _BEFORE_MARK) if len(text) > room else 0
        told = marked(text[cut:], [(start - cut, end - cut) for start, end in marks if start >= cut])
        return ((Content("…") if cut else Content("")) + told).truncate(max(4, room), ellipsis=True)
    return shown(text, style).truncate(max(4, room), ellipsis=True)


def whole_of(item: TimelineItem, labels: Labels, now: datetime) -> Content:
    """The pane below a list: when, whom, by whom, and all the words, those that were sought marked."""
    when = show_moment(item.observed_from, now)
    if item.observed_to != item.observed_from:
        when += " · " + show_span(item.observed_from, item.observed_to)
    head = line(
        (when, "bold"), (labels.resident(item.resident_id), "bold"), (_(KIND_NAMES[item.kind]), "$muted"),
        (labels.person(item.author_id), "$muted"), *signs_of(item), between=" · ",
    )  # fmt: skip
    found = labels.found.get(item.entry_id, "")
    words = marked(item.text, item.marks) if item.marks else shown(with_found(item.text, found))
    comments = [marked(comment.text, comment.marks) for comment in item.comments if comment.marks]
    return lines(head, words, *comments)


def with_found(text: str, found: str) -> str:
    """The words of an entry with what was found at the door before them, where it is a check."""
    return ". ".join(part for part in (found, text) if part)


def with_days(items: Sequence[TimelineItem]) -> Iterable[tuple[str | None, TimelineItem]]:
    """Each item, with the day's heading where a new day begins."""
    day = None
    for item in items:
        here = local(item.observed_from).date()
        heading = None
        if here != day:
            heading = _("%(day)s %(date)s · week %(week)d") % {
                "day": show_day(here).split(maxsplit=1)[0], "date": show_date(here), "week": week_of(here),
            }  # fmt: skip
        yield heading, item
        day = here

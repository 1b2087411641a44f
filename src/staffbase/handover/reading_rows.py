"""A reading as rows: unstable in full, the house, what changed, the quiet ones by name; and what stands beside it."""

from collections.abc import Iterator
from datetime import datetime

from staffbase.handover.facts import MyReading, ResidentReading
from staffbase.handover.plain import counts_words
from staffbase.handover.rows import (
    INK,
    Line,
    Row,
    Words,
    epj_rows,
    heading,
    huddle_rows,
    item_rows,
    plain_row,
    question_row,
    resident_words,
    task_row,
    when,
)  # fmt: skip
from staffbase.handover.rules import Section
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_moment
from staffbase.residents.model import PRESENCE_NAMES, STATUS_NAMES, Presence, Status


def reading_head(reading: MyReading, now: datetime) -> list[tuple[Words, ...]]:
    """How much is unread and since when it is read; then what to do next."""
    if reading.closed:
        return [((_("You are not on duty: what was written opens when you go on duty (F4)."), "$accent-text"),)]
    if reading.unread:
        count = ngettext("%(count)d unread", "%(count)d unread", reading.unread) % {"count": reading.unread}
        state = (count, "bold $warning-text")
    elif reading.accepted_at is not None:
        state = (_("accepted %(time)s") % {"time": show_moment(reading.accepted_at, now)}, "$ok-text")
    else:
        state = (_("nothing new"), "$muted")
    told = _("since your last duty, %(since)s") % {"since": show_moment(reading.covers.since, now)}
    if reading.covers.first_shift:
        told = _("the last seven days: your first shift here")
    head: list[tuple[Words, ...]] = [(state, (told, "$muted"))]
    if asked := len(reading.asked_of_me):
        told = ngettext(
            "%(count)d question waits for you: v answers it.",
            "%(count)d questions wait for you: v answers the first.",
            asked,
        )
        head.append(((told % {"count": asked}, "$accent-text"),))
    owed = [one.unit_code for one in reading.residents if one.must_say_back]
    if owed:
        head.append(((_("Say back first: %(units)s.") % {"units": ", ".join(owed)}, "$accent-text"),))
    elif reading.accepted_at is None or reading.unread:
        head.append(((_("g accepts it. You may leave without; that is shown."), "$accent-text"),))
    return head


def reading_rows(reading: MyReading, now: datetime) -> list[Row]:
    """The whole reading: unstable in full, the house, what changed, the quiet ones by name."""
    rows: list[Row] = []
    for resident in reading.section(Section.UNSTABLE):
        rows += _resident(resident, now)
    rows += _house(reading, now)
    changed = reading.section(Section.CHANGED)
    if changed:
        rows.append(heading(_("Changed")))
    for resident in changed:
        rows += _resident(resident, now)
    quiet = reading.section(Section.QUIET)
    if quiet:
        rows.append(heading(_("Quiet")))
    for resident in quiet:
        rows += _resident(resident, now)
    return rows


def _house(reading: MyReading, now: datetime) -> Iterator[Row]:
    warned = [*reading.missed_rounds, *reading.unsigned]
    if not (warned or reading.house or reading.house_questions or reading.house_tasks):
        return
    yield heading(_("The house"))
    for words in warned:
        yield Row((Line("", ((words, "$warning-text"),)),))
    for item in reading.house:
        yield from item_rows(item, now)
    for question in reading.house_questions:
        yield question_row(question, now)
    for task in reading.house_tasks:
        yield task_row(task, now)


def _resident(resident: ResidentReading, now: datetime) -> Iterator[Row]:
    words: list[Words] = [(resident_words(resident.unit_code, resident.alias), "bold")]
    if resident.status is not Status.CALM:
        words.append((_(STATUS_NAMES[resident.status]).upper(), INK[resident.status]))
    if resident.presence is not Presence.HOME:
        told = _(PRESENCE_NAMES[resident.presence])
        if resident.presence_until:
            told = _("%(where)s until %(until)s") % {"where": told, "until": show_moment(resident.presence_until, now)}
        words.append((told, ""))
    words.append((counts_words(resident.counts), "$muted"))
    first = [Line("", tuple(words), head=True)]
    if resident.must_say_back:
        first.append(Line("s", ((_("Say back in one line what you take on."), "$accent-text"),)))
    elif resident.said_back:
        first.append(Line(_("said back"), ((resident.said_back, "$ok-text"),)))
    yield Row(tuple(first), resident_id=resident.resident_id)
    for item in resident.items:
        yield from item_rows(item, now)
    for question in resident.questions:
        yield question_row(question, now)
    for task in resident.tasks:
        yield task_row(task, now)


def side_rows(reading: MyReading, now: datetime) -> list[Row]:
    """What stands beside the reading: the huddle, who has read, which reports there are, what the EPJ lacks."""
    codes = {one.resident_id: one.unit_code for one in reading.residents}
    rows = [heading(_("To talk about")), *huddle_rows(reading.huddle, codes)]
    if reading.readers:
        rows.append(heading(_("Who has read")))
    for reader in reading.readers:
        words = (
            (_("accepted"), "$ok-text")
            if reader.accepted_at
            else (_("not accepted"), "$warning-text" if reader.late else "$muted")
        )
        rows.append(plain_row(when(reader.accepted_at, now) if reader.accepted_at else "", (reader.name, ""), words))
    if reading.signed:
        rows.append(heading(_("Shift reports")))
    rows += [plain_row("", (words, "$muted")) for words in reading.signed]
    return [*rows, *epj_rows(reading.not_in_epj, codes, now)]

"""The round sheet in words: one row a door, in columns that fit the width, and what stands above and beside them."""

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_day, show_moment, show_time
from staffbase.people.rules import night_of
from staffbase.residents.model import ROUND_FORM_NAMES, RoundForm, Status, WarningKind
from staffbase.residents.rules import ResidentFacts
from staffbase.residents.told import form_words, status_words, validity_words, warning_row
from staffbase.rounds.facts import DoorLine, RoundSheet, WindowFacts
from staffbase.rounds.model import BEYOND_NAMES, OUTCOME_NAMES, Beyond, Outcome
from staffbase.rounds.rules import EARLY, SEEN, Window
from staffbase.ui.text import line, lines, shown, wrapped

SHORT_FORMS = {
    RoundForm.NONE: N_("no check"),
    RoundForm.OUTSIDE: N_("from outside"),
    RoundForm.KNOCK: N_("knock, voice"),
    RoundForm.OPEN_DOOR: N_("open door"),
    RoundForm.ENTER: N_("may enter"),
}
SHORT_OUTCOMES = {
    Outcome.ASLEEP: N_("asleep, breathing"),
    Outcome.AWAKE: N_("seen awake"),
    Outcome.SPOKE: N_("spoke with"),
    Outcome.HEARD: N_("heard, not seen"),
    Outcome.AWAY: N_("not at home"),
    Outcome.DECLINED: N_("declined"),
    Outcome.NO_ANSWER: N_("NO ANSWER"),
    Outcome.DANGER: N_("IN DANGER"),
}
SHORT_BEYOND = {
    Beyond.INVITED: N_("invited"),
    Beyond.DOOR_OPEN: N_("door open"),
    Beyond.FEARED: N_("feared"),
}
WIDE = 100
"""Cells from which a row has its columns in full words."""


def cell(text: str | Content, width: int, style: str = "") -> Content:
    """One column."""
    content = text if isinstance(text, Content) else shown(text, style)
    return content.truncate(width, ellipsis=True, pad=True)


def door_row(row: DoorLine, width: int, now: datetime, *, left: bool = False) -> Content:
    """A door: sign, unit, name, agreement, last seen, and its answer with interval and recorded time, or why none is due.

    `left` marks the row that was just answered.
    """
    wide = width >= WIDE
    resident = row.door.resident
    dim = "" if row.due else "$muted"
    name = _name(resident, 16 if wide else 14, dim)
    columns = [cell(_sign(row), 1), cell(row.door.code, 4, f"bold {dim}".strip()), name]
    answered = row.check is not None
    if not row.due and not answered:
        columns.append(shown(row.reason or "", "$muted"))
        return Content(" ").join(columns).truncate(width, ellipsis=True)
    if answered:
        return _fitting(row, columns, width, left=left)
    form = _form(row, short=not wide)
    columns.append(cell(form, 27 if wide else 13))
    if wide:
        columns.append(cell(_seen(row, now), 26))
    columns.append(_open(row, now, short=not wide))
    return Content(" ").join(columns).truncate(width, ellipsis=True)


def door_told(row: DoorLine, now: datetime, width: int, most: int) -> Content:
    """A door before it is opened, in at most so many lines: how far the check may go, then every danger.

    The row has room for the first danger, and often not for all of it.
    """
    resident = row.door.resident
    if resident is None:
        return Content("")
    agreement = resident.agreement
    wake = _("may be woken") if agreement is not None and agreement.may_wake and not row.expired else ""
    head = line((row.door.code, "bold"), (resident.alias, "bold"), status_words(resident), between="  ")
    agreed = line(form_words(agreement), wake, validity_words(agreement, now), between=" · ")
    first = line(head, agreed, between="   ").truncate(max(1, width), ellipsis=True)
    dangers = [warning_row(one) for one in resident.warnings]
    below = [part for danger in dangers for part in danger.wrap(max(1, width))]
    if len(below) >= most:
        below = wrapped(line(*dangers, between="   "), width, most - 1)
    return lines(first, *below)


def _fitting(row: DoorLine, columns: Sequence[Content], width: int, *, left: bool) -> Content:
    """The row with its answer in the fullest words that fit: both times stand whole whatever else is shortened."""
    form, short_form = cell(_form(row, short=False), 27), cell(_form(row, short=True), 13)
    tries = [
        [form, _answer(row, 22, short=False, left=left)],
        [form, _answer(row, 23, short=True, left=left)],
        [short_form, _answer(row, 17, short=True, left=left)],
        [_answer(row, 17, short=True, left=left)],
    ]
    if width < WIDE:
        del tries[:3]
    made = (Content(" ").join([*columns, *one]) for one in tries)
    last = Content("")
    for last in made:
        if last.cell_length <= width:
            break
    return last.truncate(width, ellipsis=True)


def _sign(row: DoorLine) -> Content:
    if row.check is None:
        return shown("○", "$warning-text") if row.due else shown("–", "$muted")
    if not row.check.concluded:
        return shown("!", "bold $danger-text")
    return shown("●", "$ok-text") if row.check.outcome in SEEN else shown("◐", "$warning-text")


def _name(resident: ResidentFacts | None, width: int, dim: str) -> Content:
    if resident is None:
        return cell("", width + 2)
    mark = ""
    if resident.status is Status.UNSTABLE or any(one.kind is WarningKind.DANGER for one in resident.warnings):
        mark = "$danger-text"
    elif resident.status is Status.WATCH:
        mark = "$warning-text"
    return cell(resident.alias, width, dim) + cell("!" if mark else "", 2, f"bold {mark}".strip())


def _form(row: DoorLine, *, short: bool) -> Content:
    if row.form is None:
        return Content("")
    if row.expired:
        return shown(_("knock only") if short else _("knock only, run out"), "$warning-text")
    return shown(_((SHORT_FORMS if short else ROUND_FORM_NAMES)[row.form]), "$muted")


def _seen(row: DoorLine, now: datetime) -> Content:
    if row.last_seen is None:
        return Content("")
    return line((show_moment(row.last_seen.at_to, now), "$muted"), (_(SHORT_OUTCOMES[row.last_seen.outcome]), "$muted"))


def _open(row: DoorLine, now: datetime, *, short: bool) -> Content:
    if row.open_reason:
        return line((_("not checked:"), "bold $warning-text"), row.open_reason)
    resident = row.door.resident
    warning = shown(resident.warnings[0].line, "$danger-text") if resident and resident.warnings else ""
    return line(cell(_seen(row, now), 23) if short else "", warning)


def _answer(row: DoorLine, width: int, *, short: bool, left: bool) -> Content:
    """The answer in a column of so many cells, and its times; they begin in one column whether it is short or not."""
    check = row.check
    if check is None:
        return Content("")
    style = "$ok-text" if check.outcome in SEEN else "$warning-text" if check.concluded else "$danger-text"
    said = _((SHORT_OUTCOMES if short else OUTCOME_NAMES)[check.outcome])
    if check.late:
        written = shown(_("entered later %(time)s") % {"time": show_time(check.recorded_at)}, "$warning-text")
    else:
        written = shown(_("written %(time)s") % {"time": show_time(check.recorded_at)}, "$muted")
    running = "" if check.concluded else shown(_("running"), "bold $danger-text")
    why = shown(_((SHORT_BEYOND if short else BEYOND_NAMES)[check.beyond]), "$muted") if check.beyond else ""
    outcome = shown(said, f"bold {style}" if left or not check.concluded else style)
    between = " " if short else "  "
    times = line(interval(check.at_from, check.at_to), written)
    return line(cell(outcome, width), times, running, why, between=between)


def head(sheet: RoundSheet, now: datetime) -> Content:
    """The window, the walk, how many doors; below, what to do next."""
    return lines(line(*_standing(sheet), between="   "), _next(sheet, now))


def interval(begins: datetime, ends: datetime) -> str:
    """Both ends, also when they are the same minute: it is always an interval that was seen."""
    return f"{show_time(begins)}–{show_time(ends)}"


def _hours(window: Window) -> str:
    return interval(window.begins_at, window.ends_at)


def hours_told(window: Window, now: datetime) -> str:
    """When a round should have been, with the day where it was not this night."""
    day = "" if window.night == night_of(now) else f"{show_day(window.begins_at)} "
    return day + _hours(window)


def _standing(sheet: RoundSheet) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    if sheet.extra:
        parts.append((_("Extra round"), "bold"))
    elif sheet.window:
        told = _("Round %(hours)s") if sheet.walk or sheet.in_window else _("Next round %(hours)s")
        parts.append((told % {"hours": _hours(sheet.window)}, "bold"))
    walk, due, done = sheet.walk, *sheet.counted
    if walk is None:
        parts.append((_("%(due)d doors are due") % {"due": due}, "$muted"))
        return parts
    if walk.returned_at is None:
        told = _("%(who)s left on the walk at %(time)s, due back %(due)s")
        words = {"who": walk.walker, "time": show_time(walk.left_at), "due": show_time(walk.due_back_at)}
        parts.append((told % words, "$warning-text"))
    elif walk.walked:
        spans = sheet.spans or ((walk.left_at, walk.returned_at),)
        told = ngettext("%(who)s: seen during the walk %(span)s", "%(who)s: seen during the walks %(span)s", len(spans))
        span = ", ".join(interval(begins, ends) for begins, ends in spans)
        parts.append((told % {"who": walk.walker, "span": span}, ""))
    if sheet.extra:
        counted = ngettext("%(count)d door", "%(count)d doors", done) % {"count": done}
    else:
        counted = _("%(done)d of %(due)d doors") % {"done": done, "due": due}
    parts.append((counted, "bold $ok-text" if done == due else "bold $warning-text"))
    if walk.signed_at is not None:
        parts.append((_("signed %(time)s") % {"time": show_time(walk.signed_at)}, "$ok-text"))
    if walk.late_reason:
        parts.append((_("entered later: %(reason)s") % {"reason": walk.late_reason}, "$warning-text"))
    return parts


def _next(sheet: RoundSheet, now: datetime) -> Content:
    walk = sheet.walk
    due, done = sheet.counted
    missed = sheet.not_walked[0] if sheet.not_walked else None
    if walk is not None and walk.returned_at is None:
        said = shown(
            _("The walker's PIN ends the walk. m: reached, 15 more minutes · i, h: the walker rings."), "$muted"
        )
    elif walk is not None and walk.signed_at is None:
        running = [row.door.code for row in sheet.lines if row.check and not row.check.concluded]
        if running:
            told = _(
                "An incident runs at %(units)s: enter on the door goes on. The round is signed when it is concluded."
            )
            said = shown(told % {"units": ", ".join(running)}, "bold $danger-text")
        elif sheet.extra:
            said = shown(_("An extra round owes no door: answer those you saw. g signs."), "$muted")
        elif done == due:
            said = shown(_("Every door has its answer. g signs."), "bold $accent-text")
        else:
            said = shown(_("One key a door, as you saw it. r declined, i no answer, z undoes, g signs."), "$muted")
    elif missed is not None:
        said = line(
            (_("Nobody walked %(hours)s.") % {"hours": hours_told(missed, now)}, "bold $danger-text"),
            _("g: say why · l: it was walked, enter it later"),
        )
    else:
        said = _before_leaving(sheet, now)
    waiting = [one for one in sheet.unsigned if walk is None or one.id != walk.id]
    if not waiting:
        return said
    times = ", ".join(show_moment(one.left_at, now) for one in waiting)
    return lines(
        said,
        shown(
            _("Not signed yet: the walk of %(times)s. It comes when this one is signed.") % {"times": times},
            "$warning-text",
        ),
    )


def _before_leaving(sheet: RoundSheet, now: datetime) -> Content:
    """What w begins now; after a round is signed also when the next one is, which the head names otherwise."""
    coming = ""
    if sheet.walk is not None and sheet.coming is not None:
        coming = _("Next round %(hours)s") % {"hours": hours_told(sheet.coming, now)}
    if not sheet.extra_now:
        said = _("w when you leave. The screen locks; your PIN ends the walk and opens the doors.")
    elif sheet.walk is None and sheet.window is not None and now < sheet.window.begins_at:
        said = _("w now begins only an extra round; this one from %(time)s.") % {
            "time": show_moment(sheet.window.begins_at - EARLY, now)
        }
    else:
        said = _("w now begins only an extra round.")
    return line((coming, "bold"), (said, "$muted"), between="   ")


def side(windows: Sequence[WindowFacts], now: datetime) -> Content:
    """The windows of tonight, beside the doors where there is room."""
    rows = []
    for found in windows:
        counted = _("%(done)d of %(due)d doors") % {"done": found.done, "due": found.due}
        if found.missed(now):
            style, word = "bold $danger-text", _("passed")
        elif found.signed:
            style, word = "$ok-text", _("signed")
        else:
            style, word = "$muted" if now < found.window.begins_at else "$warning-text", ""
        rows.append(line(_hours(found.window), (counted, style), (word, style), between="  "))
    return lines(shown(_("TONIGHT"), "$muted"), *rows) if rows else Content("")

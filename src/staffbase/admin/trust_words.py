"""What the page on access and safety says of each thing: short, and worst first in colour and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from staffbase.admin.told import Told
from staffbase.kernel.access import ROLE_NAMES
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_date, show_moment, show_since
from staffbase.ui.text import column, line, shown, wrapped

if TYPE_CHECKING:
    from staffbase.exchange.automatic import BackupFacts
    from staffbase.exchange.openers import Leaver, Opener
    from staffbase.exchange.verification import VerificationFacts
    from staffbase.residents.access_log import Openings
    from staffbase.residents.emergency import EmergencyFacts

_FOUND_SHOWN = 6
_CODE, _NAME, _COUNT, _DATE = 5, 17, 5, 12


@dataclass(frozen=True)
class TrustGlance:
    """What the overview of Administration says of it; None is what this person may not see."""

    waiting: int | None
    backup: "BackupFacts | None"
    verification: "VerificationFacts | None"


def tell_trust(glance: TrustGlance, now: datetime) -> Told:
    """Whether somebody must look: at an emergency access, a backup, a verification."""
    rows = []
    if glance.waiting is not None:
        rows.append(waiting_words(glance.waiting))
    if glance.verification is not None:
        rows.append(line((_("verified"), "$muted"), verification_head(glance.verification, now), between="  "))
    if glance.backup is not None:
        rows.append(line((_("backup"), "$muted"), backup_head(glance.backup, now), between="  "))
    return Told(rows, rows[:2])


def waiting_words(waiting: int) -> Content:
    """How many emergency accesses nobody has looked at."""
    if not waiting:
        return shown(_("no emergency access waits"), "$muted")
    words = ngettext("%(count)d emergency access waits", "%(count)d emergency accesses wait", waiting)
    return shown(words % {"count": waiting}, "bold $warning-text")


def opened_row(one: "Openings", width: int) -> Content:
    """One resident: how often, by whom, and whether by emergency access."""
    code = column(_CODE, (one.subject.unit_code or "–", "bold"))
    name = column(_NAME, (one.subject.alias, "" if one.count else "$muted"))
    if not one.count:
        return code + name + Content(" " * _COUNT) + shown(_("not opened"), "$muted")
    count = shown(f"{one.count:>{_COUNT - 2}}  ", "bold")
    people = ", ".join(f"{who} {times}" if times > 1 else who for who, times in one.people)
    marks = ""
    if one.emergencies:
        words = ngettext("%(count)d emergency", "%(count)d emergencies", one.emergencies)
        marks = words % {"count": one.emergencies}
    return (code + name + count + line((marks, "bold $warning-text"), people, between="  ")).truncate(
        width, ellipsis=True
    )


def queue_row(one: "EmergencyFacts", now: datetime, width: int) -> Content:
    """An emergency access that waits: who opened whom, when, and why."""
    head = line(
        (f"{one.unit_code} {one.resident}".strip(), "bold"), one.person, (show_moment(one.opened_at, now), "$muted"),
        between="  ",
    )  # fmt: skip
    why = wrapped(shown(one.reason.replace("\n", " ")), max(10, width - 2), 2)
    return Content("\n").join([head.truncate(width, ellipsis=True), *(Content("  ") + part for part in why)])


def backup_head(facts: "BackupFacts", now: datetime) -> Content:
    """When the last good one was."""
    if facts.on_server:
        return shown(_("by the server's own tools"), "$muted")
    if facts.last is None:
        return shown(_("none yet"), "bold $warning-text" if facts.missed else "$muted")
    age = show_since(facts.last, now)
    return line(
        (show_moment(facts.last, now), "bold $warning-text" if facts.missed else "bold"),
        (_("%(age)s ago") % {"age": age}, "$warning-text" if facts.missed else "$muted"),
    )


def backup_rows(facts: "BackupFacts", now: datetime) -> list[Content]:
    """When, how many, where."""
    rows = [backup_head(facts, now)]
    where = str(facts.folder) if facts.folder is not None else _("the data folder")
    if facts.on_server:
        return rows
    if not facts.keep:
        quiet = "$warning-text" if facts.missed or facts.last is None else "$muted"
        rows.append(shown(_("Automatic backup is off."), quiet))
    elif not facts.reachable:
        rows.append(shown(_("The folder cannot be read: %(folder)s") % {"folder": where}, "bold $warning-text"))
    else:
        kept = _("%(kept)d of at most %(keep)d kept, each night at %(at)s")
        rows.append(shown(kept % {"kept": facts.kept, "keep": facts.keep, "at": facts.at}))
        rows.append(shown(_("in %(folder)s") % {"folder": where}, "$muted"))
    return rows


def verification_head(facts: "VerificationFacts", now: datetime) -> Content:
    """Whether all was as staffbase wrote it, and when that was seen."""
    last = facts.last
    if last is None:
        return shown(_("not yet"), "bold $warning-text" if facts.overdue else "$muted")
    when = (show_moment(last.at, now), "$warning-text" if facts.overdue else "$muted")
    if last.clean:
        return line((_("nothing changed"), "bold $ok-text"), when, between="  ")
    words = ngettext("%(count)d change found", "%(count)d changes found", last.found) % {"count": last.found}
    return line((words, "bold $danger-text"), when, between="  ")


def verification_rows(facts: "VerificationFacts", now: datetime) -> list[Content]:
    """The same, with how much was looked at, by whom, and what was found."""
    rows, last = [verification_head(facts, now)], facts.last
    if last is None:
        rows.append(shown(_("The station does it each night, after the backup."), "$muted"))
        return rows
    count = ngettext("%(count)d row and the log", "%(count)d rows and the log", last.rows) % {"count": last.rows}
    who = facts.by or _("the station by itself")
    rows.append(shown(_("%(count)s, by %(who)s") % {"count": count, "who": who}, "$muted"))
    rows += [shown(words, "$danger-text") for words in facts.words[:_FOUND_SHOWN]]
    if last.found > _FOUND_SHOWN:
        rows.append(shown(_("All of it: staffbase verify"), "$muted"))
    if not last.clean:
        rows.append(shown(_("Keep every backup, and find out who could write here."), "bold"))
    if last.erased:
        rows.append(shown(_("%(count)d rows were erased by decision (§ 43).") % {"count": last.erased}, "$muted"))
    if facts.overdue:
        rows.append(shown(_("That is more than a week ago."), "$warning-text"))
    return rows


def opener_rows(openers: "Sequence[Opener]") -> list[Content]:
    """Since when, and whose key opens the station."""
    return [_dated(one.since, one.name) for one in openers]


def _dated(when: datetime | None, *words: str | tuple[str, str]) -> Content:
    """A date in its column, and what it is about."""
    return column(_DATE, (show_date(when) if when else "–", "$muted")) + line(*words, between="  ")


def leaver_rows(leavers: "Sequence[Leaver]") -> list[Content]:
    """Who left, and whether there is a new key after whoever could change who opens the station."""
    if not leavers:
        return [shown(_("nobody in the last 90 days"), "$muted")]
    rows = []
    for one in leavers:
        rows.append(_dated(one.left_at, one.name, (_(ROLE_NAMES[one.role]), "$muted")))
        if one.was_leader and one.rekeyed_at is not None:
            rows.append(_dated(one.rekeyed_at, (_("the database got a new key"), "$ok-text")))
        elif one.was_leader:
            rows.append(_dated(None, (_("no new key since: staffbase rekey"), "bold $warning-text")))
    return rows

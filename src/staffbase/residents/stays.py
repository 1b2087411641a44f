"""Who lives where: moving in, within the house, out, and back. Each is a stay of its own and a line on the timeline."""

from datetime import date, datetime

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_date
from staffbase.kernel.typed import past_moment, typed_line, typed_text
from staffbase.residents.model import PRESENCE_NAMES, Presence, Resident, Stay, Unit
from staffbase.residents.reading import stay_in
from staffbase.residents.rules import ALIAS_LIMIT, read_birth_year, show_until
from staffbase.residents.whereabouts import FREES, keep_former_in, left_at, note_in


def living_in(tx: Reading, house_id: int, resident_id: int) -> tuple[Resident, Stay]:
    """Somebody who lives in the house now, and their stay. Raises NotFound."""
    resident = tx.find(Resident, resident_id)
    stay = stay_in(tx, resident_id=resident_id)
    if resident is None or stay is None or resident.house_id != house_id:
        raise NotFound(_("This resident does not live here now."))
    return resident, stay


def admit_in(
    tx: Writing, house_id: int, unit_id: int, alias: str, birth_year: int | str, moved_in: date, *, about: str = "",
    naloxone: str = "", children: bool = False, primary_contact_id: int | None = None,
) -> Resident:  # fmt: skip
    """A resident moves into a unit that is free."""
    unit = _free(tx, house_id, unit_id)
    resident = tx.add(
        Resident(
            house_id=house_id,
            alias=typed_line(alias, "alias", limit=ALIAS_LIMIT),
            birth_year=read_birth_year(birth_year, local(tx.now).date()),
            about=typed_text(about, "about", required=False, limit=600),
            naloxone=typed_line(naloxone, "naloxone", required=False, limit=60),
            children=children,
            primary_contact_id=primary_contact_id,
        )
    )
    tx.flush()
    tx.add(Stay(resident_id=resident.id, unit_id=unit_id, from_date=_past(moved_in, tx)))
    note_in(tx, resident, unit_id, Presence.HOME, tx.now)
    _tell(tx, resident, _("Moved into %(unit)s.") % {"unit": unit.code}, moved_in, Importance.ROUTINE)
    return resident


def move_in(tx: Writing, house_id: int, resident_id: int, unit_id: int, day: date | None = None) -> None:
    """A resident moves to another unit of the house, which must be free."""
    resident, stay = living_in(tx, house_id, resident_id)
    unit, before = _free(tx, house_id, unit_id), tx.get(Unit, stay.unit_id)
    keep_former_in(tx, resident, stay)
    day = _end(tx, stay, _("moved within the house"), day)
    tx.add(Stay(resident_id=resident_id, unit_id=unit_id, from_date=day))
    note_in(tx, resident, unit_id, resident.presence, tx.now)
    told = _("Moved from %(before)s to %(unit)s.") % {"before": before.code, "unit": unit.code}
    _tell(tx, resident, told, day)


def leave_in(
    tx: Writing, house_id: int, resident_id: int, reason: str, text: str = "", day: date | None = None
) -> None:
    """A resident leaves the house, with a reason; nothing that was written goes with it."""
    resident, stay = living_in(tx, house_id, resident_id)
    reason = typed_line(reason, "reason")
    keep_former_in(tx, resident, stay)
    day = _end(tx, stay, reason, day)
    note_in(tx, resident, None, resident.presence, left_at(tx, day))
    told = _("Left the house: %(reason)s.") % {"reason": reason}
    _tell(tx, resident, f"{told} {typed_text(text, required=False)}".strip(), day)


def come_back_in(tx: Writing, house_id: int, resident_id: int, unit_id: int, day: date | None = None) -> None:
    """Somebody who lived here moves in again: the same person, with all that was written before."""
    resident = tx.get(Resident, resident_id)
    if resident.house_id != house_id:
        raise NotFound(_("It is not there any more."))
    if stay_in(tx, resident_id=resident_id) is not None:
        raise Invalid(_("%(name)s lives here already.") % {"name": resident.alias})
    unit = _free(tx, house_id, unit_id)
    day = _past(day or local(tx.now).date(), tx)
    tx.add(Stay(resident_id=resident_id, unit_id=unit_id, from_date=day))
    tx.change(resident, presence=Presence.HOME, presence_since=None, presence_until=None)
    note_in(tx, resident, unit_id, Presence.HOME, tx.now)
    _tell(tx, resident, _("Moved in again, into %(unit)s.") % {"unit": unit.code}, day)


def set_presence_in(
    tx: Writing,
    resident_id: int,
    presence: Presence,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
) -> None:
    """Where the resident is, since (now) and until when (who is at home stays); told on the timeline.

    What is said already, without a time or a word more, is no news and is not written again.
    """
    resident = tx.get(Resident, resident_id)
    resident, stay = living_in(tx, resident.house_id, resident_id)
    until = None if presence is Presence.HOME else until
    if since is None and not text.strip() and (presence, until) == (resident.presence, resident.presence_until):
        return
    since = past_moment(since or tx.now, tx.now, "since")
    if until is not None and until <= since:
        raise Invalid(_("The end must lie after the beginning."), "until")
    told = _(PRESENCE_NAMES[presence])
    if until is not None:
        told = _("%(presence)s until %(when)s") % {"presence": told, "when": show_until(until)}
    told = told[0].upper() + told[1:] + "."
    write_entry(
        tx, Kind.PRESENCE, f"{told} {typed_text(text, required=False)}".strip(), house_id=resident.house_id,
        resident_id=resident_id, observed_from=since, importance=Importance.HANDOVER,
    )  # fmt: skip
    keep_former_in(tx, resident, stay)
    tx.change(resident, presence=presence, presence_since=since, presence_until=until)
    note_in(tx, resident, stay.unit_id, presence, since if presence in FREES else tx.now)


def _free(tx: Reading, house_id: int, unit_id: int) -> Unit:
    unit = tx.find(Unit, unit_id)
    if unit is None or unit.house_id != house_id:
        raise Invalid(_("Choose one of the vacant units."), "unit")
    if stay_in(tx, unit_id) is not None:
        raise Invalid(_("Somebody lives in this unit already."), "unit")
    return unit


def _past(day: date, tx: Writing) -> date:
    if day > local(tx.now).date():
        raise Invalid(_("This day lies ahead. Write it down when it has come."), "day")
    return day


def _end(tx: Writing, stay: Stay, reason: str, day: date | None) -> date:
    day = _past(day or local(tx.now).date(), tx)
    if day < stay.from_date:
        raise Invalid(_("That is before the day of moving in, %(date)s.") % {"date": show_date(stay.from_date)}, "day")
    tx.change(stay, until_date=day, leave_reason=reason)
    tx.flush()  # the unit is free before somebody moves into it
    return day


def _tell(tx: Writing, resident: Resident, told: str, day: date, importance: Importance = Importance.HANDOVER) -> None:
    """On the timeline: written now, with the day where it was another one."""
    today = local(tx.now).date()
    if day < today:
        told = _("%(date)s: %(told)s") % {"date": show_date(day), "told": told}
    write_entry(tx, Kind.STAY, told, house_id=resident.house_id, resident_id=resident.id, importance=importance)

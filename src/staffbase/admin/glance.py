"""What the overview says of each part: the house at a glance, in the longer form and in two lines for a small terminal."""

from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from staffbase.admin.service import MachineFacts, said
from staffbase.admin.told import Told
from staffbase.admin.trust_words import TrustGlance
from staffbase.kernel.access import ROLE_NAMES, Role
from staffbase.kernel.i18n import _, ngettext
from staffbase.people.model import SHIFT_NAMES
from staffbase.people.rules import ShiftHours, show_hours
from staffbase.people.service import PersonLine
from staffbase.residents.house import units_told
from staffbase.residents.model import PRESENCE_NAMES, Presence
from staffbase.residents.rules import Door, HouseFacts, expired
from staffbase.rounds.rules import WindowHours, show_nights
from staffbase.ui.text import line, shown

_NAMES_SHOWN = 4
_LABEL = 12
"""Cells for what a fact is called."""


@dataclass(frozen=True)
class Glance:
    """All that stands, as it was last read."""

    house: HouseFacts
    people: list[PersonLine]
    doors: list[Door]
    shifts: list[ShiftHours]
    windows: list[WindowHours]
    machine: MachineFacts
    trust: TrustGlance
    at: datetime


def tell_staff(now: Glance) -> Told:
    """How many, who has not got in yet, and who is what."""
    working = [one for one in now.people if not one.left]
    on_duty = [one.name for one in working if one.on_duty]
    count = ngettext("%(count)d works here", "%(count)d work here", len(working)) % {"count": len(working)}
    told = _("on duty: %(names)s") % {"names": ", ".join(on_duty)} if on_duty else _("nobody on duty")
    head = line((count, "bold"), (told, ""), between=" · ")
    lacking: list[Content] = [
        shown(sentence % {"names": names_of(who)}, "$warning-text")
        for sentence, who in (
            (_("no PIN: %(names)s"), [one for one in working if not one.has_pin]),
            (_("one-time PIN not used yet: %(names)s"), [one for one in working if one.one_time_pin]),
        )
        if who
    ]
    width = role_width()
    by_role = [
        line((_(ROLE_NAMES[role]).ljust(width), "$muted"), ", ".join(one.name for one in working if one.role is role))
        for role in Role
        if any(one.role is role for one in working)
    ]
    signed_in = lacking or [shown(_("everybody has a PIN of their own"), "$muted")]
    return Told([head, *lacking, *by_role], [head, signed_in[0]])


def tell_residents(now: Glance) -> Told:
    """How many live here, who is not at home, and whose check agreement has run out or is lacking."""
    living = [door for door in now.doors if door.resident]
    count = ngettext("%(count)d resident", "%(count)d residents", len(living)) % {"count": len(living)}
    free = [door.code for door in now.doors if not door.resident]
    vacant = _("vacant: %(units)s") % {"units": units_told(free)} if free else _("no unit is vacant")
    head = line((count, "bold"), (vacant, "$muted"), between=" · ")
    agreements = [(door.code, door.resident.agreement) for door in living if door.resident]
    out = [code for code, agreement in agreements if agreement is not None and expired(agreement, now.at)]
    without = [code for code, agreement in agreements if agreement is None]
    wanting: list[Content] = [
        shown(sentence % {"units": ", ".join(units)}, ink)
        for sentence, units, ink in (
            (_("agreement has run out, knock only: %(units)s"), out, "bold $danger-text"),
            (_("no agreement yet: %(units)s"), without, "$warning-text"),
        )
        if units
    ]
    agreed = wanting or [shown(_("every check agreement holds"), "$muted")]
    away = [
        line((door.code.ljust(5), "bold"), (_(PRESENCE_NAMES[door.resident.presence]), "$accent-text"))
        for door in living
        if door.resident and door.resident.presence is not Presence.HOME
    ]
    return Told([head, *agreed, *away], [head, agreed[0]])


def role_width() -> int:
    """Cells for the longest role in the person's language."""
    return max(len(_(name)) for name in ROLE_NAMES.values())


def names_of(people: list[PersonLine]) -> str:
    """A few names, and how many more."""
    names = [one.name for one in people]
    if len(names) <= _NAMES_SHOWN:
        return ", ".join(names)
    more = ngettext("and %(count)d more", "and %(count)d more", len(names) - _NAMES_SHOWN)
    return ", ".join(names[:_NAMES_SHOWN]) + " " + more % {"count": len(names) - _NAMES_SHOWN}


def tell_house(now: Glance) -> Told:
    """What emergency services and the lock screen need; what is empty is said in amber."""
    house = now.house
    on_call = " ".join(filter(None, (house.oncall_name, house.oncall_phone)))
    many = house.review_months
    months = _("every month") if many == 1 else _("every %(count)d months") % {"count": many}
    rows = [
        _fact(_("name"), house.name),
        _fact(_("address"), house.address),
        _fact(_("entrance"), house.entrance),
        _fact(_("on call"), on_call),
        _fact(_("plan review"), months),
    ]
    reach = shown(on_call) if on_call else _lacks()
    short = [shown(house.address) if house.address else _lacks(), line((_("on call"), "$muted"), reach)]
    return Told(rows, short, _LABEL + 2)


def tell_units(now: Glance) -> Told:
    """The units in walking order, by module, and which are vacant."""
    codes = [door.code for door in now.doors]
    vacant = [door.code for door in now.doors if door.resident is None]
    count = ngettext("%(count)d unit", "%(count)d units", len(codes)) % {"count": len(codes)}
    free = _("vacant: %(units)s") % {"units": ", ".join(vacant)} if vacant else _("none vacant")
    head = line((count, "bold"), free, between=" · ")
    modules: dict[str, list[str]] = {}
    for door in now.doors:
        modules.setdefault(door.module, []).append(door.code)
    rows = [_fact(_("module %(letter)s") % {"letter": module}, units_told(of)) for module, of in modules.items()]
    return Told([head, *rows], [head, shown(units_told(codes), "$muted")])


def tell_shifts(now: Glance) -> Told:
    """When, and how many."""
    rows = [
        line(
            (_(SHIFT_NAMES[one.name]).ljust(14), "$muted"),
            (show_hours(one.begins, one.ends), "bold"),
            ngettext("at least %(count)d", "at least %(count)d", one.norm) % {"count": one.norm},
            between="  ",
        )
        for one in now.shifts
    ]
    short = " · ".join(show_hours(one.begins, one.ends) for one in now.shifts)
    names = " · ".join(f"{_(SHIFT_NAMES[one.name])} {one.norm}" for one in now.shifts)
    return Told(rows, [shown(short, "bold"), shown(names, "$muted")])


def tell_windows(now: Glance) -> Told:
    """When a round is due."""
    rows = [
        line((show_hours(one.begins, one.ends), "bold"), (show_nights(one.rrule), "$muted"), between="  ")
        for one in now.windows
    ]
    short = " · ".join(show_hours(one.begins, one.ends) for one in now.windows)
    nights = " · ".join(dict.fromkeys(show_nights(one.rrule) for one in now.windows))
    return Told(rows, [shown(short, "bold"), shown(nights, "$muted")])


def tell_machine(now: Glance) -> Told:
    """When this machine locks and when it rings, what it looks like; in amber when nobody outside the room hears."""
    settings = now.machine.settings
    idle = ngettext("locks after %(count)d minute", "locks after %(count)d minutes", settings.idle_lock_minutes)
    card = ngettext("with a card open %(count)d", "with a card open %(count)d", settings.crisis_lock_minutes)
    walk = ngettext("walk alarm after %(count)d minute", "walk alarm after %(count)d minutes", settings.walk_minutes)
    first = (idle % {"count": settings.idle_lock_minutes}, "bold")
    last = (walk % {"count": settings.walk_minutes}, "bold")
    short = (_("walk alarm after %(count)d") % {"count": settings.walk_minutes}, "bold")
    locks = line(first, card % {"count": settings.crisis_lock_minutes}, between=" · ")
    heard = (
        shown(_("the alarm runs a command"))
        if settings.alarm_command
        else shown(_("the alarm is heard in this room only"), "$warning-text")
    )
    looks = (said("language", settings.language), line((_("colours"), "$muted"), said("theme", settings.theme)))
    opens = line((_("the station opens"), "$muted"), said("unlock", settings.unlock))
    return Told(
        [locks, shown(*last), heard, line(*looks, opens, between=" · ")], [line(first, short, between=" · "), heard]
    )


def _fact(label: str, value: str) -> Content:
    return line((label.ljust(_LABEL), "$muted"), shown(value) if value else _lacks(), between="  ")


def _lacks() -> Content:
    return shown(_("not filled in"), "$warning-text")

"""Rules about units, ages, call hours and check agreements: pure, with moments as arguments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from staffbase.kernel.clock import local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date, show_time
from staffbase.residents.model import Presence, RoundForm, Status, WarningKind

MOST_UNITS = 60
YOUNGEST = 15
ALIAS_LIMIT = 40
ABOUT_LIMIT = 600
NALOXONE_LIMIT = 60
WARNING_LIMIT = 74
"""Characters: a warning is one line of tile and card."""
LADDER_STEPS = 9
_YEAR = re.compile(r"[0-9]{4}")
_CODE = re.compile(r"^([A-ZÆØÅ]{1,3})(\d{1,3})$")


@dataclass(frozen=True)
class WarningLine:
    """A danger, allergy or serious condition in one line."""

    id: int
    kind: WarningKind
    line: str


OWN_PHONE = N_("own phone")
"""The role under which a resident's own number is kept, beside those of the people one may ring about them."""


@dataclass(frozen=True)
class ContactFacts:
    """Somebody to ring."""

    id: int
    name: str
    role: str
    phone: str
    hours: str
    position: int
    consent: bool

    @property
    def own(self) -> bool:
        """Whether it is the resident's own number: what the ladder rings first."""
        return self.role == OWN_PHONE


@dataclass(frozen=True)
class AgreementFacts:
    """What was agreed about checks at this door."""

    id: int
    form: RoundForm
    may_wake: bool
    consent: str
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class ResidentFacts:
    """Everything a screen shows of a resident, complete and detached."""

    id: int
    unit_id: int
    unit_code: str
    alias: str
    birth_year: int
    presence: Presence
    presence_since: datetime | None
    presence_until: datetime | None
    status: Status
    warnings: tuple[WarningLine, ...]
    agreement: AgreementFacts | None
    contacts: tuple[ContactFacts, ...]
    primary_contact: str
    about: str
    naloxone: str
    children: bool
    moved_in: date
    version: int
    primary_contact_id: int | None = None
    left_on: date | None = None
    """When somebody who lives here no more moved out; then there is no unit."""
    left_why: str = ""


@dataclass(frozen=True)
class AgreementVersion:
    """One version of a check agreement, as it was made."""

    facts: AgreementFacts
    agreed_by: str


@dataclass(frozen=True)
class FormerFacts:
    """Somebody who lived here."""

    id: int
    alias: str
    birth_year: int
    unit_code: str
    """Where they lived last."""
    left_on: date
    left_why: str


@dataclass(frozen=True)
class About:
    """What may be changed of a resident's facts."""

    alias: str
    birth_year: int | str
    about: str
    naloxone: str
    children: bool
    primary_contact_id: int | None


@dataclass(frozen=True)
class UnitFacts:
    """A flat."""

    id: int
    code: str
    module: str
    position: int


@dataclass(frozen=True)
class Door:
    """A flat in walking order, and who lives there."""

    unit_id: int
    code: str
    module: str
    position: int
    resident: ResidentFacts | None = None


@dataclass(frozen=True)
class Stood:
    """How things stood at a door at some moment."""

    resident_id: int
    presence: Presence
    agreement: AgreementFacts | None


@dataclass(frozen=True)
class HouseFacts:
    """The house and what emergency services ask for."""

    id: int
    name: str
    address: str
    entrance: str
    oncall_name: str
    oncall_phone: str
    review_months: int
    version: int = 1


def read_units(typed: str) -> list[tuple[str, str]]:
    """The (code, module) pairs of a list such as "A1-A6,B1-B4", in that order, which is the walking order.

    Raises Invalid with one sentence that shows how a list is written.
    """
    units: list[tuple[str, str]] = []
    for part in filter(None, (piece.strip().upper().replace(" ", "") for piece in typed.split(","))):
        first, dash, last = part.partition("-")
        begin, end = _CODE.match(first), _CODE.match(last if dash else first)
        if not begin or not end or begin[1] != end[1] or int(begin[2]) > int(end[2]):
            raise Invalid(
                _("“%(part)s” is no list of units. Write it like A1-A6,B1-B4.") % {"part": part[:20]}, "units"
            )
        if int(end[2]) - int(begin[2]) >= MOST_UNITS:
            raise Invalid(_("%(most)d units is the most a house may have.") % {"most": MOST_UNITS}, "units")
        units += [(f"{begin[1]}{number}", begin[1]) for number in range(int(begin[2]), int(end[2]) + 1)]
    codes = [code for code, _module in units]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice:
        raise Invalid(_("The unit %(code)s stands twice in the list.") % {"code": twice}, "units")
    if not units:
        raise Invalid(_("A house needs at least one unit. Write the list like A1-A6,B1-B4."), "units")
    if len(units) > MOST_UNITS:
        raise Invalid(_("%(most)d units is the most a house may have.") % {"most": MOST_UNITS}, "units")
    return units


def read_birth_year(typed: str | int, today: date) -> int:
    """A plausible year of birth. Raises Invalid."""
    text = str(typed).strip()
    if not (_YEAR.fullmatch(text) and 1900 <= int(text) <= today.year - YOUNGEST):  # noqa: PLR2004
        raise Invalid(
            _("The year of birth must lie between 1900 and %(latest)d.") % {"latest": today.year - YOUNGEST},
            "birth_year",
        )
    return int(text)


def age(birth_year: int, today: date) -> str:
    """How old somebody is, as far as the year of birth says: "46–47" until the year is out; the day is not kept."""
    reached = today.year - birth_year
    return str(reached) if (today.month, today.day) == (12, 31) else f"{reached - 1}–{reached}"


def named(typed: str, names: Mapping[int, str]) -> int | None:
    """Whose name was typed, whole or begun; nobody for nothing. Raises Invalid when nobody fits, or several."""
    wanted = typed.strip().casefold()
    if not wanted:
        return None
    begun = [key for key, name in names.items() if name.casefold().startswith(wanted)]
    found = [key for key in begun if names[key].casefold() == wanted] or begun
    if len(found) != 1:
        told = _("Several fit.") if found else _("Nobody fits.")
        raise Invalid(told + " " + _("Type the whole name."), "primary")
    return found[0]


def last_day(until: datetime) -> date:
    """The last day on which something holds that holds until this moment."""
    return local(until - timedelta(minutes=1)).date()


def show_until(until: datetime) -> str:
    """Until when: the day alone where it is meant whole, else with the time."""
    here = local(until)
    if (here.hour, here.minute) in ((23, 59), (0, 0)):
        return show_date(last_day(until))
    return f"{show_date(here)} {show_time(here)}"


_REACH = (RoundForm.NONE, RoundForm.OUTSIDE, RoundForm.KNOCK, RoundForm.OPEN_DOOR, RoundForm.ENTER)


def expired(agreement: AgreementFacts, moment: datetime) -> bool:
    """Whether the agreement's time has run out."""
    return agreement.valid_until is not None and agreement.valid_until <= moment


def form_now(agreement: AgreementFacts | None, moment: datetime) -> RoundForm:
    """How far a check may go now.

    Without an agreement, knock only: a flat is a private home. One that has run out is none, whatever it said: who
    wanted no check until a day is knocked for after it, and is asked again.
    """
    if agreement is None:
        return RoundForm.KNOCK
    return RoundForm.KNOCK if expired(agreement, moment) else agreement.form


def reaches(form: RoundForm, wanted: RoundForm) -> bool:
    """Whether an agreement of this form allows a check that goes as far as `wanted`."""
    return _REACH.index(form) >= _REACH.index(wanted)


LEAVE_REASONS = (
    N_("moved on"),
    N_("moved to another house"),
    N_("long admission"),
    N_("prison"),
    N_("died"),
    N_("other"),
)
"""Why a stay ends."""

"""Rules about units, ages, call hours and check agreements: pure, with moments as arguments."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.residents.model import Presence, RoundForm, Status, WarningKind

MOST_UNITS = 60
YOUNGEST = 15
_CODE = re.compile(r"^([A-ZÆØÅ]{1,3})(\d{1,3})$")


@dataclass(frozen=True)
class WarningLine:
    """A danger, allergy or serious condition in one line."""

    id: int
    kind: WarningKind
    line: str


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
    if not (text.isascii() and text.isdigit() and 1900 <= int(text) <= today.year - YOUNGEST):  # noqa: PLR2004
        raise Invalid(
            _("The year of birth must lie between 1900 and %(latest)d.") % {"latest": today.year - YOUNGEST},
            "birth_year",
        )
    return int(text)


def age(birth_year: int, today: date) -> int:
    """The age somebody reaches this year; the day of birth is not kept."""
    return today.year - birth_year


_DAYS = {"mon": 0, "man": 0, "tue": 1, "tir": 1, "wed": 2, "ons": 2, "thu": 3, "tor": 3, "fri": 4, "fre": 4, "sat": 5, "lør": 5, "sun": 6, "søn": 6}  # fmt: skip
_HOURS = re.compile(
    r"^(?:([a-zæøå]{3})(?:\s*[-–]\s*([a-zæøå]{3}))?\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?$"
)


def answers_now(hours: str, moment: datetime) -> bool:
    """Whether somebody with these hours ("08-15", "mon-fri 08-15:30", "man-fre 08-15") answers at this local moment.

    Empty means always. A span that ends before it begins goes past midnight and belongs to the day it begins on.
    Raises Invalid for hours that cannot be read.
    """
    if not hours.strip():
        return True
    return any(_within(part.strip().casefold(), moment) for part in hours.split(","))


def _within(part: str, moment: datetime) -> bool:
    found = _HOURS.match(part)
    if not found or any(day and day not in _DAYS for day in found.group(1, 2)):
        raise Invalid(
            _("“%(hours)s” are no hours. Write them like 08-15 or mon-fri 08-15:30.") % {"hours": part}, "hours"
        )
    first = _DAYS[found[1]] if found[1] else 0
    last = _DAYS[found[2]] if found[2] else (first if found[1] else 6)
    begin, end = int(found[3]) * 60 + int(found[4] or 0), int(found[5]) * 60 + int(found[6] or 0)
    if max(begin, end) > 24 * 60:
        raise Invalid(
            _("“%(hours)s” are no hours. Write them like 08-15 or mon-fri 08-15:30.") % {"hours": part}, "hours"
        )
    days = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    now = moment.hour * 60 + moment.minute
    if begin < end:
        return moment.weekday() in days and begin <= now < end
    return (moment.weekday() in days and now >= begin) or ((moment.weekday() - 1) % 7 in days and now < end)


_REACH = (RoundForm.NONE, RoundForm.OUTSIDE, RoundForm.KNOCK, RoundForm.OPEN_DOOR, RoundForm.ENTER)


def expired(agreement: AgreementFacts, moment: datetime) -> bool:
    """Whether the agreement's time has run out."""
    return agreement.valid_until is not None and agreement.valid_until <= moment


def form_now(agreement: AgreementFacts | None, moment: datetime) -> RoundForm:
    """How far a check may go now. Without an agreement, or with an expired one, knock at most: a flat is a private home."""
    if agreement is None:
        return RoundForm.KNOCK
    if expired(agreement, moment) and _REACH.index(agreement.form) > _REACH.index(RoundForm.KNOCK):
        return RoundForm.KNOCK
    return agreement.form


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

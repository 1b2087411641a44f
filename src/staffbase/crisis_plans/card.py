"""The crisis card as data: the plan that counts, what stands on the resident and the house, and whom to ring now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from staffbase.crisis_plans.facts import PlanFacts, VersionFacts
from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import PlanText, Proposal, Review
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_time
from staffbase.residents.calls import answering
from staffbase.residents.model import WarningKind
from staffbase.residents.rules import ContactFacts, HouseFacts, ResidentFacts, age


@dataclass(frozen=True)
class Call:
    """A step of the call ladder."""

    name: str
    phone: str
    hours: str = ""
    answers: bool | None = True
    """None where the hours cannot be read."""


@dataclass(frozen=True)
class Card:
    """Everything the card says."""

    unit_code: str
    alias: str
    age: str
    address: str
    entrance: str
    allergies: tuple[str, ...]
    dangers: tuple[str, ...]
    """Dangers and serious conditions, as they stand on the resident."""
    naloxone: str
    children: bool
    primary_contact: str
    about: str
    calls: tuple[Call, ...]
    """In the order of the ladder; 113 is the last and never missing."""
    opened_at: datetime
    text: PlanText | None = None
    """None while nothing is published."""
    number: int = 0
    made: Made = Made.TOGETHER
    signing: Signing = Signing.NOT_YET
    valid_from: date | None = None
    review: Review | None = None
    draft_by: str = ""
    """Who last saved a draft, while nothing is published."""
    preview: bool = False
    """A draft as it is being typed."""
    logged: bool | None = None
    """Whether the opening stands in the ledger; None where it was not an opening, or that is not known yet."""


def ladder(contacts: Iterable[ContactFacts], house: HouseFacts, now: datetime) -> tuple[Call, ...]:
    """Whom to ring, in order: the resident's contacts, the on-call of the house, the out-of-hours clinic, and 113.

    Contacts the resident does not want told are left out.
    """
    calls = [
        Call(one.name, one.phone, one.hours, answering(one.hours, now))
        for one in sorted(contacts, key=lambda one: one.position)
        if one.position > 0 and one.consent
    ]
    if house.oncall_phone:
        calls.append(Call(house.oncall_name or _("on-call"), house.oncall_phone))
    return (*calls, Call(_("out-of-hours clinic"), "116 117"), Call(_("ambulance"), "113"))


def card(
    version: VersionFacts | None,
    resident: ResidentFacts,
    house: HouseFacts,
    now: datetime,
    *,
    review: Review | None = None,
    draft_by: str = "",
) -> Card:
    """The card of a resident: with the version that counts, or saying that there is none."""
    by_kind = {kind: tuple(one.line for one in resident.warnings if one.kind is kind) for kind in WarningKind}
    made = Card(
        unit_code=resident.unit_code, alias=resident.alias, age=age(resident.birth_year, local(now).date()),
        address=house.address, entrance=house.entrance, allergies=by_kind[WarningKind.ALLERGY],
        dangers=by_kind[WarningKind.DANGER] + by_kind[WarningKind.SOMATIC], naloxone=resident.naloxone,
        children=resident.children, primary_contact=resident.primary_contact, about=resident.about,
        calls=ladder(resident.contacts, house, now), opened_at=now, draft_by=draft_by,
    )  # fmt: skip
    if version is None:
        return made
    return replace(
        made, text=version.text, number=version.number, made=version.made, signing=version.signing,
        valid_from=version.valid_from, review=review,
    )  # fmt: skip


def preview(facts: PlanFacts, typed: Proposal, now: datetime) -> Card:
    """The card as it would be with what is being typed."""
    made = card(None, facts.resident, facts.house, now)
    return replace(
        made, text=typed.text, number=facts.state.version + 1, made=typed.made, signing=typed.signing, preview=True
    )


def opened_words(card: Card) -> str:
    """When it was opened, and that this was recorded, or could not be just now."""
    when = {"time": show_time(card.opened_at)}
    if card.logged is None:
        return _("opened %(time)s") % when
    if card.logged:
        return _("opened %(time)s, recorded") % when
    return _("opened %(time)s, cannot be recorded now: it will be when there is room") % when

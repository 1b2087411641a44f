"""A way back from damage for pictures: invented backups, and a restoring that touches nothing."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from staffbase.crisis_plans.card import Card, ladder
from staffbase.crisis_plans.rules import review_of
from staffbase.demo.house import ADDRESS, ENTRANCE, NAME, ONCALL_NAME, ONCALL_PHONE, STAFF
from staffbase.demo.planned import proposal
from staffbase.demo.plans import PLANS
from staffbase.demo.residents import RESIDENTS, Resident
from staffbase.exchange.cards import CardsInBackup
from staffbase.exchange.found_backups import FoundBackup, Worth
from staffbase.exchange.restored import Newer, Restored
from staffbase.kernel.access import Actor, Role
from staffbase.kernel.clock import at_local, local
from staffbase.kernel.errors import DatabaseDamaged, WrongPin
from staffbase.kernel.i18n import _
from staffbase.kernel.verify import Proof
from staffbase.kernel.whole import damaged_pages
from staffbase.residents.model import WarningKind
from staffbase.residents.rules import ContactFacts, HouseFacts, age
from staffbase.start.way_back import WayBack
from staffbase.start.way_in import WayIn

_PROOF = Proof(812, 5210, 812, "8d1f6c02" * 8, None, 0, ())


def damage() -> DatabaseDamaged:
    """What a failing disk leads to."""
    return damaged_pages(3)


@dataclass
class InventedWayBack(WayBack):
    """Knows three backups: the newest was cut off, the one before is whole."""

    way_in: WayIn

    def __post_init__(self) -> None:
        self.clock, self.settings = self.way_in.clock, self.way_in.settings

    def at_hand(self) -> list[FoundBackup]:
        """All looked over already."""
        last_night = self.way_in.clock.now().replace(hour=3, minute=0, second=0, microsecond=0)
        file = Path("staffbase.backup")
        door = (NAME, f"{_(ADDRESS)}, {_(ENTRANCE)}", f"{_(ONCALL_NAME)} {ONCALL_PHONE}")
        return [
            FoundBackup(file, last_night, Worth.BROKEN),
            FoundBackup(file, last_night - timedelta(days=1), Worth.WHOLE, 812, 41, "", *door),
            FoundBackup(file, last_night - timedelta(days=2), Worth.WHOLE, 640, 213, "", *door),
        ]

    def opens_by_itself(self) -> bool:
        """As on most stations."""
        return True

    def cards(self, file: Path, name: str, pin: str) -> CardsInBackup:
        """Those of the house, as they stood before the plot."""
        del file, name, pin
        now = self.clock.now()
        made_at = now.replace(hour=3, minute=0) - timedelta(days=1)
        cards = tuple((number, _card(one, now)) for number, one in enumerate(RESIDENTS, 1))
        return CardsInBackup(made_at, Actor(1, "Ingrid", Role.LEADER), cards)

    def note_opening(self, person_id: int, role: Role, resident_id: int) -> bool:
        """Nothing is kept."""
        del person_id, role, resident_id
        return True

    def put_back(self, file: Path, *, name: str = "", pin: str = "", recovery_identity: str = "") -> Restored:
        """Nothing is put back."""
        del file, recovery_identity
        if (name, pin) not in [(person.name, person.pin) for person in STAFF]:
            raise WrongPin(_("Name or PIN is wrong. Try again."))
        made_at = self.clock.now() - timedelta(hours=41, minutes=40)
        newer = Newer(41, 17, made_at + timedelta(hours=2), self.clock.now())
        return Restored(made_at, 812, _PROOF, Path("replaced-20260105-214000-7c1e"), newer)


def _card(one: Resident, now: datetime) -> Card:
    """What the station would show of this resident, without a station."""
    house = HouseFacts(1, NAME, ADDRESS, _(ENTRANCE), _(ONCALL_NAME), ONCALL_PHONE, review_months=6)
    contacts = [
        ContactFacts(0, _(who.name), _(who.role), who.phone, _(who.hours), who.position, who.consent)
        for who in one.contacts
    ]
    allergies = tuple(_(line) for kind, line in one.warnings if kind is WarningKind.ALLERGY)
    dangers = tuple(_(line) for kind, line in one.warnings if kind is not WarningKind.ALLERGY)
    made = Card(
        one.unit, one.alias, age(one.birth_year, local(now).date()), house.address, house.entrance, allergies, dangers,
        _(one.naloxone), one.children, one.primary, _(one.about), ladder(contacts, house, now), now,
    )  # fmt: skip
    plans = [plan for plan in PLANS if plan.unit == one.unit]
    published = [plan for plan in plans if plan.published is not None]
    if not published:
        return replace(made, draft_by=plans[-1].by if plans else "")
    plan, typed = published[-1], proposal(published[-1])
    review = None
    if plan.published is not None and plan.review_due is not None:
        review = review_of(plan.review_due, at_local(plan.published, time(10)), None, local(now).date())
    return replace(
        made, text=typed.text, number=len(published), made=typed.made, signing=typed.signing,
        valid_from=plan.published, review=review,
    )  # fmt: skip

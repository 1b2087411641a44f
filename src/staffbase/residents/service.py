"""What staff and leaders do about the house and its residents: each change versioned and told on the right timeline."""

from datetime import date, datetime

from sqlmodel import col, select

from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
from staffbase.people.duty import COUNTED
from staffbase.people.model import Person
from staffbase.residents.emergency import Emergency
from staffbase.residents.house import add_units_in, change_house_in, create_house_in
from staffbase.residents.known import (
    add_contact_in,
    add_warning_in,
    change_about_in,
    end_contact_in,
    end_warning_in,
    replace_contact_in,
    set_agreement_in,
    set_status,
)
from staffbase.residents.model import Presence, RoundForm, WarningKind
from staffbase.residents.reading import (
    agreements_in,
    anybody_in,
    doors_in,
    facts_in,
    former_in,
    house_in,
    resident_in,
)
from staffbase.residents.rules import (
    About,
    AgreementVersion,
    Door,
    FormerFacts,
    HouseFacts,
    ResidentFacts,
    UnitFacts,
    read_units,
)
from staffbase.residents.stays import admit_in, come_back_in, leave_in, living_in, move_in, set_presence_in


class Residents(HouseService):
    """The house, its units, and who lives there."""

    def __init__(self, database: Database, house_id: int) -> None:
        super().__init__(database, house_id)
        self.emergency = Emergency(database, house_id)

    @allowed(Permission.SEE_HOUSE)
    def house(self, actor: Actor) -> HouseFacts:
        """The house, its address and on-call number."""
        del actor
        with self.database.read() as tx:
            return house_in(tx, self.house_id)

    @allowed(Permission.SEE_HOUSE)
    def units(self, actor: Actor) -> list[UnitFacts]:
        """The units in walking order."""
        del actor
        with self.database.read() as tx:
            return [
                UnitFacts(door.unit_id, door.code, door.module, door.position) for door in doors_in(tx, self.house_id)
            ]

    @allowed(Permission.SEE_RESIDENTS)
    def doors(self, actor: Actor) -> list[Door]:
        """The units in walking order with who lives there."""
        del actor
        with self.database.read() as tx:
            return doors_in(tx, self.house_id)

    @allowed(Permission.SEE_RESIDENTS)
    def resident(self, actor: Actor, resident_id: int) -> ResidentFacts:
        """One resident's facts, for another screen to show (the page itself is opened with `open_resident`)."""
        del actor
        with self.database.read() as tx:
            return resident_in(tx, self.house_id, resident_id)

    @allowed(Permission.SEE_RESIDENTS)
    def open_resident(self, actor: Actor, resident_id: int) -> ResidentFacts:
        """Open the page of somebody who lives or lived here: the facts, and the opening stands in the ledger."""
        self.database.opened(actor, "resident.open", resident_id)
        return self.anybody(actor, resident_id)

    @allowed(Permission.SEE_RESIDENTS)
    def anybody(self, actor: Actor, resident_id: int) -> ResidentFacts:
        """The facts of somebody who lives or lived here, for a page that is open already."""
        del actor
        with self.database.read() as tx:
            return anybody_in(tx, self.house_id, resident_id)

    @allowed(Permission.SEE_RESIDENTS)
    def agreements(self, actor: Actor, resident_id: int) -> list[AgreementVersion]:
        """All versions of the check agreement, the newest first."""
        del actor
        with self.database.read() as tx:
            return agreements_in(tx, resident_id)

    @allowed(Permission.RESIDENTS_ADMIN)
    def former(self, actor: Actor) -> list[FormerFacts]:
        """Those who live here no more, the last to leave first."""
        del actor
        with self.database.read() as tx:
            return former_in(tx, self.house_id)

    @allowed(Permission.RESIDENTS_ADMIN)
    def colleagues(self, actor: Actor) -> dict[int, str]:
        """Who may be somebody's primary contact, by name."""
        del actor
        with self.database.read() as tx:
            wanted = select(Person).where(col(Person.left_at).is_(None), col(Person.role).in_(COUNTED))
            return {person.id: person.name for person in tx.all(wanted.order_by(col(Person.name)))}

    # -- where they live and are ----------------------------------------------------------------------------------

    @allowed(Permission.WRITE)
    def set_presence(
        self, actor: Actor, resident_id: int, presence: Presence, since: datetime | None = None, until: datetime | None = None,
        text: str = "",
    ) -> None:  # fmt: skip
        """Home, away, admitted or in prison."""
        with self.database.write(actor, "resident.presence", subject=resident_id) as tx:
            living_in(tx, self.house_id, resident_id)
            set_presence_in(tx, resident_id, presence, since, until, text)

    @allowed(Permission.RESIDENTS_ADMIN)
    def admit(
        self, actor: Actor, unit_id: int, alias: str, birth_year: int | str, moved_in: date | None = None, about: str = "", *,
        naloxone: str = "", children: bool = False, primary_contact_id: int | None = None, presence: Presence = Presence.HOME,
    ) -> int:  # fmt: skip
        """Somebody moves in. Returns the resident's key."""
        with self.database.write(actor, "resident.admit") as tx:
            day = moved_in or local(tx.now).date()
            resident = admit_in(
                tx, self.house_id, unit_id, alias, birth_year, day, about=about, naloxone=naloxone, children=children,
                primary_contact_id=primary_contact_id,
            )  # fmt: skip
            if presence is not Presence.HOME:
                tx.flush()
                set_presence_in(tx, resident.id, presence)
            return resident.id

    @allowed(Permission.RESIDENTS_ADMIN)
    def move(self, actor: Actor, resident_id: int, unit_id: int, day: date | None = None) -> None:
        """A resident moves to another unit of the house, which must be free."""
        with self.database.write(actor, "resident.move", subject=resident_id) as tx:
            move_in(tx, self.house_id, resident_id, unit_id, day)

    @allowed(Permission.RESIDENTS_ADMIN)
    def leave(self, actor: Actor, resident_id: int, reason: str, text: str = "", day: date | None = None) -> None:
        """A resident leaves the house, with a reason; nothing that was written goes with it."""
        with self.database.write(actor, "resident.leave", subject=resident_id) as tx:
            leave_in(tx, self.house_id, resident_id, reason, text, day)

    @allowed(Permission.RESIDENTS_ADMIN)
    def come_back(self, actor: Actor, resident_id: int, unit_id: int, day: date | None = None) -> None:
        """Somebody who lived here moves in again, with all that was written before."""
        with self.database.write(actor, "resident.come-back", subject=resident_id) as tx:
            come_back_in(tx, self.house_id, resident_id, unit_id, day)

    # -- what is known of them ------------------------------------------------------------------------------------

    @allowed(Permission.RESIDENTS_ADMIN)
    def change_about(self, actor: Actor, resident_id: int, was: About, now: About) -> None:
        """Other facts. Raises ChangedElsewhere when they are not as they were shown (`was`)."""
        with self.database.write(actor, "resident.about", subject=resident_id) as tx:
            change_about_in(tx, self.house_id, resident_id, was, now)

    @allowed(Permission.RESIDENTS_ADMIN)
    def set_agreement(
        self, actor: Actor, resident_id: int, form: RoundForm, *, may_wake: bool = False, consent: str = "",
        valid_until: datetime | None = None,
    ) -> None:  # fmt: skip
        """What was agreed with the resident about checks; a new version."""
        with self.database.write(actor, "resident.agreement", subject=resident_id) as tx:
            living_in(tx, self.house_id, resident_id)
            if valid_until is not None and valid_until <= tx.now:
                raise Invalid(_("The end must lie after the beginning."), "until")
            set_agreement_in(tx, resident_id, form, may_wake=may_wake, consent=consent, valid_until=valid_until)

    @allowed(Permission.RESIDENTS_ADMIN)
    def add_warning(self, actor: Actor, resident_id: int, kind: WarningKind, line: str) -> None:
        """A danger, an allergy or a serious condition."""
        with self.database.write(actor, "resident.warning", subject=resident_id) as tx:
            living_in(tx, self.house_id, resident_id)
            add_warning_in(tx, resident_id, kind, line)

    @allowed(Permission.RESIDENTS_ADMIN)
    def end_warning(self, actor: Actor, warning_id: int, why: str = "") -> None:
        """It no longer holds."""
        with self.database.write(actor, "resident.warning-end") as tx:
            end_warning_in(tx, self.house_id, warning_id, why)

    @allowed(Permission.RESIDENTS_ADMIN)
    def add_contact(
        self, actor: Actor, resident_id: int | None, name: str, role: str = "", phone: str = "", hours: str = "",
        position: int = 0, *, consent: bool = True,
    ) -> None:  # fmt: skip
        """Somebody to ring."""
        with self.database.write(actor, "resident.contact", subject=resident_id) as tx:
            if resident_id is not None:
                living_in(tx, self.house_id, resident_id)
            add_contact_in(tx, self.house_id, resident_id, name, role, phone, hours, position, consent=consent)

    @allowed(Permission.RESIDENTS_ADMIN)
    def replace_contact(
        self, actor: Actor, contact_id: int, name: str, role: str = "", phone: str = "", hours: str = "", position: int = 0, *,
        consent: bool = True,
    ) -> None:  # fmt: skip
        """The same one with another number, other hours or another step; what stood before is kept."""
        with self.database.write(actor, "resident.contact-change") as tx:
            replace_contact_in(tx, self.house_id, contact_id, name, role, phone, hours, position, consent=consent)

    @allowed(Permission.RESIDENTS_ADMIN)
    def end_contact(self, actor: Actor, contact_id: int) -> None:
        """They are not to be rung any more."""
        with self.database.write(actor, "resident.contact-end") as tx:
            end_contact_in(tx, self.house_id, contact_id)

    @allowed(Permission.HOUSE_ADMIN)
    def change_house(
        self,
        actor: Actor,
        version: int,
        *,
        address: str,
        entrance: str,
        oncall_name: str,
        oncall_phone: str,
        review_months: int = 6,
        name: str | None = None,
    ) -> None:
        """The name, address, entrance, on-call number and review interval; the timeline tells what each was before.

        Raises ChangedElsewhere when `version` is old.
        """
        with self.database.write(actor, "house.change") as tx:
            change_house_in(
                tx, self.house_id, version, name=name, address=address, entrance=entrance, oncall_name=oncall_name,
                oncall_phone=oncall_phone, review_months=review_months,
            )  # fmt: skip

    @allowed(Permission.HOUSE_ADMIN)
    def add_units(self, actor: Actor, typed: str) -> list[str]:
        """Add units to the house ("A7" or "C1-C4,D1"), each after the others of its module. Returns their codes."""
        new = read_units(typed)
        with self.database.write(actor, "house.units") as tx:
            return add_units_in(tx, self.house_id, new)


__all__ = [
    "Residents", "add_contact_in", "add_warning_in", "admit_in", "create_house_in", "doors_in", "facts_in", "house_in",
    "set_agreement_in", "set_presence_in", "set_status",
]  # fmt: skip

"""What staff and leaders do about the house and its residents: each change versioned and told on the right timeline."""

from datetime import date, datetime

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.typed import typed_line, typed_text
from staffbase.residents.model import (
    PRESENCE_NAMES,
    ROUND_FORM_NAMES,
    STATUS_NAMES,
    WARNING_NAMES,
    Contact,
    House,
    Presence,
    Resident,
    ResidentStatus,
    RoundAgreement,
    RoundForm,
    Status,
    Stay,
    Unit,
    Warning_,
    WarningKind,
)
from staffbase.residents.reading import doors_in, facts_in, house_in, resident_in, stay_in
from staffbase.residents.rules import Door, HouseFacts, ResidentFacts, UnitFacts, answers_now, read_birth_year


def create_house_in(
    tx: Writing, name: str, units: list[tuple[str, str]], *, address: str = "", entrance: str = "", oncall_name: str = "",
    oncall_phone: str = "",
) -> House:  # fmt: skip
    """A new house with its units in walking order (set-up and demo)."""
    house = tx.add(
        House(
            name=typed_line(name, "house"),
            address=typed_line(address, "address", required=False),
            entrance=typed_line(entrance, "entrance", required=False),
            oncall_name=typed_line(oncall_name, "oncall_name", required=False),
            oncall_phone=typed_line(oncall_phone, "oncall_phone", required=False, limit=30),
        )
    )
    tx.flush()
    for position, (code, module) in enumerate(units):
        tx.add(Unit(house_id=house.id, code=code, module=module, position=position))
    return house


def admit_in(
    tx: Writing, house_id: int, unit_id: int, alias: str, birth_year: int, moved_in: date, *, about: str = "",
    naloxone: str = "", children: bool = False, primary_contact_id: int | None = None,
) -> Resident:  # fmt: skip
    """A resident moves into a unit that is free."""
    if stay_in(tx, unit_id) is not None:
        raise Invalid(_("Somebody lives in this unit already."), "unit")
    resident = tx.add(
        Resident(
            house_id=house_id,
            alias=typed_line(alias, "alias", limit=40),
            birth_year=read_birth_year(birth_year, local(tx.now).date()),
            about=typed_text(about, "about", required=False, limit=600),
            naloxone=typed_line(naloxone, "naloxone", required=False, limit=60),
            children=children,
            primary_contact_id=primary_contact_id,
        )
    )
    tx.flush()
    tx.add(Stay(resident_id=resident.id, unit_id=unit_id, from_date=moved_in))
    code = tx.get(Unit, unit_id).code
    write_entry(tx, Kind.STAY, _("Moved into %(unit)s.") % {"unit": code}, house_id=house_id, resident_id=resident.id)
    return resident


def set_presence_in(
    tx: Writing,
    resident_id: int,
    presence: Presence,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
) -> None:
    """Where the resident is, since and until when; told on the timeline."""
    resident = tx.get(Resident, resident_id)
    since = since or tx.now
    if until is not None and until <= since:
        raise Invalid(_("The end must lie after the beginning."), "until")
    said = _(PRESENCE_NAMES[presence]).capitalize() + "."
    entry_text = f"{said} {typed_text(text, required=False)}".strip()
    write_entry(
        tx, Kind.PRESENCE, entry_text, house_id=resident.house_id, resident_id=resident_id, observed_from=since,
        importance=Importance.HANDOVER,
    )  # fmt: skip
    tx.change(resident, presence=presence, presence_since=since, presence_until=until)


def set_agreement_in(
    tx: Writing, resident_id: int, form: RoundForm, *, may_wake: bool = False, consent: str = "", valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> None:  # fmt: skip
    """A new version of the check agreement; the earlier ones stay."""
    resident = tx.get(Resident, resident_id)
    consent = typed_text(consent, "consent", required=form is not RoundForm.NONE, limit=600)
    text = _("Check agreement: %(form)s.") % {"form": _(ROUND_FORM_NAMES[form])}
    entry = write_entry(
        tx, Kind.ROUND_AGREEMENT, f"{text} {consent}".strip(), house_id=resident.house_id, resident_id=resident_id,
        importance=Importance.HANDOVER,
    )  # fmt: skip
    tx.flush()
    tx.add(
        RoundAgreement(
            resident_id=resident_id, form=form, may_wake=may_wake, consent=consent, valid_from=valid_from or tx.now,
            valid_until=valid_until, agreed_by_id=tx.actor.person_id, entry_id=entry.id,
        )
    )  # fmt: skip


def add_warning_in(tx: Writing, resident_id: int, kind: WarningKind, line: str) -> None:
    """Something that must be known before the door opens."""
    resident = tx.get(Resident, resident_id)
    line = typed_line(line, "line", limit=74)
    write_entry(
        tx, Kind.DANGER, f"{_(WARNING_NAMES[kind]).capitalize()}: {line}", house_id=resident.house_id, resident_id=resident_id,
        importance=Importance.HANDOVER,
    )  # fmt: skip
    tx.add(Warning_(resident_id=resident_id, kind=kind, line=line))


def add_contact_in(
    tx: Writing, house_id: int, resident_id: int | None, name: str, role: str = "", phone: str = "", hours: str = "",
    position: int = 0, *, consent: bool = True,
) -> None:  # fmt: skip
    """Somebody to ring."""
    answers_now(hours, local(tx.now))
    name = typed_line(name, "contact_name", limit=60)
    write_entry(tx, Kind.CONTACT, _("Contact: %(name)s.") % {"name": name}, house_id=house_id, resident_id=resident_id)
    tx.add(
        Contact(
            house_id=house_id, resident_id=resident_id, name=name, role=typed_line(role, "contact_role", required=False, limit=40),
            phone=typed_line(phone, "phone", required=False, limit=30), hours=hours.strip(), position=position, consent=consent,
        )
    )  # fmt: skip


def set_status(tx: Writing, house_id: int, resident_id: int, status: Status, text: str = "") -> None:
    """How the resident is doing, as a report or an incident says; the newest counts."""
    said = _("Status: %(status)s.") % {"status": _(STATUS_NAMES[status])}
    entry = write_entry(
        tx, Kind.STATUS, f"{said} {text}".strip(), house_id=house_id, resident_id=resident_id,
        importance=Importance.ROUTINE if status is Status.CALM else Importance.HANDOVER,
    )  # fmt: skip
    tx.flush()
    tx.add(ResidentStatus(id=entry.id, resident_id=resident_id, status=status))


class Residents:
    """The house, its units, and who lives there."""

    def __init__(self, database: Database, house_id: int) -> None:
        self.database = database
        self.house_id = house_id

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
        """Open a resident's page: the same, and the opening stands in the ledger."""
        self.database.opened(actor, "resident.open", resident_id)
        with self.database.read() as tx:
            return resident_in(tx, self.house_id, resident_id)

    @allowed(Permission.WRITE)
    def set_presence(
        self, actor: Actor, resident_id: int, presence: Presence, since: datetime | None = None, until: datetime | None = None,
        text: str = "",
    ) -> None:  # fmt: skip
        """Home, away, admitted or in prison."""
        with self.database.write(actor, "resident.presence", subject=resident_id) as tx:
            set_presence_in(tx, resident_id, presence, since, until, text)

    @allowed(Permission.RESIDENTS_ADMIN)
    def set_agreement(
        self, actor: Actor, resident_id: int, form: RoundForm, *, may_wake: bool = False, consent: str = "",
        valid_until: datetime | None = None,
    ) -> None:  # fmt: skip
        """What was agreed with the resident about checks."""
        with self.database.write(actor, "resident.agreement", subject=resident_id) as tx:
            set_agreement_in(tx, resident_id, form, may_wake=may_wake, consent=consent, valid_until=valid_until)

    @allowed(Permission.RESIDENTS_ADMIN)
    def admit(
        self, actor: Actor, unit_id: int, alias: str, birth_year: int, moved_in: date | None = None, about: str = ""
    ) -> int:
        """Somebody moves in. Returns the resident's key."""
        with self.database.write(actor, "resident.admit") as tx:
            day = moved_in or local(tx.now).date()
            return admit_in(tx, self.house_id, unit_id, alias, birth_year, day, about=about).id

    @allowed(Permission.RESIDENTS_ADMIN)
    def move(self, actor: Actor, resident_id: int, unit_id: int) -> None:
        """A resident moves to another unit of the house, which must be free."""
        with self.database.write(actor, "resident.move", subject=resident_id) as tx:
            if stay_in(tx, unit_id) is not None:
                raise Invalid(_("Somebody lives in this unit already."), "unit")
            self._end_stay(tx, resident_id, _("moved within the house"))
            tx.add(Stay(resident_id=resident_id, unit_id=unit_id, from_date=local(tx.now).date()))
            text = _("Moved to %(unit)s.") % {"unit": tx.get(Unit, unit_id).code}
            write_entry(
                tx, Kind.STAY, text, house_id=self.house_id, resident_id=resident_id, importance=Importance.HANDOVER
            )

    @allowed(Permission.RESIDENTS_ADMIN)
    def leave(self, actor: Actor, resident_id: int, reason: str) -> None:
        """A resident leaves the house, with a reason; nothing that was written goes with it."""
        with self.database.write(actor, "resident.leave", subject=resident_id) as tx:
            reason = typed_line(reason, "reason")
            self._end_stay(tx, resident_id, reason)
            text = _("Left the house: %(reason)s.") % {"reason": reason}
            write_entry(
                tx, Kind.STAY, text, house_id=self.house_id, resident_id=resident_id, importance=Importance.HANDOVER
            )

    @allowed(Permission.RESIDENTS_ADMIN)
    def add_warning(self, actor: Actor, resident_id: int, kind: WarningKind, line: str) -> None:
        """A danger, an allergy or a serious condition."""
        with self.database.write(actor, "resident.warning", subject=resident_id) as tx:
            add_warning_in(tx, resident_id, kind, line)

    @allowed(Permission.RESIDENTS_ADMIN)
    def end_warning(self, actor: Actor, warning_id: int) -> None:
        """It no longer holds."""
        with self.database.write(actor, "resident.warning-end") as tx:
            warning = tx.change(tx.get(Warning_, warning_id), ended_at=tx.now)
            text = _("No longer: %(line)s.") % {"line": warning.line}
            write_entry(
                tx,
                Kind.DANGER,
                text,
                house_id=self.house_id,
                resident_id=warning.resident_id,
                importance=Importance.HANDOVER,
            )

    @allowed(Permission.RESIDENTS_ADMIN)
    def add_contact(
        self, actor: Actor, resident_id: int | None, name: str, role: str = "", phone: str = "", hours: str = "",
        position: int = 0, *, consent: bool = True,
    ) -> None:  # fmt: skip
        """Somebody to ring."""
        with self.database.write(actor, "resident.contact", subject=resident_id) as tx:
            add_contact_in(tx, self.house_id, resident_id, name, role, phone, hours, position, consent=consent)

    @allowed(Permission.RESIDENTS_ADMIN)
    def end_contact(self, actor: Actor, contact_id: int) -> None:
        """They are not to be rung any more."""
        with self.database.write(actor, "resident.contact-end") as tx:
            contact = tx.change(tx.get(Contact, contact_id), ended_at=tx.now)
            text = _("No longer a contact: %(name)s.") % {"name": contact.name}
            write_entry(tx, Kind.CONTACT, text, house_id=self.house_id, resident_id=contact.resident_id)

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
    ) -> None:
        """The address, entrance, on-call number and review interval. Raises ChangedElsewhere when `version` is old."""
        with self.database.write(actor, "house.change") as tx:
            house = tx.get(House, self.house_id)
            if house.version != version:
                tx.change(House(id=house.id, name=house.name, version=version))
            if not 1 <= review_months <= 24:  # noqa: PLR2004
                raise Invalid(_("Plans must be reviewed every 1 to 24 months."), "review_months")
            tx.change(
                house,
                address=typed_line(address, "address", required=False),
                entrance=typed_line(entrance, "entrance", required=False),
                oncall_name=typed_line(oncall_name, "oncall_name", required=False),
                oncall_phone=typed_line(oncall_phone, "oncall_phone", required=False, limit=30),
                review_months=review_months,
            )
            write_entry(tx, Kind.HOUSE, _("The house's address or numbers were changed."), house_id=self.house_id)

    @staticmethod
    def _end_stay(tx: Writing, resident_id: int, reason: str) -> None:
        stay = stay_in(tx, resident_id=resident_id)
        if stay is None:
            raise Invalid(_("This resident does not live here now."))
        tx.change(stay, until_date=local(tx.now).date(), leave_reason=reason)


__all__ = ["Residents", "doors_in", "facts_in", "house_in"]

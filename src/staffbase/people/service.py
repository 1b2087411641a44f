"""What staff do with themselves and each other: sign in, change a PIN, come and go, and be on duty."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import ROLE_NAMES, Actor, Permission, Role, allowed
from staffbase.kernel.database import Database, Reading, Writing
from staffbase.kernel.errors import Invalid, NotAllowed
from staffbase.kernel.i18n import _
from staffbase.kernel.typed import typed_line
from staffbase.people.duty import (
    OnDuty,
    UnderStaffed,
    duties_of,
    end_duty_in,
    last_duty_before_in,
    on_duty_in,
    shift_times_in,
    under_staffed_in,
)  # fmt: skip
from staffbase.people.given_pins import refused
from staffbase.people.model import Person, Pin
from staffbase.people.on_shift import OnShift, working_in
from staffbase.people.pins import Tries, hash_pin, new_pin, on_call_in, pin_fits, set_pin_in
from staffbase.people.rules import check_pin, still_blocked
from staffbase.people.shifts import set_default_shifts_in

__all__ = [
    "OnDuty", "People", "PersonLine", "SignedIn", "UnderStaffed", "add_person_in", "check_pin", "duties_of", "give_role_in",
    "hash_pin", "last_duty_before_in", "leave_in", "names_in", "new_pin", "on_call_in", "on_duty_in", "set_default_shifts_in", "shift_times_in",
    "under_staffed_in",
]  # fmt: skip


@dataclass(frozen=True)
class PersonLine:
    """One person, as lists show them."""

    id: int
    name: str
    role: Role
    on_duty: bool
    left: bool
    phone: str = ""
    has_pin: bool = True
    one_time_pin: bool = False
    """Has not yet changed the PIN a leader gave out."""
    version: int = 1
    waits_seconds: int = 0
    """How long no PIN of theirs is tried, after too many wrong ones."""


@dataclass(frozen=True)
class SignedIn:
    """Who signed in. With `must_change_pin` nothing may be shown until the PIN is changed."""

    actor: Actor
    must_change_pin: bool


def names_in(tx: Reading) -> dict[int, str]:
    """Everybody's name by key, those who left too."""
    return dict(tx.all(select(Person.id, Person.name)))


def add_person_in(tx: Writing, name: str, role: Role, phone: str = "", pin_hash: str | None = None) -> Person:
    """Add somebody inside another room's transaction (set-up, import, demo). Raises Invalid, also for a name in use."""
    name = typed_line(name, "name", limit=60)
    phone = typed_line(phone, "phone", required=False, limit=40)
    _check_name(tx, name, role, 0)
    person = tx.add(Person(name=name, role=role, phone=phone))
    if pin_hash is not None:
        tx.flush()
        set_pin_in(tx, person.id, pin_hash, one_time=False)
    return person


def _check_name(tx: Reading, name: str, role: Role, person_id: int) -> None:
    if role is Role.SYSTEM:
        raise Invalid(_("Nobody can have this role."), "role")
    for other in tx.all(select(Person).where(col(Person.left_at).is_(None))):
        if other.id != person_id and other.name.casefold() == name.casefold():
            raise Invalid(
                _("%(name)s is already on the staff list. Add a letter of the family name.") % {"name": name}, "name"
            )


def _not_the_last_leader(tx: Reading, person: Person) -> None:
    """A leader without a PIN is none that counts: only a leader gives out one-time PINs."""
    others = tx.first(
        select(Person.id)
        .join(Pin, col(Pin.id) == Person.id)
        .where(Person.role == Role.LEADER, col(Person.left_at).is_(None), Person.id != person.id)
    )
    if person.role is Role.LEADER and others is None:
        raise Invalid(
            _("%(name)s is the only leader who can sign in. Make somebody else leader first, and give them a PIN.")
            % {"name": person.name},
            "role",
        )


def leave_in(tx: Writing, house_id: int, person: Person, left_at: datetime | None = None) -> None:
    """Somebody stopped working here, now or then: off duty, and no PIN any more. Whether they may go was asked before."""
    end_duty_in(tx, house_id, person)
    tx.change(person, left_at=left_at or tx.now)
    pin = tx.find(Pin, person.id)
    if pin is not None:
        tx.remove(pin)
    _note_in(tx, house_id, _("%(name)s no longer works here."), person)


def give_role_in(tx: Writing, house_id: int, person: Person, role: Role) -> None:
    """Give somebody another role. Whether a leader is left was asked before."""
    before = person.role
    tx.change(person, role=role)
    _note_role_in(tx, house_id, person, before)


def _note_role_in(tx: Writing, house_id: int, person: Person, before: Role) -> None:
    _note_in(tx, house_id, _("Role changed: %(name)s, %(before)s → %(role)s."), person, before=_(ROLE_NAMES[before]))


def _note_in(tx: Writing, house_id: int, sentence: str, person: Person, *, before: str = "") -> None:
    told = sentence % {"name": person.name, "role": _(ROLE_NAMES[person.role]), "before": before}
    write_entry(tx, Kind.HOUSE, told, house_id=house_id)


class People(OnShift):
    """Staff: sign-in, PINs, roles, and who is on duty."""

    def __init__(self, database: Database, house_id: int) -> None:
        super().__init__(database, house_id)
        self._tries = Tries(database, house_id)

    # -- who works here -------------------------------------------------------------------------------------------

    @allowed(Permission.SEE_HOUSE)
    def names(self, actor: Actor) -> dict[int, str]:  # noqa: ARG002
        """Everybody's name by key."""
        with self.database.read() as tx:
            return names_in(tx)

    @allowed(Permission.SEE_HOUSE)
    def directory(self, actor: Actor) -> list[PersonLine]:  # noqa: ARG002
        """Everybody who works or worked here: those on duty first, those who left last, else by name."""
        now = self.database.clock.now()
        with self.database.read() as tx:
            on = {person.person_id for person in on_duty_in(tx, self.house_id, now)}
            pins = {pin.id: pin for pin in tx.all(select(Pin))}
            people = tx.all(select(Person))
        made = [
            PersonLine(
                person.id, person.name, person.role, person.id in on, person.left_at is not None, person.phone,
                has_pin=(pin := pins.get(person.id)) is not None, one_time_pin=pin is not None and pin.one_time,
                version=person.version,
                waits_seconds=still_blocked(pin.blocked_until, pin.failures, now) if pin is not None else 0,
            )
            for person in people
        ]  # fmt: skip
        return sorted(made, key=lambda line: (line.left, not line.on_duty, line.name.casefold()))

    @allowed(Permission.STAFF_ADMIN)
    def add_person(self, actor: Actor, name: str, role: Role, phone: str = "") -> int:
        """Add somebody, who then needs a one-time PIN. Returns the key."""
        with self.database.write(actor, "person.add") as tx:
            person = add_person_in(tx, name, role, phone)
            self._note(tx, _("%(name)s works here as %(role)s."), person)
            return person.id

    @allowed(Permission.STAFF_ADMIN)
    def change_person(
        self,
        actor: Actor,
        person_id: int,
        *,
        name: str | None = None,
        role: Role | None = None,
        phone: str | None = None,
        version: int | None = None,
    ) -> None:
        """Change name, role or phone. `version` as it was shown: a colleague's change since is not overwritten."""
        with self.database.write(actor, "person.change") as tx:
            person = working_in(tx, person_id)
            if version is not None and version != person.version:
                tx.change(Person(**{**person.model_dump(), "version": version}))  # refused: ChangedElsewhere
            changes: dict[str, str] = {}
            if name is not None:
                changes["name"] = typed_line(name, "name", limit=60)
            if phone is not None:
                changes["phone"] = typed_line(phone, "phone", required=False, limit=40)
            if role is not None and role is not person.role:
                _not_the_last_leader(tx, person)
                changes["role"] = role
            _check_name(tx, changes.get("name", person.name), role or person.role, person.id)
            before, role_before, phone_before = person.name, person.role, person.phone
            tx.change(person, **changes)
            if before != person.name:
                self._note(tx, _("%(before)s is now called %(name)s."), person, before=before)
            if role_before is not person.role:
                _note_role_in(tx, self.house_id, person, role_before)
            if phone_before != person.phone:  # the number itself is private, and the timeline is for ever
                self._note(tx, _("Phone number changed: %(name)s."), person)

    @allowed(Permission.STAFF_ADMIN)
    def person_left(self, actor: Actor, person_id: int) -> None:
        """Somebody stopped working here: no sign-in any more; what they signed stays theirs."""
        with self.database.write(actor, "person.left") as tx:
            person = working_in(tx, person_id)
            _not_the_last_leader(tx, person)
            leave_in(tx, self.house_id, person)

    def _note(self, tx: Writing, sentence: str, person: Person, *, before: str = "") -> None:
        _note_in(tx, self.house_id, sentence, person, before=before)

    # -- signing in -----------------------------------------------------------------------------------------------

    @allowed(Permission.STATION)
    def sign_in(self, actor: Actor, person_id: int, pin: str) -> SignedIn:  # noqa: ARG002  (the station lets people in)
        """Let a person in. Raises WrongPin (with seconds to wait and whom to ring) and NotAllowed for those who left."""
        tried = self._try(person_id, pin)
        assert tried is not None  # noqa: S101  (_try raises otherwise)
        person, one_time = tried
        signed = Actor(person.id, person.name, person.role)
        self._tries.succeeded(signed, signed_in=True)
        return SignedIn(signed, one_time)

    @allowed(Permission.STATION)
    def still(self, actor: Actor, who: Actor) -> bool:  # noqa: ARG002  (the station asks about whoever is signed in)
        """Whether this person still works here, in the role they signed in with: another station may have changed it."""
        with self.database.read() as tx:
            person = tx.find(Person, who.person_id)
        return person is not None and person.left_at is None and person.role is who.role

    def _try(self, person_id: int, pin: str) -> tuple[Person, bool]:
        tried = self._tries.begin(person_id)
        fits = pin_fits(self.database.seal, tried.hash, pin)
        if tried.person is not None and tried.person.left_at is not None:
            raise NotAllowed(_("%(name)s no longer works here and cannot sign in.") % {"name": tried.person.name})
        if tried.person is not None and tried.hash is None:
            raise NotAllowed(
                _("%(name)s has no PIN yet. A leader gives out a one-time PIN under Administration.")
                % {"name": tried.person.name}
            )
        if tried.person is not None and not tried.given:
            raise refused(tried.person.name)
        if tried.person is None or not fits:
            raise self._tries.failed(person_id)
        return tried.person, tried.one_time

    @allowed(Permission.SELF)
    def change_pin(self, actor: Actor, old: str, new: str) -> None:
        """Give oneself a new PIN. Raises WrongPin for a wrong old one, Invalid for a new one that is easy to guess."""
        check_pin(new)
        if new == old:
            raise Invalid(_("The new PIN is the old one. Choose another."), "pin")
        self._try(actor.person_id, old)
        hashed = hash_pin(self.database.seal, new)
        with self.database.write(actor, "person.change_pin", opening=True) as tx:
            working_in(tx, actor.person_id)
            set_pin_in(tx, actor.person_id, hashed, one_time=False)

    @allowed(Permission.STAFF_ADMIN)
    def issue_pin(self, actor: Actor, person_id: int) -> str:
        """A new one-time PIN for somebody; shown once and kept nowhere. It lets them in to choose their own."""
        pin = new_pin()
        hashed = hash_pin(self.database.seal, pin)
        with self.database.write(actor, "person.issue_pin") as tx:
            person = working_in(tx, person_id)
            set_pin_in(tx, person.id, hashed, one_time=True)
            self._note(tx, _("%(name)s was given a one-time PIN."), person)
        return pin

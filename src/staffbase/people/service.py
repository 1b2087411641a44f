"""What staff do with themselves and each other: sign in, change a PIN, come and go, and be on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import col, select

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import ROLE_NAMES, Actor, Permission, Role, allowed, require
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database, Reading, Writing
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotAllowed, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.typed import typed_line
from staffbase.people.duty import (
    OnDuty,
    UnderStaffed,
    begin_duty_in,
    duties_of,
    duty_now_in,
    end_duty_in,
    last_duty_before_in,
    on_duty_in,
    set_place_in,
    shift_times_in,
    under_staffed_in,
)  # fmt: skip
from staffbase.people.model import DutyDeclined, Person, Pin, ShiftName
from staffbase.people.pins import Tries, hash_pin, new_pin, on_call_in, pin_fits, set_pin_in
from staffbase.people.rules import ShiftHours, ShiftSpan, check_pin, shift_at, shift_on, shift_to_ask, still_blocked
from staffbase.people.shifts import set_default_shifts_in, set_shifts_in

__all__ = [
    "OnDuty", "People", "PersonLine", "SignedIn", "UnderStaffed", "add_person_in", "check_pin", "duties_of", "hash_pin",
    "last_duty_before_in", "names_in", "new_pin", "on_call_in", "on_duty_in", "set_default_shifts_in", "shift_times_in",
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
    others = tx.first(
        select(Person.id).where(Person.role == Role.LEADER, col(Person.left_at).is_(None), Person.id != person.id)
    )
    if person.role is Role.LEADER and others is None:
        raise Invalid(
            _("%(name)s is the only leader. Make somebody else leader first.") % {"name": person.name}, "role"
        )


class People:
    """Staff: sign-in, PINs, roles, and who is on duty."""

    def __init__(self, database: Database, house_id: int) -> None:
        self.database = database
        self.house_id = house_id
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
            person = self._working(tx, person_id)
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
                told = _(ROLE_NAMES[role_before])
                self._note(tx, _("Role changed: %(name)s, %(before)s → %(role)s."), person, before=told)
            if phone_before != person.phone:  # the number itself is private, and the timeline is for ever
                self._note(tx, _("Phone number changed: %(name)s."), person)

    @allowed(Permission.STAFF_ADMIN)
    def person_left(self, actor: Actor, person_id: int) -> None:
        """Somebody stopped working here: no sign-in any more; what they signed stays theirs."""
        with self.database.write(actor, "person.left") as tx:
            person = self._working(tx, person_id)
            _not_the_last_leader(tx, person)
            end_duty_in(tx, self.house_id, person)
            tx.change(person, left_at=tx.now)
            pin = tx.find(Pin, person.id)
            if pin is not None:
                tx.remove(pin)
            self._note(tx, _("%(name)s no longer works here."), person)

    def _note(self, tx: Writing, sentence: str, person: Person, *, before: str = "") -> None:
        told = sentence % {"name": person.name, "role": _(ROLE_NAMES[person.role]), "before": before}
        write_entry(tx, Kind.HOUSE, told, house_id=self.house_id)

    def _working(self, tx: Reading, person_id: int) -> Person:
        person = tx.find(Person, person_id)
        if person is None or person.left_at is not None:
            raise NotFound(_("This person does not work here."))
        return person

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
            self._working(tx, actor.person_id)
            set_pin_in(tx, actor.person_id, hashed, one_time=False)

    @allowed(Permission.STAFF_ADMIN)
    def issue_pin(self, actor: Actor, person_id: int) -> str:
        """A new one-time PIN for somebody; shown once and kept nowhere. It lets them in to choose their own."""
        pin = new_pin()
        hashed = hash_pin(self.database.seal, pin)
        with self.database.write(actor, "person.issue_pin") as tx:
            person = self._working(tx, person_id)
            set_pin_in(tx, person.id, hashed, one_time=True)
            self._note(tx, _("%(name)s was given a one-time PIN."), person)
        return pin

    # -- shifts and duty ------------------------------------------------------------------------------------------

    @allowed(Permission.SEE_HOUSE)
    def shifts(self, actor: Actor) -> list[ShiftHours]:  # noqa: ARG002
        """The house's shifts."""
        with self.database.read() as tx:
            return shift_times_in(tx, self.house_id)

    @allowed(Permission.HOUSE_ADMIN)
    def set_shift(self, actor: Actor, name: ShiftName, begins: time, ends: time, norm: int) -> None:
        """Change when one shift begins and ends, and how many must be there."""
        with self.database.write(actor, "shift.set") as tx:
            others = [shift for shift in shift_times_in(tx, self.house_id) if shift.name is not name]
            set_shifts_in(tx, self.house_id, [*others, ShiftHours(name, begins, ends, norm)])

    @allowed(Permission.HOUSE_ADMIN)
    def set_shifts(self, actor: Actor, shifts: Sequence[ShiftHours], was: Sequence[ShiftHours] | None = None) -> None:
        """Change all shifts at once. `was` as they were shown: raises ChangedElsewhere when they are others by now."""
        with self.database.write(actor, "shift.set") as tx:
            if was is not None and set(was) != set(shift_times_in(tx, self.house_id)):
                raise ChangedElsewhere(_("Somebody else has changed this in the meantime. Nothing of yours was saved."))
            set_shifts_in(tx, self.house_id, shifts)

    @allowed(Permission.SEE_HOUSE)
    def shift_now(self, actor: Actor, moment: datetime | None = None) -> ShiftSpan:  # noqa: ARG002
        """The shift a moment (now) belongs to."""
        with self.database.read() as tx:
            return shift_at(moment or self.database.clock.now(), shift_times_in(tx, self.house_id))

    @allowed(Permission.SEE_HOUSE)
    def on_duty(self, actor: Actor, moment: datetime | None = None) -> list[OnDuty]:  # noqa: ARG002
        """Who is (or was) on duty."""
        with self.database.read() as tx:
            return on_duty_in(tx, self.house_id, moment or self.database.clock.now())

    @allowed(Permission.SEE_HOUSE)
    def under_staffed(self, actor: Actor, moment: datetime | None = None) -> Sequence[UnderStaffed]:  # noqa: ARG002
        """The present shift when fewer are on duty than its norm; empty when all is well."""
        with self.database.read() as tx:
            return under_staffed_in(tx, self.house_id, moment or self.database.clock.now())

    @allowed(Permission.SEE_HOUSE)
    def last_duty_before(self, actor: Actor, person_id: int, moment: datetime) -> OnDuty | None:  # noqa: ARG002
        """A person's last duty that had ended by this moment; None on a first shift."""
        with self.database.read() as tx:
            return last_duty_before_in(tx, person_id, moment)

    @allowed(Permission.SELF)
    def duty_question(self, actor: Actor) -> ShiftSpan | None:
        """The shift to ask the person about who has just signed in; None when they are on duty or have answered."""
        if not actor.may(Permission.DUTY):
            return None
        now = self.database.clock.now()
        with self.database.read() as tx:
            if duty_now_in(tx, self.house_id, actor.person_id, now) is not None:
                return None
            span = shift_to_ask(now, actor.role, shift_times_in(tx, self.house_id))
            if span is None or _declined(tx, actor.person_id, span) or self._was_on(tx, actor.person_id, span):
                return None
            return span

    def _was_on(self, tx: Reading, person_id: int, span: ShiftSpan) -> bool:
        """Somebody who went off duty early is not asked again; they can go on by themselves."""
        return any(
            duty.shift is span.name and duty.shift_date == span.date
            for duty in duties_of(tx, person_id, since=span.begins_at)
        )

    @allowed(Permission.SELF)
    def decline_duty(self, actor: Actor) -> None:
        """Answer “here for something else”: no question about this shift any more."""
        span = self.duty_question(actor)
        if span is None:
            return
        with self.database.write(actor, "duty.decline") as tx:
            tx.add(DutyDeclined(person_id=actor.person_id, shift=span.name, shift_date=span.date))

    @allowed(Permission.SELF)
    def go_on_duty(
        self,
        actor: Actor,
        person_id: int | None = None,
        shift: ShiftName | None = None,
        since: datetime | None = None,
    ) -> OnDuty:
        """Go on duty, or put a colleague on who never touches the PC. Without a shift it is the one that would be asked about.

        `since` says a beginning other than the shift's own (somebody called in at 18).
        """
        person_id = self._whom(actor, person_id)
        with self.database.write(actor, "duty.on") as tx:
            person = self._working(tx, person_id)
            times = shift_times_in(tx, self.house_id)
            if shift is None:
                span = shift_to_ask(tx.now, person.role, times) or shift_at(tx.now, times)
            else:
                span = _nearest(tx.now, shift, times)
            duty = begin_duty_in(tx, self.house_id, person, span, since)
            return OnDuty(
                person.id, person.name, person.role, duty.shift, duty.shift_date, duty.begins_at, duty.ends_at,
                duty.elsewhere_since, duty.back_about,
            )  # fmt: skip

    @allowed(Permission.SELF)
    def go_off_duty(self, actor: Actor, person_id: int | None = None) -> None:
        """Go off duty, or take a colleague off. Raises Invalid when they are not on duty."""
        person_id = self._whom(actor, person_id)
        with self.database.write(actor, "duty.off") as tx:
            person = tx.get(Person, person_id)
            if not end_duty_in(tx, self.house_id, person):
                raise Invalid(_("%(name)s is not on duty.") % {"name": person.name})

    @allowed(Permission.SELF)
    def elsewhere(self, actor: Actor, back_about: datetime, person_id: int | None = None) -> None:
        """The night watch goes to another house and expects to be back about then."""
        person_id = self._whom(actor, person_id)
        with self.database.write(actor, "duty.elsewhere") as tx:
            set_place_in(tx, self.house_id, tx.get(Person, person_id), back_about, away=True)

    @allowed(Permission.SELF)
    def on_site(self, actor: Actor, person_id: int | None = None) -> None:
        """The night watch is here again."""
        person_id = self._whom(actor, person_id)
        with self.database.write(actor, "duty.on_site") as tx:
            set_place_in(tx, self.house_id, tx.get(Person, person_id), None, away=False)

    def _whom(self, actor: Actor, person_id: int | None) -> int:
        if person_id is not None and person_id != actor.person_id:
            require(actor, Permission.DUTY)
            return person_id
        return actor.person_id


def _nearest(moment: datetime, shift: ShiftName, times: Sequence[ShiftHours]) -> ShiftSpan:
    """The shift of this name that runs now, else the next one that begins."""
    today = local(moment).date()
    spans = [shift_on(today + timedelta(days=days), shift, times) for days in (-1, 0, 1)]
    return next(span for span in spans if span.ends_at > moment)


def _declined(tx: Reading, person_id: int, span: ShiftSpan) -> bool:
    return (
        tx.first(
            select(DutyDeclined.id).where(
                DutyDeclined.person_id == person_id,
                DutyDeclined.shift == span.name,
                DutyDeclined.shift_date == span.date,
            )
        )
        is not None
    )

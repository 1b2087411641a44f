"""The shifts of the house, and who is on duty: what staff do with themselves and for a colleague who never touches the PC."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import select

from staffbase.kernel.access import Actor, Permission, allowed, require
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
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
)
from staffbase.people.model import DutyDeclined, Person, ShiftName
from staffbase.people.rules import ShiftHours, ShiftSpan, shift_at, shift_on, shift_to_ask
from staffbase.people.shifts import set_shifts_in


def working_in(tx: Reading, person_id: int) -> Person:
    """Somebody who works here. Raises NotFound for one who left."""
    person = tx.find(Person, person_id)
    if person is None or person.left_at is not None:
        raise NotFound(_("This person does not work here."))
    return person


class OnShift(HouseService):
    """The part of People that is about shifts and duty."""

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
            person = working_in(tx, person_id)
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

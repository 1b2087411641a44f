"""Who is on duty, read and written inside a transaction. Staff duty stands on the house's timeline, never on a resident's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func
from sqlmodel import col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Entry, Kind
from staffbase.kernel.access import ALLOWED, Permission, Role
from staffbase.kernel.clock import local
from staffbase.kernel.columns import UtcDateTime
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.people.model import SHIFT_NAMES, Duty, Person, ShiftName, ShiftTime
from staffbase.people.rules import DEFAULT_SHIFTS, ShiftHours, ShiftSpan, shift_at

COUNTED = frozenset(role for role, may in ALLOWED.items() if Permission.ROUND in may)
"""The roles that count when staff are counted: those who care for residents."""


@dataclass(frozen=True)
class OnDuty:
    """One person on one shift."""

    person_id: int
    name: str
    role: Role
    shift: ShiftName
    shift_date: date
    begins_at: datetime
    ends_at: datetime
    elsewhere_since: datetime | None = None
    """The night watch is at another house."""
    back_about: datetime | None = None


@dataclass(frozen=True)
class UnderStaffed:
    """A shift that has fewer on duty than its norm."""

    span: ShiftSpan
    on_duty: int


@cache
def _shift_times() -> SelectOfScalar[ShiftTime]:  # built once, as what is asked at every change is
    return select(ShiftTime).where(ShiftTime.house_id == bindparam("house_id")).order_by(col(ShiftTime.begins))


LONGEST = timedelta(days=2)
"""Longer than any shift, which is at most a day: duties before that need not be gone through, years of them."""


def _holds_at(moment: Any, earliest: Any) -> Any:
    """As a condition: the duty is on at the moment, and began no earlier than any that could be."""
    return and_(col(Duty.begins_at).between(earliest, moment), col(Duty.ends_at) > moment)


@cache
def _on_duty() -> Select[Duty, Person]:
    moment = bindparam("moment", type_=UtcDateTime())
    return (
        select(Duty, Person)
        .join(Person, col(Person.id) == col(Duty.person_id))
        .where(Duty.house_id == bindparam("house_id"), _holds_at(moment, bindparam("earliest", type_=UtcDateTime())))
        .order_by(col(Duty.begins_at), col(Person.name))
    )


def shift_times_in(tx: Reading, house_id: int) -> list[ShiftHours]:
    """The house's shifts; the usual three until somebody has set others."""
    rows = tx.all(_shift_times(), {"house_id": house_id})
    return [ShiftHours(row.name, row.begins, row.ends, row.norm) for row in rows] or list(DEFAULT_SHIFTS)


def _told(duty: Duty, person: Person) -> OnDuty:
    return OnDuty(
        person.id, person.name, person.role, duty.shift, duty.shift_date, duty.begins_at, duty.ends_at,
        duty.elsewhere_since, duty.back_about,
    )  # fmt: skip


def on_duty_in(tx: Reading, house_id: int, moment: datetime) -> list[OnDuty]:
    """Everybody on duty at a moment: the shift begun first first, then by name."""
    rows = tx.all(_on_duty(), {"house_id": house_id, "moment": moment, "earliest": moment - LONGEST})
    return [_told(duty, person) for duty, person in rows]


def under_staffed_in(tx: Reading, house_id: int, moment: datetime) -> list[UnderStaffed]:
    """The present shift, if fewer are on duty than its norm. In an overlap those of the shift before still count."""
    span = shift_at(moment, shift_times_in(tx, house_id))
    here = sum(person.role in COUNTED for person in on_duty_in(tx, house_id, moment))
    return [UnderStaffed(span, here)] if here < span.norm else []


def duties_of(
    tx: Reading, person_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> list[OnDuty]:
    """A person's duties that touch the time from `since` to `until`, newest first."""
    wanted = select(Duty, Person).join(Person, col(Person.id) == col(Duty.person_id)).where(Duty.person_id == person_id)
    if since is not None:
        wanted = wanted.where(Duty.ends_at > since)
    if until is not None:
        wanted = wanted.where(Duty.begins_at < until)
    return [_told(duty, person) for duty, person in tx.all(wanted.order_by(col(Duty.begins_at).desc()))]


def came_on_in(tx: Reading, house_id: int, duty: OnDuty) -> datetime:
    """When somebody on duty came on: their first word about duty since it begins, as the house's timeline has it."""
    found = tx.first(
        select(Entry.recorded_at)
        .where(
            Entry.house_id == house_id,
            Entry.kind == Kind.DUTY,
            Entry.recorded_at >= duty.begins_at,
            func.coalesce(Entry.on_behalf_id, Entry.author_id) == duty.person_id,
        )
        .order_by(col(Entry.id))
        .limit(1)
    )
    return max(duty.begins_at, found) if found else duty.begins_at


def last_duty_before_in(tx: Reading, person_id: int, moment: datetime) -> OnDuty | None:
    """The person's last duty that had ended by this moment; None on a first shift."""
    found = tx.first(
        select(Duty, Person)
        .join(Person, col(Person.id) == col(Duty.person_id))
        .where(Duty.person_id == person_id, Duty.ends_at <= moment, Duty.ends_at > Duty.begins_at)
        .order_by(col(Duty.ends_at).desc())
        .limit(1)
    )
    return _told(*found) if found else None


def duty_now_in(tx: Reading, house_id: int, person_id: int, moment: datetime) -> Duty | None:
    """The duty a person is on at a moment: the one begun last."""
    return tx.first(
        select(Duty)
        .where(Duty.house_id == house_id, Duty.person_id == person_id, _holds_at(moment, moment - LONGEST))
        .order_by(col(Duty.begins_at).desc())
    )


def _behalf(tx: Writing, person: Person) -> int | None:
    return person.id if person.id != tx.actor.person_id else None


def _hours(span: ShiftSpan) -> dict[str, str]:
    return {
        "shift": _(SHIFT_NAMES[span.name]),
        "from": local(span.begins_at).strftime("%H:%M"),
        "until": local(span.ends_at).strftime("%H:%M"),
    }


def begin_duty_in(tx: Writing, house_id: int, person: Person, span: ShiftSpan, since: datetime | None = None) -> Duty:
    """Put a person on duty on a shift, from its beginning (or from now, when it has not begun) until its end.

    One row a person and shift: coming back on opens the one that was ended. `since` says another beginning.
    """
    if since is not None and not span.begins_at <= since < span.ends_at:
        raise Invalid(_("This time does not lie in the shift."), "since")
    begins_at = since or min(tx.now, span.begins_at)
    if span.ends_at <= tx.now:
        raise Invalid(_("This shift is over."), "shift")
    found = tx.first(
        select(Duty).where(
            Duty.house_id == house_id,
            Duty.person_id == person.id,
            Duty.shift == span.name,
            Duty.shift_date == span.date,
        )
    )
    if found is not None and found.begins_at <= tx.now < found.ends_at:
        return found
    if found is None:
        duty = tx.add(
            Duty(
                house_id=house_id, person_id=person.id, shift=span.name, shift_date=span.date, begins_at=begins_at,
                ends_at=span.ends_at,
            )
        )  # fmt: skip
    else:
        duty = tx.change(found, ends_at=span.ends_at, elsewhere_since=None, back_about=None)
    write_entry(
        tx, Kind.DUTY, _("%(name)s is on duty: %(shift)s %(from)s–%(until)s.") % {"name": person.name, **_hours(span)},
        house_id=house_id, on_behalf_id=_behalf(tx, person),
    )  # fmt: skip
    return duty


def end_duty_in(tx: Writing, house_id: int, person: Person) -> bool:
    """Take a person off duty now. False when they are on none."""
    duty = duty_now_in(tx, house_id, person.id, tx.now)
    if duty is None:
        return False
    tx.change(duty, ends_at=tx.now, elsewhere_since=None, back_about=None)
    write_entry(
        tx, Kind.DUTY, _("%(name)s is off duty.") % {"name": person.name},
        house_id=house_id, on_behalf_id=_behalf(tx, person),
    )  # fmt: skip
    return True


def set_place_in(tx: Writing, house_id: int, person: Person, back_about: datetime | None, *, away: bool) -> None:
    """Say that a person on duty is at another house until about then, or on site again. Raises Invalid when not on duty."""
    duty = duty_now_in(tx, house_id, person.id, tx.now)
    if duty is None:
        raise Invalid(_("You are not on duty. Go on duty first."))
    if away and (back_about is None or back_about <= tx.now):
        raise Invalid(_("Say when you expect to be back: a time that has not passed."), "back_about")
    if away and back_about is not None:
        said = _("%(name)s is at another house, back about %(time)s.") % {
            "name": person.name,
            "time": local(back_about).strftime("%H:%M"),
        }
        tx.change(duty, elsewhere_since=duty.elsewhere_since or tx.now, back_about=back_about)
    else:
        if duty.elsewhere_since is None:
            return
        said = _("%(name)s is on site.") % {"name": person.name}
        tx.change(duty, elsewhere_since=None, back_about=None)
    write_entry(tx, Kind.DUTY, said, house_id=house_id, on_behalf_id=_behalf(tx, person))

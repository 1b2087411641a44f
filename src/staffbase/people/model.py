"""Staff, their secrets, the shifts of a house, and who is on duty."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from staffbase.kernel.access import Role
from staffbase.kernel.columns import (
    APPEND_ONLY,
    CHANGING,
    UNLOGGED,
    Key,
    Salted,
    Versioned,
    key,
    maybe_moment,
    moment,
    ref,
    word,
)  # fmt: skip
from staffbase.kernel.i18n import N_


class Person(Salted, table=True):
    """Somebody who works here. Never removed: those who left keep their signatures."""

    __tablename__ = "person"
    __table_args__ = CHANGING

    id: int = key()
    name: str = Field(index=True)
    role: Role = word(Role)
    phone: str = ""
    left_at: datetime | None = maybe_moment()


class Pin(SQLModel, table=True):
    """A person's PIN, hashed, and how often it was tried wrongly. In the database, so that a restart changes nothing."""

    __tablename__ = "pin"
    __table_args__ = UNLOGGED

    id: int = Field(foreign_key="person.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    hash: str
    one_time: bool = False
    """Given out by a leader; must be changed at the first sign-in."""
    failures: int = 0
    blocked_until: datetime | None = maybe_moment()
    last_sign_in: datetime | None = maybe_moment()


class PinGiven(SQLModel, table=True):
    """That somebody was given, or chose, this PIN. The newest one proves what stands in `pin`, which is in no ledger itself."""

    __tablename__ = "pin_given"
    __table_args__ = APPEND_ONLY

    id: int = key()
    person_id: int = ref("person.id", index=True)
    proof: bytes = Field(sa_type=LargeBinary)
    """A seal over person, hash and whether it is a one-time PIN (see people.given_pins)."""


class ShiftName(StrEnum):
    """The shifts of a day; a night belongs to the date of its evening."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"


SHIFT_NAMES = {
    ShiftName.DAY: N_("day shift"),
    ShiftName.EVENING: N_("evening shift"),
    ShiftName.NIGHT: N_("night shift"),
}


class ShiftTime(Versioned, table=True):
    """When a shift of the house begins and ends on the wall clock, and how many must be there."""

    __tablename__ = "shift_time"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    name: ShiftName = word(ShiftName)
    begins: time
    ends: time
    """Not later than `begins`: the next morning."""
    norm: int = 2
    """Fewer than this many on duty is said on the board."""


class Duty(Versioned, table=True):
    """One person on duty on one shift. For the night watch also where: on site, or at another house."""

    __tablename__ = "duty"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    person_id: int = ref("person.id", index=True)
    shift: ShiftName = word(ShiftName)
    shift_date: date = Field(index=True)
    begins_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    elsewhere_since: datetime | None = maybe_moment()
    back_about: datetime | None = maybe_moment()
    """When the night watch expects to be back from another house."""


class DutyDeclined(SQLModel, table=True):
    """Somebody answered “here for something else” for a shift, and is not asked about it again."""

    __tablename__ = "duty_declined"
    __table_args__ = UNLOGGED

    id: int = key()
    person_id: int = ref("person.id", index=True)
    shift: ShiftName = word(ShiftName)
    shift_date: date


class EmergencyAccess(SQLModel, table=True):
    """A substitute opened what one resident's record holds outside their own shifts. The reason is its entry's text."""

    __tablename__ = "emergency_access"
    __table_args__ = APPEND_ONLY

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    house_id: int = ref("house.id")
    person_id: int = ref("person.id", index=True)
    resident_id: int = ref("resident.id", index=True)
    begins_at: datetime = moment()
    ends_at: datetime = moment()


class EmergencyReview(SQLModel, table=True):
    """A leader has looked at one emergency access; the line written about it is a comment on its entry."""

    __tablename__ = "emergency_review"
    __table_args__ = APPEND_ONLY

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    access_id: int = Field(foreign_key="emergency_access.id", sa_type=Key, unique=True)
    reviewed_by_id: int = ref("person.id")
    reviewed_at: datetime = moment()

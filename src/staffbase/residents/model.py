"""The house, its units, who lives there, and what must be known at the door."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from staffbase.kernel.columns import (
    APPEND_ONLY,
    CHANGING,
    ERASABLE,
    Key,
    Salted,
    key,
    maybe_moment,
    maybe_ref,
    moment,
    nonce,
    prose,
    ref,
    word,
)  # fmt: skip
from staffbase.kernel.i18n import N_


class House(Salted, table=True):
    """A supported house and what emergency services ask for on the phone."""

    __tablename__ = "house"
    __table_args__ = CHANGING

    id: int = key()
    name: str
    address: str = ""
    entrance: str = ""
    """How an ambulance finds in."""
    oncall_name: str = ""
    oncall_phone: str = ""
    review_months: int = 6
    """Months until a crisis plan must be reviewed."""


class Unit(Salted, table=True):
    """A flat with its own entrance. `module` is its letter, `position` the walking order."""

    __tablename__ = "unit"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    code: str
    module: str
    position: int = 0
    key_note: str = ""


class Presence(StrEnum):
    """Where the resident is."""

    HOME = "home"
    AWAY = "away"
    ADMITTED = "admitted"
    PRISON = "prison"


PRESENCE_NAMES = {
    Presence.HOME: N_("home"),
    Presence.AWAY: N_("away"),
    Presence.ADMITTED: N_("admitted"),
    Presence.PRISON: N_("in prison"),
}


class Resident(Salted, table=True):
    """Somebody who lives or lived here, by the name used in the house and year of birth; no national number."""

    __tablename__ = "resident"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    alias: str
    birth_year: int
    presence: Presence = word(Presence, Presence.HOME)
    presence_since: datetime | None = maybe_moment()
    presence_until: datetime | None = maybe_moment()
    primary_contact_id: int | None = maybe_ref("person.id")
    about: str = prose("")
    """What a substitute should know: two or three lines."""
    naloxone: str = ""
    """Where the naloxone is."""
    children: bool = False
    """Has children who may visit."""


class Stay(Salted, table=True):
    """A resident in a unit from a date until moving on."""

    __tablename__ = "stay"
    __table_args__ = CHANGING

    id: int = key()
    resident_id: int = ref("resident.id", index=True)
    unit_id: int = ref("unit.id", index=True)
    from_date: date
    until_date: date | None = Field(default=None, nullable=True)
    leave_reason: str = ""


class Whereabouts(SQLModel, table=True):
    """From a moment on a resident lived in a unit (or here no more) and was home, away, admitted or in prison.

    Written beside each change of a stay or a presence; of those that had begun at a moment the newest tells how it was.
    """

    __tablename__ = "whereabouts"
    __table_args__ = (Index("ix_whereabouts_resident_id_id", "resident_id", "id"), APPEND_ONLY)

    id: int = key()
    resident_id: int = ref("resident.id")
    unit_id: int | None = maybe_ref("unit.id")
    presence: Presence = word(Presence)
    since: datetime = moment()


class Status(StrEnum):
    """How a resident is doing, as the last shift report or an incident said."""

    CALM = "calm"
    WATCH = "watch"
    UNSTABLE = "unstable"


STATUS_NAMES = {Status.CALM: N_("calm"), Status.WATCH: N_("watch"), Status.UNSTABLE: N_("unstable")}


class ResidentStatus(SQLModel, table=True):
    """A status given to a resident by an entry; the newest counts."""

    __tablename__ = "resident_status"
    __table_args__ = APPEND_ONLY

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    resident_id: int = ref("resident.id", index=True)
    status: Status = word(Status)


class WarningKind(StrEnum):
    """What kind of thing must be known before the door opens."""

    DANGER = "danger"
    ALLERGY = "allergy"
    SOMATIC = "somatic"


WARNING_NAMES = {
    WarningKind.DANGER: N_("danger"),
    WarningKind.ALLERGY: N_("allergy"),
    WarningKind.SOMATIC: N_("serious condition"),
}


class Warning_(Salted, table=True):  # noqa: N801  (Python has a Warning already)
    """A danger, an allergy or a serious condition; ended, never removed."""

    __tablename__ = "warning"
    __table_args__ = CHANGING

    id: int = key()
    resident_id: int = ref("resident.id", index=True)
    kind: WarningKind = word(WarningKind)
    line: str
    """One line, as it stands on tile and card."""
    ended_at: datetime | None = maybe_moment()


class Contact(Salted, table=True):
    """Somebody to ring for this resident (or, without resident, for the house), and when they answer."""

    __tablename__ = "contact"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    resident_id: int | None = maybe_ref("resident.id", index=True)
    name: str
    role: str = ""
    """ACT, GP, sister, guardian …"""
    phone: str = ""
    hours: str = ""
    """When they answer: "08-15", "mon-fri 08-15:30"; empty means always."""
    position: int = 0
    """Place in the call ladder, from 1; 0 is not in it."""
    consent: bool = True
    """The resident consents that they are told; asked for relatives."""
    ended_at: datetime | None = maybe_moment()


class RoundForm(StrEnum):
    """How far a check may go at this door. Ordered from least to most."""

    NONE = "none"
    OUTSIDE = "outside"
    KNOCK = "knock"
    OPEN_DOOR = "open_door"
    ENTER = "enter"


ROUND_FORM_NAMES = {
    RoundForm.NONE: N_("no check wanted"),
    RoundForm.OUTSIDE: N_("look from outside"),
    RoundForm.KNOCK: N_("knock and voice"),
    RoundForm.OPEN_DOOR: N_("open door, breathing"),
    RoundForm.ENTER: N_("enter if no answer"),
}


class RoundAgreement(SQLModel, table=True):
    """What was agreed with the resident about night checks. Each change is a new version; the newest counts.

    A flat is a private home: entry without consent is an emergency and leaves an incident (domain.md sections 1 and 3).
    """

    __tablename__ = "round_agreement"
    __table_args__ = ERASABLE

    id: int = key()
    resident_id: int = ref("resident.id", index=True)
    form: RoundForm = word(RoundForm)
    may_wake: bool = False
    consent: str = prose("")
    """How consent was given: by whom, when, in what words."""
    valid_from: datetime = moment()
    valid_until: datetime | None = maybe_moment()
    agreed_by_id: int = Field(sa_type=Key)
    entry_id: int = ref("entry.id")
    nonce: bytes = nonce()

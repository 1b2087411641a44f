"""Night rounds: when they are due, the walks, what was found at each door, and why a door stayed open."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from staffbase.kernel.columns import (
    APPEND_ONLY,
    CHANGING,
    ERASABLE,
    Key,
    Salted,
    Versioned,
    key,
    maybe_moment,
    maybe_ref,
    maybe_word,
    moment,
    nonce,
    prose,
    ref,
    word,
)  # fmt: skip
from staffbase.kernel.i18n import N_
from staffbase.residents.model import RoundForm


class RoundWindow(Versioned, table=True):
    """A stretch of the night in which a round is due, as set before `WindowRule` was there; only read since."""

    __tablename__ = "round_window"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    rrule: str = "FREQ=DAILY"
    """An RFC 5545 rule on the dates of evenings; empty for a window the house no longer has."""
    begins: time
    ends: time


class WindowRule(SQLModel, table=True):
    """A window as it was set: all rows of one setting hold together from then on, until the next setting.

    Which windows a night had must be known long after others were set, so nothing is changed here. A window is governed by
    the rules that held when it began. What stood before the first setting is `RoundWindow`, or the usual two.
    """

    __tablename__ = "window_rule"
    __table_args__ = APPEND_ONLY

    id: int = key()
    house_id: int = ref("house.id", index=True)
    entry_id: int = ref("entry.id")
    """The entry that tells of the setting."""
    since: datetime = moment()
    begins: time
    ends: time
    rrule: str = "FREQ=DAILY"


class Walk(Salted, table=True):
    """One walk along the doors: somebody left, should be back, came back, signed. The checks hang on it.

    Each of these is also told by an entry of its own in the journal, which is the history; the row is where it stands now.
    """

    __tablename__ = "walk"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    walker_id: int = ref("person.id")
    night: date = Field(index=True)
    window_begins: datetime | None = maybe_moment()
    """The window it belongs to; none for a walk outside all windows."""
    left_at: datetime = moment(index=True)
    due_back_at: datetime = moment()
    returned_at: datetime | None = maybe_moment()
    signed_at: datetime | None = maybe_moment()
    late_reason: str = ""
    """Why it was entered afterwards; said for ever. Empty for a walk that was begun at the station."""
    recorded_at: datetime = moment()
    walked: bool = True
    """False for a round nobody walked: it holds only why each door stayed open."""


class Outcome(StrEnum):
    """What was found at a door. No answer is never a finished check: it starts a ladder."""

    ASLEEP = "asleep"
    AWAKE = "awake"
    SPOKE = "spoke"
    HEARD = "heard"
    AWAY = "away"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    DANGER = "danger"


OUTCOME_NAMES = {
    Outcome.ASLEEP: N_("seen asleep, breathing"),
    Outcome.AWAKE: N_("seen awake"),
    Outcome.SPOKE: N_("spoke with"),
    Outcome.HEARD: N_("heard, not seen"),
    Outcome.AWAY: N_("not at home"),
    Outcome.DECLINED: N_("declined the check"),
    Outcome.NO_ANSWER: N_("NO ANSWER"),
    Outcome.DANGER: N_("FOUND IN DANGER"),
}


class Beyond(StrEnum):
    """Why a check went further than the agreement."""

    INVITED = "invited"
    DOOR_OPEN = "door_open"
    FEARED = "feared"


BEYOND_NAMES = {
    Beyond.INVITED: N_("invited in"),
    Beyond.DOOR_OPEN: N_("the door was open"),
    Beyond.FEARED: N_("feared for life"),
}


class RoundCheck(SQLModel, table=True):
    """What was found at one door; its times, author and note are the entry's."""

    __tablename__ = "round_check"
    __table_args__ = (Index("ix_round_check_walk_unit", "walk_id", "unit_id"), APPEND_ONLY)

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    walk_id: int | None = maybe_ref("walk.id")
    """None for an extra check."""
    unit_id: int = ref("unit.id")
    resident_id: int = ref("resident.id", index=True)
    outcome: Outcome = word(Outcome)
    form: RoundForm = word(RoundForm)
    """How far the agreement went when it was made."""
    beyond: Beyond | None = maybe_word(Beyond)
    incident_id: int | None = maybe_ref("entry.id")


class OpenDoor(SQLModel, table=True):
    """Why a due door had no check when the walk was signed."""

    __tablename__ = "open_door"
    __table_args__ = ERASABLE

    id: int = key()
    walk_id: int = ref("walk.id", index=True)
    unit_id: int = ref("unit.id")
    reason: str = prose()
    nonce: bytes = nonce()

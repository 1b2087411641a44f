"""Shift reports and readings: what one shift leaves to the next, and that the next has taken it over.

Questions, answers, concerns and what was said back are entries of the journal; here stands only what they do not say.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from staffbase.kernel.columns import (
    APPEND_ONLY,
    ERASABLE,
    UNLOGGED,
    Key,
    key,
    maybe_ref,
    maybe_word,
    moment,
    nonce,
    prose,
    ref,
    word,
)  # fmt: skip
from staffbase.people.model import ShiftName
from staffbase.residents.model import Status


def _entry_key() -> int:
    """The key of the entry it hangs on."""
    made: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    return made


class ShiftReport(SQLModel, table=True):
    """A signed report, one per house and shift, never changed. What it says of each resident stands in its lines."""

    __tablename__ = "shift_report"
    __table_args__ = (UniqueConstraint("house_id", "shift", "shift_date"), APPEND_ONLY)

    id: int = _entry_key()
    house_id: int = ref("house.id")
    shift: ShiftName = word(ShiftName)
    shift_date: date
    begins_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    signed_by_id: int = ref("person.id")
    signed_at: datetime = moment()


class ReportCosigned(SQLModel, table=True):
    """A colleague of the same shift who signed too."""

    __tablename__ = "report_cosigned"
    __table_args__ = APPEND_ONLY

    id: int = key()
    report_id: int = ref("shift_report.id", index=True)
    person_id: int = ref("person.id")
    signed_at: datetime = moment()


class ReportLine(SQLModel, table=True):
    """What a signed report says of one resident, or (without resident) of the house."""

    __tablename__ = "report_line"
    __table_args__ = ERASABLE

    id: int = key()
    report_id: int = ref("shift_report.id", index=True)
    resident_id: int | None = maybe_ref("resident.id", index=True)
    status: Status | None = maybe_word(Status)
    text: str = prose("")
    if_then: str = prose("")
    """If this happens, do that."""
    entry_id: int | None = maybe_ref("entry.id", index=True)
    """The entry on the resident's timeline that tells the same; none where nothing changed and nothing was written."""
    nonce: bytes = nonce()


class ReportDraftLine(SQLModel, table=True):
    """What is written so far of a report that is not signed: seen by the whole shift, and by the next one if it stays so."""

    __tablename__ = "report_draft_line"
    __table_args__ = (Index("ix_report_draft_line_shift", "house_id", "shift_date", "shift"), UNLOGGED)

    id: int = key()
    house_id: int = ref("house.id")
    shift: ShiftName = word(ShiftName)
    shift_date: date
    resident_id: int | None = maybe_ref("resident.id")
    status: Status | None = maybe_word(Status)
    """None until somebody has chosen one."""
    text: str = prose("")
    if_then: str = prose("")
    edition: int = 1
    """Grows with each save, so that two who write on the same resident do not overwrite one another."""
    saved_by_id: int = ref("person.id")
    saved_at: datetime = moment()


class ReadingOpened(SQLModel, table=True):
    """Somebody opened their reading in a shift for the first time. Opened is not yet accepted."""

    __tablename__ = "reading_opened"
    __table_args__ = APPEND_ONLY

    id: int = key()
    house_id: int = ref("house.id")
    person_id: int = ref("person.id", index=True)
    shift: ShiftName = word(ShiftName)
    shift_date: date = Field(index=True)
    opened_at: datetime = moment()


class ReadingAccepted(SQLModel, table=True):
    """Somebody took the handover over: which shift for, since when it reaches back, and up to which entry."""

    __tablename__ = "reading_accepted"
    __table_args__ = APPEND_ONLY

    id: int = _entry_key()
    house_id: int = ref("house.id")
    person_id: int = ref("person.id", index=True)
    shift: ShiftName = word(ShiftName)
    shift_date: date = Field(index=True)
    since: datetime = moment()
    covered_to: int = Field(sa_type=Key)
    """The newest entry that was shown."""


class SaidBack(SQLModel, table=True):
    """One line in the reader's own words about an unstable resident; the words are the entry's."""

    __tablename__ = "said_back"
    __table_args__ = (Index("ix_said_back_shift", "shift_date", "shift", "person_id"), APPEND_ONLY)

    id: int = _entry_key()
    house_id: int = ref("house.id")
    person_id: int = ref("person.id")
    resident_id: int = ref("resident.id")
    shift: ShiftName = word(ShiftName)
    shift_date: date


class Concern(SQLModel, table=True):
    """Somebody is concerned (CUS); the words are the entry's. Not closed by the shift in which it was raised."""

    __tablename__ = "concern"
    __table_args__ = APPEND_ONLY

    id: int = _entry_key()
    house_id: int = ref("house.id", index=True)
    resident_id: int | None = maybe_ref("resident.id")
    shift: ShiftName = word(ShiftName)
    shift_date: date


class ConcernClosed(SQLModel, table=True):
    """A concern was met, by somebody of another shift; how is the entry's words."""

    __tablename__ = "concern_closed"
    __table_args__ = (UniqueConstraint("concern_id"), APPEND_ONLY)

    id: int = _entry_key()
    concern_id: int = ref("concern.id")

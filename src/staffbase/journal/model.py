"""The spine's tables: an append-only entry, its text apart (so that only the text can be erased), and drafts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from staffbase.kernel.columns import (
    APPEND_ONLY,
    ERASABLE,
    UNLOGGED,
    Key,
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


class Kind(StrEnum):
    """What an entry is. The words people see stand in KIND_NAMES."""

    EVERYDAY = "everyday"
    CONVERSATION = "conversation"
    HEALTH = "health"
    SERVICES = "services"
    RELATIVES = "relatives"
    AGREEMENT = "agreement"
    OBSERVATION = "observation"
    CHECK = "check"
    EXTRA_CHECK = "extra_check"
    INCIDENT = "incident"
    INCIDENT_STEP = "incident_step"
    PRESENCE = "presence"
    STATUS = "status"
    ROUND_AGREEMENT = "round_agreement"
    DANGER = "danger"
    CONTACT = "contact"
    STAY = "stay"
    FACTS = "facts"
    PLAN = "plan"
    CARD_OPENED = "card_opened"
    EMERGENCY_ACCESS = "emergency_access"
    TASK = "task"
    REPORT = "report"
    QUESTION = "question"
    ANSWER = "answer"
    CONCERN = "concern"
    SAID_BACK = "said_back"
    READING = "reading"
    ROUND = "round"
    DUTY = "duty"
    HOUSE = "house"
    CORRECTION = "correction"
    TIME_CORRECTION = "time_correction"
    WRONG_RESIDENT = "wrong_resident"
    WITHDRAWN = "withdrawn"
    COMMENT = "comment"
    EPJ_NEEDED = "epj_needed"
    EPJ_DONE = "epj_done"


NOTE_KINDS = (
    Kind.EVERYDAY, Kind.CONVERSATION, Kind.HEALTH, Kind.SERVICES, Kind.RELATIVES, Kind.AGREEMENT, Kind.OBSERVATION,
)  # fmt: skip
"""The kinds a person chooses among when writing a note."""

KIND_NAMES = {
    Kind.EVERYDAY: N_("everyday"),
    Kind.CONVERSATION: N_("conversation"),
    Kind.HEALTH: N_("health"),
    Kind.SERVICES: N_("contact with services"),
    Kind.RELATIVES: N_("relatives"),
    Kind.AGREEMENT: N_("agreement"),
    Kind.OBSERVATION: N_("observation"),
    Kind.CHECK: N_("check"),
    Kind.EXTRA_CHECK: N_("extra check"),
    Kind.INCIDENT: N_("incident"),
    Kind.INCIDENT_STEP: N_("incident step"),
    Kind.PRESENCE: N_("presence"),
    Kind.STATUS: N_("status"),
    Kind.ROUND_AGREEMENT: N_("check agreement"),
    Kind.DANGER: N_("danger or allergy"),
    Kind.CONTACT: N_("contact"),
    Kind.STAY: N_("moving in or out"),
    Kind.FACTS: N_("about the resident"),
    Kind.PLAN: N_("crisis plan"),
    Kind.CARD_OPENED: N_("crisis card opened"),
    Kind.EMERGENCY_ACCESS: N_("emergency access"),
    Kind.TASK: N_("task"),
    Kind.REPORT: N_("shift report"),
    Kind.QUESTION: N_("question"),
    Kind.ANSWER: N_("answer"),
    Kind.CONCERN: N_("concern"),
    Kind.SAID_BACK: N_("said back"),
    Kind.READING: N_("handover accepted"),
    Kind.ROUND: N_("night round"),
    Kind.DUTY: N_("duty"),
    Kind.HOUSE: N_("the house"),
    Kind.CORRECTION: N_("correction"),
    Kind.TIME_CORRECTION: N_("correction of time"),
    Kind.WRONG_RESIDENT: N_("wrong resident"),
    Kind.WITHDRAWN: N_("withdrawn"),
    Kind.COMMENT: N_("comment"),
    Kind.EPJ_NEEDED: N_("to be entered in the EPJ"),
    Kind.EPJ_DONE: N_("entered in the EPJ"),
}


class Importance(StrEnum):
    """How far an entry must travel."""

    ROUTINE = "routine"
    HANDOVER = "handover"
    URGENT = "urgent"


IMPORTANCE_NAMES = {
    Importance.ROUTINE: N_("routine"),
    Importance.HANDOVER: N_("for the handover"),
    Importance.URGENT: N_("urgent"),
}


class Source(StrEnum):
    """Where an entry comes from; shown for ever."""

    DIRECT = "direct"
    AFTERWARDS = "afterwards"
    PAPER = "paper"


SOURCE_NAMES = {
    Source.DIRECT: N_("written at once"),
    Source.AFTERWARDS: N_("entered later"),
    Source.PAPER: N_("from paper"),
}


class Entry(SQLModel, table=True):
    """One observation or event. Observed is said by a person, recorded is the clock's."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_resident_observed", "resident_id", "observed_from"),
        Index("ix_entry_kind_observed", "kind", "observed_from"),
        APPEND_ONLY,
    )

    id: int = key()
    house_id: int = ref("house.id")
    resident_id: int | None = maybe_ref("resident.id")
    kind: Kind = word(Kind)
    importance: Importance = word(Importance, Importance.ROUTINE)
    observed_from: datetime = moment(index=True)
    observed_to: datetime = moment()
    recorded_at: datetime = moment(index=True)
    author_id: int = Field(sa_type=Key, index=True)
    """0 is the station itself."""
    on_behalf_id: int | None = maybe_ref("person.id")
    source: Source = word(Source, Source.DIRECT)
    amends_id: int | None = maybe_ref("entry.id", index=True)
    moved_to_id: int | None = maybe_ref("resident.id")
    """For WRONG_RESIDENT: whose entry it should have been."""
    epj: bool = False
    """It should also stand in the municipality's record system."""


class EntryText(SQLModel, table=True):
    """What was typed. Apart from the entry, so that a decided erasure can take the text and leave the fact."""

    __tablename__ = "entry_text"
    __table_args__ = ERASABLE

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    text: str = prose()
    late_reason: str = prose("")
    """Why it was entered afterwards, where that is asked."""
    nonce: bytes = nonce()


class Draft(SQLModel, table=True):
    """Something half typed, kept for its author: no crash or lock takes more than two seconds of typing."""

    __tablename__ = "draft"
    __table_args__ = UNLOGGED

    id: int = key()
    person_id: int = ref("person.id", index=True)
    form: str
    """Which form it belongs to ("note", "plan:12")."""
    fields: str = prose()
    """JSON: the form's fields as typed."""
    saved_at: datetime = moment()
    finished_at: datetime | None = maybe_moment()

"""Incidents: what happened, step by step, each step with its time. Nothing of it is ever changed; it only grows."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from staffbase.kernel.columns import APPEND_ONLY, Key, ref, word
from staffbase.kernel.i18n import N_


class IncidentKind(StrEnum):
    """What kind of incident; a short list, so that one key chooses."""

    NO_ANSWER = "no_answer"
    FOUND_IN_DANGER = "found_in_danger"
    OVERDOSE = "overdose"
    VIOLENCE = "violence"
    SELF_HARM = "self_harm"
    FIRE = "fire"
    ILLNESS = "illness"
    VISITOR = "visitor"
    OTHER = "other"


INCIDENT_NAMES = {
    IncidentKind.NO_ANSWER: N_("no answer"),
    IncidentKind.FOUND_IN_DANGER: N_("found in danger"),
    IncidentKind.OVERDOSE: N_("overdose"),
    IncidentKind.VIOLENCE: N_("violence or threats"),
    IncidentKind.SELF_HARM: N_("self-harm or danger of suicide"),
    IncidentKind.FIRE: N_("fire"),
    IncidentKind.ILLNESS: N_("accident or illness"),
    IncidentKind.VISITOR: N_("visitor or neighbour"),
    IncidentKind.OTHER: N_("another incident"),
}


class Step(StrEnum):
    """What was done in an incident; the same list in the ladder of the rounds."""

    KNOCKED = "knocked"
    PHONED = "phoned"
    SECOND_ATTEMPT = "second_attempt"
    COLLEAGUE = "colleague"
    LET_IN = "let_in"
    FOUND = "found"
    BREATHING = "breathing"
    NALOXONE = "naloxone"
    CALLED_113 = "called_113"
    CALLED_112 = "called_112"
    CALLED_110 = "called_110"
    ONCALL = "oncall"
    AMBULANCE = "ambulance"
    WELL = "well"
    OTHER = "other"


STEP_NAMES = {
    Step.KNOCKED: N_("knocked, called out"),
    Step.PHONED: N_("phoned"),
    Step.SECOND_ATTEMPT: N_("second attempt"),
    Step.COLLEAGUE: N_("a colleague came"),
    Step.LET_IN: N_("went in (necessity)"),
    Step.FOUND: N_("found the resident"),
    Step.BREATHING: N_("breathing"),
    Step.NALOXONE: N_("naloxone given"),
    Step.CALLED_113: N_("113 called"),
    Step.CALLED_112: N_("112 called"),
    Step.CALLED_110: N_("110 called"),
    Step.ONCALL: N_("on-call rung"),
    Step.AMBULANCE: N_("ambulance arrived"),
    Step.WELL: N_("the resident is well"),
    Step.OTHER: N_("something in words"),
}
"""Each as it stands in the timeline, after its time."""


class Deviation(StrEnum):
    """Whether a deviation should be written, as asked when the incident is concluded."""

    YES = "yes"
    NO = "no"
    LATER = "later"


DEVIATION_NAMES = {
    Deviation.YES: N_("a deviation must be written"),
    Deviation.NO: N_("no deviation"),
    Deviation.LATER: N_("deviation: to be decided"),
}


class Incident(SQLModel, table=True):
    """One incident; who, when and where are its entry's. It runs until it has a conclusion."""

    __tablename__ = "incident"
    __table_args__ = APPEND_ONLY

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    kind: IncidentKind = word(IncidentKind)


class IncidentStep(SQLModel, table=True):
    """One step of an incident. When it was done, when it was written and in what words are its entry's."""

    __tablename__ = "incident_step"
    __table_args__ = APPEND_ONLY

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    incident_id: int = ref("incident.id", index=True)
    step: Step = word(Step)


class IncidentConclusion(SQLModel, table=True):
    """How an incident ended, in the words of its entry; at most one an incident."""

    __tablename__ = "incident_conclusion"
    __table_args__ = APPEND_ONLY

    id: int = Field(foreign_key="entry.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    incident_id: int = Field(foreign_key="incident.id", sa_type=Key, unique=True)
    deviation: Deviation = word(Deviation)
    review_plan: bool = False
    """The resident's crisis plan must be reviewed at once: practice is always after a crisis."""

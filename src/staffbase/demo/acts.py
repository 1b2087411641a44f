"""What can happen in the invented house: each kind of act, by whom and when. The plot is made of them."""

from dataclasses import dataclass
from datetime import datetime

from staffbase.journal.model import Importance, Kind
from staffbase.residents.model import Presence


@dataclass(frozen=True)
class Said:
    """Somebody writes a note, about a resident or (without unit) about the house."""

    at: datetime
    by: str
    unit: str | None
    text: str
    kind: Kind = Kind.EVERYDAY
    importance: Importance = Importance.ROUTINE
    minutes_ago: int = 0
    epj: bool = False
    count: int = 0
    """Fills %(count)d in the text."""


@dataclass(frozen=True)
class Promised:
    """Somebody adds a task."""

    at: datetime
    by: str
    unit: str | None
    text: str
    owner: str | None
    due: datetime | None


@dataclass(frozen=True)
class Kept:
    """Somebody does a task, found by its text."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class Went:
    """A resident goes somewhere or comes home."""

    at: datetime
    by: str
    unit: str
    presence: Presence
    text: str
    until: datetime | None = None


@dataclass(frozen=True)
class MovedIn:
    """The newcomer moves into B4."""

    at: datetime
    by: str


@dataclass(frozen=True)
class PlanDrafted:
    """Somebody begins the revision of A3's plan."""

    at: datetime
    by: str


@dataclass(frozen=True)
class PlanPublished:
    """The revision of A3's plan is published."""

    at: datetime
    by: str


@dataclass(frozen=True)
class CardOpened:
    """Somebody opens a crisis card."""

    at: datetime
    by: str
    unit: str


@dataclass(frozen=True)
class EmergencyTaken:
    """A substitute opens a resident's page, and by emergency access what lies outside their own shifts."""

    at: datetime
    by: str
    unit: str
    why: str


@dataclass(frozen=True)
class EmergencyReviewed:
    """A leader goes through the emergency accesses that wait."""

    at: datetime
    by: str
    text: str


Act = (
    Said | Promised | Kept | Went | MovedIn | PlanDrafted | PlanPublished | CardOpened | EmergencyTaken
    | EmergencyReviewed
)  # fmt: skip

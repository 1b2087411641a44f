"""What screens show of crisis plans: plain values, complete, with names filled in."""

from dataclasses import dataclass
from datetime import date, datetime

from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import PlanText, Proposal, Review
from staffbase.residents.rules import HouseFacts, ResidentFacts

Base = tuple[int, int]
"""(published version, save of the draft) that a text was begun from; 0 where there was none."""


@dataclass(frozen=True)
class VersionFacts:
    """One published version."""

    number: int
    text: PlanText
    made: Made
    co_authors: str
    copies_to: str
    signing: Signing
    signed_on: date | None
    valid_from: date
    review_due: date
    reason: str
    published_by: str
    published_at: datetime

    @property
    def proposal(self) -> Proposal:
        """The same as the beginning of the next version, which nobody has signed."""
        return Proposal(self.text, self.made, self.co_authors, self.copies_to)


@dataclass(frozen=True)
class DraftFacts:
    """What the next version is to say."""

    proposal: Proposal
    base_number: int
    saved_by: str
    saved_by_id: int
    saved_at: datetime


@dataclass(frozen=True)
class PlanState:
    """How it stands with a resident's plan."""

    resident_id: int
    version: int
    """0 while nothing is published."""
    made: Made | None = None
    signed: bool = False
    valid_from: date | None = None
    review: Review | None = None
    draft: bool = False
    draft_by: str = ""
    draft_at: datetime | None = None

    @property
    def review_due(self) -> date | None:
        """When it must be gone through."""
        return self.review.due if self.review else None

    @property
    def overdue(self) -> bool:
        """Whether that day has passed, or a crisis came since."""
        return self.review is not None and self.review.overdue


@dataclass(frozen=True)
class PlanRow:
    """A resident in the list of plans."""

    resident_id: int
    unit_code: str
    alias: str
    state: PlanState


@dataclass(frozen=True)
class PlanFacts:
    """Everything about one resident's plan: its versions, newest first, and the draft."""

    resident: ResidentFacts
    house: HouseFacts
    state: PlanState
    versions: tuple[VersionFacts, ...]
    draft: DraftFacts | None
    draft_save: int
    """How many times the draft was saved; it goes on counting when a version is published."""

    @property
    def current(self) -> VersionFacts | None:
        """The version that counts."""
        return self.versions[0] if self.versions else None

    @property
    def begin(self) -> Proposal:
        """What an editor begins with: the draft, else the version that counts, else nothing."""
        if self.draft is not None:
            return self.draft.proposal
        return self.current.proposal if self.current else Proposal()

    @property
    def base(self) -> Base:
        """What an editor begins from; hand it back when saving, so that nobody's text is overwritten unseen."""
        return self.state.version, self.draft_save


@dataclass(frozen=True)
class Ready:
    """A draft that may be published, and the days proposed for it."""

    facts: PlanFacts
    valid_from: date
    review_due: date


@dataclass(frozen=True)
class Published:
    """A version was published."""

    number: int
    review_due: date

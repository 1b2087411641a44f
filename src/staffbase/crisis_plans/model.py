"""Crisis plans: published versions that never change, and the one draft a resident's next version grows in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from staffbase.kernel.columns import (
    CHANGING,
    ERASABLE,
    Key,
    Versioned,
    key,
    moment,
    nonce,
    prose,
    ref,
    word,
)  # fmt: skip
from staffbase.kernel.i18n import N_


class Made(StrEnum):
    """How far the resident had a hand in the plan (domain.md section 1)."""

    TOGETHER = "together"
    PARTLY = "partly"
    STAFF = "staff"


MADE_NAMES = {
    Made.TOGETHER: N_("made together"),
    Made.PARTLY: N_("the resident took part"),
    Made.STAFF: N_("the staff's plan, the resident did not wish to"),
}
MADE_SHORT = {
    Made.TOGETHER: N_("made together"),
    Made.PARTLY: N_("took part"),
    Made.STAFF: N_("the staff's plan"),
}
"""The same, in the few cells the card has."""


class Signing(StrEnum):
    """Whether the resident signed. A crisis plan is no legal document: a missing signature never hides it."""

    SIGNED = "signed"
    DECLINED = "declined"
    NOT_YET = "not_yet"


SIGNING_NAMES = {
    Signing.SIGNED: N_("signed"),
    Signing.DECLINED: N_("did not wish to sign"),
    Signing.NOT_YET: N_("not signed yet"),
}


class PlanVersion(SQLModel, table=True):
    """One published version. The greatest number is the one that counts; the earlier ones stay readable."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("resident_id", "number"), ERASABLE)

    id: int = key()
    resident_id: int = ref("resident.id", index=True)
    number: int
    """1, 2, 3 … for each resident."""
    text: str = prose()
    """JSON: the sections (rules.PlanText)."""
    made: Made = word(Made)
    co_authors: str = ""
    """Who else made it: ACT team, DPS, relatives."""
    copies_to: str = ""
    """Who has a copy, as agreed with the resident."""
    signing: Signing = word(Signing, Signing.NOT_YET)
    signed_on: date | None = Field(default=None, nullable=True)
    valid_from: date
    review_due: date
    reason: str = prose()
    """Why it was revised."""
    published_by_id: int = ref("person.id")
    published_at: datetime = moment()
    entry_id: int = ref("entry.id")
    nonce: bytes = nonce()


class PlanDraft(Versioned, table=True):
    """What a resident's next version is to say. One for each resident; `open` while it is being worked on."""

    __tablename__ = "plan_draft"
    __table_args__ = (UniqueConstraint("resident_id"), CHANGING)

    id: int = key()
    resident_id: int = ref("resident.id")
    open: bool = True
    fields: str = prose()
    """JSON: the proposal (rules.Proposal); empty when it was published."""
    base_number: int = 0
    """The version it was begun from; 0 where there was none."""
    saved_by_id: int = Field(sa_type=Key)
    saved_at: datetime = moment()
    nonce: bytes = nonce()
    """Made anew at each save."""

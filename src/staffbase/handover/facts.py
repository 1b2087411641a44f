"""What the handover's screens show, as plain values, complete and with all names filled in."""

from dataclasses import dataclass
from datetime import datetime

from staffbase.handover.rules import Coverage, Section
from staffbase.incidents.model import IncidentKind
from staffbase.journal.model import Importance, Kind
from staffbase.people.rules import ShiftSpan
from staffbase.residents.model import Presence, Status
from staffbase.tasks.service import TaskFacts


@dataclass(frozen=True)
class AnswerFacts:
    """An answer to a question."""

    entry_id: int
    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class QuestionFacts:
    """A question about an item, and what was answered."""

    entry_id: int
    about_id: int
    resident_id: int | None
    by_id: int
    by: str
    at: datetime
    text: str
    answers: tuple[AnswerFacts, ...]
    for_me: bool
    """It is about what the reader wrote, and waits for an answer."""

    @property
    def open(self) -> bool:
        """Nobody has answered."""
        return not self.answers


@dataclass(frozen=True)
class MomentLine:
    """One step of what happened, at its time."""

    at: datetime
    words: str


@dataclass(frozen=True)
class ReadingItem:
    """One thing to read, linked to its entry. It stands in the reading once."""

    entry_id: int
    kind: Kind
    importance: Importance
    resident_id: int | None
    at: datetime
    recorded_at: datetime
    by_id: int
    by: str
    text: str
    if_then: str = ""
    status: Status | None = None
    """As a report's line said."""
    steps: tuple[MomentLine, ...] = ()
    """Of an incident; of a signed round, why each open door was not checked."""
    running: bool = False
    """An incident that has no conclusion, or a concern that nobody has closed."""
    afterwards: bool = False
    corrected: bool = False
    withdrawn: bool = False
    brief: bool = False
    """Older than what is read in full."""
    unsigned: bool = False
    """From a report that nobody signed."""
    questions: tuple[QuestionFacts, ...] = ()
    closed: str = ""
    """How a concern was met."""
    closed_by: str = ""
    newest: int = 0
    """The greatest key of what belongs to it."""
    news: bool = False
    """Newer than what the reader has accepted in this shift, and written by somebody else."""

    @property
    def concern_id(self) -> int | None:
        """Of a concern that can still be closed."""
        return self.entry_id if self.kind is Kind.CONCERN and self.running else None


@dataclass(frozen=True)
class Counts:
    """What was recorded of a resident in a stretch of time; all zero is "not recorded"."""

    notes: int = 0
    checks: tuple[datetime, ...] = ()
    alarms: tuple[tuple[IncidentKind, datetime], ...] = ()
    """The doors where nobody answered or somebody was in danger, each when that began: no finished checks."""
    others: int = 0

    @property
    def anything(self) -> bool:
        """Whether anything at all was recorded."""
        return bool(self.notes or self.checks or self.alarms or self.others)


@dataclass(frozen=True)
class ResidentReading:
    """What there is to know of one resident."""

    resident_id: int
    unit_code: str
    alias: str
    status: Status
    section: Section
    presence: Presence
    presence_until: datetime | None
    counts: Counts
    items: tuple[ReadingItem, ...] = ()
    questions: tuple[QuestionFacts, ...] = ()
    """About something that is not among the items."""
    tasks: tuple[TaskFacts, ...] = ()
    said_back: str = ""

    @property
    def must_say_back(self) -> bool:
        """The reader owes a line in own words."""
        return self.status is Status.UNSTABLE and not self.said_back


@dataclass(frozen=True)
class Huddle:
    """What the two shifts talk about for ten minutes."""

    unstable: tuple[str, ...] = ()
    """Unit codes."""
    questions: tuple[QuestionFacts, ...] = ()
    concerns: tuple[ReadingItem, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Somebody on duty, and how far they have come with their reading."""

    person_id: int
    name: str
    opened_at: datetime | None
    accepted_at: datetime | None
    late: bool


@dataclass(frozen=True)
class MyReading:
    """All one person reads when coming on."""

    span: ShiftSpan
    """The shift it is read for."""
    covers: Coverage
    residents: tuple[ResidentReading, ...]
    """Every resident exactly once, in the order they are read."""
    house: tuple[ReadingItem, ...]
    house_questions: tuple[QuestionFacts, ...]
    house_tasks: tuple[TaskFacts, ...]
    missed_rounds: tuple[str, ...]
    unsigned: tuple[str, ...]
    """Shifts whose report nobody signed."""
    signed: tuple[str, ...]
    """Shifts whose report is signed, by whom and when."""
    not_in_epj: tuple[ReadingItem, ...]
    huddle: Huddle
    readers: tuple[Reader, ...]
    covered_to: int
    """The newest entry that was there when it was read."""
    accepted_at: datetime | None
    unread: int
    closed: bool = False
    """It opens when the reader goes on duty."""

    def section(self, section: Section) -> tuple[ResidentReading, ...]:
        """Its residents."""
        return tuple(one for one in self.residents if one.section is section)

    @property
    def asked_of_me(self) -> tuple[QuestionFacts, ...]:
        """Questions about what the reader wrote, that nobody has answered."""
        asked = [one for resident in self.residents for one in resident.questions]
        return tuple(one for one in (*asked, *self.house_questions) if one.for_me)


@dataclass(frozen=True)
class ReportLineFacts:
    """One resident in a shift report."""

    resident_id: int
    unit_code: str
    alias: str
    last: Status
    proposed: Status
    status: Status | None
    """As chosen or signed; None while nobody has chosen."""
    must_choose: bool
    text: str
    if_then: str
    recorded: tuple[ReadingItem, ...]
    """The shift's own important entries, as they stand in the notes: nothing is typed twice."""
    counts: Counts
    tasks: tuple[TaskFacts, ...]
    edition: int = 0
    """Of the draft; 0 when none was saved."""
    saved_by: str = ""
    entry_id: int | None = None

    @property
    def shown_status(self) -> Status:
        """As chosen, else as proposed."""
        return self.status or self.proposed

    @property
    def needs_words(self) -> bool:
        """Unstable, and nobody has said what the next shift must know or do."""
        return self.shown_status is Status.UNSTABLE and not (self.text or self.if_then)


@dataclass(frozen=True)
class ReportFacts:
    """A shift's report: being written, signed, or left unsigned."""

    span: ShiftSpan
    on_duty: tuple[str, ...]
    lines: tuple[ReportLineFacts, ...]
    house_text: str
    house_edition: int
    house: tuple[ReadingItem, ...]
    house_tasks: tuple[TaskFacts, ...]
    rounds: tuple[str, ...]
    missed_rounds: tuple[str, ...]
    not_in_epj: tuple[ReadingItem, ...]
    huddle: Huddle
    report_id: int | None = None
    signed_by: str = ""
    signed_at: datetime | None = None
    cosigned: tuple[str, ...] = ()
    accepted_by: tuple[str, ...] = ()
    after_signing: tuple[ReadingItem, ...] = ()
    """What was written of this shift after its report was signed."""
    over: bool = False
    """The shift has ended."""
    may_sign: bool = False
    may_cosign: bool = False
    closed: int = 0
    """Of how many residents nothing is shown, because the shift is none of the reader's own."""

    @property
    def signed(self) -> bool:
        """Whether it is signed, and therefore closed."""
        return self.signed_at is not None

    @property
    def unanswered(self) -> tuple[ReportLineFacts, ...]:
        """The residents whose status somebody must choose before it can be signed."""
        return tuple(one for one in self.lines if one.must_choose)

    @property
    def without_words(self) -> tuple[ReportLineFacts, ...]:
        """The unstable residents of whom somebody must say a line before it can be signed."""
        return () if self.signed else tuple(one for one in self.lines if one.needs_words)

"""An entry as people read it: with its corrections, comments and marks folded in, and nothing lost on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from staffbase.journal.model import Entry, EntryText, Importance, Kind, Source
from staffbase.kernel.access import Actor, Permission
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_date

PLACING = (Kind.TIME_CORRECTION, Kind.WRONG_RESIDENT)
"""Amendments that give the entry another place in a timeline; they carry its new time and resident."""
AMENDING = (
    Kind.CORRECTION, *PLACING, Kind.WITHDRAWN, Kind.COMMENT, Kind.EPJ_NEEDED, Kind.EPJ_DONE,
)  # fmt: skip
"""Entries about another entry; they are folded into it and never stand alone."""


@dataclass(frozen=True)
class Correction:
    """One amendment of an entry, as it was written."""

    entry_id: int
    kind: Kind
    author_id: int
    recorded_at: datetime
    text: str
    """The new text of a CORRECTION; the reason of the others."""
    by_other: bool
    """Added by somebody else than the author, and shown so."""
    observed_from: datetime
    observed_to: datetime
    resident_id: int | None


@dataclass(frozen=True)
class Comment:
    """What somebody wrote under an entry."""

    entry_id: int
    author_id: int
    recorded_at: datetime
    text: str
    corrected: bool = False
    withdrawn: bool = False
    marks: tuple[tuple[int, int], ...] = ()
    """Where the words looked for stand in the text."""


@dataclass(frozen=True)
class TimelineItem:
    """One entry at its place in a timeline, with all that was said about it since."""

    entry_id: int
    key: int
    """What to give as `before` for the page after this item."""
    kind: Kind
    importance: Importance
    resident_id: int | None
    author_id: int
    on_behalf_id: int | None
    observed_from: datetime
    observed_to: datetime
    recorded_at: datetime
    source: Source
    late_reason: str
    text: str
    """The newest text."""
    original_text: str
    """The text as it was first written."""
    epj: bool
    """It should also stand in the municipality's record system."""
    epj_done: bool
    corrected: bool
    """The text was corrected."""
    corrected_by_other: bool
    """The newest text is a marked correction by a leader or clinical lead."""
    time_corrected: bool
    moved: bool
    """It was written on the wrong resident; here stands a bare mark (with text only for those who may read it)."""
    moved_here: bool
    """It was first written on another resident."""
    withdrawn: bool
    withdrawn_reason: str
    hidden: bool
    """There is a text that this reader may not see."""
    amends_id: int | None
    corrections: tuple[Correction, ...] = ()
    """Everything that was changed, oldest first; the original stands before them."""
    comments: tuple[Comment, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()
    """Where the words looked for stand in the text."""
    erased_at: datetime | None = None
    """When what it said was erased by decision; its text says so in its place."""
    first_resident_id: int | None = None
    """Whom it was first written on, for those who may read what was moved."""


@dataclass
class Amended:
    """An entry with all its amendments in the order of writing, before folding."""

    root: Entry
    amendments: list[Entry] = field(default_factory=list)
    texts: dict[int, EntryText] = field(default_factory=dict)
    about_comments: dict[int, list[Entry]] = field(default_factory=dict)
    """Corrections and withdrawals of its comments, by comment."""
    erased: dict[int, datetime] = field(default_factory=dict)
    """When each text of theirs went that was erased by decision."""

    def of(self, *kinds: Kind) -> list[Entry]:
        """Its amendments of these kinds, oldest first."""
        return [entry for entry in self.amendments if entry.kind in kinds]

    @property
    def place(self) -> Entry:
        """What says its time and resident now: the newest placing amendment, else the entry itself."""
        return (self.of(*PLACING) or [self.root])[-1]

    @property
    def withdrawn(self) -> bool:
        """Taken back by its author."""
        return bool(self.of(Kind.WITHDRAWN))

    @property
    def erased_at(self) -> datetime | None:
        """When it was erased by decision, with everything that was said about it."""
        if not self.erased:
            return None
        return max((at for entry_id in ids_of([self]) if (at := self.erased.get(entry_id))), default=None)

    def text_of(self, entry: Entry) -> str:
        """The text of one of its entries; that it was erased, where it was; empty when there is none."""
        found = self.texts.get(entry.id)
        if found is None and entry.id in self.erased:
            return erased_words(self.erased[entry.id])
        return found.text if found else ""

    @property
    def text(self) -> str:
        """The newest text."""
        return self.text_of((self.of(Kind.CORRECTION) or [self.root])[-1])

    def wrote(self, person_id: int) -> bool:
        """Whether this person is the author, or the one on whose behalf it was written."""
        return person_id in (self.root.author_id, self.root.on_behalf_id)


def erased_words(at: datetime) -> str:
    """What stands in the place of a text that was erased by decision."""
    return _("Erased by decision of %(date)s (§ 43).") % {"date": show_date(at)}


def may_read_hidden(reader: Actor | None) -> bool:
    """Whether the reader may read entries that were moved away or withdrawn."""
    return reader is not None and reader.may(Permission.READ_MOVED)


def fold(amended: Amended, here: Entry | None = None, reader: Actor | None = None) -> TimelineItem:
    """The item as `reader` sees it at the place `here` (where it stands now, unless said).

    Without a reader nothing hidden is shown. At a place it was moved away from it is a bare mark.
    """
    place = amended.place
    here = here or place
    moved = here.resident_id != place.resident_id
    own = reader is not None and amended.wrote(reader.person_id)
    hidden = (moved or (amended.withdrawn and not own)) and not may_read_hidden(reader)
    item = _open(amended, here, moved=moved)
    if amended.erased_at is not None and not (hidden and moved):
        return _emptied(item, amended, amended.erased_at)
    return _bare(item) if hidden and moved else _withheld(item) if hidden else item


def _open(amended: Amended, here: Entry, *, moved: bool) -> TimelineItem:
    root, place = amended.root, amended.place
    where = here if moved else place
    corrections = amended.of(Kind.CORRECTION)
    withdrawals = amended.of(Kind.WITHDRAWN)
    epj = amended.of(Kind.EPJ_NEEDED, Kind.EPJ_DONE)
    late = amended.texts.get(root.id)
    return TimelineItem(
        entry_id=root.id, key=here.id, kind=root.kind, importance=root.importance, resident_id=where.resident_id,
        author_id=root.author_id, on_behalf_id=root.on_behalf_id, observed_from=where.observed_from,
        observed_to=where.observed_to, recorded_at=root.recorded_at, source=root.source,
        late_reason=late.late_reason if late else "", text=amended.text, original_text=amended.text_of(root),
        epj=root.epj or bool(epj), epj_done=bool(epj) and epj[-1].kind is Kind.EPJ_DONE,
        corrected=bool(corrections),
        corrected_by_other=bool(corrections) and not amended.wrote(corrections[-1].author_id),
        time_corrected=bool(amended.of(Kind.TIME_CORRECTION)), moved=moved,
        moved_here=not moved and place.resident_id != root.resident_id, withdrawn=amended.withdrawn,
        withdrawn_reason=amended.text_of(withdrawals[-1]) if withdrawals else "", hidden=False,
        amends_id=root.amends_id,
        corrections=tuple(_corrections(amended)), comments=tuple(_comments(amended)), first_resident_id=root.resident_id,
    )  # fmt: skip


def _corrections(amended: Amended) -> Iterable[Correction]:
    for entry in amended.of(Kind.CORRECTION, *PLACING, Kind.WITHDRAWN):
        yield Correction(
            entry.id, entry.kind, entry.author_id, entry.recorded_at, amended.text_of(entry),
            not amended.wrote(entry.author_id), entry.observed_from, entry.observed_to, entry.resident_id,
        )  # fmt: skip


def _comments(amended: Amended) -> Iterable[Comment]:
    for comment in amended.of(Kind.COMMENT):
        about = amended.about_comments.get(comment.id, [])
        corrections = [entry for entry in about if entry.kind is Kind.CORRECTION]
        withdrawn = any(entry.kind is Kind.WITHDRAWN for entry in about)
        text = "" if withdrawn else amended.text_of((corrections or [comment])[-1])
        yield Comment(
            comment.id, comment.author_id, comment.recorded_at, text, corrected=bool(corrections), withdrawn=withdrawn
        )


def _bare(item: TimelineItem) -> TimelineItem:
    """That something stood here, when, and by whom; nothing else."""
    return TimelineItem(
        entry_id=item.entry_id, key=item.key, kind=Kind.WRONG_RESIDENT, importance=Importance.ROUTINE,
        resident_id=item.resident_id, author_id=item.author_id, on_behalf_id=item.on_behalf_id,
        observed_from=item.observed_from, observed_to=item.observed_to, recorded_at=item.recorded_at,
        source=item.source, late_reason="", text="", original_text="", epj=False, epj_done=False, corrected=False,
        corrected_by_other=False, time_corrected=False, moved=True, moved_here=False, withdrawn=False,
        withdrawn_reason="", hidden=True, amends_id=None,
    )  # fmt: skip


def _withheld(item: TimelineItem) -> TimelineItem:
    """Withdrawn: all but what it said, and why it was taken back."""
    taken_back = tuple(correction for correction in item.corrections if correction.kind is Kind.WITHDRAWN)
    return replace(item, text="", original_text="", late_reason="", corrections=taken_back, comments=(), hidden=True)


def _emptied(item: TimelineItem, amended: Amended, at: datetime) -> TimelineItem:
    """Erased by decision: that is said once; who wrote what when stays, and none of their words are there any more.

    What was written about it after the decision stands: the review of an emergency access.
    """
    return replace(
        item, text=erased_words(at), original_text="", withdrawn_reason="", erased_at=at,
        corrections=tuple(replace(one, text="") for one in item.corrections),
        comments=tuple(one if one.entry_id in amended.texts else replace(one, text="") for one in item.comments),
    )  # fmt: skip


def ids_of(amended: Sequence[Amended]) -> list[int]:
    """The keys of everything in them that may have a text."""
    return [
        entry.id
        for each in amended
        for entry in (each.root, *each.amendments, *(one for about in each.about_comments.values() for one in about))
    ]

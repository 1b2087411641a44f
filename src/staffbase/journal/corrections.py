"""Mending what was written, by writing: every correction is an entry about another, and the first one stays readable."""

from datetime import datetime

from staffbase.journal.entries import write_entry
from staffbase.journal.items import Amended
from staffbase.journal.model import NOTE_KINDS, Entry, Kind
from staffbase.journal.timeline import amended_in, roots_in
from staffbase.kernel.access import Actor, Permission
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.typed import past_moment, typed_text

FIXED = frozenset({Kind.PLAN, Kind.REPORT, Kind.CARD_OPENED, Kind.ROUND, Kind.EMERGENCY_ACCESS})
"""What is signed or published, or what the station wrote: a comment may be added, nothing else."""


def amended_entry(tx: Reading, house_id: int, entry_id: int) -> Amended:
    """The entry that this key is about, with all its amendments. Raises NotFound."""
    root = roots_in(tx, [entry_id]).get(entry_id)
    if root is None or root.house_id != house_id:
        raise NotFound(_("It is not there any more."))
    return amended_in(tx, [root])[root.id]


def correct_text_in(tx: Writing, house_id: int, entry_id: int, text: str) -> Entry:
    """A new text for an entry or a comment: the author's own, or a marked one by a leader or clinical lead."""
    amended = amended_entry(tx, house_id, entry_id)
    not_erased(amended)
    comment = _comment(amended, entry_id)
    if comment is not None:
        _own_comment(tx.actor, comment)
        _standing_comment(amended, comment)
        return _amend(tx, amended, Kind.CORRECTION, typed_text(text), amends_id=comment.id)
    if amended.root.kind in FIXED:
        raise Invalid(_("This is signed or written by the station and is not corrected. Write a comment instead."))
    _standing(amended)
    _author_or_lead(tx.actor, amended)
    text = typed_text(text)
    if text == amended.text:
        raise Invalid(_("The text is the same as before."), "text")
    return _amend(tx, amended, Kind.CORRECTION, text)


def correct_time_in(
    tx: Writing, house_id: int, entry_id: int, observed_from: datetime, observed_to: datetime | None, reason: str
) -> Entry:
    """Another observed time for a note."""
    amended = _mendable(tx, house_id, entry_id)
    observed_from = past_moment(observed_from, tx.now, "observed_from")
    observed_to = past_moment(observed_to or observed_from, tx.now, "observed_to")
    if observed_to < observed_from:
        raise Invalid(_("The end lies before the beginning."), "observed_to")
    place = amended.place
    if (observed_from, observed_to) == (place.observed_from, place.observed_to):
        raise Invalid(_("The time is the same as before."), "observed_from")
    return _amend(tx, amended, Kind.TIME_CORRECTION, reason, observed_from=observed_from, observed_to=observed_to)


def move_in(tx: Writing, house_id: int, entry_id: int, resident_id: int | None, reason: str) -> Entry:
    """The note was written on the wrong resident: move it to the right one, or to the house."""
    amended = _mendable(tx, house_id, entry_id)
    if amended.place.resident_id == resident_id:
        raise Invalid(_("It stands on this resident already."), "resident")
    return _amend(tx, amended, Kind.WRONG_RESIDENT, reason, resident_id=resident_id)


def withdraw_in(tx: Writing, house_id: int, entry_id: int, reason: str) -> Entry:
    """Take back a note or a comment, with the reason."""
    reason = typed_text(reason, "reason")
    amended = amended_entry(tx, house_id, entry_id)
    not_erased(amended)
    comment = _comment(amended, entry_id)
    if comment is not None:
        _own_comment(tx.actor, comment)
        _standing_comment(amended, comment)
        return _amend(tx, amended, Kind.WITHDRAWN, reason, amends_id=comment.id)
    return _amend(tx, _mendable(tx, house_id, entry_id), Kind.WITHDRAWN, reason)


def comment_in(tx: Writing, house_id: int, entry_id: int, text: str, *, erased_too: bool = False) -> Entry:
    """A comment on any entry, by anyone who may write.

    Raises Invalid for what was erased by decision, unless (`erased_too`) the comment is about what stays of it.
    """
    amended = amended_entry(tx, house_id, entry_id)
    if not erased_too:
        not_erased(amended)
    return _amend(tx, amended, Kind.COMMENT, typed_text(text))


def mark_epj_in(tx: Writing, house_id: int, entry_id: int, *, done: bool) -> Entry | None:
    """Say that it should stand in the EPJ, or that it does now. None when that is said already."""
    amended = amended_entry(tx, house_id, entry_id)
    _standing(amended)
    marks = amended.of(Kind.EPJ_NEEDED, Kind.EPJ_DONE)
    wanted = Kind.EPJ_DONE if done else Kind.EPJ_NEEDED
    present = marks[-1].kind if marks else Kind.EPJ_NEEDED if amended.root.epj else None
    return None if present is wanted else _amend(tx, amended, wanted, "")


def _amend(
    tx: Writing,
    amended: Amended,
    kind: Kind,
    text: str,
    *,
    amends_id: int | None = None,
    observed_from: datetime | None = None,
    observed_to: datetime | None = None,
    resident_id: int | None = -1,
) -> Entry:
    """An entry about another; one that places it carries the time and the resident that hold from now on."""
    place = amended.place
    if kind is Kind.WRONG_RESIDENT:
        observed_from, observed_to = place.observed_from, place.observed_to
    resident = place.resident_id if resident_id == -1 else resident_id
    return write_entry(
        tx, kind, text, house_id=place.house_id, resident_id=resident, importance=amended.root.importance,
        observed_from=observed_from, observed_to=observed_to, amends_id=amends_id or amended.root.id,
        moved_to_id=resident if kind is Kind.WRONG_RESIDENT else None,
    )  # fmt: skip


def _comment(amended: Amended, entry_id: int) -> Entry | None:
    """The comment this key is (about), if it is one."""
    for comment in amended.of(Kind.COMMENT):
        if entry_id in (comment.id, *(entry.id for entry in amended.about_comments.get(comment.id, ()))):
            return comment
    return None


def _own_comment(actor: Actor, comment: Entry) -> None:
    if actor.person_id != comment.author_id:
        raise NotAllowed(_("Only its author changes a comment. Write one of your own."))


def _standing_comment(amended: Amended, comment: Entry) -> None:
    if any(entry.kind is Kind.WITHDRAWN for entry in amended.about_comments.get(comment.id, ())):
        raise Invalid(_("This was withdrawn."))


def not_erased(amended: Amended) -> None:
    """Raises Invalid for what was erased by decision: nothing is written about it any more."""
    if amended.erased_at is not None:
        raise Invalid(_("This was erased by decision. Write a new note instead."))


def _standing(amended: Amended) -> None:
    not_erased(amended)
    if amended.withdrawn:
        raise Invalid(_("This was withdrawn. Write a new note instead."))


def _author_or_lead(actor: Actor, amended: Amended) -> None:
    if not amended.wrote(actor.person_id) and not actor.may(Permission.CORRECT_OTHERS):
        raise NotAllowed(_("Only the author, the leader and the clinical lead correct this. You can write a comment."))


def _mendable(tx: Writing, house_id: int, entry_id: int) -> Amended:
    """An entry whose time, resident and standing may be changed: a note. Others hang together with records elsewhere."""
    amended = amended_entry(tx, house_id, entry_id)
    if amended.root.kind not in NOTE_KINDS or _comment(amended, entry_id) is not None:
        raise Invalid(_("Only notes can be moved, withdrawn or given another time. Write a comment instead."))
    _standing(amended)
    _author_or_lead(tx.actor, amended)
    return amended

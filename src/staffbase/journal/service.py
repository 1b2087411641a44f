"""The journal as staff use it: read in order, search, correct, comment, mark for the EPJ, and keep drafts."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from staffbase.journal import search
from staffbase.journal.corrections import (
    amended_entry,
    comment_in,
    correct_text_in,
    correct_time_in,
    mark_epj_in,
    move_in,
    withdraw_in,
)  # fmt: skip
from staffbase.journal.drafts import DraftFacts, draft_in, drafts_in, finish_draft_in, save_draft_in
from staffbase.journal.found import Wanted, found_in
from staffbase.journal.items import Comment, Correction, TimelineItem, fold
from staffbase.journal.model import Entry, Kind
from staffbase.journal.reach import ReachOf, check, everything
from staffbase.journal.timeline import amended_in, items_by_id, items_in, readable_in, roots_in
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService

__all__ = [
    "Comment", "Correction", "DraftFacts", "Journal", "TimelineItem", "comment_in", "items_by_id", "items_in",
    "mark_epj_in", "readable_in",
]  # fmt: skip


class Journal(HouseService):
    """What was written, in order, and everything that may be done with it afterwards.

    What lies outside an actor's reach is neither shown nor found, mended or commented.
    """

    def __init__(self, database: Database, house_id: int, reach_of: ReachOf = everything) -> None:
        super().__init__(database, house_id)
        self._reach_of = reach_of

    # -- reading --------------------------------------------------------------------------------------------------

    @allowed(Permission.READ)
    def timeline(
        self,
        actor: Actor,
        resident_id: int | None = None,
        *,
        house_only: bool = False,
        kinds: Sequence[Kind] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[TimelineItem]:
        """A page of a resident's timeline, of the house's own (`house_only`), or of everybody's; last observed first.

        `before` is the `key` of the last item of the page before. Opening a resident's page is logged by who opens it.
        """
        with self.database.read() as tx:
            return items_in(
                tx, self.house_id, resident_id=resident_id, house_only=house_only, kinds=kinds, since=since,
                until=until, before=before, limit=limit, reader=actor, reach=self._reach_of(tx, actor),
            )  # fmt: skip

    @allowed(Permission.READ)
    def entry(self, actor: Actor, entry_id: int) -> TimelineItem:
        """One entry where it stands now. The key of an amendment gives the entry it is about.

        Raises NotFound, and NotAllowed for one outside the actor's reach.
        """
        with self.database.read() as tx:
            amended = amended_entry(tx, self.house_id, entry_id)
            check(self._reach_of(tx, actor), amended.place, amended.root)
            return fold(amended, reader=actor)

    @allowed(Permission.READ)
    def search(
        self,
        actor: Actor,
        query: str,
        *,
        resident_id: int | None = None,
        kinds: Sequence[Kind] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[TimelineItem]:
        """What was written with all these words in it, newest first, with the places to mark.

        Whose record a search finds something in is written in the ledger, never what was looked for.
        """
        terms = search.terms_of(query)
        if not terms:
            return []
        with self.database.read() as tx:
            wanted = Wanted(terms, self.house_id, resident_id, kinds, since, until, self._reach_of(tx, actor))
            items = found_in(tx, wanted, actor, before, limit)
        if items:
            self._found(actor, [item.resident_id for item in items])
        return items

    def _found(self, actor: Actor, residents: Sequence[int | None]) -> None:
        """Write down whose record the hits stand in, one row each: the log of a resident names searches that showed them."""
        whose = sorted({one for one in residents if one is not None})
        with self.database.write(
            actor, "search" if whose else "search.house", subject=whose[0] if whose else None, opening=True
        ) as tx:
            for one in whose[1:]:
                tx.opens(one)

    @allowed(Permission.READ_MOVED)
    def hidden_entries(self, actor: Actor, *, limit: int = 200, opening: bool = True) -> list[TimelineItem]:
        """What was moved from the wrong resident or withdrawn, with its texts, the last one first. The first look is logged."""
        if opening:
            with self.database.write(actor, "journal.hidden", opening=True):
                pass
        with self.database.read() as tx:
            about = tx.all(
                select(Entry.id)
                .where(Entry.house_id == self.house_id, col(Entry.kind).in_((Kind.WRONG_RESIDENT, Kind.WITHDRAWN)))
                .order_by(col(Entry.id).desc())
                .limit(limit)
            )
            roots = {root.id: root for root in roots_in(tx, about).values()}
            amended = amended_in(tx, roots.values())
            hidden = [amended[key] for key in roots if amended[key].of(Kind.WRONG_RESIDENT, Kind.WITHDRAWN)]
            return [fold(one, reader=actor) for one in hidden]  # not where only a comment was withdrawn

    @allowed(Permission.READ_MOVED)
    def hidden_entry(self, actor: Actor, entry_id: int) -> TimelineItem:
        """One entry that was moved or withdrawn, with all its texts. Logged. Raises NotFound for any other."""
        with self.database.read() as tx:
            amended = amended_entry(tx, self.house_id, entry_id)
        if not amended.of(Kind.WRONG_RESIDENT, Kind.WITHDRAWN):
            raise NotFound(_("This entry was neither moved nor withdrawn."))
        with self.database.write(actor, "journal.hidden", subject=amended.root.resident_id, opening=True):
            return fold(amended, reader=actor)

    # -- mending and adding ---------------------------------------------------------------------------------------

    @allowed(Permission.WRITE)
    def correct_text(self, actor: Actor, entry_id: int, text: str) -> int:
        """Give an entry or one's comment a new text; the first one stays readable. Others' entries need a lead."""
        with self.database.write(actor, "entry.correct", subject=self._subject(actor, entry_id)) as tx:
            return correct_text_in(tx, self.house_id, entry_id, text).id

    @allowed(Permission.WRITE)
    def correct_time(
        self,
        actor: Actor,
        entry_id: int,
        observed_from: datetime,
        observed_to: datetime | None = None,
        reason: str = "",
    ) -> int:
        """Say that a note was observed at another time; it moves there."""
        with self.database.write(actor, "entry.correct_time", subject=self._subject(actor, entry_id)) as tx:
            entry = correct_time_in(tx, self.house_id, entry_id, observed_from, observed_to, reason)
            return entry.id

    @allowed(Permission.WRITE)
    def move_to_resident(self, actor: Actor, entry_id: int, resident_id: int | None, reason: str = "") -> int:
        """A note was written on the wrong resident: it moves to the right one (None: the house), and a bare mark stays."""
        with self.database.write(actor, "entry.move", subject=self._subject(actor, entry_id)) as tx:
            return move_in(tx, self.house_id, entry_id, resident_id, reason).id

    @allowed(Permission.WRITE)
    def withdraw(self, actor: Actor, entry_id: int, reason: str) -> int:
        """Take back a note or one's own comment; that it stood there and why it went stays visible."""
        with self.database.write(actor, "entry.withdraw", subject=self._subject(actor, entry_id)) as tx:
            return withdraw_in(tx, self.house_id, entry_id, reason).id

    @allowed(Permission.WRITE)
    def comment(self, actor: Actor, entry_id: int, text: str) -> int:
        """Write a comment under any entry."""
        with self.database.write(actor, "entry.comment", subject=self._subject(actor, entry_id)) as tx:
            return comment_in(tx, self.house_id, entry_id, text).id

    @allowed(Permission.WRITE)
    def mark_epj(self, actor: Actor, entry_id: int, done: bool) -> None:
        """Say that an entry should stand in the EPJ, or (`done`) that it does now."""
        with self.database.write(actor, "entry.epj", subject=self._subject(actor, entry_id)) as tx:
            mark_epj_in(tx, self.house_id, entry_id, done=done)

    def _subject(self, actor: Actor, entry_id: int) -> int | None:
        """The resident an entry is about now, for the ledger. Raises NotAllowed for an entry outside the actor's reach."""
        with self.database.read() as tx:
            amended = amended_entry(tx, self.house_id, entry_id)
            check(self._reach_of(tx, actor), amended.place, amended.root)
            return amended.place.resident_id

    # -- drafts ---------------------------------------------------------------------------------------------------

    @allowed(Permission.SELF)
    def save_draft(self, actor: Actor, form: str, fields: dict[str, str]) -> bool:
        """Keep what is typed so far in a form; empty fields end the draft. False when it is about what was erased."""
        with self.database.write(actor, "draft.save") as tx:
            return save_draft_in(tx, actor.person_id, form, fields)

    @allowed(Permission.SELF)
    def draft(self, actor: Actor, form: str) -> dict[str, str] | None:
        """What was kept of a form, if anything."""
        with self.database.read() as tx:
            found = draft_in(tx, actor.person_id, form)
        return found.fields if found else None

    @allowed(Permission.SELF)
    def drafts(self, actor: Actor) -> list[DraftFacts]:
        """One's own drafts, newest first."""
        with self.database.read() as tx:
            return drafts_in(tx, actor.person_id)

    @allowed(Permission.SELF)
    def finish_draft(self, actor: Actor, form: str) -> None:
        """It was saved; nothing of the draft is kept."""
        with self.database.write(actor, "draft.finish") as tx:
            finish_draft_in(tx, actor.person_id, form)

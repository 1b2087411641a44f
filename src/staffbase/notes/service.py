"""Writing notes, and reading and mending what was written: what the note dialog and the notes screens need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from staffbase.journal.drafts import DraftFacts, drafts_in
from staffbase.journal.entries import write_entry
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import NOTE_KINDS, Importance, Kind, Source
from staffbase.journal.service import Journal, readable_in
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database, Reading
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
from staffbase.kernel.typed import past_moment, typed_text
from staffbase.notes.rules import is_late
from staffbase.people.model import Person
from staffbase.people.reach import reach_in, reach_of
from staffbase.people.service import names_in
from staffbase.residents.emergency import Emergency
from staffbase.residents.reading import facts_in, labels_in, resident_in

Found = Callable[[Reading, Sequence[int]], dict[int, str]]
"""What was found, in words, of those of these entries that are checks; rounds know it, and notes know no rounds."""
DRAFT = "note:"
"""What the forms of note drafts begin with; the resident's key or "house" follows, and a number where there are several."""


@dataclass(frozen=True)
class NoteSaved:
    """What was saved: whose, when it was observed, and when it was written."""

    entry_id: int
    resident_id: int | None
    unit_code: str
    resident: str
    observed_at: datetime
    recorded_at: datetime
    late: bool


@dataclass(frozen=True)
class Addressees:
    """Whom a note can be about, and on whose behalf it can be written."""

    residents: dict[int, tuple[str, str]]
    """(unit code, alias) of those who live here, in walking order."""
    people: dict[int, str]
    """Those who work here."""
    drafts: tuple[DraftFacts, ...] = ()
    """The actor's half-written notes, the newest first."""


@dataclass(frozen=True)
class Labels:
    """Names for the keys that items of the journal carry."""

    people: dict[int, str]
    residents: dict[int, tuple[str, str]]
    """(unit code, alias); no unit code for those who have left."""
    found: dict[int, str] = field(default_factory=dict)
    """What was found at the checks among the items that are shown, in words, by entry."""

    def person(self, person_id: int | None) -> str:
        """The name of somebody who works or worked here; of the station itself for 0."""
        if person_id == 0:
            return _("the station")
        return self.people.get(person_id or 0, "")

    def resident(self, resident_id: int | None) -> str:
        """Unit and alias, or the house."""
        if resident_id is None:
            return _("the house")
        return " ".join(part for part in self.residents.get(resident_id, ("", "")) if part)


@dataclass(frozen=True)
class Hidden:
    """What was moved or withdrawn, and the names to show beside it."""

    items: list[TimelineItem]
    labels: Labels


class Notes(HouseService):
    """Shift notes of residents and of the house."""

    def __init__(self, database: Database, house_id: int, found: Found | None = None) -> None:
        super().__init__(database, house_id)
        self.journal = Journal(database, house_id, reach_of(database.clock, house_id))
        self.emergency = Emergency(database, house_id)
        self._found = found

    @allowed(Permission.WRITE)
    def write(
        self,
        actor: Actor,
        text: str,
        resident_id: int | None = None,
        *,
        kind: Kind = Kind.EVERYDAY,
        importance: Importance = Importance.ROUTINE,
        observed_at: datetime | None = None,
        late_reason: str = "",
        on_behalf_id: int | None = None,
        epj: bool = False,
        source: Source | None = None,
    ) -> NoteSaved:
        """A note about a resident, or (None) about the house.

        What was observed more than twelve hours ago belongs to an earlier shift: it needs a reason and is marked as
        entered later for ever. `source` is said for notes that are carried over from paper.
        """
        if kind not in NOTE_KINDS:
            raise ValueError(kind)
        with self.database.write(actor, "note.write", subject=resident_id) as tx:
            text = typed_text(text)
            resident = resident_in(tx, self.house_id, resident_id) if resident_id is not None else None
            observed_at = past_moment(observed_at or tx.now, tx.now)
            late = is_late(observed_at, tx.now)
            if late and not late_reason.strip():
                raise Invalid(_("This was more than twelve hours ago. Say why it is entered later."), "late_reason")
            entry = write_entry(
                tx, kind, text, house_id=self.house_id, resident_id=resident_id, importance=importance,
                observed_from=observed_at, source=source or (Source.AFTERWARDS if late else Source.DIRECT),
                late_reason=late_reason, on_behalf_id=on_behalf_id, epj=epj,
            )  # fmt: skip
            return NoteSaved(
                entry.id, resident_id, resident.unit_code if resident else "", resident.alias if resident else "",
                observed_at, tx.now, late,
            )  # fmt: skip

    @allowed(Permission.WRITE)
    def addressees(self, actor: Actor) -> Addressees:
        """What the note dialog chooses among."""
        with self.database.read() as tx:
            residents = {key: (facts.unit_code, facts.alias) for key, facts in facts_in(tx, self.house_id).items()}
            people = {person.id: person.name for person in tx.all(select(Person).where(col(Person.left_at).is_(None)))}
            drafts = tuple(draft for draft in drafts_in(tx, actor.person_id) if draft.form.startswith(DRAFT))
        return Addressees(residents, people, drafts)

    @allowed(Permission.READ)
    def found(self, actor: Actor, items: Sequence[TimelineItem]) -> dict[int, str]:
        """What was found at the checks among these, in words, by entry; nothing of what is hidden."""
        checks = [item.entry_id for item in items if item.kind is Kind.CHECK and not item.hidden]
        if self._found is None or not checks:
            return {}
        with self.database.read() as tx:
            reach = reach_in(tx, self.house_id, actor, self.database.clock.now())
            return self._found(tx, sorted(readable_in(tx, checks, reach)))

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
        opening: bool = False,
    ) -> list[TimelineItem]:
        """A page of what was written, last observed first. Opening it stands in the ledger: whose, or the whole house's."""
        if opening and not house_only:
            self.database.opened(actor, "notes.open" if resident_id is None else "timeline.open", resident_id)
        return self.journal.timeline(
            actor, resident_id, house_only=house_only, kinds=kinds, since=since, until=until, before=before, limit=limit
        )

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
        """What was written with all these words in it, newest first."""
        return self.journal.search(
            actor, query, resident_id=resident_id, kinds=kinds, since=since, until=until, before=before, limit=limit
        )

    @allowed(Permission.READ)
    def entry(self, actor: Actor, entry_id: int) -> TimelineItem:
        """One entry with everything that was said about it since. What is hidden and may be read is opened in the ledger."""
        item = self.journal.entry(actor, entry_id)
        if actor.may(Permission.READ_MOVED) and (item.withdrawn or item.moved_here):
            return self.journal.hidden_entry(actor, entry_id)
        return item

    @allowed(Permission.READ_MOVED)
    def hidden(self, actor: Actor, *, opening: bool = False) -> Hidden:
        """What was moved from the wrong resident or withdrawn, the last one first; opening it stands in the ledger."""
        items = self.journal.hidden_entries(actor, opening=opening)
        with self.database.read() as tx:
            return Hidden(items, Labels(names_in(tx), labels_in(tx, self.house_id)))

    @allowed(Permission.SEE_RESIDENTS)
    def labels(self, actor: Actor) -> Labels:
        """The names to show beside entries."""
        del actor
        with self.database.read() as tx:
            return Labels(names_in(tx), labels_in(tx, self.house_id))

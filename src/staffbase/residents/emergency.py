"""Emergency access (nødtilgang): a substitute opens what lies outside their own shifts, with a reason; a leader looks at it after.

Self-authorisation with logging and follow-up is what the municipal guidance on access control asks of those who must
sometimes read more than their task gives them; nobody is kept from what a resident's safety needs, and it is seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from staffbase.journal.corrections import comment_in
from staffbase.journal.entries import write_entry
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Kind
from staffbase.journal.service import items_by_id
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
from staffbase.kernel.typed import typed_text
from staffbase.people.model import EmergencyAccess, EmergencyReview
from staffbase.people.reach import access_ends_in, in_force_in, reach_in
from staffbase.people.service import names_in
from staffbase.residents.reading import anybody_in, labels_in

REASON_LIMIT = 500
"""Characters of a reason, and of what a leader writes about it."""
_LEAST = 3
"""Letters and digits of a reason; fewer say nothing."""


@dataclass(frozen=True)
class ReachFacts:
    """What somebody may read of one resident just now."""

    limited: bool
    """Something of this resident may be closed to them."""
    since: datetime | None = None
    """From when on everything is open: the beginning of their present shifts' time; None when they are on none."""
    opened_until: datetime | None = None
    """Until when everything is open by emergency access."""
    would_last_until: datetime | None = None
    """Until when an emergency access taken now lasts."""


@dataclass(frozen=True)
class SearchReach:
    """What a search of theirs leaves out."""

    limited: bool
    since: datetime | None = None
    residents: int = 0
    """Of how many residents what is older is not searched."""


@dataclass(frozen=True)
class EmergencyFacts:
    """One emergency access, and what the leader wrote about it."""

    id: int
    person_id: int
    person: str
    resident_id: int
    unit_code: str
    """Empty for somebody who lives here no more."""
    resident: str
    reason: str
    opened_at: datetime
    until: datetime
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    review: str = ""
    """What was written at the review."""


class Emergency(HouseService):
    """Taking emergency access, and looking at it afterwards."""

    @allowed(Permission.READ)
    def reach(self, actor: Actor, resident_id: int) -> ReachFacts:
        """What the actor may read of this resident just now."""
        now = self.database.clock.now()
        with self.database.read() as tx:
            found = reach_in(tx, self.house_id, actor, now)
            if found is None:
                return ReachFacts(limited=False)
            window = found.window_at(now)
            access = in_force_in(tx, self.house_id, actor.person_id, resident_id, now)
            return ReachFacts(
                limited=True, since=window[0] if window else None, opened_until=access.ends_at if access else None,
                would_last_until=access_ends_in(tx, self.house_id, actor.person_id, now),
            )  # fmt: skip

    @allowed(Permission.READ)
    def search_reach(self, actor: Actor, resident_id: int | None = None) -> SearchReach:
        """Of how many residents (or of this one) a search leaves out what is older. Says nothing of what stands there."""
        now = self.database.clock.now()
        with self.database.read() as tx:
            found = reach_in(tx, self.house_id, actor, now)
            if found is None:
                return SearchReach(limited=False)
            all_of_them = set(labels_in(tx, self.house_id)) if resident_id is None else {resident_id}
            window = found.window_at(now)
            return SearchReach(
                limited=True, since=window[0] if window else None, residents=len(all_of_them - found.opened)
            )

    @allowed(Permission.EMERGENCY_ACCESS)
    def open(self, actor: Actor, resident_id: int, reason: str) -> datetime:
        """Open everything of this resident for the rest of the shift (eight hours for somebody on none); until when.

        Stands in the ledger and in the timeline, and waits for the leader. Raises Invalid without a reason.
        """
        with self.database.write(actor, "emergency.open", subject=resident_id) as tx:
            reason = typed_text(reason, "reason", limit=REASON_LIMIT)
            if sum(letter.isalnum() for letter in reason) < _LEAST:
                raise Invalid(_("Write why you need it, in a few words. The leader reads it."), "reason")
            anybody_in(tx, self.house_id, resident_id)
            if (present := in_force_in(tx, self.house_id, actor.person_id, resident_id, tx.now)) is not None:
                return present.ends_at
            entry = write_entry(
                tx, Kind.EMERGENCY_ACCESS, reason, house_id=self.house_id, resident_id=resident_id
            )  # fmt: skip
            until = access_ends_in(tx, self.house_id, actor.person_id, tx.now)
            tx.add(
                EmergencyAccess(
                    id=entry.id, house_id=self.house_id, person_id=actor.person_id, resident_id=resident_id,
                    begins_at=tx.now, ends_at=until,
                )
            )  # fmt: skip
            return until

    @allowed(Permission.SEE_LOG)
    def emergency_queue(self, actor: Actor, *, reviewed: bool = False, limit: int = 200) -> list[EmergencyFacts]:
        """The emergency accesses that no leader has looked at, the oldest first; or (`reviewed`) those looked at, newest first."""
        del actor
        wanted = (
            select(EmergencyAccess, EmergencyReview)
            .join(EmergencyReview, col(EmergencyReview.access_id) == EmergencyAccess.id, isouter=True)
            .where(EmergencyAccess.house_id == self.house_id)
        )
        if reviewed:
            wanted = wanted.where(col(EmergencyReview.id).is_not(None)).order_by(col(EmergencyAccess.id).desc())
        else:
            wanted = wanted.where(col(EmergencyReview.id).is_(None)).order_by(col(EmergencyAccess.id))
        with self.database.read() as tx:
            return self._told(tx, tx.all(wanted.limit(limit)))

    @allowed(Permission.REVIEW_ACCESS)
    def review(self, actor: Actor, access_id: int, line: str) -> None:
        """Say in a line that one has looked at it. Once, and never at one's own. Raises NotFound, NotAllowed, Invalid."""
        with self.database.write(actor, "emergency.review") as tx:
            line = typed_text(line, "line", limit=REASON_LIMIT)
            access = tx.find(EmergencyAccess, access_id)
            if access is None or access.house_id != self.house_id:
                raise NotFound(_("It is not there any more."))
            if access.person_id == actor.person_id:
                raise NotAllowed(_("Nobody reviews their own emergency access. Another leader does."))
            if tx.first(select(EmergencyReview.id).where(EmergencyReview.access_id == access_id)) is not None:
                raise Invalid(_("This emergency access is reviewed already."), "line")
            # that somebody opened it is looked at, too, where the reason was erased by decision since
            comment = comment_in(tx, self.house_id, access_id, line, erased_too=True)
            tx.add(
                EmergencyReview(id=comment.id, access_id=access_id, reviewed_by_id=actor.person_id, reviewed_at=tx.now)
            )

    def _told(
        self, tx: Reading, rows: Iterable[tuple[EmergencyAccess, EmergencyReview | None]]
    ) -> list[EmergencyFacts]:
        rows = list(rows)
        items = items_by_id(tx, [access.id for access, _review in rows])
        names, labels = names_in(tx), labels_in(tx, self.house_id)
        return [
            EmergencyFacts(
                access.id, access.person_id, names.get(access.person_id, ""), access.resident_id,
                *labels.get(access.resident_id, ("", "")), _reason(items[access.id]), access.begins_at,
                access.ends_at, names.get(review.reviewed_by_id, "") if review else "",
                review.reviewed_at if review else None,
                next((one.text for one in items[access.id].comments if review and one.entry_id == review.id), ""),
            )
            for access, review in rows
        ]  # fmt: skip


def _reason(item: TimelineItem) -> str:
    """As it was given; that it was erased by decision, where it was."""
    return item.text if item.erased_at is not None else item.original_text

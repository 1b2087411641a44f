"""How far back somebody reads: a substitute what belongs to their own shifts, everybody else everything.

The journal knows neither shifts nor roles: whoever wires it hands it a function that says the reach of an actor, and
everything that reads the journal keeps to it, on the database, so that a page is never shorter than asked for.
Source of the rule: access follows the work somebody is doing (helsepersonelloven §§ 21 a, 25, 45; pasientjournalloven § 22).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, false, or_
from sqlmodel import col

from staffbase.journal.model import Entry
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import NotAllowed
from staffbase.kernel.i18n import _

Span = tuple[datetime, datetime]
"""From, and until (not included)."""


@dataclass(frozen=True)
class Reach:
    """What one person may read of the residents. What is about the house and no resident is open to all who read."""

    person_id: int
    windows: tuple[Span, ...]
    """The times of their own shifts, in order, none touching another: what was observed or written in them is open."""
    opened: frozenset[int] = frozenset()
    """The residents of whom everything is open just now, by emergency access."""

    def where(self) -> Any:
        """As a condition on an entry that nobody gave another place."""
        return or_(
            col(Entry.resident_id).is_(None),
            *([col(Entry.resident_id).in_(sorted(self.opened))] if self.opened else []),
            col(Entry.author_id) == self.person_id,
            col(Entry.on_behalf_id) == self.person_id,
            _inside(col(Entry.observed_from), self.windows),
            _inside(col(Entry.recorded_at), self.windows),
        )

    def holds(self, here: Entry, root: Entry) -> bool:
        """Whether an entry may be read where it stands (`here`: itself, or the amendment that gave it this place)."""
        return (
            here.resident_id is None
            or here.resident_id in self.opened
            or any(self._mine(entry) for entry in ((root,) if here is root else (root, here)))
        )

    def holds_moment(self, moment: datetime) -> bool:
        """Whether a moment lies in one of the windows."""
        at = bisect_right(self.windows, moment, key=lambda window: window[0]) - 1
        return at >= 0 and moment < self.windows[at][1]

    def touches(self, begins_at: datetime, ends_at: datetime) -> bool:
        """Whether some of this time lies in one of the windows."""
        return any(begins < ends_at and begins_at < ends for begins, ends in self.windows)

    def window_at(self, moment: datetime) -> Span | None:
        """The window a moment lies in."""
        return next((window for window in self.windows if window[0] <= moment < window[1]), None)

    def _mine(self, entry: Entry) -> bool:
        return (
            self.person_id in (entry.author_id, entry.on_behalf_id)
            or self.holds_moment(entry.observed_from)
            or self.holds_moment(entry.recorded_at)
        )


ReachOf = Callable[[Reading, Actor], Reach | None]
"""What says the reach of an actor just now; None is everything."""


def everything(_tx: Reading, _actor: Actor) -> None:
    """Nobody is limited."""


def check(reach: Reach | None, here: Entry, root: Entry) -> None:
    """Raise NotAllowed, with the way to it, for an entry outside somebody's reach."""
    if reach is not None and not reach.holds(here, root):
        raise NotAllowed(outside())


def outside() -> str:
    """What to do about what lies outside one's own shifts."""
    return _(
        "This lies outside your own shifts. Emergency access on the resident's page opens it, with a reason, for the rest of the shift."
    )


def _inside(column: Any, windows: Sequence[Span]) -> Any:
    """The moment lies in one of the windows: halved again and again, so that years of shifts cost a few comparisons."""
    if not windows:
        return false()
    if len(windows) == 1:
        begins, ends = windows[0]
        return and_(column >= begins, column < ends)
    middle = len(windows) // 2
    return case(
        (column < windows[middle][0], _inside(column, windows[:middle])), else_=_inside(column, windows[middle:])
    )

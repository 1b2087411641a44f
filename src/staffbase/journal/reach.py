"""How far back somebody reads: a substitute what belongs to their own shifts, everybody else everything.

The journal knows neither shifts nor roles: whoever wires it hands it a function that says the reach of an actor, and
everything that reads the journal keeps to it, on the database, so that a page is never shorter than asked for.
Source of the rule: access follows the work somebody is doing (helsepersonelloven §§ 21 a, 25, 45; pasientjournalloven § 22).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, false, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
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

    def where(self, entry: Any = Entry) -> Any:
        """As a condition on an entry (or on an alias of it) that nobody gave another place."""
        return or_(
            col(entry.resident_id).is_(None),
            *([col(entry.resident_id).in_(sorted(self.opened))] if self.opened else []),
            col(entry.author_id) == self.person_id,
            col(entry.on_behalf_id) == self.person_id,
            _inside(col(entry.observed_from), self.windows),
            _inside(col(entry.recorded_at), self.windows),
        )

    def holds(self, here: Entry, root: Entry) -> bool:
        """Whether an entry may be read where it stands (`here`: itself, or the amendment that gave it this place)."""
        return self.holds_fact(
            here.resident_id,
            (root.author_id, root.on_behalf_id, here.author_id, here.on_behalf_id),
            (root.observed_from, root.recorded_at, here.observed_from, here.recorded_at),
        )

    def holds_fact(
        self, resident_id: int | None, people: Iterable[int | None], moments: Iterable[datetime | None]
    ) -> bool:
        """Whether something about this resident may be read, that these people wrote or had, and that was at these times."""
        return (
            resident_id is None
            or resident_id in self.opened
            or self.person_id in people
            or any(self.holds_moment(moment) for moment in moments if moment is not None)
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


class _Inside(FunctionElement[bool]):
    """The moment lies in one of the windows, which stand in the statement as they are.

    Thousands of parameters would cost more than the page. They are halved again and again, so that a row costs a few
    comparisons after years of shifts, too.
    """

    inherit_cache = False  # another statement for other windows
    type = Boolean()

    def __init__(self, column: Any, windows: Sequence[Span]) -> None:
        super().__init__(column)
        self.windows = windows


@compiles(_Inside)
def _halved(element: _Inside, compiler: Any, **how: Any) -> str:
    column = compiler.process(next(iter(element.clauses)), **how)
    literal = _SQLITE if compiler.dialect.name == "sqlite" else _POSTGRES
    windows = [
        (begins.astimezone(UTC).strftime(literal), ends.astimezone(UTC).strftime(literal))
        for begins, ends in element.windows
    ]

    def half(first: int, last: int) -> str:
        if last - first == 1:
            begins, ends = windows[first]
            return f"{column} >= {begins} AND {column} < {ends}"
        middle = (first + last) // 2
        return f"CASE WHEN {column} < {windows[middle][0]} THEN {half(first, middle)} ELSE {half(middle, last)} END"

    return f"({half(0, len(windows))})"


_SQLITE, _POSTGRES = "'%Y-%m-%d %H:%M:%S.%f'", "TIMESTAMPTZ '%Y-%m-%d %H:%M:%S.%f+00'"


def _inside(column: Any, windows: Sequence[Span]) -> Any:
    return _Inside(column, windows) if windows else false()

"""What screens show of rounds: plain values, complete, with names filled in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from staffbase.kernel.i18n import _
from staffbase.residents.model import RoundForm
from staffbase.residents.rules import Door
from staffbase.rounds.model import OUTCOME_NAMES, Beyond, Outcome
from staffbase.rounds.rules import WARN_BEFORE, Window


@dataclass(frozen=True)
class LastSeen:
    """When a resident was last seen on a round, and how."""

    at_from: datetime
    at_to: datetime
    outcome: Outcome

    @property
    def words(self) -> str:
        """By which kind of contact, in words."""
        return _(OUTCOME_NAMES[self.outcome])


@dataclass(frozen=True)
class CheckFacts:
    """What was answered at a door: seen during an interval, written at a time."""

    entry_id: int
    outcome: Outcome
    at_from: datetime
    at_to: datetime
    recorded_at: datetime
    late: bool
    incident_id: int | None
    concluded: bool = True
    """False for a no-answer or a danger whose incident still runs: it keeps the round from being signed."""
    beyond: Beyond | None = None


@dataclass(frozen=True)
class WalkFacts:
    """A walk, without anything personal but who walks."""

    id: int
    walker_id: int
    walker: str
    left_at: datetime
    due_back_at: datetime
    returned_at: datetime | None
    signed_at: datetime | None
    late_reason: str
    window_begins: datetime | None = None
    walked: bool = True
    """False for a round nobody walked, with a reason for each door."""

    def overdue(self, moment: datetime) -> bool:
        """Whether she should have been back by now."""
        return self.returned_at is None and moment >= self.due_back_at


@dataclass(frozen=True)
class DoorLine:
    """One door on the sheet."""

    door: Door
    form: RoundForm | None
    expired: bool
    reason: str | None
    """Why no check is due; None when one is."""
    last_seen: LastSeen | None
    check: CheckFacts | None
    open_reason: str = ""

    @property
    def due(self) -> bool:
        """Whether a check is due here."""
        return self.reason is None


@dataclass(frozen=True)
class RoundSheet:
    """The round as it stands: window, walk, doors in walking order."""

    window: Window | None
    """The window of the walk, or the present or next one."""
    in_window: bool
    walk: WalkFacts | None
    lines: tuple[DoorLine, ...]
    unsigned: tuple[WalkFacts, ...] = ()
    """Earlier walks that still wait for a signature."""
    not_walked: tuple[Window, ...] = ()
    """Windows of this and the last nights that passed, and nobody walked or said why; oldest first."""

    spans: tuple[tuple[datetime, datetime], ...] = ()
    """When each walk of this round that is over was walked, oldest first."""
    extra_now: bool = False
    """Whoever leaves now walks an extra round: it is too early for the next one, or the present one is done."""
    coming: Window | None = None
    """The first window that has not begun."""

    @property
    def extra(self) -> bool:
        """A walk outside the windows, or on a round that was done: it owes no door, and says only what it saw."""
        return self.walk is not None and self.walk.window_begins is None

    @property
    def counted(self) -> tuple[int, int]:
        """How many doors are due (those with an answer were), and how many have one."""
        done = sum(line.check is not None for line in self.lines)
        return done + len(self.open_lines), done

    @property
    def open_lines(self) -> tuple[DoorLine, ...]:
        """The due doors that have no answer yet; none of an extra round, which owes none."""
        if self.extra:
            return ()
        return tuple(line for line in self.lines if line.due and line.check is None)


@dataclass(frozen=True)
class WindowFacts:
    """How far a window of a night has come. No names."""

    window: Window
    due: int
    done: int
    units: tuple[tuple[str, str], ...]
    """Unit codes with done, open or none."""
    walked_at: datetime | None = None
    """When somebody came back from it first."""
    signed: bool = False
    hasty: timedelta | None = None
    """How long a walk took that was shorter than its doors can take."""

    def missed(self, moment: datetime) -> bool:
        """Whether it passed with open doors."""
        return moment >= self.window.ends_at and self.done < self.due

    def about_to_pass(self, moment: datetime) -> bool:
        """Whether it ends within twenty minutes and doors are open: one of the things that interrupt.

        A round that is signed with the reason for each open door interrupts nobody; a new walk opens it again.
        """
        ends_at = self.window.ends_at
        return (
            self.window.holds(moment) and ends_at - moment <= WARN_BEFORE and self.done < self.due and not self.signed
        )


@dataclass(frozen=True)
class Mendable:
    """An answer that was wrong, and what its correction must know."""

    check: CheckFacts
    resident_id: int
    unit_code: str
    form: RoundForm
    """How far the agreement went when it was made."""
    own: bool
    """Whether this person may say what was found instead; else only that it was wrong."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who may be at the door and report."""

    id: int
    name: str
    on_duty: bool

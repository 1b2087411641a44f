"""What the strip on top of every screen says, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interruption:
    """Something that interrupts whatever one is doing, once to each person. The key tells it from others."""

    key: str
    words: str


@dataclass(frozen=True)
class StripFacts:
    """What the strip on top of every screen says. All of it may be seen by anyone who is signed in."""

    house: str = ""
    shift: str = ""
    day: str = ""
    on_duty: tuple[str, ...] = ()
    duty_note: str = ""
    """Said in amber when fewer than the norm are on duty."""
    next_round: str = ""
    notices: tuple[str, ...] = ()
    """What waits for this person: unread, drafts."""
    clock: str = ""

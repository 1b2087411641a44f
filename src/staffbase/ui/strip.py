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
    signed_in: str = ""
    """In whose name is written here: a computer is shared, and some forget to lock it."""
    me_on_duty: bool = False
    """Whether they are on duty themselves."""
    on_duty: tuple[str, ...] = ()
    """Who else is."""
    duty_note: str = ""
    """Said in amber when fewer than the norm are on duty."""
    next_round: str = ""
    notices: tuple[str, ...] = ()
    """What waits for this person: unread, drafts."""
    clock: str = ""

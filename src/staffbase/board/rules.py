"""What the board says, as plain values: tiles, what needs somebody now, and the order in which signs are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

MOST_SIGNS = 3
"""Quiet signs on one tile; the rest is +n, so that the worst is never crowded out."""


class Level(IntEnum):
    """How much a sign matters. Shown as colour and always also as a word."""

    QUIET = 0
    PLAIN = 1
    WATCH = 2
    DANGER = 3


@dataclass(frozen=True)
class Sign:
    """A few words on a tile."""

    words: str
    level: Level = Level.QUIET


@dataclass(frozen=True)
class Line:
    """A time in a column of its own, and words."""

    time: str
    words: str
    level: Level = Level.PLAIN


@dataclass(frozen=True)
class BoardTile:
    """One unit on the board."""

    unit_id: int
    code: str
    module: str
    resident_id: int | None = None
    name: str = ""
    status: Sign = Sign("")
    presence: str = ""
    place: str = ""
    """The presence in one word, where there is no room for since and until."""
    seen_at: str = ""
    """When they were last met at the door, and (`seen`) by which kind of contact."""
    seen: str = ""
    plan: Sign = Sign("")
    signs: tuple[Sign, ...] = ()
    dangers: str = ""
    more: tuple[Line, ...] = ()
    """Said where there is room: what was last seen or written of them, and what is to be done."""

    @property
    def level(self) -> Level:
        """The worst on the tile decides its edge."""
        return self.status.level


@dataclass(frozen=True)
class Need:
    """Something that needs somebody now: what, how bad, who or what ends it, and whom it concerns."""

    words: str
    level: Level
    end: str = ""
    """Who can end it, and how."""
    time: str = ""
    resident_id: int | None = None


@dataclass(frozen=True)
class BoardView:
    """All the board shows."""

    tiles: tuple[BoardTile, ...] = ()
    needs: tuple[Need, ...] = ()
    today: tuple[Line, ...] = ()
    latest: tuple[Line, ...] = ()
    nights: tuple[Line, ...] = ()


def worst_first(signs: Sequence[Sign], most: int = MOST_SIGNS) -> tuple[Sign, ...]:
    """At most `most` signs, worst first, and a last "+n" for those left out."""
    ordered = sorted((sign for sign in signs if sign.words), key=lambda sign: -sign.level)
    if len(ordered) <= most:
        return tuple(ordered)
    return (*ordered[:most], Sign(f"+{len(ordered) - most}", ordered[most].level))


def letters(count: int) -> str:
    """The letters put on tiles when a crisis card is chosen: a, b, c … without k, which opens the highlighted one."""
    return "abcdefghijlmnopqrstuvwxyz"[:count]

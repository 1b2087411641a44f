"""How many terminal cells a text fills: measured here because rules know no terminal library."""

import unicodedata
from collections.abc import Iterable

_WIDE_SINCE_UNICODE_16 = (
    (0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D356), (0x1D360, 0x1D376),
)  # fmt: skip
"""Trigrams, hexagrams, counting rods: wide in newer terminals, and not in the tables of Python up to 3.13."""


def cells(text: str) -> int:
    """Terminal cells the text fills once it is shown; never fewer than the terminal uses.

    East Asian wide characters and emoji fill two, combining marks none, and what cannot be seen is shown as its code
    (as the kit shows it), so that a bidi mark does not slip past the limit.
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if not character.isprintable():
        return 1 if unicodedata.category(character) in ("Zs", "Zl", "Zp") else len(f"‹{ord(character):04X}›")
    if character == "\ufe0f":  # asks for the emoji form of the character before, which fills two
        return 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 2
    code = ord(character)
    return 2 if any(first <= code <= last for first, last in _WIDE_SINCE_UNICODE_16) else 1


def shorten(text: str, most: int) -> str:
    """The text in at most so many cells; what was cut is said by an ellipsis."""
    if cells(text) <= most:
        return text
    kept, used = [], 1
    for character in text:
        used += _cells(character)
        if used > most:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…" if most > 0 else ""


def wrapped(words: Iterable[str], width: int, between: str) -> list[list[int]]:
    """Which of the words stand on each line, none of them broken; a word wider than a line has one of its own."""
    rows: list[list[int]] = []
    used = 0
    for number, told in enumerate(words):
        needed = cells(told)
        if rows and used + len(between) + needed <= width:
            rows[-1].append(number)
            used += len(between) + needed
        else:
            rows.append([number])
            used = needed
    return rows

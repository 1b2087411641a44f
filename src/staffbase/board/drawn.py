"""A tile in as many cells and lines as there are: nothing is cut that says how somebody is or how they were last met.

What must always be whole: the unit, the status, and by which kind of contact and when somebody was last met. The name is
cut before the status. Dangers come first and take what room they need; signs that do not fit beside or below them are
counted as +n.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from staffbase.board.rules import MOST_SIGNS, BoardTile, Level, Line, Sign, worst_first
from staffbase.ui.text import line, shown, wrapped

INK = {Level.QUIET: "$muted", Level.PLAIN: "", Level.WATCH: "$warning-text", Level.DANGER: "$danger-text"}
NARROWEST = 36
"""Cells of a tile, its edge and margins with it; where two of them fit there are two beside each other, and so on."""
BETWEEN = 2
"""Cells between two tiles."""
FRAME = 3
"""Cells of a tile that take no words."""
WIDEST = 66
"""Cells of a tile above which there is another one beside it, as long as none gets too narrow."""
LEAST, MOST = 3, 9
"""Lines of a tile."""
TALL = 8
"""Lines from which a tile has an empty one at its top and its bottom."""
_ALL_SAID = 7
"""Lines, without those, from which a tile also says what was last written of somebody and what is to be done."""
_MORE_LINES = 2
"""Lines of each of those."""
_DOT = " · "
_GAP = 2
"""Cells between a time and its words."""


@dataclass(frozen=True)
class Shape:
    """How the tiles stand: so many beside each other, each of so many lines, with so many lines between the rows."""

    columns: int
    lines: int
    gap: int


def shape(modules: Sequence[int], width: int, height: int, *, headings: bool) -> Shape:
    """The tallest tiles with which all modules (of so many units each) stand in this space; the smallest where none do."""
    most = max(1, (width + BETWEEN) // (NARROWEST + BETWEEN))
    fewest = min(most, -(-(width + BETWEEN) // (WIDEST + BETWEEN)))
    for gap in (1, 0):
        for lines in range(MOST, LEAST, -1):
            for columns in range(fewest, most + 1):
                rows = [-(-units // columns) for units in modules]
                tall = sum(count * lines + (count - 1) * gap for count in rows)
                if tall + len(rows) * headings + max(0, len(rows) - 1) <= height:
                    return Shape(columns, lines, gap)
    return Shape(most, LEAST, 0)


def drawn(tile: BoardTile, width: int, height: int, letter: str = "") -> Content:
    """The tile's lines; `letter` is the key that opens its crisis card, while letters stand."""
    rows = [_head(tile, width, letter)]
    if tile.resident_id is None:
        return Content("\n").join(rows)
    rows += _met(tile, width, height)
    room = height - len(rows)
    signs = worst_first([tile.plan, *tile.signs])
    if room <= 1:
        rows.append(_in_one(tile.dangers, signs, width))
    else:
        waits = any(sign.level > Level.QUIET for sign in signs)
        if tile.dangers:
            rows += _dangers(tile.dangers, width, room - waits)
        if signs and len(rows) < height:
            rows += _signs(signs, width, height - len(rows))
    if height >= _ALL_SAID:
        longest = max((len(said.time) for said in tile.more), default=0)
        for said in tile.more:
            rows += beside_time(said, longest, width, max(0, min(_MORE_LINES, height - len(rows))))
    return Content("\n").join(rows)


def beside_time(row: Line, longest: int, width: int, most: int) -> list[Content]:
    """A time in a column of its own, and its words beside it in at most so many lines."""
    if not most:
        return []
    time = shown(row.time.rjust(longest), "$muted" if row.level == Level.QUIET else "bold")
    room = max(1, width - longest - _GAP)
    told = shown(" ".join(row.words.split()), INK[row.level]).wrap(room)
    kept = told[:most]
    if len(told) > most:
        kept[-1] = (kept[-1] + Content("…")).truncate(room, ellipsis=True)
    left = [time, *(Content(" " * longest) for _more in kept[1:])]
    return [Content(" " * _GAP).join(pair) for pair in zip(left, kept, strict=False)]


def _head(tile: BoardTile, width: int, letter: str) -> Content:
    """Unit, name and status: the name gives way."""
    if tile.resident_id is None:
        return line((tile.code, "bold $muted"), (tile.name, "$muted"), between="  ").truncate(width, ellipsis=True)
    key = (f" {letter} ", "bold reverse $accent-text") if letter else ""
    front = line(key, (tile.code, "bold"), between=" ")
    status = shown(tile.status.words.upper(), f"bold {INK[tile.status.level]}")
    taken = front.cell_length + 2 + (status.cell_length + 2 if status.plain else 0)
    name = shown(" ".join(tile.name.split()), "bold").truncate(max(1, width - taken), ellipsis=True)
    return line(front, name, status, between="  ").truncate(width, ellipsis=True)


def _met(tile: BoardTile, width: int, height: int) -> list[Content]:
    """Where they are and how they were last met: in one line, in two where there is room, else in fewer words."""
    met = line((tile.seen_at, "$muted"), (tile.seen, "$muted"))
    both = line(tile.presence, met, between="  ")
    if both.cell_length <= width or not met.plain:
        return [both.truncate(width, ellipsis=True)]
    if height > LEAST + 1:
        return [shown(tile.presence).truncate(width, ellipsis=True), met.truncate(width, ellipsis=True)]
    place = shown(tile.place or tile.presence)
    if (room := width - met.cell_length - 1) >= 1:
        between = "  " if place.cell_length < room else " "
        return [line(place.truncate(room, ellipsis=True), met, between=between)]
    return [met.truncate(width, ellipsis=True)]


def _signs(signs: Sequence[Sign], width: int, most: int) -> list[Content]:
    """As many whole signs as fit on at most so many lines, worst first; the others are +n. A quiet one begins no line."""
    for kept in range(min(len(signs), MOST_SIGNS), 0, -1):
        rows: list[Content] = []
        for part, level in _told(signs, kept):
            beside = line(rows[-1], part, between=_DOT) if rows else part
            if rows and beside.cell_length <= width:
                rows[-1] = beside
            elif not rows or level > Level.QUIET:
                rows.append(part)
        if len(rows) <= most and all(row.cell_length <= width for row in rows):
            return rows
    return [line(*(part for part, _level in _told(signs, 1)), between=_DOT).truncate(width, ellipsis=True)]


def _told(signs: Sequence[Sign], kept: int) -> list[tuple[Content, Level]]:
    """The first so many, and how many more there are that are not quiet."""
    left = [sign for sign in signs[kept:] if sign.level > Level.QUIET]
    told = [*signs[:kept], *([Sign(f"+{len(left)}", left[0].level)] if left else [])]
    return [(shown(sign.words, INK[sign.level]), sign.level) for sign in told]


def _dangers(dangers: str, width: int, most: int) -> list[Content]:
    """Dangers in at most so many lines, broken between two of them where that leaves nothing out."""
    told = " ".join(dangers.split())
    beside: list[str] = []
    for danger in told.split(_DOT):
        if beside and cell_len(both := f"{beside[-1]}{_DOT}{danger}") <= width:
            beside[-1] = both
        else:
            beside.append(danger)
    rows = [part for row in beside for part in shown(row, INK[Level.DANGER]).wrap(max(1, width))]
    return rows if len(rows) <= most else wrapped(shown(told, INK[Level.DANGER]), width, most)


def _in_one(dangers: str, signs: Sequence[Sign], width: int) -> Content:
    """Danger and signs in one line: the danger first and whole as far as the width goes; signs only where it is whole."""
    if not dangers:
        return _signs(signs, width, 1)[0] if signs else Content("")
    said = [sign for sign in signs if sign.level > Level.QUIET]
    danger = shown(" ".join(dangers.split()), INK[Level.DANGER])
    for kept in range(min(len(said), MOST_SIGNS), -1, -1):
        beside = line(*(part for part, _level in _told(said, kept)), between=_DOT)
        room = width - (beside.cell_length + len(_DOT) if beside.plain else 0)
        if room >= danger.cell_length or not kept:
            break
    return line(danger.truncate(max(1, room), ellipsis=True), beside, between=_DOT).truncate(width, ellipsis=True)

"""A row of a reading or a report as it is drawn: its time in a column of its own, what is long wrapped beside it."""

from textual.content import Content

from staffbase.handover.rows import Row
from staffbase.ui.text import line, lines, shown

LIST_TIME = 11
"""Cells of the list's time column: 08.01 21:40."""
SIDE_TIME = 5
"""Cells of the time column beside the list: 21:40."""
_HEAD_MARGIN = " " * 22
"""Where a first line goes on below itself: behind the unit and the name."""


def row_drawn(row: Row, width: int, time_width: int) -> Content:
    """The row in so many cells, its times in a column of `time_width`."""
    drawn: list[Content] = []
    for one in row.lines:
        margin = " " * (max(len(one.time), time_width) + 2)
        words = line(*one.words, *([one.hint] if one.hint else ()), between="  " if one.head else " ")
        if one.head:
            first, *rest = words.wrap(width) or [words]
            below = Content(" ").join(rest).wrap(width - len(_HEAD_MARGIN)) if rest else []
            drawn += [first, *(Content(_HEAD_MARGIN) + part for part in below)]
            continue
        room = margin if time_width == LIST_TIME or one.time else ""
        time = shown(one.time.rjust(time_width) + "  ", "bold") if room else Content("")
        wrapped = words.wrap(max(10, width - len(room))) or [words]
        drawn.append(time + wrapped[0])
        drawn += [Content(room) + part for part in wrapped[1:]]
    return lines(*drawn)

"""Moving a cursor over tiles with the arrow keys: the same on every screen that has tiles."""

from collections.abc import Iterable

from textual.widget import Widget

_FAR = 1000
"""A tile in the next row is nearer than any in the row after it, however wide the screen."""


def neighbour(here: Widget | None, tiles: Iterable[Widget], right: int, down: int) -> Widget | None:
    """The nearest tile in that direction: in the same row, or in the nearest row; the first one from nowhere.

    None where there is none that way, and where there are no tiles at all.
    """
    tiles = list(tiles)
    if here not in tiles:
        return tiles[0] if tiles else None
    x, y = here.region.x, here.region.y
    ahead = [
        (abs(tile.region.y - y) * _FAR + abs(tile.region.x - x), number)
        for number, tile in enumerate(tiles)
        if (right and (tile.region.x - x) * right > 0 and tile.region.y == y)
        or (down and (tile.region.y - y) * down > 0)
    ]
    return tiles[min(ahead)[1]] if ahead else None

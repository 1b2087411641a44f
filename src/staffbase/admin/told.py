"""What a tile of the overview says, in two lengths."""

from dataclasses import dataclass

from textual.content import Content


@dataclass(frozen=True)
class Told:
    """What a tile says; `short` where there is room for two lines only."""

    rows: list[Content]
    short: list[Content]
    hang: int = 0
    """Where a row that is too long goes on below itself; 0 cuts it."""

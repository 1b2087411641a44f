"""The foot of a screen: the room's own keys first, then those that work everywhere, and always the one that lists all."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

EVERYWHERE = ("write_note", "open_card", "start_incident", "search")
ALL_KEYS = "keys"


class KeyFooter(Footer):
    """Shows as many keys as there is room for, each one whole: half a word helps nobody."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._laid_for = 0

    def compose(self) -> ComposeResult:
        """The keys there is room for."""
        found = [key for key in super().compose() if isinstance(key, FooterKey)]
        last = [key for key in found if key.action == ALL_KEYS]
        own = [key for key in found if key.action not in (*EVERYWHERE, ALL_KEYS)]
        everywhere = [key for key in found if key.action in EVERYWHERE]
        self._laid_for = self.size.width or self.app.size.width
        room = self._laid_for - sum(_width(key) for key in last)
        kept = [*_fitting([*own, *everywhere], room), *last]
        self.styles.grid_size_columns = max(1, len(kept))
        yield from kept

    def on_resize(self, event: events.Resize) -> None:
        """Another width has room for others."""
        if event.size.width != self._laid_for:
            self.refresh(recompose=True)


def _width(key: FooterKey) -> int:
    """Cells that a key takes: its name with a blank on both sides, its label with one behind it."""
    return cell_len(key.key_display) + 2 + cell_len(key.description) + 1


def _fitting(keys: Iterable[FooterKey], room: int) -> Iterable[FooterKey]:
    """Those there is room for, one after the other; a shorter one may take the place a longer one did not fit."""
    for key in keys:
        if _width(key) <= room:
            room -= _width(key)
            yield key

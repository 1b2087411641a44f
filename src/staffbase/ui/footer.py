"""The foot of a screen: its own keys, those that work everywhere, the sections where there is room, the one that lists all."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

EVERYWHERE = ("open_card", "write_note", "start_incident", "search")
SECTION = "show_section("
ALL_KEYS = "keys"


class KeyFooter(Footer):
    """Shows as many keys as there is room for, each one whole: half a word helps nobody."""

    def __init__(self, *, sections: bool = True) -> None:
        super().__init__(show_command_palette=False)
        self._sections = sections
        self._laid_for = 0
        self._laid_with: list[tuple[object, ...]] = []

    def compose(self) -> ComposeResult:
        """The keys there is room for."""
        self._laid_with = self._keys(self.screen)
        found = [key for key in super().compose() if isinstance(key, FooterKey)]
        last = [key for key in found if key.action == ALL_KEYS]
        rooms = [key for key in found if key.action.startswith(SECTION)]
        own = [key for key in found if key not in rooms and key.action not in (*EVERYWHERE, ALL_KEYS)]
        everywhere = sorted(
            (key for key in found if key.action in EVERYWHERE), key=lambda key: EVERYWHERE.index(key.action)
        )
        self._laid_for = self.size.width or self.app.size.width
        room = self._laid_for - sum(_width(key) for key in last)
        said = [key for key in own if key.key in getattr(self.screen, "SAID_KEYS", ())]
        urgent = [key for key in own if key not in said]
        if said:
            urgent += everywhere[:1]
        fitting = list(_fitting([*urgent, *(key for key in [*own, *everywhere] if key not in urgent)], room))
        kept = [key for key in [*own, *everywhere] if key in fitting]
        room -= sum(_width(key) for key in kept)
        kept += [*_first_of(rooms if self._sections else (), room), *last]
        self.styles.grid_size_columns = max(1, len(kept))
        yield from kept

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Composed anew only for other keys: that takes longer than the act of a key may."""
        if not self._bindings_ready or self._keys(screen) != self._laid_with:
            super().bindings_changed(screen)

    @staticmethod
    def _keys(screen: Screen[object]) -> list[tuple[object, ...]]:
        """What the footer tells of the keys that work now."""
        active = [one for one in screen.active_bindings.values() if one.binding.show]
        return [(one.binding.key, one.binding.description, one.binding.action, one.enabled) for one in active]

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


def _first_of(keys: Iterable[FooterKey], room: int) -> Iterable[FooterKey]:
    """The sections in the order of their numbers, as far as there is room: none is left out between two others."""
    for key in keys:
        if _width(key) > room:
            return
        room -= _width(key)
        yield key

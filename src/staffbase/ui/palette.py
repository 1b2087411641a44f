"""The palette (ctrl+p): every key of the screen one is on, and every resident by unit or name, found by typing."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import Input
from textual.widgets.option_list import Option

from staffbase.kernel.i18n import _
from staffbase.ui.text import harmless, shown

_HANDS = re.compile(r"(move|step)\(-?\d")
"""Actions of the arrow keys: to find them by typing would be slower than the arrow, and they crowd out the rest."""


class Palette(CommandPalette):
    """The palette in the person's language: Textual's own says two things in English only."""

    def __init__(self) -> None:
        super().__init__(placeholder=_("a key, a resident, colours …"), id="--command-palette")

    def on_mount(self) -> None:
        """Nothing blinks."""
        self.query_one(Input).cursor_blink = False

    def _action_command_list(self, action: str) -> None:
        """A page is turned once there are rows of it: Textual fails on one that is typed ahead of them."""
        found = self.query_one(CommandList)
        if not action.startswith("page") or (found.highlighted or 0) in found._index_to_line:  # noqa: SLF001  (nothing else says so)
            super()._action_command_list(action)

    def _start_no_matches_countdown(self, search_value: str) -> None:
        self._stop_no_matches_countdown()

        def nothing() -> None:
            self._list_visible = bool(search_value)
            if search_value:
                words = shown(_("Nothing here is called that."), "$muted")
                self.query_one(CommandList).add_option(Option(words, disabled=True, id=self._NO_MATCHES))

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, nothing)


class KeyProvider(Provider):
    """The bindings that work now, from the same declarations as footer and key list."""

    def _commands(self) -> list[tuple[str, str, Callable[[], Any]]]:
        found: dict[str, tuple[str, str, Callable[[], Any]]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and active.enabled and binding.description and not _HANDS.match(binding.action):
                run = partial(self.app.run_action, binding.action, active.node)
                found.setdefault(binding.action, (binding.description, binding.tooltip, run))
        return list(found.values())

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for label, tooltip, run in self._commands():
            yield DiscoveryHit(label, run, help=tooltip)

    async def search(self, query: str) -> Hits:
        """Those whose label or explanation matches."""
        matcher = self.matcher(query)
        for label, tooltip, run in self._commands():
            score = max(matcher.match(label), matcher.match(tooltip) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(label), run, help=tooltip)


class ThemeProvider(Provider):
    """The colours of this machine: everybody must be able to read; the app knows which there are (`themes_to_choose`)."""

    def _commands(self) -> list[tuple[str, str, Callable[[], Any]]]:
        found: list[tuple[str, str, Callable[[], Any]]] = self.app.themes_to_choose()  # type: ignore[attr-defined]
        return found

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for label, told, run in self._commands():
            yield DiscoveryHit(label, run, help=told)

    async def search(self, query: str) -> Hits:
        """Those whose label or explanation matches."""
        matcher = self.matcher(query)
        for label, told, run in self._commands():
            score = max(matcher.match(label), matcher.match(told) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(label), run, help=told)


class ResidentProvider(Provider):
    """Residents, by unit or name; the app knows who they are (`residents_to_jump_to`)."""

    async def search(self, query: str) -> Hits:
        """Those whose unit or name matches."""
        matcher = self.matcher(query)
        places: list[tuple[str, Callable[[], Any]]] = await self.app.residents_to_jump_to()  # type: ignore[attr-defined]
        for label, run in places:
            score = matcher.match(label)
            if score > 0:
                yield Hit(score, Content(harmless(label)), run)


class AllProviders(Provider):
    """Keys, then colours, then residents, in this order each time: Textual shows first who answers first."""

    def _in_order(self) -> list[Provider]:
        return [kind(self.screen, self.match_style) for kind in (KeyProvider, ThemeProvider, ResidentProvider)]

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for provider in self._in_order():
            async for hit in provider.discover():
                yield hit

    async def search(self, query: str) -> Hits:
        """Those that match."""
        for provider in self._in_order():
            async for hit in provider.search(query):
                yield hit

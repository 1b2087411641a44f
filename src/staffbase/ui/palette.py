"""The palette (ctrl+p): every key of the screen one is on, and every resident by unit or name, found by typing."""

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from staffbase.ui.text import harmless


class KeyProvider(Provider):
    """The bindings that work now, from the same declarations as footer and key list."""

    def _commands(self) -> list[tuple[str, str, Callable[[], Any]]]:
        found: dict[str, tuple[str, str, Callable[[], Any]]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and active.enabled and binding.description:
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

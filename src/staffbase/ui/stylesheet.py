"""Textual's stylesheet, which reads each style sheet once for a theme instead of once for every new screen.

As of Textual 8.2.8 every mode's first screen makes the app read all style sheets anew, though nothing changed, and the
readings of more than 64 sheets push each other out of its memory: 50 ms at each first look at a section.
"""

from functools import lru_cache
from typing import Any

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

_SHEETS = 1024
"""How many readings are remembered: more than there are widgets and screens."""
_THEMES = 8
"""For how many themes: more than there are."""


@lru_cache(maxsize=_THEMES)
def _readings(_values: frozenset[tuple[str, str]]) -> LRUCache[Any, Any]:
    """The readings under these values of a theme, for every app of this process and every way back to the theme."""
    return LRUCache(_SHEETS)


class KitStylesheet(Stylesheet):
    """Reads a sheet again only when the theme's values changed."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = _readings(frozenset(variables.items()))

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the theme's values; the same ones again change nothing."""
        if variables != self._variables:
            self._parse_cache = LRUCache(1)  # Textual empties it; what was read for the theme before is kept
            super().set_variables(variables)
            self._parse_cache = _readings(frozenset(variables.items()))

    def reparse(self) -> None:
        """Bring the rules up to date with the theme and with sheets that came since."""
        self.parse()

"""Where somebody stood when the screen locked, so that the same person comes back there.

It keeps how a screen is built anew, by keys and services alone: no record and no word of anybody.
"""

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App
from textual.screen import Screen

from staffbase.ui.dialog import FormDialog

Again = Callable[[], Screen[Any]]
"""Builds the same screen anew. It holds services and keys, never what was read or typed."""


class WaysBack:
    """For each section, what stood over it."""

    def __init__(self) -> None:
        self._over: dict[str, list[Again]] = {}
        self.left_a_draft = False
        """Somebody was typing where nobody comes back by itself: it is a draft, and that must be said."""

    def remember(self, section: str, stack: Sequence[Screen[Any]]) -> None:
        """What stands over this section, up to the first screen that cannot be built anew."""
        over: list[Again] = []
        for screen in stack[1:]:
            again: Again | None = getattr(screen, "again", None)
            if again is None:
                self.left_a_draft |= any(_must_be_told(one) for one in stack[len(over) + 1 :])
                break
            over.append(again)
        self._over[section] = over

    def forget(self) -> None:
        """Somebody else stands here."""
        self._over.clear()
        self.left_a_draft = False

    async def go(self, app: App[Any], section: str) -> None:
        """Put up again what stood over the section that is shown now."""
        for again in self._over.pop(section, []):
            screen: Any = again()
            screen.again = again
            await app.push_screen(screen)


def _must_be_told(screen: Screen[Any]) -> bool:
    return isinstance(screen, FormDialog) and screen.drafted and not screen.below_opens_it

"""A terminal that is too small says what it needs, over whatever stands there; below it nothing is touched.

It is laid over the screen and is none itself: what dialogs under it do goes on, and they close as they would.
"""

from typing import Any

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from staffbase.kernel.i18n import _
from staffbase.ui.text import lines, shown

NEEDED = Size(80, 24)
"""What every screen is made for."""
_ROWS_SPARED = 2
"""A multiplexer's status line and the like may take so many."""
_WORKS_ON = frozenset({"ctrl+q", "ctrl+l"})


class TooSmall(Static):
    """Covers the screen and says so."""

    DEFAULT_CSS = """
    TooSmall {
        overlay: screen; position: absolute; offset: 0 0; width: 100vw; height: 100vh;
        background: $ground; color: $foreground; padding: 1 2;
    }
    """

    def tell(self, size: Size) -> None:
        """Say what is needed, and what there is."""
        said = {"width": NEEDED.width, "height": NEEDED.height, "columns": size.width, "rows": size.height}
        self.update(
            lines(
                shown(_("staffbase needs %(width)d columns and %(height)d rows.") % said, "bold"),
                shown(_("This window has %(columns)d and %(rows)d. Enlarge it, or make the letters smaller.") % said),
                shown(_("Nothing is lost: all is as it was when the window is large enough."), "$muted"),
                "",
                shown("113   110   112   116 117", "bold $danger-text"),
            )
        )


def too_small(size: Size) -> bool:
    """Whether screens would be cut."""
    return size.width < NEEDED.width or size.height < NEEDED.height - _ROWS_SPARED


def watch_size(app: App[Any], *, spare: bool) -> None:
    """Cover the screen that stands while the terminal is too small, and uncover all once it is not; `spare` leaves it."""
    if not too_small(app.size):
        for stack in app._screen_stacks.values():  # noqa: SLF001  (Textual has no other way to all of them)
            for cover in (cover for screen in stack for cover in _covers(screen)):
                cover.remove()
    elif not spare and app.is_running and app.screen_stack and app.screen.is_mounted and app.screen.is_attached:
        covers = _covers(app.screen) or [TooSmall()]
        if not covers[0].is_attached:
            app.screen.mount(covers[0])
        covers[0].tell(app.size)


def is_blind(app: App[Any], event: events.Event) -> bool:
    """Whether somebody types or clicks into a screen they do not see."""
    if not isinstance(event, events.Key | events.MouseEvent | events.Paste) or not too_small(app.size):
        return False
    if not (app.screen_stack and _covers(app.screen)):
        return False
    return not (isinstance(event, events.Key) and event.key in _WORKS_ON)


def _covers(screen: Screen[Any]) -> list[TooSmall]:
    return [child for child in screen.children if isinstance(child, TooSmall)]

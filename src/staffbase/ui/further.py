"""A place that may hold more than it shows: its last line says how much is below it, and the key that shows it."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from staffbase.kernel.i18n import _, ngettext
from staffbase.ui.text import shown


class Further(VerticalScroll, can_focus=False):
    """Scrolled by its screen with page down and page up. A scrollbar alone is overlooked, and says nothing of keys."""

    DEFAULT_CSS = """
    Further { scrollbar-size-vertical: 1; }
    Further > .further { dock: bottom; height: 1; color: $accent-text; display: none; }
    """

    def compose(self) -> ComposeResult:
        """Below what it holds, the line that says so."""
        yield Static(classes="further")

    def on_mount(self) -> None:
        """Said anew whenever what it holds, its room or what stands in sight is another."""
        for what in ("scroll_y", "virtual_size", "size"):
            self.watch(self, what, self._tell, init=False)

    def page(self, step: int) -> None:
        """What stands further down, or further up (-1); two lines stay in sight."""
        self.scroll_relative(y=step * max(1, self.size.height - 3), animate=False)

    def _tell(self) -> None:
        holds = [child for child in self.children if child.display and not child.has_class("further")]
        high = max((child.virtual_region_with_margin.bottom for child in holds), default=0)
        further = self.query_one(".further", Static)
        further.display = high > self.size.height
        if further.display:
            below = high - round(self.scroll_y) - (self.size.height - 1)
            further.update(shown(self._words(below)))

    @staticmethod
    def _words(below: int) -> str:
        if below <= 0:
            return _("▲ more above: PgUp")
        return ngettext("▼ %(count)d more line: PgDn", "▼ %(count)d more lines: PgDn", below) % {"count": below}

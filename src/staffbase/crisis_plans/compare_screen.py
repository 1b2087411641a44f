"""Two versions of a plan side by side, section by section."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from staffbase.crisis_plans.rules import SECTION_NAMES, Compared, PlanText, compare
from staffbase.crisis_plans.words import column
from staffbase.kernel.i18n import N_, _
from staffbase.residents.rules import ResidentFacts
from staffbase.ui.desk import Desk
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown


@dataclass(frozen=True)
class Side:
    """One of the two texts: its heading, what it says, and why it was made."""

    heading: Content
    text: PlanText
    reason: str


def both_columns(older: Side, newer: Side) -> Iterator[Widget]:
    """The two texts as rows of two columns; what only one of them says is marked with − or +."""
    yield Horizontal(
        Static(lines(older.heading, shown(older.reason, "$muted")), classes="side"),
        Static(lines(newer.heading, shown(newer.reason, "$muted")), classes="side"),
        classes="sides",
    )
    for one in compare(older.text, newer.text):
        changed = (_("changed"), "$warning-text") if one.changed else ""
        yield Static(line((_(SECTION_NAMES[one.section]).upper(), "$muted"), changed, between="  "), classes="section")
        yield Horizontal(
            Static(_older(one), classes="side"), Static(_newer(one), classes="side"), classes="sides"
        )  # fmt: skip


def _older(one: Compared) -> Content:
    return column(one, one.older, one.newer, "−", "$warning-text")


def _newer(one: Compared) -> Content:
    return column(one, one.newer, one.older, "+", "$ok-text")


class CompareScreen(StaffScreen):
    """The older on the left, the newer on the right."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#compared"
    BINDINGS = [
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="compare.back"),
    ]

    def __init__(self, desk: Desk, resident: ResidentFacts, older: Side, newer: Side) -> None:
        super().__init__(desk)
        self._resident = resident
        self._older, self._newer = older, newer

    def compose_body(self) -> Iterable[Widget]:
        """Whose plan it is, and both."""
        whose = ((self._resident.unit_code, "bold"), (self._resident.alias, "bold"))
        yield Static(line(*whose, (_("crisis plan"), "$muted"), between="  "), id="compared-head")
        with VerticalScroll(id="compared", can_focus=True):
            yield from both_columns(self._older, self._newer)

    def chosen_resident(self) -> int | None:
        """Whose plan it is."""
        return self._resident.id

    def action_leave(self) -> None:
        """Back to the plan."""
        self.dismiss(None)

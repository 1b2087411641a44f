"""Section 5: how it stands with everybody's crisis plan."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.crisis_plans.facts import PlanRow
from staffbase.crisis_plans.page import PlanPage
from staffbase.crisis_plans.words import review_words, state_words
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.ui.desk import Desk
from staffbase.ui.listing import Listing
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.crisis_plans.service import CrisisPlans


class CrisisPlansScreen(StaffScreen):
    """Section 5."""

    CURSOR_BY_ITSELF = True
    CSS_PATH = "screen.tcss"
    HEAD = "#plans-head"
    AUTO_FOCUS = "OptionList"
    BINDINGS = [
        Binding("enter", "open", N_("Open"), tooltip=N_("Open the plan and its versions"), id="plans.open"),
        Binding("e", "edit", N_("Edit"), tooltip=N_("Propose a change; nothing counts before it is published"), id="plans.edit"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, plans: "CrisisPlans") -> None:
        super().__init__(desk)
        self._plans = plans
        self._rows: list[PlanRow] = []

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="plans-head")
        yield Listing(id="plans")

    async def refresh_view(self) -> None:
        self._rows = await self.ask(self._plans.rows)
        told = self.query_one("#plans", OptionList)
        here = told.highlighted
        told.set_options([Option(self._row(row), id=str(row.resident_id)) for row in self._rows])
        if self._rows:
            told.highlighted = min(here or 0, len(self._rows) - 1)
        self.query_one("#plans-head", Static).update(self._head())

    def _head(self) -> Content:
        if not self._rows:
            return shown(_("Nobody lives here yet. A leader admits residents in Administration (0)."), "$muted")
        overdue = sum(row.state.overdue for row in self._rows)
        without = sum(not row.state.version for row in self._rows)
        drafts = sum(row.state.draft for row in self._rows)
        told = [
            (
                ngettext("%(count)d resident", "%(count)d residents", len(self._rows)) % {"count": len(self._rows)},
                "bold",
            )
        ]
        if overdue:
            words = ngettext("%(count)d review overdue", "%(count)d reviews overdue", overdue)
            told.append((words % {"count": overdue}, "bold $danger-text"))
        if without:
            words = ngettext("%(count)d without a plan", "%(count)d without a plan", without)
            told.append((words % {"count": without}, "bold $warning-text"))
        if drafts:
            words = ngettext("%(count)d draft under way", "%(count)d drafts under way", drafts)
            told.append((words % {"count": drafts}, "$accent-text"))
        return line(*told, between="   ")

    @staticmethod
    def _row(row: PlanRow) -> Content:
        name = line((row.unit_code.ljust(4), "bold"), (row.alias.ljust(22), "bold"), between=" ")
        return lines(
            line(name, review_words(row.state), between=" "), shown(f"     {state_words(row.state)}", "$muted")
        )

    def _here(self) -> PlanRow | None:
        at = self.query_one("#plans", OptionList).highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def chosen_resident(self) -> int | None:
        here = self._here()
        return here.resident_id if here else None

    @on(OptionList.OptionSelected, "#plans")
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if (here := self._here()) is not None:
            self.app.push_screen(PlanPage(self.desk, self._plans, here.resident_id))

    def action_edit(self) -> None:
        if (here := self._here()) is not None:
            self.app.push_screen(PlanPage(self.desk, self._plans, here.resident_id, editing=True))

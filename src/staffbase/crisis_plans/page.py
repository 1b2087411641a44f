"""One resident's plan: the versions, what the chosen one says, and what one may do with it."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.crisis_plans.compare_screen import CompareScreen, Side
from staffbase.crisis_plans.dialogs import PublishDialog
from staffbase.crisis_plans.editor import PlanEditor
from staffbase.crisis_plans.facts import DraftFacts, PlanFacts, VersionFacts
from staffbase.crisis_plans.rules import PlanText
from staffbase.crisis_plans.words import (
    about_version,
    draft_heading,
    how_made,
    review_words,
    sections,
    state_words,
    version_heading,
)
from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.crisis_plans.service import CrisisPlans


class PlanPage(StaffScreen):
    """The plan of one resident. Opening it stands in the ledger."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#plan-versions"
    BINDINGS = [
        Binding("e", "edit", N_("Edit"), tooltip=N_("Propose a change; nothing counts before it is published"), id="plan.edit"),
        Binding("p", "publish", N_("Publish"), tooltip=N_("Publish the draft as the next version"), id="plan.publish"),
        Binding("space", "mark", N_("Mark"), tooltip=N_("Mark this version to compare another with it"), id="plan.mark", show=False),
        Binding("n", "write_note", N_("Note"), tooltip=N_("Write a note"), id="anywhere.note", show=False),
        Binding("slash", "search", N_("Search"), tooltip=N_("Search in what was written"), id="anywhere.search", key_display="/", show=False),
        Binding("c", "compare", N_("Compare"), tooltip=N_("Compare with the marked version, or with the one before"), id="plan.compare"),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="plan.back"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, plans: "CrisisPlans", resident_id: int, *, editing: bool = False) -> None:
        super().__init__(desk)
        self._plans, self._resident_id = plans, resident_id
        self.again = partial(PlanPage, desk, plans, resident_id)
        self._editing = editing
        self._facts: PlanFacts | None = None
        self._listed: list[VersionFacts | DraftFacts] = []
        self._marked: int | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The versions, and beside them what the chosen one says."""
        yield Static(id="plan-head")
        with Horizontal(id="plan-body"):
            yield Listing(id="plan-versions")
            with VerticalScroll(id="plan-text", can_focus=True):
                yield Static(id="plan-said")

    def on_mount(self) -> None:
        """Open it; that is not part of a refresh, which a newer one may replace."""
        self._open()

    @job(group="open-plan")
    async def _open(self) -> None:
        try:
            self._facts = await asyncio.shield(self.ask(self._plans.plan, self._resident_id))
        except StaffbaseError:
            self.dismiss(None)
            raise
        self._show(self._facts)
        if self._editing:
            self.action_edit()

    async def refresh_view(self) -> None:
        """What was saved or published since."""
        if self._facts is not None:
            self._facts = await self.ask(self._plans.plan_now, self._resident_id)
            self._show(self._facts)

    def chosen_resident(self) -> int | None:
        """Whose plan it is."""
        return self._resident_id

    def _show(self, facts: PlanFacts) -> None:
        resident = facts.resident
        head = line((resident.unit_code, "bold"), (resident.alias, "bold"), review_words(facts.state), (state_words(facts.state), "$muted"), between="  ")  # fmt: skip
        self.query_one("#plan-head", Static).update(head)
        self._listed = [*([facts.draft] if facts.draft else []), *facts.versions]
        versions = self.query_one("#plan-versions", OptionList)
        here = versions.highlighted
        if self._listed:
            versions.set_options([Option(self._entry(one)) for one in self._listed])
            versions.highlighted = min(here or 0, len(self._listed) - 1)
        else:
            versions.set_options([Option(shown(_("no version yet"), "$muted"), disabled=True)])
        self._say()

    def _entry(self, one: VersionFacts | DraftFacts) -> Content:
        marked = (_("marked"), "bold $accent-text") if self._marked == _number(one) else ""
        if isinstance(one, DraftFacts):
            return lines(line(draft_heading(one, self.desk.clock.now()), marked, between="  "), "")
        return lines(line(version_heading(one), marked, between="  "), shown(one.reason, "$muted"))

    @on(OptionList.OptionHighlighted, "#plan-versions")
    def _say(self) -> None:
        one = self._here()
        if one is None:
            told = sections(PlanText())
        elif isinstance(one, DraftFacts):
            told = lines(
                sections(one.proposal.text), shown(_("ABOUT THIS DRAFT"), "$muted"), *how_made(one.proposal),
                shown(_("It does not count before the clinical lead or the leader publishes it (p)."), "$warning-text"),
            )  # fmt: skip
        else:
            told = lines(sections(one.text), *about_version(one, self.desk.clock.now()))
        self.query_one("#plan-said", Static).update(told)

    def _here(self) -> VersionFacts | DraftFacts | None:
        at = self.query_one("#plan-versions", OptionList).highlighted
        return self._listed[at] if at is not None and at < len(self._listed) else None

    @job(group="edit")
    async def action_edit(self) -> None:
        """Propose a change."""
        facts = await self.ask(self._plans.plan_now, self._resident_id)
        self.again = partial(PlanPage, self.desk, self._plans, self._resident_id, editing=True)
        saved = await self.app.push_screen_wait(PlanEditor(self.desk, self._plans, facts))
        self.again = partial(self.again, editing=False)
        if saved is not None:
            self._facts = saved
            self._show(saved)

    @job(group="publish")
    async def action_publish(self) -> None:
        """Publish the draft; the service says why where one may not, or which lines do not fit."""
        ready = await self.ask(self._plans.ready, self._resident_id)
        published = await self.app.push_screen_wait(PublishDialog(self.desk, self._plans, ready))
        if published is not None:
            self.query_one("#plan-versions", OptionList).highlighted = 0
            told = _("Version %(number)d is published. It is reviewed by %(date)s.")
            words = told % {"number": published.number, "date": show_date(published.review_due)}
            self.app.notify(words, markup=False, timeout=6)
            self.look_again()

    def action_mark(self) -> None:
        """Mark the chosen version, or take the mark away."""
        one = self._here()
        if one is not None and self._facts is not None:
            self._marked = None if self._marked == _number(one) else _number(one)
            self._show(self._facts)

    def action_compare(self) -> None:
        """The chosen version beside the marked one, or beside the one before it; the older stands left."""
        one = self._here()
        if one is None or self._facts is None:
            return
        at = self._listed.index(one)
        other = next((found for found in self._listed if _number(found) == self._marked), None)
        if other is None or other is one:
            other = self._listed[at + 1] if at + 1 < len(self._listed) else None
        if other is None:
            self.app.notify(_("There is no earlier version to compare with."), markup=False)
            return
        newer, older = sorted((one, other), key=self._listed.index)
        self.app.push_screen(CompareScreen(self.desk, self._facts.resident, self._side(older), self._side(newer)))

    def _side(self, one: VersionFacts | DraftFacts) -> Side:
        if isinstance(one, DraftFacts):
            return Side(draft_heading(one, self.desk.clock.now()), one.proposal.text, "")
        return Side(version_heading(one), one.text, one.reason)

    def action_leave(self) -> None:
        """Back to the list."""
        self.dismiss(None)


def _number(one: VersionFacts | DraftFacts) -> int:
    return one.number if isinstance(one, VersionFacts) else 0

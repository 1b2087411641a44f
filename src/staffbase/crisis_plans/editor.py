"""Writing a plan, with the card beside it as it is typed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from staffbase.crisis_plans.card import preview
from staffbase.crisis_plans.card_lines import card_lines
from staffbase.crisis_plans.card_screen import card_content
from staffbase.crisis_plans.compare_screen import Side
from staffbase.crisis_plans.dialogs import BothTexts
from staffbase.crisis_plans.facts import PlanFacts
from staffbase.crisis_plans.form import (
    BASE,
    LINES,
    SIGNS,
    base_of,
    form_of,
    from_fields,
    sign_fields,
    to_fields,
)
from staffbase.crisis_plans.model import MADE_NAMES, SIGNING_NAMES
from staffbase.crisis_plans.rules import CARD_CELLS, MOST_LINES, SECTION_NAMES, Proposal, Section, faults
from staffbase.crisis_plans.words import draft_heading
from staffbase.kernel.errors import ChangedElsewhere
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.footer import KeyFooter
from staffbase.ui.further import Further
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.crisis_plans.service import CrisisPlans

BESIDE = 120
"""Columns from which the card stands beside the form; below, f3 shows one or the other."""


class PlanEditor(FormDialog[PlanFacts]):
    """A resident's next version. Saving keeps it as the draft everybody sees; it counts when it is published."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#dangers"
    HORIZONTAL_BREAKPOINTS = [(0, "-alone"), (BESIDE, "-beside")]
    below_opens_it = True
    BINDINGS = [
        Binding("f3", "turn", N_("Card / form"), tooltip=N_("The card as it is typed, or the form"), id="plan-editor.turn", priority=True),
        Binding("pagedown", "page(1)", N_("Further down"), tooltip=N_("The lines of the card that stand further down"), id="plan-editor.down", key_display="PgDn", show=False, priority=True),
        Binding("pageup", "page(-1)", N_("Further up"), tooltip=N_("The lines of the card that stand further up"), id="plan-editor.up", key_display="PgUp", show=False, priority=True),
    ]  # fmt: skip

    def __init__(self, desk: Desk, plans: "CrisisPlans", facts: PlanFacts) -> None:
        super().__init__(desk)
        self._plans, self._facts = plans, facts
        self._base = facts.base
        self._start = to_fields(facts.begin, facts.base)
        self.form_name = form_of(facts.resident.id)

    def dialog_title(self) -> str:
        """Whose plan."""
        resident = self._facts.resident
        return _("The crisis plan of %(unit)s %(name)s") % {"unit": resident.unit_code, "name": resident.alias}

    def compose(self) -> ComposeResult:
        """The form, and the card."""
        with Horizontal(id="plan-editor"):
            with VerticalScroll(id="plan-form", can_focus=False):
                yield Label(shown(self.dialog_title()), classes="title")
                for section in Section:
                    yield Label(_(SECTION_NAMES[section]), classes="section")
                    yield from self._section(section)
                yield from self._how()
            with Further(id="plan-card"):
                yield Static(id="plan-card-lines")
        with Horizontal(id="plan-told"):
            yield Static(id="plan-cells")
            yield Label("", classes="fault", id="dialog-fault")
        yield KeyFooter()

    def _section(self, section: Section) -> Iterator[Widget]:
        if section in SIGNS:
            for number in range(1, MOST_LINES[section] + 1):
                yield self._sign(section, number)
            number = MOST_LINES[section] + 1
            while sign_fields(section, number)[0] in self._start:
                yield self._sign(section, number)
                number += 1
        elif section in LINES:
            yield TextField(self._start[section], id=section, soft_wrap=False, classes=f"lines-{MOST_LINES[section]}")
        else:
            yield LineField(self._start[section], id=section)

    def _sign(self, section: Section, number: int) -> Widget:
        words, measure = sign_fields(section, number)
        return Horizontal(
            Label(f"{number}"),
            LineField(self._start[words], id=words, placeholder=_("the sign, in own words")),
            Label("→"),
            LineField(self._start[measure], id=measure, placeholder=_("what we do")),
            classes="sign",
        )

    def _how(self) -> Iterator[Widget]:
        yield Label(_("How it was made"), classes="section")
        yield Choice([(str(one), _(words)) for one, words in MADE_NAMES.items()], self._start["made"], id="made")
        yield Label(_("with (ACT, DPS, relatives)"), classes="section")
        yield LineField(self._start["co_authors"], id="co_authors")
        yield Label(_("copies to, as agreed"), classes="section")
        yield LineField(self._start["copies_to"], id="copies_to")
        yield Label(_("signature"), classes="section")
        yield Choice(
            [(str(one), _(words)) for one, words in SIGNING_NAMES.items()], self._start["signing"], id="signing"
        )
        yield LineField(self._start["signed_on"], id="signed_on", placeholder=_("signed on, such as 13.07.2026"))

    def on_mount(self) -> None:
        """Show the card, and the form from its beginning."""
        self._echo()
        self.call_after_refresh(self.query_one("#plan-form").scroll_home, animate=False)

    # -- the form as fields ---------------------------------------------------------------------------------------

    def fields(self) -> dict[str, str]:
        """The fields as typed so far, and what they were begun from."""
        typed = {field.id or "": field.value for field in self.query(LineField)}
        typed |= {area.id or "": area.text for area in self.query(TextField)}
        typed |= {choice.id or "": choice.value for choice in self.query(Choice)}
        return {**typed, BASE: f"{self._base[0]}:{self._base[1]}"}

    def restore(self, fields: dict[str, str]) -> None:
        """Put a kept draft back; it was begun from what it was begun from."""
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")
        for area in self.query(TextField):
            area.text = fields.get(area.id or "", "")
        for choice in self.query(Choice):
            choice.value = fields.get(choice.id or "", "")
        self._base = base_of(fields)
        self._echo()

    def blank(self, fields: dict[str, str]) -> bool:
        """A plan in which nothing was changed is no draft."""
        return fields == self._start

    def card_resident(self) -> int | None:
        """Whose card F2 opens: the one that counts."""
        return self._facts.resident.id

    async def save(self) -> PlanFacts:
        """Save the draft; where somebody else was first, show both and let the person choose."""
        typed = from_fields(self.fields())
        resident_id = self._facts.resident.id
        try:
            return await self.ask(self._plans.save_draft, resident_id, typed, self._base)
        except ChangedElsewhere as error:
            theirs = await self.ask(self._plans.plan_now, resident_id)
            if not await self.app.push_screen_wait(
                BothTexts(self.desk, str(error), self._theirs(theirs), Side(shown(_("MINE"), "bold"), typed.text, ""))
            ):
                raise
            return await self.ask(self._plans.save_draft, resident_id, typed, theirs.base, over=True)

    def _theirs(self, facts: PlanFacts) -> Side:
        if facts.draft is not None:
            return Side(draft_heading(facts.draft, self.desk.clock.now()), facts.draft.proposal.text, "")
        words = _("v%(number)d, published in the meantime") % {"number": facts.state.version}
        return Side(shown(words, "bold"), facts.begin.text, "")

    # -- the card beside it ---------------------------------------------------------------------------------------

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _echo(self) -> None:
        """The card as it is typed, and which lines do not fit."""
        typed = from_fields(self.fields(), checked=False)
        card = preview(self._facts, typed, self.desk.clock.now())
        self.query_one("#plan-card-lines", Static).update(card_content(card_lines(card)))
        self._measure(typed)

    def _measure(self, typed: Proposal) -> None:
        found = faults(typed.text)
        if found:
            words = ngettext("%(count)d line does not fit.", "%(count)d lines do not fit.", len(found))
            told = f"{words % {'count': len(found)}} {found[0]}"
        else:
            told = _("Every line fits: %(most)d cells, sign and measure together.") % {"most": CARD_CELLS}
        self.query_one("#plan-cells", Static).update(shown(told, "$danger-text" if found else "$muted"))

    def action_turn(self) -> None:
        """Where there is no room for both: the card, or the form."""
        self.toggle_class("-turned")

    def action_page(self, step: int) -> None:
        """A card is 23 lines, and a small terminal has fewer for it beside what the editor says."""
        self.query_one(Further).page(step)

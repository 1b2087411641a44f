"""Publishing a plan, and what happens when two have edited it at once."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Label, Static

from staffbase.crisis_plans.compare_screen import Side, both_columns
from staffbase.crisis_plans.facts import Published, Ready
from staffbase.crisis_plans.rules import SECTION_NAMES, PlanText, compare, read_day
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.footer import KeyFooter
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.crisis_plans.service import CrisisPlans


class PublishDialog(FormDialog[Published]):
    """Why, from when, and when it must be gone through again."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#reason"

    def __init__(self, desk: Desk, plans: "CrisisPlans", ready: Ready) -> None:
        super().__init__(desk)
        self._plans, self._ready = plans, ready
        self._resident = ready.facts.resident
        self.form_name = f"publish:{self._resident.id}"

    def dialog_title(self) -> str:
        number = self._ready.facts.state.version + 1
        return _("Publish version %(number)d of the plan of %(unit)s %(name)s") % {
            "number": number,
            "unit": self._resident.unit_code,
            "name": self._resident.alias,
        }

    def compose_form(self) -> ComposeResult:
        facts = self._ready.facts
        before = facts.current.text if facts.current else PlanText()
        after = facts.draft.proposal.text if facts.draft else PlanText()
        changed = [_(SECTION_NAMES[one.section]) for one in compare(before, after) if one.changed]
        yield Static(line((_("changed"), "$muted"), ", ".join(changed) or _("only how it was made")), classes="changed")
        yield Label(_("Why it was revised"))
        yield TextField(id="reason")
        with Horizontal(classes="plan-row"):
            yield Label(_("valid from"))
            yield LineField(show_date(self._ready.valid_from), id="valid_from")
        with Horizontal(classes="plan-row"):
            yield Label(_("review by"))
            yield LineField(show_date(self._ready.review_due), id="review_due")
        yield Static(_("Earlier versions stay readable. ctrl+s publishes · esc leaves it as a draft"), classes="hint")

    def card_resident(self) -> int | None:
        return self._resident.id

    def fields(self) -> dict[str, str]:
        typed = {field.id or "": field.value for field in self.query(LineField)}
        return {**typed, "reason": self.query_one("#reason", TextField).text}

    def restore(self, fields: dict[str, str]) -> None:
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", field.value)
        self.query_one("#reason", TextField).text = fields.get("reason", "")

    async def save(self) -> Published:
        typed = self.fields()
        return await self.ask(
            self._plans.publish, self._resident.id, typed["reason"], self._ready.facts.base,
            valid_from=read_day(typed["valid_from"], "valid_from"), review_due=read_day(typed["review_due"], "review_due"),
        )  # fmt: skip


class BothTexts(StaffDialog[bool]):
    """Somebody saved another text first: both side by side. True saves one's own; the other goes back to its author."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#compared"
    title_text: ClassVar[str] = N_("Two have edited this plan")
    BINDINGS = [
        Binding("m", "mine", N_("Save mine"), tooltip=N_("Save mine; the other goes back to its author as a draft"), id="both.mine"),
        Binding("escape", "leave", N_("Back to my text"), tooltip=N_("Back to my text, which stays my draft"), id="both.back"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, sentence: str, theirs: Side, mine: Side) -> None:
        super().__init__(desk)
        self._sentence, self._theirs, self._mine = sentence, theirs, mine

    def compose(self) -> ComposeResult:
        yield Label(shown(self.dialog_title()), classes="title")
        yield Static(shown(self._sentence, "$warning-text"), id="both-told")
        with VerticalScroll(id="compared", can_focus=True):
            yield from both_columns(self._theirs, self._mine)
        yield KeyFooter()

    def action_mine(self) -> None:
        self.dismiss(True)

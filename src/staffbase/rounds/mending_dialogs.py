"""A wrong answer of a signed round, or a wrong extra check: why it is withdrawn, and what was found instead."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label, Static

from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_moment, show_span
from staffbase.rounds.dialogs import BeyondDialog
from staffbase.rounds.facts import CheckFacts, Mendable
from staffbase.rounds.model import OUTCOME_NAMES, Outcome
from staffbase.rounds.rules import LADDER, beyond
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.rounds.service import Rounds


class MendCheckDialog(FormDialog[CheckFacts | None]):
    """Both stay readable. Where nothing else is said, the door counts as not checked."""

    DEFAULT_CSS = "MendCheckDialog #mend-told { padding: 0 0 1 0; }"
    title_text = N_("This answer was wrong")
    AUTO_FOCUS = "#reason"

    def __init__(self, desk: Desk, rounds: "Rounds", entry_id: int) -> None:
        super().__init__(desk)
        self._rounds, self._entry_id = rounds, entry_id
        self._wrong: Mendable | None = None
        self.form_name = f"mend-check:{entry_id}"

    def compose_form(self) -> ComposeResult:
        yield Static(id="mend-told")
        yield Label(_("why it is withdrawn"))
        yield LineField(id="reason", placeholder=_("for example: I took the wrong door"))
        yield Label(_("what was found"), id="mend-instead")
        found = [(str(outcome), _(name)) for outcome, name in OUTCOME_NAMES.items() if outcome not in LADDER]
        yield Choice([("", _("nobody looked in: no check")), *found], id="outcome")
        yield Static(
            _("The wrong answer stays readable, as withdrawn. ctrl+s saves; esc leaves it as it is."), classes="hint"
        )

    async def prepare(self) -> None:
        wrong = self._wrong = await self.ask(self._rounds.mendable, self._entry_id)
        check, now = wrong.check, self.desk.clock.now()
        told = _("%(unit)s: %(found)s %(span)s, written %(when)s.") % {
            "unit": wrong.unit_code, "found": _(OUTCOME_NAMES[check.outcome]),
            "span": show_span(check.at_from, check.at_to), "when": show_moment(check.recorded_at, now),
        }  # fmt: skip
        self.query_one("#mend-told", Static).update(shown(told, "$muted"))
        for part in self.query("#mend-instead, #outcome"):
            part.display = wrong.own

    def card_resident(self) -> int | None:
        return self._wrong.resident_id if self._wrong else None

    def fields(self) -> dict[str, str]:
        return {
            "reason": self.query_one("#reason", LineField).value, "outcome": self.query_one("#outcome", Choice).value
        }  # fmt: skip

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#reason", LineField).value = fields.get("reason", "")
        self.query_one("#outcome", Choice).value = fields.get("outcome", "")

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_save()

    async def save(self) -> CheckFacts | None:
        """Withdraw it, and put in its place what was found; beyond the agreement the reason is asked."""
        found = self.query_one("#outcome", Choice).value
        outcome = Outcome(found) if found and self._wrong is not None and self._wrong.own else None
        why = None
        if outcome is not None and self._wrong is not None and beyond(outcome, self._wrong.form):
            why = await self.app.push_screen_wait(BeyondDialog(self.desk, self._wrong.unit_code))
        typed = self.query_one("#reason", LineField).value
        return await self.ask(self._rounds.mend, self._entry_id, typed, outcome, why)

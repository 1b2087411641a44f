"""Emergency access: what it gives, until when, and that the leader sees it; then why."""

from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_moment
from staffbase.residents.emergency import REASON_LIMIT
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.text import lines, shown

if TYPE_CHECKING:
    from staffbase.residents.emergency import Emergency
    from staffbase.residents.service import Residents


class EmergencyDialog(FormDialog[datetime]):
    """Asks why. Answers until when everything of the resident is open."""

    title_text = N_("Emergency access")
    AUTO_FOCUS = "#reason"

    def __init__(self, desk: Desk, emergency: "Emergency", residents: "Residents", resident_id: int) -> None:
        super().__init__(desk)
        self._emergency, self._residents, self._resident_id = emergency, residents, resident_id
        self.form_name = f"emergency:{resident_id}"

    def compose_form(self) -> ComposeResult:
        yield Static(id="gives")
        yield LineField(id="reason", placeholder=_("why, in a few words"), max_length=REASON_LIMIT)
        yield Static(_("ctrl+s or enter opens · esc: nothing is opened"), classes="hint")

    def on_mount(self) -> None:
        self._tell()

    @job()
    async def _tell(self) -> None:
        facts = await self.ask(self._residents.anybody, self._resident_id)
        reach = await self.ask(self._emergency.reach, self._resident_id)
        who = f"{facts.unit_code} {facts.alias}".strip()
        until = reach.opened_until or reach.would_last_until
        told = {"who": who, "until": show_moment(until, self.desk.clock.now()) if until else ""}
        gives = self.query_one("#gives", Static)
        if reach.opened_until is not None:
            gives.update(shown(_("All that was written about %(who)s is open to you until %(until)s.") % told))
            return
        gives.update(
            lines(
                shown(who, "bold"),
                shown(_("Opens all that was written about %(who)s until %(until)s: notes, old reports, incidents.") % told),
                shown(_("Your name and the reason stand in the resident's log, and the leader goes through it afterwards."), "$warning-text"),
                shown(_("Never needed for the crisis card, agreements, dangers, numbers, open tasks and the handover."), "$muted"),
                "",
            )
        )  # fmt: skip

    def fields(self) -> dict[str, str]:
        reason = self.query_one("#reason", LineField).value
        return {"reason": reason} if reason else {}

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#reason", LineField).value = fields.get("reason", "")

    def card_resident(self) -> int | None:
        return self._resident_id

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_save()

    async def save(self) -> datetime:
        reason = self.query_one("#reason", LineField).value
        return await self.ask(self._emergency.open, self._resident_id, reason)

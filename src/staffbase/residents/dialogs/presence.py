"""Where a resident is: home, away, admitted or in prison. Everybody on shift says so."""

from textual import on
from textual.app import ComposeResult

from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_moment, read_until, show_day, show_moment
from staffbase.residents.dialogs.form import ResidentForm
from staffbase.residents.model import PRESENCE_NAMES, Presence
from staffbase.residents.rules import ResidentFacts, show_until
from staffbase.residents.service import Residents
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk


def presences(value: Presence, *, id: str) -> Choice:
    """A choice of where somebody is."""
    return Choice([(each, _(words)) for each, words in PRESENCE_NAMES.items()], value, id=id)


class PresenceDialog(ResidentForm):
    """Where, since when, and until when if somebody knows."""

    title_text = N_("Where is the resident?")
    AUTO_FOCUS = "#presence"

    def __init__(self, desk: Desk, residents: Residents, facts: ResidentFacts) -> None:
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}")
        self._facts = facts
        self.form_name = f"presence:{facts.id}"

    def compose_form(self) -> ComposeResult:
        yield self.row(_("where"), presences(self._facts.presence, id="presence"))
        yield self.row(_("since"), self.line("since", placeholder=_("now; 18:30; yesterday 22:10")), echo=True)
        yield self.row(_("until"), self.line("until", placeholder=_("tomorrow; fri 12:00; 09.01")), echo=True)
        yield self.row(_("words"), self.line("text", placeholder=_("with whom, which ward; may be empty"), limit=300))
        yield self.hint()

    @on(Choice.Changed, "#presence")
    def _home_stays(self) -> None:
        self.query_one("#until").disabled = self.typed("presence") == Presence.HOME

    def on_mount(self) -> None:
        self._home_stays()

    def read(self, field: str) -> str:
        now = self.desk.clock.now()
        if field == "since":
            return show_moment(read_moment(self.typed("since"), now, "since"), now)
        until = read_until(self.typed("until"), now)
        if self.typed("presence") == Presence.HOME:
            return ""
        return f"{show_day(until).split(maxsplit=1)[0]} {show_until(until)}" if until else _("nobody knows")

    async def save(self) -> bool:
        now = self.desk.clock.now()
        presence = Presence(self.typed("presence"))
        since = read_moment(self.typed("since"), now, "since") if self.typed("since").strip() else None
        until = None if presence is Presence.HOME else read_until(self.typed("until"), now)
        await self.ask(self._residents.set_presence, self._resident_id or 0, presence, since, until, self.typed("text"))
        return True

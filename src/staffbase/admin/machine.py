"""The dialog about this machine: when it locks, when the alarm goes and what it runs, language, colours, how it opens."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Label, Static

from staffbase.admin.forms import FactsForm
from staffbase.admin.service import CHANGES, COMMAND_LIMIT, MachineFacts, check_command, said
from staffbase.kernel.clock import local
from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.settings import LANGUAGE_NAMES, SETTINGS_FILE, THEME_NAMES, UNLOCK_NAMES, Where, variable
from staffbase.rounds.alarm import run_command
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.admin.service import Machine

LABELS = {
    "idle_lock_minutes": N_("minutes to the lock"),
    "crisis_lock_minutes": N_("… with a card open"),
    "walk_minutes": N_("minutes for a walk"),
    "alarm_command": N_("the alarm runs"),
    "language": N_("language"),
    "theme": N_("colours"),
    "unlock": N_("the station opens"),
}
_NAMES = {"language": LANGUAGE_NAMES, "theme": THEME_NAMES, "unlock": UNLOCK_NAMES}


class MachineDialog(FactsForm):
    """The settings, each with where it comes from; the alarm command can be tried before it is saved."""

    AUTO_FOCUS = "LineField:enabled"
    form_name = "machine"
    DEFAULT_CSS = """
    MachineDialog .where { width: auto; min-width: 10; padding: 0 0 0 2; color: $muted; }
    """
    BINDINGS = [
        Binding("ctrl+t", "try_alarm", N_("Try the alarm"), tooltip=N_("Run the alarm command now, as it is typed here"), id="machine.try", priority=True),
    ]  # fmt: skip

    def __init__(self, desk: Desk, machine: "Machine", facts: MachineFacts) -> None:
        super().__init__(desk, _fields(facts))
        self._machine, self._where = machine, facts.where
        self._changes: dict[str, int | str] = {}

    def dialog_title(self) -> str:
        return _("Settings of this computer")

    def compose_fields(self) -> ComposeResult:
        for name in CHANGES:
            if name == "alarm_command":
                field: Widget = LineField(
                    self._was[name], id=name, max_length=COMMAND_LIMIT, placeholder=_("empty: only this room hears")
                )
            elif name in _NAMES:
                field = Choice([(value, _(words)) for value, words in _NAMES[name].items()], self._was[name], id=name)
            else:
                field = LineField(self._was[name], id=name, max_length=4, classes="number")
            field.disabled = self._where[name] is Where.ENVIRONMENT
            yield Horizontal(
                Label(self.label(name)), field, Static(shown(self._origin(name)), classes="where"), classes="row"
            )

    def _origin(self, name: str) -> str:
        match self._where[name]:
            case Where.ENVIRONMENT:
                return variable(name)
            case Where.FILE:
                return SETTINGS_FILE
            case Where.NOWHERE:
                return _("as it comes")

    def hint(self) -> str:
        return _("Language and colours change at once, the rest from the next lock, walk or start. ctrl+t tries the alarm command now: the phone it rings should be told.")  # fmt: skip

    def label(self, field: str) -> str:
        return _(LABELS[field])

    def words(self, field: str, value: str) -> str:
        return value if field == "alarm_command" else said(field, value)

    async def present(self) -> dict[str, str]:
        return _fields(await self.ask(self._machine.facts))

    async def store(self, typed: dict[str, str]) -> None:
        self._changes = await self.ask(self._machine.change, typed)

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Close; what was changed holds from now on, also on this screen."""
        if self._changes:
            self.app.call_later(self.desk.use_settings, self._changes)
            self._changes = {}
        return super().dismiss(result)

    @job(group="try-alarm")
    async def action_try_alarm(self) -> None:
        """Run it, and say how it went."""
        command = self.typed()["alarm_command"]
        try:
            if not command:
                self.say(_("There is no alarm command to try: only this room hears an alarm."))
                return
            check_command(command)
        except StaffbaseError as error:
            self.say(str(error))
            return
        self.say(_("The alarm command runs …"))
        now = f"{local(self.desk.clock.now()):%H:%M}"
        ended = await run_command(command, LEFT=now, DUE=now, TEST="1")
        await self.ask(self._machine.alarm_tried, ended)
        if ended == 0:
            self.say(_("The alarm command ran and says all went well. Did the message arrive?"))
        elif ended is None:
            self.say(_("The alarm command did not start, or did not end within 30 seconds."))
        else:
            self.say(_("The alarm command ran and failed, with code %(code)d.") % {"code": ended})


def _fields(facts: MachineFacts) -> dict[str, str]:
    return {name: str(getattr(facts.settings, name)) for name in CHANGES}

"""The Textual app: its keys, and the named actions by which screens open each other. It declares and wires, and does no work.

Who is signed in stands in `turns`, what it looks at each second in `watching`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from textual.app import ScreenStackError
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.widget import MountError

from staffbase.kernel import i18n
from staffbase.kernel.access import Permission
from staffbase.kernel.clock import Clock
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.settings import THEME_NAMES, Settings
from staffbase.opening import AsksFirst, Opener
from staffbase.ui.desk import Drafts
from staffbase.ui.job import job
from staffbase.ui.palette import AllProviders, Palette
from staffbase.ui.strip import StripFacts
from staffbase.ui.stylesheet import KitStylesheet
from staffbase.ui.themes import THEMES
from staffbase.watching import Watching


class StaffbaseApp(Watching):
    """staffbase in the terminal."""

    TITLE = "staffbase"
    CSS_PATH = ["ui/kit.tcss", "people/screen.tcss"]  # the door's with the kit's: read together, once
    COMMANDS = {AllProviders}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS = [
        Binding("1", "show_section('board')", N_("Board"), tooltip=N_("The whole house at a glance"), id="go.board", show=False),
        Binding("2", "show_section('rounds')", N_("Rounds"), tooltip=N_("Night rounds"), id="go.rounds"),
        Binding("3", "show_section('handover')", N_("Handover"), tooltip=N_("Shift report and my reading"), id="go.handover"),
        Binding("4", "show_section('notes')", N_("Notes"), tooltip=N_("What was written"), id="go.notes"),
        Binding("5", "show_section('crisis_plans')", N_("Crisis plans"), tooltip=N_("Crisis plans and their versions"), id="go.crisis-plans"),
        Binding("6", "show_section('tasks')", N_("Tasks"), tooltip=N_("What was promised"), id="go.tasks"),
        Binding("0", "show_section('admin')", N_("Administration"), tooltip=N_("Staff, residents, agreements, the house"), id="go.admin", show=False),
        Binding("question_mark", "keys", N_("Keys"), tooltip=N_("All keys that work here"), id="app.keys", key_display="?"),
        Binding("ctrl+p", "command_palette", N_("Palette"), tooltip=N_("Find a key or a resident by typing"), id="app.palette", priority=True, show=False),
        Binding("ctrl+l", "lock", N_("Lock"), tooltip=N_("Lock the screen"), id="app.lock", priority=True, show=False),
        Binding("ctrl+q", "quit", N_("Quit"), tooltip=N_("Close staffbase"), id="app.quit", priority=True, show=False),
    ]  # fmt: skip

    def __init__(self, settings: Settings, clock: Clock, opener: Opener, asks: AsksFirst = lambda _error: None) -> None:
        super().__init__(settings, clock, opener, asks)
        self.stylesheet = KitStylesheet(variables=self.get_css_variables())
        self.fault: Exception | None = None
        """What ended the program though it should not have."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme

    async def on_mount(self) -> None:
        self.add_mode("door", lambda: self._door)
        await self.switch_mode("door")  # not DEFAULT_MODE: with eager tasks its Input would mount too early
        self.call_after_refresh(self._open)  # the door is painted before the database libraries are loaded beside it
        self.set_interval(1.0, self._tick)
        self._tick()
        if not self.is_headless:
            self._listen_for_the_end()

    # -- what screens reach: the desk -----------------------------------------------------------------------------

    @property
    def drafts(self) -> Drafts:
        """Where half-typed text is kept."""
        return self._waiting

    @property
    def strip_facts(self) -> StripFacts:
        """What the strip says now."""
        return self._strip

    @property
    def pressed_at(self) -> float:
        """When the key in hand was pressed, on the station's clock."""
        return self.clock.monotonic_at(self.arrived_at)

    def offers(self, action: str) -> bool:
        """Whether a named action exists, and for this person."""
        if self._actor is None or self._sections is None:
            return False
        offer = self._sections.OFFERS.get(action)
        return offer is not None and self._actor.may(offer.permission)

    def _offer(self, action: str, about_id: int | None) -> None:
        if self.offers(action):
            again = partial(self._sections.OFFERS[action].make, self, self.station, about_id)
            screen = again()
            screen.again = again
            self.push_screen(screen)

    def open_card(self, resident_id: int) -> None:
        """Open the crisis card over whatever is there, also over a half-typed note."""
        self._offer("open_card", resident_id)

    def open_resident(self, resident_id: int) -> None:
        """Open the resident's page."""
        self._offer("open_resident", resident_id)

    def write_note(self, resident_id: int | None = None) -> None:
        """Open the note dialog."""
        self._offer("write_note", resident_id)

    def start_incident(self, resident_id: int | None = None) -> None:
        """Open the incident."""
        self._offer("start_incident", resident_id)

    def mend_check(self, entry_id: int) -> None:
        """Open the correction of an answer of a signed round."""
        self._offer("mend_check", entry_id)

    def extra_check(self, resident_id: int | None = None) -> None:
        """Open the extra check."""
        self._offer("extra_check", resident_id)

    def search(self) -> None:
        """Open the search."""
        self._offer("search", None)

    def who_is_on_duty(self) -> None:
        """Open the list of who is on duty."""
        self._offer("who_is_on_duty", None)

    def change_pin(self) -> None:
        """Let the person choose a new PIN."""
        self._offer("change_pin", None)

    def open_drafts(self) -> None:
        """Show the person's own drafts."""
        self._offer("open_drafts", None)

    def emergency_access(self, resident_id: int) -> None:
        """Ask why, and open what lies outside the person's own shifts."""
        self._offer("emergency_access", resident_id)

    def access_log(self, resident_id: int | None = None) -> None:
        """Show who opened what of a resident."""
        self._offer("access_log", resident_id)

    def hidden_entries(self) -> None:
        """Show what was moved or withdrawn."""
        self._offer("hidden_entries", None)

    def erase_entry(self, entry_id: int) -> None:
        """Open the decision to erase an entry."""
        self._offer("erase_entry", entry_id)

    def choose_resident(self, then: Callable[[int], None]) -> None:
        """Let the person pick a resident by unit or name."""
        if self._actor is not None:  # not while somebody chooses a PIN who is not signed in yet
            self._choose_resident(then)

    @job(group="choose")
    async def _choose_resident(self, then: Callable[[int], None]) -> None:
        chosen = await self.push_screen_wait(self._sections.resident_chooser(self, self.station))
        if chosen is not None:
            then(chosen)

    def show_section(self, name: str) -> None:
        """Go to a section."""
        self._go(name)

    def use_settings(self, changes: dict[str, int | str]) -> None:
        """Let changed settings hold from now on: colours and alarm at once, another language as soon as all is built in it."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]  # the service has checked them
        self.theme = self.settings.theme
        self._alarm.command = self.settings.alarm_command
        if self.settings.language != i18n.language():
            self._speak()

    def themes_to_choose(self) -> list[tuple[str, str, Callable[[], Any]]]:
        """The other themes, for the palette: what it is called, what it does, and doing it."""
        if self._actor is None:
            return []
        told = _("Theme of this computer, for everybody who uses it")
        return [
            (_("Colours: %(theme)s") % {"theme": _(words)}, told, partial(self._choose_theme, name))
            for name, words in THEME_NAMES.items()
            if name != self.theme
        ]

    @job(group="theme")
    async def _choose_theme(self, name: str) -> None:
        machine = self.station.machine(self.settings.home)
        self.use_settings(await asyncio.to_thread(machine.change_theme, self.actor, name))

    def lock(self) -> None:
        """Lock the screen; what is typed stays as drafts."""
        self._lock()

    # -- actions --------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "show_section":
            return self._actor is not None and str(parameters[0]) in self._modes
        if action == "lock":
            return self._actor is not None or self._choosing is not None
        return super().check_action(action, parameters)

    def action_show_section(self, name: str) -> None:
        self._go(name)

    @job(group="go")
    async def _go(self, name: str) -> None:
        if self._actor is not None and name in self._modes and name != self.current_mode:
            await self.switch_mode(name)
            await self._ways_back.go(self, name)

    def action_lock(self) -> None:
        self._lock()

    def action_command_palette(self) -> None:
        if not Palette.is_open(self):  # type: ignore[arg-type]  # it takes an app that answers with anything
            self.push_screen(Palette())

    def action_help_quit(self) -> None:
        """ctrl+c, pressed by habit: said in the person's language how one leaves."""
        self.notify(_("ctrl+q closes staffbase, ctrl+l locks the screen."), markup=False)

    def action_keys(self) -> None:
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def _handle_exception(self, error: Exception) -> None:
        """Keep the first fault to be told by its places; Textual's own account shows every value at hand."""
        if self._exit and isinstance(error, NoMatches | MountError | ScreenStackError):
            return  # what a screen misses that is taken away with the program is none
        self._empty_clipboard()
        super()._handle_exception(error)
        self._exit_renderables.clear()
        self.fault = self.fault or error

    async def residents_to_jump_to(self) -> list[tuple[str, Callable[[], Any]]]:
        """Residents by unit and name, for the palette."""
        if self._actor is None or not self._actor.may(Permission.SEE_RESIDENTS):
            return []
        doors = await asyncio.to_thread(self.station.residents.doors, self._actor)
        return [
            (f"{door.code} {door.resident.alias}", partial(self.open_resident, door.resident.id))
            for door in doors
            if door.resident is not None
        ]

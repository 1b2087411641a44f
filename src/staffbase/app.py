"""The Textual app: the door, the sections as modes, lock, alarm and idle time. It declares and wires, and does no work.

It is loaded before the first paint, so it imports nothing that knows the database; `sections` and the station come in a
thread while the PIN is typed.
"""

import asyncio
import math
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.binding import Binding
from textual.notifications import Notification, Notify
from textual.screen import Screen

from staffbase.kernel import garbage, i18n
from staffbase.kernel.access import STATION_ITSELF, Actor, Permission
from staffbase.kernel.clock import Clock, local
from staffbase.kernel.errors import DatabaseUnavailable, NobodySignedIn, NoStation, StaffbaseError
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.settings import THEME_NAMES, Settings
from staffbase.people.screen import DoorScreen, DoorState
from staffbase.ui.desk import Drafts
from staffbase.ui.dialog import FormDialog
from staffbase.ui.in_order import InOrder
from staffbase.ui.job import job
from staffbase.ui.palette import AllProviders, Palette
from staffbase.ui.screen import StaffScreen
from staffbase.ui.small import is_blind, watch_size
from staffbase.ui.strip import StripFacts
from staffbase.ui.stylesheet import KitStylesheet
from staffbase.ui.text import harmless
from staffbase.ui.themes import THEMES

if TYPE_CHECKING:
    from staffbase.station import Station

IDLE_WARNING_SECONDS = 30
"""How long before the idle lock the countdown begins."""
SETTLE_SECONDS = 1.5
"""How long after opening the other screens are loaded: a PIN typed at once finds the machine free for the board."""
ALARM_AGAIN_SECONDS = 60
"""How long the alarm leaves the door free for a PIN before it covers everything again."""


@dataclass(frozen=True)
class Opened:
    """What opening brought: the station, and for the demo who is signed in and the PINs to show."""

    station: "Station"
    actor: Actor | None = None
    pins: tuple[tuple[str, str], ...] = ()


Opener = Callable[[Callable[[str], None]], Opened]
"""Opens the station, in a thread; gets a function that says on the door what goes on."""
AsksFirst = Callable[[StaffbaseError], Screen[Opened] | None]
"""The screen that asks for what the opener lacked (set-up, passphrase, recovery identity), if it can be asked for."""


class StaffbaseApp(InOrder[int]):
    """staffbase in the terminal."""

    TITLE = "staffbase"
    CSS_PATH = ["ui/kit.tcss", "people/screen.tcss"]  # the door's with the kit's: read together, once
    COMMANDS = {AllProviders}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS = [
        Binding("1", "show_section('board')", N_("Board"), tooltip=N_("The whole house at a glance"), id="go.board", show=False),
        Binding("2", "show_section('rounds')", N_("Rounds"), tooltip=N_("Night rounds"), id="go.rounds", show=False),
        Binding("3", "show_section('handover')", N_("Handover"), tooltip=N_("Shift report and my reading"), id="go.handover", show=False),
        Binding("4", "show_section('notes')", N_("Notes"), tooltip=N_("What was written"), id="go.notes", show=False),
        Binding("5", "show_section('crisis_plans')", N_("Crisis plans"), tooltip=N_("Crisis plans and their versions"), id="go.crisis-plans", show=False),
        Binding("6", "show_section('tasks')", N_("Tasks"), tooltip=N_("What was promised"), id="go.tasks", show=False),
        Binding("0", "show_section('admin')", N_("Administration"), tooltip=N_("Staff, residents, agreements, the house"), id="go.admin", show=False),
        Binding("question_mark", "keys", N_("Keys"), tooltip=N_("All keys that work here"), id="app.keys", key_display="?"),
        Binding("ctrl+p", "command_palette", N_("Palette"), tooltip=N_("Find a key or a resident by typing"), id="app.palette", priority=True, show=False),
        Binding("ctrl+l", "lock", N_("Lock"), tooltip=N_("Lock the screen"), id="app.lock", priority=True, show=False),
        Binding("ctrl+q", "quit", N_("Quit"), tooltip=N_("Close staffbase"), id="app.quit", priority=True, show=False),
    ]  # fmt: skip

    def __init__(self, settings: Settings, clock: Clock, opener: Opener, asks: AsksFirst = lambda _error: None) -> None:
        super().__init__()
        self.stylesheet = KitStylesheet(variables=self.get_css_variables())
        self.settings = settings
        self.clock = clock
        self._opener = opener
        self._asks = asks
        self._station: Station | None = None
        self._sections: Any = None
        self._actor: Actor | None = None
        self._apart: Actor | None = None
        """Acts without being signed in: changing a one-time PIN, or keeping drafts behind a door that is shut already."""
        self._turning = asyncio.Lock()
        """One person leaves or enters at a time, so that a draft is never kept under the next one's name."""
        self._last: Actor | None = None
        self._built_for: Actor | None = None
        """Whose screens stand: with another role they are others."""
        self._resume_mode = "board"
        self._strip = StripFacts()
        self._mark = -1
        self._minute = ""
        self._last_key = clock.monotonic()
        self._countdown: Notification | None = None
        """Says how long it is until the screen locks, while it soon does."""
        self._looking = False
        self._walk: Any = None
        """The walk under way, as last read: the alarm must not need the database."""
        self._complained = False
        self._backing_up = False
        self._backup_looked_at = ""
        self._backup_told = ""
        self._interrupted: set[tuple[int, str]] = set()
        """Who was interrupted by what already."""
        self._left_drafts = False
        self._door = DoorScreen(self._sign_in)
        self._alarm: Any = None
        self._stands = False
        self._alarm_left_at = 0.0
        self.failure: StaffbaseError | None = None
        self.fault: Exception | None = None
        """What ended the program though it should not have."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme

    # -- what screens reach: the desk -----------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """Who is signed in. Raises NobodySignedIn."""
        actor = self._actor or self._apart
        if actor is None:
            raise NobodySignedIn(_("Nobody is signed in."))
        return actor

    @property
    def station(self) -> "Station":
        """The open station."""
        if self._station is None:
            raise NoStation(_("One moment: the station is opening."))
        return self._station

    @property
    def drafts(self) -> Drafts:
        """Where half-typed text is kept."""
        return self.station.journal

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

    def _offer(self, action: str, resident_id: int | None) -> None:
        if self.offers(action):
            self.push_screen(self._sections.OFFERS[action].make(self, self.station, resident_id))

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

    def choose_resident(self, then: Callable[[int], None]) -> None:
        """Let the person pick a resident by unit or name."""
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

    @job(group="language")
    async def _speak(self) -> None:
        """Everything on the screen is built anew in the language, as for another person; what is typed stays as drafts."""
        actor, mode = self._actor, self.current_mode
        if actor is None:
            return
        await self._keep_drafts()
        async with self._turning:
            await self.switch_mode("door")
            i18n.use(self.settings.language)
            self._strip = await asyncio.to_thread(self.station.board.strip, actor)
            facts = await asyncio.to_thread(self.station.board.door, STATION_ITSELF)
            await self._rebuild(actor)
            await self.switch_mode(mode)
            await self.remove_mode("door")
            state = replace(self._door.state, facts=facts, note="")
            self._door = DoorScreen(self._sign_in)
            self._door.state = state
            self.add_mode("door", lambda: self._door)

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

    @property
    def ready(self) -> bool:
        """Whether the station is open, and whoever was to be signed in stands at the board."""
        return self._stands

    # -- opening --------------------------------------------------------------------------------------------------

    async def on_mount(self) -> None:
        self.add_mode("door", lambda: self._door)
        await self.switch_mode("door")  # not DEFAULT_MODE: with eager tasks its Input would mount too early
        self.call_after_refresh(self._open)  # the door is painted before the database libraries are loaded beside it
        self.set_interval(1.0, self._tick)
        self._tick()
        if not self.is_headless:  # a shutdown of the PC, or a window that was closed
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self._told_to_end)

    @job(group="open", behind=True)
    async def _open(self) -> None:
        door = self._door
        door.state = replace(door.state, note=_("The station is opening."))
        try:
            opened = await self._let_in()
        except StaffbaseError as error:
            self.failure = error
            self.exit(error.exit_code)
            return
        await self._opened(opened)

    async def _let_in(self) -> Opened:
        """The open station; what must be said first is asked on a screen of its own."""
        try:
            return await asyncio.to_thread(self._load)
        except StaffbaseError as error:
            screen = self._asks(error)
            if screen is None:
                raise
            garbage.wake()
            return await self.push_screen_wait(screen)

    def _load(self) -> Opened:
        from staffbase import sections  # noqa: PLC0415  (knows the database; loaded after the first paint)

        self._sections = sections
        return self._opener(lambda said: self.call_from_thread(self._say_at_door, said))

    def _say_at_door(self, said: str) -> None:
        self._door.state = replace(self._door.state, note=said)

    async def _opened(self, opened: Opened) -> None:
        self._station = opened.station
        self._alarm = self._sections.Alarm(self.settings.alarm_command)
        facts = await asyncio.to_thread(opened.station.board.door, STATION_ITSELF)
        self._door.state = DoorState(facts=facts, ready=True, pins=opened.pins)
        if opened.actor is not None:
            await self._enter(opened.actor)
        self._stands = True
        self.set_timer(SETTLE_SECONDS, self._settle)

    @job(group="settle", behind=True)
    async def _settle(self) -> None:
        """What need not be there before the first look at the board."""
        garbage.wake()
        await asyncio.to_thread(self._sections.load_all)

    # -- signing in and locking -----------------------------------------------------------------------------------

    async def _sign_in(self, person_id: int, pin: str) -> None:
        async with self._turning:
            signed = await asyncio.to_thread(self.station.people.sign_in, STATION_ITSELF, person_id, pin)
            if signed.must_change_pin and not await self._changed_pin(signed.actor, pin):
                return
            await self._enter(signed.actor)

    async def _changed_pin(self, actor: Actor, pin: str) -> bool:
        """Ask for a PIN of one's own; until it is there nobody is signed in and nothing opens."""
        from staffbase.people.dialogs import ChangePinDialog  # noqa: PLC0415

        self._apart = actor
        try:
            dialog = ChangePinDialog(self, self.station.people, pin)
            changed: bool | None = await self.push_screen_wait(dialog)
            return changed is True
        finally:
            self._apart = None

    async def _enter(self, actor: Actor) -> None:
        """Everything that can fail comes before anybody counts as signed in."""
        self._strip = await asyncio.to_thread(self.station.board.strip, actor)
        came_back = await self._came_back(actor)
        self._actor = self._last = actor
        self._last_key = self.clock.monotonic()
        if self._built_for != actor:
            await self._rebuild(actor)
        self.switch_mode("rounds" if came_back else self._resume_mode)
        self._ask_duty()

    async def _came_back(self, actor: Actor) -> bool:
        """The walker's PIN ends the walk."""
        if not actor.may(Permission.ROUND):
            return False
        walk = await asyncio.to_thread(self.station.rounds.walk_under_way, actor)
        if walk is None or walk.walker_id != actor.person_id:
            return False
        await asyncio.to_thread(self.station.rounds.come_back, actor)
        return True

    async def _rebuild(self, actor: Actor) -> None:
        """Another person gets new screens; dialogs of the one before live on as that person's drafts."""
        for name, section in self._sections.SECTIONS.items():
            if name in self._modes:
                await self.remove_mode(name)
            if section.opens_to(actor):
                self.add_mode(name, partial(self._sections.screen_of, name, self, self.station))
        self._built_for = actor
        self._resume_mode = "board"

    @job(group="duty")
    async def _ask_duty(self) -> None:
        from staffbase.people.dialogs import ask_duty  # noqa: PLC0415

        await ask_duty(self, self, self.station.people)

    @job(group="lock")
    async def _lock(self) -> None:
        """Shut the door first; whatever may fail or take its time comes after."""
        actor, self._actor = self._actor, None
        if actor is None:
            return
        self._resume_mode = self.current_mode
        for screen in (screen for stack in self._screen_stacks.values() for screen in stack):
            if isinstance(screen, StaffScreen):
                screen.forget_choice()
        forms = [screen for screen in self.screen_stack if isinstance(screen, FormDialog)]
        self._door.state = replace(self._door.state, note="", locked_by=actor.person_id)
        self.clear_notifications()  # they may tell of residents
        await self.switch_mode("door")
        self._door.locked(actor.person_id)
        async with self._turning:
            self._apart = actor
            try:
                for form in forms:
                    await form.keep_draft()
            finally:
                self._apart = None
        await self._look_at_door()

    async def _look_at_door(self) -> None:
        facts = await asyncio.to_thread(self.station.board.door, STATION_ITSELF)
        self._door.state = replace(
            self._door.state, facts=facts, note="", locked_by=self._last.person_id if self._last else None
        )

    # -- time -----------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        if not self.screen_stack:  # the app is closing
            return
        now = local(self.clock.now())
        self._door.clock_text = now.strftime("%H:%M   %d.%m.%Y")
        self._watch_idle()
        self._watch_size()
        self._watch_backup(now.strftime("%H:%M"))
        if self._station is not None and not self._looking:  # a slow look is waited for, never cut short by the next
            self._looking = True
            self._look(now.strftime("%H:%M"))

    def _watch_backup(self, minute: str) -> None:
        """Once a minute: whether the nightly backup is due, also while nobody is signed in."""
        if self._stands and minute != self._backup_looked_at and not self._backing_up:
            self._backup_looked_at = minute
            self._backing_up = True
            self._back_up()

    @job(group="backup", behind=True)
    async def _back_up(self) -> None:
        backups = self.station.automatic_backups(self.settings)
        try:
            if await asyncio.to_thread(backups.due, STATION_ITSELF):
                await asyncio.to_thread(backups.take, STATION_ITSELF)
                self._backup_told = ""
        except StaffbaseError as error:  # said once; the board warns as long as it lasts
            if self._backup_told != str(error):
                self._backup_told = str(error)
                raise
        finally:
            self._backing_up = False

    @job(group="tick", behind=True)
    async def _look(self, minute: str) -> None:
        try:
            await self._see_changes(minute)
            self._complained = False
        except DatabaseUnavailable as error:
            if not self._complained:
                self._complained = True
                self.notify(str(error), severity="error", markup=False, timeout=12)
        finally:
            self._looking = False
            await self._watch_walk()

    async def _see_changes(self, minute: str) -> None:
        mark = await asyncio.to_thread(self.station.database.change_mark)
        if mark == self._mark and minute == self._minute:
            return
        self._walk = await asyncio.to_thread(self.station.rounds.walk_under_way, STATION_ITSELF)
        actor = self._actor  # whoever it is now; the door may be shut while the database answers
        if actor is None:
            await self._look_at_door()
        elif not await asyncio.to_thread(self.station.people.still, STATION_ITSELF, actor):
            self.lock()  # whoever left, or is something else by now, goes on as what they are: by the door
        else:
            self._strip = await asyncio.to_thread(self.station.board.strip, actor)
            for screen in self.screen_stack:
                if isinstance(screen, StaffScreen):
                    screen.show_strip()
            if isinstance(self.screen, StaffScreen):
                self.screen.see_changes()
            await self._interrupt(actor)
        if minute != self._minute:
            await asyncio.to_thread(self.station.rounds.renew_agreements, STATION_ITSELF)
        self._mark, self._minute = mark, minute

    async def _interrupt(self, actor: Actor) -> None:
        """Urgent entries and a round window about to pass are said over whatever one is doing, once to each person."""
        if not actor.may(Permission.READ):
            return
        for one in await asyncio.to_thread(self.station.board.interruptions, actor):
            if (actor.person_id, one.key) not in self._interrupted and self._actor == actor:
                self._interrupted.add((actor.person_id, one.key))
                self.notify(harmless(one.words), severity="error", markup=False, timeout=20)

    async def _watch_walk(self) -> None:
        walk, now = self._walk, self.clock.now()
        standing = [screen for screen in self.screen_stack if isinstance(screen, self._sections.AlarmScreen)]
        if walk is None or not walk.overdue(now):
            self._alarm_left_at = 0.0
            if standing and standing[-1] is self.screen_stack[-1]:  # dismissing takes the topmost, whoever asks
                await standing[-1].dismiss(None)
            return
        if self._alarm.due(walk, now):
            self.run_worker(self._alarm.run(walk, now), group="alarm-command")
        quiet = self._alarm_left_at and self.clock.monotonic() - self._alarm_left_at < ALARM_AGAIN_SECONDS
        if not standing and not quiet:
            self._alarm_on_top(walk)

    def _alarm_on_top(self, walk: Any) -> None:
        def left(to_door: bool | None) -> None:
            if to_door:
                self._alarm_left_at = self.clock.monotonic()
                self._lock()

        facts = self._door.state.facts
        told = ", ".join(filter(None, (facts.house, facts.address, facts.entrance)))
        oncall = " ".join(filter(None, (facts.oncall_name, facts.oncall_phone)))
        self.push_screen(self._sections.AlarmScreen(self, walk, told, oncall), left)

    def _watch_idle(self) -> None:
        if self._actor is None:
            return
        crisis = any(getattr(screen, "CRISIS", False) for screen in self.screen_stack)
        minutes = self.settings.crisis_lock_minutes if crisis else self.settings.idle_lock_minutes
        left = minutes * 60 - (self.clock.monotonic() - self._last_key)
        if left <= 0:
            self._lock()
        elif left <= IDLE_WARNING_SECONDS:
            self._count_down(math.ceil(left))

    def _count_down(self, seconds: int) -> None:
        """One message that counts; never two, and none once a key has kept the screen open."""
        self._stop_countdown(refresh=False)
        words = ngettext(
            "The screen locks in %(count)d second. Any key keeps it open.",
            "The screen locks in %(count)d seconds. Any key keeps it open.",
            seconds,
        )
        self._countdown = Notification(
            words % {"count": seconds}, severity="warning", markup=False, timeout=seconds + 1
        )
        self.post_message(Notify(self._countdown))

    def _stop_countdown(self, *, refresh: bool = True) -> None:
        if self._countdown is not None:
            self._unnotify(self._countdown, refresh)
            self._countdown = None

    def arrives(self, event: events.Event) -> bool:
        """A key keeps the screen open, and goes nowhere while the terminal is too small to see what it does."""
        if isinstance(event, events.Key | events.MouseDown | events.Paste):
            self._last_key = self.clock.monotonic()
            self._stop_countdown()
        return not is_blind(self, event)

    async def on_event(self, event: events.Event) -> None:
        await super().on_event(event)
        if isinstance(event, events.Resize):
            self._watch_size()

    def _watch_size(self) -> None:
        """A window that is too small says so; only the alarm stands in any."""
        alarm = self._sections is not None and isinstance(self.screen, self._sections.AlarmScreen)
        watch_size(self, spare=alarm)

    # -- actions --------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "show_section":
            return self._actor is not None and str(parameters[0]) in self._modes
        if action == "lock":
            return self._actor is not None
        return super().check_action(action, parameters)

    def action_show_section(self, name: str) -> None:
        self._go(name)

    @job(group="go")
    async def _go(self, name: str) -> None:
        if self._actor is not None and name in self._modes and name != self.current_mode:
            await self.switch_mode(name)

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

    async def action_quit(self) -> None:
        try:
            await self._keep_drafts()
        except StaffbaseError as error:
            if not self._left_drafts:
                self._left_drafts = True
                said = _("%(why)s Press ctrl+q once more to quit without what is typed here.")
                self.notify(said % {"why": error}, severity="error", markup=False, timeout=12)
                return
        self.exit(0)

    async def _keep_drafts(self) -> None:
        """Keep what is typed in any open form. Raises StaffbaseError when one cannot be kept."""
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, FormDialog) and self._actor is not None:
                    await screen.keep_draft()

    @job(group="end")
    async def _told_to_end(self) -> None:
        """There is nobody to ask: what can be kept is kept, and the terminal is given back as it was."""
        try:
            await self._keep_drafts()
        finally:
            self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the first fault to be told by its places; Textual's own account shows every value at hand."""
        super()._handle_exception(error)
        self._exit_renderables.clear()
        self.fault = self.fault or error

    def close_station(self) -> None:
        """Close the database, if it was opened; the WAL is folded into the file."""
        if self._station is not None:
            self._station.close()

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

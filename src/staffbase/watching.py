"""What the app looks at each second: what changed, who must be interrupted, the walk and its alarm, idle time, and what is done by night."""

import asyncio
import math
from datetime import time
from functools import partial
from typing import Any

from textual import events
from textual.notifications import Notification, Notify

from staffbase.damage import Damage
from staffbase.kernel.access import STATION_ITSELF, Actor, Permission
from staffbase.kernel.clock import Clock, local
from staffbase.kernel.errors import DatabaseDamaged, DatabaseUnavailable, NobodySignedIn, StaffbaseError
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.settings import Settings
from staffbase.opening import AsksFirst, Opener
from staffbase.ui.job import FoundDamaged, job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.small import is_blind, watch_size
from staffbase.ui.text import harmless

IDLE_WARNING_SECONDS = 30
"""How long before the idle lock the countdown begins."""
BACKUP_MINUTES = 10
"""How long the rest of the night waits for a backup; no other is begun while it goes on."""
ALARM_AGAIN_SECONDS = 60
"""How long the alarm leaves the door free for a PIN before it covers everything again."""


class Watching(Damage):
    """The app as far as it acts by itself, whoever is signed in or nobody."""

    def __init__(self, settings: Settings, clock: Clock, opener: Opener, asks: AsksFirst) -> None:
        super().__init__(settings, clock, opener, asks)
        self._mark = -1
        self._minute = ""
        self._countdown: Notification | None = None
        """Says how long it is until the screen locks, while it soon does."""
        self._looking = False
        self._walk: Any = None
        """The walk under way, as last read: the alarm must not need the database."""
        self._complained = False
        self._at_night = False
        self._night_looked_at = ""
        self._night_told: dict[str, str] = {}
        self._interrupted: set[tuple[int, str]] = set()
        """Who was interrupted by what already."""
        self._alarm_left_at = 0.0

    def _tick(self) -> None:
        if not (self.is_running and self.screen_stack):  # the app is closing
            return
        now = local(self.clock.now())
        self._door.clock_text = now.strftime("%H:%M   %d.%m.%Y")
        self._watch_idle()
        self._take_lost_size()
        self._watch_size()
        self._watch_night(now.strftime("%H:%M"))
        self._watch_waiting(now.strftime("%H:%M"))
        if self._station is not None and not self._looking:  # a slow look is waited for, never cut short by the next
            self._looking = True
            self._look(now.strftime("%H:%M"))
        elif self._station is None and self._walk is not None:  # it is closed for a backup: whoever is out still is
            self._look_who_is_out()
        self._offer_way_back()

    def _take_lost_size(self) -> None:
        """Take a size that Textual lost: it waits 1/120 s by a timer that a busy machine lets it pass over.

        Neither that size nor any later one would be taken.
        """
        timer = self._resize_timer
        if self._resize_event is not None and timer is not None and timer._task is not None and timer._task.done():  # noqa: SLF001  (Textual's own)
            self._check_resize()

    def _watch_night(self, minute: str) -> None:
        """Once a minute: whether what is done by night is due, also while nobody is signed in."""
        if self._stands and minute != self._night_looked_at and not self._at_night:
            just_started, self._night_looked_at = not self._night_looked_at, minute
            self._at_night = True
            self._by_night(just_started=just_started)

    @job(group="night", behind=True)
    async def _by_night(self, *, just_started: bool) -> None:
        """What an erasure left, a backup, and a verification after it; where one fails the other has its turn all the same.

        What fails is said once, and the board warns as long as it lasts. Whoever has just started the station waits for
        the board, so nothing is computed beside it.
        """
        try:
            for work in (self._back_up,) if just_started else (self._sweep, self._back_up, self._verify):
                try:
                    if await work():
                        self._night_told.pop(work.__name__, None)
                except StaffbaseError as error:
                    if self._night_told.get(work.__name__) != str(error):
                        self._night_told[work.__name__] = str(error)
                        self.notify(str(error), severity="error", markup=False, timeout=12)
        finally:
            self._at_night = False

    async def _sweep(self) -> bool:
        return await asyncio.to_thread(self.station.sweeping.do, STATION_ITSELF)

    async def _back_up(self) -> bool:
        """A drive that stops answering in the middle holds up neither the rest of the night nor the end of the program."""
        backups = self.station.automatic_backups(self.settings)
        due = await asyncio.to_thread(backups.due, STATION_ITSELF)
        if due:
            try:
                await asyncio.wait_for(asyncio.wrap_future(backups.begin(STATION_ITSELF)), BACKUP_MINUTES * 60)
            except TimeoutError as error:
                told = {"folder": backups.folder, "minutes": BACKUP_MINUTES}
                raise DatabaseUnavailable(
                    _("The backup to %(folder)s is still under way after %(minutes)d minutes: does the drive answer?")
                    % told
                ) from error
        return due

    async def _verify(self) -> bool:
        verifications, at = self.station.verifications, time.fromisoformat(self.settings.backup_at)
        due = await asyncio.to_thread(verifications.due, STATION_ITSELF, at)
        if due:
            await asyncio.to_thread(verifications.verify, STATION_ITSELF, self._while_open, beside=self.settings)
        return due

    def _while_open(self, _done: int, _of: int) -> None:
        """Ends what a thread computes when the program is closed: nobody waits for it, and it begins anew next time."""
        if not self.is_running:
            raise NobodySignedIn(_("Nobody is signed in."))

    @job(group="tick", behind=True)
    async def _look(self, minute: str) -> None:
        try:
            await self._see_changes(minute)
            self._complained = False
        except (DatabaseUnavailable, DatabaseDamaged) as error:
            if not self._complained:
                self._complained = True
                self.notify(str(error), severity="error", markup=False, timeout=12)
            if isinstance(error, DatabaseDamaged):
                self.post_message(FoundDamaged(error))
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
            if self._actor != actor:  # another signed in while the database answered
                return
            self._lock()  # whoever left, or is something else by now, goes on as what they are: by the door
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

    @job(group="tick", behind=True)
    async def _look_who_is_out(self) -> None:
        await self._watch_walk()

    async def _watch_walk(self) -> None:
        walk, now, seconds = self._walk, self.clock.now(), self.clock.monotonic()
        standing = [screen for screen in self.screen_stack if isinstance(screen, self._sections.AlarmScreen)]
        if walk is None or not self._alarm.overdue(walk, now, seconds):
            self._alarm_left_at = 0.0
            if standing and standing[-1] is self.screen_stack[-1]:  # dismissing takes the topmost, whoever asks
                await standing[-1].dismiss(None)
            return
        if self._alarm.due(walk, seconds):
            self.run_worker(partial(self._alarm.run, walk, seconds), group="alarm-command")
        quiet = self._alarm_left_at and seconds - self._alarm_left_at < ALARM_AGAIN_SECONDS
        if not standing and not quiet:
            self._alarm_on_top(walk)

    def _alarm_on_top(self, walk: Any) -> None:
        def left(to_door: bool | None) -> None:
            if to_door:
                self._alarm_left_at = self.clock.monotonic()
                self._lock()

        facts = self._door.state.facts
        where = ", ".join(filter(None, (facts.house, facts.address)))
        told = "\n".join(filter(None, (where, facts.entrance)))
        oncall = " ".join(filter(None, (facts.oncall_name, facts.oncall_phone)))
        self.push_screen(self._sections.AlarmScreen(self, walk, told, oncall), left)

    @property
    def idle_seconds(self) -> float:
        """How long ago the last key was pressed."""
        return self.clock.monotonic() - self._last_key

    def _watch_idle(self) -> None:
        if self._actor is None and self._choosing is None:
            return
        crisis = any(getattr(screen, "CRISIS", False) for screen in self.screen_stack)
        minutes = self.settings.crisis_lock_minutes if crisis else self.settings.idle_lock_minutes
        left = minutes * 60 - self.idle_seconds
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
        if isinstance(event, events.Resize) and self.screen_stack:
            self._watch_size()

    def _watch_size(self) -> None:
        """A window that is too small says so; only the alarm stands in any."""
        alarm = self._sections is not None and isinstance(self.screen, self._sections.AlarmScreen)
        watch_size(self, spare=alarm)

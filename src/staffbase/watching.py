"""What the app looks at each second: what changed, who must be interrupted, the walk and its alarm, idle time, the backup."""

import asyncio
import math
from typing import Any

from textual import events
from textual.notifications import Notification, Notify

from staffbase.kernel.access import STATION_ITSELF, Actor, Permission
from staffbase.kernel.clock import Clock, local
from staffbase.kernel.errors import DatabaseUnavailable, StaffbaseError
from staffbase.kernel.i18n import ngettext
from staffbase.kernel.settings import Settings
from staffbase.turns import AsksFirst, Opener, Turns
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.small import is_blind, watch_size
from staffbase.ui.text import harmless

IDLE_WARNING_SECONDS = 30
"""How long before the idle lock the countdown begins."""
ALARM_AGAIN_SECONDS = 60
"""How long the alarm leaves the door free for a PIN before it covers everything again."""


class Watching(Turns):
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
        self._backing_up = False
        self._backup_looked_at = ""
        self._backup_told = ""
        self._interrupted: set[tuple[int, str]] = set()
        """Who was interrupted by what already."""
        self._alarm_left_at = 0.0

    def _tick(self) -> None:
        if not (self.is_running and self.screen_stack):  # the app is closing
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
        if isinstance(event, events.Resize) and self.screen_stack:
            self._watch_size()

    def _watch_size(self) -> None:
        """A window that is too small says so; only the alarm stands in any."""
        alarm = self._sections is not None and isinstance(self.screen, self._sections.AlarmScreen)
        watch_size(self, spare=alarm)

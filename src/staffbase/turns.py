"""Who is signed in: one person enters or leaves at a time, and the screen locks.

It is loaded before the first paint, so it imports nothing that knows the database.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF, Actor, Permission
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import NobodySignedIn, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings
from staffbase.leaving import Leaving
from staffbase.opening import AsksFirst, Opener
from staffbase.people.screen import DoorScreen
from staffbase.ui.forgetting import forget_painted
from staffbase.ui.job import job
from staffbase.ui.strip import StripFacts
from staffbase.ui.ways_back import WaysBack

if TYPE_CHECKING:
    from staffbase.people.dialogs import ChangePinDialog


class Turns(Leaving):
    """The app as far as it is about who stands at it."""

    def __init__(self, settings: Settings, clock: Clock, opener: Opener, asks: AsksFirst) -> None:
        super().__init__(settings, clock, opener, asks)
        self._actor: Actor | None = None
        self._apart: Actor | None = None
        """Acts without being signed in: changing a one-time PIN, or ending what is being saved behind a door that is shut already."""
        self._choosing: ChangePinDialog | None = None
        """Asks somebody who is not signed in yet for a PIN of their own."""
        self._turning = asyncio.Lock()
        """One person leaves or enters at a time, so that a draft is never kept under the next one's name."""
        self._last: Actor | None = None
        self._built_for: Actor | None = None
        """Whose screens stand: with another role they are others."""
        self._ways_back = WaysBack()
        """Where that person comes back after a lock."""
        self._resume_mode = "board"
        self._strip = StripFacts()
        self._last_key = clock.monotonic()

    @property
    def actor(self) -> Actor:
        """Who is signed in. Raises NobodySignedIn."""
        actor = self._actor or self._apart
        if actor is None:
            raise NobodySignedIn(_("Nobody is signed in."))
        return actor

    # -- signing in and locking -----------------------------------------------------------------------------------

    async def _sign_in(self, person_id: int, pin: str) -> None:
        async with self._turning:
            signed = await asyncio.to_thread(self.station.people.sign_in, STATION_ITSELF, person_id, pin)
            if signed.must_change_pin and not await self._changed_pin(signed.actor, pin):
                return
            await self._enter(signed.actor)

    async def _changed_pin(self, actor: Actor, pin: str) -> bool:
        """Ask for a PIN of one's own; until it is there nobody is signed in and nothing opens. A lock takes the question away."""
        from staffbase.people.dialogs import ChangePinDialog  # noqa: PLC0415

        self._apart = actor
        self._choosing = ChangePinDialog(self.desk, self.station.people, pin)
        try:
            changed: bool | None = await self.push_screen_wait(self._choosing)
            return changed is True
        finally:
            self._apart = self._choosing = None

    async def _enter(self, actor: Actor) -> None:
        """Everything that can fail comes before anybody counts as signed in."""
        self._strip = await asyncio.to_thread(self.station.board.strip, actor)
        came_back = await self._came_back(actor)
        with suppress(StaffbaseError):  # it waits on, and that is told
            await self._keep_waiting()
        self._actor = self._last = actor
        self._asked_to_quit = False
        self._last_key = self.clock.monotonic()
        if self._built_for != actor:
            await self._rebuild(actor)
        section = "rounds" if came_back else self._resume_mode
        self.switch_mode(section)
        await self._ways_back.go(self, section)
        if self._ways_back.left_a_draft:
            self._ways_back.left_a_draft = False
            self.notify(_("What you were typing is a draft: F7 goes on with it."), markup=False, timeout=8)
        self._tell_what_waits(actor)
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
        for name in self._sections.SECTIONS:
            if name in self._modes:
                await self.remove_mode(name)
        self._offer_sections(actor)
        self._ways_back.forget()
        self._resume_mode = "board"

    def _offer_sections(self, actor: Actor) -> None:
        """Each section that this person may open is built when it is first opened."""
        for name, section in self._sections.SECTIONS.items():
            if name not in self._modes and section.opens_to(actor):
                self.add_mode(name, partial(self._sections.screen_of, name, self, self.station))
        self._built_for = actor

    @job(group="duty")
    async def _ask_duty(self) -> None:
        from staffbase.people.dialogs import ask_duty  # noqa: PLC0415

        await ask_duty(self, self.desk, self.station.people)

    @job(group="lock")
    async def _lock(self) -> None:
        """Shut the door first; whatever may fail or take its time comes after: drafts are kept, then all screens go."""
        actor, self._actor = self._actor, None
        if actor is None:
            if self._choosing is not None:
                self._choosing.dismiss(None)
            return
        self._asked_to_quit = False
        self._resume_mode = self.current_mode
        self._door.state = replace(self._door.state, note=self._door_note, locked_by=actor.person_id)
        self.clear_notifications()  # they may tell of residents
        await self.switch_mode("door")
        self._door.locked(actor.person_id)
        async with self._turning:
            self._apart = actor
            try:
                await self._clear_desk(actor)
            finally:
                self._apart = None
        await self._look_at_door()

    async def _clear_desk(self, actor: Actor) -> None:
        """Nothing that was shown or typed stays in a screen, a cache or the clipboard; what was half typed is a draft.

        What could not be made a draft waits without its screen. Raises why it could not.
        """
        for group in ("duty", "choose"):  # they wait for a dialog that goes now
            self.workers.cancel_group(self, group)
        refused: StaffbaseError | None = None
        for name in [name for name in self._modes if name != "door"]:
            stack = self._screen_stacks.get(name, [])
            try:
                await self._saved_or_drafted(stack)
            except StaffbaseError as error:
                refused = error
            self._ways_back.remember(name, stack)
            await self.remove_mode(name)
        self._offer_sections(actor)
        self._strip = StripFacts()
        self._empty_clipboard()
        forget_painted(self)
        if refused is not None:
            raise refused

    async def _look_at_door(self) -> None:
        facts = await asyncio.to_thread(self.station.board.door, STATION_ITSELF)
        self._door.state = replace(
            self._door.state, facts=facts, note=self._door_note, locked_by=self._last.person_id if self._last else None
        )

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

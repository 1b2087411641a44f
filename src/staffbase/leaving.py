"""How the program ends, whoever ends it: what is half typed is kept first, and nothing copied here is pasted afterwards.

It is loaded before the first paint, so it imports nothing that knows the database.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any

from textual.screen import Screen
from textual.worker import Worker, WorkerError

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings
from staffbase.opening import AsksFirst, Opener, Opening
from staffbase.ui.dialog import FormDialog
from staffbase.ui.job import job
from staffbase.ui.waiting_drafts import WaitingDrafts

SAVED_WITHIN_SECONDS = 5.0
"""How long a lock waits for what is being saved; a thread that is slower than that saves it all the same."""
KEEP_SECONDS = 10
"""How long after a signal to end what is typed may take to be kept."""
END_SECONDS = 5
"""How long after that the terminal may take to be given back."""


class Leaving(Opening):
    """The app as far as it keeps what is half typed, and ends."""

    def __init__(self, settings: Settings, clock: Clock, opener: Opener, asks: AsksFirst) -> None:
        super().__init__(settings, clock, opener, asks)
        self._waiting = WaitingDrafts(lambda: self.station.journal)
        """Where half-typed text is kept, and waits while it cannot be."""
        self._waiting_looked_at = ""
        self._copied = False
        """Something of what stands here may lie in the clipboard."""
        self._asked_to_quit = False
        """Whoever stands here was told that quitting loses what is half typed."""
        self._ending = False
        """A signal to end has come."""
        self._drafts_kept = threading.Event()

    # -- what is half typed -------------------------------------------------------------------------------------------

    async def _saved_or_drafted(self, stack: Sequence[Screen[Any]]) -> None:
        """What is being saved is saved, and what is half typed is a draft, or waits to be one when the screens go.

        Raises the first StaffbaseError that kept something from being a draft.
        """
        forms = [screen for screen in stack if isinstance(screen, FormDialog)]
        saving = {
            asyncio.ensure_future(_end_of(worker))
            for worker in self.workers
            if worker.node in forms and worker.group == "save"
        }
        if saving:
            await asyncio.wait(saving, timeout=SAVED_WITHIN_SECONDS)
        refused: StaffbaseError | None = None
        for form in forms:
            try:
                await form.keep_draft()
            except StaffbaseError as error:
                refused = refused or error
                typed = form.hand_over()
                if typed is not None and form.author is not None:
                    self._waiting.wait(form.author, form.form_name, typed)
        if refused is not None:
            raise refused

    async def _keep_drafts(self) -> None:
        """Keep what is typed in any open form. Raises the first StaffbaseError when one cannot be kept."""
        stacked = [screen for stack in self._screen_stacks.values() for screen in stack]
        forms = [screen.keep_draft() for screen in stacked if isinstance(screen, FormDialog)]
        # all at once, so that what goes wrong in one form keeps no other from being kept
        went_wrong = [how for how in await asyncio.gather(*forms, return_exceptions=True) if not isinstance(how, bool)]
        for how in sorted(went_wrong, key=lambda how: isinstance(how, StaffbaseError)):  # a fault first
            raise how

    async def _keep_waiting(self) -> None:
        """Try once more what could not be kept. Raises the StaffbaseError for which it goes on waiting."""
        if self._waiting.authors:
            names = await asyncio.to_thread(self.station.people.names, STATION_ITSELF)
            await asyncio.to_thread(self._waiting.keep, names)

    def _watch_waiting(self, minute: str) -> None:
        """Once a minute, whoever is signed in or nobody."""
        if self._waiting.authors and minute != self._waiting_looked_at:
            self._waiting_looked_at = minute
            self._keep_by_itself()

    @job(group="waiting", behind=True)
    async def _keep_by_itself(self) -> None:
        before = self._waiting.authors
        with suppress(StaffbaseError):  # it was told at the lock, and is told to whoever signs in
            await self._keep_waiting()
        kept = before - self._waiting.authors
        if kept:
            told = _("What %(names)s had half typed is kept as a draft now.")
            self.notify(told % {"names": _named(kept)}, markup=False, timeout=8)

    def _tell_what_waits(self, actor: Actor) -> None:
        """To whoever has just signed in."""
        authors = self._waiting.authors
        others = {one for one in authors if one.person_id != actor.person_id}
        if authors != others:
            told = _("What you had half typed cannot be kept as a draft yet: it waits where you typed it.")
            self.notify(told, severity="warning", markup=False, timeout=12)
        if others:
            told = _(
                "What %(names)s had half typed cannot be kept yet: it is tried again each minute, and lost if staffbase is closed before."
            )
            self.notify(told % {"names": _named(others)}, severity="warning", markup=False, timeout=12)

    # -- the clipboard ------------------------------------------------------------------------------------------------

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, and remember that it was done: what was copied here must not be pasted by whoever comes next."""
        super().copy_to_clipboard(text)
        self._copied = bool(text)

    def _empty_clipboard(self) -> None:
        """Leave nothing of ours in it; what somebody else copied stays."""
        if self._copied:
            self.copy_to_clipboard("")

    def exit(self, *how: Any, **more: Any) -> None:
        """End, with nothing left to be pasted."""
        self._empty_clipboard()
        super().exit(*how, **more)

    # -- the end ------------------------------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Close; where that loses what is half typed, only when it is asked for once more."""
        here: StaffbaseError | None = None
        waits: StaffbaseError | None = None
        try:
            await self._keep_drafts()
        except StaffbaseError as error:
            here = error
        try:
            await self._keep_waiting()
        except StaffbaseError as error:
            waits = error
        why = here or waits
        if why is None or self._asked_to_quit:
            self.exit(0)
            return
        self._asked_to_quit = True
        said = _("%(why)s Press ctrl+q once more to quit without what is typed here.")
        if waits is not None:
            said = _("%(why)s Press ctrl+q once more to quit and lose what %(names)s had half typed.")
            if here is not None:
                said = _(
                    "%(why)s Press ctrl+q once more to quit and lose what is typed here and what %(names)s had half typed."
                )
        told = said % {"why": why, "names": _named(self._waiting.authors)}
        self.notify(told, severity="error", markup=False, timeout=12)

    @job(group="end")
    async def _told_to_end(self) -> None:
        """There is nobody to ask: what can be kept is kept, and the terminal is given back as it was."""
        try:
            try:
                await self._keep_drafts()
            finally:
                await self._keep_waiting()
        finally:
            self._drafts_kept.set()
            self.exit(0)

    def _listen_for_the_end(self) -> None:
        """A shutdown of the PC, or a window that was closed, ends the program, also while it waits for the terminal.

        The loop's own way to listen makes any signal wake it, and may itself lose one among many, or stand still.
        """
        loop = asyncio.get_running_loop()
        told = partial(loop.call_soon_threadsafe, self._told_to_end, context=copy_context())
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, lambda: None)
            signal.signal(number, lambda *_signal: self._end(told))

    def _end(self, told: Callable[[], object]) -> None:
        """A terminal that reads nothing may hold everything up: the database is closed then, and that is the end."""

        def end_all_the_same() -> None:
            self._drafts_kept.wait(KEEP_SECONDS)
            time.sleep(END_SECONDS)
            self.close_station()
            os._exit(0)

        if not self._ending:
            self._ending = True
            told()
            threading.Thread(target=end_all_the_same, name="end", daemon=True).start()


def _named(people: set[Actor] | frozenset[Actor]) -> str:
    return ", ".join(sorted(one.name for one in people))


async def _end_of(worker: Worker[Any]) -> None:
    with suppress(WorkerError):  # how it ended is told where it was begun
        await worker.wait()

"""What is asked before an answer is written: for whom, why so late, why beyond the agreement, why a door has none."""

from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from staffbase.kernel.i18n import _
from staffbase.residents.rules import Door
from staffbase.rounds.dialogs import BeyondDialog, LateReasonDialog, OnBehalfDialog, OpenDoorsDialog
from staffbase.rounds.facts import WalkFacts
from staffbase.rounds.model import Beyond
from staffbase.rounds.rules import LATE_AFTER, Window
from staffbase.rounds.sheet_words import hours_told
from staffbase.ui.desk import Desk


class Asking:
    """Remembers what was said of a walk, so that nothing is asked twice of it. For a job: it waits for answers."""

    def __init__(self, screen: Screen[Any], desk: Desk) -> None:
        self._screen = screen
        self._desk = desk
        self._behalf = 0
        """The walk of somebody else whose answers this person has said to write for her."""
        self._late: tuple[int, str] = (0, "")
        """Why the answers of a walk are written late."""

    def on_behalf(self, walk: WalkFacts) -> bool:
        """Whether this person has said to write for the walker."""
        return self._behalf == walk.id

    async def speaks_for(self, walk: WalkFacts) -> bool:
        """Whether this person may write what was seen: the walker, or who has said once that it is written for her."""
        if walk.walker_id == self._desk.actor.person_id or self._behalf == walk.id:
            return True
        if await self._screen.app.push_screen_wait(OnBehalfDialog(self._desk, walk.walker)):
            self._behalf = walk.id
            return True
        return False

    async def late_reason(self, walk: WalkFacts) -> str | None:
        """Why it is written now, where that must be said; None when the person went back."""
        now = self._desk.clock.now()
        if walk.late_reason or walk.returned_at is None or now - walk.returned_at <= LATE_AFTER:
            return ""
        if self._late[0] == walk.id:
            return self._late[1]
        reason = await self._screen.app.push_screen_wait(LateReasonDialog(self._desk, walk.id))
        if reason is not None:
            self._late = (walk.id, reason)
        return reason

    async def beyond(self, door: Door) -> Beyond | None:
        """Why more was done at this door than is agreed; None when the person went back."""
        return await self._screen.app.push_screen_wait(BeyondDialog(self._desk, door.code))

    async def why_open(self, walk: WalkFacts, doors: Sequence[Door]) -> dict[int, str] | None:
        """Why each of these doors has no check; None when the person went back."""
        asked = OpenDoorsDialog(self._desk, doors, _("These doors have no check. Why?"), str(walk.id))
        return await self._screen.app.push_screen_wait(asked)

    async def why_not_walked(self, window: Window, doors: Sequence[Door]) -> dict[int, str] | None:
        """Why nobody went to these doors in this window; None when the person went back."""
        title = _("Nobody walked %(hours)s. Why?") % {"hours": hours_told(window, self._desk.clock.now())}
        asked = OpenDoorsDialog(self._desk, doors, title, f"{window.begins_at:%Y-%m-%dT%H:%M}")
        return await self._screen.app.push_screen_wait(asked)

"""The app when part of the database turns out to be damaged while it runs: what can be read goes on, and the way back is offered.

Crisis cards are opened as always and mostly still can be. What is written meanwhile is written; nothing is closed until
somebody who was told asks for the backups.
"""

import asyncio
from dataclasses import replace

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from staffbase.kernel.access import Actor
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.settings import Settings
from staffbase.opening import AsksFirst, Opener
from staffbase.people.screen import DoorState
from staffbase.turns import Turns
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.job import FoundDamaged, job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import shown


class DamageDialog(StaffDialog[bool]):
    """Says what is damaged and what still works; answers whether to go to the backups now."""

    title_text = N_("Part of the database is damaged")
    BINDINGS = [
        Binding("escape", "leave", N_("Go on here"), tooltip=N_("Go on with what can still be read"), id="dialog.leave"),
        Binding("b", "backups", N_("To the backups"), tooltip=N_("Close the station and put a backup back"), id="damage.backups"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, error: StaffbaseError) -> None:
        super().__init__(desk)
        self._error = error

    def compose_form(self) -> ComposeResult:
        said = (
            shown(str(self._error), "$warning-text"),
            shown(_("Crisis cards and whatever else can be read still open. Tell the leader now, and write on paper, too: the nightly backup fails as long as this lasts.")),
            shown(_("“b” closes the station and shows the backups: a leader, or the recovery identity, puts the newest good one back. What lies here is kept whole.")),
        )  # fmt: skip
        yield Static(Content("\n\n").join(said))
        yield Static(_("b to the backups · esc goes on with what can be read"), classes="hint")

    def action_backups(self) -> None:
        self.dismiss(True)


class Damage(Turns):
    """The app as far as it meets damage."""

    def __init__(self, settings: Settings, clock: Clock, opener: Opener, asks: AsksFirst) -> None:
        super().__init__(settings, clock, opener, asks)
        self._damage: StaffbaseError | None = None
        self._told_of_damage: Actor | None = None
        """Who was told last: nobody is told twice in a row."""

    def on_found_damaged(self, event: FoundDamaged) -> None:
        """Something could not be read."""
        if self._damage is None:
            self._damage = event.error
            self._door_note = _("Part of the database is damaged. Whoever signs in is shown the way to the backups.")
            self._door.state = replace(self._door.state, note=self._door_note)

    def _offer_way_back(self) -> None:
        """To whoever is signed in, once, when nothing is being typed."""
        if self._damage is None or self._actor is None or self._actor == self._told_of_damage:
            return
        if isinstance(self.screen, StaffScreen) and self._asks(self._damage) is not None:
            self._told_of_damage = self._actor
            self._tell_of_damage(self._damage)

    @job(group="damage", behind=True)
    async def _tell_of_damage(self, error: StaffbaseError) -> None:
        if await self.push_screen_wait(DamageDialog(self.desk, error)):
            await self._give_way(error)

    async def _give_way(self, error: StaffbaseError) -> None:
        """The station is closed, the backups stand before the door, and the restored one is opened behind it."""
        screen = self._asks(error)
        if screen is None:
            return
        await self._lock().wait()
        station, self._station, self._stands = self.station, None, False
        self._built_for = None  # all screens stand on the station that is closed
        self._door.state = DoorState()
        await asyncio.to_thread(station.close)
        opened = await self.push_screen_wait(screen)
        self._damage, self._told_of_damage, self._door_note = None, None, ""
        await self._opened(opened)

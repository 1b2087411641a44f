"""The station is opened behind the door: painted first, then the database libraries load and the file is opened, in a thread.

It is loaded before the first paint, so it imports nothing that knows the database; `sections` and the station come in a
thread while the PIN is typed.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

from staffbase.kernel import garbage
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import NoStation, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings
from staffbase.people.screen import DoorScreen, DoorState
from staffbase.ui.in_order import InOrder
from staffbase.ui.job import job

if TYPE_CHECKING:
    from staffbase.station import Station
    from staffbase.ui.desk import Desk

SETTLE_SECONDS = 1.5
"""How long after opening the other screens are loaded: a PIN typed at once finds the machine free for the board."""


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


class Opening(InOrder[int]):
    """The app as far as it is about the station it opens, and the door before it."""

    def __init__(self, settings: Settings, clock: Clock, opener: Opener, asks: AsksFirst) -> None:
        super().__init__()
        self.settings = settings
        self.clock = clock
        self._opener = opener
        self._asks = asks
        self._station: Station | None = None
        self._sections: Any = None
        self._door = DoorScreen(self._sign_in)
        self._door_note = ""
        """What stands at the door besides what the house has to say."""
        self._alarm: Any = None
        self._stands = False
        self.failure: StaffbaseError | None = None
        """Why it could not open."""

    @property
    def desk(self) -> "Desk":
        """The app as screens see it: what is built on this one is the desk (see staffbase.app)."""
        return cast("Desk", self)

    @property
    def station(self) -> "Station":
        """The open station."""
        if self._station is None:
            raise NoStation(_("One moment: the station is opening."))
        return self._station

    @property
    def ready(self) -> bool:
        """Whether the station is open, and whoever was to be signed in stands at the board."""
        return self._stands

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
        """What need not be there before the first look at the board; and every page of the file, found damaged by day or not."""
        garbage.wake()
        await asyncio.to_thread(self._sections.load_all)
        await asyncio.to_thread(self.station.verifications.look_at_file, STATION_ITSELF)

    def close_station(self) -> None:
        """Close the database, if it was opened; the WAL is folded into the file."""
        if self._station is not None:
            self._station.close()

    @abstractmethod
    async def _sign_in(self, person_id: int, pin: str) -> None:
        """What the door does with a name and a PIN."""

    @abstractmethod
    async def _enter(self, actor: Actor) -> None:
        """Let somebody in whose PIN was right, or whom the demo was asked for."""

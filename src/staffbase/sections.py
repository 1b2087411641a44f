"""The sections of the app and the dialogs rooms open in each other: which screen stands behind which key and name.

Loaded in a thread while the PIN is typed: it imports every screen and, through them, the database libraries.
"""

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from staffbase.kernel.access import Permission
from staffbase.station import Station
from staffbase.ui.desk import Desk
from staffbase.ui.screen import StaffScreen


@dataclass(frozen=True)
class Section:
    """One section: its permission and how its screen is made."""

    permission: Permission
    make: Callable[[Desk, Station], StaffScreen]


def _board(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.board.screen import BoardScreen

    return BoardScreen(desk, station.board)


def _rounds(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.rounds.screen import RoundsScreen

    return RoundsScreen(desk, station.rounds)


SECTIONS: dict[str, Section] = {
    "board": Section(Permission.SEE_HOUSE, _board),
    "rounds": Section(Permission.ROUND, _rounds),
}


def screen_of(name: str, desk: Desk, station: Station) -> Screen[None]:
    """A new screen of this section."""
    return SECTIONS[name].make(desk, station)

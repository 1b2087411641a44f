"""Plays the invented house's days through the real services, in time order, up to a moment.

How far it has come stands in the ledger, so that a house that was kept can be opened again later and plays on; what a
visitor did in the meantime stays, and what it made impossible is left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, or_, select

from staffbase.demo.cast import Cast
from staffbase.demo.furnish import furnish
from staffbase.demo.house import FIRST_MOMENT, LAST_MOMENT
from staffbase.demo.script import script
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import OSLO, HeldClock, local
from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Ledger
from staffbase.station import Station

_MARK = "demo.played."
"""The ledger's action for "played up to here"; the language of the house follows."""
_BEGUN = "demo.playing."
"""The same for "from here it is played on": without a later mark the playing was cut off, and all up to the last row was."""


@dataclass(frozen=True)
class Reached:
    """How far a kept house has come: played by the plot, lived in (also by visitors), and in which language."""

    played: datetime
    lived: datetime
    visited: bool
    """Somebody has done something since it was played."""
    language: str


def reached(station: Station) -> Reached | None:
    """How far this house has come; None when it is not furnished yet."""
    with station.database.read() as tx:
        newest = col(Ledger.seq).desc()
        marked = or_(col(Ledger.action).startswith(_MARK), col(Ledger.action).startswith(_BEGUN))
        mark = tx.first(select(Ledger).where(marked).order_by(newest).limit(1))
        last = tx.first(select(Ledger.at).order_by(col(Ledger.at).desc()).limit(1))
        rows = tx.first(select(Ledger.seq).order_by(newest).limit(1))
    if mark is None or last is None:
        return None
    lived = max(mark.at, last)
    if mark.action.startswith(_BEGUN):
        return Reached(lived, lived, visited=True, language=mark.action.removeprefix(_BEGUN))
    return Reached(mark.at, lived, rows != mark.seq, mark.action.removeprefix(_MARK))


def play(station: Station, upto: datetime) -> None:
    """Play what has not been played yet; the station's clock must be one that is held, and stands at `upto` afterwards.

    A naive `upto` is Oslo time. Raises Invalid, with nothing played, for a moment before the point already reached.
    """
    clock = station.database.clock
    if not isinstance(clock, HeldClock):
        raise TypeError("the demo is played with a clock that is held")
    upto = upto.replace(tzinfo=OSLO) if upto.tzinfo is None else upto
    upto = upto.astimezone(UTC)
    if upto < FIRST_MOMENT:
        raise Invalid(
            _("The demo's house begins on %(first)s. Choose a later --at.") % {"first": _shown(FIRST_MOMENT)}, "at"
        )
    before = reached(station)
    if before is not None and upto < before.lived:
        raise Invalid(
            _("This demo has already come to %(moment)s. Choose that moment or a later one, or another folder.")
            % {"moment": _shown(before.lived)},
            "at",
        )
    with _speaking(before.language if before else i18n.language()):
        _play(station, clock, before, upto)


def _play(station: Station, clock: HeldClock, before: Reached | None, upto: datetime) -> None:
    if before is None:
        furnish(station, clock)
        played = FIRST_MOMENT.astimezone(UTC)
        clock.move_to(played)
    else:
        played = before.played
        clock.move_to(before.lived)
        with station.database.write(STATION_ITSELF, _BEGUN + before.language, opening=True):
            pass
    visited = before is not None and before.visited
    cast = Cast(station, upto, visited=visited)
    for moment, step in () if _left(before) else script():
        if not played < moment <= upto:
            continue
        clock.move_to(max(moment, clock.now()))
        try:
            step(cast)
        except StaffbaseError:
            if not visited:  # only what a visitor did may stand in the plot's way
                raise
    clock.move_to(max(upto, clock.now()))
    with station.database.write(STATION_ITSELF, _MARK + i18n.language(), opening=True):
        pass


def _left(before: Reached | None) -> bool:
    """Whether somebody has lived in this house past the plot's end, as by running it with the computer's own clock.

    The days that were not played are over; all of them at one moment would be no story, and take a minute.
    """
    return before is not None and before.lived > LAST_MOMENT


def _shown(moment: datetime) -> str:
    return f"{local(moment):%d.%m.%Y %H:%M}"


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """The house keeps the language it was furnished in, whatever the screens are shown in."""
    before = i18n.language()
    i18n.use(language)
    try:
        yield
    finally:
        i18n.use(before)

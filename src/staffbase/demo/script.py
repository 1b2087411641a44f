"""The whole plot as one list of moments and what is done then, in time order."""

from collections.abc import Callable
from datetime import date, datetime, time
from itertools import chain

from staffbase.demo.cast import Cast
from staffbase.demo.deeds import deed, duties
from staffbase.demo.handed import TALKS, handovers
from staffbase.demo.night import on_paper, walked
from staffbase.demo.plot import ACTS
from staffbase.demo.shifts import FIRST_PLAYED, ROTA, everyday
from staffbase.demo.walks import walks
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.backed_up import BACKUP_DONE
from staffbase.kernel.clock import OSLO


def backed_up(cast: Cast) -> None:
    """The invented house's nightly backup, which lies on an invented drive: its ledger knows of it."""
    cast.station.database.opened(STATION_ITSELF, BACKUP_DONE, None)


def verified(cast: Cast) -> None:
    """The nightly verification, of all that was played so far."""
    cast.station.verifications.verify(STATION_ITSELF)


Step = Callable[[Cast], None]

ON_PAPER = (date(2026, 1, 2), date(2026, 1, 3))
"""The nights whose rounds were not yet kept here."""


def script() -> list[tuple[datetime, Step]]:
    """Everything that happens, from the first moment to the last."""
    acts = chain(ACTS, chain.from_iterable(everyday(day) for day in ROTA))
    steps = [(act.at, deed(act)) for act in acts]
    steps += TALKS
    steps += [step for day in ON_PAPER for step in on_paper(day)]
    for day in ROTA:
        if day >= FIRST_PLAYED:
            steps += duties(day)
            steps += handovers(day)
            steps += [step for walk in walks(day) for step in walked(walk)]
    steps += [
        (datetime.combine(day, time(4, minute), OSLO), step)
        for day in ROTA
        for minute, step in enumerate((backed_up, verified))
    ]
    return sorted(steps, key=lambda step: step[0])

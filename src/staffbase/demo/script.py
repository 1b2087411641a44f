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

Step = Callable[[Cast], None]


def _backed_up(day: date) -> Step:
    """Whoever opens the day takes the backup by hand, onto an invented drive: the demo's station takes none by itself."""

    def step(cast: Cast) -> None:
        cast.station.database.opened(cast.actor(ROTA[day][0][0]), BACKUP_DONE, None)

    return step


def verified(cast: Cast) -> None:
    """The nightly verification, of all that was played so far."""
    cast.station.verifications.verify(STATION_ITSELF)


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
    for day in ROTA:
        steps.append((datetime.combine(day, time(4, 1), OSLO), verified))
        steps.append((datetime.combine(day, time(7, 50), OSLO), _backed_up(day)))
    return sorted(steps, key=lambda step: step[0])

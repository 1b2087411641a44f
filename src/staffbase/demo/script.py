"""The whole plot as one list of moments and what is done then, in time order."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import chain

from staffbase.demo.cast import Cast
from staffbase.demo.deeds import deed, duties
from staffbase.demo.handed import TALKS, handovers
from staffbase.demo.night import walked
from staffbase.demo.plot import ACTS
from staffbase.demo.shifts import ROTA, everyday
from staffbase.demo.walks import walks

Step = Callable[[Cast], None]

FIRST_WHOLE_DAY = date(2026, 1, 4)
"""The first day played with duties and rounds; of those before only notes are kept, the rest would cost start time."""


def script() -> list[tuple[datetime, Step]]:
    """Everything that happens, from the first moment to the last."""
    acts = chain(ACTS, chain.from_iterable(everyday(day) for day in ROTA))
    steps = [(act.at, step) for act in acts if (step := deed(act)) is not None]
    steps += TALKS
    for day in ROTA:
        if day >= FIRST_WHOLE_DAY:
            steps += duties(day)
            steps += handovers(day)
            steps += [step for walk in walks(day) for step in walked(walk)]
    return sorted(steps, key=lambda step: step[0])

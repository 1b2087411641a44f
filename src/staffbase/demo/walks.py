"""The night watch's rounds in the demo: when she left and came back, and what she found at each door."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from staffbase.demo.plot import BURST_NIGHT, OVERDOSE_NIGHT, PAPER_NIGHT, at
from staffbase.demo.residents import NEWCOMER, RESIDENTS
from staffbase.demo.shifts import LOOKED_IN, ROTA
from staffbase.kernel.clock import OSLO
from staffbase.kernel.i18n import N_
from staffbase.residents.model import RoundForm

_USUAL: dict[RoundForm, tuple[str, ...]] = {
    RoundForm.OUTSIDE: ("awake", "awake", "awake"),
    RoundForm.KNOCK: (*["heard"] * 7, "spoke", "declined", "away"),
    RoundForm.OPEN_DOOR: ("asleep", "asleep", "asleep", "awake"),
    RoundForm.ENTER: ("asleep", "asleep", "awake", "spoke"),
}
"""What can be found without going further than was agreed, the usual more often."""

_REMARKED = 0.1
_PAPER = N_("The station was down; walked on paper.")
_CALLED_AWAY = N_("Called to another house before it could be written.")


@dataclass(frozen=True)
class Walk:
    """One round: `entered` is when it was written; after `back` when something came in between."""

    night: date
    watch: str
    leaves: datetime
    back: datetime
    entered: datetime
    found: dict[str, str]
    """Outcome by unit, in walking order."""
    remarks: dict[str, str]
    late: str = ""
    """Why it was entered afterwards, if it was not begun at the station."""
    no_answer: str | None = None
    """The unit that did not answer."""


def walks(night: date) -> list[Walk]:
    """Both rounds of a night, the same at every playing."""
    chance = Random(f"walks {night}")  # noqa: S311  (the same house every time)
    watch = ROTA[night][2]
    made = []
    for window, (first, spread) in enumerate(((time(23, 32), 50), (time(3, 38), 55))):
        day = night + timedelta(days=window)
        leaves = datetime.combine(day, first, OSLO) + timedelta(minutes=chance.randrange(spread))
        back = leaves + timedelta(minutes=chance.randrange(15, 24))
        found = {unit: chance.choice(_USUAL[form]) for unit, form in _forms(night, window).items()}
        remarks = {
            unit: LOOKED_IN[outcome]
            for unit, outcome in found.items()
            if outcome in LOOKED_IN and chance.random() < _REMARKED
        }
        made.append(Walk(night, watch, leaves, back, back + timedelta(minutes=1), found, remarks))
    return [_special(walk, window) for window, walk in enumerate(made)]


def _forms(night: date, window: int) -> dict[str, RoundForm]:
    """The doors that are due, with how far a check may go there."""
    forms: dict[str, RoundForm] = {
        one.unit: one.agreed.form for one in RESIDENTS if one.agreed and one.agreed.form is not RoundForm.NONE
    }
    if night == date(2026, 1, 9):
        del forms["A3"]  # in hospital
    if night >= NEWCOMER.moved_in and NEWCOMER.agreed:
        over = NEWCOMER.agreed.valid_until is not None and night + timedelta(days=window) > NEWCOMER.agreed.valid_until
        forms[NEWCOMER.unit] = RoundForm.KNOCK if over else NEWCOMER.agreed.form
    return dict(sorted(forms.items()))


def _special(walk: Walk, window: int) -> Walk:
    """The rounds the plot tells of."""
    plain = dict(vars(walk))
    if walk.night == date(2026, 1, 5) and not window:
        plain |= {"leaves": at(5, 23, 40), "back": at(5, 23, 58), "entered": at(5, 23, 59)}
    elif walk.night == OVERDOSE_NIGHT and window:
        plain |= {"leaves": at(9, 4, 2), "back": at(9, 4, 44), "entered": at(9, 4, 50), "no_answer": "A3"}
    elif walk.night == PAPER_NIGHT and window:
        plain |= {"leaves": at(14, 3, 40), "back": at(14, 4, 1), "entered": at(14, 5, 5), "late": _PAPER}
    elif walk.night == BURST_NIGHT and window:
        plain |= {"leaves": at(17, 4, 5), "back": at(17, 4, 40), "entered": at(17, 5, 58), "late": _CALLED_AWAY}
    return Walk(**plain)

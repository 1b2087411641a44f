"""The night watch's rounds as they are played: leave, come back, answer door by door, sign."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from staffbase.demo.cast import Cast
from staffbase.demo.plot import at
from staffbase.demo.shifts import ROTA
from staffbase.demo.walks import Walk, walks
from staffbase.incidents.model import Deviation
from staffbase.incidents.model import Step as LadderWord
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.i18n import N_, _
from staffbase.residents.model import Presence
from staffbase.rounds.model import Outcome
from staffbase.rounds.reading import RoundSheet
from staffbase.rounds.rules import windows_of
from staffbase.rounds.service import LadderStep

Step = Callable[[Cast], None]
Timed = list[tuple[datetime, Step]]

_BETWEEN = timedelta(seconds=4)
"""From one answered door to the next."""
_MORNING = 7
"""The hour at which a night is over."""


def walked(walk: Walk) -> Timed:
    """All steps of one round."""
    steps: Timed = []
    if walk.late:
        steps.append((walk.entered, _enter_late(walk)))
    else:
        steps.append((walk.leaves, _leave(walk)))
        steps.append((walk.back, _come_back(walk)))
    for place, unit in enumerate(walk.found, 1):
        steps.append((walk.entered + place * _BETWEEN, _check_off(walk, unit)))
    signs = walk.entered + (len(walk.found) + 2) * _BETWEEN
    steps.append((signs, _sign(walk)))
    if walk.no_answer:
        steps.append((signs + timedelta(minutes=2), _admitted(walk)))
    return [(moment, _unless_a_visitor_is_out(walk, step)) for moment, step in steps]


def _unless_a_visitor_is_out(walk: Walk, step: Step) -> Step:
    """While it is still that night, a walk that a visitor is out on goes on, with its alarm, in place of the plot's."""

    def taken(cast: Cast) -> None:
        out = cast.station.rounds.walk_under_way(STATION_ITSELF) if cast.visited else None
        if (
            out is None
            or out.left_at == walk.leaves
            or not (at(walk.night.day, 12) <= out.left_at and cast.upto < at(walk.night.day + 1, _MORNING))
        ):
            step(cast)

    return taken


def on_paper(night: date) -> Timed:
    """A night before rounds were kept here: the watch says so for each window."""

    def step(cast: Cast) -> None:
        actor = cast.actor(ROTA[night][2])
        reasons = {cast.unit(unit): _("on paper") for unit in walks(night)[0].found}
        for window in windows_of(night):
            cast.station.rounds.sign_not_walked(actor, window, reasons)

    return [(at(night.day + 1, 6, 30), step)]


def bring_back(cast: Cast) -> None:
    """Bring back whoever a visitor of the demo left out on a walk of another night, so that the next one can begin.

    That is all: what a visitor left open (an answer, a ladder, a signature) stays open, and is theirs to end.
    """
    out = cast.station.rounds.walk_under_way(STATION_ITSELF)
    if out is not None:
        cast.station.rounds.come_back(cast.by_key(out.walker_id))


def _reasons(sheet: RoundSheet) -> dict[int, str]:
    return {line.door.unit_id: _("Not reached on this round.") for line in sheet.open_lines}


def _leave(walk: Walk) -> Step:
    def step(cast: Cast) -> None:
        if cast.visited:
            bring_back(cast)
        cast.walk_begins(cast.station.rounds.leave(cast.actor(walk.watch)).id)

    return step


def _come_back(walk: Walk) -> Step:
    def step(cast: Cast) -> None:
        cast.station.rounds.come_back(cast.actor(walk.watch))

    return step


def _enter_late(walk: Walk) -> Step:
    def step(cast: Cast) -> None:
        if cast.visited:
            bring_back(cast)
        begun = cast.station.rounds.enter_late(cast.actor(walk.watch), walk.leaves, walk.back, _(walk.late))
        cast.walk_begins(begun.id)

    return step


def _check_off(walk: Walk, unit: str) -> Step:
    def step(cast: Cast) -> None:
        actor = cast.actor(walk.watch)
        rounds = cast.station.rounds
        unit_id = cast.unit(unit)
        walk_id = cast.walk_id(actor)
        if unit == walk.no_answer:
            steps = [LadderStep(word, at(9, 4, minute), _(text)) for minute, word, text in _LADDER]
            rounds.no_answer(actor, walk_id, unit_id, steps, _(_CONCLUSION), deviation=Deviation.YES)
        else:
            rounds.check_off(actor, walk_id, unit_id, Outcome(walk.found[unit]), note=_(walk.remarks.get(unit, "")))

    return step


def _sign(walk: Walk) -> Step:
    def step(cast: Cast) -> None:
        actor = cast.actor(walk.watch)
        reasons = _reasons(cast.station.rounds.sheet(actor)) if cast.visited else {}
        cast.station.rounds.sign(actor, cast.walk_id(actor), reasons)

    return step


_LADDER = (
    (10, LadderWord.KNOCKED, N_("Knocked and called three times.")),
    (11, LadderWord.PHONED, N_("The phone rings inside.")),
    (12, LadderWord.LET_IN, N_("Let myself in, as agreed with him.")),
    (12, LadderWord.FOUND, N_("On the bathroom floor, breathing 8 a minute, cannot be woken.")),
    (13, LadderWord.CALLED_113, N_("113 called, on the line until the ambulance came.")),
    (14, LadderWord.NALOXONE, N_("Naloxone nasal spray, first dose; airway open.")),
    (17, LadderWord.NALOXONE, N_("Second dose, other nostril. Breathing 12.")),
    (27, LadderWord.AMBULANCE, N_("Ambulance took over; opened his eyes.")),
)
"""The night of the overdose, each step with its time on 9 January after four."""
_CONCLUSION = N_(
    "04:10 no answer, entered 04:12: breathing 8 a minute. 113 called 04:13, naloxone 04:14 and 04:17, ambulance 04:27, taken to hospital awake at 04:40. On-call told. Deviation: yes."
)


def _admitted(walk: Walk) -> Step:
    def step(cast: Cast) -> None:
        cast.station.residents.set_presence(
            cast.actor(walk.watch), cast.resident("A3"), Presence.ADMITTED, at(9, 4, 40), None,
            _("Hospital, after an overdose. The cat is with A4."),
        )  # fmt: skip

    return step

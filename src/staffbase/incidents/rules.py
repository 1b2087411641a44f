"""An incident as screens show it; which keys mean which step, and what comes next in the ladder.

The ladder: knock and call out, phone, a second attempt, a colleague or the on-call, let oneself in for fear of life, and
113 first wherever there is a sign of danger. Waiting until morning has cost lives; no step here is "wait".
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from staffbase.incidents.model import Deviation, IncidentKind, Step
from staffbase.kernel.i18n import N_


@dataclass(frozen=True)
class StepFacts:
    """One step, in the order it was done."""

    entry_id: int
    step: Step | None
    """None for the conclusion."""
    at: datetime
    recorded_at: datetime
    afterwards: bool
    """Entered later than it was done; shown so for ever."""
    words: str
    by: str
    taken_back: bool = False


@dataclass(frozen=True)
class IncidentFacts:
    """One incident with its steps, complete."""

    id: int
    kind: IncidentKind
    resident_id: int | None
    unit_code: str
    resident: str
    started_at: datetime
    recorded_at: datetime
    started_by_id: int
    started_by: str
    words: str
    steps: tuple[StepFacts, ...]
    concluded_at: datetime | None = None
    conclusion: str = ""
    deviation: Deviation | None = None
    review_plan: bool = False

    @property
    def running(self) -> bool:
        """Whether it has no conclusion yet."""
        return self.concluded_at is None

    def when(self, step: Step) -> datetime | None:
        """When this step was done first."""
        return next((one.at for one in self.steps if one.step is step and not one.taken_back), None)


STEP_KEYS = {
    "f": Step.CALLED_113,
    "w": Step.CALLED_112,
    "q": Step.CALLED_110,
    "s": Step.NALOXONE,
    "a": Step.LET_IN,
    "e": Step.ONCALL,
    "b": Step.KNOCKED,
    "i": Step.PHONED,
    "j": Step.SECOND_ATTEMPT,
    "l": Step.COLLEAGUE,
    "o": Step.FOUND,
    "p": Step.BREATHING,
    "m": Step.AMBULANCE,
    "y": Step.WELL,
    "n": Step.OTHER,
}
"""One key a step, the same in both languages. Beside `f` and `y` on the Norwegian keyboard lies nothing at all: a slip
must neither say that 113 was called nor that all is well."""

ALARMS = frozenset(
    {Step.CALLED_113, Step.CALLED_112, Step.CALLED_110, Step.NALOXONE, Step.LET_IN, Step.ONCALL, Step.WELL}
)
"""Steps that a slip of the finger must not claim: no other step lies beside one on the keyboard."""

IN_DANGER = frozenset(
    {IncidentKind.FOUND_IN_DANGER, IncidentKind.OVERDOSE, IncidentKind.SELF_HARM, IncidentKind.ILLNESS}
)
"""Kinds in which 113 comes before everything else."""

_CRISES = frozenset(
    {IncidentKind.FOUND_IN_DANGER, IncidentKind.OVERDOSE, IncidentKind.VIOLENCE, IncidentKind.SELF_HARM}
)


def is_crisis(kind: IncidentKind, done: Collection[Step]) -> bool:
    """Whether the resident's crisis plan must be reviewed after this: practice is always after a crisis."""
    return kind in _CRISES or bool({Step.CALLED_113, Step.CALLED_112, Step.NALOXONE} & set(done))


RING_THEM = N_("Ring the resident's phone.")
_LADDER = (
    (Step.KNOCKED, N_("Knock and call out.")),
    (Step.PHONED, RING_THEM),
    (Step.SECOND_ATTEMPT, N_("Try the door once more, within ten minutes of the first time.")),
    (Step.COLLEAGUE, N_("Get a colleague, or ring the on-call.")),
    (Step.LET_IN, N_("Let yourselves in if you fear for life. If in doubt, 113.")),
)
_GUIDANCE = {
    IncidentKind.VIOLENCE: N_("Get yourselves to safety first. 112 if anybody is threatened or hurt."),
    IncidentKind.FIRE: N_("Rescue, 110, put out – in that order. Everybody out to the meeting place."),
    IncidentKind.SELF_HARM: N_("Stay there. Ask straight out. 113 if life is in danger."),
}
_OVER = N_("When it is over: ctrl+s, and say how it ended.")
_FIRST_CALL = {
    IncidentKind.VIOLENCE: {Step.CALLED_112, Step.CALLED_113},
    IncidentKind.FIRE: {Step.CALLED_110},
    IncidentKind.SELF_HARM: {Step.CALLED_113, Step.CALLED_112},
}


def next_step(kind: IncidentKind, done: Collection[Step]) -> str:
    """What to do next, as source text."""
    if Step.WELL in done:
        return _OVER
    if kind in _FIRST_CALL and not _FIRST_CALL[kind] & set(done):
        return _GUIDANCE[kind]
    if kind in IN_DANGER and Step.CALLED_113 not in done:
        return N_("Ring 113 now. Stay there, and say address and entrance.")
    if Step.CALLED_113 in done and Step.AMBULANCE not in done:
        return N_("Stay. Is the resident breathing? Somebody meets the ambulance at the entrance.")
    if kind is IncidentKind.NO_ANSWER and not {Step.CALLED_113, Step.BREATHING} & set(done):
        return _at_the_door(done)
    return _OVER


def _at_the_door(done: Collection[Step]) -> str:
    if Step.FOUND in done:
        return N_("Breathing, and can be woken? If not, 113 at once.")
    return next((said for step, said in _LADDER if step not in done), N_("If in doubt, 113."))


def entered_afterwards(at: datetime, now: datetime) -> bool:
    """Whether a time that was given lies before the present minute. Only minutes can be typed."""
    return at < now.replace(second=0, microsecond=0)

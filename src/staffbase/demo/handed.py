"""Handovers as they are played: signed reports, readings with a line said back, questions, a concern."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from staffbase.demo.cast import Cast
from staffbase.demo.plot import at
from staffbase.demo.shifts import FIRST_PLAYED, ROTA, SICK
from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.people.model import ShiftName
from staffbase.people.rules import shift_on
from staffbase.residents.model import Status

Step = Callable[[Cast], None]
Timed = list[tuple[datetime, Step]]
Line = tuple[Status, str, str]
"""Status, text and if-then of one resident."""

_HOME = N_("If he comes home: two at the door, look in every hour, naloxone in the flat.")
_WATCHED: dict[tuple[date, ShiftName], dict[str, Line]] = {
    (date(2026, 1, 6), ShiftName.DAY): {
        "A1": (Status.WATCH, N_("Loud from 12, calmer after a walk. Number 2."), N_("If he shouts again: quiet room, go two.")),
    },
    (date(2026, 1, 6), ShiftName.EVENING): {
        "A1": (Status.CALM, N_("Quiet room from 20 to 21, calm since. Number 1."), ""),
    },
    (date(2026, 1, 8), ShiftName.EVENING): {
        "A3": (Status.WATCH, N_("Curtains drawn, answers short, has slept most of the day."), N_("If no answer at the door: go in, as agreed.")),
        "B4": (Status.WATCH, N_("First night here. Radio on."), ""),
    },
    (date(2026, 1, 8), ShiftName.NIGHT): {
        "A3": (Status.UNSTABLE, N_("04:10 no answer, overdose: breathing 8, 113, naloxone twice, ambulance. In hospital."), _HOME),
    },
    (date(2026, 1, 9), ShiftName.DAY): {
        "A3": (Status.UNSTABLE, N_("In hospital. The ward rang at 13: awake, stays the night."), _HOME),
    },
    (date(2026, 1, 9), ShiftName.EVENING): {
        "A3": (Status.UNSTABLE, N_("In hospital. No news this evening."), _HOME),
    },
    (date(2026, 1, 9), ShiftName.NIGHT): {
        "A3": (Status.UNSTABLE, N_("In hospital."), _HOME),
    },
    (date(2026, 1, 10), ShiftName.DAY): {
        "A3": (Status.UNSTABLE, N_("Home since 13:30, tired."), _HOME),
    },
    (date(2026, 1, 10), ShiftName.EVENING): {
        "A3": (Status.WATCH, N_("Home since 13:30. Has talked about the night; wants naloxone by the bed."), N_("If he says he will just rest: ask what he took, look in each hour.")),
    },
    (date(2026, 1, 13), ShiftName.DAY): {
        "A3": (Status.CALM, N_("New plan made with him today."), ""),
    },
    (date(2026, 1, 15), ShiftName.DAY): {
        "A6": (Status.UNSTABLE, N_("Voices give orders, window covered. ACT comes at 15. Number 4."), N_("If he has the knife out: do not enter, 112, gather the others.")),
    },
    (date(2026, 1, 15), ShiftName.EVENING): {
        "A6": (Status.WATCH, N_("ACT was here. Two at the door, radio, no knocking. Number 3."), ""),
    },
    (date(2026, 1, 16), ShiftName.DAY): {
        "A6": (Status.CALM, N_("Breakfast outdoors, curtain up. Number 1."), ""),
        "B1": (Status.WATCH, N_("58 kg, nutrition number 3. Small plate twice a day."), ""),
    },
}  # fmt: skip
"""What reports say of those who are not calm; everybody else is as the report proposes."""

_SAYS_BACK = N_("Two at the door, ask straight out, ring if in doubt.")
_QUESTION = N_("Shall I look in on him between the rounds too?")
_ANSWER = N_("Not agreed with him. But go in if he does not answer, and ring me if you wonder.")
_CONCERN = N_("I am concerned: I have not seen him like this since the autumn.")
_MET = N_("ACT has seen him. Measure kept for two shifts, two at the door; told everybody on duty.")


def handovers(day: date) -> Timed:
    """The reports and readings of a day's three shifts, and what was asked."""
    days, evenings, night = ROTA[day]
    sick_day, sick, stand_in = SICK
    if day == sick_day:
        evenings = (*(name for name in evenings if name != sick), stand_in)
    begin = datetime(day.year, day.month, day.day, tzinfo=OSLO)
    steps: Timed = [(begin + timedelta(days=1, hours=6, minutes=35), _signs(night, day, ShiftName.NIGHT))]
    if day == FIRST_PLAYED:
        return steps
    steps.append((begin.replace(hour=14, minute=52), _signs(days[0], day, ShiftName.DAY)))
    steps.append((begin.replace(hour=21, minute=51), _signs(evenings[0], day, ShiftName.EVENING)))
    readings = [(evenings, 15, 2), ((night,), 21, 54)]
    if day > FIRST_PLAYED + timedelta(days=1):
        readings.append((days, 7, 44))
    for names, hour, minute in readings:
        for place, name in enumerate(names):
            late = 58 if name == stand_in and day == sick_day else 0
            moment = begin.replace(hour=hour, minute=minute) + timedelta(minutes=3 * place + late)
            steps.append((moment, _reads(name)))
    return steps


def _signs(name: str, day: date, shift: ShiftName) -> Step:
    said = _WATCHED.get((day, shift), {})

    def step(cast: Cast) -> None:
        handover, actor = cast.station.handover, cast.actor(name)
        span = shift_on(day, shift)
        if not said:
            with suppress(Invalid):  # somebody is not calm any more: say how they are first
                handover.sign_report(actor, span)
                return
        for line in handover.report(actor, span).lines:
            if line.unit_code in said:
                status, text, if_then = said[line.unit_code]
                handover.save_draft(actor, span, line.resident_id, status=status, text=_(text), if_then=_(if_then))
            elif line.must_choose:
                handover.save_draft(actor, span, line.resident_id, status=line.proposed)
        handover.sign_report(actor, span)

    return step


def _reads(name: str) -> Step:
    def step(cast: Cast) -> None:
        handover, actor = cast.station.handover, cast.actor(name)
        reading = handover.my_reading(actor, opening=True)
        for resident in reading.residents:
            if resident.must_say_back:
                handover.say_back(actor, resident.resident_id, _(_SAYS_BACK))
        handover.accept(actor, reading.covered_to)

    return step


def _asks(cast: Cast) -> None:
    samira, resident = cast.actor("Samira"), cast.resident("A3")
    items = cast.station.journal.timeline(samira, resident, since=at(8, 19), limit=20)
    about = next(item.entry_id for item in items if item.author_id == cast.person("Jonas"))
    cast.station.handover.ask(samira, _(_QUESTION), about_id=about)


def _answers(cast: Cast) -> None:
    jonas = cast.actor("Jonas")
    for question in cast.station.handover.questions_for_me(jonas):
        cast.station.handover.answer(jonas, question.entry_id, _(_ANSWER))


def _is_concerned(cast: Cast) -> None:
    cast.station.handover.raise_concern(cast.actor("Tone"), _(_CONCERN), cast.resident("A6"))


def _has_met_it(cast: Cast) -> None:
    marit = cast.actor("Marit")
    for concern in cast.station.handover.concerns(marit):
        cast.station.handover.close_concern(marit, concern.entry_id, _(_MET))


TALKS: Timed = [
    (at(8, 21, 55), _asks),
    (at(8, 21, 58), _answers),
    (at(15, 12, 35), _is_concerned),
    (at(15, 16, 20), _has_met_it),
]
"""What is asked and answered, and the concern that another shift meets."""

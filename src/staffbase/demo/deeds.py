"""What people in the plot do, through the same services as everybody else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from staffbase.demo.acts import (
    Act,
    CardOpened,
    EmergencyReviewed,
    EmergencyTaken,
    Kept,
    MovedIn,
    PlanDrafted,
    PlanPublished,
    Promised,
    Said,
    Went,
)
from staffbase.demo.cast import Cast
from staffbase.demo.furnish import move_in
from staffbase.demo.planned import draft_revision, publish_revision
from staffbase.demo.plot import at
from staffbase.demo.residents import NEWCOMER
from staffbase.demo.shifts import FIRST_PLAYED, ROTA, SICK
from staffbase.journal.model import Kind
from staffbase.kernel.clock import OSLO
from staffbase.kernel.i18n import _
from staffbase.people.model import ShiftName

Step = Callable[[Cast], None]
Timed = list[tuple[datetime, Step]]


def _said(act: Said, cast: Cast) -> None:
    now = cast.station.database.clock.now()
    text = _(act.text) % {"count": act.count} if act.count else _(act.text)
    if act.unit is not None and act.kind is Kind.HEALTH:  # whoever writes about somebody's health has read first
        cast.station.residents.open_resident(cast.actor(act.by), cast.resident(act.unit))
    cast.station.notes.write(
        cast.actor(act.by), text, cast.about(act.unit), kind=act.kind, importance=act.importance,
        observed_at=now - timedelta(minutes=act.minutes_ago), epj=act.epj,
    )  # fmt: skip


def _promised(act: Promised, cast: Cast) -> None:
    cast.station.tasks.add(cast.actor(act.by), _(act.text), cast.about(act.unit), cast.person(act.owner), act.due)


def _kept(act: Kept, cast: Cast) -> None:
    tasks = cast.station.tasks.open_tasks(cast.actor(act.by))
    for task in tasks:
        if task.text == _(act.text):
            cast.station.tasks.done(cast.actor(act.by), task.id)


def _went(act: Went, cast: Cast) -> None:
    cast.station.residents.set_presence(
        cast.actor(act.by), cast.resident(act.unit), act.presence, None, act.until, _(act.text)
    )


def _moved_in(act: MovedIn, cast: Cast) -> None:
    with cast.station.database.write(cast.actor(act.by), "resident.admit") as tx:
        move_in(tx, cast, NEWCOMER)
    cast.somebody_moved()


def _plan_drafted(act: PlanDrafted, cast: Cast) -> None:
    draft_revision(cast, act.by)


def _plan_published(act: PlanPublished, cast: Cast) -> None:
    publish_revision(cast, act.by)


def _card_opened(act: CardOpened, cast: Cast) -> None:
    cast.station.crisis_plans.card(cast.actor(act.by), cast.resident(act.unit))


def _emergency_taken(act: EmergencyTaken, cast: Cast) -> None:
    who, resident_id = cast.actor(act.by), cast.resident(act.unit)
    cast.station.residents.open_resident(who, resident_id)
    cast.station.emergency.open(who, resident_id, _(act.why))
    cast.station.journal.timeline(who, resident_id)


def _emergency_reviewed(act: EmergencyReviewed, cast: Cast) -> None:
    leader = cast.actor(act.by)
    for waiting in cast.station.emergency.emergency_queue(leader):
        cast.station.emergency.review(leader, waiting.id, _(act.text))


_DEEDS: dict[type[Act], Callable[[Any, Cast], None]] = {
    Said: _said,
    Promised: _promised,
    Kept: _kept,
    Went: _went,
    MovedIn: _moved_in,
    PlanDrafted: _plan_drafted,
    PlanPublished: _plan_published,
    CardOpened: _card_opened,
    EmergencyTaken: _emergency_taken,
    EmergencyReviewed: _emergency_reviewed,
}


def deed(act: Act) -> Step:
    """How an act of the plot is done."""
    return partial(_DEEDS[type(act)], act)


def duties(day: date) -> Timed:
    """Everybody goes on duty as their shift begins; the night watch comes and goes between houses."""
    days, evenings, night = ROTA[day]
    sick_day, sick, stand_in = SICK
    if day == sick_day:
        evenings = tuple(name for name in evenings if name != sick)
    begin = datetime(day.year, day.month, day.day, tzinfo=OSLO)
    if day == FIRST_PLAYED:
        days = evenings = ()
    steps: Timed = []
    for names, shift, hour, minute in (
        (days, ShiftName.DAY, 7, 27), (evenings, ShiftName.EVENING, 14, 31), ((night,), ShiftName.NIGHT, 21, 52),
    ):  # fmt: skip
        steps += [
            (begin.replace(hour=hour, minute=minute + place), _on_duty(name, shift)) for place, name in enumerate(names)
        ]
    if day == sick_day:
        steps.append((at(day.day, 15, 40), _on_duty(stand_in, ShiftName.EVENING, called_in=True)))
    if day > FIRST_PLAYED:
        steps += _between_houses(night, begin)
    return steps


def _between_houses(night: str, begin: datetime) -> Timed:
    """The night watch serves other houses between the rounds."""
    morning = begin + timedelta(days=1)
    return [
        (begin.replace(hour=22, minute=20), _elsewhere(night, begin.replace(hour=23, minute=30))),
        (begin.replace(hour=23, minute=29), _on_site(night)),
        (morning.replace(hour=1, minute=40), _elsewhere(night, morning.replace(hour=3, minute=30))),
        (morning.replace(hour=3, minute=34), _on_site(night)),
    ]


def _on_duty(name: str, shift: ShiftName, *, called_in: bool = False) -> Step:
    def step(cast: Cast) -> None:
        now = cast.station.database.clock.now()
        actor = cast.actor(name)
        if all(
            one.person_id != actor.person_id or one.shift is not shift
            for one in cast.station.people.on_duty(actor, now)
        ):
            cast.station.people.go_on_duty(actor, shift=shift, since=now if called_in else None)

    return step


def _elsewhere(name: str, back: datetime) -> Step:
    return lambda cast: cast.station.people.elsewhere(cast.actor(name), back)


def _on_site(name: str) -> Step:
    return lambda cast: cast.station.people.on_site(cast.actor(name))

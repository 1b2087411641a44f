"""What one tile says: who lives there, where they are, last seen, the plan, what is due, what is dangerous."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from staffbase.board.rules import BoardTile, Level, Line, Sign
from staffbase.crisis_plans.facts import PlanState
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_moment
from staffbase.residents.model import PRESENCE_NAMES, STATUS_NAMES, Presence, RoundForm, Status
from staffbase.residents.rules import Door, ResidentFacts, expired, form_now
from staffbase.rounds.model import Outcome
from staffbase.rounds.reading import LastSeen
from staffbase.tasks.service import TaskFacts

MET_SHORT = {
    Outcome.ASLEEP: N_("seen asleep"),
    Outcome.AWAKE: N_("seen awake"),
    Outcome.SPOKE: N_("spoke"),
    Outcome.HEARD: N_("heard"),
    Outcome.DECLINED: N_("said no"),
}
LONG_UNSEEN_DAYS = 3
"""Full days without being seen on a round from which the tile's sign is a warning; from one day on it is said."""
_STATUS_LEVEL = {Status.CALM: Level.QUIET, Status.WATCH: Level.WATCH, Status.UNSTABLE: Level.DANGER}


def tile_of(
    door: Door,
    plan: PlanState | None,
    tasks: Sequence[TaskFacts],
    now: datetime,
    *,
    seen: LastSeen | None,
    met: LastSeen | None,
    latest: Line | None = None,
) -> BoardTile:
    """The tile of one unit; its resident was last seen and last met (seen or heard) then, and this was written last."""
    resident = door.resident
    if resident is None:
        return BoardTile(door.unit_id, door.code, door.module, name=_("vacant"))
    level = _STATUS_LEVEL[resident.status]
    mine = [task for task in tasks if task.resident_id == resident.id]
    return BoardTile(
        unit_id=door.unit_id,
        code=door.code,
        module=door.module,
        resident_id=resident.id,
        name=resident.alias,
        status=Sign(_(STATUS_NAMES[resident.status]), level) if level > Level.QUIET else Sign(""),
        presence=_presence(resident, now),
        place=_(PRESENCE_NAMES[resident.presence]),
        seen_at=show_moment(met.at_to, now) if met else "",
        seen=_(MET_SHORT[met.outcome])
        if met
        else _("no check wanted")
        if _wants_none(resident, now)
        else _("no check yet"),
        plan=_plan(plan),
        signs=(*_agreement(resident, now), *_unseen(resident, seen, met, now), *_tasks(mine, now)),
        dangers=" · ".join(warning.line for warning in resident.warnings),
        more=(*([latest] if latest else ()), *_to_do(mine, now)),
    )


def _wants_none(resident: ResidentFacts, now: datetime) -> bool:
    return resident.agreement is not None and form_now(resident.agreement, now) is RoundForm.NONE


def _unseen(resident: ResidentFacts, seen: LastSeen | None, met: LastSeen | None, now: datetime) -> Sequence[Sign]:
    """That no check has seen somebody who lives here for a day or more: heard is not seen, and a note may know better."""
    if resident.presence in (Presence.ADMITTED, Presence.PRISON) or _wants_none(resident, now):
        return ()
    if seen is None:
        return (Sign(_("rounds: not seen yet"), Level.PLAIN),) if met else ()
    days = (now - seen.at_to) // timedelta(days=1)
    if not days:
        return ()
    words = ngettext("rounds: not seen for %(count)d day", "rounds: not seen for %(count)d days", days) % {
        "count": days
    }
    return (Sign(words, Level.WATCH if days >= LONG_UNSEEN_DAYS else Level.PLAIN),)


def _plan(plan: PlanState | None) -> Sign:
    """Quiet while the plan is in order; a plan nobody has, or that is due for review, is a sign of its own."""
    if plan is None or not plan.version:
        return Sign(_("no crisis plan"), Level.WATCH)
    if plan.review is not None and plan.review.after_crisis:
        return Sign(_("plan: revise now"), Level.WATCH)
    if plan.overdue:
        return Sign(_("plan: overdue"), Level.WATCH)
    return Sign(_("plan v%(number)d") % {"number": plan.version}, Level.QUIET)


def _tasks(mine: Sequence[TaskFacts], now: datetime) -> Sequence[Sign]:
    late = [task for task in mine if task.due_at is not None and task.due_at < now]
    if late:
        words = ngettext("%(count)d task overdue", "%(count)d tasks overdue", len(late)) % {"count": len(late)}
        return (Sign(words, Level.WATCH),)
    if mine:
        return (Sign(ngettext("%(count)d task", "%(count)d tasks", len(mine)) % {"count": len(mine)}, Level.PLAIN),)
    return ()


def _to_do(mine: Sequence[TaskFacts], now: datetime) -> Sequence[Line]:
    """The tasks in words, what is due first before the rest."""
    return tuple(
        Line(
            show_moment(task.due_at, now) if task.due_at else "",
            _("Task: %(text)s") % {"text": task.text},
            Level.WATCH if task.due_at and task.due_at < now else Level.PLAIN,
        )
        for task in sorted(mine, key=lambda task: (task.due_at is None, task.due_at or now))
    )


def _agreement(resident: ResidentFacts, now: datetime) -> Sequence[Sign]:
    if resident.agreement is None:
        return (Sign(_("no check agreement"), Level.WATCH),)
    if expired(resident.agreement, now):
        return (Sign(_("agreement has run out"), Level.WATCH),)
    return ()


def _presence(resident: ResidentFacts, now: datetime) -> str:
    words = _(PRESENCE_NAMES[resident.presence])
    if resident.presence is Presence.HOME or resident.presence_since is None:
        return words
    if resident.presence_until is not None:
        return _("%(where)s until %(until)s") % {"where": words, "until": show_moment(resident.presence_until, now)}
    return _("%(where)s since %(since)s") % {"where": words, "since": show_moment(resident.presence_since, now)}

"""What one tile says: who lives there, where they are, last seen, the plan, what is due, what is dangerous."""

from collections.abc import Sequence
from datetime import datetime

from staffbase.board.rules import BoardTile, Level, Sign
from staffbase.crisis_plans.facts import PlanState
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_moment
from staffbase.residents.model import PRESENCE_NAMES, STATUS_NAMES, Presence, Status
from staffbase.residents.rules import Door, ResidentFacts, expired
from staffbase.rounds.model import Outcome
from staffbase.rounds.reading import LastSeen
from staffbase.tasks.service import TaskFacts

SEEN_SHORT = {Outcome.ASLEEP: N_("seen asleep"), Outcome.AWAKE: N_("seen"), Outcome.SPOKE: N_("spoke")}
_STATUS_LEVEL = {Status.CALM: Level.QUIET, Status.WATCH: Level.WATCH, Status.UNSTABLE: Level.DANGER}


def tile_of(
    door: Door, seen: LastSeen | None, plan: PlanState | None, tasks: Sequence[TaskFacts], now: datetime
) -> BoardTile:
    """The tile of one unit."""
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
        seen_at=show_moment(seen.at_to, now) if seen else "",
        seen=_(SEEN_SHORT[seen.outcome]) if seen else _("not seen yet"),
        plan=_plan(plan),
        signs=(*_tasks(mine, now), *_agreement(resident, now)),
        dangers=" · ".join(warning.line for warning in resident.warnings),
    )


def _plan(plan: PlanState | None) -> Sign:
    """Quiet while the plan is in order; a plan nobody has, or that is due for review, is a sign of its own."""
    if plan is None or not plan.version:
        return Sign(_("no crisis plan"), Level.WATCH)
    if plan.review is not None and plan.review.after_crisis:
        return Sign(_("plan: review after the crisis"), Level.WATCH)
    if plan.overdue:
        return Sign(_("plan: review overdue"), Level.WATCH)
    return Sign(_("plan v%(number)d") % {"number": plan.version}, Level.QUIET)


def _tasks(mine: Sequence[TaskFacts], now: datetime) -> Sequence[Sign]:
    late = [task for task in mine if task.due_at is not None and task.due_at < now]
    if late:
        words = ngettext("%(count)d task overdue", "%(count)d tasks overdue", len(late)) % {"count": len(late)}
        return (Sign(words, Level.WATCH),)
    if mine:
        return (Sign(ngettext("%(count)d task", "%(count)d tasks", len(mine)) % {"count": len(mine)}, Level.PLAIN),)
    return ()


def _agreement(resident: ResidentFacts, now: datetime) -> Sequence[Sign]:
    if resident.agreement is None:
        return (Sign(_("no check agreement"), Level.WATCH),)
    if expired(resident.agreement, now):
        return (Sign(_("check agreement has run out"), Level.WATCH),)
    return ()


def _presence(resident: ResidentFacts, now: datetime) -> str:
    words = _(PRESENCE_NAMES[resident.presence])
    if resident.presence is Presence.HOME or resident.presence_since is None:
        return words
    if resident.presence_until is not None:
        return _("%(where)s until %(until)s") % {"where": words, "until": show_moment(resident.presence_until, now)}
    return _("%(where)s since %(since)s") % {"where": words, "since": show_moment(resident.presence_since, now)}

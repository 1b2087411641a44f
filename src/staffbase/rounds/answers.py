"""Writing an answer, a ladder or a signature inside a transaction: the rules of a round that no screen can pass by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from staffbase.incidents.model import INCIDENT_NAMES, STEP_NAMES, Deviation, IncidentKind, Step
from staffbase.incidents.service import add_step, conclude_incident, start_incident
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Entry, Importance, Kind, Source
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_moment, show_span, show_time
from staffbase.kernel.typed import typed_line, typed_text
from staffbase.people.model import Person
from staffbase.residents.reading import doors_in
from staffbase.residents.rules import Door, expired, form_now
from staffbase.residents.whereabouts import stood_in
from staffbase.rounds.deviations import ask_deviation_in
from staffbase.rounds.model import BEYOND_NAMES, Beyond, OpenDoor, Outcome, RoundCheck, Walk
from staffbase.rounds.reading import CheckFacts, at_door_in, check_facts
from staffbase.rounds.rules import LADDER, LATE_AFTER, beyond, not_due, why_none, window_begun_at
from staffbase.rounds.windows import Owed, answered_during, rules_in, spans_of
from staffbase.tasks.model import Task
from staffbase.tasks.service import add_task


@dataclass(frozen=True)
class LadderStep:
    """One step of a ladder that is entered afterwards, with the time it was taken."""

    step: Step
    at: datetime
    text: str = ""


def open_walk_in(tx: Reading, walk_id: int, *, under_way: bool = False) -> Walk:
    """A walk that is not signed and, unless it may be `under_way`, over."""
    return _open(tx.get(Walk, walk_id), under_way=under_way)


def _open(walk: Walk, *, under_way: bool) -> Walk:
    if walk.returned_at is None and not under_way:
        raise Invalid(_("The walk is under way. The doors are answered when the walker is back."))
    if walk.signed_at is not None:
        raise Invalid(_("The walk is signed. Write a note or a comment instead."))
    return walk


def behalf_in(tx: Writing, walk: Walk, *, on_behalf: bool) -> int | None:
    """Whom the actor writes for: nobody for the walker. Raises Invalid for another person who did not say so."""
    if tx.actor.person_id == walk.walker_id:
        return None
    if not on_behalf:
        told = _("This round was walked by %(who)s. Another person writes what %(who)s says, and says so.")
        raise Invalid(told % {"who": tx.get(Person, walk.walker_id).name}, "on_behalf")
    return walk.walker_id


def answer_in(
    tx: Writing, house_id: int, walk_id: int, unit_id: int, outcome: Outcome, *, reason: Beyond | None = None, note: str = "",
    on_behalf_id: int | None = None, on_behalf: bool = False, resolved: bool = False, late_reason: str = "",
    mending: bool = False,
) -> tuple[Entry, RoundCheck, Door]:  # fmt: skip
    """The entry of an answer, and its check, which the caller adds.

    What was seen on a walk was seen by the walker, or by the colleague who is named. Anybody else says that it is written
    `on_behalf` of the walker; a ladder is not held up by that question, and is written so. In
    `mending`, what stands in the place of a withdrawn answer is written on a signed walk, if the same person lives there.
    """
    here = at_door_in(tx, walk_id, unit_id)
    walk, door = here.walk, here.door
    if not mending:
        _open(walk, under_way=outcome in LADDER)
    if on_behalf_id is None:
        on_behalf_id = behalf_in(tx, walk, on_behalf=on_behalf or outcome in LADDER)
    _look_at_door(tx, house_id, walk, door, later=mending or bool(walk.late_reason))
    if here.answered:
        raise Invalid(_("%(unit)s has an answer already. Take it back first (z).") % {"unit": door.code})
    if door.resident is None:
        raise Invalid(_("No check is due at %(unit)s: %(reason)s.") % {"unit": door.code, "reason": _("vacant")})
    form = form_now(door.resident.agreement, walk.left_at)
    if beyond(outcome, form) and reason is None:
        raise Invalid(_("This goes further than the agreement at %(unit)s. Say why.") % {"unit": door.code}, "beyond")
    late_reason = walk.late_reason or typed_line(late_reason, "late_reason", required=False, limit=200)
    if walk.returned_at is not None and tx.now - walk.returned_at > LATE_AFTER and not late_reason:
        raise Invalid(_("It is more than half an hour since the walk. Say why it is written now."), "late_reason")
    words = [_(BEYOND_NAMES[reason]).capitalize() + "."] if reason else []
    urgent = outcome in LADDER and not resolved
    handover = outcome in LADDER or reason is Beyond.FEARED or mending
    # never later than now, where the clock was set back since she left: that must keep nobody from writing what was found
    seen_from, seen_to = (min(moment, tx.now) for moment in (walk.left_at, walk.returned_at or tx.now))
    entry = write_entry(
        tx, Kind.CHECK, " ".join([*words, typed_text(note, "note", required=False)]).strip(), house_id=house_id,
        resident_id=door.resident.id, observed_from=seen_from, observed_to=seen_to,
        importance=Importance.URGENT if urgent else Importance.HANDOVER if handover else Importance.ROUTINE,
        source=Source.AFTERWARDS if late_reason else Source.DIRECT, late_reason=late_reason,
        on_behalf_id=on_behalf_id if on_behalf_id != tx.actor.person_id else None,
    )  # fmt: skip
    check = RoundCheck(
        id=entry.id, walk_id=walk_id, unit_id=unit_id, resident_id=door.resident.id, outcome=outcome, form=form,
        beyond=reason,
    )  # fmt: skip
    return entry, check, door


def _look_at_door(tx: Reading, house_id: int, walk: Walk, door: Door, *, later: bool) -> None:
    """Raises Invalid for a door where no check was due when the walker left, nor is now.

    How it was is looked up only where it may be another thing than how it is: for what is written `later`, and where
    nothing is due any more (whoever was found in danger is admitted by the time it is written).
    """
    why_not = not_due(door, walk.left_at)
    if why_not is None and not later:
        return
    then = stood_in(tx, house_id, walk.left_at).get(door.unit_id)
    lived = then is not None and door.resident is not None and then.resident_id == door.resident.id
    if then is not None and door.resident is not None and not lived:
        raise Invalid(_("Somebody else lived at %(unit)s then. Write a note instead.") % {"unit": door.code})
    why_not = why_none(then, walk.left_at)
    if why_not is not None:
        raise Invalid(_("No check is due at %(unit)s: %(reason)s.") % {"unit": door.code, "reason": why_not})


def run_out_in(tx: Reading, house_id: int, now: datetime) -> list[Door]:
    """The doors whose check agreement has run out, and for whom the station has not made a task since."""
    found = []
    for door in doors_in(tx, house_id):
        agreement = door.resident.agreement if door.resident else None
        if door.resident is None or agreement is None or not expired(agreement, now):
            continue
        asked = {"resident_id": door.resident.id, "since": agreement.valid_until}
        if tx.first(_task_of_station(), asked) is None:
            found.append(door)
    return found


def renew_in(tx: Writing, house_id: int) -> None:
    """An agreement that has run out is no agreement, and somebody must make a new one: a task, once for each.

    The station makes them itself as the time comes, not the one who happens to answer that door: a door where no check
    was wanted is answered by nobody.
    """
    for door in run_out_in(tx, house_id, tx.now):
        text = _("%(unit)s: the check agreement has run out; make a new one with the resident.")
        add_task(tx, house_id, text % {"unit": door.code}, resident_id=door.resident.id if door.resident else None)


@cache
def _task_of_station() -> SelectOfScalar[int]:
    return select(Task.id).where(
        Task.resident_id == bindparam("resident_id"), Task.added_by_id == STATION_ITSELF.person_id,
        Task.added_at >= bindparam("since"),
    ).limit(1)  # fmt: skip


def feared_in(tx: Writing, house_id: int, door: Door, entry: Entry) -> int:
    """Somebody went in for fear of life: an emergency that leaves an incident of its own. Returns its key."""
    tx.flush()
    resident_id = door.resident.id if door.resident else None
    made = start_incident(tx, house_id, IncidentKind.OTHER, resident_id, _("Let in for fear of life."))
    ask_deviation_in(tx, house_id, made, door, _("let in for fear of life"), entry.observed_from, entry.observed_to)
    return made


def ladder_in(
    tx: Writing, house_id: int, walk_id: int, unit_id: int, outcome: Outcome, *, steps: Sequence[LadderStep] = (),
    conclusion: str = "", colleague_id: int | None = None, late_reason: str = "", deviation: Deviation = Deviation.LATER,
) -> CheckFacts:  # fmt: skip
    """A no-answer or a danger: its check, its incident with the steps that were taken, and what must be asked after it."""
    resolved = bool(conclusion.strip())
    entry, check, door = answer_in(
        tx, house_id, walk_id, unit_id, outcome, on_behalf_id=colleague_id, resolved=resolved, late_reason=late_reason
    )
    tx.flush()
    for step in steps:
        _look_at_time(step, entry.observed_from, tx.now)
    began = min((step.at for step in steps), default=None)
    kind = IncidentKind.NO_ANSWER if outcome is Outcome.NO_ANSWER else IncidentKind.FOUND_IN_DANGER
    told = ""
    if colleague_id is not None:
        told = _("%(who)s is there and reports.") % {"who": tx.get(Person, colleague_id).name}
    check.incident_id = start_incident(tx, house_id, kind, check.resident_id, told, began)
    tx.flush()
    tx.add(check)
    for step in sorted(steps, key=lambda step: step.at):
        add_step(tx, house_id, check.incident_id, step.step, step.text, step.at)
    if resolved:
        conclude_incident(tx, house_id, check.incident_id, conclusion, deviation=deviation)
    begins, ends = (began, began) if began else (entry.observed_from, entry.observed_to)
    ask_deviation_in(tx, house_id, check.incident_id, door, _(INCIDENT_NAMES[kind]), begins, ends, deviation)
    return check_facts(entry, check, concluded=resolved)


def _look_at_time(step: LadderStep, left_at: datetime, now: datetime) -> None:
    """Raises Invalid, and says which one, for a step before the walk or in the future; only minutes can be typed."""
    told = {"step": _(STEP_NAMES[step.step]), "time": show_moment(step.at, now), "left": show_time(left_at)}
    if step.at > now:
        raise Invalid(_("%(step)s %(time)s lies in the future. What is written has happened.") % told, str(step.step))
    if step.at < left_at.replace(second=0, microsecond=0):
        raise Invalid(_("%(step)s %(time)s lies before the walk, which began %(left)s.") % told, str(step.step))


def sign_in(
    tx: Writing, house_id: int, walk: Walk, checks: Mapping[int, CheckFacts], open_doors: Sequence[Door],
    reasons: Mapping[int, str], owed: Owed, walks: Sequence[Walk] = (), on_behalf_id: int | None = None,
) -> None:  # fmt: skip
    """Sign a round: each open door with its reason on its resident's timeline, and on the house's the count and the walks.

    Both say which round it is: a night has several, and more than one may be signed in the morning.
    """
    lacking = [door.code for door in open_doors if not reasons.get(door.unit_id, "").strip()]
    if lacking:
        raise Invalid(
            _("These doors have no check; give a reason for each: %(units)s.") % {"units": ", ".join(lacking)}
        )
    round_ = _round_told(tx, house_id, walk)
    for door in open_doors:
        reason = typed_line(reasons[door.unit_id], "reason", limit=300)
        tx.add(OpenDoor(walk_id=walk.id, unit_id=door.unit_id, reason=reason))
        write_entry(
            tx, Kind.ROUND, _("Not checked on the round %(round)s: %(reason)s") % {"round": round_, "reason": reason}, house_id=house_id,
            resident_id=then.resident_id if (then := owed.stood.get(door.unit_id)) else None, importance=Importance.HANDOVER,
            on_behalf_id=on_behalf_id,
        )  # fmt: skip
    tx.change(walk, signed_at=tx.now)
    done, spans = len(checks), spans_of(walks)
    counted = {"round": round_, "done": done, "due": done + len(open_doors)}
    told = [_("Round %(round)s signed: %(done)d of %(due)d doors.") % counted]
    if spans:
        told.append(_("Walked %(spans)s.") % {"spans": ", ".join(_span(one, checks, len(spans)) for one in spans)})
    if open_doors:
        told.append(_("Not checked: %(units)s.") % {"units": ", ".join(door.code for door in open_doors)})
    write_entry(
        tx, Kind.ROUND, " ".join(told), house_id=house_id, on_behalf_id=on_behalf_id,
        importance=Importance.HANDOVER if open_doors else Importance.ROUTINE,
    )  # fmt: skip


def _round_told(tx: Reading, house_id: int, walk: Walk) -> str:
    """Which round a walk belongs to: the hours of its window, or when it began where the house's windows are others by now."""
    begins_at = walk.window_begins or walk.left_at
    window = window_begun_at(begins_at, rules_in(tx, house_id))
    return show_time(begins_at) if window is None else show_span(window.begins_at, window.ends_at)


def open_door_of_in(tx: Reading, entry: Entry) -> int | None:
    """The key of the reason that this entry tells on a resident's timeline; None for any other entry.

    Both are written at the signing, the reason first.
    """
    if entry.kind is not Kind.ROUND or entry.resident_id is None:
        return None
    return tx.first(
        select(OpenDoor.id)
        .join(Walk, col(Walk.id) == OpenDoor.walk_id)
        .where(Walk.signed_at == entry.recorded_at, col(OpenDoor.id) < entry.id)
        .order_by(col(OpenDoor.id).desc())
        .limit(1)
    )


def _span(span: tuple[datetime, datetime], checks: Mapping[int, CheckFacts], of: int) -> str:
    """When it was walked; of several walks also how many doors each answers for."""
    hours = f"{show_time(span[0])}–{show_time(span[1])}"
    if of == 1:
        return hours
    seen = answered_during(checks, span[0])
    return f"{hours} ({ngettext('%(count)d door', '%(count)d doors', seen) % {'count': seen}})"


def sign_extra_in(tx: Writing, house_id: int, walk: Walk, answered: Sequence[str], on_behalf_id: int | None) -> None:
    """Sign an extra round: it owes no door, and says which it saw."""
    tx.change(walk, signed_at=tx.now)
    told = _("Extra round signed, walked %(span)s: %(units)s.") % {
        "span": ", ".join(f"{show_time(begins)}–{show_time(ends)}" for begins, ends in spans_of([walk])),
        "units": ", ".join(answered) or _("no door was answered"),
    }
    write_entry(tx, Kind.ROUND, told, house_id=house_id, on_behalf_id=on_behalf_id)

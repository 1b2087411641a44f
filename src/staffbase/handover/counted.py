"""How much was recorded of each resident in a stretch of time, in numbers, read inside a transaction."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from staffbase.handover.facts import Counts
from staffbase.incidents.model import Incident, IncidentKind
from staffbase.journal.model import NOTE_KINDS, Entry, Kind
from staffbase.journal.timeline import written_since
from staffbase.kernel.database import Reading
from staffbase.rounds.model import RoundCheck
from staffbase.rounds.rules import LADDER

_CHECKS = (Kind.CHECK, Kind.EXTRA_CHECK)
_COUNTED = (
    *NOTE_KINDS, *_CHECKS, Kind.INCIDENT, Kind.PRESENCE, Kind.STAY, Kind.DANGER, Kind.ROUND_AGREEMENT, Kind.PLAN, Kind.TASK, Kind.CONTACT, Kind.CONCERN,
)  # fmt: skip
"""What counts as something recorded of a resident; an incident counts once, whatever its steps."""


def counts_in(tx: Reading, house_id: int, since: datetime, until: datetime | None = None) -> dict[int, Counts]:
    """How much was observed of each resident from then (until then), by resident; what was taken back does not count."""
    alarms = _alarms_in(tx, house_id, since)
    told = {incident_id for incident_id, _kind, _began in alarms.values()}
    made: dict[int, Counts] = {}
    for key, (kind, resident_id, ended) in _standing_in(tx, house_id, since).items():
        at = alarms[key][2] if key in alarms else ended  # the walk on which nobody answered may have ended long after
        if resident_id is None or key in told or at < since or (until is not None and at >= until):
            continue
        sofar = made.get(resident_id, Counts())
        if key in alarms:
            made[resident_id] = replace(sofar, alarms=(*sofar.alarms, (alarms[key][1], at)))
        elif kind in _CHECKS:
            made[resident_id] = replace(sofar, checks=tuple(sorted((*sofar.checks, at))))
        elif kind in NOTE_KINDS:
            made[resident_id] = replace(sofar, notes=sofar.notes + 1)
        else:
            made[resident_id] = replace(sofar, others=sofar.others + 1)
    return made


def _standing_in(tx: Reading, house_id: int, since: datetime) -> dict[int, tuple[Kind, int | None, datetime]]:
    """What was written since then and stands: its kind, whom it is about now, and until when it was seen."""
    rows = tx.all(
        select(Entry)
        .where(
            Entry.house_id == house_id,
            col(Entry.kind).in_((*_COUNTED, Kind.WITHDRAWN, Kind.WRONG_RESIDENT)),
            Entry.recorded_at >= since,
            written_since(since),
        )
        .order_by(col(Entry.id))
    )
    standing: dict[int, tuple[Kind, int | None, datetime]] = {}
    for row in rows:
        if row.kind is Kind.WITHDRAWN:
            standing.pop(row.amends_id or 0, None)
        elif row.kind is Kind.WRONG_RESIDENT:
            if row.amends_id in standing:
                kind, _before, at = standing[row.amends_id]
                standing[row.amends_id] = (kind, row.resident_id, at)
        else:
            standing[row.id] = (row.kind, row.resident_id, row.observed_to)
    return standing


def _alarms_in(tx: Reading, house_id: int, since: datetime) -> dict[int, tuple[int, IncidentKind, datetime]]:
    """The checks since then that nobody answered or that found danger: the incident of each, its kind, and when it began."""
    began = aliased(Entry)
    rows = tx.all(
        select(RoundCheck.id, Incident.id, Incident.kind, began.observed_from)
        .join(Entry, col(Entry.id) == col(RoundCheck.id))
        .join(Incident, col(Incident.id) == col(RoundCheck.incident_id))
        .join(began, col(began.id) == col(Incident.id))
        .where(
            Entry.house_id == house_id,
            Entry.recorded_at >= since,
            written_since(since),
            col(RoundCheck.outcome).in_(LADDER),
        )
    )
    return {check_id: (incident_id, IncidentKind(kind), at) for check_id, incident_id, kind, at in rows}

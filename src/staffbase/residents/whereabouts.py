"""Who lived behind each door and was where, as it stood at a moment: what a round owed is asked long after it was walked.

A resident's row and stay say how things stand now. Each change of them also leaves a row here, and the newest that counted
at a moment tells how things stood then. What frees a door from checks (admitted, in prison, moved out) counts from when it
was so; what makes one due (moved in, home again) counts from when it was written, for nobody can check a door of which the
house did not know yet.
"""

from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from staffbase.kernel.clock import at_local, local
from staffbase.kernel.database import Reading, Writing
from staffbase.residents.model import Presence, Resident, RoundAgreement, Stay, Whereabouts
from staffbase.residents.reading import agreement_of
from staffbase.residents.rules import Stood

FREES = frozenset({Presence.ADMITTED, Presence.PRISON})
"""Where nobody from the house looks in at night."""
_BY_DAY = time(12)
"""When somebody moves of whom only the day is known."""


def note_in(tx: Writing, resident: Resident, unit_id: int | None, presence: Presence, since: datetime) -> None:
    """From then on the resident lives there (None: here no more) and is there."""
    tx.add(Whereabouts(resident_id=resident.id, unit_id=unit_id, presence=presence, since=since))


def keep_former_in(tx: Writing, resident: Resident, stay: Stay) -> None:
    """Before a first change: how it was until now, for those whose stay began before this was kept."""
    if tx.first(select(Whereabouts.id).where(Whereabouts.resident_id == resident.id).limit(1)) is not None:
        return
    note_in(tx, resident, stay.unit_id, Presence.HOME, at_local(stay.from_date, _BY_DAY))
    if resident.presence is not Presence.HOME and resident.presence_since is not None:
        note_in(tx, resident, stay.unit_id, resident.presence, resident.presence_since)


def left_at(tx: Writing, day: date) -> datetime:
    """When somebody left who left on this day: now, or by day."""
    return min(tx.now, at_local(day, _BY_DAY)) if day < local(tx.now).date() else tx.now


@cache
def _stood() -> Any:
    newest = (
        select(Whereabouts.id)
        .where(Whereabouts.resident_id == Resident.id, Whereabouts.since <= bindparam("at"))
        .order_by(col(Whereabouts.id).desc())
        .limit(1)
        .correlate(Resident)
        .scalar_subquery()
    )
    agreed = (
        select(RoundAgreement.id)
        .where(RoundAgreement.resident_id == Resident.id, RoundAgreement.valid_from <= bindparam("at"))
        .order_by(col(RoundAgreement.id).desc())
        .limit(1)
        .correlate(Resident)
        .scalar_subquery()
    )
    known = select(Whereabouts.id).where(Whereabouts.resident_id == Resident.id).correlate(Resident).exists()
    return (
        select(Resident, Whereabouts, Stay, RoundAgreement)
        .join(Whereabouts, col(Whereabouts.id) == newest, isouter=True)
        .join(Stay, (col(Stay.resident_id) == Resident.id) & col(Stay.until_date).is_(None), isouter=True)
        .join(RoundAgreement, col(RoundAgreement.id) == agreed, isouter=True)
        .where(Resident.house_id == bindparam("house_id"))
        .add_columns(known)
    )


def stood_in(tx: Reading, house_id: int, at: datetime) -> dict[int, Stood]:
    """How things stood at each door behind which somebody lived, by unit: one query, whatever the house's age."""
    found = {}
    for resident, then, stay, agreed, known in tx.all(_stood(), {"house_id": house_id, "at": at}):
        if then is not None:
            unit_id, presence = then.unit_id, then.presence
        elif known or stay is None:
            continue  # moved in later, or lives here no more
        else:
            unit_id, presence = stay.unit_id, resident.presence
        if unit_id is not None:
            found[unit_id] = Stood(resident.id, presence, agreement_of(agreed))
    return found

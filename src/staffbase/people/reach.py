"""How far back somebody reads, inside a transaction: substitutes their own shifts, and whom they opened in an emergency."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import col, select

from staffbase.journal.reach import Reach
from staffbase.kernel.access import ALLOWED, Actor, Permission
from staffbase.kernel.clock import Clock
from staffbase.kernel.database import Reading
from staffbase.people.duty import duty_now_in
from staffbase.people.model import Duty, EmergencyAccess
from staffbase.people.rules import own_windows

LIMITED = frozenset(role for role, may in ALLOWED.items() if Permission.EMERGENCY_ACCESS in may)
"""The roles that read their own shifts only, and what else they open themselves."""
WITHOUT_DUTY = timedelta(hours=8)
"""How long an emergency access lasts for somebody who is not on duty: about a shift."""


def reach_in(tx: Reading, house_id: int, actor: Actor, now: datetime) -> Reach | None:
    """What the actor may read at this moment; None is everything. At most two queries, whatever the house's age."""
    if actor.role not in LIMITED:
        return None
    duties = tx.all(
        select(col(Duty.begins_at), col(Duty.ends_at)).where(
            Duty.house_id == house_id, Duty.person_id == actor.person_id
        )
    )
    opened = tx.all(
        select(EmergencyAccess.resident_id).where(
            EmergencyAccess.house_id == house_id,
            EmergencyAccess.person_id == actor.person_id,
            EmergencyAccess.begins_at <= now,
            EmergencyAccess.ends_at > now,
        )
    )
    return Reach(actor.person_id, own_windows((begins, ends) for begins, ends in duties), frozenset(opened))


def reach_of(clock: Clock, house_id: int) -> Callable[[Reading, Actor], Reach | None]:
    """For the journal, which knows no shifts: the reach of an actor now."""
    return lambda tx, actor: reach_in(tx, house_id, actor, clock.now())


def access_ends_in(tx: Reading, house_id: int, person_id: int, now: datetime) -> datetime:
    """Until when an emergency access that is taken now lasts: the present shift's end, or eight hours."""
    duty = duty_now_in(tx, house_id, person_id, now)
    return duty.ends_at if duty is not None else now + WITHOUT_DUTY


def in_force_in(tx: Reading, house_id: int, person_id: int, resident_id: int, now: datetime) -> EmergencyAccess | None:
    """The emergency access to this resident that a person has at a moment: the one that lasts longest."""
    return tx.first(
        select(EmergencyAccess)
        .where(
            EmergencyAccess.house_id == house_id,
            EmergencyAccess.person_id == person_id,
            EmergencyAccess.resident_id == resident_id,
            EmergencyAccess.begins_at <= now,
            EmergencyAccess.ends_at > now,
        )
        .order_by(col(EmergencyAccess.ends_at).desc())
    )

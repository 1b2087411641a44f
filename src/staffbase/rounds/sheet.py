"""The round sheet inside a transaction: the walk, its window, and every door with what the round found or owes there."""

from datetime import datetime

from staffbase.kernel.database import Reading
from staffbase.people.model import Person
from staffbase.residents.reading import doors_in
from staffbase.residents.rules import expired, form_now
from staffbase.rounds.facts import DoorLine, RoundSheet, WalkFacts
from staffbase.rounds.reading import checks_in, last_seen_in, unsigned_walks_in, walk_facts
from staffbase.rounds.rules import Window, window_after, window_begun_at, window_for
from staffbase.rounds.windows import (
    not_walked_in,
    owed_in,
    round_of_in,
    rules_in,
    spans_of,
    walks_of_window_in,
    window_to_walk_in,
)


def sheet_in(tx: Reading, house_id: int, now: datetime, walk_id: int | None = None) -> RoundSheet:
    """The round sheet: of the walk asked for, else of the one under way, else of the newest that is not signed.

    How far a check may go and whether one is due is as it stood when the walker left; before that, as it stands now.
    """
    hours = rules_in(tx, house_id)
    window = window_for(now, hours)
    unsigned = unsigned_walks_in(tx, house_id)
    walk = next((one for one in unsigned if walk_id in (None, one.id)), None)
    if walk is None and window is not None and window.holds(now):
        walk = _signed_in_window(tx, house_id, window)
    if walk is not None and walk.window_begins is not None:
        window = window_begun_at(walk.window_begins, hours) or window
    walks = round_of_in(tx, house_id, walk) if walk else []
    round_ids = [one.id for one in walks]
    checks, seen, doors = checks_in(tx, round_ids), last_seen_in(tx, house_id), doors_in(tx, house_id)
    owed = owed_in(tx, house_id, window if walks else None, walks, now, doors)
    lines = []
    for door in doors:
        then = owed.stood.get(door.unit_id)
        agreement = then.agreement if then else None
        lines.append(
            DoorLine(
                door,
                form_now(agreement, owed.at) if then else None,
                agreement is not None and expired(agreement, owed.at),
                owed.why_none(door.unit_id),
                seen.get(door.resident.id) if door.resident else None,
                checks.get(door.unit_id),
                owed.reasons.get(door.unit_id, ""),
            )
        )
    may_leave = walk is None or walk.signed_at is not None
    return RoundSheet(
        window, window is not None and window.holds(now), walk, tuple(lines),
        tuple(one for one in unsigned if walk is None or one.id not in round_ids),
        tuple(not_walked_in(tx, house_id, now, doors, hours)), tuple(spans_of(walks)),
        may_leave and window_to_walk_in(tx, house_id, now, hours) is None, window_after(now, hours),
    )  # fmt: skip


def _signed_in_window(tx: Reading, house_id: int, window: Window) -> WalkFacts | None:
    walks = walks_of_window_in(tx, house_id, window.begins_at)
    return walk_facts(walks[-1], tx.get(Person, walks[-1].walker_id).name) if walks else None

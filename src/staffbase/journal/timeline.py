"""Reading the journal in order: where each entry stands now, page by page, in a constant number of queries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from staffbase.journal.items import AMENDING, PLACING, Amended, TimelineItem, fold, ids_of
from staffbase.journal.model import Entry, EntryText, Importance, Kind
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _

_FOLDED = tuple(kind for kind in AMENDING if kind not in PLACING)
_SLICE = 5000
"""Keys asked for at a time; SQLite takes about thirty thousand."""


def items_in(
    tx: Reading,
    house_id: int,
    *,
    resident_id: int | None = None,
    house_only: bool = False,
    kinds: Sequence[Kind] | None = None,
    importance: Sequence[Importance] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    recorded_since: datetime | None = None,
    recorded_until: datetime | None = None,
    before: int | None = None,
    limit: int | None = None,
    reader: Actor | None = None,
) -> list[TimelineItem]:
    """Entries with everything folded in, the last observed first. Without a reader nothing hidden is shown.

    Of one resident, of the house alone (`house_only`), or of all. `since` and `until` (not included) are observed
    times, `recorded_…` when they were written. `before` is the key of the last item of the page before.
    """
    place, root, newer = aliased(Entry), aliased(Entry), aliased(Entry)
    root_id = case((col(place.kind).in_(PLACING), col(place.amends_id)), else_=col(place.id))

    def in_scope(entry: Any) -> list[Any]:
        if house_only:
            return [col(entry.resident_id).is_(None)]
        return [] if resident_id is None else [col(entry.resident_id) == resident_id]

    superseded = exists().where(
        col(newer.amends_id) == root_id, col(newer.kind).in_(PLACING), col(newer.id) > col(place.id), *in_scope(newer)
    )
    wanted = (
        select(place, root)
        .join(root, col(root.id) == root_id)
        .where(col(place.house_id) == house_id, col(place.kind).not_in(_FOLDED), ~superseded, *in_scope(place))
        .order_by(col(place.observed_from).desc(), col(place.id).desc())
    )
    wanted = wanted.where(
        *_among(col(root.kind), kinds),
        *_among(col(root.importance), importance),
        *_between(col(place.observed_from), since, until),
        *_between(col(root.recorded_at), recorded_since, recorded_until),
    )
    if before is not None:
        last = _place_of(tx, before, in_scope)
        wanted = wanted.where(
            col(place.observed_from) <= last.observed_from,
            or_(col(place.observed_from) < last.observed_from, and_(col(place.id) < last.id)),
        )
    if limit is not None:
        wanted = wanted.limit(limit)
    rows = tx.all(wanted)
    amended = amended_in(tx, [row_root for _place, row_root in rows])
    return [fold(amended[row_root.id], row_place, reader) for row_place, row_root in rows]


def _among(column: Any, values: Sequence[Any] | None) -> list[Any]:
    return [] if values is None else [column.in_(tuple(values))]


def _between(column: Any, since: datetime | None, until: datetime | None) -> list[Any]:
    return [*([] if since is None else [column >= since]), *([] if until is None else [column < until])]


def _place_of(tx: Reading, key: int, in_scope: Any) -> Entry:
    """Where the item with this key (its own or its place's) stands in this scope."""
    entry = tx.find(Entry, key)
    if entry is None:
        raise NotFound(_("It is not there any more."))
    root_id = entry.amends_id if entry.kind in AMENDING else entry.id
    newest = tx.first(
        select(Entry)
        .where(
            or_(col(Entry.id) == root_id, and_(col(Entry.amends_id) == root_id, col(Entry.kind).in_(PLACING))),
            *in_scope(Entry),
        )
        .order_by(col(Entry.id).desc())
    )
    return newest or entry


def items_by_id(tx: Reading, entry_ids: Iterable[int], reader: Actor | None = None) -> dict[int, TimelineItem]:
    """Entries by key, where they stand now; the key of an amendment gives the entry it is about."""
    roots = roots_in(tx, entry_ids)
    amended = amended_in(tx, {root.id: root for root in roots.values()}.values())
    return {entry_id: fold(amended[root.id], reader=reader) for entry_id, root in roots.items()}


def _rows(tx: Reading, column: Any, keys: Iterable[int], *where: Any) -> list[Entry]:
    wanted = list(keys)
    found: list[Entry] = []
    for start in range(0, len(wanted), _SLICE):
        part = wanted[start : start + _SLICE]
        found.extend(tx.all(select(Entry).where(column.in_(part), *where).order_by(col(Entry.id))))
    return found


def roots_in(tx: Reading, entry_ids: Iterable[int]) -> dict[int, Entry]:
    """The entry that each of these keys is about: itself, what it amends, or what the comment it amends is about."""
    known: dict[int, Entry] = {}
    asked = list(dict.fromkeys(entry_ids))
    missing = asked
    for _depth in range(3):  # a correction of a comment on an entry
        for entry in _rows(tx, col(Entry.id), missing):
            known[entry.id] = entry
        missing = [
            entry.amends_id
            for entry in known.values()
            if entry.kind in AMENDING and entry.amends_id is not None and entry.amends_id not in known
        ]
        if not missing:
            break

    def up(entry: Entry) -> Entry:
        while entry.kind in AMENDING and entry.amends_id in known:
            entry = known[entry.amends_id]
        return entry

    return {entry_id: up(known[entry_id]) for entry_id in asked if entry_id in known}


def amended_in(tx: Reading, roots: Iterable[Entry]) -> dict[int, Amended]:
    """Everything that was written about these entries."""
    amended = {root.id: Amended(root) for root in roots}
    comments: dict[int, Amended] = {}
    for entry in _rows(tx, col(Entry.amends_id), amended, col(Entry.kind).in_(AMENDING)):
        each = amended[entry.amends_id or 0]
        each.amendments.append(entry)
        if entry.kind is Kind.COMMENT:
            comments[entry.id] = each
    for entry in _rows(tx, col(Entry.amends_id), comments, col(Entry.kind).in_(AMENDING)):
        comments[entry.amends_id or 0].about_comments.setdefault(entry.amends_id or 0, []).append(entry)
    texts: dict[int, EntryText] = {}
    keys = ids_of(list(amended.values()))
    for start in range(0, len(keys), _SLICE):
        part = keys[start : start + _SLICE]
        texts.update({row.id: row for row in tx.all(select(EntryText).where(col(EntryText.id).in_(part)))})
    for each in amended.values():
        each.texts = texts
    return amended

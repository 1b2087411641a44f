"""Reading the journal in order: where each entry stands now, page by page, in a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from staffbase.journal.items import AMENDING, PLACING, Amended, TimelineItem, fold, ids_of
from staffbase.journal.model import Entry, EntryText, Importance, Kind
from staffbase.journal.reach import Reach
from staffbase.kernel.access import Actor
from staffbase.kernel.columns import Key
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Erasure

Row = TypeVar("Row", bound=SQLModel)
_FOLDED = tuple(kind for kind in AMENDING if kind not in PLACING)
_SLICE = 5000
"""Keys asked for at a time; SQLite takes about thirty thousand."""


@dataclass(frozen=True)
class Scope:
    """Which entries a timeline is of: a resident's, the house's own, or all."""

    house_id: int
    resident_id: int | None = None
    house_only: bool = False

    def where(self) -> list[Any]:
        """As conditions on the entry table."""
        here = [col(Entry.house_id) == self.house_id]
        if self.house_only:
            return [*here, col(Entry.resident_id).is_(None)]
        return here if self.resident_id is None else [*here, col(Entry.resident_id) == self.resident_id]

    def holds(self, entry: Entry) -> bool:
        """Whether the entry stands in this timeline."""
        if self.house_only:
            return entry.resident_id is None
        return self.resident_id is None or entry.resident_id == self.resident_id

    def place(self, amended: Amended) -> Entry:
        """Where the entry stands (or, when it was moved away, stood last) in this timeline."""
        placed = (amended.root, *amended.of(*PLACING))
        return ([entry for entry in placed if self.holds(entry)] or placed)[-1]


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
    reach: Reach | None = None,
) -> list[TimelineItem]:
    """Entries with everything folded in, the last observed first. Without a reader nothing hidden is shown.

    `reach` leaves out what lies beyond it; None is everything.
    Of one resident, of the house alone (`house_only`), or of all. `since` and `until` (not included) are observed
    times, `recorded_…` when they were written. `before` is the key of the last item of the page before.
    """
    scope = Scope(house_id, resident_id, house_only)
    placing = col(Entry.kind).in_(PLACING)  # what these are about is looked at below
    wanted = select(Entry).where(
        *scope.where(),
        col(Entry.kind).not_in(_FOLDED),
        *_among(col(Entry.importance), importance),
        *_between(col(Entry.observed_from), since, until),
        *(or_(placing, condition) for condition in _among(col(Entry.kind), kinds)),
        *(or_(placing, condition) for condition in _between(col(Entry.recorded_at), recorded_since, recorded_until)),
        *([] if recorded_since is None else [written_since(recorded_since)]),
        *([] if reach is None else [or_(placing, reach.where())]),
    )

    def fits(root: Entry) -> bool:
        return (
            (kinds is None or root.kind in kinds)
            and (recorded_since is None or root.recorded_at >= recorded_since)
            and (recorded_until is None or root.recorded_at < recorded_until)
        )

    items: list[TimelineItem] = []
    last = None if before is None else _place_of(tx, before, scope)
    more = True
    while more and (limit is None or len(items) < limit):
        places = tx.all(_page(wanted, last, limit))
        more = limit is not None and len(places) == _look_at(limit)
        last = places[-1] if places else None
        items += [
            fold(amended, place, reader)
            for place, amended in _standing(tx, places)
            if fits(amended.root)
            and scope.place(amended).id == place.id
            and (reach is None or reach.holds(place, amended.root))
        ]
    return items[:limit]


def _look_at(limit: int) -> int:
    """Entries to look at for a page: a few stand elsewhere by now."""
    return limit + limit // 10 + 5


def _page(wanted: Any, last: Entry | None, limit: int | None) -> Any:
    if last is not None:
        wanted = wanted.where(
            col(Entry.observed_from) <= last.observed_from,
            or_(col(Entry.observed_from) < last.observed_from, col(Entry.id) < last.id),
        )
    wanted = wanted.order_by(col(Entry.observed_from).desc(), col(Entry.id).desc())
    return wanted if limit is None else wanted.limit(_look_at(limit))


def _standing(tx: Reading, places: Sequence[Entry]) -> list[tuple[Entry, Amended]]:
    """Each place with the entry that stands there and all that was written about it."""
    moved = [place.amends_id for place in places if place.kind in PLACING and place.amends_id is not None]
    roots = {place.id: place for place in places if place.kind not in PLACING}
    roots |= {root.id: root for root in _rows(tx, _themselves(), [key for key in moved if key not in roots])}
    amended = amended_in(tx, roots.values())
    return [(place, amended[(place.amends_id or 0) if place.kind in PLACING else place.id]) for place in places]


def _among(column: Any, values: Sequence[Any] | None) -> list[Any]:
    return [] if values is None else [column.in_(tuple(values))]


def written_since(moment: datetime) -> Any:
    """As a condition on an entry: it is not older than what was written since then.

    Keys grow in the order of writing, so that only the end of the table is read, however old the house is.
    """
    oldest = aliased(Entry)
    least = func.min(oldest.id + 0)  # a bare key would be looked for from the beginning of the table, not in the index
    return col(Entry.id) >= select(least).where(oldest.recorded_at >= moment).scalar_subquery()


def _between(column: Any, since: datetime | None, until: datetime | None) -> list[Any]:
    return [*([] if since is None else [column >= since]), *([] if until is None else [column < until])]


def _place_of(tx: Reading, key: int, scope: Scope) -> Entry:
    """Where the item with this key (its own or its place's) stands in this timeline."""
    root = roots_in(tx, [key]).get(key)
    if root is None:
        raise NotFound(_("It is not there any more."))
    placing = _rows(tx, _about(*PLACING), [root.id])
    return scope.place(Amended(root, placing))


def items_by_id(tx: Reading, entry_ids: Iterable[int], reader: Actor | None = None) -> dict[int, TimelineItem]:
    """Entries by key, where they stand now; the key of an amendment gives the entry it is about."""
    roots = roots_in(tx, entry_ids)
    amended = amended_in(tx, {root.id: root for root in roots.values()}.values())
    return {entry_id: fold(amended[root.id], reader=reader) for entry_id, root in roots.items()}


def readable_in(tx: Reading, entry_ids: Iterable[int], reach: Reach | None) -> set[int]:
    """Those of these entries that lie within somebody's reach, where they stand now."""
    asked = list(entry_ids)
    if reach is None:
        return set(asked)
    roots = roots_in(tx, asked)
    places: dict[int, Entry] = {}
    for placing in _rows(tx, _about(*PLACING), {root.id for root in roots.values()}):
        places[placing.amends_id or 0] = placing
    return {entry_id for entry_id, root in roots.items() if reach.holds(places.get(root.id, root), root)}


def among_keys(column: Any, keys: Sequence[int] = ()) -> Any:
    """The column is one of these keys, or of the parameter "keys".

    They are written into the statement: thousands of parameters cost more to bind.
    """
    return column.in_(bindparam("keys", list(keys), expanding=True, literal_execute=True, type_=Key()))


# Building a statement costs more than asking it; these are asked for every page of every timeline, so each is built once.


@cache
def _themselves() -> SelectOfScalar[Entry]:
    return select(Entry).where(among_keys(col(Entry.id))).order_by(col(Entry.id))


@cache
def _about(*kinds: Kind) -> SelectOfScalar[Entry]:
    return select(Entry).where(among_keys(col(Entry.amends_id)), col(Entry.kind).in_(kinds)).order_by(col(Entry.id))


@cache
def _texts() -> SelectOfScalar[EntryText]:
    return select(EntryText).where(among_keys(col(EntryText.id)))


@cache
def _erasures() -> SelectOfScalar[Erasure]:
    return select(Erasure).where(Erasure.table_name == EntryText.__tablename__, among_keys(col(Erasure.row_id)))


def erased_in(tx: Reading, entry_ids: Iterable[int]) -> dict[int, datetime]:
    """Which of these entries' texts were erased by decision, and when."""
    return {row.row_id: row.decided_at for row in _rows(tx, _erasures(), entry_ids)}


def _rows(tx: Reading, statement: SelectOfScalar[Row], keys: Iterable[int]) -> list[Row]:
    wanted = list(keys)
    found: list[Row] = []
    for start in range(0, len(wanted), _SLICE):
        found.extend(tx.all(statement, {"keys": wanted[start : start + _SLICE]}))
    return found


def roots_in(tx: Reading, entry_ids: Iterable[int]) -> dict[int, Entry]:
    """The entry that each of these keys is about: itself, what it amends, or what the comment it amends is about."""
    known: dict[int, Entry] = {}
    asked = list(dict.fromkeys(entry_ids))
    missing = asked
    for _depth in range(3):  # a correction of a comment on an entry
        for entry in _rows(tx, _themselves(), missing):
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
    for entry in _rows(tx, _about(*AMENDING), amended):
        each = amended[entry.amends_id or 0]
        each.amendments.append(entry)
        if entry.kind is Kind.COMMENT:
            comments[entry.id] = each
    for entry in _rows(tx, _about(*AMENDING), comments):
        comments[entry.amends_id or 0].about_comments.setdefault(entry.amends_id or 0, []).append(entry)
    ids = ids_of(list(amended.values()))
    texts = {row.id: row for row in _rows(tx, _texts(), ids)}
    erased = erased_in(tx, [key for key in ids if key not in texts])
    for each in amended.values():
        each.texts, each.erased = texts, erased
    return amended

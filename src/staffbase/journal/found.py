"""Search with everything folded in: each entry once, newest first, and nothing that its reader may not see."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import col, select

from staffbase.journal import search
from staffbase.journal.items import AMENDING, PLACING, Amended, TimelineItem, fold, may_read_hidden
from staffbase.journal.model import Entry, Kind
from staffbase.journal.reach import Reach
from staffbase.journal.timeline import amended_in, among_keys, roots_in
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Reading

_FIRST_LOOK, _MOST_AT_ONCE = 200, 5000
_SHORT = 2
"""Letters of a term that is looked for at the beginning of words."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Wanted:
    """What is looked for, and among which entries."""

    terms: Sequence[str]
    house_id: int
    resident_id: int | None = None
    kinds: Sequence[Kind] | None = None
    since: datetime | None = None
    until: datetime | None = None
    reach: Reach | None = None
    """How far back the reader reads; None is everything."""


def found_in(tx: Reading, wanted: Wanted, reader: Actor, before: int | None, limit: int) -> list[TimelineItem]:
    """At most `limit` entries that hold all words in one of their texts. Filters look at where an entry stands now."""
    items: dict[int, TimelineItem] = {}
    at_once = _FIRST_LOOK
    placed = _placed(tx, wanted)
    while len(items) < limit:
        hits = search.matching(tx, wanted.terms, before, at_once)
        if not hits:
            break
        roots = roots_in(tx, _likely(tx, wanted, hits, placed))
        likely = {root.id: root for root in roots.values() if wanted.kinds is None or root.kind in wanted.kinds}
        amended = amended_in(tx, likely.values())
        for hit in hits:
            root = roots.get(hit)
            if root is None or root.id not in amended or root.id in items:
                continue
            item = _item(amended[root.id], hit, wanted, reader)
            if item is not None:
                items[root.id] = item
                if len(items) == limit:
                    break
        if len(hits) < at_once:
            break
        before = hits[-1]
        at_once = min(at_once * 4, _MOST_AT_ONCE)
    return list(items.values())


def _filters(wanted: Wanted) -> list[Any]:
    """The filters as conditions on an entry that nobody gave another place."""
    return [
        *([] if wanted.resident_id is None else [col(Entry.resident_id) == wanted.resident_id]),
        *([] if wanted.kinds is None else [col(Entry.kind).in_(tuple(wanted.kinds))]),
        *([] if wanted.since is None else [col(Entry.observed_from) >= wanted.since]),
        *([] if wanted.until is None else [col(Entry.observed_from) < wanted.until]),
        *([] if wanted.reach is None else [wanted.reach.where()]),
    ]


def _placed(tx: Reading, wanted: Wanted) -> set[int]:
    """The entries that stand elsewhere than where they were written; few."""
    if not _filters(wanted):
        return set()
    return {key for key in tx.all(select(Entry.amends_id).where(col(Entry.kind).in_(PLACING))) if key is not None}


def _likely(tx: Reading, wanted: Wanted, hits: Sequence[int], placed: set[int]) -> list[int]:
    """The hits that the filters do not rule out at once: many hold a common word, few are wanted."""
    filters = _filters(wanted)
    if not filters:
        return list(hits)
    left = tx.all(
        select(Entry.id).where(among_keys(col(Entry.id), hits), or_(col(Entry.kind).in_(AMENDING), and_(*filters)))
    )
    return [*left, *placed.intersection(hits)]


def _item(amended: Amended, hit: int, wanted: Wanted, reader: Actor) -> TimelineItem | None:
    """The entry as a hit, if the reader may find it here and it was not found by a newer text already."""
    here = _where(amended, wanted, reader)
    if here is None or here.house_id != wanted.house_id or _found_newer(amended, hit, wanted.terms):
        return None
    if wanted.reach is not None and not wanted.reach.holds(here, amended.root):
        return None
    item = fold(amended, here, reader)
    if item.hidden or _in_withdrawn_comment(amended, hit):
        return None
    if wanted.since is not None and item.observed_from < wanted.since:
        return None
    if wanted.until is not None and item.observed_from >= wanted.until:
        return None
    comments = tuple(replace(one, marks=tuple(search.marked(one.text, wanted.terms))) for one in item.comments)
    return replace(item, key=hit, marks=tuple(search.marked(item.text, wanted.terms)), comments=comments)


def _where(amended: Amended, wanted: Wanted, reader: Actor) -> Entry | None:
    """The place to show it at: where it stands now; the resident it was moved away from only for those who may."""
    place = amended.place
    if wanted.resident_id is None or place.resident_id == wanted.resident_id:
        return place
    if not may_read_hidden(reader):
        return None
    before = [entry for entry in (amended.root, *amended.of(*PLACING)) if entry.resident_id == wanted.resident_id]
    return before[-1] if before else None


def _found_newer(amended: Amended, hit: int, terms: Sequence[str]) -> bool:
    """Whether a later text of the same entry holds the words too: then it stood on this page or an earlier one."""
    later = list(amended.amendments)
    later += [entry for about in amended.about_comments.values() for entry in about]
    return any(
        entry.id > hit and not _in_withdrawn_comment(amended, entry.id) and _holds(amended.text_of(entry), terms)
        for entry in later
    )


def _holds(typed: str, terms: Sequence[str]) -> bool:
    """Whether the index would find this text."""
    folded, starts = search.fold(typed), set(search.starts_of(typed).split())
    short = {word for term in terms if len(term) <= _SHORT for word in _WORD.findall(term)}
    return bool(typed) and short <= starts and all(term in folded for term in terms if len(term) > _SHORT)


def _in_withdrawn_comment(amended: Amended, hit: int) -> bool:
    """Whether this key is a withdrawn comment or what one said after a correction; its reason may be found."""
    for comment_id, about in amended.about_comments.items():
        if any(entry.kind is Kind.WITHDRAWN for entry in about):
            said = {comment_id, *(entry.id for entry in about if entry.kind is not Kind.WITHDRAWN)}
            if hit in said:
                return True
    return False

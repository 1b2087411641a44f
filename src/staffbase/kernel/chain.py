"""The chain of the ledger, computed again: what it names, and where it is broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from json import JSONDecodeError, loads
from typing import Any

from sqlalchemy import Connection

from staffbase.kernel.as_stored import UNREADABLE, misspelled, pages, unreadable_column
from staffbase.kernel.changed import changed_column
from staffbase.kernel.ledger import FIRST, Ledger, Seal

_LEDGER: Any = Ledger.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
TRIED = 50
"""Broken rows among which an exchange of places is looked for."""

CUT_NOTICED = "ledger.cut."
"""The action of the row that says, at the first opening after it, that the ledger had come to row … and no longer does."""


class What(StrEnum):
    """What was done to a row, outside staffbase."""

    CHANGED = "changed"
    INSERTED = "inserted"
    REMOVED = "removed"
    REORDERED = "reordered"
    STANDS = "stands"
    """It was erased by decision, and is there all the same."""
    CUT = "cut"
    """The ledger's newest rows are gone: the anchor knows them."""
    ANCHOR = "anchor"
    """The anchor itself was not written by this station."""
    REWRITTEN = "rewritten"
    """The ledger does not pass through a head that is known from elsewhere, though it may hang together by itself."""
    UNLIKE = "unlike"
    """It was made from other rows, such as the search index, and says another thing than they do."""
    NOT_GIVEN = "not_given"
    """A PIN is another than the person was given last."""


@dataclass(frozen=True)
class Fault:
    """One row that is not as staffbase wrote it."""

    what: What
    table: str
    key: int
    seq: int
    """The ledger row that last named it, or that is broken itself; 0 where none is known."""
    at: datetime | None = None
    """When that ledger row was written."""
    until: int = 0
    """For rows that are gone from the ledger: the last of them."""
    column: str = ""
    """Which column was changed, where that can be told."""
    source: str = ""
    """What knows better: the backup whose head it is."""


@dataclass
class Named:
    """What the ledger says last of each durable row."""

    digest: dict[tuple[str, int], str] = field(default_factory=dict)
    seq: dict[tuple[str, int], int] = field(default_factory=dict)
    at: dict[int, datetime] = field(default_factory=dict)
    """When each ledger row that is the last to name something was written."""


class Chain:
    """The ledger, row by row in its order."""

    def __init__(self, seal: Seal, spelled: Mapping[int, str]) -> None:
        self.named = Named()
        self.head: tuple[int, bytes] | None = None
        self._seal = seal
        self._spelled = spelled
        """Rows with a value that staffbase spells otherwise."""
        self._faults: list[Fault] = []
        self._broken: dict[int, dict[str, Any]] = {}
        self._before: dict[int, bytes] = {}
        """The hash of the row before each broken one."""
        self._after: dict[int, bytes] = {}
        """What the row after each broken one names as the one before."""

    def take(self, row: dict[str, Any]) -> None:
        """The next row; of one that cannot be read only its number."""
        seq = row["seq"]
        if row.get("chain", 1) != 1:
            self._faults.append(Fault(What.INSERTED, "ledger", seq, seq, row["at"]))  # there is one chain
            return
        last, hashed = self.head or (0, FIRST)
        if seq <= last:
            return  # read a second time
        whole = len(row) > 1 and seq not in self._spelled and _links(self._seal, row)
        if seq != last + 1:
            self._faults.append(Fault(What.REMOVED, "ledger", last + 1, last + 1, None, seq - 1))
        elif whole and row["prev"] != hashed and last not in self._broken:
            self._faults.append(Fault(What.REORDERED, "ledger", seq, seq, row["at"]))
        if last in self._broken:
            self._after[last] = row.get("prev") or b""
        if not whole:
            self._broken[seq] = row
            self._before[seq] = hashed
        elif row["action"].startswith(CUT_NOTICED):
            lost = int(row["action"].removeprefix(CUT_NOTICED))
            self._faults.append(Fault(What.CUT, "ledger", seq, seq, row["at"], lost))
        if len(row) > 1:
            _take(self.named, row)  # what a broken one names is still the best there is to compare with
        self.head = (seq, row.get("hash") or b"")

    def faults(self, connection: Connection) -> list[Fault]:
        """What is broken in it."""
        return [*self._faults, *(self._fault(connection, seq, row) for seq, row in self._broken.items())]

    def _fault(self, connection: Connection, seq: int, row: dict[str, Any]) -> Fault:
        what, column = self._what(seq, row), ""
        if what is What.CHANGED:
            column = self._spelled.get(seq) or self._column(connection, seq, row)
        return Fault(what, "ledger", seq, seq, row.get("at"), column=column)

    def _what(self, seq: int, row: dict[str, Any]) -> What:
        """Whether it would be whole in another broken row's place, or whether its neighbours hang together without it."""
        places = dict.fromkeys((seq - 1, seq + 1, *islice((other for other in self._broken if other != seq), TRIED)))
        if len(row) > 1 and any(_links(self._seal, {**row, "seq": place}) for place in places):
            return What.REORDERED
        return What.INSERTED if self._after.get(seq) == self._before[seq] else What.CHANGED

    def _column(self, connection: Connection, seq: int, row: dict[str, Any]) -> str:
        if len(row) == 1:
            return unreadable_column(connection, _LEDGER, _LEDGER.c.seq, seq)
        if _links(self._seal, {**row, "prev": self._before[seq]}):
            return "prev"
        if _links(self._seal, {**row, "hash": self._after.get(seq, b"")}):
            return "hash"
        return changed_column(connection, _LEDGER, _LEDGER.c.seq, row, partial(_links, self._seal))


def read_chain(connection: Connection, seal: Seal, done: Callable[[int], None]) -> Chain:
    """The whole ledger; `done` is told how many rows more were read."""
    chain = Chain(seal, misspelled(connection, _LEDGER, _LEDGER.c.seq))
    for page in pages(connection, _LEDGER, (_LEDGER.c.chain, _LEDGER.c.seq)):
        for row in page:
            chain.take(row)
        done(len(page))
    return chain


def _links(seal: Seal, row: Mapping[str, Any]) -> bool:
    try:
        return bool(seal.link(row) == row["hash"])
    except UNREADABLE:
        return False


def _take(named: Named, row: Mapping[str, Any]) -> None:
    try:
        items = [(str(table), int(key), str(digest)) for table, key, digest in loads(row["items"])]
    except (JSONDecodeError, *UNREADABLE):
        return  # the row itself is named as broken
    for table, key, digest in items:
        named.digest[table, key] = digest
        named.seq[table, key] = row["seq"]
    if items:
        named.at[row["seq"]] = row["at"]

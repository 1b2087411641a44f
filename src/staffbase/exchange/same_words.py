"""Which words a § 43 decision is about, and where else they stand.

An entry often begins with words of the program ("Task done: …"), so what is looked for is what somebody typed: the whole
texts, and the words of the rows of facts they tell of. All is compared folded, word by word, without what stands around
words. The same words are told of

- from twelve characters on wherever they stand;
- shorter ones where they stand as whole words in a row, two at least;
- a short single word, and what has fewer than five characters, only where nothing else is said: else "ja" would name half
  the journal;
- and a text that is itself a part of what goes from twenty characters on: shorter ones are names and the like.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.sqltypes import AutoString

from staffbase.crisis_plans.model import PlanVersion
from staffbase.crisis_plans.stored import lines_of
from staffbase.exchange.told_together import Fact
from staffbase.incidents.model import IncidentConclusion
from staffbase.journal import search
from staffbase.journal.erasing import TELLING, words_of
from staffbase.journal.model import Entry, EntryText, Kind
from staffbase.journal.timeline import among_keys
from staffbase.kernel.database import Reading
from staffbase.kernel.transaction import guard_of

TEXTS = "entry_text"
ErasedRow = tuple[str, int, bool]
"""Table, key, and whether a row of facts takes its place."""

_SENTENCE = (Kind.INCIDENT, Kind.INCIDENT_STEP, Kind.PRESENCE, Kind.STATUS, Kind.CHECK, Kind.EXTRA_CHECK)
"""Kinds whose text may begin with a sentence of the program."""
_BARE = (Kind.PRESENCE, Kind.STATUS)
"""Kinds whose text always does, and most often says nothing else."""
_WHOLE = 5
"""Characters from which a short text is looked for among other words."""
_LONG = 20
"""Characters from which a text is told of that is a part of what goes."""
_EVERY = 2**31
"""All that the index finds."""


# -- what was typed --------------------------------------------------------------------------------------------------------


def typed_in(
    tx: Reading, entries: Iterable[Entry], texts: Mapping[int, EntryText], rows: Iterable[ErasedRow], facts: Iterable[Fact]
) -> tuple[str, ...]:  # fmt: skip
    """Everything somebody typed in these texts and rows: the whole texts, and without what the program wrote before it.

    The lines of a crisis plan are told apart (`plan_lines_in`); who made it with whom, and who has a copy, are names.
    """
    known = [str(getattr(row, column)) for row, column in facts]
    typed = list(known)
    for entry in entries:
        if entry.id in texts:
            whole, late = texts[entry.id].text, texts[entry.id].late_reason
            typed += [late] if entry.kind in _BARE else [whole, late]
            typed += _typed_of(tx, entry, whole, known)
    for table_name, key, left in rows:
        if left:
            table = SQLModel.metadata.tables[table_name]
            columns = [table.c.reason] if table_name == PlanVersion.__tablename__ else _typed_columns(table)
            for row in tx.session.connection().execute(table.select().where(table.c.id == key)).mappings():
                typed += [row[column.name] for column in columns if row[column.name]]
    return tuple(dict.fromkeys(one for one in typed if words_of(one)))


def _typed_of(tx: Reading, entry: Entry, text: str, known: Iterable[str]) -> list[str]:
    if entry.kind in (Kind.DANGER, Kind.STAY):  # what was added to the words of the row
        return [text.partition(one)[2].strip(" .") for one in known if one in text]
    if entry.kind is Kind.INCIDENT_STEP and tx.find(IncidentConclusion, entry.id) is not None:
        return [text.partition(": ")[2]]
    return [text.partition(". ")[2]] if entry.kind in _SENTENCE else []


def plan_lines_in(tx: Reading, versions: Sequence[PlanVersion]) -> tuple[str, ...]:
    """The lines of these versions of crisis plans that go: those that do not stand in the version that counts, too.

    What still counts is nothing that was decided about: it is told of, and left, also in drafts of the next version.
    """
    going, gone = {version.id for version in versions}, []
    for version in versions:
        others = [one for one in versions_in(tx, version.resident_id) if one.id not in going]
        standing = {words_of(line) for line in lines_of(others[-1].text)} if others else set()
        gone += [line for line in lines_of(version.text) if words_of(line) not in standing]
    return tuple(dict.fromkeys(gone))


def versions_in(tx: Reading, resident_id: int) -> Sequence[PlanVersion]:
    """All versions of a resident's plan, the oldest first."""
    return tx.all(select(PlanVersion).where(PlanVersion.resident_id == resident_id).order_by(col(PlanVersion.number)))


# -- who else says it ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copies:
    """Where the same words stand besides, for a person to look at: each is another record, and its own decision."""

    entries: tuple[int, ...]
    """Other entries, the newest first."""
    tables: tuple[str, ...]
    """Tables of other rows."""
    versions: tuple[tuple[int, int], ...] = ()
    """Other versions of the same crisis plan, the newest first: its number, and how many lines are the same."""


class _Said:
    """A text, to be compared."""

    def __init__(self, typed: str) -> None:
        self.words = words_of(typed)
        self.run = " ".join(self.words)
        self.telling = len(self.run) >= TELLING
        self.alone = not self.telling and (len(self.words) == 1 or len(self.run) < _WHOLE)
        """It is told of only where nothing else is said."""

    def stands_in(self, other: "_Said") -> bool:
        """Whether the other says the same, by the rule of this module."""
        if self.words == other.words:
            return True
        if self.telling:
            return self.run in other.run or (len(other.run) >= _LONG and other.run in self.run)
        return not self.alone and f" {self.run} " in f" {other.run} "


def copies_in(
    tx: Reading, typed: Sequence[str], gone: Sequence[str], versions: Sequence[PlanVersion], going: set[tuple[str, int]]
) -> Copies:
    """Everything durable that holds one of these texts (or of the lines of a plan that are gone) and does not go itself.

    `going` are the tables and keys of what goes, `versions` those versions of a crisis plan that do.
    """
    said = [one for one in map(_Said, (*typed, *gone)) if one.words]
    entries = {key for key in _entries(tx, [*typed, *gone], said) if (TEXTS, key) not in going}
    own = {version.resident_id for version in versions}
    tables = []
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in _NOT_LOOKED_AT and "guard" in table.info and guard_of(table) != "unlogged":
            found = (
                any(one.stands_in(_Said(words)) for one in said for words in _words_of(row, table))
                for row in _rows(tx, table, going)
                if not (table.name == PlanVersion.__tablename__ and row["resident_id"] in own)
            )
            if any(found):
                tables.append(table.name)
    return Copies(tuple(sorted(entries, reverse=True)), tuple(tables), tuple(_same_lines(tx, versions)))


_NOT_LOOKED_AT = frozenset({
    TEXTS, "entry", "ledger", "erasure", "erasure_decision", "verification",  # nothing typed, or looked at by itself
    "person", "round_window", "window_rule",  # names and rules
    "plan_draft",  # cleaned, as all drafts are
})  # fmt: skip


def _entries(tx: Reading, typed: Iterable[str], said: Sequence[_Said]) -> Iterator[int]:
    long, alone = [one for one in typed if len(one) >= _LONG], [one.run for one in said if one.alone]
    found = set(search.whole_in(tx, long, alone, _LONG))
    for one in said:
        if one.alone:
            continue
        terms = sorted({word[:_LONGEST] for word in one.words}, key=len, reverse=True)[:_TERMS]
        found |= set(search.matching(tx, terms, None, _EVERY))
    keys = sorted(found)
    for start in range(0, len(keys), _SLICE):
        texts = select(EntryText.id, EntryText.text).where(among_keys(col(EntryText.id), keys[start : start + _SLICE]))
        yield from (key for key, text in tx.all(texts) if _holds(text, said))
    late = select(EntryText.id, EntryText.late_reason).where(col(EntryText.late_reason) != "")
    yield from (key for key, reason in tx.all(late) if _holds(reason, said))


_TERMS = 8
"""Words of a text that the index is asked for; what it finds is then compared whole."""
_LONGEST = 60
"""Letters of one of them."""
_SLICE = 5000


def _holds(text: str, said: Sequence[_Said]) -> bool:
    other = _Said(text)
    return any(one.stands_in(other) for one in said)


def _typed_columns(table: Any) -> list[Any]:
    return [column for column in table.c if isinstance(column.type, Text | AutoString)]


def _rows(tx: Reading, table: Any, going: set[tuple[str, int]]) -> Iterator[Mapping[str, Any]]:
    typed, key = _typed_columns(table), next(iter(table.primary_key))
    if not typed:
        return
    kept = [table.c.resident_id] if "resident_id" in table.c else []
    for row in tx.session.connection().execute(table.select().with_only_columns(key, *kept, *typed)).mappings():
        if (table.name, row[key.name]) not in going:
            yield {**row}


def _words_of(row: Mapping[str, Any], table: Any) -> Iterator[str]:
    for column in _typed_columns(table):
        if table.name == PlanVersion.__tablename__ and column.name == "text":
            yield from lines_of(row["text"])
        elif row[column.name]:
            yield row[column.name]


def _same_lines(tx: Reading, versions: Sequence[PlanVersion]) -> Iterator[tuple[int, int]]:
    going = {version.id for version in versions}
    for version in versions:
        lines = {words_of(line) for line in lines_of(version.text)}
        for other in reversed(versions_in(tx, version.resident_id)):
            same = lines & {words_of(line) for line in lines_of(other.text)}
            if same and other.id not in going:
                yield other.number, len(same)


__all__ = ["TEXTS", "Copies", "ErasedRow", "copies_in", "plan_lines_in", "typed_in", "versions_in"]

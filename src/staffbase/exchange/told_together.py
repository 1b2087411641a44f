"""What one matter was told as in several entries, each with a beginning of its own: a § 43 decision takes them together.

A task is told when it is added and when it is done, a danger when it is found and when it ends, an incident's conclusion
once more with the status it gave. These entries do not name one another; the row of facts they tell of, and the
transaction that wrote it, say that they belong together. A danger of one resident in the same words is the same danger.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import SQLModel, col, select

from staffbase.incidents.model import IncidentConclusion
from staffbase.journal.model import Entry, EntryText, Kind
from staffbase.journal.timeline import among_keys
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading
from staffbase.kernel.moments import show_date
from staffbase.residents.model import Stay, Warning_
from staffbase.tasks.model import Task

Fact = tuple[SQLModel, str]
"""A row of facts that may change, and its column with the typed words that an entry tells, too."""


def beside_in(tx: Reading, entries: Sequence[Entry]) -> list[Entry]:
    """The other entries that tell of the very same task, danger or conclusion as one of these."""
    texts = texts_in(tx, entries)
    told: list[Entry] = []
    for fact, _column in facts_in(tx, entries, texts):
        if isinstance(fact, Task):
            told += _of_task(tx, fact)
        elif isinstance(fact, Warning_):
            told += _of_danger(tx, fact)
    for entry in entries:
        told += _of_conclusion(tx, entry, texts.get(entry.id, ""))
    return told


def texts_in(tx: Reading, entries: Iterable[Entry]) -> dict[int, str]:
    """What these entries say, by key."""
    wanted = [entry.id for entry in entries]
    return {row.id: row.text for row in tx.all(select(EntryText).where(among_keys(col(EntryText.id), wanted)))}


def facts_in(tx: Reading, entries: Sequence[Entry], texts: Mapping[int, str]) -> list[Fact]:
    """The tasks, dangers and stays whose words these entries tell."""
    return [*_tasks(tx, entries, texts), *_dangers(tx, entries, texts), *_stays(tx, entries, texts)]


# -- tasks -----------------------------------------------------------------------------------------------------------------


def _tasks(tx: Reading, entries: Sequence[Entry], texts: Mapping[int, str]) -> list[Fact]:
    about = {entry.id: entry for entry in entries if entry.kind is Kind.TASK}
    if not about:
        return []
    done = {entry.recorded_at: entry for entry in about.values()}
    found = tx.all(
        select(Task).where(or_(among_keys(col(Task.entry_id), list(about)), col(Task.done_at).in_(list(done))))
    )
    return [
        (task, "text")
        for task in found
        if task.entry_id in about or (task.done_at in done and _tells_done(done[task.done_at], texts, task))
    ]


def _tells_done(entry: Entry, texts: Mapping[int, str], task: Task) -> bool:
    same = (entry.resident_id, entry.author_id) == (task.resident_id, task.done_by_id)
    return same and task.text in texts.get(entry.id, "")


def _of_task(tx: Reading, task: Task) -> list[Entry]:
    added = tx.find(Entry, task.entry_id)
    done = _written_at(tx, Kind.TASK, task.done_at)
    texts = texts_in(tx, done)
    return [*([] if added is None else [added]), *(entry for entry in done if _tells_done(entry, texts, task))]


def _written_at(tx: Reading, kind: Kind, moment: datetime | None) -> Sequence[Entry]:
    """What a transaction of that moment wrote of this kind."""
    return tx.all(select(Entry).where(Entry.recorded_at == moment, Entry.kind == kind)) if moment is not None else []


# -- dangers ---------------------------------------------------------------------------------------------------------------


def _dangers(tx: Reading, entries: Sequence[Entry], texts: Mapping[int, str]) -> list[Fact]:
    told = [entry for entry in entries if entry.kind is Kind.DANGER and entry.resident_id is not None]
    if not told:
        return []
    found = tx.all(
        select(Warning_).where(among_keys(col(Warning_.resident_id), [entry.resident_id or 0 for entry in told]))
    )
    lines = {
        (one.resident_id, one.line) for one in found for entry in told if _tells_of(entry, texts.get(entry.id, ""), one)
    }
    return [(one, "line") for one in found if (one.resident_id, one.line) in lines]


def _tells_of(entry: Entry, text: str, danger: Warning_) -> bool:
    """Whether the entry says that it was found, or at its end that it holds no longer."""
    told = text.partition(": ")[2]
    ended = entry.recorded_at == danger.ended_at and told.startswith(f"{danger.line}.")
    return entry.resident_id == danger.resident_id and (ended or told == danger.line)


def _of_danger(tx: Reading, danger: Warning_) -> list[Entry]:
    told = tx.all(select(Entry).where(Entry.resident_id == danger.resident_id, Entry.kind == Kind.DANGER))
    texts = texts_in(tx, told)
    return [entry for entry in told if _tells_of(entry, texts.get(entry.id, ""), danger)]


# -- stays and conclusions -------------------------------------------------------------------------------------------------


def _stays(tx: Reading, entries: Sequence[Entry], texts: Mapping[int, str]) -> list[Fact]:
    told = [entry for entry in entries if entry.kind is Kind.STAY and entry.resident_id is not None]
    if not told:
        return []
    found = tx.all(select(Stay).where(among_keys(col(Stay.resident_id), [entry.resident_id or 0 for entry in told])))
    return [
        (stay, "leave_reason")
        for stay in found
        if any(_tells_leaving(entry, texts.get(entry.id, ""), stay) for entry in told)
    ]


def _tells_leaving(entry: Entry, text: str, stay: Stay) -> bool:
    if entry.resident_id != stay.resident_id or stay.until_date is None or not stay.leave_reason:
        return False
    same_day = stay.until_date == local(entry.recorded_at).date() or text.startswith(show_date(stay.until_date))
    return same_day and f": {stay.leave_reason}." in text


def _of_conclusion(tx: Reading, entry: Entry, text: str) -> list[Entry]:
    """Of a conclusion the status it gave, of such a status its conclusion: one transaction, one author, the same words."""
    other = {Kind.INCIDENT_STEP: Kind.STATUS, Kind.STATUS: Kind.INCIDENT_STEP}.get(entry.kind)
    if other is None or not text:
        return []
    written = [
        one
        for one in _written_at(tx, other, entry.recorded_at)
        if (one.resident_id, one.author_id) == (entry.resident_id, entry.author_id)
    ]
    texts = texts_in(tx, written)
    pairs = [(one, *((entry.id, one.id) if other is Kind.STATUS else (one.id, entry.id))) for one in written]
    known = {entry.id: text, **texts}
    return [
        one
        for one, conclusion, status in pairs
        if tx.find(IncidentConclusion, conclusion) is not None
        and (said := known.get(conclusion, "").partition(": ")[2])
        and said in known.get(status, "")
    ]


__all__ = ["Fact", "beside_in", "facts_in", "texts_in"]

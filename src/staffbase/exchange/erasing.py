"""A § 43 decision carried out inside a transaction, in every room that holds the words: when it is made, and again in a restored backup."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, func, literal, or_
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.sqltypes import AutoString

from staffbase.crisis_plans.model import PlanDraft, PlanVersion
from staffbase.handover.model import ReportDraftLine
from staffbase.journal import search
from staffbase.journal.erasing import TELLING, Chain, clean_drafts_in, drafts_of, pieces_of, without
from staffbase.journal.items import erased_words
from staffbase.journal.model import Entry, EntryText, Kind
from staffbase.journal.timeline import among_keys
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import ErasureDecision
from staffbase.kernel.transaction import guard_of
from staffbase.residents.model import Warning_
from staffbase.rounds.answers import open_door_of_in
from staffbase.tasks.model import Task

TEXTS = "entry_text"
ErasedRow = tuple[str, int, bool]
"""Table, key, and whether a row of facts takes its place."""


def rows_of_in(tx: Reading, chain: Chain) -> list[ErasedRow]:
    """Every row that goes with these entries: their texts, and what other rooms keep of the same words beside them."""
    ids = [entry.id for entry in chain.entries]
    rows: list[ErasedRow] = [(TEXTS, entry_id, False) for entry_id in chain.texts]
    for table in SQLModel.metadata.sorted_tables:
        if "guard" in table.info and guard_of(table) == "erasable" and "entry_id" in table.c:
            found = tx.session.connection().execute(table.select().where(among_keys(table.c.entry_id, ids)))
            rows += [(table.name, row.id, True) for row in found]
    door = open_door_of_in(tx, chain.root)
    return rows if door is None else [*rows, ("open_door", door, True)]


def refuse_standing_in(tx: Reading, chain: Chain) -> None:
    """Raise Invalid for what counts now: nobody may find an empty crisis plan, or a danger that nobody can read."""
    root = chain.root
    if root.kind is Kind.PLAN:
        newest = tx.first(
            select(PlanVersion)
            .where(PlanVersion.resident_id == root.resident_id)
            .order_by(col(PlanVersion.id).desc())
            .limit(1)
        )
        draft = tx.first(
            select(PlanDraft).where(PlanDraft.resident_id == root.resident_id, col(PlanDraft.open).is_(True))
        )
        mine = tx.first(select(PlanVersion.number).where(PlanVersion.entry_id == root.id))
        if newest is not None and newest.entry_id == root.id:
            raise Invalid(
                _("This is the crisis plan that counts. Publish a version without it first (5), then erase this one.")
            )
        if draft is not None and draft.base_number == mine:
            raise Invalid(_("A draft of the crisis plan was begun from this version. Publish it or end it first (5)."))
    if any(warning.ended_at is None for warning in _warnings_in(tx, [root], chain.pieces)):
        raise Invalid(_("This still stands among the dangers. End it there first (the resident's page, d)."))


def erase_in(tx: Writing, decision: ErasureDecision) -> None:
    """Take out every row that this decision names, with all that holds their words besides: index, drafts, tasks, dangers."""
    rows: list[ErasedRow] = [(table, key, left) for table, key, left in json.loads(decision.erased)]
    ids = [key for table, key, _left in rows if table == TEXTS]
    entries = tx.all(select(Entry).where(among_keys(col(Entry.id), ids)))
    pieces = pieces_of(tx.all(select(EntryText).where(among_keys(col(EntryText.id), ids))))
    said = erased_words(decision.decided_at)
    for table, key, left in rows:
        tx.erase(decision, table, key, said if left else None)
    search.forget(tx, ids)
    clean_drafts_in(tx, ids, pieces, said)
    for line in tx.all(select(ReportDraftLine)):
        text, if_then = without([line.text, line.if_then], pieces, said)
        if (text, if_then) != (line.text, line.if_then):
            line.text, line.if_then, line.edition = text, if_then, line.edition + 1
    for plan in tx.all(select(PlanDraft).where(col(PlanDraft.open).is_(True))):
        fields = without(json.loads(plan.fields), pieces, said)
        if fields != json.loads(plan.fields):
            told = json.dumps(fields, ensure_ascii=False)
            tx.change(plan, fields=told, saved_at=tx.now)
    for task in tx.all(select(Task).where(among_keys(col(Task.entry_id), ids))):
        tx.change(task, text=said)
    for warning in _warnings_in(tx, entries, pieces):
        tx.change(warning, line=said)


def _warnings_in(tx: Reading, entries: Iterable[Entry], pieces: Sequence[str]) -> list[Warning_]:
    """The dangers whose line these entries told of; they were written beside one another."""
    about = [entry.resident_id for entry in entries if entry.kind is Kind.DANGER and entry.resident_id is not None]
    if not about:
        return []
    found = tx.all(select(Warning_).where(among_keys(col(Warning_.resident_id), about)))
    return [warning for warning in found if any(warning.line in piece for piece in pieces)]


# -- what else holds the same words -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copies:
    """Where the same words stand besides, for a person to look at: each is another record, and its own decision."""

    entries: tuple[int, ...]
    """Other entries."""
    tables: tuple[str, ...]
    """Tables of other rows."""


_NOT_LOOKED_AT = frozenset({TEXTS, "entry", "ledger", "erasure", "erasure_decision", "draft", "report_draft_line"})
_LONG = 20
"""Characters from which a row is told of that holds a part of the text; shorter ones are names and the like."""


def copies_in(tx: Reading, chain: Chain, rows: Iterable[ErasedRow]) -> Copies:
    """Everything durable that holds one of these texts, or a long part of one, and is not erased with them."""
    telling = [piece for piece in chain.pieces if len(piece) >= TELLING]
    if not telling:
        return Copies((), ())
    going = {(table, key) for table, key, _left in rows}
    connection, tables = tx.session.connection(), []
    for table in SQLModel.metadata.sorted_tables:
        if table.name in _NOT_LOOKED_AT or "guard" not in table.info or guard_of(table) == "unlogged":
            continue
        key = next(iter(table.primary_key))
        typed = [column for column in table.c if isinstance(column.type, Text | AutoString)]
        if typed:
            holding = or_(*(_holds(tx, column, piece) for column in typed for piece in telling))
            found = connection.execute(table.select().with_only_columns(key).where(holding)).scalars()
            if any((table.name, one) not in going for one in found):
                tables.append(table.name)
    texts = or_(*(_holds(tx, col(EntryText.text), piece) for piece in telling))
    others = [key for key in tx.all(select(EntryText.id).where(texts)) if (TEXTS, key) not in going]
    return Copies(tuple(sorted(others, reverse=True)), tuple(tables))


def _holds(tx: Reading, column: Any, piece: str) -> Any:
    place = func.instr if tx.session.get_bind().dialect.name == "sqlite" else func.strpos
    return or_(place(column, literal(piece)) > 0, and_(func.length(column) >= _LONG, place(literal(piece), column) > 0))


def drafts_with_in(tx: Reading, chain: Chain) -> int:
    """How many drafts of anybody belong to these entries or hold their words."""
    belonging, holding = drafts_of(tx, [entry.id for entry in chain.entries], chain.pieces)
    return len(belonging) + len(holding)


__all__ = [
    "Copies", "ErasedRow", "copies_in", "drafts_with_in", "erase_in", "refuse_standing_in", "rows_of_in",
]  # fmt: skip

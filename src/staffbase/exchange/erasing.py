"""A § 43 decision carried out inside a transaction, in every room that holds the words: when it is made, and again in a restored backup."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel, col, select

from staffbase.crisis_plans.form import base_of, form_of
from staffbase.crisis_plans.model import PlanDraft, PlanVersion
from staffbase.exchange.same_words import TEXTS, Copies, ErasedRow, copies_in, plan_lines_in, typed_in
from staffbase.exchange.told_together import Fact, beside_in, facts_in
from staffbase.handover.model import ReportDraftLine
from staffbase.journal import search
from staffbase.journal.erasing import (
    TELLING,
    Chain,
    chain_in,
    clean_drafts_in,
    drafts_of,
    refuse_repeated,
    without,
)  # fmt: skip
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


@dataclass(frozen=True)
class Going:
    """All that one decision takes: the texts, what other rooms keep of the same words, and what is compared with the rest."""

    rows: tuple[ErasedRow, ...]
    facts: tuple[Fact, ...]
    """Tasks, dangers and stays that lose their words."""
    versions: tuple[PlanVersion, ...]
    """Versions of a crisis plan among the rows."""
    typed: tuple[str, ...]
    gone: tuple[str, ...]
    """Lines of these versions that the plan that counts does not have."""

    @property
    def words(self) -> tuple[str, ...]:
        """What nobody's draft may keep."""
        return (*self.typed, *self.gone)

    @property
    def beside(self) -> int:
        """How many rows of other rooms are emptied."""
        return sum(left for _table, _key, left in self.rows) + len(self.facts)

    def takes(self, form: str, fields: Mapping[str, str]) -> bool:
        """Whether a draft is a crisis plan half typed that was begun from one of these versions."""
        return any(
            form == form_of(version.resident_id) and base_of(dict(fields))[0] == version.number
            for version in self.versions
        )


def about_in(tx: Reading, house_id: int, entry_id: int) -> Chain:
    """The entry with all that was written about it, and the other entries that tell of the very same thing.

    Raises NotFound, and Invalid where nothing is said.
    """
    return chain_in(tx, house_id, entry_id, beside_in)


def going_in(tx: Reading, chain: Chain) -> Going:
    """Everything that goes with these entries: their texts, and what other rooms keep of the same words beside them."""
    ids = [entry.id for entry in chain.entries]
    rows: list[ErasedRow] = [(TEXTS, entry_id, False) for entry_id in chain.texts]
    for table in SQLModel.metadata.sorted_tables:
        if "guard" in table.info and guard_of(table) == "erasable" and "entry_id" in table.c:
            found = tx.session.connection().execute(table.select().where(among_keys(table.c.entry_id, ids)))
            rows += [(table.name, row.id, True) for row in found]
    door = open_door_of_in(tx, chain.root)
    if door is not None:
        rows.append(("open_door", door, True))
    return _going(tx, chain.entries, chain.texts, rows)


def _going(tx: Reading, entries: Sequence[Entry], texts: Mapping[int, EntryText], rows: Sequence[ErasedRow]) -> Going:
    facts = facts_in(tx, entries, {key: row.text for key, row in texts.items()})
    plans = [key for table, key, _left in rows if table == PlanVersion.__tablename__]
    versions = tx.all(select(PlanVersion).where(among_keys(col(PlanVersion.id), plans))) if plans else ()
    typed = typed_in(tx, entries, texts, rows, facts)
    return Going(tuple(rows), tuple(facts), tuple(versions), typed, plan_lines_in(tx, versions))


def refuse_standing_in(tx: Reading, chain: Chain, going: Going) -> None:
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
    if any(isinstance(fact, Warning_) and fact.ended_at is None for fact, _column in going.facts):
        raise Invalid(_("This still stands among the dangers. End it there first (the resident's page, d)."))


def refuse_telling(words: str, chain: Chain, going: Going, field: str) -> None:
    """Raise Invalid where what is typed into the decision, which stays, repeats what goes."""
    refuse_repeated(words, [*chain.pieces, *(one for one in going.words if len(one) >= TELLING)], field)


def erase_in(tx: Writing, decision: ErasureDecision) -> Going:
    """Take out every row that this decision names, with all that holds their words besides: index, drafts, tasks, dangers.

    Returns what it was.
    """
    rows: list[ErasedRow] = [(table, key, left) for table, key, left in json.loads(decision.erased)]
    ids = [key for table, key, _left in rows if table == TEXTS]
    texts = {row.id: row for row in tx.all(select(EntryText).where(among_keys(col(EntryText.id), ids)))}
    going = _going(tx, tx.all(select(Entry).where(among_keys(col(Entry.id), ids))), texts, rows)
    said = erased_words(decision.decided_at)
    for table, key, left in rows:
        tx.erase(decision, table, key, said if left else None)
    search.forget(tx, ids)
    clean_drafts_in(tx, ids, going.words, said, going.takes)
    for line, (text, if_then) in _report_drafts_in(tx, going.words, said):
        line.text, line.if_then, line.edition = text, if_then, line.edition + 1
    for plan, fields in _plan_drafts_in(tx, going.words, said):
        tx.change(plan, fields=json.dumps(fields, ensure_ascii=False), saved_at=tx.now)
    for fact, column in going.facts:
        tx.change(fact, **{column: said})
    return going


def _report_drafts_in(tx: Reading, words: Sequence[str], said: str) -> list[tuple[ReportDraftLine, list[str]]]:
    """The lines of reports not signed yet that hold these words, and what they say without."""
    lines = [(line, [line.text, line.if_then]) for line in tx.all(select(ReportDraftLine))]
    return [(line, kept) for line, typed in lines if (kept := without(typed, words, said)) != typed]


def _plan_drafts_in(tx: Reading, words: Sequence[str], said: str) -> list[tuple[PlanDraft, Any]]:
    """The drafts of a next version that hold these words, and what they say without."""
    plans = [(plan, json.loads(plan.fields)) for plan in tx.all(select(PlanDraft).where(col(PlanDraft.open).is_(True)))]
    return [(plan, kept) for plan, fields in plans if (kept := without(fields, words, said)) != fields]


def elsewhere_in(tx: Reading, going: Going) -> Copies:
    """Where the same words stand besides, and stay."""
    taken = {(table, key) for table, key, _left in going.rows}
    taken |= {(str(fact.__tablename__), fact.id) for fact, _column in going.facts}  # type: ignore[attr-defined]
    return copies_in(tx, going.typed, going.gone, going.versions, taken)


def drafts_with_in(tx: Reading, chain: Chain, going: Going) -> int:
    """How many drafts of anybody, of reports and of plans belong to these entries or hold their words."""
    belonging, holding = drafts_of(tx, [entry.id for entry in chain.entries], going.words, going.takes)
    shared = len(_report_drafts_in(tx, going.words, "")) + len(_plan_drafts_in(tx, going.words, ""))
    return len(belonging) + len(holding) + shared


__all__ = [
    "Going", "about_in", "drafts_with_in", "elsewhere_in", "erase_in", "going_in", "refuse_standing_in",
    "refuse_telling",
]  # fmt: skip

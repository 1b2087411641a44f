"""Reading plans inside a transaction, with a fixed number of queries, whatever the house's age."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from staffbase.crisis_plans.facts import DraftFacts, PlanFacts, PlanState, VersionFacts
from staffbase.crisis_plans.model import PlanDraft, PlanVersion, Signing
from staffbase.crisis_plans.rules import review_of
from staffbase.crisis_plans.stored import proposal_from_json, text_from_json
from staffbase.incidents.service import reviews_due_in
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading
from staffbase.people.service import names_in
from staffbase.residents.model import Resident
from staffbase.residents.reading import house_in, resident_in


def plan_states_in(tx: Reading, house_id: int, now: datetime) -> dict[int, PlanState]:
    """How it stands with the plan of everybody who has one, or a draft, by resident."""
    newest = (
        select(func.max(PlanVersion.id))
        .join(Resident, col(Resident.id) == PlanVersion.resident_id)
        .where(Resident.house_id == house_id)
        .group_by(col(PlanVersion.resident_id))
    )
    versions = {row.resident_id: row for row in tx.all(select(PlanVersion).where(col(PlanVersion.id).in_(newest)))}
    drafts = {
        row.resident_id: row
        for row in tx.all(
            select(PlanDraft)
            .join(Resident, col(Resident.id) == PlanDraft.resident_id)
            .where(Resident.house_id == house_id, col(PlanDraft.open).is_(True))
        )
    }
    crises = reviews_due_in(tx, house_id)
    names = names_in(tx) if drafts else {}
    return {
        resident_id: state_of(
            resident_id, versions.get(resident_id), drafts.get(resident_id), crises.get(resident_id), names, now
        )
        for resident_id in {*versions, *drafts}
    }


def state_of(
    resident_id: int,
    version: PlanVersion | None,
    draft: PlanDraft | None,
    crisis_at: datetime | None,
    names: Mapping[int, str],
    now: datetime,
) -> PlanState:
    """How it stands with one plan."""
    review = None
    if version is not None:
        review = review_of(version.review_due, version.published_at, crisis_at, local(now).date())
    return PlanState(
        resident_id=resident_id, version=version.number if version else 0, made=version.made if version else None,
        signed=version is not None and version.signing is Signing.SIGNED,
        valid_from=version.valid_from if version else None, review=review, draft=draft is not None,
        draft_by=names.get(draft.saved_by_id, "") if draft else "", draft_at=draft.saved_at if draft else None,
    )  # fmt: skip


def plan_in(tx: Reading, house_id: int, resident_id: int, now: datetime) -> PlanFacts:
    """Everything about one resident's plan. Raises NotFound for somebody who does not live here."""
    resident = resident_in(tx, house_id, resident_id)
    rows = tx.all(
        select(PlanVersion).where(PlanVersion.resident_id == resident_id).order_by(col(PlanVersion.id).desc())
    )
    row = draft_row_in(tx, resident_id)
    draft = row if row is not None and row.open else None
    names = names_in(tx) if rows or draft else {}
    crisis_at = reviews_due_in(tx, house_id).get(resident_id)
    state = state_of(resident_id, rows[0] if rows else None, draft, crisis_at, names, now)
    return PlanFacts(
        resident=resident, house=house_in(tx, house_id), state=state,
        versions=tuple(_version(one, names) for one in rows),
        draft=_draft(draft, names) if draft else None,
        draft_save=row.version if row is not None else 0,
    )  # fmt: skip


def draft_row_in(tx: Reading, resident_id: int) -> PlanDraft | None:
    """The row a resident's draft is kept in, open or not."""
    return tx.first(select(PlanDraft).where(PlanDraft.resident_id == resident_id))


def _version(row: PlanVersion, names: Mapping[int, str]) -> VersionFacts:
    return VersionFacts(
        number=row.number, text=text_from_json(row.text), made=row.made, co_authors=row.co_authors,
        copies_to=row.copies_to, signing=row.signing, signed_on=row.signed_on, valid_from=row.valid_from,
        review_due=row.review_due, reason=row.reason, published_by=names.get(row.published_by_id, ""),
        published_at=row.published_at,
    )  # fmt: skip


def _draft(row: PlanDraft, names: Mapping[int, str]) -> DraftFacts:
    return DraftFacts(
        proposal=proposal_from_json(row.fields), base_number=row.base_number,
        saved_by=names.get(row.saved_by_id, ""), saved_by_id=row.saved_by_id, saved_at=row.saved_at,
    )  # fmt: skip

"""What is half typed, kept for its author until it is saved. In the database, so it is as encrypted as the rest."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from staffbase.journal.model import Draft
from staffbase.journal.timeline import erased_in
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _

_LIMIT = 400_000
"""Characters of all fields together; a plan with every section full has a quarter of it."""


@dataclass(frozen=True)
class DraftFacts:
    """One draft: which form, what was typed, when."""

    form: str
    fields: dict[str, str]
    saved_at: datetime


def _find(tx: Reading, person_id: int, form: str) -> Draft | None:
    return tx.first(select(Draft).where(Draft.person_id == person_id, Draft.form == form))


def _told(draft: Draft) -> DraftFacts:
    return DraftFacts(draft.form, json.loads(draft.fields), draft.saved_at)


def save_draft_in(tx: Writing, person_id: int, form: str, fields: dict[str, str]) -> bool:
    """Keep these fields instead of those kept before. Fields without any text end the draft.

    False when nothing is kept, because it belongs to an entry that was erased by decision meanwhile.
    """
    if not any(value.strip() for value in fields.values()):
        finish_draft_in(tx, person_id, form)
        return True
    typed = json.dumps(fields)
    if len(typed) > _LIMIT:
        raise Invalid(_("This is too long to be kept as a draft. Divide it in two."))
    draft = _find(tx, person_id, form)
    if draft is None or draft.finished_at is not None:
        about = form.rpartition(":")[2]
        if about.isdecimal() and erased_in(tx, [int(about)]):
            return False
    if draft is None:
        tx.add(Draft(person_id=person_id, form=form, fields=typed, saved_at=tx.now))
    else:
        draft.fields, draft.saved_at, draft.finished_at = typed, tx.now, None
    return True


def draft_in(tx: Reading, person_id: int, form: str) -> DraftFacts | None:
    """The draft of this form, if one stands."""
    draft = _find(tx, person_id, form)
    return _told(draft) if draft is not None and draft.finished_at is None else None


def drafts_in(tx: Reading, person_id: int) -> list[DraftFacts]:
    """All drafts of a person, newest first."""
    wanted = select(Draft).where(Draft.person_id == person_id, col(Draft.finished_at).is_(None))
    return [_told(draft) for draft in tx.all(wanted.order_by(col(Draft.saved_at).desc()))]


def finish_draft_in(tx: Writing, person_id: int, form: str) -> None:
    """It was saved or thrown away: nothing of it is kept."""
    draft = _find(tx, person_id, form)
    if draft is not None and draft.finished_at is None:
        draft.fields, draft.finished_at = "{}", tx.now

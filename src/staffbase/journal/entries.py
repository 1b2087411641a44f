"""Writing an entry inside a feature's own transaction: the only place that makes rows of the spine."""

from datetime import datetime

from staffbase.journal import search
from staffbase.journal.model import Entry, EntryText, Importance, Kind, Source
from staffbase.kernel.database import Writing
from staffbase.kernel.typed import past_moment, typed_text


def write_entry(
    tx: Writing,
    kind: Kind,
    text: str = "",
    *,
    house_id: int,
    resident_id: int | None = None,
    importance: Importance = Importance.ROUTINE,
    observed_from: datetime | None = None,
    observed_to: datetime | None = None,
    source: Source = Source.DIRECT,
    late_reason: str = "",
    on_behalf_id: int | None = None,
    amends_id: int | None = None,
    moved_to_id: int | None = None,
    epj: bool = False,
) -> Entry:
    """Add one entry, its text if there is one, and its place in the search index, to this transaction.

    Observed times default to now. Raises Invalid for a time in the future or text that cannot be stored.
    """
    observed_from = past_moment(observed_from or tx.now, tx.now)
    observed_to = past_moment(observed_to or observed_from, tx.now)
    text = typed_text(text, required=False)
    late_reason = typed_text(late_reason, "late_reason", required=False)
    if resident_id is not None:
        tx.concerns(resident_id)
    entry = tx.add(
        Entry(
            house_id=house_id, resident_id=resident_id, kind=kind, importance=importance, observed_from=observed_from,
            observed_to=max(observed_from, observed_to), recorded_at=tx.now, author_id=tx.actor.person_id,
            on_behalf_id=on_behalf_id, source=source, amends_id=amends_id, moved_to_id=moved_to_id, epj=epj,
        )
    )  # fmt: skip
    if text or late_reason:
        tx.add(EntryText(id=entry.id, text=text, late_reason=late_reason))
        search.index(tx, entry.id, text)
    return entry

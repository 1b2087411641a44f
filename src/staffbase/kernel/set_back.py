"""A clock that was set back: something was written at a moment that has not come yet. The journal keeps its order all the same."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from staffbase.kernel.database import Reading
from staffbase.kernel.ledger import Ledger

_TOLERANCE = timedelta(minutes=5)
"""How far apart the clocks of two stations may be."""
_SAID = timedelta(days=1)
"""How long it is said after the clock was right again: a year ahead is no reason to say it for a year."""


def ahead_in(tx: Reading, now: datetime) -> datetime | None:
    """When the latest was written, if that lies ahead of now; for a day, or until that moment has come."""
    ahead = select(Ledger.seq, Ledger.at).where(col(Ledger.at) > now + _TOLERANCE)
    last = tx.first(ahead.order_by(col(Ledger.seq).desc()).limit(1))
    if last is None:
        return None
    seq, written = last
    back = tx.first(select(Ledger.at).where(Ledger.chain == 1, Ledger.seq == seq + 1))
    return written if back is None or now - back < _SAID else None

"""A clock that was set back: something was written at a moment that has not come yet. The journal keeps its order all the same."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from staffbase.kernel.database import Reading
from staffbase.kernel.ledger import Ledger

_TOLERANCE = timedelta(minutes=5)
"""How far apart the clocks of two stations may be."""
_OVERLAP = timedelta(days=2)
"""Up to here it is said until that moment has come: times of before and after stand in each other's way so long."""


def ahead_in(tx: Reading, now: datetime) -> datetime | None:
    """When the latest was written, if that lies ahead of now.

    What lies further ahead than two days (the clock was a year ahead, and is right again) only until something is
    written in the right time: nobody needs to be told for a year.
    """
    ahead = col(Ledger.at) > now + _TOLERANCE
    near = select(Ledger.at).where(ahead, col(Ledger.at) <= now + _OVERLAP).order_by(col(Ledger.at).desc()).limit(1)
    last = tx.first(select(Ledger.at).order_by(col(Ledger.seq).desc()).limit(1))
    return tx.first(near) or (last if last is not None and last > now + _TOLERANCE else None)

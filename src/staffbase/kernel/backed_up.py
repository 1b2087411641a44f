"""What the ledger knows of backups: when the newest one was written whole, and whether one was missed."""

from datetime import datetime, time, timedelta

from sqlmodel import col, select

from staffbase.kernel.clock import OSLO, local
from staffbase.kernel.database import Reading
from staffbase.kernel.ledger import Ledger

BACKUP_DONE = "backup.done"
"""The ledger's action for a backup that was written whole."""
OPENED_FILE = "opened-meanwhile.jsonl"
"""Who read which crisis card in a backup while the station could not be opened: keys and times, until the ledger has them."""
OLD = timedelta(hours=26)
"""A nightly backup is at most a day old; two hours more, and one was missed."""


def last_backup_in(tx: Reading, now: datetime) -> datetime | None:
    """When the newest backup was written whole. One that a clock gone wrong dated ahead of now is none: it would keep the next away."""
    done = select(Ledger.at).where(Ledger.action == BACKUP_DONE, col(Ledger.at) <= now)
    return tx.first(done.order_by(col(Ledger.at).desc()).limit(1))


def missed_in(tx: Reading, now: datetime) -> datetime | None:
    """Since when there is no backup, if that is longer than it may be: the newest one, or when the station was made."""
    last = last_backup_in(tx, now) or tx.first(
        select(Ledger.at).where(Ledger.chain == 1).order_by(col(Ledger.seq)).limit(1)
    )
    return last if last is not None and now - last > OLD else None


def due(last: datetime | None, now: datetime, at: time) -> bool:
    """Whether what is wanted each night at this time of the house's clock (a backup, a verification) is still to be done.

    One that a clock gone wrong dated ahead of now keeps none away.
    """
    wanted = datetime.combine(local(now).date(), at, OSLO)
    if wanted > now:
        wanted = datetime.combine(local(now).date() - timedelta(days=1), at, OSLO)
    return last is None or last < wanted or last > now

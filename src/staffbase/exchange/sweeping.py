"""What an erasure left to be done: the file could not be written anew at once, because somebody read or the disk was full."""

from datetime import datetime, timedelta

from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database
from staffbase.kernel.sweep import sweep, sweep_owed_in

_AGAIN = timedelta(minutes=15)
"""Nobody can write meanwhile, so what cannot be done is not tried each minute."""


class Sweeping:
    """The station's own work after a § 43 decision."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._failed_at: datetime | None = None

    @allowed(Permission.STATION)
    def do(self, actor: Actor) -> bool:
        """Write the file anew if that is owed. False when there is nothing to do, or it cannot be done now."""
        del actor
        with self.database.read() as tx:
            owed = sweep_owed_in(tx)
        now = self.database.clock.now()
        if not owed or (self._failed_at is not None and abs(now - self._failed_at) < _AGAIN):
            return False
        done = sweep(self.database)
        self._failed_at = None if done else now
        return done

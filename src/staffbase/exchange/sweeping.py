"""What an erasure left to be done: the file could not be written anew at once, because somebody read or the disk was full."""

from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database
from staffbase.kernel.sweep import sweep, sweep_owed_in


class Sweeping:
    """The station's own work after a § 43 decision."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @allowed(Permission.STATION)
    def do(self, actor: Actor) -> bool:
        """Write the file anew if that is owed. False when there is nothing to do, or it cannot be done now."""
        del actor
        with self.database.read() as tx:
            owed = sweep_owed_in(tx)
        return owed and sweep(self.database)

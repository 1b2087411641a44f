"""Backups that nobody must think of: nightly, and before the database is brought to another schema; the oldest go.

A folder on another machine is best: a disk that dies takes the backups on it along.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import partial
from itertools import chain, count
from pathlib import Path

from staffbase.exchange.backup import BackupTaken, backup_to
from staffbase.exchange.backup_folder import (
    backups_in,
    folder_of,
    is_before_migration,
    made_ready,
    moment_of,
    own_in,
    trouble_with,
)
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.apart import apart
from staffbase.kernel.backed_up import BACKUP_DONE, due, last_backup_in, missed_in
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.files import why
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings
from staffbase.kernel.sweep import sweep, sweep_owed_in


@dataclass(frozen=True)
class BackupFacts:
    """What there is of backups."""

    last: datetime | None
    """When the newest one was written whole, by the station or by a person."""
    missed: bool
    """It is older than it may be."""
    folder: Path | None
    """Where the station's own lie; None for its data folder."""
    kept: int
    """How many of these lie there."""
    keep: int
    """How many are kept; 0: the station takes none by itself."""
    at: str
    """When, on the house's clock."""
    reachable: bool
    """Whether one can go there, as far as a look tells."""
    on_server: bool
    """The database is a server's, which is backed up with its own tools."""
    trouble: str = ""
    """Why none can go there just now."""
    others: int = 0
    """How many lie there that are not this station's, or that it cannot open: it leaves them alone."""
    stuck: int = 0
    """How many older ones could not be deleted."""
    stuck_why: str = ""


@dataclass
class Tries:
    """What a running program remembers of its backups, whether the ledger could be told or not."""

    taken: datetime | None = None
    """When it last wrote one whole."""
    stuck: int = 0
    stuck_why: str = ""
    under_way: "Future[BackupTaken] | None" = None


class AutomaticBackups:
    """The backups one station takes by itself."""

    def __init__(self, database: Database, settings: Settings, identity: str = "", tries: Tries | None = None) -> None:
        """`identity` is the station's own, as it was opened with; `tries` what is remembered from one night to the next."""
        self.database = database
        self._settings = settings
        self._identity = identity
        self._tries = tries or Tries()
        self.folder = folder_of(settings)

    @allowed(Permission.BACKUP)
    def due(self, actor: Actor) -> bool:  # noqa: ARG002  (the permission is the actor's)
        """Whether one is to be taken now.

        The ledger alone does not say: on a full disk it could not be told of one that was written, and a backup each
        minute would rotate all earlier ones away.
        """
        if not self._settings.backup_keep or self.database.dialect != "sqlite":
            return False
        if self._tries.under_way is not None and not self._tries.under_way.done():
            return False
        now, at = self.database.clock.now(), time.fromisoformat(self._settings.backup_at)
        with self.database.read() as tx:
            last = last_backup_in(tx, now)
        return due(last, now, at) and due(self._tries.taken, now, at) and due(self._newest_there(now), now, at)

    def _newest_there(self, now: datetime) -> datetime | None:
        """When the newest of its own was taken that lies in the folder, by its name."""
        try:
            own = own_in(self._settings, self._identity)
        except OSError:  # why no backup can go there is said when one is tried
            return None
        moments = [moment_of(file) for file in own if not is_before_migration(file)]
        return max((moment for moment in moments if moment is not None and moment <= now), default=None)

    @allowed(Permission.BACKUP)
    def known(self, actor: Actor) -> BackupFacts:  # noqa: ARG002
        """What the station knows without a look at the folder, which may take its time."""
        settings, now = self._settings, self.database.clock.now()
        with self.database.read() as tx:
            last, missed = last_backup_in(tx, now), missed_in(tx, now) is not None
        return BackupFacts(
            last, missed, self.folder if settings.backup_folder else None, 0, settings.backup_keep, settings.backup_at,
            reachable=True, on_server=self.database.dialect != "sqlite",
            stuck=self._tries.stuck, stuck_why=self._tries.stuck_why,
        )  # fmt: skip

    @allowed(Permission.BACKUP)
    def facts(self, actor: Actor) -> BackupFacts:
        """The same with what lies in the folder; one that cannot be read, or does not answer, is said, and no error."""
        known = self.known(actor)
        trouble, own, there = trouble_with(self._settings), 0, 0
        if not trouble:
            with suppress(OSError):  # it went away this very moment, or is made with the first one
                own, there = len(own_in(self._settings, self._identity)), len(backups_in(self.folder))
        return replace(known, kept=own, others=max(0, there - own), reachable=not trouble, trouble=trouble)

    @allowed(Permission.BACKUP)
    def take(self, actor: Actor) -> BackupTaken:
        """Take one and let the oldest go. Raises DatabaseUnavailable, DatabaseDamaged; then every earlier one is kept.

        It counts as taken also where the ledger cannot be told of it now, or an older one cannot be deleted.
        """
        with self.database.read() as tx:
            owed = sweep_owed_in(tx)
        if owed:  # what was erased is to be in no backup
            sweep(self.database)
        taken = write_to(self._settings, self.database)
        self._tries.taken = taken.made_at
        self.database.opened(actor, BACKUP_DONE, None)
        self._rotate(taken.file)
        return taken

    @allowed(Permission.BACKUP)
    def begin(self, actor: Actor) -> "Future[BackupTaken]":
        """Begin to take one, apart: a drive that stops answering in the middle is waited for by nobody who does not want to."""
        self._tries.under_way = apart(partial(self.take, actor))
        return self._tries.under_way

    def _rotate(self, newest: Path) -> None:
        """What is too much goes; what cannot be deleted is said where one looks after the backups, and is no failure."""
        stuck, told = 0, ""
        try:
            for file in too_many(own_in(self._settings, self._identity), newest, self._settings.backup_keep):
                try:
                    file.unlink(missing_ok=True)
                except OSError as error:
                    stuck, told = stuck + 1, why(error)
        except OSError:  # the folder went away right after: the next night deletes the more
            return
        self._tries.stuck, self._tries.stuck_why = stuck, told


def too_many(files: Sequence[Path], newest: Path, keep: int) -> list[Path]:
    """Those of one station's that are not kept: what was made before a migration counts like any other.

    Each day's newest comes before a second one of any day: several of one day must not push out those of other nights. The
    newest stays, also where a clock gone wrong has dated another one later.
    """
    latest_first = sorted((file for file in files if file != newest), reverse=True)
    days = {_day(newest)}
    firsts: list[Path] = [newest]
    seconds: list[Path] = []
    for file in latest_first:
        (seconds if _day(file) in days else firsts).append(file)
        days.add(_day(file))
    return [*firsts, *seconds][max(1, keep) :]


def _day(file: Path) -> str:
    return file.name[: len("staffbase-20260105")]


def write_to(settings: Settings, database: Database, told: str = "") -> BackupTaken:
    """One more backup in the folder of these settings. Raises DatabaseUnavailable."""
    folder = folder_of(settings)
    name = f"staffbase-{local(database.clock.now()):%Y%m%d-%H%M%S}{told}"
    try:
        made_ready(settings)
        return backup_to(database, settings.home, _free_name(folder, name))
    except OSError as error:
        raise DatabaseUnavailable(
            _("The backup could not be written to %(file)s: %(why)s. Choose another place.")
            % {"file": folder, "why": why(error)}
        ) from error


def _free_name(folder: Path, name: str) -> Path:
    """A second one in the same second has a number: a migration that was cut off is begun again at once."""
    names = chain([f"{name}.backup"], (f"{name}-{number}.backup" for number in count(2)))
    return next(file for file in (folder / one for one in names) if not file.exists())


__all__ = ["AutomaticBackups", "BackupFacts", "Tries", "too_many", "write_to"]

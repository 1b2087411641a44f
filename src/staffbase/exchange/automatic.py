"""Backups that nobody must think of: nightly, and before the database is brought to another schema; the oldest go.

A folder on another machine is best: a disk that dies takes the backups on it along.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain, count
from pathlib import Path

from staffbase.exchange.backup import BackupTaken, backup_to
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.backed_up import BACKUP_DONE, due, last_backup_in, missed_in
from staffbase.kernel.clock import OSLO, local
from staffbase.kernel.database import Database
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.files import private_folder, why
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings
from staffbase.kernel.sweep import sweep, sweep_owed_in

_OURS = re.compile(r"staffbase-(\d{8}-\d{6})(-before-\w+)?(-\d+)?\.backup")
"""Names of the files this room may remove again."""
FOLDER = "backups"
"""In the data folder, where the settings name no other."""


def ours_in(folder: Path) -> list[Path]:
    """The backups this room wrote there, oldest first. Raises OSError for a folder that cannot be read."""
    return sorted(file for file in folder.iterdir() if _OURS.fullmatch(file.name))


def moment_of(file: Path) -> datetime | None:
    """When a backup was taken, by its name, on the house's clock."""
    found = _OURS.fullmatch(file.name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=OSLO) if found else None
    except ValueError:
        return None


def folder_of(settings: Settings) -> Path:
    """Where the automatic backups lie."""
    return Path(settings.backup_folder) if settings.backup_folder else settings.home / FOLDER


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
    """Whether the folder can be read just now."""
    on_server: bool
    """The database is a server's, which is backed up with its own tools."""


class AutomaticBackups:
    """The backups one station takes by itself."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self._settings = settings
        self.folder = folder_of(settings)

    @allowed(Permission.BACKUP)
    def due(self, actor: Actor) -> bool:  # noqa: ARG002  (the permission is the actor's)
        """Whether one is to be taken now."""
        if not self._settings.backup_keep or self.database.dialect != "sqlite":
            return False
        now = self.database.clock.now()
        with self.database.read() as tx:
            last = last_backup_in(tx, now)
        return due(last, now, time.fromisoformat(self._settings.backup_at))

    @allowed(Permission.BACKUP)
    def facts(self, actor: Actor) -> BackupFacts:  # noqa: ARG002
        """What there is; a folder that cannot be read is said, and no error."""
        settings, now = self._settings, self.database.clock.now()
        with self.database.read() as tx:
            last, missed = last_backup_in(tx, now), missed_in(tx, now) is not None
        try:
            kept, reachable = len(ours_in(self.folder)), True
        except FileNotFoundError:
            kept, reachable = 0, not settings.backup_folder  # the data folder's own is made with the first one
        except OSError:
            kept, reachable = 0, False
        return BackupFacts(
            last, missed, self.folder if settings.backup_folder else None, kept, settings.backup_keep, settings.backup_at,
            reachable, self.database.dialect != "sqlite",
        )  # fmt: skip

    @allowed(Permission.BACKUP)
    def take(self, actor: Actor) -> BackupTaken:
        """Take one and let the oldest go. Raises DatabaseUnavailable, DatabaseDamaged; then every earlier one is kept."""
        with self.database.read() as tx:
            owed = sweep_owed_in(tx)
        if owed:  # what was erased is to be in no backup
            sweep(self.database)
        taken = write_to(self.folder, self.database, self._settings.home)
        self.database.opened(actor, BACKUP_DONE, None)
        self._rotate(taken.file)
        return taken

    def _rotate(self, newest: Path) -> None:
        """Only what this room wrote, by its name; what was made before a migration counts like any other.

        The newest stays, also where a clock gone wrong has dated another one later.
        """
        ours = ours_in(self.folder)
        for file in [one for one in ours if one != newest][: max(0, len(ours) - self._settings.backup_keep)]:
            file.unlink(missing_ok=True)


def write_to(folder: Path, database: Database, home: Path, told: str = "") -> BackupTaken:
    """One more backup in this folder, which is made if need be. Raises DatabaseUnavailable."""
    try:
        private_folder(folder)
    except OSError as error:
        raise DatabaseUnavailable(
            _("The backup could not be written to %(file)s: %(why)s. Choose another place.")
            % {"file": folder, "why": why(error)}
        ) from error
    name = f"staffbase-{local(database.clock.now()):%Y%m%d-%H%M%S}{told}"
    return backup_to(database, home, _free_name(folder, name))


def _free_name(folder: Path, name: str) -> Path:
    """A second one in the same second has a number: a migration that was cut off is begun again at once."""
    names = chain([f"{name}.backup"], (f"{name}-{number}.backup" for number in count(2)))
    return next(file for file in (folder / one for one in names) if not file.exists())

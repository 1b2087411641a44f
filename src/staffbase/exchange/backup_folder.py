"""The folder in which a station keeps its backups by itself: whether it is the one it should be, and what in it is its own.

Best it lies on another machine. Then it may not be connected just now, in whose place an empty folder of this computer
may stand; it may not answer; and other stations may keep theirs in it, too.
"""

import os
import re
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from staffbase.exchange.backup import Manifest
from staffbase.exchange.opened_backup import manifest_of
from staffbase.kernel.apart import answer_of
from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import DatabaseUnavailable, StaffbaseError
from staffbase.kernel.files import private_folder, why, write_private
from staffbase.kernel.i18n import _
from staffbase.kernel.key import SystemIdentities, own_identity, station_card
from staffbase.kernel.settings import Settings

_BACKUP = re.compile(r"staffbase-(\d{8}-\d{6})(-before-\w+)?(-\d+)?\.backup")
"""What stations name the backups they take by themselves."""
FOLDER = "backups"
"""In the data folder, where the settings name no other."""
MARK = ".staffbase-backups"
"""A file that stands in a folder once backups were kept there. An unmounted drive's empty place has none."""
_REMEMBERED = "backup-folder"
"""In the data folder: where the last backup went."""


def folder_of(settings: Settings) -> Path:
    """Where the automatic backups lie."""
    return Path(settings.backup_folder) if settings.backup_folder else settings.home / FOLDER


def is_outside(settings: Settings) -> bool:
    """Whether that is outside the data folder, so that it may be another machine's. Told by the names alone."""
    return not Path(_named(folder_of(settings))).is_relative_to(_named(settings.home))


def backups_in(folder: Path) -> list[Path]:
    """The backups that stations took there by themselves, by their names, oldest first.

    Raises OSError for a folder that cannot be read, or does not answer.
    """
    return answer_of(folder, partial(_listed, folder))


def own_in(settings: Settings, opened_by: str = "") -> list[Path]:
    """Those that this station took, oldest first: the only ones it may count, and remove again. Raises as `backups_in` does.

    Outside the data folder a name says nothing of whose it is: what stands in the backup does. One that cannot be opened
    here may be another's, so it is none. `opened_by` is the identity that opened the station (see `identity_here`).
    """
    folder = folder_of(settings)
    files = backups_in(folder)
    if not files or not is_outside(settings):
        return files
    try:
        station_id, identity = station_card(settings.home).station_id, identity_here(settings.home, opened_by)
    except StaffbaseError:
        return []
    return [file for file in files if _station_of(file, identity) == station_id]


def manifest_in(file: Path, identity: str) -> Manifest:
    """What stands in a backup of the folder beside the database; only its first block is read.

    Raises as `manifest_of` does, and OSError where the folder does not answer.
    """
    return answer_of(file.parent, partial(manifest_of, file, identity))


def identity_here(home: Path, opened_by: str = "") -> str:
    """The identity this machine has for the station by now; where that asks for a passphrase, the one that opened it.

    Raises KeyMissing where there is neither.
    """
    try:
        return own_identity(home, SystemIdentities())
    except StaffbaseError:
        if not opened_by:
            raise
        return opened_by


def moment_of(file: Path) -> datetime | None:
    """When a backup was taken, by its name, on the house's clock."""
    found = _BACKUP.fullmatch(file.name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=OSLO) if found else None
    except ValueError:
        return None


def is_before_migration(file: Path) -> bool:
    """Whether it was taken because the database was about to be migrated, at whatever time of the day."""
    found = _BACKUP.fullmatch(file.name)
    return bool(found and found[2])


def made_ready(settings: Settings) -> Path:
    """The folder, to write one more backup into.

    It is made where backups are kept there for the first time; the folder it lies in must be there. From then on it is
    known by its mark, and never made again: who finds an empty place has lost the drive, and would fill this computer's
    own disk. Raises DatabaseUnavailable where it is not there, OSError where it cannot be written or does not answer.
    """
    folder = folder_of(settings)
    if not is_outside(settings):
        private_folder(folder)
        return folder

    def make() -> None:
        if refusal := _refusal(folder, settings.home):
            raise DatabaseUnavailable(refusal)
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
        if not (folder / MARK).exists():
            with suppress(FileExistsError), (folder / MARK).open("x", encoding="utf-8") as mark:
                mark.write(
                    _("staffbase keeps backups in this folder, and knows it by this file. Leave it here.") + "\n"
                )

    answer_of(folder, make)
    _remember(folder, settings.home)
    return folder


def trouble_with(settings: Settings) -> str:
    """Why no backup can go there just now, as far as a look tells; empty: one can."""
    folder = folder_of(settings)
    try:
        if is_outside(settings) and (refusal := answer_of(folder, partial(_refusal, folder, settings.home))):
            return refusal
        backups_in(folder)
    except FileNotFoundError:
        return ""  # it is made with the first one
    except TimeoutError:
        return _("The backup folder %(folder)s does not answer.") % {"folder": folder}
    except OSError as error:
        return _("The backup folder %(folder)s cannot be used: %(why)s.") % {"folder": folder, "why": why(error)}
    return ""


def _listed(folder: Path) -> list[Path]:
    """A folder of such a name is none, and a pipe would be waited for."""
    return sorted(file for file in folder.iterdir() if _BACKUP.fullmatch(file.name) and file.is_file())


def _station_of(file: Path, identity: str) -> str:
    """Whose it is; empty where this identity does not open it."""
    try:
        return manifest_in(file, identity).station_id
    except StaffbaseError:
        return ""


def _refusal(folder: Path, home: Path) -> str:
    """Why this is not the folder it should be; empty where it is, or where it is used for the first time."""
    there = folder.is_dir()
    if there and ((folder / MARK).exists() or _listed(folder)):
        return ""
    known = _remembered(home) == _named(folder)
    if there and known:
        told = _("The folder %(folder)s is not the one that held the backups: it has no %(mark)s in it. Is the drive connected? If it is a new one, make an empty file of that name there.")  # fmt: skip
        return told % {"folder": folder, "mark": MARK}
    if known or not folder.parent.is_dir():
        return _("The backup folder %(folder)s is not there: is the drive connected?") % {"folder": folder}
    return ""


def _named(folder: Path) -> str:
    """Its whole name, without asking a disk."""
    return os.path.normpath(folder.absolute())


def _remembered(home: Path) -> str:
    try:
        return (home / _REMEMBERED).read_text(encoding="utf-8").rstrip("\n")
    except (OSError, ValueError):
        return ""


def _remember(folder: Path, home: Path) -> None:
    if _remembered(home) != _named(folder):
        with suppress(OSError):  # the disk is full; the next backup is remembered
            write_private(home / _REMEMBERED, f"{_named(folder)}\n".encode())


__all__ = [
    "FOLDER", "MARK", "backups_in", "folder_of", "identity_here", "is_before_migration", "is_outside", "made_ready",
    "manifest_in", "moment_of", "own_in", "trouble_with",
]  # fmt: skip

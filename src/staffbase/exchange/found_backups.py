"""The backups that are at hand, newest first, and what each of them is worth: looked over before anybody relies on it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from staffbase.exchange.backup_folder import backups_in, folder_of, moment_of
from staffbase.exchange.opened_backup import OpenedBackup, opened_backup
from staffbase.kernel.anchor import ANCHOR_FILE, Anchor
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.errors import IdentityMissing, StaffbaseError
from staffbase.kernel.files import private_folder
from staffbase.kernel.settings import Settings
from staffbase.migrations import load_models

_PLACE = ".looking"


class Worth(StrEnum):
    """What a backup is worth."""

    UNSEEN = "unseen"
    """Not looked over yet."""
    WHOLE = "whole"
    CHANGED = "changed"
    """Whole as a file, and something in it was changed outside staffbase."""
    CLOSED = "closed"
    """Another identity opens it: the recovery identity of its time."""
    BROKEN = "broken"


@dataclass(frozen=True)
class FoundBackup:
    """One backup. What it tells of the house stands at the door anyway, for whoever must ring somebody."""

    file: Path
    made_at: datetime | None
    """By its name until it is opened, then by what stands in it."""
    worth: Worth = Worth.UNSEEN
    ledger_seq: int = 0
    lost: int | None = None
    """Ledger rows that the station wrote after it, as the anchor knows; None where there is none."""
    sentence: str = ""
    """Why it cannot be used."""
    house: str = ""
    place: str = ""
    """Address and entrance."""
    oncall: str = ""

    @property
    def good(self) -> bool:
        """Whether the station can be made of it as it was written."""
        return self.worth is Worth.WHOLE


def backups_at_hand(settings: Settings) -> list[FoundBackup]:
    """Those the station took by itself, newest first; nothing is opened yet."""
    try:
        files = backups_in(folder_of(settings))
    except OSError:  # no folder, or a drive that is not there
        return []
    return [FoundBackup(file, moment_of(file)) for file in reversed(files)]


def looked_over(found: FoundBackup, identity: str, home: Path) -> FoundBackup:
    """The same, opened with this identity and verified. Raises StaffbaseError where nothing can be opened here."""
    load_models()
    try:
        with looking_place(home) as place, opened_backup(found.file, identity, place) as backup:
            proof = backup.verify()
            house, address, oncall = _house(backup)
            return FoundBackup(
                found.file, datetime.fromisoformat(backup.manifest.made_at),
                Worth.WHOLE if proof.clean else Worth.CHANGED, backup.manifest.ledger_seq,
                _lost(home, backup), "", house, address, oncall,
            )  # fmt: skip
    except IdentityMissing as error:
        return FoundBackup(found.file, found.made_at, Worth.CLOSED, sentence=str(error))
    except StaffbaseError as error:
        return FoundBackup(found.file, found.made_at, Worth.BROKEN, sentence=str(error))


@contextmanager
def looking_place(home: Path) -> Iterator[Path]:
    """A private folder to open a backup in, on the disk that a restored station needs room on anyway; what is in it stays encrypted."""
    place = home / _PLACE
    shutil.rmtree(place, ignore_errors=True)
    private_folder(place)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _house(backup: OpenedBackup) -> tuple[str, str, str]:
    engine = sqlcipher_engine(backup.database, backup.key, guarded={})
    try:
        with engine.connect() as connection:
            row = connection.execute(
                text("SELECT name, address, entrance, oncall_name, oncall_phone FROM house")
            ).first()
    except DBAPIError:
        return "", "", ""
    finally:
        engine.dispose()
    if row is None:
        return "", "", ""
    return row[0], "\n".join(filter(None, row[1:3])), " ".join(filter(None, row[3:5]))


def _lost(home: Path, backup: OpenedBackup) -> int | None:
    try:
        known = Anchor(home / ANCHOR_FILE, backup.seal).read()
    except (ValueError, OSError):
        return None
    return max(0, known.seq - backup.manifest.ledger_seq) if known is not None else None

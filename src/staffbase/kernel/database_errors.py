"""What the database and its disk say when something goes wrong, in words a person can act on."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EIO, ENOSPC, EROFS
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from staffbase.kernel.errors import ChangedElsewhere, DatabaseDamaged, DatabaseUnavailable
from staffbase.kernel.i18n import _

_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
"""How their names begin: an index of the search that is damaged has a name of its own."""
_DISK = {"SQLITE_FULL": ENOSPC, "SQLITE_READONLY": EROFS, "SQLITE_CANTOPEN": EACCES, "SQLITE_IOERR": EIO}
_NAMES = {
    "database or disk is full": "SQLITE_FULL",
    "disk I/O error": "SQLITE_IOERR",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "unable to open database file": "SQLITE_CANTOPEN",
    "database is locked": "SQLITE_BUSY",
    "database disk image is malformed": "SQLITE_CORRUPT",
    "file is not a database": "SQLITE_NOTADB",
}
_NO_ROOM = 1 << 16
"""Bytes: with less there is no room for what the database keeps beside it while it is open."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the database says into a sentence a person can act on."""
    try:
        yield
    except StaleDataError as error:
        raise ChangedElsewhere(
            _("Somebody else has changed this in the meantime. Nothing of yours was saved.")
        ) from error
    except OperationalError as error:
        raise DatabaseUnavailable(unavailable_sentence(error.orig)) from error
    except DBAPIError as error:
        _refuse_damage(error.orig, error)
        raise
    except _driver_errors() as error:  # where the driver is used without SQLAlchemy: a copy of the whole database
        if type(error).__name__ == "OperationalError":
            raise DatabaseUnavailable(unavailable_sentence(error)) from error
        _refuse_damage(error, error)
        raise


@contextmanager
def as_disk_errors(folder: Path) -> Iterator[None]:
    """For a copy that is made in this folder: what the driver says of the disk, as the OSError the disk would have given."""
    try:
        yield
    except _driver_errors() as error:
        said = _name(error)
        number = next((number for name, number in _DISK.items() if said.startswith(name)), None)
        if number is None:
            raise
        if number == EIO and shutil.disk_usage(folder).free < _NO_ROOM:
            number = ENOSPC  # there was no room for the files beside the database
        raise OSError(number, os.strerror(number)) from error


def _name(error: BaseException | None) -> str:
    """The driver's name for what went wrong; when it copies a whole database it tells only the words."""
    named: str = getattr(error, "sqlite_errorname", None) or _NAMES.get(str(error), "")
    return named


def _driver_errors() -> tuple[type[Exception], ...]:
    driver = sys.modules.get("sqlcipher3.dbapi2")  # a station on PostgreSQL never loads it
    return (driver.DatabaseError,) if driver is not None else ()


def _refuse_damage(said: BaseException | None, error: Exception) -> None:
    if _name(said).startswith(_DAMAGED):
        raise DatabaseDamaged(
            _("The database is damaged or does not belong to this key. Nothing was changed. Ask for the newest backup.")
        ) from error


def unavailable_sentence(error: BaseException | None) -> str:
    """What to do about a database that could not be written or read just now; `error` is what the driver raised."""
    name = _name(error)
    if name == "SQLITE_FULL":
        return _("The disk is full. Nothing was lost on this screen; make room, then save again.")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _("Another program holds the database. Nothing was lost on this screen; try again in a moment.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _("The data folder cannot be written. Nothing was lost on this screen; check its permissions.")
    if name.startswith("SQLITE_IOERR"):
        return _("The disk is full, or it fails. Nothing was lost on this screen; see to the disk, then try again.")
    return _("The database did not answer. Nothing was lost on this screen; try again.")

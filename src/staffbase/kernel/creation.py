"""A station is made beside its place and moved into it when it is whole, so that a set-up that was killed leaves nothing.

`key.age` is moved last: with it there is a station. What was moved half-way is moved to the end at the next start; what
was never whole is made anew. A file of a station that stands is never replaced and never removed.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EACCES, ENOENT, ENOTDIR
from pathlib import Path

from staffbase.kernel.database import DATABASE_FILE
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, KeyMissing
from staffbase.kernel.files import private_folder, sync_folder, why, write_private
from staffbase.kernel.i18n import _
from staffbase.kernel.key import KEY_FILE, STATION_FILE, IdentityStore, check_apart

_ASIDE = ".new-station"
_WHOLE, _LOCK = "whole", "lock"
_FILES = (DATABASE_FILE, STATION_FILE, KEY_FILE)
"""What a station is, in the order in which it is moved."""


def has_station(home: Path) -> bool:
    """Whether there is a station in the data folder.

    Raises DatabaseUnavailable for a folder that cannot be read, and KeyMissing where a station has lost its key file.
    """
    with _in_words(home):
        if _there(home / _ASIDE / _WHOLE):
            _move(home)
        there = [name for name in _FILES if _there(home / name)]
    if there and KEY_FILE not in there:
        raise KeyMissing(
            _("%(file)s is missing in %(folder)s, though a station is there. Put it back from a copy of the folder.")
            % {"file": KEY_FILE, "folder": home}
        )
    return bool(there)


def check_place(home: Path, identities: IdentityStore) -> None:
    """Raise Invalid or DatabaseUnavailable where no station could be made, before anybody is asked a question."""
    if has_station(home):
        raise Invalid(_("There is a station in %(folder)s already.") % {"folder": home})
    check_apart(home, identities)
    with _in_words(home):
        nearest = next(folder for folder in (home, *home.absolute().parents) if _there(folder))
        if not nearest.is_dir():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))


@contextmanager
def made_aside(home: Path, make_room: Callable[[], None] | None = None) -> Iterator[Path]:
    """A folder to make a station in; when the block ends well, all of it is moved into `home`, else nothing is left.

    `make_room` moves away what stands there, once the new one is whole; without it what stands is never replaced. Raises Invalid when there is a station already or one is being made, DatabaseUnavailable when nothing can be written.
    """
    aside = home / _ASIDE
    with _in_words(home):
        private_folder(home)
        private_folder(aside)
        with _alone(aside):
            try:
                for left in aside.iterdir():
                    if left.name != _LOCK:
                        left.unlink()
                yield aside
                if make_room is None and any(_there(home / name) for name in _FILES):
                    raise Invalid(_("There is a station in %(folder)s already.") % {"folder": home})  # noqa: TRY301
                write_private(aside / _WHOLE, b"")
                if make_room is not None:
                    make_room()
                _move(home)
            except BaseException:
                if not _there(aside / _WHOLE):
                    shutil.rmtree(aside, ignore_errors=True)
                raise


def _move(home: Path) -> None:
    """Move what is still aside; nothing that stands is replaced."""
    aside = home / _ASIDE
    left = [name for name in _FILES if _there(aside / name)]  # the others are moved already, or kept on a server
    if any(_there(home / name) for name in (*left, KEY_FILE)) and left:
        return
    for name in left:
        (aside / name).replace(home / name)
        sync_folder(home)
    shutil.rmtree(aside, ignore_errors=True)


def _there(file: Path) -> bool:
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


@contextmanager
def _alone(aside: Path) -> Iterator[None]:
    """Nobody else makes a station here; the lock goes with the process that held it."""
    descriptor = os.open(aside / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise Invalid(_("Somebody is setting up a station in this folder just now.")) from error
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _in_words(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = _("it cannot be made there") if error.errno == ENOENT else why(error)
        raise DatabaseUnavailable(
            _("The data folder %(folder)s cannot be used: %(why)s. Mend that, or choose another folder with --home.")
            % {"folder": home, "why": said}
        ) from error

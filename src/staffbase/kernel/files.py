"""Files that nobody else on the machine may read, written whole or not at all."""

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from staffbase.kernel.errors import KeyExposed
from staffbase.kernel.i18n import N_, _

_WHY = {
    errno.ENOENT: N_("it is not there"),
    errno.EACCES: N_("this account has no right to it"),
    errno.EPERM: N_("this account has no right to it"),
    errno.EROFS: N_("nothing can be written there"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("it is no folder"),
    errno.EEXIST: N_("there is a file of that name"),
    errno.EIO: N_("the disk does not answer"),
    errno.ETIMEDOUT: N_("it does not answer"),
}
_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF})
"""What a file system says of a folder that it cannot be told to sync."""


def why(error: OSError) -> str:
    """What the operating system said, in the person's language where it is one of the usual things."""
    return _(_WHY[error.errno]) if error.errno in _WHY else error.strerror or str(error)


def private_folder(folder: Path) -> None:
    """Make the folder, for its owner alone. One that stands keeps its mode, also an empty one: others may share it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(file: Path, data: bytes) -> None:
    """Write the file for its owner alone, and have it on the disk before this returns."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in this folder on the disk, too, where its file system can be told so."""
    if os.name == "nt":
        return  # Windows cannot open a folder, and keeps names by itself
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network drives (SMB, some FUSE) have no such call for a folder. Nothing has failed then: the files in it were
        # synced by themselves, and their server keeps the names. A disk that fails says EIO, one that is full ENOSPC.
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def readable_by_others(file: Path) -> bool:
    """Whether other accounts of this machine have any right to it. Windows keeps rights elsewhere: False."""
    return os.name != "nt" and bool(stat.S_IMODE(file.stat().st_mode) & 0o077)


def read_private(file: Path) -> bytes:
    """The file's content. Raises KeyExposed when others may read it, FileNotFoundError when it is not there."""
    if readable_by_others(file):
        raise KeyExposed(
            _("Others on this machine may read %(file)s, which holds a key. Close it with: chmod 600 “%(file)s”")
            % {"file": file}
        )
    return file.read_bytes()

"""The anchor: how far the ledger had come, in a small file beside the database.

A chain cannot see that its newest rows are gone: a cut tail, or a flipped bit in the write-ahead log, passes every other
check. So the head is written here after each commit. It is sealed with the ledger's key, so that nobody without the key
can write one; somebody who puts an older database *and* its older anchor back is exposed by backups and paper alone.
"""

import fcntl
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from staffbase.kernel.ledger import Seal

ANCHOR_FILE = "staffbase.anchor"
"""Its name in the data folder."""
_SIZE = 160
"""Bytes: the line is padded, so that it is overwritten in place, needs no room on a full disk, and lies in one sector."""


@dataclass(frozen=True)
class Head:
    """The newest ledger row that was known to be committed."""

    seq: int
    hash: bytes


class Anchor:
    """The anchor of one database. Several processes may write it; it only grows."""

    def __init__(self, file: Path, seal: Seal) -> None:
        self.file = file
        self._key = seal.derive(b"anchor")

    def read(self) -> Head | None:
        """The head that was anchored; None where no anchor was ever written. Raises ValueError for one that is not ours."""
        try:
            return self._read(self.file.read_bytes())
        except FileNotFoundError:
            return None

    def grow(self, head: Head) -> bool:
        """Anchor this head, unless a later one is anchored, and have it on the disk.

        False when it could not be written: what was committed stands all the same, and only a cut tail would go unseen.
        """
        try:
            descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # closing the file ends it
            try:
                standing = self._read(os.pread(descriptor, _SIZE, 0))
            except ValueError:
                return False  # somebody wrote into it: `verify` says so, and it is left as it is
            if standing is None or standing.seq < head.seq:
                os.pwrite(descriptor, self._line(head), 0)
                os.fdatasync(descriptor)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def _line(self, head: Head) -> bytes:
        told = f"{head.seq} {head.hash.hex()}"
        return f"{told} {_mac(self._key, told)}".encode().ljust(_SIZE - 1) + b"\n"

    def _read(self, line: bytes) -> Head | None:
        if not line:
            return None
        seq, hashed, mac = line.decode("ascii").split()
        if mac != _mac(self._key, f"{seq} {hashed}"):
            raise ValueError("not written with this ledger's key")
        return Head(int(seq), bytes.fromhex(hashed))


def _mac(key: bytes, told: str) -> str:
    return hmac.digest(key, told.encode(), hashlib.sha256).hex()[:32]

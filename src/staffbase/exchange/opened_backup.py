"""Reads a backup: its manifest into memory, its database, which stays encrypted, into a file.

The archive itself holds a key and never touches the disk.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from errno import ENOSPC
from pathlib import Path
from typing import IO

from staffbase.exchange.backup import FORMAT, Manifest
from staffbase.exchange.unledgered import UNLEDGERED
from staffbase.kernel.anchor import Anchor
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.errors import DatabaseDamaged, IdentityMissing, Invalid
from staffbase.kernel.files import why
from staffbase.kernel.i18n import _
from staffbase.kernel.key import age_identity, read_identity
from staffbase.kernel.ledger import Seal
from staffbase.kernel.verify import KnownHead, Progress, Proof, verify
from staffbase.migrations import HEAD, ensure_schema

_NO_SLOT = "No matching keys found"
"""What age says when the file is whole and the identity is another's."""
_BLOCK = tarfile.BLOCKSIZE
_MANIFEST_LIMIT = 1 << 16


@dataclass(frozen=True)
class OpenedBackup:
    """A backup that was decrypted and is whole."""

    manifest: Manifest
    database: Path
    """Encrypted, with the key of the manifest."""

    @property
    def key(self) -> bytes:
        """The key of its database."""
        return bytes.fromhex(self.manifest.key)

    @property
    def seal(self) -> Seal:
        """What its ledger is verified with."""
        return Seal.from_root(bytes.fromhex(self.manifest.ledger_root))

    def verify(
        self, progress: Progress | None = None, anchor: Anchor | None = None, heads: Sequence[KnownHead] = ()
    ) -> Proof:
        """Compute everything in it again, without restoring it; one from before a migration is migrated as the station would be.

        Its tables must be loaded. Raises NewerDatabase for one of a later version.
        """
        if self.manifest.schema != HEAD:
            making = sqlcipher_engine(self.database, self.key)
            try:
                ensure_schema(making)
            finally:
                making.dispose()
        engine = sqlcipher_engine(self.database, self.key, guarded={})
        try:
            return verify(engine, self.seal, anchor, progress, heads, UNLEDGERED)
        finally:
            engine.dispose()


@contextmanager
def opened_backup(file: Path, identity: str, place: Path) -> Iterator[OpenedBackup]:
    """The backup, its database in a file of its own in `place`, which is private; the file is gone at the end.

    Raises Invalid for what is no backup, IdentityMissing for another's identity, DatabaseDamaged for one that is not whole.
    """
    copy = place / "backup.db"
    try:
        manifest = _taken_apart(file, identity, copy)
        _check(manifest, copy, file)
        yield OpenedBackup(manifest, copy)
    finally:
        for name in (copy, *(copy.with_name(f"{copy.name}{end}") for end in ("-wal", "-shm", "-journal"))):
            name.unlink(missing_ok=True)


def manifest_of(file: Path, identity: str) -> Manifest:
    """What stands in a backup beside the database, which is not read. Raises as `opened_backup` does."""
    archive = _Archive(None)
    with suppress(_Enough):
        _decrypt(file, identity, archive)
    return _manifest(archive.manifest, file)


def _taken_apart(file: Path, identity: str, copy: Path) -> Manifest:
    with copy.open("xb") as out:
        copy.chmod(0o600)
        archive = _Archive(out)
        _decrypt(file, identity, archive)
    return _manifest(archive.manifest, file)


def _decrypt(file: Path, identity: str, archive: "_Archive") -> None:
    import pyrage  # noqa: PLC0415  (only where a backup is opened)

    who = age_identity(read_identity(identity))
    try:
        with file.open("rb") as sealed:
            pyrage.decrypt_io(sealed, archive, [who])
    except pyrage.DecryptError as error:
        if str(error) == _NO_SLOT:
            raise IdentityMissing(
                _("This identity does not open %(file)s. The recovery identity of that time does.") % {"file": file}
            ) from error
        raise _not_whole(file) from error
    except OSError as error:
        if error.errno is None:  # what age says in the middle of a file that is cut or changed
            raise _not_whole(file) from error
        if error.errno == ENOSPC:
            raise  # it can be read, and there is no room for what stands in it
        raise Invalid(_("%(file)s cannot be read: %(why)s.") % {"file": file, "why": why(error)}) from error


def _manifest(told: bytes, file: Path) -> Manifest:
    try:
        values = json.loads(told)
        manifest = Manifest(**{field.name: values[field.name] for field in fields(Manifest)})
    except (ValueError, KeyError, TypeError) as error:
        raise _not_whole(file) from error
    if manifest.format != FORMAT:
        raise Invalid(_("%(file)s was written by another version of staffbase. Use that version.") % {"file": file})
    return manifest


def _check(manifest: Manifest, copy: Path, file: Path) -> None:
    with copy.open("rb") as out:
        digest = hashlib.file_digest(out, "sha256").hexdigest()
    if (copy.stat().st_size, digest) != (manifest.size, manifest.sha256):
        raise _not_whole(file)


def _not_whole(file: Path) -> DatabaseDamaged:
    return DatabaseDamaged(
        _("%(file)s is no backup of staffbase, or it is damaged. Try an earlier one.") % {"file": file}
    )


class _Enough(Exception):
    """The manifest was read, and the database behind it is not wanted."""


class _Archive(io.RawIOBase):
    """Takes the tar archive as it is decrypted: the manifest is kept in memory, the database goes to its file, if there is one."""

    def __init__(self, database: IO[bytes] | None) -> None:
        self.manifest = b""
        self._database = database
        self._header = b""
        self._name = ""
        self._left = 0
        self._padding = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # what age hands over
        rest = bytes(data)
        while rest:
            rest = self._entry(rest) if self._left else self._skip(rest) if self._padding else self._next(rest)
        return len(data)

    def _entry(self, data: bytes) -> bytes:
        part, rest = data[: self._left], data[self._left :]
        self._left -= len(part)
        if self._name == "staffbase.db" and self._database is not None:
            self._database.write(part)
        elif self._name == "manifest.json" and len(self.manifest) < _MANIFEST_LIMIT:
            self.manifest += part
        return rest

    def _skip(self, data: bytes) -> bytes:
        part = min(self._padding, len(data))
        self._padding -= part
        return data[part:]

    def _next(self, data: bytes) -> bytes:
        part, rest = data[: _BLOCK - len(self._header)], data[_BLOCK - len(self._header) :]
        self._header += part
        if len(self._header) == _BLOCK:
            header, self._header = self._header, b""
            if header.strip(b"\0"):
                self._begin(header)
        return rest

    def _begin(self, header: bytes) -> None:
        try:
            entry = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        except tarfile.HeaderError:
            return  # what comes of it is no backup, and is said so
        self._name, self._left, self._padding = entry.name, entry.size, -entry.size % _BLOCK
        if self._name == "staffbase.db" and self._database is None:
            raise _Enough

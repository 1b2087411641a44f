"""Backup: one encrypted file that the recovery identity from the municipality's safe opens, or the station's own.

An age file around a tar archive of two files: `manifest.json` and `staffbase.db`. The database in it is a consistent
copy under a fresh key that stands in the manifest and nowhere else, so that no backup tells the station's own key. It
is readable with age, tar and SQLCipher alone. Nothing readable touches the disk on the way.
"""

import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from errno import EIO
from pathlib import Path
from typing import IO, Any

from staffbase.exchange.parts import part_beside
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.backed_up import BACKUP_DONE
from staffbase.kernel.database import Database, as_disk_errors, in_words, sqlcipher_engine
from staffbase.kernel.errors import DatabaseDamaged, DatabaseUnavailable, Invalid
from staffbase.kernel.files import sync_folder, why
from staffbase.kernel.head import printed_head
from staffbase.kernel.i18n import _, decimal
from staffbase.kernel.key import StationCard, station_card

FORMAT = 1
_ROOM = 1_000_000
"""Bytes a backup takes beside the database: age's own, the archive's, the manifest."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What stands in a backup beside the database."""

    format: int
    made_at: str
    station: str
    station_id: str
    schema: str
    ledger_seq: int
    ledger_hash: str
    """The newest ledger row in it: what paper and later backups are compared with."""
    size: int
    sha256: str
    """Of the database in the backup, encrypted as it stands there."""
    key: str
    """The key of that database, hexadecimal."""
    ledger_root: str
    """What the ledger's key and the PINs' pepper are derived from, hexadecimal."""
    recovery: str
    """The public recovery key: a restored station is encrypted to it again."""


@dataclass(frozen=True)
class BackupTaken:
    """A backup that was written and looked over."""

    file: Path
    size: int
    made_at: datetime
    ledger_seq: int
    ledger_hash: str

    def __str__(self) -> str:
        return _(
            "Backup written: %(file)s, %(size)s MB, up to ledger row %(head)s. "
            "The recovery identity opens it. Keep it away from this computer."
        ) % {
            "file": self.file,
            "size": decimal(self.size / 1e6),
            "head": printed_head(self.ledger_seq, self.ledger_hash),
        }


class Backup:
    """Backups of one station."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.home = home

    @allowed(Permission.BACKUP)
    def backup(self, actor: Actor, target: Path) -> BackupTaken:
        """Write a backup to a file that does not exist yet; the ledger says who took it.

        Raises Invalid for a file that exists, and DatabaseUnavailable when there is no room or it cannot be written.
        """
        check_target(target)
        with self.database.write(actor, "backup.take", opening=True):
            pass  # before it is written: who tried to take everything out is what the ledger is for
        taken = backup_to(self.database, self.home, target)
        self.database.opened(actor, BACKUP_DONE, None)
        return taken


def backup_to(database: Database, home: Path, target: Path) -> BackupTaken:
    """Write a consistent copy of the whole database, while others go on writing, to one encrypted file.

    Raises as `Backup.backup` does. When it raises, no file stands where the backup should be.
    """
    if database.dialect != "sqlite":
        raise Invalid(_("A station on a database server is backed up with the server's own tools."))
    card = station_card(home)
    try:
        check_target(target)
        with part_beside(target, card.station_id) as copy, part_beside(target, card.station_id) as sealed:
            manifest = _copy(database, card, copy)
            _seal(manifest, copy, sealed, card)
            size = sealed.stat().st_size
            _name(sealed, target)
    except OSError as error:
        raise DatabaseUnavailable(
            _("The backup could not be written to %(file)s: %(why)s. Choose another place.")
            % {"file": target, "why": why(error)}
        ) from error
    made_at = datetime.fromisoformat(manifest.made_at)
    return BackupTaken(target, size, made_at, manifest.ledger_seq, manifest.ledger_hash)


def check_target(target: Path) -> None:
    """Raise Invalid for a place where no backup can go."""
    if target.exists() or target.is_symlink():
        raise Invalid(
            _("%(file)s exists already. A backup never replaces a file: choose another name.") % {"file": target}
        )
    if not target.parent.is_dir():
        raise Invalid(_("The folder %(folder)s does not exist.") % {"folder": target.parent})


def _copy(database: Database, card: StationCard, copy: Path) -> Manifest:
    """Copy the database under a fresh key, look the copy over, and describe it."""
    made_at = database.clock.now()
    key = secrets.token_bytes(32)
    with in_words(), as_disk_errors(copy.parent), closing(database.engine.raw_connection()) as source:
        pages, page_size = (
            int(source.cursor().execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size")
        )
        _check_room(copy.parent, 2 * pages * page_size + _ROOM)
        head, schema = _copied(source, copy, key)
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Manifest(
        FORMAT, made_at.isoformat(), database.station, card.station_id, schema, head[0], head[1].hex(),
        copy.stat().st_size, digest, key.hex(), database.seal.root.hex(), card.recovery_recipient,
    )  # fmt: skip


def _copied(source: Any, copy: Path, key: bytes) -> tuple[tuple[int, bytes], str]:
    """Copy and look over; the head of its ledger, and its schema."""
    into = sqlcipher_engine(copy, key)
    try:
        with closing(into.raw_connection()) as fresh:
            # in one step: page by page it starts anew whenever somebody writes, and on a busy station never ends
            source.driver_connection.backup(fresh.driver_connection, pages=-1)
            cursor = fresh.cursor()
            cursor.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            found = cursor.execute("PRAGMA quick_check").fetchone()[0]
            if found != "ok":
                raise DatabaseDamaged(
                    _("The copy is damaged, and so may be the database: %(what)s. Keep every earlier backup.")
                    % {"what": found}
                )
            head = cursor.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
            schema = cursor.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            return head, schema
    finally:
        into.dispose()  # also one that was cut off, else it holds room that nobody sees


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DatabaseUnavailable(
            _(
                "The backup needs %(needed)d MB in %(folder)s, and %(free)d MB are free. Make room or choose another place."
            )
            % {"needed": needed // 1_000_000 + 1, "folder": folder, "free": free // 1_000_000}
        )


def _seal(manifest: Manifest, copy: Path, sealed: Path, card: StationCard) -> None:
    import pyrage  # noqa: PLC0415  (only where something is encrypted)

    recipients = [pyrage.x25519.Recipient.from_str(one) for one in card.recipients]
    told = json.dumps(asdict(manifest), indent=1).encode()
    with copy.open("rb") as database, _Written(sealed) as out:
        archive = _Joined(
            [
                io.BytesIO(_tar_header("manifest.json", len(told)) + told + _padding(len(told))),
                io.BytesIO(_tar_header("staffbase.db", manifest.size)),
                database,
                io.BytesIO(_padding(manifest.size) + bytes(2 * tarfile.BLOCKSIZE)),
            ]
        )
        try:
            pyrage.encrypt_io(archive, out, recipients)
        except pyrage.EncryptError as error:  # to these recipients, nothing but a disk can hinder it
            raise out.failed or OSError(EIO, str(error)) from error
        os.fsync(out.fileno())


class _Written(io.RawIOBase):
    """A file that takes all it is given, and remembers why it could not: the encryption says only that it could not."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("wb", buffering=0)
        self.failed: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, data: Any, /) -> int:
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self.failed = error
            raise
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Joined(io.RawIOBase):
    """Several streams one after the other: the archive is never on the disk, since it holds a key."""

    def __init__(self, streams: Sequence[IO[bytes]]) -> None:
        self._streams = list(streams)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._streams:
            data = self._streams[0].read(min(len(buffer), _CHUNK))
            if data:
                buffer[: len(data)] = data
                return len(data)
            self._streams.pop(0)
        return 0


def _tar_header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry.tobuf(tarfile.USTAR_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _name(sealed: Path, target: Path) -> None:
    """Give the finished file its name, unless somebody else took it meanwhile."""
    try:
        os.link(sealed, target)
    except FileExistsError:
        check_target(target)
        raise
    except OSError:  # a stick formatted for Windows has no links
        check_target(target)
        sealed.rename(target)
    try:
        sync_folder(target.parent)
    except OSError:
        with suppress(OSError):  # whoever is told that there is no backup must find none
            target.unlink()
        raise

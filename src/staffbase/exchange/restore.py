"""Restore: a backup becomes the station again.

What stands is never thrown away: it is moved aside, whole and still to be opened, and what is newer in it is said.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from staffbase.exchange.opened_backup import OpenedBackup, opened_backup
from staffbase.kernel.anchor import ANCHOR_FILE
from staffbase.kernel.clock import Clock, local
from staffbase.kernel.creation import has_station, made_aside
from staffbase.kernel.database import DATABASE_FILE, as_disk_errors, in_words, sqlcipher_engine
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, NewerDatabase
from staffbase.kernel.files import private_folder, sync_folder, why
from staffbase.kernel.i18n import _
from staffbase.kernel.identities import IdentityStore
from staffbase.kernel.key import (
    KEY_FILE,
    STATION_FILE,
    StationCard,
    check_apart,
    keep_card,
    keep_key,
    locked,
    open_key,
    open_with_recovery,
    own_identity,
    station_card,
)
from staffbase.kernel.rekey import held_alone, settled
from staffbase.kernel.station_key import KEY_BYTES, StationKey
from staffbase.kernel.verify import Progress, Proof
from staffbase.migrations import HEAD, load_models

_PLACE = ".restoring"
_LOGS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Newer:
    """What the data that was replaced holds beyond the backup."""

    ledger_rows: int
    entries: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Restored:
    """What was restored."""

    made_at: datetime
    ledger_seq: int
    proof: Proof
    """Of the backup, before it was restored."""
    kept: Path | None
    """Where what stood there lies now."""
    newer: Newer | None
    """What is in it and not in the backup; None where nothing is, or it cannot be read any more."""

    def in_words(self) -> list[str]:
        """What people are told, a sentence each."""
        told = {"made": f"{local(self.made_at):%d.%m.%Y %H:%M}", "seq": self.ledger_seq, "folder": self.kept}
        said = [_("Restored: the station as it was %(made)s, up to ledger row %(seq)d.") % told]
        if not self.proof.clean:
            said.append(
                _("The backup holds %(count)d things that were changed outside staffbase: run staffbase verify.")
                % {"count": len(self.proof.faults)}
            )
        if self.newer is not None:
            newer = {
                "entries": self.newer.entries, "rows": self.newer.ledger_rows,
                "since": f"{local(self.newer.since):%d.%m.%Y %H:%M}", "until": f"{local(self.newer.until):%d.%m.%Y %H:%M}",
            }  # fmt: skip
            said.append(
                _("Not in the backup: %(entries)d entries (%(rows)d ledger rows) from %(since)s to %(until)s.") % newer
            )
        if self.kept is not None:
            said.append(
                _("What stood here before is kept whole in %(folder)s; staffbase --home opens it there.") % told
            )
        return said


def restore(
    home: Path,
    clock: Clock,
    file: Path,
    identities: IdentityStore,
    recovery_identity: str | None = None,
    *,
    overwrite: bool = False,
    passphrase: str | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Make the station of this backup in `home`. Nobody may have the station that stands there open.

    The backup is opened with the recovery identity, or, where a station stands in `home`, with that station's own.
    Cut off anywhere, either the old station or the restored one is there. Raises Invalid where a station stands and
    `overwrite` was not said, or where it is another station's backup; and what `opened_backup` raises.
    """
    stands = has_station(home)
    if stands and not overwrite:
        raise Invalid(
            _("There is a station in %(folder)s. Restore with --replace: what stands there is kept aside.")
            % {"folder": home}
        )
    check_apart(home, identities)
    load_models()
    identity = recovery_identity or own_identity(home, identities, passphrase)
    with _place(home) as place, opened_backup(file, identity, place) as backup:
        if backup.manifest.schema > HEAD:
            raise NewerDatabase(_("The backup was written by a newer version of staffbase. Install that version."))
        proof = backup.verify(progress)
        if stands:
            kept, newer = _replace(home, clock, identities, backup, place, passphrase, recovery_identity)
        else:
            kept, newer = None, None
            _anew(home, identities, backup, passphrase)
    return Restored(datetime.fromisoformat(backup.manifest.made_at), backup.manifest.ledger_seq, proof, kept, newer)


@contextmanager
def _place(home: Path) -> Iterator[Path]:
    """A private folder beside what is to be, on the same disk; gone at the end."""
    private_folder(home)
    place = home / _PLACE
    shutil.rmtree(place, ignore_errors=True)
    private_folder(place)
    try:
        yield place
    except OSError as error:
        raise DatabaseUnavailable(
            _("The backup could not be restored in %(folder)s: %(why)s. Nothing was changed.")
            % {"folder": home, "why": why(error)}
        ) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _recrypted(backup: OpenedBackup, into: Path) -> bytes:
    """The backup's database under a fresh key, in a file of its own that is on the disk. Returns that key."""
    key = secrets.token_bytes(KEY_BYTES)
    source = sqlcipher_engine(backup.database, backup.key, guarded={})
    target = sqlcipher_engine(into, key)
    try:
        with (
            in_words(),
            as_disk_errors(),
            closing(source.raw_connection()) as reading,
            closing(target.raw_connection()) as writing,
        ):
            reading.driver_connection.backup(writing.driver_connection, pages=-1)  # type: ignore[union-attr]
            writing.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        source.dispose()
        target.dispose()
    with into.open("rb+") as written:
        os.fsync(written.fileno())
    return key


def _anew(home: Path, identities: IdentityStore, backup: OpenedBackup, passphrase: str | None) -> None:
    """A station where there is none: this machine gets an identity of its own."""
    from pyrage import x25519  # noqa: PLC0415  (only where a key is made)

    with made_aside(home) as aside:
        database_key = _recrypted(backup, aside / DATABASE_FILE)
        station = x25519.Identity.generate()
        card = StationCard(secrets.token_hex(8), str(station.to_public()), backup.manifest.recovery)
        identities.save(card.station_id, locked(str(station), passphrase))
        keep_card(aside, card)
        keep_key(aside, card, StationKey(database_key, bytes.fromhex(backup.manifest.ledger_root)))


def _replace(
    home: Path,
    clock: Clock,
    identities: IdentityStore,
    backup: OpenedBackup,
    place: Path,
    passphrase: str | None,
    recovery_identity: str | None,
) -> tuple[Path, Newer | None]:
    """The restored database in the place of the one that stands, which is kept aside with its key."""
    key = open_with_recovery(home, recovery_identity) if recovery_identity else open_key(home, identities, passphrase)
    key = settled(home, key)
    if key.ledger.hex() != backup.manifest.ledger_root:
        raise Invalid(_("This is another station's backup. Restore it into an empty folder with --home."))
    restored = place / DATABASE_FILE
    fresh = _recrypted(backup, restored)
    held_alone(home / DATABASE_FILE, key.database)
    newer = _present(home / DATABASE_FILE, key.database, backup.manifest.ledger_seq)
    card = station_card(home)
    kept = home / f"replaced-{local(clock.now()):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    private_folder(kept)
    for name in (STATION_FILE, KEY_FILE):
        shutil.copy2(home / name, kept / name)
    keep_key(home, card, replace(key, trying=fresh))
    for end in _LOGS:
        with suppress(FileNotFoundError):
            (home / f"{DATABASE_FILE}{end}").replace(kept / f"{DATABASE_FILE}{end}")
    with suppress(FileNotFoundError):
        (home / ANCHOR_FILE).replace(kept / ANCHOR_FILE)
    restored.replace(home / DATABASE_FILE)
    for folder in (kept, home):
        sync_folder(folder)
    settled(home, replace(key, trying=fresh))
    return kept, newer


def _present(file: Path, key: bytes, since: int) -> Newer | None:
    """What the database that stands holds beyond ledger row `since`, as far as it can be read."""
    if not file.exists():
        return None
    engine = sqlcipher_engine(file, key, guarded={})
    try:
        with engine.connect() as connection:
            return _newer(connection, since)
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def _newer(connection: Connection, since: int) -> Newer | None:
    rows, first, last = connection.execute(
        text("SELECT count(*), min(at), max(at) FROM ledger WHERE seq > :since"), {"since": since}
    ).one()
    if not rows:
        return None
    entries = connection.execute(
        text(
            "SELECT count(*) FROM ledger, json_each(items) WHERE seq > :since AND json_extract(value, '$[0]') = 'entry'"
        ),
        {"since": since},
    ).scalar_one()
    return Newer(rows, entries, _utc(first), _utc(last))


def _utc(stored: str) -> datetime:
    return datetime.fromisoformat(f"{stored}+00:00")

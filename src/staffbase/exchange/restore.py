"""Restore: a backup becomes the station again.

What stands is never thrown away: it is moved aside, whole and still to be opened, and what is newer in it is said.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from errno import ENOSPC
from pathlib import Path

from staffbase.exchange.authority import KnownHere, KnownInBackup, LaterBackups
from staffbase.exchange.backup_folder import FOLDER
from staffbase.exchange.erased_again import brought_on, decisions_of, erase_again
from staffbase.exchange.opened_backup import OpenedBackup, opened_backup
from staffbase.exchange.restored import RESTORED, Restored, newer_in
from staffbase.exchange.staff_since import Carried, carry_over, changes_since
from staffbase.kernel.access import Actor
from staffbase.kernel.anchor import ANCHOR_FILE, Anchor
from staffbase.kernel.clock import Clock, local
from staffbase.kernel.creation import has_station, made_aside
from staffbase.kernel.database import DATABASE_FILE, as_disk_errors, in_words, sqlcipher_engine
from staffbase.kernel.errors import (
    DatabaseDamaged,
    DatabaseUnavailable,
    IdentityMissing,
    Invalid,
    KeyMissing,
    NewerDatabase,
    PassphraseNeeded,
)
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
    open_key,
    open_with_recovery,
    own_identity,
    station_card,
)
from staffbase.kernel.key_held import key_held
from staffbase.kernel.passphrase import locked
from staffbase.kernel.rekey import held_alone, settled
from staffbase.kernel.station_key import KEY_BYTES, StationKey
from staffbase.kernel.swap import DATABASE_FILES, begin_swap
from staffbase.kernel.verify import Progress
from staffbase.migrations import HEAD, load_models

_PLACE = ".restoring"


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
    leader: KnownHere | KnownInBackup | None = None,
    backups: Path | None = None,
) -> Restored:
    """Make the station of this backup in `home`. Nobody may have the station that stands there open.

    The backup is opened with the recovery identity, or, where a station stands in `home`, with that station's own; who may
    do that is the `leader`, who signed in before or whom the newest backup knows: the newest that opens of those in the
    folder `backups` (by default the data folder's own) and this one. Where a station has lost its key, or the file that
    names it, only the recovery identity puts a backup back.
    Its ledger says who put it back. Cut off anywhere, the old station is there, or the restored one at the latest once it
    is opened. Raises Invalid where a station stands and `overwrite` was not said, or where it is another station's backup;
    what `opened_backup` raises, and what the leader's `check` does.
    """
    stands = _stands(home)
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
        done = Restored(datetime.fromisoformat(backup.manifest.made_at), backup.manifest.ledger_seq, proof, None, None)
        if not stands:
            _anew(home, clock, identities, backup, passphrase, done.by)
            return done
        with key_held(home, changing=True):
            return _in_its_place(
                home, clock, identities, recovery_identity, backup, place, done,
                passphrase=passphrase, leader=leader, later=LaterBackups(backups or home / FOLDER, identity, place),
            )  # fmt: skip


def _in_its_place(
    home: Path, clock: Clock, identities: IdentityStore, recovery_identity: str | None, backup: OpenedBackup, place: Path,
    done: Restored, *, passphrase: str | None, leader: KnownHere | KnownInBackup | None, later: LaterBackups,
) -> Restored:  # fmt: skip
    """The station of this backup where one stands. For whoever holds the key alone."""
    key = _key_of(home, identities, passphrase, recovery_identity)
    if key is not None and key.ledger.hex() != backup.manifest.ledger_root:
        raise Invalid(_("This is another station's backup. Restore it into an empty folder with --home."))
    if leader is not None:
        done = replace(done, by=leader.check(backup, home, clock, later))
    if key is None:
        return replace(done, kept=_over_lost_key(home, clock, identities, backup, passphrase, done.by))
    key = settled(home, key)
    done = _replace(home, clock, key, backup, place, replace(done, anchored=_anchored(home, backup)))
    if done.anchored is not None and done.anchored <= done.ledger_seq:  # nothing was written after the backup
        done = replace(done, erased_again=done.erased_again or 0, carried=done.carried or Carried())
    return done


def _stands(home: Path) -> bool:
    try:
        return has_station(home)
    except KeyMissing:
        return True  # it has lost its key file


def _key_of(
    home: Path, identities: IdentityStore, passphrase: str | None, recovery_identity: str | None
) -> StationKey | None:
    """The key of the station that stands; None where it is lost, and the recovery identity was said."""
    try:
        try:
            return open_key(home, identities, passphrase)
        except (IdentityMissing, PassphraseNeeded):
            if recovery_identity is None:
                raise
            return open_with_recovery(home, recovery_identity)
    except (IdentityMissing, PassphraseNeeded):
        raise
    except (KeyMissing, DatabaseDamaged):
        if recovery_identity is None:
            raise
        return None


def _anchored(home: Path, backup: OpenedBackup) -> int | None:
    try:
        known = Anchor(home / ANCHOR_FILE, backup.seal).read()
    except (ValueError, OSError):
        return None
    return known.seq if known is not None else None


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
            as_disk_errors(into.parent),
            closing(source.raw_connection()) as reading,
            closing(target.raw_connection()) as writing,
        ):
            reading.driver_connection.backup(writing.driver_connection, pages=-1)  # type: ignore[union-attr]
            writing.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        source.dispose()
        target.dispose()
    _on_disk(into)
    return key


def _on_disk(file: Path) -> None:
    """Have all of it there, in the one file that is moved. Raises OSError where there was no room to fold the log into it."""
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size:
        raise OSError(ENOSPC, os.strerror(ENOSPC))
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _anew(
    home: Path, clock: Clock, identities: IdentityStore, backup: OpenedBackup, passphrase: str | None, by: Actor,
    make_room: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """A station where there is none: this machine gets an identity of its own."""
    from pyrage import x25519  # noqa: PLC0415  (only where a key is made)

    with made_aside(home, make_room) as aside:
        key = StationKey(_recrypted(backup, aside / DATABASE_FILE), bytes.fromhex(backup.manifest.ledger_root))
        _note(aside / DATABASE_FILE, key, clock, backup, by)
        station = x25519.Identity.generate()
        card = StationCard(secrets.token_hex(8), str(station.to_public()), backup.manifest.recovery)
        identities.save(card.station_id, locked(str(station), passphrase))
        keep_card(aside, card)
        keep_key(aside, card, key)


def _note(file: Path, key: StationKey, clock: Clock, backup: OpenedBackup, by: Actor) -> None:
    """Who put it back, and from which row its ledger goes on, stands in it before it counts: afterwards nobody may come to write it."""
    action = f"{RESTORED}{backup.manifest.ledger_seq}"
    with brought_on(file, key, clock, backup.manifest.station) as database, database.write(by, action, opening=True):
        pass
    _on_disk(file)


def _over_lost_key(
    home: Path, clock: Clock, identities: IdentityStore, backup: OpenedBackup, passphrase: str | None, by: Actor
) -> Path:
    """A new station in the place of one whose key is lost; what is left of that is kept aside."""
    kept = _aside(home, clock)

    def make_room() -> None:
        for name in (*DATABASE_FILES, ANCHOR_FILE, STATION_FILE, KEY_FILE):
            with suppress(FileNotFoundError):
                (home / name).replace(kept / name)
        sync_folder(kept)

    _anew(home, clock, identities, backup, passphrase, by, make_room)
    return kept


def _aside(home: Path, clock: Clock) -> Path:
    kept = home / f"replaced-{local(clock.now()):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    private_folder(kept)
    return kept


def _replace(home: Path, clock: Clock, key: StationKey, backup: OpenedBackup, place: Path, done: Restored) -> Restored:
    """The restored database in the place of the one that stands, which is kept aside with its key.

    Who left since the backup is out of it first, and what was erased by decision since is erased in it. Tells where the
    old one lies, what is newer in it, and what was carried over (None: nobody could know).
    """
    present, restored, station = home / DATABASE_FILE, place / DATABASE_FILE, backup.manifest.station
    fresh = _recrypted(backup, restored)
    held_alone(present, key.database)
    newer, within = newer_in(present, key.database, backup.manifest.ledger_seq), replace(key, database=fresh)
    changes, carried = changes_since(present, key, restored, fresh), None
    if changes is not None:
        carried = carry_over(restored, within, changes, clock, station)
    decisions, again = decisions_of(present, key.database), None
    if decisions is not None:
        again = erase_again(restored, within, decisions, clock, station, (present, key.database))
    _note(restored, within, clock, backup, done.by)
    card = station_card(home)
    kept = _aside(home, clock)
    for name in (STATION_FILE, KEY_FILE):
        shutil.copy2(home / name, kept / name)
    both = replace(key, trying=fresh)
    keep_key(home, card, both)
    begin_swap(home, restored, kept)
    settled(home, both)
    done = replace(done, kept=kept, newer=newer, carried=carried)
    return done if again is None else replace(done, erased_again=again.decisions, emptied=again.emptied)

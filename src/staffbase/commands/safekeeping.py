"""What keeps the station safe: backup and restoring, verifying, who can open it, another key."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from staffbase.commands.asked import open_here, ordinary, own_identity, progress, read_secret, signed_in, station_opened
from staffbase.kernel.errors import DatabaseDamaged, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings

if TYPE_CHECKING:
    from staffbase.exchange.openers import Openers
    from staffbase.kernel.access import Actor
    from staffbase.kernel.verify import Proof


def backup(asked: argparse.Namespace, settings: Settings) -> int:
    """Write one encrypted file."""
    with signed_in(asked, settings) as (station, actor):
        print(station.backup(settings.home).backup(actor, asked.file))
    return 0


def change_openers(asked: argparse.Namespace, settings: Settings) -> int:
    """List, add, remove or replace who can open the station."""
    with signed_in(asked, settings) as (station, actor):
        openers = station.openers(settings.home, asked.passphrase_said)
        if asked.what == "add":
            openers.add(actor, asked.public, asked.name)
        elif asked.what == "remove":
            openers.remove(actor, asked.public)
        elif asked.what == "new-station":
            openers.new_station(actor)
        elif asked.what == "new-recovery":
            _new_recovery(openers, actor)
        for opener in openers.all(actor):
            print(f"{opener.public}  {opener.name}")
    return 0


def _new_recovery(openers: "Openers", actor: "Actor") -> None:
    """Show it, then let it be the one: cut off anywhere, there is a paper that opens."""
    from staffbase.kernel.access import Permission, require
    from staffbase.kernel.key import new_identity

    require(actor, Permission.OPENERS)
    identity = new_identity()
    print(_("Put this recovery identity in the municipality's safe; it is shown only now:"))
    print(identity, flush=True)  # before the old one opens nothing any more
    try:
        openers.new_recovery(actor, identity)
    except (StaffbaseError, OSError):
        print(_("It was not put in force, or only in part: keep the old one, too, and ask for a new one again."))
        raise
    print(_("Backups made so far still open with the old one: keep both until those have rotated out."))


def rekey_database(asked: argparse.Namespace, settings: Settings) -> int:
    """Give the database a new key."""
    from staffbase.kernel.key import SystemIdentities
    from staffbase.kernel.rekey import rekey

    with signed_in(asked, settings) as (station, actor):
        station.openers(settings.home).about_to_rekey(actor)
    rekey(settings.home, SystemIdentities(), asked.passphrase_said)
    station = open_here(settings, asked.passphrase_said)
    station.openers(settings.home).rekeyed(actor)
    station.close()
    print(_("The database has a new key. Copies of the folder made before still open with the old one."))
    return 0


def restore_station(asked: argparse.Namespace, settings: Settings) -> int:
    """Make the station of a backup."""
    from staffbase.exchange.authority import KnownHere, KnownInBackup
    from staffbase.exchange.backup_folder import folder_of
    from staffbase.exchange.restore import restore
    from staffbase.kernel.access import Permission, require
    from staffbase.kernel.clock import SystemClock
    from staffbase.kernel.creation import has_station
    from staffbase.kernel.key import SystemIdentities

    file, identity, asked.passphrase_said = ordinary(asked.file), None, None
    leader: KnownHere | KnownInBackup | None = None
    if asked.recovery or not has_station(settings.home):
        identity = read_secret(_("Recovery identity"))
    elif not asked.replace:
        pass  # refused below, with what to do
    else:
        try:
            with signed_in(asked, settings) as (_station, actor):
                require(actor, Permission.RESTORE)
                leader = KnownHere(actor)
        except DatabaseDamaged:  # then the backup says who is a leader
            leader = KnownInBackup(asked.person, read_secret(_("PIN")))
    done = restore(
        settings.home, SystemClock(), file, SystemIdentities(), identity,
        overwrite=asked.replace, passphrase=asked.passphrase_said, progress=progress(), leader=leader,
        backups=folder_of(settings),
    )  # fmt: skip
    station_opened(settings).close()  # it opens, and is anchored
    print("\n".join(done.in_words()))
    return 0


def _verify_file(asked: argparse.Namespace, settings: Settings) -> "Proof":
    """A backup, looked over without restoring it; opened with the station's own identity, or the recovery identity."""
    from tempfile import TemporaryDirectory

    from staffbase.exchange.heads import typed_head
    from staffbase.exchange.opened_backup import opened_backup
    from staffbase.kernel.creation import has_station
    from staffbase.migrations import load_models

    file = ordinary(asked.file)
    load_models()
    heads = [typed_head(typed) for typed in asked.head]
    if has_station(settings.home) and not asked.recovery:
        identity = own_identity(settings)
    else:
        identity = read_secret(_("Recovery identity"))
    with (
        TemporaryDirectory(prefix="staffbase-verify-") as place,
        opened_backup(file, identity, Path(place)) as backup,
    ):
        return backup.verify(progress(), heads=heads)


def verify(asked: argparse.Namespace, settings: Settings) -> int:
    """Look whether everything is as staffbase wrote it; ends with 1 if it is not."""
    from staffbase.exchange.heads import KeptHeads, kept_heads, kept_in_words, typed_head
    from staffbase.exchange.verification import as_json, in_words
    from staffbase.kernel.access import STATION_ITSELF
    from staffbase.kernel.key import station_card

    kept = KeptHeads()
    if asked.file is not None:
        proof = _verify_file(asked, settings)
    else:
        typed = [typed_head(one) for one in asked.head]
        station = station_opened(settings, asked)
        try:
            identity = own_identity(settings, asked.passphrase_said)
            kept = kept_heads(station.database, settings, station_card(settings.home).station_id, identity)
            proof = station.verifications.verify(STATION_ITSELF, progress(), [*typed, *kept.known])
        finally:
            station.close()
    not_compared = kept.left_out + kept.closed
    told = [*in_words(proof), *kept_in_words(kept)]
    print(as_json(proof, not_compared) if asked.json else "\n".join(told))
    return 0 if proof.clean else 1

"""Heads of the ledger that are known from elsewhere: in the kept backups, and typed off paper.

Somebody who holds the key can rewrite the whole chain, and it hangs together; but it no longer passes through a head that
was carried away before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from staffbase.exchange.backup_folder import backups_in, folder_of, identity_here, manifest_in
from staffbase.exchange.restored import RESTORED
from staffbase.kernel.database import Database
from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.key import station_card
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings
from staffbase.kernel.verify import KnownHead

_TYPED = re.compile(r"(?P<seq>[0-9]{1,18}):(?P<hash>[0-9a-f]{16,64})")


@dataclass(frozen=True)
class KeptHeads:
    """What the kept backups say."""

    known: tuple[KnownHead, ...] = ()
    left_out: int = 0
    """Backups of what a restoring left behind: their head is in no chain any more, and need not be."""
    closed: int = 0
    """Backups that cannot be opened here, or are damaged."""


def typed_head(typed: str) -> KnownHead:
    """A head as it is printed, row and first characters: 812:8d1f6c0233a1bb0e. Raises Invalid."""
    found = _TYPED.fullmatch(typed.strip().lower())
    if found is None:
        raise Invalid(
            _("A head is a ledger row and at least 16 characters of its hash, such as 812:8d1f6c0233a1bb0e."), "head"
        )
    return KnownHead(int(found["seq"]), found["hash"])


def kept_heads(database: Database, settings: Settings, station_id: str, identity: str) -> KeptHeads:
    """The heads of this station's backups in its backup folder, as far as this identity opens them."""
    try:
        files = backups_in(folder_of(settings))
    except OSError:  # no folder, or a drive that is not there
        files = []
    restored = _restored(database)
    known, left_out, closed = [], 0, 0
    for file in files:
        try:
            manifest = manifest_in(file, identity)
            made_at = datetime.fromisoformat(manifest.made_at)
        except (StaffbaseError, ValueError, OSError):  # also a drive that stops answering in between
            closed += 1
            continue
        if manifest.station_id != station_id:
            continue  # another station's, on the same drive
        if any(manifest.ledger_seq > seq and made_at < at for seq, at in restored):
            left_out += 1
        else:
            known.append(KnownHead(manifest.ledger_seq, manifest.ledger_hash, file.name, made_at))
    return KeptHeads(tuple(known), left_out, closed)


def heads_beside(database: Database, settings: Settings, opened_by: str = "") -> KeptHeads:
    """The same, with the identity this machine has by now; where that asks for a passphrase, the one that opened the station."""
    try:
        card, identity = station_card(settings.home), identity_here(settings.home, opened_by)
    except StaffbaseError:
        return KeptHeads()
    return kept_heads(database, settings, card.station_id, identity)


def _restored(database: Database) -> Sequence[tuple[int, datetime]]:
    """From which row the ledger went on after each restoring, and when."""
    with database.read() as tx:
        rows = tx.all(select(Ledger.action, Ledger.at).where(col(Ledger.action).startswith(RESTORED)))
    return [(int(action.removeprefix(RESTORED)), at) for action, at in rows]


def kept_in_words(kept: KeptHeads) -> list[str]:
    """What could not be compared, a sentence each."""
    said = []
    if kept.left_out:
        told = ngettext(
            "%(count)d kept backup holds what a restoring left out: it is not compared.",
            "%(count)d kept backups hold what a restoring left out: they are not compared.",
            kept.left_out,
        )
        said.append(told % {"count": kept.left_out})
    if kept.closed:
        told = ngettext(
            "%(count)d kept backup cannot be opened here, or is damaged: it is not compared.",
            "%(count)d kept backups cannot be opened here, or are damaged: they are not compared.",
            kept.closed,
        )
        said.append(told % {"count": kept.closed})
    return said

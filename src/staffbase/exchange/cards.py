"""Crisis cards out of a backup, while the station itself cannot be opened; who read which is chained once there is a ledger again."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import select

from staffbase.crisis_plans.card import Card
from staffbase.crisis_plans.service import CrisisPlans
from staffbase.exchange.authority import KnownInBackup, LaterBackups
from staffbase.exchange.backup_folder import folder_of
from staffbase.exchange.found_backups import looking_place
from staffbase.exchange.opened_backup import opened_backup
from staffbase.kernel.access import Actor, Permission, Role
from staffbase.kernel.backed_up import OPENED_FILE
from staffbase.kernel.clock import Clock
from staffbase.kernel.database import Database, sqlcipher_engine
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.identities import IdentityStore
from staffbase.kernel.key import open_key, own_identity
from staffbase.kernel.ledger import Opening
from staffbase.kernel.settings import Settings
from staffbase.kernel.transaction import guarded_tables
from staffbase.migrations import load_models
from staffbase.residents.model import House
from staffbase.residents.service import Residents

CARD_IN_BACKUP = "card.open_in_backup"
"""The ledger's action for each."""


@dataclass(frozen=True)
class CardsInBackup:
    """The cards of everybody who lived there then, and who reads them."""

    made_at: datetime
    actor: Actor
    cards: tuple[tuple[int, Card], ...]
    """Each with the resident's key."""


def cards_in(
    file: Path,
    name: str,
    pin: str,
    settings: Settings,
    clock: Clock,
    identities: IdentityStore,
    passphrase: str | None,
) -> CardsInBackup:
    """Every card in this backup, for somebody who may see residents by the newest one. Nothing readable touches the disk.

    Raises as opening a backup does, WrongPin, NotAllowed, and Invalid for another station's backup.
    """
    load_models()
    home = settings.home
    key = open_key(home, identities, passphrase)
    identity = own_identity(home, identities, passphrase)
    with looking_place(home) as place, opened_backup(file, identity, place) as backup:
        if backup.seal.root != key.ledger:
            raise Invalid(_("This is another station's backup: its cards are of other people."))
        backup.verify()  # brings one from before a migration to this version's schema
        later = LaterBackups(folder_of(settings), identity, place)
        actor = KnownInBackup(name, pin, Permission.SEE_RESIDENTS).check(backup, home, clock, later)
        database = Database(sqlcipher_engine(backup.database, backup.key, guarded=guarded_tables()), backup.seal, clock)
        try:
            with database.read() as tx:
                house_id = tx.first(select(House.id)) or 0
            plans = CrisisPlans(database, house_id)
            living = [
                door.resident.id for door in Residents(database, house_id).doors(actor) if door.resident is not None
            ]
            cards = tuple((resident_id, plans.card_now(actor, resident_id)) for resident_id in living)
        finally:
            database.close()
        return CardsInBackup(datetime.fromisoformat(backup.manifest.made_at), actor, cards)


def note_opening(home: Path, person_id: int, role: Role, resident_id: int, at: datetime) -> bool:
    """Keep that this card was read. False where it cannot be written: the card opens all the same."""
    told = json.dumps({"person": person_id, "role": role, "resident": resident_id, "at": at.isoformat()})
    try:
        descriptor = os.open(home / OPENED_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(told + "\n")
    except OSError:
        return False
    return True


def chain_openings(home: Path, database: Database) -> None:
    """Write in the ledger what was read meanwhile; a line that nobody wrote here is left out."""
    try:
        lines = (home / OPENED_FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    openings: list[Opening] = []
    for line in lines:
        try:
            told = json.loads(line)
            who, role, resident_id = int(told["person"]), Role(told["role"]), int(told["resident"])
            openings.append(Opening(who, role, CARD_IN_BACKUP, resident_id, datetime.fromisoformat(told["at"])))
        except (ValueError, KeyError, TypeError):
            continue
    database.opened_before(openings)
    (home / OPENED_FILE).unlink(missing_ok=True)

"""The one place that wires: a station is an open database, a house, and the rooms' services on top of it.

Services are made when they are first asked for, so that opening a station loads no room that nobody enters.
"""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlmodel import select

from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.anchor import ANCHOR_FILE, Anchor
from staffbase.kernel.backed_up import OPENED_FILE
from staffbase.kernel.clock import Clock
from staffbase.kernel.creation import has_station
from staffbase.kernel.database import (
    DATABASE_FILE,
    Database,
    in_words,
    postgres_engine,
    sqlcipher_engine,
)
from staffbase.kernel.errors import DatabaseDamaged, DatabaseUnavailable, NoStation
from staffbase.kernel.i18n import _
from staffbase.kernel.key import (
    IdentityStore,
    SystemIdentities,
    take_over,
)
from staffbase.kernel.ledger import Seal
from staffbase.kernel.rekey import key_in_force
from staffbase.kernel.settings import Settings
from staffbase.kernel.station_key import StationKey
from staffbase.kernel.transaction import guarded_tables
from staffbase.kernel.verify import notice_cut
from staffbase.migrations import HEAD, ensure_schema, load_models, revision

if TYPE_CHECKING:
    from staffbase.admin.service import Machine
    from staffbase.board.service import Board
    from staffbase.crisis_plans.service import CrisisPlans
    from staffbase.exchange.automatic import AutomaticBackups, Tries
    from staffbase.exchange.backup import Backup
    from staffbase.exchange.erasure import Erasures
    from staffbase.exchange.import_service import Imports
    from staffbase.exchange.openers import Openers
    from staffbase.exchange.sweeping import Sweeping
    from staffbase.exchange.verification import Verifications
    from staffbase.handover.service import Handover
    from staffbase.incidents.service import Incidents
    from staffbase.journal.service import Journal
    from staffbase.notes.service import Notes
    from staffbase.people.service import People
    from staffbase.residents.access_log import AccessLog
    from staffbase.residents.emergency import Emergency
    from staffbase.residents.service import Residents
    from staffbase.rounds.service import Rounds
    from staffbase.tasks.service import Tasks


def open_station(
    settings: Settings, clock: Clock, identities: IdentityStore | None = None, passphrase: str | None = None
) -> "Station":
    """Open the station in the data folder.

    Raises NoStation when there is none yet, and what the key, the database and its schema raise: each a sentence.
    """
    if not has_station(settings.home):
        raise NoStation(
            _(
                "There is no station in %(folder)s yet. Set one up with staffbase init, or look around with staffbase demo."
            )
            % {"folder": settings.home}
        )
    with key_in_force(settings.home, identities or SystemIdentities(), passphrase) as key:
        if not settings.database_url and not (settings.home / DATABASE_FILE).exists():
            raise DatabaseDamaged(
                _("The database %(file)s is not there. Ask for the newest backup.") % {"file": DATABASE_FILE}
            )
        database = open_database(settings, clock, key)
    from staffbase.people.given_pins import name_older
    from staffbase.residents.model import House

    with database.read() as tx:
        house_id = tx.first(select(House.id))
    if house_id is None:
        database.close()
        raise DatabaseDamaged(_("The database holds no house. Ask for the newest backup."))
    name_older(database)
    if (settings.home / OPENED_FILE).exists():
        from staffbase.exchange.cards import chain_openings

        chain_openings(settings.home, database)
    return Station(database, house_id, key.opened_by)


def take_over_station(
    settings: Settings,
    clock: Clock,
    recovery_identity: str,
    identities: IdentityStore | None = None,
    passphrase: str | None = None,
) -> "Station":
    """Open a copy of a station on this computer with the recovery identity; from then on this computer opens it itself.

    Raises what the key, the database and its schema raise.
    """
    store = identities or SystemIdentities()
    if not has_station(settings.home):
        raise NoStation(_("There is no station in %(folder)s.") % {"folder": settings.home})
    take_over(settings.home, store, recovery_identity, passphrase)
    station = open_station(settings, clock, store, passphrase)
    with station.database.write(STATION_ITSELF, "station.take_over", opening=True):
        pass  # that another computer opens it now is what the ledger is for
    return station


def open_database(settings: Settings, clock: Clock, key: StationKey) -> Database:
    """The database of a data folder, opened with its key; its schema is made, or brought up to date after a backup."""
    load_models()
    if settings.database_url:
        engine = postgres_engine(settings.database_url)
        restored = ensure_schema(engine)
    else:
        file = settings.home / DATABASE_FILE
        making = sqlcipher_engine(file, key.database)
        try:
            _backed_up_first(making, settings, clock, key)
            restored = ensure_schema(making)
        finally:
            making.dispose()
        engine = sqlcipher_engine(file, key.database, guarded=guarded_tables())
    seal = Seal.from_root(key.ledger)
    database = Database(engine, seal, clock, settings.station, Anchor(settings.home / ANCHOR_FILE, seal))
    notice_cut(database)
    if restored:
        with database.write(STATION_ITSELF, "guards.restored", opening=True):
            pass  # somebody took guards away; the ledger says when they were put back
    return database


def _backed_up_first(engine: Engine, settings: Settings, clock: Clock, key: StationKey) -> None:
    """A database that is about to be migrated is backed up before, in the data folder where the drive is away; else it is not migrated."""
    with in_words(), engine.connect() as connection:
        present = revision(connection)
    if present is None or present >= HEAD or not settings.backup_keep:
        return
    from staffbase.exchange.automatic import write_to

    database = Database(engine, Seal.from_root(key.ledger), clock, settings.station)
    told = f"-before-{HEAD}"
    try:
        write_to(settings, database, told)
    except DatabaseUnavailable:
        if not settings.backup_folder:
            raise
        write_to(
            replace(settings, backup_folder=""), database, told
        )  # a drive that is away keeps nobody from the station


class Station:
    """An open station. Hand its services to screens; close it at the end."""

    def __init__(self, database: Database, house_id: int, identity: str = "") -> None:
        """`identity` is the station's own: one that asked for a passphrase at start cannot ask again in the night."""
        self.database = database
        self.house_id = house_id
        self._identity = identity

    @cached_property
    def journal(self) -> "Journal":
        """The spine: timeline, search, corrections, drafts."""
        from staffbase.journal.service import Journal
        from staffbase.people.reach import reach_of

        return Journal(self.database, self.house_id, reach_of(self.database.clock, self.house_id))

    @cached_property
    def people(self) -> "People":
        """Staff, sign-in, duty."""
        from staffbase.people.service import People

        return People(self.database, self.house_id)

    @cached_property
    def residents(self) -> "Residents":
        """The house, units, residents."""
        from staffbase.residents.service import Residents

        return Residents(self.database, self.house_id)

    @cached_property
    def emergency(self) -> "Emergency":
        """Emergency access, and the leader's queue of it."""
        return self.residents.emergency

    @cached_property
    def access_log(self) -> "AccessLog":
        """Who opened what of a resident."""
        from staffbase.residents.access_log import AccessLog

        return AccessLog(self.database, self.house_id)

    @cached_property
    def notes(self) -> "Notes":
        """Shift notes."""
        from staffbase.notes.service import Notes
        from staffbase.rounds.reading import outcomes_in

        return Notes(self.database, self.house_id, outcomes_in)

    @cached_property
    def tasks(self) -> "Tasks":
        """Tasks."""
        from staffbase.tasks.service import Tasks

        return Tasks(self.database, self.house_id)

    @cached_property
    def incidents(self) -> "Incidents":
        """Incidents."""
        from staffbase.incidents.service import Incidents
        from staffbase.rounds.deviations import decided_in

        return Incidents(self.database, self.house_id, decided_in)

    @cached_property
    def rounds(self) -> "Rounds":
        """Night rounds."""
        from staffbase.rounds.service import Rounds

        return Rounds(self.database, self.house_id)

    @cached_property
    def crisis_plans(self) -> "CrisisPlans":
        """Crisis plans, their versions and cards."""
        from staffbase.crisis_plans.service import CrisisPlans

        return CrisisPlans(self.database, self.house_id)

    @cached_property
    def handover(self) -> "Handover":
        """Shift reports and readings."""
        from staffbase.handover.service import Handover

        return Handover(self.database, self.house_id)

    @cached_property
    def board(self) -> "Board":
        """The whole house at a glance."""
        from staffbase.board.service import Board

        return Board(self.database, self.house_id)

    @cached_property
    def imports(self) -> "Imports":
        """The house's lists, taken in from a file."""
        from staffbase.exchange.import_service import Imports

        return Imports(self.database, self.house_id)

    @cached_property
    def verifications(self) -> "Verifications":
        """Whether everything is as staffbase wrote it."""
        from staffbase.exchange.verification import Verifications

        return Verifications(self.database, self._identity)

    def openers(self, home: Path, passphrase: str | None = None) -> "Openers":
        """Who can open the station whose data folder this is."""
        from staffbase.exchange.openers import Openers

        return Openers(self.database, home, SystemIdentities(), passphrase)

    def automatic_backups(self, settings: Settings) -> "AutomaticBackups":
        """The backups it takes by itself."""
        from staffbase.exchange.automatic import AutomaticBackups

        return AutomaticBackups(self.database, settings, self._identity, self._tries)

    @cached_property
    def _tries(self) -> "Tries":
        from staffbase.exchange.automatic import Tries

        return Tries()

    @cached_property
    def sweeping(self) -> "Sweeping":
        """What an erasure left to be done."""
        from staffbase.exchange.sweeping import Sweeping

        return Sweeping(self.database)

    def erasures(self, settings: Settings) -> "Erasures":
        """Erasure by decision (§ 43)."""
        from staffbase.exchange.erasure import Erasures

        return Erasures(self.database, self.house_id, settings)

    def backup(self, home: Path) -> "Backup":
        """Backups of this station's data folder."""
        from staffbase.exchange.backup import Backup

        return Backup(self.database, home)

    def machine(self, home: Path) -> "Machine":
        """The settings of the machine whose data folder this is."""
        from staffbase.admin.service import Machine

        return Machine(self.database, self.house_id, home)

    def close(self) -> None:
        """Close the database; the WAL is folded into the file."""
        self.database.close()

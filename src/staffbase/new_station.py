"""A new station: what it is made from, and how it comes to be whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlmodel import select

from staffbase.kernel.access import STATION_ITSELF, Role
from staffbase.kernel.clock import Clock
from staffbase.kernel.creation import check_place, made_aside
from staffbase.kernel.database import Database
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.key import IdentityStore, SystemIdentities, check_passphrase, create_key
from staffbase.kernel.settings import Settings
from staffbase.kernel.typed import typed_line
from staffbase.people.given_pins import name_older
from staffbase.people.rules import check_pin
from staffbase.people.service import add_person_in, hash_pin
from staffbase.residents.model import House
from staffbase.residents.rules import read_units
from staffbase.residents.service import create_house_in
from staffbase.station import Station, open_database


@dataclass(frozen=True)
class SetUp:
    """What a new station is made from."""

    house: str
    units: str
    """A list such as A1-A6,B1-B4."""
    leader: str
    pin: str
    address: str = ""
    entrance: str = ""
    oncall_name: str = ""
    oncall_phone: str = ""
    passphrase: str = ""
    """Asked for at every start; empty: the station opens by itself."""

    def check(self, *fields: str) -> None:
        """Raise Invalid, naming the field, for the first of these answers that cannot be used."""
        for field in fields:
            _CHECKS[field](getattr(self, field))


_CHECKS: dict[str, Callable[[str], object]] = {
    "house": lambda typed: typed_line(typed, "house", limit=60),
    "units": read_units,
    "leader": lambda typed: typed_line(typed, "leader", limit=60),
    "pin": check_pin,
    "address": lambda typed: typed_line(typed, "address", required=False),
    "entrance": lambda typed: typed_line(typed, "entrance", required=False),
    "oncall_name": lambda typed: typed_line(typed, "oncall_name", required=False, limit=60),
    "oncall_phone": lambda typed: typed_line(typed, "oncall_phone", required=False, limit=30),
    "passphrase": lambda typed: typed and check_passphrase(typed),
}


def create_station(
    settings: Settings,
    clock: Clock,
    answers: SetUp,
    identities: IdentityStore | None = None,
    *,
    recovery_identity: str | None = None,
    furnish: Callable[[Station], None] | None = None,
) -> tuple[Station, str]:
    """Make a new station and return it open, with the recovery identity, which is shown once and kept nowhere here.

    `recovery_identity` is one that was shown before; `furnish` puts more into the new house. The station is there whole,
    furnished, or not at all. Raises Invalid for answers that cannot be used, before anything is written.
    """
    answers.check(*_CHECKS)
    store = identities or SystemIdentities()
    check_place(settings.home, store)
    with made_aside(settings.home) as aside:
        new = create_key(aside, store, answers.passphrase or None, recovery_identity)
        station = _first(open_database(replace(settings, home=aside), clock, new.key), answers)
        try:
            if furnish is not None:
                furnish(station)
        finally:
            station.close()
    database = open_database(settings, clock, new.key)
    return Station(database, station.house_id, new.key.opened_by), new.recovery_identity


def _first(database: Database, answers: SetUp) -> Station:
    """The house, its units and its leader."""
    hashed = hash_pin(database.seal, answers.pin)
    with database.write(STATION_ITSELF, "station.create") as tx:
        if tx.first(select(House.id)) is not None:
            raise Invalid(_("There is a house in this database already."))
        house = create_house_in(
            tx,
            answers.house,
            read_units(answers.units),
            address=answers.address,
            entrance=answers.entrance,
            oncall_name=answers.oncall_name,
            oncall_phone=answers.oncall_phone,
        )
        tx.flush()
        add_person_in(tx, answers.leader, Role.LEADER, pin_hash=hashed)
        house_id = house.id
    name_older(database)  # there are none: from now on any PIN that the ledger does not know was put in
    return Station(database, house_id)

"""Who may leave and be demoted: never the last leader, whoever asks and from wherever; and what stays of those who left."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import DATABASE_KEY

from staffbase.exchange.import_service import Imports
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database, postgres_engine, sqlcipher_engine
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound, StaffbaseError, WrongPin
from staffbase.kernel.ledger import Seal
from staffbase.kernel.transaction import guarded_tables
from staffbase.people.pins import hash_pin, set_pin_in
from staffbase.people.service import People
from staffbase.station import Station

PIN, OTHER = "481592", "907314"


@pytest.fixture
def two_leaders(station: Station, actors: dict[str, Actor]) -> tuple[Actor, Actor]:
    """Ingrid and Eva, both leaders, and both with a PIN."""
    station.people.change_person(actors["ingrid"], actors["eva"].person_id, role=Role.LEADER)
    hashed = hash_pin(station.database.seal, PIN, quick=True)
    with station.database.write(STATION_ITSELF, "test.pins") as tx:
        for name in ("ingrid", "eva"):
            set_pin_in(tx, actors[name].person_id, hashed, one_time=False)
    return actors["ingrid"], Actor(actors["eva"].person_id, "Eva", Role.LEADER)


@pytest.fixture
def other_station(database: Database, clock: HeldClock) -> Iterator[Database]:
    """A second station on the same database."""
    if database.dialect == "sqlite":
        file = Path(str(database.engine.url.database))
        engine = sqlcipher_engine(file, DATABASE_KEY, guarded=guarded_tables())
    else:
        engine = postgres_engine(database.engine.url.render_as_string(hide_password=False))
    opened = Database(engine, Seal.from_root(DATABASE_KEY), clock, "other")
    yield opened
    opened.close()


def leaders(station: Station) -> list[str]:
    return [one.name for one in station.people.directory(STATION_ITSELF) if one.role is Role.LEADER and not one.left]


def test_a_leader_who_left_is_no_other_leader(station: Station, two_leaders: tuple[Actor, Actor]) -> None:
    ingrid, eva = two_leaders
    station.people.person_left(eva, ingrid.person_id)
    for gone in (
        lambda: station.people.person_left(eva, eva.person_id),
        lambda: station.people.change_person(eva, eva.person_id, role=Role.CLINICAL_LEAD),
    ):
        with pytest.raises(Invalid, match="only leader"):
            gone()
    assert leaders(station) == ["Eva"]


@pytest.mark.parametrize("how", ["left", "demoted", "one each"])
def test_two_stations_at_once_leave_one_leader(
    station: Station, other_station: Database, two_leaders: tuple[Actor, Actor], how: str
) -> None:
    """Each takes the other's place away in the same moment."""
    here, there = station.people, People(other_station, station.house_id)
    ingrid, eva = two_leaders
    begin = threading.Barrier(2)
    refused: list[StaffbaseError] = []

    def take(people: People, actor: Actor, whom: Actor, *, leaves: bool) -> None:
        begin.wait()
        try:
            if leaves:
                people.person_left(actor, whom.person_id)
            else:
                people.change_person(actor, whom.person_id, role=Role.STAFF)
        except StaffbaseError as error:
            refused.append(error)

    takers = [
        threading.Thread(target=take, args=(here, ingrid, eva), kwargs={"leaves": how != "demoted"}),
        threading.Thread(target=take, args=(there, eva, ingrid), kwargs={"leaves": how == "left"}),
    ]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert len(leaders(station)) == 1
    assert [type(error) for error in refused] == [Invalid]


def test_no_list_takes_the_last_leader_away(station: Station, actors: dict[str, Actor], tmp_path: Path) -> None:
    """A list adds people; whoever stands on the staff list already is a fault in it, and nothing changes."""
    file = tmp_path / "liste.csv"
    file.write_text("type;navn;rolle\nansatt;INGRID;vikar\nansatt;Ny;vikar\n", encoding="utf-8")
    with pytest.raises(Invalid, match="INGRID"):
        Imports(station.database, station.house_id).import_file(actors["ingrid"], file)
    assert leaders(station) == ["Ingrid"]
    assert "Ny" not in station.people.names(STATION_ITSELF).values()


def test_whoever_left_cannot_sign_in_anywhere_and_stays_on_what_they_wrote(
    station: Station, other_station: Database, actors: dict[str, Actor], flats: dict[str, int]
) -> None:
    marit, leader = actors["marit"], actors["ingrid"]
    hashed = hash_pin(station.database.seal, PIN, quick=True)
    with station.database.write(STATION_ITSELF, "test.pin") as tx:
        set_pin_in(tx, marit.person_id, hashed, one_time=False)
    station.notes.write(marit, "Rolig kveld.", resident_id=flats["A1"])
    assert station.people.still(STATION_ITSELF, marit)
    station.people.person_left(leader, marit.person_id)
    for people in (station.people, People(other_station, station.house_id)):
        with pytest.raises(NotAllowed, match="Marit no longer works here"):
            people.sign_in(STATION_ITSELF, marit.person_id, PIN)
        assert not people.still(STATION_ITSELF, marit)
    with pytest.raises(NotFound):
        station.people.issue_pin(leader, marit.person_id)
    with pytest.raises((NotAllowed, NotFound)):
        station.people.change_pin(marit, PIN, "804162")
    written = station.notes.timeline(leader, resident_id=flats["A1"])[0]
    assert (written.text, station.people.names(leader)[written.author_id]) == ("Rolig kveld.", "Marit")


def test_whose_role_changed_is_not_who_they_were(station: Station, actors: dict[str, Actor]) -> None:
    station.people.change_person(actors["ingrid"], actors["marit"].person_id, role=Role.CLERK)
    assert not station.people.still(STATION_ITSELF, actors["marit"])
    assert station.people.still(STATION_ITSELF, Actor(actors["marit"].person_id, "Marit", Role.CLERK))


def test_a_pin_is_changed_by_its_owner_alone(station: Station, actors: dict[str, Actor]) -> None:
    marit, jonas = actors["marit"].person_id, actors["jonas"].person_id
    with station.database.write(STATION_ITSELF, "test.pin") as tx:
        for person, pin in ((marit, PIN), (jonas, OTHER)):
            set_pin_in(tx, person, hash_pin(station.database.seal, pin, quick=True), one_time=False)
    with pytest.raises(WrongPin):
        station.people.change_pin(actors["jonas"], PIN, "804162")  # hers is not his
    station.people.change_pin(actors["jonas"], OTHER, "804162")
    assert station.people.sign_in(STATION_ITSELF, jonas, "804162").actor == actors["jonas"]
    assert station.people.sign_in(STATION_ITSELF, marit, PIN).actor == actors["marit"]

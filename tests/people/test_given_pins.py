"""A PIN that was put into the database from outside is named, and lets nobody in; whoever was given theirs gets in."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from staffbase.exchange.unledgered import UNLEDGERED
from staffbase.exchange.verification import fault_words
from staffbase.kernel.access import STATION_ITSELF, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database
from staffbase.kernel.errors import NotAllowed, WrongPin
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.verify import Proof, What, verify
from staffbase.people.given_pins import PINS_NAMED, name_older
from staffbase.people.model import Pin, PinGiven
from staffbase.people.pins import hash_pin, set_pin_in
from staffbase.people.service import People, add_person_in
from staffbase.residents.model import House

INGRID, MARIT, SECOND = "481592", "735190", "264813"


class Staff:
    """A leader and a member of staff, each with a PIN, and what SQL can do to them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        seal = database.seal
        with database.write(STATION_ITSELF, "test.house") as tx:
            house = tx.add(House(name="Prøvehuset"))
            self.ingrid = add_person_in(tx, "Ingrid", Role.LEADER, pin_hash=hash_pin(seal, INGRID, quick=True)).id
            self.marit = add_person_in(tx, "Marit", Role.STAFF, pin_hash=hash_pin(seal, MARIT, quick=True)).id
        self.people = People(database, house.id)

    def signs_in(self, person_id: int, pin: str) -> bool:
        return self.people.sign_in(STATION_ITSELF, person_id, pin).actor.person_id == person_id

    def run(self, sql: str, **values: object) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(sql), values)

    def give(self, person_id: int, pin: str) -> None:
        with self.database.write(STATION_ITSELF, "test.pin") as tx:
            set_pin_in(tx, person_id, hash_pin(self.database.seal, pin, quick=True), one_time=False)

    def proof(self) -> Proof:
        return verify(self.database.engine, self.database.seal, proved=UNLEDGERED)

    def named(self) -> set[tuple[What, int]]:
        return {(fault.what, fault.key) for fault in self.proof().faults if fault.table == "pin"}


@pytest.fixture
def staff(either: Database) -> Staff:
    return Staff(either)


def test_who_was_given_a_pin_gets_in_and_all_is_as_it_was_written(staff: Staff, clock: HeldClock) -> None:
    name_older(staff.database)
    assert staff.signs_in(staff.ingrid, INGRID)
    assert staff.signs_in(staff.marit, MARIT)
    with pytest.raises(WrongPin):
        staff.people.sign_in(STATION_ITSELF, staff.marit, INGRID)
    ingrid = staff.people.sign_in(STATION_ITSELF, staff.ingrid, INGRID).actor
    staff.people.change_pin(ingrid, INGRID, SECOND)
    issued = staff.people.issue_pin(ingrid, staff.marit)
    assert staff.signs_in(staff.ingrid, SECOND)
    assert staff.people.sign_in(STATION_ITSELF, staff.marit, issued).must_change_pin
    assert staff.proof().clean
    staff.people.person_left(ingrid, staff.marit)
    assert staff.proof().clean


PUT_IN = {
    "one's own PIN copied to a leader": (
        "UPDATE pin SET hash = (SELECT hash FROM pin WHERE id = :marit) WHERE id = :ingrid", MARIT,
    ),
    "an older one put back": ("UPDATE pin SET hash = :older WHERE id = :ingrid", INGRID),
    "a one-time PIN for good": ("UPDATE pin SET one_time = :no WHERE id = :ingrid", SECOND),
}  # fmt: skip


@pytest.mark.parametrize("how", PUT_IN)
def test_a_pin_that_was_put_in_lets_nobody_in_until_a_leader_gives_another(staff: Staff, how: str) -> None:
    name_older(staff.database)
    sql, pin = PUT_IN[how]
    with staff.database.read() as tx:
        older = tx.get(Pin, staff.ingrid).hash
    with staff.database.write(STATION_ITSELF, "test.pin") as tx:
        hashed = hash_pin(staff.database.seal, SECOND, quick=True)
        set_pin_in(tx, staff.ingrid, hashed, one_time=":no" in sql)
    wanted = {"marit": staff.marit, "ingrid": staff.ingrid, "older": older, "no": False}
    staff.run(sql, **{name: value for name, value in wanted.items() if f":{name}" in sql})
    with pytest.raises(NotAllowed, match="changed outside staffbase") as said:
        staff.people.sign_in(STATION_ITSELF, staff.ingrid, pin)
    assert not isinstance(said.value, WrongPin)
    assert staff.named() == {(What.NOT_GIVEN, staff.ingrid)}
    assert "lets nobody in" in fault_words(staff.proof().faults[0])
    assert staff.signs_in(staff.marit, MARIT)
    staff.give(staff.ingrid, "593027")
    assert staff.signs_in(staff.ingrid, "593027")
    assert staff.proof().clean


def test_a_pin_for_somebody_who_was_given_none_lets_nobody_in(staff: Staff) -> None:
    name_older(staff.database)
    with staff.database.write(STATION_ITSELF, "test.person") as tx:
        nora = add_person_in(tx, "Nora", Role.LEADER).id
    staff.run(
        "INSERT INTO pin (id, hash, one_time, failures) SELECT :nora, hash, one_time, 0 FROM pin WHERE id = :marit",
        nora=nora, marit=staff.marit,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="changed outside staffbase"):
        staff.people.sign_in(STATION_ITSELF, nora, MARIT)
    assert staff.named() == {(What.NOT_GIVEN, nora)}


def test_a_pin_that_is_gone_is_named(staff: Staff) -> None:
    staff.run("DELETE FROM pin WHERE id = :marit", marit=staff.marit)
    assert staff.named() == {(What.NOT_GIVEN, staff.marit)}


def test_tries_and_waits_are_nobody_s_fault(staff: Staff) -> None:
    name_older(staff.database)
    for _wrong in range(6):
        with pytest.raises(WrongPin):
            staff.people.sign_in(STATION_ITSELF, staff.marit, "907314")
    assert staff.proof().clean


def test_pins_from_before_are_taken_as_they_stand_once_and_never_again(staff: Staff) -> None:
    with staff.database.write(STATION_ITSELF, "test.older") as tx:
        nora = add_person_in(tx, "Nora", Role.STAFF)
        tx.add(Pin(id=nora.id, hash=hash_pin(staff.database.seal, SECOND, quick=True)))  # as schema 0007 wrote it
    assert staff.signs_in(nora.id, SECOND)
    assert staff.proof().clean
    name_older(staff.database)
    assert staff.signs_in(nora.id, SECOND)
    name_older(staff.database)
    with staff.database.read() as tx:
        assert sorted(tx.all(select(PinGiven.person_id))) == sorted([staff.ingrid, staff.marit, nora.id])
        assert len(tx.all(select(Ledger.seq).where(Ledger.action == PINS_NAMED))) == 1
    assert staff.proof().clean
    staff.run("UPDATE pin SET hash = (SELECT hash FROM pin WHERE id = :marit) WHERE id = :nora", marit=staff.marit, nora=nora.id)  # fmt: skip
    name_older(staff.database)
    assert staff.named() == {(What.NOT_GIVEN, nora.id)}
    with pytest.raises(NotAllowed, match="changed outside staffbase"):
        staff.people.sign_in(STATION_ITSELF, nora.id, MARIT)

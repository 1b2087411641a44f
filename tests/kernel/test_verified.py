"""What is kept of a verification, on both databases, and when somebody should look."""

from datetime import time, timedelta

import pytest
from sqlalchemy import text
from tests.conftest import EVENING, moment

from staffbase.exchange.verification import Verifications, fault_words
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database
from staffbase.kernel.verified import KEPT_FAULTS, OLD, Unproved, unproved_in
from staffbase.kernel.verify import What
from staffbase.people.model import Person
from staffbase.residents.model import House

INGRID = Actor(7, "Ingrid", Role.LEADER)
NIGHT = time(4)


@pytest.fixture
def verifications(either: Database) -> Verifications:
    with either.write(STATION_ITSELF, "test.house") as tx:
        tx.add(House(name="Testhuset"))
        for number in range(KEPT_FAULTS + 5):
            tx.add(Person(name=f"P{number}", role=Role.STAFF))
    return Verifications(either)


def unproved(database: Database) -> Unproved | None:
    with database.read() as tx:
        return unproved_in(tx, database.clock.now())


def other_hands(database: Database, statement: str) -> None:
    """Changed outside staffbase; changing rows have no trigger, which is why there is a ledger."""
    with database.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_clean_one_is_kept_and_the_next_one_proves_it(either: Database, verifications: Verifications) -> None:
    proof = verifications.verify(INGRID)
    last = verifications.last(INGRID)
    assert last is not None
    assert (last.at, last.by_id, last.clean, last.faults) == (EVENING, INGRID.person_id, True, ())
    assert (last.rows, last.ledger_rows, last.seq, last.hash) == (proof.rows, proof.ledger_rows, proof.seq, proof.hash)
    again = verifications.verify(STATION_ITSELF)
    assert again.clean
    assert again.rows == proof.rows + 1  # what was kept of the first
    assert unproved(either) is None


def test_what_was_found_is_kept_without_what_it_says(either: Database, verifications: Verifications) -> None:
    other_hands(either, "UPDATE person SET name = 'Helt hemmelig'")
    proof = verifications.verify(STATION_ITSELF)
    last = verifications.last(INGRID)
    assert last is not None
    assert last.found == len(proof.faults) == KEPT_FAULTS + 5
    assert last.faults == proof.faults[:KEPT_FAULTS]
    assert {fault.what for fault in last.faults} == {What.CHANGED}
    assert all("person" in fault_words(fault) and "hemmelig" not in fault_words(fault) for fault in last.faults)
    assert unproved(either) == Unproved(EVENING, KEPT_FAULTS + 5)


def test_a_week_without_one_is_said_and_one_ends_it(
    either: Database, verifications: Verifications, clock: HeldClock
) -> None:
    clock.move_to(EVENING + OLD)
    assert unproved(either) is None
    clock.move_to(EVENING + OLD + timedelta(minutes=1))
    assert unproved(either) == Unproved(EVENING)  # since the station was made
    verifications.verify(STATION_ITSELF)
    assert unproved(either) is None
    clock.move_to(clock.now() + OLD + timedelta(minutes=1))
    assert unproved(either) == Unproved(EVENING + OLD + timedelta(minutes=1))


def test_one_a_night_and_a_new_station_waits_for_its_first(
    either: Database, verifications: Verifications, clock: HeldClock
) -> None:
    assert not verifications.due(STATION_ITSELF, NIGHT)
    for day in (6, 7):
        clock.move_to(moment(day, 3, 59))
        assert not verifications.due(STATION_ITSELF, NIGHT)
        clock.move_to(moment(day, 4, 0))
        assert verifications.due(STATION_ITSELF, NIGHT)
        verifications.verify(STATION_ITSELF)
        assert not verifications.due(STATION_ITSELF, NIGHT)

"""Emergency access as a service: who may, for how long, what stands afterwards, and how the leader looks at it."""

from datetime import timedelta

import pytest
from tests.conftest import moment
from tests.exchange.erasures import GONE, decide

from staffbase.journal.model import Kind
from staffbase.kernel.access import Role
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.settings import Settings
from staffbase.people.model import ShiftName

WHY = "A3 roper om ei dame som heter Siv, jeg må vite hvem det er."


@pytest.fixture
def nora(station, actors):
    """The substitute, on duty this evening until 22:00."""
    station.people.go_on_duty(actors["nora"], shift=ShiftName.EVENING)
    return actors["nora"]


def test_it_lasts_for_the_rest_of_the_shift_and_no_longer(station, nora, flats, clock) -> None:
    until = station.emergency.open(nora, flats["A1"], WHY)
    assert until == moment(5, 22)
    assert station.emergency.reach(nora, flats["A1"]).opened_until == until
    assert station.emergency.reach(nora, flats["A2"]).opened_until is None
    clock.move_to(until - timedelta(seconds=1))
    assert station.emergency.reach(nora, flats["A1"]).opened_until == until
    clock.move_to(until)
    assert station.emergency.reach(nora, flats["A1"]).opened_until is None


def test_who_is_on_no_shift_has_eight_hours(station, actors, flats, clock) -> None:
    until = station.emergency.open(actors["nora"], flats["A1"], WHY)
    assert until == clock.now() + timedelta(hours=8)


def test_taken_twice_it_is_one(station, actors, nora, flats) -> None:
    first = station.emergency.open(nora, flats["A1"], WHY)
    assert station.emergency.open(nora, flats["A1"], "En gang til.") == first
    assert [one.reason for one in station.emergency.emergency_queue(actors["ingrid"])] == [WHY]


@pytest.mark.parametrize("reason", ["", "  ", "..", "ab"])
def test_a_reason_that_says_nothing_is_refused_and_nothing_opens(station, nora, flats, reason) -> None:
    with pytest.raises(Invalid):
        station.emergency.open(nora, flats["A1"], reason)
    assert station.emergency.reach(nora, flats["A1"]).opened_until is None


@pytest.mark.parametrize("name", ["ingrid", "eva", "marit", "samira", "kari", "odd", "astrid"])
def test_who_reads_everything_or_nothing_cannot_take_it(station, actors, flats, name) -> None:
    with pytest.raises(NotAllowed):
        station.emergency.open(actors[name], flats["A1"], WHY)


def test_who_reads_everything_is_told_of_no_limit(station, actors, flats) -> None:
    for name in ("ingrid", "eva", "marit", "samira"):
        assert not station.emergency.reach(actors[name], flats["A1"]).limited


def test_it_stands_in_the_timeline_with_its_reason(station, actors, nora, flats) -> None:
    station.emergency.open(nora, flats["A1"], WHY)
    item = station.journal.timeline(actors["ingrid"], flats["A1"])[0]
    assert (item.kind, item.text, item.author_id) == (Kind.EMERGENCY_ACCESS, WHY, nora.person_id)
    with pytest.raises(Invalid):
        station.journal.correct_text(nora, item.entry_id, "Noe annet.")
    with pytest.raises(Invalid):
        station.journal.withdraw(nora, item.entry_id, "angrer")


def test_the_leader_looks_at_it_once(station, actors, nora, flats, clock) -> None:
    station.emergency.open(nora, flats["A1"], WHY)
    waiting = station.emergency.emergency_queue(actors["ingrid"])
    assert [(one.person, one.unit_code, one.resident, one.reason) for one in waiting] == [
        ("Nora", "A1", "Beboer A1", WHY)
    ]
    clock.move_to(moment(6, 9))
    station.emergency.review(actors["ingrid"], waiting[0].id, "Riktig. Søsteren heter Siv.")
    assert station.emergency.emergency_queue(actors["ingrid"]) == []
    (done,) = station.emergency.emergency_queue(actors["ingrid"], reviewed=True)
    assert (done.reviewed_by, done.reviewed_at, done.review) == ("Ingrid", moment(6, 9), "Riktig. Søsteren heter Siv.")
    with pytest.raises(Invalid, match="already"):
        station.emergency.review(actors["ingrid"], done.id, "En gang til.")


def test_nobody_reviews_their_own(station, actors, nora, flats) -> None:
    station.emergency.open(nora, flats["A1"], WHY)
    (one,) = station.emergency.emergency_queue(actors["ingrid"])
    station.people.change_person(actors["ingrid"], nora.person_id, role=Role.LEADER)
    with pytest.raises(NotAllowed, match="own"):
        station.emergency.review(type(nora)(nora.person_id, nora.name, Role.LEADER), one.id, "Fint.")


def test_only_a_leader_reviews_and_the_auditor_sees_the_queue(station, actors, nora, flats) -> None:
    station.emergency.open(nora, flats["A1"], WHY)
    (one,) = station.emergency.emergency_queue(actors["astrid"])
    for name in ("astrid", "eva", "marit", "nora"):
        with pytest.raises(NotAllowed):
            station.emergency.review(actors[name], one.id, "Fint.")
    for name in ("eva", "marit", "nora", "kari"):
        with pytest.raises(NotAllowed):
            station.emergency.emergency_queue(actors[name])
    with pytest.raises(Invalid):
        station.emergency.review(actors["ingrid"], one.id, "  ")
    with pytest.raises(NotFound):
        station.emergency.review(actors["ingrid"], one.id + 1, "Fint.")


def test_an_access_whose_reason_was_erased_by_decision_is_looked_at_all_the_same(
    station, actors, nora, flats, tmp_path
) -> None:
    ingrid = actors["ingrid"]
    station.emergency.open(nora, flats["A1"], WHY)
    (waiting,) = station.emergency.emergency_queue(ingrid)
    decide(station.erasures(Settings(home=tmp_path / "home")), ingrid, waiting.id)
    (waiting,) = station.emergency.emergency_queue(ingrid)
    assert waiting.reason == GONE
    station.emergency.review(ingrid, waiting.id, "Det var nødvendig.")
    assert station.emergency.emergency_queue(ingrid) == []
    (seen,) = station.emergency.emergency_queue(ingrid, reviewed=True)
    assert (seen.reason, seen.review) == (GONE, "Det var nødvendig.")
    (item,) = station.journal.timeline(ingrid, kinds=[Kind.EMERGENCY_ACCESS])
    assert [one.text for one in item.comments] == ["Det var nødvendig."]
    with pytest.raises(Invalid, match="erased by decision"):
        station.journal.comment(ingrid, waiting.id, "Enda en ting")

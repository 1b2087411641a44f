"""An incident from its start to its conclusion, as it stands for ever."""

from datetime import timedelta

import pytest
from tests.conftest import moment

from staffbase.incidents.model import Deviation, IncidentKind, Step
from staffbase.incidents.service import (
    add_step,
    conclude_incident,
    incidents_in,
    is_concluded_in,
    reviews_due_in,
    start_incident,
)
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.residents.model import Status

NIGHT = moment(6, 4, 10)


@pytest.fixture
def samira(actors, clock):
    clock.move_to(NIGHT)
    return actors["samira"]


def test_an_overdose_as_it_runs(station, samira, flats, clock):
    incidents = station.incidents
    key = incidents.start(samira, IncidentKind.OVERDOSE, flats["A2"], "Lies in the bathroom")
    for minute, step in ((11, Step.CALLED_113), (12, Step.NALOXONE), (20, Step.AMBULANCE)):
        clock.move_to(moment(6, 4, minute))
        incidents.step(samira, key, step)
    (running,) = incidents.running(samira)
    assert running.id == key
    assert (running.unit_code, running.resident, running.started_by) == ("A2", "Beboer A2", "Samira")
    assert running.words == "Overdose. Lies in the bathroom"
    assert [(one.step, one.at) for one in running.steps] == [
        (Step.CALLED_113, moment(6, 4, 11)), (Step.NALOXONE, moment(6, 4, 12)), (Step.AMBULANCE, moment(6, 4, 20)),
    ]  # fmt: skip
    assert not any(one.afterwards for one in running.steps)
    assert running.when(Step.CALLED_113) == moment(6, 4, 11)
    incidents.conclude(samira, key, "Taken to hospital", deviation=Deviation.YES, status=Status.UNSTABLE)
    assert incidents.running(samira) == []
    ended = incidents.incident(samira, key)
    assert (ended.running, ended.deviation, ended.review_plan) == (False, Deviation.YES, True)
    assert ended.conclusion == "Concluded: Taken to hospital"
    assert ended.steps[-1].step is None
    assert station.residents.resident(samira, flats["A2"]).status is Status.UNSTABLE
    with station.database.read() as tx:
        assert reviews_due_in(tx, station.house_id) == {flats["A2"]: moment(6, 4, 20)}


def test_each_step_stands_once_on_the_timeline(station, samira, flats):
    key = station.incidents.start(samira, IncidentKind.NO_ANSWER, flats["A2"])
    station.incidents.step(samira, key, Step.KNOCKED)
    station.incidents.step(samira, key, Step.OTHER, "Looked through the window")
    station.incidents.conclude(samira, key, "Slept with headphones on")
    items = station.journal.timeline(samira, flats["A2"], kinds=[Kind.INCIDENT, Kind.INCIDENT_STEP])
    assert [(item.kind, item.text) for item in reversed(items)] == [
        (Kind.INCIDENT, "No answer."), (Kind.INCIDENT_STEP, "Knocked, called out."),
        (Kind.INCIDENT_STEP, "Looked through the window"), (Kind.INCIDENT_STEP, "Concluded: Slept with headphones on"),
    ]  # fmt: skip
    assert items[-1].importance is Importance.URGENT
    assert station.incidents.incident(samira, key).review_plan is False


def test_a_step_entered_afterwards_is_marked_so_and_stands_where_it_was_done(station, samira, flats, clock):
    key = station.incidents.start(samira, IncidentKind.NO_ANSWER, flats["A2"], at=moment(6, 3, 50))
    station.incidents.step(samira, key, Step.FOUND)
    saved = station.incidents.step(samira, key, Step.KNOCKED, at=moment(6, 3, 51))
    assert saved.afterwards
    assert (saved.at, saved.recorded_at) == (moment(6, 3, 51), NIGHT)
    facts = station.incidents.incident(samira, key)
    assert facts.started_at == moment(6, 3, 50)
    assert [(one.step, one.afterwards) for one in facts.steps] == [(Step.KNOCKED, True), (Step.FOUND, False)]
    with pytest.raises(Invalid, match="future"):
        station.incidents.step(samira, key, Step.PHONED, at=NIGHT + timedelta(minutes=1))


def test_own_words_are_not_said_twice(station, samira):
    key = station.incidents.start(samira, IncidentKind.FIRE, text="Fire in the laundry")
    assert station.incidents.incident(samira, key).words == "Fire in the laundry"
    assert (
        station.incidents.step(samira, key, Step.CALLED_113, "113 called, stayed on the line").words
        == "113 called, stayed on the line"
    )


def test_a_slip_is_taken_back_and_stays_visible(station, samira, actors, flats):
    key = station.incidents.start(samira, IncidentKind.NO_ANSWER, flats["A2"])
    slip = station.incidents.step(samira, key, Step.CALLED_113)
    with pytest.raises(NotAllowed):
        station.incidents.take_back(actors["marit"], slip.entry_id)
    station.incidents.take_back(samira, slip.entry_id)
    with pytest.raises(Invalid, match="already"):
        station.incidents.take_back(samira, slip.entry_id)
    (step,) = station.incidents.incident(samira, key).steps
    assert step.taken_back
    assert station.incidents.incident(samira, key).when(Step.CALLED_113) is None
    station.incidents.conclude(samira, key, "all well")
    assert station.incidents.incident(samira, key).review_plan is False  # 113 was never called


def test_a_concluded_incident_takes_no_more(station, samira, flats):
    key = station.incidents.start(samira, IncidentKind.VISITOR, flats["A1"])
    slip = station.incidents.step(samira, key, Step.KNOCKED)
    station.incidents.conclude(samira, key, "The visitor left")
    for again in (
        lambda: station.incidents.conclude(samira, key, "once more"),
        lambda: station.incidents.step(samira, key, Step.WELL),
        lambda: station.incidents.take_back(samira, slip.entry_id),
    ):
        with pytest.raises(Invalid, match="concluded"):
            again()


@pytest.mark.parametrize("text", ["", " \n", "\x1b]0;x\x07", "x" * 2001])
def test_a_conclusion_needs_words(station, samira, text):
    key = station.incidents.start(samira, IncidentKind.OTHER)
    with pytest.raises(Invalid):
        station.incidents.conclude(samira, key, text)
    assert station.incidents.running(samira)[0].id == key


def test_other_needs_words_and_unknown_keys_are_told(station, samira):
    key = station.incidents.start(samira, IncidentKind.OTHER)
    with pytest.raises(Invalid):
        station.incidents.step(samira, key, Step.OTHER)
    with pytest.raises(NotFound):
        station.incidents.step(samira, 17, Step.KNOCKED)
    with pytest.raises(NotFound):
        station.incidents.incident(samira, 17)
    with pytest.raises(NotFound):
        station.incidents.start(samira, IncidentKind.OTHER, 17)


@pytest.mark.parametrize("role", ["clerk", "maintenance", "auditor"])
def test_who_may_not(station, actors, role):
    with pytest.raises(NotAllowed):
        station.incidents.start(actors[role], IncidentKind.OTHER)
    with pytest.raises(NotAllowed):
        station.incidents.running(actors[role])


def test_in_another_rooms_transaction(station, samira, flats):
    with station.database.write(samira, "round.no-answer") as tx:
        key = start_incident(tx, station.house_id, IncidentKind.NO_ANSWER, flats["B1"])
        add_step(tx, station.house_id, key, Step.KNOCKED, "", moment(6, 4, 1))
        assert not is_concluded_in(tx, key)
        conclude_incident(tx, station.house_id, key, "Answered at last")
        assert is_concluded_in(tx, key)
    with station.database.read() as tx:
        assert incidents_in(tx, station.house_id, running_only=True) == []
        (facts,) = incidents_in(tx, station.house_id, resident_id=flats["B1"], since=moment(6, 4), until=moment(6, 5))
        assert facts.steps[0].afterwards
        assert incidents_in(tx, station.house_id, until=moment(6, 4)) == []


def test_a_rollback_leaves_nothing(station, samira, flats):
    with pytest.raises(Invalid), station.database.write(samira, "round.no-answer") as tx:
        key = start_incident(tx, station.house_id, IncidentKind.NO_ANSWER, flats["B1"])
        conclude_incident(tx, station.house_id, key, "")
    assert station.incidents.latest(samira) == []
    assert station.journal.timeline(samira) == []

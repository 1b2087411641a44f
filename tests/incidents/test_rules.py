"""The ladder: what comes next, and which keys lie beside which."""

import pytest
from tests.conftest import moment

from staffbase.incidents.model import INCIDENT_NAMES, STEP_NAMES, IncidentKind, Step
from staffbase.incidents.rules import ALARMS, STEP_KEYS, entered_afterwards, is_crisis, next_step
from staffbase.rounds.held_key import neighbours

STOP = ("k", "z")
"""The other letters of the incident screen: the card, and taking back (which asks first)."""


def test_every_step_has_one_key_and_a_name():
    assert sorted(STEP_KEYS.values()) == sorted(Step)
    assert set(STEP_NAMES) == set(Step)
    assert set(INCIDENT_NAMES) == set(IncidentKind)
    assert not set(STEP_KEYS) & {"k", "z", "x", "h", "t"}


def test_nothing_lies_beside_113_and_beside_all_is_well():
    for step in (Step.CALLED_113, Step.WELL):
        key = next(key for key, one in STEP_KEYS.items() if one is step)
        assert not neighbours(key) & {*STEP_KEYS, *STOP}


def test_no_harmless_step_lies_beside_an_alarm():
    for key, step in STEP_KEYS.items():
        if step in ALARMS:
            assert {STEP_KEYS[near] for near in neighbours(key) & set(STEP_KEYS)} <= ALARMS


def test_the_ladder_goes_on_step_by_step_and_never_says_wait():
    done: list[Step] = []
    said = []
    for step in (Step.KNOCKED, Step.PHONED, Step.SECOND_ATTEMPT, Step.COLLEAGUE, Step.LET_IN):
        said.append(next_step(IncidentKind.NO_ANSWER, done))
        done.append(step)
    assert [one.split()[0] for one in said] == ["Knock", "Ring", "Try", "Get", "Let"]
    assert "113" in next_step(IncidentKind.NO_ANSWER, done)


def test_who_was_found_is_first_of_all_breathing_or_113_is_rung():
    done = {Step.KNOCKED, Step.LET_IN, Step.FOUND}
    assert "113" in next_step(IncidentKind.NO_ANSWER, done)
    assert "113" not in next_step(IncidentKind.NO_ANSWER, {*done, Step.BREATHING})


@pytest.mark.parametrize("kind", IncidentKind)
def test_the_last_step_is_to_say_how_it_ended_and_by_which_key(kind):
    done = {*STEP_KEYS.values()} - {Step.OTHER}
    for last in (done, done - {Step.WELL}):
        assert "ctrl+s" in next_step(kind, last)


@pytest.mark.parametrize("kind", [IncidentKind.FOUND_IN_DANGER, IncidentKind.OVERDOSE, IncidentKind.ILLNESS])
def test_113_first_where_there_is_danger(kind):
    assert "Ring 113 now" in next_step(kind, ())
    assert "Ring 113 now" in next_step(kind, {Step.KNOCKED, Step.FOUND})
    assert "ambulance" in next_step(kind, {Step.CALLED_113})


def test_each_danger_its_own_call():
    assert "110" in next_step(IncidentKind.FIRE, ())
    assert "112" in next_step(IncidentKind.VIOLENCE, ())
    assert "112" not in next_step(IncidentKind.VIOLENCE, {Step.CALLED_112})
    assert "how it ended" in next_step(IncidentKind.OVERDOSE, {Step.CALLED_113, Step.WELL})


def test_what_is_a_crisis():
    assert is_crisis(IncidentKind.OVERDOSE, ())
    assert is_crisis(IncidentKind.NO_ANSWER, {Step.CALLED_113})
    assert not is_crisis(IncidentKind.NO_ANSWER, {Step.KNOCKED, Step.WELL})
    assert not is_crisis(IncidentKind.VISITOR, ())


def test_the_present_minute_is_now():
    now = moment(6, 4, 12).replace(second=50)
    assert not entered_afterwards(moment(6, 4, 12), now)
    assert entered_afterwards(moment(6, 4, 11), now)

"""Whether what happened is a deviation is asked once: answered in the conclusion, it stands in no task; promised, it does."""

import pytest
from tests.conftest import moment

from staffbase.incidents.model import Deviation, IncidentKind
from staffbase.journal.model import Kind
from staffbase.rounds.model import Beyond, Outcome

ASKED = ": is this a deviation to be reported?"


def texts(station, actor, resident_id=None):
    """What the open tasks say."""
    return [task.text for task in station.tasks.open_tasks(actor, resident_id)]


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (Deviation.YES, ["B1, no answer 05.01 23:40–23:58: write the deviation."]),
        (Deviation.NO, []),
        (Deviation.LATER, ["B1, no answer 05.01 23:40–23:58" + ASKED]),
    ],
)
def test_the_conclusion_of_a_live_ladder_answers_what_its_task_asks(night, actors, units, flats, back, answer, left):
    samira = actors["samira"]
    check = night.rounds.no_answer(samira, back.id, units["B1"])
    assert texts(night, samira, flats["B1"]) == ["B1, no answer 05.01 23:40–23:58" + ASKED]
    night.incidents.conclude(samira, check.incident_id, "Headphones.", deviation=answer)
    assert texts(night, samira, flats["B1"]) == left


def test_the_timeline_says_how_the_question_was_answered(night, actors, units, flats, back):
    samira = actors["samira"]
    check = night.rounds.found_in_danger(samira, back.id, units["B1"])
    night.incidents.conclude(samira, check.incident_id, "Asleep.", deviation=Deviation.NO)
    told = night.journal.timeline(samira, flats["B1"], kinds=[Kind.TASK])[0]
    assert told.text == "Task done: B1, found in danger 05.01 23:40–23:58" + ASKED + " No deviation."
    assert told.author_id == samira.person_id


def test_who_has_the_question_has_the_deviation(night, actors, units, flats, back, clock):
    samira, marit = actors["samira"], actors["marit"]
    check = night.rounds.no_answer(samira, back.id, units["B1"])
    (asked,) = night.tasks.open_tasks(marit, flats["B1"])
    night.tasks.change(marit, asked.id, asked.version, text=asked.text, owner_id=marit.person_id, due_at=moment(9, 12))
    night.incidents.conclude(samira, check.incident_id, "Headphones.", deviation=Deviation.YES)
    (task,) = night.tasks.open_tasks(marit, flats["B1"])
    assert (task.owner, task.due_at) == (marit.name, moment(9, 12))


def test_what_was_let_in_for_keeps_its_words_and_its_time(night, actors, units, flats, back):
    samira = actors["samira"]
    check = night.rounds.check_off(samira, back.id, units["A1"], Outcome.ASLEEP, reason=Beyond.FEARED)
    night.incidents.conclude(samira, check.incident_id, "Well.", deviation=Deviation.YES)
    assert texts(night, samira, flats["A1"]) == ["A1, let in for fear of life 05.01 23:40–23:58: write the deviation."]


def test_a_question_in_other_words_is_answered_all_the_same(night, actors, units, flats, back):
    samira = actors["samira"]
    check = night.rounds.no_answer(samira, back.id, units["B1"])
    (asked,) = night.tasks.open_tasks(samira, flats["B1"])
    night.tasks.change(samira, asked.id, asked.version, text="Avvik?", owner_id=None, due_at=None)
    night.incidents.conclude(samira, check.incident_id, "Headphones.", deviation=Deviation.YES)
    assert texts(night, samira, flats["B1"]) == ["B1, no answer 05.01 23:58: write the deviation."]


@pytest.mark.parametrize(
    ("answer", "left"),
    [(Deviation.YES, ["{}: write the deviation."]), (Deviation.NO, []), (Deviation.LATER, ["{}" + ASKED])],
)
def test_an_incident_begun_by_hand_keeps_its_promise_as_a_task(night, actors, flats, answer, left):
    samira = actors["samira"]
    key = night.incidents.start(samira, IncidentKind.OVERDOSE, flats["A2"])
    night.incidents.conclude(samira, key, "To hospital.", deviation=answer)
    assert texts(night, samira, flats["A2"]) == [one.format("A2, overdose 05.01 23:40") for one in left]


def test_an_incident_of_the_house_leaves_a_task_of_the_house(night, actors):
    samira = actors["samira"]
    key = night.incidents.start(samira, IncidentKind.FIRE)
    night.incidents.conclude(samira, key, "Out.", deviation=Deviation.YES)
    assert texts(night, samira) == ["The house, fire 05.01 23:40: write the deviation."]


def test_a_question_that_is_done_already_is_not_asked_again(night, actors, units, flats, back):
    samira = actors["samira"]
    check = night.rounds.no_answer(samira, back.id, units["B1"])
    (asked,) = night.tasks.open_tasks(samira, flats["B1"])
    night.tasks.done(samira, asked.id)
    night.incidents.conclude(samira, check.incident_id, "Headphones.")
    assert texts(night, samira, flats["B1"]) == []


def test_only_the_task_of_this_incident_is_answered(night, actors, units, flats, back):
    samira = actors["samira"]
    first = night.rounds.no_answer(samira, back.id, units["B1"])
    key = night.incidents.start(samira, IncidentKind.OVERDOSE, flats["B1"])
    night.incidents.conclude(samira, key, "Woken.", deviation=Deviation.NO)
    assert texts(night, samira, flats["B1"]) == ["B1, no answer 05.01 23:40–23:58" + ASKED]
    night.incidents.conclude(samira, first.incident_id, "Headphones.", deviation=Deviation.NO)
    assert texts(night, samira, flats["B1"]) == []


def test_an_extra_check_asks_once_too(night, actors, flats):
    samira = actors["samira"]
    check = night.rounds.extra_check(samira, flats["A2"], Outcome.NO_ANSWER, "Worried.")
    night.incidents.conclude(samira, check.incident_id, "Out.", deviation=Deviation.NO)
    assert texts(night, samira, flats["A2"]) == []

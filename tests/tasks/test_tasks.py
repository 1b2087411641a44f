"""What was promised: added, taken over, done, told on the timeline."""

import pytest
from tests.conftest import moment

from staffbase.journal.model import Kind
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotAllowed, NotFound
from staffbase.tasks.service import add_task, tasks_in


def test_a_task_is_added_and_told_on_the_timeline(station, actors, flats):
    marit, jonas = actors["marit"], actors["jonas"]
    key = station.tasks.add(marit, " Letter to the office\n", flats["A2"], jonas.person_id, moment(9, 15))
    (task,) = station.tasks.open_tasks(marit)
    assert (task.id, task.text, task.unit_code, task.resident) == (key, "Letter to the office", "A2", "Beboer A2")
    assert (task.owner, task.added_by, task.due_at, task.done_at) == ("Jonas", "Marit", moment(9, 15), None)
    (entry,) = station.journal.timeline(marit, flats["A2"])
    assert entry.kind is Kind.TASK
    assert entry.text == "Task: Letter to the office. Has it: Jonas. By 09.01 15:00."
    assert entry.entry_id == task.entry_id


def test_done_is_said_once_by_whom_and_when(station, actors, flats, clock):
    key = station.tasks.add(actors["marit"], "Buy plates")
    clock.move_to(moment(6, 9))
    station.tasks.done(actors["jonas"], key)
    assert station.tasks.open_tasks(actors["marit"]) == []
    (task,) = station.tasks.tasks_since(actors["marit"], moment(6, 0))
    assert (task.done_by, task.done_at) == ("Jonas", moment(6, 9))
    assert station.journal.timeline(actors["marit"], house_only=True)[0].text == "Task done: Buy plates"
    with pytest.raises(Invalid, match="done already"):
        station.tasks.done(actors["marit"], key)
    with pytest.raises(Invalid, match="done already"):
        station.tasks.take_over(actors["marit"], key)


def test_those_with_a_deadline_come_first_the_longest_overdue_on_top(station, actors, flats):
    marit = actors["marit"]
    for text, due in (("no hurry", None), ("friday", moment(9, 15)), ("yesterday", moment(4, 12)), ("later", None)):
        station.tasks.add(marit, text, due_at=due)
    tasks = station.tasks.open_tasks(marit)
    assert [task.text for task in tasks] == ["yesterday", "friday", "no hurry", "later"]
    assert [task.overdue(moment(5, 21, 40)) for task in tasks] == [True, False, False, False]


def test_only_the_residents_own(station, actors, flats):
    station.tasks.add(actors["marit"], "for A1", flats["A1"])
    station.tasks.add(actors["marit"], "for the house")
    assert [task.text for task in station.tasks.open_tasks(actors["marit"], flats["A1"])] == ["for A1"]


def test_taking_over_and_changing(station, actors):
    key = station.tasks.add(actors["marit"], "Ring the GP")
    station.tasks.take_over(actors["nora"], key)
    (task,) = station.tasks.open_tasks(actors["nora"])
    assert task.owner == "Nora"
    station.tasks.change(
        actors["marit"], key, task.version, text="Ring the GP tomorrow", owner_id=None, due_at=moment(6, 12)
    )
    with pytest.raises(ChangedElsewhere):
        station.tasks.change(actors["nora"], key, task.version, text="Mine", owner_id=None, due_at=None)
    (task,) = station.tasks.open_tasks(actors["nora"])
    assert (task.text, task.owner, task.due_at) == ("Ring the GP tomorrow", "", moment(6, 12))


@pytest.mark.parametrize("text", ["", "   ", "\x1b[31mred", "x" * 501])
def test_what_is_no_task_is_refused_and_nothing_is_saved(station, actors, text):
    with pytest.raises(Invalid):
        station.tasks.add(actors["marit"], text)
    assert station.tasks.open_tasks(actors["marit"]) == []
    assert station.journal.timeline(actors["marit"]) == []


def test_an_owner_who_has_left_and_a_resident_of_nowhere_are_refused(station, actors):
    station.people.person_left(actors["ingrid"], actors["jonas"].person_id)
    with pytest.raises(Invalid, match="Jonas does not work here"):
        station.tasks.add(actors["marit"], "x", owner_id=actors["jonas"].person_id)
    with pytest.raises(NotFound):
        station.tasks.add(actors["marit"], "x", resident_id=17)


@pytest.mark.parametrize("role", ["clerk", "maintenance", "auditor"])
def test_who_may_not(station, actors, role):
    with pytest.raises(NotAllowed):
        station.tasks.add(actors[role], "x")
    with pytest.raises(NotAllowed):
        station.tasks.open_tasks(actors[role])


def test_in_another_rooms_transaction(station, actors, flats):
    with station.database.write(actors["samira"], "round.check") as tx:
        add_task(tx, station.house_id, "New agreement", resident_id=flats["B1"])
        assert [task.text for task in tasks_in(tx, station.house_id, flats["B1"])] == ["New agreement"]
    assert station.tasks.open_tasks(actors["samira"])[0].added_by == "Samira"

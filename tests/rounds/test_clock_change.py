"""The two nights on which the clocks change are ordinary nights: each window once, each interval true, nobody late."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from tests.conftest import open_database

from staffbase.kernel.clock import OSLO, local
from staffbase.people.model import ShiftName
from staffbase.residents.model import RoundForm
from staffbase.rounds.model import Outcome
from staffbase.rounds.rules import WindowHours

SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
"""The evenings before: one night has ten hours of duty less one, the other one more."""


@pytest.fixture
def database(tmp_path, clock):
    """One database is enough here."""
    opened = open_database(tmp_path / "staffbase.db", clock)
    yield opened
    opened.close()


def at(evening: date, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    """This time of the night on the wall clock; `fold` is the second of the two where there are two."""
    day = evening if hour >= 12 else evening + timedelta(days=1)
    return datetime.combine(day, time(hour, minute), OSLO).replace(fold=fold).astimezone(UTC)


@pytest.fixture
def house(station, actors, flats, clock, request):
    """The evening before, with an agreement at each door; Samira is on duty."""
    evening = request.param
    clock.move_to(at(evening, 15))
    for code in flats:
        station.residents.set_agreement(actors["eva"], flats[code], RoundForm.ENTER, consent="said so himself")
    clock.move_to(at(evening, 21, 46))
    duty = station.people.go_on_duty(actors["samira"])
    assert (duty.begins_at, duty.ends_at) == (at(evening, 21, 45), at(evening, 7, 45))
    return station


def walk(house, samira, clock, left, back):
    """Everybody is seen on this walk; the sheet says when."""
    clock.move_to(left)
    begun = house.rounds.leave(samira, 45)
    assert begun.due_back_at - begun.left_at == timedelta(minutes=45)
    clock.move_to(back)
    assert not begun.overdue(back)
    house.rounds.come_back(samira)
    for row in house.rounds.sheet(samira).lines:
        check = house.rounds.check_off(samira, begun.id, row.door.unit_id, Outcome.ASLEEP)
        assert (check.at_from, check.at_to, check.recorded_at) == (left, back, back)
        assert not check.late
    house.rounds.sign(samira, begun.id)


@pytest.mark.parametrize("house", [SPRING, AUTUMN], indirect=True, ids=["spring", "autumn"])
def test_the_night_has_its_two_rounds_and_the_report_tells_both(house, actors, clock, request):
    evening = SPRING if "spring" in request.node.name else AUTUMN
    samira, eva = actors["samira"], actors["eva"]
    walk(house, samira, clock, at(evening, 23, 40), at(evening, 23, 58))
    walk(house, samira, clock, at(evening, 4, 2), at(evening, 4, 20))
    clock.move_to(at(evening, 6, 30))
    windows = house.rounds.windows(samira, evening)
    assert [(f"{local(one.window.begins_at):%H:%M}", one.done, one.due, one.signed) for one in windows] == [
        ("23:30", 3, 3, True), ("03:30", 3, 3, True),
    ]  # fmt: skip
    assert windows[1].window.begins_at - windows[0].window.ends_at == timedelta(hours=1 if evening == SPRING else 3)
    assert all(one.window.ends_at - one.window.begins_at == timedelta(hours=2) for one in windows)
    span = house.handover.report(samira).span
    assert (span.name, span.date) == (ShiftName.NIGHT, evening)
    assert span.ends_at - span.begins_at == timedelta(hours=9 if evening == SPRING else 11)
    text = house.handover.report_text(samira)
    assert "Round 23:30–01:30: 3 of 3 doors" in text
    assert "Round 03:30–05:30: 3 of 3 doors" in text
    clock.move_to(at(evening, 7, 44))
    assert [one.name for one in house.people.on_duty(samira)] == ["Samira"]
    assert house.handover.my_reading(eva).missed_rounds == ()
    clock.move_to(at(evening, 7, 45))
    assert house.people.on_duty(samira) == []


@pytest.mark.parametrize(
    ("house", "left", "back"),
    [
        (SPRING, at(SPRING, 1, 50), at(SPRING, 3, 10)),
        (AUTUMN, at(AUTUMN, 2, 50), at(AUTUMN, 2, 10, fold=1)),
        (AUTUMN, at(AUTUMN, 2, 10), at(AUTUMN, 2, 30)),
        (AUTUMN, at(AUTUMN, 2, 10, fold=1), at(AUTUMN, 2, 30, fold=1)),
    ],
    indirect=["house"],
    ids=["through the hour that is not", "through the hour that comes twice", "in it the first time", "in it again"],
)
def test_a_walk_through_the_changed_hour_took_as_long_as_it_took(house, actors, clock, left, back):
    """Windows that lie in the changed hour exist once, and a walk of twenty minutes is one."""
    assert back - left == timedelta(minutes=20)
    house.rounds.set_windows(actors["ingrid"], [WindowHours(time(1, 30), time(4, 0))])
    walk(house, actors["samira"], clock, left, back)
    (one,) = house.rounds.windows(actors["samira"])
    assert (one.done, one.due, one.signed) == (3, 3, True)
    assert house.rounds.sheet(actors["samira"]).not_walked == ()


@pytest.mark.parametrize("house", [SPRING], indirect=True)
def test_a_clock_that_was_set_back_while_she_was_out_keeps_no_answer_away(house, actors, clock):
    """What was found is written all the same, at no time that has not come yet: most of all that somebody does not answer."""
    samira = actors["samira"]
    clock.move_to(at(SPRING, 23, 40))
    walk = house.rounds.leave(samira)
    clock.move_to(at(SPRING, 22, 58))
    house.rounds.come_back(samira)
    first, second, third = (line.door.unit_id for line in house.rounds.sheet(samira).lines)
    check = house.rounds.check_off(samira, walk.id, first, Outcome.ASLEEP)
    assert (check.at_from, check.at_to, check.recorded_at) == (clock.now(),) * 3
    house.rounds.no_answer(samira, walk.id, second)
    house.rounds.found_in_danger(samira, walk.id, third)
    assert [line.check is not None for line in house.rounds.sheet(samira).lines] == [True] * 3


@pytest.mark.parametrize(("house", "hours"), [(SPRING, 1), (AUTUMN, 3)], indirect=["house"], ids=["spring", "autumn"])
def test_a_window_over_the_changed_hour_interrupts_twenty_minutes_before_its_end(house, actors, clock, hours):
    house.rounds.set_windows(actors["ingrid"], [WindowHours(time(1, 30), time(3, 30))])
    (one,) = house.rounds.windows(actors["samira"])
    assert one.window.ends_at - one.window.begins_at == timedelta(hours=hours)
    clock.move_to(one.window.ends_at - timedelta(minutes=21))
    assert house.board.interruptions(actors["samira"]) == ()
    clock.move_to(one.window.ends_at - timedelta(minutes=20))
    (said,) = house.board.interruptions(actors["samira"])
    assert said.words.startswith("The round ends at 03:30 and 3 doors are open.")

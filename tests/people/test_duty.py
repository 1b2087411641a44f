"""Who is on duty: asked once, put on and off for each other, elsewhere and back, and said when too few are there."""

from datetime import timedelta

import pytest
from tests.conftest import moment

from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.errors import Invalid, NotAllowed
from staffbase.people.model import ShiftName


def on(station, clock=None):
    return [(duty.name, duty.shift) for duty in station.people.on_duty(STATION_ITSELF)]


def test_asked_once_and_yes_puts_on_duty_until_the_shift_ends(station, actors, clock):
    samira = actors["samira"]
    span = station.people.duty_question(samira)
    assert span is not None
    assert (span.name, span.begins_at, span.ends_at) == (ShiftName.NIGHT, moment(5, 21, 45), moment(6, 7, 45))
    duty = station.people.go_on_duty(samira)
    assert (duty.begins_at, duty.ends_at) == (moment(5, 21, 40), moment(6, 7, 45))
    assert station.people.duty_question(samira) is None
    clock.move_to(moment(6, 7, 44))
    assert on(station) == [("Samira", ShiftName.NIGHT)]
    clock.move_to(moment(6, 7, 45))
    assert on(station) == []


def test_here_for_something_else_is_asked_again_at_the_next_shift_only(station, actors, clock):
    eva = actors["eva"]
    clock.move_to(moment(6, 9))
    assert station.people.duty_question(eva) is not None
    station.people.decline_duty(eva)
    station.people.decline_duty(eva)
    assert station.people.duty_question(eva) is None
    assert on(station) == []
    clock.move_to(moment(6, 14, 30))
    assert station.people.duty_question(eva) is not None
    clock.move_to(moment(7, 9))
    assert station.people.duty_question(eva) is not None


@pytest.mark.parametrize("who", ["kari", "odd", "astrid"])
def test_those_without_duties_are_not_asked(station, actors, who):
    assert station.people.duty_question(actors[who]) is None
    with pytest.raises(NotAllowed):
        station.people.go_on_duty(actors[who], actors["jonas"].person_id)


def test_a_colleague_puts_on_and_off_duty_and_it_stands_in_the_house_journal(station, actors, clock):
    marit, jonas = actors["marit"], actors["jonas"]
    clock.move_to(moment(5, 15))
    station.people.go_on_duty(marit)
    station.people.go_on_duty(marit, jonas.person_id)
    station.people.go_on_duty(marit, jonas.person_id)  # twice is once
    assert sorted(on(station)) == [("Jonas", ShiftName.EVENING), ("Marit", ShiftName.EVENING)]
    clock.move_to(moment(5, 18))
    station.people.go_off_duty(marit, jonas.person_id)
    assert on(station) == [("Marit", ShiftName.EVENING)]
    with pytest.raises(Invalid):
        station.people.go_off_duty(marit, jonas.person_id)
    items = station.journal.timeline(marit, house_only=True, kinds=[Kind.DUTY])
    assert [(item.text, item.author_id, item.on_behalf_id) for item in items] == [
        ("Jonas is off duty.", marit.person_id, jonas.person_id),
        ("Jonas is on duty: evening shift 14:30–22:00.", marit.person_id, jonas.person_id),
        ("Marit is on duty: evening shift 14:30–22:00.", marit.person_id, None),
    ]
    station.people.go_on_duty(marit, jonas.person_id)
    assert len(on(station)) == 2


def test_off_early_is_not_asked_again(station, actors, clock):
    clock.move_to(moment(5, 15))
    station.people.go_on_duty(actors["marit"])
    clock.move_to(moment(5, 18))
    station.people.go_off_duty(actors["marit"])
    assert station.people.duty_question(actors["marit"]) is None


def test_called_in_at_another_time_or_for_another_shift(station, actors, clock):
    clock.move_to(moment(5, 19))
    duty = station.people.go_on_duty(actors["nora"], since=moment(5, 18))
    assert duty.begins_at == moment(5, 18)
    with pytest.raises(Invalid):
        station.people.go_on_duty(actors["jonas"], since=moment(5, 12))
    assert station.people.go_on_duty(actors["jonas"], shift=ShiftName.NIGHT).ends_at == moment(6, 7, 45)
    clock.move_to(moment(6, 6))
    assert station.people.go_on_duty(actors["eva"], shift=ShiftName.DAY).begins_at == moment(6, 6)


def test_elsewhere_and_on_site(station, actors, clock):
    samira = actors["samira"]
    with pytest.raises(Invalid):
        station.people.elsewhere(samira, moment(6, 3, 30))
    station.people.go_on_duty(samira)
    clock.move_to(moment(6, 1))
    with pytest.raises(Invalid):
        station.people.elsewhere(samira, moment(6, 0, 30))
    station.people.elsewhere(samira, moment(6, 3, 30))
    (duty,) = station.people.on_duty(samira)
    assert (duty.elsewhere_since, duty.back_about) == (moment(6, 1), moment(6, 3, 30))
    clock.move_to(moment(6, 3, 20))
    station.people.elsewhere(samira, moment(6, 4))  # later than thought; away since the same time
    assert station.people.on_duty(samira)[0].elsewhere_since == moment(6, 1)
    station.people.on_site(samira)
    station.people.on_site(samira)
    assert station.people.on_duty(samira)[0].elsewhere_since is None
    texts = [item.text for item in station.journal.timeline(samira, kinds=[Kind.DUTY])]
    assert texts[:2] == ["Samira is on site.", "Samira is at another house, back about 04:00."]


def test_fewer_than_the_norm_is_said(station, actors, clock):
    clock.move_to(moment(5, 15, 10))
    people = station.people
    (short,) = people.under_staffed(STATION_ITSELF)
    assert (short.span.name, short.span.norm, short.on_duty) == (ShiftName.EVENING, 2, 0)
    people.go_on_duty(actors["marit"])
    people.go_on_duty(actors["odd"])  # the caretaker does not count
    assert people.under_staffed(STATION_ITSELF)[0].on_duty == 1
    people.go_on_duty(actors["jonas"])
    assert people.under_staffed(STATION_ITSELF) == []


def test_the_day_shift_still_counts_in_the_overlap(station, actors, clock):
    clock.move_to(moment(6, 9))
    for name in ("marit", "jonas"):
        station.people.go_on_duty(actors[name])
    clock.move_to(moment(6, 14, 40))
    assert station.people.under_staffed(STATION_ITSELF) == []
    clock.move_to(moment(6, 15))
    assert station.people.under_staffed(STATION_ITSELF)[0].on_duty == 0


def test_the_last_duty_before(station, actors, clock):
    marit = actors["marit"]
    assert station.people.last_duty_before(marit, marit.person_id, clock.now()) is None
    clock.move_to(moment(5, 15))
    station.people.go_on_duty(marit)
    clock.move_to(moment(9, 15))
    station.people.go_on_duty(marit)
    last = station.people.last_duty_before(marit, marit.person_id, clock.now())
    assert last is not None
    assert last.ends_at == moment(5, 22)
    clock.move_to(moment(9, 22))
    last = station.people.last_duty_before(marit, marit.person_id, clock.now())
    assert last is not None
    assert last.ends_at == moment(9, 22)


def test_who_leaves_is_off_duty(station, actors):
    station.people.go_on_duty(actors["samira"])
    station.people.person_left(actors["ingrid"], actors["samira"].person_id)
    assert on(station) == []


def test_shift_hours_of_the_house(station, actors, clock):
    from datetime import time

    station.people.set_shift(actors["ingrid"], ShiftName.EVENING, time(15), time(23), 3)
    clock.move_to(moment(5, 14, 45))
    assert station.people.shift_now(actors["marit"]).name is ShiftName.DAY
    clock.move_to(moment(5, 15))
    assert station.people.shift_now(actors["marit"]).norm == 3
    assert [hours.name for hours in station.people.shifts(actors["marit"])] == list(ShiftName)
    with pytest.raises(NotAllowed):
        station.people.set_shift(actors["marit"], ShiftName.DAY, time(8), time(16), 1)
    with pytest.raises(Invalid):
        station.people.set_shift(actors["ingrid"], ShiftName.DAY, time(8), time(16), 500)


def test_on_duty_at_another_moment(station, actors, clock):
    station.people.go_on_duty(actors["samira"])
    clock.move_to(moment(8, 12))
    was = station.people.on_duty(actors["marit"], moment(6, 4))
    assert [duty.name for duty in was] == ["Samira"]
    assert station.people.on_duty(actors["marit"], moment(6, 4) + timedelta(days=1)) == []

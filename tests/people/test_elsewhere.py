"""A night watch at another house: the strip on every screen and the door say when she is expected back."""

import pytest
from tests.conftest import moment

from staffbase.kernel.access import STATION_ITSELF


@pytest.fixture
def away(station, actors, clock):
    clock.move_to(moment(6, 0, 10))
    station.people.go_on_duty(actors["samira"])
    station.people.elsewhere(actors["samira"], moment(6, 3, 30))
    return station


def test_the_strip_says_when_she_is_back(away, actors):
    assert away.board.strip(actors["marit"]).on_duty == ("Samira (back about 03:30)",)
    away.people.on_site(actors["samira"])
    assert away.board.strip(actors["marit"]).on_duty == ("Samira",)


def test_the_door_says_it_too(away):
    told = {person.name: person.away for person in away.board.door(STATION_ITSELF).people}
    assert told["Samira"] == "back about 03:30"
    assert told["Marit"] == ""

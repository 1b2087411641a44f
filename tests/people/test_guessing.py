"""How many PINs somebody can try at the screen: an hour of it, on a clock that is moved; also by restarts and by setting clocks."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import open_database

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database
from staffbase.kernel.errors import WrongPin
from staffbase.people.model import Pin
from staffbase.people.pins import hash_pin, set_pin_in
from staffbase.people.service import People
from staffbase.station import Station

HOUR = 3600
FIRST_HOUR, EACH_FURTHER = 19, 12
"""Per person; the README says so."""


class SetClock(HeldClock):
    """A clock whose hands somebody sets, while time goes on as it does."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.off = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.off

    def pass_by(self, seconds: float) -> None:
        super().move_to(super().now() + timedelta(seconds=seconds))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 1, 5, 21, 40))  # noqa: DTZ001  (Oslo, as HeldClock reads it)


@pytest.fixture
def database(tmp_path: Path, clock: SetClock) -> Iterator[Database]:
    """The rule is the same on both; this one counts hundreds of tries."""
    opened = open_database(tmp_path / "staffbase.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def people(station: Station, actors: dict[str, Actor]) -> People:
    with station.database.write(STATION_ITSELF, "test.pins") as tx:
        for actor in {actor.person_id for actor in actors.values()}:
            set_pin_in(tx, actor, hash_pin(station.database.seal, "481592", quick=True), one_time=False)
    return station.people


def guesses(station: Station, person: int, clock: SetClock, seconds: float, before_each: Callable[[], People]) -> int:
    """Wrong PINs tried as fast as may be for so long; how many of them were looked at."""
    end, looked_at = clock.monotonic() + seconds, 0
    while clock.monotonic() < end:
        people = before_each()
        try:
            people.sign_in(STATION_ITSELF, person, "907314")
        except WrongPin as refused:
            tried = failures(station, person)
            looked_at, wait = tried, refused.wait
        clock.pass_by(wait or 0.1)
    return looked_at


def failures(station: Station, person: int) -> int:
    with station.database.read() as tx:
        return tx.get(Pin, person).failures


def test_an_hour_at_the_screen(people: People, station: Station, actors: dict[str, Actor], clock: SetClock) -> None:
    marit = actors["marit"].person_id
    first = guesses(station, marit, clock, HOUR, lambda: people)
    assert first == FIRST_HOUR
    assert guesses(station, marit, clock, HOUR, lambda: people) - first == EACH_FURTHER


def test_each_person_is_guessed_by_themselves(
    people: People, station: Station, actors: dict[str, Actor], clock: SetClock
) -> None:
    """So a whole staff is so many times as much; nobody is shut out because another was guessed at."""
    some = [actors[name].person_id for name in ("marit", "jonas", "eva")]
    for second in (0, 0, 0, 0, *range(0, HOUR, 30)):  # the first five at once
        for person in some:
            with pytest.raises(WrongPin):
                people.sign_in(STATION_ITSELF, person, "907314")
        clock.pass_by(0.1 if second == 0 else 30)
    assert [failures(station, person) for person in some] == [FIRST_HOUR] * len(some)


def test_a_restart_before_each_try_gives_none(
    people: People, station: Station, actors: dict[str, Actor], clock: SetClock
) -> None:
    def restarted() -> People:
        return People(station.database, station.house_id)

    assert guesses(station, actors["marit"].person_id, clock, HOUR, restarted) == FIRST_HOUR


@pytest.mark.parametrize("moved", [timedelta(hours=1), timedelta(days=-1)])
def test_setting_the_clock_before_each_try_gives_none(
    moved: timedelta, people: People, station: Station, actors: dict[str, Actor], clock: SetClock
) -> None:
    def after_setting() -> People:
        clock.off += moved
        return people

    assert guesses(station, actors["marit"].person_id, clock, HOUR, after_setting) <= FIRST_HOUR


def test_setting_the_clock_forward_and_a_restart_is_a_try(
    people: People, station: Station, actors: dict[str, Actor], clock: SetClock
) -> None:
    """Who can set the computer's clock administers it, and is not kept out (README): each try costs both."""
    marit = actors["marit"].person_id
    for _number in range(30):
        clock.off += timedelta(hours=1)
        with pytest.raises(WrongPin):
            People(station.database, station.house_id).sign_in(STATION_ITSELF, marit, "907314")
    assert failures(station, marit) == 30

"""A night in the whole app: leaving locks, the PIN ends the walk, a restart forgets nobody, and the alarm rings."""

import sys
from datetime import timedelta

import pytest
from tests.conftest import moment, open_database
from textual.widgets import OptionList, Static

from staffbase.app import StaffbaseApp
from staffbase.board.screen import BoardScreen
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.settings import Settings
from staffbase.opening import Opened
from staffbase.people.pins import set_pin_in
from staffbase.people.screen import DoorScreen
from staffbase.people.service import hash_pin
from staffbase.rounds.alarm import Alarm
from staffbase.rounds.alarm_screen import AlarmScreen
from staffbase.rounds.screen import RoundsScreen
from staffbase.station import Station

PIN = "481592"

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def with_pins(night, actors):
    """Samira and Marit have the same PIN, and are on duty, so that nothing is asked."""
    with night.database.write(STATION_ITSELF, "test.pins") as tx:
        for name in ("samira", "marit"):
            set_pin_in(tx, actors[name].person_id, hash_pin(night.database.seal, PIN, quick=True), one_time=False)
    for name in ("samira", "marit"):
        night.people.go_on_duty(actors[name])
    return night


def app_on(station, tmp_path, actor=None, command=""):
    settings = Settings(home=tmp_path, language="en", alarm_command=command)
    return StaffbaseApp(settings, station.database.clock, lambda _say: Opened(station, actor))


async def until(pilot, kind):
    for _wait in range(300):
        await pilot.pause(0.05)
        if isinstance(pilot.app.screen, kind):
            await pilot.pause(0.3)
            return pilot.app.screen
    raise AssertionError(f"{kind.__name__} did not come, {pilot.app.screen} stands there")


async def sign_in(pilot, clock):
    clock.move_to(clock.now() + timedelta(seconds=1))
    await pilot.press(*PIN, "enter")


async def test_ten_keys_and_the_pin(with_pins, actors, clock, tmp_path):
    app = app_on(with_pins, tmp_path, actors["samira"])
    keys = ["2", "w"]
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, BoardScreen)
        await pilot.press("2")
        await until(pilot, RoundsScreen)
        await pilot.press("w")
        door = await until(pilot, DoorScreen)
        assert "walk" in str(door.query_one("#walk", Static).content)
        clock.move_to(moment(5, 23, 58))
        await sign_in(pilot, clock)
        screen = await until(pilot, RoundsScreen)
        assert screen.query_one("#doors", OptionList).highlighted == 0
        for key in ("p", "s", "a", "g"):
            clock.move_to(clock.now() + timedelta(seconds=2))
            await pilot.press(key)
            await pilot.pause(0.2)
            await screen._idle.wait()
            keys.append(key)
        for _wait in range(100):
            await pilot.pause(0.05)
            if screen.sheet.walk.signed_at is not None:
                break
        assert screen.sheet.walk.signed_at is not None
        assert screen.sheet.walk.returned_at == moment(5, 23, 58) + timedelta(seconds=1)
    assert len(keys) == len(screen.sheet.lines) + 3  # 2, w, g and one key a door


async def test_a_restart_in_the_middle_of_a_walk_forgets_nobody(with_pins, actors, clock, tmp_path):
    with_pins.rounds.leave(actors["samira"], 45)
    with_pins.database.close()
    again = Station(open_database(tmp_path / "staffbase.db", clock), with_pins.house_id)
    clock.move_to(moment(6, 0, 26))
    marker = tmp_path / "rang"
    code = f"import os, pathlib; pathlib.Path({str(marker)!r}).open('a').write(repr(sorted((k, v) for k, v in os.environ.items() if k.startswith('STAFFBASE_ALARM'))))"
    app = app_on(again, tmp_path, command=f'{sys.executable} -c "{code}"')
    async with app.run_test(size=(80, 24)) as pilot:
        alarm = await until(pilot, AlarmScreen)
        told = str(alarm.query_one(Static).content)
        assert "Samira left at 23:40 and should have been back at 00:25" in told
        assert "113" in told
        assert "Prøveveien 1" in told
        for _wait in range(100):
            await pilot.pause(0.1)
            if marker.exists() and marker.read_text():
                break
        assert marker.read_text() == "[('STAFFBASE_ALARM_DUE', '00:25'), ('STAFFBASE_ALARM_LEFT', '23:40')]"
        await pilot.press("enter")
        await until(pilot, DoorScreen)
        await pilot.press(*"Samira", "enter")
        await sign_in(pilot, clock)
        screen = await until(pilot, RoundsScreen)
        assert screen.sheet.walk.returned_at is not None
    assert again.rounds.walk_under_way(STATION_ITSELF) is None
    again.database.close()


async def test_the_alarm_covers_a_screen_that_is_not_locked(with_pins, actors, clock, tmp_path):
    with_pins.rounds.leave(actors["samira"], 45)
    app = app_on(with_pins, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, BoardScreen)
        clock.move_to(moment(6, 0, 27))
        await until(pilot, AlarmScreen)


def test_the_alarm_comes_by_the_clock_or_by_the_time_that_passed_whichever_is_first(night, actors):
    night.rounds.leave(actors["samira"], 45)
    walk = night.rounds.walk_under_way(STATION_ITSELF)
    alarm = Alarm("")
    assert not alarm.overdue(walk, moment(5, 23, 41), 1000)  # first seen a minute after she left
    assert not alarm.overdue(walk, moment(6, 0, 24), 1000 + 43 * 60)
    assert alarm.overdue(walk, moment(6, 0, 25), 1000 + 44 * 60)
    assert not alarm.overdue(walk, moment(5, 23, 24), 1000 + 43 * 60)
    assert alarm.overdue(walk, moment(5, 23, 25), 1000 + 44 * 60), "the clock was set back an hour meanwhile"
    assert alarm.overdue(walk, moment(6, 0, 25), 1000 + 60), "the machine slept"
    again = Alarm("")  # a restart after the clock was set back
    assert not again.overdue(walk, moment(5, 22, 50), 1000)
    assert not again.overdue(walk, moment(5, 23, 34), 1000 + 44 * 60)
    assert again.overdue(walk, moment(5, 23, 35), 1000 + 45 * 60)
    night.rounds.reached(actors["marit"], walk.id, 60)
    later = night.rounds.walk_under_way(STATION_ITSELF)
    assert not alarm.overdue(later, moment(5, 23, 25), 1000 + 44 * 60), "she was reached and needs more time"


async def test_the_alarm_command_runs_once_a_walk_and_again_after_ten_minutes(night, actors):
    night.rounds.leave(actors["samira"], 45)
    walk = night.rounds.walk_under_way(STATION_ITSELF)
    alarm = Alarm("true")
    assert alarm.due(walk, 1000)
    assert await alarm.run(walk, 1000) == 0
    assert not alarm.due(walk, 1000 + 9 * 60)
    assert alarm.due(walk, 1000 + 10 * 60)
    assert not Alarm("").due(walk, 1000)


@pytest.mark.parametrize(
    ("command", "answer"), [("true", 0), ("false", 1), ("no-such-command-here", None), ('"unclosed', None)]
)
async def test_the_alarm_command_never_disturbs_the_station(night, actors, command, answer):
    night.rounds.leave(actors["samira"], 45)
    walk = night.rounds.walk_under_way(STATION_ITSELF)
    assert await Alarm(command).run(walk, 1000) == answer

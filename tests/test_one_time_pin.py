"""Whoever signs in with a one-time PIN and goes away leaves nobody a question that may be answered in their name."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.test_app import NIGHT, House, until
from textual.pilot import Pilot

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.people.dialogs import ChangePinDialog
from staffbase.people.screen import DoorScreen

MINE = "739164"


class FirstTime(House):
    """Eva has been given a one-time PIN."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, NIGHT, None)
        people = self.station.people
        known = {one.name: one for one in people.directory(STATION_ITSELF)}
        leader = known["Ingrid"]
        self.pin = people.issue_pin(Actor(leader.id, leader.name, leader.role), known["Eva"].id)

    async def asked(self, pilot: Pilot[int]) -> None:
        """Eva signs in and is asked for a PIN of her own."""
        await pilot.press("escape", *"Eva", "enter", *self.pin, "enter")
        await until(pilot, lambda: isinstance(self.app.screen, ChangePinDialog))
        await self.settled_behind_dialog(pilot)


@pytest.fixture
def house(tmp_path: Path) -> FirstTime:
    return FirstTime(tmp_path / "house")


async def test_it_closes_as_everything_locks_and_nothing_is_changed(house: FirstTime, eager: None) -> None:
    app = house.app
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await house.ready(pilot)
        await house.asked(pilot)
        house.clock.move_to(house.clock.now() + timedelta(minutes=4, seconds=45))
        await until(pilot, lambda: any("The screen locks" in one.message for one in app._notifications))
        house.clock.move_to(house.clock.now() + timedelta(minutes=1))
        await until(pilot, lambda: isinstance(app.screen, DoorScreen))
        await pilot.press(*MINE, "enter", *MINE, "enter")
        await house.settled(pilot)
        assert isinstance(app.screen, DoorScreen)
        await house.asked(pilot)  # the one-time PIN counts as before
        await pilot.press(*MINE, "enter", *MINE, "enter")
        await until(pilot, lambda: app._actor is not None)
        assert app._actor is not None
        assert app._actor.name == "Eva"


async def test_the_key_that_locks_takes_it_away(house: FirstTime, eager: None) -> None:
    app = house.app
    async with app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.asked(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, DoorScreen))
        await house.settled(pilot)
        assert app._actor is None
        await house.asked(pilot)

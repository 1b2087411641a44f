"""The door: what it says is read whole, and what is typed before the station is open counts."""

import asyncio
from dataclasses import replace

import pytest
from tests.bench import seen, settle
from textual.app import App

from staffbase.kernel.errors import WrongPin
from staffbase.people.door import DoorFacts, DoorPerson
from staffbase.people.screen import DoorScreen, DoorState, NameField, PinField
from staffbase.ui.themes import THEMES

EVA = DoorPerson(1, "Eva", "clinical lead")
EVANGELINE = DoorPerson(2, "Evangeline", "staff")
OPEN = DoorState(facts=DoorFacts(house="Testhuset", people=(EVA, EVANGELINE)), ready=True)
LONG = "Too many wrong PINs. Wait 5 minutes. If it is urgent, ring Bakvakt for alle husene 00 00 00 01."


class Door(App[None]):
    CSS_PATH = ["../../src/staffbase/ui/kit.tcss", "../../src/staffbase/people/screen.tcss"]

    def __init__(self) -> None:
        super().__init__()
        self.tried: list[tuple[int, str]] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.door = DoorScreen(self._sign_in)

    async def _sign_in(self, person_id: int, pin: str) -> None:
        self.tried.append((person_id, pin))
        await asyncio.sleep(0)
        raise WrongPin(LONG)

    def on_mount(self) -> None:
        self.push_screen(self.door)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_whom_to_ring_is_read_whole(size: tuple[int, int]) -> None:
    app = Door()
    async with app.run_test(size=size) as pilot:
        app.door.state = OPEN
        await settle(pilot)
        await pilot.press(*"Eva", "enter")
        await settle(pilot)
        await pilot.press(*"735190", "enter")
        await settle(pilot)
        left = " ".join(row[: size[0] * 3 // 5].strip() for row in seen(app).splitlines())
        assert LONG in " ".join(left.split())


async def test_a_pin_given_before_the_station_is_open_is_taken_up_when_it_is() -> None:
    app = Door()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press(*"eva", "enter")
        await settle(pilot)
        await pilot.press(*"735190", "enter")
        await settle(pilot)
        assert app.tried == []
        app.door.state = OPEN
        await settle(pilot)
        assert app.tried == [(EVA.id, "735190")]


async def test_a_pin_without_a_clear_name_asks_for_the_name() -> None:
    app = Door()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press(*"ev", "enter")
        await settle(pilot)
        await pilot.press(*"735190", "enter")
        app.door.state = OPEN
        await settle(pilot)
        assert app.tried == []
        assert "Choose your name first." in seen(app)


def learn(app: Door, window: str) -> None:
    """What the app does each minute, and whenever something changes: here after Eva has locked it."""
    app.door.state = replace(OPEN, facts=replace(OPEN.facts, window=window), locked_by=EVA.id)


async def test_somebody_else_stays_somebody_else_when_the_door_learns_something() -> None:
    app = Door()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        learn(app, "")
        await settle(pilot)
        assert isinstance(app.focused, PinField)
        await pilot.press("escape")
        learn(app, "Round 23:30–01:30")
        await settle(pilot)
        assert isinstance(app.focused, NameField)
        assert app.focused.value == ""
        await pilot.press(*"Evang", "enter", *"481592", "enter")
        await settle(pilot)
        assert app.tried == [(EVANGELINE.id, "481592")]


async def test_locked_again_it_asks_the_last_one_for_the_pin_only() -> None:
    app = Door()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        learn(app, "")
        await settle(pilot)
        await pilot.press("escape")
        app.door.locked(EVA.id)
        learn(app, "Round 23:30–01:30")
        await settle(pilot)
        await pilot.press(*"481592", "enter")
        await settle(pilot)
        assert app.tried == [(EVA.id, "481592")]


async def test_time_goes_on_while_it_is_taken_down() -> None:
    """As when somebody chooses another language."""
    app = Door()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await app.door.query("#door-clock").remove()
        app.door.clock_text = "21:41"
        app.door.state = OPEN
        await pilot.pause()

"""What is typed ahead reaches the screen it was meant for, in order; nothing is lost, and nothing acts on the screen below."""

import asyncio
import time

from tests.bench import Bench, settle, type_at_once
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from staffbase.kernel.access import Actor
from staffbase.station import Station
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen


class Form(FormDialog[str]):
    """A dialog whose draft takes its time."""

    form_name = "typed-ahead"

    def compose_form(self) -> ComposeResult:
        yield LineField(id="first")
        yield TextField(id="text")

    def fields(self) -> dict[str, str]:
        return {"first": self.query_one("#first", LineField).value, "text": self.query_one("#text", TextField).text}

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#first", LineField).value = fields["first"]
        self.query_one("#text", TextField).text = fields["text"]

    async def save(self) -> str:
        said = self.fields()["first"]
        await self.ask(_slowly)
        return said


def _slowly(_actor: Actor, seconds: float = 0.2) -> None:
    time.sleep(seconds)


class Room(StaffScreen):
    """A section in which every letter does something."""

    BINDINGS = [
        Binding("f", "form", "Form", id="room.form"),
        Binding("s", "slow_form", "After a question", id="room.slow"),
        *(Binding(letter, f"count('{letter}')", letter, id=f"room.{letter}") for letter in "abe"),
    ]

    def __init__(self, app: Bench) -> None:
        super().__init__(app)
        self.counted: list[str] = []
        self.answers: list[object] = []

    async def refresh_view(self) -> None:
        await self.ask(_slowly)

    def action_form(self) -> None:
        self.app.push_screen(Form(self.desk), self.answers.append)

    @job(group="slow")
    async def action_slow_form(self) -> None:
        await self.ask(_slowly)
        self.answers.append(await self.app.push_screen_wait(Form(self.desk)))

    def action_count(self, letter: str) -> None:
        self.counted.append(letter)


async def _room(app: Bench, pilot: object) -> Room:
    room = Room(app)
    await app.push_screen(room)
    await settle(pilot)
    return room


async def test_keys_typed_behind_the_one_that_opens_a_form_are_in_its_first_field(
    station: Station, actors: dict[str, Actor], eager: None
) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        room = await _room(app, pilot)
        type_at_once(app, *"fabe and more")
        await settle(pilot)
        assert app.screen.query_one("#first", Input).value == "abe and more"
        assert room.counted == []


async def test_also_while_the_form_waits_for_a_service(station: Station, actors: dict[str, Actor], eager: None) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        room = await _room(app, pilot)
        type_at_once(app, *"asabe", "tab", *"two", "enter", *"lines")
        await settle(pilot)
        assert room.counted == ["a"]
        assert app.screen.fields() == {"first": "abe", "text": "two\nlines"}


async def test_what_is_typed_goes_on_behind_a_draft(station: Station, actors: dict[str, Actor], eager: None) -> None:
    station.journal.save_draft(actors["marit"], Form.form_name, {"first": "kept", "text": "as it was"})
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        await _room(app, pilot)
        type_at_once(app, "f", *"abe", "tab", *", and more")
        await settle(pilot)
        assert app.screen.fields() == {"first": "keptabe", "text": "as it was, and more"}


async def test_the_last_letter_before_saving_is_saved_and_what_follows_is_for_the_screen_below(
    station: Station, actors: dict[str, Actor], eager: None
) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        room = await _room(app, pilot)
        type_at_once(app, *"fthe last lette", "r", "ctrl+s", *"ba", "f", *"again", "escape", "e")
        await settle(pilot)
        assert room.answers == ["the last letter", None]
        assert room.counted == ["b", "a", "e"]


async def test_a_section_takes_keys_once_it_has_shown_what_is_true(
    station: Station, actors: dict[str, Actor], eager: None
) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        shown: list[bool] = []

        class Late(Room):
            async def refresh_view(self) -> None:
                await super().refresh_view()
                shown.append(True)

            def action_count(self, letter: str) -> None:
                super().action_count(letter if shown else "too early")

        room = Late(app)
        app.push_screen(room)
        type_at_once(app, *"abe")
        await settle(pilot)
        assert room.counted == ["a", "b", "e"]


async def test_a_key_whose_screen_was_taken_away_holds_nothing_up(
    station: Station, actors: dict[str, Actor], eager: None
) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        room = await _room(app, pilot)
        for _time in range(5):
            type_at_once(app, "f", "escape", "a", "s", "escape", "b")
        await settle(pilot)
        assert room.counted == ["a", "b"] * 5


async def test_letters_work_in_both_cases_also_in_a_form(
    station: Station, actors: dict[str, Actor], eager: None
) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        room = await _room(app, pilot)
        type_at_once(app, *"AFABe", "ctrl+shift+s", "B", "shift+e")
        await settle(pilot)
        assert room.counted == ["a", "b", "e"]
        assert room.answers == ["ABe"]


async def test_what_is_typed_while_the_program_closes_is_no_fault(
    station: Station, actors: dict[str, Actor], eager: None
) -> None:
    app = Bench(station, actors["marit"])

    async def types_on() -> None:
        while True:
            type_at_once(app, "a")
            await asyncio.sleep(0)

    async with app.run_test() as pilot:
        await _room(app, pilot)
        fingers = asyncio.ensure_future(types_on())
        await asyncio.sleep(0.1)
    fingers.cancel()
    assert app._exception is None


async def test_a_click_on_what_was_just_taken_away_is_no_fault(
    station: Station, actors: dict[str, Actor], eager: None
) -> None:
    app = Bench(station, actors["marit"])

    class Shown(Room):
        def compose_body(self) -> ComposeResult:
            yield Static("here a moment ago", id="gone")

    async with app.run_test() as pilot:
        await app.push_screen(Shown(app))
        await settle(pilot)
        gone = app.screen.query_one("#gone")
        at = gone.region.offset
        parent = gone._parent
        gone._detach()  # as it is between being taken away and the next painting
        for kind in (events.MouseMove, events.MouseDown, events.MouseMove, events.MouseUp):
            assert app._driver is not None
            app._driver.send_message(kind(None, *at, 0, 0, 1, False, False, False, *at))
        await settle(pilot)
        assert app.is_running
        assert parent is not None
        gone._attach(parent)
    assert app._exception is None

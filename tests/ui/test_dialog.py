"""A dialog that closes takes away itself, and nothing that lies over it."""

from tests.bench import Bench, settle
from textual.screen import ModalScreen, Screen

from staffbase.kernel.access import Actor
from staffbase.station import Station
from staffbase.ui.dialog import StaffDialog


class Question(StaffDialog[str]):
    """A question whose answer is saved while something else comes up."""


class Over(ModalScreen[None]):
    """Lies over everything, as the alarm does."""


async def test_a_dialog_that_is_answered_under_the_alarm_leaves_the_alarm_and_then_goes(
    station: Station, actors: dict[str, Actor]
) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        question, alarm = Question(app), Over()
        app.show(question)
        await settle(pilot)
        await app.push_screen(alarm)
        question.dismiss("yes")
        await settle(pilot)
        assert app.screen is alarm
        await alarm.dismiss(None)
        await settle(pilot)
        assert app.screen not in (question, alarm)
        assert app.answers == ["yes"]


async def test_a_dialog_that_is_answered_behind_the_door_leaves_the_door(
    station: Station, actors: dict[str, Actor]
) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        door: Screen[None] = Screen()
        app.add_mode("door", lambda: door)
        app.add_mode("section", Screen)
        await app.switch_mode("section")
        question = Question(app)
        app.show(question)
        await settle(pilot)
        await app.switch_mode("door")
        question.dismiss("yes")
        await settle(pilot)
        assert app.screen is door
        await app.switch_mode("section")
        await settle(pilot)
        assert app.screen is not question
        assert app.answers == ["yes"]

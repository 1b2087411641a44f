"""A dialog that closes takes away itself, and nothing that lies over it."""

import threading

from tests.bench import Bench, settle
from textual.app import ComposeResult
from textual.screen import ModalScreen, Screen
from textual.widgets import Label

from staffbase.journal.service import Journal
from staffbase.kernel.access import Actor
from staffbase.station import Station
from staffbase.ui.dialog import FormDialog, StaffDialog


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


class SlowDrafts(Journal):
    """Keeps drafts, one of them only after a while."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal.database, journal.house_id)
        self.asked, self.free = threading.Event(), threading.Event()

    def save_draft(self, actor: Actor, form: str, fields: dict[str, str]) -> None:
        self.asked.set()
        self.free.wait(20)
        super().save_draft(actor, form, fields)


class Form(FormDialog[str]):
    """Saves at once."""

    form_name = "task"

    def fields(self) -> dict[str, str]:
        return {"text": "typed"}

    async def save(self) -> str:
        return "saved"


async def test_a_draft_on_its_way_when_the_form_is_saved_does_not_come_back(
    station: Station, actors: dict[str, Actor]
) -> None:
    app = Bench(station, actors["marit"])
    drafts = SlowDrafts(station.journal)
    app.drafts = drafts
    async with app.run_test() as pilot:
        form = Form(app)
        app.show(form)
        await settle(pilot)
        form._kept = {"text": ""}
        form._keep()
        while not drafts.asked.is_set():
            await pilot.pause(0.01)
        form.action_save()
        await pilot.pause(0.3)
        drafts.free.set()
        await settle(pilot)
        assert app.answers == ["saved"]
    assert station.journal.drafts(actors["marit"]) == []


class Between(StaffDialog[str]):
    """Has another dialog over it and the section behind it."""


async def test_what_lies_behind_two_dialogs_is_still_seen_when_the_one_between_is_laid_out_anew(
    station: Station, actors: dict[str, Actor]
) -> None:
    class Section(Screen[None]):
        def compose(self) -> ComposeResult:
            yield Label("Behind them both")

    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        between = Between(app)
        for screen in (Section(), between, Question(app)):
            await app.push_screen(screen)
        await settle(pilot)
        assert "Behind" in app.export_screenshot()
        between._layout_cache.clear()  # as when it is laid out anew
        for screen in app.screen_stack:
            screen._set_dirty()
        assert "Behind" in app.export_screenshot()

"""A message lies over nothing that one must read now: a dialog's refusal stands at its own foot, other words above it."""

from datetime import datetime

import pytest
from tests.bench import Bench, settle
from tests.test_app import House
from textual.widgets import Label
from textual.widgets._toast import Toast

from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import Invalid
from staffbase.notes.dialogs import NoteDialog
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.job import job

pytestmark = pytest.mark.usefixtures("eager")


class Refused(StaffDialog[None]):
    """Asks for what is refused."""

    BINDINGS = [("a", "ask_for", "Ask")]

    @job()
    async def action_ask_for(self) -> None:
        raise Invalid("That is not so. Do this.")


async def test_what_is_refused_in_a_dialog_stands_at_its_foot(station, actors):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(Refused(app))
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert str(app.screen.query_one("#dialog-fault", Label).content) == "That is not so. Do this."
    assert app.told == []


async def test_a_message_over_a_dialog_leaves_hints_and_faults_in_sight(tmp_path):
    house = House(tmp_path / "house", datetime(2026, 1, 5, 22, 0, tzinfo=OSLO), "Samira")
    async with house.app.run_test(size=(80, 24), notifications=True) as pilot:
        await house.ready(pilot)
        await pilot.press("n")
        await house.settled_behind_dialog(pilot)
        assert isinstance(house.app.screen, NoteDialog)
        house.app.clear_notifications()
        house.app.notify("Saved on A1. Observed 21:58, written 22:00. " * 2, timeout=60)
        for _look in range(200):
            await pilot.pause(0.05)
            if any(toast.region.height for toast in house.app.screen.query(Toast)):
                break
        (toast,) = house.app.screen.query(Toast)
        assert toast.region.height
        for below in (*house.app.screen.query(".hint"), house.app.screen.query_one("#dialog-fault")):
            assert not toast.region.overlaps(below.region)

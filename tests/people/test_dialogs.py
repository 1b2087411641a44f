"""The people dialogs, as fingers meet them."""

from types import SimpleNamespace

import pytest
from tests.conftest import moment, open_database
from textual.app import App
from textual.widgets import Label, OptionList

from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.errors import WrongPin
from staffbase.people.dialogs import ChangePinDialog, DutyQuestionDialog, WhoIsOnDutyDialog, ask_duty
from staffbase.people.rules import time_ahead
from staffbase.ui.themes import THEMES


@pytest.fixture
def database(tmp_path, clock):
    """One database is enough for fingers."""
    opened = open_database(tmp_path / "staffbase.db", clock)
    yield opened
    opened.close()


class Bench(App[None]):
    """An app with nothing but a desk."""

    CSS_PATH = "../../src/staffbase/ui/kit.tcss"

    def __init__(self, station, actor) -> None:
        super().__init__()
        self.desk = SimpleNamespace(actor=actor, clock=station.database.clock, drafts=station.journal)
        self.answers: list[object] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def show(self, dialog) -> None:
        self.push_screen(dialog, self.answers.append)


async def settle(pilot) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def fault(app) -> str:
    return str(app.screen.query_one("#dialog-fault", Label).content)


@pytest.mark.usefixtures("eager")
async def test_a_one_time_pin_becomes_ones_own(station, actors):
    nora = actors["nora"]
    pin = station.people.issue_pin(actors["ingrid"], nora.person_id)
    app = Bench(station, nora)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ChangePinDialog(app.desk, station.people, pin))
        await pilot.pause()
        await pilot.press(*"123456", "enter", *"123456", "enter")
        await settle(pilot)
        assert "row of digits" in fault(app)
        assert app.focused.id == "pin"
        app.focused.value = ""
        await pilot.press(*"481592", "enter")
        app.screen.query_one("#again").value = ""
        await pilot.press(*"481593", "ctrl+s")
        await settle(pilot)
        assert "not the same" in fault(app)
        await pilot.press(*"481592", "enter")
        await settle(pilot)
        assert app.answers == [True]
    assert not station.people.sign_in(STATION_ITSELF, nora.person_id, "481592").must_change_pin


@pytest.mark.usefixtures("eager")
async def test_changing_it_oneself_asks_for_the_old_one_and_esc_changes_nothing(station, actors):
    nora = actors["nora"]
    pin = station.people.issue_pin(actors["ingrid"], nora.person_id)
    app = Bench(station, nora)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ChangePinDialog(app.desk, station.people))
        await pilot.pause()
        await pilot.press(*"907314", "enter", *"481592", "enter", *"481592", "enter")
        await settle(pilot)
        assert "wrong" in fault(app)
        await pilot.press("escape")
        await settle(pilot)
        assert app.answers == [None]
        assert station.journal.drafts(nora) == []
    with pytest.raises(WrongPin):
        station.people.sign_in(STATION_ITSELF, nora.person_id, "481592")
    assert station.people.sign_in(STATION_ITSELF, nora.person_id, pin)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(("keys", "on_duty", "asked_again"), [
    (["enter"], True, False), (["down", "enter"], False, False), (["escape"], False, True),
])  # fmt: skip
async def test_the_duty_question(station, actors, keys, on_duty, asked_again):
    samira = actors["samira"]
    app = Bench(station, samira)
    async with app.run_test(size=(80, 24)) as pilot:
        app.run_worker(ask_duty(app, app.desk, station.people))
        for _wait in range(50):
            await pilot.pause(0.02)
            if isinstance(app.screen, DutyQuestionDialog):
                break
        assert app.screen.dialog_title() == "On duty, night shift 21:45–07:45?"
        await pilot.press(*keys)
        await settle(pilot)
    assert bool(station.people.on_duty(samira)) is on_duty
    assert (station.people.duty_question(samira) is not None) is asked_again


@pytest.mark.usefixtures("eager")
async def test_putting_colleagues_on_and_off_duty(station, actors):
    marit, samira = actors["marit"], actors["samira"]
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(WhoIsOnDutyDialog(app.desk, station.people))
        await settle(pilot)
        staff = app.screen.query_one(OptionList)

        def choose(actor) -> None:
            staff.highlighted = staff.get_option_index(str(actor.person_id))

        choose(samira)
        await pilot.press("e")
        assert "on duty" in fault(app)
        await pilot.press("enter")
        await settle(pilot)
        assert [duty.name for duty in station.people.on_duty(marit)] == ["Samira"]
        choose(samira)
        await pilot.press("e", *"25", "enter")
        await settle(pilot)
        assert "03:30" in fault(app)
        await pilot.press("backspace", "backspace", *"0330", "enter")
        await settle(pilot)
        assert station.people.on_duty(marit)[0].back_about == moment(6, 3, 30)
        assert "03:30" in str(staff.get_option_at_index(0).prompt)
        await pilot.press("o")
        await settle(pilot)
        assert station.people.on_duty(marit)[0].back_about is None
        await pilot.press("enter")
        await settle(pilot)
        assert station.people.on_duty(marit) == []
        await pilot.press("escape")
        assert app.answers == [None]


@pytest.mark.parametrize(
    ("typed", "hour", "minute", "day"),
    [("3:30", 3, 30, 6), ("0330", 3, 30, 6), ("23", 23, 0, 5), ("21.41", 21, 41, 5), ("2140", 21, 40, 6)],
)
def test_a_time_ahead(clock, typed, hour, minute, day):
    assert time_ahead(typed, clock.now()) == moment(day, hour, minute)

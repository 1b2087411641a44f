"""The settings of this machine: who may change which, what is written and told, and that the alarm can be tried."""

import tomllib
from dataclasses import replace
from datetime import datetime

import pytest
from tests.bench import Bench, seen, settle
from tests.test_app import House
from textual.widgets import Input, Label

from staffbase.admin.machine import MachineDialog
from staffbase.admin.screen import AdminScreen
from staffbase.journal.model import Importance
from staffbase.kernel import i18n
from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, NotAllowed
from staffbase.kernel.settings import SETTINGS_FILE, Settings
from staffbase.kernel.settings_file import write_settings
from staffbase.notes.screen import NotesScreen
from staffbase.ui.choice import Choice

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def machine(station, tmp_path):
    return station.machine(tmp_path)


def written(folder):
    return tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))


def told(station, actors):
    return {item.text: item.importance for item in station.journal.timeline(actors["ingrid"], house_only=True)}


# -- the service ---------------------------------------------------------------------------------------------------


def test_a_change_stands_in_the_file_and_on_the_timeline_with_what_it_was(station, actors, machine, tmp_path):
    (tmp_path / SETTINGS_FILE).write_text("[later]\nfolder = '/mnt'  # not of this version\n", encoding="utf-8")
    changes = {"idle_lock_minutes": "7", "walk_minutes": "45", "alarm_command": "sh -c 'true 4711'"}
    with pytest.raises(Invalid, match="later_folder"):  # what is not known is said, as at the start
        machine.change(actors["ingrid"], changes)
    (tmp_path / SETTINGS_FILE).write_text("# noted\nstation = 'front desk'\n", encoding="utf-8")
    assert machine.change(actors["ingrid"], changes) == {"idle_lock_minutes": 7, "alarm_command": "sh -c 'true 4711'"}
    assert written(tmp_path) == {
        "station": "front desk", "idle_lock_minutes": 7, "alarm_command": "sh -c 'true 4711'",
    }  # fmt: skip
    assert "# noted" in (tmp_path / SETTINGS_FILE).read_text(encoding="utf-8")
    assert told(station, actors) == {
        "Setting changed, minutes until the screen locks: 5 → 7.": Importance.ROUTINE,
        "Setting changed, what the alarm runs: nothing → another command.": Importance.HANDOVER,
    }
    assert machine.facts(actors["odd"]).settings.idle_lock_minutes == 7


@pytest.mark.parametrize("who", ["eva", "marit", "nora", "samira", "kari", "odd", "astrid"])
def test_only_a_leader_changes_settings_and_everybody_the_colours(actors, machine, tmp_path, who):
    with pytest.raises(NotAllowed, match="leader"):
        machine.change(actors[who], {"walk_minutes": "90"})
    with pytest.raises(NotAllowed):
        machine.alarm_tried(actors[who], 0)
    assert machine.change_theme(actors[who], "light") == {"theme": "light"}
    assert written(tmp_path) == {"theme": "light"}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("idle_lock_minutes", "0", "1 to 1440"),
        ("walk_minutes", "an hour", "1 to 1440"),
        ("crisis_lock_minutes", "2", "at least as long"),
        ("idle_lock_minutes", "21", "at least as long"),
        ("theme", "pink", "dark, light, contrast"),
        ("alarm_command", "no-such-program --loud", "no-such-program"),
        ("alarm_command", "sh 'x", "quotation mark"),
        ("alarm_command", "sh \x1b", "control"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_changed(station, actors, machine, tmp_path, name, value, why):
    with pytest.raises(Invalid, match=why):
        machine.change(actors["ingrid"], {"language": "en", name: value})
    assert not (tmp_path / SETTINGS_FILE).exists()
    assert told(station, actors) == {}


def test_what_the_environment_sets_is_not_changed_here(actors, machine, tmp_path, monkeypatch):
    monkeypatch.setenv("STAFFBASE_THEME", "contrast")
    with pytest.raises(Invalid, match="STAFFBASE_THEME"):
        machine.change_theme(actors["odd"], "dark")
    assert machine.change(actors["ingrid"], {"theme": "contrast", "walk_minutes": "30"}) == {"walk_minutes": 30}


def test_a_change_that_cannot_be_written_is_not_told(station, actors, machine, tmp_path):
    (tmp_path / SETTINGS_FILE).mkdir()
    with pytest.raises((DatabaseUnavailable, Invalid)):
        machine.change(actors["ingrid"], {"walk_minutes": "30"})
    assert told(station, actors) == {}


# -- the dialog ----------------------------------------------------------------------------------------------------


def opened(station, actors, machine, tmp_path):
    app = Bench(station, actors["ingrid"])
    app.settings = Settings(home=tmp_path)
    return app, MachineDialog(app, machine, machine.facts(actors["ingrid"]))


def fault(app):
    return str(app.screen.query_one("#dialog-fault", Label).content)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
async def test_all_of_it_is_in_sight_at_80_by_24_with_where_it_is_set(
    station, actors, machine, tmp_path, monkeypatch, language
):
    monkeypatch.setenv("STAFFBASE_WALK_MINUTES", "30")
    machine.change_theme(actors["odd"], "light")
    i18n.use(language)
    app, dialog = opened(station, actors, machine, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(dialog)
        await settle(pilot)
        shown = seen(app)
        assert "STAFFBASE_WALK_MINUTES" in shown
        assert shown.count("settings.toml") == 1
        assert shown.count(i18n._("as it comes")) == 5
        for name in ("idle_lock_minutes", "crisis_lock_minutes", "alarm_command", "language", "theme", "unlock"):
            field = dialog.query_one(f"#{name}")
            assert not field.disabled
            assert app.screen.region.contains_region(field.region), name
        assert dialog.query_one("#walk_minutes").disabled


async def test_a_leader_changes_them_and_what_is_refused_stands_at_the_foot(station, actors, machine, tmp_path):
    app, dialog = opened(station, actors, machine, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(dialog)
        await settle(pilot)
        dialog.query_one("#alarm_command", Input).value = "no-such-program"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "no-such-program" in fault(app)
        assert app.focused.id == "alarm_command"
        dialog.query_one("#alarm_command", Input).value = ""
        dialog.query_one("#theme", Choice).value = "contrast"
        await pilot.press("ctrl+s")
        await settle(pilot)
    assert app.asked == [("settings", {"theme": "contrast"})]
    assert written(tmp_path) == {"theme": "contrast"}
    assert app.answers == [True]


async def test_the_alarm_command_can_be_tried_before_it_is_saved(station, actors, machine, tmp_path):
    app, dialog = opened(station, actors, machine, tmp_path)
    heard = tmp_path / "heard"
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(dialog)
        await settle(pilot)
        await pilot.press("ctrl+t")
        await settle(pilot)
        assert "only this room hears" in fault(app)
        for command, said in (
            (f"sh -c 'echo $STAFFBASE_ALARM_TEST $STAFFBASE_ALARM_LEFT > {heard}'", "Did the message arrive?"),
            ("sh -c 'exit 3'", "code 3"),
            ("no-such-program", "no program “no-such-program”"),
        ):
            dialog.query_one("#alarm_command", Input).value = command
            await pilot.press("ctrl+t")
            for _look in range(200):
                if said in fault(app):
                    break
                await pilot.pause(0.05)
            assert said in fault(app)
    assert heard.read_text(encoding="utf-8") == "1 21:40\n"
    assert not (tmp_path / SETTINGS_FILE).exists()
    assert set(told(station, actors)) == {
        "The alarm command was tried: it ended well.", "The alarm command was tried: it failed.",
    }  # fmt: skip


# -- the whole app -------------------------------------------------------------------------------------------------


async def test_another_language_and_other_colours_hold_at_once_and_drafts_stay(tmp_path):
    house = House(tmp_path / "house", datetime(2026, 1, 5, 12, 0, tzinfo=OSLO), "Ingrid")
    write_settings(tmp_path / "house", {"language": "en"})
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "4", "n")
        await pilot.press(*"half a note")
        house.app.show_section("admin")  # as the palette does; in a text field 0 is text
        await house.settled_behind_dialog(pilot)
        await house.press(pilot, "i")
        dialog = house.app.screen
        assert isinstance(dialog, MachineDialog)
        dialog.query_one("#language", Choice).value = "nb"
        dialog.query_one("#theme", Choice).value = "light"
        await house.press(pilot, "ctrl+s")
        for _look in range(200):
            if isinstance(house.app.screen, AdminScreen) and "Denne maskinen".upper() in seen(house.app):
                break
            await pilot.pause(0.05)
        shown = seen(house.app)
        assert "DENNE MASKINEN" in shown
        assert "THIS COMPUTER" not in shown
        assert house.app.theme == "light"
        await house.press(pilot, "4")
        assert isinstance(house.app.screen, NotesScreen)
        await house.press(pilot, "n")
        assert "half a note" in seen(house.app)
        await house.press(pilot, "escape", "ctrl+l")
        assert "NØDNUMRE" in seen(house.app).upper() or "113" in seen(house.app)
        assert "IN AN EMERGENCY" not in seen(house.app)
    again = replace(house.app.settings)
    assert (again.language, again.theme) == ("nb", "light")


async def test_anybody_finds_the_colours_in_the_palette(tmp_path):
    house = House(tmp_path / "house", datetime(2026, 1, 5, 22, 0, tzinfo=OSLO), "Samira")
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await pilot.press("ctrl+p")
        await pilot.press(*"contrast")
        for _look in range(200):
            if "Colours: high contrast" in seen(house.app):
                break
            await pilot.pause(0.05)
        await pilot.pause(0.2)
        await pilot.press("enter")
        await pilot.pause(0.3)
        await pilot.press("enter")
        for _look in range(200):
            if house.app.theme == "contrast":
                break
            await pilot.pause(0.05)
        assert house.app.theme == "contrast"
    assert written(tmp_path / "house")["theme"] == "contrast"

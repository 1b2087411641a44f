"""Section 6, as fingers meet it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bench import Bench, seen, settle
from tests.conftest import moment
from textual.widgets import Label

from staffbase.kernel import i18n
from staffbase.tasks.dialogs import DoneDialog, TaskDialog
from staffbase.tasks.rules import matching
from staffbase.tasks.screen import TasksScreen

pytestmark = pytest.mark.usefixtures("eager")


async def test_an_empty_house_says_what_to_do(station, actors):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(TasksScreen(app, station.tasks))
        await settle(pilot)
        assert "Press a to add a task" in seen(app)
        await pilot.press("d", "o", "enter")
        assert "not done" in app.told[-1]


async def test_add_take_over_and_done(station, actors, flats):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(TasksScreen(app, station.tasks))
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        await pilot.press(*"Ring the GP", "tab", *"a2", "tab", *"jon", "tab", *"fri 12:00")
        await settle(pilot)
        assert all(words in seen(app) for words in ("A2 Beboer A2", "Jonas", "Fri 09.01"))
        await pilot.press("ctrl+s")
        await settle(pilot)
        (task,) = station.tasks.open_tasks(actors["marit"])
        assert (task.text, task.unit_code, task.owner, task.due_at) == ("Ring the GP", "A2", "Jonas", moment(9, 12))
        assert "09.01 12:00" in seen(app)
        await pilot.press("o")
        await settle(pilot)
        assert station.tasks.open_tasks(actors["marit"])[0].owner == "Marit"
        await pilot.press("d")
        await settle(pilot)
        assert isinstance(app.screen, DoneDialog)
        await pilot.press("escape", "d")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert station.tasks.open_tasks(actors["marit"]) == []
        await pilot.press("v")
        await settle(pilot)
        assert "✓ 21:40" in seen(app)
        await pilot.press("k")
        assert app.asked == [("card", flats["A2"])]


async def test_changing_what_somebody_else_changed_says_so_and_keeps_what_was_typed(station, actors, flats):
    key = station.tasks.add(actors["marit"], "Letter", flats["A1"])
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(TasksScreen(app, station.tasks))
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        station.tasks.take_over(actors["nora"], key)
        await pilot.press("ctrl+end", *" to the office", "ctrl+s")
        await settle(pilot)
        assert "Somebody else has changed this" in str(app.screen.query_one("#dialog-fault", Label).content)
        assert app.screen.query_one("#text").text == "Letter to the office"
    assert station.tasks.open_tasks(actors["marit"])[0].text == "Letter"


async def test_an_overdue_task_keeps_its_deadline_when_only_the_text_changes(station, actors):
    station.tasks.add(actors["marit"], "Letter", due_at=moment(4, 12))
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(TasksScreen(app, station.tasks))
        await settle(pilot)
        assert "1 overdue" in seen(app)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("ctrl+end", "!", "ctrl+s")
        await settle(pilot)
    (task,) = station.tasks.open_tasks(actors["marit"])
    assert (task.text, task.due_at) == ("Letter!", moment(4, 12))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [("resident", "zz", "Nobody fits"), ("owner", "zz", "Nobody fits"), ("due_at", "01.01", "passed already")],
)
async def test_what_is_wrong_is_said_at_its_field(station, actors, field, typed, said):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(TaskDialog(app, station.tasks))
        await settle(pilot)
        await pilot.press(*"x")
        app.screen.query_one(f"#{field}").value = typed
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert said in str(app.screen.query_one("#dialog-fault", Label).content)
        assert app.focused.id == field
    assert station.tasks.open_tasks(actors["marit"]) == []


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_rows_stay_in_their_columns_whatever_was_typed(station, actors, flats, language, size):
    i18n.use(language)
    for text in ("[/b][red]", "x" * 400, "two\nlines \u202e", "æøå 😀 日本語 " * 20):
        station.tasks.add(actors["marit"], text, flats["A1"], actors["marit"].person_id, moment(4, 12))
    app = Bench(station, actors["marit"])
    async with app.run_test(size=size) as pilot:
        app.show(TasksScreen(app, station.tasks))
        await settle(pilot)
        rows = [row for row in seen(app).splitlines() if " A1 " in row and "!" in row]
        assert len(rows) == 4
        assert all(row.rstrip().endswith("Marit") for row in rows)
        assert "\u202e" not in seen(app)


def test_whom_typed_letters_mean():
    names = {1: "A1 Arild N.", 11: "A11 Anna", 2: "B1 Kim-André"}
    assert matching("a1", names) == [1]
    assert matching("ar", names) == [1]
    assert matching("a", names) == [1, 11]
    assert matching("", names) == []


@given(st.text(max_size=8))
def test_matching_never_fails(typed):
    assert set(matching(typed, {1: "A1 X", 2: ""})) <= {1, 2}

"""Locked, nothing that anybody wrote or that was shown is left in the program's screens, caches or clipboard."""

import gc
import linecache
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from tests.test_app import NIGHT, SAMIRA, House, cut_off, until
from textual.content import Content

from staffbase.board.screen import Tile
from staffbase.crisis_plans.card_screen import CardScreen
from staffbase.crisis_plans.editor import PlanEditor
from staffbase.demo.house import STAFF
from staffbase.notes.dialogs import NoteDialog
from staffbase.people.screen import DoorScreen
from staffbase.ui.fields import LineField, TextField

WRITTEN, TYPED, SOUGHT, COPIED = "Vintergjekk 7731", "Rugekasse 4419", "Bregnehegg 5528", "Trollhegg 9940"
SECRETS = (WRITTEN, TYPED, SOUGHT, COPIED)
RESIDENTS = ("Kim-Andr", "Arild N")
TERJE = next(person.pin for person in STAFF if person.name == "Terje")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house", NIGHT, "Samira")


def in_memory(*secrets: str) -> list[str]:
    """What kind of living object holds a text with one of these in it, but for the source of this test."""
    linecache.clearcache()
    gc.unfreeze()
    gc.collect()
    found = []
    for one in gc.get_objects():
        if one is not globals():
            texts = [text for text in gc.get_referents(one) if isinstance(text, str)]
            found += [f"{type(one)}: {text[:80]}" for text in texts for secret in secrets if secret in text]
    return found


def painted(*names: str) -> list[str]:
    """Names that stand in a piece of text that Textual or Rich still holds."""
    pieces = [one.plain for one in gc.get_objects() if isinstance(one, Content)]
    pieces += [one.text for one in gc.get_objects() if isinstance(one, Segment)]
    return [piece for piece in pieces if any(name in piece for name in names)]


def in_widgets(app: Any) -> str:
    """Everything that any widget of any screen shows or holds, painted or not."""
    told: list[object] = [app.clipboard, app.title, app.sub_title, *app._notifications]
    for screen in (screen for stack in app._screen_stacks.values() for screen in stack):
        told.append(screen.title)
        told += ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]
        for widget in screen.walk_children(with_self=True):
            told += [getattr(widget, name, "") for name in ("content", "value", "text", "tooltip", "border_title")]
            told += [option.prompt for option in getattr(widget, "options", ())]
            told.append(widget._styles_cache._cache)
    return "\n".join(map(str, told))


def held(app: Any, *secrets: str) -> list[str]:
    everything = in_widgets(app)
    return [secret for secret in secrets if secret in everything]


async def walk_about(house: House, pilot: Any) -> None:
    """Look into sections, a card and a search, copy something, and stop in a half-typed note."""
    app = house.app
    resident = app.screen.query(Tile).first().tile.resident_id
    house.station.notes.write(app.actor, f"Had {WRITTEN} with her", resident)
    await house.press(pilot, *"2354", "enter", "escape", "slash")
    app.screen.query_one("#query", LineField).value = SOUGHT
    await house.press(pilot, "enter", "escape")
    app.copy_to_clipboard(COPIED)
    app.open_card(resident)
    await house.settled(pilot)
    assert isinstance(app.screen, CardScreen)
    await house.press(pilot, "n")
    app.screen.query_one("#text", TextField).text = f"It is {TYPED}"
    await house.settled(pilot)


async def signs_in(house: House, pilot: Any, *keys: str) -> None:
    await pilot.press(*keys, "enter")
    await until(pilot, lambda: not isinstance(house.app.screen, DoorScreen))
    await house.settled_behind_dialog(pilot)


def all_written(app: Any) -> list[str]:
    """What goes to the terminal from now on."""
    written: list[str] = []
    app._driver.write = written.append
    return written


async def test_nothing_is_left_and_the_same_person_comes_back_to_where_she_stood(house: House, eager: None) -> None:
    app = house.app
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await house.ready(pilot)
        await walk_about(house, pilot)
        assert held(app, *SECRETS, *RESIDENTS) == [WRITTEN, TYPED, COPIED, *RESIDENTS]
        assert painted(*RESIDENTS)
        written = all_written(app)
        await house.press(pilot, "ctrl+l")
        assert isinstance(app.screen, DoorScreen)
        assert "\x1b]52;c;\a" in written
        assert held(app, *SECRETS, *RESIDENTS) == []
        assert in_memory(*SECRETS) == []
        assert painted(*RESIDENTS) == []
        await signs_in(house, pilot, *SAMIRA)
        assert isinstance(app.screen, NoteDialog)
        assert app.screen.query_one("#text", TextField).text == f"It is {TYPED}"
        await house.press(pilot, "escape")
        assert isinstance(app.screen, CardScreen)
        await house.press(pilot, "escape")
        assert app.current_mode == "notes"


async def test_who_comes_instead_finds_the_board_and_nothing_of_hers(house: House, eager: None) -> None:
    app = house.app
    async with app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "down", "n")
        app.screen.query_one("#text", TextField).text = f"It is {TYPED}"
        samira, written = app.actor, all_written(app)
        await house.press(pilot, "ctrl+l", "escape")
        assert not [one for one in written if "\x1b]52" in one]  # nothing was copied: the clipboard is somebody else's
        await signs_in(house, pilot, *"Terje", "enter", *TERJE)
        assert held(app, TYPED) == []
        assert [one.fields["text"] for one in house.station.journal.drafts(samira)] == [f"It is {TYPED}"]


async def test_a_plan_half_revised_is_open_again(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", NIGHT, "Eva")
    app = house.app
    async with app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "5", "down")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, PlanEditor))
        app.screen.query_one("#copies_to", LineField).value = TYPED
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "crisis_plans" not in app._screen_stacks)
        assert held(app, TYPED) == []
        await signs_in(house, pilot, *next(one.pin for one in STAFF if one.name == "Eva"))
        await until(pilot, lambda: isinstance(app.screen, PlanEditor))
        await until(pilot, lambda: app.screen.query_one("#copies_to", LineField).value == TYPED)


async def test_what_cannot_be_kept_as_a_draft_stays_behind_the_door(house: House, eager: None) -> None:
    app = house.app
    async with app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "down", "n")
        app.screen.query_one("#text", TextField).text = f"It is {TYPED}"
        folder = Path(str(house.station.database.engine.url.database)).parent
        cut_off(house)
        await house.press(pilot, "ctrl+l")
        assert isinstance(app.screen, DoorScreen)
        folder.with_name("gone").rename(folder)
        await signs_in(house, pilot, *SAMIRA)
        assert isinstance(app.screen, NoteDialog)
        assert app.screen.query_one("#text", TextField).text == f"It is {TYPED}"

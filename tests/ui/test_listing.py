"""A list to choose from stands in a window of any size."""

import re
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Resize
from textual.geometry import Size
from textual.widgets import Static

import staffbase
from staffbase.ui.listing import Listing


class Narrow(App[None]):
    """A list beside a column that takes all the room."""

    CSS = "#wide { width: 40; } Listing { height: auto; width: 1fr; padding: 1; border: solid red; }"

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("wide", id="wide")
            yield Listing("one and two and three", "æøå", "three")


@pytest.mark.parametrize("size", [(40, 5), (41, 1), (43, 2), (45, 5), (46, 3), (80, 24)])
async def test_a_list_without_room_for_it_takes_keys_and_comes_back(size: tuple[int, int]) -> None:
    app = Narrow()
    async with app.run_test(size=(80, 24)) as pilot:
        listing = app.query_one(Listing)
        listing.focus()
        for columns, rows in (size, (80, 24)):
            assert isinstance(app._driver, HeadlessDriver)
            app._driver._size = (columns, rows)
            app.post_message(Resize(Size(columns, rows), Size(columns, rows)))
            await pilot.pause()
            await pilot.press("down", "pagedown", "pageup", "end", "home")
        await pilot.press("down")
        assert listing.highlighted == 1
        assert [strip.text.rstrip() for strip in (listing.render_line(0), listing.render_line(1))]


def test_there_is_no_other_list() -> None:
    source = Path(staffbase.__file__).parent
    others = [path for path in source.rglob("*.py") if re.search(r"\bOptionList\((?!\):)", path.read_text("utf-8"))]
    assert others == []

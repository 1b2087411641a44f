"""The palette speaks the person's language and offers what one would look for."""

from datetime import datetime

import pytest
from tests.bench import seen
from tests.test_app import House
from textual.command import CommandInput

from staffbase.kernel import i18n
from staffbase.kernel.clock import OSLO
from staffbase.notes.drafts.dialogs import DraftsDialog

pytestmark = pytest.mark.usefixtures("eager")


async def until(pilot, condition):
    for _look in range(200):
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError(seen(pilot.app))


async def test_in_norwegian_nothing_of_it_is_english_and_no_arrow_is_listed(tmp_path):
    i18n.use("nb")
    house = House(tmp_path / "house", datetime(2026, 1, 5, 22, 0, tzinfo=OSLO), "Samira")
    async with house.app.run_test(size=(120, 60)) as pilot:
        await house.ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: i18n._("My drafts") in seen(house.app))
        shown = seen(house.app)
        assert "Search for" not in shown
        assert house.app.screen.query_one(CommandInput).placeholder == i18n._("a key, a resident, colours …")
        assert not house.app.screen.query_one(CommandInput).cursor_blink
        for arrow in ("Left", "Right", "Up", "Down"):
            assert i18n._(arrow) not in [row.strip("█▌ ") for row in shown.splitlines()]
        await pilot.press(*"qqqxxx")
        await until(pilot, lambda: i18n._("Nothing here is called that.") in seen(house.app))
        assert "No matches" not in seen(house.app)


async def test_it_leads_to_the_drafts_that_the_strip_counts(tmp_path):
    house = House(tmp_path / "house", datetime(2026, 1, 5, 22, 0, tzinfo=OSLO), "Samira")
    house.station.journal.save_draft(samira(house), "note:house", {"text": "half a thought"})
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await pilot.press("ctrl+p", *"my drafts")
        await until(pilot, lambda: "half written" in seen(house.app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(house.app.screen, DraftsDialog) and "half a thought" in seen(house.app))


def samira(house):
    from staffbase.kernel.access import STATION_ITSELF, Actor, Role

    one = next(one for one in house.station.people.directory(STATION_ITSELF) if one.name == "Samira")
    return Actor(one.id, one.name, Role(one.role))

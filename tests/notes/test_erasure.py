"""Erasing by decision as the leader's fingers meet it: from the page of the entry, read first, typed, confirmed by hand."""

import pytest
from tests.bench import Bench, seen, settle

from staffbase.kernel.settings import Settings
from staffbase.notes.entry.screen import EntryScreen
from staffbase.notes.erasure.dialogs import EraseDialog
from staffbase.ui.fields import LineField

pytestmark = pytest.mark.usefixtures("eager")


class Wired(Bench):
    """A bench on which the decision opens, as the app wires it."""

    CSS_PATH = "../../src/staffbase/ui/kit.tcss"

    def __init__(self, station, actor, home):
        super().__init__(station, actor)
        self._erasures = station.erasures(Settings(home=home))

    def offers(self, action: str) -> bool:
        from staffbase.sections import OFFERS

        return self.actor.may(OFFERS[action].permission)

    def erase_entry(self, entry_id: int) -> None:
        self.show(EraseDialog(self, self._erasures, entry_id))


@pytest.fixture
def note(station, actors, flats):
    entry_id = station.notes.write(actors["marit"], "Quarrelled about [b]money[/b]", flats["A2"]).entry_id
    station.journal.correct_text(actors["marit"], entry_id, "Quarrelled loudly about money")
    station.journal.comment(actors["jonas"], entry_id, "I heard it, too")
    return entry_id


async def test_it_is_read_first_typed_confirmed_and_its_draft_does_not_outlive_it(station, actors, note, tmp_path):
    ingrid = actors["ingrid"]
    app = Wired(station, ingrid, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(EntryScreen(app, station.notes, note))
        await settle(pilot)
        await pilot.press("delete")
        await settle(pilot)
        shown = seen(app)
        assert "Goes: 1 text, 1 correction, 1 comment, the search index." in shown
        assert "Stays: who wrote, when and about whom" in shown
        assert "type A2" in shown
        await pilot.press(*"Kari Nes", "tab", *"the resident", "tab", *"Untrue")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "Type A2 in the last field" in seen(app)
        assert app.focused is app.screen.query_one("#confirm", LineField)
        await pilot.press(*"A1", "ctrl+s")  # somebody else's
        await settle(pilot)
        assert station.journal.entry(ingrid, note).erased_at is None
        await pilot.press("escape")
        await settle(pilot)
        (kept,) = station.journal.drafts(ingrid)
        assert kept.fields == {"responsible": "Kari Nes", "asked_by": "the resident", "reason": "Untrue"}
        await pilot.press("delete")
        await settle(pilot)
        assert app.screen.query_one("#confirm", LineField).value == "", "that is typed anew each time"
        app.screen.query_one("#confirm", LineField).focus()
        await pilot.press(*"a2", "ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)
        assert app.told[-1] == "Erased for good: 3 texts."
        shown = seen(app)
        assert "Erased by decision of 05.01.2026 (§ 43)." in shown
        assert "money" not in shown
        assert "I heard it" not in shown
        assert "Jonas" in shown, "that he commented stays"
        assert station.journal.drafts(ingrid) == []
        await pilot.press("c", "r", "v", "t", "b", "e")  # nothing more is said about it
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)
        await pilot.press("delete")
        await settle(pilot)
        shown = seen(app)
        assert "carried out by Ingrid" in shown
        assert "journal-responsible: Kari Nes" in shown
        assert "reason: Untrue" in shown
        await pilot.press("ctrl+s", "escape")
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)


@pytest.mark.parametrize("who", ["marit", "eva", "nora", "samira"])
async def test_nobody_else_finds_the_key(who, station, actors, note, tmp_path):
    app = Wired(station, actors[who], tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(EntryScreen(app, station.notes, note))
        await settle(pilot)
        await pilot.press("delete")
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)
        assert "Erase" not in seen(app)

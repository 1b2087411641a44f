"""What is half written is found again: one list of one's own drafts, and enter goes on with each."""

import re
from pathlib import Path

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment
from textual.widgets import TextArea

import staffbase
from staffbase.notes.dialogs import NoteDialog
from staffbase.notes.drafts.dialogs import ONLY_THEIR_SECTION, DraftsDialog
from staffbase.notes.drafts.rules import first_words, place_of

pytestmark = pytest.mark.usefixtures("eager")


def test_every_form_that_keeps_a_draft_is_known_by_its_name() -> None:
    source = Path(staffbase.__file__).parent
    names = set()
    for file in source.rglob("*.py"):
        names |= set(re.findall(r'form_name = f?"([a-z-]+)', file.read_text(encoding="utf-8")))
    assert "note" in names
    administration = {"house", "units", "shifts", "windows", "machine", "person"}
    unknown = {name for name in names - administration if place_of(name).words == place_of("house").words}
    assert unknown == set()


def test_a_draft_says_where_it_is_gone_on_with() -> None:
    assert (place_of("note:17").where, place_of("note:17").resident_id) == ("note", 17)
    assert place_of("note:house").resident_id is None
    assert (place_of("contact:new:17").where, place_of("contact:new:17").resident_id) == ("resident", 17)
    assert place_of("contact:3").where == "admin"
    assert place_of("report:2026-01-05:night:house").where == "handover"
    assert first_words({"kind": "everyday", "text": "hi"}) == "hi"
    assert first_words({"resident": "A1", "text": "two\nlines  here"}) == "two lines here"


async def test_one_goes_on_with_a_note_and_hears_where_the_rest_is(station, actors, flats, clock):
    marit, drafts = actors["marit"], station.journal
    drafts.save_draft(marit, "task:new", {"text": "ring the electrician"})
    clock.move_to(moment(5, 22))
    drafts.save_draft(marit, f"note:{flats['A2']}", {"resident": "A2", "text": "Restless,\nno supper"})
    drafts.save_draft(actors["jonas"], "note:house", {"text": "not hers"})
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(DraftsDialog(app, station.notes))
        await settle(pilot)
        shown = seen(app)
        assert "A2 Beboer A2" in shown
        assert "Restless, no supper" in shown
        assert "not hers" not in shown
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, NoteDialog)
        assert app.screen.query_one(TextArea).text == "Restless,\nno supper"
        await pilot.press("escape")
        await settle(pilot)
        app.show(DraftsDialog(app, station.notes))
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
    assert app.asked == [("section", "tasks")]
    assert app.told[-1:] == [ONLY_THEIR_SECTION["tasks"]]


async def test_each_of_several_notes_is_gone_on_with(station, actors, flats, clock):
    marit, drafts = actors["marit"], station.journal
    for minute, (form, text) in enumerate(
        {"note:house": "one", "note:house:2": "two", f"note:{flats['A2']}:2": "three"}.items()
    ):
        clock.move_to(moment(5, 22, minute))
        drafts.save_draft(marit, form, {"text": text, "resident": "b1" if text == "two" else ""})
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        for down, text in enumerate(("three", "two", "one")):
            app.show(DraftsDialog(app, station.notes))
            await settle(pilot)
            assert "note  b1  22:01" in seen(app)
            await pilot.press(*["down"] * down, "enter")
            await settle(pilot)
            assert app.screen.query_one(TextArea).text == text
            assert app.focused.id == "text"
            await pilot.press("escape")
            await settle(pilot)


async def test_only_pressing_twice_throws_a_draft_away(station, actors):
    marit = actors["marit"]
    station.journal.save_draft(marit, "note:house", {"text": "first"})
    station.journal.save_draft(marit, "task:new", {"text": "second"})
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(DraftsDialog(app, station.notes))
        await settle(pilot)
        await pilot.press("u", "down", "u")  # once each
        await settle(pilot)
        assert len(station.journal.drafts(marit)) == 2
        assert "u once more" in seen(app)
        await pilot.press("u")
        await settle(pilot)
        assert len(station.journal.drafts(marit)) == 1
        await pilot.press("u", "u")
        await settle(pilot)
        assert "Nothing is half written" in seen(app)
    assert station.journal.drafts(marit) == []

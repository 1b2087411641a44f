"""Writing a note, as fingers meet it."""

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment
from textual import events
from textual.widgets import Label, TextArea

from staffbase.journal.model import Importance, Kind
from staffbase.kernel import i18n
from staffbase.notes.dialogs import NoteDialog

pytestmark = pytest.mark.usefixtures("eager")


def fault(app) -> str:
    return str(app.screen.query_one("#dialog-fault", Label).content)


async def test_with_a_resident_chosen_one_types_and_saves(station, actors, flats):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        assert app.focused.id == "text"
        assert "Beboer A2" in seen(app)
        await pilot.press(*"Ate well")
        await pilot.press("ctrl+s")
        await settle(pilot)
    (item,) = station.notes.timeline(actors["marit"], flats["A2"])
    assert (item.text, item.kind, item.observed_from) == ("Ate well", Kind.EVERYDAY, moment(5, 21, 40))
    assert app.told == ["Saved: A2, seen 21:40, written 21:40."]
    assert station.journal.drafts(actors["marit"]) == []


async def test_every_field_without_the_mouse(station, actors, flats):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        assert app.focused.id == "resident"
        await pilot.press(*"b1", "tab", "right", "right", "tab", "right", "tab", *"20:15", "tab")
        assert "Beboer B1" in seen(app)
        await pilot.press(*"Pale", "tab", "space", "tab", *"odd", "f2", "ctrl+s")
        await settle(pilot)
    (item,) = station.notes.timeline(actors["marit"], flats["B1"])
    assert (item.text, item.kind, item.importance) == ("Pale", Kind.HEALTH, Importance.HANDOVER)
    assert (item.observed_from, item.epj, item.on_behalf_id) == (moment(5, 20, 15), True, actors["odd"].person_id)
    assert app.asked == [("card", flats["B1"])]


async def test_what_is_half_typed_stays_with_its_resident(station, actors, flats):
    marit = actors["marit"]
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        await pilot.press(*"half a th")
        await pilot.press("escape")
        await settle(pilot)
        assert app.told == ["Kept as a draft."]
        app.show(NoteDialog(app, station.notes, flats["A1"]))
        await settle(pilot)
        assert app.screen.query_one(TextArea).text == ""
        assert "1 draft (A2 Beboer A2, 21:40)" in fault(app)
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert app.screen.query_one(TextArea).text == "half a th"
        assert "A2 Beboer A2" in seen(app)
        await pilot.press("ctrl+end", *"ought", "ctrl+s")
        await settle(pilot)
    assert station.notes.timeline(marit, flats["A2"])[0].text == "half a thought"
    assert station.journal.drafts(marit) == []


async def test_a_note_typed_where_a_resident_is_asked_for_is_kept_too(station, actors):
    marit = actors["marit"]
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        await pilot.press(*"Slept badly", "escape")
        await settle(pilot)
        assert [draft.form for draft in station.journal.drafts(marit)] == ["note:house"]
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        assert "1 draft (Slept badly, 21:40): ctrl+o opens it." in fault(app)
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert "Slept badly" in seen(app)


async def test_a_note_about_whom_one_types_is_always_a_fresh_one(station, actors, flats, clock):
    """What is typed from habit must not go on behind what somebody left about somebody else."""
    marit = actors["marit"]
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        await pilot.press(*"a1", "enter", *"Loud", "escape")
        await settle(pilot)
        clock.move_to(moment(5, 22, 10))
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        assert "1 draft (A1 Beboer A1, 21:40): ctrl+o opens it." in fault(app)
        await pilot.press(*"a2", "enter", *"Calm", "escape")
        await settle(pilot)
        assert [one.fields["text"] for one in station.journal.drafts(marit)] == ["Calm", "Loud"]
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        await pilot.press("ctrl+o", "ctrl+o")
        await settle(pilot)
        assert app.screen.query_one(TextArea).text == "Loud"
        assert "This is your draft of 21:40, as you left it. ctrl+n begins a new note." in fault(app)
        await pilot.press(*"er", "ctrl+s")
        await settle(pilot)
    assert station.notes.timeline(marit, flats["A1"])[0].text == "Louder"
    assert [one.fields["text"] for one in station.journal.drafts(marit)] == ["Calm"]


async def test_one_key_leaves_the_draft_and_begins_a_new_note(station, actors, flats):
    marit = actors["marit"]
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert "nothing" in fault(app).lower()
        await pilot.press(*"half a th", "ctrl+n")
        await settle(pilot)
        assert app.screen.query_one(TextArea).text == ""
        assert "Beboer A2" in seen(app)
        assert app.focused.id == "text"
        assert "1 draft (A2 Beboer A2, 21:40)" in fault(app)
        await pilot.press(*"Ate well", "ctrl+s")
        await settle(pilot)
        assert station.notes.timeline(marit, flats["A2"])[0].text == "Ate well"
        assert [one.fields["text"] for one in station.journal.drafts(marit)] == ["half a th"]
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        assert app.screen.query_one(TextArea).text == "half a th"
        assert "This is your draft of 21:40" in fault(app)


async def test_whoever_locked_comes_back_to_the_note_that_was_open(station, actors):
    marit = actors["marit"]
    station.journal.save_draft(marit, "note:house", {"text": "an older one"})
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        await pilot.press("tab", "tab", "tab", "tab", *"newer")
        assert app.screen.query_one(TextArea).text == "newer"
        again = app.screen.again
        await pilot.press("escape")
        await settle(pilot)
        app.show(again())
        await settle(pilot)
        assert app.screen.query_one(TextArea).text == "newer"
        assert app.focused.id == "text"


async def test_nothing_typed_leaves_no_draft(station, actors, flats):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        await pilot.press("x", "backspace", "escape")
        await settle(pilot)
    assert station.journal.drafts(actors["marit"]) == []
    assert app.told == []


async def test_a_draft_is_kept_within_two_seconds_without_any_key(station, actors, flats):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        await pilot.press(*"kept")
        await pilot.pause(1.3)
        await settle(pilot)
        assert station.journal.draft(actors["marit"], f"note:{flats['A2']}")["text"] == "kept"


async def test_what_is_wrong_is_said_and_nothing_is_lost(station, actors):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes))
        await settle(pilot)
        for typed, said in (("zz", "Nobody here"), ("beboer", "fits several")):
            app.screen.query_one("#resident").value = typed
            app.screen.query_one(TextArea).text = "words"
            await pilot.press("ctrl+s")
            await settle(pilot)
            assert said in fault(app)
            assert app.focused.id == "resident"
        app.screen.query_one("#resident").value = ""
        app.screen.query_one("#observed").value = "23:59 i morgen"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert app.focused.id == "observed"
        app.screen.query_one("#observed").value = "yesterday 07:00"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "twelve hours" in fault(app)
        assert app.focused.id == "late_reason"
        await pilot.press(*"was ill", "ctrl+s")
        await settle(pilot)
    (item,) = station.notes.timeline(actors["marit"], house_only=True)
    assert (item.text, item.late_reason) == ("words", "was ill")


async def test_a_paste_that_is_too_long_is_refused_whole(station, actors, flats):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        await pilot.press(*"stood here")
        area = app.screen.query_one(TextArea)
        for text, said in (("x" * 1_000_000, "1000000"), ("red\x1b[31m", "control characters")):
            area.post_message(events.Paste(text))
            await pilot.pause()
            assert area.text == "stood here"
            assert said in app.told[-1]


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_everything_is_in_sight(station, actors, flats, language, size):
    i18n.use(language)
    app = Bench(station, actors["marit"])
    async with app.run_test(size=size) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A2"]))
        await settle(pilot)
        dialog = app.screen.query_one(".dialog")
        assert dialog.max_scroll_y == 0
        assert i18n._("observation") in seen(app).replace("\xa0", " ")
        assert "ctrl+s" in seen(app)


async def test_hostile_names_are_only_text(station, actors, flats):
    from staffbase.residents.model import Resident

    with station.database.write(actors["ingrid"], "test") as tx:
        tx.change(tx.get(Resident, flats["A1"]), alias="[/b]\u202e\x1b[31mX")
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A1"]))
        await settle(pilot)
        shown = seen(app)
        assert "[/b]" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown

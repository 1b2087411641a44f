"""Section 4, one entry in full, and the search, as fingers meet them."""

from datetime import timedelta

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment
from textual.widgets import Label, Static

from staffbase.journal.model import KIND_NAMES, NOTE_KINDS, Importance, Kind
from staffbase.kernel import i18n
from staffbase.kernel.ledger import Ledger
from staffbase.notes.entry.screen import EntryScreen
from staffbase.notes.screen import PAGE, NotesScreen
from staffbase.notes.search.screen import SearchScreen
from staffbase.rounds.model import Outcome
from staffbase.ui.choice import Choice

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def written(station, actors, flats):
    """A few notes, and the keys of their entries."""
    marit, jonas, notes = actors["marit"], actors["jonas"], station.notes
    return {
        "late": notes.write(jonas, "The lamp at B2 is dark", observed_at=moment(4, 18), late_reason="forgot it").entry_id,
        "sugar": notes.write(marit, "Blood sugar 9,4", flats["B1"], kind=Kind.HEALTH, observed_at=moment(5, 13, 15)).entry_id,
        "pale": notes.write(
            jonas, "Pale, answers shortly", flats["A2"], importance=Importance.HANDOVER, observed_at=moment(5, 14, 31), epj=True
        ).entry_id,
        "threat": notes.write(
            marit, "Fant kjøkkenkniv [/b]\nunder senga", flats["B1"], importance=Importance.URGENT, observed_at=moment(5, 20, 5)
        ).entry_id,
    }  # fmt: skip


def actions(station) -> list[str]:
    from sqlmodel import select

    with station.database.read() as tx:
        return list(tx.all(select(Ledger.action).order_by(Ledger.seq)))


async def test_an_empty_house_says_what_to_do(station, actors):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        assert "n writes a note" in seen(app)
        await pilot.press("enter", "n")
        assert app.asked == [("note", None)]


async def test_the_newest_stands_first_with_its_signs(station, actors, flats, written):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        rows = seen(app).splitlines()
        order = [
            next(number for number, row in enumerate(rows) if words in row)
            for words in ("kjøkkenkniv", "Pale", "Blood", "lamp")
        ]
        assert order == sorted(order)
        assert "urgent" in rows[order[0]]
        assert "for the handover · to the EPJ" in rows[order[1]]
        assert "entered later" in rows[order[3]]
        assert "Mon 05.01.2026 · week 2" in rows[order[0] - 1]
        assert "under senga" in seen(app)  # the whole text of the one the cursor is on
        await pilot.press("k")
        assert app.asked == [("card", flats["B1"])]


async def test_a_check_says_what_was_found(station, actors, flats, clock):
    samira = actors["samira"]
    clock.move_to(moment(5, 23, 40))
    walk = station.rounds.leave(samira)
    clock.move_to(moment(5, 23, 58))
    station.rounds.come_back(samira)
    unit = next(door.unit_id for door in station.residents.doors(samira) if door.code == "A2")
    station.rounds.check_off(samira, walk.id, unit, Outcome.HEARD, note="guitar")
    app = Bench(station, samira)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert any("A2" in row and "heard, not seen. guitar" in row for row in seen(app).splitlines())


async def test_filters_by_resident_house_kind_and_time(station, actors, flats, written):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        app.chosen = flats["A2"]
        await pilot.press("b")
        await settle(pilot)
        shown = seen(app)
        assert "Pale" in shown
        assert "Blood" not in shown
        await pilot.press("u")
        await settle(pilot)
        assert "lamp" in seen(app)
        assert "Pale" not in seen(app)
        await pilot.press("a", "d")
        await settle(pilot)
        assert "last 24 hours" in seen(app)
        assert "lamp" not in seen(app)
        await pilot.press("a", *"ttttt")
        await settle(pilot)
        assert "Blood" not in seen(app)  # contact with services
    assert actions(station).count("timeline.open") == 1


async def test_going_down_reads_on(station, actors, flats, clock):
    for number in range(PAGE + 10):
        station.notes.write(actors["marit"], f"note {number}", observed_at=moment(5, 20) + timedelta(minutes=number))
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        await pilot.press("end")
        await settle(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert "note 0" in seen(app)


async def test_one_entry_is_mended_by_keys(station, actors, flats, written):
    marit = actors["marit"]
    app = Bench(station, marit)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(EntryScreen(app, station.notes, written["sugar"]))
        await settle(pilot)
        await pilot.press("r")
        await settle(pilot)
        await pilot.press("backspace", *"8", "ctrl+s")
        await settle(pilot)
        assert "first written  Blood sugar 9,4" in seen(app)
        assert "Blood sugar 9,8" in seen(app)
        await pilot.press("c")
        await settle(pilot)
        await pilot.press(*"GP told", "ctrl+s")
        await settle(pilot)
        assert "Marit  GP told" in seen(app)
        await pilot.press("t")
        await settle(pilot)
        await pilot.press(*"12:50", "ctrl+s")
        await settle(pilot)
        assert "Mon 05.01 12:50" in seen(app)
        await pilot.press("e")
        await settle(pilot)
        assert "must also stand in the EPJ" in seen(app)
        await pilot.press("e")
        await settle(pilot)
        assert "stands in the EPJ" in seen(app)
        await pilot.press("b")
        await settle(pilot)
        await pilot.press(*"a1", "ctrl+s")
        await settle(pilot)
        assert "A1 Beboer A1" in seen(app)
        await pilot.press("v")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "Something must be written" in str(app.screen.query_one("#dialog-fault", Label).content)
        await pilot.press(*"not his", "ctrl+s")
        await settle(pilot)
        assert "withdrawn: not his" in seen(app)
    assert station.journal.timeline(marit, flats["A1"])[0].withdrawn
    assert station.journal.drafts(marit) == []


async def test_what_one_may_not_do_has_no_key(station, actors, written):
    station.people.go_on_duty(actors["nora"])
    app = Bench(station, actors["nora"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(EntryScreen(app, station.notes, written["sugar"]))
        await settle(pilot)
        await pilot.press("r", "t", "b", "v")
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)
        assert "Correct" not in seen(app)
        await pilot.press("c")
        await settle(pilot)
        assert not isinstance(app.screen, EntryScreen)


async def test_what_was_withdrawn_is_hidden_and_opened_by_the_leader_in_the_ledger(station, actors, written):
    station.journal.withdraw(actors["marit"], written["threat"], "another flat")
    app = Bench(station, actors["jonas"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(EntryScreen(app, station.notes, written["threat"]))
        await settle(pilot)
        assert "kjøkkenkniv" not in seen(app)
        assert "another flat" in seen(app)
    before = len(actions(station))
    app = Bench(station, actors["ingrid"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(EntryScreen(app, station.notes, written["threat"]))
        await settle(pilot)
        assert "kjøkkenkniv" in seen(app)
    assert actions(station)[before:] == ["journal.hidden"]


async def test_search_as_one_types_marks_and_opens(station, actors, flats, written):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(SearchScreen(app, station.notes))
        await settle(pilot)
        assert "A part of a word is enough" in seen(app)
        await pilot.press(*"kniv")
        await pilot.pause(0.4)
        await settle(pilot)
        assert "1 entry" in seen(app)
        assert "kjøkkenkniv [/b]" in seen(app)
        whole = app.screen.query_one("#found-whole", Static)
        assert whole.display
        assert "kjøkkenkniv [/b]" in str(whole.content)
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)
        await pilot.press("escape", "escape", "tab", *"a2")
        await pilot.pause(0.4)
        await settle(pilot)
        assert "Nothing was found" in seen(app)
        assert not whole.display
        await pilot.press("escape")
        assert not isinstance(app.screen, SearchScreen)
    assert actions(station).count("search") == 1


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_search_narrows_to_each_kind_a_note_may_have(station, actors, flats, written, language, size):
    i18n.use(language)
    app = Bench(station, actors["marit"])
    async with app.run_test(size=size) as pilot:
        app.show(SearchScreen(app, station.notes))
        await settle(pilot)
        shown = seen(app)
        for kind in NOTE_KINDS:
            assert i18n._(KIND_NAMES[kind]) in shown
        await pilot.press(*"s")
        kinds = app.screen.query_one("#kind", Choice)
        for kind, found in ((Kind.HEALTH, "Blood"), (Kind.EVERYDAY, "answers shortly")):
            kinds.value = str(kind)
            for _look in range(200):
                if found in seen(app):
                    break
                await pilot.pause(0.05)
            assert found in seen(app)
            assert ("Blood" in seen(app)) is (kind is Kind.HEALTH)


async def test_search_for_anything_hostile_is_only_a_search(station, actors, written):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(SearchScreen(app, station.notes))
        await settle(pilot)
        for query in ("[/b]", "' OR 1=1 --", '"* NEAR(', "\u202e", "%_"):
            app.screen.query_one("#query").value = query
            await pilot.pause(0.4)
            await settle(pilot)
            assert "entry" in seen(app) or "Nothing was found" in seen(app)
    assert app.told == []


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_no_row_is_wider_than_the_screen(station, actors, flats, language, size):
    i18n.use(language)
    for text in ("[/b][red]", "x" * 3000, "two\nlines \u202e \x85"[:-1], "æøå 😀 日本語 " * 30):
        station.notes.write(actors["marit"], text, flats["A1"], importance=Importance.URGENT, epj=True)
    app = Bench(station, actors["marit"])
    async with app.run_test(size=size) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        rows = [row for row in seen(app).splitlines() if "21:40 A1" in row]
        assert len(rows) == 4
        assert len({row.rstrip()[-4:] for row in rows}) == 1
        assert "\u202e" not in seen(app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)


async def test_all_that_was_written_in_the_house_is_an_opening_that_stands_in_each_log(station, actors, flats):
    station.notes.write(actors["marit"], "Sov godt.", flats["A1"])
    app = Bench(station, actors["jonas"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        await pilot.press("u")
        await settle(pilot)
    assert actions(station).count("notes.open") == 1
    told = [(line.person, line.what) for line in station.access_log.log_of(actors["ingrid"], flats["A1"])]
    assert told == [("Jonas", "what was written in the house (the whole house)")]

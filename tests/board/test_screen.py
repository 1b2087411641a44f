"""The board in the whole app: the tiles, what needs somebody, letters for cards, and what changed is there at the next look."""

import asyncio
from datetime import timedelta

import pytest
from tests.bench import seen, settle
from tests.conftest import moment, open_database

from staffbase.app import StaffbaseApp
from staffbase.board.screen import BoardScreen, Tile
from staffbase.crisis_plans.card_screen import CardScreen
from staffbase.handover.screen import HandoverScreen
from staffbase.incidents.start_screen import IncidentStart
from staffbase.journal.model import NOTE_KINDS, Importance
from staffbase.kernel.settings import Settings
from staffbase.notes.dialogs import NoteDialog
from staffbase.notes.search.screen import SearchScreen
from staffbase.opening import Opened
from staffbase.people.screen import DoorScreen
from staffbase.residents.chooser import ResidentChooser
from staffbase.residents.model import House, RoundForm, Status
from staffbase.residents.screen import ResidentPage
from staffbase.residents.service import set_status
from staffbase.station import Station

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def database(tmp_path, clock):
    """One database is enough for fingers."""
    opened = open_database(tmp_path / "staffbase.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def house(station, actors, flats, clock):
    """The evening of 5 January; Marit and Jonas are on duty, and nothing waits."""
    clock.move_to(moment(5, 15, 0))
    for code in flats:
        station.residents.set_agreement(actors["eva"], flats[code], RoundForm.ENTER, consent="said so himself")
    for name in ("marit", "jonas"):
        station.people.go_on_duty(actors[name])
        reading = station.handover.my_reading(actors[name])
        station.handover.accept(actors[name], reading.covered_to)
    return station


def app_on(station, tmp_path, actor):
    settings = Settings(home=tmp_path, language="en")
    return StaffbaseApp(settings, station.database.clock, lambda _say: Opened(station, actor))


async def stands(pilot, kind=BoardScreen):
    for _wait in range(600):
        if isinstance(pilot.app.screen, kind) and pilot.app.ready:
            await settle(pilot)
            return pilot.app.screen
        await pilot.pause(0.05)
    raise AssertionError(f"{kind.__name__} did not come, {pilot.app.screen} stands there")


async def look(pilot):
    """What the app does once a second."""
    while pilot.app._looking:
        await pilot.pause(0.02)
    pilot.app._tick()
    while pilot.app._looking:
        await pilot.pause(0.02)
    await settle(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_every_door_stands_there_with_who_lives_in_it(house, actors, tmp_path, size):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=size) as pilot:
        await stands(pilot)
        told = seen(app)
        for words in ("A1", "Beboer A1", "B1", "Beboer B1", "NEEDS YOU NOW", "Nothing waits."):
            assert words in told, f"{words}\n{told}"


async def test_what_changes_is_there_at_the_next_look(house, actors, flats, clock, tmp_path):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await stands(pilot)
        with house.database.write(actors["jonas"], "test.status") as tx:
            set_status(tx, house.house_id, flats["A2"], Status.UNSTABLE, "shaking")
        house.notes.write(actors["jonas"], "Smoke in the stairs.", importance=Importance.URGENT)
        house.rounds.leave(actors["jonas"], 45)
        await look(pilot)
        told = seen(app)
        assert "UNSTABLE" in told
        assert "Jonas is on the walk" in told
        assert "ends with the walker's PIN" in told
        assert "URGENT, Jonas 15:00: Smoke in the stairs." in [note.message for note in app._notifications]
        (edged,) = [one for one in app.screen.query(Tile) if one.has_class("-danger")]
        assert edged.tile.code == "A2"
        clock.move_to(clock.now() + timedelta(minutes=1))
        await look(pilot)
        assert sum("Smoke" in note.message for note in app._notifications) == 1  # once to each person


async def test_enter_opens_the_resident_and_arrows_go_to_the_neighbours(house, actors, flats, tmp_path):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        await stands(pilot)
        assert app.focused is None  # nobody is chosen until a hand chose
        for key, code in (("right", "A1"), ("right", "A2"), ("down", "B1")):
            await pilot.press(key)
            assert app.focused.tile.code == code
        await pilot.press("enter")
        await stands(pilot, ResidentPage)
        assert "Beboer B1" in seen(app)


async def test_k_and_a_letter_is_that_card_and_k_k_the_one_the_cursor_is_on(house, actors, tmp_path):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        await stands(pilot)
        await pilot.press("down")
        for keys, code in ((("k", "b"), "A2"), (("k", "k"), "A1")):
            await stands(pilot)
            await pilot.press(*keys)
            await stands(pilot, CardScreen)
            assert code in seen(app)
            await pilot.press("escape")


async def test_a_look_that_was_cut_off_while_it_laid_the_tiles_is_made_good_by_the_next(house, actors, tmp_path):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await stands(pilot)
        before = list(screen.query(Tile))
        heights = [tile.size.height for tile in before]
        laying = asyncio.ensure_future(screen._lay([tile.tile for tile in before]))
        while not [tile for tile in screen.query(Tile) if tile not in before]:  # noqa: ASYNC110  (in its middle)
            await asyncio.sleep(0)
        laying.cancel()
        await screen.read_again()
        await settle(pilot)
        assert [tile.size.height for tile in screen.query(Tile)] == heights


async def test_a_larger_terminal_says_more_at_once_without_a_new_look(house, actors, flats, clock, tmp_path):
    written = "Ate with the others, was in good spirits, will have the cat along to the dentist's at ten on Friday."
    house.notes.write(actors["marit"], written, flats["A2"], importance=Importance.HANDOVER)
    house.tasks.add(actors["marit"], "ring the vet", flats["A1"])
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot)
        assert "Friday." not in seen(app)
        await pilot.resize_terminal(200, 60)
        await settle(pilot)
        told = seen(app)
        assert "Task: ring the vet" in told
        assert told.count("Friday.") == 2, "on the tile of A2, and among the latest"


async def test_a_house_without_units_says_who_adds_them(station, actors, tmp_path):
    with station.database.write(actors["ingrid"], "test.house") as tx:
        empty = tx.add(House(name="Nytthuset"))
        tx.flush()
        house_id = empty.id
    new = Station(station.database, house_id)
    new.people.decline_duty(actors["marit"])  # else she is asked, over the board
    app = app_on(new, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        await stands(pilot)
        await look(pilot)
        told = seen(app)
        assert "Nytthuset" in told
        assert "0 of 0 doors" not in told
        assert "No units yet. A leader adds them in Administration (0)." in told


async def test_nobody_is_chosen_by_default_and_a_note_asks_whom_it_is_about(house, actors, flats, tmp_path):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        board = await stands(pilot)
        await pilot.press("n")
        dialog = await stands(pilot, NoteDialog)
        assert dialog.focused.id == "resident"
        await pilot.press(*"A2", "enter", *"ate", "ctrl+s")
        await stands(pilot)
        (item,) = house.journal.timeline(actors["marit"], flats["A2"], kinds=NOTE_KINDS, limit=5)
        assert item.text == "ate"
        await pilot.press("down", "n")
        dialog = await stands(pilot, NoteDialog)
        assert dialog.focused.id == "text"  # no slower for who did choose
        await pilot.press("escape")
        await stands(pilot)
        await pilot.press("escape")
        assert board.chosen_resident() is None
        await pilot.press("enter")
        assert (await stands(pilot, ResidentChooser)).is_active


async def test_a_choice_is_forgotten_when_the_screen_was_locked(house, actors, tmp_path):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        board = await stands(pilot)
        await pilot.press("down", "down")
        assert board.chosen_resident() is not None
        await pilot.press("ctrl+l")
        await stands(pilot, DoorScreen)
        assert board.chosen_resident() is None


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_hint_for_letters_stands_in_the_footer_and_goes_with_them(house, actors, tmp_path, size):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=size, notifications=True) as pilot:
        await stands(pilot)
        before = seen(app).splitlines()
        await pilot.press("k")
        await pilot.pause()
        told = seen(app).splitlines()
        assert "Press the letter of a tile" in told[-1]
        assert len(told) == len(before)
        assert not [note for note in app._notifications if "Press the letter" in note.message]
        await pilot.press("b")
        await stands(pilot, CardScreen)
        assert "Press the letter" not in seen(app)
        await pilot.press("escape")
        await stands(pilot)
        assert "Press the letter" not in seen(app)


async def test_from_a_card_sections_search_and_a_note_are_one_key_away(house, actors, flats, tmp_path):
    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        for key, kind in (("3", HandoverScreen), ("slash", SearchScreen), ("n", NoteDialog), ("h", IncidentStart)):
            await stands(pilot)
            await pilot.press("k", "b")
            await stands(pilot, CardScreen)
            await pilot.press(key)
            await stands(pilot, kind)
            if key == "3":
                await pilot.press("1")
            else:
                await pilot.press("escape")
            await stands(pilot, CardScreen)
            await pilot.press("escape")


@pytest.mark.parametrize("before", [(200, 60), (80, 24)])
async def test_the_tiles_stand_as_they_would_had_the_window_always_had_this_size(house, tmp_path, actors, before):
    def places(board):
        return [tile.region for tile in board.query(Tile)]

    app = app_on(house, tmp_path, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        wanted = places(await stands(pilot))
        await pilot.resize_terminal(*before)
        await settle(pilot)
        assert places(app.screen) != wanted
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert places(app.screen) == wanted

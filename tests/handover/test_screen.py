"""The handover as fingers meet it: two faces, both languages, narrow and wide."""

import pytest
from tests.bench import Bench, seen, settle
from textual.widgets import OptionList, Static

from staffbase.handover.screen import HandoverScreen
from staffbase.journal.model import Importance, Kind
from staffbase.kernel import i18n
from staffbase.people.model import ShiftName
from staffbase.residents.model import Status

pytestmark = pytest.mark.usefixtures("eager")
SIZES = [(80, 24), (120, 36)]


async def opened(pilot, house) -> HandoverScreen:
    screen = HandoverScreen(pilot.app, house.handover)
    pilot.app.show(screen)
    for _attempt in range(50):
        await settle(pilot)
        if screen._rows:
            break
    return screen


async def to_row(pilot, screen, wanted) -> None:
    """Move the cursor to the first row that fits."""
    number = next(place for place, row in enumerate(screen._rows) if not row.heading and wanted(row))
    screen.query_one("#handover-list", OptionList).highlighted = number
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "nb"])
async def test_the_night_stands_on_top_in_full(evening, house, size, language):
    i18n.use(language)
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=size) as pilot:
        await opened(pilot, house)
        shown = seen(app)
    assert "A2  Beboer A2" in shown
    assert ("UNSTABLE" if language == "en" else "USTABIL") in shown
    assert "8 breaths" in shown
    assert shown.index("Beboer A2") < shown.index("8 breaths")
    assert shown.count("8 breaths") == 1


async def test_she_asks_says_back_and_accepts_with_the_keyboard(evening, house):
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, house)
        await pilot.press("g")
        await settle(pilot)
        assert app.told[-1] == "Say back in one line first what you take on (s): A2."
        await to_row(pilot, screen, lambda row: row.about_id == evening)
        await pilot.press("a", *"Who told his sister?", "ctrl+s")
        await settle(pilot)
        await pilot.press("s", *"Look in every hour", "enter")
        await settle(pilot)
        assert "Who told his sister?" in seen(app)
        assert "said back" in seen(app)
        await pilot.press("g")
        await settle(pilot)
        assert app.told[-1] == "You have taken the handover over."
        assert "accepted 14:40" in seen(app)
    app = Bench(house.station, house.actors["jonas"])
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, house)
        await to_row(pilot, screen, lambda row: row.question_id is not None)
        assert "v Answer" in seen(app)
        await pilot.press("v")
        await settle(pilot)
        assert "v: answer" not in str(app.screen.query_one(".about").content)
        await pilot.press(*"I rang her at nine.", "ctrl+s")
        await settle(pilot)
        assert "I rang her at nine." in seen(app)
    kinds = [item.kind for item in house.station.journal.timeline(house.actors["marit"], house.flats["A2"])]
    assert {Kind.QUESTION, Kind.ANSWER, Kind.SAID_BACK} <= set(kinds)


async def test_who_is_asked_sees_it_on_the_board_and_answers_from_wherever_the_cursor_stands(evening, house):
    def waits_for(name: str) -> bool:
        return any("question waits" in need.words for need in house.station.board.view(house.actors[name]).needs)

    written = house.station.notes.write(house.actors["jonas"], "His sister was told.", house.flats["A2"])
    house.handover.ask(house.actors["marit"], "Who told her?", about_id=written.entry_id)
    assert waits_for("jonas")
    assert not waits_for("marit")
    app = Bench(house.station, house.actors["jonas"])
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, house)
        assert "1 question waits for you: v answers it." in seen(app)
        await pilot.press("v", *"I rang her at nine.", "ctrl+s")
        await settle(pilot)
        assert "waits for you" not in seen(app)
    assert not waits_for("jonas")
    assert "I rang her at nine." in [
        item.text for item in house.station.journal.timeline(house.actors["marit"], house.flats["A2"])
    ]


async def test_what_is_half_asked_is_kept(evening, house):
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, house)
        await pilot.press("a", *"Who to", "escape")
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert "Who to" in seen(app)


async def test_a_task_is_taken_over_and_a_concern_raised(evening, house):
    ward = house.station.tasks.add(house.actors["samira"], "Ring the ward", house.flats["A2"])
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, house)
        assert "o Take over" not in seen(app)
        await to_row(pilot, screen, lambda row: row.task_id == ward)
        await pilot.press("o")
        await settle(pilot)
        assert app.told[-1] == "You have this task now."
        assert "Ring the ward · Marit" in seen(app)
        await pilot.press("c", *"Too quiet.", "ctrl+s")
        await settle(pilot)
        assert "nobody has closed it" in seen(app)
        await pilot.press("k", "enter")
    assert app.asked == [("card", house.flats["A2"]), ("resident", house.flats["A2"])]


async def test_a_calm_shifts_report_is_signed_in_a_few_keys(house):
    """From the board: 3 to the section, l to the report, g, enter. Fifteen is the most it may cost."""
    house.at(9, 14, 31)
    house.on("marit", ShiftName.EVENING)
    house.at(9, 21, 30)
    house.note("marit", "Ate with the others.", "A1", Importance.ROUTINE)
    app = Bench(house.station, house.actors["marit"])
    pressed = ["3"]
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, house)
        for key in ("l", "g", "enter"):
            await pilot.press(key)
            pressed.append(key)
            await settle(pilot)
        assert app.told == ["The shift report is signed."]
        assert "signed by Marit 21:30" in seen(app)
    assert len(pressed) <= 15
    assert house.report("marit").signed


async def test_a_restless_shift_says_how_they_are_and_no_key_signs_twice(house):
    house.at(9, 14, 31)
    house.on("marit", ShiftName.EVENING)
    house.on("jonas", ShiftName.EVENING)
    house.at(9, 21, 30)
    house.note("jonas", "Shouted from nine to ten.", "A1")
    house.status("B1", Status.WATCH)
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, house)
        await pilot.press("l")
        await settle(pilot)
        assert "Say how they are: A1, B1." in seen(app)
        await pilot.press("g")
        await settle(pilot)
        assert app.told == ["Say how they are before you sign: A1, B1."]
        assert screen.chosen_resident() == house.flats["A1"]
        await pilot.press("f")
        await settle(pilot)
        assert screen.chosen_resident() == house.flats["B1"]
        await pilot.press("r")
        await settle(pilot)
        assert "Press g to sign." in seen(app)
        await to_row(pilot, screen, lambda row: row.resident_id == house.flats["A1"])
        await pilot.press("t")
        await settle(pilot)
        await pilot.press(*"Loud after nine.", "tab", *"If he shouts: go two.", "ctrl+s")
        await settle(pilot)
        assert "If he shouts: go two." in seen(app)
        await pilot.press("g", "g", "g")
        await settle(pilot)
        assert not house.report("marit").signed
        await pilot.press("enter")
        await settle(pilot)
        assert "signed by Marit 21:30" in seen(app)
        assert "r Calm" not in seen(app)
    lines = {one.unit_code: (one.status, one.text) for one in house.report("marit").lines}
    assert lines == {
        "A1": (Status.WATCH, "Loud after nine."), "A2": (Status.CALM, ""), "B1": (Status.CALM, "")
    }  # fmt: skip
    app = Bench(house.station, house.actors["jonas"])
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, house)
        await pilot.press("l", "g")
        await settle(pilot)
        assert "also by Jonas" in " ".join(seen(app).split())


async def test_the_houses_items_and_earlier_reports(evening, house):
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, house)
        await pilot.press("l")
        await settle(pilot)
        await to_row(pilot, screen, lambda row: row.resident_id is None)
        await pilot.press("t", *"Lift is out of order.", "ctrl+s")
        await settle(pilot)
        assert "Lift is out of order." in seen(app)
        await pilot.press("right")
        await settle(pilot)
        assert app.told[-1] == "The next shift has not begun."
        await pilot.press("left", "left")
        await settle(pilot)
        assert "signed by Samira 06:30" in seen(app)
        assert "Naloxone given" in seen(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "nb"])
async def test_the_report_in_both_languages(evening, house, size, language):
    i18n.use(language)
    house.at(9, 20)
    house.note("jonas", "[/b] ate \x1b[31mlittle".replace("\x1b", ""), "A1")
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=size) as pilot:
        await opened(pilot, house)
        await pilot.press("l")
        await settle(pilot)
        shown = seen(app)
    wanted = {
        "en": ("SHIFT REPORT", "Evening shift Fri 09.01", "not signed yet", "Say how they are: A1, A2."),
        "nb": ("VAKTRAPPORT", "Kveldsvakt fre 09.01", "ikke signert ennå", "Si hvordan de har det: A1, A2."),
    }
    for words in wanted[language]:
        assert words in " ".join(shown.split())
    assert "[/b] ate [31mlittle" in shown
    assert all(len(row) <= size[0] for row in shown.split("\n"))


@pytest.mark.parametrize("key", ["c", "a"])
async def test_what_stands_beside_the_list_is_there_again_after_sizes_that_changed_behind_a_dialog(evening, house, key):
    app = Bench(house.station, house.actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, house)
        before = seen(app)
        assert str(screen.query_one("#handover-beside", Static).content)
        await pilot.press(key)
        await settle(pilot)
        assert app.screen is not screen
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is screen
        small = seen(app)
        assert screen.has_class("-narrow")
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert seen(app) == before
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert seen(app) == small

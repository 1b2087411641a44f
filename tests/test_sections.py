"""Every section and every named action, reached by its key in the whole app, by people of different roles."""

from datetime import datetime
from pathlib import Path

import pytest
from tests.test_app import House

from staffbase.board.screen import BoardScreen
from staffbase.crisis_plans.card_screen import CardScreen
from staffbase.crisis_plans.screen import CrisisPlansScreen
from staffbase.demo.house import STAFF
from staffbase.handover.screen import HandoverScreen
from staffbase.incidents.start_screen import IncidentStart
from staffbase.journal.model import Importance
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import WrongPin
from staffbase.notes.dialogs import NoteDialog
from staffbase.notes.screen import NotesScreen
from staffbase.notes.search.screen import SearchScreen
from staffbase.people.dialogs import ChangePinDialog, WhoIsOnDutyDialog
from staffbase.rounds.dialogs import ExtraCheckDialog
from staffbase.rounds.screen import RoundsScreen
from staffbase.tasks.screen import TasksScreen

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
SECTIONS = {
    "2": RoundsScreen,
    "3": HandoverScreen,
    "4": NotesScreen,
    "5": CrisisPlansScreen,
    "6": TasksScreen,
    "1": BoardScreen,
}
OVER = {
    "n": NoteDialog,
    "slash": SearchScreen,
    "h": IncidentStart,
    "x": ExtraCheckDialog,
    "f4": WhoIsOnDutyDialog,
    "f6": ChangePinDialog,
}


@pytest.mark.parametrize("who", ["Marit", "Nora", "Eva"])
async def test_every_section_and_named_action_opens_with_its_key(tmp_path: Path, who: str, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, who)
    async with house.app.run_test(size=(80, 24)) as pilot:
        await house.ready(pilot)
        for key, screen in SECTIONS.items():
            await house.press(pilot, key)
            assert isinstance(house.app.screen, screen), key
        for key, screen in OVER.items():
            await house.press(pilot, key)
            assert isinstance(house.app.screen, screen), key
            await house.press(pilot, "escape")
            assert isinstance(house.app.screen, BoardScreen), key


async def test_from_a_crisis_card_every_key_works_as_elsewhere(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, "Marit")
    async with house.app.run_test(size=(80, 24)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "right")  # A1: k k is for whom a hand chose
        for key, screen in {
            "n": NoteDialog,
            "slash": SearchScreen,
            "x": ExtraCheckDialog,
            "f4": WhoIsOnDutyDialog,
        }.items():
            await house.press(pilot, "k", "k")
            assert isinstance(house.app.screen, CardScreen)
            await house.press(pilot, key)
            assert isinstance(house.app.screen, screen), key
            await house.press(pilot, "escape", "escape")
        for key, section in SECTIONS.items():
            await house.press(pilot, "k", "k")
            assert isinstance(house.app.screen, CardScreen)
            await house.press(pilot, key)
            if key == "1":  # it lies over the board: one is there already, and it stays
                assert isinstance(house.app.screen, CardScreen)
            else:
                assert isinstance(house.app.screen, section), key
                await house.press(pilot, "1")
                assert isinstance(house.app.screen, CardScreen)  # a look elsewhere closes nothing
            await house.press(pilot, "escape")


async def test_anyone_may_choose_a_new_pin_and_the_old_one_lets_nobody_in(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, "Nora")
    nora = next(person for person in STAFF if person.name == "Nora")
    async with house.app.run_test(size=(80, 24)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "f6", *nora.pin, "enter", *"804162", "enter", *"804162", "enter")
        await pilot.pause(0.6)
        assert isinstance(house.app.screen, BoardScreen)
        me = house.app.actor.person_id
        with pytest.raises(WrongPin):
            house.station.people.sign_in(STATION_ITSELF, me, nora.pin)
        assert house.station.people.sign_in(STATION_ITSELF, me, "804162").actor.name == "Nora"


async def test_the_key_panel_lists_our_keys_and_no_other(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, "Marit")
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "question_mark")
        listed = house.app.screen.active_bindings
        assert {"n", "k", "ctrl+p", "ctrl+l", "ctrl+q"} <= set(listed)
        assert all(one.binding.id for one in listed.values())
        await house.press(pilot, "ctrl+c")
        assert any("ctrl+l locks" in one.message for one in house.app._notifications)


async def test_two_keys_lead_from_the_board_to_any_card_and_the_whole_card_is_seen(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, "Nora")
    async with house.app.run_test(size=(80, 24)) as pilot:
        await house.ready(pilot)
        for letter in "abcdefghi":
            await house.press(pilot, "k", letter)
            card = house.app.screen
            assert isinstance(card, CardScreen), letter
            assert card.query_one("#card-whole").max_scroll_y == 0, letter
            await house.press(pilot, "escape")
            assert isinstance(house.app.screen, BoardScreen)


async def test_an_urgent_entry_by_a_colleague_interrupts_and_a_routine_one_does_not(tmp_path: Path) -> None:
    station = House(tmp_path / "house", EVENING, "Marit").station
    staff = {one.name: Actor(one.id, one.name, one.role) for one in station.people.directory(STATION_ITSELF)}
    before = station.board.interruptions(staff["Marit"])
    station.notes.write(staff["Jonas"], "Rolig ved porten")
    station.notes.write(staff["Jonas"], "Ukjent bil ved porten", importance=Importance.URGENT)
    told = [one.words for one in station.board.interruptions(staff["Marit"]) if one not in before]
    assert len(told) == 1
    assert "Ukjent bil ved porten" in told[0]
    assert station.board.interruptions(staff["Jonas"]) == before

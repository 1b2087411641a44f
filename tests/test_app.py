"""The app as staff use it: sign in, board, a calm round in ten keys and the PIN, lock, alarm, a note that is never lost."""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlmodel import select
from tests.bench import seen
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled

import staffbase
from staffbase.app import StaffbaseApp
from staffbase.board.screen import Tile
from staffbase.demo.clock import PlotClock
from staffbase.demo.house import STAFF
from staffbase.demo.run import PINS, open_demo, open_demo_at, signed_in
from staffbase.journal.model import Draft
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import OSLO, HeldClock
from staffbase.kernel.key import FileIdentities, SystemIdentities
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings
from staffbase.notes.dialogs import NoteDialog
from staffbase.notes.entry.screen import EntryScreen
from staffbase.opening import Opened
from staffbase.people.dialogs import ChangePinDialog
from staffbase.people.screen import DoorScreen
from staffbase.rounds.alarm_screen import AlarmScreen
from staffbase.rounds.screen import RoundsScreen
from staffbase.station import open_station
from staffbase.ui.job import job

NIGHT = datetime(2026, 1, 5, 23, 38, tzinfo=OSLO)
SAMIRA = next(person.pin for person in STAFF if person.name == "Samira")


PATIENCE = 60.0
"""Seconds until it is said that work never ended."""


@cache
def played(at: datetime, _language: str) -> Path:
    """The demo's house in this language, played up to this moment once, for all tests that begin there."""
    place = Path(tempfile.mkdtemp(prefix="staffbase-tests-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    open_demo_at(Settings(home=place), at, place / "data", FileIdentities(place / "identity")).close()
    return place


def furnished(at: datetime, folder: Path) -> None:
    """A copy of that house in this folder, opened by this test's identity."""
    place = played(at, i18n.language())
    shutil.copytree(place / "data", folder)
    shutil.copytree(place / "identity", SystemIdentities().files.folder, dirs_exist_ok=True)


class House:
    """The demo's house with a clock the test moves."""

    def __init__(self, folder: Path, at: datetime, who: str | None) -> None:
        self.clock = HeldClock(at)
        if folder.exists():  # a restart: the plot does not go on
            self.station = open_station(Settings(home=folder), self.clock, SystemIdentities().files)
        else:
            furnished(at, folder)
            self.station = open_demo(Settings(home=folder), at, folder)
            plot_clock = self.station.database.clock
            assert isinstance(plot_clock, PlotClock)
            plot_clock.follow(self.clock)
        actor = signed_in(self.station, who) if who else None
        self.app = StaffbaseApp(
            Settings(home=folder, language="en"), self.clock, lambda _say: Opened(self.station, actor, PINS)
        )

    async def settled(self, pilot: Pilot[int]) -> None:
        for _ in range(3):
            with suppress(WorkerCancelled):  # a refresh that a newer one replaced
                # a job that waits for a dialog ends only when somebody answers: the test says so instead of standing still
                await asyncio.wait_for(self.app.workers.wait_for_complete(), PATIENCE)
            await pilot.pause(0.05)

    async def settled_behind_dialog(self, pilot: Pilot[int]) -> None:
        """Where a job waits for a dialog, waiting for all work would wait for ever."""
        for _ in range(8):
            await pilot.pause(0.1)

    async def press(self, pilot: Pilot[int], *keys: str) -> None:
        for key in keys:
            self.clock.move_to(self.clock.now() + timedelta(seconds=2))
            await pilot.press(key)
            await self.settled(pilot)

    async def ready(self, pilot: Pilot[int]) -> None:
        while not self.app.ready:
            await pilot.pause(0.05)
        await self.settled(pilot)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house", NIGHT, "Samira")


async def test_a_calm_round_takes_ten_keys_and_the_pin(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "2")
        screen = house.app.screen
        assert isinstance(screen, RoundsScreen)
        assert sum(row.due for row in screen.sheet.lines) == 8
        await house.press(pilot, "w")
        assert isinstance(house.app.screen, DoorScreen)
        house.clock.move_to(NIGHT + timedelta(minutes=20))
        await pilot.press(*SAMIRA)
        await house.press(pilot, "enter")
        await pilot.pause(0.5)
        await house.settled(pilot)
        assert isinstance(house.app.screen, RoundsScreen)
        for _ in range(8):
            await house.press(pilot, "p")
        await house.press(pilot, "g")
        sheet = house.app.screen.sheet
        assert sheet.walk.signed_at is not None
        answered = [row.check for row in sheet.lines if row.check is not None]
        assert len(answered) == 8
        assert all(check.at_from < check.at_to <= check.recorded_at for check in answered)


async def test_the_alarm_covers_the_lock_screen_and_survives_a_restart(
    house: House, tmp_path: Path, eager: None
) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "2", "w")
        house.clock.move_to(NIGHT + timedelta(hours=2))
        await pilot.pause(2.2)
        await house.settled(pilot)
        assert isinstance(house.app.screen, AlarmScreen)
    house.station.close()
    again = House(tmp_path / "house", NIGHT + timedelta(hours=2, minutes=1), None)
    async with again.app.run_test(size=(120, 36)) as pilot:
        await again.ready(pilot)
        await pilot.pause(2.2)
        await again.settled(pilot)
        assert isinstance(again.app.screen, AlarmScreen)


async def test_before_the_idle_lock_the_seconds_are_counted_and_a_key_takes_the_message_away(
    house: House, eager: None
) -> None:
    async with house.app.run_test(size=(80, 24), notifications=True) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "down")
        for seconds in (25, 10):
            house.clock.move_to(house.clock.now() + timedelta(seconds=5 * 60 - seconds if seconds == 25 else 15))
            await until(pilot, lambda seconds=seconds: f"locks in {seconds} seconds" in seen(house.app))
            assert seen(house.app).count("seconds") == 1
        await pilot.press("down")
        await until(pilot, lambda: "seconds" not in seen(house.app))
        assert not isinstance(house.app.screen, DoorScreen)


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    for _look in range(200):
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError(seen(pilot.app))


async def test_locking_shows_nothing_of_the_house_but_unit_codes(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "ctrl+l")
        picture = house.app.export_screenshot(simplify=True)
        assert "Kim-Andr" not in picture
        assert "113" in picture
        assert "A3" in picture


async def test_a_half_typed_note_is_kept_and_offered_again(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "down", "n")
        await pilot.press(*"urolig")
        await pilot.pause(1.3)
        await house.settled(pilot)
        drafts = house.station.journal.drafts(house.app.actor)
        assert len(drafts) == 1
        await house.press(pilot, "escape", "n")
        assert "urolig" in house.app.export_screenshot(simplify=True)


async def test_letters_work_in_both_cases(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "N")
        assert type(house.app.screen).__name__ == "NoteDialog"


def cut_off(house: House) -> None:
    """The data folder is gone, as when a disk or a network drive goes away: nothing can be read or written."""
    house.station.database.engine.dispose()
    folder = house.station.database.engine.url.database
    Path(folder).parent.rename(Path(folder).parent.with_name("gone"))


async def test_the_screen_locks_even_when_the_database_is_gone(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "down", "n")
        await pilot.press(*"urolig")
        cut_off(house)
        await house.press(pilot, "ctrl+l")
        assert isinstance(house.app.screen, DoorScreen)
        assert "urolig" not in house.app.export_screenshot(simplify=True)
        assert "Kim-Andr" not in house.app.export_screenshot(simplify=True)


async def test_the_alarm_rings_even_when_the_database_is_gone(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "2", "w")
        await pilot.pause(2.2)
        cut_off(house)
        house.clock.move_to(NIGHT + timedelta(hours=2))
        await pilot.pause(2.2)
        await house.settled(pilot)
        assert isinstance(house.app.screen, AlarmScreen)


async def test_a_draft_that_could_not_be_kept_is_tried_again(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "down", "n")
        await pilot.pause(0.3)
        folder = Path(house.station.database.engine.url.database).parent
        cut_off(house)
        await pilot.press(*"urolig")
        await pilot.pause(1.3)
        folder.with_name("gone").rename(folder)
        await pilot.pause(1.5)
        await house.settled(pilot)
        assert len(house.station.journal.drafts(house.app.actor)) == 1


async def test_nothing_can_be_opened_before_a_one_time_pin_is_changed(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", NIGHT, None)
    people = house.station.people.directory(STATION_ITSELF)
    leader = next(one for one in people if one.name == "Ingrid")
    nora = next(one for one in people if one.name == "Nora")
    pin = house.station.people.issue_pin(Actor(leader.id, leader.name, leader.role), nora.id)
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await pilot.press(*"Nora", "enter", *pin, "enter")
        await pilot.pause(0.6)
        await house.settled_behind_dialog(pilot)
        assert isinstance(house.app.screen, ChangePinDialog)
        assert await house.app.residents_to_jump_to() == []
        assert not house.app.offers("open_resident")
        await pilot.press("f2")
        await house.settled_behind_dialog(pilot)
        assert isinstance(house.app.screen, ChangePinDialog), "it lists the residents"
        await pilot.press("ctrl+l")
        await house.settled_behind_dialog(pilot)
        assert not house.app.offers("write_note")


async def test_the_clerk_has_a_board_without_residents_and_without_faults(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", NIGHT, "Bente")
    async with house.app.run_test(size=(120, 36), notifications=True) as pilot:
        await house.ready(pilot)
        picture = house.app.export_screenshot(simplify=True)
        assert "Kim-Andr" not in picture
        await house.press(pilot, "right", "down", "k", "enter")  # a board without tiles has nowhere to go
        assert house.app.is_running
        assert not [one for one in house.app._notifications if one.severity == "error"]


async def test_opening_a_resident_stands_in_the_ledger_once(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "down", "enter")
        await pilot.pause(0.5)
        await house.settled(pilot)
    with house.station.database.read() as tx:
        opened = tx.all(select(Ledger).where(Ledger.action == "resident.open"))
    assert len([row for row in opened if row.at >= NIGHT.astimezone(UTC)]) == 1


def test_no_room_calls_on_mount_of_the_class_below() -> None:
    """Textual calls it for every class itself; a second call gives a dialog two autosaves."""
    source = Path(staffbase.__file__).parent
    assert [
        path.name for path in source.rglob("*.py") if "super().on_mount()" in path.read_text(encoding="utf-8")
    ] == []


async def test_screens_behind_the_shut_door_may_be_drawn(house: House, eager: None) -> None:
    """A refresh may end after the door was shut: what it draws asks which keys work, and nobody is there to ask about."""
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        actor = house.app.actor
        house.station.rounds.leave(actor, 45)
        resident = house.app.screen.query(Tile).first().tile.resident_id
        note = house.station.notes.write(actor, "quiet", resident).entry_id

        def shut() -> None:
            house.app._actor = None
            assert house.app.screen.active_bindings
            house.app._actor = actor

        for key in "1234560":
            await house.press(pilot, key)
            shut()
        for screen in (
            house.app._sections.OFFERS["open_resident"].make(house.app, house.station, resident),
            house.app._sections.OFFERS["start_incident"].make(house.app, house.station, resident),
            EntryScreen(house.app, house.station.notes, note),
        ):
            house.app.push_screen(screen)
            await house.settled(pilot)
            shut()


async def test_what_was_under_way_when_the_door_shut_says_nothing_at_the_door(house: House, eager: None) -> None:
    async with house.app.run_test(size=(120, 36), notifications=True) as pilot:
        await house.ready(pilot)
        board = house.app.screen
        await house.press(pilot, "ctrl+l")
        board.look_again()
        await house.settled(pilot)
        assert isinstance(house.app.screen, DoorScreen)
        assert not list(house.app._notifications)


async def test_a_second_that_passes_while_the_program_closes_is_no_fault(house: House, eager: None) -> None:
    async def passes() -> None:
        while True:
            house.clock.move_to(house.clock.now() + timedelta(minutes=1))
            house.app._tick()
            await asyncio.sleep(0)

    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        passing = asyncio.ensure_future(passes())
        await asyncio.sleep(0.05)
    passing.cancel()
    with suppress(asyncio.CancelledError):
        await passing
    assert house.app._exception is None


async def test_what_a_screen_misses_that_is_taken_away_with_the_program_is_no_fault(house: House, eager: None) -> None:
    class Late(Screen[None]):
        def on_mount(self) -> None:
            self.query_one("#not-here")

    async with house.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        house.app.exit(0)
        house.app.push_screen(Late())
        await asyncio.sleep(0.2)
    assert house.app.fault is None


async def test_what_a_job_misses_whose_screen_is_taken_away_with_the_program_is_no_fault(
    house: House, eager: None
) -> None:
    class Reads(Screen[None]):
        @job()
        async def read(self) -> None:
            house.app.exit(0)
            self.query_one("#not-here")

    async with house.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        reads = Reads()
        await house.app.push_screen(reads)
        reads.read()
        await asyncio.sleep(0.2)
    assert house.app._exception is None


async def test_a_form_that_is_just_coming_up_keeps_no_other_from_being_kept_at_the_end(
    house: House, eager: None
) -> None:
    class Slow(NoteDialog):
        async def _compose(self) -> None:
            await asyncio.sleep(0.5)
            await super()._compose()

    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "n")
        await house.press(pilot, *"A3", "enter", *"Sov urolig")
        house.app.push_screen(Slow(house.app, house.station.notes))
        house.app._told_to_end()
        assert house.app._task is not None
        await asyncio.wait({house.app._task}, timeout=PATIENCE)
    assert house.app._exception is None
    assert "Sov urolig" in typed_in_drafts(house)


async def test_a_fault_in_one_form_keeps_no_other_from_being_kept(house: House, eager: None) -> None:
    class Broken(NoteDialog):
        def fields(self) -> dict[str, str]:
            if self._kept is not None and house.app._asked_to_quit:
                raise ZeroDivisionError
            return super().fields()

    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        house.app.push_screen(Broken(house.app, house.station.notes, form="note:house:2"))
        await house.settled(pilot)
        await house.press(pilot, "escape")
        house.app.push_screen(Broken(house.app, house.station.notes, form="note:house:3"))
        await house.settled(pilot)
        house.app.push_screen(NoteDialog(house.app, house.station.notes))
        await house.settled(pilot)
        await house.press(pilot, "enter", *"Sov urolig")
        house.app._asked_to_quit = True
        with pytest.raises(ZeroDivisionError):
            await house.app._keep_drafts()
        house.app._asked_to_quit = False
    assert "Sov urolig" in typed_in_drafts(house)


def typed_in_drafts(house: House) -> str:
    with open_station(house.app.settings, house.clock, SystemIdentities().files).database.read() as tx:
        return " ".join(tx.all(select(Draft.fields)))

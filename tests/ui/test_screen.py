"""A section whose first reading takes its time says that, and nothing untrue in the meantime."""

import asyncio
from functools import partial

import pytest
from tests.bench import Bench, seen, settle

from staffbase.admin.residents import ResidentsAdmin
from staffbase.admin.staff import StaffAdmin
from staffbase.board.screen import BoardScreen
from staffbase.crisis_plans.page import PlanPage
from staffbase.crisis_plans.screen import CrisisPlansScreen
from staffbase.handover.screen import HandoverScreen
from staffbase.incidents.model import IncidentKind
from staffbase.incidents.screen import IncidentScreen
from staffbase.incidents.start_screen import IncidentStart
from staffbase.notes.screen import NotesScreen
from staffbase.residents.screen import ResidentPage
from staffbase.rounds.screen import RoundsScreen
from staffbase.sections import beside_of, still_open
from staffbase.tasks.screen import TasksScreen
from staffbase.ui.dialog import StaffDialog

pytestmark = pytest.mark.usefixtures("eager")

ROOMS = {
    "residents": lambda app, station, _resident: ResidentsAdmin(app, station.residents, partial(still_open, station)),
    "staff": lambda app, station, _resident: StaffAdmin(app, station.people),
    "plans": lambda app, station, _resident: CrisisPlansScreen(app, station.crisis_plans),
    "handover": lambda app, station, _resident: HandoverScreen(app, station.handover),
    "notes": lambda app, station, _resident: NotesScreen(app, station.notes),
    "tasks": lambda app, station, _resident: TasksScreen(app, station.tasks),
    "incident-start": lambda app, station, resident: IncidentStart(app, station.incidents, station.residents, resident),
    "incident": lambda app, station, resident: IncidentScreen(
        app, station.incidents, station.residents, station.incidents.start(app.actor, IncidentKind.ILLNESS, resident)
    ),
    "resident": lambda app, station, resident: ResidentPage(
        app, station.residents, station.journal, station.people, beside_of(station), resident
    ),
}  # fmt: skip


async def until(pilot, condition):
    for _look in range(200):
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError(seen(pilot.app))


@pytest.mark.parametrize("room", ROOMS)
async def test_until_it_has_read_a_room_says_one_moment_and_nothing_else(station, actors, flats, room):
    app = Bench(station, actors["ingrid"])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = ROOMS[room](app, station, flats["A1"])
        answer, read = asyncio.Event(), screen.refresh_view

        async def slowly() -> None:
            await answer.wait()
            await read()

        screen.refresh_view = slowly  # the database that answers late, as after a power cut
        app.show(screen)
        await until(pilot, lambda: "One moment" in seen(app))
        told = (row.strip("█ ") for row in seen(app).splitlines()[1:-1])  # the edges of what is empty yet
        assert [row for row in told if row] == ["One moment …"]
        answer.set()
        await until(pilot, lambda: screen.has_read and "One moment" not in seen(app))


SEEN_AGAIN = ROOMS | {
    "rounds": lambda app, station, _resident: RoundsScreen(app, station.rounds),
    "plan": lambda app, station, resident: PlanPage(app, station.crisis_plans, resident),
    "board": lambda app, station, _resident: BoardScreen(app, station.board),
}  # fmt: skip


@pytest.mark.parametrize("room", SEEN_AGAIN)
async def test_a_size_that_changed_behind_a_dialog_is_drawn_as_if_nothing_had_lain_over_it(
    station, actors, flats, room
):
    station.notes.write(actors["marit"], "Quiet evening, made tacos with four of the others and watched a film. " * 3)
    app = Bench(station, actors["ingrid"])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = SEEN_AGAIN[room](app, station, flats["A1"])
        app.show(screen)
        await until(pilot, lambda: screen.has_read)
        await settle(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        small = seen(app)
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        large = seen(app)
        for size, wanted in (((80, 24), small), ((120, 36), large)):
            app.show(StaffDialog(app))
            await settle(pilot)
            await pilot.resize_terminal(*size)
            await settle(pilot)
            await pilot.press("escape")
            await settle(pilot)
            assert app.screen is screen
            assert seen(app) == wanted

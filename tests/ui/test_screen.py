"""A section whose first reading takes its time says that, and nothing untrue in the meantime."""

import asyncio
from functools import partial

import pytest
from tests.bench import Bench, seen

from staffbase.admin.residents import ResidentsAdmin
from staffbase.admin.staff import StaffAdmin
from staffbase.crisis_plans.screen import CrisisPlansScreen
from staffbase.handover.screen import HandoverScreen
from staffbase.incidents.model import IncidentKind
from staffbase.incidents.screen import IncidentScreen
from staffbase.incidents.start_screen import IncidentStart
from staffbase.notes.screen import NotesScreen
from staffbase.residents.screen import ResidentPage
from staffbase.sections import beside_of, still_open
from staffbase.tasks.screen import TasksScreen

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

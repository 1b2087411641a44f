"""What a section shows is what was read last, however long an earlier reading takes."""

import asyncio

from tests.bench import Bench, settle

from staffbase.kernel.access import Actor
from staffbase.station import Station
from staffbase.ui.screen import StaffScreen


class Slow(StaffScreen):
    """Each reading finds what is true when it begins, and answers when it is let go."""

    def __init__(self, desk: Bench) -> None:
        super().__init__(desk)
        self.true = "before"
        self.shown = ""
        self.begun = 0
        self.gates = [asyncio.Event() for _ in range(4)]

    async def refresh_view(self) -> None:
        self.begun += 1
        found, gate = self.true, self.gates[self.begun - 1]
        await gate.wait()
        self.shown = found


async def test_an_earlier_reading_never_stands_over_a_later_one(station: Station, actors: dict[str, Actor]) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        screen = Slow(app)
        await app.push_screen(screen)
        while not screen.begun:
            await pilot.pause(0.01)
        screen.true = "after"  # something was saved, and is read again
        later = asyncio.create_task(screen.read_again())
        for gate in (*screen.gates[1:], screen.gates[0]):  # the earlier reading answers last
            gate.set()
            await pilot.pause(0.05)
        await asyncio.wait_for(later, 20)
        await settle(pilot)
        assert screen.shown == "after"

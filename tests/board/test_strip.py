"""What the strip on top says waits for somebody."""

from dataclasses import replace
from typing import Any

import pytest
from tests.bench import Bench, seen, settle

from staffbase.journal.model import Importance
from staffbase.tasks.screen import TasksScreen
from staffbase.ui.strip import StripFacts


def test_unread_is_said_to_those_who_take_over_the_house(station: Any, actors: Any) -> None:
    station.notes.write(actors["jonas"], "The boiler is off until Thursday.", importance=Importance.HANDOVER)
    station.people.go_on_duty(actors["marit"])
    assert station.board.strip(actors["marit"]).notices == ("3: 1 unread",)
    assert station.board.strip(actors["leader"]).notices == ()
    assert station.handover.unread_count(actors["leader"]) == 1


def test_who_is_signed_in_stands_first_and_is_said_to_be_on_duty_or_not(station: Any, actors: Any) -> None:
    station.people.go_on_duty(actors["jonas"])
    station.people.go_on_duty(actors["marit"])
    marit, eva = station.board.strip(actors["marit"]), station.board.strip(actors["eva"])
    assert (marit.signed_in, marit.me_on_duty, marit.on_duty) == ("Marit", True, ("Jonas",))
    assert (eva.signed_in, eva.me_on_duty, set(eva.on_duty)) == ("Eva", False, {"Jonas", "Marit"})


FACTS = StripFacts(
    house="A house with a rather long name", shift="evening shift", day="Mon 05.01", signed_in="Marit", me_on_duty=True,
    on_duty=("Jonas",), next_round="next round 23:30–01:30", clock="21:40",
)  # fmt: skip


async def strip(station: Any, actors: Any, facts: StripFacts, width: int) -> str:
    app = Bench(station, actors["marit"])
    app.strip_facts = facts
    async with app.run_test(size=(width, 24)) as pilot:
        app.show(TasksScreen(app, station.tasks))
        await settle(pilot, 2)
        return seen(app).splitlines()[0]


@pytest.mark.usefixtures("eager")
async def test_who_is_signed_in_stands_on_every_screen_as_long_as_there_is_any_room(station: Any, actors: Any) -> None:
    assert "▸ Marit · Jonas   next round 23:30–01:30" in await strip(station, actors, FACTS, 120)
    much = replace(FACTS, duty_note="1 on duty", notices=("3: 12 unread", "F7: 1 draft"))
    small = await strip(station, actors, much, 80)
    assert "Mon 05.01   ▸ Marit · Jonas   1 on duty" in small
    assert "long name" not in small
    assert small.endswith("3: 12 unread   F7: 1 draft   21:40")
    off = replace(much, me_on_duty=False, on_duty=("Jonas", "Samira (at another house)"))
    assert "signed in: Marit" in await strip(station, actors, off, 80)
    assert "Marit Marit" in await strip(station, actors, replace(much, signed_in="Marit " * 10), 80)

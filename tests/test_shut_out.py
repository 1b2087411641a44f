"""Maintenance and the clerk, in the whole app: every key and every line of the palette, and no resident anywhere.

And somebody who left, or is something else by now, while signed in: the door.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select
from tests.bench import seen
from tests.test_app import House
from textual.pilot import Pilot
from textual.widgets import OptionList
from textual.worker import WorkerCancelled

from staffbase.board.screen import BoardScreen
from staffbase.journal.model import EntryText
from staffbase.kernel.access import ALLOWED, STATION_ITSELF, Actor, Permission, Role
from staffbase.kernel.clock import OSLO
from staffbase.keys import PLACES, bindings_of
from staffbase.people.model import Person
from staffbase.people.screen import DoorScreen
from staffbase.residents.log_screen import AccessLogScreen
from staffbase.residents.model import Contact, Resident, Warning_
from staffbase.station import Station
from staffbase.ui.palette import Palette

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
LEAVES = {"app.lock", "app.quit", "app.palette"}
"""Keys that lead out, or to what is walked by itself."""
SHORTEST = 12
"""Letters of a text that would not stand on a screen by chance."""


def personal(station: Station) -> set[str]:
    """Every name of a resident, and the beginning of each text that somebody wrote about anybody."""
    with station.database.read() as tx:
        residents = tx.all(select(Resident))
        texts = [*tx.all(select(EntryText.text)), *tx.all(select(Warning_.line)), *tx.all(select(Contact.name))]
    assert residents
    assert texts
    names = {part for one in residents for part in (one.alias, one.alias.split()[0])}
    staff = set(station.people.names(STATION_ITSELF).values())
    return (names - staff) | {text.strip()[:30] for text in texts if len(text.strip()) >= SHORTEST}


async def press(house: House, pilot: Pilot[int], key: str) -> None:
    """A key, and what it asks of the station answered."""
    house.clock.move_to(house.clock.now() + timedelta(seconds=2))
    await pilot.press(key)
    with suppress(WorkerCancelled):
        await house.app.workers.wait_for_complete()
    await pilot.pause()


async def back_to_the_board(house: House, pilot: Pilot[int]) -> None:
    for _again in range(4):
        if isinstance(house.app.screen, BoardScreen):
            return
        await press(house, pilot, "escape")
    assert isinstance(house.app.screen, BoardScreen)


def test_the_clerk_is_shut_out_as_maintenance_is() -> None:
    """So that one walk through the app is both of theirs."""
    assert ALLOWED[Role.CLERK] == ALLOWED[Role.MAINTENANCE] == {Permission.SELF, Permission.SEE_HOUSE}


async def test_no_screen_shows_a_resident_to_maintenance(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, "Odd")
    hidden = personal(house.station)
    screens: dict[str, str] = {}
    async with house.app.run_test(size=(160, 50)) as pilot:
        await house.ready(pilot)
        screens["board"] = seen(house.app)
        keys = {one.key for _heading, place in PLACES for one in bindings_of(place) if one.id not in LEAVES}
        for key in sorted(keys | {"a", "left", "tab"}):
            await press(house, pilot, key)
            screens[key] = seen(house.app)
            await back_to_the_board(house, pilot)
        await press(house, pilot, "ctrl+p")
        palette = house.app.screen
        assert isinstance(palette, Palette)
        lines = palette.query_one(OptionList).option_count
        screens["palette"] = seen(house.app)
        for letter in "aeiou":  # what is found by typing: no resident to jump to
            await press(house, pilot, letter)
            screens[f"palette {letter}"] = seen(house.app)
            await press(house, pilot, "backspace")
        await back_to_the_board(house, pilot)
        for at in range(lines):
            await press(house, pilot, "ctrl+p")
            on = house.app.screen.query_one(OptionList)
            on.highlighted = at
            told = str(on.get_option_at_index(on.highlighted or 0).prompt)
            if any(word in told for word in ("Quit", "Lock")):
                await press(house, pilot, "escape")
                continue
            await press(house, pilot, "enter")
            screens[f"palette: {told}"] = seen(house.app)
            await back_to_the_board(house, pilot)
    assert lines > 3
    assert len(screens) > 30
    shown = {where: [text for text in hidden if text in screen] for where, screen in screens.items()}
    assert {where: found for where, found in shown.items() if found} == {}
    assert "no residents" in screens["board"]


async def test_whoever_left_or_changed_role_meanwhile_stands_at_the_door(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, "Marit")
    async with house.app.run_test(size=(80, 24)) as pilot:
        await house.ready(pilot)
        with house.station.database.read() as tx:
            marit, ingrid = (tx.all(select(Person).where(col(Person.name) == name))[0] for name in ("Marit", "Ingrid"))
        leader = Actor(ingrid.id, ingrid.name, Role.LEADER)
        house.station.people.change_person(leader, marit.id, phone="00 00 00 77")
        await pilot.pause(2.2)  # it is looked for every second
        await house.settled(pilot)
        assert isinstance(house.app.screen, BoardScreen)
        hidden = personal(house.station)
        assert any(text in seen(house.app) for text in hidden)  # she may see them: what looks for them finds them
        house.station.people.person_left(leader, marit.id)
        while not isinstance(house.app.screen, DoorScreen):
            await pilot.pause(0.1)
        await house.settled(pilot)
        assert not any(text in seen(house.app) for text in hidden)


async def test_the_access_auditor_reads_the_log_and_no_resident(tmp_path: Path, eager: None) -> None:
    house = House(tmp_path / "house", EVENING, "Astrid")
    async with house.app.run_test(size=(100, 30)) as pilot:
        await house.ready(pilot)
        assert "F9 shows who opened what of a resident." in " ".join(seen(house.app).split())
        await press(house, pilot, "f8")
        assert isinstance(house.app.screen, BoardScreen)
        await press(house, pilot, "f9")
        assert isinstance(house.app.screen, AccessLogScreen)
        assert "A1 Arild N. · who opened what" in seen(house.app)
        await press(house, pilot, "k")
        await press(house, pilot, "n")
        assert isinstance(house.app.screen, AccessLogScreen)

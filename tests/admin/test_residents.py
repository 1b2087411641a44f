"""Administration of residents: the units in walking order, and every change by its key."""

from functools import partial

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment

from staffbase.admin.residents import ResidentsAdmin
from staffbase.incidents.model import IncidentKind
from staffbase.incidents.start_screen import IncidentStart
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF
from staffbase.residents.dialogs.stays import LeaveDialog
from staffbase.residents.model import Presence, RoundForm, Unit, WarningKind
from staffbase.sections import still_open
from staffbase.tasks.screen import TasksScreen

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def one_free(station):
    with station.database.write(STATION_ITSELF, "test.units") as tx:
        tx.add(Unit(house_id=station.house_id, code="B2", module="B", position=3))


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
@pytest.mark.parametrize("language", ["nb", "en"])
async def test_one_line_for_each_unit_whatever_was_typed(station, actors, flats, one_free, clock, size, language):
    i18n.use(language)
    eva = actors["eva"]
    station.residents.set_agreement(eva, flats["A1"], RoundForm.ENTER, consent="Yes.", valid_until=moment(6, 12))
    station.residents.set_agreement(
        eva, flats["A2"], RoundForm.KNOCK, consent="Yes.", valid_until=moment(1, 23, 59, month=7)
    )
    station.residents.add_warning(eva, flats["A1"], WarningKind.DANGER, "[/b] knife")
    station.residents.add_contact(eva, flats["A1"], "Anne")
    station.residents.set_presence(eva, flats["B1"], Presence.PRISON)
    clock.move_to(moment(7, 9))
    app = Bench(station, eva)
    async with app.run_test(size=size) as pilot:
        app.show(ResidentsAdmin(app, station.residents, partial(still_open, station)))
        await settle(pilot)
        words = (
            ("UTLØPT 06.01.2026", "1 kontakt !", "i fengsel", "ledig")
            if language == "nb"
            else ("RAN OUT 06.01.2026", "1 contact !", "in prison", "vacant")
        )
        listed = [row for row in seen(app).splitlines() if row.strip().startswith(("A1 ", "A2 ", "B1 ", "B2 "))]
        first = next(row for row in listed if words[0] in row)
        assert words[1] in first
        assert any(words[2] in row for row in listed)
        assert words[3] in listed[3]
        assert "01.07.2026" in seen(app) or size[0] == 80


async def test_somebody_moves_in_to_the_free_unit_and_moves_on(station, actors, flats, one_free):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(ResidentsAdmin(app, station.residents, partial(still_open, station)))
        await settle(pilot)
        await pilot.press("end", "enter")
        await settle(pilot)
        await pilot.press(*"Kari N.", "tab", *"1988", "ctrl+s")
        await settle(pilot)
        assert "Kari N." in seen(app)
        await pilot.press("i")
        await settle(pilot)
        assert app.told == ["No unit is vacant."]
        await pilot.press("home", "u")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "A1 is vacant. i: somebody moves in." in seen(app)
        await pilot.press("end", "m")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        doors = {
            door.code: door.resident.alias if door.resident else "" for door in station.residents.doors(actors["eva"])
        }
        assert doors == {"A1": "Kari N.", "A2": "Beboer A2", "B1": "Beboer B1", "B2": ""}


async def test_who_lived_here_is_found_by_name(station, actors, flats):
    station.residents.leave(actors["eva"], flats["A1"], "moved on")
    station.residents.leave(actors["eva"], flats["B1"], "died")
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ResidentsAdmin(app, station.residents, partial(still_open, station)))
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert all(words in seen(app) for words in ("moved on", "died"))
        await pilot.press(*"b1")
        await settle(pilot)
        assert "moved on" not in seen(app)
        await pilot.press("enter")
        await settle(pilot)
    assert app.asked == [("resident", flats["B1"])]


async def test_what_is_agreed_and_known_is_changed_by_the_keys_beside_the_headings(station, actors, flats):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(ResidentsAdmin(app, station.residents, partial(still_open, station)))
        await settle(pilot)
        assert all(
            words in seen(app) for words in ("BEFORE THE DOOR OPENS  d", "NIGHT CHECK  a", "RING  r", "GOOD TO KNOW  o")
        )
        for key, title in (
            ("p", "Where is"),
            ("a", "Check agreement"),
            ("r", "Contacts"),
            ("d", "Dangers"),
            ("o", "About"),
        ):
            await pilot.press("down", "up", key)
            await settle(pilot)
            assert title in seen(app)
            await pilot.press("escape")
            await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        await pilot.press("k")
    assert app.asked == [("resident", flats["A2"]), ("card", flats["A2"])]


async def test_an_empty_house_says_what_to_do(station, actors, flats):
    for code in ("A1", "A2", "B1"):
        station.residents.leave(actors["eva"], flats[code], "other")
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ResidentsAdmin(app, station.residents, partial(still_open, station)))
        await settle(pilot)
        assert "A1 is vacant. i: somebody moves in." in seen(app)
        await pilot.press("p", "m", "u", "o")
        await settle(pilot)
        assert isinstance(app.screen, ResidentsAdmin)


async def test_who_moves_out_with_something_still_open_is_asked_about_and_found_again(station, actors, flats):
    eva = actors["eva"]
    station.tasks.add(eva, "Letter to the benefits office", flats["A1"])
    station.incidents.start(eva, IncidentKind.OVERDOSE, flats["A1"])
    app = Bench(station, eva)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ResidentsAdmin(app, station.residents, partial(still_open, station)))
        await settle(pilot)
        await pilot.press("u")
        await settle(pilot)
        shown = seen(app)
        assert "STILL OPEN" in shown
        assert "Letter to the benefits office" in shown
        assert "overdose" in shown
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, LeaveDialog)
        assert "stays open" in seen(app)
        assert station.residents.resident(eva, flats["A1"]).unit_code == "A1"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert all(door.resident is None or door.code != "A1" for door in station.residents.doors(eva))
        app.show(TasksScreen(app, station.tasks))
        await settle(pilot)
        row = next(row for row in seen(app).splitlines() if "Letter to the" in row)
        assert "Beboer A1" in row
        app.show(IncidentStart(app, station.incidents, station.residents))
        await settle(pilot)
        assert any("Beboer A1" in row and "verdose" in row for row in seen(app).splitlines())

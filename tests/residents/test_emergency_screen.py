"""Emergency access as fingers meet it: the quiet line, the dialog, the page that goes on, and the log the leader reads."""

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment

from staffbase.kernel import i18n
from staffbase.notes.screen import NotesScreen
from staffbase.notes.search.screen import SearchScreen
from staffbase.people.model import ShiftName
from staffbase.residents.dialogs.emergency import EmergencyDialog
from staffbase.residents.log_screen import AccessLogScreen
from staffbase.residents.screen import ResidentPage
from staffbase.sections import beside_of
from staffbase.ui.fields import LineField

pytestmark = pytest.mark.usefixtures("eager")

WHY = "Hun spør etter en Siv, jeg må vite hvem det er."
BEFORE = "Before Mon 19.01 07:30: your own shifts only. Emergency access: F8."


@pytest.fixture
def nora(station, actors, flats, clock):
    """Marit wrote a lot on 5 January and something on the 19th; Nora comes on the day shift of the 20th."""
    for number in range(45):
        station.notes.write(actors["marit"], f"Gammelt notat {number}.", flats["A1"], observed_at=moment(5, 10, number))
    clock.move_to(moment(19, 12))
    station.notes.write(actors["marit"], "Nytt notat.", flats["A1"])
    clock.move_to(moment(20, 10))
    station.people.go_on_duty(actors["nora"], shift=ShiftName.DAY)
    return actors["nora"]


def desk(station, actor) -> Bench:
    """A desk that really opens the dialog."""
    app = Bench(station, actor)
    app.emergency_access = lambda resident_id: app.show(
        EmergencyDialog(app, station.emergency, station.residents, resident_id)
    )
    return app


def page(app, station, resident_id) -> ResidentPage:
    return ResidentPage(app, station.residents, station.journal, station.people, beside_of(station), resident_id)


async def type_why(app, pilot, why: str) -> None:
    app.screen.query_one("#reason", LineField).value = why
    await pilot.press("enter")
    await settle(pilot)


async def test_what_is_older_is_closed_opened_with_a_reason_and_closed_again_at_the_shifts_end(station, actors, flats, nora, clock):  # fmt: skip
    app = desk(station, nora)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        resident = app.screen
        assert BEFORE in seen(app)
        assert "Nytt notat." in seen(app)
        assert "Gammelt" not in seen(app)
        here = resident._here().entry_id

        await pilot.press("f8")
        await settle(pilot)
        assert isinstance(app.screen, EmergencyDialog)
        said = " ".join(seen(app).split())
        assert "A1 Beboer A1" in said
        assert "until 15:00" in said
        assert "Your name and the reason stand in the resident's log" in said
        await pilot.press("enter")
        await settle(pilot)
        assert "Something must be written here." in seen(app)
        assert station.emergency.emergency_queue(actors["ingrid"]) == []
        await type_why(app, pilot, WHY)

        assert app.screen is resident
        assert "Emergency access until 15:00: everything is shown." in seen(app)
        assert "Gammelt notat 44." in seen(app)
        assert resident._here().entry_id == here, "the place in the timeline is lost"
        for _page in range(3):
            resident.query_one("#timeline").action_last()
            await settle(pilot)
        assert resident._items[-1].text == "Gammelt notat 0."

        clock.move_to(moment(20, 15))
        resident.look_again()
        await settle(pilot)
        assert BEFORE in seen(app)
        assert {item.text for item in resident._items} == {"Nytt notat.", WHY}


async def test_it_holds_at_the_next_sign_in_of_the_same_shift(station, flats, nora, clock):
    until = station.emergency.open(nora, flats["A1"], WHY)
    clock.move_to(moment(20, 13))
    app = desk(station, nora)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        assert "Emergency access until 15:00" in seen(app)
        await pilot.press("f8")
        await settle(pilot)
        assert "is open to you until 15:00" in " ".join(seen(app).split())
    assert until == moment(20, 15)


async def test_whoever_reads_everything_is_told_nothing_of_it(station, actors, flats, nora):
    app = desk(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        assert "F8" not in seen(app)
        assert "Gammelt notat 44." in seen(app)


async def test_the_notes_say_it_and_so_does_the_search(station, flats, nora):
    app = desk(station, nora)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(NotesScreen(app, station.notes))
        await settle(pilot)
        assert BEFORE in seen(app)
        app.screen.resident_id = flats["A1"]
        await settle(pilot)
        assert BEFORE in seen(app)
        assert "Gammelt" not in seen(app)

        app.show(search := SearchScreen(app, station.notes))
        await settle(pilot)
        search.query_one("#query", LineField).value = "notat"
        await pilot.pause(0.4)
        await settle(pilot)
        said = " ".join(seen(app).split())
        assert "1 entry" in said
        assert "other notes of 3 residents are left out. Emergency access: F8." in said
        search.query_one("#whose", LineField).value = "A1"
        await pilot.pause(0.4)
        await settle(pilot)
        assert "other notes of 1 resident are left out" in " ".join(seen(app).split())

        await pilot.press("f8")
        await settle(pilot)
        assert isinstance(app.screen, EmergencyDialog)
        await type_why(app, pilot, WHY)
        assert app.screen is search
        said = " ".join(seen(app).split())
        assert "46 entries" in said
        assert "left out" not in said


async def test_the_leader_reads_who_opened_what_and_why(station, actors, flats, nora, clock):
    station.residents.open_resident(actors["marit"], flats["A1"])
    clock.move_to(moment(20, 11))
    station.emergency.open(nora, flats["A1"], WHY)
    clock.move_to(moment(21, 9))
    app = desk(station, actors["ingrid"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(AccessLogScreen(app, station.access_log, flats["A1"]))
        await settle(pilot)
        said = seen(app)
        assert "A1 Beboer A1 · who opened what · last 7 days" in said
        assert said.index("11:00") < said.index("10:00")
        assert f"emergency access: {WHY}" in said
        assert "Marit" in said
        await pilot.press("right")
        await settle(pilot)
        assert "A2 Beboer A2" in seen(app)
        assert "Nobody opened anything" in seen(app)
        await pilot.press("b")
        await settle(pilot)
        await pilot.press("b", "1", "enter")
        await settle(pilot)
        assert "B1 Beboer B1" in seen(app)
        await pilot.press("t", "t")
        await settle(pilot)
        assert "all time" in seen(app)
    log = station.access_log.log_of(actors["ingrid"], flats["A1"])
    assert [line.what for line in log if line.person == "Ingrid"] == ["this log"], "looking at it stands in it, once"


async def test_the_auditor_reads_it_without_seeing_a_resident(station, actors, flats, nora):
    i18n.use("nb")
    station.residents.open_resident(actors["marit"], flats["A1"])
    app = desk(station, actors["astrid"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(AccessLogScreen(app, station.access_log, None))
        await settle(pilot)
        assert "A1 Beboer A1 · hvem som åpnet hva" in seen(app)
        assert "beboerens side" in seen(app)


async def test_a_long_log_is_read_on_at_its_end(station, actors, flats, clock):
    for minute in range(130):
        clock.move_to(moment(6, 8 + minute // 60, minute % 60))
        station.residents.open_resident(actors["marit"], flats["A1"])
    app = desk(station, actors["ingrid"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(AccessLogScreen(app, station.access_log, flats["A1"]))
        await settle(pilot)
        for _page in range(3):
            app.screen.query_one("#log").action_last()
            await settle(pilot)
        assert [one.at for one in app.screen._lines][-1] == moment(6, 8, 0)
        assert len({one.seq for one in app.screen._lines}) == len(app.screen._lines)

"""Section 0, as a leader's and a clinical lead's fingers meet it."""

from datetime import datetime, time
from functools import partial

import pytest
from tests.bench import Bench, seen, settle
from tests.test_app import House, until
from textual.widgets import Digits, Input, Label

from staffbase.admin.dialogs import LeftDialog, PersonDialog, PinShown, Sure
from staffbase.admin.house import HouseDialog, ShiftsDialog, UnitsDialog, WindowsDialog
from staffbase.admin.machine import MachineDialog
from staffbase.admin.screen import PARTS, AdminScreen, Rooms
from staffbase.admin.staff import StaffAdmin
from staffbase.admin.trust import TrustRooms, TrustScreen
from staffbase.board.screen import BoardScreen
from staffbase.demo.house import STAFF
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF, Actor, Permission, Role
from staffbase.kernel.clock import OSLO
from staffbase.kernel.settings import Settings
from staffbase.people.model import ShiftName
from staffbase.people.screen import DoorScreen
from staffbase.rounds.rules import WindowHours
from staffbase.sections import still_open

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def bench(station, actors, tmp_path):
    def opened(who="ingrid"):
        app = Bench(station, actors[who])
        app.settings = Settings(home=tmp_path)
        return app

    return opened


def overview(app, station):
    home, settings = app.settings.home, app.settings
    trust = TrustRooms(
        station.access_log, station.emergency, station.automatic_backups(settings), station.verifications,
        station.openers(home),
    )  # fmt: skip
    rooms = Rooms(
        station.people, station.residents, station.rounds, station.machine(home), trust, partial(still_open, station)
    )
    app.show(AdminScreen(app, rooms))


def fault(app):
    return str(app.screen.query_one("#dialog-fault", Label).content)


def line_of(station, actors, name):
    return next(one for one in station.people.directory(actors["ingrid"]) if one.name == name)


async def replace(pilot, field, typed):
    """Put another text into a field, as select and type would."""
    pilot.app.screen.query_one(f"#{field}", Input).value = typed
    await pilot.pause()


# -- the overview --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_house_at_a_glance(station, actors, bench, size):
    app = bench()
    async with app.run_test(size=size) as pilot:
        overview(app, station)
        await settle(pilot)
        shown = seen(app)
        for words in (
            "9 work here",
            "Prøveveien 1",
            "00 00 00 01",
            "3 units",
            "07:30–15:00",
            "23:30–01:30",
            "every night",
        ):
            assert words in shown
        for words in ("locks after 5 minutes", "walk alarm after 45", "heard in this room only"):
            assert words in shown


@pytest.mark.parametrize(
    ("key", "opens"),
    [
        ("s", StaffAdmin),
        ("a", HouseDialog),
        ("u", UnitsDialog),
        ("v", ShiftsDialog),
        ("w", WindowsDialog),
        ("i", MachineDialog),
        ("l", TrustScreen),
    ],
)
async def test_one_key_or_enter_opens_a_part_and_esc_leads_back(station, bench, key, opens):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        overview(app, station)
        await settle(pilot)
        await pilot.press(key)
        await settle(pilot)
        assert isinstance(app.screen, opens)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, AdminScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, opens)
    assert app.told == []


async def test_arrows_walk_the_tiles(station, bench):
    app = bench()
    async with app.run_test(size=(120, 36)) as pilot:
        overview(app, station)
        await settle(pilot)
        places = [app.focused.part.name]
        for key in ("right", "down", "left", "up", "up"):
            await pilot.press(key)
            places.append(app.focused.part.name)
        names = [part.name for part in PARTS]
        assert places == [names[0], names[1], names[3], names[2], names[0], names[0]]


async def test_a_clinical_lead_sees_the_house_and_is_told_who_changes_it(station, bench):
    app = bench("eva")
    async with app.run_test(size=(80, 24)) as pilot:
        overview(app, station)
        await settle(pilot)
        assert "only leader" in seen(app)
        assert "Prøveveien 1" in seen(app)
        await pilot.press("a")
        await settle(pilot)
        assert isinstance(app.screen, AdminScreen)
        app.screen.query_one("#part-house").focus()
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, AdminScreen)
        assert "This can: leader" in app.told[-1]


async def test_what_is_missing_is_said_in_amber(station, actors, bench):
    leader = actors["ingrid"]
    facts = station.residents.house(leader)
    station.residents.change_house(leader, facts.version, address="", entrance="", oncall_name="", oncall_phone="")
    station.people.issue_pin(leader, actors["nora"].person_id)
    app = bench()
    async with app.run_test(size=(120, 36)) as pilot:
        overview(app, station)
        await settle(pilot)
        assert seen(app).count("not filled in") == 3
        assert "one-time PIN not used yet: Nora" in seen(app)
        assert "no PIN: Astrid, Eva, Ingrid, Jonas and 4 more" in seen(app)


# -- staff ---------------------------------------------------------------------------------------------------------


async def test_a_new_colleague_gets_a_one_time_pin_that_is_shown_once(station, actors, bench):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(StaffAdmin(app, station.people))
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        await pilot.press(*"Nina B.", "tab", "right", "tab", *"00 00 00 77", "ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, PinShown)
        pin = app.screen.query_one(Digits).value.replace(" ", "")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, StaffAdmin)
        assert "one-time PIN not used yet" in seen(app)
        assert pin not in seen(app)
        assert app.screen._here().name == "Nina B."
    nina = line_of(station, actors, "Nina B.")
    assert (nina.role, nina.phone, nina.one_time_pin) == (Role.SUBSTITUTE, "00 00 00 77", True)
    assert station.people.sign_in(STATION_ITSELF, nina.id, pin).must_change_pin
    assert not any(pin in item.text for item in station.journal.timeline(actors["ingrid"], house_only=True))


@pytest.mark.parametrize(("name", "said"), [("", "Something must be written"), ("marit", "already on the staff list")])
async def test_a_name_that_cannot_be_is_said_and_nothing_is_lost(station, actors, bench, name, said):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PersonDialog(app, station.people))
        await settle(pilot)
        await replace(pilot, "name", name)
        await replace(pilot, "phone", "00 00 00 78")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert said in fault(app)
        assert app.focused.id == "name"
        assert app.screen.query_one("#phone").value == "00 00 00 78"
    assert len(station.people.directory(actors["ingrid"])) == 9


async def test_a_half_typed_colleague_is_kept_as_a_draft(station, bench):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PersonDialog(app, station.people))
        await settle(pilot)
        await pilot.press(*"Nin", "escape")
        await settle(pilot)
        app.show(PersonDialog(app, station.people))
        await settle(pilot)
        assert app.screen.query_one("#name").value == "Nin"
        assert "draft" in fault(app)


async def test_looking_at_somebody_keeps_no_draft(station, actors, bench):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PersonDialog(app, station.people, line_of(station, actors, "Nora")))
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
    assert app.told == []
    assert station.journal.drafts(actors["ingrid"]) == []


async def test_another_role_and_a_colleagues_change_in_between(station, actors, bench):
    leader = actors["ingrid"]
    nora = line_of(station, actors, "Nora")
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(StaffAdmin(app, station.people))
        await settle(pilot)
        await pilot.press(*["down"] * [one.id for one in station.people.directory(leader)].index(nora.id), "enter")
        await settle(pilot)
        station.people.change_person(leader, nora.id, role=Role.CLERK, phone="00 00 00 79")
        await pilot.press("tab", "left", "ctrl+s")
        await settle(pilot)
        assert "What stands now is shown" in fault(app)
        assert "role  clerk" in seen(app)
        assert "phone  00 00 00 79" in seen(app)
        assert line_of(station, actors, "Nora").role is Role.CLERK
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, StaffAdmin)
    assert line_of(station, actors, "Nora").role is Role.STAFF


async def test_a_new_pin_over_an_old_one_is_asked_first(station, actors, bench):
    leader, nora = actors["ingrid"], actors["nora"]
    station.people.change_pin(nora, station.people.issue_pin(leader, nora.person_id), "481592")
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(StaffAdmin(app, station.people))
        await settle(pilot)
        at = [one.id for one in station.people.directory(leader)].index(nora.person_id)
        await pilot.press(*["down"] * at, "p")
        await settle(pilot)
        assert isinstance(app.screen, Sure)
        await pilot.press("escape")
        await settle(pilot)
        assert not station.people.sign_in(STATION_ITSELF, nora.person_id, "481592").must_change_pin
        await pilot.press("p")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, PinShown)
    assert line_of(station, actors, "Nora").one_time_pin


async def test_somebody_leaves_and_is_seen_on_request_only(station, actors, bench):
    leader = actors["ingrid"]
    station.people.go_on_duty(actors["jonas"])
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(StaffAdmin(app, station.people))
        await settle(pilot)
        await pilot.press("l")
        await settle(pilot)
        assert isinstance(app.screen, LeftDialog)
        await pilot.press("enter")
        await settle(pilot)
        assert "8 work here" in seen(app)
        assert "Jonas" not in seen(app)
        await pilot.press("v")
        await settle(pilot)
        assert "Jonas" in seen(app)
        await pilot.press("end", "p", "l", "enter")
        await settle(pilot)
        assert "no longer works here" in app.told[-1]
    assert line_of(station, actors, "Jonas").left
    assert station.people.on_duty(leader) == []


async def test_the_last_leader_stays_and_is_told_why(station, actors, bench):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(LeftDialog(app, station.people, line_of(station, actors, "Ingrid")))
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "only leader" in fault(app)
        assert isinstance(app.screen, LeftDialog)


async def test_who_gives_up_the_role_goes_by_the_new_one_at_once(station, actors, bench):
    leader = actors["ingrid"]
    station.people.change_person(leader, actors["eva"].person_id, role=Role.LEADER)
    station.people.issue_pin(leader, actors["eva"].person_id)
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(StaffAdmin(app, station.people))
        await settle(pilot)
        at = [one.id for one in station.people.directory(leader)].index(leader.person_id)
        await pilot.press(*["down"] * at, "enter")
        await settle(pilot)
        await pilot.press("tab", "right", "ctrl+s")
        await settle(pilot)
    assert ("lock",) in app.asked


# -- the house -----------------------------------------------------------------------------------------------------


async def test_the_on_call_number_changes(station, actors, bench):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        overview(app, station)
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        await replace(pilot, "oncall_phone", "00 00 00 99")
        await replace(pilot, "review_months", "half")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "1 to 24 months" in fault(app)
        assert app.focused.id == "review_months"
        await replace(pilot, "review_months", "3")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, AdminScreen)
        assert "00 00 00 99" in seen(app)
    house = station.residents.house(actors["ingrid"])
    assert (house.oncall_phone, house.review_months, house.name) == ("00 00 00 99", 3, "Testhuset")


async def test_a_colleagues_change_of_the_house_is_not_overwritten_unseen(station, actors, bench):
    leader = actors["ingrid"]
    facts = station.residents.house(leader)
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(HouseDialog(app, station.residents, facts))
        await settle(pilot)
        await replace(pilot, "entrance", "port C")
        station.residents.change_house(
            leader, facts.version, address="Nyveien 2", entrance=facts.entrance, oncall_name="", oncall_phone="1"
        )
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "address  Nyveien 2" in seen(app)
        assert "on call  empty" in seen(app)
        assert station.residents.house(leader).entrance == "port B"
        assert app.screen.query_one("#entrance").value == "port C"


async def test_units_are_added(station, actors, bench):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        overview(app, station)
        await settle(pilot)
        await pilot.press("u")
        await settle(pilot)
        await pilot.press(*"A1-A", "enter")
        await settle(pilot)
        assert "no list of units" in fault(app)
        await replace(pilot, "units", "a3")
        await pilot.press("enter")
        await settle(pilot)
        assert "4 units" in seen(app)
        assert "vacant: A3" in seen(app)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("begins-day", "half past", "Write a time"),
        ("ends-night", "", "Write a time"),
        ("norm-evening", "two", "from 0 to 50"),
        ("ends-day", "07:30", "another time than it begins"),
        ("begins-day", "14.30", "begin at the same time"),
    ],
)
async def test_a_shift_that_cannot_be_is_said_at_its_field(station, actors, bench, field, typed, said):
    app = bench()
    shifts = station.people.shifts(actors["ingrid"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ShiftsDialog(app, station.people, shifts))
        await settle(pilot)
        await replace(pilot, field, typed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert said in fault(app)
        assert app.focused.id == field
        assert app.screen.query_one(f"#{field}").value == typed
    assert station.people.shifts(actors["ingrid"]) == shifts


async def test_shift_times_change(station, actors, bench):
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ShiftsDialog(app, station.people, station.people.shifts(actors["ingrid"])))
        await settle(pilot)
        await replace(pilot, "begins-day", "8")
        await replace(pilot, "norm-day", "3")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert app.answers == [True]
    day = next(one for one in station.people.shifts(actors["ingrid"]) if one.name is ShiftName.DAY)
    assert (day.begins, day.norm) == (time(8), 3)


@pytest.mark.parametrize(
    ("fields", "said", "focus"),
    [
        ({"nights-1": "now and then"}, "says no nights", "nights-1"),
        ({"nights-2": "FREQ=SECONDLY"}, "says no nights", "nights-2"),
        ({"begins-3": "25"}, "Write a time", "begins-3"),
        ({"begins-3": "22:00"}, "Write a time", "ends-3"),
        ({"begins-3": "22:00", "ends-3": "22:10"}, "half an hour", "ends-3"),
        ({"begins-3": "23:00", "ends-3": "23:45"}, "overlap", ""),
        ({"begins-1": "", "ends-1": "", "begins-2": "", "ends-2": ""}, "from one to 6 rounds", ""),
    ],
)
async def test_a_round_that_cannot_be_is_said_at_its_field(station, actors, bench, fields, said, focus):
    app = bench()
    hours = station.rounds.window_hours(actors["ingrid"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(WindowsDialog(app, station.rounds, hours))
        await settle(pilot)
        for field, typed in fields.items():
            await replace(pilot, field, typed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert said in fault(app)
        assert focus in ("", app.focused.id)
        assert all(app.screen.query_one(f"#{field}").value == typed for field, typed in fields.items())
    assert station.rounds.window_hours(actors["ingrid"]) == hours


async def test_a_third_round_in_norwegian_and_one_taken_away(station, actors, bench):
    i18n.use("nb")
    app = bench()
    async with app.run_test(size=(80, 24)) as pilot:
        overview(app, station)
        await settle(pilot)
        await pilot.press("w")
        await settle(pilot)
        for field, typed in {"begins-2": "", "ends-2": "", "begins-3": "5", "ends-3": "6.30", "nights-3": "fre, lør"}.items():  # fmt: skip
            await replace(pilot, field, typed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "fre, lør" in seen(app)
    assert station.rounds.window_hours(actors["ingrid"]) == [
        WindowHours(time(23, 30), time(1, 30)),
        WindowHours(time(5), time(6, 30), "FREQ=WEEKLY;BYDAY=FR,SA"),
    ]


# -- whatever was typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_columns_stand_whatever_was_typed(station, actors, bench, language, size):
    i18n.use(language)
    leader = actors["ingrid"]
    for number, name in enumerate(("[/b][red]", "x" * 60, "\u202e abc", "æøå 😀 日本語")):
        added = station.people.add_person(leader, name, Role.AUDITOR, "0" * (30 + number))
        if number % 2:
            station.people.issue_pin(leader, added)
    facts = station.residents.house(leader)
    station.residents.change_house(
        leader, facts.version, name="[red]" * 10, address="y " * 50, entrance="z" * 110, oncall_name="[/b]", oncall_phone="1"
    )  # fmt: skip
    app = bench()
    async with app.run_test(size=size) as pilot:
        overview(app, station)
        await settle(pilot)
        assert "[/b] 1" in seen(app)
        await pilot.press("s")
        await settle(pilot)
        rows = seen(app).splitlines()
        assert all(len(row) <= size[0] for row in rows)
        assert any("[/b][red]" in row for row in rows)
        assert "\u202e" not in seen(app)


def test_every_part_has_a_key_of_its_own_that_no_other_screen_takes():
    keys = [part.key for part in PARTS]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & set("nkhxg/?")
    assert all(isinstance(part.permission, Permission) for part in PARTS)


# -- in the whole app ----------------------------------------------------------------------------------------------

MORNING = datetime(2026, 1, 5, 10, 0, tzinfo=OSLO)


@pytest.mark.parametrize(("who", "screen"), [("Ingrid", AdminScreen), ("Eva", AdminScreen), ("Marit", BoardScreen), ("Odd", BoardScreen)])  # fmt: skip
async def test_the_section_is_there_for_those_who_may_change_something(tmp_path, who, screen):
    house = House(tmp_path / "house", MORNING, who)
    async with house.app.run_test(size=(80, 24)) as pilot:
        await house.ready(pilot)
        await house.press(pilot, "0")
        assert isinstance(house.app.screen, screen)


async def test_who_changes_role_has_other_screens_when_signed_in_again(tmp_path):
    house = House(tmp_path / "house", MORNING, "Ingrid")
    people = house.station.people
    lines = {one.name: one for one in people.directory(STATION_ITSELF)}
    ingrid = Actor(lines["Ingrid"].id, "Ingrid", Role.LEADER)
    async with house.app.run_test(size=(80, 24)) as pilot:
        await house.ready(pilot)
        people.change_person(ingrid, lines["Eva"].id, role=Role.LEADER)
        people.change_person(ingrid, ingrid.person_id, role=Role.STAFF)
        await house.press(pilot, "0", "ctrl+l")
        await pilot.press(*next(one.pin for one in STAFF if one.name == "Ingrid"), "enter")
        await until(pilot, lambda: not isinstance(house.app.screen, DoorScreen))
        await settle(pilot, 20)
        assert not isinstance(house.app.screen, AdminScreen)
        await pilot.press("escape")
        await house.press(pilot, "0")
        assert not isinstance(house.app.screen, AdminScreen)
        assert house.app.actor.role is Role.STAFF

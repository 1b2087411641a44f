"""The resident's page, as fingers meet it: facts, plan, tasks, timeline, and the keys that change what stands there."""

import pytest
from sqlmodel import select
from tests.bench import Bench, seen, settle
from tests.conftest import moment

from staffbase.journal.model import Importance, Kind
from staffbase.kernel import i18n
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.ledger import Ledger
from staffbase.notes.entry.screen import EntryScreen
from staffbase.residents.dialogs.presence import PresenceDialog
from staffbase.residents.model import Presence, RoundForm, WarningKind
from staffbase.residents.screen import ResidentPage
from staffbase.residents.service import Residents
from staffbase.sections import beside_of

pytestmark = pytest.mark.usefixtures("eager")


def page(app, station, resident_id):
    return ResidentPage(app, station.residents, station.journal, station.people, beside_of(station), resident_id)


@pytest.fixture
def lived_in(station, actors, flats, clock):
    """A1 with something of everything."""
    eva, key = actors["eva"], flats["A1"]
    station.residents.add_warning(eva, key, WarningKind.DANGER, "knife by the door · go two")
    station.residents.set_agreement(eva, key, RoundForm.ENTER, may_wake=True, consent="Yes.", valid_until=moment(6, 12))
    station.residents.add_contact(eva, key, "ACT-team", "ACT", "00 00 00 41", "mon-fri 08-15", 1)
    station.residents.add_contact(eva, key, "Anne", "sister", "00 00 00 62", consent=False)
    station.tasks.add(actors["marit"], "Letter", key, actors["marit"].person_id, moment(5, 23))
    clock.move_to(moment(6, 13))
    return key


class BusyOnce(Residents):
    """The first opening finds the database held by another program."""

    asked = 0

    def open_resident(self, actor, resident_id):
        self.asked += 1
        if self.asked == 1:
            raise DatabaseUnavailable("held")
        return super().open_resident(actor, resident_id)


async def test_an_opening_that_could_not_be_written_down_is_written_with_the_next_look(station, actors, lived_in):
    app = Bench(station, actors["marit"])
    busy = BusyOnce(station.database, station.house_id)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = ResidentPage(app, busy, station.journal, station.people, beside_of(station), lived_in)
        app.show(screen)
        await settle(pilot)
        assert app.told == ["held"]
        await screen.read_again()
        await settle(pilot)
        assert "knife by the door" in seen(app)
    with station.database.read() as tx:
        opened = tx.all(select(Ledger.seq).where(Ledger.action == "resident.open"))
    assert len(opened) == 1


@pytest.mark.parametrize("size", [(80, 60), (120, 36), (200, 60)])
async def test_everything_that_must_be_known_stands_there(station, actors, lived_in, size):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=size) as pilot:
        app.show(page(app, station, lived_in))
        await settle(pilot)
        words = " ".join(seen(app).split())
        for said in (
            "A1", "Beboer A1", "home", "born 1980, 45–46 years", "knife by the door", "NO CRISIS PLAN YET", "yesterday 23:00",
            "Letter", "enter if no answer", "may be woken", "ACT-team", "00 00 00 41", "not to be told", "lives here since",
        ):  # fmt: skip
            assert said in words, said
        assert "RAN OUT 06.01.2026" in words
        assert app.focused.id == "timeline"


async def test_in_norwegian_and_what_a_role_may_not_change_has_no_key(station, actors, lived_in):
    i18n.use("nb")
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app, station, lived_in))
        await settle(pilot)
        assert "FØR DØRA ÅPNES" in seen(app)
        assert "FØR DØRA ÅPNES  d" not in seen(app)
        assert "UTLØPT 06.01.2026: bare banke på" in seen(app)
        for key in "ardo":
            await pilot.press(key)
        await settle(pilot)
        assert isinstance(app.screen, ResidentPage)
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app, station, lived_in))
        await settle(pilot)
        assert all(
            heading in seen(app)
            for heading in ("FØR DØRA ÅPNES  d", "TILSYN OM NATTA  a", "RING  r", "VERDT Å VITE  o")
        )


async def test_opening_the_page_stands_once_in_the_ledger(station, actors, lived_in):
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        app.show(page(app, station, lived_in))
        await settle(pilot)
        app.screen.look_again()
        await settle(pilot)
    with station.database.read() as tx:
        opened = tx.all(select(Ledger).where(Ledger.action == "resident.open"))
    assert [(row.actor_id, row.subject_id) for row in opened] == [(actors["marit"].person_id, lived_in)]


async def test_presence_by_key_and_it_stands_on_the_timeline(station, actors, flats):
    app = Bench(station, actors["nora"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        await pilot.press("p", "p", "p")
        await settle(pilot)
        assert sum(isinstance(screen, PresenceDialog) for screen in app.screen_stack) == 1
        await pilot.press("right", "tab", *"18:30", "tab", *"fri 12:00", "tab", *"With Anne.")
        await settle(pilot)
        assert all(words in seen(app) for words in ("18:30", "Fri 09.01.2026 12:00"))
        await pilot.press("ctrl+s")
        await settle(pilot)
        facts = station.residents.resident(actors["nora"], flats["A1"])
        assert (facts.presence, facts.presence_since, facts.presence_until) == (
            Presence.AWAY, moment(5, 18, 30), moment(9, 12),
        )  # fmt: skip
        assert "away since 18:30 until" in " ".join(seen(app).split())
        assert "Away until 09.01.2026 12:00. With Anne." in " ".join(seen(app).split())


@pytest.mark.parametrize(
    ("since", "until", "said", "field"),
    [
        ("tomorrow 10:00", "", "The time lies in the future", "since"),
        ("25:00", "", "Write a time such as", "since"),
        ("18:00", "01.01", "has passed already", "until"),
        ("18:00", "32.01", "There is no such date", "until"),
        ("18:00", "soon", "Write until when", "until"),
    ],
)
async def test_presence_that_cannot_be_gets_one_sentence_and_keeps_what_was_typed(
    station, actors, flats, since, until, said, field
):
    app = Bench(station, actors["nora"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        await pilot.press("right", "tab", *since, "tab", *until, "ctrl+s")
        await settle(pilot)
        assert said in " ".join(str(app.screen.query_one("#dialog-fault").content).split())
        assert app.focused.id == field
        assert app.screen.query_one("#since").value == since
        await pilot.press("escape")
        await settle(pilot)
        assert app.told == ["Kept as a draft."]
        await pilot.press("p")
        await settle(pilot)
        assert app.screen.query_one("#since").value == since
        assert app.screen.query_one("#presence").value == Presence.AWAY
    assert station.residents.resident(actors["nora"], flats["A1"]).presence is Presence.HOME


async def test_a_form_that_was_only_looked_at_leaves_no_draft(station, actors, flats):
    app = Bench(station, actors["nora"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
    assert app.told == []
    assert station.journal.drafts(actors["nora"]) == []


async def test_single_entries_open_with_all_that_may_be_done_about_them(station, actors, flats):
    note = station.notes.write(
        actors["marit"], "Made soup.", flats["A1"], kind=Kind.HEALTH, importance=Importance.URGENT
    )
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        assert "21:40  health · urgent · Marit" in seen(app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, EntryScreen)
        assert all(
            app.screen.check_action(key, ()) for key in ("comment", "correct", "retime", "move", "withdraw", "epj")
        )
        await pilot.press("e", "c")
        await settle(pilot)
        await pilot.press(*"Tasted good.", "ctrl+s")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert all(said in seen(app) for said in ("to the EPJ", "1 comment"))
    assert station.journal.entry(actors["marit"], note.entry_id).epj


async def test_a_check_says_what_was_seen_and_between_which_times(station, actors, flats, clock):
    station.residents.set_agreement(actors["eva"], flats["A1"], RoundForm.KNOCK, consent="Yes.")
    clock.move_to(moment(5, 23, 40))
    walk = station.rounds.leave(actors["samira"])
    clock.move_to(moment(5, 23, 58))
    station.rounds.come_back(actors["samira"])
    from staffbase.rounds.model import Outcome

    unit = next(door.unit_id for door in station.residents.doors(actors["eva"]) if door.code == "A1")
    station.rounds.check_off(actors["samira"], walk.id, unit, Outcome.AWAKE)
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        assert "23:40–23:58  check · seen awake · Samira" in seen(app)


async def test_older_entries_come_as_one_goes_down(station, actors, flats, clock):
    for number in range(90):
        clock.move_to(moment(6 + number // 30, number % 20, number % 60))
        station.notes.write(actors["marit"], f"Note {number}.", flats["A1"])
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        for _page in range(3):
            await pilot.press("end")
            await settle(pilot)
        notes = [option for option in app.screen.query_one("#timeline").options if option.id]
        assert len(notes) == 90


async def test_who_has_left_can_be_read_and_taken_in_again_but_not_changed(station, actors, flats, units):
    station.residents.leave(actors["eva"], flats["A1"], "moved on")
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        assert "moved out 05.01.2026: moved on" in seen(app)
        await pilot.press("p", "a", "r", "d", "o")
        await settle(pilot)
        assert isinstance(app.screen, ResidentPage)
        await pilot.press("i")
        await settle(pilot)
        await pilot.press("right", "ctrl+s")
        await settle(pilot)
        assert station.residents.resident(actors["eva"], flats["A1"]).unit_code == "B2"
        assert "Moved in again, into B2." in seen(app)


@pytest.mark.parametrize("typed", ["[/b][red]x", "\u202eevil", "æøå 😀 日本語 " * 8])
async def test_what_was_typed_is_shown_and_does_nothing(station, actors, flats, typed):
    station.residents.add_warning(actors["eva"], flats["A1"], WarningKind.DANGER, typed[:74])
    station.residents.set_presence(actors["eva"], flats["A1"], Presence.AWAY, text=typed)
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(page(app, station, flats["A1"]))
        await settle(pilot)
        assert "\u202e" not in seen(app)
        assert typed[:4].strip("\u202e") in seen(app)


def test_no_key_here_means_something_else_everywhere():
    from staffbase.admin.residents import ResidentsAdmin
    from staffbase.app import StaffbaseApp
    from staffbase.residents.changing import Changing
    from staffbase.ui.screen import StaffScreen

    everywhere = {
        key for screen in (StaffScreen, StaffbaseApp) for one in screen.BINDINGS for key in one.key.split(",")
    } - {"escape"}  # back, here as everywhere
    for screen in (Changing, ResidentPage, ResidentsAdmin):
        own = [key for one in screen.BINDINGS for key in one.key.split(",")]
        assert everywhere.isdisjoint(own)
        assert len(set(own)) == len(own)
    for screen in (ResidentPage, ResidentsAdmin):
        assert {one.key for one in Changing.BINDINGS}.isdisjoint(one.key for one in screen.BINDINGS)

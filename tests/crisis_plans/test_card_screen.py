"""The card as it stands on a screen."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select
from tests.bench import Bench, seen, settle
from tests.conftest import moment
from tests.crisis_plans.test_card import MAXIMAL
from tests.kernel.test_ledger import full_disk
from textual.containers import ScrollableContainer
from textual.widgets import Static

from staffbase.crisis_plans.card_screen import CardScreen
from staffbase.crisis_plans.rules import PlanText, Proposal, Section
from staffbase.crisis_plans.service import publish_in
from staffbase.kernel import i18n
from staffbase.kernel.ledger import Ledger
from staffbase.notes.dialogs import NoteDialog
from staffbase.residents.model import House, Resident, WarningKind
from staffbase.residents.service import add_contact_in, add_warning_in
from staffbase.ui.themes import THEMES

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def full(station, actors, flats, clock):
    """A1 with everything filled to the last cell, and a review long overdue."""
    a1 = flats["A1"]
    with station.database.write(actors["eva"], "test.full") as tx:
        tx.change(tx.get(House, station.house_id), address="Prøveveien " + "1" * 90, entrance="port " * 20)
        tx.change(tx.get(Resident, a1), alias="N" * 40, naloxone="base " * 10, children=True)
        for kind in WarningKind:
            add_warning_in(tx, a1, kind, str(kind) + "x" * 60)
        for position in range(1, 6):
            add_contact_in(
                tx,
                station.house_id,
                a1,
                f"Team {position} " + "y" * 40,
                "",
                "00 00 00 4" + str(position),
                "08-15",
                position,
            )
        publish_in(tx, station.house_id, a1, Proposal(MAXIMAL), "all of it")
    clock.move_to(clock.now() + timedelta(days=400))
    return a1


def openings(station) -> list[tuple[int, int | None]]:
    with station.database.read() as tx:
        rows = tx.all(select(Ledger).where(Ledger.action == "card.open").order_by(col(Ledger.seq)))
    return [(row.actor_id, row.subject_id) for row in rows]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_fullest_card_stands_whole_without_scrolling(station, plans, actors, full, language, size):
    i18n.use(language)
    app = Bench(station, actors["nora"])
    async with app.run_test(size=size) as pilot:
        app.show(CardScreen(app, plans, full))
        await settle(pilot)
        whole = app.screen.query_one(ScrollableContainer)
        assert (whole.max_scroll_x, whole.max_scroll_y) == (0, 0)
        card = app.screen.query_one("#card", Static)
        assert card.region.bottom <= size[1] - 1
        told = seen(app)
        for section in Section:
            for line in MAXIMAL.lines(section):
                assert line in told or (size == (80, 24) and section is Section.AFTERWARDS)
        for wanted in (
            "113",
            "116 117",
            "Prøveveien 1",
            "N" * 19,
            i18n._("REVIEW OVERDUE %(date)s") % {"date": "05.07.2026"},
            "ALLERG",
        ):
            assert wanted in told
        assert i18n._("Start an incident") in told.splitlines()[-1]
        assert (i18n._("opened %(time)s, recorded") % {"time": "21:40"}) in told.splitlines()[-1]


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize("code", ["A1", "A2", "B1"])
async def test_with_a_plan_with_a_draft_and_with_nothing(station, plans, actors, flats, published, theme, code):
    plans.save_draft(actors["jonas"], flats["A2"], Proposal(PlanText(avoid="x")), (0, 0))
    app = Bench(station, actors["nora"])
    app.theme = theme
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(CardScreen(app, plans, flats[code]))
        await settle(pilot)
        told = seen(app)
        assert ("knock, coffee" in told) == (code == "A1")
        assert ("NO CRISIS PLAN YET" in told) == (code != "A1")
        assert ("only a draft by Jonas" in told) == (code == "A2")
        assert "113 ambulance" in told
        assert "Prøveveien 1" in told


async def test_opening_is_recorded_once_and_it_stays_true(station, plans, actors, flats, published, clock):
    with station.database.write(actors["eva"], "test") as tx:
        add_contact_in(tx, station.house_id, flats["A1"], "Akutteam", "", "00 00 00 43", "08-22", 1)
    app = Bench(station, actors["nora"])
    async with app.run_test(size=(80, 24)) as pilot:
        screen = CardScreen(app, plans, flats["A1"])
        app.show(screen)
        await settle(pilot)
        assert "Akutteam 00 00 00 43 (answers now)" in seen(app)
        clock.move_to(moment(5, 22, 5))
        screen.look_again()
        await settle(pilot)
        assert "(closed now)" in seen(app)
        assert "opened 21:40, recorded" in seen(app)
    assert openings(station) == [(actors["nora"].person_id, flats["A1"])]


async def test_it_opens_on_a_full_disk_and_says_so(station, plans, actors, flats, published):
    app = Bench(station, actors["nora"])
    async with app.run_test(size=(80, 24)) as pilot:
        with full_disk(station.database):
            app.show(CardScreen(app, plans, flats["A1"]))
            await settle(pilot)
        assert "knock, coffee" in seen(app)
        assert "cannot be recorded now" in seen(app)


async def test_it_does_not_wait_for_a_database_that_is_held(station, plans, actors, flats, published):
    app = Bench(station, actors["nora"])
    async with app.run_test(size=(80, 24)) as pilot:
        with station.database.write(actors["eva"], "test.holds"):
            app.show(CardScreen(app, plans, flats["A1"]))
            await asyncio.sleep(1.2)
            await pilot.pause()
            assert "knock, coffee" in seen(app)
            assert "recorded" not in seen(app)
        await settle(pilot)
        assert "opened 21:40, recorded" in seen(app)


async def test_esc_goes_back_to_the_half_typed_note_and_h_starts_an_incident(station, plans, actors, flats, published):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(NoteDialog(app, station.notes, flats["A1"]))
        await settle(pilot)
        await pilot.press(*"half a")
        app.show(CardScreen(app, plans, flats["A1"]))
        await settle(pilot)
        await pilot.press("k", "e", "h", "n")
        assert app.asked == [("incident", flats["A1"]), ("note", flats["A1"])]
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press(*" thought")
        assert app.focused.text == "half a thought"


async def test_somebody_who_moved_out_has_no_card(station, plans, actors):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(CardScreen(app, plans, 99))
        await settle(pilot)
        assert app.told == ["This resident does not live here now."]
        assert not isinstance(app.screen, CardScreen)


async def test_hostile_text_is_only_text(station, plans, actors, flats):
    with station.database.write(actors["eva"], "test") as tx:
        tx.change(tx.get(Resident, flats["B1"]), alias="[red]\x1b[31m\u202eX", naloxone="[/b]\x07")
        publish_in(
            tx, station.house_id, flats["B1"], Proposal(PlanText(avoid="[/] [@click=app.quit]no[/] \u202e$x")), "r"
        )
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(CardScreen(app, plans, flats["B1"]))
        await settle(pilot)
        told = seen(app)
        assert "[/] [@click=app.quit]no[/] ‹202E›$x" in told
        assert "[red]␛[31m‹202E›X" in told
        assert not {"\x1b", "\x07", "\u202e"} & set(told)

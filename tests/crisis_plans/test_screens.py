"""The list of plans, the plan with its versions, editing, comparing and publishing, as fingers meet them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment
from tests.crisis_plans.conftest import PLAN
from tests.crisis_plans.test_card import MAXIMAL
from textual.widgets import Input, Label, OptionList

from staffbase.crisis_plans.card_screen import CardScreen
from staffbase.crisis_plans.compare_screen import CompareScreen
from staffbase.crisis_plans.dialogs import BothTexts, PublishDialog
from staffbase.crisis_plans.editor import PlanEditor
from staffbase.crisis_plans.form import form_of
from staffbase.crisis_plans.model import Signing
from staffbase.crisis_plans.page import PlanPage
from staffbase.crisis_plans.rules import PlanText, Proposal, Sign
from staffbase.crisis_plans.screen import CrisisPlansScreen
from staffbase.kernel import i18n

pytestmark = pytest.mark.usefixtures("eager")

SECOND = replace(
    PLAN, text=replace(PLAN.text, avoid="talking over him", wishes="sister is told"), signing=Signing.NOT_YET,
    signed_on=None,
)  # fmt: skip


@pytest.fixture
def drafted(plans, actors, flats, published):
    """A1 has version 1 and Marit's draft of the second."""
    return plans.save_draft(actors["marit"], flats["A1"], SECOND, plans.plan_now(actors["marit"], flats["A1"]).base)


def fault(app) -> str:
    return str(app.screen.query_one("#dialog-fault", Label).content)


async def test_the_list_says_how_it_stands_with_everybody(station, plans, actors, flats, drafted, clock):
    clock.move_to(clock.now() + timedelta(days=300))
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(CrisisPlansScreen(app, plans))
        await settle(pilot)
        told = seen(app)
        for words in (
            "3 residents", "1 review overdue", "2 without a plan", "1 draft under way",
            "REVIEW OVERDUE 05.07.2026", "v1 · from 05.01.2026 · made together · draft by Marit", "NO CRISIS PLAN YET",
        ):  # fmt: skip
            assert words in told
        await pilot.press("down", "k")
        assert app.asked == [("card", flats["A2"])]
        await pilot.press("up", "enter")
        await settle(pilot)
        assert isinstance(app.screen, PlanPage)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_the_page_shows_versions_and_what_they_say(station, plans, actors, flats, drafted, language, size):
    i18n.use(language)
    app = Bench(station, actors["eva"])
    async with app.run_test(size=size) as pilot:
        app.show(PlanPage(app, plans, flats["A1"]))
        await settle(pilot)
        told = seen(app)
        assert "talking over him" in told
        assert i18n._("DRAFT") in told
        for key in ("Edit", "Publish", "Compare", "Back"):
            assert i18n._(key) in told.splitlines()[-1]
        await pilot.press("down")
        await settle(pilot)
        assert "standing in the door" in seen(app)
        assert "First plan" in seen(app)


async def test_with_nothing_there_the_page_says_what_to_do(station, plans, actors, flats):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PlanPage(app, plans, flats["B1"]))
        await settle(pilot)
        assert "no version yet" in seen(app)
        assert "e begins the plan" in seen(app)
        await pilot.press("c", "space", "p")
        await settle(pilot)
        assert "As staff you may not publish a crisis plan" in app.told[-1]


async def test_staff_may_not_publish_and_are_told_why(station, plans, actors, flats, drafted):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PlanPage(app, plans, flats["A1"]))
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert app.told == ["As staff you may not publish a crisis plan. This can: leader, clinical lead."]
        assert not isinstance(app.screen, PublishDialog)
    assert len(plans.versions(actors["marit"], flats["A1"])) == 1


async def test_the_clinical_lead_publishes_with_a_reason_and_a_day(station, plans, actors, flats, drafted, clock):
    clock.move_to(moment(13, 10))
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PlanPage(app, plans, flats["A1"]))
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert isinstance(app.screen, PublishDialog)
        assert "Do not, Wishes and refusals" in seen(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert fault(app) == "Something must be written here."
        await pilot.press(*"After the overdose")
        app.screen.query_one("#review_due", Input).value = "13.13.2026"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "Write the day like" in fault(app)
        app.screen.query_one("#review_due", Input).value = "13.4.26"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert app.told == ["Version 2 is published. It is reviewed by 13.04.2026."]
        assert "v2" in seen(app)
        await pilot.press("down")
        await settle(pilot)
        assert "standing in the door" in seen(app)
    newest = plans.versions(actors["eva"], flats["A1"])[0]
    assert (newest.text, newest.reason) == (SECOND.text, "After the overdose")


async def test_a_line_that_does_not_fit_is_named(station, plans, actors, flats):
    plans.save_draft(actors["eva"], flats["A1"], Proposal(PlanText(avoid="x" * 80)), (0, 0))
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PlanPage(app, plans, flats["A1"]))
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert "Do not, line 1 fills 80 cells, and the card has 74" in app.told[0]
        assert not isinstance(app.screen, PublishDialog)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_two_versions_side_by_side(station, plans, actors, flats, drafted, size):
    facts = plans.publish(actors["eva"], flats["A1"], "Gone through", drafted.base)
    assert facts.number == 2
    third = replace(SECOND, text=replace(SECOND.text, yellow=(Sign("sleeps all day", "food"),)))
    plans.save_draft(actors["jonas"], flats["A1"], third, plans.plan_now(actors["jonas"], flats["A1"]).base)
    app = Bench(station, actors["nora"])
    async with app.run_test(size=size) as pilot:
        app.show(PlanPage(app, plans, flats["A1"]))
        await settle(pilot)
        await pilot.press("c")
        await settle(pilot)
        assert isinstance(app.screen, CompareScreen)
        told = seen(app)
        assert "A1  Beboer A1  crisis plan" in told
        assert "DRAFT" in told
        assert "− answers short → knock, coffee" in told
        assert "+ sleeps all day → food" in told
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("space", "down", "down", "c")  # the draft is marked; version 1
        await settle(pilot)
        told = seen(app)
        row = next(line for line in told.splitlines() if "standing in the door" in line)
        assert row.index("− standing in the door") < row.index("+ talking over him")
        assert "WISHES AND REFUSALS  changed" in told
        assert "RED: CRISIS  changed" not in told


# -- the editor ----------------------------------------------------------------------------------------------------


async def test_the_card_stands_beside_the_form_as_it_is_typed(station, plans, actors, flats, published):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(160, 45)) as pilot:
        app.show(PlanEditor(app, plans, plans.plan_now(actors["marit"], flats["A1"])))
        await settle(pilot)
        assert "DRAFT of v2, as it is typed" in seen(app)
        await pilot.press("tab", "tab", "tab", *"sleeps all day", "tab", *"food")
        await settle(pilot)
        assert "answers short  → knock, coffee" in seen(app)
        assert "sleeps all day → food" in seen(app)
        assert "Every line fits" in seen(app)
        await pilot.press(*"x" * 60)
        await settle(pilot)
        assert "1 line does not fit. Amber: early signs, line 2 fills 81 cells" in seen(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
    facts = app.answers[0]
    assert facts.draft.proposal.text.yellow[1].words == "sleeps all day"
    assert station.journal.drafts(actors["marit"]) == []


async def test_tab_and_a_letter_add_to_what_stands_there(station, plans, actors, flats, published):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(160, 45)) as pilot:
        app.show(PlanEditor(app, plans, plans.plan_now(actors["marit"], flats["A1"])))
        await settle(pilot)
        await pilot.press("tab", "x")
        await settle(pilot)
        sign = PLAN.text.yellow[0].words
        assert isinstance(app.focused, Input)
        assert app.focused.value == f"{sign}x"


async def test_what_of_the_card_is_below_the_edge_is_said_and_a_key_away(station, plans, actors, flats):
    text = PlanText(
        dangers=("one",) * 2, yellow=(Sign("a", "b"),) * 3, red=(Sign("d", "e"),) * 3, avoid="f", meet_me=("g",) * 2,
        trusted="i", wishes="j", arrange="k", afterwards="the last of all",
    )  # fmt: skip
    plans.save_draft(actors["marit"], flats["A1"], replace(PLAN, text=text), (0, 0))
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PlanEditor(app, plans, plans.plan_now(actors["marit"], flats["A1"])))
        await settle(pilot)
        await pilot.press("f3")
        await settle(pilot)
        assert "the last of all" not in seen(app)
        assert "▼ 2 more lines: PgDn" in seen(app)
        await pilot.press("pagedown")
        await settle(pilot)
        assert "the last of all" in seen(app)
        assert "▲ more above: PgUp" in seen(app)
        await pilot.press("pageup")
        await settle(pilot)
        assert "A1 · Beboer A1" in seen(app)


async def test_at_80_columns_the_card_is_one_key_away(station, plans, actors, flats, published):
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(PlanEditor(app, plans, plans.plan_now(actors["marit"], flats["A1"])))
        await settle(pilot)
        assert "113 ambulance" not in seen(app)
        await pilot.press("f3")
        await settle(pilot)
        assert "113 ambulance" in seen(app)
        assert "knock, coffee" in seen(app)
        await pilot.press("f3", "f2")
        await settle(pilot)
        assert "Danger now" in seen(app)
        assert app.asked == [("card", flats["A1"])]


async def test_what_is_half_typed_is_kept_and_comes_back(station, plans, actors, flats, published):
    marit, form = actors["marit"], form_of(flats["A1"])
    app = Bench(station, marit)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(PlanEditor(app, plans, plans.plan_now(marit, flats["A1"])))
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert (station.journal.draft(marit, form), app.told) == (None, [])
        app.show(PlanEditor(app, plans, plans.plan_now(marit, flats["A1"])))
        await settle(pilot)
        await pilot.press(*"two overdoses")
        await pilot.pause(1.3)
        await settle(pilot)
        assert station.journal.draft(marit, form)["dangers"] == "two overdoses"
        await pilot.press("escape")
        await settle(pilot)
        assert app.told == ["Kept as a draft."]
        app.show(PlanEditor(app, plans, plans.plan_now(marit, flats["A1"])))
        await settle(pilot)
        assert "This is your draft" in fault(app)
        assert "RISK" in seen(app) or "two overdoses" in seen(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
    assert plans.plan_now(marit, flats["A1"]).draft.proposal.text.dangers == ("two overdoses",)


async def test_two_editors_see_both_texts_and_neither_is_lost(station, plans, actors, flats, published):
    a1, marit, jonas = flats["A1"], actors["marit"], actors["jonas"]
    app = Bench(station, jonas)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(PlanEditor(app, plans, plans.plan_now(jonas, a1)))
        await settle(pilot)
        await pilot.press(*"from jonas")
        plans.save_draft(marit, a1, SECOND, plans.plan_now(marit, a1).base)
        await pilot.press("ctrl+s")
        await settle_dialog(pilot)
        assert isinstance(app.screen, BothTexts)
        told = seen(app)
        for words in ("Marit saved another draft", "− talking over him", "+ from jonas", "m Save mine"):
            assert words in told
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, PlanEditor)
        assert plans.plan_now(jonas, a1).draft.proposal == SECOND
        await pilot.press("ctrl+s")
        await settle_dialog(pilot)
        await pilot.press("m")
        await settle(pilot)
        assert app.answers[0].draft.proposal.text.dangers == ("from jonas",)
    assert station.journal.draft(marit, form_of(a1))["avoid"] == "talking over him"


async def settle_dialog(pilot) -> None:
    """Workers wait for the person now, so only pauses."""
    for _turn in range(10):
        await pilot.pause(0.05)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)])
async def test_hostile_and_maximal_text_stays_text_and_nothing_runs_over(station, plans, actors, flats, language, size):
    i18n.use(language)
    hostile = replace(MAXIMAL, avoid="[/b] [@click=app.quit]x[/] \u202e $y", trusted="{0} %s \\[red]")
    plans.save_draft(actors["eva"], flats["A1"], Proposal(hostile, co_authors="[red]ACT" + "t" * 100), (0, 0))
    facts = plans.plan_now(actors["eva"], flats["A1"])
    app = Bench(station, actors["eva"])
    async with app.run_test(size=size) as pilot:
        for screen in (
            CrisisPlansScreen(app, plans), PlanPage(app, plans, flats["A1"]), PlanEditor(app, plans, facts),
            PublishDialog(app, plans, plans.ready(actors["eva"], flats["A1"])), CardScreen(app, plans, flats["A1"]),
        ):  # fmt: skip
            app.show(screen)
            await settle(pilot)
            told = seen(app)
            if not isinstance(screen, PlanEditor):  # in a field it stands as it was typed, so that it can be taken out
                assert "\u202e" not in told
            for widget in app.screen.query("OptionList, VerticalScroll"):
                assert widget.max_scroll_x == 0
            await app.pop_screen()
        page = PlanPage(app, plans, flats["A1"])
        app.show(page)
        await settle(pilot)
        page.query_one("#plan-text").scroll_end(animate=False)
        await settle(pilot)
        assert isinstance(page.query_one("#plan-versions"), OptionList)
        assert "[red]ACT" in seen(app)

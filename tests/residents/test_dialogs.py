"""The dialogs in which residents' facts are changed, as fingers meet them."""

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment

from staffbase.kernel import i18n
from staffbase.residents.chooser import ResidentChooser
from staffbase.residents.dialogs.about import AboutDialog
from staffbase.residents.dialogs.agreement import AgreementDialog
from staffbase.residents.dialogs.contacts import ContactsDialog
from staffbase.residents.dialogs.stays import AdmitDialog, LeaveDialog
from staffbase.residents.dialogs.warnings import WarningsDialog
from staffbase.residents.model import RoundForm, WarningKind
from staffbase.residents.service import Residents

pytestmark = pytest.mark.usefixtures("eager")


def facts(station, actors, flats, code="A1"):
    return station.residents.resident(actors["eva"], flats[code])


def fault(app):
    return " ".join(str(app.screen.query_one("#dialog-fault").content).split())


@pytest.fixture
def residents(station) -> Residents:
    return station.residents


async def test_a_new_agreement_with_the_earlier_ones_in_sight(station, residents, actors, flats, told):
    residents.set_agreement(actors["eva"], flats["A1"], RoundForm.ENTER, may_wake=True, consent="Said so himself.")
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(AgreementDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        assert all(words in seen(app) for words in ("AGREED SO FAR", "05.01.2026", "Said so himself."))
        assert app.screen.query_one("#form").value == RoundForm.ENTER
        await pilot.press("left", "left", "tab", "left", "tab", *"01.07.2026", "ctrl+s")
        await settle(pilot)
        assert fault(app) == "Something must be written here."
        assert app.focused.id == "consent"
        await pilot.press(*"Told Eva.", "ctrl+s")
        await settle(pilot)
    assert app.answers == [True]
    agreement = facts(station, actors, flats).agreement
    assert (agreement.form, agreement.may_wake, agreement.valid_until) == (
        RoundForm.KNOCK,
        False,
        moment(1, 23, 59, month=7),
    )
    assert told(flats["A1"])[0] == "Check agreement: knock and voice. Not to be woken. Valid to 01.07.2026. Told Eva."


async def test_an_agreement_that_ends_before_it_begins(station, residents, actors, flats):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(AgreementDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        await pilot.press("tab", "tab", *"01.07.2025", "tab", *"Yes.", "ctrl+s")
        await settle(pilot)
        assert "has passed already" in fault(app)
        assert app.focused.id == "until"
    assert residents.agreements(actors["eva"], flats["A1"]) == []


async def test_the_residents_own_number_needs_no_name(station, residents, actors, flats, told):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ContactsDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        await pilot.press("tab", "tab", *"00 00 00 71", "tab", "tab", "tab", "tab", "right", "ctrl+s")
        await settle(pilot)
        assert "Beboer A1  00 00 00 71  own phone" in seen(app)
    (own,) = facts(station, actors, flats).contacts
    assert (own.own, own.name) == (True, "Beboer A1")
    assert told(flats["A1"]) == ["Contact: Beboer A1, own phone."]


async def test_contacts_are_added_changed_and_ended(station, residents, actors, flats, told):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ContactsDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        assert "Nobody to ring yet" in seen(app)
        await pilot.press("a")
        await settle(pilot)
        await pilot.press(*"ACT-team", "tab", *"ACT", "tab", *"00 00 00 41", "tab", *"man-fre 8")
        await settle(pilot)
        assert "“man-fre 8”" in seen(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "are no hours" in fault(app)
        assert app.focused.id == "hours"
        await pilot.press(*"-15", "tab", "right", "ctrl+s")
        await settle(pilot)
        assert "1. ACT-team  00 00 00 41  man-fre 8-15 (closed now)" in seen(app)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("tab", "tab", "end", "backspace", *"2", "ctrl+s")
        await settle(pilot)
        assert "00 00 00 42" in seen(app)
        await pilot.press("u")
        await settle(pilot)
        assert "Not to be rung any more?" in seen(app)
        await pilot.press("escape")
        await settle(pilot)
        assert len(facts(station, actors, flats).contacts) == 1
        await pilot.press("u")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "Nobody to ring yet" in seen(app)
        await pilot.press("escape")
    assert app.answers == [True]
    assert told(flats["A1"]) == [
        "No longer a contact: ACT-team, ACT.",
        "Contact changed (number): ACT-team, ACT.",
        "Contact: ACT-team, ACT.",
    ]


async def test_a_danger_is_added_and_ended_with_the_reason(station, residents, actors, flats, told):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(WarningsDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        await pilot.press("right", "tab", *"x" * 80, "ctrl+s")
        await settle(pilot)
        (one,) = facts(station, actors, flats).warnings
        assert (one.kind, one.line) == (WarningKind.ALLERGY, "x" * 74)
        await pilot.press("u")
        await settle(pilot)
        await pilot.press(*"Tested.", "enter")
        await settle(pilot)
        assert facts(station, actors, flats).warnings == ()
    assert told(flats["A1"])[0].endswith("Tested.")


async def test_what_a_substitute_should_know(station, residents, actors, flats):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(AboutDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        app.screen.query_one("#birth_year").value = "2099"
        app.screen.query_one("#primary").value = "mar"
        await pilot.press(*"Coffee at ten.", "ctrl+s")
        await settle(pilot)
        assert fault(app) == "The year of birth must lie between 1900 and 2011."
        assert app.focused.id == "birth_year"
        app.screen.query_one("#birth_year").value = "1979"
        app.screen.query_one("#primary").value = "zz"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert fault(app).startswith("Nobody fits.")
        app.screen.query_one("#primary").value = "mar"
        await settle(pilot)
        assert "46–47 years" in seen(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
    now = facts(station, actors, flats)
    assert (now.about, now.birth_year, now.primary_contact) == ("Coffee at ten.", 1979, "Marit")


async def test_a_colleague_who_was_faster_is_shown_and_saving_once_more_is_knowing(station, residents, actors, flats):
    from dataclasses import replace

    from staffbase.residents.dialogs.about import about_facts

    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 36)) as pilot:
        shown = facts(station, actors, flats)
        app.show(AboutDialog(app, residents, shown))
        await settle(pilot)
        residents.change_about(
            actors["ingrid"], flats["A1"], about_facts(shown), replace(about_facts(shown), about="Tea at nine.")
        )
        await pilot.press(*"Coffee at ten.", "ctrl+s")
        await settle(pilot)
        assert "Somebody else has changed this" in fault(app)
        assert all(words in seen(app) for words in ("STANDS NOW", "Tea at nine.", "Coffee at ten."))
        assert facts(station, actors, flats).about == "Tea at nine."
        await pilot.press("ctrl+s")
        await settle(pilot)
    assert facts(station, actors, flats).about == "Coffee at ten."


async def test_a_primary_contact_who_has_left_stays_until_another_is_typed(station, residents, actors, flats):
    from dataclasses import replace

    from staffbase.residents.dialogs.about import about_facts

    was = about_facts(facts(station, actors, flats))
    residents.change_about(actors["eva"], flats["A1"], was, replace(was, primary_contact_id=actors["marit"].person_id))
    station.people.person_left(actors["ingrid"], actors["marit"].person_id)
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(AboutDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        await pilot.press(*"Tea.", "ctrl+s")
        await settle(pilot)
    assert (facts(station, actors, flats).about, facts(station, actors, flats).primary_contact) == ("Tea.", "Marit")


@pytest.mark.parametrize("language", ["nb", "en"])
async def test_somebody_moves_in(station, residents, actors, units, language):
    i18n.use(language)
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(AdmitDialog(app, residents, [(units["B2"], "B2")], units["B2"]))
        await settle(pilot)
        await pilot.press(*"Kari N.", "tab", *"2099", "ctrl+s")
        await settle(pilot)
        assert ("mellom 1900 og 2011" if language == "nb" else "between 1900 and 2011") in fault(app)
        assert app.focused.id == "birth_year"
        app.screen.query_one("#birth_year").value = "1988"
        await pilot.press("tab", *"06.01", "ctrl+s")
        await settle(pilot)
        assert ("ligger fram i tid" if language == "nb" else "lies ahead") in fault(app)
        assert app.focused.id == "day"
        app.screen.query_one("#day").value = "02.01"
        await pilot.press("ctrl+s")
        await settle(pilot)
    door = next(door for door in residents.doors(actors["nora"]) if door.code == "B2")
    assert (door.resident.alias, door.resident.birth_year) == ("Kari N.", 1988)
    assert f"{door.resident.moved_in:%d.%m.%Y}" == "02.01.2026"


async def test_a_unit_that_somebody_took_in_the_meantime(station, residents, actors, units):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(AdmitDialog(app, residents, [(units["B2"], "B2")]))
        await settle(pilot)
        residents.admit(actors["ingrid"], units["B2"], "Per", 1970)
        await pilot.press(*"Kari N.", "tab", *"1988", "ctrl+s")
        await settle(pilot)
        assert fault(app) == "Somebody lives in this unit already."
        assert app.focused.id == "unit"
        assert app.screen.query_one("#alias").value == "Kari N."


async def test_another_reason_for_leaving_is_said_in_words(station, residents, actors, flats, told):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(LeaveDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        await pilot.press("left", "ctrl+s")
        await settle(pilot)
        assert fault(app) == "Say in a few words why."
        await pilot.press(*"Lives with Anne.", "ctrl+s")
        await settle(pilot)
    assert told(flats["A1"])[0] == "Left the house: other. Lives with Anne."


async def test_the_crisis_card_opens_from_every_form(station, residents, actors, flats):
    app = Bench(station, actors["eva"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(LeaveDialog(app, residents, facts(station, actors, flats)))
        await settle(pilot)
        await pilot.press("f2")
    assert app.asked == [("card", flats["A1"])]


async def test_whoever_may_see_nobody_chooses_nobody(station, residents, actors):
    app = Bench(station, actors["odd"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(ResidentChooser(app, residents))
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ResidentChooser)
    assert app.answers == []

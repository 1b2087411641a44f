"""Agreements, dangers, contacts and what a substitute should know: each change is kept, and told on the timeline."""

from dataclasses import replace

import pytest
from sqlmodel import select
from tests.conftest import moment

from staffbase.journal.model import Importance, Kind
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotAllowed
from staffbase.kernel.ledger import Ledger
from staffbase.residents.known import about_of
from staffbase.residents.model import Contact, Presence, Resident, RoundForm, Warning_, WarningKind
from staffbase.residents.rules import expired, form_now


@pytest.fixture
def database(either):
    """On both databases."""
    return either


def rows(station, model):
    with station.database.read() as tx:
        return tx.all(select(model).order_by(model.id))


def about(station, resident_id):
    with station.database.read() as tx:
        return about_of(tx.get(Resident, resident_id))


# -- check agreements -------------------------------------------------------------------------------------------------


def test_each_agreement_is_a_version_and_the_earlier_ones_stay(station, actors, flats, clock, told):
    residents = station.residents
    residents.set_agreement(actors["eva"], flats["A1"], RoundForm.ENTER, may_wake=True, consent="Said so himself.")
    clock.move_to(moment(6, 10))
    residents.set_agreement(
        actors["ingrid"],
        flats["A1"],
        RoundForm.KNOCK,
        consent="He withdrew it.",
        valid_until=moment(1, 23, 59, month=7),
    )
    newest, first = residents.agreements(actors["nora"], flats["A1"])
    assert (newest.facts.form, newest.facts.may_wake, newest.agreed_by) == (RoundForm.KNOCK, False, "Ingrid")
    assert (first.facts.form, first.facts.may_wake, first.agreed_by) == (RoundForm.ENTER, True, "Eva")
    assert (first.facts.valid_from, newest.facts.valid_from) == (moment(5, 21, 40), moment(6, 10))
    assert residents.resident(actors["nora"], flats["A1"]).agreement == newest.facts
    assert told(flats["A1"]) == [
        "Check agreement: knock and voice. Not to be woken. Valid to 01.07.2026. He withdrew it.",
        "Check agreement: enter if no answer. May be woken. Said so himself.",
    ]
    entry = station.journal.timeline(actors["marit"], flats["A1"])[0]
    assert (entry.kind, entry.importance) == (Kind.ROUND_AGREEMENT, Importance.HANDOVER)


def test_no_check_needs_no_consent_and_says_nothing_of_waking(station, actors, flats, told):
    station.residents.set_agreement(actors["eva"], flats["A1"], RoundForm.NONE)
    assert told(flats["A1"]) == ["Check agreement: no check wanted."]


def test_an_agreement_says_how_consent_was_given_and_does_not_end_before_it_begins(station, actors, flats, told):
    with pytest.raises(Invalid, match="Something must be written here") as refused:
        station.residents.set_agreement(actors["eva"], flats["A1"], RoundForm.ENTER, consent=" ")
    assert refused.value.field == "consent"
    with pytest.raises(Invalid, match="The end must lie after the beginning") as refused:
        station.residents.set_agreement(
            actors["eva"], flats["A1"], RoundForm.ENTER, consent="Yes.", valid_until=moment(5, 21, 40)
        )
    assert refused.value.field == "until"
    assert told(flats["A1"]) == []
    assert station.residents.agreements(actors["eva"], flats["A1"]) == []


def test_an_agreement_that_has_run_out_means_knock_only(station, actors, flats):
    station.residents.set_agreement(
        actors["eva"], flats["A1"], RoundForm.ENTER, consent="Yes.", valid_until=moment(6, 23, 59)
    )
    agreement = station.residents.resident(actors["nora"], flats["A1"]).agreement
    assert not expired(agreement, moment(6, 23, 58))
    assert form_now(agreement, moment(6, 23, 58)) is RoundForm.ENTER
    assert expired(agreement, moment(6, 23, 59))
    assert form_now(agreement, moment(6, 23, 59)) is RoundForm.KNOCK


# -- dangers and allergies --------------------------------------------------------------------------------------------


def test_a_danger_is_ended_and_never_removed(station, actors, flats, clock, told):
    station.residents.add_warning(actors["eva"], flats["A1"], WarningKind.DANGER, "knife by the door · go two")
    station.residents.add_warning(actors["eva"], flats["A1"], WarningKind.ALLERGY, "penicillin")
    danger, allergy = station.residents.resident(actors["nora"], flats["A1"]).warnings
    assert (danger.kind, danger.line) == (WarningKind.DANGER, "knife by the door · go two")
    clock.move_to(moment(6, 10))
    station.residents.end_warning(actors["eva"], danger.id, "Handed it in.")
    with station.database.read() as tx:
        last = tx.all(select(Ledger).order_by(Ledger.seq))[-1]
    assert (last.action, last.subject_id) == ("resident.warning-end", flats["A1"])
    assert station.residents.resident(actors["nora"], flats["A1"]).warnings == (allergy,)
    assert [(row.line, row.ended_at) for row in rows(station, Warning_)] == [
        ("knife by the door · go two", moment(6, 10)),
        ("penicillin", None),
    ]
    assert told(flats["A1"]) == [
        "No longer: knife by the door · go two. Handed it in.",
        "Allergy: penicillin",
        "Danger: knife by the door · go two",
    ]
    assert {item.kind for item in station.journal.timeline(actors["eva"], flats["A1"])} == {Kind.DANGER}
    with pytest.raises(Invalid, match="ended this already"):
        station.residents.end_warning(actors["eva"], danger.id)


@pytest.mark.parametrize("line", ["", "x" * 75, "two\nlines"])
def test_a_danger_is_one_line_of_the_card(station, actors, flats, line):
    with pytest.raises(Invalid) as refused:
        station.residents.add_warning(actors["eva"], flats["A1"], WarningKind.DANGER, line)
    assert refused.value.field == "line"


# -- contacts ---------------------------------------------------------------------------------------------------------


def test_contacts_stand_in_the_order_of_the_ladder_and_are_ended_never_removed(station, actors, flats, told):
    eva, residents = actors["eva"], station.residents
    residents.add_contact(eva, flats["A1"], "Anne", "sister", "00 00 00 62", consent=False)
    residents.add_contact(eva, flats["A1"], "DPS", "", " +47 00 00  00 42 ", "man-fre 08-15:30, lør 10-14", 2)
    residents.add_contact(eva, flats["A1"], "ACT-team", "ACT", "00 00 00 41", "mon-fri 08-15", 1)
    anne, act, dps = residents.resident(actors["nora"], flats["A1"]).contacts
    assert (anne.name, anne.consent, anne.position) == ("Anne", False, 0)
    assert (act.name, act.hours, dps.phone, dps.position) == ("ACT-team", "mon-fri 08-15", "+47 00 00 00 42", 2)
    residents.end_contact(eva, act.id)
    assert [one.name for one in residents.resident(actors["nora"], flats["A1"]).contacts] == ["Anne", "DPS"]
    assert len(rows(station, Contact)) == 3
    assert told(flats["A1"]) == [
        "No longer a contact: ACT-team, ACT.",
        "Contact: ACT-team, ACT.",
        "Contact: DPS.",
        "Contact: Anne, sister. The resident does not want them told.",
    ]
    with pytest.raises(Invalid, match="ended this already"):
        residents.end_contact(eva, act.id)


def test_another_number_keeps_the_old_one_as_ended_and_tells_what_changed_but_no_number(station, actors, flats, told):
    eva, residents = actors["eva"], station.residents
    residents.add_contact(eva, flats["A1"], "Anne", "sister", "00 00 00 62")
    (before,) = residents.resident(eva, flats["A1"]).contacts
    residents.replace_contact(eva, before.id, "Anne", "sister", "00 00 00 63", "09-21", 0)
    (now,) = residents.resident(eva, flats["A1"]).contacts
    assert (now.phone, now.hours) == ("00 00 00 63", "09-21")
    assert [(row.phone, row.ended_at is None) for row in rows(station, Contact)] == [
        ("00 00 00 62", False),
        ("00 00 00 63", True),
    ]
    assert told(flats["A1"])[0] == "Contact changed (number, hours): Anne, sister."
    residents.replace_contact(eva, now.id, "Anne", "sister", "00 00 00 63", "09-21", 0)
    assert residents.resident(eva, flats["A1"]).contacts == (now,)
    with pytest.raises(Invalid, match="ended this already"):
        residents.replace_contact(eva, before.id, "Anne")


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"name": ""}, "contact_name"),
        ({"phone": "ring the base"}, "phone"),
        ({"phone": "00"}, "phone"),
        ({"hours": "now and then"}, "hours"),
        ({"hours": "xyz-fri 08-15"}, "hours"),
        ({"hours": "08-25"}, "hours"),
        ({"hours": "08:75-15"}, "hours"),
        ({"position": 10}, "position"),
        ({"position": -1}, "position"),
    ],
)
def test_a_contact_that_could_not_be_rung_is_refused(station, actors, flats, told, contact, field):
    with pytest.raises(Invalid) as refused:
        station.residents.add_contact(actors["eva"], flats["A1"], **{"name": "Anne", **contact})
    assert refused.value.field == field
    assert told(flats["A1"]) == []


def test_the_houses_own_contacts_stand_on_the_houses_timeline(station, actors):
    station.residents.add_contact(actors["ingrid"], None, "Fire alarm firm", phone="00 00 00 70")
    (entry,) = station.journal.timeline(actors["marit"], house_only=True)
    assert (entry.text, entry.resident_id) == ("Contact: Fire alarm firm.", None)


# -- what a substitute should know ------------------------------------------------------------------------------------


def test_the_row_keeps_what_holds_and_the_timeline_what_held_before(station, actors, flats, told):
    was = about(station, flats["A1"])
    now = replace(
        was, alias="Arild N.", birth_year="1979", about="Coffee at ten.", naloxone="red box", children=True,
        primary_contact_id=actors["marit"].person_id,
    )  # fmt: skip
    station.residents.change_about(actors["eva"], flats["A1"], was, now)
    facts = station.residents.resident(actors["nora"], flats["A1"])
    assert (facts.alias, facts.birth_year, facts.about, facts.naloxone) == (
        "Arild N.",
        1979,
        "Coffee at ten.",
        "red box",
    )
    assert (facts.children, facts.primary_contact, facts.version) == (True, "Marit", 2)
    (entry,) = station.journal.timeline(actors["marit"], flats["A1"])
    assert entry.kind is Kind.FACTS
    assert entry.text.splitlines() == [
        "Name changed: Beboer A1 → Arild N.",
        "Year of birth changed: 1980 → 1979",
        "Primary contact changed: – → Marit",
        "Where the naloxone is changed: – → red box",
        "Children who may visit changed: no → yes",
        "To know about the resident: Coffee at ten. (before: –)",
    ]


def test_nothing_changed_leaves_no_line(station, actors, flats, told):
    was = about(station, flats["A1"])
    station.residents.change_about(actors["eva"], flats["A1"], was, was)
    assert told(flats["A1"]) == []


def test_a_colleagues_change_is_not_overwritten_unseen_but_presence_is_no_conflict(station, actors, flats, told):
    was = about(station, flats["A1"])
    station.residents.set_presence(actors["nora"], flats["A1"], Presence.AWAY)
    station.residents.change_about(actors["eva"], flats["A1"], was, replace(was, naloxone="red box"))
    with pytest.raises(ChangedElsewhere):
        station.residents.change_about(actors["ingrid"], flats["A1"], was, replace(was, about="Coffee."))
    assert about(station, flats["A1"]) == replace(was, naloxone="red box")
    assert len(told(flats["A1"])) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [({"alias": ""}, "alias"), ({"birth_year": 2099}, "birth_year"), ({"about": "x" * 601}, "about")],
)
def test_facts_that_cannot_be(station, actors, flats, change, field):
    was = about(station, flats["A1"])
    with pytest.raises(Invalid) as refused:
        station.residents.change_about(actors["eva"], flats["A1"], was, replace(was, **change))
    assert refused.value.field == field
    assert about(station, flats["A1"]) == was


@pytest.mark.parametrize("who", ["marit", "nora", "samira", "kari", "odd", "astrid"])
def test_only_leader_and_clinical_lead_change_what_is_known(station, actors, flats, who):
    residents, actor, key = station.residents, actors[who], flats["A1"]
    was = about(station, key)
    for change in (
        lambda: residents.set_agreement(actor, key, RoundForm.NONE),
        lambda: residents.add_warning(actor, key, WarningKind.ALLERGY, "nuts"),
        lambda: residents.end_warning(actor, 1),
        lambda: residents.add_contact(actor, key, "Anne"),
        lambda: residents.replace_contact(actor, 1, "Anne"),
        lambda: residents.end_contact(actor, 1),
        lambda: residents.change_about(actor, key, was, was),
        lambda: residents.colleagues(actor),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_primary_contacts_are_those_who_work_with_residents(station, actors):
    assert set(station.residents.colleagues(actors["eva"]).values()) == {
        "Ingrid", "Eva", "Marit", "Nora", "Samira", "Jonas",
    }  # fmt: skip

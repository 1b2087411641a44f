"""Proposing, publishing, reading and opening, through the service on a real encrypted database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select
from tests.conftest import moment
from tests.crisis_plans.conftest import PLAN
from tests.kernel.test_ledger import full_disk

from staffbase.crisis_plans.form import form_of, from_fields
from staffbase.crisis_plans.model import PlanDraft, PlanVersion, Signing
from staffbase.crisis_plans.rules import PlanText, Proposal, Section, Sign
from staffbase.crisis_plans.service import DRAFT, plan_states_in, publish_in
from staffbase.incidents.model import IncidentKind
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.access import Permission
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotAllowed, NotFound
from staffbase.kernel.ledger import Ledger

OTHER = replace(PLAN, text=replace(PLAN.text, avoid="talking over him"), signing=Signing.NOT_YET, signed_on=None)


def opened(station, action):
    with station.database.read() as tx:
        rows = tx.all(select(Ledger).where(Ledger.action == action).order_by(col(Ledger.seq)))
    return [(row.actor_id, row.subject_id) for row in rows]


def test_staff_propose_and_the_clinical_lead_publishes(station, plans, actors, flats):
    a1 = flats["A1"]
    facts = plans.save_draft(actors["marit"], a1, PLAN, (0, 0))
    assert (facts.state.version, facts.state.draft, facts.state.draft_by) == (0, True, "Marit")
    done = plans.publish(actors["eva"], a1, "First plan", facts.base)
    assert (done.number, done.review_due) == (1, date(2026, 7, 5))
    (version,) = plans.versions(actors["marit"], a1)
    assert (version.text, version.made, version.co_authors, version.copies_to) == (
        PLAN.text,
        PLAN.made,
        "ACT-team",
        "DPS",
    )
    assert (version.signing, version.signed_on, version.reason) == (Signing.SIGNED, date(2026, 1, 5), "First plan")
    assert (version.published_by, version.valid_from) == ("Eva", date(2026, 1, 5))
    (item,) = station.journal.timeline(actors["marit"], a1, kinds=[Kind.PLAN])
    assert item.text == "Crisis plan, version 1: First plan. Review by 05.07.2026."
    assert item.importance is Importance.HANDOVER
    assert plans.plan_now(actors["eva"], a1).draft is None


@pytest.mark.parametrize("who", ["marit", "nora", "samira"])
def test_others_may_not_publish_and_are_told_who_may(plans, actors, flats, who):
    facts = plans.save_draft(actors[who], flats["A1"], PLAN, (0, 0))
    for refused in (
        lambda: plans.ready(actors[who], flats["A1"]),
        lambda: plans.publish(actors[who], flats["A1"], "why", facts.base),
    ):
        with pytest.raises(NotAllowed, match="This can: leader, clinical lead"):
            refused()
    assert plans.versions(actors[who], flats["A1"]) == ()


@pytest.mark.parametrize("who", ["kari", "odd", "astrid"])
def test_without_health_data_in_the_role_nothing_opens(plans, actors, flats, who):
    for method, *rest in (
        (plans.card, flats["A1"]), (plans.card_now, flats["A1"]), (plans.plan, flats["A1"]), (plans.plan_now, flats["A1"]),
        (plans.rows,), (plans.current_versions,), (plans.save_draft, flats["A1"], PLAN, (0, 0)),
        (plans.versions, flats["A1"]), (plans.version, flats["A1"], 1), (plans.compare, flats["A1"], 1, 2),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            method(actors[who], *rest)


def test_every_method_declares_its_permission(plans):
    methods = [getattr(type(plans), name) for name in vars(type(plans)) if not name.startswith("_")]
    assert {method.permission for method in methods} == {
        Permission.SEE_RESIDENTS, Permission.READ, Permission.PROPOSE_PLAN, Permission.PUBLISH_PLAN,
    }  # fmt: skip


def test_a_line_too_long_may_be_drafted_but_not_published(plans, actors, flats):
    long = replace(PLAN, text=replace(PLAN.text, wishes="w" * 80, yellow=(Sign("s" * 40, "m" * 40),)))
    facts = plans.save_draft(actors["eva"], flats["A1"], long, (0, 0))
    for refused in (
        lambda: plans.ready(actors["eva"], flats["A1"]),
        lambda: plans.publish(actors["eva"], flats["A1"], "why", facts.base),
    ):
        with pytest.raises(Invalid) as told:
            refused()
        assert "Amber: early signs, line 1 fills 83 cells" in str(told.value)
        assert "Wishes and refusals, line 1 fills 80 cells" in str(told.value)
        assert told.value.field == Section.YELLOW


def test_a_published_version_is_never_changed_and_earlier_ones_stay(plans, actors, flats, published, clock):
    clock.move_to(moment(13, 10))
    facts = plans.plan(actors["eva"], flats["A1"])
    assert facts.begin == replace(PLAN, signing=Signing.NOT_YET, signed_on=None)
    facts = plans.save_draft(actors["eva"], flats["A1"], OTHER, facts.base)
    plans.publish(actors["ingrid"], flats["A1"], "Gone through", facts.base, review_due=date(2026, 4, 13))
    newer, older = plans.versions(actors["marit"], flats["A1"])
    assert (newer.number, older.number) == (2, 1)
    assert older.text == PLAN.text
    assert plans.version(actors["marit"], flats["A1"], 1) == older
    changed = [one.section for one in plans.compare(actors["marit"], flats["A1"], 1, 2) if one.changed]
    assert changed == [Section.AVOID]
    with pytest.raises(NotFound):
        plans.version(actors["marit"], flats["A1"], 3)
    with pytest.raises(NotFound):
        plans.compare(actors["marit"], flats["A1"], 1, DRAFT)


def test_the_draft_can_be_compared(plans, actors, flats, published):
    base = plans.plan(actors["marit"], flats["A1"]).base
    plans.save_draft(actors["marit"], flats["A1"], OTHER, base)
    assert [one.section for one in plans.compare(actors["eva"], flats["A1"], 1, DRAFT) if one.changed] == [
        Section.AVOID
    ]


def test_two_editors_both_texts_are_kept(station, plans, actors, flats, published):
    a1, marit, jonas = flats["A1"], actors["marit"], actors["jonas"]
    base = plans.plan(marit, a1).base
    third = replace(OTHER, text=replace(OTHER.text, wishes="sister is told"))
    plans.save_draft(marit, a1, OTHER, base)
    with pytest.raises(ChangedElsewhere, match="Marit saved another draft"):
        plans.save_draft(jonas, a1, third, base)
    facts = plans.plan(jonas, a1)
    assert facts.draft.proposal == OTHER
    plans.save_draft(jonas, a1, third, facts.base, over=True)
    assert plans.plan(jonas, a1).draft.proposal == third
    assert from_fields(station.journal.draft(marit, form_of(a1))) == OTHER


def test_a_draft_begun_before_a_version_was_published_is_not_saved_over_it(plans, actors, flats):
    a1 = flats["A1"]
    facts = plans.save_draft(actors["marit"], a1, PLAN, (0, 0))
    plans.publish(actors["eva"], a1, "First", facts.base)
    with pytest.raises(ChangedElsewhere, match="Eva has published version 1"):
        plans.save_draft(actors["marit"], a1, OTHER, facts.base)
    with pytest.raises(ChangedElsewhere):
        plans.publish(actors["eva"], a1, "Again", facts.base)


def test_what_is_published_is_what_was_seen(plans, actors, flats):
    seen = plans.save_draft(actors["marit"], flats["A1"], PLAN, (0, 0))
    plans.save_draft(actors["jonas"], flats["A1"], OTHER, seen.base)
    with pytest.raises(ChangedElsewhere):
        plans.publish(actors["eva"], flats["A1"], "why", seen.base)
    assert plans.versions(actors["eva"], flats["A1"]) == ()


def test_a_draft_that_says_the_same_again_ends(plans, actors, flats, published):
    a1, eva = flats["A1"], actors["eva"]
    same = plans.plan(eva, a1).begin
    with pytest.raises(Invalid, match="Nothing was changed"):
        plans.save_draft(eva, a1, same, plans.plan(eva, a1).base)
    facts = plans.save_draft(eva, a1, OTHER, plans.plan(eva, a1).base)
    facts = plans.save_draft(eva, a1, same, facts.base)
    assert facts.draft is None
    with pytest.raises(Invalid, match="no draft to publish"):
        plans.publish(eva, a1, "why", facts.base)


def test_what_was_drafted_is_not_kept_once_it_is_published(station, plans, actors, flats, published):
    with station.database.read() as tx:
        (row,) = tx.all(select(PlanDraft))
    assert (row.open, row.fields) == (False, "")


def test_bad_input_is_refused_whole(plans, actors, flats):
    for text in ("\x1b[31m", "two\nlines", "x" * 301):
        with pytest.raises(Invalid):
            plans.save_draft(actors["eva"], flats["A1"], Proposal(PlanText(avoid=text)), (0, 0))
    with pytest.raises(NotFound):
        plans.save_draft(actors["eva"], 99, PLAN, (0, 0))
    facts = plans.save_draft(actors["eva"], flats["A1"], PLAN, (0, 0))
    for days, reason in (
        ({"review_due": date(2026, 1, 5)}, "why"), ({"valid_from": date(2026, 1, 6)}, "why"),
        ({"review_due": date(2029, 1, 1)}, "why"), ({}, " "), ({}, "x" * 601),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            plans.publish(actors["eva"], flats["A1"], reason, facts.base, **days)
    assert plans.versions(actors["eva"], flats["A1"]) == ()


def test_hostile_text_is_stored_as_typed(plans, actors, flats):
    text = PlanText(avoid="[/b] {x} '; DROP TABLE plan_version; -- \u202e %s")
    facts = plans.save_draft(actors["eva"], flats["A1"], Proposal(text), (0, 0))
    plans.publish(actors["eva"], flats["A1"], "[red]why", facts.base)
    assert plans.versions(actors["eva"], flats["A1"])[0].text == text


# -- states and review ---------------------------------------------------------------------------------------------


def test_states_of_the_house(station, plans, actors, flats, published, clock):
    plans.save_draft(actors["jonas"], flats["A2"], OTHER, (0, 0))
    states = plans.current_versions(actors["marit"])
    assert set(states) == {flats["A1"], flats["A2"]}
    a1, a2 = states[flats["A1"]], states[flats["A2"]]
    assert (a1.version, a1.review_due, a1.overdue, a1.draft, a1.signed) == (1, date(2026, 7, 5), False, False, True)
    assert (a2.version, a2.review_due, a2.draft, a2.draft_by) == (0, None, True, "Jonas")
    assert [(row.unit_code, row.state.version) for row in plans.rows(actors["marit"])] == [
        ("A1", 1),
        ("A2", 0),
        ("B1", 0),
    ]
    clock.move_to(moment(5, 12, month=7))
    assert not plans.current_versions(actors["marit"])[flats["A1"]].overdue
    clock.move_to(moment(6, 12, month=7))
    assert plans.current_versions(actors["marit"])[flats["A1"]].overdue
    with station.database.read() as tx:
        assert plan_states_in(tx, station.house_id, clock.now())[flats["A1"]].overdue


def test_after_a_crisis_the_review_is_due_at_once_until_a_new_version(station, plans, actors, flats, published, clock):
    a1, marit = flats["A1"], actors["marit"]
    clock.move_to(moment(9, 4, 10))
    incident = station.incidents.start(marit, IncidentKind.OVERDOSE, a1)
    assert not plans.current_versions(marit)[a1].overdue
    clock.move_to(moment(9, 5))
    station.incidents.conclude(marit, incident, "Ambulance took over.")
    state = plans.current_versions(marit)[a1]
    assert (state.overdue, state.review.after_crisis, state.review_due) == (True, True, date(2026, 1, 9))
    assert plans.card(marit, a1).review.after_crisis
    clock.move_to(moment(13, 10))
    facts = plans.save_draft(actors["eva"], a1, OTHER, plans.plan(actors["eva"], a1).base)
    plans.publish(actors["eva"], a1, "After the overdose", facts.base)
    assert not plans.current_versions(marit)[a1].overdue


def test_the_house_decides_how_often(station, plans, actors, flats):
    house = station.residents.house(actors["ingrid"])
    station.residents.change_house(
        actors["ingrid"], house.version, address="x", entrance="", oncall_name="", oncall_phone="", review_months=3
    )
    facts = plans.save_draft(actors["eva"], flats["A1"], PLAN, (0, 0))
    assert plans.ready(actors["eva"], flats["A1"]).review_due == date(2026, 4, 5)
    assert plans.publish(actors["eva"], flats["A1"], "why", facts.base).review_due == date(2026, 4, 5)


# -- the card ------------------------------------------------------------------------------------------------------


def test_opening_the_card_is_recorded_each_time_and_looking_again_is_not(station, plans, actors, flats, published):
    marit, a1 = actors["marit"], flats["A1"]
    assert plans.card(marit, a1).logged
    plans.card(marit, a1)
    plans.card_now(marit, a1)
    assert opened(station, "card.open") == [(marit.person_id, a1)] * 2
    plans.plan(marit, a1)
    plans.plan_now(marit, a1)
    assert opened(station, "plan.open") == [(marit.person_id, a1)]


def test_the_card_opens_when_the_ledger_cannot_be_written_and_is_recorded_later(
    station, plans, actors, flats, published
):
    marit, a1 = actors["marit"], flats["A1"]
    with full_disk(station.database):
        found = plans.card(marit, a1)
    assert not found.logged
    assert found.text == PLAN.text
    assert plans.card(marit, a1).logged
    assert opened(station, "card.open") == [(marit.person_id, a1)] * 2


def test_a_card_without_plan_or_with_only_a_draft(plans, actors, flats):
    plans.save_draft(actors["jonas"], flats["A2"], OTHER, (0, 0))
    none, only = plans.card(actors["nora"], flats["B1"]), plans.card(actors["nora"], flats["A2"])
    assert (none.text, none.draft_by) == (None, "")
    assert (only.text, only.draft_by) == (None, "Jonas")
    assert only.calls[-1].phone == "113"


def test_publishing_inside_another_transaction(station, plans, actors, flats, clock):
    """The demo writes plans of other days this way."""
    with station.database.write(actors["eva"], "demo.plan") as tx:
        done = publish_in(
            tx, station.house_id, flats["B1"], PLAN, "First", review_due=(clock.now() + timedelta(days=90)).date()
        )
    assert done.number == 1
    with station.database.read() as tx:
        (row,) = tx.all(select(PlanVersion))
    assert row.published_by_id == actors["eva"].person_id

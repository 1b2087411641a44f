"""Lines that do not fit are named; review dates; days as typed; two versions side by side."""

from datetime import date

import pytest
from tests.conftest import moment

from staffbase.crisis_plans.form import base_of, from_fields, to_fields
from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import (
    PlanText,
    Proposal,
    Section,
    Sign,
    check_days,
    compare,
    faults,
    next_review,
    read_day,
    review_of,
)
from staffbase.crisis_plans.stored import checked, proposal_from_json, proposal_to_json
from staffbase.kernel.errors import Invalid

TODAY = date(2026, 1, 13)


def test_a_line_that_fits_is_no_fault() -> None:
    assert faults(PlanText(avoid="x" * 74, yellow=(Sign("s" * 30, "m" * 41),))) == []


def test_a_line_that_does_not_fit_is_named() -> None:
    (long, pair) = faults(PlanText(avoid="x" * 75, yellow=(Sign("fits"), Sign("s" * 40, "m" * 41))))[::-1]
    assert (long.section, long.number, long.cells) == (Section.AVOID, 1, 75)
    assert (pair.section, pair.number, pair.cells) == (Section.YELLOW, 2, 84)
    assert str(pair).startswith("Amber: early signs, line 2 fills 84 cells, and the card has 74")


def test_bidi_marks_do_not_slip_past_the_limit() -> None:
    assert len(faults(PlanText(avoid="x" * 70 + "\u202e"))) == 1


def test_five_signs_are_one_too_many() -> None:
    (fault,) = faults(PlanText(red=tuple(Sign(f"sign {n}", "do") for n in range(5))))
    assert (fault.section, fault.number) == (Section.RED, 5)
    assert "room for 4" in str(fault)


def test_a_measure_needs_a_sign() -> None:
    (fault,) = faults(PlanText(red=(Sign("", "113"),)))
    assert "no sign" in str(fault)


def test_review_at_the_date_and_at_once_after_a_crisis() -> None:
    published = moment(5, 10)
    assert not review_of(TODAY, published, None, TODAY).overdue
    assert review_of(date(2026, 1, 12), published, None, TODAY).overdue
    after = review_of(date(2026, 7, 5), published, moment(9, 4, 40), TODAY)
    assert (after.due, after.overdue, after.after_crisis) == (date(2026, 1, 9), True, True)
    assert review_of(date(2026, 1, 6), published, moment(9, 4, 40), TODAY).due == date(2026, 1, 9)
    assert not review_of(date(2026, 7, 5), published, moment(4, 4), TODAY).after_crisis


def test_next_review_is_months_ahead() -> None:
    assert next_review(date(2026, 8, 31), 6) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("valid_from", "due", "field"),
    [
        (date(2026, 1, 14), date(2026, 7, 1), "valid_from"),
        (TODAY, TODAY, "review_due"),
        (TODAY, date(2028, 2, 1), "review_due"),
    ],
)
def test_days_that_cannot_be(valid_from, due, field) -> None:
    with pytest.raises(Invalid) as told:
        check_days(valid_from, due, TODAY)
    assert told.value.field == field


def test_days_as_typed() -> None:
    assert read_day("13.07.2026", "d") == date(2026, 7, 13)
    assert read_day(" 1.2.26 ", "d") == date(2026, 2, 1)
    assert read_day("", "d") is None
    for wrong in ("31.02.2026", "soon", "2026-07-13", "1.1.2099999", "٣.١.٢٠٢٦"):
        with pytest.raises(Invalid):
            read_day(wrong, "d")


def test_compare_shows_what_changed() -> None:
    older = PlanText(avoid="police", wishes="same", yellow=(Sign("a", "b"),))
    newer = PlanText(avoid="police, crowd", wishes="same", arrange="cat")
    told = {one.section: one for one in compare(older, newer)}
    assert told[Section.AVOID].changed
    assert not told[Section.WISHES].changed
    assert (told[Section.YELLOW].older, told[Section.YELLOW].newer) == (("a → b",), ())
    assert Section.RED not in told


FULL = Proposal(
    PlanText(
        dangers=("one", "two"), yellow=(Sign("a", "b"), Sign("c")), red=(Sign("d", "e"),) * 5, avoid="f",
        meet_me=("g", "h"), trusted="i", wishes="j", arrange="k", afterwards="l",
    ),
    Made.PARTLY, "ACT", "DPS", Signing.SIGNED, date(2026, 1, 12),
)  # fmt: skip


def test_a_form_loses_nothing() -> None:
    fields = to_fields(FULL, (4, 2))
    assert from_fields(fields) == FULL
    assert base_of(fields) == (4, 2)
    assert proposal_from_json(proposal_to_json(FULL)) == FULL


def test_checked_tidies_and_refuses() -> None:
    loose = Proposal(PlanText(dangers=(" one ", ""), yellow=(Sign(" a ", ""), Sign("", " "))), signed_on=TODAY)
    assert checked(loose, TODAY) == Proposal(PlanText(dangers=("one",), yellow=(Sign("a"),)))
    for text in (PlanText(avoid="\x1b[31m"), PlanText(avoid="two\nlines"), PlanText(wishes="x" * 301)):
        with pytest.raises(Invalid):
            checked(Proposal(text), TODAY)
    with pytest.raises(Invalid):
        checked(Proposal(PlanText(meet_me=("x",) * 13)), TODAY)
    with pytest.raises(Invalid):
        checked(Proposal(signing=Signing.SIGNED, signed_on=date(2026, 1, 14)), TODAY)

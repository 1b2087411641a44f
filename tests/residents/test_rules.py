"""Units, ages, call hours and agreements: what must hold whatever is typed."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import moment

from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import Invalid
from staffbase.residents.calls import answers_now, read_hours, read_phone
from staffbase.residents.model import RoundForm
from staffbase.residents.rules import (
    MOST_UNITS,
    AgreementFacts,
    age,
    form_now,
    last_day,
    named,
    read_birth_year,
    read_units,
    show_until,
)

TODAY = date(2026, 1, 5)


def test_units_as_they_are_typed():
    assert [code for code, _module in read_units(" a1 - a3, B1,c10-C11 ")] == ["A1", "A2", "A3", "B1", "C10", "C11"]
    assert read_units("ÅÆØ7") == [("ÅÆØ7", "ÅÆØ")]
    assert [module for _code, module in read_units("A1,B1")] == ["A", "B"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("A1-A", "“A1-A” is no list of units"), ("A-A3", "is no list"), ("A3-A1", "is no list"), ("A1-B3", "is no list"),
        ("A1-", "is no list"), ("-A1", "is no list"), ("1-6", "is no list"), ("A1;A2", "is no list"), ("A1-A2-A3", "is no list"),
        ("", "needs at least one unit"), (" , ,", "needs at least one unit"), ("A1,A2,A1", "A1 stands twice"),
        ("A1-A3,A2", "A2 stands twice"), ("A1-A999", "60 units is the most"), ("A1-A40,B1-B40", "60 units is the most"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_units_gets_one_sentence(typed, said):
    with pytest.raises(Invalid, match=said) as refused:
        read_units(typed)
    assert refused.value.field == "units"
    assert "\n" not in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_is_a_list_of_units_or_refused(typed):
    with suppress(Invalid):
        units = read_units(typed)
        codes = [code for code, _module in units]
        assert 0 < len(codes) <= MOST_UNITS
        assert len(set(codes)) == len(codes)
        assert all(code.startswith(module) and code[len(module) :].isdecimal() for code, module in units)


@given(st.lists(st.tuples(st.sampled_from("ABCÆØÅ"), st.integers(1, 9), st.integers(0, 8)), min_size=1, max_size=5, unique_by=lambda one: one[0]))  # fmt: skip
def test_spans_of_units_stand_in_the_order_they_were_typed(spans):
    typed = ",".join(f"{module}{first}-{module}{first + more}" for module, first, more in spans)
    expected = [f"{module}{number}" for module, first, more in spans for number in range(first, first + more + 1)]
    assert [code for code, _module in read_units(typed)] == expected


@pytest.mark.parametrize("typed", ["1899", "2012", "2099", "", "88", "1988.5", "１９８８", "-1988"])
def test_a_birth_year_that_cannot_be(typed):
    with pytest.raises(Invalid, match="between 1900 and 2011"):
        read_birth_year(typed, TODAY)


def test_a_birth_year_and_how_old_that_makes_somebody():
    assert read_birth_year(" 1988 ", TODAY) == 1988
    assert age(1988, TODAY) == "37–38"
    assert age(1988, date(2026, 12, 30)) == "37–38"
    assert age(1988, date(2026, 12, 31)) == "38"


# -- call hours -------------------------------------------------------------------------------------------------------

MONDAY = datetime(2026, 1, 5, tzinfo=OSLO)


@pytest.mark.parametrize(
    "hours", ["mon-fri 08-15:30", "man-fre 08–15.30", "MAN - FRE 8-15:30", "mandag-fredag 08-15:30"]
)
def test_hours_are_read_in_both_languages(hours):
    for day in range(7):
        for minute in (0, 7 * 60 + 59, 8 * 60, 15 * 60 + 29, 15 * 60 + 30, 23 * 60 + 59):
            now = MONDAY + timedelta(days=day, minutes=minute)
            assert answers_now(hours, now) == (day < 5 and 8 * 60 <= minute < 15 * 60 + 30)


def test_hours_past_midnight_belong_to_the_day_they_begin_on():
    friday, saturday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)
    for hours in ("fri 22-06", "fre 22-06"):
        assert answers_now(hours, friday.replace(hour=23))
        assert answers_now(hours, saturday.replace(hour=5))
        assert not answers_now(hours, friday.replace(hour=5))
        assert not answers_now(hours, saturday.replace(hour=23))


def test_several_hours_and_none():
    assert answers_now("", MONDAY)
    assert answers_now("mon 08-10, tir 08-10", MONDAY.replace(hour=9))
    assert not answers_now("tue 08-10, ons 08-10", MONDAY.replace(hour=9))
    assert answers_now("00-24", MONDAY)
    assert answers_now("sat-mon 08-10", MONDAY.replace(hour=9))


_HOUR = st.integers(0, 24)
_DAYS = st.sampled_from(["", "mon ", "man-fre ", "tue-tir ", "lørdag-søndag ", "Wed – ons "])


@given(_DAYS, _HOUR, _HOUR, st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_hours_that_were_accepted_can_always_be_read(days, begin, end, naive):
    typed = f"{days}{begin:02d}-{end:02d}"
    try:
        kept = read_hours(typed)
    except Invalid:
        assert begin == end
    else:
        assert answers_now(kept, naive.replace(tzinfo=UTC).astimezone(OSLO)) in (True, False)


@given(st.text(max_size=20))
def test_any_text_is_hours_or_refused(typed):
    with suppress(Invalid):
        answers_now(read_hours(typed), MONDAY)


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("113", "113"), (" 00 00  00 41", "00 00 00 41"), ("+47 00000041", "+47 00000041")])  # fmt: skip
def test_numbers_as_they_are_kept(typed, kept):
    assert read_phone(typed) == kept


@pytest.mark.parametrize("typed", ["12", "call me", "00 00 00 41 after six", "++47 000", "１１３", "\u202e113"])
def test_what_is_no_number(typed):
    with pytest.raises(Invalid):
        read_phone(typed)


# -- agreements -------------------------------------------------------------------------------------------------------


@given(st.sampled_from(RoundForm), st.integers(-48, 48))
def test_an_agreement_that_has_run_out_is_knocking_whatever_it_said(form, hours):
    now = moment(5, 12)
    agreement = AgreementFacts(1, form, False, "", moment(1, 12), now + timedelta(hours=hours))
    assert form_now(agreement, now) is (RoundForm.KNOCK if hours <= 0 else form)


def test_without_an_agreement_one_knocks():
    assert form_now(None, moment(5, 12)) is RoundForm.KNOCK


@pytest.mark.parametrize(
    ("until", "day", "words"),
    [
        (moment(1, 23, 59, month=7), date(2026, 7, 1), "01.07.2026"),
        (moment(2, 0, 0, month=7), date(2026, 7, 1), "01.07.2026"),
        (moment(1, 12, 0, month=7), date(2026, 7, 1), "01.07.2026 12:00"),
    ],
)
def test_until_when(until, day, words):
    assert last_day(until) == day
    assert show_until(until) == words


def test_whose_name_was_begun():
    people = {1: "Eva", 2: "Evald", 3: "Marit"}
    assert named("", people) is None
    assert named(" mar ", people) == 3
    assert named("eva", people) == 1
    for typed, said in (("ev", "Several fit"), ("x", "Nobody fits")):
        with pytest.raises(Invalid, match=said):
            named(typed, people)

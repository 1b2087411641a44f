"""Times as people type and read them."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import moment

from staffbase.kernel import i18n
from staffbase.kernel.clock import OSLO, local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.moments import (
    moments_at,
    read_deadline,
    read_moment,
    show_date,
    show_day,
    show_moment,
    show_since,
    show_span,
    show_time,
    week_of,
)

NOW = moment(6, 0, 10)  # Tuesday 6 January, ten past midnight


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", NOW), ("now", NOW), ("Nå", NOW),
        ("00:05", moment(6, 0, 5)), ("23:52", moment(5, 23, 52)), ("2352", moment(5, 23, 52)), ("23.52", moment(5, 23, 52)),
        ("8:15", moment(5, 8, 15)), ("kl. 23:52", moment(5, 23, 52)),
        ("yesterday 22:10", moment(5, 22, 10)), ("i går 22:10", moment(5, 22, 10)), ("I GÅR kl 22.10", moment(5, 22, 10)),
        ("i dag 00:02", moment(6, 0, 2)), ("man 07:00", moment(5, 7)), ("tue 00:01", moment(6, 0, 1)),
        ("tirsdag 23:00", datetime(2025, 12, 30, 22, 0, tzinfo=UTC)),
        ("05.01 23:52", moment(5, 23, 52)), ("5/1 23:52", moment(5, 23, 52)), ("05.01.2026 23:52", moment(5, 23, 52)),
        ("31.12 23:00", datetime(2025, 12, 31, 22, 0, tzinfo=UTC)), ("31.12.25 23:00", datetime(2025, 12, 31, 22, 0, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_what_was_observed(typed, meant):
    assert read_moment(typed, NOW) == meant


@pytest.mark.parametrize("typed", ["i dag 00:11", "06.01 08:00", "07.01 08:00", "01.02.2026 08:00", "tomorrow 08:00"])
def test_what_is_observed_has_happened(typed):
    with pytest.raises(Invalid, match="future"):
        read_moment(typed, NOW)


@pytest.mark.parametrize(
    "typed",
    ["25:00", "12:60", "soon", "i går", "30.02 10:00", "32.01 10:00", "10.10.1850 10:00", "x 10:00", "٣:١٠0", "[/b]"],
)
def test_what_is_no_time_is_said_in_one_sentence(typed):
    with pytest.raises(Invalid) as told:
        read_moment(typed, NOW)
    assert "\n" not in str(told.value)
    assert told.value.field == "observed"


@given(st.text(max_size=20))
def test_anything_typed_is_a_past_moment_or_a_sentence(typed):
    with contextlib.suppress(Invalid):
        assert read_moment(typed, NOW) <= NOW
    with contextlib.suppress(Invalid):
        read_deadline(typed, NOW)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_time_of_the_clock_is_never_more_than_a_day_ago(now):
    typed = show_time(now)
    read = read_moment(typed, now)
    assert read <= now
    assert now - read < timedelta(minutes=1)


def test_the_hour_that_comes_twice_means_the_newest_that_has_passed():
    first, second = moments_at(date(2026, 10, 25), datetime(2026, 10, 25, 2, 30).time())  # noqa: DTZ001
    assert second - first == timedelta(hours=1)
    assert read_moment("02:30", first + timedelta(minutes=5)) == first
    assert read_moment("02:30", second + timedelta(minutes=5)) == second


def test_the_hour_that_is_skipped_is_said():
    now = datetime(2026, 3, 29, 9, 0, tzinfo=OSLO)
    with pytest.raises(Invalid, match="skipped"):
        read_moment("02:30", now)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None), ("15:00", moment(6, 15)), ("00:05", moment(7, 0, 5)), ("tomorrow", moment(7, 23, 59)),
        ("i morgen 12:00", moment(7, 12)), ("fri 12:00", moment(9, 12)), ("fredag", moment(9, 23, 59)), ("tir 00:05", moment(13, 0, 5)),
        ("09.01", moment(9, 23, 59)), ("9.1 15:00", moment(9, 15)), ("09.01.2027", datetime(2027, 1, 9, 22, 59, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_deadlines(typed, meant):
    assert read_deadline(typed, NOW) == meant


@pytest.mark.parametrize("typed", ["05.01", "yesterday 12:00", "i dag 00:05", "hm"])
def test_a_deadline_lies_ahead(typed):
    with pytest.raises(Invalid):
        read_deadline(typed, NOW)


def test_times_are_shown_as_the_house_sees_them():
    assert show_time(moment(5, 23, 52)) == "23:52"
    assert show_date(moment(6, 0, 10)) == "06.01.2026"
    assert show_moment(moment(6, 0, 5), NOW) == "00:05"
    assert show_moment(moment(5, 22, 10), NOW) == "yesterday 22:10"
    assert show_moment(moment(7, 12), NOW) == "tomorrow 12:00"
    assert show_moment(moment(3, 22, 10), NOW) == "03.01 22:10"
    assert show_moment(datetime(2025, 12, 31, 22, 0, tzinfo=UTC), NOW) == "31.12.2025 23:00"
    assert show_span(moment(5, 23, 40), moment(5, 23, 58)) == "23:40–23:58"
    assert show_span(moment(5, 23, 40), moment(5, 23, 40)) == "23:40"
    assert show_day(NOW) == "Tue 06.01"
    assert week_of(NOW) == 2
    assert week_of(date(2027, 1, 1)) == 53
    assert [show_since(NOW - timedelta(minutes=minutes), NOW) for minutes in (0, 59, 125, 48 * 60)] == [
        "0 min",
        "59 min",
        "2 h 5 min",
        "2 days",
    ]


def test_and_in_norwegian():
    i18n.use("nb")
    assert show_moment(moment(5, 22, 10), NOW) == "i går 22:10"
    assert show_day(NOW) == "tir 06.01"
    assert show_since(NOW - timedelta(minutes=125), NOW) == "2 t 5 min"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.integers(1, 170))  # noqa: DTZ001
def test_what_is_shown_reads_back(now, hours):
    then = now.replace(second=0, microsecond=0) - timedelta(hours=hours)
    if len(moments_at(local(then).date(), local(then).time())) == 1:
        assert read_moment(show_moment(then, now), now) == then

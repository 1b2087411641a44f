"""Shifts on the wall clock, also on the two nights when it changes; PINs; waits."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.conftest import moment

from staffbase.kernel.access import Role
from staffbase.kernel.clock import OSLO, local
from staffbase.kernel.errors import Invalid
from staffbase.people.model import ShiftName
from staffbase.people.rules import (
    DEFAULT_SHIFTS,
    ShiftHours,
    check_pin,
    night_of,
    own_windows,
    shift_at,
    shift_on,
    shift_to_ask,
    spans_at,
    spans_of,
    still_blocked,
    wait_after,
)

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
@example(datetime(2026, 3, 29, 1, tzinfo=UTC))
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
def test_every_moment_belongs_to_exactly_one_shift(at):
    span = shift_at(at)
    running = spans_at(at)
    assert span in running
    assert span == running[-1]
    assert 1 <= len(running) <= 2
    assert span.begins_at <= at < span.ends_at


@given(MOMENTS)
def test_the_shifts_of_a_day_follow_each_other_without_a_gap(at):
    span = shift_at(at)
    after = shift_at(span.ends_at)
    assert span.begins_at < after.begins_at <= span.ends_at


@pytest.mark.parametrize(
    ("day", "hours"), [(SPRING - timedelta(days=1), 9), (AUTUMN - timedelta(days=1), 11), (date(2026, 6, 1), 10)]
)
def test_a_night_lasts_as_long_as_it_does(day, hours):
    night = shift_on(day, ShiftName.NIGHT)
    assert night.ends_at - night.begins_at == timedelta(hours=hours)
    assert night.ends_at.astimezone(OSLO).time() == time(7, 45)
    assert night.begins_at.tzinfo is UTC


@pytest.mark.parametrize(("day", "night_hours"), [(SPRING, 7), (AUTUMN, 9)])
def test_each_hour_of_the_long_and_the_short_day_has_its_shift(day, night_hours):
    start = datetime.combine(day, time(0), OSLO).astimezone(UTC)
    names = [shift_at(start + timedelta(hours=hour)).name for hour in range(night_hours + 16)]
    assert [(name, len(list(hours))) for name, hours in groupby(names)] == [
        ("night", night_hours), ("day", 7), ("evening", 7), ("night", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hour", "minute", "name"),
    [(7, 29, "night"), (7, 30, "day"), (14, 29, "day"), (14, 30, "evening"), (21, 44, "evening"), (21, 45, "night")],
)
def test_in_an_overlap_the_later_one_begun_counts(hour, minute, name):
    assert shift_at(moment(6, hour, minute)).name == name


def test_after_midnight_it_is_still_the_night_of_the_evening():
    assert shift_at(moment(6, 4)).date == date(2026, 1, 5)
    assert night_of(moment(6, 4)) == date(2026, 1, 5)
    assert night_of(moment(5, 23, 30)) == date(2026, 1, 5)
    assert night_of(moment(6, 11, 59)) == date(2026, 1, 5)
    assert night_of(moment(6, 12)) == date(2026, 1, 6)


@given(MOMENTS)
def test_a_night_shift_and_its_date_agree(at):
    span = shift_at(at)
    if span.name is ShiftName.NIGHT:
        assert night_of(at) == span.date


def test_between_shifts_of_a_house_with_a_gap_the_last_one_counts():
    shifts = [ShiftHours(ShiftName.DAY, time(8), time(16))]
    assert spans_at(moment(6, 20), shifts) == []
    assert shift_at(moment(6, 20), shifts).date == date(2026, 1, 6)
    with pytest.raises(Invalid):
        shift_on(date(2026, 1, 6), ShiftName.NIGHT, shifts)


def test_the_shifts_of_a_date_in_order():
    assert [span.name for span in spans_of(date(2026, 1, 6), reversed(DEFAULT_SHIFTS))] == list(ShiftName)


@pytest.mark.parametrize(
    ("hour", "minute", "role", "name"),
    [
        (21, 40, Role.NIGHT_WATCH, "night"),
        (21, 40, Role.STAFF, "evening"),
        (21, 50, Role.SUBSTITUTE, "evening"),
        (22, 10, Role.STAFF, "night"),
        (7, 20, Role.STAFF, "day"),
        (7, 40, Role.NIGHT_WATCH, "night"),
        (14, 5, Role.STAFF, "evening"),
        (13, 55, Role.STAFF, "day"),
        (12, 0, Role.NIGHT_WATCH, "day"),
    ],
)
def test_which_shift_is_asked_about(hour, minute, role, name):
    span = shift_to_ask(moment(6, hour, minute), role)
    assert span is not None
    assert span.name == name


def test_nobody_is_asked_between_shifts():
    assert shift_to_ask(moment(6, 20), Role.STAFF, [ShiftHours(ShiftName.DAY, time(8), time(16))]) is None


@pytest.mark.parametrize("pin", ["481592", "907314", "204718", "48159261", "735190246802"])
def test_good_pins(pin):
    assert check_pin(pin) == pin


@pytest.mark.parametrize(
    "pin",
    ["", "12345", "48159", "4815926048159", "48 592", "４８１５９２", "abcdef", "123456", "654321", "890123", "012345",
     "111111", "121212", "123123", "112112", "110110", "197948", "481979", "200548", "482005", "010180", "311299",
     "12345678", "87654321", "112233", "998811", "123321", "246810", "135791", "369121", "147258", "789456", "321654",
     "159357", "123457", "234568", "987653", "900131", "791224", "119791", "481989", "82005417"],
)  # fmt: skip
def test_pins_that_are_too_easy(pin):
    with pytest.raises(Invalid) as refused:
        check_pin(pin)
    assert refused.value.field == "pin"


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_most_pins_may_be_used_and_none_breaks_the_check(pin):
    try:
        assert check_pin(pin) == pin
    except Invalid:
        assert len(pin) == 6


def test_waits_grow_and_never_beyond_five_minutes():
    assert [wait_after(failures) for failures in range(11)] == [0, 0, 0, 0, 0, 30, 60, 120, 300, 300, 300]


@given(st.integers(0, 20), MOMENTS, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_nobody_waits_longer_than_the_wait_whatever_the_clock_did(failures, now, apart):
    assert 0 <= still_blocked(now + apart, failures, now) <= max(1, wait_after(failures))
    assert still_blocked(None, failures, now) == 0


# -- how far back a substitute reads ----------------------------------------------------------------------------------

WINTER, SUMMER = (datetime(2026, 10, 25, tzinfo=OSLO), datetime(2026, 3, 29, tzinfo=OSLO))
"""The nights when an hour comes twice, and when one does not exist."""
AROUND = st.one_of(
    st.integers(-60 * 96, 60 * 96).map(lambda minutes: WINTER.astimezone(UTC) + timedelta(minutes=minutes)),
    st.integers(-60 * 96, 60 * 96).map(lambda minutes: SUMMER.astimezone(UTC) + timedelta(minutes=minutes)),
)


@given(st.lists(st.tuples(AROUND, st.integers(0, 14 * 60)), max_size=6), AROUND)
def test_a_moment_is_open_exactly_within_a_day_of_a_duty(duties: list[tuple[datetime, int]], asked: datetime) -> None:
    spans = [(begins, begins + timedelta(minutes=minutes)) for begins, minutes in duties]
    windows = own_windows(spans)
    assert all(before[1] < after[0] for before, after in pairwise(windows))
    inside = any(begins <= asked < ends for begins, ends in windows)
    day = timedelta(days=1)
    sure = any(begins < ends and begins - day <= asked < ends + day for begins, ends in spans)
    # an hour more where the wall clock has one
    at_most = any(
        begins < ends and begins - day - timedelta(hours=1) <= asked < ends + day + timedelta(hours=1)
        for begins, ends in spans
    )
    assert sure <= inside <= at_most


def test_a_day_is_a_day_on_the_wall_clock_when_the_clocks_change() -> None:
    night = spans_of(date(2026, 10, 24), DEFAULT_SHIFTS)[2]
    ((begins, ends),) = own_windows([(night.begins_at, night.ends_at)])
    assert local(begins).isoformat() == "2026-10-23T21:45:00+02:00"
    assert local(ends).isoformat() == "2026-10-26T07:45:00+01:00"
    day = spans_of(date(2026, 10, 25), DEFAULT_SHIFTS)[0]
    ((begins, _ends),) = own_windows([(day.begins_at, day.ends_at)])
    assert local(begins).isoformat() == "2026-10-24T07:30:00+02:00"  # 25 hours before
    spring = spans_of(date(2026, 3, 29), DEFAULT_SHIFTS)[0]
    ((begins, _ends),) = own_windows([(spring.begins_at, spring.ends_at)])
    assert local(begins).isoformat() == "2026-03-28T06:30:00+01:00"  # 24 hours before, though the wall clock says 23

"""Windows, due doors, agreements: what must hold whatever the night."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import moment

from staffbase.kernel.errors import Invalid
from staffbase.residents.model import Presence, RoundForm, Status
from staffbase.residents.rules import AgreementFacts, Door, ResidentFacts
from staffbase.rounds.model import Outcome
from staffbase.rounds.rules import (
    WindowHours,
    beyond,
    not_due,
    window_for,
    window_of_walk,
    windows_of,
)

NIGHTS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
CLOCKS_FORWARD, CLOCKS_BACK = date(2026, 3, 28), date(2026, 10, 24)


def door(form=RoundForm.KNOCK, presence=Presence.HOME, until=None, agreed=True):
    agreement = AgreementFacts(1, form, False, "", moment(1, 12), until) if agreed else None
    resident = ResidentFacts(
        1, 1, "A1", "Beboer", 1980, presence, None, None, Status.CALM, (), agreement, (), "", "", "", False, date(2024, 1, 1), 1
    )  # fmt: skip
    return Door(1, "A1", "A", 0, resident)


@pytest.mark.parametrize("night", [date(2026, 1, 5), CLOCKS_FORWARD, CLOCKS_BACK])
def test_every_night_has_each_window_once_and_two_hours_long(night):
    first, second = windows_of(night)
    assert (first.ends_at - first.begins_at, second.ends_at - second.begins_at) == (timedelta(hours=2),) * 2
    assert first.ends_at < second.begins_at


@given(NIGHTS)
def test_each_moment_of_a_window_finds_that_window_and_no_other(night):
    for window in windows_of(night):
        for part in (window.begins_at, window.begins_at + (window.ends_at - window.begins_at) / 2):
            assert window_for(part) == window
            assert window_of_walk(part) == window
        assert window_for(window.ends_at) != window


@given(NIGHTS, st.times(), st.integers(30, 300))
def test_a_window_at_any_hour_exists_once_on_every_night(night, begins, minutes):
    ends = (datetime.combine(date(2000, 1, 1), begins) + timedelta(minutes=minutes)).time()
    spec = [WindowHours(begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0))]
    (window,) = windows_of(night, spec)
    assert window.begins_at < window.ends_at
    assert window.begins_at.tzinfo is UTC


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_there_is_always_a_next_window(now):
    window = window_for(now)
    assert window is not None
    assert window.ends_at > now


def test_windows_follow_their_recurrence():
    weekends = WindowHours(time(2, 0), time(3, 0), "FREQ=WEEKLY;BYDAY=FR,SA")
    assert windows_of(date(2026, 1, 5), [weekends]) == []
    assert len(windows_of(date(2026, 1, 9), [weekends])) == 1
    found = window_for(moment(5, 22), [weekends])
    assert found is not None
    assert found.night == date(2026, 1, 9)


def test_a_rule_that_is_none_is_refused():
    with pytest.raises(Invalid, match="FREQ=DAILY"):
        windows_of(date(2026, 1, 5), [WindowHours(time(2, 0), time(3, 0), "each night")])


def test_a_walk_belongs_to_its_window_also_a_little_early_or_late():
    first, second = windows_of(date(2026, 1, 5))
    assert window_of_walk(moment(5, 23, 10)) == first
    assert window_of_walk(moment(6, 1, 50)) == first
    assert window_of_walk(moment(6, 2, 45)) == second
    assert window_of_walk(moment(6, 6, 20)) == second
    assert window_of_walk(moment(6, 14, 0)) is None


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (Door(1, "A1", "A", 0), "vacant"),
        (door(presence=Presence.ADMITTED), "admitted"),
        (door(presence=Presence.PRISON), "in prison"),
        (door(RoundForm.NONE), "no check wanted"),
        (door(presence=Presence.AWAY), None),
        (door(agreed=False), None),
        (door(RoundForm.ENTER, until=moment(4, 0)), None),
    ],
)
def test_which_doors_are_due(one, reason):
    assert not_due(one, moment(5, 23, 40)) == reason


@pytest.mark.parametrize(
    ("outcome", "form", "asked"),
    [
        (Outcome.ASLEEP, RoundForm.KNOCK, True),
        (Outcome.ASLEEP, RoundForm.OUTSIDE, True),
        (Outcome.ASLEEP, RoundForm.OPEN_DOOR, False),
        (Outcome.ASLEEP, RoundForm.ENTER, False),
        (Outcome.AWAKE, RoundForm.OUTSIDE, False),
        (Outcome.SPOKE, RoundForm.KNOCK, False),
        (Outcome.HEARD, RoundForm.KNOCK, False),
    ],
)
def test_what_goes_further_than_the_agreement(outcome, form, asked):
    assert beyond(outcome, form) is asked

"""What a reading covers and in which order; what a report proposes and asks; who closes a concern."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import moment

from staffbase.handover.rules import (
    AT_MOST,
    FIRST_SHIFT,
    FULL_TEXT,
    Section,
    coverage,
    in_reading_order,
    is_news,
    may_close,
    must_choose,
    own_shift,
    proposed_status,
    reading_waits,
    section_of,
    signable_from,
    worse,
)
from staffbase.incidents.model import IncidentKind, Step
from staffbase.incidents.rules import IncidentFacts, StepFacts
from staffbase.journal.model import Importance, Kind
from staffbase.people.model import ShiftName
from staffbase.people.rules import DEFAULT_SHIFTS, shift_at, shift_on
from staffbase.residents.model import Status

NOW = moment(9, 14, 40)
moments = st.integers(0, 525_600).map(lambda minutes: datetime(2025, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes))
kinds, importances, statuses = st.sampled_from(Kind), st.sampled_from(Importance), st.sampled_from(Status)


@given(moments, st.none() | moments)
def test_a_reading_reaches_back_to_ones_own_last_duty_and_never_too_far(now, ended):
    covers = coverage(now, ended)
    assert now - AT_MOST <= covers.since <= now
    assert covers.full_since >= covers.since
    assert covers.full_since >= now - FULL_TEXT
    if ended is None:
        assert covers.since == now - FIRST_SHIFT
    elif now - AT_MOST <= ended <= now:
        assert covers.since == ended


@given(kinds, importances, moments, moments)
def test_nothing_before_the_reading_begins_and_nothing_urgent_left_out(kind, importance, recorded, ended):
    covers = coverage(max(recorded, ended), ended)
    news = is_news(kind, importance, recorded, covers)
    if recorded < covers.since:
        assert not news
    elif importance is Importance.URGENT and kind in (Kind.HEALTH, Kind.CHECK, Kind.CONCERN, Kind.DANGER):
        assert news
    if news and recorded < covers.full_since and importance is not Importance.URGENT and kind is not Kind.CONCERN:
        assert kind in (Kind.STATUS, Kind.DANGER, Kind.AGREEMENT, Kind.ROUND_AGREEMENT, Kind.STAY, Kind.PLAN)


def test_the_last_72_hours_in_full_before_that_what_lasts():
    covers = coverage(NOW, NOW - timedelta(days=20))
    lately, before = NOW - timedelta(hours=71), NOW - timedelta(hours=73)
    assert is_news(Kind.HEALTH, Importance.HANDOVER, lately, covers)
    assert not is_news(Kind.HEALTH, Importance.ROUTINE, lately, covers)
    assert not is_news(Kind.HEALTH, Importance.HANDOVER, before, covers)
    assert is_news(Kind.HEALTH, Importance.URGENT, before, covers)
    assert is_news(Kind.AGREEMENT, Importance.ROUTINE, before, covers)
    assert is_news(Kind.STATUS, Importance.HANDOVER, before, covers)
    assert not is_news(Kind.STATUS, Importance.ROUTINE, before, covers)
    assert is_news(Kind.DANGER, Importance.HANDOVER, before, covers)


@given(st.dictionaries(st.integers(1, 99), st.tuples(statuses, st.booleans()), max_size=12))
def test_every_resident_exactly_once_unstable_first(house):
    sections = {key: section_of(status, news=news) for key, (status, news) in house.items()}
    ordered = in_reading_order(list(house), sections)
    flat = [key for section in Section for key in ordered[section]]
    assert sorted(flat) == sorted(house)
    assert all(house[key][0] is Status.UNSTABLE for key in ordered[Section.UNSTABLE])
    assert all(house[key] == (Status.CALM, False) for key in ordered[Section.QUIET])


def incident(*steps, kind=IncidentKind.NO_ANSWER, concluded=True, taken_back=False):
    told = tuple(StepFacts(number, step, NOW, NOW, False, "", "", taken_back) for number, step in enumerate(steps))
    return IncidentFacts(1, kind, 1, "A1", "", NOW, NOW, 1, "", "", told, NOW if concluded else None)


def test_what_happened_raises_the_status_and_nothing_lowers_it():
    assert proposed_status(Status.CALM, []) is Status.CALM
    assert proposed_status(Status.WATCH, []) is Status.WATCH
    assert proposed_status(Status.CALM, [incident(Step.KNOCKED, Step.WELL)]) is Status.WATCH
    assert proposed_status(Status.CALM, [incident(Step.CALLED_113)]) is Status.UNSTABLE
    assert proposed_status(Status.CALM, [incident(Step.CALLED_113, taken_back=True)]) is Status.WATCH
    assert proposed_status(Status.CALM, [incident(concluded=False)]) is Status.UNSTABLE
    assert proposed_status(Status.CALM, [incident(kind=IncidentKind.OVERDOSE)]) is Status.UNSTABLE
    assert proposed_status(Status.UNSTABLE, [incident(Step.WELL)]) is Status.UNSTABLE


@given(st.lists(st.none() | statuses, max_size=5))
def test_the_worst_of_them(given_statuses):
    found = worse(*given_statuses)
    said = [one for one in given_statuses if one is not None]
    assert found in (said or [Status.CALM])
    assert Status.UNSTABLE not in said or found is Status.UNSTABLE


def test_calm_goes_without_saying_only_where_nothing_was():
    assert not must_choose(Status.CALM, important=False, chosen=None)
    assert must_choose(Status.CALM, important=True, chosen=None)
    assert must_choose(Status.WATCH, important=False, chosen=None)
    assert not must_choose(Status.UNSTABLE, important=True, chosen=Status.CALM)


@given(moments, st.sampled_from(["none", "own", "both"]))
def test_an_entry_belongs_to_exactly_one_shift(observed, duty):
    """Whoever was on; where nobody of the overlap wrote it, the shift begun later."""
    here = shift_at(observed, DEFAULT_SHIFTS)
    assert own_shift(observed, [], DEFAULT_SHIFTS) == (here.name, here.date)
    spans = [(here.name, here.date, here.begins_at, here.ends_at)]
    if duty == "both":
        spans.append((ShiftName.DAY, here.date - timedelta(days=1), here.begins_at - timedelta(hours=1), here.ends_at))
    found = own_shift(observed, spans, DEFAULT_SHIFTS)
    assert (
        found in [(name, day) for name, day, _begins, _ends in spans] or not here.begins_at <= observed < here.ends_at
    )


def test_in_the_overlap_it_is_the_writers_shift():
    span = shift_on(moment(9, 12).date(), ShiftName.DAY, DEFAULT_SHIFTS)
    on = [(span.name, span.date, span.begins_at, span.ends_at)]
    assert own_shift(moment(9, 14, 45), on, DEFAULT_SHIFTS) == (ShiftName.DAY, span.date)
    assert own_shift(moment(9, 14, 45), [], DEFAULT_SHIFTS) == (ShiftName.EVENING, span.date)


def test_a_report_is_not_signed_when_its_shift_has_only_begun():
    night = shift_on(moment(8, 12).date(), ShiftName.NIGHT, DEFAULT_SHIFTS)
    assert night.begins_at < signable_from(night) < moment(9, 6, 30)


def test_a_concern_is_closed_by_another_shift():
    assert not may_close(1, 1, [])
    assert not may_close(1, 2, [1, 2])
    assert may_close(1, 3, [1, 2])


def test_a_reading_may_wait_half_an_hour():
    begins = moment(9, 14, 30)
    assert not reading_waits(begins, moment(9, 14, 59), accepted=False)
    assert reading_waits(begins, moment(9, 15), accepted=False)
    assert not reading_waits(begins, moment(9, 18), accepted=True)

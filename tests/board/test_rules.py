"""What is shown first, how many signs a tile bears, and what needs somebody now: without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import moment

from staffbase.board.needs import Waiting, needs_of
from staffbase.board.rules import MOST_SIGNS, Level, Sign, letters, worst_first
from staffbase.rounds.facts import WalkFacts, WindowFacts
from staffbase.rounds.rules import Window, windows_of

NIGHT = moment(5, 23, 0)
FIRST = windows_of(moment(5, 23).date())[0]
WALK = WalkFacts(1, 2, "Samira", moment(5, 23, 40), moment(6, 0, 25), None, None, "")


def waiting(**more) -> Waiting:
    empty = Waiting(
        now=NIGHT, walk=None, running=(), windows=(), short=(), concerns=(), not_read=(), tasks=(), codes={}, asked=0
    )
    return replace(empty, **more)


def window(done: int, *, signed: bool = False, of: Window = FIRST) -> WindowFacts:
    units = tuple((f"A{number}", "done" if number <= done else "open") for number in range(1, 9))
    return WindowFacts(of, 8, done, units, signed=signed)


@given(st.lists(st.builds(Sign, st.sampled_from(["", "a", "plan v1", "2 tasks"]), st.sampled_from(Level)), max_size=9))
def test_at_most_three_signs_the_worst_first_and_the_rest_counted(signs):
    shown = worst_first(signs)
    said = [sign for sign in signs if sign.words]
    assert [sign.level for sign in shown[:MOST_SIGNS]] == sorted((sign.level for sign in said), reverse=True)[
        :MOST_SIGNS
    ]
    assert len(shown) == min(len(said), MOST_SIGNS + 1)
    if len(said) > MOST_SIGNS:
        assert shown[-1].words == f"+{len(said) - MOST_SIGNS}"
        assert shown[-1].level <= min(sign.level for sign in shown[:-1])


def test_the_letter_of_a_card_is_never_the_key_that_asks_for_it():
    assert "k" not in letters(26)
    assert letters(10) == "abcdefghij"


def test_nothing_waits_where_nothing_does():
    assert needs_of(waiting()) == ()
    assert needs_of(waiting(windows=[window(0)])) == ()  # it has not begun


def test_the_worst_is_on_top_and_each_says_who_or_what_ends_it():
    needs = needs_of(waiting(now=moment(6, 0, 26), walk=WALK, windows=[window(3)], not_read=("Samira",)))
    assert [need.level for need in needs] == sorted((need.level for need in needs), reverse=True)
    assert needs[0].words == "Samira is on the walk"
    assert needs[0].level is Level.DANGER  # overdue
    assert all(need.end for need in needs)


@pytest.mark.parametrize(
    ("minutes", "level"), [(-1, None), (0, Level.WATCH), (99, Level.WATCH), (100, Level.DANGER), (119, Level.DANGER)]
)
def test_open_doors_are_said_while_the_window_runs_and_red_in_its_last_twenty_minutes(minutes, level):
    now = FIRST.begins_at + timedelta(minutes=minutes)
    needs = needs_of(waiting(now=now, windows=[window(7)]))
    assert [need.level for need in needs] == ([level] if level else [])
    if level:
        assert needs[0].words == "1 door open"
        assert needs[0].end == "until 01:30, 2: the round sheet"


def test_a_window_that_passed_with_open_doors_is_red_until_it_is_signed_with_the_reasons():
    after = FIRST.ends_at
    (need,) = needs_of(waiting(now=after, windows=[window(6)]))
    assert (need.words, need.level, need.end) == ("2 doors were not checked", Level.DANGER, "2: sign with the reason")
    assert needs_of(waiting(now=after, windows=[window(6, signed=True)])) == ()


def test_what_is_signed_with_its_reasons_neither_waits_nor_interrupts_while_the_window_still_runs():
    late = FIRST.ends_at - timedelta(minutes=10)
    assert window(7).about_to_pass(late)
    assert not window(7, signed=True).about_to_pass(late)
    assert needs_of(waiting(now=late, windows=[window(7, signed=True)])) == ()

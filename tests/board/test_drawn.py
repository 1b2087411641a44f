"""A tile in any size: unit, status and how somebody was last met are never cut; what does not fit is counted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbase.board.drawn import BETWEEN, FRAME, LEAST, MOST, NARROWEST, Shape, beside_time, drawn, shape
from staffbase.board.rules import BoardTile, Level, Line, Sign

WIDTH = NARROWEST - FRAME
LONG = BoardTile(
    1, "A3", "A", resident_id=3, name="Kim-André Sørensen-Bergersen den yngre", status=Sign("unstable", Level.DANGER),
    presence="admitted since 04:40", place="admitted", seen_at="yesterday 23:52", seen="seen asleep",
    plan=Sign("plan: revise now", Level.WATCH),
    signs=(Sign("agreement has run out", Level.WATCH), Sign("rounds: not seen for 4 days", Level.WATCH), Sign("3 tasks", Level.PLAIN)),
    dangers="overdose ×2 (opioid + benzo) · go two · penicillin",
)  # fmt: skip


@pytest.mark.parametrize("letter", ["", "c"])
@pytest.mark.parametrize("height", range(LEAST, MOST + 1))
def test_a_bad_night_and_a_long_name_cut_neither_status_nor_contact(height, letter):
    told = drawn(LONG, WIDTH, height, letter).plain.split("\n")
    assert len(told) <= height
    assert all(len(row) <= WIDTH for row in told)
    assert told[0].startswith(f" {letter}  A3" if letter else "A3  Kim-A")
    assert told[0].endswith("UNSTABLE")
    assert any(row.endswith("yesterday 23:52 seen asleep") for row in told)
    assert told[1].startswith("admi")
    assert "overdose ×2 (opioid + benzo" in "\n".join(told)
    assert height == LEAST or "plan: revise now" in "\n".join(told)
    assert "+" in "\n".join(told)


def test_in_three_lines_a_danger_is_not_cut_for_lesser_signs():
    last = drawn(LONG, WIDTH, LEAST).plain.split("\n")[-1]
    assert last == "overdose ×2 (opioid + benzo… · +4"
    one = replace(LONG, dangers="overdose ×2")
    assert drawn(one, WIDTH, LEAST).plain.split("\n")[-1] == "overdose ×2 · +4"
    assert drawn(one, WIDTH + 5, LEAST).plain.split("\n")[-1] == "overdose ×2 · plan: revise now · +3"


def test_dangers_stand_above_the_signs_and_no_sign_is_counted_while_a_line_is_free():
    tile = replace(LONG, presence="home", seen_at="", seen="", dangers="overdose ×2")
    assert drawn(tile, WIDTH, 6).plain.split("\n")[2:] == [
        "overdose ×2", "plan: revise now", "agreement has run out", "rounds: not seen for 4 days · +1"
    ]  # fmt: skip
    quiet = replace(tile, plan=Sign("plan v1"), signs=())
    assert drawn(quiet, WIDTH, 6).plain.split("\n")[2:] == ["overdose ×2", "plan v1"]


def test_what_is_quiet_is_not_counted():
    calm = BoardTile(
        1, "A1", "A", resident_id=1, name="Arild N.", presence="home", plan=Sign("plan v1"), dangers="d" * 70
    )
    assert "+" not in drawn(calm, WIDTH, LEAST).plain


def test_dangers_are_broken_between_two_of_them_where_that_leaves_nothing_out():
    tile = BoardTile(1, "A3", "A", resident_id=3, name="Kim", presence="home", dangers="overdose ×2 · go two · nuts")
    assert drawn(tile, 20, 5).plain.split("\n")[2:] == ["overdose ×2 · go two", "nuts"]
    assert drawn(tile, 14, 5).plain.split("\n")[2:] == ["overdose ×2", "go two · nuts"]
    long = BoardTile(1, "A3", "A", resident_id=3, name="Kim", presence="home", dangers="juice in the door · nuts")
    assert drawn(long, 18, 4).plain.split("\n")[2:] == ["juice in the door", "nuts"]
    assert drawn(long, 13, 4).plain.split("\n")[2:] == ["juice in the", "door · nuts"]
    assert drawn(long, 10, 4).plain.split("\n")[2:] == ["juice in", "the door …"]


def test_a_tall_tile_says_what_was_written_last_and_what_is_to_be_done():
    tile = BoardTile(
        1, "A3", "A", resident_id=3, name="Kim", presence="home", plan=Sign("plan v1"), dangers="overdose ×2",
        more=(Line("20:15", "Quiet. Made tacos with four others."), Line("09.01 15:00", "Task: a letter to write today"), Line("", "Task: wash")),
    )  # fmt: skip
    assert drawn(tile, 33, 6).plain.split("\n")[2:] == ["overdose ×2", "plan v1"]
    assert drawn(tile, 33, 7).plain.split("\n")[4:] == [
        "      20:15  Quiet. Made tacos",
        "             with four others.",
        "09.01 15:00  Task: a letter to…",
    ]
    assert drawn(tile, 33, 9).plain.split("\n")[-1] == "             Task: wash"


def test_an_empty_flat_says_so():
    assert drawn(BoardTile(1, "B4", "B", name="vacant"), WIDTH, 5).plain == "B4  vacant"


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=5), st.integers(30, 250), st.integers(0, 80), st.booleans(),
)  # fmt: skip
def test_tiles_fit_beside_each_other_and_below_each_other_where_they_can(modules, width, height, headings):
    found = shape(modules, width, height, headings=headings)
    assert found.columns >= 1
    if found.columns > 1:
        assert (width - (found.columns - 1) * BETWEEN) // found.columns >= NARROWEST
    assert LEAST <= found.lines <= MOST
    rows = [-(-units // found.columns) for units in modules]
    tall = sum(count * found.lines + (count - 1) * found.gap for count in rows) + len(rows) * headings + len(rows) - 1
    assert tall <= height or found == Shape(found.columns, LEAST, 0)


def test_a_large_screen_has_tall_and_wide_tiles_before_it_has_more_of_them_beside_each_other():
    assert shape([6, 4], 121, 57, headings=True) == Shape(2, 9, 1)
    assert shape([6, 4], 121, 40, headings=True) == Shape(3, 8, 1)
    assert shape([6, 4], 80, 33, headings=True) == Shape(2, 5, 1)
    assert shape([6, 4], 78, 16, headings=False) == Shape(2, 3, 0)


@given(st.text(max_size=60), st.text(max_size=80), st.integers(1, 60), st.integers(LEAST, MOST))
def test_any_words_stay_inside(name, dangers, width, height):
    tile = BoardTile(1, "A1", "A", resident_id=1, name=name, presence="home", seen="spoke", dangers=dangers)
    told = drawn(tile, width, height)
    assert len(told.plain.split("\n")) <= height


def test_a_line_of_the_side_keeps_its_time_and_says_what_there_is_room_for() -> None:
    row = Line("09:00", "A3 The hospital rang: awake, breathes 14 a minute.")
    one = beside_time(row, 11, 35, 1)
    two = beside_time(row, 11, 35, 2)
    assert [told.plain for told in one] == ["      09:00  A3 The hospital rang:…"]
    assert [told.plain for told in two] == ["      09:00  A3 The hospital rang:", "             awake, breathes 14 a…"]
    assert all(told.cell_length <= 35 for told in (*one, *two))
    assert [told.plain for told in beside_time(Line("09:00", "Quiet."), 5, 35, 2)] == ["09:00  Quiet."]

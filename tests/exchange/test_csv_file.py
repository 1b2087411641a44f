"""A table that is written: what was typed stands in it, on its own row and in its own cell, and nothing is computed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hostile import KEPT

from staffbase.exchange.csv_file import read_table, table_bytes

BEGINS_A_FORMULA = "=+-@\t\r＝＋－＠"


def cells(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_excel_in_norway_opens_it_by_itself():
    raw = table_bytes(("Navn", "Grunn"), [("Åse", "sa: «50 %»; så")])
    assert raw == b"\xef\xbb\xbfNavn;Grunn\r\n" + '\u00c5se;"sa: «50 %»; så"\r\n'.encode()


@pytest.mark.parametrize("typed", KEPT.values(), ids=list(KEPT))
def test_no_text_acts_in_a_spreadsheet(typed: str):
    _headings, row = cells(table_bytes(("Name", "Reason"), [("Kim", typed)]))
    assert row[0] == "Kim"
    assert not row[1].startswith(tuple(BEGINS_A_FORMULA))


def test_a_formula_is_read_as_it_was_typed():
    assert cells(table_bytes(("Reason",), [("=cmd|' /C calc'!A0",)])) == [["Reason"], ["'=cmd|' /C calc'!A0"]]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_row_stays_one_row_of_its_cells(rows: list[tuple[str, str]]):
    found = cells(table_bytes(("One", "Two"), rows))
    assert [len(row) for row in found] == [2] * (len(rows) + 1)
    for row in found:
        for cell in row:
            assert not cell.lstrip().startswith(tuple(BEGINS_A_FORMULA))
            assert not any(letter < " " for letter in cell)


def test_what_is_written_can_be_read_again():
    table = read_table(table_bytes(("Navn", "Grunn"), [("Åse; Kim", 'sa "nei"')]))
    assert table.headings == ("Navn", "Grunn")
    assert [line.cells for line in table.lines] == [("Åse; Kim", 'sa "nei"')]

"""Files that are no lists, and lists that somebody spoiled: a sentence with row and column or a success, and all or nothing."""

import random
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql
from tests.hostile import KEPT, REFUSED

from staffbase.exchange.import_service import Imports
from staffbase.exchange.people_list import read_people
from staffbase.exchange.rules import ImportRows
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.errors import Invalid
from staffbase.station import Station

TODAY = date(2026, 1, 5)
HEADINGS = (
    "type",
    "bolig",
    "navn",
    "født",
    "innflyttet",
    "tilsyn",
    "allergi",
    "fare",
    "primærkontakt",
    "telefon",
    "rolle",
)
CELLS = (
    "", "bolig", "beboer", "ansatt", "A1", "B2", "B2-B9", "Åse Ø.", "1979", "1879", "31.02.2020", "01.03.2021", "2199-01-01",
    "0000", "٣", "bank og stemme", "ingen", "vikar", "leder", "00 00 00 71", '"', '""', "\n", "\r", "=1+1", "\t", " ", ";", ",",
    "x" * 140_000, *list(KEPT.values())[:20], *(text for text in REFUSED.values() if len(text) < 100),
)  # fmt: skip

cells = st.sampled_from(CELLS) | st.text(max_size=12)
lines = st.lists(cells, max_size=13)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be", "latin-1", "cp437", "utf-7"])


@st.composite
def spoiled_lists(draw: st.DrawFn) -> bytes:
    """A list with headings that may be right, some twice, cells from anywhere, separators mixed, quotes open, cut off."""
    headings = draw(
        st.lists(st.sampled_from(HEADINGS), max_size=14) | st.permutations(HEADINGS) | st.just(list(HEADINGS))
    )
    separators = draw(st.lists(st.sampled_from(";,\t|"), min_size=1, max_size=2))
    quoted = draw(st.booleans())
    rows = [headings, *draw(st.lists(lines, max_size=8))]
    text = "".join(
        separators[number % len(separators)].join(f'"{cell}"' if quoted else cell for cell in row)
        + draw(st.sampled_from(["\r\n", "\n", "\r"]))
        for number, row in enumerate(rows)
    )
    raw = text.encode(draw(encodings), errors="replace")
    return raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw


def read_or_refused(raw: bytes) -> ImportRows | None:
    """What the file says, or None where it is no table, which is said in one sentence."""
    try:
        rows = read_people(raw, TODAY)
    except Invalid as refused:
        said = str(refused)
    else:
        said = ""
    if said:
        assert one_sentence(said)
        return None
    for fault in rows.faults:
        assert one_sentence(str(fault))
        assert fault.row == 0 or str(fault.row) in str(fault)
    return rows


def one_sentence(said: str) -> bool:
    return (
        0 < len(said) < 400
        and "\n" not in said
        and not any(unicodedata.category(sign).startswith("C") for sign in said)
    )


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_a_sentence(raw: bytes) -> None:
    read_or_refused(raw)


@settings(max_examples=150)
@given(spoiled_lists())
def test_a_spoiled_list_is_read_or_says_row_and_column(raw: bytes) -> None:
    read_or_refused(raw)


def _rows_in(station: Station) -> list[int]:
    with station.database.read() as tx:
        return [
            int(tx.run(sql(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in ("ledger", "unit", "resident", "person", "entry")
        ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(spoiled_lists())
def test_all_of_it_is_imported_or_nothing(
    station: Station, actors: dict[str, Actor], tmp_path: Path, raw: bytes
) -> None:
    imports = Imports(station.database, station.house_id)
    file = tmp_path / "list.csv"
    file.write_bytes(raw)
    before = _rows_in(station)
    try:
        result = imports.import_file(actors["ingrid"], file)
    except Invalid:
        assert _rows_in(station) == before
    else:
        after = _rows_in(station)
        assert [after[1] - before[1], after[2] - before[2], after[3] - before[3]] == [
            result.units,
            result.residents,
            result.staff,
        ]


def test_a_list_of_a_hundred_thousand_rows_is_answered_with_what_one_can_read(station: Station, tmp_path: Path) -> None:
    """Also when each row is wrong: nobody mends a hundred thousand sentences."""
    file = tmp_path / "list.csv"
    dice = random.Random(1)
    some = [
        cell
        for cell in CELLS
        if len(cell) < 20 and "\n" not in cell and "\r" not in cell and '"' not in cell and ";" not in cell
    ]
    rows = (";".join(dice.choices(some, k=len(HEADINGS))) for _row in range(100_000))
    file.write_text("\r\n".join([";".join(HEADINGS), *rows]), encoding="utf-8", errors="replace")
    with pytest.raises(Invalid) as refused:
        Imports(station.database, station.house_id).import_file(STATION_ITSELF, file)
    assert len(str(refused.value).splitlines()) <= 60

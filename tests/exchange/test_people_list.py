"""The lists municipalities have, read from bytes: what is understood, and every fault by row and column."""

import codecs
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbase.exchange.csv_file import read_table
from staffbase.exchange.import_words import Column
from staffbase.exchange.people_list import read_people
from staffbase.exchange.rules import Known, faults_in_house
from staffbase.kernel import i18n
from staffbase.kernel.access import ROLE_NAMES, Role
from staffbase.kernel.errors import Invalid
from staffbase.residents.model import ROUND_FORM_NAMES, RoundForm

TODAY = date(2026, 1, 5)

RESIDENTS = """Bolig;Navn;Født;Innflyttet;Tilsyn;Allergi;Fare;Primærkontakt;Telefon\r
A1;Åse Ø.;1979;01.03.2021;bank og stemme;;;;\r
A2;Bjørn Æ.;12.05.1968;2.4.2020;åpen dør;penicillin;"kniv i kjøkkenet\r
gå to";Marit;00 00 00 12\r
;;;;;;;;\r
"""


def read(text: str, encoding: str = "utf-8"):
    return read_people(text.encode(encoding), TODAY)


def told(rows) -> list[str]:
    return [str(fault) for fault in rows.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_from_excel_is_understood_in_each_of_its_encodings(encoding: str) -> None:
    rows = read(RESIDENTS, encoding)
    assert told(rows) == []
    first, second = rows.residents
    assert (first.unit, first.name, first.birth_year, first.moved_in) == ("A1", "Åse Ø.", 1979, date(2021, 3, 1))
    assert first.agreement is RoundForm.KNOCK
    assert (second.birth_year, second.moved_in, second.agreement) == (1968, date(2020, 4, 2), RoundForm.OPEN_DOOR)
    assert second.allergies == ("penicillin",)
    assert second.dangers == ("kniv i kjøkkenet", "gå to")
    assert (second.primary, second.phone) == ("Marit", "00 00 00 12")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_headings_may_stand_in_any_order_in_either_language(separator: str) -> None:
    text = "Name|Moved in|Shoe size|BIRTH_YEAR|Unit\nKim|2024-02-29|43|1991|A3\n".replace("|", separator)
    rows = read(text)
    assert told(rows) == []
    assert [(one.unit, one.name, one.birth_year, one.moved_in) for one in rows.residents] == [
        ("A3", "Kim", 1991, date(2024, 2, 29))
    ]
    assert rows.ignored == ("Shoe size",)


def test_excels_separator_line_is_no_row() -> None:
    rows = read("sep=,\r\nbolig,navn,født\r\nA1,Kim,199\r\n")
    assert [fault.row for fault in rows.faults] == [2]


def test_a_list_of_staff() -> None:
    rows = read("Navn;Rolle;Telefon\nMarit;Miljøterapeut;00 00 00 11\nSamira;ambulant nattevakt;\nPer;Vaktmester;\n")
    assert [(one.name, one.role) for one in rows.staff] == [
        ("Marit", Role.STAFF), ("Samira", Role.NIGHT_WATCH), ("Per", Role.MAINTENANCE),
    ]  # fmt: skip


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("spoken", i18n.LANGUAGES)
def test_what_the_screens_call_it_is_understood_in_both_languages(language: str, spoken: str) -> None:
    i18n.use(language)
    forms = "".join(f"{row};A{row};1980;{i18n._(name)}\n" for row, name in enumerate(ROUND_FORM_NAMES.values(), 1))
    headings = ";".join(i18n._(str(one)) for one in (Column.NAME, Column.UNIT, Column.BORN, Column.AGREEMENT))
    roles = {role: i18n._(name) for role, name in ROLE_NAMES.items() if role is not Role.SYSTEM}
    staff = "".join(f"Kim {role};{name.upper()}\n" for role, name in roles.items())
    i18n.use(spoken)
    residents = read(f"{headings}\n{forms}")
    assert told(residents) == []
    assert [one.agreement for one in residents.residents] == list(ROUND_FORM_NAMES)
    people = read(f"navn;rolle\n{staff}")
    assert told(people) == []
    assert [one.role for one in people.staff] == list(roles)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_word_that_is_not_understood_is_answered_with_those_the_screens_use(language: str) -> None:
    i18n.use(language)
    forms = told(read("navn;bolig;født;tilsyn\nKim;A1;1980;kikke\n"))
    assert len(forms) == 1
    assert all(
        f"“{i18n._(name)}”" in forms[0].replace("«", "“").replace("»", "”") for name in ROUND_FORM_NAMES.values()
    )
    roles = told(read("navn;rolle\nKim;trollmann\n"))
    assert len(roles) == 1
    assert all(i18n._(name) in roles[0] for role, name in ROLE_NAMES.items() if role is not Role.SYSTEM)
    assert i18n._(ROLE_NAMES[Role.SYSTEM]) not in roles[0]


def test_residents_staff_and_units_in_one_file() -> None:
    rows = read("type;bolig;navn;født;rolle\nbolig;C1;;;\nbeboer;C1;Kim;1991;\nansatt;;Marit;;vikar\n")
    assert told(rows) == []
    assert (len(rows.units), len(rows.residents), len(rows.staff)) == (1, 1, 1)


def test_residents_and_staff_in_one_file_that_says_no_type() -> None:
    rows = read("navn;bolig;født;rolle\nKim;A1;1991;\nMarit;;;vikar\nPer;A2;;\n")
    assert [one.name for one in rows.residents] == ["Kim", "Per"]
    assert [(one.name, one.role) for one in rows.staff] == [("Marit", Role.SUBSTITUTE)]
    assert [(fault.row, fault.heading) for fault in rows.faults] == [(4, "født")]


def test_a_list_of_units_alone() -> None:
    assert [unit.code for unit in read("leilighet\nA1\nA2\n").units] == ["A1", "A2"]


def test_every_fault_is_told_with_row_and_column() -> None:
    rows = read(
        "Bolig;Navn;Født;Innflyttet;Tilsyn;Fare\n"
        "A1;Kim;2099;31.02.2024;bank;\n"
        "A2;;1980;01.01.2027;kikke;\n"
        f"A3;{'x' * 61};abc;;;\n"
        "A4;Ola\a;01017012345;;;\n"
        "A4;kim;1980;;;\n"
        "A4;KIM ;1981;;;\n"
        "A6;Per;1980;;;;;mer\n"
    )
    found = {(fault.row, fault.heading) for fault in rows.faults}
    assert found == {
        (2, "Født"), (2, "Innflyttet"), (3, "Navn"), (3, "Innflyttet"), (3, "Tilsyn"), (4, "Navn"), (4, "Født"),
        (5, "Navn"), (5, "Født"), (6, "Navn"), (6, "Bolig"), (7, "Navn"), (7, "Bolig"), (8, "Fare"),
    }  # fmt: skip
    assert "Row 2, column “Født”: “2099” is no year of birth from 1900 to 2011." in told(rows)
    assert "Row 2, column “Innflyttet”: “31.02.2024” is no date; write dd.mm.yyyy." in told(rows)


def test_missing_headings_are_named() -> None:
    assert told(read("Navn;Telefon\nKim;1\n")) == [
        "The first row lacks the heading “unit” (it holds: Navn, Telefon).",
        "The first row lacks the heading “birth year” (it holds: Navn, Telefon).",
    ]
    assert told(read("Navn;Alias;Født;Bolig\nKim;Kim;1991;A1\n")) == [
        "Row 1, column “Alias”: two columns have this meaning; keep one."
    ]
    assert told(read("Navn;Født;Bolig\n")) == ["The file has headings but no rows."]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (codecs.BOM_UTF8 + b" \r\n\r\n", "empty"),
        (b";;;\n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a CSV"),
        (b"%PDF-1.7\n\x81\x8d", "not a CSV"),
        (b"navn\n" + b"x" * (10 * 1024 * 1024), "10 MB"),
        (b'navn;rolle\n"Kim;vikar\n', "Row 2"),
        (b"navn;rolle\n" + b"x" * 200_000, "Row 2"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(raw: bytes, word: str) -> None:
    with pytest.raises(Invalid, match=word) as refused:
        read_people(raw, TODAY)
    assert "\n" not in str(refused.value)


def test_nothing_in_a_message_acts_in_a_terminal() -> None:
    sentences = told(read("bolig;navn;født\nA1;Kim;\x1b[31m1\u202e\n"))
    assert sentences
    assert all("\x1b" not in sentence and "\u202e" not in sentence for sentence in sentences)


def test_what_only_the_house_can_show() -> None:
    rows = read("bolig;navn;født;primærkontakt\nA1;Kim;1991;Marit\nA9;Ola;1990;Ingen\na2;per;1990;\n")
    faults = faults_in_house(rows, Known(units={"A1", "A2"}, taken={"A2"}, residents={"Per"}, staff={"Marit"}))
    assert [(fault.row, fault.heading) for fault in faults] == [
        (3, "bolig"), (3, "primærkontakt"), (4, "bolig"), (4, "navn"),
    ]  # fmt: skip


def _only_invalid(raw: bytes) -> None:
    try:
        read_table(raw)
        read_people(raw, TODAY)
    except Invalid as refused:
        assert str(refused)  # noqa: PT017


@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_invalid(raw: bytes) -> None:
    _only_invalid(raw)


_CELL = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["A1", "1991", "31.12.2020", "2020-02-30", "vikar", "beboer", "ansatt", '"', '"a\nb"', "=1+1", "٣٣٣٣", "²⁰²⁰"]
)


@given(
    headings=st.lists(
        st.sampled_from(["type", "bolig", "navn", "født", "innflyttet", "tilsyn", "fare", "rolle", "x", ""]), max_size=8
    ),
    cells=st.lists(st.lists(_CELL, max_size=9), max_size=6),
    separator=st.sampled_from(";,\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_random_rows_raise_nothing_but_invalid(
    headings: list[str], cells: list[list[str]], separator: str, encoding: str
) -> None:
    text = "\r\n".join(separator.join(line) for line in (headings, *cells))
    _only_invalid(text.encode(encoding))

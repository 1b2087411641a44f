"""The log of who opened a resident's record: in words, paged, with reasons, and every opening the program writes has words."""

import ast
import importlib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import select
from tests.conftest import moment

import staffbase
from staffbase.kernel.access import Role
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, NotAllowed, NotFound
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.verify import verify
from staffbase.residents import opened
from staffbase.residents.log_words import log_words

WHY = "Vet ikke hvem hun spør etter."


def said(lines) -> list[tuple[str, str]]:
    return [(line.person, line.what) for line in lines]


def test_it_says_who_what_when_and_where(station, actors, flats, clock) -> None:
    station.residents.open_resident(actors["marit"], flats["A1"])
    station.residents.open_resident(actors["marit"], flats["A2"])
    clock.move_to(moment(5, 22, 5))
    station.notes.write(actors["jonas"], "Rolig.", flats["A1"])
    station.notes.search(actors["jonas"], "rolig", resident_id=flats["A1"])
    lines = station.access_log.log_of(actors["ingrid"], flats["A1"])
    assert said(lines) == [("Jonas", "notes found by a search"), ("Marit", "the resident's page")]
    assert (lines[1].at, lines[1].role, lines[1].station) == (moment(5, 21, 40), Role.STAFF, "base")


def test_what_shows_the_whole_house_stands_in_each_log_while_they_lived_here(station, actors, flats) -> None:
    station.handover.my_reading(actors["marit"], opening=True)
    for code in ("A1", "B1"):
        assert said(station.access_log.log_of(actors["ingrid"], flats[code])) == [
            ("Marit", "the handover reading (the whole house)")
        ]


def test_a_search_stands_in_the_log_of_everybody_it_showed(station, actors, flats) -> None:
    for unit in ("A1", "B1"):
        station.notes.write(actors["marit"], "Spiste taco.", flats[unit])
    station.notes.write(actors["marit"], "Tacokveld i stua.")
    station.notes.search(actors["jonas"], "taco")
    station.notes.search(actors["jonas"], "stua")
    for unit, wanted in (("A1", ["notes found by a search"]), ("A2", []), ("B1", ["notes found by a search"])):
        assert [line.what for line in station.access_log.log_of(actors["ingrid"], flats[unit])] == wanted
    assert verify(station.database.engine, station.database.seal).clean


def test_an_emergency_access_and_what_was_opened_by_it_carry_the_reason(station, actors, flats, clock) -> None:
    nora = actors["nora"]
    station.residents.open_resident(nora, flats["A1"])
    clock.move_to(moment(5, 21, 50))
    until = station.emergency.open(nora, flats["A1"], WHY)
    clock.move_to(moment(5, 21, 51))
    station.residents.open_resident(nora, flats["A1"])
    station.residents.open_resident(actors["marit"], flats["A1"])
    clock.move_to(until)
    station.residents.open_resident(nora, flats["A1"])
    assert [(line.person, line.reason) for line in station.access_log.log_of(actors["ingrid"], flats["A1"])] == [
        ("Nora", ""), ("Marit", ""), ("Nora", WHY), ("Nora", WHY), ("Nora", ""),
    ]  # fmt: skip


def test_it_is_paged_and_filtered_by_time(station, actors, flats, clock) -> None:
    for minute in range(7):
        clock.move_to(moment(6, 8, minute))
        station.residents.open_resident(actors["marit"], flats["A1"])
    log = station.access_log
    whole = log.log_of(actors["ingrid"], flats["A1"])
    paged, before = [], None
    while page := log.log_of(actors["ingrid"], flats["A1"], before=before, limit=3):
        paged += page
        before = page[-1].seq
    assert paged == whole
    some = log.log_of(actors["ingrid"], flats["A1"], since=moment(6, 8, 2), until=moment(6, 8, 4))
    assert [line.at for line in some] == [moment(6, 8, 3), moment(6, 8, 2)]


def test_it_costs_the_same_however_long_it_is(station, actors, flats, clock) -> None:
    def asked() -> int:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            statements.append(statement)

        event.listen(station.database.engine, "before_cursor_execute", note)
        station.access_log.log_of(actors["ingrid"], flats["A1"])
        event.remove(station.database.engine, "before_cursor_execute", note)
        return len(statements)

    station.emergency.open(actors["nora"], flats["A1"], WHY)
    few = asked()
    for name in ("marit", "jonas", "eva", "samira"):
        station.residents.open_resident(actors[name], flats["A1"])
        station.handover.my_reading(actors[name], opening=True)
    clock.move_to(moment(8, 8))
    station.emergency.open(actors["nora"], flats["A1"], WHY)
    assert asked() == few


def test_an_opening_that_had_to_wait_says_so(station, actors, flats, clock, monkeypatch) -> None:
    def full(*_args, **_kwargs):
        raise DatabaseUnavailable("full")

    with monkeypatch.context() as patched:
        patched.setattr(station.database, "write", full)
        station.residents.open_resident(actors["marit"], flats["A1"])
    clock.move_to(clock.now() + timedelta(hours=1))
    station.residents.open_resident(actors["jonas"], flats["A1"])
    lines = station.access_log.log_of(actors["ingrid"], flats["A1"])
    assert [(line.person, line.late, line.at) for line in lines] == [
        ("Jonas", False, moment(5, 22, 40)),
        ("Marit", True, moment(5, 21, 40)),
    ]


def test_reading_the_log_stands_in_it(station, actors, flats) -> None:
    assert station.access_log.log_of(actors["astrid"], flats["A1"], opening="access_log.open") == []
    assert said(station.access_log.log_of(actors["ingrid"], flats["A1"])) == [("Astrid", "this log")]


def test_it_prints_as_plain_text_and_the_print_stands_in_it(station, actors, flats, clock) -> None:
    station.residents.open_resident(actors["marit"], flats["A1"])
    clock.move_to(moment(7, 9, 30))
    station.emergency.open(actors["nora"], flats["A1"], WHY)
    told = log_words(station.access_log.printed(actors["ingrid"], "a1"))
    with station.database.read() as tx:
        head = tx.all(select(Ledger).order_by(Ledger.seq))[-1]
    assert head.action == "access_log.print"
    assert told.splitlines() == [
        "Access log: A1 Beboer A1",
        "Printed 07.01.2026 09:30 by Ingrid",
        "Since the beginning",
        "",
        "Wed 07.01.2026",
        "  09:30  Nora, substitute: all notes, by emergency access [base]",
        f"         Emergency access: {WHY}",
        "",
        "Mon 05.01.2026",
        "  21:40  Marit, staff: the resident's page [base]",
        "",
        "2 openings",
        f"Newest row of the ledger: {head.seq}:{head.hash.hex()[:16]}",
    ]
    later = log_words(station.access_log.printed(actors["ingrid"], "Beboer A1", "7.1.2026"))
    assert "Since 07.01.2026" in later
    assert "Marit" not in later
    assert "Ingrid, leader: this log, to be printed" in later
    for whose, since in (("C9", ""), ("", ""), ("a1", "8.1.2026"), ("a1", "yesterweek")):
        with pytest.raises(Invalid):
            station.access_log.printed(actors["ingrid"], whose, since)
    with pytest.raises(NotAllowed):
        station.access_log.printed(actors["eva"], "A1")


def test_only_those_who_may_see_it(station, actors, flats) -> None:
    for name in ("eva", "marit", "nora", "samira", "kari", "odd"):
        with pytest.raises(NotAllowed):
            station.access_log.log_of(actors[name], flats["A1"])
        with pytest.raises(NotAllowed):
            station.access_log.subjects(actors[name])
    with pytest.raises(NotFound):
        station.access_log.log_of(actors["ingrid"], 1)
    assert [one.unit_code for one in station.access_log.subjects(actors["astrid"])] == ["A1", "A2", "B1"]


# -- every opening has its words --------------------------------------------------------------------------------------

PASSED_ON = {"action", "opening"}
"""Parameters that hand an action on; whoever calls with it is found by its own literal."""


def openings() -> dict[str, str]:
    """Every action that the program's source gives to `opened`, or to `write` as an opening, and where."""
    found: dict[str, str] = {}
    for path in sorted(Path(staffbase.__file__).parent.rglob("*.py")):
        place = str(path.relative_to(Path(staffbase.__file__).parent))
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if (name, place) in {("_log", "start/way_in.py"), ("_note", "exchange/openers.py")}:
                found |= dict.fromkeys(_beginnings(call.args[1], place), place)
            opens = name == "write" and any(keyword.arg == "opening" for keyword in call.keywords)
            if (name == "opened" or opens) and len(call.args) > 1:
                found |= dict.fromkeys(_beginnings(call.args[1], place), place)
    return found


def _beginnings(action: ast.expr, place: str) -> list[str]:
    """The action, or how it begins where its end is only known when the program runs."""
    match action:
        case ast.Constant(value=str(literal)):
            return [literal]
        case ast.IfExp():
            return [*_beginnings(action.body, place), *_beginnings(action.orelse, place)]
        case ast.BinOp():
            return _beginnings(action.left, place)
        case ast.JoinedStr():
            first = action.values[0]
            return _beginnings(first.value if isinstance(first, ast.FormattedValue) else first, place)
        case ast.Name(id=name) if name in PASSED_ON:
            return []
        case ast.Name(id=name):
            return [getattr(importlib.import_module(_home_of(name, place)), name)]
    raise AssertionError(f"{place}: what is opened by {ast.unparse(action)}?")


def _home_of(name: str, place: str) -> str:
    """Which module the name comes from: the place itself, or what it imports from, be it only inside a function."""
    source = (Path(staffbase.__file__).parent / place).read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and name in (one.name for one in node.names):
            return node.module
    return "staffbase." + place.removesuffix(".py").replace("/", ".")


def test_every_opening_in_the_program_has_its_words() -> None:
    found = openings()
    assert {"resident.open", "card.open", "person.sign_in", "verify.clean", "backup.done"} <= set(found)
    assert {action: place for action, place in found.items() if not opened.known(action)} == {}


def test_no_words_for_what_nobody_opens() -> None:
    found = openings()
    written_otherwise = {"card.open_in_backup", "emergency.open", "access_log.open", "access_log.print"}
    said_of = {*opened.RECORD, *opened.WHOLE_HOUSE, *opened.NO_RECORD} - written_otherwise
    assert {name for name in said_of if not any(action.startswith(name) for action in found)} == set()

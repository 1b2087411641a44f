"""Verification: everything that is done to a decrypted copy outside staffbase is found, and named for what it is."""

import random
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2
from sqlmodel import SQLModel, select
from tests.conftest import DATABASE_KEY, EVENING, open_database
from tests.faults.house import Place
from tests.faults.older import of_the_first_schema

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.anchor import ANCHOR_FILE, Anchor
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database
from staffbase.kernel.ledger import Seal
from staffbase.kernel.verify import Proof, What, notice_cut, verify
from staffbase.people.model import Person
from staffbase.residents.model import House, Resident

MARIT = Actor(7, "Marit", Role.STAFF)
SEAL = Seal.from_root(DATABASE_KEY)


def furnish(database: Database, clock: HeldClock, notes: int = 12) -> None:
    with database.write(STATION_ITSELF, "test.house") as tx:
        house = tx.add(House(name="Testhuset"))
        residents = [tx.add(Resident(house_id=house.id, alias=f"Beboer {n}", birth_year=1980 + n)) for n in range(3)]
        tx.add(Person(name="Marit", role=Role.STAFF))
    for number in range(notes):
        clock.move_to(clock.now() + timedelta(minutes=7))
        with database.write(MARIT, "note.write") as tx:
            write_entry(
                tx, Kind.EVERYDAY, f"Notat {number}: sov – våken, æøå", house_id=house.id,
                resident_id=residents[number % 3].id,
            )  # fmt: skip
    with database.write(MARIT, "house.change") as tx:
        tx.change(tx.get(House, house.id), name="Nytt navn")
    database.opened(MARIT, "card.open", residents[0].id)


def test_a_house_that_was_only_used_is_clean(either: Database, clock: HeldClock, tmp_path: Path) -> None:
    either.anchor = Anchor(tmp_path / ANCHOR_FILE, either.seal)
    furnish(either, clock)
    told: list[tuple[int, int]] = []
    proof = verify(either.engine, either.seal, either.anchor, lambda done, of: told.append((done, of)))
    assert proof.clean, proof.faults
    assert proof.ledger_rows == proof.seq == proof.anchored == 15
    assert proof.rows == 5 + 2 * 12
    assert told[-1] == (proof.rows + proof.ledger_rows,) * 2


def test_a_cut_tail_is_known_to_the_anchor_and_written_down_at_the_next_opening(
    tmp_path: Path, clock: HeldClock
) -> None:
    file, place = tmp_path / "staffbase.db", tmp_path / ANCHOR_FILE
    anchor = Anchor(place, SEAL)
    database = open_database(file, clock)
    database.anchor = anchor
    furnish(database, clock)
    database.close()
    shutil.copy(file, tmp_path / "older.db")
    database = open_database(file, clock)
    database.anchor = anchor
    for _ in range(4):
        database.opened(MARIT, "card.open", 1)
    database.close()
    shutil.copy(tmp_path / "older.db", file)  # the newest four are gone, and the chain is whole

    database = open_database(file, clock)
    database.anchor = anchor
    assert verify(database.engine, database.seal).clean
    (fault,) = verify(database.engine, database.seal, anchor).faults
    assert (fault.what, fault.seq, fault.until) == (What.CUT, 16, 19)
    assert notice_cut(database)
    assert notice_cut(database)  # the second time nothing is written
    for _ in range(9):
        database.opened(MARIT, "card.open", 1)
    faults = verify(database.engine, database.seal, anchor).faults
    assert [(fault.what, fault.seq, fault.until) for fault in faults] == [(What.CUT, 16, 19)], "it is said for ever"
    assert not notice_cut(database)
    database.close()


def test_an_anchor_that_somebody_else_wrote_is_named_and_left(tmp_path: Path, clock: HeldClock) -> None:
    anchor = Anchor(tmp_path / ANCHOR_FILE, SEAL)
    database = open_database(tmp_path / "staffbase.db", clock)
    database.anchor = anchor
    furnish(database, clock)
    line = anchor.file.read_bytes()
    anchor.file.write_bytes(line.replace(b"15 ", b"14 ", 1))
    forged = anchor.file.read_bytes()
    database.opened(MARIT, "card.open", 1)
    assert anchor.file.read_bytes() == forged
    assert [fault.what for fault in verify(database.engine, SEAL, anchor).faults] == [What.ANCHOR]
    database.close()


def test_an_anchor_that_cannot_be_written_stops_nothing(database: Database, clock: HeldClock, tmp_path: Path) -> None:
    database.anchor = Anchor(tmp_path / "not there" / ANCHOR_FILE, database.seal)
    furnish(database, clock)
    assert verify(database.engine, database.seal, database.anchor).clean


def test_an_anchor_only_grows(tmp_path: Path) -> None:
    from staffbase.kernel.anchor import Head

    anchor = Anchor(tmp_path / ANCHOR_FILE, SEAL)
    assert anchor.read() is None
    for seq in (5, 9, 7, 9, 123456):
        assert anchor.grow(Head(seq, bytes([seq % 256]) * 32))
    assert anchor.read() == Head(123456, bytes([123456 % 256]) * 32)


@dataclass
class Copy:
    """A decrypted copy, without guards, in the hands of somebody who knows SQL and not the ledger's key."""

    connection: Any
    random: random.Random

    def rows(self, table: str) -> list[int]:
        return [row[0] for row in self.connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]

    def any(self, table: str) -> int:
        return self.random.choice(self.rows(table))


CASES: dict[str, Callable[[Copy], tuple[set[What], str]]] = {}


def tampering(function: Callable[[Copy], tuple[set[What], str]]) -> Callable[[Copy], tuple[set[What], str]]:
    CASES[function.__name__] = function
    return function


@tampering
def a_byte_of_a_text(copy: Copy) -> tuple[set[What], str]:
    key = copy.any("entry_text")
    text = bytearray(
        copy.connection.execute("SELECT CAST(text AS BLOB) FROM entry_text WHERE id = ?", (key,)).fetchone()[0]
    )
    text[copy.random.randrange(len(text))] ^= 1 << copy.random.randrange(8)
    copy.connection.execute("UPDATE entry_text SET text = CAST(? AS TEXT) WHERE id = ?", (bytes(text), key))
    return {What.CHANGED}, f"entry_text {key}"


@tampering
def a_time(copy: Copy) -> tuple[set[What], str]:
    key, column = copy.any("entry"), copy.random.choice(("observed_from", "observed_to", "recorded_at"))
    copy.connection.execute(
        f"UPDATE entry SET {column} = datetime({column}, '-1 minute') || '.000000' WHERE id = ?", (key,)
    )
    return {What.CHANGED}, f"entry {key}"


@tampering
def an_author(copy: Copy) -> tuple[set[What], str]:
    key = copy.any("entry")
    copy.connection.execute("UPDATE entry SET author_id = author_id + 1 WHERE id = ?", (key,))
    return {What.CHANGED}, f"entry {key}"


@tampering
def a_word_staffbase_does_not_know(copy: Copy) -> tuple[set[What], str]:
    key = copy.any("entry")
    copy.connection.execute("UPDATE entry SET kind = 'nonsense' WHERE id = ?", (key,))
    return {What.CHANGED}, f"entry {key}"


@tampering
def a_nonce_taken_away(copy: Copy) -> tuple[set[What], str]:
    table = copy.random.choice(("house", "resident", "person"))
    key = copy.any(table)
    copy.connection.execute(f"UPDATE {table} SET nonce = NULL WHERE id = ?", (key,))
    return {What.CHANGED}, f"{table} {key}"


@tampering
def a_row_deleted(copy: Copy) -> tuple[set[What], str]:
    table = copy.random.choice(("entry", "entry_text", "resident", "person"))
    key = copy.any(table)
    copy.connection.execute(f"DELETE FROM {table} WHERE id = ?", (key,))
    return {What.REMOVED}, f"{table} {key}"


@tampering
def a_row_inserted(copy: Copy) -> tuple[set[What], str]:
    key = copy.any("entry")
    names = [row[1] for row in copy.connection.execute("PRAGMA table_info(entry)")]
    listed = ", ".join("id + 1" if name == "id" else f'"{name}"' for name in names)
    copy.connection.execute(f"INSERT INTO entry SELECT {listed} FROM entry WHERE id = ?", (key,))
    return {What.INSERTED}, f"entry {key + 1}"


@tampering
def two_texts_swapped(copy: Copy) -> tuple[set[What], str]:
    one, other = copy.random.sample(copy.rows("entry_text"), 2)
    for before, after in ((one, -1), (other, one), (-1, other)):
        copy.connection.execute("UPDATE entry_text SET id = ? WHERE id = ?", (after, before))
    return {What.REORDERED}, f"entry_text {one}"


@tampering
def a_table_emptied(copy: Copy) -> tuple[set[What], str]:
    key = copy.any("entry_text")
    copy.connection.execute("DELETE FROM entry_text")
    return {What.REMOVED}, f"entry_text {key}"


@tampering
def a_ledger_row_changed(copy: Copy) -> tuple[set[What], str]:
    seq = copy.any("ledger")
    column, value = copy.random.choice(
        (("actor_id", "actor_id + 1"), ("action", "action || 'x'"), ("role", "'leader2'"), ("subject_id", "COALESCE(subject_id, 0) + 1"),
         ("items", "'[]x'"), ("late", "1 - late"), ("station", "'other'"), ("top_key", "top_key + 1"), ("hash", "randomblob(32)"), ("prev", "randomblob(32)"))
    )  # fmt: skip
    copy.connection.execute(f"UPDATE ledger SET {column} = {value} WHERE seq = ?", (seq,))
    return {What.CHANGED}, f"ledger {seq}"


@tampering
def a_ledger_row_deleted(copy: Copy) -> tuple[set[What], str]:
    seq = copy.random.choice(copy.rows("ledger")[:-1])
    copy.connection.execute("DELETE FROM ledger WHERE seq = ?", (seq,))
    return {What.REMOVED}, f"ledger {seq}"


@tampering
def two_ledger_rows_swapped(copy: Copy) -> tuple[set[What], str]:
    one, other = copy.random.sample(copy.rows("ledger"), 2)
    for before, after in ((one, -1), (other, one), (-1, other)):
        copy.connection.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (after, before))
    return {What.REORDERED}, f"ledger {one}"


@tampering
def a_ledger_row_put_behind(copy: Copy) -> tuple[set[What], str]:
    last = copy.rows("ledger")[-1]
    copy.connection.execute(
        "INSERT INTO ledger (chain, seq, at, actor_id, role, action, subject_id, station, late, top_key, items, prev, hash)"
        " SELECT chain, seq + 1, at, actor_id, role, action, subject_id, station, late, top_key, '[]', hash, randomblob(32)"
        " FROM ledger WHERE seq = ?", (last,),
    )  # fmt: skip
    return {What.CHANGED, What.INSERTED}, f"ledger {last + 1}"


@tampering
def the_tail_cut(copy: Copy) -> tuple[set[What], str]:
    """The newest notes with all the ledger says of them, as a flipped bit in the log takes them."""
    last = copy.rows("ledger")[-1]
    kept = copy.random.randrange(2, last)
    for (items,) in copy.connection.execute("SELECT items FROM ledger WHERE seq > ?", (kept,)).fetchall():
        import json

        for table, key, _digest in json.loads(items):
            if table.startswith("entry"):
                copy.connection.execute(f"DELETE FROM {table} WHERE id = ?", (key,))
    copy.connection.execute("DELETE FROM ledger WHERE seq > ?", (kept,))
    return {What.CUT}, f"ledger {kept + 1}"


def tampered(template: Path, folder: Path, case: str, seed: int) -> tuple[Proof, set[What], str]:
    file = folder / "copy.db"
    shutil.copy(template, file)
    connection = dbapi2.connect(str(file))
    connection.execute(f"PRAGMA key=\"x'{DATABASE_KEY.hex()}'\"")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    wanted = CASES[case](Copy(connection, random.Random(seed)))
    connection.commit()
    connection.close()
    database = open_database(file, HeldClock(EVENING))
    try:
        return verify(database.engine, SEAL, Anchor(folder / ANCHOR_FILE, SEAL)), *wanted
    finally:
        database.engine.dispose()


@pytest.fixture
def template(tmp_path: Path, clock: HeldClock) -> Path:
    file = tmp_path / "whole.db"
    database = open_database(file, clock)
    database.anchor = Anchor(tmp_path / ANCHOR_FILE, SEAL)
    furnish(database, clock)
    database.close()
    return file


@pytest.mark.parametrize("case", sorted(CASES))
def test_what_was_done_to_a_copy_is_found_and_named(case: str, template: Path, tmp_path: Path) -> None:
    for seed in range(6):
        proof, kinds, where = tampered(template, tmp_path, case, seed)
        named = {
            f"{fault.table} {key}"
            for fault in proof.faults
            for key in range(fault.key, max(fault.until, fault.key) + 1)
        }
        assert not proof.clean, (case, seed)
        assert where in named, (case, seed, proof.faults)
        assert {fault.what for fault in proof.faults} & kinds, (case, seed, proof.faults)


def test_every_table_with_something_durable_is_verified() -> None:
    assert {table.info.get("guard") for table in SQLModel.metadata.sorted_tables} <= {
        "append_only", "erasable", "changing", "unlogged",
    }  # fmt: skip


def test_a_house_from_before_typed_text_was_salted_is_verified_as_it_was_written(tmp_path: Path) -> None:
    shutil.copytree(of_the_first_schema().root, tmp_path / "older")
    place = Place(tmp_path / "older")
    with closing(place.open()) as station:
        assert verify(station.database.engine, station.database.seal).clean
        with station.database.write(STATION_ITSELF, "house.change") as tx:
            tx.change(tx.get(House, station.house_id), address="Prøveveien 2")
        with station.database.read() as tx:
            assert tx.get(House, station.house_id).nonce is not None
            assert set(tx.all(select(Person.nonce))) == {None}
        assert verify(station.database.engine, station.database.seal).clean

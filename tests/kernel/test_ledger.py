"""The ledger as an outsider checks it: every durable row named once with its digest, one unbroken chain."""

import hashlib
import hmac
import json
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Text, text
from sqlmodel import SQLModel, select
from sqlmodel.sql.sqltypes import AutoString
from tests.conftest import DATABASE_KEY, EVENING, open_database
from tests.limits import no_file_beyond

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Draft, Entry, EntryText, Kind
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database
from staffbase.kernel.errors import ChangedElsewhere, DatabaseUnavailable, Invalid
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.transaction import guard_of
from staffbase.migrations import load_models
from staffbase.people.model import Person
from staffbase.residents.model import House, Resident, ResidentStatus, Status

MARIT = Actor(7, "Marit", Role.STAFF)


@pytest.fixture
def house_id(either: Database) -> int:
    return new_house(either)


def new_house(database: Database) -> int:
    with database.write(STATION_ITSELF, "test.house") as tx:
        return tx.add(House(name="Testhuset")).id


def ledger_of(database: Database) -> list[Ledger]:
    with database.read() as tx:
        return list(tx.all(select(Ledger).order_by(Ledger.seq)))


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else value


def hashed(key: bytes, *values: Any, before: bytes = b"") -> bytes:
    spelled = json.dumps([plain(value) for value in values], ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key, before + spelled, hashlib.sha256).digest()


def check_all(database: Database) -> None:
    """Read every row back by plain SQL types and compute everything again, from the key alone."""
    ledger_key = hmac.new(DATABASE_KEY, b"staffbase ledger 1", hashlib.sha256).digest()
    before, named = b"\0" * 32, {}
    for number, row in enumerate(ledger_of(database), start=1):
        assert (row.seq, row.prev) == (number, before)
        body = (row.chain, row.seq, row.at, row.actor_id, row.role, row.action, row.subject_id, row.station, row.late, row.top_key, row.items)  # fmt: skip
        assert row.hash == hashed(ledger_key, *body, before=before)
        before = row.hash
        for table, key, digest in json.loads(row.items):
            named[table, key] = digest
            assert key <= row.top_key or "id" not in SQLModel.metadata.tables[table].c
    standing = {}
    with database.read() as tx:
        for table in SQLModel.metadata.sorted_tables:
            if table.info["guard"] == "unlogged" or table.name == "ledger":
                continue
            names = sorted(column.name for column in table.columns)
            for values in tx.run(select(*(table.c[name] for name in names))):
                key = dict(zip(names, values, strict=True))[next(iter(table.primary_key)).name]
                standing[table.name, key] = hashed(ledger_key, table.name, *names, *values).hex()
    assert standing == named


def test_every_durable_row_is_named_with_its_digest(either: Database, house_id: int) -> None:
    summer_time = timezone(timedelta(hours=2))
    with either.write(MARIT, "note.write", subject=5) as tx:
        entry = write_entry(
            tx, Kind.EVERYDAY, "Sov – våken, æøå 🙂", house_id=house_id,
            observed_from=datetime(2025, 7, 1, 23, 10, 0, 123456, tzinfo=summer_time), late_reason="glemt",
        )  # fmt: skip
    (row,) = [row for row in ledger_of(either) if row.action == "note.write"]
    assert [item[:2] for item in json.loads(row.items)] == [["entry", entry.id], ["entry_text", entry.id]]
    assert (row.actor_id, row.role, row.subject_id, row.late) == (7, "staff", 5, False)
    assert "våken" not in row.items
    check_all(either)


def test_a_changed_row_is_named_as_it_stands_afterwards(either: Database, house_id: int) -> None:
    with either.write(MARIT, "house.change") as tx:
        tx.change(tx.get(House, house_id), name="Nytt navn")
        tx.flush()
        tx.change(tx.get(House, house_id), address="Prøveveien 2")
    check_all(either)
    (row,) = [row for row in ledger_of(either) if row.action == "house.change"]
    assert [item[:2] for item in json.loads(row.items)] == [["house", house_id]]


def test_a_row_that_was_only_touched_is_not_named(either: Database, house_id: int) -> None:
    with either.write(MARIT, "house.change") as tx:
        tx.change(tx.get(House, house_id), name="Testhuset")
    assert [row.action for row in ledger_of(either)] == ["test.house"]


def test_rows_are_written_in_the_order_they_were_added_and_as_they_stand_when_they_are(either: Database) -> None:
    with either.write(MARIT, "house.furnish") as tx:
        house = tx.add(House(name="Testhuset"))
        entry = tx.add(
            Entry(
                house_id=house.id, kind=Kind.OBSERVATION, observed_from=tx.now, observed_to=tx.now, recorded_at=tx.now,
                author_id=7,
            )
        )  # fmt: skip
        entry.epj = True
        comment = tx.add(
            Entry(
                house_id=house.id, kind=Kind.COMMENT, observed_from=tx.now, observed_to=tx.now, recorded_at=tx.now,
                author_id=7, amends_id=entry.id,
            )
        )  # fmt: skip
        words = tx.add(EntryText(id=comment.id, text="Sant."))
        resident = tx.add(Resident(house_id=house.id, alias="K.", birth_year=1980))
        status = tx.add(ResidentStatus(id=entry.id, resident_id=resident.id, status=Status.WATCH))
        assert tx.first(select(Entry.epj).where(Entry.amends_id == None)) is True, "a transaction sees what it wrote"  # noqa: E711
        assert tx.get(ResidentStatus, status.id).status is Status.WATCH
    rows = [item[:2] for item in json.loads(ledger_of(either)[-1].items)]
    assert rows == [
        ["house", house.id], ["entry", entry.id], ["entry", comment.id], ["entry_text", words.id],
        ["resident", resident.id], ["resident_status", entry.id],
    ]  # fmt: skip
    check_all(either)


def test_drafts_alone_leave_no_ledger_row(either: Database, house_id: int) -> None:
    with either.write(STATION_ITSELF, "test.person") as tx:
        person = tx.add(Person(name="Marit", role=Role.STAFF))
    with either.write(MARIT, "draft.save") as tx:
        draft = tx.add(Draft(person_id=person.id, form="note", fields="{}", saved_at=tx.now))
    with either.write(MARIT, "draft.finish") as tx:
        tx.remove(tx.get(Draft, draft.id))
    assert [row.action for row in ledger_of(either)] == ["test.house", "test.person"]


def test_what_raises_leaves_nothing(either: Database, house_id: int) -> None:
    mark = len(ledger_of(either))
    with pytest.raises(Invalid), either.write(MARIT, "note.write") as tx:
        write_entry(tx, Kind.EVERYDAY, "først", house_id=house_id)
        tx.flush()
        write_entry(tx, Kind.EVERYDAY, "\x1b[2J", house_id=house_id)
    assert len(ledger_of(either)) == mark
    with either.read() as tx:
        assert tx.all(select(Entry)) == []
        assert tx.run(text("SELECT count(*) FROM entry_search")).scalar() == 0


def test_an_opening_is_a_row_of_its_own(either: Database, house_id: int) -> None:
    assert either.opened(MARIT, "card.open", 12)
    row = ledger_of(either)[-1]
    assert (row.action, row.subject_id, row.items, row.at) == ("card.open", 12, "[]", either.clock.now())
    check_all(either)


def test_threads_make_one_chain(either: Database, house_id: int) -> None:
    def work() -> None:
        for _ in range(15):
            with either.write(MARIT, "note.write") as tx:
                write_entry(tx, Kind.EVERYDAY, "notat", house_id=house_id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger_of(either)) == 61
    check_all(either)


def _other_process(file: Path, house_id: int) -> None:
    database = open_database(file, HeldClock(EVENING))
    for _ in range(25):
        with database.write(MARIT, "note.write") as tx:
            write_entry(tx, Kind.EVERYDAY, "notat", house_id=house_id)
    database.close()


def test_two_processes_make_one_chain_and_keys_in_the_order_of_writing(database: Database, tmp_path: Path) -> None:
    house = new_house(database)
    others = [
        multiprocessing.get_context("spawn").Process(target=_other_process, args=(tmp_path / "staffbase.db", house))
        for _ in range(2)
    ]
    for other in others:
        other.start()
    for other in others:
        other.join()
        assert other.exitcode == 0
    rows = ledger_of(database)
    assert len(rows) == 51
    keys = [item[1] for row in rows for item in json.loads(row.items) if item[0] == "entry"]
    assert keys == sorted(set(keys))
    check_all(database)


def test_keys_grow_when_the_clock_is_set_back(either: Database, house_id: int, clock: HeldClock) -> None:
    with either.write(MARIT, "note.write") as tx:
        first = write_entry(tx, Kind.EVERYDAY, "før", house_id=house_id)
    clock.move_to(clock.now() - timedelta(days=400))
    restarted = Database(either.engine, either.seal, clock)
    with restarted.write(MARIT, "note.write") as tx:
        second = write_entry(tx, Kind.EVERYDAY, "etter", house_id=house_id)
    assert second.id > first.id
    assert second.recorded_at < first.recorded_at
    check_all(either)


def test_a_stale_change_is_refused_and_nothing_saved(either: Database, house_id: int) -> None:
    with either.read() as tx:
        shown = tx.get(House, house_id)
    with either.write(MARIT, "house.change") as tx:
        tx.change(tx.get(House, house_id), name="Hennes")
    with pytest.raises(ChangedElsewhere, match="Nothing of yours was saved"), either.write(MARIT, "house.change") as tx:
        tx.change(shown, name="Hans")
    with either.read() as tx:
        assert tx.get(House, house_id).name == "Hennes"
    check_all(either)


def test_what_stands_in_the_ledger_is_written_row_by_row(either: Database, house_id: int) -> None:
    with pytest.raises(ValueError, match="row by row"), either.write(MARIT, "house.change") as tx:
        tx.run(SQLModel.metadata.tables["house"].update().values(name="i forbifarten"))
    with pytest.raises(ValueError, match="never removed"), either.write(MARIT, "house.change") as tx:
        tx.remove(tx.get(House, house_id))


@contextmanager
def full_disk(database: Database, room: int = 0) -> Iterator[None]:
    """No file may grow beyond what the write-ahead log has now, and a little."""
    wal = Path(f"{database.engine.url.database}-wal")
    with no_file_beyond(wal.stat().st_size + room):
        yield


def test_openings_wait_while_the_disk_is_full_and_are_chained_late(database: Database, clock: HeldClock) -> None:
    house = new_house(database)
    with full_disk(database):
        assert not database.opened(MARIT, "card.open", 12)
        clock.move_to(clock.now() + timedelta(minutes=5))
        assert not database.opened(MARIT, "card.open", 13)
        with pytest.raises(DatabaseUnavailable, match="Nothing was lost"), database.write(MARIT, "note.write") as tx:
            write_entry(tx, Kind.EVERYDAY, "får ikke plass", house_id=house)
        with database.read() as tx:
            assert tx.get(House, house).name == "Testhuset"
    clock.move_to(clock.now() + timedelta(minutes=5))
    assert database.opened(MARIT, "card.open", 14)
    assert [(row.action, row.subject_id, row.late) for row in ledger_of(database)] == [
        ("test.house", None, False),
        ("card.open", 12, True),
        ("card.open", 13, True),
        ("card.open", 14, False),
    ]
    moments = [row.at for row in ledger_of(database)][1:]
    assert [later - earlier for earlier, later in pairwise(moments)] == [timedelta(minutes=5)] * 2
    check_all(database)


def test_an_opening_in_memory_outlives_a_commit_that_fails(database: Database) -> None:
    new_house(database)
    with full_disk(database):
        database.opened(MARIT, "card.open", 12)
    with full_disk(database):
        database.opened(MARIT, "card.open", 13)
    database.opened(MARIT, "card.open", 14)
    assert [row.subject_id for row in ledger_of(database)] == [None, 12, 13, 14]


def test_what_waits_is_written_when_the_program_ends(database: Database) -> None:
    new_house(database)
    with full_disk(database):
        database.opened(MARIT, "card.open", 12)
    again = Database(database.engine, database.seal, database.clock)
    database.close()
    assert [(row.action, row.subject_id, row.late) for row in ledger_of(again)][1:] == [
        ("card.open", 12, True),
        ("log.caught_up", None, False),
    ]


def test_the_change_mark_sees_other_threads_and_processes(either: Database, house_id: int, tmp_path: Path) -> None:
    mark = either.change_mark()
    assert either.change_mark() == mark
    with either.write(MARIT, "note.write") as tx:
        write_entry(tx, Kind.EVERYDAY, "her", house_id=house_id)
    assert (mark2 := either.change_mark()) != mark

    thread = threading.Thread(target=lambda: either.opened(MARIT, "card.open", 1))
    thread.start()
    thread.join()
    assert (mark3 := either.change_mark()) != mark2
    if either.dialect == "sqlite":
        process = multiprocessing.get_context("spawn").Process(
            target=_other_process, args=(tmp_path / "staffbase.db", house_id)
        )
        process.start()
        process.join()
        assert either.change_mark() != mark3


def test_what_a_row_said_before_cannot_be_guessed_from_its_digest(either: Database, house_id: int) -> None:
    """Who holds the key and guesses the old words right still has not the nonce of that time."""
    for address in ("Prøveveien 2", "Prøveveien 3"):
        with either.write(MARIT, "house.change") as tx:
            tx.change(tx.get(House, house_id), address=address)
    told = [json.loads(row.items)[0][2] for row in ledger_of(either) if row.action == "house.change"]
    with either.read() as tx:
        now: dict[str, Any] = dict(tx.run(House.__table__.select()).mappings().one())  # type: ignore[attr-defined]
    assert either.seal.digest(House.__table__, now) == told[-1]  # type: ignore[attr-defined]
    for nonce in now["nonce"], None:
        guessed = {**now, "address": "Prøveveien 2", "version": now["version"] - 1, "nonce": nonce}
        assert either.seal.digest(House.__table__, guessed) != told[-2]  # type: ignore[attr-defined]
    check_all(either)


def test_every_row_that_holds_typed_text_is_salted() -> None:
    load_models()
    by_rule = {"ledger": "action", "verification": "hash", "round_window": "rrule", "window_rule": "rrule"}
    unsalted = [
        table.name
        for table in SQLModel.metadata.sorted_tables
        if guard_of(table) != "unlogged"
        and any(isinstance(column.type, Text | AutoString) for column in table.columns)
        and "nonce" not in table.c
    ]
    assert sorted(unsalted) == sorted(by_rule)  # what these hold in words is the program's

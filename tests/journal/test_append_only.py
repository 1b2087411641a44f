"""Nothing in the journal is changed or removed, by no way SQL knows, on either database; a decided erasure is the one exception."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.conftest import DATABASE_KEY
from tests.postgres import Postgres

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.database import Database, postgres_engine, sqlcipher_engine
from staffbase.kernel.ledger import Erasure
from staffbase.kernel.transaction import guarded_tables
from staffbase.residents.model import House

MARIT = Actor(7, "Marit", Role.STAFF)

WAYS = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "delete one": "DELETE FROM {table} WHERE {column} = (SELECT max({column}) FROM {table})",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT ({key}) DO UPDATE SET {column} = {table}.{column}",
    "drop the table": "DROP TABLE {table}",
    "drop a guard": "DROP TRIGGER guard_{table}_update{on}",
    "drop a column": "ALTER TABLE {table} DROP COLUMN {column}",
    "rename": "ALTER TABLE {table} RENAME TO away",
}
SQLCIPHER_WAYS = {
    "replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "replace in short": "REPLACE INTO {table} SELECT * FROM {table}",
    "update or replace": "UPDATE OR REPLACE {table} SET {column} = {column}",
    "attach": "ATTACH 'elsewhere.db' AS elsewhere KEY ''",
    "let replace go past": "PRAGMA recursive_triggers = OFF",
    "let references go": "PRAGMA foreign_keys = OFF",
    "open the schema": "PRAGMA writable_schema = ON",
    "another key": "PRAGMA rekey = 'x'",
    "no journal": "PRAGMA journal_mode = OFF",
    "no sync": "PRAGMA synchronous = OFF",
}
POSTGRES_WAYS = {
    "truncate": "TRUNCATE {table} CASCADE",
    "disable": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "replica": "SET session_replication_role = 'replica'",
    "merge": "MERGE INTO {table} USING (SELECT 1 AS one) AS other ON true WHEN MATCHED THEN DELETE",
    "swap the guard": "CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
}


def written(database: Database) -> tuple[int, list[str]]:
    """A house with two entries and an erasure that was decided for the first one's text."""
    with database.write(STATION_ITSELF, "test.house") as tx:
        house = tx.add(House(name="Testhuset"))
        tx.flush()
        erased = write_entry(tx, Kind.EVERYDAY, "skal slettes", house_id=house.id)
        write_entry(tx, Kind.EVERYDAY, "skal bli", house_id=house.id)
        tx.add(Erasure(table_name="entry_text", row_id=erased.id, decided_at=tx.now, decided_by=7, reason="§ 43"))
    return erased.id, everything(database)


def everything(database: Database) -> list[str]:
    with database.read() as tx:
        return [str(row) for table in GUARDED for row in tx.run(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]


GUARDED = ("entry", "entry_text", "ledger", "erasure")


def test_no_way_around_the_guards(either: Database) -> None:
    _erased, before = written(either)
    sqlite = either.dialect == "sqlite"
    ways = {**WAYS, **(SQLCIPHER_WAYS if sqlite else POSTGRES_WAYS)}
    went_through = []
    for way, table in product(ways, GUARDED):
        names = {
            "table": table,
            "column": "action" if table == "ledger" else "id",
            "key": "chain, seq" if table == "ledger" else "id",
            "on": "" if sqlite else f" ON {table}",
        }
        try:
            with either.engine.begin() as connection:
                connection.execute(text(ways[way].format(**names)))
            went_through.append((way, table))
        except DBAPIError:
            pass
    assert went_through == []
    assert everything(either) == before


def test_every_guarded_table_has_its_guards_tried(either: Database) -> None:
    """An empty table has no row to protect yet; its update and delete must be refused all the same when it has."""
    sqlite = either.dialect == "sqlite"
    query = (
        "SELECT sql FROM sqlite_master WHERE name = :name"
        if sqlite
        else "SELECT tgname FROM pg_trigger WHERE tgname = :name"
    )
    with either.read() as tx:
        for table in guarded_tables():
            for what in ("update", "delete"):
                assert tx.run(text(query), {"name": f"guard_{table}_{what}"}).scalar()


def owner_of(request: pytest.FixtureRequest, either: Database, tmp_path: Path) -> Callable[[str], None]:
    """Run SQL as the schema's owner: no authorizer, no missing rights, triggers alone."""
    if either.dialect == "sqlite":
        engine = sqlcipher_engine(tmp_path / "staffbase.db", DATABASE_KEY)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        engine = postgres_engine(server.url(either.engine.url.database or ""))

    def run(sql: str) -> None:
        try:
            with engine.begin() as connection:
                connection.execute(text(sql))
        finally:
            engine.dispose()

    return run


def test_the_triggers_alone_refuse(request: pytest.FixtureRequest, either: Database, tmp_path: Path) -> None:
    _erased, before = written(either)
    run = owner_of(request, either, tmp_path)
    ways = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"]
    if either.dialect == "sqlite":
        ways.append("REPLACE INTO {0} SELECT * FROM {0}")
    for way, table in product(ways, GUARDED):
        with pytest.raises(DBAPIError, match="append-only"):
            run(way.format(table, "action" if table == "ledger" else "id"))
    assert everything(either) == before


def test_only_a_text_whose_erasure_was_decided_can_go(
    request: pytest.FixtureRequest, either: Database, tmp_path: Path
) -> None:
    erased, before = written(either)
    run = owner_of(request, either, tmp_path)
    run(f"DELETE FROM entry_text WHERE id = {erased}")
    assert len(everything(either)) == len(before) - 1
    with pytest.raises(DBAPIError, match="append-only"):
        run(f"UPDATE entry_text SET text = 'noe annet' WHERE id <> {erased}")
    with pytest.raises(DBAPIError, match="append-only"):
        run(f"DELETE FROM entry WHERE id = {erased}")

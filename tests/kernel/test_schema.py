"""The schema on both databases: what the migrations make is what the models say, and the guards stand."""

import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, text
from sqlmodel import SQLModel
from tests.conftest import DATABASE_KEY
from tests.postgres import Postgres

import staffbase
from staffbase.kernel.database import postgres_engine, sqlcipher_engine
from staffbase.kernel.errors import DatabaseDamaged, NewerDatabase
from staffbase.kernel.guards import missing_guards
from staffbase.kernel.transaction import guarded_tables
from staffbase.migrations import HEAD, configured, ensure_schema, load_models, migrate, models, revision
from staffbase.migrations.compare import ours


@pytest.fixture(params=["sqlcipher", "postgresql"])
def making(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An engine on an empty database, without guard."""
    if request.param == "sqlcipher":
        engine = sqlcipher_engine(tmp_path / "new.db", DATABASE_KEY)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        engine = postgres_engine(server.url(server.database()))
    yield engine
    engine.dispose()


def test_what_the_migrations_make_is_what_the_models_say(making: Engine) -> None:
    assert ensure_schema(making) == []
    with making.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert missing_guards(connection) == []
        assert revision(connection) == HEAD == ScriptDirectory.from_config(configured(connection)).get_current_head()


def test_every_room_with_tables_is_known() -> None:
    source = Path(staffbase.__file__).parent
    assert {file.parent.name for file in source.glob("*/model.py")} <= set(models.ROOMS)


def test_every_table_says_how_it_is_guarded() -> None:
    load_models()
    guards = {table.name: table.info.get("guard") for table in SQLModel.metadata.sorted_tables}
    assert set(guards.values()) <= {"append_only", "erasable", "changing", "unlogged"}
    assert all("version" in SQLModel.metadata.tables[name].c for name, guard in guards.items() if guard == "changing")
    assert all("nonce" in SQLModel.metadata.tables[name].c for name, guard in guards.items() if guard == "erasable")


def test_a_second_opening_needs_no_alembic(tmp_path: Path) -> None:
    engine = sqlcipher_engine(tmp_path / "new.db", DATABASE_KEY)
    migrate(engine)
    engine.dispose()
    script = (
        "import sys; from pathlib import Path; from staffbase.migrations import *;"
        "from staffbase.kernel.database import sqlcipher_engine; load_models();"
        "ensure_schema(sqlcipher_engine(Path(sys.argv[1]), bytes(range(32)))); print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "new.db"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_newer_database_is_not_touched(making: Engine) -> None:
    migrate(making)
    with making.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        ensure_schema(making)
    with making.connect() as connection:
        assert revision(connection) == "9999"


def test_a_guard_that_was_taken_away_is_put_back_and_told(making: Engine) -> None:
    migrate(making)
    on = "" if making.dialect.name == "sqlite" else " ON entry"
    with making.begin() as connection:
        connection.execute(text(f"DROP TRIGGER guard_entry_delete{on}"))
    assert ensure_schema(making) == ["guard_entry_delete"]
    assert ensure_schema(making) == []


def test_a_guard_that_was_made_harmless_is_put_back(tmp_path: Path) -> None:
    engine = sqlcipher_engine(tmp_path / "new.db", DATABASE_KEY)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER guard_entry_delete"))
        connection.execute(text("CREATE TRIGGER guard_entry_delete BEFORE DELETE ON entry BEGIN SELECT 1; END"))
    assert ensure_schema(engine) == ["guard_entry_delete"]
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing(making: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from staffbase.journal import search

    def no_room(_connection: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(search, "create_index", no_room)
    with pytest.raises(OSError, match="no room"):
        migrate(making)
    monkeypatch.undo()
    with making.connect() as connection:
        assert revision(connection) is None
        tables = "sqlite_master" if making.dialect.name == "sqlite" else "pg_tables WHERE schemaname = 'public'"
        assert connection.execute(text(f"SELECT count(*) FROM {tables}")).scalar() == 0
    assert ensure_schema(making) == []


def test_a_wrong_key_is_one_sentence_and_nothing_reaches_stderr(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = sqlcipher_engine(tmp_path / "new.db", DATABASE_KEY)
    migrate(engine)
    engine.dispose()
    wrong = sqlcipher_engine(tmp_path / "new.db", bytes(32))
    with pytest.raises(DatabaseDamaged, match="does not belong to this key"):
        ensure_schema(wrong)
    wrong.dispose()
    assert capfd.readouterr() == ("", "")


def test_guarded_tables_are_the_journal_and_more() -> None:
    assert {"entry", "entry_text", "ledger", "erasure"} <= set(guarded_tables())


def one_row(table: Table) -> dict[str, Any]:
    """A row of this table: 1 for every key, and what its types allow elsewhere."""
    row: dict[str, Any] = {}
    for column in table.columns:
        kind = column.type.python_type
        words = getattr(column.type, "enums", None)
        if column.foreign_keys or column.primary_key:
            row[column.name] = 1
        elif column.nullable:
            row[column.name] = None
        else:
            row[column.name] = words[0] if words else SOMETHING[kind]
    return row


SOMETHING: dict[type, Any] = {
    int: 1, str: "x", bool: True, bytes: b"x", datetime: datetime(2026, 1, 5, tzinfo=UTC), date: date(2026, 1, 5), time: time(4),
}  # fmt: skip


def everything(connection: Connection, tables: Iterable[Table]) -> dict[str, list[Any]]:
    return {table.name: [tuple(row) for row in connection.execute(table.select())] for table in tables}


def test_a_station_of_an_earlier_version_loses_nothing(making: Engine) -> None:
    """A row in every table that 0002 had is there as it was, in every later version's schema, and guarded."""
    migrate(making, "0002")
    before = MetaData()
    before.reflect(making)
    load_models()
    tables = [table for table in before.sorted_tables if table.name in SQLModel.metadata.tables]
    assert len(tables) > 30
    with making.begin() as connection:
        for table in tables:
            connection.execute(table.insert(), one_row(table))
    with making.connect() as connection:
        stood = everything(connection, tables)
    assert ensure_schema(making) == []
    with making.connect() as connection:
        assert everything(connection, tables) == stood
        assert missing_guards(connection) == []
        assert revision(connection) == HEAD

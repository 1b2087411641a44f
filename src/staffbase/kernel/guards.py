"""The guards that keep append-only tables append-only, in the database itself.

Put in place after every migration (a batch migration drops triggers silently) and looked for at every opening.
On SQLite the connection's authorizer and `recursive_triggers` close the ways around triggers; on PostgreSQL a role
without UPDATE and DELETE does.
"""

from sqlalchemy import Connection, text

from staffbase.kernel.database import guarded_tables


def install_guards(connection: Connection) -> None:
    """Create every guard that is missing; the ones that stand are replaced by themselves."""
    for table, guard in guarded_tables().items():
        statements = _sqlite(table, guard) if connection.dialect.name == "sqlite" else _postgres(table, guard)
        for statement in statements:
            connection.execute(text(statement))


def missing_guards(connection: Connection) -> list[str]:
    """The guards that should be in the database and are not."""
    wanted = {f"guard_{table}_{what}" for table in guarded_tables() for what in ("update", "delete")}
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
    else:
        found = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")).scalars()
    return sorted(wanted - set(found))


def _sqlite(table: str, guard: str) -> list[str]:
    erased = (
        f"WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE table_name = '{table}' AND row_id = OLD.rowid)"
        if guard == "erasable"
        else ""
    )
    return [
        f"DROP TRIGGER IF EXISTS guard_{table}_update",
        f"CREATE TRIGGER guard_{table}_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
        f"DROP TRIGGER IF EXISTS guard_{table}_delete",
        f"CREATE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} {erased} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    ]


def _postgres(table: str, guard: str) -> list[str]:
    refuse = f"RAISE EXCEPTION 'append-only: {table}';"
    erased = f"IF EXISTS (SELECT 1 FROM erasure WHERE table_name = '{table}' AND row_id = OLD.id) THEN RETURN OLD; END IF;"
    return [
        f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {erased if guard == 'erasable' else ''} END IF; {refuse} END $$"
        if guard == "erasable"
        else f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse} END $$",
        f"CREATE OR REPLACE TRIGGER guard_{table}_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{table}()",
        f"CREATE OR REPLACE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{table}()",
        f"CREATE OR REPLACE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION guard_{table}()",
    ]

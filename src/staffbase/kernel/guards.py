"""The guards that keep append-only tables append-only, in the database itself.

Put in place after every migration (a batch migration drops triggers silently) and looked for at every opening.
On SQLite the connection's authorizer and `recursive_triggers` close the ways around triggers; on PostgreSQL a role
without UPDATE and DELETE does.
"""

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from staffbase.kernel.transaction import guard_of, guarded_tables


def install_guards(connection: Connection) -> None:
    """Create every guard that is missing; the ones that stand are replaced by themselves."""
    for table, guard in guarded_tables().items():
        statements = _sqlite(table, guard) if connection.dialect.name == "sqlite" else _postgres(table, guard)
        for statement in statements:
            connection.execute(text(statement))


def missing_guards(connection: Connection) -> list[str]:
    """The guards that should be in the database and are not, or (on SQLite, which keeps their text) are others."""
    if connection.dialect.name == "sqlite":
        written = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found: dict[str, str] = {row.name: row.sql for row in connection.execute(written)}
        wanted = {
            statement.split()[2]: statement
            for table, guard in guarded_tables().items()
            for statement in _sqlite(table, guard)
            if statement.startswith("CREATE")
        }
        return sorted(name for name, sql in wanted.items() if found.get(name) != sql)
    standing = text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
    every = {f"guard_{table}_{what}" for table in guarded_tables() for what in ("update", "delete", "truncate")}
    return sorted(every - set(connection.execute(standing).scalars()))


def _sqlite(table: str, guard: str) -> list[str]:
    erased = (
        f"WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE table_name = '{table}' AND row_id = OLD.rowid)"
        if guard == "erasable"
        else ""
    )
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    return [
        f"DROP TRIGGER IF EXISTS guard_{table}_update",
        f"CREATE TRIGGER guard_{table}_update BEFORE UPDATE ON {table} {refuse}",
        f"DROP TRIGGER IF EXISTS guard_{table}_delete",
        f"CREATE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} {erased} {refuse}",
    ]


def _postgres(table: str, guard: str) -> list[str]:
    erased = (
        f"IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM erasure WHERE table_name = '{table}' AND row_id = OLD.id) "
        "THEN RETURN OLD; END IF;"
        if guard == "erasable"
        else ""
    )
    body = f"BEGIN {erased} RAISE EXCEPTION 'append-only: {table}'; END"
    each_row, call = "FOR EACH ROW", f"EXECUTE FUNCTION guard_{table}()"
    return [
        f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE OR REPLACE TRIGGER guard_{table}_update BEFORE UPDATE ON {table} {each_row} {call}",
        f"CREATE OR REPLACE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} {each_row} {call}",
        f"CREATE OR REPLACE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} {call}",
    ]


def grant_rights(connection: Connection, role: str) -> None:
    """Give the PostgreSQL role that staffbase runs as no more rights than it needs: the guarded tables it only adds to.

    The role must not own the tables, else it could take the guards away.
    """
    preparer = connection.dialect.identifier_preparer
    to = f"TO {preparer.quote_identifier(role)}"
    connection.execute(text(f"GRANT USAGE ON SCHEMA public {to}"))
    connection.execute(text(f"GRANT SELECT ON alembic_version {to}"))
    connection.execute(text(f"GRANT SELECT, INSERT, DELETE ON entry_search {to}"))
    for table in SQLModel.metadata.sorted_tables:
        # an erasable row goes where its trigger finds that the erasure was decided
        rights = {"append_only": "", "erasable": ", DELETE", "changing": ", UPDATE"}.get(
            guard_of(table), ", UPDATE, DELETE"
        )
        connection.execute(text(f"GRANT SELECT, INSERT{rights} ON {preparer.format_table(table)} {to}"))

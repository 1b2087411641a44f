"""The schema: brought to this version's at opening, in one transaction, guards included, or not at all.

A database that has this version's schema already is opened without Alembic, which costs start time. Guards are put
back after every migration (a batch migration on SQLite drops a table's triggers silently) and looked for at every
opening. To make a migration: `python -m staffbase.migrations.make "what it is for"`.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from staffbase.kernel.database import in_words
from staffbase.kernel.errors import DatabaseDamaged, NewerDatabase
from staffbase.kernel.guards import install_guards, missing_guards
from staffbase.kernel.i18n import _
from staffbase.migrations.models import load_models

VERSIONS = Path(__file__).parent / "versions"
HEAD = max((file.name.split("_")[0] for file in VERSIONS.glob("[0-9]*_*.py")), default="")
"""The revision of this version of staffbase; revisions are numbered, so that the greatest is the newest."""

_LOCK = "SELECT pg_advisory_xact_lock(7331, 2)"


def ensure_schema(engine: Engine) -> list[str]:
    """Bring the database to this version's schema and see that its guards stand. The engine must be one without guard.

    Returns the names of guards that were missing though the schema was right, and were put back: somebody took them
    away. Raises NewerDatabase for a schema this version does not know, and touches nothing then.
    """
    with in_words():
        with engine.connect() as connection:
            present = revision(connection)
            if present == HEAD:
                lost = missing_guards(connection)
                if not lost:
                    return []
        if present != HEAD:
            migrate(engine)
            return []
        with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            install_guards(connection)
        return lost


def revision(connection: Connection) -> str | None:
    """The schema revision the database has; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, target: str = HEAD) -> None:
    """Run all migrations the database lacks, and put up the guards, in one transaction.

    Raises NewerDatabase for a revision this version does not know, and DatabaseDamaged when references are broken
    afterwards; nothing is changed then.
    """
    from alembic import command  # noqa: PLC0415  (only when there is something to migrate)

    known = {file.name.split("_")[0] for file in VERSIONS.glob("[0-9]*_*.py")}
    load_models()
    with in_words(), engine.execution_options(begin="BEGIN IMMEDIATE").connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # a batch migration replaces a table others refer to; the pragma does nothing inside a transaction
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text(_LOCK))
                present = revision(connection)
                if present is not None and present not in known:
                    raise NewerDatabase(
                        _(
                            "The database was written by a newer version of staffbase (%(theirs)s; this one knows %(ours)s). Install that version."
                        )
                        % {"theirs": present, "ours": HEAD}
                    )
                command.upgrade(configured(connection), target)
                if target == HEAD:
                    install_guards(connection)
                if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                    raise DatabaseDamaged(
                        _("The database cannot be brought to this version: references are broken. Nothing was changed.")
                    )
        finally:
            if sqlite:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def configured(connection: Connection) -> "Config":  # type: ignore[name-defined]  # noqa: F821
    """Alembic's configuration, in code, for this connection."""
    from alembic.config import Config  # noqa: PLC0415  (only when there is something to migrate)

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


__all__ = ["HEAD", "configured", "ensure_schema", "load_models", "migrate", "revision"]

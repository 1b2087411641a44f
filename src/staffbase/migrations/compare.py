"""How the models and a database are compared, and how a difference is written down."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from staffbase.kernel.columns import Key, UtcDateTime, Word

SEARCH_TABLES = ("entry_search", "entry_starts")
"""Made by journal.search, differently on each database, and no models."""


def ours(name: str | None, type_: str, _parents: Any) -> bool:
    """Whether a thing in the database is described by the models."""
    return not (type_ == "table" and name is not None and name.startswith(SEARCH_TABLES))


def plain_type(type_: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as SQLAlchemy's own: a migration must mean the same when the types have moved on."""
    if type_ == "type":
        if isinstance(item, Key):
            return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
        if isinstance(item, UtcDateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(item, Word):
            return "sa.String(40)"
        if isinstance(item, AutoString):
            return "sa.String()" if item.length is None else f"sa.String({item.length})"
    return False

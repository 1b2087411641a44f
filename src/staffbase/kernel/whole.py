"""Whether the database's file is whole: each of its pages carries a seal of its own, and indexes must agree with tables."""

from sqlalchemy import Connection

from staffbase.kernel.errors import DatabaseDamaged
from staffbase.kernel.i18n import ngettext

_AGAIN = 3
"""Times a page is read that seems damaged: somebody may just be writing it."""


def check_pages(connection: Connection) -> None:
    """Raise DatabaseDamaged where a page of the file was changed outside staffbase or by a failing disk.

    Takes milliseconds for each MB. What no page tells: see `check_indexes`.
    """
    if connection.dialect.name != "sqlite":
        return
    bad = _bad_pages(connection)
    for _time in range(_AGAIN):
        bad &= _bad_pages(connection) if bad else bad
    if bad:
        raise damaged_pages(len(bad))


def check_indexes(connection: Connection) -> None:
    """Raise DatabaseDamaged where indexes and tables do not agree: what is there might not be found by its name."""
    if connection.dialect.name != "sqlite":
        return
    found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    if found != ["ok"]:
        raise damaged_pages(len(found))


def damaged_pages(count: int) -> DatabaseDamaged:
    """What people are told about parts of the file that are not as staffbase wrote them."""
    return DatabaseDamaged(
        ngettext(
            "%(count)d part of the database file is damaged: what stands there cannot be read. The rest can, and nothing was changed.",
            "%(count)d parts of the database file are damaged: what stands there cannot be read. The rest can, and nothing was changed.",
            count,
        )
        % {"count": count}
    )


def _bad_pages(connection: Connection) -> set[str]:
    return {row[0] for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")}

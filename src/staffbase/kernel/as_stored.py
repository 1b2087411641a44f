"""Reads rows as they are stored, also those that staffbase never wrote: what the types of columns refuse is named, not told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Time,
    TypeDecorator,
    select,
    text,
)

_PAGE = 2000
"""Rows read, and then told to whoever watches, at a time."""
UNREADABLE = (ValueError, TypeError, LookupError, OverflowError)
"""What the types of columns say to a value that staffbase never wrote."""


@contextmanager
def any_bytes(connection: Connection) -> Iterator[None]:
    """Text whose bytes are no text is read all the same: the row is broken, and the driver would name what it says."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = before


def _text(read: bytes) -> str:
    return read.decode("utf-8", "surrogateescape")


def pages(connection: Connection, table: Any, order: Sequence[Any]) -> Iterator[list[dict[str, Any]]]:
    """All rows by column, a page at a time; of one that cannot be read only the key, and nothing else."""
    statement = select(*table.c).order_by(*order)
    try:
        rows = connection.execution_options(yield_per=_PAGE).execute(statement).mappings()
        while page := list(islice(rows, _PAGE)):
            yield [dict(row) for row in page]
    except UNREADABLE:
        yield from _one_by_one(connection, table, order[-1])


def _one_by_one(connection: Connection, table: Any, key: Any) -> Iterator[list[dict[str, Any]]]:
    """All rows again: those already given come twice, which names none of them twice."""
    for (number,) in connection.execute(select(key).order_by(key)).all():
        try:
            yield [dict(row) for row in connection.execute(select(*table.c).where(key == number)).mappings()]
        except UNREADABLE:
            yield [{key.name: number}]


def unreadable_column(connection: Connection, table: Any, key: Any, number: int) -> str:
    """The first column whose value is none that staffbase wrote."""
    for column in table.c:
        try:
            connection.execute(select(column).where(key == number)).all()
        except UNREADABLE:
            return str(column.name)
    return ""


def misspelled(connection: Connection, table: Any, key: Any) -> dict[int, str]:
    """Rows with a value that reads like the one that was written and is spelled in another way, each with its column.

    SQLite takes nearly everything in any column; a time with another letter between day and hour is sorted elsewhere.
    """
    if connection.dialect.name != "sqlite":
        return {}
    found: dict[int, str] = {}
    for column in table.c:
        told = {"name": f'"{column.name}"', "table": f'"{table.name}"', "key": f'"{key.name}"'}
        right = _spelled(column.type) % told
        wrong = "SELECT {key} FROM {table} WHERE {name} IS NOT NULL AND NOT ({right})".format(right=right, **told)
        for (number,) in connection.execute(text(wrong.replace(":", r"\:"))):
            found.setdefault(number, str(column.name))
    return found


def _spelled(kind: Any) -> str:
    """How SQLite holds what staffbase writes in a column of this type, as a condition."""
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    digits = "[0-9]"
    day = f"{digits * 4}-{digits * 2}-{digits * 2}"
    clock = f"{digits * 2}:{digits * 2}:{digits * 2}.{digits * 6}"
    for types, condition in (
        (Boolean, "typeof(%(name)s) = 'integer' AND %(name)s IN (0, 1)"),
        (Integer, "typeof(%(name)s) = 'integer'"),
        (Float, "typeof(%(name)s) IN ('real', 'integer')"),
        (DateTime, f"typeof(%(name)s) = 'text' AND %(name)s GLOB '{day} {clock}'"),
        (Date, f"typeof(%(name)s) = 'text' AND %(name)s GLOB '{day}'"),
        (Time, f"typeof(%(name)s) = 'text' AND %(name)s GLOB '{clock}'"),
        (LargeBinary, "typeof(%(name)s) = 'blob'"),
    ):
        if isinstance(plain, types):
            return condition
    return "typeof(%(name)s) = 'text'"

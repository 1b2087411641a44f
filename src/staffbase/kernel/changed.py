"""Which column of a row was changed outside staffbase, where that can be told.

The ledger keeps one digest for a whole row. But a digest proves what stood there: when another value in one column makes
it right again, that column is the one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from staffbase.kernel.as_stored import UNREADABLE

_OTHERS = 200
"""Values of other rows that are tried in each column."""
_BYTES = 2_000
"""Bytes of a text of which each bit is turned back, one at a time."""
_STEPS = (
    *(timedelta(minutes=count) for count in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720)),
    *(timedelta(days=count) for count in (1, 2, 7, 14, 28, 30, 31, 365, 366)),
)


def changed_column(
    connection: Connection, table: Any, key: Any, row: Mapping[str, Any], is_right: Callable[[Mapping[str, Any]], bool]
) -> str:
    """The column in which another value makes this row right again; empty where none is found."""
    for column in table.c:
        if column.name == key.name:
            continue
        for value in _tried(row[column.name]):
            if is_right({**row, column.name: value}):
                return str(column.name)
        others = select(column).where(column.is_not(None)).distinct().limit(_OTHERS)
        try:
            values: Sequence[Any] = connection.execute(others).scalars().all()
        except UNREADABLE:
            continue
        if any(is_right({**row, column.name: value}) for value in values):
            return str(column.name)
    return ""


def _tried(value: Any) -> Iterator[Any]:
    """What may have stood there before a small change."""
    yield None
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + step for step in (-1, 1, -10, 10))
    elif isinstance(value, datetime):
        yield from (value + sign * step for step in _STEPS for sign in (-1, 1))
    elif isinstance(value, date):
        yield from (value + sign * step for step in _STEPS if step.days for sign in (-1, 1))
    elif isinstance(value, str):
        yield from _turned_back(value)


def _turned_back(value: str) -> Iterator[str]:
    """The text without its first or last letter, and with each bit turned, as long as it is not too much to try."""
    yield from ("", value[1:], value[:-1])
    said = value.encode("utf-8", "surrogateescape")
    if len(said) > _BYTES:
        return
    for at in range(len(said)):
        for bit in range(8):
            turned = bytearray(said)
            turned[at] ^= 1 << bit
            yield turned.decode("utf-8", "surrogateescape")

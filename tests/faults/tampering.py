"""What somebody does to a decrypted copy, or to the database itself, who knows SQL and the key and not the ledger's.

Each kind does one thing, seeded, to any durable table or to the ledger, and says what `verify` must name.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Boolean, Connection, Date, DateTime, Integer, LargeBinary, Time, TypeDecorator, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from staffbase.kernel.columns import Word
from staffbase.kernel.transaction import guard_of
from staffbase.kernel.verify import What

ALL = frozenset(What)


@dataclass(frozen=True)
class Wanted:
    """Every one of these rows must be named, one of these ways; a column that is named must be one of these."""

    rows: frozenset[tuple[str, int]]
    kinds: frozenset[What]
    columns: frozenset[str] = frozenset()
    said: str = ""


def durable() -> list[Any]:
    """All tables that the ledger vouches for, but itself."""
    return [
        table
        for table in SQLModel.metadata.sorted_tables
        if "guard" in table.info and guard_of(table) != "unlogged" and table.name != "ledger"
    ]


def key_of(table: str) -> str:
    """By which its rows are known."""
    return "seq" if table == "ledger" else str(next(iter(SQLModel.metadata.tables[table].primary_key)).name)


def plain(column: Any) -> Any:
    kind = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


@dataclass
class Hand:
    """A hand on an open database without guards."""

    connection: Connection
    random: random.Random
    touched: list[str] = field(default_factory=list)

    @property
    def sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def run(self, sql: str, **values: Any) -> Any:
        return self.connection.execute(text(sql), values)

    def keys(self, table: str) -> list[int]:
        name = key_of(table)
        return [row[0] for row in self.run(f'SELECT {name} FROM "{table}" ORDER BY {name}')]

    def table(self, least: int = 1) -> Any:
        """Some durable table with at least so many rows."""
        found = [table for table in durable() if len(self.keys(table.name)) >= least]
        return self.random.choice(found)

    def as_stored(self, table: str, column: str, key: int) -> Any:
        name = key_of(table)
        what = f'typeof("{column}"), hex("{column}")' if self.sqlite else f'CAST("{column}" AS TEXT), 1'
        return self.run(f'SELECT {what} FROM "{table}" WHERE {name} = :key', key=key).one()

    def columns(self, table: Any) -> list[Any]:
        return [column for column in table.columns if not column.primary_key]

    def set(self, table: str, column: str, key: int, value: Any) -> bool:
        """Whether it stands there now and is another value than before; a database that refuses it has refused."""
        name = key_of(table)
        before = self.as_stored(table, column, key)
        try:
            with self.connection.begin_nested():
                self.run(f'UPDATE "{table}" SET "{column}" = :value WHERE {name} = :key', value=value, key=key)
        except DBAPIError:
            return False
        return bool(self.as_stored(table, column, key) != before)

    def move(self, table: str, *pairs: tuple[int, int]) -> None:
        """Give rows other keys, through keys that nobody has."""
        name = key_of(table)
        for number, (before, _after) in enumerate(pairs, 1):
            self.run(f'UPDATE "{table}" SET {name} = :to WHERE {name} = :at', at=before, to=-number)
        for number, (_before, after) in enumerate(pairs, 1):
            self.run(f'UPDATE "{table}" SET {name} = :to WHERE {name} = :at', at=-number, to=after)

    def another(self, column: Any, stored: Any) -> Any:  # noqa: PLR0911  (one for each type)
        """Another value of the column's type, as somebody would think of it."""
        kind, pick = plain(column), self.random.choice
        if column.nullable and stored is not None and self.random.random() < 0.2:
            return None
        if isinstance(kind, Boolean):
            return pick((True, False))
        if isinstance(kind, Integer) or "INT" in str(kind).upper():
            return (int(stored or 0) + pick((-7, -1, 1, 1, 2, 1000))) % (1 << 62)
        if isinstance(kind, DateTime):
            moment = datetime.fromtimestamp(self.random.randrange(1_700_000_000, 1_790_000_000))  # noqa: DTZ006
            return f"{moment:%Y-%m-%d %H:%M:%S}.{self.random.randrange(1_000_000):06d}" if self.sqlite else moment
        if isinstance(kind, Date):
            day = date.fromordinal(self.random.randrange(738_000, 740_000))
            return day.isoformat() if self.sqlite else day
        if isinstance(kind, Time):
            clock = time(self.random.randrange(24), self.random.randrange(60))
            return f"{clock:%H:%M:%S}.000000" if self.sqlite else clock
        if isinstance(kind, LargeBinary):
            return self.random.randbytes(16)
        if isinstance(column.type, Word) and self.random.random() < 0.7:
            return pick([word.value for word in column.type.words])
        said = str(stored or "")
        at = self.random.randrange(len(said) + 1)
        return pick((said[:at] + pick("aåx 7–\u200b") + said[at:], said[:at] + said[at + 1 :], said.swapcase(), ""))


CASES: dict[str, Callable[[Hand], Wanted | None]] = {}


def tampering(function: Callable[[Hand], Wanted | None]) -> Callable[[Hand], Wanted | None]:
    CASES[function.__name__] = function
    return function


def one(table: str, *keys: int) -> frozenset[tuple[str, int]]:
    return frozenset((table, key) for key in keys)


@tampering
def a_value(hand: Hand) -> Wanted | None:
    table = hand.table()
    key, column = hand.random.choice(hand.keys(table.name)), hand.random.choice(hand.columns(table))
    stored = hand.run(f'SELECT "{column.name}" FROM "{table.name}" WHERE {key_of(table.name)} = :key', key=key).scalar()
    for _try in range(9):
        if hand.set(table.name, column.name, key, hand.another(column, stored)):
            return Wanted(one(table.name, key), frozenset({What.CHANGED}), frozenset({column.name}))
    return None


@tampering
def a_value_of_another_row(hand: Hand) -> Wanted | None:
    table = hand.table(2)
    to, other = hand.random.sample(hand.keys(table.name), 2)
    column = hand.random.choice(hand.columns(table))
    value = hand.run(
        f'SELECT "{column.name}" FROM "{table.name}" WHERE {key_of(table.name)} = :key', key=other
    ).scalar()
    if not hand.set(table.name, column.name, to, value):
        return None
    return Wanted(one(table.name, to), frozenset({What.CHANGED}), frozenset({column.name}))


@tampering
def a_bit_of_a_text(hand: Hand) -> Wanted | None:
    if not hand.sqlite:
        return None
    table = hand.table()
    key = hand.random.choice(hand.keys(table.name))
    texts = [column for column in hand.columns(table) if str(plain(column)).startswith(("TEXT", "VARCHAR"))]
    if not texts:
        return None
    column = hand.random.choice(texts)
    said = hand.run(
        f'SELECT CAST("{column.name}" AS BLOB) FROM "{table.name}" WHERE {key_of(table.name)} = :key', key=key
    ).scalar()
    if not said:
        return None
    turned = bytearray(said)
    turned[hand.random.randrange(len(turned))] ^= 1 << hand.random.randrange(8)
    hand.run(
        f'UPDATE "{table.name}" SET "{column.name}" = CAST(:value AS TEXT) WHERE {key_of(table.name)} = :key',
        value=bytes(turned),
        key=key,
    )
    return Wanted(one(table.name, key), frozenset({What.CHANGED}), frozenset({column.name}))


@tampering
def spelled_otherwise(hand: Hand) -> Wanted | None:
    """The same to whoever reads it; sorted and counted elsewhere."""
    if not hand.sqlite:
        return None
    table = hand.table()
    held = [column for column in hand.columns(table) if isinstance(plain(column), Boolean | DateTime | Date)]
    if not held:
        return None
    key, column = hand.random.choice(hand.keys(table.name)), hand.random.choice(held)
    kind = plain(column)
    stored = hand.run(f'SELECT "{column.name}" FROM "{table.name}" WHERE {key_of(table.name)} = :key', key=key).scalar()
    if stored is None:
        return None
    if isinstance(kind, Boolean):
        value: Any = 2 if stored else None
    elif isinstance(kind, DateTime):
        value = hand.random.choice((stored.replace(" ", "T"), f"{stored}+00:00"))
    elif isinstance(kind, Date):
        value = stored.replace("-", "")
    else:
        return None
    if value is None or not hand.set(table.name, column.name, key, value):
        return None
    return Wanted(one(table.name, key), frozenset({What.CHANGED}), frozenset({column.name}))


@tampering
def rows_removed(hand: Hand) -> Wanted | None:
    table = hand.table()
    keys = hand.keys(table.name)
    gone = hand.random.sample(keys, hand.random.randint(1, min(4, len(keys))))
    for key in gone:
        hand.run(f'DELETE FROM "{table.name}" WHERE {key_of(table.name)} = :key', key=key)
    return Wanted(one(table.name, *gone), frozenset({What.REMOVED}))


@tampering
def a_table_cut(hand: Hand) -> Wanted | None:
    """Its newest rows, or all of them."""
    table = hand.table()
    keys = hand.keys(table.name)
    gone = keys[hand.random.choice((0, len(keys) // 2)) :]
    hand.run(f'DELETE FROM "{table.name}" WHERE {key_of(table.name)} >= :key', key=gone[0])
    return Wanted(one(table.name, *gone), frozenset({What.REMOVED}))


@tampering
def a_row_put_in(hand: Hand) -> Wanted | None:
    table = hand.table()
    keys = hand.keys(table.name)
    like = hand.random.choice(keys)
    new = hand.random.choice((like + 1, keys[-1] + 1, keys[-1] + 1_000_000))
    named = [f'"{column.name}"' for column in table.columns]
    listed = ", ".join(":new" if name == f'"{key_of(table.name)}"' else name for name in named)
    try:
        with hand.connection.begin_nested():
            hand.run(
                f'INSERT INTO "{table.name}" ({", ".join(named)}) SELECT {listed} FROM "{table.name}" WHERE {key_of(table.name)} = :like',
                new=new, like=like,
            )  # fmt: skip
    except DBAPIError:  # the database itself refuses a second row like it
        return None
    return Wanted(one(table.name, new), frozenset({What.INSERTED}))


@tampering
def rows_exchanged(hand: Hand) -> Wanted | None:
    """Two rows, or three in a ring: who reads one by its key reads another's."""
    table = hand.table(3)
    keys = hand.random.sample(hand.keys(table.name), hand.random.choice((2, 3)))
    named = ", ".join(f'"{column.name}"' for column in hand.columns(table))
    told = [
        tuple(hand.run(f'SELECT {named} FROM "{table.name}" WHERE {key_of(table.name)} = :key', key=key).one())
        for key in keys
    ]
    if len(set(map(repr, told))) < len(keys):
        return None  # nothing but the keys tells them apart
    hand.move(table.name, *zip(keys, [*keys[1:], keys[0]], strict=True))
    return Wanted(one(table.name, *keys), frozenset({What.REORDERED}))


@tampering
def a_pin_put_in(hand: Hand) -> Wanted | None:
    """One's own is given to another, who is perhaps a leader."""
    people = hand.keys("pin")
    if len(people) < 2:
        return None
    own, other = hand.random.sample(people, 2)
    hand.run("UPDATE pin SET hash = (SELECT hash FROM pin WHERE id = :own) WHERE id = :other", own=own, other=other)
    return Wanted(one("pin", other), frozenset({What.NOT_GIVEN}))


@tampering
def an_index_that_finds_something_else(hand: Hand) -> Wanted | None:
    key, name = hand.random.choice(hand.keys("entry_text")), "rowid" if hand.sqlite else "id"
    hand.run(f"UPDATE entry_search SET folded = :said WHERE {name} = :key", said="alt rolig i natt", key=key)
    return Wanted(one("entry_search", key), frozenset({What.UNLIKE}))


@tampering
def a_row_moved(hand: Hand) -> Wanted | None:
    table = hand.table()
    keys = hand.keys(table.name)
    key = hand.random.choice(keys)
    free = next(number for number in range(key + 1, keys[-1] + 2) if number not in keys)
    hand.move(table.name, (key, free))
    return Wanted(one(table.name, key, free), frozenset({What.REMOVED, What.INSERTED}))


_LEDGER_COLUMNS = (
    "at", "actor_id", "role", "action", "subject_id", "station", "late", "top_key", "items", "prev", "hash",
)  # fmt: skip


@tampering
def a_value_of_the_ledger(hand: Hand) -> Wanted | None:
    ledger = SQLModel.metadata.tables["ledger"]
    key, column = hand.random.choice(hand.keys("ledger")), ledger.c[hand.random.choice(_LEDGER_COLUMNS)]
    stored = hand.run(f'SELECT "{column.name}" FROM ledger WHERE seq = :key', key=key).scalar()
    for _try in range(9):
        if hand.set("ledger", column.name, key, hand.another(column, stored)):
            return Wanted(one("ledger", key), frozenset({What.CHANGED}), frozenset({column.name}))
    return None


@tampering
def ledger_rows_removed(hand: Hand) -> Wanted | None:
    keys = hand.keys("ledger")[:-1]
    begin = hand.random.randrange(len(keys))
    gone = keys[begin : begin + hand.random.randint(1, 3)]
    hand.run("DELETE FROM ledger WHERE seq >= :a AND seq <= :b", a=gone[0], b=gone[-1])
    return Wanted(one("ledger", *gone), frozenset({What.REMOVED}))


@tampering
def ledger_rows_removed_and_closed_up(hand: Hand) -> Wanted | None:
    keys = hand.keys("ledger")[:-1]
    gone = hand.random.choice(keys)
    hand.run("DELETE FROM ledger WHERE seq = :a", a=gone)
    hand.move("ledger", *((seq, seq - 1) for seq in hand.keys("ledger") if seq > gone))
    return Wanted(one("ledger", gone), frozenset({What.REORDERED, What.CHANGED}))


@tampering
def ledger_rows_exchanged(hand: Hand) -> Wanted | None:
    keys = hand.random.sample(hand.keys("ledger"), hand.random.choice((2, 3)))
    hand.move("ledger", *zip(keys, [*keys[1:], keys[0]], strict=True))
    return Wanted(one("ledger", *keys), frozenset({What.REORDERED}))


_COPIED = "at, actor_id, role, action, subject_id, station, late, top_key, items"


@tampering
def a_ledger_row_put_between(hand: Hand) -> Wanted | None:
    at = hand.random.choice(hand.keys("ledger")[1:])
    hand.move("ledger", *((seq, seq + 1) for seq in hand.keys("ledger") if seq >= at))
    hand.run(
        f"INSERT INTO ledger (chain, seq, {_COPIED}, prev, hash) SELECT 1, :at, {_COPIED}, :prev, :hash"
        " FROM ledger WHERE seq = :before",  # the database takes no second row after the same one
        at=at, before=at - 1, prev=hand.random.randbytes(32), hash=hand.random.randbytes(32),
    )  # fmt: skip
    return Wanted(one("ledger", at), frozenset({What.INSERTED}))


@tampering
def a_ledger_row_put_behind(hand: Hand) -> Wanted | None:
    last = hand.keys("ledger")[-1]
    hand.run(
        f"INSERT INTO ledger (chain, seq, {_COPIED}, prev, hash) SELECT 1, seq + 1, {_COPIED}, hash, :hash"
        " FROM ledger WHERE seq = :last",
        last=last, hash=hand.random.randbytes(32),
    )  # fmt: skip
    return Wanted(one("ledger", last + 1), frozenset({What.INSERTED, What.CHANGED}))


@tampering
def a_second_chain(hand: Hand) -> Wanted | None:
    """A row beside the chain, whole in itself but for its number."""
    seq = hand.random.choice(hand.keys("ledger"))
    hand.run(
        f"INSERT INTO ledger (chain, seq, {_COPIED}, prev, hash) SELECT 2, seq, {_COPIED}, prev, hash"
        " FROM ledger WHERE seq = :seq",
        seq=seq,
    )  # fmt: skip
    return Wanted(one("ledger", seq), frozenset({What.INSERTED}))


def items_of(hand: Hand, seq: int) -> list[Any]:
    import json

    return list(json.loads(hand.run("SELECT items FROM ledger WHERE seq = :seq", seq=seq).scalar()))


@tampering
def a_row_removed_and_struck_from_the_ledger(hand: Hand) -> Wanted | None:
    import json

    naming = [seq for seq in hand.keys("ledger") if items_of(hand, seq)]
    seq = hand.random.choice(naming)
    items = items_of(hand, seq)
    struck = items.pop(hand.random.randrange(len(items)))
    hand.run(f'DELETE FROM "{struck[0]}" WHERE {key_of(struck[0])} = :key', key=struck[1])
    hand.run(
        "UPDATE ledger SET items = :items WHERE seq = :seq", items=json.dumps(items, separators=(",", ":")), seq=seq
    )
    return Wanted(one("ledger", seq), frozenset({What.CHANGED}), frozenset({"items"}))


@tampering
def the_tail_cut(hand: Hand) -> Wanted | None:
    """The newest ledger rows with all that they wrote first, as a lost end of the log takes them."""
    keys = hand.keys("ledger")
    kept = hand.random.randrange(len(keys) // 2, len(keys) - 1)
    gone = {(table, key) for seq in keys[kept:] for table, key, _digest in items_of(hand, seq)}
    named_before = {(table, key) for seq in keys[:kept] for table, key, _digest in items_of(hand, seq)}
    for table, key in gone - named_before:
        hand.run(f'DELETE FROM "{table}" WHERE {key_of(table)} = :key', key=key)
    hand.run("DELETE FROM ledger WHERE seq > :kept", kept=keys[kept - 1])
    return Wanted(one("ledger", keys[kept]), frozenset({What.CUT}))


@tampering
def the_ledger_emptied(hand: Hand) -> Wanted | None:
    hand.run("DELETE FROM ledger")
    return Wanted(one("ledger", 1), frozenset({What.CUT}))

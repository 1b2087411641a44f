"""A station of the first schema there was, with people, residents and notes in it, to be brought to today's."""

import atexit
import shutil
import tempfile
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel, select
from tests.faults.house import EVENING, PEOPLE, Place

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel import guards
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.anchor import ANCHOR_FILE, Anchor
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database, Writing, sqlcipher_engine
from staffbase.kernel.key import create_key
from staffbase.kernel.ledger import Seal
from staffbase.kernel.transaction import guarded_tables
from staffbase.migrations import load_models, migrate
from staffbase.people.model import Person
from staffbase.residents.model import House, Resident, Stay, Unit

Row = TypeVar("Row", bound=SQLModel)
FIRST = "0001"


@cache
def of_the_first_schema() -> Place:
    """Made once, to be copied."""
    load_models()
    place = Place(Path(tempfile.mkdtemp(prefix="staffbase-older-")))
    atexit.register(shutil.rmtree, place.root, ignore_errors=True)
    key = create_key(place.home, place.identities).key
    engine = sqlcipher_engine(place.database, key.database)
    migrate(engine, FIRST)
    with engine.begin() as connection:
        _guard(connection)
    seal = Seal.from_root(key.ledger)
    clock = HeldClock(EVENING)
    with closing(Database(engine, seal, clock, anchor=Anchor(place.home / ANCHOR_FILE, seal))) as database:
        _furnish(database, clock)
    return place


def _guard(connection: Connection) -> None:
    """As its own version of the program left it: the guards of the tables there were."""
    there = set(inspect(connection).get_table_names())
    for table, guard in guarded_tables().items():
        for statement in guards._sqlite(table, guard) if table in there else ():
            connection.execute(text(statement))


def _put(tx: Writing, row: Row) -> Row:
    """Insert the row as the first version of the program did, which knew no nonce of it."""
    table: Any = row.__table__  # type: ignore[attr-defined]
    row.id = tx._keys.next()  # type: ignore[attr-defined]
    values = {column.name: getattr(row, column.name) for column in table.columns}
    tx._touched[table.name, values["id"]] = tx.seal.digest(table, {**values, "nonce": None})
    del values["nonce"]
    tx.session.connection().execute(table.insert().inline(), values)
    return row


def _furnish(database: Database, clock: HeldClock) -> None:
    with database.write(STATION_ITSELF, "test.house") as tx:
        house = _put(tx, House(name="Prøvehuset"))
        for name, role in PEOPLE.items():
            _put(tx, Person(name=name, role=role))
        for position, code in enumerate(("A1", "A2", "A3")):
            unit = _put(tx, Unit(house_id=house.id, code=code, module="A", position=position))
            resident = _put(tx, Resident(house_id=house.id, alias=f"Beboer {code}", birth_year=1980))
            _put(tx, Stay(resident_id=resident.id, unit_id=unit.id, from_date=date(2024, 1, 1)))
    with database.read() as read:
        residents = read.all(select(Resident.id))
    for number in range(20):
        clock.move_to(clock.now() + timedelta(minutes=1))
        with database.write(STATION_ITSELF, "note.write") as tx:
            write_entry(
                tx, Kind.EVERYDAY, f"Notat {number} " + "kjøkkenet " * number,
                house_id=house.id, resident_id=residents[number % 3],
            )  # fmt: skip


Schema = tuple[tuple[str, str | None], ...]


def schema(place: Place) -> Schema:
    """Everything the database is made of, read without opening it as a station; and that its rows are there."""
    engine = sqlcipher_engine(place.database, place.key)
    try:
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM entry_text WHERE text LIKE 'Notat %'")).scalar() == 20
            made = connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name, sql"))
            numbered = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return (("revision", numbered), *((row.name, row.sql) for row in made))
    finally:
        engine.dispose()

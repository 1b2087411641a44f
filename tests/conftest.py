"""A small real house on a real encrypted database, a clock that stands still, and one actor of each role."""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

import pytest
from tests.faults.campaign import pytest_terminal_summary  # noqa: F401  (the table of faults, where it is asked for)
from tests.postgres import Postgres

from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import OSLO, HeldClock
from staffbase.kernel.database import Database, postgres_engine, sqlcipher_engine
from staffbase.kernel.ledger import Seal
from staffbase.kernel.transaction import guarded_tables
from staffbase.station import Station

MORNING = datetime(2026, 1, 5, 7, 0, tzinfo=OSLO)
EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
DATABASE_KEY = bytes(range(32))


LONGEST_FIRST = ("terminal", "scenes", "demo", "faults")
"""Folders whose files take longest; begun last, one of them would be waited for alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first; otherwise the order stays."""
    folders = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(folders).parts[0]
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the machine's own settings, keyring and language out, and Textual's tasks eager as in `App.run`."""
    for name in ("STAFFBASE_HOME", "STAFFBASE_DATABASE_URL", "STAFFBASE_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STAFFBASE_IDENTITY_DIR", str(tmp_path / "identities"))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    i18n.use("en")
    yield
    i18n.use("nb")


@pytest.fixture
async def eager() -> None:
    """Tasks start at once, as Textual's own `run` has them on Python 3.12 and later."""
    if hasattr(asyncio, "eager_task_factory"):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)


@pytest.fixture
def clock() -> HeldClock:
    """Monday 5 January 2026, 21:40 in Oslo, until it is moved."""
    return HeldClock(EVENING)


@cache
def empty_database() -> Path:
    """An encrypted database with schema and guards, made by the migrations once and copied for each test."""
    from staffbase import migrations

    folder = Path(tempfile.mkdtemp(prefix="staffbase-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    making = sqlcipher_engine(folder / "staffbase.db", DATABASE_KEY)
    migrations.migrate(making)
    making.dispose()
    return folder / "staffbase.db"


def open_database(file: Path, clock: HeldClock) -> Database:
    """A new or existing encrypted database with schema, guards and ledger, as the station opens it."""
    template = empty_database()
    if not file.exists():
        shutil.copyfile(template, file)
    engine = sqlcipher_engine(file, DATABASE_KEY, guarded=guarded_tables())
    return Database(engine, Seal.from_root(DATABASE_KEY), clock)


@pytest.fixture
def database(tmp_path: Path, clock: HeldClock) -> Iterator[Database]:
    opened = open_database(tmp_path / "staffbase.db", clock)
    yield opened
    opened.close()


NAMES = {
    Role.LEADER: "Ingrid",
    Role.CLINICAL_LEAD: "Eva",
    Role.STAFF: "Marit",
    Role.SUBSTITUTE: "Nora",
    Role.NIGHT_WATCH: "Samira",
    Role.CLERK: "Kari",
    Role.MAINTENANCE: "Odd",
    Role.AUDITOR: "Astrid",
}


@pytest.fixture
def station(database: Database, clock: HeldClock) -> Station:
    """A house with A1, A2, B1 and three residents, and the people of NAMES plus Jonas; no PINs, no agreements.

    It was made in the morning: tests that begin in the afternoon do not set the clock back.
    """
    from datetime import date

    from staffbase.people.model import Person, ShiftName, ShiftTime
    from staffbase.residents.model import House, Resident, Stay, Unit

    now = clock.now()
    clock.move_to(min(now, MORNING))
    with database.write(STATION_ITSELF, "test.house") as tx:
        house = tx.add(
            House(
                name="Testhuset",
                address="Prøveveien 1",
                entrance="port B",
                oncall_name="Bakvakt",
                oncall_phone="00 00 00 01",
            )
        )
        tx.flush()
        for position, code in enumerate(("A1", "A2", "B1")):
            unit = tx.add(Unit(house_id=house.id, code=code, module=code[0], position=position))
            resident = tx.add(Resident(house_id=house.id, alias=f"Beboer {code}", birth_year=1980 + position))
            tx.flush()
            tx.add(Stay(resident_id=resident.id, unit_id=unit.id, from_date=date(2024, 1, 1)))
        for role, name in NAMES.items():
            tx.add(Person(name=name, role=role))
        tx.add(Person(name="Jonas", role=Role.STAFF))
        for name, begins, ends, norm in (
            (ShiftName.DAY, time(7, 30), time(15, 0), 2),
            (ShiftName.EVENING, time(14, 30), time(22, 0), 2),
            (ShiftName.NIGHT, time(21, 45), time(7, 45), 1),
        ):
            tx.add(ShiftTime(house_id=house.id, name=name, begins=begins, ends=ends, norm=norm))
    clock.move_to(now)
    return Station(database, house.id)


@pytest.fixture
def actors(station: Station) -> dict[str, Actor]:
    """Everyone by first name in lower case: actors["marit"]; and by role value: actors["leader"]."""
    from sqlmodel import select

    from staffbase.people.model import Person

    with station.database.read() as tx:
        people = tx.all(select(Person))
    by_name = {person.name.lower(): Actor(person.id, person.name, Role(person.role)) for person in people}
    by_role = {str(actor.role): actor for name, actor in reversed(by_name.items()) if name != "jonas"}
    return {**by_role, **by_name}


@pytest.fixture
def flats(station: Station) -> dict[str, int]:
    """Resident keys by unit code."""
    from sqlmodel import select

    from staffbase.residents.model import Stay, Unit

    with station.database.read() as tx:
        codes = {unit.id: unit.code for unit in tx.all(select(Unit))}
        return {codes[stay.unit_id]: stay.resident_id for stay in tx.all(select(Stay))}


def moment(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    """A moment of January 2026 (or another month) on the house's wall clock, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=OSLO).astimezone(UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this test run's own."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """An empty staffbase database on PostgreSQL, made by the migrations, to be copied; and the role staffbase runs as."""
    from staffbase import migrations
    from staffbase.kernel.guards import grant_rights

    name = postgres.database()
    engine = postgres_engine(postgres.url(name))
    migrations.migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE station LOGIN")
        grant_rights(connection, "station")
    engine.dispose()
    return name


@pytest.fixture(params=["sqlcipher", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path, clock: HeldClock) -> Iterator[Database]:
    """The same empty database on SQLCipher and on PostgreSQL, as a station has it open."""
    if request.param == "sqlcipher":
        opened = open_database(tmp_path / "staffbase.db", clock)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        name = server.database(request.getfixturevalue("postgres_template"))
        opened = Database(postgres_engine(server.url(name, "station")), Seal.from_root(DATABASE_KEY), clock)
    yield opened
    opened.close()

"""Show 2 of trust: a thousand random tamperings with an opened database, and `verify` finds and names every one."""

import random
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, DateTime, Engine, Integer, LargeBinary, Time, event, func, text
from sqlmodel import SQLModel, select
from tests.conftest import DATABASE_KEY, EVENING
from tests.faults.campaign import Tally, tally_for, times
from tests.faults.tampering import CASES, Hand, Wanted, durable, plain
from tests.kernel.test_verify import furnish
from tests.postgres import Postgres

from staffbase.demo.run import open_demo_at
from staffbase.exchange.unledgered import UNLEDGERED
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.anchor import ANCHOR_FILE, Anchor, Head
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.columns import Word
from staffbase.kernel.database import Database, postgres_engine, sqlcipher_engine
from staffbase.kernel.errors import DatabaseDamaged
from staffbase.kernel.identities import FileIdentities
from staffbase.kernel.key import open_key
from staffbase.kernel.ledger import Seal
from staffbase.kernel.settings import Settings
from staffbase.kernel.transaction import guarded_tables
from staffbase.kernel.verify import Proof, What, verify
from staffbase.migrations import load_models

_EXAMPLES = (
    (Boolean, True), (Integer, 7), (DateTime, EVENING), (Date, EVENING.date()), (Time, EVENING.time()),
    (LargeBinary, b"pr\xf8ve"),
)  # fmt: skip
ROWS = 4
"""The fewest rows each durable table has, so that each is tampered with."""


@dataclass
class Whole:
    """A house with something in every durable table, that is copied for each tampering."""

    file: Path
    key: bytes
    seal: Seal

    def copy(self, folder: Path) -> Path:
        shutil.copyfile(self.file, folder / "copy.db")
        shutil.copyfile(self.file.with_name(ANCHOR_FILE), folder / ANCHOR_FILE)
        return folder / "copy.db"

    def anchor(self, folder: Path) -> Anchor:
        return Anchor(folder / ANCHOR_FILE, self.seal)


def fill(database: Database) -> None:
    """Rows of every kind, also of those that the plot has none of."""
    models = {mapper.local_table: mapper.class_ for mapper in SQLModel._sa_registry.mappers}  # type: ignore[attr-defined]
    for table in durable():
        with database.read() as tx:
            missing = ROWS - len(tx.all(select(models[table])))
        for number in range(missing):
            with database.write(STATION_ITSELF, "test.fill") as tx:
                given = values(tx, table, number)
                if all(given[column.name] for column in table.columns if column.foreign_keys and not column.nullable):
                    tx.add(models[table](**given))


def values(tx: Any, table: Any, number: int) -> dict[str, Any]:
    """Something for every column that must have something."""
    given: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys and (column.primary_key or not column.nullable):
            target = next(iter(column.foreign_keys)).column
            used = f'{target.name} IN (SELECT "{column.name}" FROM "{table.name}")'
            query = f'SELECT {target.name} FROM "{target.table.name}" ORDER BY {used} LIMIT 1'
            given[column.name] = tx.run(text(query)).scalar()
        elif column.primary_key or column.nullable or column.name in ("nonce", "version"):
            continue
        elif isinstance(column.type, Word):
            words = list(column.type.words)
            given[column.name] = words[number % len(words)]
        else:
            given[column.name] = next(
                (value for kind, value in _EXAMPLES if isinstance(plain(column), kind)), f"Prøve {number}"
            )
    return given


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    place = tmp_path_factory.mktemp("whole")
    home, identities = place / "home", FileIdentities(place / "identities")
    station = open_demo_at(Settings(home=home), EVENING, home, identities)
    fill(station.database)
    assert station.verifications.verify(STATION_ITSELF).clean
    with station.database.read() as tx:
        few = [table.name for table in durable() if tx.run(select(func.count()).select_from(table)).scalar_one() < ROWS]
    assert few == []
    station.close()
    key = open_key(home, identities)
    load_models()
    return Whole(home / "staffbase.db", key.database, Seal.from_root(key.ledger))


def engine_of(file: Path, key: bytes) -> Engine:
    """As somebody opens it who has the key: no guard, and no rule of the database, is in the way."""
    engine = sqlcipher_engine(file, key)
    for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON", "synchronous=OFF"):
        event.listen(engine, "connect", lambda connection, _record, said=pragma: connection.execute(f"PRAGMA {said}"))
    return engine


def unguard(connection: Any) -> None:
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        connection.execute(text(f'DROP TRIGGER "{name}"'))


def found_wanting(proof: Proof, wanted: Wanted) -> str:
    """What verification did not say; empty where it said everything."""
    named: dict[tuple[str, int], set[What]] = {}
    for fault in proof.faults:
        for key in range(fault.key, max(fault.until, fault.key) + 1):
            named.setdefault((fault.table, key), set()).add(fault.what)
    for row in wanted.rows:
        if row not in named:
            return f"{row} is not named"
        if not named[row] & wanted.kinds:
            return f"{row} is called {named[row]}"
    for fault in proof.faults:
        if fault.column and (fault.table, fault.key) in wanted.rows and fault.column not in wanted.columns:
            return f"{fault.column} is named for {wanted.columns}"
    return ""


def campaign(whole: Whole, folder: Path, seeds: range, tally: Tally, told: Counter[str]) -> None:
    """Each seed one tampering."""
    names = sorted(CASES)
    for seed in seeds:
        hand_at = random.Random(seed)
        file = whole.copy(folder)
        engine = engine_of(file, whole.key)
        with engine.begin() as connection:
            unguard(connection)
            case, wanted = names[seed % len(names)], None
            while wanted is None:  # there was nothing to do it to
                wanted = CASES[case](Hand(connection, hand_at))
        with tally.trial():
            proof = verify(engine, whole.seal, whole.anchor(folder), proved=UNLEDGERED)
            wrong = found_wanting(proof, wanted)
            assert wrong == "", f"seed {seed}, {case}: {wrong}; {proof.faults[:4]}"
        engine.dispose()
        for end in ("-wal", "-shm"):
            file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
        told[case] += 1
        told[f"{case}, and its column"] += any(fault.column for fault in proof.faults)


@times(dose=len(CASES), campaign=1000)
def test_every_tampering_is_found_and_named(
    times: int, whole: Whole, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    told: Counter[str] = Counter()
    tally = tally_for(request, "tampering with a decrypted copy")
    campaign(whole, tmp_path, range(times), tally, told)
    tally.settle()
    assert min(count for kind, count in told.items() if "column" not in kind) >= times // len(CASES)


def flipped(file: Path, at: random.Random) -> None:
    data = bytearray(file.read_bytes())
    data[at.randrange(len(data))] ^= 1 << at.randrange(8)
    file.write_bytes(data)


def bits(whole: Whole, folder: Path, end: str, seeds: range, tally: Tally) -> Counter[str]:
    """One bit turned in the database (`end` empty) or in its log: found, or there is nothing that it took."""
    file = whole.copy(folder)
    engine = sqlcipher_engine(file, whole.key, guarded=guarded_tables())
    database = Database(engine, whole.seal, HeldClock(EVENING), anchor=whole.anchor(folder))
    for _number in range(6):
        database.opened(STATION_ITSELF, "card.open", 1)
    held = {name: file.with_name(f"copy.db{name}").read_bytes() for name in ("", "-wal")}
    database.close()
    head, told = database.anchor.read(), Counter[str]()  # type: ignore[union-attr]  # it was given one
    for seed in seeds:
        for name, data in held.items():
            file.with_name(f"copy.db{name}").write_bytes(data)
        flipped(file.with_name(f"copy.db{end}"), random.Random(seed))
        opened = sqlcipher_engine(file, whole.key, guarded=guarded_tables())
        with tally.trial():
            try:
                proof = verify(opened, whole.seal, whole.anchor(folder))
            except DatabaseDamaged:
                told["damaged"] += 1
            else:
                kinds = {fault.what for fault in proof.faults}
                assert proof.clean or What.CUT in kinds, (seed, proof.faults)
                assert not proof.clean or (head is not None and proof.seq == head.seq), f"seed {seed} lost rows unseen"
                told["nothing lost" if proof.clean else "tail cut"] += 1
        opened.dispose()
        for name in ("-wal", "-shm"):
            file.with_name(f"copy.db{name}").unlink(missing_ok=True)
    return told


@times(dose=12, campaign=200)
def test_a_turned_bit_is_found_or_took_nothing(
    times: int, whole: Whole, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tally = tally_for(request, "a bit turned in the database or its log")
    log, file = bits(whole, tmp_path, "-wal", range(times), tally), bits(whole, tmp_path, "", range(times), tally)
    tally.settle()
    assert log["tail cut"]
    assert file["damaged"]


def test_an_older_state_put_back_is_known_to_the_anchor_and_to_any_paper(whole: Whole, tmp_path: Path) -> None:
    """Somebody who puts the older anchor back as well is known to the head in a backup, or on paper, alone."""
    file = whole.copy(tmp_path)
    older = whole.anchor(tmp_path)
    database = Database(sqlcipher_engine(file, whole.key), whole.seal, HeldClock(EVENING), anchor=older)
    database.opened(STATION_ITSELF, "card.open", 1)
    paper = database.anchor.read()  # type: ignore[union-attr]  # it was given one
    database.close()
    kept = (tmp_path / ANCHOR_FILE).read_bytes()
    whole.copy(tmp_path)
    engine = sqlcipher_engine(file, whole.key)
    both = verify(engine, whole.seal, whole.anchor(tmp_path))
    assert both.clean
    assert paper is not None
    assert both.seq < paper.seq
    (tmp_path / ANCHOR_FILE).write_bytes(kept)
    assert {fault.what for fault in verify(engine, whole.seal, whole.anchor(tmp_path)).faults} == {What.CUT}
    (tmp_path / ANCHOR_FILE).unlink()
    assert verify(engine, whole.seal, whole.anchor(tmp_path)).anchored is None
    engine.dispose()


def test_a_sample_on_postgresql(postgres: Postgres, postgres_template: str, clock: HeldClock) -> None:
    furnished = postgres.database(postgres_template)
    database = Database(postgres_engine(postgres.url(furnished, "station")), Seal.from_root(DATABASE_KEY), clock)
    furnish(database, clock)
    fill(database)
    head = anchored = Anchor(Path(tempfile.mkdtemp()) / ANCHOR_FILE, database.seal)
    with database.engine.connect() as connection:
        row = connection.execute(text("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1")).one()
    head.grow(Head(row[0], bytes(row[1])))
    database.close()
    for seed, case in enumerate(sorted(CASES)):
        name = postgres.database(furnished)
        engine = postgres_engine(postgres.url(name))
        with engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            wanted = CASES[case](Hand(connection, random.Random(seed)))
        if wanted is not None:
            proof = verify(engine, database.seal, anchored, proved=UNLEDGERED)
            assert found_wanting(proof, wanted) == "", (case, seed, proof.faults)
        engine.dispose()

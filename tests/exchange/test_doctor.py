"""The doctor finds what is wrong, says it in a sentence, changes nothing, and names nobody."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from staffbase.exchange import doctor
from staffbase.exchange.doctor import Finding, Level, examine
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database, sqlcipher_engine
from staffbase.kernel.errors import NoStation
from staffbase.kernel.key import FileIdentities, create_key, station_card
from staffbase.kernel.ledger import Seal
from staffbase.kernel.settings import Settings
from staffbase.kernel.transaction import guarded_tables
from staffbase.migrations import migrate
from staffbase.residents.model import House


class Home:
    """A station's data folder with a house and a few notes in it, and nobody in the room."""

    def __init__(self, folder: Path, clock: HeldClock) -> None:
        self.settings = Settings(folder / "home")
        self.identities = FileIdentities(folder / "identities")
        self.key = create_key(self.settings.home, self.identities).key.database
        self.file = self.settings.home / "staffbase.db"
        self.clock = clock
        making = sqlcipher_engine(self.file, self.key)
        migrate(making)
        making.dispose()
        database = Database(
            sqlcipher_engine(self.file, self.key, guarded=guarded_tables()),
            Seal.from_root(self.key),
            clock,
        )
        with database.write(STATION_ITSELF, "test.house") as tx:
            house = tx.add(House(name="Testhuset"))
        for _ in range(5):
            with database.write(STATION_ITSELF, "note.write") as tx:
                write_entry(tx, Kind.EVERYDAY, "hemmelighetsfull", house_id=house.id)
        database.close()

    def run(self, sql: str) -> None:
        """As somebody with the key and without our program would."""
        engine = sqlcipher_engine(self.file, self.key)
        with engine.begin() as connection:
            connection.execute(text(sql))
        engine.dispose()

    def findings(self) -> list[Finding]:
        return examine(self.settings, self.identities, self.clock)

    def trouble(self) -> str:
        return "\n".join(finding.sentence for finding in self.findings() if finding.level in (Level.WARN, Level.BAD))


@pytest.fixture
def home(tmp_path: Path, clock: HeldClock) -> Home:
    return Home(tmp_path, clock)


def test_a_healthy_station(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home.file.read_bytes()
    assert home.trouble() == ""
    words = "\n".join(finding.in_words() for finding in home.findings())
    assert "disk encryption" in words
    assert "administrator" in words
    assert "hang together, up to row 6" in words
    assert home.file.read_bytes() == before


def test_it_names_nobody(home: Home) -> None:
    words = "\n".join(finding.in_words() for finding in home.findings())
    assert "Testhuset" not in words
    assert "hemmelig" not in words
    assert home.key.hex() not in words
    assert "AGE-SECRET" not in words


def test_nothing_to_examine(tmp_path: Path) -> None:
    with pytest.raises(NoStation):
        examine(Settings(tmp_path))


def test_files_that_others_may_read(home: Home) -> None:
    home.file.chmod(0o644)
    assert "staffbase.db" in home.trouble()
    (home.settings.home / "key.age").chmod(0o644)
    assert "chmod 600" in home.trouble()


def test_another_machine(home: Home) -> None:
    shutil.rmtree(home.identities.folder)
    assert "no identity" in home.trouble()


def test_no_recovery_identity(home: Home) -> None:
    from pyrage import encrypt, x25519

    card = station_card(home.settings.home)
    (home.settings.home / "key.age").write_bytes(encrypt(home.key, [x25519.Recipient.from_str(card.station_recipient)]))
    assert "if this machine dies" in home.trouble()


def test_a_lost_and_a_damaged_database(home: Home) -> None:
    whole = home.file.read_bytes()
    home.file.write_bytes(whole[:20_000] + bytes(4096) + whole[24_096:])
    assert "damaged" in home.trouble()
    home.file.write_bytes(b"rubbish" * 1000)
    assert "damaged" in home.trouble()
    home.file.unlink()
    assert "is not there" in home.trouble()
    assert not home.file.exists()


def test_guards_that_were_taken_away(home: Home) -> None:
    home.run("DROP TRIGGER guard_entry_update")
    assert "guard_entry_update" in home.trouble()


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE ledger SET actor_id = 4711 WHERE seq = 3", "row 3"),
        ("DELETE FROM ledger WHERE seq = 3", "row 4"),
        ("DELETE FROM ledger WHERE seq = 1", "row 2"),
        ("UPDATE ledger SET items = '[]' WHERE seq = 6", "row 6"),
    ],
)
def test_a_ledger_that_was_tampered_with(home: Home, monkeypatch: pytest.MonkeyPatch, sql: str, where: str) -> None:
    home.run("DROP TRIGGER guard_ledger_update")
    home.run("DROP TRIGGER guard_ledger_delete")
    home.run(sql)
    assert f"broken at {where}" in home.trouble()


def test_newer_and_older_schemas(home: Home) -> None:
    home.run("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in home.trouble()
    home.run("UPDATE alembic_version SET version_num = '0000'")
    assert "older schema" in home.trouble()


def test_little_room(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = doctor.shutil.disk_usage(home.settings.home)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _folder: usage._replace(free=50_000_000))
    assert "0.1 GB are free" in home.trouble() or "0.0 GB are free" in home.trouble()


def test_a_clock_that_was_set_back(home: Home) -> None:
    home.clock.move_to(home.clock.now() - timedelta(days=30))
    assert "set back" in home.trouble()

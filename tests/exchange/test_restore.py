"""A backup becomes a station again, here or on another machine; what stood there is kept whole, and what is newer is said."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel
from tests.conftest import EVENING

from staffbase.exchange.authority import TRIES_FILE, KnownInBackup
from staffbase.exchange.backup import backup_to
from staffbase.exchange.opened_backup import opened_backup
from staffbase.exchange.restore import restore
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database, sqlcipher_engine
from staffbase.kernel.errors import DatabaseDamaged, DatabaseUnavailable, IdentityMissing, Invalid, NotAllowed, WrongPin
from staffbase.kernel.key import FileIdentities, create_key, new_identity
from staffbase.kernel.ledger import Seal
from staffbase.kernel.settings import Settings
from staffbase.migrations import migrate
from staffbase.new_station import SetUp, create_station
from staffbase.station import Station, open_station

PIN = "283746"


class House:
    """A station of our own with a note, and its backups on a stick."""

    def __init__(self, place: Path) -> None:
        self.home, self.stick = place / "home", place / "stick"
        self.stick.mkdir()
        self.identities = FileIdentities(place / "identities")
        self.clock = HeldClock(EVENING)
        station, self.recovery = create_station(
            Settings(home=self.home), self.clock, SetUp("Prøvehuset", "A1-A3", "Ida", PIN), self.identities
        )
        self.note(station, "Før kopien.")
        station.close()

    def open(self, home: Path | None = None, identities: FileIdentities | None = None) -> Station:
        return open_station(Settings(home=home or self.home), self.clock, identities or self.identities)

    def note(self, station: Station, typed: str) -> None:
        with station.database.write(STATION_ITSELF, "note.write") as tx:
            write_entry(tx, Kind.EVERYDAY, typed, house_id=station.house_id)

    def backup(self, station: Station, name: str = "januar.age") -> Path:
        station.backup(self.home).backup(STATION_ITSELF, self.stick / name)
        return self.stick / name

    def restore(self, file: Path, **how: Any) -> Any:
        return restore(self.home, self.clock, file, self.identities, **how)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def texts(station: Station) -> list[str]:
    with station.database.read() as tx:
        return [row[0] for row in tx.run(text("SELECT text FROM entry_text ORDER BY id"))]


def rows_of(station: Station, upto: int) -> dict[str, list[tuple[object, ...]]]:
    with station.database.engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(text(f'SELECT * FROM "{table.name}" ORDER BY 1, 2'))
                if table.name != "ledger" or row.seq <= upto
            ]
            for table in SQLModel.metadata.sorted_tables
            if len(table.columns) > 1
        }


def test_on_another_machine_with_the_recovery_identity_alone(house: House, tmp_path: Path) -> None:
    station = house.open()
    file = house.backup(station)
    station.close()
    there, other = tmp_path / "other machine", FileIdentities(tmp_path / "other identities")
    restored = restore(there, house.clock, file, other, house.recovery)
    assert restored.proof.clean
    assert (restored.kept, restored.newer) == (None, None)
    again = house.open(there, other)
    assert texts(again) == ["Før kopien."]
    assert again.people.sign_in(STATION_ITSELF, again.people.directory(STATION_ITSELF)[0].id, PIN).actor.name == "Ida"
    assert again.verifications.verify(STATION_ITSELF).clean
    again.close()
    with pytest.raises(IdentityMissing):
        restore(tmp_path / "third", house.clock, file, other, new_identity())
    assert not (tmp_path / "third" / "key.age").exists()


def test_what_stood_there_is_kept_whole_and_what_is_newer_is_said(house: House) -> None:
    station = house.open()
    file = house.backup(station)
    for number in range(3):
        house.note(station, f"Etter kopien {number}.")
    station.close()
    with pytest.raises(Invalid, match="--replace"):
        house.restore(file)
    restored = house.restore(file, overwrite=True)
    assert restored.newer.entries == 3
    assert "Not in the backup: 3 entries" in "\n".join(restored.in_words())
    station = house.open()
    assert texts(station) == ["Før kopien."]
    assert station.verifications.verify(STATION_ITSELF).clean
    station.close()
    kept = house.open(restored.kept)
    assert len(texts(kept)) == 4
    assert kept.verifications.verify(STATION_ITSELF).clean
    kept.close()


def test_while_somebody_has_it_open_nothing_is_changed(house: House) -> None:
    station = house.open()
    file = house.backup(station)
    house.note(station, "Etter kopien.")
    holding = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(house.home), str(house.identities.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holding.stdout is not None
    holding.stdout.readline()
    station.close()
    with pytest.raises(DatabaseUnavailable, match="Close staffbase everywhere"):
        house.restore(file, overwrite=True)
    holding.communicate("\n")
    station = house.open()
    assert texts(station) == ["Før kopien.", "Etter kopien."]
    station.close()


_HOLDS = """
import sys
from pathlib import Path
from staffbase.kernel.clock import SystemClock
from staffbase.kernel.identities import FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.station import open_station
station = open_station(Settings(home=Path(sys.argv[1])), SystemClock(), FileIdentities(Path(sys.argv[2])))
with station.database.engine.connect() as connection:
    connection.exec_driver_sql("SELECT 1")
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_a_damaged_database_gives_way_to_the_backup(house: House) -> None:
    station = house.open()
    file = house.backup(station)
    station.close()
    database = house.home / "staffbase.db"
    database.write_bytes(database.read_bytes()[:4096] + os.urandom(8192) + database.read_bytes()[12288:])
    with pytest.raises(DatabaseDamaged):
        house.open()
    restored = house.restore(file, overwrite=True)
    assert restored.newer is None or restored.newer.entries == 0  # as far as it could still be read
    station = house.open()
    assert texts(station) == ["Før kopien."]
    station.close()


def test_another_stations_backup_does_not_replace_this_one(house: House, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = House(tmp_path / "b")
    station = other.open()
    file = other.backup(station)
    station.close()
    with pytest.raises(IdentityMissing):
        house.restore(file, overwrite=True)


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-200], lambda data: data[:5000] + b"x" + data[5001:], lambda _data: b"hei" * 999]
)
def test_a_damaged_backup_is_said_so_and_changes_nothing(harm: Callable[[bytes], bytes], house: House) -> None:
    station = house.open()
    file = house.backup(station)
    house.note(station, "Etter kopien.")
    station.close()
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(DatabaseDamaged, match="Try an earlier one"):
        house.restore(file, overwrite=True)
    assert sorted(path.name for path in house.home.iterdir() if path.is_dir()) == []
    station = house.open()
    assert len(texts(station)) == 2
    station.close()


def test_a_backup_under_load_restores_to_the_same_rows(house: House, tmp_path: Path) -> None:
    station = house.open()
    stop = threading.Event()

    def write_on() -> None:
        while not stop.is_set():
            house.note(station, "Alt rolig.")

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        time.sleep(0.2)
        file = house.backup(station)
    finally:
        stop.set()
        writer.join()
    there, other = tmp_path / "drill", FileIdentities(tmp_path / "drill identities")
    restored = restore(there, house.clock, file, other, house.recovery)
    assert restored.proof.clean
    again = house.open(there, other)
    present, back = rows_of(station, restored.ledger_seq), rows_of(again, restored.ledger_seq)
    assert back["ledger"] == present["ledger"]
    assert back["entry_text"] == present["entry_text"][: len(back["entry_text"])]
    assert len(back["entry_text"]) > 1
    assert again.verifications.verify(STATION_ITSELF).clean
    again.close()
    station.close()


def test_a_backup_is_verified_without_restoring_it(house: House, tmp_path: Path) -> None:
    station = house.open()
    file = house.backup(station)
    station.close()
    place = tmp_path / "place"
    place.mkdir()
    with opened_backup(file, house.recovery, place) as backup:
        assert backup.verify().clean
        assert b"SQLite" not in backup.database.read_bytes()[:100]
    assert list(place.iterdir()) == []


def test_who_may_restore(actors: dict[str, Actor]) -> None:
    from staffbase.kernel.access import Permission

    assert {name for name, actor in actors.items() if actor.may(Permission.RESTORE)} == {"ingrid", "leader"}


def test_a_backup_from_before_a_migration_is_looked_over_as_the_station_would_open_it(
    tmp_path: Path, clock: HeldClock
) -> None:
    home, identities = tmp_path / "home", FileIdentities(tmp_path / "identities")
    new = create_key(home, identities)
    engine = sqlcipher_engine(home / "staffbase.db", new.key.database)
    migrate(engine, "0001")
    database = Database(engine, Seal.from_root(new.key.ledger), clock)
    database.opened(STATION_ITSELF, "backup.take", None)
    taken = backup_to(database, home, tmp_path / "before.backup")
    database.close()
    place = tmp_path / "place"
    place.mkdir()
    with opened_backup(taken.file, new.recovery_identity, place) as backup:
        assert backup.manifest.schema == "0001"
        proof = backup.verify()
    assert proof.clean, proof.faults
    assert proof.ledger_rows == 1


def test_a_leader_is_known_by_the_backup_where_the_database_is_not(house: House) -> None:
    station = house.open()
    ida = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, PIN).actor
    nora = station.people.add_person(ida, "Nora", Role.SUBSTITUTE)
    pin = station.people.issue_pin(ida, nora)
    file = house.backup(station)
    station.close()
    (house.home / "staffbase.db").write_bytes(os.urandom(20_000))
    for said, refused in (
        (KnownInBackup("Ida", "000000"), WrongPin), (KnownInBackup("Nora", pin), NotAllowed),
        (KnownInBackup("Noen", PIN), WrongPin), (KnownInBackup("", PIN), Invalid),
    ):  # fmt: skip
        with pytest.raises(refused):
            house.restore(file, overwrite=True, leader=said)
    for wait in (
        0,
        0,
        0,
        30,
    ):  # Nora's right one forgets none of hers; a restart, and another backup, give none for free
        with pytest.raises(WrongPin) as wrong:
            house.restore(file, overwrite=True, leader=KnownInBackup("Ida", "000000"))
        assert wrong.value.wait == wait
    with pytest.raises(WrongPin):
        house.restore(file, overwrite=True, leader=KnownInBackup("Ida", PIN))
    house.clock.move_to(house.clock.now() + timedelta(seconds=31))
    done = house.restore(file, overwrite=True, leader=KnownInBackup("ida", PIN))
    assert done.by.name == "Ida"
    assert "Ida" not in (house.home / TRIES_FILE).read_text()
    station = house.open()
    assert texts(station)[0] == "Før kopien."
    station.close()


def test_a_backup_somebody_made_for_this_station_gives_its_leader_nothing(house: House, tmp_path: Path) -> None:
    """The public keys stand in the folder for anybody who copies it; the root of the ledger does not."""
    (tmp_path / "theirs").mkdir()
    theirs = House(tmp_path / "theirs")
    shutil.copy(theirs.home / "station.toml", tmp_path / "kept.toml")
    station = theirs.open()
    shutil.copy(house.home / "station.toml", theirs.home / "station.toml")
    forged = theirs.backup(station)
    station.close()
    with pytest.raises(Invalid, match="another station"):
        house.restore(forged, overwrite=True, leader=KnownInBackup("Ida", PIN))
    house.open().close()

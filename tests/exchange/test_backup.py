"""A backup: the recovery identity alone opens it, it holds every row, and nobody else reads a word of it."""

import io
import json
import os
import stat
import tarfile
import threading
import time
from errno import EBADF, EINVAL, EIO, ENOTSUP
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel
from tests.conftest import DATABASE_KEY
from tests.limits import kept_by_the_disk, no_file_beyond

from staffbase.exchange import backup as backups
from staffbase.exchange.backup import Backup
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Database, sqlcipher_engine
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, NotAllowed
from staffbase.kernel.key import FileIdentities, NewKey, create_key, open_key, station_card
from staffbase.station import Station


@pytest.fixture
def new(tmp_path: Path) -> NewKey:
    return create_key(tmp_path / "home", FileIdentities(tmp_path / "identities"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def service(station: Station, new: NewKey, tmp_path: Path) -> Backup:
    return Backup(station.database, tmp_path / "home")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def note(station: Station, actor: Actor, typed: str) -> None:
    with station.database.write(actor, "note.write") as tx:
        write_entry(tx, Kind.EVERYDAY, typed, house_id=station.house_id)


def opened(file: Path, identity: str, folder: Path) -> tuple[dict[str, object], Path]:
    """What is in a backup, with age and tar alone."""
    plain = pyrage.decrypt(file.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        archive.extractall(folder, filter="data")
    return json.loads((folder / "manifest.json").read_text()), folder / "staffbase.db"


def rows_of(engine: object) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{table.name}" ORDER BY 1, 2'))]
            for table in SQLModel.metadata.sorted_tables
            if len(table.columns) > 1
        }


def test_the_recovery_identity_alone_opens_it_and_every_row_is_there(
    service: Backup, station: Station, actors: dict[str, Actor], new: NewKey, stick: Path, tmp_path: Path
) -> None:
    note(station, actors["marit"], "Sov urolig.")
    taken = service.backup(actors["marit"], stick / "januar.age")
    manifest, file = opened(stick / "januar.age", new.recovery_identity, tmp_path / "opened")
    assert manifest["size"] == file.stat().st_size
    assert manifest["ledger_seq"] == taken.ledger_seq
    copy = sqlcipher_engine(file, bytes.fromhex(str(manifest["key"])))
    there, present = rows_of(copy), rows_of(station.database.engine)
    assert present["ledger"].pop()[5] == "backup.done"  # known only once it was written
    assert there == present
    copy.dispose()
    assert manifest["key"] != DATABASE_KEY.hex()
    last = present["ledger"][-1]
    assert str(manifest["ledger_hash"]) in str([part.hex() for part in last if isinstance(part, bytes)])


def test_the_stations_own_identity_opens_it_too(
    service: Backup, actors: dict[str, Actor], new: NewKey, stick: Path, tmp_path: Path
) -> None:
    service.backup(actors["marit"], stick / "januar.age")
    (identity,) = (tmp_path / "identities").iterdir()
    manifest, _file = opened(stick / "januar.age", identity.read_text().strip(), tmp_path / "opened")
    assert manifest["format"] == 1
    stranger = pyrage.x25519.Identity.generate()
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt((stick / "januar.age").read_bytes(), [stranger])


def test_nothing_in_the_file_can_be_read(
    service: Backup, station: Station, actors: dict[str, Actor], stick: Path, tmp_path: Path
) -> None:
    note(station, actors["marit"], "hemmelighetsfull")
    service.backup(actors["marit"], stick / "januar.age")
    assert [file.name for file in stick.iterdir()] == ["januar.age"]
    assert stat.S_IMODE((stick / "januar.age").stat().st_mode) == 0o600
    held = (stick / "januar.age").read_bytes()
    for word in (
        b"hemmelighetsfull",
        b"Marit",
        b"Testhuset",
        b"SQLite format",
        b"manifest",
        DATABASE_KEY,
        DATABASE_KEY.hex().encode(),
    ):
        assert word not in held


def test_the_ledger_says_who_took_it(service: Backup, station: Station, actors: dict[str, Actor], stick: Path) -> None:
    service.backup(actors["ingrid"], stick / "januar.age")
    with station.database.read() as tx:
        done, taken = tx.run(text("SELECT action, actor_id FROM ledger ORDER BY seq DESC LIMIT 2"))
    assert tuple(taken) == ("backup.take", actors["ingrid"].person_id)
    assert tuple(done) == ("backup.done", actors["ingrid"].person_id)


def test_who_may_not_take_one(service: Backup, actors: dict[str, Actor], stick: Path) -> None:
    for name in ("nora", "kari", "odd", "astrid"):
        with pytest.raises(NotAllowed):
            service.backup(actors[name], stick / "januar.age")
    assert list(stick.iterdir()) == []


def test_no_file_is_ever_replaced(service: Backup, actors: dict[str, Actor], stick: Path) -> None:
    (stick / "januar.age").write_text("noe annet")
    with pytest.raises(Invalid, match="never replaces"):
        service.backup(actors["marit"], stick / "januar.age")
    assert (stick / "januar.age").read_text() == "noe annet"
    with pytest.raises(Invalid, match="does not exist"):
        service.backup(actors["marit"], stick / "nowhere" / "januar.age")


def test_no_room_is_said_before_anything_is_written(
    service: Backup, actors: dict[str, Actor], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = backups.shutil.disk_usage(stick)
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda _folder: usage._replace(free=1000))
    with pytest.raises(DatabaseUnavailable, match="0 MB are free"):
        service.backup(actors["marit"], stick / "januar.age")
    assert list(stick.iterdir()) == []


def test_a_disk_that_fails_leaves_no_file(
    service: Backup, actors: dict[str, Actor], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(backups.os, "fsync", fails)
    with pytest.raises(DatabaseUnavailable, match="the disk does not answer"):
        service.backup(actors["marit"], stick / "januar.age")
    assert list(stick.iterdir()) == []


def test_a_disk_that_is_full_before_all_is_encrypted_leaves_no_file(
    service: Backup, actors: dict[str, Actor], stick: Path
) -> None:
    taken = service.backup(actors["marit"], stick / "januar.age")
    with no_file_beyond(taken.size - 100), pytest.raises(DatabaseUnavailable, match="could not be written"):
        service.backup(actors["marit"], stick / "februar.age")
    assert [file.name for file in stick.iterdir()] == ["januar.age"]


def test_a_disk_without_links(
    service: Backup, actors: dict[str, Actor], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_names: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(backups.os, "link", no_links)
    service.backup(actors["marit"], stick / "januar.age")
    assert [file.name for file in stick.iterdir()] == ["januar.age"]


def test_what_a_killed_backup_left_is_swept_away(
    service: Backup, actors: dict[str, Actor], stick: Path, home: Path
) -> None:
    """This station's at once; another machine's, whose processes are not to be seen from here, when it is old."""
    own, other = station_card(home).station_id, "0123456789abcdef"
    long_ago = time.time() - 25 * 60 * 60
    stay = [
        f".staffbase-backup-{own}-{os.getpid()}-bb",
        f".staffbase-backup-{other}-999999999-cc",
        ".staffbase-backup-999999999-dd",
    ]
    old = [f".staffbase-backup-{other}-999999999-ee", ".staffbase-backup-999999999-ff"]
    for name in (f".staffbase-backup-{own}-999999999-aa", f".staffbase-backup-{own}-999999999-aa-journal", *stay, *old):
        (stick / name).write_bytes(b"half")
    for name in old:
        os.utime(stick / name, (long_ago, long_ago))
    service.backup(actors["marit"], stick / "januar.age")
    assert sorted(file.name for file in stick.iterdir()) == sorted([*stay, "januar.age"])


def test_a_part_that_cannot_be_removed_is_no_failure(
    service: Backup, actors: dict[str, Actor], stick: Path, home: Path
) -> None:
    left = stick / f".staffbase-backup-{station_card(home).station_id}-999999999-aa"
    left.write_bytes(b"half")
    with kept_by_the_disk(left):
        service.backup(actors["marit"], stick / "januar.age")
    assert sorted(file.name for file in stick.iterdir()) == [left.name, "januar.age"]


@pytest.mark.parametrize("refusal", [EINVAL, ENOTSUP, EBADF])
def test_a_drive_that_cannot_sync_a_folder_is_none_that_fails(
    service: Backup, actors: dict[str, Actor], stick: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    sync_folders(monkeypatch, refusal)
    service.backup(actors["marit"], stick / "januar.age")
    assert [file.name for file in stick.iterdir()] == ["januar.age"]


def test_a_folder_that_fails_to_sync_holds_no_backup_of_which_it_is_said_that_there_is_none(
    service: Backup, actors: dict[str, Actor], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_folders(monkeypatch, EIO)
    with pytest.raises(DatabaseUnavailable, match="the disk does not answer"):
        service.backup(actors["marit"], stick / "januar.age")
    assert list(stick.iterdir()) == []


def sync_folders(monkeypatch: pytest.MonkeyPatch, refusal: int) -> None:
    """The operating system refuses to sync a folder, and no file."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(refusal, os.strerror(refusal))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


def test_it_is_whole_while_others_write(
    service: Backup, station: Station, actors: dict[str, Actor], new: NewKey, stick: Path, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write_on() -> None:
        while not stop.is_set():
            note(station, actors["jonas"], "Alt rolig.")

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        service.backup(actors["marit"], stick / "januar.age")
    finally:
        stop.set()
        writer.join()
    manifest, file = opened(stick / "januar.age", new.recovery_identity, tmp_path / "opened")
    copy = sqlcipher_engine(file, bytes.fromhex(str(manifest["key"])))
    rows = rows_of(copy)
    copy.dispose()
    assert len(rows["ledger"]) == manifest["ledger_seq"]
    assert len(rows["entry"]) == len(rows["entry_text"])


def test_a_database_server_has_its_own_tools(either: Database, new: NewKey, stick: Path, tmp_path: Path) -> None:
    if either.dialect == "sqlite":
        assert open_key(tmp_path / "home", FileIdentities(tmp_path / "identities")) == new.key
        return
    with pytest.raises(Invalid, match="server's own tools"):
        backups.backup_to(either, tmp_path / "home", stick / "januar.age")

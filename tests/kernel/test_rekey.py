"""A new database key, and other identities: cut off anywhere, the station still opens; the old key then opens nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from pyrage import x25519

from staffbase.kernel.database import DATABASE_FILE, sqlcipher_engine
from staffbase.kernel.errors import DatabaseUnavailable, IdentityMissing, Invalid
from staffbase.kernel.key import (
    FileIdentities,
    NewKey,
    create_key,
    keep_key,
    new_identity,
    open_key,
    open_with_recovery,
    station_card,
)
from staffbase.kernel.key_held import key_held
from staffbase.kernel.recipients import add_recipient, remove_recipient, replace_recovery, replace_station
from staffbase.kernel.rekey import key_in_force, rekey, settled
from staffbase.kernel.station_key import StationKey

ROWS = 400


@pytest.fixture
def identities(tmp_path: Path) -> FileIdentities:
    return FileIdentities(tmp_path / "identities")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def new(home: Path, identities: FileIdentities) -> NewKey:
    """A key, and a database of some hundred kilobytes under it."""
    made = create_key(home, identities)
    engine = sqlcipher_engine(home / DATABASE_FILE, made.key.database)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
        for number in range(ROWS):
            connection.exec_driver_sql("INSERT INTO note VALUES (?, ?)", (number, "notat " * 200))
    engine.dispose()
    return made


def rows(home: Path, key: bytes) -> int:
    engine = sqlcipher_engine(home / DATABASE_FILE, key, guarded={})
    try:
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            return connection.exec_driver_sql("SELECT count(*) FROM note").scalar_one()
    finally:
        engine.dispose()


def test_the_new_key_opens_it_and_the_old_one_does_not(home: Path, identities: FileIdentities, new: NewKey) -> None:
    rekey(home, identities)
    key = open_key(home, identities)
    assert key.database != new.key.database
    assert key.ledger == new.key.ledger, "else no ledger row could be verified and no PIN used"
    assert not key.trying
    assert rows(home, key.database) == ROWS
    from sqlalchemy.exc import DatabaseError

    with pytest.raises(DatabaseError):
        rows(home, new.key.database)
    assert open_with_recovery(home, new.recovery_identity) == key


def test_while_somebody_has_it_open_nothing_is_changed(home: Path, identities: FileIdentities, new: NewKey) -> None:
    holding = (
        "import sys, sqlcipher3.dbapi2 as s\n"
        f"c = s.connect({str(home / DATABASE_FILE)!r})\n"
        f'c.execute("PRAGMA key=\\"x\'{new.key.database.hex()}\'\\"")\n'
        "print(c.execute('SELECT count(*) FROM note').fetchone(), flush=True)\n"
        "sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert "400" in other.stdout.readline()
        with pytest.raises(DatabaseUnavailable, match="Close staffbase everywhere"):
            rekey(home, identities)
        other.communicate("\n")
    assert open_key(home, identities) == new.key
    assert rows(home, new.key.database) == ROWS


def test_killed_anywhere_one_of_the_two_keys_opens_it(home: Path, identities: FileIdentities, new: NewKey) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from staffbase.kernel.identities import FileIdentities\nfrom staffbase.kernel.rekey import rekey\n"
        "print('ready', flush=True)\nsys.stdin.readline()\n"
        f"rekey(Path({str(home)!r}), FileIdentities(Path({str(identities.folder)!r})))\n"
    )
    before = random.Random(7)
    old = new_ones = 0
    for _ in range(8):
        was = settled(home, open_key(home, identities)).database
        with subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            assert child.stdin is not None
            child.stdout.readline()
            child.stdin.write("\n")
            child.stdin.flush()
            time.sleep(before.uniform(0.0, 0.06))
            os.kill(child.pid, signal.SIGKILL)
        key = settled(home, open_key(home, identities))
        assert not key.trying
        assert rows(home, key.database) == ROWS
        old, new_ones = old + (key.database == was), new_ones + (key.database != was)
    assert old + new_ones == 8


def test_nobody_changes_the_key_while_somebody_opens_the_station(
    home: Path, identities: FileIdentities, new: NewKey
) -> None:
    changing = Thread(target=rekey, args=(home, identities))
    with key_in_force(home, identities) as key:
        changing.start()
        changing.join(0.3)
        assert changing.is_alive()
        assert open_key(home, identities) == key == new.key
        assert rows(home, key.database) == ROWS
    changing.join()
    assert rows(home, open_key(home, identities).database) == ROWS


def test_whoever_opens_it_while_the_key_is_changed_waits_for_the_one_that_counts(
    home: Path, identities: FileIdentities, new: NewKey
) -> None:
    found: list[bytes] = []

    def opens() -> None:
        with key_in_force(home, identities) as key:
            found.append(key.database)

    opening = Thread(target=opens)
    with key_held(home, changing=True):
        keep_key(home, station_card(home), replace(new.key, trying=bytes(range(32))))  # and is about to use it
        opening.start()
        opening.join(0.3)
        assert opening.is_alive()
        assert open_key(home, identities).trying, "somebody took it for cut off"
    opening.join()
    assert found == [new.key.database]
    assert not open_key(home, identities).trying


@pytest.mark.parametrize("opens", ["database", "trying"])
def test_a_change_that_was_cut_off_is_settled_by_the_file(
    opens: str, home: Path, identities: FileIdentities, new: NewKey
) -> None:
    other = bytes(range(32))
    key = StationKey(
        *(
            (new.key.database, new.key.ledger, other)
            if opens == "database"
            else (other, new.key.ledger, new.key.database)
        )
    )
    keep_key(home, station_card(home), key)
    assert settled(home, open_key(home, identities)).database == new.key.database
    assert not open_key(home, identities).trying


def test_identities_are_added_removed_and_replaced(
    home: Path, identities: FileIdentities, new: NewKey, tmp_path: Path
) -> None:
    sealed = x25519.Identity.generate()
    public = str(sealed.to_public())
    add_recipient(home, identities, public, "konvolutt hos rådmannen")
    assert open_with_recovery(home, str(sealed)) == new.key
    assert station_card(home).others == ((public, "konvolutt hos rådmannen"),)
    with pytest.raises(Invalid, match="already"):
        add_recipient(home, identities, public, "en gang til")
    with pytest.raises(Invalid, match="not a public key"):
        add_recipient(home, identities, "age1nonsense", "feil")
    remove_recipient(home, identities, public)
    with pytest.raises(IdentityMissing):
        open_with_recovery(home, str(sealed))
    with pytest.raises(Invalid, match="No such"):
        remove_recipient(home, identities, public)
    with pytest.raises(Invalid, match="replace"):
        remove_recipient(home, identities, station_card(home).recovery_recipient)

    fresh = new_identity()
    replace_recovery(home, identities, fresh)
    assert open_with_recovery(home, fresh) == new.key
    with pytest.raises(IdentityMissing):
        open_with_recovery(home, new.recovery_identity)

    stolen = FileIdentities(tmp_path / "stolen")
    station_id = station_card(home).station_id
    stolen.save(station_id, str(identities.load(station_id)))
    replace_station(home, identities, new_identity())
    assert open_key(home, identities) == new.key
    with pytest.raises(IdentityMissing):
        open_key(home, stolen)


def test_the_key_file_is_read_as_it_was_written_before_and_refused_where_it_is_nonsense() -> None:
    alone = bytes(32)
    assert StationKey.unpack(alone) == StationKey(alone, alone)
    for key in (StationKey.new(), StationKey(b"a" * 32, b"b" * 32), StationKey(b"a" * 32, b"b" * 32, b"c" * 32)):
        assert StationKey.unpack(key.pack()) == key
    for nonsense in (b"", b"x" * 31, b"x" * 33, b"x" * 95, b"x" * 128):
        with pytest.raises(ValueError, match="not a station's key"):
            StationKey.unpack(nonsense)

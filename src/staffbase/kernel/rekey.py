"""A new database key, after somebody left who could copy the old one; both are kept until the new one has opened the file."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from staffbase.kernel.database import DATABASE_FILE
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.i18n import _
from staffbase.kernel.identities import IdentityStore
from staffbase.kernel.key import keep_key, open_key, station_card
from staffbase.kernel.key_held import key_held
from staffbase.kernel.station_key import KEY_BYTES, StationKey
from staffbase.kernel.swap import finish_swap

_WAIT = 2
"""Seconds that another program may still hold the database."""


def rekey(home: Path, identities: IdentityStore, passphrase: str | None = None) -> None:
    """Encrypt the whole database anew. Nobody else may have it open.

    Cut off anywhere, the station opens with the one key or the other: see `settled`. Raises DatabaseUnavailable when
    somebody has the database open or the disk is full (nothing is changed then), and as `open_key` does.
    """
    with key_held(home, changing=True):
        _rekey(home, settled(home, open_key(home, identities, passphrase)))


@contextmanager
def key_in_force(home: Path, identities: IdentityStore, passphrase: str | None = None) -> Iterator[StationKey]:
    """The station's key, for opening the database with it: until that is done nobody changes it. Raises as `open_key` does."""
    with key_held(home):
        key = open_key(home, identities, passphrase)
        if not key.trying:
            yield key
            return
    with key_held(home, changing=True):  # changing it was cut off; only one finds out how far that came
        key = open_key(home, identities, passphrase)
        yield replace(settled(home, key), opened_by=key.opened_by)


def _rekey(home: Path, key: StationKey) -> None:
    new = secrets.token_bytes(KEY_BYTES)
    both = replace(key, trying=new)
    keep_key(home, station_card(home), both)
    import sqlcipher3.dbapi2 as sqlcipher  # noqa: PLC0415  (only where a database is opened)

    try:
        with closing(_opened(home / DATABASE_FILE, key.database)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")  # the lock stays: nobody else has it open, and nobody can open it now
            connection.execute(f"PRAGMA rekey=\"x'{new.hex()}'\"")
    except sqlcipher.OperationalError as error:
        settled(home, both)
        raise DatabaseUnavailable(
            _(
                "The key could not be changed: another program has the database open, or the disk is full. Close staffbase everywhere and try again."
            )
        ) from error
    settled(home, both)


def held_alone(file: Path, key: bytes) -> None:
    """Raise DatabaseUnavailable when another program has this database open. One that cannot be read is held by nobody."""
    import sqlcipher3.dbapi2 as sqlcipher  # noqa: PLC0415  (only where a database is opened)

    if not file.exists():
        return
    try:
        with closing(_opened(file, key)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
    except sqlcipher.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise DatabaseUnavailable(
                _("Another program has the database open. Close staffbase everywhere and try again.")
            ) from error
    except sqlcipher.DatabaseError:
        pass  # damaged: that is why it is replaced


def settled(home: Path, key: StationKey) -> StationKey:
    """The key as it is in force: where changing it was cut off, the one of the two that opens the file, and from now on only that.

    A database that was about to take another's place has taken it first (kernel.swap).
    For whoever holds the key alone (kernel.key_held): else one who is only about to change it is taken for cut off.
    """
    if not key.trying:
        return key
    finish_swap(home)
    file = home / DATABASE_FILE
    if _opens(file, key.trying):
        found = StationKey(key.trying, key.ledger)
    elif _opens(file, key.database):
        found = StationKey(key.database, key.ledger)
    else:
        return key  # neither: what is wrong is the file, and it is said when it is opened
    keep_key(home, station_card(home), found)
    return found


def _opened(file: Path, key: bytes) -> Any:
    import sqlcipher3.dbapi2 as sqlcipher  # noqa: PLC0415  (only where a database is opened)

    connection = sqlcipher.connect(str(file), timeout=_WAIT)
    connection.isolation_level = None
    connection.execute("PRAGMA cipher_log=off")
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    return connection


def _opens(file: Path, key: bytes) -> bool:
    import sqlcipher3.dbapi2 as sqlcipher  # noqa: PLC0415  (only where a database is opened)

    if not file.exists():
        return False  # asking would make an empty one
    with closing(_opened(file, key)) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError:
            return False
    return True

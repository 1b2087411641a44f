"""Who may put a backup back, or read in it, where the database cannot be read: whoever the backup itself knows as such.

A backup is that station's own when it holds the root of its ledger, which stands in no file that is readable. So the PIN
in it is as good as the one in the database. Wrong tries are counted beside the database, as at the door: a restart, or
another backup, gives none for free.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from staffbase.exchange.opened_backup import OpenedBackup
from staffbase.kernel.access import Actor, Permission, Role, require
from staffbase.kernel.clock import Clock
from staffbase.kernel.database import in_words, sqlcipher_engine
from staffbase.kernel.errors import Invalid, WrongPin
from staffbase.kernel.files import write_private
from staffbase.kernel.i18n import _
from staffbase.people.pins import how_long, pin_fits
from staffbase.people.rules import still_blocked, wait_after

TRIES_FILE = "restore.tries"
"""Its name in the data folder."""


@dataclass(frozen=True)
class KnownInBackup:
    """Somebody who says to work here, and wants to do something: put the backup back, or read in it."""

    name: str
    pin: str
    permission: Permission = Permission.RESTORE

    def check(self, backup: OpenedBackup, home: Path, clock: Clock) -> Actor:
        """Who it is. Raises Invalid without name or PIN, WrongPin, and NotAllowed for whose role may not do it."""
        if not self.name.strip():
            raise Invalid(_("Say who you are: the name as it stands at the door."), "name")
        if not self.pin:
            raise Invalid(_("Type your PIN."), "pin")
        tries = _Tries(home, clock)
        tries.begin()
        person = _person(backup, self.name.strip())
        if not pin_fits(backup.seal, person[3] if person else None, self.pin) or person is None:
            raise tries.failed()
        tries.forget()
        actor = Actor(person[0], person[1], Role(person[2]))
        require(actor, self.permission)
        return actor


def _person(backup: OpenedBackup, name: str) -> tuple[int, str, str, str | None] | None:
    """Key, name, role and hash of who works there under this name; read column by column, also from an older schema."""
    engine = sqlcipher_engine(backup.database, backup.key, guarded={})
    statement = (
        "SELECT person.id, name, role, hash FROM person LEFT JOIN pin ON pin.id = person.id WHERE left_at IS NULL"
    )
    try:
        with in_words(), engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(statement)) if row[1].casefold() == name.casefold()]
    finally:
        engine.dispose()
    return found[0] if found else None


class _Tries:
    """Tries at this station, whoever they were said to be; counted before they are made."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self._file, self._now = home / TRIES_FILE, clock.now()
        self._failures, self._until = _read(self._file)

    def begin(self) -> None:
        left = still_blocked(self._until, self._failures, self._now)
        if left:
            raise _wait(left)
        self._failures += 1
        wait = wait_after(self._failures)
        until = (self._now + timedelta(seconds=wait)).isoformat() if wait else None
        write_private(self._file, json.dumps({"failures": self._failures, "until": until}).encode())

    def failed(self) -> WrongPin:
        wait = wait_after(self._failures)
        return _wait(wait) if wait else WrongPin(_("Name or PIN is wrong. Try again."))

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)


def _read(file: Path) -> tuple[int, datetime | None]:
    try:
        told = json.loads(file.read_bytes())
        return int(told["failures"]), datetime.fromisoformat(told["until"]) if told["until"] else None
    except FileNotFoundError:
        return 0, None
    except (ValueError, KeyError, TypeError):
        return 5, None  # somebody wrote into it: the next wrong one has to wait


def _wait(seconds: int) -> WrongPin:
    said = _("Too many wrong PINs. Wait %(wait)s, or use the recovery identity.") % {"wait": how_long(seconds)}
    return WrongPin(said, seconds)

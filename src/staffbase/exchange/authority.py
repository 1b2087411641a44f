"""Who may put a backup back, or read in it, where the database cannot be read: whoever the backup itself knows as such.

A backup is that station's own when it holds the root of its ledger, which stands in no file that is readable. So the PIN
in it is as good as the one in the database. The newest one that opens is asked, whichever is used: who left since an older
one was taken must not choose that one to be let in. Wrong tries are counted beside the database, as at the door: a restart, or
another backup, gives none for free.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import inspect, text

from staffbase.exchange.backup_folder import backups_in
from staffbase.exchange.opened_backup import OpenedBackup, manifest_of, opened_backup
from staffbase.kernel.access import Actor, Permission, Role, require
from staffbase.kernel.clock import Clock, local
from staffbase.kernel.database import in_words, sqlcipher_engine
from staffbase.kernel.errors import Invalid, NotAllowed, StaffbaseError, WrongPin
from staffbase.kernel.files import private_folder, write_private
from staffbase.kernel.i18n import _
from staffbase.people.given_pins import as_given, refused
from staffbase.people.model import PinGiven
from staffbase.people.pins import how_long, pin_fits
from staffbase.people.rules import still_blocked, wait_after

TRIES_FILE = "restore.tries"
"""Its name in the data folder."""

_Found = tuple[int, str, str, str | None]
"""Key, name, role and hash of somebody."""


@dataclass(frozen=True)
class LaterBackups:
    """The backups in a folder, of which some may have been taken after the one that is used."""

    folder: Path
    identity: str
    """What opens them."""
    place: Path
    """Where one of them is opened: a private folder."""

    def than(self, backup: OpenedBackup) -> Iterator[tuple[Path, str]]:
        """Those of this station that are newer, newest first, each with when it was taken."""
        made_at = datetime.fromisoformat(backup.manifest.made_at)
        found: list[tuple[datetime, Path]] = []
        for file in _ours(self.folder):
            try:
                manifest = manifest_of(file, self.identity)
                if manifest.ledger_root == backup.manifest.ledger_root:
                    found.append((datetime.fromisoformat(manifest.made_at), file))
            except (StaffbaseError, ValueError):
                continue
        for made, file in sorted(found, reverse=True):
            if made > made_at:
                yield file, f"{local(made):%d.%m.%Y %H:%M}"


def _ours(folder: Path) -> list[Path]:
    try:
        return backups_in(folder)
    except OSError:
        return []  # no folder, or a drive that is not there


@dataclass(frozen=True)
class KnownHere:
    """Somebody who signed in to the station that stands: it knows better than any backup."""

    actor: Actor

    def check(self, backup: OpenedBackup, home: Path, clock: Clock, later: LaterBackups) -> Actor:  # noqa: ARG002
        """Who it is. Raises NotAllowed for whose role may not put a backup back."""
        require(self.actor, Permission.RESTORE)
        return self.actor


@dataclass(frozen=True)
class KnownInBackup:
    """Somebody who says to work here, and wants to do something: put the backup back, or read in it."""

    name: str
    pin: str
    permission: Permission = Permission.RESTORE

    def check(self, backup: OpenedBackup, home: Path, clock: Clock, later: LaterBackups) -> Actor:
        """Who it is, by the newest backup that opens: `backup` or one of those `later`.

        Raises Invalid without name or PIN, WrongPin, and NotAllowed for whose role may not do it.
        """
        if not self.name.strip():
            raise Invalid(_("Say who you are: the name as it stands at the door."), "name")
        if not self.pin:
            raise Invalid(_("Type your PIN."), "pin")
        person, made = _by_the_newest(backup, self.name.strip(), later)
        tries = _Tries(home, clock, str(person[0]) if person else "")
        tries.begin()
        if not pin_fits(backup.seal, person[3] if person else None, self.pin) or person is None:
            raise tries.failed(made)
        tries.forget()
        actor = Actor(person[0], person[1], Role(person[2]))
        try:
            require(actor, self.permission)
        except NotAllowed as error:
            if not made:
                raise
            said = _("By the newest backup, of %(made)s, your role may not do this; it is asked whichever one is used.")
            raise NotAllowed(said % {"made": made}) from error
        return actor


def _by_the_newest(backup: OpenedBackup, name: str, later: LaterBackups) -> tuple[_Found | None, str]:
    """Who works there under this name, and of when the backup is that says so; "" for `backup` itself."""
    aside = later.place / "newest"
    for file, made in later.than(backup):
        try:
            private_folder(aside)
            with opened_backup(file, later.identity, aside) as newest:
                return _person(newest, name), made
        except StaffbaseError:
            continue  # damaged: the one before it knows less, and is the newest that can be asked
    return _person(backup, name), ""


def _person(backup: OpenedBackup, name: str) -> _Found | None:
    """Who works there under this name; read column by column, also from an older schema."""
    engine = sqlcipher_engine(backup.database, backup.key, guarded={})
    statement = (
        "SELECT person.id, name, role, hash, one_time"
        " FROM person LEFT JOIN pin ON pin.id = person.id WHERE left_at IS NULL"
    )
    try:
        with in_words(), engine.connect() as connection:
            rows = connection.execute(text(statement))
            found = next((row for row in rows if row.name.casefold() == name.casefold()), None)
            if found is None:
                return None
            proved = found.hash is not None and inspect(connection).has_table(PinGiven.__tablename__)
            if proved and not as_given(connection, backup.seal, found.id, found.hash, one_time=bool(found.one_time)):
                raise refused(found.name)
    finally:
        engine.dispose()
    return found.id, found.name, found.role, found.hash


_really_until: dict[tuple[Path, str], float] = {}
"""Until when each must wait, on the clock that nobody can set; a restart forgets it, and the wall clock then counts alone."""


class _Tries:
    """Tries at this station for one person, or for all names that nobody has; counted before they are made.

    They wait as at the door (people.pins.Tries): until the wall clock says so and as long has really passed, and no longer
    than the wait itself where the clock was set back.
    """

    def __init__(self, home: Path, clock: Clock, person: str) -> None:
        self._file, self._clock, self._person = home / TRIES_FILE, clock, person
        self._all = _read(self._file)
        told = self._all.get(person, (0, None))
        self._failures, self._until = told[0], datetime.fromisoformat(told[1]) if told[1] else None

    def begin(self) -> None:
        now, real = self._clock.now(), (self._file, self._person)
        left = still_blocked(self._until, self._failures, now)
        if not left and wait_after(self._failures):
            left = max(0, math.ceil(_really_until.get(real, 0.0) - self._clock.monotonic()))
        if left:
            if self._until is not None and self._until > now + timedelta(seconds=left):
                self._count(now + timedelta(seconds=left))  # the clock was set back
            raise _wait(left)
        self._failures += 1
        wait = wait_after(self._failures)
        _really_until[real] = self._clock.monotonic() + wait
        self._count(now + timedelta(seconds=wait) if wait else None)

    def _count(self, until: datetime | None) -> None:
        self._all[self._person] = (self._failures, until.isoformat() if until else None)
        write_private(self._file, json.dumps(self._all).encode())

    def failed(self, made: str) -> WrongPin:
        wait = wait_after(self._failures)
        if wait:
            return _wait(wait)
        if made:
            said = _("Name or PIN is wrong by the newest backup, of %(made)s; it is asked whichever one is used.")
            return WrongPin(said % {"made": made})
        return WrongPin(_("Name or PIN is wrong. Try again."))

    def forget(self) -> None:
        """The person's own wrong ones; nobody's right PIN forgets another's."""
        del self._all[self._person]
        write_private(self._file, json.dumps(self._all).encode())


def _read(file: Path) -> dict[str, tuple[int, str | None]]:
    try:
        told = json.loads(file.read_bytes())
        return {str(person): (int(failures), until and str(until)) for person, (failures, until) in told.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}  # whoever can write into it has the data folder, and needs no PIN to restore another one elsewhere


def _wait(seconds: int) -> WrongPin:
    said = _("Too many wrong PINs. Wait %(wait)s, or use the recovery identity.") % {"wait": how_long(seconds)}
    return WrongPin(said, seconds)

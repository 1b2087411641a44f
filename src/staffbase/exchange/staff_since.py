"""Who left after a backup was taken, and whose role or PIN was changed: carried over into it before it becomes the station.

It is read from the database that is about to be replaced, as far as its ledger goes beyond what both have in common.
Where there is none, or it cannot be read any more, nobody here can know, and that is said: a PIN of then would let in
whoever was dismissed since.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col
from sqlmodel import select as select_rows

from staffbase.exchange.erased_again import brought_on
from staffbase.kernel.access import STATION_ITSELF, Role
from staffbase.kernel.clock import Clock
from staffbase.kernel.database import Reading, sqlcipher_engine
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.ledger import Ledger, Seal
from staffbase.kernel.station_key import StationKey
from staffbase.people.given_pins import as_given
from staffbase.people.model import Person, Pin, PinGiven
from staffbase.people.pins import set_pin_in
from staffbase.people.service import give_role_in, leave_in
from staffbase.residents.model import House

CARRIED = "restore.staff"
"""The ledger's action for it."""

_PERSON: Any = Person.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_PIN: Any = Pin.__table__  # type: ignore[attr-defined]
_LEDGER: Any = Ledger.__table__  # type: ignore[attr-defined]
_STAFF = select(
    _PERSON.c.id, _PERSON.c.role, _PERSON.c.left_at, _PIN.c.hash, _PIN.c.one_time
).select_from(_PERSON.outerjoin(_PIN, _PIN.c.id == _PERSON.c.id))  # fmt: skip
"""Column by column: either may have an older schema."""
_CHANGED = text(
    "SELECT DISTINCT json_extract(value, '$[1]') FROM ledger, json_each(items)"
    " WHERE seq > :since AND json_extract(value, '$[0]') = 'person'"
)
_PINS_CHANGED = text(
    "SELECT action, actor_id FROM ledger WHERE seq > :since"
    f" AND action IN ('person.change_pin', 'person.issue_pin', '{CARRIED}')"
)


@dataclass(frozen=True)
class StaffChanges:
    """What the present staff list knows better than that of a backup, by the person's key."""

    left: Mapping[int, datetime] = field(default_factory=dict)
    roles: Mapping[int, Role] = field(default_factory=dict)
    pins: Mapping[int, tuple[str, bool]] = field(default_factory=dict)
    """The hash, and whether it is a one-time PIN."""

    def __bool__(self) -> bool:
        return bool(self.left or self.roles or self.pins)

    def without(self, person_id: int) -> "StaffChanges":
        """The same, with this person left as they are in the backup but for the PIN."""
        left = {key: at for key, at in self.left.items() if key != person_id}
        return replace(self, left=left, roles={key: role for key, role in self.roles.items() if key != person_id})


@dataclass(frozen=True)
class Carried:
    """What was carried over, by the names of those it is about."""

    left: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    kept: str = ""
    """Who stays a leader, as in the backup, because nobody else could sign in as one."""

    def in_words(self, *, names: bool) -> list[str]:
        """A sentence each; `names` only for whoever may read them."""
        said = []
        if self.left:
            told = ngettext(
                "%(count)d person who left since the backup stays out",
                "%(count)d people who left since the backup stay out",
                len(self.left),
            )
            said.append(_sentence(told, self.left, names=names))
        if self.roles:
            told = ngettext(
                "%(count)d role that was changed since the backup is the one of today",
                "%(count)d roles that were changed since the backup are those of today",
                len(self.roles),
            )
            said.append(_sentence(told, self.roles, names=names))
        if self.pins:
            told = ngettext(
                "%(count)d PIN that was changed since the backup is the one of today",
                "%(count)d PINs that were changed since the backup are those of today",
                len(self.pins),
            )
            said.append(_sentence(told, self.pins, names=names))
        if self.kept:
            told = _("One person stays leader, against the staff list of today, as nobody else could sign in as one")
            said.append(_sentence(told, (self.kept,), names=names))
            said.append(_("Look through the staff list (0)."))
        return said


def _sentence(told: str, names_told: Sequence[str], *, names: bool) -> str:
    counted = told % {"count": len(names_told)}
    return f"{counted}: {', '.join(names_told)}." if names else f"{counted}."


def changes_since(present: Path, key: StationKey, restored: Path, restored_key: bytes) -> StaffChanges | None:
    """What the database that stands knows better than the restored one; None where it cannot be read, and nobody can know."""
    if not present.exists():
        return None
    try:
        with _reading(present, key.database) as now, _reading(restored, restored_key) as then:
            return _changes(now, then, Seal.from_root(key.ledger))
    except DBAPIError:
        return None


@contextmanager
def _reading(file: Path, key: bytes) -> Iterator[Connection]:
    engine = sqlcipher_engine(file, key, guarded={})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _changes(now: Connection, then: Connection, seal: Seal) -> StaffChanges:
    common = _last_common_row(now, then)
    ahead = _last_row(then) > common
    changed = set(now.execute(_CHANGED, {"since": common}).scalars())
    pins = now.execute(_PINS_CHANGED, {"since": common}).all()
    own = {person_id for action, person_id in pins if action == "person.change_pin"}
    # who gave out a PIN stands in the ledger, and not whose it is
    any_of_them = not ahead or any(action != "person.change_pin" for action, _person_id in pins)
    known = {row.id: row for row in now.execute(_STAFF)}
    proved = inspect(now).has_table(PinGiven.__tablename__)
    left: dict[int, datetime] = {}
    roles: dict[int, Role] = {}
    given: dict[int, tuple[str, bool]] = {}
    for row in then.execute(_STAFF):
        today = known.get(row.id)
        if today is None or row.left_at is not None:
            continue
        if today.left_at is not None:
            left[row.id] = today.left_at
            continue
        if today.role != row.role and row.id in changed:
            roles[row.id] = Role(today.role)
        if today.hash is None or today.hash == row.hash or not (any_of_them or row.id in own):
            continue
        if not proved or as_given(now, seal, row.id, today.hash, one_time=today.one_time):
            given[row.id] = (today.hash, today.one_time)  # one that was put in from outside is nobody's
    return StaffChanges(left, roles, given)


def _last_row(connection: Connection) -> int:
    return int(connection.execute(select(func.max(_LEDGER.c.seq))).scalar() or 0)


def _last_common_row(now: Connection, then: Connection) -> int:
    """Up to which row both ledgers are one: a backup may be of a line that an earlier restoring left behind."""

    def link(connection: Connection, seq: int) -> Any:
        return connection.execute(select(_LEDGER.c.hash).where(_LEDGER.c.seq == seq)).scalar()

    same, other = 0, min(_last_row(now), _last_row(then)) + 1
    while other - same > 1:
        middle = (same + other) // 2
        if link(now, middle) == link(then, middle):
            same = middle
        else:
            other = middle
    return same


def carry_over(restored: Path, key: StationKey, changes: StaffChanges, clock: Clock, station: str) -> Carried:
    """Make these changes in the restored database, in one transaction that its ledger names.

    Where no leader who can sign in would be left, one stays as in the backup: who still works here, else who left last.
    """
    if not changes:
        return Carried()
    with (
        brought_on(restored, key, clock, station) as database,
        database.write(STATION_ITSELF, CARRIED, opening=True) as tx,
    ):
        house_id = tx.first(select_rows(House.id)) or 0
        kept = _needed_leader(tx, changes)
        if kept is not None:
            changes = changes.without(kept.id)
        for person_id, at in changes.left.items():
            leave_in(tx, house_id, tx.get(Person, person_id), at)
        for person_id, role in changes.roles.items():
            give_role_in(tx, house_id, tx.get(Person, person_id), role)
        for person_id, (hashed, one_time) in changes.pins.items():
            set_pin_in(tx, person_id, hashed, one_time=one_time)
        names = {person.id: person.name for person in tx.all(select_rows(Person))}

    def named(some: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted(names[one] for one in some))

    stays = kept.name if kept is not None else ""
    return Carried(named(changes.left), named(changes.roles), named(changes.pins), stays)


def _needed_leader(tx: Reading, changes: StaffChanges) -> Person | None:
    """The leader of the backup without whom nobody could sign in as one after these changes; None where somebody could."""
    with_pin = {*tx.all(select_rows(Pin.id)), *changes.pins}
    people = [one for one in tx.all(select_rows(Person).where(col(Person.left_at).is_(None))) if one.id in with_pin]
    if any(one.id not in changes.left and changes.roles.get(one.id, one.role) is Role.LEADER for one in people):
        return None
    long_ago = datetime.min.replace(tzinfo=UTC)
    leaders = [one for one in people if one.role is Role.LEADER]
    return max(
        leaders,
        key=lambda one: (one.id not in changes.left, changes.left.get(one.id, long_ago)),
        default=None,
    )


__all__ = ["CARRIED", "Carried", "StaffChanges", "carry_over", "changes_since"]

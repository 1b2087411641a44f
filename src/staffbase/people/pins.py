"""PINs: hashed with argon2id over a peppered digest, tried at most a few times, kept where a restart changes nothing."""

import hashlib
import hmac
import math
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import col, select

from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.database import Database, Reading, Writing
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, WrongPin
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.ledger import Seal
from staffbase.people.given_pins import as_given, note_given_in
from staffbase.people.model import Person, Pin
from staffbase.people.rules import PIN_DIGITS, check_pin, still_blocked, wait_after

_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 2
"""What one try costs: 64 MiB and about a tenth of a second on two cores."""
_QUICK_MEMORY_KIB, _QUICK_PASSES, _QUICK_LANES = 256, 1, 1


def _peppered(seal: Seal, pin: str) -> bytes:
    """The pepper comes from the database key, so that a hash alone tells nothing, however short the PIN."""
    return hmac.digest(seal.derive(b"pin 1"), pin.encode("utf-8", "replace"), hashlib.sha256)


def hash_pin(seal: Seal, pin: str, *, quick: bool = False) -> str:
    """The PIN as it may be stored; the cost stands in the hash. Takes a tenth of a second: never inside a transaction.

    `quick` is for the demo's invented staff, whose PINs stand on its sign-in screen and protect nothing.
    """
    from argon2.low_level import Type, hash_secret  # noqa: PLC0415  (loaded while the PIN is typed)

    memory, passes, lanes = (
        (_QUICK_MEMORY_KIB, _QUICK_PASSES, _QUICK_LANES) if quick else (_MEMORY_KIB, _PASSES, _LANES)
    )
    return hash_secret(
        _peppered(seal, pin), secrets.token_bytes(16), time_cost=passes, memory_cost=memory, parallelism=lanes,
        hash_len=32, type=Type.ID,
    ).decode()  # fmt: skip


def pin_fits(seal: Seal, hashed: str | None, pin: str) -> bool:
    """Whether the PIN belongs to the hash. Takes as long when there is no hash: a stranger learns nothing by waiting."""
    from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415
    from argon2.low_level import Type, verify_secret  # noqa: PLC0415

    if hashed is None:
        hash_pin(seal, pin)
        return False
    try:
        return bool(verify_secret(hashed.encode(), _peppered(seal, pin), Type.ID))
    except VerifyMismatchError:
        return False


def new_pin() -> str:
    """A random PIN that may be used."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _digit in range(PIN_DIGITS))
        try:
            return check_pin(pin)
        except Invalid:
            continue


@dataclass(frozen=True)
class Tried:
    """A try that is allowed: what the PIN is held against."""

    person: Person | None
    hash: str | None
    one_time: bool
    given: bool = True
    """Whether the ledger knows that the person was given it."""


class Tries:
    """Counts tries before they are made, so that neither a second window nor a killed program gives free ones.

    On a disk that cannot be written tries are counted in memory: somebody must get in to the numbers even then.
    A wait ends when the wall clock says so *and* as many seconds have really passed since it began here, so that setting
    the computer's clock forward ends none. Only a restart forgets what really passed; the wall clock then counts alone.
    """

    def __init__(self, database: Database, house_id: int) -> None:
        self._database = database
        self._house_id = house_id
        self._unwritten: dict[int, tuple[int, datetime | None]] = {}
        self._until: dict[int, float] = {}
        """Until when each must wait, on the clock that nobody can set."""
        self._lock = threading.Lock()

    def begin(self, person_id: int) -> Tried:
        """Count one try. Raises WrongPin while the person must wait."""
        try:
            with self._database.write(STATION_ITSELF, "pin.try") as tx:
                person, pin = tx.find(Person, person_id), tx.find(Pin, person_id)
                if person is None or pin is None:
                    return Tried(person, None, one_time=False)
                left = still_blocked(pin.blocked_until, pin.failures, tx.now) or self._really_left(
                    person_id, pin.failures
                )
                if left == 0:
                    pin.failures += 1
                    wait = wait_after(pin.failures)
                    pin.blocked_until = tx.now + timedelta(seconds=wait) if wait else None
                    self._until[person_id] = self._database.clock.monotonic() + wait
                elif pin.blocked_until is not None and pin.blocked_until > tx.now + timedelta(seconds=left):
                    pin.blocked_until = tx.now + timedelta(seconds=left)  # the clock was set back
                tried = self._tried(tx, person, pin)
        except DatabaseUnavailable:
            tried, left = self._begin_unwritten(person_id)
        if left:
            raise self.refused(person_id, left)
        return tried

    def _really_left(self, person_id: int, failures: int) -> int:
        """Seconds that have not passed yet, whatever the wall clock says; 0 for whom all wrong ones were forgotten."""
        if not wait_after(failures):
            return 0
        return max(0, math.ceil(self._until.get(person_id, 0.0) - self._database.clock.monotonic()))

    def _begin_unwritten(self, person_id: int) -> tuple[Tried, int]:
        with self._database.read() as tx:
            person, pin = tx.find(Person, person_id), tx.find(Pin, person_id)
            if person is None or pin is None:
                return Tried(person, None, one_time=False), 0
            tried = self._tried(tx, person, pin)
        now = self._database.clock.now()
        with self._lock:
            failures, until = self._unwritten.get(person_id, (pin.failures, pin.blocked_until))
            left = still_blocked(until, failures, now) or self._really_left(person_id, failures)
            if left == 0:
                wait = wait_after(failures + 1)
                self._until[person_id] = self._database.clock.monotonic() + wait
                self._unwritten[person_id] = (failures + 1, now + timedelta(seconds=wait) if wait else None)
        return tried, left

    def _tried(self, tx: Reading, person: Person, pin: Pin) -> Tried:
        given = as_given(tx.session.connection(), self._database.seal, person.id, pin.hash, one_time=pin.one_time)
        return Tried(person, pin.hash, pin.one_time, given)

    def succeeded(self, actor: Actor, *, signed_in: bool) -> None:
        """The PIN was right: forget the wrong ones, and write in the ledger that the person signed in."""
        with self._lock:
            self._unwritten.pop(actor.person_id, None)
        try:
            with self._database.write(actor, "person.sign_in", opening=signed_in) as tx:
                pin = tx.get(Pin, actor.person_id)
                pin.failures, pin.blocked_until = 0, None
                if signed_in:
                    pin.last_sign_in = tx.now
        except DatabaseUnavailable:
            self._database.opened(actor, "person.sign_in", None)  # queued

    def failed(self, person_id: int) -> WrongPin:
        """The PIN was wrong: the error to raise. A wait that begins is written in the ledger."""
        with self._lock:
            failures = self._unwritten.get(person_id, (None, None))[0]
        with self._database.read() as tx:
            pin = tx.find(Pin, person_id)
        wait = wait_after(failures if failures is not None else pin.failures if pin else 0)
        if wait:
            self._database.opened(Actor(person_id, "", STATION_ITSELF.role), "person.pin_wait", None)
        return self.refused(person_id, wait)

    def refused(self, person_id: int, wait: int) -> WrongPin:  # noqa: ARG002  (the same sentence for everybody)
        """What the screen says: how long, and whom to ring."""
        with self._database.read() as tx:
            name, phone = on_call_in(tx, self._house_id)
        if not wait:
            return WrongPin(_("The PIN is wrong. Try again."))
        if name or phone:
            return WrongPin(
                _("Too many wrong PINs. Wait %(wait)s. If it is urgent, ring %(whom)s.")
                % {"wait": how_long(wait), "whom": " ".join(filter(None, (name, phone)))},
                wait,
            )
        return WrongPin(
            _("Too many wrong PINs. Wait %(wait)s. A leader can give you a new PIN.") % {"wait": how_long(wait)}, wait
        )


def how_long(wait: int) -> str:
    """Seconds to wait, as people say it."""
    if wait <= 90:  # noqa: PLR2004
        return ngettext("%(count)d second", "%(count)d seconds", wait) % {"count": wait}
    return ngettext("%(count)d minute", "%(count)d minutes", -(-wait // 60)) % {"count": -(-wait // 60)}


def on_call_in(tx: Reading, house_id: int) -> tuple[str, str]:
    """Whom to ring: the house's on-call name and number, else a leader who still works here and has a number."""
    house = text("SELECT oncall_name, oncall_phone FROM house WHERE id = :house")  # its model belongs upstairs
    found = tx.run(house, {"house": house_id}).mappings().first()
    if found is not None and found["oncall_phone"]:
        return str(found["oncall_name"]), str(found["oncall_phone"])
    leader = tx.first(
        select(Person.name, Person.phone)
        .where(Person.role == Role.LEADER, col(Person.left_at).is_(None), Person.phone != "")
        .order_by(col(Person.id))
    )
    return leader or ("", "")


def set_pin_in(tx: Writing, person_id: int, pin_hash: str, *, one_time: bool) -> None:
    """Give the person this PIN and forget all wrong tries."""
    pin = tx.find(Pin, person_id)
    if pin is None:
        pin = tx.add(Pin(id=person_id, hash=pin_hash, one_time=one_time))
    else:
        pin.hash, pin.one_time, pin.failures, pin.blocked_until = pin_hash, one_time, 0, None
    note_given_in(tx, pin)

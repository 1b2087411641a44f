"""PINs as they were given: what stands in `pin` changes with each try and is in no ledger; that it was given is, and proves it.

A hash that was put in from outside, or an older one that was put back, lets nobody in and is named by `verify`. Whoever
can write into the database without the ledger's key (on PostgreSQL its server's administrator) makes no proof of another
PIN. An older proof put back with its PIN, or all proofs and the ledger's row about them taken away, lets in at the door:
that changes rows the ledger knows, and `verify` names it.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import select as select_rows

from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.as_stored import pages
from staffbase.kernel.chain import Fault, What
from staffbase.kernel.database import Database, Writing
from staffbase.kernel.errors import DatabaseUnavailable, NotAllowed
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Ledger, Seal, canonical
from staffbase.people.model import Person, Pin, PinGiven

PINS_NAMED = "pins.named"
"""The ledger's action for the row that names the PINs from before schema 0008; there is one in each station."""

_PERSON: Any = Person.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_PIN: Any = Pin.__table__  # type: ignore[attr-defined]
_GIVEN: Any = PinGiven.__table__  # type: ignore[attr-defined]
_LEDGER: Any = Ledger.__table__  # type: ignore[attr-defined]
_NEWEST = select(_GIVEN.c.proof).order_by(_GIVEN.c.id.desc()).limit(1)
_NAMED = select(_LEDGER.c.seq).where(_LEDGER.c.action == PINS_NAMED).limit(1)


def note_given_in(tx: Writing, pin: Pin) -> None:
    """Let the ledger know that this person was given, or chose, this PIN."""
    tx.add(PinGiven(person_id=pin.id, proof=_proof(tx.seal, pin.id, pin.hash, one_time=pin.one_time)))


def as_given(connection: Connection, seal: Seal, person_id: int, hashed: str, *, one_time: bool) -> bool:
    """Whether this is the PIN the person was given last. True for one from before schema 0008 until `name_older` has been by."""
    newest = connection.execute(_NEWEST.where(_GIVEN.c.person_id == person_id)).scalar()
    if newest is None:
        return connection.execute(_NAMED).scalar() is None
    return hmac.compare_digest(newest, _proof(seal, person_id, hashed, one_time=one_time))


def name_older(database: Database) -> None:
    """Once in a station's life, at opening: take what stands in `pin` without a proof as it was given before schema 0008.

    Where that cannot be written it is done at the next opening.
    """
    with database.read() as tx:
        if tx.run(_NAMED).scalar() is not None:
            return
    with suppress(DatabaseUnavailable), database.write(STATION_ITSELF, PINS_NAMED, opening=True) as tx:
        proved = set(tx.all(select_rows(PinGiven.person_id)))
        for pin in tx.all(select_rows(Pin)):
            if pin.id not in proved:
                note_given_in(tx, pin)


def refused(name: str) -> NotAllowed:
    """What is said to whoever comes with a PIN that was not given."""
    told = _("%(name)s's PIN was changed outside staffbase and lets nobody in. Tell a leader, who gives out a new one.")
    return NotAllowed(told % {"name": name})


def not_as_given(connection: Connection, seal: Seal) -> Iterator[Fault]:
    """The PINs that are not as they were given, or are gone though the person still works here. The key is the person's."""
    works_here = set(connection.execute(select(_PERSON.c.id).where(_PERSON.c.left_at.is_(None))).scalars())
    missing = works_here & set(connection.execute(select(_GIVEN.c.person_id).distinct()).scalars())
    for page in pages(connection, _PIN, (_PIN.c.id,)):
        for row in page:
            missing.discard(row["id"])
            if row["id"] not in works_here:
                continue  # lets nobody in: the ledger knows who left
            if len(row) == 1 or not as_given(connection, seal, row["id"], row["hash"], one_time=row["one_time"]):
                yield Fault(What.NOT_GIVEN, _PIN.name, row["id"], 0)
    yield from (Fault(What.NOT_GIVEN, _PIN.name, person_id, 0) for person_id in sorted(missing))


def _proof(seal: Seal, person_id: int, hashed: str, *, one_time: bool) -> bytes:
    """Only this station can make it, and of no other person's PIN."""
    return hmac.digest(seal.derive(b"pin given 1"), canonical((person_id, hashed, one_time)), hashlib.sha256)

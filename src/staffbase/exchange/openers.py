"""Who can open the station: the identities behind its key, and the key itself. The ledger says who changed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, or_, select

from staffbase.kernel.access import Actor, Permission, Role, allowed
from staffbase.kernel.database import Database, Reading
from staffbase.kernel.i18n import _
from staffbase.kernel.identities import IdentityStore
from staffbase.kernel.key import new_identity, public_of, station_card
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.recipients import (
    add_recipient,
    new_recipient,
    removable,
    remove_recipient,
    replace_recovery,
    replace_station,
)
from staffbase.kernel.typed import typed_line
from staffbase.kernel.verified import begun_in
from staffbase.people.model import Person

REKEYED = "key.changed"
"""The ledger's action when the database has a new key."""
TAKEN_OVER = "station.take_over"
_LATELY = timedelta(days=90)
_TOLD = 12
"""Characters of a public key that the ledger's action tells."""
_CHANGES = (
    select(Ledger.action, Ledger.at)
    .where(or_(col(Ledger.action).startswith("opener."), Ledger.action == TAKEN_OVER))
    .order_by(col(Ledger.seq))
)


@dataclass(frozen=True)
class Opener:
    """One public key that opens the station, and what it is called."""

    public: str
    name: str
    since: datetime | None = None
    """When it was added; None where nobody wrote it down."""


@dataclass(frozen=True)
class Leaver:
    """Somebody who stopped working here, and whether what they might have copied still opens anything new."""

    name: str
    role: Role
    left_at: datetime
    was_leader: bool
    """Could change who opens the station, at some time since the key was last changed before they left."""
    rekeyed_at: datetime | None
    """When the database got a new key after that."""


class Openers:
    """The identities of one station."""

    def __init__(
        self, database: Database, home: Path, identities: IdentityStore, passphrase: str | None = None
    ) -> None:
        self.database = database
        self.home = home
        self._identities = identities
        self._passphrase = passphrase

    @allowed(Permission.OPENERS)
    def all(self, actor: Actor) -> list[Opener]:  # noqa: ARG002  (the permission is the actor's)
        """Every identity that opens the station."""
        card = station_card(self.home)
        with self.database.read() as tx:
            begun = begun_in(tx)
            changes = dict(tx.all(_CHANGES))
        taken_over = changes.get(TAKEN_OVER, begun)
        station, recovery = card.station_recipient, card.recovery_recipient
        return [
            Opener(station, _("this station"), changes.get(f"opener.new_station.{_told(station)}", taken_over)),
            Opener(
                recovery,
                _("recovery identity, in the safe"),
                changes.get(f"opener.new_recovery.{_told(recovery)}", begun),
            ),
            *(Opener(public, name, changes.get(f"opener.add.{_told(public)}")) for public, name in card.others),
        ]

    @allowed(Permission.OPENERS)
    def leavers(self, actor: Actor) -> list[Leaver]:  # noqa: ARG002
        """Who left in the last 90 days, the last one first."""
        with self.database.read() as tx:
            left = select(Person).where(col(Person.left_at) >= self.database.clock.now() - _LATELY)
            people = tx.all(left.order_by(col(Person.left_at).desc()))
            rekeyed = tx.all(select(Ledger.at).where(Ledger.action == REKEYED).order_by(col(Ledger.seq)))
            return [self._leaver(tx, person, rekeyed) for person in people]

    @staticmethod
    def _leaver(tx: Reading, person: Person, rekeyed: Sequence[datetime]) -> Leaver:
        left = person.left_at
        assert left is not None  # noqa: S101  (it was asked for)
        before = [at for at in rekeyed if at <= left]
        acted = select(Ledger.seq).where(Ledger.actor_id == person.id, Ledger.role == str(Role.LEADER))
        if before:
            acted = acted.where(col(Ledger.at) > before[-1])
        was_leader = person.role is Role.LEADER or tx.first(acted.limit(1)) is not None
        return Leaver(person.name, person.role, left, was_leader, next((at for at in rekeyed if at > left), None))

    # what follows stands in the ledger first and is in force then: where it cannot be written nothing is changed, and
    # nothing is queued, as a program that ends meanwhile would forget it

    @allowed(Permission.OPENERS)
    def add(self, actor: Actor, public: str, name: str) -> None:
        """Let one more open it. Raises Invalid, DatabaseUnavailable."""
        name, public = typed_line(name, "name", limit=60), new_recipient(self.home, public)
        self._note(actor, f"opener.add.{_told(public)}")
        add_recipient(self.home, self._identities, public, name, self._passphrase)

    @allowed(Permission.OPENERS)
    def remove(self, actor: Actor, public: str) -> None:
        """Take that away again. Raises Invalid, DatabaseUnavailable."""
        removable(self.home, public)
        self._note(actor, f"opener.remove.{_told(public)}")
        remove_recipient(self.home, self._identities, public, self._passphrase)

    @allowed(Permission.OPENERS)
    def new_recovery(self, actor: Actor, shown: str) -> None:
        """The recovery identity that was `shown` before is the one from now on; the old one opens nothing new.

        It is made with `new_identity`, and is on paper before anything is changed. Raises DatabaseUnavailable, DatabaseDamaged, OSError where the key cannot
        be written (the old one opens it still), and as `open_key` does.
        """
        self._note(actor, f"opener.new_recovery.{_told(public_of(shown))}")
        replace_recovery(self.home, self._identities, shown, self._passphrase)

    @allowed(Permission.OPENERS)
    def new_station(self, actor: Actor) -> None:
        """A new identity for this machine; whoever copied the old one opens nothing new. Raises DatabaseUnavailable."""
        identity = new_identity()
        self._note(actor, f"opener.new_station.{_told(public_of(identity))}")
        replace_station(self.home, self._identities, identity, self._passphrase)

    @allowed(Permission.OPENERS)
    def about_to_rekey(self, actor: Actor) -> None:
        """Write down who changes the database key, before the database is closed for it. Raises DatabaseUnavailable."""
        self._note(actor, "key.change")

    @allowed(Permission.OPENERS)
    def rekeyed(self, actor: Actor) -> None:
        """Write down that it has a new key, when it was opened with that."""
        self.database.opened(actor, REKEYED, None)

    def _note(self, actor: Actor, action: str) -> None:
        with self.database.write(actor, action, opening=True):
            pass


def _told(public: str) -> str:
    """The beginning of a public key, which is no secret: the ledger's action tells which one was changed."""
    return public.strip().removeprefix("age1")[:_TOLD]

"""Who can open the station: the identities behind its key, and the key itself. The ledger says who changed it."""

from dataclasses import dataclass
from pathlib import Path

from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database
from staffbase.kernel.i18n import _
from staffbase.kernel.identities import IdentityStore
from staffbase.kernel.key import new_recovery_identity, station_card
from staffbase.kernel.recipients import add_recipient, remove_recipient, replace_recovery, replace_station
from staffbase.kernel.typed import typed_line


@dataclass(frozen=True)
class Opener:
    """One public key that opens the station, and what it is called."""

    public: str
    name: str


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
        return [
            Opener(card.station_recipient, _("this station")),
            Opener(card.recovery_recipient, _("recovery identity, in the safe")),
            *(Opener(public, name) for public, name in card.others),
        ]

    @allowed(Permission.OPENERS)
    def add(self, actor: Actor, public: str, name: str) -> None:
        """Let one more open it. Raises Invalid."""
        add_recipient(self.home, self._identities, public, typed_line(name, "name", limit=60), self._passphrase)
        self.database.opened(actor, "opener.add", None)

    @allowed(Permission.OPENERS)
    def remove(self, actor: Actor, public: str) -> None:
        """Take that away again. Raises Invalid."""
        remove_recipient(self.home, self._identities, public, self._passphrase)
        self.database.opened(actor, "opener.remove", None)

    @allowed(Permission.OPENERS)
    def new_recovery(self, actor: Actor) -> str:
        """A new recovery identity, which is returned once and kept nowhere here; the old one opens nothing new."""
        identity = new_recovery_identity()
        replace_recovery(self.home, self._identities, identity, self._passphrase)
        self.database.opened(actor, "opener.new_recovery", None)
        return identity

    @allowed(Permission.OPENERS)
    def new_station(self, actor: Actor) -> None:
        """A new identity for this machine; whoever copied the old one opens nothing new."""
        replace_station(self.home, self._identities, self._passphrase)
        self.database.opened(actor, "opener.new_station", None)

    @allowed(Permission.OPENERS)
    def about_to_rekey(self, actor: Actor) -> None:
        """Write down who changes the database key, before the database is closed for it."""
        self.database.opened(actor, "key.change", None)

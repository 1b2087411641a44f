"""The way back from damage: which backups are at hand, who may put one back, and the station opened from it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.settings import Settings

if TYPE_CHECKING:
    from staffbase.exchange.cards import CardsInBackup
    from staffbase.exchange.found_backups import FoundBackup
    from staffbase.exchange.restored import Restored
    from staffbase.kernel.access import Role
    from staffbase.kernel.clock import Clock
    from staffbase.kernel.identities import IdentityStore
    from staffbase.station import Station


class WayBack:
    """Each is called in a thread, and raises one sentence where it leads nowhere."""

    def __init__(self, settings: Settings, clock: "Clock", identities: "IdentityStore", passphrase: str | None) -> None:
        self.settings = settings
        self.clock = clock
        self._identities = identities
        self._passphrase = passphrase

    def at_hand(self) -> "list[FoundBackup]":
        """The backups that are there, newest first; not looked over yet."""
        from staffbase.exchange.found_backups import backups_at_hand  # noqa: PLC0415  (knows the database)

        return backups_at_hand(self.settings)

    def chosen(self, file: Path) -> "FoundBackup":
        """One that somebody names, on a stick or another drive."""
        from staffbase.exchange.found_backups import FoundBackup  # noqa: PLC0415

        return FoundBackup(file.expanduser(), None)

    def opens_by_itself(self) -> bool:
        """Whether this machine's own identity and key are as they should be: then a leader's PIN is enough."""
        from staffbase.kernel.key import open_key  # noqa: PLC0415

        try:
            open_key(self.settings.home, self._identities, self._passphrase)
        except StaffbaseError:
            return False
        return True

    def look(self, found: "FoundBackup", recovery_identity: str = "") -> "FoundBackup":
        """What this backup is worth, opened with the station's own identity or with the one from the safe."""
        from staffbase.exchange.found_backups import Worth, looked_over  # noqa: PLC0415
        from staffbase.kernel.key import own_identity  # noqa: PLC0415

        home = self.settings.home
        try:
            identity = recovery_identity or own_identity(home, self._identities, self._passphrase)
        except StaffbaseError as error:
            return replace(found, worth=Worth.CLOSED, sentence=str(error))
        return looked_over(found, identity, home)

    def put_back(self, file: Path, *, name: str = "", pin: str = "", recovery_identity: str = "") -> "Restored":
        """Make the station of this backup, for a leader whom it knows or with the recovery identity."""
        from staffbase.exchange.authority import KnownInBackup  # noqa: PLC0415
        from staffbase.exchange.backup_folder import folder_of  # noqa: PLC0415
        from staffbase.exchange.restore import restore  # noqa: PLC0415

        leader = None if recovery_identity else KnownInBackup(name, pin)
        return restore(
            self.settings.home, self.clock, file, self._identities, recovery_identity or None,
            overwrite=True, passphrase=self._passphrase, leader=leader,
            backups=folder_of(self.settings),
        )  # fmt: skip

    def cards(self, file: Path, name: str, pin: str) -> "CardsInBackup":
        """The crisis cards in this backup, for somebody on shift."""
        from staffbase.exchange.cards import cards_in  # noqa: PLC0415

        return cards_in(file, name, pin, self.settings, self.clock, self._identities, self._passphrase)

    def note_opening(self, person_id: int, role: "Role", resident_id: int) -> bool:
        """Keep that a card was read until there is a ledger again."""
        from staffbase.exchange.cards import note_opening  # noqa: PLC0415

        return note_opening(self.settings.home, person_id, role, resident_id, self.clock.now())

    def open(self) -> "Station":
        """The restored station."""
        from staffbase.station import open_station  # noqa: PLC0415

        return open_station(self.settings, self.clock, self._identities, self._passphrase)

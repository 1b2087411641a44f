"""Opens the station for the app, and says which screen asks for what is missing: set-up, passphrase, recovery identity."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from staffbase.app import StaffbaseApp
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import (
    DatabaseDamaged,
    IdentityMissing,
    KeyMissing,
    NoStation,
    PassphraseNeeded,
    PassphraseUnset,
    StaffbaseError,
)
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings
from staffbase.opening import Opened

if TYPE_CHECKING:
    from textual.screen import Screen

    from staffbase.kernel.key import IdentityStore
    from staffbase.new_station import SetUp
    from staffbase.start.way_back import WayBack
    from staffbase.station import Station


def station_app(settings: Settings, clock: Clock, identities: "IdentityStore | None" = None) -> StaffbaseApp:
    """The app on the station in the data folder; it asks for what is missing."""
    way_in = WayIn(settings, clock, identities)
    return StaffbaseApp(settings, clock, way_in.open, way_in.screen_for)


class WayIn:
    """The ways to an open station. Each is called in a thread, and raises one sentence where it does not lead there."""

    def __init__(self, settings: Settings, clock: Clock, identities: "IdentityStore | None" = None) -> None:
        self.settings = settings
        self.clock = clock
        self._identities = identities
        self._passphrase: str | None = None

    @property
    def identities(self) -> "IdentityStore":
        """Where this machine keeps stations' identities."""
        from staffbase.kernel.key import SystemIdentities  # noqa: PLC0415  (as below: after the first paint)

        return self._identities or SystemIdentities()

    def screen_for(self, error: StaffbaseError) -> "Screen[Opened] | None":
        """The screen that asks for what was missing; None where nothing can be asked. Raises where set-up cannot be."""
        from staffbase.start import dialogs  # noqa: PLC0415
        from staffbase.start.screen import SetUpScreen  # noqa: PLC0415  (it knows the station)

        if isinstance(error, NoStation):
            from staffbase.kernel.creation import check_place  # noqa: PLC0415

            check_place(self.settings.home, self.identities)
            return SetUpScreen(self)
        if isinstance(error, PassphraseNeeded):
            return dialogs.PassphraseScreen(self)
        if isinstance(error, PassphraseUnset):
            return dialogs.ChoosePassphraseScreen(self)
        if isinstance(error, IdentityMissing):
            return dialogs.RecoveryScreen(self)
        return self.damage(error)

    def damage(self, error: StaffbaseError) -> "Screen[Opened] | None":
        """The screen that offers the backups, where something in the data folder is damaged; None where nothing is."""
        lost = type(error) is KeyMissing and not self._key_file_there()
        if self.settings.database_url or not (lost or isinstance(error, DatabaseDamaged)):
            return None
        from staffbase.start.damaged_screen import DamagedScreen  # noqa: PLC0415

        return DamagedScreen(self, error)

    def _key_file_there(self) -> bool:
        from staffbase.kernel.key import KEY_FILE  # noqa: PLC0415

        try:
            (self.settings.home / KEY_FILE).read_bytes()
        except OSError:
            return False
        return True

    def way_back(self) -> "WayBack":
        """From damage to the newest good backup."""
        from staffbase.start.way_back import WayBack  # noqa: PLC0415

        return WayBack(self.settings, self.clock, self.identities, self._passphrase)

    def open(self, say: Callable[[str], None]) -> Opened:
        """As the station opens by itself."""
        from staffbase.kernel.key import asks_for_passphrase  # noqa: PLC0415
        from staffbase.station import open_station  # noqa: PLC0415

        del say
        station = open_station(self.settings, self.clock, self.identities)
        if self.settings.unlock == "passphrase" and not asks_for_passphrase(self.settings.home, self.identities):
            station.close()
            raise PassphraseUnset(_("The settings want a passphrase at start, and none is chosen yet."))
        return Opened(station)

    def unlock(self, passphrase: str) -> Opened:
        """With the passphrase; where the settings say so, it is the last time it is asked for."""
        from staffbase.kernel.key import protect  # noqa: PLC0415
        from staffbase.station import open_station  # noqa: PLC0415

        self._passphrase = passphrase
        station = open_station(self.settings, self.clock, self.identities, passphrase)
        if self.settings.unlock == "auto":
            protect(self.settings.home, self.identities, None, current=passphrase)
            _log(station, "station.opens_by_itself")
        return Opened(station)

    def choose_passphrase(self, passphrase: str) -> Opened:
        """With a passphrase that is asked for at every start from now on."""
        from staffbase.kernel.key import check_passphrase, protect  # noqa: PLC0415
        from staffbase.station import open_station  # noqa: PLC0415

        protect(self.settings.home, self.identities, check_passphrase(passphrase))
        station = open_station(self.settings, self.clock, self.identities, passphrase)
        _log(station, "station.asks_passphrase")
        return Opened(station)

    def recover(self, recovery_identity: str) -> Opened:
        """A copy, with the recovery identity; this machine opens it by itself afterwards."""
        from staffbase.station import take_over_station  # noqa: PLC0415

        return Opened(take_over_station(self.settings, self.clock, recovery_identity, self.identities))

    def create(self, answers: "SetUp", recovery_identity: str) -> Opened:
        """A new station."""
        from staffbase.new_station import create_station  # noqa: PLC0415

        station, _shown = create_station(
            self.settings, self.clock, answers, self.identities, recovery_identity=recovery_identity
        )
        return Opened(station)


def _log(station: "Station", action: str) -> None:
    from staffbase.kernel.access import STATION_ITSELF  # noqa: PLC0415

    with station.database.write(STATION_ITSELF, action, opening=True):
        pass  # how the station opens is what the ledger is for, too

"""The database key, and who can open it.

One random key in `key.age` in the data folder, encrypted to the station's identity and to a recovery identity that is
shown once and kept in the municipality's safe. The station's identity lies outside the data folder, so that a copy of
the folder opens nothing. `station.toml` beside the key names the station and both public keys, for backups.

What it protects: copies of the data folder, and backups. What it does not: a stolen disk (disk encryption does that),
and it keeps no administrator of this computer out.
"""

import os
import secrets
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from staffbase.kernel.errors import DatabaseDamaged, Invalid, KeyMissing, PassphraseNeeded
from staffbase.kernel.files import private_folder, read_private, write_private
from staffbase.kernel.i18n import _

KEY_FILE = "key.age"
STATION_FILE = "station.toml"
KEY_BYTES = 32
_KEYRING_NAME = "staffbase"
_AGE_HEADER = "age-encryption.org/v1"
_NO_SLOT = "No matching keys found"
"""What age says when the file is whole and the identity is another's."""


class IdentityStore(Protocol):
    """Where stations' identities are kept; never in the data folder."""

    def load(self, station_id: str) -> str | None:
        """The identity of this station, if it is kept here."""

    def save(self, station_id: str, identity: str) -> None:
        """Keep the identity of this station."""


class FileIdentities:
    """Identities as files for their owner alone, in a folder: for the demo, for services, and where no keyring is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file_of(self, station_id: str) -> Path:
        """The file of this station's identity."""
        return self.folder / f"{station_id}.identity"

    def load(self, station_id: str) -> str | None:
        """The identity of this station, if there is one. Raises KeyExposed when others may read it."""
        try:
            return read_private(self.file_of(station_id)).decode("ascii", "replace").strip()
        except FileNotFoundError:
            return None

    def save(self, station_id: str, identity: str) -> None:
        """Keep the identity of this station."""
        private_folder(self.folder)
        write_private(self.file_of(station_id), f"{identity}\n".encode())


class SystemIdentities:
    """The computer's own place: its keyring where that opens without a question, else files in the user's settings.

    On Linux that is the file: a desktop's keyring is locked until somebody types its password, and the station must
    open by itself after a power cut at night. `STAFFBASE_IDENTITY_DIR` names another folder and leaves the keyring out.
    """

    def __init__(self) -> None:
        given = os.environ.get("STAFFBASE_IDENTITY_DIR")
        self._keyring = not given and sys.platform in ("win32", "darwin")
        if given:
            self.files = FileIdentities(Path(given))
        else:
            from platformdirs import user_config_path  # noqa: PLC0415  (only where the folder was not said)

            self.files = FileIdentities(user_config_path("staffbase", appauthor=False) / "identities")

    def load(self, station_id: str) -> str | None:
        """The identity of this station; the file is looked for first, since a keyring costs start time."""
        found = self.files.load(station_id)
        if found is None and self._keyring:
            import keyring  # noqa: PLC0415  (a fifth of the whole start)
            from keyring.errors import KeyringError  # noqa: PLC0415

            try:
                found = keyring.get_password(_KEYRING_NAME, station_id)
            except KeyringError:
                return None
        return found

    def save(self, station_id: str, identity: str) -> None:
        """Keep the identity of this station."""
        if self._keyring:
            import keyring  # noqa: PLC0415  (a fifth of the whole start)
            from keyring.errors import KeyringError  # noqa: PLC0415

            try:
                keyring.set_password(_KEYRING_NAME, station_id, identity)
            except KeyringError:
                self.files.save(station_id, identity)
            return
        self.files.save(station_id, identity)


@dataclass(frozen=True)
class NewKey:
    """A new station's key, and the recovery identity: to be shown once, and kept nowhere here."""

    database_key: bytes
    recovery_identity: str


@dataclass(frozen=True)
class StationCard:
    """What stands in the data folder about its key: the station's random name and who can open what it encrypts."""

    station_id: str
    station_recipient: str
    recovery_recipient: str


def create_key(home: Path, identities: IdentityStore, passphrase: str | None = None) -> NewKey:
    """Make a new station's key in the data folder. With a passphrase the station asks for it at every start.

    Raises Invalid when the folder has a key already, or when the identity would lie in the data folder.
    """
    from pyrage import x25519  # noqa: PLC0415  (only where a key is opened)

    if (home / KEY_FILE).exists():
        raise Invalid(_("There is a station in %(folder)s already.") % {"folder": home})
    files = getattr(identities, "files", identities)
    if isinstance(files, FileIdentities) and files.folder.resolve().is_relative_to(home.resolve()):
        raise Invalid(
            _("The station's identity must not lie in its data folder: a copy of the folder would open itself.")
        )
    private_folder(home)
    station, recovery = x25519.Identity.generate(), x25519.Identity.generate()
    card = StationCard(secrets.token_hex(8), str(station.to_public()), str(recovery.to_public()))
    database_key = secrets.token_bytes(KEY_BYTES)
    identities.save(card.station_id, _locked(str(station), passphrase))
    write_private(home / STATION_FILE, _card_text(card).encode())
    write_private(home / KEY_FILE, encrypted_to(card, database_key))  # last: with it there is a station
    return NewKey(database_key, str(recovery))


def open_key(home: Path, identities: IdentityStore, passphrase: str | None = None) -> bytes:
    """The database key, by the station's own identity.

    Raises KeyMissing when no identity on this machine opens it, PassphraseNeeded when one must be said (or another),
    KeyExposed when others may read a file that holds a key, DatabaseDamaged when the key file is not whole.
    """
    sealed = _sealed_key(home)
    identity = identities.load(station_card(home).station_id)
    if identity is None:
        raise KeyMissing(
            _("This machine has no identity that opens the station in %(folder)s. The recovery identity does.")
            % {"folder": home}
        )
    return _opened(sealed, _unlocked(identity, passphrase))


def open_with_recovery(home: Path, identity: str) -> bytes:
    """The database key, by the recovery identity from the municipality's safe. Raises as `open_key` does."""
    return _opened(_sealed_key(home), identity.strip())


def protect(home: Path, identities: IdentityStore, passphrase: str | None, current: str | None = None) -> None:
    """From now on ask for this passphrase at start, or, without one, open by itself. `current` is the one so far."""
    station_id = station_card(home).station_id
    identity = identities.load(station_id)
    if identity is None:
        raise KeyMissing(
            _("This machine has no identity that opens the station in %(folder)s. The recovery identity does.")
            % {"folder": home}
        )
    identities.save(station_id, _locked(_unlocked(identity, current), passphrase))


def asks_for_passphrase(home: Path, identities: IdentityStore) -> bool:
    """Whether this station's identity is locked with a passphrase."""
    identity = identities.load(station_card(home).station_id)
    return identity is not None and identity.startswith(_AGE_HEADER.encode().hex())


def station_card(home: Path) -> StationCard:
    """The station's name and recipients. Raises DatabaseDamaged when they cannot be read."""
    try:
        values = tomllib.loads((home / STATION_FILE).read_text(encoding="ascii"))
        return StationCard(str(values["id"]), str(values["station"]), str(values["recovery"]))
    except (OSError, ValueError, KeyError) as error:
        raise DatabaseDamaged(
            _(
                "%(file)s is missing or damaged, so the station's key cannot be found. Put it back from a copy of the folder."
            )
            % {"file": home / STATION_FILE}
        ) from error


def encrypted_to(card: StationCard, secret: bytes) -> bytes:
    """The secret as an age file that the station's identity and the recovery identity open, and no other."""
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    recipients = [pyrage.x25519.Recipient.from_str(one) for one in (card.station_recipient, card.recovery_recipient)]
    return bytes(pyrage.encrypt(secret, recipients))


def age_identity(identity: str) -> object:
    """The identity as pyrage takes it. Raises KeyMissing for what is none."""
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    try:
        return pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as error:
        raise KeyMissing(_("This is not an identity. It begins with AGE-SECRET-KEY-1.")) from error


def _sealed_key(home: Path) -> bytes:
    file = home / KEY_FILE
    try:
        return read_private(file)
    except OSError as error:
        raise KeyMissing(_("The key file %(file)s cannot be read.") % {"file": file}) from error


def _opened(sealed: bytes, identity: str) -> bytes:
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    try:
        key = bytes(pyrage.decrypt(sealed, [age_identity(identity)]))
    except pyrage.DecryptError as error:
        if str(error) == _NO_SLOT and sealed.startswith(_AGE_HEADER.encode()):
            raise KeyMissing(_("This identity does not open this station's key.")) from error
        raise DatabaseDamaged(_damaged()) from error
    if len(key) != KEY_BYTES:
        raise DatabaseDamaged(_damaged())
    return key


def _damaged() -> str:
    return _(
        "The key file is damaged. Put key.age back from a copy of the data folder; the database itself is not touched."
    )


def _locked(identity: str, passphrase: str | None) -> str:
    if passphrase is None:
        return identity
    if not passphrase.strip():
        raise Invalid(_("A passphrase must not be empty."))
    from pyrage import passphrase as by_passphrase  # noqa: PLC0415  (only where a key is opened)

    return bytes(by_passphrase.encrypt(identity.encode(), passphrase)).hex()


def _unlocked(identity: str, passphrase: str | None) -> str:
    if not identity.startswith(_AGE_HEADER.encode().hex()):
        return identity
    if passphrase is None:
        raise PassphraseNeeded(_("The station asks for its passphrase before it opens."))
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    try:
        return bytes(pyrage.passphrase.decrypt(bytes.fromhex(identity), passphrase)).decode()
    except (pyrage.DecryptError, ValueError) as error:
        raise PassphraseNeeded(_("The passphrase is wrong.")) from error


def _card_text(card: StationCard) -> str:
    return f'id = "{card.station_id}"\nstation = "{card.station_recipient}"\nrecovery = "{card.recovery_recipient}"\n'

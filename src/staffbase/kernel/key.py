"""The database key, and who can open it.

One random key in `key.age` in the data folder, encrypted to the station's identity and to a recovery identity that is
shown once and kept in the municipality's safe. The station's identity lies outside the data folder, so that a copy of
the folder opens nothing. `station.toml` beside the key names the station and both public keys, for backups.

What it protects: copies of the data folder, and backups. What it does not: a stolen disk (disk encryption does that),
and it keeps no administrator of this computer out.
"""

import json
import re
import secrets
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from staffbase.kernel.errors import DatabaseDamaged, IdentityMissing, Invalid, KeyMissing
from staffbase.kernel.files import private_folder, read_private, write_private
from staffbase.kernel.i18n import _
from staffbase.kernel.identities import FileIdentities, IdentityStore, SystemIdentities
from staffbase.kernel.key_held import key_held
from staffbase.kernel.passphrase import AGE_HEADER, is_locked, locked, unlocked
from staffbase.kernel.station_key import StationKey

KEY_FILE = "key.age"
STATION_FILE = "station.toml"
PASSPHRASE_LENGTH = 16
"""The fewest characters of a passphrase, which can be tried at leisure by whoever has the disk."""
IDENTITY_HEAD = "AGE-SECRET-KEY-1"
"""How every identity begins."""
IDENTITY_LENGTH = 58
"""Characters after the head."""
_NO_SLOT = "No matching keys found"
"""What age says when the file is whole and the identity is another's."""


@dataclass(frozen=True)
class NewKey:
    """A new station's key, and the recovery identity: to be shown once, and kept nowhere here."""

    key: StationKey
    recovery_identity: str


@dataclass(frozen=True)
class StationCard:
    """What stands in the data folder about its key: the station's random name and who can open what it encrypts."""

    station_id: str
    station_recipient: str
    recovery_recipient: str
    others: tuple[tuple[str, str], ...] = ()
    """Further public keys that open it, each with what it is called: another station, a sealed envelope."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every public key that opens what this station encrypts."""
        return (self.station_recipient, self.recovery_recipient, *(key for key, _name in self.others))


def new_identity() -> str:
    """A new private key. A recovery identity can be in the safe before there is anything to lose."""
    from pyrage import x25519  # noqa: PLC0415  (only where a key is made)

    return str(x25519.Identity.generate())


def create_key(
    home: Path, identities: IdentityStore, passphrase: str | None = None, recovery_identity: str | None = None
) -> NewKey:
    """Make a new station's key in the data folder. With a passphrase the station asks for it at every start.

    `recovery_identity` is one that was made, and shown, before. Raises Invalid when the folder has a key already, or when
    the identity would lie in the data folder.
    """
    if (home / KEY_FILE).exists():
        raise Invalid(_("There is a station in %(folder)s already.") % {"folder": home})
    check_apart(home, identities)
    private_folder(home)
    recovery_identity = recovery_identity or new_identity()
    station = new_identity()
    card = StationCard(secrets.token_hex(8), public_of(station), public_of(recovery_identity))
    key = replace(StationKey.new(), opened_by=station)
    identities.save(card.station_id, locked(station, passphrase))
    keep_card(home, card)
    write_private(home / KEY_FILE, encrypted_to(card, key.pack()))  # last: with it there is a station
    return NewKey(key, recovery_identity)


def check_apart(home: Path, identities: IdentityStore) -> None:
    """Raise Invalid when the station's identity would lie in its data folder."""
    files = getattr(identities, "files", identities)
    if isinstance(files, FileIdentities) and files.folder.resolve().is_relative_to(home.resolve()):
        raise Invalid(
            _("The station's identity must not lie in its data folder: a copy of the folder would open itself.")
        )


def open_key(home: Path, identities: IdentityStore, passphrase: str | None = None) -> StationKey:
    """The station's key, by its own identity.

    Raises IdentityMissing when no identity on this machine opens it, PassphraseNeeded when one must be said (or another),
    KeyExposed when others may read a file that holds a key, DatabaseDamaged when the key file is not whole.
    """
    sealed, identity = _sealed_key(home), own_identity(home, identities, passphrase)
    return replace(_opened(sealed, identity), opened_by=identity)


def open_with_recovery(home: Path, identity: str) -> StationKey:
    """The station's key, by the recovery identity from the municipality's safe. Raises as `open_key` does."""
    return _opened(_sealed_key(home), read_identity(identity))


def take_over(
    home: Path, identities: IdentityStore, recovery_identity: str, passphrase: str | None = None
) -> StationKey:
    """Open a copy of a station with the recovery identity, and make this machine an identity of its own for it.

    Any other identity that opens the key does it, too. Whoever else the card names goes on opening the copy; where the card
    is lost, nobody else is known, and the identity that was said is the recovery identity from then on. The copy gets a
    new name, so that an identity this machine has for the original stays. Raises as `open_key` does.
    """
    from pyrage import x25519  # noqa: PLC0415  (only where a key is made)

    check_apart(home, identities)
    recovery_identity = read_identity(recovery_identity)
    with key_held(home, changing=True):
        key, opener = _opened(_sealed_key(home), recovery_identity), public_of(recovery_identity)
        station = x25519.Identity.generate()
        card = StationCard(secrets.token_hex(8), str(station.to_public()), opener)
        if (known := known_card(home)) is not None:
            if known.station_recipient == opener:
                raise KeyMissing(_("This is the station's own identity, not the recovery identity from the safe."))
            card = replace(known, station_id=card.station_id, station_recipient=card.station_recipient)
        if opener not in card.recipients:  # adding it was cut off before it stood on the card
            card = replace(card, others=(*card.others, (opener, _("the identity that opened it here"))))
        identities.save(card.station_id, locked(str(station), passphrase))
        keep_card(home, card)
        keep_key(home, card, key)
        return key


def keep_key(home: Path, card: StationCard, key: StationKey) -> None:
    """Write the key for everybody on the card, whole or not at all."""
    write_private(home / KEY_FILE, encrypted_to(card, key.pack()))


def check_passphrase(passphrase: str) -> str:
    """The passphrase, if it may be used: it is all that stands between a stolen computer and the key. Raises Invalid."""
    if len(passphrase.strip()) < PASSPHRASE_LENGTH:
        raise Invalid(
            _("A passphrase has at least %(least)d characters; four words that nobody would guess are a good one.")
            % {"least": PASSPHRASE_LENGTH},
            "passphrase",
        )
    return passphrase


def read_identity(typed: str) -> str:
    """The identity as age writes it, from what was typed off a sheet: in groups, in either case, with or without its head."""
    letters = re.sub(r"[\s-]", "", typed).upper().removeprefix(IDENTITY_HEAD.replace("-", ""))
    return f"{IDENTITY_HEAD}{letters}"


def own_identity(home: Path, identities: IdentityStore, passphrase: str | None = None) -> str:
    """The station's own identity. Raises IdentityMissing when this machine has none, PassphraseNeeded."""
    return unlocked(_own_identity(home, identities), passphrase)


def protect(home: Path, identities: IdentityStore, passphrase: str | None, current: str | None = None) -> None:
    """From now on ask for this passphrase at start, or, without one, open by itself. `current` is the one so far."""
    identity = own_identity(home, identities, current)
    identities.save(station_card(home).station_id, locked(identity, passphrase))


def asks_for_passphrase(home: Path, identities: IdentityStore) -> bool:
    """Whether this station's identity is locked with a passphrase."""
    identity = identities.load(station_card(home).station_id)
    return identity is not None and is_locked(identity)


def station_card(home: Path) -> StationCard:
    """The station's name and recipients. Raises DatabaseDamaged when they cannot be read."""
    try:
        values = tomllib.loads((home / STATION_FILE).read_text(encoding="utf-8"))
        others = tuple((str(key), str(name)) for key, name in values.get("others", {}).items())
        return StationCard(str(values["id"]), str(values["station"]), str(values["recovery"]), others)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise DatabaseDamaged(
            _(
                "%(file)s is missing or damaged, so the station's key cannot be found. Put it back from a copy of the folder."
            )
            % {"file": home / STATION_FILE}
        ) from error


def known_card(home: Path) -> StationCard | None:
    """The card, where it tells who can open the station; None where it is lost, or a public key on it is none."""
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    try:
        card = station_card(home)
        encrypted_to(card, b"")
    except (DatabaseDamaged, pyrage.RecipientError, UnicodeEncodeError):
        return None
    return card


def encrypted_to(card: StationCard, secret: bytes) -> bytes:
    """The secret as an age file that the identities behind the card's public keys open, and no other."""
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    recipients = [pyrage.x25519.Recipient.from_str(one) for one in card.recipients]
    return bytes(pyrage.encrypt(secret, recipients))


def age_identity(identity: str) -> Any:
    """The identity as pyrage takes it. Raises KeyMissing for what is none."""
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    try:
        return pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as error:
        raise KeyMissing(
            _("This is not an identity, or a character in it is wrong. It is AGE-SECRET-KEY-1 and 58 characters more.")
        ) from error


def _own_identity(home: Path, identities: IdentityStore) -> str:
    identity = identities.load(station_card(home).station_id)
    if identity is None:
        raise IdentityMissing(
            _(
                "This machine has no identity that opens the station in %(folder)s. The recovery identity does: type it at the start of staffbase, or with staffbase init --recover."
            )
            % {"folder": home}
        )
    return identity


def public_of(identity: str) -> str:
    """The public key of an identity. Raises KeyMissing for what is none."""
    return str(age_identity(identity).to_public())


def _sealed_key(home: Path) -> bytes:
    file = home / KEY_FILE
    try:
        return read_private(file)
    except OSError as error:
        raise KeyMissing(_("The key file %(file)s cannot be read.") % {"file": file}) from error


def _opened(sealed: bytes, identity: str) -> StationKey:
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    try:
        packed = bytes(pyrage.decrypt(sealed, [age_identity(identity)]))
    except pyrage.DecryptError as error:
        if str(error) == _NO_SLOT and sealed.startswith(AGE_HEADER.encode()):
            raise IdentityMissing(_("This identity does not open this station's key.")) from error
        raise DatabaseDamaged(_damaged()) from error
    try:
        return StationKey.unpack(packed)
    except ValueError as error:
        raise DatabaseDamaged(_damaged()) from error


def _damaged() -> str:
    return _(
        "The key file is damaged. Put key.age back from a copy of the data folder; the database itself is not touched."
    )


def keep_card(home: Path, card: StationCard) -> None:
    """Write the card, whole or not at all."""
    told = f'id = "{card.station_id}"\nstation = "{card.station_recipient}"\nrecovery = "{card.recovery_recipient}"\n'
    if card.others:
        told += "\n[others]\n" + "".join(
            f"{key} = {json.dumps(name, ensure_ascii=False)}\n" for key, name in card.others
        )
    write_private(home / STATION_FILE, told.encode())


__all__ = [
    "IDENTITY_HEAD",
    "IDENTITY_LENGTH",
    "KEY_FILE", "STATION_FILE", "FileIdentities", "IdentityStore", "NewKey", "StationCard", "SystemIdentities",
    "age_identity", "asks_for_passphrase", "check_apart", "check_passphrase", "create_key", "encrypted_to", "keep_card", "keep_key",
    "known_card", "locked",
    "new_identity",
    "open_key", "open_with_recovery", "own_identity", "protect", "public_of", "read_identity", "station_card", "take_over",
]  # fmt: skip

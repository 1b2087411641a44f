"""Who can open the station's key: identities are added, removed and replaced without touching the database.

What somebody could open before, they can still open in copies and backups made before: after a leaver who may have
copied the folder, change the database key too (kernel.rekey).
"""

from dataclasses import replace
from pathlib import Path

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.identities import IdentityStore
from staffbase.kernel.key import (
    StationCard,
    keep_card,
    keep_key,
    open_key,
    public_of,
    station_card,
)
from staffbase.kernel.key_held import key_held
from staffbase.kernel.passphrase import locked
from staffbase.kernel.station_key import StationKey


def new_recipient(home: Path, public: str) -> str:
    """The public key of somebody who does not open the station yet. Raises Invalid."""
    public = _checked(public)
    if public in station_card(home).recipients:
        raise Invalid(_("This identity opens the station already."), "public")
    return public


def add_recipient(
    home: Path, identities: IdentityStore, public: str, name: str, passphrase: str | None = None
) -> StationCard:
    """Let whoever holds the identity behind this public key open the station's key, too. Raises Invalid."""
    with key_held(home, changing=True):
        public, card = new_recipient(home, public), station_card(home)
        more = replace(card, others=(*card.others, (public, name)))
        return _change(home, card, more, open_key(home, identities, passphrase))


def removable(home: Path, public: str) -> None:
    """Raises Invalid for the station's own and the recovery identity, which are replaced, not removed, and for a stranger."""
    card = station_card(home)
    if public in (card.station_recipient, card.recovery_recipient):
        raise Invalid(
            _("The station's own identity and the recovery identity are never removed: replace them with a new one."),
            "public",
        )
    if public not in [other for other, _name in card.others]:
        raise Invalid(_("No such identity opens this station."), "public")


def remove_recipient(home: Path, identities: IdentityStore, public: str, passphrase: str | None = None) -> StationCard:
    """Take that away again. Raises Invalid as `removable` does."""
    with key_held(home, changing=True):
        removable(home, public)
        card = station_card(home)
        others = tuple(one for one in card.others if one[0] != public)
        return _change(home, card, replace(card, others=others), open_key(home, identities, passphrase))


def replace_recovery(
    home: Path, identities: IdentityStore, recovery_identity: str, passphrase: str | None = None
) -> StationCard:
    """From now on this recovery identity, which was shown before, opens the station and its backups; the old one does not.

    Backups made so far still open with the old one.
    """
    recipient = public_of(recovery_identity)
    with key_held(home, changing=True):
        card = station_card(home)
        new = replace(card, recovery_recipient=recipient)
        return _change(home, card, new, open_key(home, identities, passphrase))


def replace_station(home: Path, identities: IdentityStore, identity: str, passphrase: str | None = None) -> StationCard:
    """Make this `new_identity` the machine's; the old one, and whoever copied it, opens nothing any more but older copies."""
    with key_held(home, changing=True):
        card, key = station_card(home), open_key(home, identities, passphrase)
        new = replace(card, station_recipient=public_of(identity))
        keep_key(home, _both(card, new), key)
        identities.save(card.station_id, locked(identity, passphrase))
        return _change(home, card, new, key)


def _change(home: Path, before: StationCard, after: StationCard, key: StationKey) -> StationCard:
    """Both sets open the key until the card names the new one, so that cut off anywhere nobody is shut out."""
    keep_key(home, _both(before, after), key)
    keep_card(home, after)
    keep_key(home, after, key)
    return after


def _both(before: StationCard, after: StationCard) -> StationCard:
    more = tuple((public, "") for public in before.recipients if public not in after.recipients)
    return replace(after, others=(*after.others, *more))


def _checked(public: str) -> str:
    import pyrage  # noqa: PLC0415  (only where somebody is let in)

    try:
        return str(pyrage.x25519.Recipient.from_str(public.strip()))
    except (pyrage.RecipientError, UnicodeEncodeError) as error:
        raise Invalid(
            _("This is not a public key, or a character in it is wrong. It is age1 and 58 characters more."), "public"
        ) from error

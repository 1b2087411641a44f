"""A station's identity behind a passphrase, where somebody is to be there at every start.

The library measures each time how fast this computer is, to say how much work a passphrase takes and how much it will do.
A busy moment makes both little: it would lock weakly, and refuse what it locked before. So it is tried again, and what is
said is what is true.
"""

import re
import time

from staffbase.kernel.errors import Invalid, PassphraseNeeded
from staffbase.kernel.i18n import _

AGE_HEADER = "age-encryption.org/v1"
"""How everything begins that age has encrypted."""
LEAST_WORK = 16
"""The least work a guess must take, as a power of two (scrypt's N): 64 MiB and some tenths of a second."""
_WORK = re.compile(rb"-> scrypt \S+ (\d+)\n")
_TOO_MUCH = "Excessive work"
"""How age begins to say that this computer seems too slow for what was locked."""
_LOCKINGS, _UNLOCKINGS = 5, 20
_PAUSE_SECONDS = 0.1


def is_locked(kept: str) -> bool:
    """Whether this identity, as it is kept, needs a passphrase."""
    return kept.startswith(AGE_HEADER.encode().hex())


def locked(identity: str, passphrase: str | None) -> str:
    """The identity as it is kept: as it is, or locked with the passphrase. Raises Invalid for an empty one."""
    if passphrase is None:
        return identity
    if not passphrase.strip():
        raise Invalid(_("A passphrase must not be empty."))
    from pyrage import passphrase as by_passphrase  # noqa: PLC0415  (only where a key is opened)

    strongest = b""
    for _try in range(_LOCKINGS):
        sealed = bytes(by_passphrase.encrypt(identity.encode(), passphrase))
        strongest = max(strongest, sealed, key=_work)
        if _work(strongest) >= LEAST_WORK:
            break
    return strongest.hex()


def unlocked(kept: str, passphrase: str | None) -> str:
    """The identity itself. Raises PassphraseNeeded without the right passphrase, and on a computer that is too busy for it."""
    if not is_locked(kept):
        return kept
    if passphrase is None:
        raise PassphraseNeeded(_("The station asks for its passphrase before it opens."))
    import pyrage  # noqa: PLC0415  (only where a key is opened)

    for _try in range(_UNLOCKINGS):
        try:
            return bytes(pyrage.passphrase.decrypt(bytes.fromhex(kept), passphrase)).decode()
        except pyrage.DecryptError as error:
            if not str(error).startswith(_TOO_MUCH):
                raise PassphraseNeeded(_("The passphrase is wrong.")) from error
        except ValueError as error:
            raise PassphraseNeeded(_("The passphrase is wrong.")) from error
        time.sleep(_PAUSE_SECONDS)
    raise PassphraseNeeded(
        _("This computer is too busy just now to open with a passphrase. Nothing is wrong: try again.")
    )


def _work(sealed: bytes) -> int:
    found = _WORK.search(sealed)
    return int(found[1]) if found else 0

"""The errors a person may meet. Each carries one clear sentence, already in the person's language.

Anything that is not a StaffbaseError is a fault in the program and must surface as one.
"""

from staffbase.kernel.visible import harmless


class StaffbaseError(Exception):
    """Something a person can understand and act on; `str(error)` is the sentence to show.

    It may quote what was typed or read from a file: what acts in a terminal is made visible in it.
    `exit_code` is what a command ends with: 2 wrong use, 3 refused, 4 could not.
    """

    exit_code = 4

    def __str__(self) -> str:
        return harmless(super().__str__())


class Invalid(StaffbaseError):
    """What was typed cannot be used as it is. `field` names the form field that should be mended, if known."""

    exit_code = 2

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotAllowed(StaffbaseError):
    """The actor's role does not permit this; the sentence says who may."""

    exit_code = 3


class NobodySignedIn(NotAllowed):
    """The door was shut in the meantime: whatever was under way has nobody it could answer."""


class WrongPin(NotAllowed):
    """The PIN was wrong, or the person must wait before trying again. `wait` is seconds to wait, 0 if none."""

    def __init__(self, sentence: str, wait: int = 0) -> None:
        super().__init__(sentence)
        self.wait = wait


class ChangedElsewhere(StaffbaseError):
    """Someone else changed the same thing first; nothing was saved. Show both and let the person choose."""


class NotFound(StaffbaseError):
    """It does not exist (any more)."""

    exit_code = 2


class NoStation(StaffbaseError):
    """The data folder holds no station yet."""

    exit_code = 2


class KeyMissing(StaffbaseError):
    """No identity on this machine opens key.age."""


class IdentityMissing(KeyMissing):
    """This machine's identity is not there, or is another station's: the data folder is a copy. The recovery identity opens it."""


class PassphraseNeeded(KeyMissing):
    """The station's identity is locked with a passphrase, and it was not said, or it was another."""

    exit_code = 3


class PassphraseUnset(StaffbaseError):
    """The settings want a passphrase at start, and none was chosen yet."""


class KeyExposed(StaffbaseError):
    """Other accounts of this machine may read a file that holds a key."""


class DatabaseUnavailable(StaffbaseError):
    """The database could not be written or read now (full disk, locked, server away); nothing was half saved."""


class DatabaseDamaged(StaffbaseError):
    """The file is damaged, is not a database, or does not belong to this key."""


class NewerDatabase(StaffbaseError):
    """The database was written by a newer version of staffbase; this one does not touch it."""

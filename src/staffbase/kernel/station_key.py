"""What key.age holds: the database's key, and the root of what outlives it."""

import secrets
from dataclasses import dataclass, field

KEY_BYTES = 32


@dataclass(frozen=True)
class StationKey:
    """The key of the database, and the root of the ledger's key and of the PINs' pepper.

    A changed database key leaves the root as it is: else no ledger row written before could be verified, and no PIN used.
    """

    database: bytes
    ledger: bytes
    trying: bytes = b""
    """A new database key that may be in force already: changing it was cut off before that was known."""
    opened_by: str = field(default="", repr=False, compare=False)
    """The station's own identity, where that opened it: it opens the station's backups, too."""

    @classmethod
    def new(cls) -> "StationKey":
        """A random key; the root is the first database key."""
        key = secrets.token_bytes(KEY_BYTES)
        return cls(key, key)

    @classmethod
    def unpack(cls, packed: bytes) -> "StationKey":
        """As it stands in key.age. Raises ValueError for anything else."""
        parts = [packed[at : at + KEY_BYTES] for at in range(0, len(packed), KEY_BYTES)]
        if not 1 <= len(parts) <= 3 or len(parts[-1]) != KEY_BYTES:  # noqa: PLR2004
            raise ValueError("not a station's key")
        database, ledger, trying = (*parts, parts[0], b"")[:3] if len(parts) == 1 else (*parts, b"")[:3]
        return cls(database, ledger, trying)

    def pack(self) -> bytes:
        """As it is to stand in key.age."""
        if self.trying or self.ledger != self.database:
            return self.database + self.ledger + self.trying
        return self.database

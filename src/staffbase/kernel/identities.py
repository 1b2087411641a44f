"""Where stations' identities are kept: never in the data folder, so that a copy of the folder opens nothing."""

import os
import sys
from pathlib import Path
from typing import Protocol

from staffbase.kernel.files import private_folder, read_private, write_private

_KEYRING_NAME = "staffbase"


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

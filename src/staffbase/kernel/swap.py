"""Another database takes the place of the one that stands, which is kept aside: cut off anywhere, it is brought to its end.

Until the mark is written nothing has happened; from then on the old database and what belongs to it (its log, its anchor)
lie aside, and the new one stands, at the latest once the station is opened again or another backup is put back.
"""

import json
import shutil
from contextlib import suppress
from pathlib import Path

from staffbase.kernel.anchor import ANCHOR_FILE
from staffbase.kernel.database import DATABASE_FILE
from staffbase.kernel.files import private_folder, sync_folder, write_private

_PLACE, _MARK = ".taking-place", "whole"
DATABASE_FILES = tuple(f"{DATABASE_FILE}{end}" for end in ("", "-wal", "-shm"))
"""A database and its log, which never stands beside another's."""


def begin_swap(home: Path, new: Path, kept: Path) -> None:
    """`new` takes the place of the database in `home`, which goes to the folder `kept` in it. See `finish_swap`."""
    place = home / _PLACE
    shutil.rmtree(place, ignore_errors=True)
    private_folder(place)
    new.replace(place / DATABASE_FILE)
    sync_folder(place)
    write_private(place / _MARK, json.dumps({"kept": kept.name}).encode())


def finish_swap(home: Path) -> None:
    """Bring to its end what was begun, if anything was. For whoever holds the key alone (kernel.key_held)."""
    place = home / _PLACE
    try:
        kept = home / str(json.loads((place / _MARK).read_bytes())["kept"])
    except FileNotFoundError:
        return
    if (place / DATABASE_FILE).exists():  # what stands in its place is the old one still
        private_folder(kept)
        for name in (*DATABASE_FILES, ANCHOR_FILE):
            with suppress(FileNotFoundError):
                (home / name).replace(kept / name)
        sync_folder(kept)
        (place / DATABASE_FILE).replace(home / DATABASE_FILE)
        sync_folder(home)
    shutil.rmtree(place, ignore_errors=True)

"""The parts of a backup that is being written: beside it, so that it gets its name in one step, and gone afterwards.

Several stations may share the folder, from several machines. A process number says nothing of another machine, so a part
carries the station's own name, and each clears up after itself.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PART = ".staffbase-backup-"
_MINE = re.compile(re.escape(_PART) + r"(?P<station>[0-9a-f]+)-(?P<process>[0-9]{1,9})-[0-9a-f]+")
_A_DAY = 24 * 60 * 60
"""Seconds after which nobody writes another's part any more: a backup takes minutes."""


@contextmanager
def part_beside(target: Path, station_id: str) -> Iterator[Path]:
    """An empty file for its owner alone, on the disk where the backup goes; gone at the end. Those left behind go, too.

    Raises OSError where none can be made. One that cannot be removed again is encrypted, and stays.
    """
    part = target.parent / f"{_PART}{station_id}-{os.getpid()}-{secrets.token_hex(4)}"
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _clear_up(part, station_id)
        yield part
    finally:
        for left in part.parent.glob(f"{part.name}*"):  # with the logs of a copy that was cut off
            with suppress(OSError):
                left.unlink()


def _clear_up(part: Path, station_id: str) -> None:
    """What a backup that was cut off left: this station's own at once, another's when it is old.

    How old is told by the new part, which has its time from the same drive.
    """
    for left in part.parent.glob(f"{_PART}*"):
        with suppress(OSError):
            if not _in_use(left, station_id, part.stat().st_mtime):
                left.unlink()


def _in_use(part: Path, station_id: str, now: float) -> bool:
    """Whether somebody may still write it; a process that was killed leaves its parts behind."""
    found = _MINE.match(part.name)
    if found is None or found["station"] != station_id:
        return now - part.stat().st_mtime < _A_DAY
    try:
        os.kill(int(found["process"]), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


__all__ = ["part_beside"]

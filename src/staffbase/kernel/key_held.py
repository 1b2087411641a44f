"""Whoever changes the station's key or its openers is alone with it; whoever opens the station meanwhile waits.

Held is the data folder itself, by a lock of the operating system that goes with the program that holds it: nothing is left
behind by one that was killed, and nothing needs to be written. A drive that knows no locks is used without.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.i18n import _

WAIT_SECONDS = 60
"""How long one waits for another program: changing the key of a large database takes its time."""
_LOOK_AGAIN_SECONDS = 0.02


@contextmanager
def key_held(home: Path, *, changing: bool = False) -> Iterator[None]:
    """Nobody changes what opens this data folder as long as this lasts; with `changing` nobody opens it either.

    Not to be nested. Raises DatabaseUnavailable when another program does not let go of it within a minute.
    """
    try:
        descriptor = os.open(home, os.O_RDONLY)
    except OSError:  # no folder yet; Windows cannot open one
        yield
        return
    try:
        _hold(descriptor, changing=changing)
        yield
    finally:
        os.close(descriptor)


def _hold(descriptor: int, *, changing: bool) -> None:
    import fcntl  # noqa: PLC0415  (there is none on Windows)

    how = (fcntl.LOCK_EX if changing else fcntl.LOCK_SH) | fcntl.LOCK_NB
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            if time.monotonic() > until:
                raise DatabaseUnavailable(
                    _(
                        "Another program is opening the station or changing its key just now. Wait until that is done, and try again."
                    )
                ) from None
            time.sleep(_LOOK_AGAIN_SECONDS)
        except OSError:
            return  # a drive that knows no locks
        else:
            return

"""`python -m tests.benchmarks [ROOM …]`: the table of ratios, as Markdown; of all rooms, or of those named.

Takes about ten minutes for all; needs a machine left in peace.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.checks import check_off, service
from tests.benchmarks.growing import growing
from tests.benchmarks.keys import counted, longest_pause
from tests.benchmarks.row import HEAD, Figure, Row
from tests.benchmarks.standing import standing
from tests.benchmarks.starting import starts

ROOMS: dict[str, Callable[[Path], Sequence[Row | Figure]]] = {
    "start": lambda place: starts(place, 7),
    "check-off": lambda place: check_off(place, 4),
    "service": lambda place: service(place, 6),
    "pause": lambda place: longest_pause(place, 3),
    "keys": counted,
    "standing": lambda place: standing(place, 30),
    "growing": lambda place: growing(place, 10, 7),
}


def main() -> None:
    """Measure and print, each row as soon as it is there."""
    sys.stdout.write("\n".join(HEAD) + "\n")
    with tempfile.TemporaryDirectory(prefix="staffbase-bench-") as folder:
        os.environ["STAFFBASE_IDENTITY_DIR"] = str(Path(folder) / "identities")
        for room in sys.argv[1:] or ROOMS:
            for row in ROOMS[room](Path(folder)):
                sys.stdout.write(row.markdown() + "\n")
                sys.stdout.flush()


main()

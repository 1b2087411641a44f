"""staffbase from its own command line, on a clock that a test moves: the moment and the seconds stand in a file.

Everything else is the program as people start it. `python -m tests.terminal.moved_clock` takes the same arguments as
`staffbase`; the environment says where the file is.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from staffbase.kernel import clock
from staffbase.kernel.clock import OSLO

MODULE = "tests.terminal.moved_clock"
VARIABLE = "MOVED_CLOCK"
ROOT = Path(__file__).parent.parent.parent


class MovedClock:
    """Tells what stands in the file; in the test it also moves it. Wall and monotonic time move together."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """The moment in the file."""
        return datetime.fromisoformat(self._read()[0])

    def monotonic(self) -> float:
        """The seconds in the file."""
        return float(self._read()[1])

    def monotonic_at(self, machine: float) -> float:
        """The same seconds: it stands still while a key is on its way."""
        del machine
        return self.monotonic()

    def begin(self, moment: datetime) -> None:
        """Stand at a moment of the house's wall clock."""
        self._write(moment.replace(tzinfo=OSLO).astimezone(UTC), 1000.0)

    def go_on(self, passed: timedelta) -> None:
        """Let so much time pass."""
        self._write(self.now() + passed, self.monotonic() + passed.total_seconds())

    def _read(self) -> list[str]:
        return self._file.read_text(encoding="ascii").split()

    def _write(self, moment: datetime, seconds: float) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{moment.isoformat()}\n{seconds}\n", encoding="ascii")
        beside.replace(self._file)  # whoever reads has the one or the other, never half of it


def variables(file: Path) -> dict[str, str]:
    """What the program must be started with to run on this clock."""
    return {VARIABLE: str(file), "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    from staffbase.cli import main

    moved = MovedClock(Path(os.environ[VARIABLE]))
    clock.SystemClock = lambda: moved  # type: ignore[assignment,misc]  # only the time is not the machine's
    sys.exit(main())

"""staffbase with a station that cannot be opened because of a fault in the program: for what such a fault leaves behind."""

import sys
from pathlib import Path

from staffbase.app import StaffbaseApp
from staffbase.commands.full_screen import full_screen
from staffbase.kernel import i18n
from staffbase.kernel.clock import SystemClock
from staffbase.kernel.settings import Settings

NOTE = "Kim-André had a visitor"

if __name__ == "__main__":
    i18n.use("en")

    def fail(say: object) -> None:
        note = NOTE
        raise ValueError(note)

    sys.exit(full_screen(StaffbaseApp(Settings(Path(sys.argv[1]), "en"), SystemClock(), fail)))

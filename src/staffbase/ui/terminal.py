"""The terminal as the program writes to it: one that is gone takes everything and keeps nobody waiting."""

from contextlib import suppress
from typing import IO, Any

from textual.driver import Driver


def outliving(driver: type[Driver]) -> type[Driver]:
    """This driver, for windows that may be closed: Textual's writing thread ends at the first refusal, and all wait for it."""
    return type("TerminalDriver", (_Outliving, driver), {})


class _Outliving:
    """Stands before a driver; some have no file of a terminal."""

    _file: Any = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self._file is not None:
            self._file = _Outlet(self._file)


class _Outlet:
    """The terminal's file; what it refuses goes nowhere."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write as far as there is somebody to read it."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Hand on what waits."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """As the file says."""
        return self._file.isatty()

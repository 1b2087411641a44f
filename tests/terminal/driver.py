"""A real pseudo-terminal with the program in it: what its screen shows, what it wrote, and how it ends."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
from textual.color import Color

from staffbase.ui.themes import THEMES

PATIENCE = 60.0
"""Seconds until a wait gives up: the machine of a check may be slow and have other things to do."""
_GROUND = Color.parse(THEMES[0].variables["tile-focus"])
_TINTED = _GROUND.blend(Color.parse(str(THEMES[0].foreground)), 0.05)
_FOCUS = {colour.hex6.removeprefix("#").lower() for colour in (_GROUND, _TINTED)}
"""The grounds of whatever has the focus; Textual tints that of a line field."""
NAMED = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "ctrl+s": "\x13",
    "ctrl+l": "\x0c",
    "ctrl+q": "\x11",
    "f2": "\x1bOQ",
}


def environment(home: Path, **settings: str) -> dict[str, str]:
    """What the program is started with: a home of its own, nothing of the machine's staffbase, and these variables."""
    own = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "STAFFBASE_IDENTITY_DIR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STAFFBASE", "XDG"))}
    mine = {name: str(home / "own") for name in own}
    return {**kept, **mine, "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "", "LINES": "", **settings}


def flat(told: str) -> str:
    """Without the blanks and line breaks, which depend on the width."""
    return "".join(told.split())


class Terminal:
    """staffbase with these arguments, in a terminal of this size, with a home of its own; `settings` are environment variables.

    Another `module` is a yardstick for benchmarks.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        columns: int = 120,
        rows: int = 36,
        module: str = "staffbase",
        **settings: str,
    ) -> None:
        self.raw = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = pty.openpty()
        self.resize(columns, rows)
        self.began = time.perf_counter()
        self.read_at = self.began
        """When the last bytes came; what they show was on the screen then."""
        self._process = subprocess.Popen(
            ["setsid", "--ctty", sys.executable, "-m", module, *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
            env=environment(home, **settings),
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        os.close(self._ours)

    @property
    def screen(self) -> str:
        """What stands on the screen now."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def line(self, with_words: str) -> str:
        """The first line of the screen in which these words stand."""
        return next((line for line in self.screen.splitlines() if with_words in line), "")

    @property
    def focused(self) -> list[str]:
        """What stands in the field, tile or line of choices that has the focus, line by line: its ground tells it."""
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        drawn = (
            "".join(cell.data for column in columns if (cell := self._screen.buffer[row][column]).bg in _FOCUS)
            for row in rows
        )
        return [line for line in drawn if line]

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)

    def wait_for(self, *patterns: str, seconds: float = PATIENCE) -> str:
        """Until one screen matches them all; then that screen. Fails with what stood there instead.

        A screen is painted in parts: what is read off it once one of its words stands may be half of the one before.
        """
        missing = list(patterns)

        def holds() -> bool:
            missing[:] = [one for one in patterns if re.search(one, self.screen) is None]
            return not missing

        return self._until(holds, lambda: f"not seen: {missing}", seconds)

    def wait_said(self, *words: str) -> str:
        """Until all these words stand there, wherever their lines are broken; then the screen."""

        def holds() -> bool:
            told = flat(self.screen)
            return all(flat(one) in told for one in words)

        return self._until(holds, f"not said: {words}")

    def wait_once(self, *words: str) -> str:
        """Until each of these words stands there once, neither never nor twice; then the screen."""
        return self._until(lambda: all(self.screen.count(one) == 1 for one in words), f"not there once: {words}")

    def wait_lines(self, pattern: str, count: int) -> None:
        """Until so many lines of the screen match."""
        self._until(
            lambda: sum(re.search(pattern, line) is not None for line in self.screen.splitlines()) == count,
            f"not {count} lines: {pattern}",
        )

    def wait_focus(self, pattern: str) -> None:
        """Until what has the focus matches, from its first letter on."""
        self._until(lambda: any(re.match(pattern, line) for line in self.focused), f"no focus: {pattern}")

    def wait_gone(self, pattern: str, seconds: float = PATIENCE) -> str:
        """Until it stands there no longer."""
        return self._until(lambda: re.search(pattern, self.screen) is None, f"still there: {pattern}", seconds)

    def settle(self, quiet: float = 0.4) -> str:
        """Until nothing was painted for a while."""
        while self._read(quiet):
            pass
        return self.screen

    def wait_paint(self, seconds: float = PATIENCE) -> None:
        """Until anything new is painted."""
        painted = len(self.raw)
        self._until(lambda: len(self.raw) > painted, "nothing was painted", seconds)

    def press(self, *keys: str) -> None:
        """One after the other, as fingers do: further apart than the round's guard against a held key."""
        for key in keys:
            self.tap(key)
            self.pause(0.35)

    def tap(self, *keys: str) -> None:
        """One after the other at once; they are taken in their order."""
        for key in keys:
            self.send(NAMED.get(key, key))

    def move(self, *keys: str) -> None:
        """Keys that move the focus, each until it is seen: what follows too soon would still go to the field before."""
        for key in keys:
            before = self.focused
            self.tap(key)
            self._until(lambda before=before: self.focused not in ([], before), f"{key} moved nothing")  # type: ignore[misc]

    def type(self, text: str) -> None:
        """Letters in one go."""
        self.send(text)
        self.settle()

    def paste(self, text: str) -> None:
        """As a terminal pastes: between the marks of a bracketed paste."""
        self.send(f"\x1b[200~{text}\x1b[201~")
        self.settle()

    def send(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def signal(self, number: int) -> int:
        """Send the program a signal and wait for its end; its exit code."""
        self._process.send_signal(number)
        return self.wait_end()

    def signal_alone(self, number: int) -> int:
        """The same, while nobody reads what it writes."""
        self._process.send_signal(number)
        return self._process.wait(PATIENCE)

    def hang_up(self) -> int:
        """Close the window: the program has no terminal any more. Its exit code."""
        os.close(self._ours)
        self._ours = os.open(os.devnull, os.O_RDWR)
        return self._process.wait(PATIENCE)

    def wait_end(self) -> int:
        """Until the program has ended; its exit code."""
        until = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < until:
            self._read(0.05)
        return self._process.wait(1)

    def kill(self) -> None:
        """kill -9, if it still runs."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(PATIENCE)

    def usage(self) -> tuple[float, float]:
        """Seconds of processor time the program has used so far, and MiB of memory it holds now."""
        times = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"), resident / 1024

    def _until(self, holds: Callable[[], bool], missing: str | Callable[[], str], seconds: float = PATIENCE) -> str:
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, f"{missing if isinstance(missing, str) else missing()}\n{self.screen}"
            self._read(0.1)
        return self.screen

    def pause(self, seconds: float) -> None:
        """Let time pass, as it does."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def choose(self, name: str) -> None:
        """At the door: somebody of this name, from the list."""
        self.type(name)
        self.press("enter")

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # the program has ended
            time.sleep(min(seconds, 0.05))
            return False
        self.read_at = time.perf_counter()
        self.raw += data
        self._stream.feed(data)
        return bool(data)

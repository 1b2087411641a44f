"""The commands that take the whole terminal, and the pictures of it."""

import argparse
import os
import sys
from contextlib import suppress
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from typing import Any

from staffbase.kernel import garbage, i18n
from staffbase.kernel.apart import all_ended, apart
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings, read_settings

LEFT_SECONDS = 3.0
"""How long the end of the program waits for what goes on apart."""


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Open the station on the screen."""
    del asked
    _need_terminal()
    garbage.rest()
    from staffbase.kernel.clock import SystemClock
    from staffbase.start.way_in import station_app

    return full_screen(station_app(settings, SystemClock()))


def demo(asked: argparse.Namespace, settings: Settings) -> int:
    """Open the invented house on the screen."""
    at = _moment(asked.at)
    _need_terminal()
    garbage.rest()
    from staffbase.demo.run import demo_app

    # A house that is kept has settings of its own; one that is thrown away has none, and rings nobody's alarm.
    settings = read_settings(
        asked.dir or settings.home, file=asked.dir is not None, language=getattr(asked, "lang", None)
    )
    i18n.use(settings.language)
    return full_screen(demo_app(settings, at=at, person=asked.person, folder=asked.dir))


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.__stderr__ is not None and sys.__stderr__.isatty()):
        raise Invalid(_("This needs a terminal: start it in a window of its own, without a pipe."))


def full_screen(app: Any) -> int:
    """Run the app until it is closed. What ended it is told in the terminal; returns the exit code."""
    ended = False
    try:
        code = app.run()
    finally:
        ended = _closed(app)
    if app.fault is not None:
        return _left(stopped(app.fault, app.settings.home), ended)
    if app.failure is not None:
        raise app.failure
    return _left(int(code or app.return_code or 0), ended)


def _closed(app: Any) -> bool:
    """Close the station. A backup under way has a moment to become whole; False where a drive holds something up for longer.

    What it holds up may hold the database, too: its log is folded into the file when the station is opened again.
    """
    if all_ended(LEFT_SECONDS):
        app.close_station()
        return True
    with suppress(TimeoutError):
        apart(app.close_station).result(LEFT_SECONDS)
    return False


def _left(code: int, ended: bool) -> int:
    """Python must not take itself apart under a thread that still stands in a drive: it may come back into what is gone."""
    if not ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def stopped(fault: Exception, home: Path | None) -> int:
    """A fault of the program: one sentence in the terminal, and where it was in a file, without a word anybody wrote."""
    from staffbase.kernel.files import write_private
    from staffbase.ui.faults import FAULT_FILE, places

    print(
        _(
            "staffbase had to stop: there is a fault in it. What was saved is safe, and what was half typed is a draft. Start it again."
        ),
        file=sys.stderr,
    )
    if home is not None and home.is_dir():
        with suppress(OSError):
            write_private(home / FAULT_FILE, places(fault).encode())
            told = _("Where it was stands in %(file)s; nothing personal does.")
            print(told % {"file": home / FAULT_FILE}, file=sys.stderr)
    return 4


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
        if not MINYEAR < moment.year < MAXYEAR:
            raise ValueError(said)  # noqa: TRY301  (no calendar of another place, and no shift before or after, would hold it)
    except ValueError as error:
        raise Invalid(_("--at must be a moment such as 2026-01-05T23:38.")) from error
    return moment


def screenshots(asked: argparse.Namespace, settings: Settings) -> int:
    """Draw every picture of the screens into a folder."""
    del settings  # pictures are the same on every machine
    from staffbase.demo.pictures import write_pictures

    for name in write_pictures(asked.folder):
        print(name)
    return 0

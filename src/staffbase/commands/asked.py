"""What a command asks of whoever started it: secrets unseen, the station opened, a name and a PIN; and how far it is."""

import argparse
import getpass
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from staffbase.kernel.errors import Invalid, NotAllowed, PassphraseNeeded
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings

if TYPE_CHECKING:
    from staffbase.kernel.access import Actor
    from staffbase.station import Station


_PR_SET_DUMPABLE = 4


def keep_secrets_in() -> None:
    """No core dump, and no other program of this user looks into the memory: the database key and what is read are in it."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # the limit is not asked where dumps go to a program instead of a file
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def read_secret(prompt: str, *, twice: bool = False) -> str:
    """A PIN or passphrase from the terminal, unseen, or the next line of standard input. Raises Invalid for none."""
    if not sys.stdin.isatty():
        said = sys.stdin.readline().rstrip("\r\n")
    else:
        try:
            said = getpass.getpass(f"{prompt}: ")
            again = _("Once more")
            if twice and getpass.getpass(f"{again}: ") != said:
                raise Invalid(_("The two are not the same. Nothing was done."))
        except EOFError:
            said = ""
    if not said:
        raise Invalid(_("Nothing was typed after “%(prompt)s”.") % {"prompt": prompt})
    return said


def ordinary(file: Path) -> Path:
    """This file, to be read to its end. Raises Invalid for a device or a pipe, which may have none."""
    if file.exists() and not (
        file.is_file() or file.is_dir()
    ):  # what is wrong with a folder is said where it is opened
        raise Invalid(_("%(file)s is no ordinary file.") % {"file": file})
    return file


def open_here(settings: Settings, passphrase: str | None = None) -> "Station":
    """The open station; a demo that is kept goes by its own time, or the next look at it would be in another year."""
    from staffbase.demo import MARK_FILE
    from staffbase.kernel.clock import SystemClock
    from staffbase.station import open_station

    if (settings.home / MARK_FILE).exists():
        from staffbase.demo.run import open_where_left

        if (station := open_where_left(settings, passphrase)) is not None:
            return station
    return open_station(settings, SystemClock(), passphrase=passphrase)


def station_opened(settings: Settings, asked: argparse.Namespace | None = None) -> "Station":
    """The open station; where it asks for a passphrase, so do we, and remember it in what was `asked`."""
    said = None
    try:
        return open_here(settings)
    except PassphraseNeeded:
        said = read_secret(_("Passphrase of the station"))
        return open_here(settings, said)
    finally:
        if asked is not None:
            asked.passphrase_said = said


@contextmanager
def signed_in(asked: argparse.Namespace, settings: Settings) -> Iterator[tuple["Station", "Actor"]]:
    """The open station and who acts, after name and PIN."""
    from staffbase.kernel.access import STATION_ITSELF

    if not asked.person:
        raise Invalid(_("Say who you are: --as NAME."))
    station = station_opened(settings, asked)
    try:
        people = station.people.directory(STATION_ITSELF)
        found = [person for person in people if person.name.casefold() == asked.person.casefold() and not person.left]
        if not found:
            raise Invalid(_("Nobody here has that name."))
        signed = station.people.sign_in(STATION_ITSELF, found[0].id, read_secret(_("PIN")))
        if signed.must_change_pin:
            raise NotAllowed(_("Change your one-time PIN first: sign in to staffbase on the screen."))
        yield station, signed.actor
    finally:
        station.close()


def own_identity(settings: Settings, passphrase: str | None = None) -> str:
    """The station's own identity; where it is locked and nobody has said the passphrase yet, that is asked for."""
    from staffbase.kernel.key import SystemIdentities, own_identity

    try:
        return own_identity(settings.home, SystemIdentities(), passphrase)
    except PassphraseNeeded:
        if passphrase is not None:
            raise
        return own_identity(settings.home, SystemIdentities(), read_secret(_("Passphrase of the station")))


def progress() -> Callable[[int, int], None] | None:
    """Says on the terminal how far it is; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def told(done: int, of: int) -> None:
        end = "\n" if done == of else ""
        print(f"\r{100 * done // of:3d} %", end=end, file=sys.stderr, flush=True)

    return told

"""The command line: which commands there are, who is asked, and what each ends with.

Exit codes: 0 done · 1 the check found something · 2 wrong use · 3 refused (PIN, role) · 4 could not. Always one clear
sentence on stderr, never a traceback. Each command loads only what it needs.
"""

import argparse
import getpass
import resource
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from staffbase import __version__
from staffbase.kernel import i18n
from staffbase.kernel.errors import Invalid, NotAllowed, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings, read_settings

Command = Callable[[argparse.Namespace, Settings], int]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"staffbase: {message}. {_('See staffbase --help.')}", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    everywhere = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    everywhere.add_argument("--home", type=Path, metavar="DIR", help=_("the data folder"))
    everywhere.add_argument("--lang", choices=i18n.LANGUAGES, help=_("the language"))
    parser = _Parser(prog="staffbase", parents=[everywhere], description=_("The station of a supported house."))
    parser.add_argument("--version", action="version", version=f"staffbase {__version__}")
    commands = parser.add_subparsers(dest="command", metavar=_("command"), parser_class=_Parser)

    def command(name: str, what: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=what, description=what, parents=[everywhere])

    command("run", _("open the station (also without a command)"))
    demo = command("demo", _("open an invented house"))
    demo.add_argument("--at", metavar="ISO", help=_("the moment the demo begins; Europe/Oslo without offset"))
    demo.add_argument("--as", dest="person", metavar=_("NAME"), help=_("signed in and on duty as this person"))
    demo.add_argument("--dir", type=Path, metavar="DIR", help=_("keep the demo in this folder"))
    init = command(
        "init", _("set up a station from a script; the leader's PIN is read from the terminal or standard input")
    )
    init.add_argument("--house", required=True, metavar=_("NAME"))
    init.add_argument("--units", required=True, metavar="A1-A6,B1-B4")
    init.add_argument("--leader", required=True, metavar=_("NAME"))
    init.add_argument("--address", default="", metavar=_("TEXT"))
    init.add_argument("--oncall", default="", metavar=_("NUMBER"))
    imported = command("import", _("take in residents and staff from a CSV file"))
    imported.add_argument("file", type=Path)
    imported.add_argument("--dry-run", action="store_true", help=_("check only; nothing is saved"))
    _asks_who(imported)
    _asks_who(command("handover", _("the current shift report as plain text")))
    backup = command("backup", _("write one encrypted file that the recovery identity opens"))
    backup.add_argument("file", type=Path)
    _asks_who(backup)
    command("keys", _("list the keys"))
    shots = command("screenshots", _("write pictures of the screens"))
    shots.add_argument("folder", type=Path, nargs="?", default=Path("screenshots"))
    command("migrate", _("bring the database to this version's schema"))
    command("doctor", _("let the station examine itself"))
    return parser


def _asks_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="person", metavar=_("NAME"), help=_("who you are; the PIN is asked for"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the database key
    try:
        i18n.use(_language_said(arguments) or "nb")
        asked = _parser().parse_args(arguments)
        settings = read_settings(getattr(asked, "home", None), language=getattr(asked, "lang", None))
        i18n.use(settings.language)
        return _COMMANDS[asked.command or "run"](asked, settings)
    except StaffbaseError as error:
        print(f"staffbase: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 4
    except KeyboardInterrupt:
        return 4


def _language_said(arguments: Sequence[str]) -> str | None:
    for flag, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if flag == "--lang" and value in i18n.LANGUAGES:
            return value
        if flag.startswith("--lang=") and flag[7:] in i18n.LANGUAGES:
            return flag[7:]
    return None


def _read_pin(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ")
    return sys.stdin.readline().rstrip("\r\n")


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    del asked
    from staffbase.app import StaffbaseApp
    from staffbase.kernel.clock import SystemClock

    clock = SystemClock()

    def opener(say: Callable[[str], None]) -> Any:
        del say
        from staffbase.app import Opened
        from staffbase.station import open_station

        return Opened(open_station(settings, clock))

    return _full_screen(StaffbaseApp(settings, clock, opener))


def _full_screen(app: Any) -> int:
    try:
        code = app.run()
    finally:
        app.close_station()
    if app.failure is not None:
        raise app.failure
    return int(code or app.return_code or 0)


def _demo(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.demo.run import demo_app

    return _full_screen(demo_app(settings, at=_moment(asked.at), person=asked.person, folder=asked.dir))


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        return datetime.fromisoformat(said)
    except ValueError as error:
        raise Invalid(_("--at must be a moment such as 2026-01-05T23:38.")) from error


def _init(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.kernel.clock import SystemClock
    from staffbase.station import SetUp, create_station

    pin = _read_pin(_("PIN for %(name)s (at least six digits)") % {"name": asked.leader})
    answers = SetUp(
        house=asked.house,
        units=asked.units,
        leader=asked.leader,
        pin=pin,
        address=asked.address,
        oncall_phone=asked.oncall,
    )
    station, recovery = create_station(settings, SystemClock(), answers)
    station.close()
    print(_("The station is ready. Put this recovery identity in the municipality's safe; it is shown only now:"))
    print(recovery)
    return 0


def _signed_in(asked: argparse.Namespace, settings: Settings) -> tuple[Any, Any]:
    """The open station and who acts, after name and PIN."""
    from staffbase.kernel.access import STATION_ITSELF
    from staffbase.kernel.clock import SystemClock
    from staffbase.station import open_station

    if not asked.person:
        raise Invalid(_("Say who you are: --as NAME."))
    station = open_station(settings, SystemClock())
    try:
        people = station.people.directory(STATION_ITSELF)
        found = [person for person in people if person.name.casefold() == asked.person.casefold() and not person.left]
        if not found:
            raise Invalid(_("Nobody here has that name."))  # noqa: TRY301  (the station must be closed first)
        signed = station.people.sign_in(STATION_ITSELF, found[0].id, _read_pin(_("PIN")))
        if signed.must_change_pin:
            sentence = _("Change your one-time PIN first: sign in to staffbase on the screen.")
            raise NotAllowed(sentence)  # noqa: TRY301  (the same)
    except BaseException:
        station.close()
        raise
    return station, signed.actor


def _import(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.exchange.import_service import Imports

    station, actor = _signed_in(asked, settings)
    try:
        imports = Imports(station.database, station.house_id)
        result = imports.import_file(actor, asked.file, dry_run=asked.dry_run)
        print(result.in_words())
    finally:
        station.close()
    return 0


def _handover(asked: argparse.Namespace, settings: Settings) -> int:
    station, actor = _signed_in(asked, settings)
    try:
        print(station.handover.report_text(actor))
    finally:
        station.close()
    return 0


def _backup(asked: argparse.Namespace, settings: Settings) -> int:
    station, actor = _signed_in(asked, settings)
    try:
        print(station.backup(settings.home).backup(actor, asked.file))
    finally:
        station.close()
    return 0


def _keys(asked: argparse.Namespace, settings: Settings) -> int:
    del asked, settings
    from staffbase.keys import key_table

    print(key_table())
    return 0


def _screenshots(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.demo.pictures import write_pictures

    for name in write_pictures(asked.folder, settings):
        print(name)
    return 0


def _migrate(asked: argparse.Namespace, settings: Settings) -> int:
    del asked
    from staffbase.kernel.clock import SystemClock
    from staffbase.station import open_station

    open_station(settings, SystemClock()).close()
    print(_("The database has this version's schema."))
    return 0


def _doctor(asked: argparse.Namespace, settings: Settings) -> int:
    del asked
    from staffbase.exchange.doctor import examine

    findings = examine(settings)
    for finding in findings:
        print(finding.in_words())
    return 1 if any(finding.bad for finding in findings) else 0


_COMMANDS: dict[str, Command] = {
    "run": _run,
    "demo": _demo,
    "init": _init,
    "import": _import,
    "handover": _handover,
    "backup": _backup,
    "keys": _keys,
    "screenshots": _screenshots,
    "migrate": _migrate,
    "doctor": _doctor,
}

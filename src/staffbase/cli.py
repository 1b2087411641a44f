"""The command line: which commands there are, and what each ends with; what they do stands in `commands`.

Exit codes: 0 done · 1 the check found something · 2 wrong use · 3 refused (PIN, role) · 4 could not. Always one clear
sentence on stderr, never a traceback.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from staffbase import __version__
from staffbase.commands import COMMANDS
from staffbase.commands.asked import keep_secrets_in
from staffbase.commands.full_screen import stopped
from staffbase.kernel import i18n
from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.files import why
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.settings import read_settings

_WRONG_USE = (
    (r"unrecognized arguments: (?P<what>.+)", N_("staffbase does not know “%(what)s”.")),
    (r"the following arguments are required: (?P<what>.+)", N_("%(what)s is missing.")),
    (r"argument (?P<what>\S+): expected one argument", N_("After %(what)s something must follow.")),
    (r"argument \S+: invalid choice: '(?P<what>.*)' \(choose from .+\)", N_("staffbase does not know “%(what)s”.")),
)
"""What argparse says in English, and how we say it."""


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    def __init__(self, *, with_help: bool = True, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "add_help": False, "formatter_class": _Formatter, "allow_abbrev": False})
        if with_help:  # what others take over is merged by its title
            self._positionals.title, self._optionals.title = _("what to say"), _("options")
            self.add_argument("-h", "--help", action="help", help=_("show this help"))

    def error(self, message: str) -> NoReturn:
        for pattern, sentence in _WRONG_USE:
            if found := re.fullmatch(pattern, message, re.DOTALL):
                message = _(sentence) % found.groupdict()
                break
        else:
            message += "."
        see = _("See staffbase --help.")
        print(f"staffbase: {message} {see}", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    everywhere = _Parser(with_help=False, argument_default=argparse.SUPPRESS)
    everywhere.add_argument("--home", type=Path, metavar=_("DIR"), help=_("the data folder"))
    everywhere.add_argument("--lang", choices=i18n.LANGUAGES, help=_("the language"))
    parser = _Parser(prog="staffbase", parents=[everywhere], description=_("The station of a supported house."))
    parser.add_argument(
        "--version", action="version", version=f"staffbase {__version__}", help=_("show which version this is")
    )
    adding = parser.add_subparsers(dest="command", metavar=_("command"), parser_class=_Parser)

    def command(name: str, what: str) -> argparse.ArgumentParser:
        return adding.add_parser(name, help=what, description=what, parents=[everywhere])

    command("run", _("open the station (also without a command); guides through set-up where there is none"))
    demo = command("demo", _("open an invented house"))
    demo.add_argument("--at", metavar="ISO", help=_("the moment the demo begins; Europe/Oslo without offset"))
    demo.add_argument("--as", dest="person", metavar=_("NAME"), help=_("signed in and on duty as this person"))
    demo.add_argument("--dir", type=Path, metavar=_("DIR"), help=_("keep the demo in this folder"))
    _init(
        command(
            "init", _("set up a station from a script; the leader's PIN is read from the terminal or standard input")
        )
    )
    imported = command("import", _("take in residents and staff from a CSV file"))
    imported.add_argument("file", type=Path, metavar=_("FILE"))
    imported.epilog = _(
        "The first row holds headings, in any order: unit, name, birth year, moved in, round agreement, allergy, danger,"
        " primary contact, phone for residents; name, role, phone for staff. Who has a role is staff; a column “type” may"
        " say it instead: resident, staff or unit."
    )
    imported.add_argument("--dry-run", action="store_true", help=_("check only; nothing is saved"))
    _asks_who(imported)
    _asks_who(command("handover", _("the current shift report as plain text")))
    _access_log(command("access-log", _("who opened a resident's record, as plain text: the resident's own right")))
    backup = command("backup", _("write one encrypted file that the recovery identity opens"))
    backup.add_argument("file", type=Path, metavar=_("FILE"))
    _asks_who(backup)
    restore = command("restore", _("make the station of a backup; what stands is kept aside"))
    restore.add_argument("file", type=Path, metavar=_("FILE"))
    restore.add_argument("--replace", action="store_true", help=_("though a station stands in the data folder"))
    restore.add_argument("--recovery", action="store_true", help=_("open it with the recovery identity"))
    _asks_who(restore)
    _verify(command("verify", _("look whether everything is as staffbase wrote it; tells no content")))
    openers = command("openers", _("who can open the station: list, add, remove or replace identities"))
    asking = openers.add_subparsers(dest="what", metavar=_("what"), parser_class=_Parser)
    adding_one = asking.add_parser("add", help=_("let one more identity open it"))
    adding_one.add_argument("public", metavar="age1…")
    adding_one.add_argument("name", metavar=_("NAME"), help=_("what it is called"))
    removing = asking.add_parser("remove", help=_("take that away again"))
    removing.add_argument("public", metavar="age1…")
    recovery = asking.add_parser("new-recovery", help=_("a new recovery identity, shown once"))
    here = asking.add_parser("new-station", help=_("a new identity for this computer"))
    _asks_who(openers)
    for parser_ in (adding_one, removing, recovery, here):
        _asks_who(parser_, argparse.SUPPRESS)  # said before or after what is to be done
    _asks_who(command("rekey", _("give the database a new key, after somebody left who could copy the old one")))
    keys = command("keys", _("list the keys"))
    keys.add_argument("--roles", action="store_true", help=_("list which role may do what instead"))
    shots = command("screenshots", _("write pictures of the screens"))
    shots.add_argument("folder", type=Path, nargs="?", default=Path("screenshots"), metavar=_("DIR"))
    command("migrate", _("bring the database to this version's schema"))
    command("doctor", _("let the station examine itself"))
    return parser


def _verify(verify: argparse.ArgumentParser) -> None:
    verify.add_argument(
        "file", type=Path, nargs="?", metavar=_("FILE"), help=_("a backup, looked over without restoring it")
    )
    verify.add_argument("--recovery", action="store_true", help=_("open it with the recovery identity"))
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        metavar=_("ROW:HASH"),
        help=_(
            "must pass through this head, as it was printed before: 812:8d1f6c0233a1bb0e (more than once for several)"
        ),
    )
    verify.add_argument("--json", action="store_true", help=_("for a program"))


def _access_log(log: argparse.ArgumentParser) -> None:
    log.add_argument("--resident", required=True, metavar="A3", help=_("the unit or the name"))
    log.add_argument("--since", default="", metavar=_("DAY"), help=_("from this day on, such as 5.1.2026"))
    log.add_argument(
        "-o",
        dest="file",
        type=Path,
        metavar=_("FILE"),
        help=_("into this file, for your account alone; a table where its name ends in .csv"),
    )
    _asks_who(log)


def _init(init: argparse.ArgumentParser) -> None:
    init.add_argument("--house", metavar=_("NAME"), help=_("the name of the house"))
    init.add_argument("--units", metavar="A1-A6,B1-B4", help=_("the units, in walking order"))
    init.add_argument("--leader", metavar=_("NAME"), help=_("the first leader, who signs in with the PIN"))
    init.add_argument("--address", default="", metavar=_("TEXT"), help=_("the address, for an emergency call"))
    init.add_argument("--entrance", default="", metavar=_("TEXT"), help=_("the way in, for an emergency call"))
    init.add_argument("--oncall-name", default="", metavar=_("NAME"), help=_("who is on call"))
    init.add_argument("--oncall", default="", metavar=_("NUMBER"), help=_("the on-call number"))
    init.add_argument("--passphrase", action="store_true", help=_("ask for a passphrase at every start"))
    init.add_argument(
        "--recover", action="store_true", help=_("open a copy of a station on this computer with its recovery identity")
    )


def _asks_who(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    said = _("who you are; the PIN is asked for")
    parser.add_argument("--as", dest="person", metavar=_("NAME"), default=default, help=said)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    keep_secrets_in()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without æ ø å still gets its sentence
    home: Path | None = None
    try:
        i18n.use(_language_said(arguments) or _language_set() or "nb")
        asked = _parser().parse_args(arguments)
        settings = read_settings(
            getattr(asked, "home", None), file=asked.command != "demo", language=getattr(asked, "lang", None)
        )
        home = settings.home
        i18n.use(settings.language)
        code = COMMANDS[asked.command or "run"](asked, settings)
        sys.stdout.flush()
    except StaffbaseError as error:
        print(f"staffbase: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # whoever read us has gone; nothing is to be said at the end either
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 4
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"staffbase: {place}{why(error)}.", file=sys.stderr)
        return 4
    except KeyboardInterrupt:
        return 4
    except Exception as fault:  # noqa: BLE001  (Python's own account of a fault quotes what was at hand)
        return stopped(fault, home)
    return code


def _language_said(arguments: Sequence[str]) -> str | None:
    for flag, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if flag == "--lang" and value in i18n.LANGUAGES:
            return value
        if flag.startswith("--lang=") and flag[7:] in i18n.LANGUAGES:
            return flag[7:]
    return None


def _language_set() -> str | None:
    """The language of the environment, for what must be said before the settings are read."""
    language = os.environ.get("STAFFBASE_LANGUAGE")
    return language if language in i18n.LANGUAGES else None

"""What each command does. Each loads only what it needs; the data a command reveals or takes in needs a name and a PIN."""

import argparse
import getpass
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staffbase.kernel import garbage, i18n
from staffbase.kernel.errors import DatabaseDamaged, Invalid, NotAllowed, PassphraseNeeded, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings, read_settings

if TYPE_CHECKING:
    from staffbase.kernel.access import Actor
    from staffbase.kernel.verify import Proof
    from staffbase.station import SetUp, Station

Command = Callable[[argparse.Namespace, Settings], int]


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


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.__stderr__ is not None and sys.__stderr__.isatty()):
        raise Invalid(_("This needs a terminal: start it in a window of its own, without a pipe."))


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    del asked
    _need_terminal()
    garbage.rest()
    from staffbase.kernel.clock import SystemClock
    from staffbase.start.way_in import station_app

    return _full_screen(station_app(settings, SystemClock()))


def _demo(asked: argparse.Namespace, settings: Settings) -> int:
    at = _moment(asked.at)
    _need_terminal()
    garbage.rest()
    from staffbase.demo.run import demo_app

    # A house that is kept has settings of its own; one that is thrown away has none, and rings nobody's alarm.
    settings = read_settings(
        asked.dir or settings.home, file=asked.dir is not None, language=getattr(asked, "lang", None)
    )
    i18n.use(settings.language)
    return _full_screen(demo_app(settings, at=at, person=asked.person, folder=asked.dir))


def _full_screen(app: Any) -> int:
    try:
        code = app.run()
    finally:
        app.close_station()
    if app.fault is not None:
        return stopped(app.fault, app.settings.home)
    if app.failure is not None:
        raise app.failure
    return int(code or app.return_code or 0)


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
        return datetime.fromisoformat(said)
    except ValueError as error:
        raise Invalid(_("--at must be a moment such as 2026-01-05T23:38.")) from error


def _init(asked: argparse.Namespace, settings: Settings) -> int:
    return _recover(asked, settings) if asked.recover else _set_up(asked, settings)


def _set_up(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.kernel.clock import SystemClock
    from staffbase.kernel.creation import check_place
    from staffbase.kernel.key import SystemIdentities, new_recovery_identity
    from staffbase.station import create_station

    missing = [f"--{name}" for name in ("house", "units", "leader") if getattr(asked, name) is None]
    if missing:
        raise Invalid(_("%(what)s is missing.") % {"what": ", ".join(missing)})
    identities = SystemIdentities()
    check_place(settings.home, identities)
    answers = _answers(asked)
    recovery_identity = new_recovery_identity()
    print(_("Put this recovery identity in the municipality's safe; it is shown only now:"))
    print(recovery_identity, flush=True)  # before there is anything to lose
    station, _shown = create_station(settings, SystemClock(), answers, identities, recovery_identity=recovery_identity)
    station.close()
    print(_("The station is ready: start it with staffbase."))
    return 0


def _answers(asked: argparse.Namespace) -> "SetUp":
    """What the script said, checked before a PIN is asked for, and then with it. Raises Invalid, naming the option."""
    from staffbase.station import SetUp

    said = {
        "house": asked.house, "units": asked.units, "leader": asked.leader, "address": asked.address,
        "entrance": asked.entrance, "oncall_name": asked.oncall_name, "oncall_phone": asked.oncall,
    }  # fmt: skip
    for field in said:
        try:
            SetUp(**said, pin="").check(field)
        except Invalid as error:
            option = "--oncall" if field == "oncall_phone" else f"--{field.replace('_', '-')}"
            raise Invalid(f"{option}: {error}", field) from error
    pin = read_secret(_("PIN for %(name)s (at least six digits)") % {"name": asked.leader}, twice=True)
    answers = SetUp(**said, pin=pin)
    answers.check("pin")
    if asked.passphrase:
        answers = SetUp(**said, pin=pin, passphrase=read_secret(_("Passphrase at start"), twice=True))
        answers.check("passphrase")
    return answers


def _recover(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.kernel.clock import SystemClock
    from staffbase.kernel.key import check_passphrase
    from staffbase.station import take_over_station

    identity = read_secret(_("Recovery identity"))
    passphrase = check_passphrase(read_secret(_("Passphrase at start"), twice=True)) if asked.passphrase else None
    take_over_station(settings, SystemClock(), identity, passphrase=passphrase).close()
    print(_("This computer opens the station now. If the old computer still runs it, take it out of use."))
    return 0


def _open(settings: Settings, passphrase: str | None = None) -> "Station":
    """The open station; a demo that is kept goes by its own time, or the next look at it would be in another year."""
    from staffbase.demo import MARK_FILE
    from staffbase.kernel.clock import SystemClock
    from staffbase.station import open_station

    if (settings.home / MARK_FILE).exists():
        from staffbase.demo.run import open_where_left

        if (station := open_where_left(settings, passphrase)) is not None:
            return station
    return open_station(settings, SystemClock(), passphrase=passphrase)


def _opened(settings: Settings, asked: argparse.Namespace | None = None) -> "Station":
    """The open station; where it asks for a passphrase, so do we, and remember it in what was `asked`."""
    said = None
    try:
        return _open(settings)
    except PassphraseNeeded:
        said = read_secret(_("Passphrase of the station"))
        return _open(settings, said)
    finally:
        if asked is not None:
            asked.passphrase_said = said


@contextmanager
def _signed_in(asked: argparse.Namespace, settings: Settings) -> Iterator[tuple["Station", "Actor"]]:
    """The open station and who acts, after name and PIN."""
    from staffbase.kernel.access import STATION_ITSELF

    if not asked.person:
        raise Invalid(_("Say who you are: --as NAME."))
    station = _opened(settings, asked)
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


def _import(asked: argparse.Namespace, settings: Settings) -> int:
    with _signed_in(asked, settings) as (station, actor):
        print(station.imports.import_file(actor, asked.file, dry_run=asked.dry_run).in_words())
    return 0


def _handover(asked: argparse.Namespace, settings: Settings) -> int:
    with _signed_in(asked, settings) as (station, actor):
        print(station.handover.report_text(actor))
    return 0


def _access_log(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.exchange.csv_file import table_bytes
    from staffbase.kernel.files import write_private
    from staffbase.residents.log_words import log_table, log_words

    if asked.file is not None and asked.file.exists():
        raise Invalid(_("%(file)s exists already. Choose another name.") % {"file": asked.file})
    with _signed_in(asked, settings) as (station, actor):
        printed = station.access_log.printed(actor, asked.resident, asked.since)
        if asked.file is None:
            print(log_words(printed), end="")
        else:
            table = asked.file.suffix.casefold() == ".csv"
            write_private(asked.file, table_bytes(*log_table(printed)) if table else log_words(printed).encode())
            print(asked.file)
    return 0


def _backup(asked: argparse.Namespace, settings: Settings) -> int:
    with _signed_in(asked, settings) as (station, actor):
        print(station.backup(settings.home).backup(actor, asked.file))
    return 0


def _openers(asked: argparse.Namespace, settings: Settings) -> int:
    with _signed_in(asked, settings) as (station, actor):
        openers = station.openers(settings.home, asked.passphrase_said)
        if asked.what == "add":
            openers.add(actor, asked.public, asked.name)
        elif asked.what == "remove":
            openers.remove(actor, asked.public)
        elif asked.what == "new-station":
            openers.new_station(actor)
        elif asked.what == "new-recovery":
            print(_("Put this recovery identity in the municipality's safe; it is shown only now:"))
            print(openers.new_recovery(actor), flush=True)
            print(_("Backups made so far still open with the old one: keep both until those have rotated out."))
        for opener in openers.all(actor):
            print(f"{opener.public}  {opener.name}")
    return 0


def _rekey(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.kernel.key import SystemIdentities
    from staffbase.kernel.rekey import rekey

    with _signed_in(asked, settings) as (station, actor):
        station.openers(settings.home).about_to_rekey(actor)
    rekey(settings.home, SystemIdentities(), asked.passphrase_said)
    station = _open(settings, asked.passphrase_said)
    station.openers(settings.home).rekeyed(actor)
    station.close()
    print(_("The database has a new key. Copies of the folder made before still open with the old one."))
    return 0


def _restore(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.exchange.authority import KnownInBackup
    from staffbase.exchange.restore import restore
    from staffbase.exchange.restored import RESTORED
    from staffbase.kernel.access import Permission, require
    from staffbase.kernel.clock import SystemClock
    from staffbase.kernel.creation import has_station
    from staffbase.kernel.key import SystemIdentities

    identity, leader, asked.passphrase_said = None, None, None
    if asked.recovery or not has_station(settings.home):
        identity = read_secret(_("Recovery identity"))
    elif not asked.replace:
        pass  # refused below, with what to do
    else:
        try:
            with _signed_in(asked, settings) as (_station, actor):
                require(actor, Permission.RESTORE)
        except DatabaseDamaged:  # then the backup says who is a leader
            leader = KnownInBackup(asked.person, read_secret(_("PIN")))
    done = restore(
        settings.home, SystemClock(), asked.file, SystemIdentities(), identity,
        overwrite=asked.replace, passphrase=asked.passphrase_said, progress=_progress(), leader=leader,
    )  # fmt: skip
    station = _opened(settings)
    station.database.opened(done.by, f"{RESTORED}{done.ledger_seq}", None)
    station.close()
    print("\n".join(done.in_words()))
    return 0


def _own_identity(settings: Settings, passphrase: str | None = None) -> str:
    """The station's own identity; where it is locked and nobody has said the passphrase yet, that is asked for."""
    from staffbase.kernel.key import SystemIdentities, own_identity

    try:
        return own_identity(settings.home, SystemIdentities(), passphrase)
    except PassphraseNeeded:
        if passphrase is not None:
            raise
        return own_identity(settings.home, SystemIdentities(), read_secret(_("Passphrase of the station")))


def _verify_file(asked: argparse.Namespace, settings: Settings) -> "Proof":
    """A backup, looked over without restoring it; opened with the station's own identity, or the recovery identity."""
    from tempfile import TemporaryDirectory

    from staffbase.exchange.heads import typed_head
    from staffbase.exchange.opened_backup import opened_backup
    from staffbase.kernel.creation import has_station
    from staffbase.migrations import load_models

    load_models()
    heads = [typed_head(typed) for typed in asked.head]
    if has_station(settings.home) and not asked.recovery:
        identity = _own_identity(settings)
    else:
        identity = read_secret(_("Recovery identity"))
    with (
        TemporaryDirectory(prefix="staffbase-verify-") as place,
        opened_backup(asked.file, identity, Path(place)) as backup,
    ):
        return backup.verify(_progress(), heads=heads)


def _verify(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.exchange.heads import KeptHeads, kept_heads, kept_in_words, typed_head
    from staffbase.exchange.verification import as_json, in_words
    from staffbase.kernel.access import STATION_ITSELF
    from staffbase.kernel.key import station_card

    kept = KeptHeads()
    if asked.file is not None:
        proof = _verify_file(asked, settings)
    else:
        typed = [typed_head(one) for one in asked.head]
        station = _opened(settings, asked)
        try:
            identity = _own_identity(settings, asked.passphrase_said)
            kept = kept_heads(station.database, settings, station_card(settings.home).station_id, identity)
            proof = station.verifications.verify(STATION_ITSELF, _progress(), [*typed, *kept.known])
        finally:
            station.close()
    not_compared = kept.left_out + kept.closed
    told = [*in_words(proof), *kept_in_words(kept)]
    print(as_json(proof, not_compared) if asked.json else "\n".join(told))
    return 0 if proof.clean else 1


def _progress() -> Callable[[int, int], None] | None:
    """Says on the terminal how far it is; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def told(done: int, of: int) -> None:
        end = "\n" if done == of else ""
        print(f"\r{100 * done // of:3d} %", end=end, file=sys.stderr, flush=True)

    return told


def _keys(asked: argparse.Namespace, settings: Settings) -> int:
    del settings
    if asked.roles:
        from staffbase.roles import role_table

        print(role_table())
        return 0
    from staffbase.keys import key_table

    print(key_table())
    return 0


def _screenshots(asked: argparse.Namespace, settings: Settings) -> int:
    del settings  # pictures are the same on every machine
    from staffbase.demo.pictures import write_pictures

    for name in write_pictures(asked.folder):
        print(name)
    return 0


def _migrate(asked: argparse.Namespace, settings: Settings) -> int:
    del asked
    _opened(settings).close()
    print(_("The database has this version's schema."))
    return 0


def _doctor(asked: argparse.Namespace, settings: Settings) -> int:
    del asked
    from staffbase.exchange.doctor import examine
    from staffbase.kernel.key import SystemIdentities, asks_for_passphrase

    passphrase = None
    with suppress(StaffbaseError):  # what is wrong with the key, the doctor says; without a passphrase it says less
        if asks_for_passphrase(settings.home, SystemIdentities()):
            passphrase = read_secret(_("Passphrase of the station"))
    findings = examine(settings, passphrase=passphrase)
    for finding in findings:
        print(finding.in_words())
    return 1 if any(finding.bad for finding in findings) else 0


COMMANDS: dict[str, Command] = {
    "run": _run,
    "demo": _demo,
    "init": _init,
    "import": _import,
    "handover": _handover,
    "access-log": _access_log,
    "backup": _backup,
    "restore": _restore,
    "verify": _verify,
    "openers": _openers,
    "rekey": _rekey,
    "keys": _keys,
    "screenshots": _screenshots,
    "migrate": _migrate,
    "doctor": _doctor,
}
"""By the name one types."""

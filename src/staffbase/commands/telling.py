"""Lists in and words out: import, the shift report, an access log, the keys, and the station examining itself."""

import argparse
from contextlib import suppress

from staffbase.commands.asked import ordinary, read_secret, signed_in
from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings


def import_people(asked: argparse.Namespace, settings: Settings) -> int:
    """Take in residents and staff from a file, or only say what would come."""
    file = ordinary(asked.file)
    with signed_in(asked, settings) as (station, actor):
        print(station.imports.import_file(actor, file, dry_run=asked.dry_run).in_words())
    return 0


def handover(asked: argparse.Namespace, settings: Settings) -> int:
    """The current shift report as plain text."""
    with signed_in(asked, settings) as (station, actor):
        print(station.handover.report_text(actor))
    return 0


def access_log(asked: argparse.Namespace, settings: Settings) -> int:
    """Who opened a resident's record: on the terminal, or into a file."""
    from staffbase.exchange.csv_file import table_bytes
    from staffbase.kernel.files import write_private
    from staffbase.residents.log_words import log_table, log_words

    if asked.file is not None and asked.file.exists():
        raise Invalid(_("%(file)s exists already. Choose another name.") % {"file": asked.file})
    with signed_in(asked, settings) as (station, actor):
        printed = station.access_log.printed(actor, asked.resident, asked.since)
        if asked.file is None:
            print(log_words(printed), end="")
        else:
            table = asked.file.suffix.casefold() == ".csv"
            write_private(asked.file, table_bytes(*log_table(printed)) if table else log_words(printed).encode())
            print(asked.file)
    return 0


def keys(asked: argparse.Namespace, settings: Settings) -> int:
    """All keys, or which role may do what."""
    del settings
    if asked.roles:
        from staffbase.roles import role_table

        print(role_table())
        return 0
    from staffbase.keys import key_table

    print(key_table())
    return 0


def doctor(asked: argparse.Namespace, settings: Settings) -> int:
    """What the station finds when it examines itself; ends with 1 if something is bad."""
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

"""Making a station, taking one over, and bringing its database up to date."""

import argparse
from typing import TYPE_CHECKING

from staffbase.commands.asked import read_secret, station_opened
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import Settings

if TYPE_CHECKING:
    from staffbase.new_station import SetUp


def init(asked: argparse.Namespace, settings: Settings) -> int:
    """Make a station, or take one over with the recovery identity."""
    return _recover(asked, settings) if asked.recover else _set_up(asked, settings)


def _set_up(asked: argparse.Namespace, settings: Settings) -> int:
    from staffbase.kernel.clock import SystemClock
    from staffbase.kernel.creation import check_place
    from staffbase.kernel.key import SystemIdentities, new_identity
    from staffbase.new_station import create_station

    missing = [f"--{name}" for name in ("house", "units", "leader") if getattr(asked, name) is None]
    if missing:
        raise Invalid(_("%(what)s is missing.") % {"what": ", ".join(missing)})
    identities = SystemIdentities()
    check_place(settings.home, identities)
    answers = _answers(asked)
    recovery_identity = new_identity()
    print(_("Put this recovery identity in the municipality's safe; it is shown only now:"))
    print(recovery_identity, flush=True)  # before there is anything to lose
    station, _shown = create_station(settings, SystemClock(), answers, identities, recovery_identity=recovery_identity)
    station.close()
    print(_("The station is ready: start it with staffbase."))
    return 0


def _answers(asked: argparse.Namespace) -> "SetUp":
    """What the script said, checked before a PIN is asked for, and then with it. Raises Invalid, naming the option."""
    from staffbase.new_station import SetUp

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
    from staffbase.kernel.key import check_passphrase, known_card
    from staffbase.station import take_over_station

    identity = read_secret(_("Recovery identity"))
    passphrase = check_passphrase(read_secret(_("Passphrase at start"), twice=True)) if asked.passphrase else None
    others_known = known_card(settings.home) is not None
    take_over_station(settings, SystemClock(), identity, passphrase=passphrase).close()
    print(_("This computer opens the station now. If the old computer still runs it, take it out of use."))
    if not others_known:
        print(
            _(
                "station.toml was lost, and with it who else opens the station: only this computer does now, and the identity you typed. If that one does not lie in the municipality's safe, make a new one: staffbase openers new-recovery."
            )
        )
    return 0


def migrate(asked: argparse.Namespace, settings: Settings) -> int:
    """Bring the database to the schema of this version; opening does it."""
    del asked
    station_opened(settings).close()
    print(_("The database has this version's schema."))
    return 0

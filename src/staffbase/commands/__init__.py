"""What each command does. Each loads only what it needs; the data a command reveals or takes in needs a name and a PIN."""

import argparse
from collections.abc import Callable

from staffbase.commands.full_screen import demo, run, screenshots
from staffbase.commands.safekeeping import backup, change_openers, rekey_database, restore_station, verify
from staffbase.commands.setting_up import init, migrate
from staffbase.commands.telling import access_log, doctor, handover, import_people, keys
from staffbase.kernel.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]

COMMANDS: dict[str, Command] = {
    "run": run,
    "demo": demo,
    "init": init,
    "import": import_people,
    "handover": handover,
    "access-log": access_log,
    "backup": backup,
    "restore": restore_station,
    "verify": verify,
    "openers": change_openers,
    "rekey": rekey_database,
    "keys": keys,
    "screenshots": screenshots,
    "migrate": migrate,
    "doctor": doctor,
}
"""By the name one types."""

"""The station's settings: settings.toml in the data folder, every key also an environment variable STAFFBASE_….

What belongs to the house (address, numbers, round windows) stands in the database, versioned; here stands only what
belongs to this machine. Read with tomllib alone: a settings library costs a fifth of the whole start.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from staffbase.kernel.errors import DatabaseUnavailable, Invalid
from staffbase.kernel.files import why
from staffbase.kernel.i18n import LANGUAGES, N_, _

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NUMBER = re.compile(r"[0-9]{1,9}")
SETTINGS_FILE = "settings.toml"
_LINE = re.compile(r"at line (\d+)")
"""Where tomllib says a fault is; what is wrong it says in English only."""
THEME_NAMES = {"dark": N_("dark"), "light": N_("light"), "contrast": N_("high contrast")}
THEMES = tuple(THEME_NAMES)
LANGUAGE_NAMES = {"nb": "norsk bokmål", "en": "English"}
"""Each language's own name for itself: somebody who reads no other must find it."""
UNLOCK_NAMES = {"": N_("as it was set up"), "auto": N_("by itself"), "passphrase": N_("asks for a passphrase")}


@dataclass(frozen=True)
class Settings:
    """How this machine runs the station."""

    home: Path
    """The data folder."""
    language: str = "nb"
    """nb or en."""
    theme: str = "dark"
    """dark, light or contrast."""
    idle_lock_minutes: int = 5
    """Minutes without a key before the screen locks; a countdown of 30 seconds comes first."""
    crisis_lock_minutes: int = 20
    """The same, while a crisis card, a ladder or a running incident is open."""
    walk_minutes: int = 45
    """Minutes a walk may take before the alarm."""
    alarm_command: str = ""
    """Run when a walk is overdue (an SMS gateway, e-mail); gets no personal data. Empty: only the room hears."""
    unlock: str = ""
    """auto: the station opens by itself; passphrase: it asks at start; empty: as it was set up."""
    database_url: str = ""
    """Where the database is, if not in the data folder."""
    station: str = "base"
    """What this machine is called in the ledger."""
    backup_folder: str = ""
    """Where the nightly backups go, best a network drive; empty: in the data folder."""
    backup_keep: int = 14
    """How many are kept; 0: the station takes none by itself."""
    backup_at: str = "04:00"
    """When, by the house's clock."""


def default_home() -> Path:
    """The platform's folder for a program's data, or STAFFBASE_HOME."""
    if given := os.environ.get("STAFFBASE_HOME"):
        return Path(given)
    from platformdirs import user_data_path  # noqa: PLC0415  (only when the folder was not said)

    return user_data_path("staffbase", appauthor=False)


class Where(StrEnum):
    """Where a setting comes from; what stands further down counts more."""

    NOWHERE = "nowhere"
    """It is as staffbase comes."""
    FILE = "file"
    """settings.toml in the data folder."""
    ENVIRONMENT = "environment"
    """STAFFBASE_…, which whoever starts staffbase sets; no file can change it."""


def where_set(home: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Where]:
    """Where each setting comes from. Raises as `read_settings` does."""
    written = _in_file(home)
    found = {}
    for field in fields(Settings):
        if variable(field.name) in environ:
            found[field.name] = Where.ENVIRONMENT
        else:
            found[field.name] = Where.FILE if field.name in written else Where.NOWHERE
    return found


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"STAFFBASE_{name.upper()}"


def checked(name: str, value: object) -> int | str:
    """The value of a setting, if it may be that. Raises Invalid."""
    if name.endswith("_minutes"):
        return _minutes(name, value)
    return _count(name, value) if name.endswith("_keep") else _text(name, value)


def read_settings(
    home: Path | None = None, environ: Mapping[str, str] = os.environ, *, file: bool = True, **said: str | None
) -> Settings:
    """The settings of the station in `home`: defaults, then settings.toml, then STAFFBASE_…, then what was `said`.

    Without `file` settings.toml counts for nothing: a house that is thrown away has none. Raises Invalid with one sentence for a file that cannot be read or a value that cannot be used.
    """
    home = home or default_home()
    values = _in_file(home) if file else {}
    known = {field.name: field for field in fields(Settings) if field.name != "home"}
    for name in known:
        if (from_environment := environ.get(variable(name))) is not None:
            values[name] = from_environment
        if said.get(name) is not None:
            values[name] = said[name]
    for name in values:
        if name not in known:
            raise Invalid(_("The settings hold “%(name)s”, which staffbase does not know.") % {"name": name})
    return Settings(home=home, **{name: checked(name, value) for name, value in values.items()})  # type: ignore[arg-type]  # names and kinds are checked


def _in_file(home: Path) -> dict[str, object]:
    """What stands in the data folder's settings.toml; a table's keys count with its name before them."""
    values: dict[str, object] = {}
    for key, value in read_file(home).items():
        if isinstance(value, dict):
            values.update({f"{key}_{inner}": given for inner, given in value.items()})
        else:
            values[key] = value
    return values


def read_file(home: Path) -> dict[str, object]:
    """settings.toml as it stands; nothing where there is none. Raises DatabaseUnavailable or Invalid with one sentence."""
    file = home / SETTINGS_FILE
    held = b""
    try:
        held = file.read_bytes()
        return tomllib.loads(held.decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        raise DatabaseUnavailable(
            _("The data folder %(folder)s cannot be used: %(why)s. Mend that, or choose another folder with --home.")
            % {"folder": home, "why": why(error)}
        ) from error
    except OSError as error:
        raise Invalid(
            _("The settings in %(file)s cannot be read (%(why)s).") % {"file": file.name, "why": why(error)}
        ) from error
    except UnicodeDecodeError as error:
        line = held.count(b"\n", 0, error.start) + 1
        raise Invalid(
            _("Line %(line)d of %(file)s holds letters that are not UTF-8. Save the file as UTF-8.")
            % {"line": line, "file": file.name}
        ) from error
    except tomllib.TOMLDecodeError as error:
        said = _LINE.search(str(error))
        line = int(said[1]) if said else held.rstrip().count(b"\n") + 1
        raise Invalid(  # without what stands there: it may be a password
            _('Line %(line)d of %(file)s cannot be read. A setting is written once, as name = "words" or name = 5.')
            % {"line": line, "file": file.name}
        ) from error


def _minutes(name: str, value: object) -> int:
    if (number := _number(value)) is not None and 1 <= number <= 24 * 60:
        return number
    raise Invalid(_("The setting %(name)s must be a number of minutes from 1 to 1440.") % {"name": name}, name)


def _count(name: str, value: object) -> int:
    if (number := _number(value)) is not None and number <= 1000:  # noqa: PLR2004  (three years of nights)
        return number
    raise Invalid(_("The setting %(name)s must be a number from 0 to 1000.") % {"name": name})


def _number(value: object) -> int | None:
    """What is written with a few of the digits 0 to 9; “²” is a digit, too, and no number."""
    return int(value) if isinstance(value, int | str) and _NUMBER.fullmatch(str(value)) else None


def _text(name: str, value: object) -> str:
    allowed = {"language": LANGUAGES, "theme": THEMES, "unlock": tuple(UNLOCK_NAMES)}.get(name)
    if not isinstance(value, str) or (allowed and value not in allowed):
        raise Invalid(
            _("The setting %(name)s must be one of: %(allowed)s.")
            % {"name": name, "allowed": ", ".join(filter(None, allowed or (_("a text"),)))}
        )
    if name.endswith("_at") and not _TIME.fullmatch(value):
        raise Invalid(_("The setting %(name)s must be a time such as 04:00.") % {"name": name})
    return value

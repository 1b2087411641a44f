"""Which older backups still hold what a § 43 decision erased: those taken after it was written and before the decision.

The station knows its automatic ones by name, those taken by hand by who took them and when (not where they lie), and the
databases that a restore put aside.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from staffbase.exchange.backup_folder import backups_in, folder_of, moment_of, trouble_with
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.backed_up import BACKUP_DONE
from staffbase.kernel.clock import OSLO, local
from staffbase.kernel.database import Reading
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings

_ASIDE = re.compile(r"replaced-(\d{8}-\d{6})-\w+")
"""Folders in which a restore keeps what stood there (exchange.restore)."""


@dataclass(frozen=True)
class OlderBackup:
    """One that still holds it, as it is kept in the decision."""

    name: str = ""
    """A file of the backup folder, or a folder that a restore put aside."""
    person_id: int | None = None
    """Who took it by hand."""
    at: str = ""
    """When, for one taken by hand."""
    unread: str = ""
    """A backup folder that could not be looked into when it was decided."""

    def stands(self, lying: "Lying") -> bool:
        """Whether it is still there, as far as the station can tell."""
        return not self.name or bool(lying.unread) or any(self.name == file.name for file, _made in lying.found)

    def in_words(self, names: dict[int, str]) -> str:
        """As people are told of it."""
        if self.unread:
            return _("whatever lies in %(folder)s, which could not be read") % {"folder": self.unread}
        if self.name:
            return self.name
        when = f"{local(datetime.fromisoformat(self.at)):%d.%m.%Y %H:%M}"
        return _("taken by hand %(when)s by %(name)s") % {"when": when, "name": names.get(self.person_id or 0, "–")}

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Lying:
    """What lies where backups lie, with when each was made; looked at before a transaction: a drive may take its time."""

    found: tuple[tuple[Path, datetime], ...]
    unread: tuple[str, ...]
    """Folders that could not be looked into, or did not answer."""


def lying_now(settings: Settings) -> Lying:
    """Look into the backup folder, and at what restorings put aside."""
    found: list[tuple[Path, datetime]] = []
    unread: list[str] = []
    if trouble_with(settings):  # also a drive that is not connected: it holds what it held
        unread.append(str(folder_of(settings)))
    else:
        with suppress(FileNotFoundError):
            found += _dated(backups_in(folder_of(settings)), moment_of)
    try:
        found += _dated(sorted(settings.home.iterdir()), _put_aside)
    except OSError:
        unread.append(str(settings.home))
    return Lying(tuple(found), tuple(unread))


def _dated(files: Iterable[Path], made_at: Callable[[Path], datetime | None]) -> list[tuple[Path, datetime]]:
    return [(file, made) for file in files if (made := made_at(file)) is not None]


def older_backups_in(tx: Reading, lying: Lying, written_at: datetime, now: datetime) -> list[OlderBackup]:
    """The backups taken between `written_at` and now, the oldest first; those by hand last."""
    found = [OlderBackup(unread=folder) for folder in lying.unread]
    for file, made in lying.found:
        # in the hour that autumn has twice, either may be meant
        if written_at <= made.replace(fold=1) and made.replace(fold=0) <= now:
            found.append(OlderBackup(name=file.name))
    by_hand = tx.all(
        select(Ledger.actor_id, Ledger.at)
        .where(Ledger.at >= written_at, Ledger.action == BACKUP_DONE, col(Ledger.actor_id) != STATION_ITSELF.person_id)
        .order_by(col(Ledger.seq))
    )
    return [*found, *(OlderBackup(person_id=person_id, at=at.isoformat()) for person_id, at in by_hand)]


def _put_aside(folder: Path) -> datetime | None:
    """When a restore put this aside, by its name, on the house's clock."""
    found = _ASIDE.fullmatch(folder.name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=OSLO) if found else None
    except ValueError:
        return None


__all__ = ["Lying", "OlderBackup", "lying_now", "older_backups_in"]

"""The station examines itself, and says what protects what. Nothing is changed, and nothing personal is in it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, select, text

from staffbase.exchange.backup_folder import folder_of, own_in, trouble_with
from staffbase.kernel.clock import Clock, SystemClock
from staffbase.kernel.creation import has_station
from staffbase.kernel.database import DATABASE_FILE, in_words, postgres_engine, sqlcipher_engine
from staffbase.kernel.errors import DatabaseDamaged, NoStation, PassphraseNeeded, StaffbaseError
from staffbase.kernel.files import readable_by_others
from staffbase.kernel.guards import missing_guards
from staffbase.kernel.head import printed_head
from staffbase.kernel.i18n import N_, _, decimal, ngettext
from staffbase.kernel.key import (
    KEY_FILE,
    FileIdentities,
    IdentityStore,
    SystemIdentities,
    asks_for_passphrase,
    open_key,
    station_card,
)
from staffbase.kernel.ledger import FIRST, Ledger, Seal
from staffbase.kernel.settings import Settings
from staffbase.kernel.station_key import StationKey
from staffbase.kernel.whole import check_pages
from staffbase.migrations import HEAD, load_models, revision

_LOW, _TOO_LOW = 2_000_000_000, 200_000_000
"""Bytes free below which is warned, and below which it is bad: the house writes a few MB a month."""
_RECENT = 1000
"""Ledger rows looked over; all of them is the work of a verification."""
_AHEAD = timedelta(minutes=5)


class Level(StrEnum):
    """How a finding is to be taken. The value is the word in front of it (English source text)."""

    OK = N_("ok")
    WARN = N_("look")
    BAD = N_("BAD")
    KNOW = N_("know")


@dataclass(frozen=True)
class Finding:
    """One thing that was examined."""

    level: Level
    sentence: str

    @property
    def bad(self) -> bool:
        """Whether something must be done."""
        return self.level is Level.BAD

    def in_words(self) -> str:
        """The line that is shown."""
        return f"{_(self.level.value):<6} {self.sentence}"


def examine(
    settings: Settings,
    identities: IdentityStore | None = None,
    clock: Clock | None = None,
    passphrase: str | None = None,
) -> list[Finding]:
    """Examine the station in the data folder. Raises NoStation when there is none."""
    home = settings.home
    if not has_station(home):
        raise NoStation(
            _(
                "There is no station in %(folder)s yet. Set one up with staffbase init, or look around with staffbase demo."
            )
            % {"folder": home}
        )
    store = identities or SystemIdentities()
    findings = [*_files(home, store), *_disk(home)]
    try:
        key = open_key(home, store, passphrase)
    except PassphraseNeeded as error:  # nothing is wrong; the rest is examined once it is open
        return [*findings, Finding(Level.WARN, str(error)), *protection()]
    except StaffbaseError as error:
        return [*findings, Finding(Level.BAD, str(error)), *protection()]
    findings.append(_opening(settings, store))
    findings.append(Finding(Level.OK, _("The station's identity opens the key.")))
    kept = _backups(settings, key.opened_by)
    return [*findings, *_database(settings, key, clock or SystemClock()), *kept, *protection()]


def protection() -> list[Finding]:
    """What the encryption protects, and what it does not."""
    return [
        Finding(Level.KNOW, _("A copy of the data folder, and a backup, open only with the recovery identity or on this machine.")),
        Finding(Level.KNOW, _("A stolen computer or disk is protected by disk encryption (LUKS, BitLocker, FileVault), not by staffbase: see that it is on, for swap, too.")),
        Finding(Level.KNOW, _("An administrator of this computer is not kept out. The PIN says who did something; it encrypts nothing.")),
    ]  # fmt: skip


def _files(home: Path, store: IdentityStore) -> Iterator[Finding]:
    exposed = [file.name for file in (home, *sorted(home.iterdir())) if readable_by_others(file)]
    if exposed:
        yield Finding(
            Level.WARN,
            _("Other accounts of this machine may read: %(names)s. Close them with: chmod -R go= “%(folder)s”")
            % {"names": ", ".join(exposed), "folder": home},
        )
    else:
        yield Finding(Level.OK, _("Only this account may read the data folder."))
    try:
        card = station_card(home)
    except StaffbaseError as error:
        yield Finding(Level.BAD, str(error))
        return
    sealed = (home / KEY_FILE).read_bytes()
    if card.recovery_recipient.startswith("age1") and sealed.count(b"\n-> X25519 ") > 1:
        yield Finding(
            Level.OK,
            _("The key is also encrypted to a recovery identity, which should lie in the municipality's safe."),
        )
    else:
        yield Finding(
            Level.BAD, _("No recovery identity opens this station: if this machine dies, nobody can read its backups.")
        )
    files = getattr(store, "files", store)
    if isinstance(files, FileIdentities) and files.file_of(card.station_id).exists():
        yield Finding(
            Level.OK,
            _("The station's identity lies outside the data folder, in %(folder)s.") % {"folder": files.folder},
        )


def _opening(settings: Settings, store: IdentityStore) -> Finding:
    """Whether the station opens by itself, and whether the settings say the same."""
    asks = asks_for_passphrase(settings.home, store)
    if settings.unlock == "passphrase" and not asks:
        return Finding(
            Level.WARN,
            _("The settings want a passphrase at start, and none is chosen yet: start staffbase and choose one."),
        )
    if settings.unlock == "auto" and asks:
        return Finding(
            Level.WARN,
            _(
                "The settings let the station open by itself, but it still asks for its passphrase: start staffbase and type it once."
            ),
        )
    if asks:
        return Finding(
            Level.OK,
            _(
                "The station asks for its passphrase at every start. After a power cut somebody who knows it must be there."
            ),
        )
    return Finding(Level.OK, _("The station opens by itself on this computer, also after a power cut."))  # fmt: skip


def _disk(home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    level = Level.OK if free >= _LOW else Level.WARN if free >= _TOO_LOW else Level.BAD
    yield Finding(level, _("%(free)s GB are free on the data folder's disk.") % {"free": decimal(free / 1e9)})


def _backups(settings: Settings, opened_by: str) -> Iterator[Finding]:
    """Whether the backups the station takes by itself can go where they should, and the oldest go."""
    if settings.database_url or not settings.backup_keep:
        return
    if trouble := trouble_with(settings):
        yield Finding(Level.WARN, trouble)
        return
    try:
        more = len(own_in(settings, opened_by)) - settings.backup_keep
    except OSError:  # there is none yet
        return
    if more > 0:
        told = ngettext(
            "%(more)d more backup than the %(keep)d that are kept lies in %(folder)s. The next one deletes the oldest; if this is said again, see why they cannot be deleted there.",
            "%(more)d more backups than the %(keep)d that are kept lie in %(folder)s. The next one deletes the oldest; if this is said again, see why they cannot be deleted there.",
            more,
        )
        yield Finding(Level.WARN, told % {"more": more, "keep": settings.backup_keep, "folder": folder_of(settings)})


def _database(settings: Settings, key: StationKey, clock: Clock) -> list[Finding]:
    if settings.database_url:
        engine = postgres_engine(settings.database_url)
    else:
        file = settings.home / DATABASE_FILE
        if not file.exists():
            return [
                Finding(
                    Level.BAD, _("The database %(file)s is not there. Ask for the newest backup.") % {"file": file.name}
                )
            ]
        engine = sqlcipher_engine(file, key.database, guarded={})
    load_models()
    findings: list[Finding] = []
    try:
        with in_words(), engine.connect() as connection:
            findings.append(_schema(connection))
            if findings[0].bad or findings[0].level is Level.WARN:
                return findings
            if not settings.database_url:
                findings.append(_whole(connection))
            findings.extend((_guards(connection), _chain(connection, Seal.from_root(key.ledger))))
            findings.extend(_time(connection, clock))
    except StaffbaseError as error:
        findings.append(Finding(Level.BAD, str(error)))
    finally:
        engine.dispose()
    return findings


def _schema(connection: Connection) -> Finding:
    present = revision(connection)
    if present == HEAD:
        return Finding(Level.OK, _("The database has this version's schema."))
    if present is not None and present > HEAD:
        return Finding(Level.BAD, _("The database was written by a newer version of staffbase. Install that version."))
    return Finding(Level.WARN, _("The database has an older schema. It is brought up to date when the station starts."))


def _whole(connection: Connection) -> Finding:
    """Each page by its seal: what stands in the tables alone does not tell of a page that no table needs just now."""
    try:
        check_pages(connection)
        whole = connection.execute(text("PRAGMA quick_check")).scalars().all() == ["ok"]
    except DatabaseDamaged:
        whole = False
    if whole:
        return Finding(Level.OK, _("The database file is whole."))
    return Finding(Level.BAD, _("The database file is damaged. Keep every earlier backup and ask for the newest one."))


def _guards(connection: Connection) -> Finding:
    missing = missing_guards(connection)
    if not missing:
        return Finding(Level.OK, _("All guards against changing and deleting stand."))
    return Finding(
        Level.BAD,
        _("Guards are missing: %(names)s. Somebody took them away; the next start puts them back.")
        % {"names": ", ".join(missing)},
    )


def _chain(connection: Connection, seal: Seal) -> Finding:
    columns = Ledger.__table__.c  # type: ignore[attr-defined]  # SQLModel does not declare it
    newest = select(*columns).where(columns.chain == 1).order_by(columns.seq.desc()).limit(_RECENT + 1)
    rows = [dict(row) for row in connection.execute(newest).mappings()][::-1]
    if len(rows) > _RECENT:
        before, seq = rows[0]["prev"], rows[0]["seq"]
    else:  # these are all there are
        before, seq = FIRST, 1
    for number, row in enumerate(rows, start=seq):
        follows = row["prev"] == before and row["seq"] == number
        if not follows or seal.link(row) != row["hash"]:
            return Finding(
                Level.BAD,
                _("The ledger's chain is broken at row %(seq)d: a row was changed or removed outside staffbase.")
                % {"seq": row["seq"]},
            )
        before = row["hash"]
    last = rows[-1] if rows else None
    return Finding(
        Level.OK,
        _("The newest %(count)d rows of the ledger hang together, up to row %(head)s.")
        % {
            "count": len(rows),
            "head": printed_head(last["seq"], last["hash"]) if last else "0",
        },
    )


def _time(connection: Connection, clock: Clock) -> Iterator[Finding]:
    columns = Ledger.__table__.c  # type: ignore[attr-defined]  # SQLModel does not declare it
    last = connection.execute(select(columns.at).order_by(columns.at.desc()).limit(1)).scalar()
    if last is not None and last > clock.now() + _AHEAD:
        yield Finding(
            Level.WARN,
            _("The newest ledger row is later than this computer's clock: the clock was set back, or it is wrong."),
        )

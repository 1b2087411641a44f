"""Who opened a resident's record, what, when, on which station, and why where a reason was asked: the resident's right.

The log is the ledger, told in words (pasientjournalloven § 22 and pasientjournalforskriften § 14: the person registered
may see who had access to what). Looking at it is an opening of its own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import col, select

from staffbase.journal.service import items_by_id
from staffbase.kernel.access import Actor, Permission, Role, allowed
from staffbase.kernel.clock import at_local
from staffbase.kernel.database import Database, Reading
from staffbase.kernel.errors import Invalid, NotFound
from staffbase.kernel.head import newest_in
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.moments import read_past_day
from staffbase.people.model import EmergencyAccess
from staffbase.people.service import names_in
from staffbase.residents.model import Stay
from staffbase.residents.opened import RECORD, WHOLE_HOUSE, words
from staffbase.residents.reading import labels_in

_TAKEN = "emergency.open"
_AFTER_LEAVING = timedelta(days=60)
"""How long after moving out the handover readings of the house may still tell of somebody."""


@dataclass(frozen=True)
class LogLine:
    """One opening."""

    seq: int
    """Its row in the ledger; what to give as `before` for the page after this line."""
    at: datetime
    person_id: int
    person: str
    role: Role
    """What the person was then."""
    what: str
    """In words."""
    whole_house: bool
    """It showed everybody who lived here, this resident among them."""
    station: str
    reason: str
    """Why, where it was opened by emergency access."""
    late: bool
    """It could not be written down when it happened and was later; `at` is when it happened."""


@dataclass(frozen=True)
class LogSubject:
    """Somebody whose log can be read."""

    resident_id: int
    unit_code: str
    """Empty for those who live here no more."""
    alias: str


@dataclass(frozen=True)
class LogPrint:
    """A log as it goes on paper."""

    whose: LogSubject
    lines: tuple[LogLine, ...]
    since: date | None
    at: datetime
    by: str
    head_seq: int
    """The ledger's newest row when it was printed, and its hash: what is cut off later shows against the paper."""
    head_hash: bytes


@dataclass(frozen=True)
class Openings:
    """How often one resident's record was opened in some time, and by whom."""

    subject: LogSubject
    count: int
    people: tuple[tuple[str, int], ...]
    """Each with how often, the most first."""
    emergencies: int
    """How many of these people had it open by emergency access."""


@dataclass(frozen=True)
class OpeningsOfAll:
    """Everybody's openings in some time."""

    residents: tuple[Openings, ...]
    whole_house: int
    """How often something was opened that tells of everybody who lives here (a report, a reading)."""


class AccessLog:
    """The log of who opened what, resident by resident."""

    def __init__(self, database: Database, house_id: int) -> None:
        self.database = database
        self.house_id = house_id

    @allowed(Permission.SEE_LOG)
    def subjects(self, actor: Actor) -> list[LogSubject]:
        """Everybody who lives or lived here: those who live here first, by unit."""
        del actor
        with self.database.read() as tx:
            labels = labels_in(tx, self.house_id)
        found = [LogSubject(resident_id, code, alias) for resident_id, (code, alias) in labels.items()]
        return sorted(found, key=lambda one: (not one.unit_code, one.unit_code, one.alias.casefold()))

    @allowed(Permission.SEE_LOG)
    def openings(self, actor: Actor, since: datetime, until: datetime) -> OpeningsOfAll:
        """Whose record was opened from `since` to `until` (not included), how often and by whom; all who live here stand in it.

        Looking at the log itself is in each resident's own log and not counted here.
        """
        shown = tuple(action for action in RECORD if not action.startswith("access_log."))
        asked = select(Ledger).where(
            col(Ledger.at) >= since, col(Ledger.at) < until, col(Ledger.action).in_((*shown, *WHOLE_HOUSE))
        )
        with self.database.read() as tx:
            rows, names = tx.all(asked), names_in(tx)
            accesses = tx.all(
                select(EmergencyAccess).where(
                    EmergencyAccess.house_id == self.house_id, col(EmergencyAccess.begins_at) < until,
                    col(EmergencyAccess.ends_at) > since,
                )
            )  # fmt: skip
        counts: dict[int, Counter[int]] = {}
        for row in rows:
            if row.subject_id is not None and row.action in shown:
                counts.setdefault(row.subject_id, Counter())[row.actor_id] += 1
        by_emergency = Counter(
            resident_id for resident_id, _who in {(one.resident_id, one.person_id) for one in accesses}
        )
        return OpeningsOfAll(
            tuple(
                Openings(
                    subject, (found := counts.get(subject.resident_id, Counter())).total(),
                    tuple((names.get(person_id, _("the station")), count) for person_id, count in found.most_common()),
                    by_emergency[subject.resident_id],
                )
                for subject in self.subjects(actor)
                if subject.unit_code or subject.resident_id in counts
            ),
            sum(row.subject_id is None for row in rows),
        )  # fmt: skip

    @allowed(Permission.SEE_LOG)
    def log_of(
        self,
        actor: Actor,
        resident_id: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int | None = 50,
        opening: str = "",
    ) -> list[LogLine]:
        """A page of who opened this resident's record, the last one first; `limit` None is all of it.

        `since` and `until` (not included) are when it happened. `before` is the `seq` of the last line of the page
        before. `opening` ("access_log.open" or "access_log.print") writes down that the log itself was opened.
        Raises NotFound.
        """
        with self.database.read() as tx:
            if resident_id not in labels_in(tx, self.house_id):
                raise NotFound(_("It is not there any more."))
            rows = self._rows(tx, resident_id, since, until, before, limit)
            names = names_in(tx)
            accesses = _accesses(tx, resident_id) if rows else []
        if opening:
            self.database.opened(actor, opening, resident_id)
        return [
            LogLine(
                row.seq, row.at, row.actor_id, names.get(row.actor_id, _("the station")), Role(row.role),
                words(row.action, whole_house=row.subject_id is None), row.subject_id is None, row.station,
                _reason(accesses, row), row.late,
            )
            for row in rows
        ]  # fmt: skip

    @allowed(Permission.SEE_LOG)
    def printed(self, actor: Actor, whose: str, since: str = "") -> LogPrint:
        """The log of a resident, named by unit or name, to be printed; since a day ("5.1.2026") or from the beginning.

        That it is printed stands in the ledger before anything is handed out. Raises Invalid.
        """
        now = self.database.clock.now()
        first = read_past_day(since, now, "since") if since else None
        wanted = " ".join(whose.split()).casefold()
        found = [one for one in self.subjects(actor) if wanted in (one.unit_code.casefold(), one.alias.casefold())]
        if len(found) != 1:
            raise Invalid(_("Nobody fits “%(name)s”; type the unit, such as A3.") % {"name": whose}, "resident")
        lines = self.log_of(
            actor, found[0].resident_id, since=at_local(first, time()) if first else None, limit=None,
            opening="access_log.print",
        )  # fmt: skip
        with self.database.read() as tx:
            seq, digest = newest_in(tx)
        return LogPrint(found[0], tuple(lines), first, now, actor.name, seq, digest)

    def _rows(
        self, tx: Reading, resident_id: int, since: datetime | None, until: datetime | None, before: int | None,
        limit: int | None,
    ) -> list[Ledger]:  # fmt: skip
        """Their own openings and those of the whole house while they lived here; each page costs two queries and the stays."""
        asked: list[Any] = [col(Ledger.chain) == 1]
        asked += [] if before is None else [col(Ledger.seq) < before]
        asked += [] if since is None else [col(Ledger.at) >= since]
        asked += [] if until is None else [col(Ledger.at) < until]
        own: list[Any] = [col(Ledger.subject_id) == resident_id, col(Ledger.action).in_(tuple(RECORD))]
        # without the sum the index of subjects would be asked for all rows that name nobody
        house: list[Any] = [(col(Ledger.subject_id) + 0).is_(None), col(Ledger.action).in_(tuple(WHOLE_HOUSE))]
        lived = _lived(tx, resident_id)
        if lived:
            house += [col(Ledger.at) >= lived[0], *([] if lived[1] is None else [col(Ledger.at) < lived[1]])]
        found = [
            row
            for theirs in ([own, house] if lived else [own])
            for row in tx.all(select(Ledger).where(*asked, *theirs).order_by(col(Ledger.seq).desc()).limit(limit))
        ]
        return sorted(found, key=lambda row: -row.seq)[:limit]


def _lived(tx: Reading, resident_id: int) -> tuple[datetime, datetime | None] | None:
    """From when until when the house's readings and reports told of somebody; without end for those who live here."""
    stays = tx.all(select(col(Stay.from_date), col(Stay.until_date)).where(Stay.resident_id == resident_id))
    if not stays:
        return None
    left: list[date] = [until for _from, until in stays if until is not None]
    ends = at_local(max(left) + _AFTER_LEAVING, time()) if len(left) == len(stays) else None
    return at_local(min(begins for begins, _until in stays), time()), ends


def _accesses(tx: Reading, resident_id: int) -> list[tuple[EmergencyAccess, str]]:
    """The emergency accesses to this resident with their reasons."""
    rows = tx.all(select(EmergencyAccess).where(EmergencyAccess.resident_id == resident_id))
    items = items_by_id(tx, [row.id for row in rows]) if rows else {}
    return [(row, items[row.id].original_text) for row in rows]


def _reason(accesses: Sequence[tuple[EmergencyAccess, str]], row: Ledger) -> str:
    """Why this person could open it, if that was by emergency access."""
    if row.subject_id is None:
        return ""
    return next(
        (
            reason
            for access, reason in accesses
            if access.person_id == row.actor_id
            and row.at < access.ends_at
            and (row.at > access.begins_at or (row.action == _TAKEN and row.at == access.begins_at))
        ),
        "",
    )

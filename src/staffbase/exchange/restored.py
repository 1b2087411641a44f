"""What a restoring did, in words: as of when the station is, what is missing in it, and where what stood there lies."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import local
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.verify import Proof

if TYPE_CHECKING:
    from staffbase.exchange.staff_since import Carried

RESTORED = "restore.done."
"""The ledger's action for a restoring; the row from which it goes on follows."""


@dataclass(frozen=True)
class Newer:
    """What the data that was replaced holds beyond the backup."""

    ledger_rows: int
    entries: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Emptied:
    """A crisis card that says nothing any more: the plan that counted in the backup was erased by a later decision."""

    unit_code: str
    waiting: int | None
    """The version whose text waits as a draft; None where it is not known here."""

    def in_words(self) -> str:
        """What people are told, in the words of a task."""
        told = {"unit": self.unit_code, "number": self.waiting}
        if self.waiting is None:
            return (
                _(
                    "%(unit)s: the crisis card is empty, for the plan that counted in the backup was erased by decision (§ 43) later. Write it anew at once (5); the data put aside at the restoring may hold the newer version."
                )
                % told
            )
        return (
            _(
                "%(unit)s: the crisis card is empty, for the plan that counted in the backup was erased by decision (§ 43) later. What version %(number)d said, from the data put aside, waits as a draft: look at it and publish it at once (5)."
            )
            % told
        )


@dataclass(frozen=True)
class Restored:
    """What was restored."""

    made_at: datetime
    ledger_seq: int
    proof: Proof
    """Of the backup, before it was restored."""
    kept: Path | None
    """Where what stood there lies now."""
    newer: Newer | None
    """What is in it and not in the backup; None where nothing is, or it cannot be read any more."""
    anchored: int | None = None
    """How far the ledger of what stood there had come, as its anchor knew; None where there was none."""
    erased_again: int | None = None
    """How many decisions to erase that are newer than the backup were carried out in it; None where nobody could know."""
    carried: "Carried | None" = None
    """What the staff list of today knew better than the backup; None where nobody could know."""
    emptied: tuple[Emptied, ...] = ()
    """The crisis cards that are empty since."""
    by: Actor = STATION_ITSELF
    """Who put it back; the station itself where the recovery identity did."""

    def in_words(self) -> list[str]:
        """What people are told, a sentence each."""
        told = {"made": f"{local(self.made_at):%d.%m.%Y %H:%M}", "seq": self.ledger_seq, "folder": self.kept}
        said = [_("Restored: the station as it was %(made)s, up to ledger row %(seq)d.") % told]
        if not self.proof.clean:
            said.append(
                _("The backup holds %(count)d things that were changed outside staffbase: run staffbase verify.")
                % {"count": len(self.proof.faults)}
            )
        if self.newer is not None:
            newer = {
                "entries": self.newer.entries, "rows": self.newer.ledger_rows,
                "since": f"{local(self.newer.since):%d.%m.%Y %H:%M}", "until": f"{local(self.newer.until):%d.%m.%Y %H:%M}",
            }  # fmt: skip
            said.append(
                _("Not in the backup: %(entries)d entries (%(rows)d ledger rows) from %(since)s to %(until)s.") % newer
            )
        elif self.anchored is not None and self.anchored > self.ledger_seq:
            count = self.anchored - self.ledger_seq
            said.append(
                ngettext(
                    "After that, %(count)d ledger row more was written here that cannot be read: what was done after %(made)s must be written again, from paper and memory.",
                    "After that, %(count)d ledger rows more were written here that cannot be read: what was done after %(made)s must be written again, from paper and memory.",
                    count,
                )
                % {**told, "count": count}
            )
        elif self.anchored is not None:
            said.append(_("Nothing was written here after the backup: nothing is missing."))
        if self.erased_again is None:
            said.append(
                _(
                    "Whether something was erased by decision (§ 43) after this backup could not be known here. If so, carry those decisions out again."
                )
            )
        elif self.erased_again:
            said.append(
                ngettext(
                    "%(count)d decision to erase (§ 43) is newer than the backup; it was carried out in it again.",
                    "%(count)d decisions to erase (§ 43) are newer than the backup; they were carried out in it again.",
                    self.erased_again,
                )
                % {"count": self.erased_again}
            )
        if self.carried is None:
            said.append(
                _(
                    "Whoever left after %(made)s can sign in again with the PIN of then: look through the staff list (0)."
                )
                % told
            )
        else:
            said += self.carried.in_words(names=self.by is not STATION_ITSELF)
        said += [one.in_words() for one in self.emptied]
        if self.kept is not None:
            said.append(
                _("What stood here before is kept whole in %(folder)s; staffbase --home opens it there.") % told
            )
        return said


def newer_in(file: Path, key: bytes, since: int) -> Newer | None:
    """What the database that stands holds beyond ledger row `since`, as far as it can be read."""
    if not file.exists():
        return None
    engine = sqlcipher_engine(file, key, guarded={})
    try:
        with engine.connect() as connection:
            return _newer(connection, since)
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def _newer(connection: Connection, since: int) -> Newer | None:
    rows, first, last = connection.execute(
        text("SELECT count(*), min(at), max(at) FROM ledger WHERE seq > :since"), {"since": since}
    ).one()
    if not rows:
        return None
    entries = connection.execute(
        text(
            "SELECT count(*) FROM ledger, json_each(items) WHERE seq > :since AND json_extract(value, '$[0]') = 'entry'"
        ),
        {"since": since},
    ).scalar_one()
    return Newer(rows, entries, _utc(first), _utc(last))


def _utc(stored: str) -> datetime:
    return datetime.fromisoformat(f"{stored}+00:00")

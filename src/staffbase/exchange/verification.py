"""Verification for people: run over the open station, written down in the ledger, and said in sentences."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, or_, select

from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.verify import Fault, Progress, Proof, What, verify

_DONE = "verify."
_CLEAN, _FOUND = f"{_DONE}clean", f"{_DONE}found"
SHOWN = 20
"""Faults that are told one by one; of the others only how many."""


@dataclass(frozen=True)
class LastVerification:
    """When it was last verified, and whether everything was as staffbase wrote it."""

    at: datetime
    clean: bool


class Verifications:
    """Verifications of one station."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @allowed(Permission.VERIFY)
    def verify(self, actor: Actor, progress: Progress | None = None) -> Proof:
        """Compute the whole ledger and every durable row again; the ledger says who did, and whether it was clean.

        Raises DatabaseDamaged where the file itself cannot be read.
        """
        proof = verify(self.database.engine, self.database.seal, self.database.anchor, progress)
        self.database.opened(actor, _CLEAN if proof.clean else _FOUND, None)
        return proof

    @allowed(Permission.VERIFY)
    def last(self, actor: Actor) -> LastVerification | None:  # noqa: ARG002  (the permission is the actor's)
        """The newest verification there was."""
        done = or_(col(Ledger.action) == _CLEAN, col(Ledger.action) == _FOUND)
        with self.database.read() as tx:
            row = tx.first(select(Ledger).where(done).order_by(col(Ledger.seq).desc()).limit(1))
        return LastVerification(row.at, row.action == _CLEAN) if row is not None else None


def in_words(proof: Proof) -> list[str]:
    """What was found, a sentence each; the first says whether all is well."""
    told = {"ledger": proof.ledger_rows, "rows": proof.rows, "seq": proof.seq, "hash": proof.hash[:8]}
    if proof.clean:
        said = [
            _(
                "Everything is as staffbase wrote it: %(rows)d rows, %(ledger)d ledger rows, up to row %(seq)d (%(hash)s)."
            )
            % told
        ]
    else:
        said = [
            _("%(count)d things were changed outside staffbase. Tell the leader, and keep every backup.")
            % {"count": len(proof.faults)},
            *(fault_words(fault) for fault in proof.faults[:SHOWN]),
        ]
        if len(proof.faults) > SHOWN:
            said.append(_("… and %(count)d more.") % {"count": len(proof.faults) - SHOWN})
    if proof.erased:
        said.append(_("%(count)d rows were erased by decision (§ 43).") % {"count": proof.erased})
    if proof.anchored is None:
        said.append(_("There is no anchor beside the database: whether its newest rows are gone cannot be told."))
    return said


def fault_words(fault: Fault) -> str:
    """One fault as a sentence, without content."""
    told: dict[str, Any] = {
        "table": fault.table, "key": fault.key, "seq": fault.seq, "until": fault.until,
        "at": f"{local(fault.at):%d.%m.%Y %H:%M}" if fault.at is not None else "–",
    }  # fmt: skip
    if fault.what is What.CUT:
        return _("The ledger had come to row %(until)d: its newest rows, and what they wrote, are gone.") % told
    if fault.what is What.ANCHOR:
        return _("The anchor beside the database was not written by this station.")
    if fault.table == "ledger":
        return {
            What.REMOVED: _("Ledger rows %(seq)d to %(until)d were removed."),
            What.REORDERED: _("Ledger row %(seq)d stands in another row's place."),
            What.INSERTED: _("Ledger row %(seq)d was put in."),
            What.CHANGED: _("Ledger row %(seq)d was changed."),
        }[fault.what] % told
    return {
        What.REMOVED: _("%(table)s %(key)d was removed (written %(at)s, ledger row %(seq)d)."),
        What.REORDERED: _("%(table)s %(key)d stands in another's place (written %(at)s, ledger row %(seq)d)."),
        What.INSERTED: _("%(table)s %(key)d was put in: no ledger row knows it."),
        What.CHANGED: _("%(table)s %(key)d was changed (written %(at)s, ledger row %(seq)d)."),
    }[fault.what] % told


def as_json(proof: Proof) -> str:
    """The same for a program."""
    said = {**asdict(proof), "clean": proof.clean}
    return json.dumps(said, default=lambda value: value.isoformat(), indent=1)

"""Verification for people: run over the open station, written down in the ledger, and said in sentences."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import time
from typing import Any

from staffbase.exchange.heads import heads_beside
from staffbase.exchange.unledgered import UNLEDGERED
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.backed_up import due
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database
from staffbase.kernel.database import in_words as in_words_of_database
from staffbase.kernel.head import printed_head
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.settings import Settings
from staffbase.kernel.verified import (
    KEPT_FAULTS,
    LastVerification,
    begun_in,
    keep_in,
    last_verification_in,
    unproved_in,
)
from staffbase.kernel.verify import Fault, KnownHead, Progress, Proof, What, verify
from staffbase.kernel.whole import check_pages
from staffbase.people.service import names_in

_CLEAN, _FOUND = "verify.clean", "verify.found"


@dataclass(frozen=True)
class VerificationFacts:
    """The newest verification, for people."""

    last: LastVerification | None
    by: str
    """Who ran it; empty: the station itself."""
    overdue: bool
    words: tuple[str, ...]
    """What was found, a sentence each, without content."""


class Verifications:
    """Verifications of one station."""

    def __init__(self, database: Database, identity: str = "") -> None:
        self.database = database
        self._identity = identity

    @allowed(Permission.VERIFY)
    def verify(
        self, actor: Actor, progress: Progress | None = None, heads: Sequence[KnownHead] = (), *,
        beside: Settings | None = None,
    ) -> Proof:  # fmt: skip
        """Compute the whole ledger and every durable row again; what was found is kept, and the ledger says who did it.

        It must pass through these heads, which are known from elsewhere; with the settings of this station also through
        those of the backups that are kept `beside` it.

        Raises DatabaseDamaged where the file itself cannot be read, and DatabaseUnavailable.
        """
        kept = heads_beside(self.database, beside, self._identity).known if beside is not None else ()
        proof = verify(
            self.database.engine, self.database.seal, self.database.anchor, progress, [*heads, *kept], UNLEDGERED
        )
        with self.database.write(actor, _CLEAN if proof.clean else _FOUND, opening=True) as tx:
            keep_in(tx, proof)
        self.database.count_anew()  # once a night is enough, and it has gone through everything just now
        return proof

    @allowed(Permission.VERIFY)
    def look_at_file(self, actor: Actor) -> None:  # noqa: ARG002  (the permission is the actor's)
        """Look at every page of the file, also those that nobody would open today. Raises DatabaseDamaged; takes little."""
        with in_words_of_database(), self.database.engine.connect() as connection:
            check_pages(connection)

    @allowed(Permission.VERIFY)
    def last(self, actor: Actor) -> LastVerification | None:  # noqa: ARG002  (the permission is the actor's)
        """The newest verification there was."""
        with self.database.read() as tx:
            return last_verification_in(tx)

    @allowed(Permission.VERIFY)
    def facts(self, actor: Actor) -> VerificationFacts:  # noqa: ARG002
        """The same with names and sentences."""
        with self.database.read() as tx:
            last, unproved = last_verification_in(tx), unproved_in(tx, self.database.clock.now())
            by = names_in(tx).get(last.by_id, "") if last is not None else ""
        words = [fault_words(fault) for fault in last.faults] if last is not None else []
        if last is not None and last.found > len(words):
            words.append(_("… and %(count)d more.") % {"count": last.found - len(words)})
        return VerificationFacts(last, by, unproved is not None and not unproved.found, tuple(words))

    @allowed(Permission.VERIFY)
    def due(self, actor: Actor, at: time) -> bool:  # noqa: ARG002
        """Whether tonight's, wanted at this time of the house's clock, is still to be done; a new station waits for its first night."""
        with self.database.read() as tx:
            last = last_verification_in(tx)
            since = last.at if last is not None else begun_in(tx)
        return due(since, self.database.clock.now(), at)


def in_words(proof: Proof) -> list[str]:
    """What was found, a sentence each; the first says whether all is well."""
    told = {"ledger": proof.ledger_rows, "rows": proof.rows, "head": printed_head(proof.seq, proof.hash)}
    if proof.clean:
        said = [
            _("Everything is as staffbase wrote it: %(rows)d rows, %(ledger)d ledger rows, up to row %(head)s.") % told
        ]
    else:
        said = [
            _("%(count)d things were changed outside staffbase. Tell the leader, and keep every backup.")
            % {"count": len(proof.faults)},
            *(fault_words(fault) for fault in proof.faults[:KEPT_FAULTS]),
        ]
        if len(proof.faults) > KEPT_FAULTS:
            said.append(_("… and %(count)d more.") % {"count": len(proof.faults) - KEPT_FAULTS})
    if proof.erased:
        said.append(_("%(count)d rows were erased by decision (§ 43).") % {"count": proof.erased})
    if proof.heads:
        said.append(
            ngettext(
                "The ledger passes through %(count)d head that is known from elsewhere.",
                "The ledger passes through %(count)d heads that are known from elsewhere.",
                proof.heads,
            )
            % {"count": proof.heads}
        )
    if proof.anchored is None:
        said.append(_("There is no anchor beside the database: whether its newest rows are gone cannot be told."))
    return said


def fault_words(fault: Fault) -> str:
    """One fault as a sentence, without content."""
    told: dict[str, Any] = {
        "table": fault.table, "key": fault.key, "seq": fault.seq, "until": fault.until,
        "at": f"{local(fault.at):%d.%m.%Y %H:%M}" if fault.at is not None else "–", "column": fault.column, "file": fault.source,
    }  # fmt: skip
    if fault.what is What.ANCHOR:
        return _("The anchor beside the database was not written by this station.")
    if fault.table == "ledger":
        return _ledger_words(fault) % told
    if fault.column:
        return _("%(table)s %(key)d was changed in “%(column)s” (written %(at)s, ledger row %(seq)d).") % told
    return {
        What.REMOVED: _("%(table)s %(key)d was removed (written %(at)s, ledger row %(seq)d)."),
        What.REORDERED: _("%(table)s %(key)d stands in another's place (written %(at)s, ledger row %(seq)d)."),
        What.INSERTED: _("%(table)s %(key)d was put in: no ledger row knows it."),
        What.CHANGED: _("%(table)s %(key)d was changed (written %(at)s, ledger row %(seq)d)."),
        What.UNLIKE: _(
            "%(table)s %(key)d is another than what was written: a search does not find it, or finds what is not there."
        ),
        What.NOT_GIVEN: _(
            "%(table)s %(key)d is another than the person was given: it was put in from outside, or an older one put back. It lets nobody in."
        ),
        What.STANDS: _("%(table)s %(key)d was erased by decision (§ 43), and is there all the same (written %(at)s)."),
    }[fault.what] % told


def _ledger_words(fault: Fault) -> str:
    if fault.source:
        return {
            What.CUT: _("The ledger had come to row %(until)d in the backup %(file)s of %(at)s: its newest rows, and what they wrote, are gone."),
            What.REWRITTEN: _("Ledger row %(seq)d is another than in the backup %(file)s of %(at)s: the ledger was rewritten, or goes on from an older copy."),
        }[fault.what]  # fmt: skip
    if fault.column:
        return _("Ledger row %(seq)d was changed in “%(column)s”.")
    return {
        What.CUT: _("The ledger had come to row %(until)d: its newest rows, and what they wrote, are gone."),
        What.REWRITTEN: _("Ledger row %(seq)d is another than the head that was typed: the ledger was rewritten, or goes on from an older copy."),
        What.REMOVED: _("Ledger rows %(seq)d to %(until)d were removed."),
        What.REORDERED: _("Ledger row %(seq)d stands in another row's place."),
        What.INSERTED: _("Ledger row %(seq)d was put in."),
        What.CHANGED: _("Ledger row %(seq)d was changed."),
    }[fault.what]  # fmt: skip


def as_json(proof: Proof, not_compared: int = 0) -> str:
    """The same for a program, with how many kept backups could not be compared."""
    said = {**asdict(proof), "clean": proof.clean, "not_compared": not_compared}
    return json.dumps(said, default=lambda value: value.isoformat(), indent=1)

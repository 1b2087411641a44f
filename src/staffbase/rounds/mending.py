"""A wrong answer put right: taken back on the round, and after the signature withdrawn with a reason, by who gave it.

Nothing is deleted: the wrong answer stays readable as withdrawn, and what is put in its place is a check of the same walk,
marked as entered later. A signed round stays signed; a door whose answer was withdrawn counts as not checked, with the reason.
"""

from staffbase.incidents.service import is_concluded_in
from staffbase.journal.corrections import amended_entry, not_erased
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Entry, Importance, Kind
from staffbase.journal.timeline import readable_in
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
from staffbase.kernel.typed import typed_line
from staffbase.people.reach import reach_in
from staffbase.residents.model import Unit
from staffbase.rounds.answers import answer_in
from staffbase.rounds.facts import CheckFacts, Mendable
from staffbase.rounds.model import Beyond, Outcome, RoundCheck, Walk
from staffbase.rounds.reading import check_facts
from staffbase.rounds.rules import LADDER


class Mending(HouseService):
    """The part of Rounds that is about answers that were wrong."""

    @allowed(Permission.ROUND)
    def take_back(self, actor: Actor, entry_id: int, reason: str = "") -> None:
        """Take an answer back: an amendment, never a deletion; the door is open again. Only before signing, only one's own."""
        with self.database.write(actor, "round.take-back") as tx:
            check, entry = tx.get(RoundCheck, entry_id), tx.get(Entry, entry_id)
            if not _said_it(actor, entry):
                raise Invalid(_("Only the one who answered can take it back."))
            if check.walk_id is None or tx.get(Walk, check.walk_id).signed_at is not None:
                raise Invalid(_("The walk is signed. z on its door withdraws the answer, with the reason."))
            _must_stand(tx, self.house_id, check)
            _withdraw(tx, entry, reason or _("Taken back on the round."), Importance.ROUTINE)

    @allowed(Permission.ROUND)
    def mend(
        self, actor: Actor, entry_id: int, reason: str, instead: Outcome | None = None, beyond: Beyond | None = None
    ) -> CheckFacts | None:
        """Withdraw an answer of a signed round, or an extra check, and say what was found `instead`, if anything was.

        Who answered, or for whom it was written, says what was seen; leader and clinical lead may withdraw it. Returns the
        check that stands now. Raises Invalid as `check_off` does, for an answer that an incident hangs on or begins, and
        for one of a round that is not signed: there it is taken back, and the door answered anew.
        """
        with self.database.write(actor, "round.mend") as tx:
            reason = typed_line(reason, "reason", limit=200)
            check, entry = tx.get(RoundCheck, entry_id), tx.get(Entry, entry_id)
            own = _said_it(actor, entry)
            if not own and not actor.may(Permission.CORRECT_OTHERS):
                raise NotAllowed(
                    _("Only who answered, the leader and the clinical lead withdraw it. You can write a comment.")
                )
            walk = tx.get(Walk, check.walk_id) if check.walk_id is not None else None
            if walk is not None and walk.signed_at is None:
                raise Invalid(_("The round is not signed. Take the answer back on it (2, z) and answer the door anew."))
            _must_stand(tx, self.house_id, check)
            _withdraw(tx, entry, reason, Importance.HANDOVER)
            if instead is None:
                return None
            if walk is None:
                raise Invalid(_("What was found instead is a new extra check (x)."), "outcome")
            if not own:
                raise NotAllowed(_("Who was at the door says what was seen. You can withdraw the answer."))
            if instead in LADDER or beyond is Beyond.FEARED:
                raise Invalid(
                    _("That is an incident: withdraw the answer, and write it as an incident (h)."), "outcome"
                )
            tx.flush()
            new, answer, _door = answer_in(
                tx, self.house_id, walk.id, check.unit_id, instead, reason=beyond, on_behalf=True, late_reason=reason,
                mending=True,
            )  # fmt: skip
            tx.add(answer)
            return check_facts(new, answer, concluded=True)

    @allowed(Permission.ROUND)
    def mendable(self, actor: Actor, entry_id: int) -> Mendable:
        """The answer that an entry is, and whether this person may say what was found instead. Raises NotFound for another."""
        with self.database.read() as tx:
            if not readable_in(tx, [entry_id], reach_in(tx, self.house_id, actor, self.database.clock.now())):
                raise NotFound(_("It is not there any more."))
            check, entry = tx.get(RoundCheck, entry_id), tx.get(Entry, entry_id)
            return Mendable(
                check_facts(entry, check, concluded=True), check.resident_id, tx.get(Unit, check.unit_id).code, check.form,
                own=_said_it(actor, entry) and check.walk_id is not None,
            )  # fmt: skip


def _said_it(actor: Actor, entry: Entry) -> bool:
    return actor.person_id in (entry.author_id, entry.on_behalf_id)


def _must_stand(tx: Reading, house_id: int, check: RoundCheck) -> None:
    """Raises Invalid for an answer that does not stand, or that an incident hangs on."""
    if check.incident_id is not None:
        if is_concluded_in(tx, check.incident_id):
            raise Invalid(
                _("An incident hangs on it and is concluded. Write a comment on it in the notes instead (4).")
            )
        raise Invalid(_("An incident hangs on it. Conclude the incident instead."))
    amended = amended_entry(tx, house_id, check.id)
    not_erased(amended)
    if amended.withdrawn:
        raise Invalid(_("It is taken back already."))


def _withdraw(tx: Writing, entry: Entry, reason: str, importance: Importance) -> None:
    write_entry(
        tx, Kind.WITHDRAWN, reason, house_id=entry.house_id, resident_id=entry.resident_id, amends_id=entry.id,
        importance=importance,
    )  # fmt: skip

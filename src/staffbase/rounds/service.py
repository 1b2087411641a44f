"""What is done on a round: leave, come back, answer each door, take back, sign; no answer and danger; extra checks.

What was seen was seen during the walk and is written when it is written: both times are stored, and the second is the
clock's. Nothing answers several doors at once, and a walk with an unfinished no-answer cannot be signed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from staffbase.incidents.model import INCIDENT_NAMES, IncidentKind
from staffbase.incidents.service import start_incident
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.journal.timeline import among_keys, readable_in
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.typed import past_moment, typed_line, typed_text
from staffbase.people.reach import reach_in
from staffbase.people.rules import night_of
from staffbase.residents.reading import doors_in, resident_in
from staffbase.residents.rules import Door, form_now
from staffbase.rounds.answers import (
    LadderStep,
    answer_in,
    behalf_in,
    feared_in,
    open_walk_in,
    sign_extra_in,
    sign_in,
)
from staffbase.rounds.deviations import ask_deviation_in
from staffbase.rounds.ladders import Ladders
from staffbase.rounds.mending import Mending
from staffbase.rounds.model import BEYOND_NAMES, OUTCOME_NAMES, Beyond, Outcome, RoundCheck, Walk
from staffbase.rounds.owed import OwedRounds
from staffbase.rounds.reading import (
    CheckFacts,
    RoundSheet,
    WalkFacts,
    check_facts,
    checks_in,
    last_seen_in,
    walk_facts,
    walk_under_way_in,
)
from staffbase.rounds.rules import (
    LADDER,
    LATEST_BACK,
    Window,
    beyond,
)
from staffbase.rounds.sheet import sheet_in
from staffbase.rounds.windows import owed_in, round_of_in, rules_in, window_to_walk_in, windows_in

USUAL_WALK_MINUTES = 45


class Rounds(OwedRounds, Ladders, Mending):
    """Night rounds."""

    @allowed(Permission.ROUND)
    def sheet(self, actor: Actor, walk_id: int | None = None) -> RoundSheet:
        """The round as it stands: window, walk, doors in walking order. `walk_id` asks for an earlier unsigned walk."""
        del actor
        with self.database.read() as tx:
            return sheet_in(tx, self.house_id, self.database.clock.now(), walk_id)

    @allowed(Permission.SEE_HOUSE)
    def walk_under_way(self, actor: Actor) -> WalkFacts | None:
        """The walk somebody is out on; for the lock screen and the alarm, also after a restart."""
        del actor
        with self.database.read() as tx:
            return walk_under_way_in(tx, self.house_id)

    @allowed(Permission.READ)
    def outcomes(self, actor: Actor, entry_ids: Sequence[int]) -> dict[int, str]:
        """What was seen, in words, of those of these entries that are checks."""
        with self.database.read() as tx:
            readable = sorted(readable_in(tx, entry_ids, reach_in(tx, self.house_id, actor, self.database.clock.now())))
            found = tx.all(select(RoundCheck.id, RoundCheck.outcome).where(among_keys(col(RoundCheck.id), readable)))
        return {entry_id: _(OUTCOME_NAMES[Outcome(outcome)]) for entry_id, outcome in found}

    @allowed(Permission.ROUND)
    def leave(self, actor: Actor, minutes: int = USUAL_WALK_MINUTES) -> WalkFacts:
        """Leave on the walk now; due back after so many minutes. Raises Invalid while somebody is out.

        An earlier round that is not signed does not keep the watch from the next one. A walk on a round that is done is
        an extra round, with answers of its own.
        """
        with self.database.write(actor, "round.leave") as tx:
            self._nobody_out(tx)
            window = self._window_of(tx, tx.now)
            walk = tx.add(
                Walk(
                    house_id=self.house_id, walker_id=actor.person_id, night=night_of(tx.now),
                    window_begins=window.begins_at if window else None, left_at=tx.now, due_back_at=tx.now + timedelta(minutes=minutes), recorded_at=tx.now,
                )
            )  # fmt: skip
            write_entry(tx, Kind.ROUND, _("Left on the round."), house_id=self.house_id)
            return walk_facts(walk, actor.name)

    @allowed(Permission.ROUND)
    def come_back(self, actor: Actor) -> WalkFacts | None:
        """The walker is back: the interval of what was seen ends here. None when nobody of that name is out."""
        with self.database.write(actor, "round.back") as tx:
            walk = tx.first(
                select(Walk).where(
                    Walk.house_id == self.house_id, Walk.walker_id == actor.person_id, col(Walk.returned_at).is_(None)
                )
            )
            if walk is None:
                return None
            tx.change(walk, returned_at=max(tx.now, walk.left_at))
            write_entry(tx, Kind.ROUND, _("Back from the round."), house_id=self.house_id)
            return walk_facts(walk, actor.name)

    @allowed(Permission.ROUND)
    def reached(self, actor: Actor, walk_id: int, minutes: int = 15) -> None:
        """Somebody has reached the walker, who needs more time: the alarm is put off, and that is written."""
        with self.database.write(actor, "round.reached") as tx:
            walk = tx.get(Walk, walk_id)
            if walk.returned_at is not None:
                raise Invalid(_("The walker is back already."))
            if walk.walker_id == actor.person_id:
                raise Invalid(_("You are the one who is out. Your PIN at the door ends the walk."))
            tx.change(walk, due_back_at=max(walk.due_back_at, tx.now + timedelta(minutes=minutes)))
            text = ngettext(
                "The walker was reached; %(minutes)d more minute.", "The walker was reached; %(minutes)d more minutes.", minutes
            ) % {"minutes": minutes}  # fmt: skip
            write_entry(tx, Kind.ROUND, text, house_id=self.house_id, importance=Importance.HANDOVER)

    @allowed(Permission.ROUND)
    def enter_late(self, actor: Actor, left_at: datetime, returned_at: datetime, reason: str) -> WalkFacts:
        """Begin entering a round afterwards: when it was walked, and why it is entered later. Shown so for ever."""
        with self.database.write(actor, "round.late") as tx:
            self._nobody_out(tx)
            reason = typed_line(reason, "reason", limit=200)
            past_moment(left_at, tx.now, "left_at")
            past_moment(returned_at, tx.now, "returned_at")
            if returned_at < left_at:
                raise Invalid(_("The walk must end after it began."), "returned_at")
            if tx.now - left_at > LATEST_BACK:
                raise Invalid(_("A round can be entered at most three days afterwards."), "left_at")
            window = self._window_of(tx, left_at)
            walk = tx.add(
                Walk(
                    house_id=self.house_id, walker_id=actor.person_id, night=night_of(left_at),
                    window_begins=window.begins_at if window else None, left_at=left_at, due_back_at=returned_at, returned_at=returned_at, late_reason=reason, recorded_at=tx.now,
                )
            )  # fmt: skip
            text = _("A round is entered later: %(reason)s") % {"reason": reason}
            write_entry(tx, Kind.ROUND, text, house_id=self.house_id, importance=Importance.HANDOVER)
            return walk_facts(walk, actor.name)

    @allowed(Permission.ROUND)
    def check_off(
        self,
        actor: Actor,
        walk_id: int,
        unit_id: int,
        outcome: Outcome,
        *,
        reason: Beyond | None = None,
        note: str = "",
        late_reason: str = "",
        on_behalf: bool = False,
    ) -> CheckFacts:
        """Answer one door of the walk. For no answer and danger use `no_answer` and `found_in_danger`.

        Raises Invalid before the walker is back, for a door that is not due or has an answer, for an outcome that goes
        further than the agreement without a `reason`, and with the field "late_reason" for an answer written more than
        half an hour after the walk without one. What was seen is the walker's: raises Invalid with the field "on_behalf"
        for anybody else who does not say that it is written for her.
        """
        if outcome in LADDER:
            raise Invalid(_("No answer and danger begin an incident; they are no finished check."))
        with self.database.write(actor, "round.check") as tx:
            entry, check, door = answer_in(
                tx,
                self.house_id,
                walk_id,
                unit_id,
                outcome,
                reason=reason,
                note=note,
                late_reason=late_reason,
                on_behalf=on_behalf,
            )
            if reason is Beyond.FEARED:
                check.incident_id = feared_in(tx, self.house_id, door, entry)
            tx.add(check)
            return check_facts(entry, check, concluded=check.incident_id is None)

    @allowed(Permission.ROUND)
    def sign(
        self, actor: Actor, walk_id: int, reasons: Mapping[int, str] | None = None, *, on_behalf: bool = False
    ) -> None:
        """Sign the walk. Open doors need a reason each (`reasons` by unit); every no-answer needs a conclusion.

        An extra round owes no door. Raises Invalid with the field "on_behalf" for anybody but the walker who does not say
        that it is signed for her.
        """
        with self.database.write(actor, "round.sign") as tx:
            walk = open_walk_in(tx, walk_id)
            signs_for = behalf_in(tx, walk, on_behalf=on_behalf)
            walks = round_of_in(tx, self.house_id, walk)
            checks = checks_in(tx, [one.id for one in walks])
            doors = doors_in(tx, self.house_id)
            running = [door.code for door in doors if door.unit_id in checks and not checks[door.unit_id].concluded]
            if running:
                raise Invalid(
                    _("%(units)s: what happened there has no conclusion yet. enter on the door goes on with it.")
                    % {"units": ", ".join(running)}
                )
            owed = owed_in(tx, self.house_id, None, walks, tx.now, doors)
            if walk.window_begins is None:
                sign_extra_in(
                    tx, self.house_id, walk, [door.code for door in doors if door.unit_id in checks], signs_for
                )
                return
            lacking = [door for door in doors if door.unit_id in owed.units and door.unit_id not in checks]
            sign_in(tx, self.house_id, walk, checks, lacking, reasons or {}, owed, walks, signs_for)
            for other in walks:
                if other.id != walk_id and other.signed_at is None:
                    tx.change(other, signed_at=tx.now)

    @allowed(Permission.ROUND)
    def extra_check(
        self, actor: Actor, resident_id: int, outcome: Outcome, reason: str, asked_by: str = "", *, beyond_reason: Beyond | None = None,
    ) -> CheckFacts:  # fmt: skip
        """A check outside the rounds, with why and who asked for it. No answer and danger begin an incident, as on a round.

        Raises Invalid with the field "beyond" for an outcome that goes further than the agreement without a reason.
        """
        with self.database.write(actor, "round.extra-check", subject=resident_id) as tx:
            resident = resident_in(tx, self.house_id, resident_id)
            reason = typed_text(reason, "reason", limit=300)
            asked_by = typed_line(asked_by, "asked_by", required=False, limit=60)
            form = form_now(resident.agreement, tx.now)
            if beyond(outcome, form) and beyond_reason is None:
                raise Invalid(
                    _("This goes further than the agreement at %(unit)s. Say why.") % {"unit": resident.unit_code},
                    "beyond",
                )
            said = [f"{_(OUTCOME_NAMES[outcome])}.", reason]
            if asked_by:
                said.append(_("Asked by %(who)s.") % {"who": asked_by})
            if beyond_reason is not None:
                said.append(f"{_(BEYOND_NAMES[beyond_reason]).capitalize()}.")
            entry = write_entry(
                tx, Kind.EXTRA_CHECK, " ".join(said), house_id=self.house_id, resident_id=resident_id,
                importance=Importance.URGENT if outcome in LADDER else Importance.HANDOVER,
            )  # fmt: skip
            tx.flush()
            check = RoundCheck(
                id=entry.id,
                unit_id=resident.unit_id,
                resident_id=resident_id,
                outcome=outcome,
                form=form,
                beyond=beyond_reason,
            )
            door = Door(resident.unit_id, resident.unit_code, "", 0, resident)
            if outcome in LADDER:
                kind = IncidentKind.NO_ANSWER if outcome is Outcome.NO_ANSWER else IncidentKind.FOUND_IN_DANGER
                check.incident_id = start_incident(tx, self.house_id, kind, resident_id)
                ask_deviation_in(tx, self.house_id, check.incident_id, door, _(INCIDENT_NAMES[kind]), tx.now)
            elif beyond_reason is Beyond.FEARED:
                check.incident_id = feared_in(tx, self.house_id, door, entry)
            tx.add(check)
            return check_facts(entry, check, concluded=check.incident_id is None)

    def _window_of(self, tx: Reading, left_at: datetime) -> Window | None:
        return window_to_walk_in(tx, self.house_id, left_at, rules_in(tx, self.house_id))

    def _nobody_out(self, tx: Reading) -> None:
        out = walk_under_way_in(tx, self.house_id)
        if out is not None:
            raise Invalid(
                _("%(who)s has been on the walk since %(time)s. One walk at a time; two may go together.")
                % {"who": out.walker, "time": f"{local(out.left_at):%H:%M}"}
            )


__all__ = ["LadderStep", "Rounds", "last_seen_in", "walk_under_way_in", "windows_in"]

"""No answer and danger at a door: recorded, worked step by step, concluded. Never a tick.

Waiting until morning has cost lives (domain.md section 3): every opening leads to a next step or to words about how it ended.
"""

from collections.abc import Sequence

from sqlmodel import col, select

from staffbase.incidents.model import Deviation, Step
from staffbase.incidents.rules import next_step
from staffbase.incidents.service import add_step, conclude_incident, incidents_in
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _
from staffbase.people.duty import COUNTED, on_duty_in
from staffbase.people.model import Person
from staffbase.residents.reading import facts_in, house_in
from staffbase.residents.rules import answers_now
from staffbase.rounds.answers import LadderStep, ladder_in
from staffbase.rounds.facts import Colleague, Ladder, Number
from staffbase.rounds.model import Outcome
from staffbase.rounds.reading import (
    CheckFacts,
)


class Ladders:
    """What is done when a door stays silent or somebody is found in danger."""

    def __init__(self, database: Database, house_id: int) -> None:
        self.database = database
        self.house_id = house_id

    @allowed(Permission.ROUND)
    def no_answer(
        self, actor: Actor, walk_id: int, unit_id: int, steps: Sequence[LadderStep] = (), conclusion: str = "",
        colleague_id: int | None = None, late_reason: str = "", deviation: Deviation = Deviation.LATER,
    ) -> CheckFacts:  # fmt: skip
        """No answer at a door: a check that starts an incident, never a tick.

        Without conclusion the ladder is live. With steps and a conclusion it was resolved at the door, and each step
        has its time and is marked as entered afterwards. `colleague_id` says who is there and reports: while the
        walk is under way, the walker. Raises Invalid for a step before the walk or in the future.
        """
        with self.database.write(actor, "round.no-answer") as tx:
            return ladder_in(
                tx, self.house_id, walk_id, unit_id, Outcome.NO_ANSWER, steps=steps, conclusion=conclusion, colleague_id=colleague_id,
                late_reason=late_reason, deviation=deviation,
            )  # fmt: skip

    @allowed(Permission.ROUND)
    def found_in_danger(
        self, actor: Actor, walk_id: int, unit_id: int, colleague_id: int | None = None, late_reason: str = ""
    ) -> CheckFacts:
        """Somebody was found in danger: the same ladder, 113 first."""
        with self.database.write(actor, "round.danger") as tx:
            return ladder_in(
                tx, self.house_id, walk_id, unit_id, Outcome.DANGER, colleague_id=colleague_id, late_reason=late_reason
            )

    @allowed(Permission.SEE_RESIDENTS)
    def ladder(self, actor: Actor, incident_id: int, *, opening: bool = False) -> Ladder:
        """The ladder of an incident, with the numbers beside it. `opening` writes that they were opened, if that can be written."""
        now = self.database.clock.now()
        with self.database.read() as tx:
            found = incidents_in(tx, self.house_id, ids=[incident_id])
            if not found:
                raise NotFound(_("It is not there any more."))
            incident = found[0]
            resident = facts_in(tx, self.house_id).get(incident.resident_id or 0)
            house = house_in(tx, self.house_id)
        if opening:
            self.database.opened(actor, "ladder.open", incident.resident_id)
        done = {step.step for step in incident.steps if step.step is not None and not step.taken_back}
        called = sorted(
            (contact for contact in (resident.contacts if resident else ()) if contact.position > 0),
            key=lambda contact: contact.position,
        )
        numbers = tuple(
            Number(contact.name, contact.role, contact.phone, answers_now(contact.hours, local(now)))
            for contact in called
        )
        return Ladder(incident, next_step(incident.kind, done) if incident.running else "", resident, house, numbers)

    @allowed(Permission.ROUND)
    def ladder_step(self, actor: Actor, incident_id: int, step: Step, text: str = "") -> None:
        """One step of a live ladder, done now."""
        with self.database.write(actor, "round.ladder") as tx:
            add_step(tx, self.house_id, incident_id, step, text)

    @allowed(Permission.ROUND)
    def conclude_ladder(
        self, actor: Actor, incident_id: int, text: str, deviation: Deviation = Deviation.LATER
    ) -> None:
        """How it ended; from now on the walk may be signed."""
        with self.database.write(actor, "round.conclude") as tx:
            conclude_incident(tx, self.house_id, incident_id, text, deviation=deviation)

    @allowed(Permission.ROUND)
    def colleagues(self, actor: Actor) -> list[Colleague]:
        """Who else may be at a door and report: those on duty first."""
        now = self.database.clock.now()
        with self.database.read() as tx:
            on_duty = {duty.person_id for duty in on_duty_in(tx, self.house_id, now)}
            people = tx.all(select(Person).where(col(Person.left_at).is_(None)).order_by(col(Person.name)))
        found = [
            Colleague(person.id, person.name, person.id in on_duty)
            for person in people
            if person.id != actor.person_id and person.role in COUNTED
        ]
        return sorted(found, key=lambda one: (not one.on_duty, one.name))

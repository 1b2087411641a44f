"""No answer and danger at a door: recorded as the beginning of an incident, never as a tick.

Waiting until morning has cost lives (domain.md section 3): every opening leads to a next step or to words about how it ended.
"""

from collections.abc import Sequence

from sqlmodel import col, select

from staffbase.incidents.model import Deviation
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.service import HouseService
from staffbase.people.duty import COUNTED, on_duty_in
from staffbase.people.model import Person
from staffbase.rounds.answers import LadderStep, ladder_in
from staffbase.rounds.facts import Colleague
from staffbase.rounds.model import Outcome
from staffbase.rounds.reading import (
    CheckFacts,
)


class Ladders(HouseService):
    """What is done when a door stays silent or somebody is found in danger."""

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

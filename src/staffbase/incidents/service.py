"""What staff do in an incident: start it, add a step with its time, take a step back, conclude it.

The module functions do the same inside another room's transaction (the ladder of the rounds).
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import select

from staffbase.incidents.model import (
    INCIDENT_NAMES,
    STEP_NAMES,
    Deviation,
    Incident,
    IncidentConclusion,
    IncidentKind,
    IncidentStep,
    Step,
)
from staffbase.incidents.reading import incidents_in, is_concluded_in, reviews_due_in, step_facts
from staffbase.incidents.rules import IncidentFacts, StepFacts, entered_afterwards, is_crisis
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Entry, Importance, Kind, Source
from staffbase.journal.reach import outside
from staffbase.journal.service import items_by_id
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database, Reading, Writing
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
from staffbase.kernel.typed import past_moment, typed_text
from staffbase.people.reach import reach_in
from staffbase.residents.model import Resident, Status
from staffbase.residents.service import set_status

_STEP_LIMIT = 2000

Decided = Callable[[Writing, int, int, Deviation], None]
"""What follows from a conclusion's answer about a deviation, by house and incident; rounds and tasks know it, incidents do not."""


def start_incident(
    tx: Writing,
    house_id: int,
    kind: IncidentKind,
    resident_id: int | None,
    text: str = "",
    at: datetime | None = None,
) -> int:
    """Start an incident of a resident or (None) of the house. Returns its key, which is its entry's."""
    if resident_id is not None and tx.get(Resident, resident_id).house_id != house_id:
        raise NotFound(_("This resident does not live here now."))
    told = _sentence(_(INCIDENT_NAMES[kind]), typed_text(text, required=False, limit=_STEP_LIMIT))
    entry = _told(tx, house_id, Kind.INCIDENT, resident_id, told, at, Importance.URGENT)
    tx.add(Incident(id=entry.id, kind=kind))
    tx.flush()
    return entry.id


def add_step(
    tx: Writing, house_id: int, incident_id: int, step: Step, text: str = "", at: datetime | None = None
) -> int:
    """Add one step, done now or at a time that has passed (then marked as entered afterwards). Returns its entry."""
    entry = _running(tx, house_id, incident_id)
    text = typed_text(text, required=step is Step.OTHER, limit=_STEP_LIMIT)
    told = text if step is Step.OTHER else _sentence(_(STEP_NAMES[step]), text)
    made = _told(tx, house_id, Kind.INCIDENT_STEP, entry.resident_id, told, at, Importance.ROUTINE)
    tx.add(IncidentStep(id=made.id, incident_id=incident_id, step=step))
    tx.flush()
    return made.id


def conclude_incident(
    tx: Writing,
    house_id: int,
    incident_id: int,
    text: str,
    *,
    deviation: Deviation = Deviation.LATER,
    review_plan: bool | None = None,
    status: Status | None = None,
) -> int:
    """Say how it ended. Returns the conclusion's entry.

    `review_plan` None leaves it to the rule (after a crisis the plan is due for review at once); `status` also sets the
    resident's. Whether a deviation should be written is a question that may be answered later.
    """
    entry = _running(tx, house_id, incident_id)
    text = typed_text(text, "conclusion", limit=_STEP_LIMIT)
    incident = tx.get(Incident, incident_id)
    if review_plan is None:
        done = _standing_steps(tx, incident_id)
        review_plan = is_crisis(incident.kind, done)
    told = _("Concluded: %(text)s") % {"text": text}
    made = _told(tx, house_id, Kind.INCIDENT_STEP, entry.resident_id, told, None, Importance.HANDOVER)
    tx.add(
        IncidentConclusion(
            id=made.id, incident_id=incident_id, deviation=deviation,
            review_plan=review_plan and entry.resident_id is not None,
        )
    )  # fmt: skip
    if status is not None and entry.resident_id is not None:
        set_status(tx, house_id, entry.resident_id, status, _("After an incident: %(text)s") % {"text": text})
    tx.flush()
    return made.id


def _standing_steps(tx: Reading, incident_id: int) -> set[Step]:
    rows = tx.all(select(IncidentStep).where(IncidentStep.incident_id == incident_id))
    items = items_by_id(tx, [row.id for row in rows])
    return {row.step for row in rows if not items[row.id].withdrawn}


def _sentence(words: str, text: str) -> str:
    """The standard words and what was typed; the typed alone where it begins by saying the same."""
    if text and text.split(maxsplit=1)[0].casefold().strip(".,:;") == words.split(maxsplit=1)[0].casefold().strip(
        ".,:;"
    ):
        return text
    return f"{words[:1].upper()}{words[1:]}. {text}".strip()


def _told(
    tx: Writing, house_id: int, kind: Kind, resident_id: int | None, text: str, at: datetime | None, importance: Importance
) -> Entry:  # fmt: skip
    at = past_moment(at, tx.now, "at") if at is not None else tx.now
    late = entered_afterwards(at, tx.now)
    entry = write_entry(
        tx, kind, text, house_id=house_id, resident_id=resident_id, importance=importance, observed_from=at,
        source=Source.AFTERWARDS if late else Source.DIRECT,
    )  # fmt: skip
    tx.flush()
    return entry


def _running(tx: Reading, house_id: int, incident_id: int) -> Entry:
    entry = tx.get(Entry, incident_id)
    if tx.find(Incident, incident_id) is None or entry.house_id != house_id:
        raise NotFound(_("It is not there any more."))
    if is_concluded_in(tx, incident_id):
        raise Invalid(_("This incident is concluded. Write a note or a comment instead."))
    return entry


class Incidents(HouseService):
    """Incidents of the house and its residents."""

    def __init__(self, database: Database, house_id: int, decided: Decided) -> None:
        super().__init__(database, house_id)
        self._decided = decided

    @allowed(Permission.WRITE)
    def start(
        self, actor: Actor, kind: IncidentKind, resident_id: int | None = None, text: str = "", at: datetime | None = None
    ) -> int:  # fmt: skip
        """Something has begun: its kind, and whose it is (None: the house's). Returns the incident's key."""
        with self.database.write(actor, "incident.start", subject=resident_id) as tx:
            return start_incident(tx, self.house_id, kind, resident_id, text, at)

    @allowed(Permission.WRITE)
    def step(
        self, actor: Actor, incident_id: int, step_kind: Step, text: str = "", at: datetime | None = None
    ) -> StepFacts:
        """One step, done now or at a time that has passed."""
        with self.database.write(actor, "incident.step") as tx:
            made = add_step(tx, self.house_id, incident_id, step_kind, text, at)
            return step_facts(items_by_id(tx, [made])[made], step_kind, {actor.person_id: actor.name})

    @allowed(Permission.WRITE)
    def take_back(self, actor: Actor, step_id: int, reason: str = "") -> None:
        """A step was entered by mistake: it stays, marked as taken back. Only one's own, only while the incident runs."""
        with self.database.write(actor, "incident.take-back") as tx:
            step, entry = tx.get(IncidentStep, step_id), tx.get(Entry, step_id)
            _running(tx, self.house_id, step.incident_id)
            if entry.author_id != actor.person_id:
                raise NotAllowed(_("Only the one who entered a step takes it back. Enter what is right as a new step."))
            if items_by_id(tx, [step_id])[step_id].withdrawn:
                raise Invalid(_("It is taken back already."))
            write_entry(
                tx, Kind.WITHDRAWN, reason or _("Entered by mistake."), house_id=self.house_id,
                resident_id=entry.resident_id, amends_id=step_id,
            )  # fmt: skip

    @allowed(Permission.WRITE)
    def conclude(
        self,
        actor: Actor,
        incident_id: int,
        text: str,
        *,
        deviation: Deviation = Deviation.LATER,
        review_plan: bool | None = None,
        status: Status | None = None,
    ) -> None:
        """Say how it ended, and answer the questions that follow an incident."""
        with self.database.write(actor, "incident.conclude") as tx:
            conclude_incident(
                tx, self.house_id, incident_id, text, deviation=deviation, review_plan=review_plan, status=status
            )
            self._decided(tx, self.house_id, incident_id, deviation)

    @allowed(Permission.READ)
    def running(self, actor: Actor) -> list[IncidentFacts]:
        """What has begun and has no conclusion yet, the newest first."""
        del actor
        with self.database.read() as tx:
            return incidents_in(tx, self.house_id, running_only=True)

    @allowed(Permission.READ)
    def latest(self, actor: Actor, resident_id: int | None = None, limit: int = 20) -> list[IncidentFacts]:
        """The newest incidents, running or concluded."""
        with self.database.read() as tx:
            reach = reach_in(tx, self.house_id, actor, self.database.clock.now())
            return incidents_in(tx, self.house_id, resident_id=resident_id, limit=limit, reach=reach)

    @allowed(Permission.READ)
    def incident(self, actor: Actor, incident_id: int) -> IncidentFacts:
        """One incident. Raises NotFound, and NotAllowed for a concluded one outside the actor's reach."""
        with self.database.read() as tx:
            reach = reach_in(tx, self.house_id, actor, self.database.clock.now())
            found = incidents_in(tx, self.house_id, ids=[incident_id], reach=reach)
            if not found and reach is not None and tx.find(Incident, incident_id) is not None:
                raise NotAllowed(outside())
        if not found:
            raise NotFound(_("It is not there any more."))
        return found[0]


__all__ = [
    "IncidentFacts", "Incidents", "StepFacts", "add_step", "conclude_incident", "incidents_in", "is_concluded_in",
    "reviews_due_in", "start_incident",
]  # fmt: skip

"""What staff do with tasks: add, change, take over, finish. Adding and finishing are told on the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Entry, Kind
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotFound
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_moment
from staffbase.kernel.service import HouseService
from staffbase.kernel.typed import typed_text
from staffbase.people.model import Person
from staffbase.people.reach import reach_in
from staffbase.people.service import names_in
from staffbase.residents.model import Resident
from staffbase.residents.reading import facts_in, labels_in
from staffbase.tasks.model import Task
from staffbase.tasks.rules import TaskFacts, in_order

TASK_LIMIT = 500
"""Characters of a task: what is longer is a note."""


def add_task(
    tx: Writing,
    house_id: int,
    text: str,
    resident_id: int | None = None,
    owner_id: int | None = None,
    due_at: datetime | None = None,
    about_id: int | None = None,
) -> Task:
    """A new task, in the transaction of what gave rise to it; told on the timeline, about the entry `about_id`."""
    text = typed_text(text, limit=TASK_LIMIT)
    if resident_id is not None and tx.get(Resident, resident_id).house_id != house_id:
        raise NotFound(_("This resident does not live here now."))
    owner = _owner(tx, owner_id)
    told = [_("Task: %(text)s") % {"text": text}]
    if (owner or due_at is not None) and text[-1] not in ".!?…":
        told[0] += "."
    if owner:
        told.append(_("Has it: %(name)s.") % {"name": owner})
    if due_at is not None:
        told.append(_("By %(when)s.") % {"when": show_moment(due_at, tx.now)})
    entry = write_entry(tx, Kind.TASK, " ".join(told), house_id=house_id, resident_id=resident_id, amends_id=about_id)
    tx.flush()
    return tx.add(
        Task(
            house_id=house_id, resident_id=resident_id, text=text, owner_id=owner_id, due_at=due_at, added_at=tx.now,
            added_by_id=tx.actor.person_id, entry_id=entry.id,
        )
    )  # fmt: skip


def tasks_about_in(tx: Reading, entry_id: int) -> Sequence[Task]:
    """The tasks that an entry gave rise to, done or not, the oldest first."""
    return tx.all(
        select(Task)
        .join(Entry, col(Entry.id) == Task.entry_id)
        .where(Entry.amends_id == entry_id)
        .order_by(col(Task.id))
    )


def goes_on_in(tx: Writing, task: Task, text: str, about_id: int) -> None:
    """A task asks for something else from now on, told on the timeline; whoever has it, and until when, stays."""
    text = typed_text(text, limit=TASK_LIMIT)
    told = _("Task: %(text)s") % {"text": text}
    entry = write_entry(tx, Kind.TASK, told, house_id=task.house_id, resident_id=task.resident_id, amends_id=about_id)
    tx.flush()
    tx.change(task, text=text, entry_id=entry.id)


def finish_in(tx: Writing, task: Task, answer: str = "") -> None:
    """It is done, now, by the actor; told on the timeline, with the answer where it asked something."""
    told = _("Task done: %(text)s") % {"text": task.text}
    write_entry(tx, Kind.TASK, f"{told} {answer}".strip(), house_id=task.house_id, resident_id=task.resident_id)
    tx.change(task, done_at=tx.now, done_by_id=tx.actor.person_id)


def take_over_in(tx: Writing, house_id: int, task_id: int) -> None:
    """The actor has the task from now on."""
    tx.change(_open(tx, house_id, task_id), owner_id=tx.actor.person_id)


def tasks_in(
    tx: Reading, house_id: int, resident_id: int | None = None, *, done_since: datetime | None = None
) -> list[TaskFacts]:
    """The open tasks of the house (and of a resident); with `done_since` also those finished from then on."""
    standing = col(Task.done_at).is_(None)
    wanted = select(Task).where(
        Task.house_id == house_id, standing if done_since is None else standing | (col(Task.done_at) >= done_since)
    )
    if resident_id is not None:
        wanted = wanted.where(Task.resident_id == resident_id)
    rows = tx.all(wanted)
    if not rows:
        return []
    names, labels = names_in(tx), labels_in(tx, house_id)
    return in_order(_facts(row, names, labels) for row in rows)


def _facts(row: Task, names: dict[int, str], labels: dict[int, tuple[str, str]]) -> TaskFacts:
    unit_code, resident = labels.get(row.resident_id or 0, ("", ""))
    return TaskFacts(
        id=row.id, text=row.text, resident_id=row.resident_id, unit_code=unit_code, resident=resident,
        owner_id=row.owner_id, owner=names.get(row.owner_id or 0, ""), due_at=row.due_at, added_at=row.added_at,
        added_by=names.get(row.added_by_id, ""), entry_id=row.entry_id, done_at=row.done_at,
        done_by=names.get(row.done_by_id or 0, ""), version=row.version,
    )  # fmt: skip


def _owner(tx: Reading, owner_id: int | None) -> str:
    if owner_id is None:
        return ""
    owner = tx.get(Person, owner_id)
    if owner.left_at is not None:
        raise Invalid(_("%(name)s does not work here any more.") % {"name": owner.name}, "owner")
    return owner.name


def _open(tx: Reading, house_id: int, task_id: int) -> Task:
    task = tx.get(Task, task_id)
    if task.house_id != house_id:
        raise NotFound(_("It is not there any more."))
    if task.done_at is not None:
        raise Invalid(_("This task is done already."))
    return task


@dataclass(frozen=True)
class TaskChoices:
    """Whom a task can be about, and who can have it."""

    residents: dict[int, tuple[str, str]]
    """(unit code, alias) of those who live here, in walking order."""
    people: dict[int, str]
    """Those who work here."""


class Tasks(HouseService):
    """Tasks of the house and its residents."""

    @allowed(Permission.WRITE)
    def add(
        self,
        actor: Actor,
        text: str,
        resident_id: int | None = None,
        owner_id: int | None = None,
        due_at: datetime | None = None,
    ) -> int:
        """A new task. Returns its key."""
        with self.database.write(actor, "task.add", subject=resident_id) as tx:
            return add_task(tx, self.house_id, text, resident_id, owner_id, due_at).id

    @allowed(Permission.READ)
    def open_tasks(self, actor: Actor, resident_id: int | None = None) -> list[TaskFacts]:
        """What is not done yet, by deadline."""
        del actor
        with self.database.read() as tx:
            return tasks_in(tx, self.house_id, resident_id)

    @allowed(Permission.WRITE)
    def choices(self, actor: Actor) -> TaskChoices:
        """What the task dialog chooses among."""
        del actor
        with self.database.read() as tx:
            people = tx.all(select(Person).where(col(Person.left_at).is_(None)))
            return TaskChoices(
                {key: (facts.unit_code, facts.alias) for key, facts in facts_in(tx, self.house_id).items()},
                {person.id: person.name for person in people},
            )

    @allowed(Permission.READ)
    def tasks_since(self, actor: Actor, moment: datetime) -> list[TaskFacts]:
        """What is not done yet, and what was done since the moment (for substitutes: of that what belongs to their shifts)."""
        with self.database.read() as tx:
            reach = reach_in(tx, self.house_id, actor, self.database.clock.now())
            return [
                task
                for task in tasks_in(tx, self.house_id, done_since=moment)
                if task.done_at is None
                or reach is None
                or reach.holds_fact(task.resident_id, (task.owner_id,), (task.added_at, task.done_at))
            ]

    @allowed(Permission.WRITE)
    def change(
        self, actor: Actor, task_id: int, version: int, *, text: str, owner_id: int | None, due_at: datetime | None
    ) -> None:
        """Another text, owner or deadline. Raises ChangedElsewhere when the task is not as it was shown (`version`)."""
        with self.database.write(actor, "task.change") as tx:
            task = _open(tx, self.house_id, task_id)
            if task.version != version:
                raise ChangedElsewhere(_("Somebody else has changed this in the meantime. Nothing of yours was saved."))
            _owner(tx, owner_id)
            tx.change(task, text=typed_text(text, limit=TASK_LIMIT), owner_id=owner_id, due_at=due_at)

    @allowed(Permission.WRITE)
    def take_over(self, actor: Actor, task_id: int) -> None:
        """I have it from now on."""
        with self.database.write(actor, "task.take-over") as tx:
            take_over_in(tx, self.house_id, task_id)

    @allowed(Permission.WRITE)
    def done(self, actor: Actor, task_id: int) -> None:
        """It is done, now, by the actor; told on the timeline."""
        with self.database.write(actor, "task.done") as tx:
            finish_in(tx, _open(tx, self.house_id, task_id))


__all__ = [
    "TASK_LIMIT", "TaskChoices", "TaskFacts", "Tasks", "add_task", "finish_in", "goes_on_in", "take_over_in",
    "tasks_about_in", "tasks_in",
]  # fmt: skip

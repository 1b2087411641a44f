"""A task as screens show it, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class TaskFacts:
    """One task, with all names filled in."""

    id: int
    text: str
    resident_id: int | None
    unit_code: str
    """Empty for the house's own, and for a resident who has left."""
    resident: str
    owner_id: int | None
    owner: str
    due_at: datetime | None
    added_at: datetime
    added_by: str
    entry_id: int
    done_at: datetime | None
    done_by: str
    version: int

    def overdue(self, moment: datetime) -> bool:
        """Whether it should have been done by now and is not."""
        return self.done_at is None and self.due_at is not None and self.due_at < moment


_NEVER = datetime.max.replace(tzinfo=UTC)


def in_order(tasks: Iterable[TaskFacts]) -> list[TaskFacts]:
    """By deadline, the longest overdue first; those without a deadline last, oldest first."""
    return sorted(tasks, key=lambda task: (task.due_at or _NEVER, task.id))


def matching(typed: str, names: Mapping[int, str]) -> list[int]:
    """Those of whose names a word begins with what was typed; the exact ones alone, if there are any.

    The first word counts as a name of its own: of "A1 Arild" and "A11 Anna", "a1" means the first.
    """
    wanted = " ".join(typed.casefold().split())
    if not wanted:
        return []
    folded = {key: name.casefold() for key, name in names.items()}
    exact = [key for key, name in folded.items() if wanted in (name, name.split(maxsplit=1)[0] if name.split() else "")]
    begins = [key for key, name in folded.items() if any(part.startswith(wanted) for part in (name, *name.split()))]
    return exact or begins

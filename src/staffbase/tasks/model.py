"""Tasks: what somebody promised, for whom, by when."""

from datetime import datetime

from sqlmodel import Field

from staffbase.kernel.columns import CHANGING, Key, Salted, key, maybe_moment, maybe_ref, moment, prose, ref


class Task(Salted, table=True):
    """One task, of a resident or of the house. What it says may change; that it was added and done stands in the journal."""

    __tablename__ = "task"
    __table_args__ = CHANGING

    id: int = key()
    house_id: int = ref("house.id")
    resident_id: int | None = maybe_ref("resident.id", index=True)
    text: str = prose()
    owner_id: int | None = maybe_ref("person.id")
    """Who has it; nobody yet means the shift has it."""
    due_at: datetime | None = maybe_moment()
    added_at: datetime = moment()
    added_by_id: int = Field(sa_type=Key)
    """0 is the station itself."""
    entry_id: int = ref("entry.id")
    """The entry that tells of its adding."""
    done_at: datetime | None = maybe_moment(index=True)
    done_by_id: int | None = maybe_ref("person.id")

"""When the shifts of a house begin and end, and how many must be there: set inside a transaction, and told."""

from collections.abc import Sequence

from sqlmodel import select

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.database import Writing
from staffbase.kernel.i18n import _
from staffbase.people.duty import shift_times_in
from staffbase.people.model import SHIFT_NAMES, ShiftTime
from staffbase.people.rules import DEFAULT_SHIFTS, ShiftHours, check_shifts, show_hours


def set_default_shifts_in(tx: Writing, house_id: int) -> None:
    """Give a new house the usual three shifts."""
    for hours in DEFAULT_SHIFTS:
        tx.add(ShiftTime(house_id=house_id, name=hours.name, begins=hours.begins, ends=hours.ends, norm=hours.norm))


def set_shifts_in(tx: Writing, house_id: int, shifts: Sequence[ShiftHours]) -> None:
    """Other times or norms for these shifts; each that differs is told on the house's timeline. Raises Invalid."""
    check_shifts(shifts)
    before = {shift.name: shift for shift in shift_times_in(tx, house_id)}
    changed = [shift for shift in shifts if before[shift.name] != shift]
    if not changed:
        return
    mine = select(ShiftTime).where(ShiftTime.house_id == house_id)
    if not tx.all(mine):
        set_default_shifts_in(tx, house_id)
        tx.flush()
    rows = {row.name: row for row in tx.all(mine)}
    for shift in changed:
        tx.change(rows[shift.name], begins=shift.begins, ends=shift.ends, norm=shift.norm)
        told = {"shift": _(SHIFT_NAMES[shift.name]), "before": _hours(before[shift.name]), "now": _hours(shift)}
        write_entry(
            tx, Kind.HOUSE, _("Shift changed: %(shift)s, %(before)s → %(now)s.") % told, house_id=house_id,
            importance=Importance.HANDOVER,
        )  # fmt: skip


def _hours(shift: ShiftHours) -> str:
    return _("%(hours)s with %(norm)d") % {"hours": show_hours(shift.begins, shift.ends), "norm": shift.norm}

"""What an import brings, what is wrong with it, and what speaks against it in this house."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from staffbase.exchange.csv_file import shown
from staffbase.exchange.import_words import Column, same
from staffbase.kernel.access import Role
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _, ngettext
from staffbase.residents.model import RoundForm


@dataclass(frozen=True)
class Fault:
    """One thing to mend in the file; `str` is its sentence. Row 0 is the file as a whole."""

    row: int
    heading: str
    sentence: str

    def __str__(self) -> str:
        if not self.row:
            return self.sentence
        place = {"row": self.row, "column": shown(self.heading), "sentence": self.sentence}
        return _("Row %(row)d, column “%(column)s”: %(sentence)s") % place


MOST_TOLD = 50
"""Faults that are told at once: who has more mends these, and looks again."""


class Faulty(Invalid):
    """The file cannot be imported as it is, and nothing of it was; `faults` are all that must be mended."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        told = [str(fault) for fault in faults[:MOST_TOLD]]
        if more := len(faults) - len(told):
            words = ngettext("And %(count)d fault more.", "And %(count)d faults more.", more)
            told.append(words % {"count": more})
        super().__init__("\n".join(told))
        self.faults = faults


@dataclass(frozen=True)
class UnitRow:
    """A unit to be added."""

    row: int
    code: str


@dataclass(frozen=True)
class StaffRow:
    """A person to be added, with a one-time PIN."""

    row: int
    name: str
    role: Role
    phone: str


@dataclass(frozen=True)
class ResidentRow:
    """A resident to be admitted; dangers and allergies one a line of their cell."""

    row: int
    unit: str
    name: str
    birth_year: int
    moved_in: date | None
    agreement: RoundForm | None
    allergies: tuple[str, ...]
    dangers: tuple[str, ...]
    primary: str
    phone: str


@dataclass(frozen=True)
class ImportRows:
    """What a file says. With faults nothing of it can be imported; rows with faults stand in it too, to be looked at for more."""

    units: tuple[UnitRow, ...]
    residents: tuple[ResidentRow, ...]
    staff: tuple[StaffRow, ...]
    faults: tuple[Fault, ...]
    headings: dict[Column, str]
    """The columns that were understood, as they are spelled in the file."""
    ignored: tuple[str, ...]
    """The headings that were not understood; their columns are left out."""


@dataclass(frozen=True)
class Known:
    """What the house holds already, for the faults that only it can show."""

    units: Collection[str]
    taken: Collection[str]
    residents: Collection[str]
    staff: Collection[str]


def faults_in_house(rows: ImportRows, known: Known) -> list[Fault]:
    """What speaks against the rows in this house: unknown or taken units, names that are there already."""
    units = {same(code) for code in known.units} | {same(row.code) for row in rows.units}
    taken, residents, staff = (_folded(names) for names in (known.taken, known.residents, known.staff))
    coming = staff | {same(row.name) for row in rows.staff}

    def fault(row: int, column: Column, sentence: str) -> Fault:
        return Fault(row, rows.headings.get(column, _(column.value)), sentence)

    faults = [
        fault(unit.row, Column.UNIT, _("the house already has a unit %(unit)s.") % {"unit": shown(unit.code)})
        for unit in rows.units
        if same(unit.code) in _folded(known.units)
    ]
    for resident in rows.residents:
        said = {"unit": shown(resident.unit), "name": shown(resident.name), "primary": shown(resident.primary)}
        if resident.unit and same(resident.unit) not in units:
            faults.append(fault(resident.row, Column.UNIT, _("the house has no unit “%(unit)s”.") % said))
        if same(resident.unit) in taken:
            faults.append(fault(resident.row, Column.UNIT, _("somebody already lives in %(unit)s.") % said))
        if same(resident.name) in residents:
            faults.append(fault(resident.row, Column.NAME, _("a resident is already called %(name)s.") % said))
        if resident.primary and same(resident.primary) not in coming:
            faults.append(fault(resident.row, Column.PRIMARY, _("nobody on the staff is called “%(primary)s”.") % said))
    faults += [
        fault(
            person.row,
            Column.NAME,
            _("somebody on the staff is already called %(name)s.") % {"name": shown(person.name)},
        )
        for person in rows.staff
        if same(person.name) in staff
    ]
    return faults


def _folded(names: Collection[str]) -> set[str]:
    return {same(name) for name in names}

"""Taking in a municipality's list of residents and staff: all of it or nothing."""

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from staffbase.exchange.csv_file import SIZE_LIMIT, shown
from staffbase.exchange.import_words import same
from staffbase.exchange.people_list import read_people
from staffbase.exchange.rules import Faulty, ImportRows, Known, ResidentRow, faults_in_house
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.files import why
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.service import HouseService
from staffbase.people.model import Person
from staffbase.people.pins import set_pin_in
from staffbase.people.service import add_person_in, hash_pin, new_pin
from staffbase.residents.model import Unit, WarningKind
from staffbase.residents.rules import read_units
from staffbase.residents.service import add_contact_in, add_warning_in, admit_in, doors_in, set_agreement_in


@dataclass(frozen=True)
class OneTimePin:
    """A PIN to hand over on paper; kept nowhere."""

    name: str
    pin: str


@dataclass(frozen=True)
class ImportResult:
    """What was added (or, in a dry run, would be)."""

    units: int
    residents: int
    staff: int
    pins: tuple[OneTimePin, ...]
    ignored: tuple[str, ...]
    dry_run: bool

    def in_words(self) -> str:
        """What the command prints."""
        counted = [
            words % {"count": count}
            for count, words in (
                (self.units, ngettext("%(count)d unit", "%(count)d units", self.units)),
                (self.residents, ngettext("%(count)d resident", "%(count)d residents", self.residents)),
                (self.staff, ngettext("%(count)d person on the staff", "%(count)d persons on the staff", self.staff)),
            )
            if count
        ]
        told = _("It would add: %(what)s. Nothing was saved.") if self.dry_run else _("Added: %(what)s.")
        lines = [told % {"what": ", ".join(counted)}]
        if self.ignored:
            columns = ", ".join(shown(heading) for heading in self.ignored)
            lines.append(_("These columns were left out: %(columns)s.") % {"columns": columns})
        if self.pins:
            lines.append(_("One-time PINs, shown only now; each is changed at the first sign-in:"))
            lines += [f"{one.pin}  {one.name}" for one in self.pins]
        return "\n".join(lines)


class Imports(HouseService):
    """The house's lists, taken in from a file."""

    @allowed(Permission.IMPORT)
    def import_file(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportResult:
        """Take in a CSV file, or with `dry_run` only say what it would add. Raises Invalid, or Faulty with all faults."""
        try:
            with file.open("rb") as opened:
                raw = opened.read(SIZE_LIMIT + 1)
        except OSError as error:
            raise Invalid(_("The file cannot be read: %(why)s.") % {"why": why(error)}) from error
        rows = read_people(raw, local(self.database.clock.now()).date())
        return self.dry_run(actor, rows) if dry_run else self.import_people(actor, rows)

    @allowed(Permission.IMPORT)
    def dry_run(self, actor: Actor, rows: ImportRows) -> ImportResult:  # noqa: ARG002
        """What the rows would add. Raises Faulty with every fault."""
        with self.database.read() as tx:
            self._check(tx, rows)
        return self._result(rows, (), dry_run=True)

    @allowed(Permission.IMPORT)
    def import_people(self, actor: Actor, rows: ImportRows) -> ImportResult:
        """Add everything in one transaction; imported staff get one-time PINs. Raises Faulty, with nothing added."""
        with self.database.read() as tx:
            self._check(tx, rows)
        pins = [(person, pin, hash_pin(self.database.seal, pin)) for person in rows.staff for pin in [new_pin()]]
        with self.database.write(actor, "import.people") as tx:
            self._check(tx, rows)
            for person, _pin, hashed in pins:
                added = add_person_in(tx, person.name, person.role, person.phone)
                tx.flush()
                set_pin_in(tx, added.id, hashed, one_time=True)
            self._admit(tx, rows)
        return self._result(rows, tuple(OneTimePin(person.name, pin) for person, pin, _hash in pins), dry_run=False)

    def _check(self, tx: Reading, rows: ImportRows) -> None:
        """Raise Faulty with every fault, in the file and in this house."""
        doors = doors_in(tx, self.house_id)
        known = Known(
            units=[door.code for door in doors],
            taken=[door.code for door in doors if door.resident is not None],
            residents=[door.resident.alias for door in doors if door.resident is not None],
            staff=list(_working(tx)),
        )
        faults = [*rows.faults, *faults_in_house(rows, known)]
        if faults:
            raise Faulty(tuple(sorted(faults, key=lambda fault: fault.row)))

    def _admit(self, tx: Writing, rows: ImportRows) -> None:
        """The units and residents; the staff stand there already, as primary contacts."""
        doors = doors_in(tx, self.house_id)
        position = max((door.position for door in doors), default=-1)
        for place, unit in enumerate(rows.units, position + 1):
            code, module = read_units(unit.code)[0]
            tx.add(Unit(house_id=self.house_id, code=code, module=module, position=place))
        tx.flush()
        units = {same(door.code): door.unit_id for door in doors_in(tx, self.house_id)}
        staff = {same(name): person_id for name, person_id in _working(tx).items()}
        for row in rows.residents:
            self._admit_one(tx, row, units[same(row.unit)], staff.get(same(row.primary)))

    def _admit_one(self, tx: Writing, row: ResidentRow, unit_id: int, primary_id: int | None) -> None:
        moved_in = row.moved_in or local(tx.now).date()
        resident = admit_in(
            tx, self.house_id, unit_id, row.name, row.birth_year, moved_in, primary_contact_id=primary_id
        )
        if row.agreement is not None:
            set_agreement_in(
                tx, resident.id, row.agreement, consent=_("From the imported list; confirm it with the resident.")
            )
        for line in row.dangers:
            add_warning_in(tx, resident.id, WarningKind.DANGER, line)
        for line in row.allergies:
            add_warning_in(tx, resident.id, WarningKind.ALLERGY, line)
        if row.phone:
            add_contact_in(tx, self.house_id, resident.id, row.name, _("own phone"), row.phone)

    @staticmethod
    def _result(rows: ImportRows, pins: tuple[OneTimePin, ...], *, dry_run: bool) -> ImportResult:
        return ImportResult(len(rows.units), len(rows.residents), len(rows.staff), pins, rows.ignored, dry_run)


def _working(tx: Reading) -> dict[str, int]:
    """Who works here now, by name."""
    return dict(tx.all(select(Person.name, Person.id).where(col(Person.left_at).is_(None))))

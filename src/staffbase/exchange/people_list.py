"""Reading a list of people: what each row says, and every fault in it by row and column."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from staffbase.exchange.csv_file import Line, Table, read_table, shown
from staffbase.exchange.import_words import (
    REQUIRED,
    TYPES,
    Column,
    Type,
    agreement_words,
    column_of,
    plain,
    role_words,
    same,
)
from staffbase.exchange.rules import Fault, ImportRows, ResidentRow, StaffRow, UnitRow
from staffbase.kernel.access import ROLE_NAMES, Role
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.typed import typed_text
from staffbase.residents.model import ROUND_FORM_NAMES
from staffbase.residents.rules import YOUNGEST, read_units

NAME_LIMIT = 60
ALIAS_LIMIT = 40
UNIT_LIMIT = 12
LINE_LIMIT = 74
"""Cells a danger or an allergy may fill: it must stand on one line of the crisis card."""
PHONE_LIMIT = 30
FIRST_BIRTH_YEAR = 1900

_AGREEMENT_HELP = N_("“%(word)s” is no form of check; write one of: %(words)s.")
_ROLE_HELP = N_("“%(word)s” is no role staffbase knows; write one of: %(words)s.")
_ROLES_SHOWN = [name for role, name in ROLE_NAMES.items() if role is not Role.SYSTEM]
_Meaning = TypeVar("_Meaning")


def read_people(raw: bytes, today: date) -> ImportRows:
    """What the bytes of a CSV file say about units, residents and staff.

    Faults in rows are gathered, not raised. Raises Invalid where the file is no table at all.
    """
    table = read_table(raw)
    found, twice = _columns(table.headings)
    rows = _Rows(table, found, today)
    faults = [Fault(1, heading, _("two columns have this meaning; keep one.")) for heading in twice]
    if not faults:
        faults += list(rows.missing_headings())
    if not faults and not table.lines:
        faults.append(Fault(0, "", _("The file has headings but no rows.")))
    if not faults:
        rows.read()
        faults = rows.faults + list(_twice_in_file(rows))
    return ImportRows(
        units=tuple(rows.units), residents=tuple(rows.residents), staff=tuple(rows.staff),
        faults=tuple(sorted(faults, key=lambda fault: fault.row)),
        headings={column: table.headings[index] for column, index in found.items()},
        ignored=tuple(heading for heading in table.headings if heading and column_of(heading) is None),
    )  # fmt: skip


def _columns(headings: tuple[str, ...]) -> tuple[dict[Column, int], list[str]]:
    """Where each known column stands, and the headings that say the same once more."""
    found: dict[Column, int] = {}
    twice = []
    for index, heading in enumerate(headings):
        column = column_of(heading)
        if column is None:
            continue
        if column in found:
            twice.append(heading)
        else:
            found[column] = index
    return found, twice


def _twice_in_file(rows: "_Rows") -> Iterator[Fault]:
    """Names and units that stand more than once in the file."""
    told = _("this stands in row %(row)d already.")
    lists: list[tuple[Column, list[tuple[int, str]]]] = [
        (Column.NAME, [(row.row, row.name) for row in rows.residents]),
        (Column.NAME, [(row.row, row.name) for row in rows.staff]),
        (Column.UNIT, [(row.row, row.unit) for row in rows.residents]),
        (Column.UNIT, [(row.row, row.code) for row in rows.units]),
    ]
    for column, named in lists:
        first: dict[str, int] = {}
        for row, name in named:
            before = first.setdefault(same(name), row)
            if name and before != row:
                yield Fault(row, rows.heading(column), told % {"row": before})


@dataclass
class _Rows:
    """Reads the rows of a table one by one, gathering what they say and what is wrong."""

    table: Table
    found: dict[Column, int]
    today: date
    units: list[UnitRow] = field(default_factory=list)
    residents: list[ResidentRow] = field(default_factory=list)
    staff: list[StaffRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def heading(self, column: Column) -> str:
        """The column as it is spelled in the file."""
        return self.table.headings[self.found[column]] if column in self.found else _(column.value)

    def missing_headings(self) -> Iterator[Fault]:
        """What must stand in the first row and does not."""
        needed = set().union(*(REQUIRED[type_] for type_ in self._types()))
        if not self.found:
            needed = set(REQUIRED[Type.RESIDENT])
        for column in Column:
            if column in needed and column not in self.found:
                yield Fault(
                    0, "",
                    _("The first row lacks the heading “%(heading)s” (it holds: %(headings)s).")
                    % {"heading": _(column.value), "headings": shown(", ".join(self.table.headings), 80)},
                )  # fmt: skip

    def _types(self) -> set[Type]:
        if Column.TYPE in self.found:
            said = {TYPES.get(same(self._raw(line, Column.TYPE))) for line in self.table.lines}
            return {type_ for type_ in said if type_} or {Type.RESIDENT}
        if Column.ROLE in self.found:
            whole = self.found.keys() >= set(REQUIRED[Type.RESIDENT])
            return {Type.RESIDENT, Type.STAFF} if whole else {Type.STAFF}
        return {Type.UNIT} if set(self.found) == {Column.UNIT} else {Type.RESIDENT}

    def read(self) -> None:
        """Read every row. Where both stand in one list without a type, who has a role is staff."""
        types = self._types()
        the_type = next(iter(types))
        for line in self.table.lines:
            if any(line.cells[len(self.table.headings) :]):
                self._fault(line, self.table.headings[-1], _("the row has more cells than there are headings."))
            if Column.TYPE in self.found:
                said = self._raw(line, Column.TYPE)
                if same(said) not in TYPES:
                    words = _("write “resident”, “staff” or “unit”, not “%(word)s”.") % {"word": shown(said)}
                    self._fault(line, self.heading(Column.TYPE), words)
                    continue
                the_type = TYPES[same(said)]
            elif len(types) > 1:
                the_type = Type.STAFF if self._raw(line, Column.ROLE) else Type.RESIDENT
            self._read_as(the_type, line)

    def _read_as(self, type_: Type, line: Line) -> None:
        row = self._row(type_, line)
        if isinstance(row, ResidentRow):
            self.residents.append(row)
        elif isinstance(row, StaffRow):
            self.staff.append(row)
        else:
            self.units.append(row)

    def _row(self, type_: Type, line: Line) -> ResidentRow | StaffRow | UnitRow:
        if type_ is Type.RESIDENT:
            return self._resident(line)
        return self._person(line) if type_ is Type.STAFF else self._unit(line)

    def _unit(self, line: Line) -> UnitRow:
        code = self._line(line, Column.UNIT, UNIT_LIMIT, required=True)
        if code:
            try:
                units = read_units(code)
            except Invalid:
                units = []
            if len(units) != 1:
                self._fault(
                    line,
                    self.heading(Column.UNIT),
                    _("“%(unit)s” is no unit; write it like A1.") % {"unit": shown(code)},
                )
        return UnitRow(line.number, code)

    def _person(self, line: Line) -> StaffRow:
        return StaffRow(
            line.number,
            self._line(line, Column.NAME, NAME_LIMIT, required=True),
            self._word(line, Column.ROLE, role_words(), _(_ROLE_HELP), _ROLES_SHOWN) or Role.STAFF,
            self._line(line, Column.PHONE, PHONE_LIMIT),
        )

    def _resident(self, line: Line) -> ResidentRow:
        return ResidentRow(
            line.number,
            self._line(line, Column.UNIT, UNIT_LIMIT, required=True),
            self._line(line, Column.NAME, ALIAS_LIMIT, required=True),
            self._born(line),
            self._date(line, Column.MOVED_IN),
            self._word(
                line, Column.AGREEMENT, agreement_words(), _(_AGREEMENT_HELP), ROUND_FORM_NAMES.values(), required=False
            ),
            self._several(line, Column.ALLERGY),
            self._several(line, Column.DANGER),
            self._line(line, Column.PRIMARY, NAME_LIMIT),
            self._line(line, Column.PHONE, PHONE_LIMIT),
        )

    def _fault(self, line: Line, heading: str, sentence: str) -> None:
        self.faults.append(Fault(line.number, heading, sentence))

    def _raw(self, line: Line, column: Column) -> str:
        index = self.found.get(column, len(line.cells))
        return line.cells[index] if index < len(line.cells) else ""

    def _several(self, line: Line, column: Column) -> tuple[str, ...]:
        return tuple(
            checked
            for part in self._raw(line, column).splitlines()
            if part.strip() and (checked := self._checked(line, column, part, LINE_LIMIT))
        )

    def _line(self, line: Line, column: Column, limit: int, *, required: bool = False) -> str:
        value = self._raw(line, column)
        if not value and required:
            self._fault(line, self.heading(column), _("the cell is empty."))
        return self._checked(line, column, " ".join(value.splitlines()), limit)

    def _checked(self, line: Line, column: Column, value: str, limit: int) -> str:
        try:
            value = typed_text(value, required=False, limit=10**9)
        except Invalid:
            self._fault(line, self.heading(column), _("the cell holds control characters."))
            return ""
        if len(value) > limit:
            told = _("the text has %(length)d characters; %(limit)d is the most.")
            self._fault(line, self.heading(column), told % {"length": len(value), "limit": limit})
        return value

    def _word(
        self,
        line: Line,
        column: Column,
        words: dict[str, _Meaning],
        told: str,
        names: Iterable[str],
        *,
        required: bool = True,
    ) -> _Meaning | None:
        """What a cell's word means; one nobody knows is answered with the `names` the screens use."""
        value = self._raw(line, column)
        if plain(value) in words:
            return words[plain(value)]
        if value:
            known = ", ".join(_("“%(word)s”") % {"word": _(name)} for name in names)
            self._fault(line, self.heading(column), told % {"word": shown(value), "words": known})
        elif required:
            self._fault(line, self.heading(column), _("the cell is empty."))
        return None

    def _date(self, line: Line, column: Column) -> date | None:
        value = self._raw(line, column)
        if not value:
            return None
        day = _day(value)
        if day is None:
            self._fault(
                line, self.heading(column), _("“%(value)s” is no date; write dd.mm.yyyy.") % {"value": shown(value)}
            )
        elif day > self.today:
            self._fault(line, self.heading(column), _("%(value)s lies in the future.") % {"value": shown(value)})
        return day

    def _born(self, line: Line) -> int:
        value = self._raw(line, Column.BORN)
        heading = self.heading(Column.BORN)
        if not value:
            self._fault(line, heading, _("the cell is empty."))
            return 0
        if re.fullmatch(r"\d{6}\s?\d{5}", value):
            self._fault(
                line, heading, _("national identity numbers are not stored here; write the year of birth only.")
            )
            return 0
        day = _day(value)
        year = day.year if day else int(value) if re.fullmatch(r"[0-9]{4}", value) else 0
        latest = self.today.year - YOUNGEST
        if not FIRST_BIRTH_YEAR <= year <= latest:
            told = _("“%(value)s” is no year of birth from %(first)d to %(last)d.")
            values = {"value": shown(value), "first": FIRST_BIRTH_YEAR, "last": latest}
            self._fault(line, heading, told % values)
        return year


def _day(value: str) -> date | None:
    """A date as dd.mm.yyyy, or as yyyy-mm-dd (a time of midnight after it, as spreadsheets add one, is left out)."""
    value = re.sub(r"[ T]00:00(:00)?$", "", value)
    norwegian = re.fullmatch(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})", value)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", value)
    parts = (norwegian[3], norwegian[2], norwegian[1]) if norwegian else iso.groups() if iso else None
    if parts is None:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None

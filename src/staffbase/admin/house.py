"""The dialogs about the house: its name, address and numbers, its units, its shifts, and its night rounds."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from staffbase.admin.forms import FactsForm
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.people.model import SHIFT_NAMES, ShiftName
from staffbase.people.rules import ShiftHours, read_clock
from staffbase.residents.house import units_told
from staffbase.residents.rules import HouseFacts
from staffbase.rounds.rules import (
    GENERAL_SUPERVISION,
    MOST_WINDOWS,
    WindowHours,
    check_hours,
    check_rule,
    read_nights,
    show_nights,
)
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.people.service import People
    from staffbase.residents.service import Residents
    from staffbase.rounds.service import Rounds

HOUSE_LABELS = {
    "name": N_("the house's name"),
    "address": N_("address"),
    "entrance": N_("entrance"),
    "oncall_name": N_("on call"),
    "oncall_phone": N_("on-call number"),
    "review_months": N_("months to plan review"),
}


class HouseDialog(FactsForm):
    """Name, address, entrance, on-call number and review interval."""

    AUTO_FOCUS = "#name"
    form_name = "house"

    def __init__(self, desk: Desk, residents: "Residents", house: HouseFacts) -> None:
        super().__init__(desk, _house_fields(house))
        self._residents = residents

    def dialog_title(self) -> str:
        return _("The house, its address and numbers")

    def compose_fields(self) -> ComposeResult:
        yield self.row("name", self.label("name"), limit=60)
        yield self.row("address", self.label("address"))
        yield self.row("entrance", self.label("entrance"), placeholder=_("how an ambulance finds in"))
        yield self.row("oncall_name", self.label("oncall_name"))
        yield self.row("oncall_phone", self.label("oncall_phone"), limit=30)
        yield self.row("review_months", self.label("review_months"), limit=2)

    def hint(self) -> str:
        return _("Address, entrance and on-call number stand on the sign-in, lock and alarm screens.")

    def label(self, field: str) -> str:
        return _(HOUSE_LABELS[field])

    async def present(self) -> dict[str, str]:
        return _house_fields(await self.ask(self._residents.house))

    async def store(self, typed: dict[str, str]) -> None:
        standing = await self.ask(self._residents.house)
        months = typed["review_months"]
        await self.ask(
            self._residents.change_house, standing.version, name=typed["name"], address=typed["address"],
            entrance=typed["entrance"], oncall_name=typed["oncall_name"], oncall_phone=typed["oncall_phone"],
            review_months=int(months) if months.isascii() and months.isdigit() else 0,
        )  # fmt: skip


def _house_fields(house: HouseFacts) -> dict[str, str]:
    return {field: str(getattr(house, field)) for field in HOUSE_LABELS}


class UnitsDialog(FormDialog[bool]):
    """More units. Units are never taken away: their history stays."""

    AUTO_FOCUS = "#units"
    form_name = "units"

    def __init__(self, desk: Desk, residents: "Residents", codes: list[str]) -> None:
        super().__init__(desk)
        self._residents, self._codes = residents, codes

    def dialog_title(self) -> str:
        return _("New units")

    def compose_form(self) -> ComposeResult:
        yield Static(line((_("the house has"), "$muted"), units_told(self._codes) or _("none")))
        yield LineField(id="units", placeholder=_("A7 or C1-C4,D1"))
        yield Static(
            _("A new unit is walked after the others of its letter. A unit is not removed again: one nobody lives in is vacant."),
            classes="hint",
        )  # fmt: skip

    def fields(self) -> dict[str, str]:
        return {"units": self.query_one("#units", LineField).value}

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#units", LineField).value = fields.get("units", "")

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_save()

    async def save(self) -> bool:
        """Raises what the list and the service raise."""
        await self.ask(self._residents.add_units, self.fields()["units"])
        return True


class ShiftsDialog(FactsForm):
    """When each shift begins and ends, and how many must be there."""

    AUTO_FOCUS = "LineField"
    form_name = "shifts"

    def __init__(self, desk: Desk, people: "People", shifts: list[ShiftHours]) -> None:
        super().__init__(desk, _shift_fields(shifts))
        self._people = people

    def dialog_title(self) -> str:
        return _("Shifts")

    def compose_fields(self) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Label("")
            yield Label(_("from"), classes="head")
            yield Label(_("until"), classes="head")
            yield Label(_("how many on duty"))
        for name in ShiftName:
            with Horizontal(classes="row"):
                yield Label(shown(_(SHIFT_NAMES[name])))
                for what, style in (("begins", "clock"), ("ends", "clock"), ("norm", "number")):
                    field = f"{what}-{name}"
                    yield LineField(self._was[field], id=field, max_length=5, classes=style)

    def hint(self) -> str:
        return _("Fewer on duty than this is said on the board. Shifts may overlap; one that ends earlier than it begins ends the next morning.")  # fmt: skip

    def label(self, field: str) -> str:
        what, _dash, name = field.partition("-")
        said = {"begins": _("from"), "ends": _("until"), "norm": _("how many on duty")}[what]
        return f"{_(SHIFT_NAMES[ShiftName(name)])}, {said}"

    async def present(self) -> dict[str, str]:
        return _shift_fields(await self.ask(self._people.shifts))

    async def store(self, typed: dict[str, str]) -> None:
        await self.ask(self._people.set_shifts, _read_shifts(typed), _read_shifts(self._was))


def _shift_fields(shifts: list[ShiftHours]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for one in sorted(shifts, key=lambda shift: list(ShiftName).index(shift.name)):
        fields |= {
            f"begins-{one.name}": f"{one.begins:%H:%M}",
            f"ends-{one.name}": f"{one.ends:%H:%M}",
            f"norm-{one.name}": str(one.norm),
        }
    return fields


def _read_shifts(typed: dict[str, str]) -> list[ShiftHours]:
    read = []
    for name in ShiftName:
        norm = typed[f"norm-{name}"]
        read.append(
            ShiftHours(
                name,
                read_clock(typed[f"begins-{name}"], f"begins-{name}"),
                read_clock(typed[f"ends-{name}"], f"ends-{name}"),
                int(norm) if norm.isascii() and norm.isdigit() else -1,
            )
        )
    return read


class WindowsDialog(FactsForm):
    """When the night's rounds are due: a line each, on which nights."""

    AUTO_FOCUS = "LineField"
    form_name = "windows"

    def __init__(self, desk: Desk, rounds: "Rounds", hours: list[WindowHours]) -> None:
        super().__init__(desk, _window_fields(hours))
        self._rounds = rounds

    def dialog_title(self) -> str:
        return _("When night rounds are due")

    def compose_fields(self) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Label("")
            yield Label(_("from"), classes="head")
            yield Label(_("until"), classes="head")
            yield Label(_("nights"))
        for number in range(1, MOST_WINDOWS + 1):
            with Horizontal(classes="row"):
                yield Label(_("round %(number)d") % {"number": number})
                for what, limit, style in (("begins", 5, "clock"), ("ends", 5, "clock"), ("nights", 80, "")):
                    field = f"{what}-{number}"
                    yield LineField(self._was[field], id=field, max_length=limit, classes=style)

    def hint(self) -> str:
        return _("Nights: every night, mon-thu, fri, sat, or a rule like FREQ=DAILY;INTERVAL=2. An empty line is no round.") + f" {_(GENERAL_SUPERVISION)}"  # fmt: skip

    def label(self, field: str) -> str:
        what, _dash, number = field.partition("-")
        said = {"begins": _("from"), "ends": _("until"), "nights": _("nights")}[what]
        return _("round %(number)d") % {"number": int(number)} + f", {said}"

    async def present(self) -> dict[str, str]:
        return _window_fields(await self.ask(self._rounds.window_hours))

    async def store(self, typed: dict[str, str]) -> None:
        await self.ask(self._rounds.set_windows, _read_windows(typed), _read_windows(self._was))


def _window_fields(hours: list[WindowHours]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for number in range(1, MOST_WINDOWS + 1):
        one = hours[number - 1] if number <= len(hours) else None
        fields |= {
            f"begins-{number}": f"{one.begins:%H:%M}" if one else "",
            f"ends-{number}": f"{one.ends:%H:%M}" if one else "",
            f"nights-{number}": show_nights(one.rrule) if one else "",
        }
    return fields


def _read_windows(typed: dict[str, str]) -> list[WindowHours]:
    """The lines that are not empty. Raises Invalid with the field that is wrong."""
    read = []
    for number in range(1, MOST_WINDOWS + 1):
        begins, ends, nights = (typed[f"{what}-{number}"] for what in ("begins", "ends", "nights"))
        if not (begins or ends):
            continue
        one = WindowHours(read_clock(begins, f"begins-{number}"), read_clock(ends, f"ends-{number}"))
        try:
            check_hours([one])
        except Invalid as error:
            raise Invalid(str(error), f"ends-{number}") from error
        try:
            rule = read_nights(nights)
            check_rule(rule)
        except Invalid as error:
            raise Invalid(str(error), f"nights-{number}") from error
        read.append(WindowHours(one.begins, one.ends, rule))
    return read

"""Pick a resident by unit or name, for what is about somebody and was opened where no cursor stood on one."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from staffbase.kernel.i18n import N_, _
from staffbase.residents.service import Residents
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.text import line


class ResidentChooser(StaffDialog[int]):
    """Pick a resident by unit or name."""

    title_text = N_("Which resident?")

    def __init__(self, desk: Desk, residents: Residents) -> None:
        super().__init__(desk)
        self._residents = residents
        self._all: list[tuple[int, str, str]] = []
        self._found: list[tuple[int, str, str]] = []
        """None, before the list is read, and for whom it is refused."""

    def compose_form(self) -> ComposeResult:
        yield LineField(placeholder=_("unit or name"), id="typed")
        yield Listing(id="found")

    def on_mount(self) -> None:
        self.query_one("#found", OptionList).can_focus = False
        self._fill()

    @job(group="fill")
    async def _fill(self) -> None:
        doors = await self.ask(self._residents.doors)
        self._all = [(door.resident.id, door.code, door.resident.alias) for door in doors if door.resident]
        self._narrow()

    @on(Input.Changed, "#typed")
    def _narrow(self) -> None:
        typed = self.query_one("#typed", LineField).value.strip().casefold()
        self._found = [one for one in self._all if typed in f"{one[1]} {one[2]}".casefold()]
        self.query_one("#found", OptionList).set_options(
            [Option(line((code, "bold"), alias, between="  ")) for _id, code, alias in self._found]
        )

    @on(Input.Submitted, "#typed")
    def _take_first(self) -> None:
        if self._found:
            self.dismiss(self._found[0][0])

    @on(OptionList.OptionSelected, "#found")
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index][0])

"""Those who lived here, found by name."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date
from staffbase.residents.rules import FormerFacts
from staffbase.residents.service import Residents
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.text import line, shown


class FormerDialog(StaffDialog[int]):
    """Type a part of the name; enter opens the page, which says in the log that it was opened."""

    DEFAULT_CSS = "FormerDialog #found { height: auto; max-height: 14; margin: 1 0 0 0; }"
    title_text = N_("Who lived here")
    AUTO_FOCUS = "#name"

    def __init__(self, desk: Desk, residents: Residents) -> None:
        super().__init__(desk)
        self._residents = residents
        self._all: list[FormerFacts] = []
        self._found: list[FormerFacts] = []

    def compose_form(self) -> ComposeResult:
        yield LineField(placeholder=_("a part of the name"), id="name")
        yield Listing(id="found")
        yield Static(_("enter opens the page · esc back"), classes="hint")

    def on_mount(self) -> None:
        self._look()

    @job(group="look")
    async def _look(self) -> None:
        self._all = await self.ask(self._residents.former)
        self._narrow()

    @on(Input.Changed, "#name")
    def _narrow(self) -> None:
        typed = self.query_one("#name", LineField).value.strip().casefold()
        self._found = [one for one in self._all if typed in one.alias.casefold()]
        options = [Option(self._row(one)) for one in self._found]
        if not options:
            words = _("Nobody fits.") if self._all else _("Nobody has moved out yet.")
            options = [Option(shown(words, "$muted"), disabled=True)]
        found = self.query_one("#found", OptionList)
        found.set_options(options)
        if self._found:
            found.highlighted = 0

    @staticmethod
    def _row(one: FormerFacts) -> Content:
        return line(
            (one.alias.ljust(20), "bold"), (str(one.birth_year), "$muted"), one.unit_code.ljust(4),
            (show_date(one.left_on), "$muted"), one.left_why, between="  ",
        )  # fmt: skip

    @on(Input.Submitted, "#name")
    @on(OptionList.OptionSelected, "#found")
    def _take(self) -> None:
        at = self.query_one("#found", OptionList).highlighted
        if self._found and at is not None:
            self.dismiss(self._found[at].id)

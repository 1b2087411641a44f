"""What is added to a list and ended, never removed: the list, and the question before something ends."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.i18n import N_, _
from staffbase.residents.dialogs.form import ResidentForm
from staffbase.residents.rules import ResidentFacts
from staffbase.residents.service import Residents
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.job import job
from staffbase.ui.listing import Listing


class ListDialog(StaffDialog[bool]):
    """A list of a resident's; a adds to it, u ends the one the cursor is on. Answers whether something was changed."""

    DEFAULT_CSS = """
    ListDialog #listed { height: auto; max-height: 14; }
    ListDialog #listed-empty { height: auto; }
    """
    AUTO_FOCUS = "#listed"
    BINDINGS = [
        Binding("a", "add", N_("Add"), tooltip=N_("Add one"), id="listed.add"),
        Binding("u", "end", N_("End"), tooltip=N_("It does not hold any more; it stays readable"), id="listed.end"),
    ]
    empty_text: str = ""
    hint_text: str = N_("a adds · u ends · esc back")

    def __init__(self, desk: Desk, residents: Residents, facts: ResidentFacts) -> None:
        super().__init__(desk)
        self._residents = residents
        self._facts = facts
        self._changed = False

    def dialog_title(self) -> str:
        """What it is, and whose."""
        return f"{_(self.title_text)} · {self._facts.unit_code} {self._facts.alias}"

    def compose_form(self) -> ComposeResult:
        """The list."""
        yield Listing(id="listed")
        yield Static(_(self.empty_text), id="listed-empty")
        yield Static(_(self.hint_text), classes="hint")

    def on_mount(self) -> None:
        self._show()

    @property
    def who(self) -> str:
        """Unit and name."""
        return f"{self._facts.unit_code} {self._facts.alias}"

    def rows(self) -> Sequence[tuple[int, Content]]:
        """Key and line of each."""
        raise NotImplementedError

    def form(self, key: int | None) -> ResidentForm | None:
        """The form that adds one, or changes the one with this key; None where one does not change."""
        raise NotImplementedError

    def ending(self, key: int) -> ResidentForm:
        """The question before this one ends."""
        raise NotImplementedError

    def _show(self) -> None:
        listed = self.query_one("#listed", OptionList)
        before = listed.highlighted or 0
        rows = self.rows()
        listed.set_options([Option(content, id=str(key)) for key, content in rows])
        listed.display = bool(rows)
        self.query_one("#listed-empty").display = not rows
        if rows:
            listed.highlighted = min(before, len(rows) - 1)
            listed.focus()

    def _here(self) -> int | None:
        option = self.query_one("#listed", OptionList).highlighted_option
        return int(option.id) if option is not None and option.id else None

    @job(group="change")
    async def _do(self, form: ResidentForm | None) -> None:
        if form is not None and await self.app.push_screen_wait(form):
            self._changed = True
            self._facts = await self.ask(self._residents.resident, self._facts.id)
            self._show()

    def action_add(self) -> None:
        """Add one."""
        self._do(self.form(None))

    def action_end(self) -> None:
        """End the one the cursor is on."""
        if (key := self._here()) is not None:
            self._do(self.ending(key))

    @on(OptionList.OptionSelected, "#listed")
    def _selected(self) -> None:
        if (key := self._here()) is not None:
            self._do(self.form(key))

    def action_leave(self) -> None:
        """Back, and say whether something was changed."""
        self.dismiss(self._changed)


class EndDialog(ResidentForm):
    """The question before something ends; where `asks_why`, with room for the reason."""

    AUTO_FOCUS = ".dialog LineField"
    _HINT = N_("enter ends it · esc: it still holds")

    def __init__(
        self, desk: Desk, residents: Residents, title: str, facts: ResidentFacts, what: Content, ending: Callable[[str], Awaitable[Any]],
        *, asks_why: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}")
        self._title, self._what, self._ending, self._asks_why = title, what, ending, asks_why

    def dialog_title(self) -> str:
        """Whose it is, and that it is to end."""
        return f"{self._title} · {self._who}"

    def compose_form(self) -> ComposeResult:
        """What ends, and why."""
        yield Static(self._what)
        if self._asks_why:
            yield self.row(_("why"), self.line("why", placeholder=_("may be empty")))
        yield self.hint()

    def on_key(self, event: Any) -> None:
        """Without a field enter still answers."""
        if event.key == "enter" and not self._asks_why:
            event.stop()
            self.action_save()

    async def save(self) -> bool:
        """End it."""
        await self._ending(self.typed("why") if self._asks_why else "")
        return True

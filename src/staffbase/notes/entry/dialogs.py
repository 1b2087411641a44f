"""What mends an entry: another text, another time, the right resident, taking it back, a comment."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from staffbase.journal.items import TimelineItem
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_moment, show_date, show_moment, show_time
from staffbase.notes.rules import whom
from staffbase.notes.service import Labels, Notes
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.text import shown


class WordsDialog(FormDialog[bool]):
    """One text, handed to a service: a corrected text, a comment, or the reason for taking something back."""

    DEFAULT_CSS = "WordsDialog #text { height: 8; }"
    AUTO_FOCUS = "#text"

    def __init__(
        self, desk: Desk, title: str, hint: str, form_name: str, saving: Callable[[str], Awaitable[Any]], text: str = "",
        resident_id: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(desk)
        self._title, self._hint, self._saving, self._text = title, hint, saving, text
        self._resident_id = resident_id
        self.form_name = form_name

    def dialog_title(self) -> str:
        return _(self._title)

    def compose_form(self) -> ComposeResult:
        yield TextField(self._text, id="text")
        yield Static(_(self._hint), classes="hint")

    def card_resident(self) -> int | None:
        return self._resident_id

    def fields(self) -> dict[str, str]:
        return {"text": self.query_one("#text", TextField).text}

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#text", TextField).text = fields.get("text", "")

    async def save(self) -> bool:
        await self._saving(self.query_one("#text", TextField).text)
        return True


class TimeDialog(FormDialog[bool]):
    """It was observed at another time."""

    DEFAULT_CSS = """
    TimeDialog Horizontal { height: auto; }
    TimeDialog Horizontal > Label { width: 14; }
    TimeDialog Horizontal > LineField { width: 30; }
    TimeDialog .echo { width: 1fr; padding: 0 0 0 2; }
    """
    title_text = N_("When was it seen?")
    AUTO_FOCUS = "#observed_from"

    def __init__(self, desk: Desk, notes: Notes, item: TimelineItem) -> None:
        super().__init__(desk)
        self._notes, self._item = notes, item

    def compose_form(self) -> ComposeResult:
        item = self._item
        told = _("It says %(date)s %(time)s.") % {
            "date": show_date(item.observed_from),
            "time": show_time(item.observed_from),
        }
        yield Static(shown(told))
        with Horizontal():
            yield Label(_("right time"))
            yield LineField(placeholder=_("23:52; yesterday 22:10"), id="observed_from")
            yield Static(id="time-echo", classes="echo")
        with Horizontal():
            yield Label(_("why"))
            yield LineField(placeholder=_("may be empty"), id="reason")
        yield Static(_("The first time stays readable. ctrl+s saves."), classes="hint")

    @on(Input.Changed, "#observed_from")
    def _echo(self, event: Input.Changed) -> None:
        try:
            told = (
                show_moment(read_moment(event.value, self.desk.clock.now()), self.desk.clock.now())
                if event.value.strip()
                else ""
            )
        except Invalid as error:
            told = str(error)
        self.query_one("#time-echo", Static).update(shown(told, "$muted"))

    async def save(self) -> bool:
        typed = self.query_one("#observed_from", LineField).value
        if not typed.strip():
            raise Invalid(_("Write a time such as 23:52, yesterday 22:10 or 06.01 23:52."), "observed_from")
        right = read_moment(typed, self.desk.clock.now(), "observed_from")
        reason = self.query_one("#reason", LineField).value
        await self.ask(self._notes.journal.correct_time, self._item.entry_id, right, None, reason)
        return True


class MoveDialog(FormDialog[bool]):
    """It was written on the wrong resident."""

    DEFAULT_CSS = """
    MoveDialog Horizontal { height: auto; }
    MoveDialog Horizontal > Label { width: 14; }
    MoveDialog Horizontal > LineField { width: 30; }
    MoveDialog .echo { width: 1fr; padding: 0 0 0 2; }
    """
    title_text = N_("Whom is it about?")
    AUTO_FOCUS = "#resident"

    def __init__(self, desk: Desk, notes: Notes, item: TimelineItem, labels: Labels) -> None:
        super().__init__(desk)
        self._notes, self._item, self._labels = notes, item, labels

    def compose_form(self) -> ComposeResult:
        yield Static(shown(_("It stands on: %(about)s") % {"about": self._labels.resident(self._item.resident_id)}))
        with Horizontal():
            yield Label(_("right resident"))
            yield LineField(placeholder=_("unit, name; the house"), id="resident")
            yield Static(id="resident-echo", classes="echo")
        with Horizontal():
            yield Label(_("why"))
            yield LineField(placeholder=_("may be empty"), id="reason")
        yield Static(_("On the old timeline a mark stays, without the text. ctrl+s moves it."), classes="hint")

    @on(Input.Changed, "#resident")
    def _echo(self) -> None:
        try:
            told = self._labels.resident(self._right())
        except Invalid:
            told = ""
        self.query_one("#resident-echo", Static).update(shown(told, "$muted"))

    def _right(self) -> int | None:
        typed = self.query_one("#resident", LineField).value.strip()
        if typed.casefold() in {"huset", "the house", "house", "hus", _("the house").casefold()}:
            return None
        living = {key: label for key, label in self._labels.residents.items() if label[0]}
        found = whom(typed, living) if typed else []
        if len(found) != 1:
            raise Invalid(_("Type the unit, such as A3, or “the house”."), "resident")
        return found[0]

    async def save(self) -> bool:
        reason = self.query_one("#reason", LineField).value
        await self.ask(self._notes.journal.move_to_resident, self._item.entry_id, self._right(), reason)
        return True

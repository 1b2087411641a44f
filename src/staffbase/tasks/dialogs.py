"""Adding and changing a task, and the question before one is done."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_deadline, show_day, show_moment, show_time
from staffbase.tasks.rules import TaskFacts, matching
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.job import job
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.tasks.service import TaskChoices, Tasks


class TaskDialog(FormDialog[bool]):
    """A new task, or another text, owner or deadline of one."""

    DEFAULT_CSS = """
    TaskDialog .task-row { height: auto; }
    TaskDialog .task-row > Label { width: 14; }
    TaskDialog .task-row > LineField { width: 34; }
    TaskDialog .task-row > .echo { width: 1fr; padding: 0 0 0 2; }
    TaskDialog #text { height: 4; margin: 0 0 1 0; }
    """
    AUTO_FOCUS = "#text"

    def __init__(
        self, desk: Desk, tasks: "Tasks", resident_id: int | None = None, task: TaskFacts | None = None
    ) -> None:
        super().__init__(desk)
        self._tasks = tasks
        self._given = task
        self._resident_id = task.resident_id if task else resident_id
        self._choices: TaskChoices | None = None
        self.form_name = f"task:{task.id}" if task else "task:new"

    def dialog_title(self) -> str:
        return _("Change the task") if self._given else _("New task")

    def compose_form(self) -> ComposeResult:
        task = self._given
        yield TextField(task.text if task else "", id="text")
        with Horizontal(classes="task-row"):
            yield Label(_("about"))
            yield LineField(placeholder=_("unit, name; empty: house"), id="resident", disabled=task is not None)
            yield Static(id="resident-echo", classes="echo")
        with Horizontal(classes="task-row"):
            yield Label(_("who has it"))
            yield LineField(task.owner if task else "", placeholder=_("empty: whoever is on shift"), id="owner")
            yield Static(id="owner-echo", classes="echo")
        with Horizontal(classes="task-row"):
            yield Label(_("by when"))
            yield LineField(self._due_words(), placeholder=_("15:00; tomorrow; fri 12:00"), id="due_at")
            yield Static(id="due-echo", classes="echo")
        yield Static(_("ctrl+s saves · tab next field · esc keeps the draft"), classes="hint")

    def _due_words(self) -> str:
        due = self._given.due_at if self._given else None
        return show_moment(due, self.desk.clock.now()) if due and due > self.desk.clock.now() else ""

    def on_mount(self) -> None:
        self._learn()

    @job(group="learn")
    async def _learn(self) -> None:
        self._choices = await self.ask(self._tasks.choices)
        field = self.query_one("#resident", LineField)
        if not field.value and self._resident_id in self._choices.residents:
            field.value = self._choices.residents[self._resident_id][0]
            self._kept = self.fields()
        self._echo()

    @on(Input.Changed)
    def _echo(self) -> None:
        """Say beside the fields how they are read."""
        if self._choices is None or not self.is_mounted:
            return
        for name, read in (("resident", self._about), ("owner", self._who), ("due", self._when)):
            try:
                told = read()
            except Invalid as error:
                told = str(error)
            self.query_one(f"#{name}-echo", Static).update(shown(told, "$muted"))

    def _about(self) -> str:
        resident = self._resident()
        if self._choices is None or resident is None:
            return _("the house")
        return " ".join(self._choices.residents.get(resident, ()))

    def _who(self) -> str:
        owner = self._owner()
        return self._choices.people.get(owner, "") if self._choices and owner is not None else _("nobody yet")

    def _when(self) -> str:
        now = self.desk.clock.now()
        due = read_deadline(self._typed("due_at"), now)
        if due is None:
            return _("no deadline")
        return f"{show_day(due)} {show_time(due)}" if due.year == now.year else show_moment(due, now)

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", LineField).value.strip()

    def _resident(self) -> int | None:
        typed = self._typed("resident")
        if self._given is not None or self._choices is None:
            return self._resident_id
        labels = {key: f"{code} {alias}" for key, (code, alias) in self._choices.residents.items()}
        return self._one(matching(typed, labels), typed, "resident", _("Type the unit, such as A3."))

    def _owner(self) -> int | None:
        typed = self._typed("owner")
        people = self._choices.people if self._choices else {}
        return self._one(matching(typed, people), typed, "owner", _("Type the whole name."))

    @staticmethod
    def _one(found: list[int], typed: str, field: str, advice: str) -> int | None:
        if not typed:
            return None
        if len(found) != 1:
            raise Invalid((_("Nobody fits.") if not found else _("Several fit.")) + " " + advice, field)
        return found[0]

    def card_resident(self) -> int | None:
        return self._resident_id

    def fields(self) -> dict[str, str]:
        typed = {field.id or "": field.value for field in self.query(LineField)}
        return {**typed, "text": self.query_one("#text", TextField).text}

    def restore(self, fields: dict[str, str]) -> None:
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")
        self.query_one("#text", TextField).text = fields.get("text", "")

    async def save(self) -> bool:
        text = self.query_one("#text", TextField).text
        owner, due = self._owner(), read_deadline(self._typed("due_at"), self.desk.clock.now())
        if self._given is None:
            await self.ask(self._tasks.add, text, self._resident(), owner, due)
        else:
            if not self._typed("due_at") and not self._due_words():
                due = self._given.due_at  # one that has passed stays until another is typed
            await self.ask(
                self._tasks.change, self._given.id, self._given.version, text=text, owner_id=owner, due_at=due
            )
        return True


class DoneDialog(StaffDialog[bool]):
    """Asks before a task is done, which is said for ever."""

    BINDINGS = [Binding("enter", "yes", N_("Done"), tooltip=N_("The task is done"), id="task-done.yes")]
    title_text = N_("Is this done?")

    def __init__(self, desk: Desk, task: TaskFacts) -> None:
        super().__init__(desk)
        self._given = task

    def compose_form(self) -> ComposeResult:
        yield Static(line((self._given.unit_code, "bold"), self._given.text, between="  "))
        yield Static(_("enter: it is done, and that stands on the timeline · esc: not yet"), classes="hint")

    def action_yes(self) -> None:
        self.dismiss(True)

"""Section 6: what was promised, by deadline; add, take over, done."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_moment, show_since
from staffbase.tasks.dialogs import DoneDialog, TaskDialog
from staffbase.tasks.rules import TaskFacts
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.tasks.service import Tasks

DONE_SHOWN = timedelta(days=7)
"""How far back `v` shows what was done."""
_WIDE = 100


class TasksScreen(StaffScreen):
    """Section 6."""

    CURSOR_BY_ITSELF = True
    CSS_PATH = "screen.tcss"
    HEAD = "#tasks-head"
    AUTO_FOCUS = "OptionList"
    BINDINGS = [
        Binding("a", "add", N_("Add"), tooltip=N_("A new task"), id="tasks.add"),
        Binding("o", "take_over", N_("Take over"), tooltip=N_("I have this task from now on"), id="tasks.take-over"),
        Binding("d", "done", N_("Done"), tooltip=N_("This task is done"), id="tasks.done"),
        Binding("enter", "open", N_("Change"), tooltip=N_("Change text, owner or deadline"), id="tasks.open"),
        Binding("m", "mine", N_("Mine"), tooltip=N_("Only my own, or all"), id="tasks.mine"),
        Binding("v", "with_done", N_("Done ones"), tooltip=N_("Show what was done in the last seven days, or hide it"), id="tasks.with-done"),
    ]  # fmt: skip

    mine: reactive[bool] = reactive(default=False, init=False)
    with_done: reactive[bool] = reactive(default=False, init=False)

    def __init__(self, desk: Desk, tasks: "Tasks") -> None:
        super().__init__(desk)
        self._service = tasks
        self._shown: list[TaskFacts] = []

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="tasks-head")
        yield Listing(id="tasks")
        yield Static(id="tasks-whole")

    async def refresh_view(self) -> None:
        now = self.desk.clock.now()
        if self.with_done:
            found = await self.ask(self._service.tasks_since, now - DONE_SHOWN)
        else:
            found = await self.ask(self._service.open_tasks)
        wanted = [task for task in found if not self.mine or task.owner_id == self.desk.actor.person_id]
        before = self._here()
        self._shown = [task for task in wanted if task.done_at is None] + [task for task in wanted if task.done_at]
        rows = self.query_one("#tasks", OptionList)
        rows.set_options([Option(self._row(task), id=str(task.id)) for task in self._shown])
        keys = [task.id for task in self._shown]
        if self._shown:
            at = keys.index(before.id) if before and before.id in keys else min(rows.highlighted or 0, len(keys) - 1)
            rows.highlighted = at
        self._head(found)
        self._whole()

    def _head(self, found: list[TaskFacts]) -> None:
        now = self.desk.clock.now()
        standing = [task for task in found if task.done_at is None]
        late = [task for task in standing if task.overdue(now)]
        told = [
            (ngettext("%(count)d task open", "%(count)d tasks open", len(standing)) % {"count": len(standing)}, "bold")
        ]
        if late:
            told.append(
                (
                    ngettext("%(count)d overdue", "%(count)d overdue", len(late)) % {"count": len(late)},
                    "bold $warning-text",
                )
            )
        if self.mine:
            told.append((_("only mine · m shows all"), "$muted"))
        if self.with_done:
            told.append((_("with what was done in the last seven days"), "$muted"))
        head = line(*told, between="   ")
        if not self._shown:
            empty = (
                _("Nothing here is yours.")
                if self.mine and standing
                else _("Nothing is promised. Press a to add a task.")
            )
            head = lines(head, "", shown(empty, "$muted"))
        self.query_one("#tasks-head", Static).update(head)

    def _row(self, task: TaskFacts) -> Content:
        now = self.desk.clock.now()
        width = (self.size.width or 120) - 6
        wide = width >= _WIDE
        if task.done_at is not None:
            when: tuple[str, str] = ("✓ " + show_moment(task.done_at, now), "$ok-text")
        elif task.due_at is None:
            when = ("–", "$muted")
        elif task.overdue(now):
            when = ("! " + show_moment(task.due_at, now), "bold $warning-text")
        else:
            when = (show_moment(task.due_at, now), "bold")
        owner = task.done_by if task.done_at is not None else task.owner or _("nobody yet")
        owner_width = 14 if wide else 10
        start = line(
            (when[0].ljust(18), when[1]), ((task.unit_code or "–").ljust(4), "bold"),
            (task.resident[:16].ljust(17) if wide else "", ""), between="",
        )  # fmt: skip
        room = width - start.cell_length - owner_width - 1
        left = f"{task.resident}: " if task.resident and not (task.unit_code or wide) else ""  # has left the house
        text = shown(left + " ".join(task.text.split()), "$muted" if task.done_at else "").truncate(room, ellipsis=True)
        gap = Content(" " * (room - text.cell_length + 1))
        return start + text + gap + shown(owner[:owner_width], "$muted" if task.owner_id else "$warning-text")

    @on(OptionList.OptionHighlighted, "#tasks")
    def _whole(self) -> None:
        """The whole text of the one the cursor is on, and how it came about."""
        task = self._here()
        whole = self.query_one("#tasks-whole", Static)
        whole.display = task is not None
        if task is None:
            return
        now = self.desk.clock.now()
        added = _("added by %(name)s %(when)s") % {
            "name": task.added_by or _("the station"),
            "when": show_moment(task.added_at, now),
        }
        about = f"{task.unit_code} {task.resident}".strip() or _("the house")
        late = ""
        if task.overdue(now) and task.due_at:
            late = _("overdue by %(time)s") % {"time": show_since(task.due_at, now)}
        whole.update(
            lines(line((about, "bold"), (added, "$muted"), (late, "$warning-text"), between="   "), shown(task.text))
        )

    def on_resize(self) -> None:
        self.look_again()

    def _here(self) -> TaskFacts | None:
        at = self.query_one("#tasks", OptionList).highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def _open_one(self) -> TaskFacts | None:
        """The one the cursor is on, unless it is done."""
        task = self._here()
        if task is None or task.done_at is not None:
            self.app.notify(_("Choose a task that is not done."), markup=False, timeout=3)
            return None
        return task

    def chosen_resident(self) -> int | None:
        task = self._here()
        return task.resident_id if task else None

    def watch_mine(self) -> None:
        self.look_again()

    def watch_with_done(self) -> None:
        self.look_again()

    @on(OptionList.OptionSelected, "#tasks")
    def _selected(self) -> None:
        self.action_open()

    def action_mine(self) -> None:
        self.mine = not self.mine

    def action_with_done(self) -> None:
        self.with_done = not self.with_done

    def action_add(self) -> None:
        self._edit(None)

    def action_open(self) -> None:
        if (task := self._open_one()) is not None:
            self._edit(task)

    @job(group="task")
    async def _edit(self, task: TaskFacts | None) -> None:
        await self.app.push_screen_wait(TaskDialog(self.desk, self._service, task=task))
        await self.read_again()

    def action_take_over(self) -> None:
        if (task := self._open_one()) is not None:
            self._take_over(task)

    @job(group="task")
    async def _take_over(self, task: TaskFacts) -> None:
        await self.ask(self._service.take_over, task.id)
        await self.read_again()

    def action_done(self) -> None:
        if (task := self._open_one()) is not None:
            self._done(task)

    @job(group="task")
    async def _done(self, task: TaskFacts) -> None:
        if await self.app.push_screen_wait(DoneDialog(self.desk, task)):
            await self.ask(self._service.done, task.id)
            await self.read_again()

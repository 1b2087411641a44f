"""Dialogs: one that asks and answers with a value, and one with a form whose half-typed text is never lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.widgets import Input, Label, TextArea

from staffbase.kernel.access import Actor
from staffbase.kernel.errors import DatabaseUnavailable, Invalid, StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.ui.desk import Desk, signed_in
from staffbase.ui.job import Asks, job
from staffbase.ui.screen import in_words
from staffbase.ui.text import shown
from staffbase.ui.waiting_drafts import Unkept

Answer = TypeVar("Answer")
P = ParamSpec("P")
R = TypeVar("R")

AUTOSAVE_SECONDS = 1.0
"""Half of the two seconds that a crash may cost."""


class StaffDialog(Asks, ModalScreen[Answer]):
    """A dialog over the screen. `title` stands on top; `compose_form` yields what it holds; esc answers None."""

    BINDINGS = [Binding("escape", "leave", N_("Back"), tooltip=N_("Close without saving"), id="dialog.leave")]
    title_text: ClassVar[str] = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._answered_unseen: tuple[Answer | None] | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Label(shown(self.dialog_title()), classes="title")
            yield from self.compose_form()
            yield Label("", classes="fault", id="dialog-fault")

    def dialog_title(self) -> str:
        """What stands on top, translated."""
        return _(self.title_text) if self.title_text else ""

    def compose_form(self) -> ComposeResult:
        """What the dialog holds."""
        yield from ()

    def say(self, sentence: str) -> None:
        """Show one sentence at the foot of the dialog; an empty one takes it away."""
        self.query_one("#dialog-fault", Label).update(shown(sentence))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        return in_words(super().active_bindings)

    def action_leave(self) -> None:
        self.dismiss(None)

    def render(self) -> Any:
        """The screen behind, dimmed.

        Textual hands out the screens behind by turns, and a dialog between two others that is painted anew while the one on
        top is not takes itself for what is behind it: all went dark.
        """
        stack = self.app.screen_stack
        if self in stack[1:] and self.styles.background.a < 1:
            return BackgroundScreen(stack[stack.index(self) - 1], self.styles.background)
        return super().render()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer. Under an alarm, or behind the door, it closes once it is seen again.

        Textual would take away whatever stands on top, and that may be the alarm.
        """
        if self.app.screen is self:
            return super().dismiss(result)
        self._answered_unseen = (result,)
        return AwaitComplete()  # of nothing

    def on_screen_resume(self) -> None:
        if self._answered_unseen is not None:
            (result,), self._answered_unseen = self._answered_unseen, None
            self.dismiss(result)


class FormDialog(StaffDialog[Answer]):
    """A dialog in which one types. Its fields are kept as a draft each second; leaving keeps the draft; saving ends it."""

    BINDINGS = [
        Binding("ctrl+s", "save", N_("Save"), tooltip=N_("Save"), id="form.save", priority=True),
        Binding("escape", "leave", N_("Back, draft kept"), tooltip=N_("Leave; what you typed is kept as a draft"), id="form.leave"),
        Binding("f2", "card", N_("Crisis card"), tooltip=N_("Open the crisis card"), id="form.card", priority=True),
    ]  # fmt: skip

    form_name: str = ""
    """Under which name the draft is kept; empty keeps none."""

    below_opens_it: ClassVar[bool] = False
    """After a lock, the screen below opens it again by itself."""

    _kept: dict[str, str] | None = None
    """The fields as they stand in the draft, or as they came."""
    _drafted = False
    """A draft stands."""
    _done = False
    author: Actor | None = None
    """Who types here. The draft is theirs, also when the door is shut or somebody else has come."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._keeping = asyncio.Lock()
        """One keeps or clears the draft at a time: one that was on its way must not come back after it was saved."""

    def fields(self) -> dict[str, str]:
        """The fields as typed so far."""
        return {}

    def restore(self, fields: dict[str, str]) -> None:
        """Put a kept draft back into the fields."""

    def blank(self, fields: dict[str, str]) -> bool:  # noqa: ARG002  (some forms look at them)
        """Whether these fields are no draft: nothing in them is worth coming back to."""
        return False

    async def save(self) -> Any:
        """Call the service and return the dialog's answer. StaffbaseError keeps the dialog open and is shown."""
        raise NotImplementedError

    def card_resident(self) -> int | None:
        """Whose crisis card F2 opens."""
        return None

    def on_mount(self) -> None:
        self.author = signed_in(self.desk)
        for area in self.query(TextArea):
            area.move_cursor(area.document.end)
        self._kept = self.fields()
        self._begin()
        self.set_interval(AUTOSAVE_SECONDS, self._keep)

    async def prepare(self) -> None:
        """What must be known before the draft is looked for: what the form chooses among, or under which name it is kept."""

    def taken_up(self) -> None:
        """A draft stands in the fields now; say so."""
        self.say(_("This is your draft, as you left it."))

    def begun(self) -> None:
        """Everything is known, and a draft that there was stands in the fields."""

    @job()
    async def _begin(self) -> None:
        async with self._keeping:  # nothing is kept under a name that is not settled
            await self.prepare()
        await self._take_up()
        self.begun()

    async def _take_up(self) -> None:
        if not self.form_name:
            return
        kept = await self.ask(self.desk.drafts.draft, self.form_name)
        if kept:
            before, now = self._kept or {}, self.fields()
            changed = {name: now[name] for name in now.keys() & before.keys() if now[name] != before[name]}
            self.restore(kept | changed)  # a click was faster than the draft: it stands
            self.to_the_end()
            self._drafted = not isinstance(kept, Unkept)
            self._kept = (kept if changed else self.fields()) if self._drafted else {}
            self.taken_up()

    def to_the_end(self) -> None:
        """What is typed now goes on behind what stands in the fields."""
        for field in self.query(Input):
            field.cursor_position = len(field.value)
        for area in self.query(TextArea):
            area.move_cursor(area.document.end)

    @job(group="draft", behind=True)
    async def _keep(self) -> None:
        await self.keep_draft()

    @property
    def drafted(self) -> bool:
        """Whether what stands in the fields is kept as a draft."""
        return self._drafted and not self._done

    async def keep_draft(self) -> bool:
        """Keep the fields if they changed. True when a draft stands."""
        async with self._keeping:
            if not self._stands or self._kept is None:
                return False
            fields = self.fields()
            if self.blank(fields):
                if not self.blank(self._kept):
                    await self.ask_for_author(self.desk.drafts.finish_draft, self.form_name)
                self._kept, self._drafted = fields, False
            elif fields != self._kept:
                kept = await self.ask_for_author(self.desk.drafts.save_draft, self.form_name, fields)
                self._kept = fields  # only now: what could not be kept is tried again
                self._drafted = kept is not False
            return self._drafted

    @property
    def _stands(self) -> bool:
        """Whether there are fields here whose text is nowhere else: a form that comes up or goes away has none."""
        return bool(self.form_name) and not self._done and self.is_mounted and not self._pruning

    async def ask_for_author(
        self, function: Callable[Concatenate[Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The answer of a service function that is asked in the name of whoever types here."""
        return await asyncio.to_thread(function, self.author or self.desk.actor, *args, **kwargs)

    def hand_over(self) -> dict[str, str] | None:
        """What is typed here and could not be kept, for whoever keeps it from now on; None when there is no such text."""
        if not self._stands or self._kept is None or (fields := self.fields()) == self._kept:
            return None
        self._kept, self._drafted = fields, True
        return fields if any(value.strip() for value in fields.values()) else None

    @job(group="save")
    async def action_save(self) -> None:
        if self._done:
            return
        self._done = True
        try:
            answer = await self.save()
        except StaffbaseError as error:
            self._done = False
            self.say(str(error))
            if isinstance(error, Invalid) and error.field and (found := self.query(f"#{error.field}")):
                found.first().focus()
            return
        except Exception:  # a fault of the program, which ends it: what is typed is kept first
            self._done = False
            with suppress(StaffbaseError):
                await self.keep_draft()
            raise
        if self.form_name:
            await self._clear_draft()
        self.dismiss(answer)

    async def _clear_draft(self) -> None:
        """What it held is saved: a disk that filled up in between must not make anybody save it twice."""
        try:
            async with self._keeping:
                await self.ask(self.desk.drafts.finish_draft, self.form_name)
        except DatabaseUnavailable:
            said = _("It is saved. Only the draft of it could not be cleared away: throw it away when there is room.")
            self.app.notify(said, severity="warning", markup=False, timeout=12)

    def action_leave(self) -> None:
        self._leave()

    @job(group="leave")
    async def _leave(self) -> None:
        if await self.keep_draft() and self._kept and any(self._kept.values()):
            self.app.notify(_("Kept as a draft."), markup=False, timeout=3)
        self.dismiss(None)

    def action_card(self) -> None:
        resident = self.card_resident()
        if resident is None:
            self.desk.choose_resident(self.desk.open_card)
        else:
            self.desk.open_card(resident)

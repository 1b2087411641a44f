"""What the screens before the door share: a title, what is asked and why, one sentence where it cannot be, the numbers."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Label, Static

from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.opening import Opened
from staffbase.people.door import EMERGENCY
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.screen import in_words
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.start.way_in import WayIn


class Answer(LineField):
    """One line to be answered; enter goes on."""

    BINDINGS = [
        Binding("enter", "submit", N_("Next"), tooltip=N_("The next field, then the next step"), id="start.next")
    ]

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(id=name, **kwargs)


class Secret(Answer):
    """The same, with letters that are not shown."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, password=True, **kwargs)


class StartScreen(Screen[Opened]):
    """A screen that stands before the door and answers with the open station."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal")]
    CSS_PATH = "screen.tcss"
    title_text: ClassVar[str] = ""

    def __init__(self, way_in: "WayIn") -> None:
        super().__init__()
        self.way_in = way_in
        self._busy = False

    def compose(self) -> ComposeResult:
        """The strip, the page, the footer."""
        yield Static(line(("staffbase", "bold"), (str(self.way_in.settings.home), "$muted"), between="   "), id="strip")
        yield from self.compose_page()
        yield Footer(show_command_palette=False)

    def compose_page(self) -> ComposeResult:
        """The page: for one question, in the middle."""
        with VerticalScroll(id="page", can_focus=False):
            yield Static(shown(_(self.title_text), "bold $accent-text"), classes="title")
            yield from self.compose_question()
            yield Label("", classes="fault", id="fault")
            yield Static(self.emergency(), id="emergency")

    def compose_question(self) -> Iterable[Widget]:
        """What is asked, and why."""
        return ()

    @staticmethod
    def emergency() -> Content:
        """The numbers that stand everywhere."""
        parts = [line((number, "bold $danger-text"), (_(what), "$muted")) for number, what in EMERGENCY]
        return Content("   ").join(parts)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The bindings in the person's language."""
        return in_words(super().active_bindings)

    def say(self, sentence: str, style: str = "") -> None:
        """One sentence under what is asked, all of it in sight; an empty one takes it away."""
        fault = self.query_one("#fault", Label)
        fault.update(shown(sentence, style))
        if sentence:
            self.call_after_refresh(
                self.query_one("#page").scroll_end, animate=False
            )  # the fault is the last on the page

    def typed(self, field: str) -> str:
        """What stands in a field."""
        return self.query_one(f"#{field}", Answer).value

    def go(self, way: Callable[..., Opened], *said: Any) -> None:
        """Try this way in, in a thread; what does not lead in is said."""
        if not self._busy:
            self._busy = True
            self.say(_("One moment …"), "$muted")
            self._go(way, *said)

    @job(group="go")
    async def _go(self, way: Callable[..., Opened], *said: Any) -> None:
        try:
            opened = await asyncio.to_thread(way, *said)
        except StaffbaseError as error:
            self._busy = False
            further = self.way_in.damage(error)
            if further is None:
                self.refused(error)
                return
            opened = await self.app.push_screen_wait(further)
        self.dismiss(opened)

    def refused(self, error: StaffbaseError) -> None:
        """Say why, and stand in the field it is about."""
        self.say(str(error))
        if isinstance(error, Invalid) and error.field and (found := self.query(f"#{error.field}")):
            found.first().focus()


def label(text: str) -> Label:
    """What a field is for."""
    return Label(text, classes="label")


def hint(said: str, **kwargs: Any) -> Static:
    """A few words under a field."""
    return Static(shown(said), classes="hint", **kwargs)


def aside(said: str) -> Static:
    """What is good to know, apart from the fields."""
    return Static(shown(said), classes="hint apart")


def text(said: str) -> Static:
    """A paragraph."""
    return Static(shown(said), classes="text")


__all__ = ["Answer", "Secret", "StartScreen", "aside", "hint", "label", "text"]

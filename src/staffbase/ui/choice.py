"""One of a few: all choices in sight, the chosen one marked; left and right, space, or a click."""

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from staffbase.kernel.i18n import N_
from staffbase.ui.text import harmless

_BETWEEN = "  "


class Choice(Static, can_focus=True):
    """A line of choices. `value` is the chosen one's value; `choices` are (value, words in the person's language)."""

    DEFAULT_CSS = """
    Choice { height: auto; padding: 0 1; border-left: thick $edge; background: $ground; color: $muted; }
    Choice:focus { border-left: thick $accent; background: $tile-focus; }
    """
    BINDINGS = [
        Binding("left", "step(-1)", N_("Before"), tooltip=N_("The choice before"), id="choice.before", show=False),
        Binding("right,space", "step(1)", N_("Next"), tooltip=N_("The next choice"), id="choice.next", show=False),
    ]

    chosen: reactive[int] = reactive(0, layout=True)

    class Changed(Message):
        """Another one was chosen."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> "Choice":
            """The line of choices, for selectors."""
            return self.choice

    def __init__(self, choices: Sequence[tuple[str, str]], value: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = list(choices)
        values = [one for one, _words in self.choices]
        self.set_reactive(Choice.chosen, values.index(value) if value in values else 0)

    @property
    def value(self) -> str:
        """The chosen one's value; empty while there is nothing to choose."""
        return self.choices[self.chosen][0] if self.choices else ""

    @value.setter
    def value(self, value: str) -> None:
        values = [one for one, _words in self.choices]
        if value in values:
            self.chosen = values.index(value)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these instead; what was chosen stays chosen if it is among them."""
        before = self.value
        self.choices = list(choices)
        values = [one for one, _words in self.choices]
        self.chosen = values.index(before) if before in values else 0
        self.refresh(layout=True)

    def _rows(self, width: int) -> list[list[int]]:
        """The choices line by line; none is broken at the end of a line."""
        rows: list[list[int]] = [[]]
        used = 0
        for number in range(len(self.choices)):
            needed = self._one(number).cell_length
            if rows[-1] and used + len(_BETWEEN) + needed > width:
                rows.append([])
                used = 0
            used += needed + (len(_BETWEEN) if rows[-1] else 0)
            rows[-1].append(number)
        return rows

    def _one(self, number: int) -> Content:
        chosen = number == self.chosen
        words = harmless(("● " if chosen else "○ ") + self.choices[number][1])
        style = "bold $accent-text" if chosen else "$muted"
        return Content.styled(words, style).stylize(Style.from_meta({"choice": number}))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's own signature)
        """As many lines as it takes."""
        return len(self._rows(width))

    def render(self) -> Content:
        """All choices; a click on one chooses it."""
        rows = self._rows(self.content_size.width or 1000)
        return Content("\n").join(Content(_BETWEEN).join(self._one(number) for number in row) for row in rows)

    def watch_chosen(self) -> None:
        """Tell the form."""
        self.post_message(self.Changed(self))

    def action_step(self, by: int) -> None:
        """The next or the one before; around the corner."""
        if self.choices:
            self.chosen = (self.chosen + by) % len(self.choices)

    def on_click(self, event: events.Click) -> None:
        """A click on one chooses it."""
        if (number := event.style.meta.get("choice")) is not None:
            self.chosen = number

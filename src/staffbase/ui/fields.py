"""Input fields that refuse what must not come in: control characters, and texts that are too long, whole and with a word.

Control bytes would reach the terminal while one still types; the services refuse them too. What reorders a line or cannot
be seen (bidi marks, zero-width characters from a web page) comes in as the sign that stands for it everywhere else: it is
seen, may be taken out, and does nothing.
"""

from typing import Any

from textual import events
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.widgets import Input, TextArea

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.typed import TEXT_LIMIT, typed_text
from staffbase.ui.text import harmless


def _pasted(text: str, standing: int, limit: int = TEXT_LIMIT) -> str:
    """The pasted text as it may come in. Raises Invalid."""
    if standing + len(text) > limit:
        raise Invalid(
            _("The paste has %(length)d characters, and %(limit)d is the most a text may hold. Nothing was pasted.")
            % {"length": len(text), "limit": limit}
        )
    try:
        typed_text(text, required=False)
    except Invalid as error:
        told = _("The paste holds control characters, and nothing was pasted. Copy it as plain text, or type it.")
        raise Invalid(told) from error
    return text


class LineField(Input):
    """One line of typed text. A paste of several lines becomes one line.

    Entering it selects nothing: what stands there is somebody's words, and one letter must not replace them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("select_on_focus", False)
        super().__init__(*args, **kwargs)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Whatever is put there is seen; only what is covered anyway stays as it is."""
        return value if self.password else harmless(value)

    def replace(self, text: str, start: int, end: int) -> None:
        """What is typed or pasted is seen."""
        super().replace(text if self.password else harmless(text), start, end)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        try:
            text = _pasted(event.text, len(self.value), self.max_length or TEXT_LIMIT)
        except Invalid as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        self.insert_text_at_cursor(" ".join(text.split("\n")).replace("\t", " "))


class TextField(TextArea):
    """A longer text. Tab leaves the field, as in every form."""

    def __init__(self, text: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("tab_behavior", "focus")
        kwargs.setdefault("soft_wrap", True)
        super().__init__(harmless(text), **kwargs)
        self.cursor_blink = False

    def load_text(self, text: str) -> None:
        """Whatever is put there is seen."""
        super().load_text(harmless(text))

    def edit(self, edit: Edit) -> EditResult:
        """What is typed or pasted is seen."""
        edit.text = harmless(edit.text)
        return super().edit(edit)

    async def _on_paste(self, event: events.Paste) -> None:
        """Refuse it or let it come in: Textual calls its own handler after this one, so that it is not called here."""
        try:
            _pasted(event.text, len(self.text))
        except Invalid as error:
            event.stop()
            event.prevent_default()
            self.app.notify(str(error), severity="error", markup=False)

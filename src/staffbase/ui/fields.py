"""Input fields that refuse what must not come in: control characters, and texts that are too long, whole and with a word.

Control bytes would reach the terminal while one still types; the services refuse them too.
"""

from typing import Any

from textual import events
from textual.widgets import Input, TextArea

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.typed import TEXT_LIMIT, typed_text


def _pasted(text: str, standing: int) -> str:
    """The pasted text if it may come in. Raises Invalid."""
    if standing + len(text) > TEXT_LIMIT:
        raise Invalid(
            _("The paste has %(length)d characters, and %(limit)d is the most a text may hold. Nothing was pasted.")
            % {"length": len(text), "limit": TEXT_LIMIT}
        )
    typed_text(text, required=False)
    return text


class LineField(Input):
    """One line of typed text. A paste of several lines becomes one line.

    Entering it selects nothing: what stands there is somebody's words, and one letter must not replace them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("select_on_focus", False)
        super().__init__(*args, **kwargs)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        try:
            text = _pasted(event.text, len(self.value))
        except Invalid as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        self.insert_text_at_cursor(" ".join(text.split("\n")).replace("\t", " "))


class TextField(TextArea):
    """A longer text. Tab leaves the field, as in every form."""

    def __init__(self, text: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("tab_behavior", "focus")
        kwargs.setdefault("soft_wrap", True)
        super().__init__(text, **kwargs)
        self.cursor_blink = False

    async def _on_paste(self, event: events.Paste) -> None:
        try:
            _pasted(event.text, len(self.text))
        except Invalid as error:
            event.stop()
            event.prevent_default()
            self.app.notify(str(error), severity="error", markup=False)
            return
        await super()._on_paste(event)

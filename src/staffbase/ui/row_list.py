"""A list whose rows are drawn for its width, and that says when it got another one."""

from textual import events
from textual.message import Message

from staffbase.ui.listing import Listing


class RowList(Listing):
    """Only when it is laid out does it know how wide it is; the screen's own resize comes before that."""

    class Widened(Message):
        """Its rows are to be drawn anew."""

    _laid_for = 0

    def on_resize(self, event: events.Resize) -> None:
        """Tell of another width."""
        if event.size.width != self._laid_for:
            self._laid_for = event.size.width
            self.post_message(self.Widened())

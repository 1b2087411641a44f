"""Words that are said again and again, as a heading with a count is: drawn only when they are others than before."""

from textual.content import Content
from textual.widgets import Static


class Words(Static):
    """A Static for Content, as wide as its place and not as its words.

    Laying the whole screen out anew costs more than a key may, and is done only when the height changes.
    """

    _laid: tuple[int, int] = (0, 0)
    """The width there was and the lines the words took in it, when that was last looked at."""

    def update(self, content: Content, *, layout: bool = True) -> None:  # type: ignore[override]  # Content and nothing else
        """Say this from now on."""
        if isinstance(self.content, Content) and self.content.is_same(content):
            return
        super().update(content, layout=False)
        room = self.content_size.width
        laid = (room, self.get_content_height(self.size, self.app.size, room) if room else 0)
        if layout and (not room or laid != self._laid):
            self.refresh(layout=True)
        self._laid = laid

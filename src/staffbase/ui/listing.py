"""The one list to choose from: Textual's own, which fails where a terminal is only a few cells wide or high."""

from typing import Literal

from textual.geometry import Size
from textual.widgets import OptionList


class Listing(OptionList):
    """An option list that stands in any place, also in one that has no room for it."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The height at this width; at least one letter of each option is thought to fit."""
        return super().get_content_height(container, viewport, max(width, self._beside_words() + 1))

    def _beside_words(self) -> int:
        """Cells of a row that hold no words."""
        padding = self.get_component_styles("option-list--option").padding.width
        return padding + self._get_left_gutter_width()

    def _update_lines(self) -> None:
        if self.scrollable_content_region.width > self._beside_words():
            super()._update_lines()

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if (self.highlighted or 0) in self._index_to_line:  # else nothing of it is drawn, and there is no page
            super()._move_page(direction)

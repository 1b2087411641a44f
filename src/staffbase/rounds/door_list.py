"""The doors as rows of one line, in walking order: an answer changes one row and moves the cursor, and only that is painted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from staffbase.kernel.clock import local
from staffbase.rounds.facts import DoorLine
from staffbase.rounds.sheet_words import door_row

_NARROWEST = 40


@dataclass(frozen=True)
class _Told:
    """All that the words of a row depend on."""

    row: DoorLine
    left: bool
    width: int
    today: date

    @property
    def option(self) -> tuple[str, bool]:
        """Its id, and whether the cursor stops here."""
        return str(self.row.door.unit_id), self.row.due or self.row.check is not None


class DoorList(OptionList):
    """The rows of the round sheet."""

    DEFAULT_CSS = "DoorList { text-wrap: nowrap; text-overflow: ellipsis; }"

    highlighted: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._told: list[_Told] = []

    def show(self, rows: Sequence[DoorLine], left: int | None, now: datetime) -> None:
        """Say this from now on; `left` is the unit that was just answered. The cursor stays where it is if it can."""
        width = max(_NARROWEST, self.scrollable_content_region.width or self.app.size.width - 4)
        before, today = self._told, local(now).date()
        self._told = [_Told(row, row.door.unit_id == left, width, today) for row in rows]
        if [one.option for one in before] == [one.option for one in self._told]:
            for index, (was, one) in enumerate(zip(before, self._told, strict=True)):
                if was != one:
                    self._tell(index, one, now)
            return
        here = self.highlighted
        words = [door_row(one.row, width, now, left=one.left) for one in self._told]
        self.set_options(
            Option(told, id=one.option[0], disabled=not one.option[1])
            for told, one in zip(words, self._told, strict=True)
        )
        if here is not None and here < len(self._told) and self._told[here].option[1]:
            self.highlighted = here

    def _tell(self, index: int, one: _Told, now: datetime) -> None:
        """Say something else in one row. The list's own way of doing that paints every row."""
        option = self.get_option_at_index(index)
        option._set_prompt(door_row(one.row, one.width, now, left=one.left))  # noqa: SLF001
        for drawn in [drawn for drawn in self._option_render_cache.keys() if drawn[0] is option]:  # noqa: SIM118
            self._option_render_cache.discard(drawn)
        self.refresh_line(index)

    def watch_highlighted(self, before: int | None, highlighted: int | None) -> None:  # type: ignore[override]
        """Paint the row that was left and the one that was reached."""
        for index in (before, highlighted):
            if index is not None:
                self.refresh_line(index)
        super().watch_highlighted(highlighted)

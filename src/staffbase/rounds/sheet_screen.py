"""The round sheet as it is seen: the doors in walking order, the one the cursor is on in whole words, and which is next."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static

from staffbase.kernel.i18n import _
from staffbase.rounds.door_list import DoorList
from staffbase.rounds.facts import DoorLine, RoundSheet, WalkFacts
from staffbase.rounds.rules import GENERAL_SUPERVISION
from staffbase.rounds.sheet_words import door_told, head, side
from staffbase.ui.desk import Desk
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import shown
from staffbase.ui.words import Words

if TYPE_CHECKING:
    from staffbase.rounds.service import Rounds


class SheetScreen(StaffScreen):
    """What stands on the sheet; what keys do to it is the round's own screen."""

    CURSOR_BY_ITSELF = True
    AUTO_FOCUS = "#doors"

    sheet: reactive[RoundSheet | None] = reactive(None, init=False, repaint=False)

    def __init__(self, desk: Desk, rounds: "Rounds") -> None:
        super().__init__(desk)
        self._rounds = rounds
        self._left: int | None = None
        """The unit that was answered last."""
        self._walk_shown = 0

    def compose_body(self) -> Iterable[Widget]:
        yield Words(id="round-head")
        with Horizontal(id="round-body"):
            yield DoorList(id="doors")
            yield Words(id="round-side")
        yield Words(id="round-door")
        yield Static(shown(_(GENERAL_SUPERVISION), "$muted"), id="round-foot")

    async def refresh_view(self) -> None:
        self.sheet = await self.ask(self._rounds.sheet)
        if self.has_class("-wide"):
            windows = await self.ask(self._rounds.windows)
            for beside in self.query("#round-side").results(Words):
                beside.update(side(windows, self.desk.clock.now()))

    def watch_sheet(self) -> None:
        """Paint what is another than before."""
        doors, now = self.query_one_optional(DoorList), self.desk.clock.now()
        if self.sheet is None or doors is None:
            return  # before it is composed, or after another person signed in
        doors.show(self.sheet.lines, self._left, now)
        walk_id = self.sheet.walk.id if self.sheet.walk and self.sheet.walk.returned_at else 0
        if doors.highlighted is None or walk_id != self._walk_shown:
            self._walk_shown = walk_id
            self._to_next_open(-1)
        self.query_one("#round-head", Words).update(head(self.sheet, now))
        self._tell_door()

    def on_resize(self) -> None:
        self.call_after_refresh(self.watch_sheet)
        self.call_after_refresh(self.look_again)  # on a wide screen more is shown than was read

    @on(OptionList.OptionHighlighted, "#doors")
    def _tell_door(self) -> None:
        """The door the cursor is on, in whole words."""
        here, beside = self._here(), self.query_one("#round-door", Words)
        room = beside.content_size
        told = door_told(here, self.desk.clock.now(), room.width, room.height) if here and room else Content("")
        beside.update(told, layout=False)

    # -- where the cursor stands ----------------------------------------------------------------------------------

    def _here(self) -> DoorLine | None:
        index = self.query_one(DoorList).highlighted
        return self.sheet.lines[index] if self.sheet and index is not None and index < len(self.sheet.lines) else None

    def _to_next_open(self, after: int) -> None:
        """To the next door that waits for an answer; else to one whose no-answer has no conclusion."""
        doors = self.query_one_optional(DoorList)
        if self.sheet is None or doors is None:
            return
        order = [*range(after + 1, len(self.sheet.lines)), *range(after + 1)]
        lines = self.sheet.lines
        due = [index for index in order if lines[index].due]
        wanted = [index for index in due if lines[index].check is None]
        wanted += [index for index in due if (check := lines[index].check) and not check.concluded]
        if not wanted and doors.highlighted is None:
            wanted = due
        if wanted:
            doors.highlighted = wanted[0]
            self.forget_choice()

    def chosen_resident(self) -> int | None:
        here = self._here()
        return here.door.resident.id if here and here.door.resident else None

    # -- what is under way ----------------------------------------------------------------------------------------

    def _walk(self) -> WalkFacts | None:
        return self.sheet.walk if self.sheet else None

    def _answering(self) -> bool:
        """The walker is back and the round is not signed: doors take answers."""
        walk = self._walk()
        return walk is not None and walk.returned_at is not None and walk.signed_at is None

    def _someone_out(self) -> bool:
        walk = self._walk()
        return walk is not None and walk.returned_at is None

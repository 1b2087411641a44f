"""The handover as it is seen: my reading or the shift report, the list and what stands beside it, and where the cursor is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.handover.facts import MyReading, ReportFacts
from staffbase.handover.reading_rows import reading_head, reading_rows, side_rows
from staffbase.handover.report_rows import report_head, report_rows, report_side
from staffbase.handover.row_drawn import LIST_TIME, SIDE_TIME, row_drawn
from staffbase.handover.rows import Row
from staffbase.kernel.i18n import _
from staffbase.people.rules import ShiftSpan
from staffbase.ui.desk import Desk
from staffbase.ui.openings import Openings
from staffbase.ui.row_list import RowList
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines

if TYPE_CHECKING:
    from staffbase.handover.service import Handover

_NARROWEST_WITH_SIDE = 100


class FacesScreen(StaffScreen):
    """What stands on the handover's two faces; what keys do to them is the handover's own screen."""

    CURSOR_BY_ITSELF = True
    HEAD = "#handover-head"
    AUTO_FOCUS = "#handover-list"

    face: reactive[str] = reactive("reading", init=False)

    def __init__(self, desk: Desk, handover: "Handover") -> None:
        super().__init__(desk)
        self._handover = handover
        self._reading: MyReading | None = None
        self._report: ReportFacts | None = None
        self._span: ShiftSpan | None = None
        self._rows: list[Row] = []
        self._openings = Openings()

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="handover-head")
        with Horizontal(id="handover"):
            yield RowList(id="handover-list")
            with VerticalScroll(id="handover-side"):
                yield Static(id="handover-beside")

    async def refresh_view(self) -> None:
        """Read anew what is shown; the first look at a face stands in the ledger."""
        if self.face == "reading":
            self._reading = await self._openings.look(
                "reading", lambda opening: self.ask(self._handover.my_reading, opening=opening)
            )
        else:
            span = self._span
            self._report = await self._openings.look(
                ("report", span.begins_at if span else None),
                lambda opening: self.ask(self._handover.report, span, opening=opening),
            )
            self._span = self._span or self._report.span
            self._openings.written(("report", self._report.span.begins_at))
        self._show()

    @on(RowList.Widened)
    def _drawn_anew(self) -> None:
        self._show()

    def on_resize(self) -> None:
        """What stands beside the list comes and goes with the width of the screen, which the list need not notice."""
        self.call_after_refresh(self._show)

    def watch_face(self) -> None:
        """Turned: the cursor begins anew."""
        self.query_one("#handover-list", OptionList).highlighted = None
        self.refresh_bindings()
        self.look_again()

    # -- showing --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.is_mounted or (self._reading if self.face == "reading" else self._report) is None:
            return
        now = self.desk.clock.now()
        if self.face == "reading" and self._reading is not None:
            rows, beside = reading_rows(self._reading, now), side_rows(self._reading, now)
            head = reading_head(self._reading, now)
        elif self._report is not None:
            rows, beside = report_rows(self._report, now), report_side(self._report, now)
            head = report_head(self._report, now)
        wide = self.size.width >= _NARROWEST_WITH_SIDE
        if not wide:
            rows = [*rows, *beside]
        told = [line(*words, between="   ") for words in head]
        self.query_one("#handover-head", Static).update(lines(line(self._faces(), told[0], between="   "), *told[1:]))
        side = self.query_one("#handover-beside", Static)
        width = max(20, (side.size.width or 36) - 1)  # a scrollbar may come
        side.update(lines(*(row_drawn(row, width, SIDE_TIME) for row in beside)) if wide else Content(""))
        self._list(rows)

    def _list(self, rows: list[Row]) -> None:
        found = self.query_one("#handover-list", OptionList)
        here = self._row()
        self._rows = rows
        width = max(30, (found.size.width or self.size.width) - 3)
        found.set_options([Option(row_drawn(row, width, LIST_TIME), disabled=row.heading) for row in rows])
        places = [number for number, row in enumerate(rows) if not row.heading]
        same = [number for number in places if here is not None and rows[number].identity == here.identity]
        if places:
            found.highlighted = same[0] if same else self._first(places)
        self.refresh_bindings()

    def _first(self, places: list[int]) -> int:
        """Where the cursor begins: on the first resident somebody must say something of."""
        if self.face == "report" and self._report is not None:
            waiting = {one.resident_id for one in self._report.unanswered}
            return next((number for number in places if self._rows[number].resident_id in waiting), places[0])
        return places[0]

    def _faces(self) -> Content:
        chosen = ("bold $accent-text", "$muted")
        first, second = chosen if self.face == "reading" else tuple(reversed(chosen))
        return line((_("MY READING"), first), (_("SHIFT REPORT"), second), between="  ")

    # -- what the cursor is on ------------------------------------------------------------------------------------

    def _row(self) -> Row | None:
        index = self.query_one("#handover-list", OptionList).highlighted
        return self._rows[index] if index is not None and index < len(self._rows) else None

    def chosen_resident(self) -> int | None:
        row = self._row()
        return row.resident_id if row else None

    def _about(self, resident_id: int | None) -> str:
        """Unit and name, or the house."""
        known: Iterable[Any] = ()
        if self.face == "reading" and self._reading is not None:
            known = self._reading.residents
        elif self._report is not None:
            known = self._report.lines
        found = next((one for one in known if one.resident_id == resident_id), None)
        return f"{found.unit_code} {found.alias}" if found else _("The house")

    def _said(self, row: Row) -> str:
        """What a row says, to stand above the words one types about it."""
        return " ".join(words for one in row.lines[:1] for words, _ink in one.words if words)

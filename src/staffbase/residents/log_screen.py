"""Who opened a resident's record, the last one first: for leaders and the access auditor. Opening it stands in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.access import ROLE_NAMES
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date, show_day, show_time
from staffbase.residents.access_log import LogLine, LogSubject
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.openings import Openings
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import column, line, lines, shown, wrapped

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from staffbase.residents.access_log import AccessLog

PAGE = 60
"""Lines read at a time."""
PERIODS: tuple[tuple[str, timedelta | None], ...] = (
    (N_("last 7 days"), timedelta(days=7)),
    (N_("last 30 days"), timedelta(days=30)),
    (N_("all time"), None),
    (N_("last 24 hours"), timedelta(hours=24)),
)
_TIME, _NAME, _ROLE, _STATION = 7, 13, 19, 10
_MARGINS = 6
"""Cells beside the list, and its scrollbar."""
_MOST_LINES = 12
_WIDE = 100
"""Cells from which the station has a column of its own."""


class AccessLogScreen(StaffScreen):
    """One resident's log at a time."""

    CURSOR_BY_ITSELF = True
    CSS_PATH = "log_screen.tcss"
    HEAD = "#log-head"
    AUTO_FOCUS = "#log"
    BINDINGS = [
        Binding("left", "other(-1)", N_("Resident before"), tooltip=N_("The log of the resident before"), id="log.before", show=False),
        Binding("right", "other(1)", N_("Next resident"), tooltip=N_("The log of the next resident"), id="log.after", show=False),
        Binding("b", "choose", N_("Resident"), tooltip=N_("The log of somebody by unit or name; also of those who have left"), id="log.resident"),
        Binding("t", "period", N_("Time"), tooltip=N_("The next period"), id="log.period"),
        Binding("m", "hidden_entries", N_("Moved, withdrawn"), tooltip=N_("What was moved from the wrong resident, or withdrawn"), id="log.hidden"),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="log.back"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, log: "AccessLog", resident_id: int | None) -> None:
        super().__init__(desk)
        self._log = log
        self._resident_id = resident_id
        self._subjects: list[LogSubject] = []
        self._lines: list[LogLine] = []
        self._period = 0
        self._more = False
        self._openings = Openings()

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="log-head")
        yield Listing(id="log")

    async def refresh_view(self) -> None:
        self._subjects = await self.ask(self._log.subjects)
        if self._resident_id is None and self._subjects:
            self._resident_id = self._subjects[0].resident_id
        self._lines = await self._page(max(PAGE, len(self._lines)))
        self._show()

    async def _page(self, limit: int, before: int | None = None) -> list[LogLine]:
        whose = self._resident_id
        if whose is None:
            return []
        since = self._since()
        found = await self._openings.look(
            whose,
            lambda opening: self.ask(
                self._log.log_of, whose, since=since, before=before, limit=limit,
                opening="access_log.open" if opening else "",
            ),
        )  # fmt: skip
        self._more = len(found) == limit
        return found

    def _since(self) -> datetime | None:
        period = PERIODS[self._period][1]
        return self.desk.clock.now() - period if period else None

    # -- showing --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.is_mounted:
            return
        told = self.query_one("#log", OptionList)
        here = told.highlighted_option.id if told.highlighted_option else None
        options: list[Option] = []
        day = None
        for one in self._lines:
            if (on := local(one.at).date()) != day:
                heading = f"{show_day(on).split(maxsplit=1)[0]} {show_date(on)}"
                options.append(Option(shown(heading, "$muted"), disabled=True))
            day = on
            options.append(Option(self._row(one), id=str(one.seq)))
        told.set_options(options)
        keys = [option.id for option in options]
        if self._lines:
            told.highlighted = keys.index(here) if here in keys else 1
        self.query_one("#log-head", Static).update(self._head())

    def _head(self) -> Content:
        whose = next((one for one in self._subjects if one.resident_id == self._resident_id), None)
        if whose is None:
            return shown(_("Nobody lives here yet. A leader admits residents in Administration (0)."), "$muted")
        head = line(
            (f"{whose.unit_code} {whose.alias}".strip(), "bold"), _("who opened what"), _(PERIODS[self._period][0]),
            ("← →", "$accent-text"), between=" · ",
        )  # fmt: skip
        return head if self._lines else lines(head, "", shown(_("Nobody opened anything in this time."), "$muted"))

    def _row(self, one: LogLine) -> Content:
        wide = self.size.width >= _WIDE
        station = column(_STATION, (one.station, "$muted")) if wide else Content("")
        late = (_("written down later"), "$warning-text") if one.late else ""
        row = Content("").join(
            [
                column(_TIME, (show_time(one.at), "bold")), column(_NAME, one.person),
                column(_ROLE, (_(ROLE_NAMES[one.role]), "$muted")), station, line((one.what, "$muted" if one.whole_house else ""), late, between=" · "),
            ]
        )  # fmt: skip
        if not one.reason:
            return row
        why = line((_("emergency access"), "bold $warning-text"), one.reason.replace("\n", " "), between=": ")
        room = max(20, (self.size.width or 120) - _TIME - _MARGINS)
        return lines(row, *(Content(" " * _TIME) + part for part in wrapped(why, room, _MOST_LINES)))

    def on_resize(self) -> None:
        self._show()

    @on(OptionList.OptionHighlighted, "#log")
    def _near_the_end(self, event: OptionList.OptionHighlighted) -> None:
        if self._more and event.option_index >= event.option_list.option_count - 3:
            self._read_more()

    @job(exclusive=True, group="more")
    async def _read_more(self) -> None:
        self._more = False
        self._lines += await self._page(PAGE, self._lines[-1].seq)
        self._show()

    def chosen_resident(self) -> int | None:
        return self._resident_id

    # -- choosing -------------------------------------------------------------------------------------------------

    def action_other(self, step: int) -> None:
        ids = [one.resident_id for one in self._subjects]
        if self._resident_id in ids:
            self._open(ids[(ids.index(self._resident_id) + step) % len(ids)])

    def action_choose(self) -> None:
        self.app.push_screen(SubjectChooser(self.desk, self._subjects), self._open)

    def _open(self, resident_id: int | None) -> None:
        if resident_id is not None:
            self._resident_id, self._lines = resident_id, []
            self.look_again()

    def action_period(self) -> None:
        self._period, self._lines = (self._period + 1) % len(PERIODS), []
        self.look_again()

    def action_hidden_entries(self) -> None:
        self.desk.hidden_entries()

    def action_leave(self) -> None:
        self.dismiss(None)


class SubjectChooser(StaffDialog[int]):
    """Whose log: by unit or name, also of those who live here no more."""

    title_text = N_("Whose log?")

    def __init__(self, desk: Desk, subjects: list[LogSubject]) -> None:
        super().__init__(desk)
        self._all = self._found = subjects

    def compose_form(self) -> "ComposeResult":
        yield LineField(placeholder=_("unit or name"), id="typed")
        yield Listing(id="found")

    def on_mount(self) -> None:
        self.query_one("#found", OptionList).can_focus = False
        self._narrow()

    @on(LineField.Changed, "#typed")
    def _narrow(self) -> None:
        typed = self.query_one("#typed", LineField).value.strip().casefold()
        self._found = [one for one in self._all if typed in f"{one.unit_code} {one.alias}".casefold()]
        rows = [line((one.unit_code or "–", "bold"), one.alias, between="  ") for one in self._found]
        self.query_one("#found", OptionList).set_options([Option(row) for row in rows])

    @on(LineField.Submitted, "#typed")
    def _take_first(self) -> None:
        if self._found:
            self.dismiss(self._found[0].resident_id)

    @on(OptionList.OptionSelected, "#found")
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index].resident_id)

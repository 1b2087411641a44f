"""Section 4: what was written, the newest first, filtered by resident, kind and time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.journal.items import TimelineItem
from staffbase.journal.model import KIND_NAMES, NOTE_KINDS, Kind
from staffbase.kernel.i18n import N_, _
from staffbase.notes.entry.screen import EntryScreen
from staffbase.notes.rows import entry_row, whole_of, with_days
from staffbase.notes.service import Labels
from staffbase.residents.reach_words import notes_line, reach_line
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.openings import Openings
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.notes.service import Notes

PAGE = 60
_EVENTS = (
    *NOTE_KINDS, Kind.INCIDENT, Kind.INCIDENT_STEP, Kind.PRESENCE, Kind.STATUS, Kind.DANGER, Kind.STAY, Kind.PLAN,
    Kind.ROUND_AGREEMENT, Kind.QUESTION, Kind.ANSWER, Kind.CONCERN, Kind.EXTRA_CHECK,
)  # fmt: skip
"""What is worth reading one by one: not the checks of every night, who came on duty, or who opened a card."""

KINDS: tuple[tuple[str, tuple[Kind, ...] | None], ...] = (
    (N_("notes and events"), _EVENTS),
    (N_("everything"), None),
    *((KIND_NAMES[kind], (kind,)) for kind in NOTE_KINDS),
    (N_("incidents"), (Kind.INCIDENT, Kind.INCIDENT_STEP)),
    (N_("checks"), (Kind.CHECK, Kind.EXTRA_CHECK, Kind.ROUND)),
    (N_("tasks"), (Kind.TASK,)),
)
PERIODS: tuple[tuple[str, timedelta | None], ...] = (
    (N_("all time"), None),
    (N_("last 24 hours"), timedelta(hours=24)),
    (N_("last 7 days"), timedelta(days=7)),
    (N_("last 30 days"), timedelta(days=30)),
)


class NotesScreen(StaffScreen):
    """Section 4."""

    CSS_PATH = "screen.tcss"
    CURSOR_BY_ITSELF = True
    HEAD = "#notes-head"
    AUTO_FOCUS = "OptionList"
    BINDINGS = [
        Binding("enter", "open", N_("Open"), tooltip=N_("The entry in full, with its history"), id="notes.open", show=False),
        Binding("b", "resident", N_("Resident"), tooltip=N_("Only one resident's"), id="notes.resident"),
        Binding("u", "house", N_("The house's"), tooltip=N_("Only what is about the house"), id="notes.house"),
        Binding("t", "kind", N_("Kind"), tooltip=N_("The next kind of entries"), id="notes.kind"),
        Binding("d", "period", N_("Time"), tooltip=N_("The next period"), id="notes.period"),
        Binding("a,escape", "all", N_("All"), tooltip=N_("Without filters again"), id="notes.all", key_display="a"),
    ]  # fmt: skip

    resident_id: reactive[int | None] = reactive(None, init=False)
    house_only: reactive[bool] = reactive(default=False, init=False)
    kind: reactive[int] = reactive(0, init=False)
    period: reactive[int] = reactive(0, init=False)

    def __init__(self, desk: Desk, notes: "Notes") -> None:
        super().__init__(desk)
        self._notes = notes
        self._items: list[TimelineItem] = []
        self._first_read = False
        self._labels = Labels({}, {})
        self._more = False
        self._openings = Openings()
        self._reach = Content("")

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="notes-head")
        yield Listing(id="notes")
        yield Static(id="notes-whole")

    # -- reading --------------------------------------------------------------------------------------------------

    async def refresh_view(self) -> None:
        labels, found = await self.ask(self._notes.labels), self._labels.found
        self._labels = replace(labels, found=found)
        self._reach = await self._reach_said()
        self._items = await self._page(max(PAGE, len(self._items)))
        self._first_read = True
        self._show()

    async def _reach_said(self) -> Content:
        """How far back one reads."""
        if self.resident_id is None:
            return notes_line(await self.ask(self._notes.emergency.search_reach))
        return reach_line(await self.ask(self._notes.emergency.reach, self.resident_id), self.desk.clock.now())

    async def _page(self, limit: int, before: int | None = None) -> list[TimelineItem]:
        whose, period = self.resident_id, PERIODS[self.period][1]
        since = self.desk.clock.now() - period if period else None
        found = await self._openings.look(
            (whose, self.house_only),
            lambda opening: self.ask(
                self._notes.timeline, whose, house_only=self.house_only, kinds=KINDS[self.kind][1], since=since,
                before=before, limit=limit, opening=opening,
            ),
        )  # fmt: skip
        self._more = len(found) == limit
        self._labels.found.update(await self.ask(self._notes.found, found))
        return found

    @job(exclusive=True, group="more")
    async def _read_more(self) -> None:
        self._more = False
        self._items += await self._page(PAGE, self._items[-1].key)
        self._show()

    # -- showing --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.is_mounted or not self._first_read:
            return
        rows = self.query_one("#notes", OptionList)
        before = self._here()
        width = (self.size.width or 120) - 6
        options: list[Option] = []
        for heading, item in with_days(self._items):
            if heading is not None:
                options.append(Option(shown(heading, "$muted"), disabled=True))
            row = entry_row(item, self._labels, width, one_resident=self.resident_id is not None)
            options.append(Option(row, id=str(item.key)))
        rows.set_options(options)
        keys = [option.id for option in options]
        wanted = str(before.key) if before else None
        if self._items:
            rows.highlighted = keys.index(wanted) if wanted and wanted in keys else 1
        self._head()
        self._whole()

    def _head(self) -> None:
        about = _("the house") if self.house_only else _("all residents and the house")
        if self.resident_id is not None:
            about = self._labels.resident(self.resident_id)
        head = line((about, "bold"), _(KINDS[self.kind][0]), _(PERIODS[self.period][0]), between=" · ")
        if not self._items:
            head = lines(
                head, "", shown(_("Nothing was written here. n writes a note, a takes the filters away."), "$muted")
            )
        if self._reach.plain and not self.house_only:
            head = lines(head, self._reach)
        self.query_one("#notes-head", Static).update(head)

    @on(OptionList.OptionHighlighted, "#notes")
    def _moved(self) -> None:
        self._whole()
        at = self.query_one("#notes", OptionList).highlighted
        if self._more and at is not None and at >= self.query_one("#notes", OptionList).option_count - 2:
            self._read_more()

    def _whole(self) -> None:
        """The whole of the one the cursor is on."""
        whole = self.query_one("#notes-whole", Static)
        item = self._here()
        whole.display = item is not None
        if item is not None:
            whole.update(whole_of(item, self._labels, self.desk.clock.now()))

    def on_resize(self) -> None:
        self._show()

    def _here(self) -> TimelineItem | None:
        option = self.query_one("#notes", OptionList).highlighted_option
        return next((item for item in self._items if option is not None and str(item.key) == option.id), None)

    def chosen_resident(self) -> int | None:
        item = self._here()
        return item.resident_id if item else self.resident_id

    # -- choosing -------------------------------------------------------------------------------------------------

    def _filtered(self) -> None:
        self._items = []
        self.look_again()

    def watch_resident_id(self) -> None:
        self._openings.forget((self.resident_id, self.house_only))
        self._filtered()

    def watch_house_only(self) -> None:
        self._filtered()

    def watch_kind(self) -> None:
        self._filtered()

    def watch_period(self) -> None:
        self._filtered()

    @on(OptionList.OptionSelected, "#notes")
    def _selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if (item := self._here()) is not None:
            self.app.push_screen(EntryScreen(self.desk, self._notes, item.entry_id))

    def action_resident(self) -> None:
        self.desk.choose_resident(self._only)

    def _only(self, resident_id: int) -> None:
        self.house_only = False
        self.resident_id = resident_id

    def action_house(self) -> None:
        self.resident_id = None
        self.house_only = True

    def action_kind(self) -> None:
        self.kind = (self.kind + 1) % len(KINDS)

    def action_period(self) -> None:
        self.period = (self.period + 1) % len(PERIODS)

    def action_all(self) -> None:
        self.house_only, self.resident_id, self.kind, self.period = False, None, 0, 0

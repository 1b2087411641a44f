"""Search (`/`): as one types, the newest first, with the words marked."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from staffbase.journal.items import TimelineItem
from staffbase.journal.model import KIND_NAMES, NOTE_KINDS, Kind
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.notes.entry.screen import EntryScreen
from staffbase.notes.rows import entry_row, whole_of, with_days
from staffbase.notes.rules import whom
from staffbase.notes.service import Labels
from staffbase.residents.emergency import SearchReach
from staffbase.residents.reach_words import search_line
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.notes.service import Notes

WAIT_SECONDS = 0.3
"""After the last letter; each search that finds something stands in the ledger, so not every letter is one."""
MOST = 100
WHAT_IS_SEARCHED = N_(
    "All that you may read, the newest first. A part of a word is enough: knife finds kitchen knife, too."
)
_KINDS: dict[str, tuple[str, tuple[Kind, ...] | None]] = {
    "": (N_("everything"), None),
    "notes": (N_("notes"), NOTE_KINDS),
    **{str(kind): (KIND_NAMES[kind], (kind,)) for kind in NOTE_KINDS},
    "incidents": (N_("incidents"), (Kind.INCIDENT, Kind.INCIDENT_STEP)),
    "checks": (N_("checks"), (Kind.CHECK, Kind.EXTRA_CHECK)),
    "handover": (N_("handover"), (Kind.REPORT, Kind.QUESTION, Kind.ANSWER, Kind.CONCERN)),
}
_PERIODS = {"": None, "7": timedelta(days=7), "30": timedelta(days=30), "365": timedelta(days=365)}
_PERIOD_WORDS = {"": N_("all time"), "7": N_("7 days"), "30": N_("30 days"), "365": N_("one year")}


class SearchScreen(StaffScreen):
    """The search. It does not refresh itself: looking again would stand in the ledger again."""

    CURSOR_BY_ITSELF = True
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#query"
    BINDINGS = [
        Binding("down", "to_found", N_("To the results"), tooltip=N_("Go into what was found"), id="search.down", show=False),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="search.back"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, notes: "Notes") -> None:
        super().__init__(desk)
        self._notes = notes
        self._labels = Labels({}, {})
        self._items: list[TimelineItem] = []
        self._pending: Timer | None = None
        self._left_out: SearchReach | None = None

    def compose_body(self) -> Iterable[Widget]:
        yield LineField(placeholder=_("words, or parts of words"), id="query")
        with Horizontal(classes="search-row"):
            yield Label(_("about"))
            yield LineField(placeholder=_("unit or name; empty: all"), id="whose")
        with Horizontal(classes="search-row"):
            yield Label(_("kind"))
            yield Choice([(value, _(words)) for value, (words, _kinds) in _KINDS.items()], id="kind")
        with Horizontal(classes="search-row"):
            yield Label(_("time"))
            yield Choice([(value, _(words)) for value, words in _PERIOD_WORDS.items()], id="period")
        yield Static(shown(_(WHAT_IS_SEARCHED), "$muted"), id="search-said")
        yield Static(id="search-reach")
        yield Listing(id="found")
        yield Static(id="found-whole")

    async def refresh_view(self) -> None:
        """The names; and what is left out, which is searched again once an emergency access has opened it."""
        self._labels = await self.ask(self._notes.labels)
        before, self._left_out = self._left_out, await self._reach_now()
        if before is not None and before != self._left_out:
            self._look()

    async def _reach_now(self) -> SearchReach:
        found = await self.ask(self._notes.emergency.search_reach, self._about())
        reach = self.query_one("#search-reach", Static)
        reach.update(search_line(found))
        reach.display = bool(search_line(found).plain)
        return found

    def _about(self) -> int | None:
        """Whom one looks at alone."""
        whose = self.query_one("#whose", LineField).value.strip()
        found = whom(whose, self._labels.residents) if whose else []
        return found[0] if len(found) == 1 else None

    @on(Input.Changed)
    @on(Choice.Changed)
    def _typed(self) -> None:
        if self._pending is not None:
            self._pending.stop()
        self._pending = self.set_timer(WAIT_SECONDS, self._look)

    @job(exclusive=True, group="search")
    async def _look(self) -> None:
        query = self.query_one("#query", LineField).value.strip()
        whose = self.query_one("#whose", LineField).value.strip()
        about = self._about()
        self._left_out = await self._reach_now()
        if not query:
            self._items = []
            self._show(_(WHAT_IS_SEARCHED))
            return
        if whose and about is None:
            self._items = []
            self._show(_("Nobody fits “%(name)s”; type the unit, such as A3.") % {"name": whose})
            return
        period = _PERIODS[self.query_one("#period", Choice).value]
        self._items = await self.ask(
            self._notes.search, query, resident_id=about,
            kinds=_KINDS[self.query_one("#kind", Choice).value][1],
            since=self.desk.clock.now() - period if period else None, limit=MOST,
        )  # fmt: skip
        self._labels.found.update(await self.ask(self._notes.found, self._items))
        count = len(self._items)
        if not count:
            self._show(_("Nothing was found. Try a part of the word, or fewer words."))
        elif count == MOST:
            self._show(_("The newest %(count)d; more words find fewer.") % {"count": count})
        else:
            self._show(ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count})

    def _show(self, said: str) -> None:
        self.query_one("#search-said", Static).update(shown(said, "$muted"))
        width = (self.size.width or 120) - 6
        options: list[Option] = []
        for heading, item in with_days(self._items):
            if heading is not None:
                options.append(Option(shown(heading, "$muted"), disabled=True))
            options.append(Option(line(entry_row(item, self._labels, width)), id=str(item.entry_id)))
        found = self.query_one("#found", OptionList)
        found.set_options(options)
        if self._items:
            found.highlighted = 1
        self._whole()

    @on(OptionList.OptionHighlighted, "#found")
    def _whole(self) -> None:
        """The whole of the one the cursor is on."""
        whole, item = self.query_one("#found-whole", Static), self._here()
        whole.display = item is not None
        if item is not None:
            whole.update(whole_of(item, self._labels, self.desk.clock.now()))

    def on_resize(self) -> None:
        if self._items:
            self._show(str(self.query_one("#search-said", Static).content))

    def _here(self) -> TimelineItem | None:
        option = self.query_one("#found", OptionList).highlighted_option
        return next((item for item in self._items if option is not None and str(item.entry_id) == option.id), None)

    def chosen_resident(self) -> int | None:
        item = self._here()
        return item.resident_id if item else None

    def meant_resident(self) -> int | None:
        return super().meant_resident() or self._about()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_to_found()

    @on(OptionList.OptionSelected, "#found")
    def _open(self) -> None:
        if (item := self._here()) is not None:
            self.app.push_screen(EntryScreen(self.desk, self._notes, item.entry_id))

    def action_to_found(self) -> None:
        if self._items:
            self.query_one("#found", OptionList).focus()

    def action_search(self) -> None:
        self.query_one("#query", LineField).focus()

    def action_leave(self) -> None:
        if isinstance(self.focused, OptionList):
            self.query_one("#query", LineField).focus()
        else:
            self.dismiss(None)

"""The resident's page: what must be known, whom to ring, what is open, and the timeline, newest first."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.journal.items import TimelineItem
from staffbase.journal.model import IMPORTANCE_NAMES, KIND_NAMES, Importance, Kind, Source
from staffbase.kernel.access import Permission
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_date, show_day, show_span
from staffbase.residents.changing import Changing
from staffbase.residents.reach_words import reach_line
from staffbase.residents.rules import ResidentFacts
from staffbase.residents.told import told_first, told_more
from staffbase.ui.desk import Desk, signed_in
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.openings import Openings
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.journal.service import Journal
    from staffbase.people.service import People
    from staffbase.residents.beside import Beside
    from staffbase.residents.service import Residents

PAGE = 40
"""Entries read at a time."""


class ResidentPage(Changing):
    """One who lives or lived here. Opening it stands in the ledger."""

    CSS_PATH = "screen.tcss"
    HEAD = "#told"
    AUTO_FOCUS = "#timeline"
    BINDINGS = [
        Binding("enter", "open", N_("Open"), tooltip=N_("The entry in full: comment, correct, EPJ"), id="resident.open", show=False),
        Binding("i", "come_back", N_("Moves in again"), tooltip=N_("Somebody who lived here moves in again"), id="resident.come-back"),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="resident.back"),
    ]  # fmt: skip

    def __init__(
        self, desk: Desk, residents: "Residents", journal: "Journal", people: "People", beside: "Beside", resident_id: int
    ) -> None:  # fmt: skip
        super().__init__(desk)
        self._residents, self._journal, self._people, self._beside = residents, journal, people, beside
        self._resident_id = resident_id
        self._facts: ResidentFacts | None = None
        self._items: list[TimelineItem] = []
        self._names: dict[int, str] = {}
        self._checks: dict[int, str] = {}
        self._openings = Openings()
        self._all_read = False
        self._ends: Timer | None = None

    def compose_body(self) -> Iterable[Widget]:
        with Horizontal(id="resident"):
            with VerticalScroll(id="facts"):
                yield Static(id="told")
            with Vertical(id="written"):
                yield Static(id="reach")
                yield Listing(id="timeline")

    async def refresh_view(self) -> None:
        self._facts = await self._openings.look(self._resident_id, self._read)
        self._names = await self.ask(self._people.names)
        lives = self._facts.left_on is None
        plan = await self.ask(self._beside.plan, self._resident_id) if lives else []
        tasks = await self.ask(self._beside.tasks, self._resident_id)
        kept = max(PAGE, len(self._items))
        self._items = await self.ask(self._journal.timeline, self._resident_id, limit=kept)
        self._checks = await self._seen(self._items)
        self._all_read = len(self._items) < kept
        await self._say_reach()
        now = self.desk.clock.now()
        keys = self.keys_said()
        first, more = told_first(self._facts, now, plan, tasks, keys=keys), told_more(self._facts, now, keys=keys)
        self.query_one("#told", Static).update(lines(*first, *more))
        self._list()
        self.refresh_bindings()

    async def _read(self, opening: bool) -> ResidentFacts:
        read = self._residents.open_resident if opening else self._residents.anybody
        return await self.ask(read, self._resident_id)

    async def _say_reach(self) -> None:
        """How far back one reads; when an emergency access ends, what it opened is gone from the screen, too."""
        now = self.desk.clock.now()
        reach = await self.ask(self._residents.emergency.reach, self._resident_id)
        said = self.query_one("#reach", Static)
        said.update(reach_line(reach, now))
        said.display = reach.limited
        if self._ends is not None:
            self._ends.stop()
        if reach.opened_until is not None:
            self._ends = self.set_timer((reach.opened_until - now).total_seconds() + 0.5, self.see_changes)

    def chosen_resident(self) -> int | None:
        return self._resident_id

    def facts_here(self) -> ResidentFacts | None:
        return self._facts

    async def _seen(self, items: list[TimelineItem]) -> dict[int, str]:
        """What was seen at the checks among these."""
        checks = [item.entry_id for item in items if item.kind in (Kind.CHECK, Kind.EXTRA_CHECK) and not item.hidden]
        return await self.ask(self._beside.checks, checks) if checks else {}

    # -- the timeline ---------------------------------------------------------------------------------------------

    def _list(self) -> None:
        timeline = self.query_one("#timeline", OptionList)
        before = self._here()
        options: list[Option] = []
        day = None
        for item in self._items:
            here = local(item.observed_from).date()
            if here != day:
                heading = f"{show_day(here).split(maxsplit=1)[0]} {show_date(here)}"
                options.append(Option(shown(heading, "$muted"), disabled=True))
            day = here
            options.append(Option(self._row(item), id=str(item.key)))
        if not options:
            options = [Option(shown(_("Nothing is written yet. n writes the first note."), "$muted"), disabled=True)]
        timeline.set_options(options)
        if self._items:
            keys = [option.id for option in options]
            wanted = str(before.key) if before else None
            timeline.highlighted = keys.index(wanted) if wanted and wanted in keys else 1

    def _here(self) -> TimelineItem | None:
        option = self.query_one("#timeline", OptionList).highlighted_option
        return next((item for item in self._items if option is not None and str(item.key) == option.id), None)

    def _row(self, item: TimelineItem) -> Content:
        marks: list[tuple[str, str] | str] = [(_(KIND_NAMES[item.kind]), "$muted")]
        if seen := self._checks.get(item.entry_id):
            marks.append(seen)
        if item.importance is not Importance.ROUTINE:
            ink = "$danger-text" if item.importance is Importance.URGENT else "$warning-text"
            marks.append((_(IMPORTANCE_NAMES[item.importance]), ink))
        by = self._names.get(item.author_id, "")
        if item.on_behalf_id:
            by = _("%(by)s, seen by %(name)s") % {"by": by, "name": self._names.get(item.on_behalf_id, "")}
        marks.append((by, "$muted"))
        for said, stands in (
            (_("entered later"), item.source is not Source.DIRECT),
            (_("corrected"), item.corrected or item.time_corrected or item.moved_here),
            (_("moved"), item.moved),
            (_("withdrawn"), item.withdrawn),
        ):
            if stands:
                marks.append((said, "$warning-text"))
        if item.epj:
            marks.append((_("in the EPJ"), "$ok-text") if item.epj_done else (_("to the EPJ"), "$accent-text"))
        standing = sum(not comment.withdrawn for comment in item.comments)
        if standing:
            words = ngettext("%(count)d comment", "%(count)d comments", standing) % {"count": standing}
            marks.append((words, "$muted"))
        head = line(
            (show_span(item.observed_from, item.observed_to), "bold"), line(*marks, between=" · "), between="  "
        )
        return lines(head, shown(item.text)) if item.text else head

    @on(OptionList.OptionHighlighted, "#timeline")
    def _near_the_end(self, event: OptionList.OptionHighlighted) -> None:
        if not self._all_read and event.option_index >= event.option_list.option_count - 5:
            self._more()

    @job(exclusive=True, group="more")
    async def _more(self) -> None:
        if not self._items:
            return
        older = await self.ask(self._journal.timeline, self._resident_id, before=self._items[-1].key, limit=PAGE)
        self._all_read = len(older) < PAGE
        self._checks |= await self._seen(older)
        self._items += older
        self._list()

    # -- keys -----------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "come_back":
            gone = self._facts is not None and self._facts.left_on is not None
            person = signed_in(self.desk)
            return gone and person is not None and person.may(Permission.RESIDENTS_ADMIN)
        return super().check_action(action, parameters)

    @on(OptionList.OptionSelected, "#timeline")
    def _selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if (item := self._here()) is not None:
            self.app.push_screen(self._beside.entry(self.desk, item.entry_id))

    @job(group="change")
    async def action_come_back(self) -> None:
        if self._facts is not None:
            await self.take_back_in(self._facts)

    def action_leave(self) -> None:
        self.dismiss(None)

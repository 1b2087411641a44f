"""The resident's page: what must be known, whom to ring, and the timeline, newest first."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.journal.items import TimelineItem
from staffbase.journal.model import IMPORTANCE_NAMES, KIND_NAMES, Importance, Source
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import N_, _
from staffbase.residents.calls import answers_now
from staffbase.residents.model import PRESENCE_NAMES, ROUND_FORM_NAMES, STATUS_NAMES, WARNING_NAMES, Status
from staffbase.residents.rules import ResidentFacts, age, expired
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.journal.service import Journal
    from staffbase.people.service import People
    from staffbase.residents.service import Residents

PAGE = 40
"""Entries read at a time."""


class ResidentPage(StaffScreen):
    """One resident. Opening it stands in the ledger."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#timeline"
    BINDINGS = [Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="resident.back")]

    def __init__(
        self, desk: Desk, residents: "Residents", journal: "Journal", people: "People", resident_id: int
    ) -> None:
        super().__init__(desk)
        self._residents, self._journal, self._people = residents, journal, people
        self._resident_id = resident_id
        self._items: list[TimelineItem] = []
        self._names: dict[int, str] = {}
        self._opened = False
        self._all_read = False

    def compose_body(self) -> Iterable[Widget]:
        with Horizontal(id="resident"):
            with VerticalScroll(id="facts", can_focus=False):
                yield Static(id="told")
            yield OptionList(id="timeline")

    async def refresh_view(self) -> None:
        read = self._residents.resident if self._opened else self._residents.open_resident
        self._opened = True  # before it is asked: a refresh that replaces this one is no second opening
        facts = await self.ask(read, self._resident_id)
        self._names = await self.ask(self._people.names)
        kept = max(PAGE, len(self._items))
        self._items = await self.ask(self._journal.timeline, self._resident_id, limit=kept)
        self._all_read = len(self._items) < kept
        self.query_one("#told", Static).update(self._told(facts))
        self._list()

    def chosen_resident(self) -> int | None:
        return self._resident_id

    def _list(self) -> None:
        timeline = self.query_one("#timeline", OptionList)
        here = timeline.highlighted
        options = [Option(self._row(item)) for item in self._items]
        if not options:
            options = [Option(shown(_("Nothing is written yet. n writes the first note."), "$muted"), disabled=True)]
        timeline.set_options(options)
        if here is not None and self._items:
            timeline.highlighted = min(here, len(self._items) - 1)

    def _row(self, item: TimelineItem) -> Content:
        here = local(item.observed_from)
        marks: list[tuple[str, str] | str] = [(_(KIND_NAMES[item.kind]), "$muted")]
        if item.importance is not Importance.ROUTINE:
            ink = "$danger-text" if item.importance is Importance.URGENT else "$warning-text"
            marks.append((_(IMPORTANCE_NAMES[item.importance]), ink))
        marks.append((self._names.get(item.author_id, ""), "$muted"))
        for said, stands in (
            (_("entered later"), item.source is not Source.DIRECT),
            (_("corrected"), item.corrected),
            (_("moved"), item.moved),
            (_("withdrawn"), item.withdrawn),
        ):
            if stands:
                marks.append((said, "$warning-text"))
        head = line((f"{here:%d.%m %H:%M}", "bold"), *marks, between="  ")
        return lines(head, shown(item.text)) if item.text else head

    def _told(self, facts: ResidentFacts) -> Content:
        now = self.desk.clock.now()
        told: list[str | Content] = [
            line(
                (facts.unit_code, "bold"),
                (facts.alias, "bold"),
                (str(age(facts.birth_year, local(now).date())), "$muted"),
            ),
            self._presence(facts),
        ]
        if facts.status is not Status.CALM:
            ink = "bold $danger-text" if facts.status is Status.UNSTABLE else "bold $warning-text"
            told.append(shown(_(STATUS_NAMES[facts.status]).upper(), ink))
        if facts.warnings:
            told += ["", shown(_("BEFORE THE DOOR OPENS"), "$muted")]
            told += [line((_(WARNING_NAMES[one.kind]), "$muted"), (one.line, "$danger-text")) for one in facts.warnings]
        told += ["", shown(_("NIGHT CHECK"), "$muted"), self._agreement(facts, now)]
        if facts.contacts:
            told += ["", shown(_("RING"), "$muted")]
            told += [self._contact(one.name, one.role, one.phone, one.hours, now) for one in facts.contacts]
        if facts.naloxone:
            told += ["", line((_("naloxone"), "$muted"), facts.naloxone)]
        if facts.primary_contact:
            told += ["", line((_("primary contact"), "$muted"), facts.primary_contact)]
        if facts.children:
            told.append(shown(_("has children"), "$muted"))
        if facts.about:
            told += ["", shown(facts.about)]
        told += ["", line((_("lives here since"), "$muted"), f"{facts.moved_in:%d.%m.%Y}")]
        return lines(*told)

    @staticmethod
    def _presence(facts: ResidentFacts) -> Content:
        since = f"{local(facts.presence_since):%d.%m %H:%M}" if facts.presence_since else ""
        return line(_(PRESENCE_NAMES[facts.presence]), (since, "$muted"))

    @staticmethod
    def _agreement(facts: ResidentFacts, now: datetime) -> Content:
        agreement = facts.agreement
        if agreement is None:
            return shown(_("no agreement yet: knock at most"), "$warning-text")
        said = [shown(_(ROUND_FORM_NAMES[agreement.form]))]
        if expired(agreement, now):
            said.append(shown(_("has run out: knock only"), "$warning-text"))
        if agreement.consent:
            said.append(shown(agreement.consent, "$muted"))
        return lines(*said)

    @staticmethod
    def _contact(name: str, role: str, phone: str, hours: str, now: datetime) -> Content:
        answers = answers_now(hours, local(now))
        return line(
            (name, "bold" if answers else "$muted"),
            (role, "$muted"),
            phone,
            (hours, "$ok-text" if answers else "$muted"),
        )

    @on(OptionList.OptionHighlighted, "#timeline")
    def _near_the_end(self, event: OptionList.OptionHighlighted) -> None:
        if not self._all_read and event.option_index >= len(self._items) - 5:
            self._more()

    @job(exclusive=True, group="more")
    async def _more(self) -> None:
        if not self._items:
            return
        older = await self.ask(self._journal.timeline, self._resident_id, before=self._items[-1].key, limit=PAGE)
        self._all_read = len(older) < PAGE
        self._items += older
        self._list()

    def action_leave(self) -> None:
        self.dismiss(None)

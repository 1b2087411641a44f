"""Administration of residents: who lives where, what is agreed and known, and every change of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.access import Actor
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.residents.changing import Changing
from staffbase.residents.dialogs.former import FormerDialog
from staffbase.residents.dialogs.stays import AdmitDialog, LeaveDialog
from staffbase.residents.model import PRESENCE_NAMES
from staffbase.residents.rules import Door, ResidentFacts, expired
from staffbase.residents.told import (
    form_words,
    presence_words,
    told_first,
    told_more,
    validity_words,
)
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.text import column, line, lines, shown

if TYPE_CHECKING:
    from datetime import datetime

    from staffbase.residents.service import Residents

StillOpen = Callable[[Actor, int], Sequence[Content]]
"""What other rooms still have to do for a resident, in words; asked before somebody moves out."""

_NARROW, _NORMAL = 94, 144
"""Cells of a row below which columns shrink and say less."""


_TWO_COLUMNS = 100
"""Columns from which on there is room for both columns of what is told."""


class ResidentsAdmin(Changing):
    """The units in walking order, and who lives there; below, all that is known of the one the cursor is on."""

    CSS_PATH = "residents.tcss"
    HEAD = "#units-head"
    AUTO_FOCUS = "#units"
    BINDINGS = [
        Binding("enter", "open", N_("Open"), tooltip=N_("The resident's page"), id="residents.open", show=False),
        Binding("i", "admit", N_("In"), tooltip=N_("Somebody moves into a vacant unit"), id="residents.admit", show=False),
        Binding("m", "move", N_("Move"), tooltip=N_("To another unit of the house"), id="residents.move"),
        Binding("u", "moves_out", N_("Out"), tooltip=N_("The resident leaves the house"), id="residents.moves-out"),
        Binding("f", "former", N_("Former"), tooltip=N_("Who lived here, found by name"), id="residents.former", show=False),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="residents.back"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, residents: "Residents", still_open: StillOpen) -> None:
        super().__init__(desk)
        self._residents = residents
        self._still_open = still_open
        self._doors: list[Door] | None = None
        """As last read; before that nothing is said of the house."""

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="units-head")
        yield Listing(id="units")
        with VerticalScroll(id="unit-told"), Horizontal(id="unit-columns"):
            yield Static(id="unit-first")
            yield Static(id="unit-more")

    async def refresh_view(self) -> None:
        self._doors = await self.ask(self._residents.doors)
        self._show()

    # -- showing --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if self._doors is None:
            return
        units = self.query_one("#units", OptionList)
        before = units.highlighted or 0
        now = self.desk.clock.now()
        self.query_one("#units-head", Static).update(self._head(self._doors, now))
        width = (self.size.width or 120) - 6
        units.set_options([Option(self._row(door, now, width), id=str(door.unit_id)) for door in self._doors])
        if self._doors:
            units.highlighted = min(before, len(self._doors) - 1)
        self._told()

    @staticmethod
    def _head(doors: list[Door], now: "datetime") -> Content:
        living = [door.resident for door in doors if door.resident]
        free = len(doors) - len(living)
        out = sum(facts.agreement is not None and expired(facts.agreement, now) for facts in living)
        without = sum(facts.agreement is None for facts in living)
        counted = ngettext("%(count)d resident", "%(count)d residents", len(living)) % {"count": len(living)}
        vacant = ngettext("%(count)d unit vacant", "%(count)d units vacant", free) % {"count": free}
        gone = ngettext("%(count)d agreement has run out", "%(count)d agreements have run out", out) % {"count": out}
        lacking = _("%(count)d without an agreement") % {"count": without}
        parts = [
            shown(counted, "bold"),
            line(("i", "bold $accent-text"), (vacant, "$muted")) if free else shown(""),
            line(("f", "bold $accent-text"), (_("former residents"), "$muted")),
            shown(gone if out else "", "bold $danger-text"),
            shown(lacking if without else "", "$warning-text"),
        ]
        return line(*parts, between="   ")

    @staticmethod
    def _row(door: Door, now: "datetime", width: int) -> Content:
        facts = door.resident
        code = shown(door.code.ljust(5), "bold")
        if facts is None:
            return code + shown(_("vacant"), "$muted")
        name = column(17 if width < _NARROW else 26, (facts.alias, "bold"))
        presence, ink = presence_words(facts, now)
        if width < _NORMAL:
            presence = _(PRESENCE_NAMES[facts.presence])
        where = column(10 if width < _NARROW else 20 if width < _NORMAL else 40, (presence, ink or "$muted"))
        counts = line(
            (ngettext("%(count)d contact", "%(count)d contacts", len(facts.contacts)) % {"count": len(facts.contacts)} if facts.contacts else _("no contacts"), "$muted" if facts.contacts else "$warning-text"),
            ("!" * len(facts.warnings), "bold $danger-text"),
            between=" ",
        )  # fmt: skip
        room = width - code.cell_length - name.cell_length - where.cell_length - (15 if width < _NARROW else 17)
        agreed = line(form_words(facts.agreement), validity_words(facts.agreement, now), between="  ")
        if agreed.cell_length >= room:  # the rest stands below the list
            out = facts.agreement is not None and expired(facts.agreement, now)
            agreed = shown(*(validity_words(facts.agreement, now) if out else form_words(facts.agreement)))
        return code + name + where + column(room, agreed) + counts

    @on(OptionList.OptionHighlighted, "#units")
    def _told(self) -> None:
        if self._doors is None:
            return
        door = self._door()
        facts = door.resident if door else None
        first: list[str | Content] = []
        more: list[str | Content] = []
        if facts is not None:
            now = self.desk.clock.now()
            first, more = told_first(facts, now, keys=True), told_more(facts, now, keys=True)
        elif door is not None:
            first = [shown(_("%(unit)s is vacant. i: somebody moves in.") % {"unit": door.code}, "$muted")]
        else:
            first = [shown(_("The house has no units yet. A leader adds them under Units."), "$muted")]
        if self.size.width < _TWO_COLUMNS:
            first, more = [*first, *more], []
        self.query_one("#unit-first", Static).update(lines(*first))
        beside = self.query_one("#unit-more", Static)
        beside.display = bool(more)
        beside.update(lines(*more[1:]))
        self.query_one("#unit-told").scroll_home(animate=False)
        self.refresh_bindings()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)  # the list knows its new width then

    # -- choosing -------------------------------------------------------------------------------------------------

    def _door(self) -> Door | None:
        at = self.query_one("#units", OptionList).highlighted
        return self._doors[at] if self._doors and at is not None and at < len(self._doors) else None

    def facts_here(self) -> ResidentFacts | None:
        door = self._door() if self.is_mounted else None
        return door.resident if door else None

    def chosen_resident(self) -> int | None:
        facts = self.facts_here()
        return facts.id if facts else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("move", "moves_out"):
            return self.facts_here() is not None
        return super().check_action(action, parameters)

    # -- keys -----------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected, "#units")
    def _selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        facts = self.facts_here()
        if facts is not None:
            self.desk.open_resident(facts.id)
        else:
            self.action_admit()

    @job(group="change")
    async def action_admit(self) -> None:
        free = await self.free_units()
        door = self._door()
        unit_id = door.unit_id if door is not None and door.resident is None else None
        await self.app.push_screen_wait(AdmitDialog(self.desk, self._residents, free, unit_id))

    @job(group="change")
    async def action_move(self) -> None:
        if (facts := self.facts_here()) is not None:
            await self.move_resident(facts)

    @job(group="change")
    async def action_moves_out(self) -> None:
        if (facts := self.facts_here()) is not None:
            still_open = await self.ask(self._still_open, facts.id)
            await self.app.push_screen_wait(LeaveDialog(self.desk, self._residents, facts, still_open))

    @job(group="change")
    async def action_former(self) -> None:
        chosen = await self.app.push_screen_wait(FormerDialog(self.desk, self._residents))
        if chosen is not None:
            self.desk.open_resident(chosen)

    def action_leave(self) -> None:
        self.dismiss(None)

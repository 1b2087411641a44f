"""What was moved from the wrong resident or withdrawn, the last one first, each in full. Opening it stands in the ledger."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.journal.items import Correction, TimelineItem
from staffbase.journal.model import KIND_NAMES, Kind
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date, show_moment, show_time
from staffbase.notes.service import Labels
from staffbase.ui.desk import Desk
from staffbase.ui.listing import Listing
from staffbase.ui.openings import Openings
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import column, line, lines, shown

if TYPE_CHECKING:
    from staffbase.notes.service import Notes

_HIDING = (Kind.WRONG_RESIDENT, Kind.WITHDRAWN)
_DATE, _WHAT, _ABOUT, _NAME = 13, 11, 22, 13
_WIDE = 100
"""Cells from which the author has a column of their own."""
_MARGINS = 6
"""Cells beside the list, and its scrollbar."""


def hiding(item: TimelineItem) -> Correction:
    """What hid it: that it was moved, or taken back; the last one."""
    return [one for one in item.corrections if one.kind in _HIDING][-1]


class HiddenScreen(StaffScreen):
    """The list, and below it the whole of the one the cursor is on."""

    CSS_PATH = "screen.tcss"
    CURSOR_BY_ITSELF = True
    HEAD = "#hidden-head"
    AUTO_FOCUS = "#hidden"
    BINDINGS = [
        Binding("space", "read_on", N_("Read on"), tooltip=N_("Further down in what it says, and to its beginning again"), id="hidden.read-on"),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="hidden.back"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, notes: "Notes") -> None:
        super().__init__(desk)
        self._notes = notes
        self._items: list[TimelineItem] = []
        self._labels = Labels({}, {})
        self._openings = Openings()

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="hidden-head")
        yield Listing(id="hidden")
        with VerticalScroll(id="hidden-whole"):
            yield Static(id="hidden-words")

    def on_mount(self) -> None:
        self.watch(self.query_one("#hidden-whole"), "show_vertical_scrollbar", self.refresh_bindings, init=False)

    async def refresh_view(self) -> None:
        found = await self._openings.look("hidden", lambda opening: self.ask(self._notes.hidden, opening=opening))
        self._items, self._labels = found.items, found.labels
        self._show()

    # -- showing --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.is_mounted:
            return
        rows = self.query_one("#hidden", OptionList)
        here = rows.highlighted_option.id if rows.highlighted_option else None
        rows.set_options([Option(self._row(item), id=str(item.entry_id)) for item in self._items])
        keys = [str(item.entry_id) for item in self._items]
        if keys:
            rows.highlighted = keys.index(here) if here in keys else 0
        head = shown(_("Moved from the wrong resident, or withdrawn"), "bold")
        if self._items:
            said = _("%(count)d in all") % {"count": len(self._items)}
            head = line(head, (said, "$muted"), between=" · ")
        else:
            head = lines(head, "", shown(_("Nothing was moved or withdrawn here."), "$muted"))
        self.query_one("#hidden-head", Static).update(head)
        self._whole()

    def _row(self, item: TimelineItem) -> Content:
        hid = hiding(item)
        moved = hid.kind is Kind.WRONG_RESIDENT
        wide = (self.size.width or 120) >= _WIDE
        start = Content("").join(
            [
                column(_DATE, (f"{show_date(hid.recorded_at)[:6]} {show_time(hid.recorded_at)}", "bold")),
                column(_WHAT, (_("moved") if moved else _("withdrawn"), "$warning-text")),
                column(_ABOUT, (self._about(item), "bold")),
                column(_NAME, (self._labels.person(item.author_id), "$muted")) if wide else Content(""),
            ]
        )  # fmt: skip
        room = (self.size.width or 120) - _MARGINS - start.cell_length
        words = shown(item.text.replace("\n", " ")) if item.text else shown(_(KIND_NAMES[item.kind]), "$muted")
        return start + words.truncate(max(4, room), ellipsis=True)

    def _about(self, item: TimelineItem) -> str:
        """In whose record it stood; of one that was moved, where from and where to."""
        if hiding(item).kind is Kind.WRONG_RESIDENT:
            return f"{self._short(item.first_resident_id)} → {self._short(item.resident_id)}"
        return self._labels.resident(item.resident_id)

    def _short(self, resident_id: int | None) -> str:
        unit, alias = self._labels.residents.get(resident_id or 0, ("", ""))
        return unit or alias or _("the house")

    @on(OptionList.OptionHighlighted, "#hidden")
    def _whole(self) -> None:
        at = self.query_one("#hidden", OptionList).highlighted
        whole = self.query_one("#hidden-whole")
        whole.display = at is not None and at < len(self._items)
        if at is not None and at < len(self._items):
            self.query_one("#hidden-words", Static).update(self._told(self._items[at]))
            whole.scroll_home(animate=False)

    def _told(self, item: TimelineItem) -> Content:
        now, labels = self.desk.clock.now(), self._labels
        head = line(
            (labels.resident(item.first_resident_id), "bold"), (_(KIND_NAMES[item.kind]), "$muted"),
            (_("seen %(when)s") % {"when": show_moment(item.observed_from, now)}, "$muted"),
            (_("%(name)s wrote it %(when)s") % {"name": labels.person(item.author_id), "when": show_moment(item.recorded_at, now)}, "$muted"),
            between=" · ",
        )  # fmt: skip
        words = [shown(item.original_text)]
        if item.text != item.original_text:
            words.append(line((_("text corrected to"), "$muted"), item.text, between="  "))
        hid = [self._hid(one) for one in item.corrections if one.kind in _HIDING]
        return lines(head, *words, *hid)

    def _hid(self, one: Correction) -> Content:
        """Who hid it, when, and why."""
        what = (
            _("moved to %(about)s") % {"about": self._labels.resident(one.resident_id)}
            if one.kind is Kind.WRONG_RESIDENT
            else _("withdrawn")
        )
        return line(
            (show_moment(one.recorded_at, self.desk.clock.now()), "bold"),
            (self._labels.person(one.author_id), "$warning-text" if one.by_other else "$muted"),
            (what, "$warning-text"), one.text, between="  ",
        )  # fmt: skip

    def on_resize(self) -> None:
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "read_on" and not self._is_long:
            return False
        return super().check_action(action, parameters)

    @property
    def _is_long(self) -> bool:
        return any(whole.show_vertical_scrollbar for whole in self.query("#hidden-whole"))

    @on(OptionList.OptionSelected, "#hidden")
    def action_read_on(self) -> None:
        whole = self.query_one("#hidden-whole")
        if whole.scroll_y >= whole.max_scroll_y:
            whole.scroll_home(animate=False)
        else:
            whole.scroll_page_down(animate=False)

    def action_leave(self) -> None:
        self.dismiss(None)

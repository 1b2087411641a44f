"""The staff of the house: who, as what, who has not got in yet; add, change, one-time PIN, left."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.admin.dialogs import LeftDialog, PersonDialog, PinShown, Sure
from staffbase.admin.glance import role_width
from staffbase.kernel.access import ROLE_NAMES
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.people.service import PersonLine
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import column, line, shown

if TYPE_CHECKING:
    from staffbase.people.service import People

_ROOMY = 100
"""Columns from which on names and numbers get more room."""


class StaffAdmin(StaffScreen):
    """Everybody who works here, those on duty first; those who left on request."""

    CSS_PATH = "screen.tcss"
    HEAD = "#staff-head"
    AUTO_FOCUS = "#staff"
    BINDINGS = [
        Binding("a", "add", N_("New"), tooltip=N_("Somebody new"), id="staff.add"),
        Binding("enter", "open", N_("Change"), tooltip=N_("Change name, role or phone number"), id="staff.open"),
        Binding("p", "pin", N_("PIN"), tooltip=N_("Give out a one-time PIN, also when the PIN is forgotten"), id="staff.pin"),
        Binding("l", "left", N_("Left us"), tooltip=N_("Does not work here any more"), id="staff.left"),
        Binding("v", "with_left", N_("Those who left"), tooltip=N_("Show those who left too, or hide them"), id="staff.with-left", show=False),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to Administration"), id="staff.leave", show=False),
    ]  # fmt: skip

    with_left: reactive[bool] = reactive(default=False, init=False)

    def __init__(self, desk: Desk, people: "People") -> None:
        super().__init__(desk)
        self._people = people
        self._me = desk.actor
        self._shown: list[PersonLine] = []
        self._new: int | None = None
        """Who was just added, so that the cursor goes there."""

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="staff-head")
        yield Listing(id="staff")

    async def refresh_view(self) -> None:
        found = await self.ask(self._people.directory)
        before = self._here()
        here, self._new = self._new or (before.id if before else 0), None
        self._shown = [one for one in found if self.with_left or not one.left]
        rows = self.query_one("#staff", OptionList)
        rows.set_options([Option(self._row(one), id=str(one.id)) for one in self._shown])
        keys = [one.id for one in self._shown]
        rows.highlighted = keys.index(here) if here in keys else 0
        self._head(found)

    def _head(self, found: list[PersonLine]) -> None:
        working = [one for one in found if not one.left]
        left = len(found) - len(working)
        on_duty = sum(one.on_duty for one in working)
        told: list[tuple[str, str]] = [
            (ngettext("%(count)d works here", "%(count)d work here", len(working)) % {"count": len(working)}, "bold"),
            (ngettext("%(count)d on duty", "%(count)d on duty", on_duty) % {"count": on_duty}, ""),
        ]
        if left:
            words = _("hide: v") if self.with_left else _("show: v")
            told.append((ngettext("%(count)d has left", "%(count)d have left", left) % {"count": left} + f" ({words})", "$muted"))  # fmt: skip
        if waiting := sum(not one.has_pin for one in working):
            words = ngettext("%(count)d without PIN", "%(count)d without PIN", waiting) % {"count": waiting}
            told.append((words, "$warning-text"))
        told.append((_("enter changes · esc leads back"), "$muted"))
        self.query_one("#staff-head", Static).update(line(*told, between="   "))

    def _row(self, one: PersonLine) -> Content:
        roomy = self.size.width >= _ROOMY
        name, role, phone, duty = (24, role_width() + 2, 16, 12) if roomy else (15, role_width() + 1, 13, 0)
        quiet = "$muted" if one.left else ""
        return line(
            ("● ", "$ok-text") if one.on_duty else "  ",
            column(name, (one.name, "$muted" if one.left else "bold")),
            column(role, (_(ROLE_NAMES[one.role]), quiet)),
            column(phone, (one.phone or "–", "$muted")),
            column(duty, (_("on duty") if one.on_duty else "", "$ok-text")) if duty else "",
            _pin(one),
            between="",
        )

    def on_resize(self) -> None:
        self.look_again()

    def watch_with_left(self) -> None:
        self.look_again()

    def _here(self) -> PersonLine | None:
        at = self.query_one("#staff", OptionList).highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def _working(self) -> PersonLine | None:
        """The one the cursor is on, unless they left."""
        one = self._here()
        if one is not None and one.left:
            self.notify(
                _("%(name)s no longer works here. Who comes back is added anew.") % {"name": one.name}, markup=False
            )
            return None
        return one

    @on(OptionList.OptionSelected, "#staff")
    def _selected(self) -> None:
        self.action_open()

    def action_with_left(self) -> None:
        self.with_left = not self.with_left

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_add(self) -> None:
        self._edit(None)

    def action_open(self) -> None:
        if (one := self._working()) is not None:
            self._edit(one)

    @job(group="staff")
    async def _edit(self, one: PersonLine | None) -> None:
        dialog = PersonDialog(self.desk, self._people, one)
        saved = await self.app.push_screen_wait(dialog)
        if saved and one is None:
            self._new = dialog.person_id
            await self.read_again()
        if saved and dialog.give_pin:
            await self._give_pin(dialog.person_id)
        await self._after(one)

    def action_pin(self) -> None:
        if (one := self._working()) is not None:
            self._pin_for(one)

    @job(group="staff")
    async def _pin_for(self, one: PersonLine) -> None:
        if one.has_pin and not one.one_time_pin:
            title = _("A new one-time PIN for %(name)s?") % {"name": one.name}
            told = _("%(name)s has a PIN already; it stops working as soon as there is a new one.")
            sure = Sure(self.desk, title, (told % {"name": one.name},), _("give out a one-time PIN"))
            if not await self.app.push_screen_wait(sure):
                return
        await self._give_pin(one.id)
        await self._after(one)

    async def _give_pin(self, person_id: int) -> None:
        pin = await self.ask(self._people.issue_pin, person_id)
        names = await self.ask(self._people.names)
        await self.app.push_screen_wait(PinShown(self.desk, names[person_id], pin))

    def action_left(self) -> None:
        if (one := self._working()) is not None:
            self._left(one)

    @job(group="staff")
    async def _left(self, one: PersonLine) -> None:
        if await self.app.push_screen_wait(LeftDialog(self.desk, self._people, one)):
            await self._after(one)

    async def _after(self, one: PersonLine | None) -> None:
        """Show it. Whoever changed their own role or left goes by the new one from now on."""
        await self.read_again()
        if one is not None and one.id == self._me.person_id:
            now = next((line for line in self._shown if line.id == one.id), None)
            if now is None or now.left or now.role is not self._me.role:
                self.desk.lock()


def _pin(one: PersonLine) -> Content:
    if one.left:
        return shown(_("has left"), "$muted")
    if not one.has_pin:
        return shown(_("no PIN"), "$warning-text")
    if one.one_time_pin:
        return shown(_("one-time PIN not used yet"), "$warning-text")
    if one.waits_seconds:
        return shown(_("waits after wrong PINs"), "$warning-text")
    return shown(_("own PIN"), "$muted")

"""Dialogs about oneself and one's colleagues: a new PIN, whether one is on duty, and who is."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.access import ROLE_NAMES
from staffbase.kernel.clock import local
from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.people.model import SHIFT_NAMES
from staffbase.people.rules import PIN_DIGITS_MOST, ShiftSpan, time_ahead
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.people.service import OnDuty, People, PersonLine


def _clock(moment: datetime) -> str:
    return local(moment).strftime("%H:%M")


class ChangePinDialog(FormDialog[bool]):
    """A new PIN, typed twice. `old` is given when the person has just signed in with a one-time PIN."""

    title_text = N_("Choose your own PIN")
    AUTO_FOCUS = "Input"

    def __init__(self, desk: Desk, people: "People", old: str = "") -> None:
        super().__init__(desk)
        self._people = people
        self._old = old

    def compose_form(self) -> ComposeResult:
        if not self._old:
            yield Label(_("The PIN you have now"))
            yield self._field("old")
        yield Label(_("New PIN"))
        yield self._field("pin")
        yield Label(_("The new PIN once more"))
        yield self._field("again")
        yield Static(
            _("At least six digits; not a row, not repeated digits, not a birthday. Nobody else can read it."),
            classes="hint",
        )

    def _field(self, name: str) -> LineField:
        return LineField(password=True, id=name, max_length=PIN_DIGITS_MOST, restrict=r"[0-9]*")

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", LineField).value

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == "again":
            self.action_save()
        else:
            self.focus_next()

    async def save(self) -> bool:
        """Change the PIN. Raises what the service raises, and Invalid when the two differ."""
        if self._typed("pin") != self._typed("again"):
            self.query_one("#again", LineField).value = ""
            raise Invalid(_("The two new PINs are not the same. Type them again."), "again")
        await self.ask(self._people.change_pin, self._old or self._typed("old"), self._typed("pin"))
        if not self._old:
            self.app.notify(_("Your new PIN counts from now on."), markup=False)
        return True


class DutyQuestionDialog(StaffDialog[bool]):
    """Asked once a shift, at the first sign-in: on duty, or here for something else? Esc leaves it open."""

    AUTO_FOCUS = "OptionList"

    def __init__(self, desk: Desk, span: ShiftSpan) -> None:
        super().__init__(desk)
        self.span = span

    def dialog_title(self) -> str:
        return _("On duty, %(shift)s %(from)s–%(until)s?") % {
            "shift": _(SHIFT_NAMES[self.span.name]),
            "from": _clock(self.span.begins_at),
            "until": _clock(self.span.ends_at),
        }

    def compose_form(self) -> ComposeResult:
        yield Listing(Option(_("Yes, I am on duty"), id="yes"), Option(_("No, here for something else"), id="no"))
        yield Static(_("Your reading begins at your last duty. You are asked once a shift."), classes="hint")

    @on(OptionList.OptionSelected)
    def _answered(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id == "yes")


async def ask_duty(app: App[Any], desk: Desk, people: "People") -> None:
    """Ask the person who has just signed in whether they are on duty, if that is to be asked, and do what they say."""
    actor = desk.actor
    span = await asyncio.to_thread(people.duty_question, actor)
    if span is None:
        return
    answer = await app.push_screen_wait(DutyQuestionDialog(desk, span))
    if answer is True:
        await asyncio.to_thread(people.go_on_duty, actor, None, span.name)
    elif answer is False:
        await asyncio.to_thread(people.decline_duty, actor)


class WhoIsOnDutyDialog(StaffDialog[None]):
    """Who is on duty, and everybody who could be. Colleagues who never touch the PC are put on and off duty here."""

    title_text = N_("Who is on duty")
    DEFAULT_CSS = "WhoIsOnDutyDialog #staff { max-height: 14; }"
    AUTO_FOCUS = "OptionList"
    BINDINGS = [
        Binding("e", "elsewhere", N_("At another house"), tooltip=N_("At another house, back about a time"), id="duty.elsewhere"),
        Binding("o", "on_site", N_("On site"), tooltip=N_("Here again"), id="duty.on-site"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, people: "People") -> None:
        super().__init__(desk)
        self._people = people
        self._on: dict[int, OnDuty] = {}
        self._lines: list[PersonLine] = []
        self._going: int | None = None
        """Who goes to another house, while the time is typed."""

    def compose_form(self) -> ComposeResult:
        yield Listing(id="staff")
        yield LineField(placeholder=_("back about, such as 03:30"), id="time", max_length=5)
        yield Static(_("enter on and off duty · e at another house · o on site · esc back"), classes="hint")

    def on_mount(self) -> None:
        self.query_one("#time").display = False
        self._look()

    @job(exclusive=True, group="duty-look")
    async def _look(self) -> None:
        self._on = {duty.person_id: duty for duty in await self.ask(self._people.on_duty)}
        self._lines = [person for person in await self.ask(self._people.directory) if not person.left]
        staff = self.query_one("#staff", OptionList)
        before = staff.highlighted_option.id if staff.highlighted_option else None
        staff.set_options([Option(self._told(person), id=str(person.id)) for person in self._lines])
        keys = [str(person.id) for person in self._lines]
        staff.highlighted = keys.index(before) if before in keys else 0

    def _told(self, person: "PersonLine") -> Content:
        duty = self._on.get(person.id)
        name = shown(person.name.ljust(12), "bold" if duty else "")
        role = (_(ROLE_NAMES[person.role]).ljust(14), "$muted")
        if duty is None:
            return line("  ", name, role)
        hours = f"{_(SHIFT_NAMES[duty.shift])} {_clock(duty.begins_at)}–{_clock(duty.ends_at)}"
        if duty.back_about is None:
            return line(("● ", "$ok-text"), name, role, hours)
        away = _("back about %(time)s") % {"time": _clock(duty.back_about)}
        return line(("○ ", "$warning-text"), name, role, hours, (away, "$warning-text"))

    def _highlighted(self) -> int | None:
        option = self.query_one("#staff", OptionList).highlighted_option
        return int(option.id) if option is not None and option.id else None

    @on(OptionList.OptionSelected, "#staff")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._toggle(int(event.option_id or 0))

    @job(group="duty")
    async def _toggle(self, person_id: int) -> None:
        if person_id in self._on:
            await self._try(self._people.go_off_duty, person_id)
        else:
            await self._try(self._people.go_on_duty, person_id)

    async def _try(self, function: Any, *args: Any) -> bool:
        """Call the service; what it refuses is said at the foot. True when it was done."""
        try:
            await self.ask(function, *args)
        except StaffbaseError as error:
            self.say(str(error))
            return False
        self.say("")
        self._look()
        return True

    def action_elsewhere(self) -> None:
        self._going = self._highlighted()
        if self._going not in self._on:
            self.say(_("Choose somebody who is on duty."))
            return
        field = self.query_one("#time", LineField)
        field.value = ""
        field.display = True
        field.focus()
        self.say("")

    @on(Input.Submitted, "#time")
    def _time_given(self) -> None:
        self._go(self.query_one("#time", LineField).value)

    @job(group="duty")
    async def _go(self, typed: str) -> None:
        try:
            back = time_ahead(typed, self.desk.clock.now())
        except Invalid as error:
            self.say(str(error))
            return
        if await self._try(self._people.elsewhere, back, self._going):
            self._hide_time()

    def _hide_time(self) -> None:
        self.query_one("#time").display = False
        self.query_one("#staff").focus()

    @job(group="duty")
    async def action_on_site(self) -> None:
        chosen = self._highlighted()
        if chosen not in self._on:
            self.say(_("Choose somebody who is on duty."))
            return
        await self._try(self._people.on_site, chosen)

    def action_leave(self) -> None:
        if self.query_one("#time").display:
            self._hide_time()
        else:
            self.dismiss(None)

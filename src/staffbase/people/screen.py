"""The door: the screen one signs in at and the screen that stands there when the station is locked.

It shows nothing personal but staff names: clock, unit codes with signs for the present window, the walk, and always the
emergency numbers, the address and the on-call number. It knows no database: the app hands it DoorFacts, and typing may
begin before the database is open.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.people.door import EMERGENCY, DoorFacts, DoorPerson
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.screen import in_words
from staffbase.ui.text import labelled, line, lines, shown


@dataclass(frozen=True)
class DoorState:
    """What the app says at the door."""

    facts: DoorFacts = field(default_factory=DoorFacts)
    ready: bool = False
    """The database is open."""
    note: str = ""
    """Why nobody can sign in yet, or what goes on."""
    locked_by: int | None = None
    """The last signed-in person, who needs the PIN only."""
    pins: tuple[tuple[str, str], ...] = ()
    """The demo's PINs by name."""


class NameField(LineField):
    """Typing here narrows the list; up and down move in it."""

    BINDINGS = [
        Binding("enter", "submit", N_("Choose"), tooltip=N_("Take this name and go on to the PIN"), id="door.name"),
        Binding("down", "screen.move(1)", show=False),
        Binding("up", "screen.move(-1)", show=False),
    ]


class PinField(LineField):
    """The PIN, never shown."""

    BINDINGS = [Binding("enter", "submit", N_("Sign in"), tooltip=N_("Sign in with this PIN"), id="door.pin")]


class DoorScreen(Screen[None]):
    """Sign-in and lock in one."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal")]
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "NameField"
    BINDINGS = [
        Binding("escape", "other", N_("Somebody else"), tooltip=N_("Sign in as somebody else"), id="door.other"),
    ]

    state: reactive[DoorState] = reactive(DoorState(), init=False)
    clock_text: reactive[str] = reactive("", init=False)

    def __init__(self, sign_in: Callable[[int, str], Awaitable[None]]) -> None:
        super().__init__()
        self._sign_in = sign_in
        self._chosen: DoorPerson | None = None
        self._somebody_else = False
        """Another than the last one wants to sign in: the PIN is not asked of the last one until it is locked again."""
        self._waiting = False
        self._open = asyncio.Event()

    def compose(self) -> ComposeResult:
        with Horizontal(id="door"):
            with Vertical(id="who"):
                yield Static(id="door-house")
                yield Static(id="door-clock")
                yield NameField(placeholder=_("name"), id="name")
                yield PinField(placeholder=_("PIN"), password=True, id="pin", max_length=12)
                yield Label("", id="door-said", classes="fault")
                yield Listing(id="people")
                yield Label("", id="door-note", classes="muted")
            with Vertical(id="numbers"):
                yield Static(_("IN AN EMERGENCY"), classes="heading")
                yield Static(self._emergency(), id="emergency")
                yield Static(id="address")
                yield Static(id="window")
                yield Static(id="walk")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#people", OptionList).can_focus = False
        self._show()

    def watch_state(self) -> None:
        if self._stands:
            self._show()
        if self.state.ready:
            self._open.set()

    def watch_clock_text(self) -> None:
        if self._stands:
            self.query_one("#door-clock", Static).update(shown(self.clock_text, "$muted"))

    @property
    def _stands(self) -> bool:
        """Not while another language takes it down, and another is put up."""
        return self.is_mounted and bool(self.query("#door-clock"))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        return in_words(super().active_bindings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "other":
            return self._chosen is not None
        return super().check_action(action, parameters)

    def locked(self, by: int | None) -> None:
        """Empty the fields; with a last person, ask for the PIN only."""
        self._somebody_else = False
        self._chosen = next((person for person in self.state.facts.people if person.id == by), None)
        self.query_one(PinField).value = ""
        self.query_one(NameField).value = self._chosen.name if self._chosen else ""
        self.say("")
        (self.query_one(PinField) if self._chosen else self.query_one(NameField)).focus()
        self.refresh_bindings()

    def say(self, sentence: str) -> None:
        """One sentence under the PIN."""
        self.query_one("#door-said", Label).update(shown(sentence))

    def _show(self) -> None:
        facts = self.state.facts
        self.query_one("#door-house", Static).update(line((facts.house or "staffbase", "bold")))
        self.query_one("#door-note", Label).update(shown(self.state.note))
        told = [shown(part) for part in (facts.address, facts.entrance) if part]
        if facts.oncall_phone:
            told.append(labelled(_("on call"), facts.oncall_name))
            told.append(shown(facts.oncall_phone, "bold"))  # a line of its own: a number must not break
        self.query_one("#address", Static).update(lines(*told))
        signs = {"done": ("✓", "$ok-text"), "open": ("○", "$warning-text"), "none": ("–", "$muted")}
        units = [line(code, signs[state], between=" ") for code, state in facts.units]
        rows = [Content("  ").join(units[start : start + 5]) for start in range(0, len(units), 5)]
        heading = [shown(facts.window, "$muted")] if facts.window else []
        missed = [shown(facts.missed, "bold $danger-text")] if facts.missed else []
        self.query_one("#window", Static).update(lines(*missed, *heading, *rows))
        style = "bold $danger-text" if facts.walk_overdue else "$warning-text"
        self.query_one("#walk", Static).update(shown(facts.walk, style))
        untouched = self._chosen is None and not self._somebody_else and not self.query_one(NameField).value
        if untouched and self.state.locked_by is not None:
            self.locked(self.state.locked_by)
        self._list()

    def _emergency(self) -> Content:
        return lines(
            *(line((number.rjust(7), "bold $danger-text"), _(what), between="  ") for number, what in EMERGENCY)
        )

    def _matching(self) -> list[DoorPerson]:
        typed = self.query_one(NameField).value.strip().casefold()
        people = sorted(self.state.facts.people, key=lambda person: (not person.on_duty, person.name.casefold()))
        return [person for person in people if person.name.casefold().startswith(typed)] or [
            person for person in people if typed in person.name.casefold()
        ]

    def _meant(self) -> DoorPerson | None:
        """Who the typed name can only mean: the one it names whole, or the only one it begins."""
        matching = self._matching()
        typed = self.query_one(NameField).value.strip().casefold()
        whole = [person for person in matching if person.name.casefold() == typed]
        return next(iter(whole if len(whole) == 1 else matching if len(matching) == 1 else ()), None)

    def _list(self) -> None:
        pins = dict(self.state.pins)
        matching = self._matching()
        longest = max((cell_len(person.name) for person in matching), default=0)
        options = [
            Option(
                line(
                    shown(person.name + " " * (longest - cell_len(person.name)), "bold" if person.on_duty else ""),
                    (pins[person.name], "$accent-text") if person.name in pins else "",
                    (person.role, "$muted"),
                    (person.away, "$warning-text")
                    if person.away
                    else (_("on duty"), "$ok-text")
                    if person.on_duty
                    else "",
                    between="  ",
                )
            )
            for person in matching
        ]
        people = self.query_one("#people", OptionList)
        before = people.highlighted
        people.set_options(options)
        if options:
            people.highlighted = min(before or 0, len(options) - 1)

    @on(Input.Changed, "#name")
    def _narrow(self) -> None:
        if self._chosen and self.query_one(NameField).value != self._chosen.name:
            self._chosen = None
            self.refresh_bindings()
        self.query_one("#people", OptionList).highlighted = None
        self._list()

    def action_move(self, step: int) -> None:
        people = self.query_one("#people", OptionList)
        if people.option_count:
            people.highlighted = ((people.highlighted or 0) + step) % people.option_count

    @on(Input.Submitted, "#name")
    def _name_given(self) -> None:
        matching = self._matching()
        if not self.state.ready:
            self.query_one(PinField).focus()
            return
        if not matching:
            self.say(_("Nobody here has that name."))
            return
        index = self.query_one("#people", OptionList).highlighted or 0
        self._choose(matching[index])

    @on(OptionList.OptionSelected, "#people")
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._choose(self._matching()[event.option_index])

    def _choose(self, person: DoorPerson) -> None:
        self._chosen = person
        self.say("")
        with self.prevent(Input.Changed):
            self.query_one(NameField).value = person.name
        self._list()
        self.query_one(PinField).focus()
        self.refresh_bindings()

    @on(Input.Submitted, "#pin")
    def _pin_given(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._enter()

    @job(group="sign-in")
    async def _enter(self) -> None:
        """Sign in as soon as the station is open; what is typed after the PIN waits for the board."""
        try:
            if not self.state.ready:
                self.say(_("One moment: the station is opening."))
                await self._open.wait()
            if self._chosen is None:
                meant = self._meant()
                if meant is None:
                    self.say(_("Choose your name first."))
                    self.query_one(NameField).focus()
                    return
                self._choose(meant)
            await self._try()
        finally:
            self._waiting = False

    async def _try(self) -> None:
        field_ = self.query_one(PinField)
        pin, field_.value = field_.value, ""
        self.say("")
        assert self._chosen is not None  # noqa: S101  (chosen before this is called)
        try:
            await self._sign_in(self._chosen.id, pin)
        except StaffbaseError as error:
            self.say(str(error))

    def action_other(self) -> None:
        self._chosen, self._somebody_else = None, True
        self.query_one(NameField).value = ""
        self.query_one(PinField).value = ""
        self.query_one(NameField).focus()
        self.say("")
        self.refresh_bindings()

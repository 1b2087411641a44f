"""The base of every section: the strip on top, the room's own body, the footer; and the keys that work everywhere."""

import asyncio
import re
from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from staffbase.kernel.i18n import N_, _
from staffbase.ui.desk import Desk
from staffbase.ui.footer import KeyFooter
from staffbase.ui.job import Asks, job, keys_wait
from staffbase.ui.strip import StripFacts
from staffbase.ui.text import line, shown
from staffbase.ui.words import Words

MOMENT_SECONDS = 0.4
"""How long a first reading may take before the screen says that it is under way."""

NAMED_ACTIONS = frozenset(
    {
        "write_note",
        "open_card",
        "start_incident",
        "extra_check",
        "search",
        "who_is_on_duty",
        "change_pin",
        "open_drafts",
        "emergency_access",
        "access_log",
        "hidden_entries",
        "erase_entry",
    }
)
"""What other rooms do for every screen, through the desk."""


_FUNCTION_KEY = re.compile(r"f[0-9]{1,2}")
"""Written as it stands on the keyboard and in every text."""


def in_words(bindings: dict[str, ActiveBinding]) -> dict[str, ActiveBinding]:
    """Our bindings with label and tooltip in the person's language; footer, key panel and palette all read this.

    Textual's own keys, such as tab and page down, work and are not listed: they are no different from anywhere else.
    """
    return {
        key: active._replace(
            binding=_translated(active.binding), tooltip=_(active.tooltip) if active.tooltip else active.tooltip
        )
        for key, active in bindings.items()
        if active.binding.id
    }


def _translated(binding: Binding) -> Binding:
    from dataclasses import replace  # noqa: PLC0415

    shown_as = binding.key_display or (binding.key.upper() if _FUNCTION_KEY.fullmatch(binding.key) else None)
    return replace(binding, key_display=shown_as, description=_(binding.description), tooltip=_(binding.tooltip))


def _people(facts: StripFacts) -> tuple[Content, list[Content]]:
    """Who is signed in, and that with who else is on duty: marked by a shape and words, not by a colour alone."""
    others = shown(" · ".join(facts.on_duty))
    if not facts.signed_in:
        return Content(""), [others]
    if facts.me_on_duty:
        me = line("▸", (facts.signed_in, "bold underline"))
        return me, [line(me, others, between=" · ")]
    me = line(_("signed in:"), (facts.signed_in, "bold underline"))
    return me, [others, me]


class StatusStrip(Words):
    """House, shift, day, who is on duty, the next round, what waits, and the clock: the same place on every screen.

    Who is signed in stands there longest: what is written here is written in that name.
    """

    _facts = StripFacts()

    def on_resize(self) -> None:
        """Another width has room for more, or less."""
        self.show(self._facts)

    def show(self, facts: StripFacts) -> None:
        """Say this from now on."""
        self._facts = facts
        house, shift, day = shown(facts.house, "bold"), shown(facts.shift, "$muted"), shown(facts.day)
        me, people = _people(facts)
        note, end = shown(facts.duty_note, "bold $warning-text"), shown(facts.clock, "bold")
        notices = [shown(notice, "$warning-text") for notice in facts.notices]
        whole = [house, shift, day, *people, note]
        width, between = self.size.width or 120, Content("   ")
        tries = (
            [*whole, shown(facts.next_round, "$muted")], whole, [house, day, *people, note], [day, *people, note],
            [*people, note], [me, note], [me],
        )  # fmt: skip
        right = between.join([*notices, end])
        for parts in tries:
            start = between.join(part for part in parts if part.plain)
            if start.cell_length + right.cell_length + between.cell_length <= width:
                break
        else:
            start = me.truncate(max(1, width - right.cell_length - 1), ellipsis=True)
        self.update(start + Content(" " * max(1, width - start.cell_length - right.cell_length)) + right)


_CHOOSING = frozenset({"up", "down", "home", "end", "pageup", "pagedown"})


class StaffScreen(Asks, Screen[None]):
    """A section. Rooms subclass it: `compose_body`, `refresh_view`, and `chosen_resident` where a cursor is on one."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]
    BINDINGS = [
        Binding("n", "write_note", N_("Note"), tooltip=N_("Write a note"), id="anywhere.note"),
        Binding("k", "open_card", N_("Crisis card"), tooltip=N_("Open a crisis card"), id="anywhere.card"),
        Binding("f2", "open_card", N_("Crisis card"), tooltip=N_("Open the crisis card, even while typing"), id="anywhere.card-typing", show=False, priority=True),
        Binding("h", "start_incident", N_("Incident"), tooltip=N_("Start an incident"), id="anywhere.incident"),
        Binding("x", "extra_check", N_("Extra check"), tooltip=N_("Record an extra check"), id="anywhere.extra-check", show=False),
        Binding("slash", "search", N_("Search"), tooltip=N_("Search in what was written"), id="anywhere.search", key_display="/"),
        Binding("escape", "to_board", N_("Board"), tooltip=N_("Back to the board"), id="anywhere.board", show=False),
        Binding("f4", "who_is_on_duty", N_("On duty"), tooltip=N_("Who is on duty; put colleagues on and off"), id="anywhere.on-duty", show=False),
        Binding("f6", "change_pin", N_("My PIN"), tooltip=N_("Choose a new PIN for yourself"), id="anywhere.pin", show=False),
        Binding("f7", "open_drafts", N_("My drafts"), tooltip=N_("What you have half written, and back to it"), id="anywhere.drafts", show=False),
        Binding("f8", "emergency_access", N_("Emergency access"), tooltip=N_("Open what lies outside your own shifts, with a reason"), id="anywhere.emergency-access", show=False),
        Binding("f9", "access_log", N_("Access log"), tooltip=N_("Who opened what of a resident, when and why"), id="anywhere.access-log", show=False),
    ]  # fmt: skip

    HEAD: ClassVar[str] = ""
    """Where it is said that the first reading takes a moment. Until it is done, a room says nothing that may be untrue."""

    has_read = False
    """Whether what is true has been read and shown at least once."""

    SAID_KEYS: ClassVar[frozenset[str]] = frozenset()
    """Keys that the room says in its own words: the crisis card stands in the footer before them."""

    CURSOR_BY_ITSELF: ClassVar[bool] = False
    """A list whose cursor stands on somebody whom nobody has chosen. Until a hand moves it, nothing is written about them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._awaited = True
        """Whether somebody waits to see what is true."""
        self._moved_by_hand = False
        self._reading_now = asyncio.Lock()
        self._drawn_for: Size | None = None

    def compose(self) -> ComposeResult:
        yield StatusStrip()
        yield from self.compose_body()
        yield KeyFooter()

    def compose_body(self) -> Iterable[Widget]:
        """The room's own widgets."""
        return ()

    async def refresh_view(self) -> None:
        """Show what is true now. Called at first show and within two seconds of any change in the database."""

    def chosen_resident(self) -> int | None:
        """The resident the cursor is on, if any."""
        return None

    def meant_resident(self) -> int | None:
        """Whom a note, an incident or an extra check begun here is about: whoever was chosen by hand; else it is asked."""
        return self.chosen_resident() if self._moved_by_hand or not self.CURSOR_BY_ITSELF else None

    def forget_choice(self) -> None:
        """Nobody is chosen any more: the cursor moved on by itself, or the screen was locked in between."""
        self._moved_by_hand = False

    def on_key(self, event: events.Key) -> None:
        """An arrow up or down, a page, home and end choose."""
        if event.key in _CHOOSING:
            self._moved_by_hand = True

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """So does a click into a list; one on the footer is a key."""
        self._moved_by_hand = self._moved_by_hand or self.get_widget_at(event.screen_x, event.screen_y)[0].can_focus

    def on_screen_resume(self) -> None:
        if self._drawn_for not in (None, self.app.size):  # another size while a dialog or a section lay over it
            self.post_message(events.Resize(self.app.size, self.app.size))
        self.show_strip()
        self.look_again()
        if self.HEAD and not self.has_read:
            self.set_timer(MOMENT_SECONDS, self._one_moment)

    def _one_moment(self) -> None:
        if not self.has_read:
            for head in self.query(self.HEAD).results(Static):
                head.update(shown(_("One moment …"), "$muted"))

    def on_resize(self) -> None:
        """A room's own handler comes first, and Textual calls this one after it: rooms do not."""
        self._drawn_for = self.app.size
        self.show_strip()

    async def read_again(self) -> None:
        """Read and show what is true now. One reading at a time: what a slower, earlier one found never comes on top."""
        async with self._reading_now:
            await self.refresh_view()

    def show_strip(self) -> None:
        """Say in the strip what is true now."""
        for strip in self.query(StatusStrip):
            strip.show(self.desk.strip_facts)

    def look_again(self) -> None:
        """Show what is true now, because of something one did: what is typed next waits for it."""
        self._awaited = True
        keys_wait(self, self._look_now)

    def see_changes(self) -> None:
        """Show what has changed by itself, behind what one does; a newer look replaces one under way."""
        if self._awaited:
            keys_wait(self, self._look_now)
        else:
            self._look_now()

    @job(exclusive=True, group="refresh")
    async def _look_now(self) -> None:
        await self.read_again()
        self.has_read = True
        self._awaited = False

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        return in_words(super().active_bindings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A named action that this station does not have, or this person may not use, is absent and no stub."""
        if action in NAMED_ACTIONS:
            return self.desk.offers(action)
        return super().check_action(action, parameters)

    def action_write_note(self) -> None:
        self.desk.write_note(self.meant_resident())

    def action_open_card(self) -> None:
        resident = self.chosen_resident()
        if resident is None:
            self.desk.choose_resident(self.desk.open_card)
        else:
            self.desk.open_card(resident)

    def action_start_incident(self) -> None:
        self.desk.start_incident(self.meant_resident())

    def action_extra_check(self) -> None:
        self.desk.extra_check(self.meant_resident())

    def action_to_board(self) -> None:
        """Where nothing else is left to go back to, esc leads to the board."""
        self.desk.show_section("board")

    def action_search(self) -> None:
        self.desk.search()

    def action_who_is_on_duty(self) -> None:
        self.desk.who_is_on_duty()

    def action_change_pin(self) -> None:
        self.desk.change_pin()

    def action_open_drafts(self) -> None:
        self.desk.open_drafts()

    def action_emergency_access(self) -> None:
        resident = self.meant_resident()
        if resident is None:
            self.desk.choose_resident(self.desk.emergency_access)
        else:
            self.desk.emergency_access(resident)

    def action_access_log(self) -> None:
        self.desk.access_log(self.chosen_resident())

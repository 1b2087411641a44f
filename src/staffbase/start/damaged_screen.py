"""The station is damaged: what is, what still works, whom to ring, and the newest good backup put back from here."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input, Label, OptionList, Static

from staffbase.exchange.found_backups import FoundBackup, Worth
from staffbase.kernel.apart import apart
from staffbase.kernel.clock import local
from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.opening import Opened
from staffbase.people.rules import PIN_DIGITS_MOST
from staffbase.start.page import Answer, Secret, StartScreen, hint, label
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.exchange.restored import Restored
    from staffbase.start.way_back import WayBack
    from staffbase.start.way_in import WayIn

WORTH_WORDS = {
    Worth.UNSEEN: N_("not looked over yet"),
    Worth.WHOLE: N_("whole, verified"),
    Worth.CHANGED: N_("changed outside staffbase"),
    Worth.CLOSED: N_("the recovery identity opens it"),
    Worth.BROKEN: N_("damaged"),
}
_STYLES = {
    Worth.UNSEEN: "$muted",
    Worth.WHOLE: "$ok-text",
    Worth.CHANGED: "$warning-text",
    Worth.CLOSED: "$muted",
    Worth.BROKEN: "$danger-text",
}


class DamagedScreen(StartScreen):
    """Offers the backups, and answers with the station made of one."""

    BINDINGS = [
        Binding("up", "step(-1)", N_("Choose"), tooltip=N_("The backup before in the list"), id="damaged.newer", key_display="↑↓", priority=True),
        Binding("down", "step(1)", N_("Older"), tooltip=N_("The next backup in the list"), id="damaged.older", show=False, priority=True),
        Binding("f2", "cards", N_("Crisis cards"), tooltip=N_("Read the crisis cards in the marked backup"), id="damaged.cards", key_display="F2", priority=True),
        Binding("enter", "on", N_("Go on"), tooltip=N_("Put the marked backup back"), id="damaged.on"),
        Binding("ctrl+r", "ask('recovery')", N_("From the safe"), tooltip=N_("With the recovery identity from the safe"), id="damaged.recovery"),
        Binding("ctrl+n", "ask('leader')", N_("Leader"), tooltip=N_("With a leader's name and PIN"), id="damaged.leader"),
        Binding("ctrl+o", "ask('file')", N_("Another backup"), tooltip=N_("A backup on a stick or another drive"), id="damaged.file"),
    ]  # fmt: skip

    def __init__(self, way_in: "WayIn", error: StaffbaseError, back: "WayBack | None" = None) -> None:
        super().__init__(way_in)
        self._error = error
        self._back = back or way_in.way_back()
        self._leader_is_enough = False
        self._backups: list[FoundBackup] = []
        self._looking = ""
        self._asking = ""
        self._chosen_by_hand = False
        self._done: Restored | None = None

    def compose_page(self) -> ComposeResult:
        with VerticalScroll(id="page", can_focus=False):
            yield Static(shown(_("The station is damaged"), "bold $danger-text"), classes="title", id="damaged-title")
            with ContentSwitcher(initial="offer", id="damaged"):
                with Vertical(id="offer", classes="step"):
                    yield from self._offer()
                with Vertical(id="told", classes="step"):
                    yield Static(id="restored")
            yield Label("", classes="fault", id="fault")
            yield Static(id="ring")

    def _offer(self) -> Iterable[Widget]:
        yield Static(lines(shown(str(self._error), "$warning-text"), shown(self._works())), id="what")
        yield Static(shown(_("BACKUPS"), "$muted"), classes="heading")
        yield Listing(id="backups", markup=False)
        with ContentSwitcher(initial="none", id="asked"):
            yield Static(id="none")
            with Vertical(id="leader", classes="step"):
                yield hint(_("A leader puts the marked backup back, with name and PIN:"))
                with Horizontal(classes="pair"):
                    yield Answer("name", classes="short", placeholder=_("name"))
                    yield Secret(
                        "pin", classes="short", placeholder=_("PIN"), max_length=PIN_DIGITS_MOST, restrict=r"[0-9]*"
                    )
            with Vertical(id="recovery", classes="step"):
                yield label(_("Recovery identity, from the municipality's safe"))
                yield Answer("identity", placeholder="AGE-SECRET-KEY-1 …")
            with Vertical(id="file", classes="step"):
                yield label(_("The backup's file, with its folder"))
                yield Answer("path")

    @staticmethod
    def _works() -> str:
        return _(
            "Write on paper meanwhile. F2, with name and PIN, reads the crisis cards in the backup. What lies here is kept whole."
        )

    # -- what is found --------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.query_one("#backups", OptionList).can_focus = False
        self._find()

    @job(group="find", behind=True)
    async def _find(self) -> None:
        """The backups at hand, looked over from the newest on."""
        self._backups = await asyncio.to_thread(self._back.at_hand)
        self._leader_is_enough = await asyncio.to_thread(self._back.opens_by_itself)
        self.action_ask("leader" if self._leader_is_enough else "recovery")
        self._draw()
        await self._look_over()

    async def _look_over(self, recovery_identity: str = "") -> None:
        for number, found in enumerate(self._backups):
            if self._done is not None:
                return
            if found.worth is Worth.UNSEEN or (recovery_identity and found.worth is Worth.CLOSED):
                self._looking = str(found.file)
                self._draw()
                looked = await asyncio.wrap_future(apart(partial(self._back.look, found, recovery_identity)))
                self._looking = ""
                if self._backups[number : number + 1] == [found]:
                    self._backups[number] = looked
                self._draw()

    def _draw(self) -> None:
        listed = self.query_one("#backups", OptionList)
        marked = listed.highlighted
        listed.clear_options()
        listed.add_options([Content.assemble(self._row(found)) for found in self._backups])
        good = next((number for number, found in enumerate(self._backups) if found.good), None)
        if self._backups:
            listed.highlighted = marked if self._chosen_by_hand and marked is not None else (good or 0)
        listed.display = bool(self._backups)
        self.query_one("#none", Static).update("")
        if not self._backups:
            self.query_one(".heading", Static).update(
                shown(_("There is no backup where this computer keeps them: ctrl+o takes one from elsewhere."))
            )
        house = next((found for found in self._backups if found.place or found.oncall), None)
        self.query_one("#ring", Static).update(lines(*self._ring(house)))

    def _row(self, found: FoundBackup) -> Content:
        when = f"{local(found.made_at):%d.%m.%Y %H:%M}" if found.made_at is not None else found.file.name
        looking = str(found.file) == self._looking
        parts = [
            shown(when, "bold"),
            shown(_("looking it over …") if looking else _(WORTH_WORDS[found.worth]), _STYLES[found.worth]),
        ]
        if found.lost:
            later = ngettext(
                "%(count)d later ledger row is missing", "%(count)d later ledger rows are missing", found.lost
            )
            parts.append(shown(later % {"count": found.lost}, "$muted"))
        elif found.lost == 0:
            parts.append(shown(_("nothing is missing"), "$muted"))
        return Content("   ").join(parts)

    def _ring(self, house: FoundBackup | None) -> Iterator[Content]:
        if house is not None and house.oncall:
            yield line((_("Ring"), "$muted"), (house.oncall, "bold"))
        if house is not None and house.place:
            yield line((house.house, "$muted"), (house.place, "bold"))
        yield self.emergency()

    # -- what is done ---------------------------------------------------------------------------------------------

    def action_step(self, by: int) -> None:
        listed = self.query_one("#backups", OptionList)
        if self._backups:
            self._chosen_by_hand = True
            listed.highlighted = max(0, min(len(self._backups) - 1, (listed.highlighted or 0) + by))

    def action_ask(self, what: str) -> None:
        """Ask for a leader, for the recovery identity, or for another file."""
        if self._done is None and not self._busy:
            self._asking = what
            self.refresh_bindings()
            self.say("")
            self.query_one("#asked", ContentSwitcher).current = what
            self.query_one(f"#{what}").query(Input).first().focus()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self._chosen_by_hand = True

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        fields = list(self.query_one(f"#{self._asking}").query(Input))
        if event.input is not fields[-1]:
            self.focus_next()
        else:
            self.action_on()

    def action_on(self) -> None:
        """The marked backup is put back; afterwards, on to the door."""
        if self._busy:
            return
        if self._done is not None:
            self.go(self._enter)
        elif self._asking == "file":
            self._take()
        else:
            self._busy = True
            self.say(_("One moment: the backup is looked over and put back …"), "$muted")
            self._put_back()

    def _take(self) -> None:
        typed = self.typed("path").strip()
        if typed:
            self._backups.insert(0, self._back.chosen(Path(typed)))
            self._chosen_by_hand = False
            self.action_ask("leader" if self._leader_is_enough else "recovery")
            self._look_again()

    @job(group="find", behind=True)
    async def _look_again(self) -> None:
        self._draw()
        await self._look_over()

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """What is refused is said, and what goes well takes away what was said; either way the next key counts again."""
        try:
            yield
            self.say("")
        except StaffbaseError as error:
            self.refused(error)
        finally:
            self._busy = False

    @job(group="put-back")
    async def _put_back(self) -> None:
        with self._refusing():
            self._done = await asyncio.to_thread(self._back.put_back, self._marked().file, **self._said())
        if self._done is None:
            return
        self.query_one("#restored", Static).update(self._restored(self._done.in_words()))
        self.query_one("#damaged", ContentSwitcher).current = "told"
        self.query_one("#damaged-title", Static).update(shown(_("The station is restored"), "bold $accent-text"))
        self.set_focus(None)
        self.refresh_bindings()

    def action_cards(self) -> None:
        """The crisis cards in the marked backup, for anybody on shift who says who they are."""
        if self._busy or self._done is not None:
            return
        if self._asking != "leader":
            self.action_ask("leader")
        self._busy = True
        self.say(_("One moment …"), "$muted")
        self._read_cards()

    @job(group="cards")
    async def _read_cards(self) -> None:
        from staffbase.start.backup_cards_screen import BackupCardsScreen  # noqa: PLC0415  (knows the crisis plans)

        found = None
        with self._refusing():
            said = (self.typed("name"), self.typed("pin"))
            found = await asyncio.to_thread(self._back.cards, self._marked().file, *said)
        if found is None:
            return
        self.query_one("#pin", Answer).value = ""
        self.app.push_screen(BackupCardsScreen(self._back, found))

    def _marked(self) -> FoundBackup:
        number = self.query_one("#backups", OptionList).highlighted
        if number is None or not self._backups:
            raise Invalid(_("There is no backup to put back: ctrl+o takes one from a stick or another drive."))
        return self._backups[number]

    def _said(self) -> dict[str, Any]:
        if self._asking == "recovery":
            typed = self.typed("identity")
            if not typed.strip():
                raise Invalid(_("Type the recovery identity."), "identity")
            return {"recovery_identity": typed}
        return {"name": self.typed("name"), "pin": self.typed("pin")}

    def refused(self, error: StaffbaseError) -> None:
        """Say why; a wrong PIN is typed again."""
        super().refused(error)
        if self._asking == "leader":
            self.query_one("#pin", Answer).value = ""

    def _restored(self, sentences: list[str]) -> Content:
        told = [shown(one, "bold" if not number else "") for number, one in enumerate(sentences)]
        return Content("\n\n").join([*told, shown(_("Enter goes on to the door: sign in as always."), "$accent-text")])

    def _enter(self) -> Opened:
        return Opened(self._back.open())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self._done is not None and action in ("ask", "step", "cards"):
            return False
        if action == "cards":
            return self._leader_is_enough and bool(self._backups)
        if action == "ask":
            return parameters[0] != self._asking and (parameters[0] != "leader" or self._leader_is_enough)
        return super().check_action(action, parameters)

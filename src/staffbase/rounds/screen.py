"""The round sheet's keys: one a door, honest about when and how it was seen; the ladder, the signature, what is entered later."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, on
from textual.binding import Binding
from textual.widgets import OptionList

from staffbase.kernel.i18n import N_, _
from staffbase.rounds.asking import Asking
from staffbase.rounds.dialogs import LateRoundDialog
from staffbase.rounds.door_list import DoorList
from staffbase.rounds.facts import CheckFacts, Colleague, DoorLine, WalkFacts
from staffbase.rounds.guard import KeyGuard
from staffbase.rounds.model import Outcome
from staffbase.rounds.no_answer_dialogs import DangerDialog, NoAnswerDialog
from staffbase.rounds.rules import KEYS, LADDER, beyond
from staffbase.rounds.sheet_screen import SheetScreen
from staffbase.ui.desk import Desk, signed_in
from staffbase.ui.job import job

if TYPE_CHECKING:
    from staffbase.rounds.service import Rounds

MORE_MINUTES = 15
"""What a walker who was reached is given."""
_SAID_SECONDS = 3.0
"""How long a sentence about a held key stands; it is not said again before."""


class RoundsScreen(SheetScreen):
    """Section 2."""

    CSS_PATH = "screen.tcss"
    SAID_KEYS = frozenset("rigz")
    BINDINGS = [
        Binding("s", "outcome('asleep')", N_("Asleep"), tooltip=N_("Seen asleep, breathing"), id="rounds.asleep"),
        Binding("a", "outcome('awake')", N_("Awake"), tooltip=N_("Seen awake"), id="rounds.awake"),
        Binding("p", "outcome('spoke')", N_("Spoke"), tooltip=N_("Spoke with"), id="rounds.spoke"),
        Binding("y", "outcome('heard')", N_("Heard"), tooltip=N_("Heard, not seen"), id="rounds.heard"),
        Binding("b", "outcome('away')", N_("Away"), tooltip=N_("Not at home"), id="rounds.away"),
        Binding("r", "outcome('declined')", N_("Declined"), tooltip=N_("Declined the check"), id="rounds.declined"),
        Binding("i", "ladder('no_answer')", N_("No answer"), tooltip=N_("No answer: starts an incident"), id="rounds.no-answer"),
        Binding("h", "ladder('danger')", N_("Danger"), tooltip=N_("Found in danger: 113 first"), id="rounds.danger"),
        Binding("w", "leave", N_("Leave"), tooltip=N_("I am leaving on the round now"), id="rounds.leave", show=False),
        Binding("g", "sign", N_("Sign"), tooltip=N_("Sign the round"), id="rounds.sign"),
        Binding("z", "take_back", N_("Take back"), tooltip=N_("Take the answer at this door back"), id="rounds.take-back"),
        Binding("m", "reached", N_("Reached"), tooltip=N_("The walker was reached and needs 15 more minutes"), id="rounds.reached"),
        Binding("t", "door_note", N_("Door note"), tooltip=N_("A note to this door"), id="rounds.note", show=False),
        Binding("l", "late", N_("Enter later"), tooltip=N_("Enter a round that was walked earlier"), id="rounds.late", show=False),
        Binding("enter", "open", N_("Open"), tooltip=N_("Open the resident, or the incident at this door"), id="rounds.open", show=False),
    ]  # fmt: skip

    def __init__(self, desk: Desk, rounds: "Rounds") -> None:
        super().__init__(desk, rounds)
        self._guard = KeyGuard(self, desk, self._take, self._too_soon)
        self._said_too_soon = -_SAID_SECONDS
        self._asking = Asking(self, desk)
        self._working: list[bool | None] = []
        """Which of the keys that depend on the walk worked, when that was last looked at."""
        self._idle = asyncio.Event()
        """Set while no answer is being asked about or saved."""
        self._idle.set()

    async def refresh_view(self) -> None:
        """While an answer is on its way, what was read before it is not shown."""
        if self._idle.is_set():
            await super().refresh_view()

    def watch_sheet(self) -> None:
        super().watch_sheet()
        working = [self.check_action(action, ()) for action in ("outcome", "take_back", "leave", "reached", "sign")]
        if working != self._working:
            self._working = working
            self.refresh_bindings()

    # -- which keys work ------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "outcome":
            return self._answering()
        if action == "take_back":
            walk = self._walk()
            return walk is not None and walk.returned_at is not None
        if action == "leave":
            return not self._someone_out()
        if action == "reached":
            walk = self._walk()
            person = signed_in(self.desk)
            return (
                walk is not None and self._someone_out() and person is not None and walk.walker_id != person.person_id
            )
        if action == "sign":
            return self._answering() or bool(self.sheet and self.sheet.not_walked)
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """An outcome key that cannot be taken now is answered with what to do."""
        key, walk = (event.character or "").lower(), self._walk()
        if key in KEYS and not self._answering():
            if walk is not None and walk.returned_at is None:
                said = _("The walk is under way. The doors are answered when the walker is back.")
            elif walk is not None:
                said = _("This round is signed. n writes a note, x an extra check.")
            else:
                said = _("Press w when you leave on the round; the doors are answered when you are back.")
            self.notify(said, markup=False, timeout=5)

    # -- answering ------------------------------------------------------------------------------------------------

    def action_outcome(self, name: str) -> None:
        self._guard.press(name)

    def action_ladder(self, name: str) -> None:
        walk, here = self._walk(), self._here()
        open_walk = walk is not None and walk.signed_at is None
        if open_walk and here is not None and here.due and here.check is None:
            self._guard.press(name)
        elif name == Outcome.DANGER and here is not None and here.check is not None and not here.check.concluded:
            self._open_ladder(here)
        elif name == Outcome.DANGER:
            self.desk.start_incident(self.meant_resident())
        elif not open_walk:
            self.notify(
                _("Press w when you leave on the round; the doors are answered when you are back."), markup=False
            )
        else:
            self._said_already()

    def _too_soon(self) -> None:
        """Said once for all that a held key sends, so that the sheet is not covered by it."""
        now = self.desk.clock.monotonic()
        if now - self._said_too_soon < _SAID_SECONDS:
            return
        self._said_too_soon = now
        self.notify(
            _("One key a door: that key came too soon after the one before and was not counted."),
            severity="warning", markup=False, timeout=_SAID_SECONDS,
        )  # fmt: skip

    def _said_already(self) -> None:
        self.notify(_("This door has its answer. z takes it back, arrows go to another door."), markup=False, timeout=4)

    def _take(self, name: str) -> None:
        if not self._idle.is_set():
            self._too_soon()
            return
        here, walk = self._here(), self._walk()
        if here is None or walk is None or not here.due:
            return
        if here.check is not None:
            self._said_already()
            return
        self._idle.clear()
        if Outcome(name) in LADDER:
            self._climb(Outcome(name), here, walk)
        else:
            self._answer(Outcome(name), here, walk)

    @job(group="answer")
    async def _answer(self, outcome: Outcome, here: DoorLine, walk: WalkFacts) -> None:
        try:
            if not await self._asking.speaks_for(walk):
                return
            reason = None
            if here.form is not None and beyond(outcome, here.form):
                reason = await self._asking.beyond(here.door)
                if reason is None:
                    return
            late = await self._asking.late_reason(walk)
            if late is None:
                return
            check = await self.ask(
                self._rounds.check_off, walk.id, here.door.unit_id, outcome, reason=reason, late_reason=late,
                on_behalf=self._asking.on_behalf(walk),
            )  # fmt: skip
            self._answered(here, check)  # also with an incident (feared for life): the round goes on, enter opens it
        finally:
            self._idle.set()

    def _answered(self, here: DoorLine, check: CheckFacts) -> None:
        """Say it on the row just left, and move on to the next open door."""
        if self.sheet is None:
            return
        self._left = here.door.unit_id
        lines = tuple(
            replace(row, check=check) if row.door.unit_id == here.door.unit_id else row for row in self.sheet.lines
        )
        index = next(number for number, row in enumerate(lines) if row.door.unit_id == here.door.unit_id)
        self.sheet = replace(self.sheet, lines=lines)
        self._to_next_open(index)

    @job(group="answer")
    async def _climb(self, outcome: Outcome, here: DoorLine, walk: WalkFacts) -> None:
        """No answer or danger: asked first, recorded, and its ladder opened."""
        reporting = Colleague(walk.walker_id, walk.walker, on_duty=True) if self._someone_out() else None
        incident_id: int | None = None
        try:
            if outcome is Outcome.NO_ANSWER and reporting is None and not await self._asking.speaks_for(walk):
                return
            late = await self._asking.late_reason(walk)
            if late is None:
                return
            if outcome is Outcome.NO_ANSWER:
                incident_id = await self.app.push_screen_wait(
                    NoAnswerDialog(self.desk, self._rounds, walk, here.door, reporting=reporting, late=late)
                )
            elif await self.app.push_screen_wait(DangerDialog(self.desk, here.door.code)):
                check = await self.ask(
                    self._rounds.found_in_danger, walk.id, here.door.unit_id, reporting.id if reporting else None, late
                )
                incident_id = check.incident_id
        finally:
            self._idle.set()
        if incident_id is not None:
            self._left = here.door.unit_id
            await self.read_again()
            self._to_next_open(self.query_one(DoorList).highlighted or 0)
        if incident_id:
            self._open_ladder(here)

    def _open_ladder(self, here: DoorLine) -> None:
        """The ladder is the incident's own screen; coming back from it refreshes the sheet."""
        self._guard.forget()
        self.desk.start_incident(here.door.resident.id if here.door.resident else None)

    # -- everything else ------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected, "#doors")
    def _selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        here = self._here()
        if (
            here is not None
            and here.check is not None
            and here.check.incident_id is not None
            and not here.check.concluded
        ):
            self._open_ladder(here)
        elif (resident := self.chosen_resident()) is not None:
            self.desk.open_resident(resident)

    def action_door_note(self) -> None:
        self.desk.write_note(self.chosen_resident())

    @job(group="answer")
    async def action_take_back(self) -> None:
        self._guard.flush()
        here = self._here()
        if here is None or here.check is None:
            here = next(
                (row for row in (self.sheet.lines if self.sheet else ()) if row.door.unit_id == self._left), None
            )
        if here is None or here.check is None or not self._idle.is_set():
            self.notify(_("There is no answer at this door to take back."), markup=False)
            return
        if not self._answering():  # it is signed: withdrawn with a reason
            self.desk.mend_check(here.check.entry_id)
            return
        await self.ask(self._rounds.take_back, here.check.entry_id)
        self._guard.forget()
        self._left = None
        await self.read_again()
        if self.sheet is not None:
            codes = [row.door.unit_id for row in self.sheet.lines]
            self.query_one(DoorList).highlighted = codes.index(here.door.unit_id)
        self.notify(_("%(unit)s: taken back. Both stay readable.") % {"unit": here.door.code}, markup=False, timeout=4)

    @job(group="leave-round")
    async def action_leave(self) -> None:
        await self.ask(self._rounds.leave, self.desk.settings.walk_minutes)
        self.desk.lock()

    @job(group="reached")
    async def action_reached(self) -> None:
        walk = self._walk()
        if walk is not None:
            await self.ask(self._rounds.reached, walk.id, MORE_MINUTES)
            await self.read_again()

    @job(group="leave-round")
    async def action_late(self) -> None:
        if await self.app.push_screen_wait(LateRoundDialog(self.desk, self._rounds)):
            await self.read_again()

    def action_sign(self) -> None:
        self._guard.flush()
        self._sign()

    @job(group="answer")
    async def _sign(self) -> None:
        await self._idle.wait()  # the last answer may be on its way
        if self.app.screen is not self:
            return
        await self.read_again()
        sheet, walk = self.sheet, self._walk()
        if sheet is None:
            return
        if walk is not None and self._answering():
            if not await self._asking.speaks_for(walk):
                return
            reasons: dict[int, str] | None = {}
            running = [number for number, row in enumerate(sheet.lines) if row.check and not row.check.concluded]
            if running:  # the service refuses, and says that enter goes on with it
                self.query_one(DoorList).highlighted = running[0]
            elif sheet.open_lines:
                reasons = await self._asking.why_open(walk, [row.door for row in sheet.open_lines])
            if reasons is None:
                return
            await self.ask(self._rounds.sign, walk.id, reasons, on_behalf=self._asking.on_behalf(walk))
        elif sheet.not_walked:
            window = sheet.not_walked[0]
            given = await self._asking.why_not_walked(window, await self.ask(self._rounds.owed, window))
            if given is None:
                return
            await self.ask(self._rounds.sign_not_walked, window, given)
        else:
            return
        self._left = None
        await self.read_again()
        self.notify(_("The round is signed."), markup=False, timeout=4)

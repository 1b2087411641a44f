"""The round sheet: every door in walking order, one key a door, and honest words about when and how it was seen."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.kernel.clock import local
from staffbase.kernel.i18n import N_, _
from staffbase.residents.model import ROUND_FORM_NAMES
from staffbase.rounds.dialogs import BeyondDialog, DangerDialog, LateRoundDialog, NoAnswerDialog, OpenDoorsDialog
from staffbase.rounds.model import OUTCOME_NAMES, Outcome
from staffbase.rounds.reading import DoorLine, RoundSheet
from staffbase.rounds.rules import DEBOUNCE_SECONDS, GENERAL_SUPERVISION, SEEN, HeldKey, Pressed, beyond
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.rounds.service import Rounds


def at(moment: datetime) -> str:
    """A time on the wall clock."""
    return f"{local(moment):%H:%M}"


class RoundsScreen(StaffScreen):
    """Section 2."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#doors"
    BINDINGS = [
        Binding("s", "outcome('asleep')", N_("Asleep"), tooltip=N_("Seen asleep, breathing"), id="rounds.asleep"),
        Binding("a", "outcome('awake')", N_("Awake"), tooltip=N_("Seen awake"), id="rounds.awake"),
        Binding("p", "outcome('spoke')", N_("Spoke"), tooltip=N_("Spoke with"), id="rounds.spoke"),
        Binding("y", "outcome('heard')", N_("Heard"), tooltip=N_("Heard, not seen"), id="rounds.heard"),
        Binding("b", "outcome('away')", N_("Away"), tooltip=N_("Not at home"), id="rounds.away"),
        Binding("r", "outcome('declined')", N_("Declined"), tooltip=N_("Declined the check"), id="rounds.declined"),
        Binding("i", "no_answer", N_("No answer"), tooltip=N_("No answer: begins the ladder"), id="rounds.no-answer"),
        Binding("h", "danger", N_("In danger"), tooltip=N_("Found in danger: 113 first"), id="rounds.danger"),
        Binding("t", "door_note", N_("Door note"), tooltip=N_("A note to this door"), id="rounds.note", show=False),
        Binding("z", "take_back", N_("Take back"), tooltip=N_("Take the last answer at this door back"), id="rounds.take-back"),
        Binding("w", "leave", N_("Leave"), tooltip=N_("I am leaving on the round now"), id="rounds.leave"),
        Binding("l", "late", N_("Enter later"), tooltip=N_("Enter a round that was walked earlier"), id="rounds.late", show=False),
        Binding("g", "sign", N_("Sign"), tooltip=N_("Sign the walk"), id="rounds.sign"),
        Binding("enter", "open", N_("Open"), tooltip=N_("Open the resident"), id="rounds.open", show=False),
    ]  # fmt: skip

    sheet: reactive[RoundSheet | None] = reactive(None, init=False)

    def __init__(self, desk: Desk, rounds: "Rounds") -> None:
        super().__init__(desk)
        self._rounds = rounds
        self._held = HeldKey()
        self._waiting: Timer | None = None
        self._echo: dict[int, str] = {}
        self._busy = False

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="round-head")
        yield OptionList(id="doors")
        yield Static(id="round-foot")

    async def refresh_view(self) -> None:
        self.sheet = await self.ask(self._rounds.sheet)

    def watch_sheet(self, before: RoundSheet | None) -> None:
        if self.sheet is None or not self.is_mounted:
            return
        doors = self.query_one("#doors", OptionList)
        here = doors.highlighted
        doors.set_options(
            [Option(self._row(row), id=str(row.door.unit_id), disabled=not row.due) for row in self.sheet.lines]
        )
        if before is None or here is None:
            self._to_next_open(-1)
        else:
            doors.highlighted = min(here, len(self.sheet.lines) - 1)
        self.query_one("#round-head", Static).update(self._head(self.sheet))
        self.query_one("#round-foot", Static).update(shown(_(GENERAL_SUPERVISION), "$muted"))
        self.refresh_bindings()

    def on_resize(self) -> None:
        super().on_resize()
        if self.sheet is not None:
            self.watch_sheet(self.sheet)

    def _head(self, sheet: RoundSheet) -> Content:
        parts: list[str | Content | tuple[str, str]] = []
        if sheet.window:
            hours = f"{at(sheet.window.begins_at)}–{at(sheet.window.ends_at)}"
            parts.append(
                (
                    _("Round %(hours)s") % {"hours": hours}
                    if sheet.in_window
                    else _("Next round %(hours)s") % {"hours": hours},
                    "bold",
                )
            )
        walk = sheet.walk
        due = sum(row.due for row in sheet.lines)
        done = due - len(sheet.open_lines)
        if walk is None:
            parts.append((_("%(due)d doors are due. Press w when you leave.") % {"due": due}, "$muted"))
        elif walk.returned_at is None:
            parts.append(
                (
                    _("%(who)s is on the walk since %(time)s.") % {"who": walk.walker, "time": at(walk.left_at)},
                    "$warning-text",
                )
            )
        else:
            words = {"from": at(walk.left_at), "to": at(walk.returned_at)}
            parts.append(_("seen during the walk %(from)s–%(to)s") % words)
            parts.append(
                (
                    _("%(done)d of %(due)d doors") % {"done": done, "due": due},
                    "bold $ok-text" if done == due else "bold $warning-text",
                )
            )
            if walk.signed_at is not None:
                parts.append((_("signed %(time)s") % {"time": at(walk.signed_at)}, "$ok-text"))
            elif done == due:
                parts.append((_("Press g to sign."), "$accent-text"))
            if walk.late_reason:
                parts.append((_("entered later: %(reason)s") % {"reason": walk.late_reason}, "$warning-text"))
        return line(*parts, between="   ")

    def _row(self, row: DoorLine) -> Content:
        width = (self.size.width or 120) - 6
        resident = row.door.resident
        name = resident.alias if resident else ""
        muted = "$muted" if not row.due else ""
        wide = width >= 100  # noqa: PLR2004  (the breakpoint of the kit)
        name_width, form_width = (20, 22) if wide else (14, 16)
        form = _(ROUND_FORM_NAMES[row.form]) if row.form else ""
        if row.expired:
            form = _("knock only: agreement has run out")
        seen = ""
        if row.last_seen and wide:
            seen = _("last seen %(time)s") % {"time": at(row.last_seen.at_to)}
        parts = [
            shown(row.door.code.ljust(4), f"bold {muted}".strip()),
            shown(name[:name_width].ljust(name_width), f"bold {muted}".strip()),
            shown(form[:form_width].ljust(form_width), "$muted"),
        ]
        if wide:
            parts.append(shown(seen.ljust(17), "$muted"))
        if row.reason:
            parts.append(shown(row.reason, "$muted"))
        elif row.check:
            parts.append(self._answer(row))
        elif row.open_reason:
            parts.append(line((_("open"), "bold $warning-text"), row.open_reason))
        else:
            parts.append(shown("○", "$warning-text"))
            if resident and resident.warnings:
                parts.append(shown(resident.warnings[0].line, "$danger-text"))
        return Content("  ").join(parts).truncate(width, ellipsis=True)

    def _answer(self, row: DoorLine) -> Content:
        check = row.check
        if check is None:
            return Content("")
        style = "$ok-text" if check.outcome in SEEN else "bold $danger-text" if check.incident_id else "$warning-text"
        interval = f"{at(check.at_from)}–{at(check.at_to)}"
        written = _("written %(time)s") % {"time": at(check.recorded_at)}
        late = (_("entered later"), "$warning-text") if check.late else ""
        return line((_(OUTCOME_NAMES[check.outcome]), style), interval, (written, "$muted"), late, between="  ")

    def _here(self) -> DoorLine | None:
        index = self.query_one("#doors", OptionList).highlighted
        return self.sheet.lines[index] if self.sheet and index is not None and index < len(self.sheet.lines) else None

    def _to_next_open(self, after: int) -> None:
        if self.sheet is None:
            return
        order = [*range(after + 1, len(self.sheet.lines)), *range(after + 1)]
        due = [index for index in order if self.sheet.lines[index].due]
        wanted = [index for index in due if self.sheet.lines[index].check is None] or due
        if wanted:
            self.query_one("#doors", OptionList).highlighted = wanted[0]

    def chosen_resident(self) -> int | None:
        here = self._here()
        return here.door.resident.id if here and here.door.resident else None

    @on(OptionList.OptionSelected, "#doors")
    def _selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if (resident := self.chosen_resident()) is not None:
            self.desk.open_resident(resident)

    def action_outcome(self, name: str) -> None:
        now = self.desk.clock.monotonic()
        pressed = self._held.press(name, now)
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        if pressed is Pressed.IGNORE or self._busy:
            self.notify(
                _("One key a door: that key came too soon and was not counted."),
                severity="warning",
                markup=False,
                timeout=3,
            )
        elif pressed is Pressed.WAIT:
            self._waiting = self.set_timer(DEBOUNCE_SECONDS, lambda: self._answer_door(Outcome(name)))
        else:
            self._answer_door(Outcome(name))

    def _answerable(self) -> DoorLine | None:
        """The door under the cursor, if it can be answered; otherwise says what to do."""
        here, walk = self._here(), self.sheet.walk if self.sheet else None
        if walk is None:
            self.notify(
                _("Press w when you leave on the round; the doors are answered when you are back."), markup=False
            )
        elif walk.signed_at is not None:
            self.notify(_("This walk is signed. Press w for the next one, or n for a note."), markup=False)
        elif walk.returned_at is None:
            self.notify(_("The walk is under way. The doors are answered when the walker is back."), markup=False)
        elif here is not None and here.due:
            return here
        return None

    @job(group="answer")
    async def _answer_door(self, outcome: Outcome) -> None:
        here = self._answerable()
        if here is None or self.sheet is None or self.sheet.walk is None or here.form is None:
            return
        self._busy = True
        try:
            reason = None
            if beyond(outcome, here.form):
                reason = await self.app.push_screen_wait(BeyondDialog(self.desk, here.door.code))
                if reason is None:
                    return
            index = self.sheet.lines.index(here)
            await self.ask(self._rounds.check_off, self.sheet.walk.id, here.door.unit_id, outcome, reason=reason)
            await self.refresh_view()
            self._to_next_open(index)
        finally:
            self._busy = False

    def action_no_answer(self) -> None:
        self._no_answer()

    @job(group="answer")
    async def _no_answer(self) -> None:
        here = self._answerable()
        if here is None or self.sheet is None or self.sheet.walk is None:
            return
        walk = self.sheet.walk
        check = await self.app.push_screen_wait(NoAnswerDialog(self.desk, self._rounds, walk, here.door))
        await self.refresh_view()
        if check is not None and check.live:
            self.desk.start_incident(self.chosen_resident())

    def action_danger(self) -> None:
        if self._answerable_quietly():
            self._danger()
        else:
            self.desk.start_incident(self.chosen_resident())

    def _answerable_quietly(self) -> bool:
        here, walk = self._here(), self.sheet.walk if self.sheet else None
        return bool(here and here.due and here.check is None and walk and walk.returned_at and not walk.signed_at)

    @job(group="answer")
    async def _danger(self) -> None:
        here = self._here()
        if here is None or self.sheet is None or self.sheet.walk is None:
            return
        if await self.app.push_screen_wait(DangerDialog(self.desk, here.door.code)):
            await self.ask(self._rounds.found_in_danger, self.sheet.walk.id, here.door.unit_id)
            await self.refresh_view()
            self.desk.start_incident(self.chosen_resident())

    def action_door_note(self) -> None:
        self.desk.write_note(self.chosen_resident())

    def action_take_back(self) -> None:
        self._take_back()

    @job(group="answer")
    async def _take_back(self) -> None:
        here = self._here()
        if here is None or here.check is None:
            self.notify(_("There is no answer at this door to take back."), markup=False)
            return
        await self.ask(self._rounds.take_back, here.check.entry_id)
        self._held = HeldKey()
        await self.refresh_view()

    def action_leave(self) -> None:
        self._leave()

    @job(group="leave-round")
    async def _leave(self) -> None:
        await self.ask(self._rounds.leave, self.desk.settings.walk_minutes)
        self.desk.lock()

    def action_late(self) -> None:
        self._late()

    @job(group="leave-round")
    async def _late(self) -> None:
        if await self.app.push_screen_wait(LateRoundDialog(self.desk, self._rounds)):
            await self.refresh_view()
            self._to_next_open(-1)

    def action_sign(self) -> None:
        self._sign()

    @job(group="sign")
    async def _sign(self) -> None:
        await self.refresh_view()
        walk = self.sheet.walk if self.sheet else None
        if walk is None or self.sheet is None or walk.signed_at is not None:
            self.notify(_("There is no walk to sign."), markup=False)
            return
        reasons: dict[int, str] = {}
        if walk.returned_at is not None and self.sheet.open_lines:
            open_doors = [row.door for row in self.sheet.open_lines]
            given = await self.app.push_screen_wait(OpenDoorsDialog(self.desk, open_doors))
            if given is None:
                return
            reasons = given
        try:
            await self.ask(self._rounds.sign, walk.id, reasons)
        finally:
            await self.refresh_view()
        self.notify(_("The round is signed."), markup=False, timeout=4)

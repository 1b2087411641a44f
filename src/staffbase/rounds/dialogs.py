"""What a round asks: no answer, danger, beyond the agreement, open doors, a late round, an extra check; and the alarm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Label, Select, Static

from staffbase.incidents.model import Step
from staffbase.kernel.clock import at_local, local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.people.door import EMERGENCY
from staffbase.residents.rules import Door
from staffbase.rounds.model import OUTCOME_NAMES, Beyond, Outcome
from staffbase.rounds.reading import WalkFacts
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.job import job
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.residents.service import Residents
    from staffbase.rounds.service import Rounds


def read_clock(typed: str, now: datetime, field: str) -> datetime:
    """The newest past moment when the wall clock showed this time ("23:52"). Raises Invalid."""
    text = typed.strip().replace(".", ":")
    try:
        hour, minute = (int(part) for part in text.split(":"))
        wanted = time(hour, minute)
    except ValueError as error:
        raise Invalid(_("Write the time as 23:52."), field) from error
    moment = at_local(local(now).date(), wanted)
    return moment if moment <= now else at_local(local(now).date() - timedelta(days=1), wanted)


class BeyondDialog(StaffDialog[Beyond]):
    """One key: why the check went further than the agreement."""

    BINDINGS = [
        Binding("i", "answer('invited')", N_("Invited in"), tooltip=N_("The resident invited me in"), id="beyond.invited"),
        Binding("d", "answer('door_open')", N_("Door open"), tooltip=N_("The door was open"), id="beyond.open"),
        Binding("f", "answer('feared')", N_("Feared for life"), tooltip=N_("I feared for life: starts an incident"), id="beyond.feared"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk)
        self._code = code

    def dialog_title(self) -> str:
        return _("%(unit)s: this goes further than the agreement") % {"unit": self._code}

    def compose_form(self) -> ComposeResult:
        yield Static(
            lines(
                line(("i", "bold $accent-text"), _("I was invited in"), between="  "),
                line(("d", "bold $accent-text"), _("the door was open"), between="  "),
                line(("f", "bold $danger-text"), _("I feared for life (starts an incident)"), between="  "),
            )
        )
        yield Label(_("A flat is a private home. esc: nothing is recorded."), classes="hint")

    def action_answer(self, reason: str) -> None:
        self.dismiss(Beyond(reason))


class DangerDialog(StaffDialog[bool]):
    """113 first; enter records and opens the ladder. Asks, because the key lies beside others."""

    BINDINGS = [
        Binding("enter", "yes", N_("Start the ladder"), tooltip=N_("Record it and open the ladder"), id="danger.yes")
    ]

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk)
        self._code = code

    def dialog_title(self) -> str:
        return _("%(unit)s: found in danger") % {"unit": self._code}

    def compose_form(self) -> ComposeResult:
        yield Static(lines(line(("113", "bold $danger-text"), _("first, if nobody has rung yet."))))
        yield Label(_("enter: record it and open the ladder · esc: it was a slip of the key"), classes="hint")

    def action_yes(self) -> None:
        self.dismiss(True)


@dataclass(frozen=True)
class Begun:
    """A no-answer was recorded; `live` when its ladder is to be worked now."""

    live: bool


class NoAnswerDialog(StaffDialog[Begun]):
    """No answer: first what is true now. Only then the ladder, live or entered afterwards."""

    BINDINGS = [
        Binding("s", "still", N_("Still no answer"), tooltip=N_("Still no answer: the ladder is live"), id="no-answer.still"),
        Binding("l", "resolved", N_("Resolved"), tooltip=N_("Resolved at the door: enter the steps with their times"), id="no-answer.resolved"),
        Binding("k", "colleague", N_("Colleague there"), tooltip=N_("A colleague is there and reports"), id="no-answer.colleague"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, rounds: "Rounds", walk: WalkFacts, door: Door) -> None:
        super().__init__(desk)
        self._rounds, self._walk, self._door = rounds, walk, door

    def dialog_title(self) -> str:
        return _("%(unit)s: no answer. What is true now?") % {"unit": self._door.code}

    def compose_form(self) -> ComposeResult:
        yield Static(
            lines(
                line(("s", "bold $danger-text"), _("still no answer: the ladder is live"), between="  "),
                line(
                    ("l", "bold $accent-text"),
                    _("resolved at the door: enter the steps with their times"),
                    between="  ",
                ),
                line(("k", "bold $accent-text"), _("a colleague is there and reports"), between="  "),
            )
        )
        yield Label(_("Never wait until morning. With any sign of danger: 113 first."), classes="hint")

    @job(group="no-answer")
    async def action_still(self) -> None:
        await self.ask(self._rounds.no_answer, self._walk.id, self._door.unit_id)
        self.dismiss(Begun(live=True))

    @job(group="no-answer")
    async def action_resolved(self) -> None:
        if await self.app.push_screen_wait(ResolvedDialog(self.desk, self._rounds, self._walk, self._door)):
            self.dismiss(Begun(live=False))

    @job(group="no-answer")
    async def action_colleague(self) -> None:
        await self.ask(self._rounds.no_answer, self._walk.id, self._door.unit_id, conclusion="")
        self.dismiss(Begun(live=True))


class ResolvedDialog(FormDialog[bool]):
    """The steps taken at the door, each with its time; they are marked as entered afterwards."""

    def __init__(self, desk: Desk, rounds: "Rounds", walk: WalkFacts, door: Door) -> None:
        super().__init__(desk)
        self._rounds, self._walk, self._door = rounds, walk, door

    STEPS: Sequence[tuple[str, Step, str]] = (
        ("knocked", Step.KNOCKED, N_("knocked and called")),
        ("phoned", Step.PHONED, N_("phoned")),
        ("second", Step.SECOND_ATTEMPT, N_("second attempt")),
        ("let_in", Step.LET_IN, N_("let oneself in")),
        ("found", Step.FOUND, N_("found")),
    )

    def dialog_title(self) -> str:
        return _("%(unit)s: what was done, and when") % {"unit": self._door.code}

    def compose_form(self) -> ComposeResult:
        for name, _step, words in self.STEPS:
            with Horizontal(classes="row"):
                yield Label(shown(_(words)), classes="row-label")
                yield LineField(placeholder="00:00", id=name, max_length=5)
        yield Label(_("how it ended"))
        yield LineField(id="conclusion", placeholder=_("for example: had headphones on, all well"))
        yield Label(_("Leave a time empty for a step that was not taken. ctrl+s saves."), classes="hint")

    def fields(self) -> dict[str, str]:
        return {field.id or "": field.value for field in self.query(LineField)}

    async def save(self) -> bool:
        from staffbase.rounds.service import LadderStep

        now = self.desk.clock.now()
        typed = self.fields()
        steps = [
            LadderStep(step, read_clock(typed[name], now, name))
            for name, step, _words in self.STEPS
            if typed[name].strip()
        ]
        if not steps:
            raise Invalid(_("Write the time of at least one step."), "knocked")
        if not typed["conclusion"].strip():
            raise Invalid(_("Write how it ended."), "conclusion")
        await self.ask(
            self._rounds.no_answer,
            self._walk.id,
            self._door.unit_id,
            sorted(steps, key=lambda step: step.at),
            typed["conclusion"],
        )
        return True


class OpenDoorsDialog(FormDialog[dict[int, str]]):
    """Signing with open doors: a reason for each."""

    title_text = N_("These doors have no check. Why?")

    def __init__(self, desk: Desk, doors: Sequence[Door]) -> None:
        super().__init__(desk)
        self._doors = doors

    def compose_form(self) -> ComposeResult:
        for door in self._doors:
            with Horizontal(classes="row"):
                yield Label(shown(door.code), classes="row-label")
                yield LineField(id=f"unit-{door.unit_id}")
        yield Label(_("ctrl+s signs with these reasons; esc goes back to the doors."), classes="hint")

    async def save(self) -> dict[int, str]:
        given = {door.unit_id: self.query_one(f"#unit-{door.unit_id}", LineField).value.strip() for door in self._doors}
        lacking = next((unit for unit, reason in given.items() if not reason), None)
        if lacking is not None:
            raise Invalid(_("Each open door needs a reason."), f"unit-{lacking}")
        return given


class LateRoundDialog(FormDialog[bool]):
    """A round that was walked earlier: when, and why it is entered now."""

    title_text = N_("A round that was walked earlier")

    def __init__(self, desk: Desk, rounds: "Rounds") -> None:
        super().__init__(desk)
        self._rounds = rounds

    def compose_form(self) -> ComposeResult:
        yield Label(_("left at"))
        yield LineField(id="left_at", placeholder="23:40", max_length=5)
        yield Label(_("back at"))
        yield LineField(id="returned_at", placeholder="23:58", max_length=5)
        yield Label(_("why it is entered later"))
        yield LineField(id="reason", placeholder=_("for example: from paper, the station was down"))
        yield Label(_("It is marked as entered later for ever. ctrl+s goes on to the doors."), classes="hint")

    async def save(self) -> bool:
        now = self.desk.clock.now()
        value: Callable[[str], str] = lambda name: self.query_one(f"#{name}", LineField).value  # noqa: E731
        left = read_clock(value("left_at"), now, "left_at")
        back = read_clock(value("returned_at"), now, "returned_at")
        await self.ask(self._rounds.enter_late, left, back, value("reason"))
        return True


class ExtraCheckDialog(FormDialog[int]):
    """A check outside the rounds: whom, what was found, why, and who asked."""

    title_text = N_("Extra check")
    form_name = "extra-check"

    def __init__(self, desk: Desk, rounds: "Rounds", residents: "Residents", resident_id: int | None = None) -> None:
        super().__init__(desk)
        self._rounds, self._residents, self._resident_id = rounds, residents, resident_id

    def compose_form(self) -> ComposeResult:
        yield Label(_("resident"))
        yield Select[int]([], prompt=_("choose"), id="resident", compact=True)
        yield Label(_("what was found"))
        yield Select[str](
            [(_(name), str(outcome)) for outcome, name in OUTCOME_NAMES.items()],
            prompt=_("choose"),
            id="outcome",
            compact=True,
        )
        yield Label(_("why"))
        yield TextField(id="reason", compact=True)
        yield Label(_("who asked for it (may be empty)"))
        yield LineField(id="asked_by")

    def on_mount(self) -> None:
        super().on_mount()
        self._fill()

    @job(group="fill")
    async def _fill(self) -> None:
        doors = await self.ask(self._residents.doors)
        chooser = self.query_one("#resident", Select)
        chooser.set_options(
            [(f"{door.code} {door.resident.alias}", door.resident.id) for door in doors if door.resident]
        )
        if self._resident_id is not None:
            chooser.value = self._resident_id
            self.query_one("#outcome").focus()

    def card_resident(self) -> int | None:
        value = self.query_one("#resident", Select).value
        return value if isinstance(value, int) else self._resident_id

    def fields(self) -> dict[str, str]:
        return {
            "reason": self.query_one("#reason", TextField).text,
            "asked_by": self.query_one("#asked_by", LineField).value,
        }

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#reason", TextField).text = fields.get("reason", "")
        self.query_one("#asked_by", LineField).value = fields.get("asked_by", "")

    async def save(self) -> int:
        resident, outcome = self.query_one("#resident", Select).value, self.query_one("#outcome", Select).value
        if not isinstance(resident, int):
            raise Invalid(_("Choose a resident."), "resident")
        if not isinstance(outcome, str):
            raise Invalid(_("Choose what was found."), "outcome")
        typed = self.fields()
        return await self.ask(self._rounds.extra_check, resident, Outcome(outcome), typed["reason"], typed["asked_by"])


class AlarmScreen(ModalScreen[None]):
    """Somebody should be back from the walk and is not. Covers everything, locked or not, and shows nothing personal."""

    DEFAULT_CSS = """
    AlarmScreen { background: $alarm; color: $alarm-text; align: center middle; }
    AlarmScreen Static { width: 64; height: auto; background: $alarm; color: $alarm-text; }
    """
    BINDINGS = [
        Binding(
            "enter", "to_door", N_("Sign in"), tooltip=N_("Sign in: the walker's PIN ends the walk"), id="alarm.door"
        )
    ]

    def __init__(self, desk: Desk, walk: WalkFacts, address: str, oncall: str) -> None:
        super().__init__()
        self.desk = desk
        self.walk = walk
        self._address, self._oncall = address, oncall

    def compose(self) -> ComposeResult:
        words = {
            "who": self.walk.walker,
            "left": f"{local(self.walk.left_at):%H:%M}",
            "due": f"{local(self.walk.due_back_at):%H:%M}",
        }
        numbers = [line((number.rjust(7), "bold"), _(what), between="  ") for number, what in EMERGENCY]
        yield Static(
            lines(
                shown(_("NOT BACK FROM THE ROUND"), "bold"),
                "",
                shown(_("%(who)s left at %(left)s and should have been back at %(due)s.") % words, "bold"),
                shown(_("Ring her now. If she does not answer, go two together, or ring 113 or 112.")),
                "",
                *numbers,
                "",
                shown(self._address),
                shown(self._oncall),
                "",
                shown(
                    _(
                        "enter: sign in. The walker's PIN ends the walk; a colleague who has reached her gives her more time."
                    )
                ),
            )
        )

    def on_mount(self) -> None:
        self.app.bell()

    def action_to_door(self) -> None:
        self.dismiss(None)

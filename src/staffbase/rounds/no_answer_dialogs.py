"""No answer and danger: asked first what is true now, and only then recorded. The ladder itself is the incident's screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from staffbase.incidents.model import DEVIATION_NAMES, STEP_NAMES, Deviation, Step
from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_moment
from staffbase.residents.rules import Door
from staffbase.rounds.answers import LadderStep
from staffbase.rounds.facts import Colleague, WalkFacts
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.rounds.service import Rounds


def keys_told(*told: tuple[str, str, str]) -> Content:
    """Lines of (key, style, what it does)."""
    return lines(*(line((key.rjust(3), f"bold {style}"), words, between="  ") for key, style, words in told))


class DangerDialog(StaffDialog[bool]):
    """113 first; enter records it and opens the incident. It asks, because the key lies beside others."""

    BINDINGS = [
        Binding("enter", "yes", N_("Open the incident"), tooltip=N_("Record it and open the incident"), id="danger.yes")
    ]

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk)
        self._code = code

    def dialog_title(self) -> str:
        """Which door."""
        return _("%(unit)s: found in danger") % {"unit": self._code}

    def compose_form(self) -> ComposeResult:
        """113 before everything else."""
        yield Static(line(("113", "bold $danger-text"), _("first, if nobody has rung yet."), between="  "))
        yield Static(_("enter: record it and open the incident · esc: it was a slip of the key"), classes="hint")

    def action_yes(self) -> None:
        """It is so."""
        self.dismiss(True)


class NoAnswerDialog(StaffDialog[int]):
    """No answer: first what is true now. Answers the incident whose ladder is live, or 0 when it was resolved.

    None of its keys is a step of the ladder that opens next, so that a held key is not taken for one.
    """

    AUTO_FOCUS = ""
    _done = False
    BINDINGS = [
        Binding("t", "still", N_("Still no answer"), tooltip=N_("Still no answer: the incident runs"), id="no-answer.still"),
        Binding("d", "resolved", N_("Resolved"), tooltip=N_("Resolved at the door: enter the steps with their times"), id="no-answer.resolved"),
        Binding("k", "colleague", N_("Colleague there"), tooltip=N_("A colleague is there and reports"), id="no-answer.colleague"),
    ]  # fmt: skip

    def __init__(
        self, desk: Desk, rounds: "Rounds", walk: WalkFacts, door: Door, *, reporting: Colleague | None = None, late: str = ""
    ) -> None:  # fmt: skip
        super().__init__(desk)
        self._rounds, self._walk, self._door = rounds, walk, door
        self._reporting, self._late = reporting, late

    def dialog_title(self) -> str:
        """Which door."""
        return _("%(unit)s: no answer. What is true now?") % {"unit": self._door.code}

    def compose_form(self) -> ComposeResult:
        """The three openings; the third one asks who, and comes back here."""
        yield Static(id="openings")
        yield Static(_("Never wait until morning. With any sign of danger: 113 first."), classes="hint")

    def on_mount(self) -> None:
        """Show the openings."""
        self._tell()

    def _tell(self) -> None:
        told = [
            ("t", "$danger-text", _("still no answer: the incident runs")),
            ("d", "$accent-text", _("resolved at the door: enter the steps with their times")),
        ]
        rows: list[str | Content] = []
        if self._reporting is None:
            told.append(("k", "$accent-text", _("a colleague is there and reports")))
        else:
            rows = [shown(_("%(who)s is there and reports:") % {"who": self._reporting.name}, "bold"), ""]
        self.query_one("#openings", Static).update(lines(*rows, keys_told(*told)))

    def _colleague_id(self) -> int | None:
        return self._reporting.id if self._reporting else None

    @job(group="no-answer")
    async def action_still(self) -> None:
        """Record it; the ladder is live."""
        if self._done:
            return
        self._done = True
        try:
            check = await self.ask(
                self._rounds.no_answer, self._walk.id, self._door.unit_id, colleague_id=self._colleague_id(),
                late_reason=self._late,
            )  # fmt: skip
        except StaffbaseError as error:
            self._done = False
            self.say(str(error))
            return
        self.dismiss(check.incident_id)

    @job(group="no-answer")
    async def action_resolved(self) -> None:
        """Ask for the steps and their times."""
        asked = ResolvedDialog(self.desk, self._rounds, self._walk, self._door, self._colleague_id(), self._late)
        if await self.app.push_screen_wait(asked):
            self.dismiss(0)

    @job(group="no-answer")
    async def action_colleague(self) -> None:
        """Ask who is there."""
        colleagues = await self.ask(self._rounds.colleagues)
        chosen = await self.app.push_screen_wait(ColleagueDialog(self.desk, colleagues))
        if chosen is not None:
            self._reporting = chosen
            self._tell()


class ColleagueDialog(StaffDialog[Colleague]):
    """Who is at the door and reports."""

    title_text = N_("Who is there and reports?")
    AUTO_FOCUS = "OptionList"

    def __init__(self, desk: Desk, colleagues: Sequence[Colleague]) -> None:
        super().__init__(desk)
        self._colleagues = colleagues

    def compose_form(self) -> ComposeResult:
        """Those on duty first."""
        yield Listing(
            *(
                Option(line((one.name, "bold" if one.on_duty else ""), (_("on duty") if one.on_duty else "", "$ok-text"), between="  "))
                for one in self._colleagues
            )
        )  # fmt: skip

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._colleagues[event.option_index])


_AT_THE_DOOR = (
    Step.KNOCKED, Step.PHONED, Step.SECOND_ATTEMPT, Step.COLLEAGUE, Step.LET_IN, Step.FOUND, Step.CALLED_113,
)  # fmt: skip


def deviation_choice() -> Choice:
    """The question that every no-answer leaves."""
    return Choice(
        [(str(one), _(DEVIATION_NAMES[one])) for one in (Deviation.LATER, Deviation.YES, Deviation.NO)], id="deviation"
    )


class ResolvedDialog(FormDialog[bool]):
    """The steps taken at the door, each with its time; they are marked as entered afterwards."""

    def __init__(
        self, desk: Desk, rounds: "Rounds", walk: WalkFacts, door: Door, colleague_id: int | None = None, late: str = ""
    ) -> None:
        super().__init__(desk)
        self._rounds, self._walk, self._door = rounds, walk, door
        self._colleague_id, self._late = colleague_id, late
        self.form_name = f"no-answer:{walk.id}:{door.unit_id}"

    def dialog_title(self) -> str:
        """Which door."""
        return _("%(unit)s: what was done, and when") % {"unit": self._door.code}

    def compose_form(self) -> ComposeResult:
        """A time for each step, how it ended, and the question about a deviation."""
        for step in _AT_THE_DOOR:
            with Horizontal(classes="row"):
                yield Label(shown(_(STEP_NAMES[step])), classes="row-label")
                yield LineField(placeholder=_("hh:mm"), id=str(step), max_length=5)
        yield Label(_("how it ended"))
        yield LineField(id="conclusion", placeholder=_("for example: had headphones on, all well"))
        yield deviation_choice()
        yield Static(_("Leave a time empty for a step that was not taken. ctrl+s saves."), classes="hint")

    def fields(self) -> dict[str, str]:
        """As typed."""
        typed = {field.id or "": field.value for field in self.query(LineField)}
        return {**typed, "deviation": self.query_one("#deviation", Choice).value}

    def restore(self, fields: dict[str, str]) -> None:
        """As it was left."""
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")
        self.query_one("#deviation", Choice).value = fields.get("deviation", "")

    def card_resident(self) -> int | None:
        """Who lives there."""
        return self._door.resident.id if self._door.resident else None

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    async def save(self) -> bool:
        """Raises Invalid for a time that cannot be, for no step at all, and for no words about the end."""
        now, typed = self.desk.clock.now(), self.fields()
        steps = [
            LadderStep(step, read_moment(typed[step], now, str(step))) for step in _AT_THE_DOOR if typed[step].strip()
        ]
        if not steps:
            raise Invalid(_("Write the time of at least one step."), str(Step.KNOCKED))
        if not typed["conclusion"].strip():
            raise Invalid(_("Write how it ended."), "conclusion")
        await self.ask(
            self._rounds.no_answer, self._walk.id, self._door.unit_id, steps, typed["conclusion"], self._colleague_id,
            self._late, Deviation(typed["deviation"]),
        )  # fmt: skip
        return True

"""No answer and danger, as one works them: what is true now, the live ladder, the steps entered afterwards, how it ended."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from staffbase.incidents.model import DEVIATION_NAMES, INCIDENT_NAMES, STEP_NAMES, Deviation, Step
from staffbase.incidents.rules import IN_DANGER, STEP_KEYS
from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_moment, show_time
from staffbase.residents.rules import Door
from staffbase.rounds.answers import LadderStep
from staffbase.rounds.facts import Colleague, Ladder, WalkFacts
from staffbase.rounds.guard import KeyGuard
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.job import job
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.rounds.service import Rounds


def keys_told(*told: tuple[str, str, str]) -> Content:
    """Lines of (key, style, what it does)."""
    return lines(*(line((key.rjust(3), f"bold {style}"), words, between="  ") for key, style, words in told))


class DangerDialog(StaffDialog[bool]):
    """113 first; enter records and opens the ladder. It asks, because the key lies beside others."""

    BINDINGS = [
        Binding("enter", "yes", N_("Open the ladder"), tooltip=N_("Record it and open the ladder"), id="danger.yes")
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
        yield Static(_("enter: record it and open the ladder · esc: it was a slip of the key"), classes="hint")

    def action_yes(self) -> None:
        """It is so."""
        self.dismiss(True)


class NoAnswerDialog(StaffDialog[int]):
    """No answer: first what is true now. Answers the incident whose ladder is live, or 0 when it was resolved."""

    AUTO_FOCUS = ""
    _done = False
    BINDINGS = [
        Binding("s", "still", N_("Still no answer"), tooltip=N_("Still no answer: the ladder is live"), id="no-answer.still"),
        Binding("l", "resolved", N_("Resolved"), tooltip=N_("Resolved at the door: enter the steps with their times"), id="no-answer.resolved"),
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
            ("s", "$danger-text", _("still no answer: the ladder is live")),
            ("l", "$accent-text", _("resolved at the door: enter the steps with their times")),
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
        yield OptionList(
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
                yield LineField(placeholder="00:00", id=str(step), max_length=5)
        yield Label(_("how it ended"))
        yield LineField(id="conclusion", placeholder=_("for example: had headphones on, all well"))
        yield deviation_choice()
        yield Static(_("Leave a time empty for a step that was not taken. ctrl+s saves."), classes="hint")

    def fields(self) -> dict[str, str]:
        """As typed."""
        return {field.id or "": field.value for field in self.query(LineField)}

    def restore(self, fields: dict[str, str]) -> None:
        """As it was left."""
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")

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
            self._late, Deviation(self.query_one("#deviation", Choice).value),
        )  # fmt: skip
        return True


class ConcludeDialog(FormDialog[bool]):
    """How it ended, and whether it is a deviation. From now on the round may be signed."""

    title_text = N_("How did it end?")

    def __init__(self, desk: Desk, rounds: "Rounds", incident_id: int, resident_id: int | None) -> None:
        super().__init__(desk)
        self._rounds, self._incident_id, self._resident_id = rounds, incident_id, resident_id
        self.form_name = f"conclude:{incident_id}"

    def compose_form(self) -> ComposeResult:
        """Words, and the question."""
        yield TextField(id="conclusion")
        yield deviation_choice()
        yield Static(_("ctrl+s concludes the incident; esc goes back to the ladder."), classes="hint")

    def fields(self) -> dict[str, str]:
        """As typed."""
        return {"conclusion": self.query_one("#conclusion", TextField).text}

    def restore(self, fields: dict[str, str]) -> None:
        """As it was left."""
        self.query_one("#conclusion", TextField).text = fields.get("conclusion", "")

    def card_resident(self) -> int | None:
        """Whose ladder it is."""
        return self._resident_id

    async def save(self) -> bool:
        """Conclude."""
        deviation = Deviation(self.query_one("#deviation", Choice).value)
        await self.ask(self._rounds.conclude_ladder, self._incident_id, self.fields()["conclusion"], deviation)
        return True


_SHORT = {
    Step.CALLED_113: N_("113 called"),
    Step.OTHER: N_("something else …"),
}
_ROOM_FOR_FOUR = 100
"""Cells from which four columns of keys fit."""
_DANGEROUS = (Step.CALLED_113, Step.CALLED_112, Step.CALLED_110)


class LadderDialog(StaffDialog[bool]):
    """The live ladder: the next step large, the numbers beside it, one key a step. Stays open under the long idle lock."""

    CRISIS = True
    AUTO_FOCUS = ""
    BINDINGS = [
        *(
            Binding(key, f"step('{step}')", N_("Step"), tooltip=STEP_NAMES[step], id=f"ladder.{step}".replace("_", "-"), show=False)
            for key, step in STEP_KEYS.items()
        ),
        Binding("c", "conclude", N_("Conclude"), tooltip=N_("Say how it ended"), id="ladder.conclude"),
        Binding("k,f2", "card", N_("Crisis card"), tooltip=N_("Open the crisis card"), id="ladder.card"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, rounds: "Rounds", incident_id: int, opened_with: str = "") -> None:
        super().__init__(desk)
        self._rounds, self._incident_id = rounds, incident_id
        self._ladder: Ladder | None = None
        self._guard = KeyGuard(self, desk.clock, self._take, self._too_soon)
        if opened_with in STEP_KEYS:
            self._guard.begin(str(STEP_KEYS[opened_with]))

    def compose_form(self) -> ComposeResult:
        """Next step; steps so far and numbers beside each other; the keys."""
        yield Static(id="next-step")
        with Horizontal(id="ladder"):
            yield Static(id="ladder-steps")
            with Vertical(id="ladder-numbers"):
                yield Static(id="numbers")
        yield LineField(id="something", placeholder=_("what was done or seen; enter saves"))
        yield Static(id="ladder-keys")

    def on_mount(self) -> None:
        """Open it; the opening is written."""
        self.add_class("wide")
        self.query_one("#something").display = False
        self._look(opening=True)
        self.set_interval(2.0, self._look)

    @job(exclusive=True, group="ladder-look")
    async def _look(self, *, opening: bool = False) -> None:
        self._ladder = await self.ask(self._rounds.ladder, self._incident_id, opening=opening)
        self._show(self._ladder)

    def _show(self, ladder: Ladder) -> None:
        incident = ladder.incident
        title = line(incident.unit_code, incident.resident, _(INCIDENT_NAMES[incident.kind]).upper(), between="  ")
        self.query_one(".title", Label).update(title)
        said = _(ladder.next) if ladder.next else _("c: say how it ended.")
        urgent = "113" in said or incident.kind in IN_DANGER
        following = self.query_one("#next-step", Static)
        following.set_class(urgent, "-danger")
        following.update(lines(shown(_("NEXT"), "$muted"), shown(said, "bold $danger-text" if urgent else "bold")))
        rows = [
            line(
                (show_time(step.at), "bold"), (step.words, "strike" if step.taken_back else ""),
                (_("entered later"), "$warning-text") if step.afterwards else "", between="  ",
            )
            for step in incident.steps
        ]  # fmt: skip
        begun = line((show_time(incident.started_at), "bold"), incident.words, between="  ")
        self.query_one("#ladder-steps", Static).update(lines(shown(_("SO FAR"), "$muted"), begun, *rows))
        self.query_one("#numbers", Static).update(_numbers(ladder))
        self.query_one("#ladder-keys", Static).update(self._keys())

    def _keys(self) -> Content:
        """All keys in columns, three where there is room for three."""
        told = [
            (key, "bold $danger-text" if step in _DANGEROUS else "bold $accent-text", _(_SHORT.get(step, STEP_NAMES[step])))
            for key, step in STEP_KEYS.items()
        ]  # fmt: skip
        told += [("c", "bold $accent-text", _("conclude")), ("k", "bold $accent-text", _("crisis card"))]
        columns = 4 if self.size.width >= _ROOM_FOR_FOUR else 3
        width = (min(self.size.width, 110) - 6) // columns
        cells = [line((key, style), words).truncate(width, ellipsis=True, pad=True) for key, style, words in told]
        return lines(*(Content("").join(cells[start : start + columns]) for start in range(0, len(cells), columns)))

    def on_resize(self) -> None:
        """The columns follow the width."""
        if self._ladder is not None:
            self._show(self._ladder)

    def action_step(self, name: str) -> None:
        """One step, done now. A held key is one step."""
        self._guard.press(name)

    def _too_soon(self) -> None:
        self.say(_("That key came too soon after the one before and was not counted."))

    def _take(self, name: str) -> None:
        """`Something else` is typed first."""
        if Step(name) is Step.OTHER:
            field = self.query_one("#something", LineField)
            field.display = True
            field.focus()
        else:
            self._step(Step(name), "")

    @on(Input.Submitted, "#something")
    def _typed(self, event: Input.Submitted) -> None:
        self._step(Step.OTHER, event.value)

    @job(group="ladder-step")
    async def _step(self, step: Step, text: str) -> None:
        try:
            await self.ask(self._rounds.ladder_step, self._incident_id, step, text)
        except StaffbaseError as error:
            self.say(str(error))
            return
        self.say("")
        self._hide_field()
        self._look()

    def _hide_field(self) -> None:
        field = self.query_one("#something", LineField)
        field.value = ""
        field.display = False
        self.set_focus(None)

    @job(group="conclude")
    async def action_conclude(self) -> None:
        """Ask how it ended; then the ladder closes."""
        resident = self._ladder.incident.resident_id if self._ladder else None
        if await self.app.push_screen_wait(ConcludeDialog(self.desk, self._rounds, self._incident_id, resident)):
            self.dismiss(True)

    def action_card(self) -> None:
        """The crisis card, over the ladder."""
        if self._ladder is not None and self._ladder.incident.resident_id is not None:
            self.desk.open_card(self._ladder.incident.resident_id)

    def action_leave(self) -> None:
        """Out of the field first, then out of the ladder, which stays open on the sheet."""
        if self.query_one("#something").display:
            self._hide_field()
        else:
            self.dismiss(False)


def _numbers(ladder: Ladder) -> Content:
    """Whom to ring, who answers now, where the ambulance comes, and what must be known at the door."""
    rows: list[Any] = [shown(_("RING"), "$muted"), line(("113", "bold $danger-text"), _("ambulance"), between="  ")]
    for number in ladder.numbers:
        words = _("answers now") if number.answers else _("closed now")
        rows.append(
            line(number.name, (number.phone, "bold" if number.answers else "$muted"), (words, "$ok-text" if number.answers else "$muted"), between="  ")
        )  # fmt: skip
    house, resident = ladder.house, ladder.resident
    if house.oncall_phone:
        rows.append(line(house.oncall_name or _("on-call"), (house.oncall_phone, "bold"), between="  "))
    rows.append(line(("116 117", "bold"), _("out-of-hours clinic"), between="  "))
    rows += ["", shown(house.address), shown(house.entrance)]
    if resident is not None:
        rows += [shown(warning.line, "$danger-text") for warning in resident.warnings]
        if resident.naloxone:
            rows.append(shown(_("naloxone: %(where)s") % {"where": resident.naloxone}))
    return lines(*rows)

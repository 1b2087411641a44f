"""What an incident asks: a step in words or with another time, whether a step was a slip, and how it ended."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Label, Static

from staffbase.incidents.model import STEP_NAMES, Deviation, Step
from staffbase.incidents.rules import IncidentFacts, StepFacts, is_crisis
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_moment, show_time
from staffbase.residents.model import STATUS_NAMES, Status
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.incidents.service import Incidents


class StepDialog(FormDialog[StepFacts]):
    """A step in one's own words, or one of the standard steps at a time that has passed."""

    DEFAULT_CSS = """
    StepDialog .step-row { height: auto; }
    StepDialog .step-row > Label { width: 10; }
    StepDialog .step-row > Choice { width: 1fr; }
    StepDialog .step-row > LineField { width: 1fr; }
    StepDialog #text { height: 4; margin: 1 0 0 0; }
    """
    title_text = N_("A step in words, or with its time")
    AUTO_FOCUS = "#text"
    CRISIS = True

    def __init__(self, desk: Desk, incidents: "Incidents", incident: IncidentFacts) -> None:
        super().__init__(desk)
        self._incidents = incidents
        self._incident = incident
        self.form_name = f"incident-step:{incident.id}"

    def compose_form(self) -> ComposeResult:
        with Horizontal(classes="step-row"):
            yield Label(_("step"))
            yield Choice([(str(step), _(words)) for step, words in STEP_NAMES.items()], str(Step.OTHER), id="step")
        with Horizontal(classes="step-row"):
            yield Label(_("when"))
            yield LineField(placeholder=_("now; 04:12"), id="at")
        yield TextField(id="text")
        yield Static(_("A time that has passed is marked as entered later. ctrl+s saves."), classes="hint")

    def card_resident(self) -> int | None:
        return self._incident.resident_id

    def fields(self) -> dict[str, str]:
        return {
            "step": self.query_one("#step", Choice).value,
            "at": self.query_one("#at", LineField).value,
            "text": self.query_one("#text", TextField).text,
        }

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#step", Choice).value = fields.get("step", "")
        self.query_one("#at", LineField).value = fields.get("at", "")
        self.query_one("#text", TextField).text = fields.get("text", "")

    async def save(self) -> StepFacts:
        typed = self.fields()
        at = read_moment(typed["at"], self.desk.clock.now(), "at") if typed["at"].strip() else None
        return await self.ask(self._incidents.step, self._incident.id, Step(typed["step"]), typed["text"], at)


class SlipDialog(StaffDialog[bool]):
    """Asks before a step is taken back, because the key lies near others."""

    BINDINGS = [
        Binding("enter", "yes", N_("Take back"), tooltip=N_("It was a slip: take the step back"), id="slip.yes"),
    ]
    title_text = N_("Take this step back?")
    CRISIS = True

    def __init__(self, desk: Desk, step: StepFacts) -> None:
        super().__init__(desk)
        self._step = step

    def compose_form(self) -> ComposeResult:
        yield Static(line((show_time(self._step.at), "bold"), self._step.words, between="  "))
        yield Static(
            _("enter: it was a slip; it stays readable, marked as taken back · esc: leave it as it is"), classes="hint"
        )

    def action_yes(self) -> None:
        self.dismiss(True)


class ConcludeDialog(FormDialog[bool]):
    """How it ended, and the questions that follow an incident."""

    DEFAULT_CSS = """
    ConcludeDialog .conclude-row { height: auto; margin: 1 0 0 0; }
    ConcludeDialog .conclude-row > Label { width: 18; }
    ConcludeDialog .conclude-row > Choice { width: 1fr; }
    ConcludeDialog #conclusion { height: 4; }
    """
    title_text = N_("How did it end?")
    AUTO_FOCUS = "#conclusion"
    CRISIS = True

    def __init__(self, desk: Desk, incidents: "Incidents", incident: IncidentFacts) -> None:
        super().__init__(desk)
        self._incidents = incidents
        self._incident = incident
        self.form_name = f"incident-end:{incident.id}"

    def compose_form(self) -> ComposeResult:
        yield TextField(id="conclusion")
        yield from self._question(
            "deviation",
            _("deviation (avvik)"),
            [("yes", _("yes, write one")), ("no", _("no")), ("later", _("decide later"))],
            "later",
        )
        if self._incident.resident_id is not None:
            done = [step.step for step in self._incident.steps if step.step and not step.taken_back]
            review = "yes" if is_crisis(self._incident.kind, done) else "no"
            yield from self._question(
                "review", _("review the plan"), [("yes", _("yes, at once")), ("no", _("not needed"))], review
            )
            stati = [
                ("", _("as before")),
                *((str(one), _(STATUS_NAMES[one])) for one in (Status.WATCH, Status.UNSTABLE)),
            ]
            yield from self._question("status", _("status from now"), stati, "")
        yield Static(_("ctrl+s concludes · esc goes back, the incident runs on"), classes="hint")

    @staticmethod
    def _question(name: str, label: str, choices: Sequence[tuple[str, str]], value: str) -> ComposeResult:
        with Horizontal(classes="conclude-row"):
            yield Label(shown(label))
            yield Choice(choices, value, id=name)

    def card_resident(self) -> int | None:
        return self._incident.resident_id

    def fields(self) -> dict[str, str]:
        chosen = {choice.id or "": choice.value for choice in self.query(Choice)}
        return {"conclusion": self.query_one("#conclusion", TextField).text, **chosen}

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#conclusion", TextField).text = fields.get("conclusion", "")
        for choice in self.query(Choice):
            choice.value = fields.get(choice.id or "", "")

    async def save(self) -> bool:
        chosen = self.fields()
        await self.ask(
            self._incidents.conclude, self._incident.id, chosen["conclusion"], deviation=Deviation(chosen["deviation"]),
            review_plan=chosen.get("review") == "yes", status=Status(chosen["status"]) if chosen.get("status") else None,
        )  # fmt: skip
        return True

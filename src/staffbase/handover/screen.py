"""The handover's keys: ask, answer, say back, take over and accept; and the report of a shift, said and signed."""

from functools import partial
from typing import Any

from textual import on
from textual.binding import ActiveBinding, Binding
from textual.widgets import OptionList

from staffbase.handover.dialogs import ReportLineDialog, SignDialog, WordsDialog
from staffbase.handover.faces_screen import FacesScreen
from staffbase.handover.rows import Row
from staffbase.kernel.access import Actor
from staffbase.kernel.i18n import N_, _
from staffbase.residents.model import Status
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.job import job

_READING_KEYS = frozenset({"ask_about", "answer", "say_back", "take_over"})
_REPORT_KEYS = frozenset({"status", "write_line", "shift"})


class HandoverScreen(FacesScreen):
    """Section 3."""

    CSS_PATH = "screen.tcss"
    BINDINGS = [
        Binding("a", "ask_about", N_("Ask"), tooltip=N_("Ask about this; whoever wrote it sees that it waits"), id="handover.ask"),
        Binding("v", "answer", N_("Answer"), tooltip=N_("Answer this question, or say how this concern was met"), id="handover.answer"),
        Binding("s", "say_back", N_("Say back"), tooltip=N_("Say back in one line what you take on"), id="handover.say-back"),
        Binding("o", "take_over", N_("Take over"), tooltip=N_("Take over this task"), id="handover.take-over"),
        Binding("r", "status('calm')", N_("Calm"), tooltip=N_("This resident is calm"), id="handover.calm"),
        Binding("f", "status('watch')", N_("Watch"), tooltip=N_("Keep an eye on this resident"), id="handover.watch"),
        Binding("u", "status('unstable')", N_("Unstable"), tooltip=N_("This resident is unstable"), id="handover.unstable"),
        Binding("t", "write_line", N_("Text"), tooltip=N_("Write two lines on this resident, or the house's items"), id="handover.text"),
        Binding("c", "concern", N_("Concerned"), tooltip=N_("I am concerned: another shift must meet it"), id="handover.concern"),
        Binding("g", "finish", N_("Sign"), tooltip=N_("Accept my reading, or sign the shift report"), id="handover.sign"),
        Binding("l", "turn", N_("Reading/report"), tooltip=N_("Turn between my reading and the shift report"), id="handover.turn"),
        Binding("left", "shift(-1)", N_("Shift before"), tooltip=N_("The report of the shift before"), id="handover.before", show=False),
        Binding("right", "shift(1)", N_("Shift after"), tooltip=N_("The report of the shift after"), id="handover.after", show=False),
        Binding("enter", "open", N_("Open"), tooltip=N_("Open the resident"), id="handover.open", show=False),
    ]  # fmt: skip

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """This room's keys stand first: on a narrow screen the footer has no room for all."""
        bindings = super().active_bindings
        return dict(sorted(bindings.items(), key=lambda one: not (one[1].binding.id or "").startswith("handover.")))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys that do something where the cursor stands."""
        row = self._row() if self.is_mounted else None
        if action in _READING_KEYS and self.face != "reading":
            return False
        if action in _REPORT_KEYS and self.face != "report":
            return False
        if action in ("status", "write_line") and (self._report is None or self._report.signed):
            return False
        if action == "answer":
            return self._to_answer() is not None
        if action == "take_over":
            return row is not None and row.task_id is not None
        return super().check_action(action, parameters)

    @on(OptionList.OptionHighlighted, "#handover-list")
    def _moved(self) -> None:
        self.refresh_bindings()

    # -- keys -----------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected, "#handover-list")
    def _selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if (resident := self.chosen_resident()) is not None:
            self.desk.open_resident(resident)

    def action_turn(self) -> None:
        self.face = "report" if self.face == "reading" else "reading"

    @job(group="shift")
    async def action_shift(self, step: int) -> None:
        before = self._report.span if self._report else None
        self._report = await self.ask(self._handover.report, before, step=step)
        if self._report.span == before:
            self.notify(_("The next shift has not begun."), markup=False, timeout=3)
            return
        self._span = self._report.span
        await self.read_again()

    @job(group="handover-status")
    async def action_status(self, name: str) -> None:
        row = self._row()
        if row is None or row.resident_id is None or self._report is None:
            self.notify(_("Put the cursor on a resident."), markup=False, timeout=3)
            return
        await self.ask(self._handover.save_draft, self._report.span, row.resident_id, status=Status(name))
        await self.read_again()
        found = next((one for one in self._report.without_words if one.resident_id == row.resident_id), None)
        if found is not None and Status(name) is Status.UNSTABLE:
            await self._then_look(ReportLineDialog(self.desk, self._handover, self._report, found))
        waiting = {one.resident_id for one in self._report.unanswered}
        after = [number for number, one in enumerate(self._rows) if one.resident_id in waiting]
        if after:
            self.query_one("#handover-list", OptionList).highlighted = after[0]
            self.forget_choice()

    @job(group="handover-dialog")
    async def action_write_line(self) -> None:
        row = self._row()
        if row is None or self._report is None:
            return
        found = next((one for one in self._report.lines if one.resident_id == row.resident_id), None)
        await self._then_look(ReportLineDialog(self.desk, self._handover, self._report, found))

    @job(group="handover-dialog")
    async def action_ask_about(self) -> None:
        row = self._row()
        resident = row.resident_id if row else None
        about = row.about_id if row else None

        def ask(actor: Actor, text: str) -> int:
            return self._handover.ask(actor, text, about_id=about, resident_id=resident)

        said = self._said(row) if row else ""
        await self._words(
            _("Ask about %(whom)s") % {"whom": self._about(resident)}, said, f"ask:{about or resident}", ask, resident
        )

    def _to_answer(self) -> Row | None:
        """The question or concern the cursor stands on; else the first question that waits for the reader."""
        row = self._row()
        if row is not None and (row.question_id is not None or row.concern_id is not None):
            return row
        asked = {one.entry_id for one in self._reading.asked_of_me} if self._reading else set()
        return next((one for one in self._rows if one.question_id in asked), None)

    @job(group="handover-dialog")
    async def action_answer(self) -> None:
        row = self._to_answer()
        if row is None:
            return
        if row.question_id is not None:
            question = row.question_id

            def answer(actor: Actor, text: str) -> int:
                return self._handover.answer(actor, question, text)

            await self._words(_("Answer"), self._said(row), f"answer:{question}", answer, row.resident_id)
            return
        concern = row.concern_id or 0

        def close(actor: Actor, text: str) -> None:
            self._handover.close_concern(actor, concern, text)

        await self._words(_("How was this concern met?"), self._said(row), f"concern:{concern}", close, row.resident_id)

    @job(group="handover-dialog")
    async def action_say_back(self) -> None:
        resident = self.chosen_resident()
        owed = [one.resident_id for one in self._reading.residents if one.must_say_back] if self._reading else []
        if resident not in owed and owed:
            resident = owed[0]
        if resident is None:
            self.notify(_("Put the cursor on a resident."), markup=False, timeout=3)
            return
        say = partial(self._say_back, resident)
        title = _("%(whom)s: what do you take on?") % {"whom": self._about(resident)}
        await self._then_look(
            WordsDialog(self.desk, title, "", f"say-back:{resident}", say, one_line=True, resident_id=resident)
        )

    def _say_back(self, resident_id: int, actor: Actor, text: str) -> None:
        self._handover.say_back(actor, resident_id, text)

    @job(group="handover-dialog")
    async def action_concern(self) -> None:
        resident = self.chosen_resident()

        def concern(actor: Actor, text: str) -> int:
            return self._handover.raise_concern(actor, text, resident)

        title = _("I am concerned: %(whom)s") % {"whom": self._about(resident)}
        told = _("It stands until somebody of another shift has met it.")
        await self._words(title, told, f"concerned:{resident}", concern, resident)

    @job(group="handover-task")
    async def action_take_over(self) -> None:
        row = self._row()
        if row is None or row.task_id is None:
            return
        await self.ask(self._handover.take_over, row.task_id)
        await self.read_again()
        self.notify(_("You have this task now."), markup=False, timeout=3)

    def action_finish(self) -> None:
        if self.face == "reading":
            self._accept()
        else:
            self._sign()

    @job(group="handover-sign")
    async def _accept(self) -> None:
        if self._reading is None:
            return
        await self.ask(self._handover.accept, self._reading.covered_to)
        await self.read_again()
        self.notify(_("You have taken the handover over."), markup=False, timeout=4)

    @job(group="handover-sign")
    async def _sign(self) -> None:
        if self._report is None:
            return
        await self.read_again()
        report = self._report
        if report.may_cosign:
            await self.ask(self._handover.cosign, report.span)
            told = _("You have signed this report too.")
        elif report.may_sign and not report.unanswered and not report.without_words:
            if not await self.app.push_screen_wait(SignDialog(self.desk, report)):
                return
            await self.ask(self._handover.sign_report, report.span)
            told = _("The shift report is signed.")
        else:
            await self.ask(self._handover.sign_report, report.span)  # it says what is missing
            return
        await self.read_again()
        self.notify(told, markup=False, timeout=4)

    async def _words(self, title: str, about: str, form: str, save: Any, resident_id: int | None) -> None:
        await self._then_look(WordsDialog(self.desk, title, about, form, save, resident_id=resident_id))

    async def _then_look(self, dialog: StaffDialog[bool]) -> None:
        if await self.app.push_screen_wait(dialog):
            await self.read_again()

"""Writing at the change of shift: a line of the report, the house's items, a question, an answer, a concern, said back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Label, Static

from staffbase.handover.facts import ReportFacts, ReportLineFacts
from staffbase.handover.plain import span_words
from staffbase.kernel.access import Actor
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.people.rules import ShiftSpan
from staffbase.residents.model import STATUS_NAMES, Status
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.handover.service import Handover


class WordsDialog(FormDialog[bool]):
    """Some words, handed to a service function; one line saves with enter, more with ctrl+s."""

    DEFAULT_CSS = """
    WordsDialog TextField { height: 5; }
    WordsDialog .about { color: $foreground; height: auto; margin: 0 0 1 0; }
    """

    def __init__(
        self, desk: Desk, title: str, about: str, form_name: str, save: Callable[[Actor, str], Any], *,
        one_line: bool = False, resident_id: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(desk)
        self._title, self._about, self._save, self._one_line = title, about, save, one_line
        self._resident_id = resident_id
        self.form_name = form_name

    def dialog_title(self) -> str:
        return self._title

    def compose_form(self) -> ComposeResult:
        if self._about:
            yield Static(shown(self._about), classes="about")
        if self._one_line:
            yield LineField(id="text", max_length=200)
            yield Static(_("enter saves · esc keeps the draft"), classes="hint")
        else:
            yield TextField(id="text")
            yield Static(_("ctrl+s saves · esc keeps the draft"), classes="hint")

    def _typed(self) -> str:
        if self._one_line:
            return self.query_one("#text", LineField).value
        return self.query_one("#text", TextField).text

    def fields(self) -> dict[str, str]:
        return {"text": self._typed()}

    def restore(self, fields: dict[str, str]) -> None:
        if self._one_line:
            self.query_one("#text", LineField).value = fields.get("text", "")
        else:
            self.query_one("#text", TextField).text = fields.get("text", "")

    @on(Input.Submitted, "#text")
    def _entered(self) -> None:
        self.action_save()

    def card_resident(self) -> int | None:
        return self._resident_id

    async def save(self) -> bool:
        await self.ask(self._save, self._typed())
        return True


class ReportLineDialog(FormDialog[bool]):
    """Two lines and an if–then about a resident, or the house's own items, in a report that is not signed."""

    DEFAULT_CSS = """
    ReportLineDialog #text { height: 4; margin: 0 0 1 0; }
    ReportLineDialog.-house #text { height: 9; }
    """
    AUTO_FOCUS = "#text"

    def __init__(self, desk: Desk, handover: "Handover", report: ReportFacts, resident: ReportLineFacts | None) -> None:
        super().__init__(desk)
        self._handover = handover
        self._span: ShiftSpan = report.span
        self._resident = resident
        self._edition = resident.edition if resident else report.house_edition
        self._before = (resident.text, resident.if_then) if resident else (report.house_text, "")
        whose = resident.resident_id if resident else "house"
        self.form_name = f"report:{self._span.date}:{self._span.name}:{whose}"
        self.set_class(resident is None, "-house")

    def dialog_title(self) -> str:
        return f"{self._resident.unit_code} {self._resident.alias}" if self._resident else _("The house")

    def compose_form(self) -> ComposeResult:
        if self._resident is None:
            yield Label(_("Staffing, visitors, faults, keys, naloxone, police, warnings"))
        else:
            yield Label(_("What the next shift must know, in two lines"))
        yield TextField(self._before[0], id="text")
        if self._resident is not None:
            yield Label(_("If this happens, do that"))
            yield LineField(self._before[1], id="if_then", max_length=160)
        yield Static(_("What is in the notes stands in the report already."), classes="hint")
        yield Static(_("ctrl+s saves · esc keeps the draft"), classes="hint")

    def fields(self) -> dict[str, str]:
        typed = {"text": self.query_one("#text", TextField).text}
        if self._resident is not None:
            typed["if_then"] = self.query_one("#if_then", LineField).value
        return typed

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#text", TextField).text = fields.get("text", "")
        if self._resident is not None:
            self.query_one("#if_then", LineField).value = fields.get("if_then", "")

    @on(Input.Submitted, "#if_then")
    def _entered(self) -> None:
        self.action_save()

    def card_resident(self) -> int | None:
        return self._resident.resident_id if self._resident else None

    async def save(self) -> bool:
        typed = self.fields()
        await self.ask(
            self._handover.save_draft, self._span, self._resident.resident_id if self._resident else None,
            text=typed["text"], if_then=typed.get("if_then"), edition=self._edition,
        )  # fmt: skip
        return True


class SignDialog(StaffDialog[bool]):
    """What one is about to sign. Enter signs; the key that opened it does not, so that a held key signs nothing."""

    BINDINGS = [
        Binding("enter", "sign", N_("Sign"), tooltip=N_("Sign this report; it is closed then"), id="report.sign-now")
    ]
    title_text = N_("Sign the shift report")

    def __init__(self, desk: Desk, report: ReportFacts) -> None:
        super().__init__(desk)
        self._report = report

    def compose_form(self) -> ComposeResult:
        report = self._report
        told = [shown(span_words(report.span), "bold"), shown("")]
        for status, ink in (
            (Status.UNSTABLE, "bold $danger-text"),
            (Status.WATCH, "bold $warning-text"),
            (Status.CALM, "$foreground"),
        ):
            units = [one.unit_code for one in report.lines if one.shown_status is status]
            if units:
                told.append(line((_(STATUS_NAMES[status]), ink), (", ".join(units), "$foreground"), between="  "))
        silent = [one.unit_code for one in report.lines if not one.counts.anything]
        if silent:
            told.append(line((_("not recorded"), "$muted"), (", ".join(silent), "$muted"), between="  "))
        missing = len(report.not_in_epj)
        if missing:
            words = ngettext(
                "%(count)d entry is not in the EPJ yet", "%(count)d entries are not in the EPJ yet", missing
            )
            told.append(shown(words % {"count": missing}, "$warning-text"))
        told += [shown(words, "$warning-text") for words in report.missed_rounds]
        yield Static(lines(*told))
        yield Static(_("enter signs; it cannot be changed afterwards · esc goes back"), classes="hint")

    def action_sign(self) -> None:
        self.dismiss(True)

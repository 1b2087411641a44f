"""What is agreed with the resident about night checks: a new version each time, with the earlier ones in sight."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_until, show_date
from staffbase.residents.dialogs.form import YES, ResidentForm, yes_or_no
from staffbase.residents.model import ROUND_FORM_NAMES, RoundForm
from staffbase.residents.rules import AgreementVersion, ResidentFacts, expired, last_day
from staffbase.residents.service import Residents
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.fields import TextField
from staffbase.ui.job import job
from staffbase.ui.text import line, lines, shown


class AgreementDialog(ResidentForm):
    """How far a check may go, whether one may wake, how consent was given, and until when it holds."""

    DEFAULT_CSS = "AgreementDialog #consent { height: 3; }"
    title_text = N_("Check agreement")
    AUTO_FOCUS = "#form"

    def __init__(self, desk: Desk, residents: Residents, facts: ResidentFacts) -> None:
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}")
        self._agreement = facts.agreement
        self.form_name = f"agreement:{facts.id}"

    def compose_form(self) -> ComposeResult:
        now = self._agreement
        forms = [(each, _(words)) for each, words in ROUND_FORM_NAMES.items()]
        yield self.row(_("at the door"), Choice(forms, now.form if now else RoundForm.KNOCK, id="form"))
        yield self.row(_("may be woken"), yes_or_no(now is not None and now.may_wake, id="wake"))
        yield self.row(_("valid until"), self.line("until", placeholder=_("01.07.2026; tomorrow")), echo=True)
        yield self.row(_("consent"), TextField(id="consent", placeholder=_("who gave it, when, in what words")))
        yield self.hint()
        yield Static(id="versions", classes="told")

    def on_mount(self) -> None:
        self._no_waking()
        self._look_back()

    @on(Choice.Changed, "#form")
    def _no_waking(self) -> None:
        self.query_one("#wake").disabled = self.typed("form") == RoundForm.NONE

    @job(group="versions")
    async def _look_back(self) -> None:
        versions = await self.ask(self._residents.agreements, self._resident_id or 0)
        told = [self._version(one, number == 0) for number, one in enumerate(versions)]
        if told:
            self.query_one("#versions", Static).update(lines(shown(_("AGREED SO FAR"), "$muted"), *told))

    def _version(self, one: AgreementVersion, holds: bool) -> Content:
        facts, now = one.facts, self.desk.clock.now()
        head: list[str | tuple[str, str]] = [
            (show_date(facts.valid_from), "bold" if holds else "$muted"),
            (_(ROUND_FORM_NAMES[facts.form]), "" if holds else "$muted"),
        ]
        if facts.may_wake:
            head.append((_("may be woken"), "$muted"))
        if facts.valid_until is not None:
            day = _("valid to %(date)s") % {"date": show_date(last_day(facts.valid_until))}
            head.append((day, "$danger-text" if holds and expired(facts, now) else "$muted"))
        head.append((one.agreed_by, "$muted"))
        first = line(*head, between="  ")
        return lines(first, shown(facts.consent, "$muted")) if facts.consent else first

    def read(self, field: str) -> str:
        del field
        until = read_until(self.typed("until"), self.desk.clock.now())
        return show_date(last_day(until)) if until else _("until withdrawn")

    async def save(self) -> bool:
        until = read_until(self.typed("until"), self.desk.clock.now())
        form = RoundForm(self.typed("form"))
        await self.ask(
            self._residents.set_agreement, self._resident_id or 0, form, consent=self.typed("consent"), valid_until=until,
            may_wake=form is not RoundForm.NONE and self.typed("wake") == YES,
        )  # fmt: skip
        return True

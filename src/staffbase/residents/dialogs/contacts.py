"""Whom to ring for a resident: add, change, end. What stood before stays readable."""

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.content import Content

from staffbase.kernel.clock import local
from staffbase.kernel.i18n import N_, _
from staffbase.residents.calls import answers_now, read_hours
from staffbase.residents.dialogs.form import YES, ResidentForm, yes_or_no
from staffbase.residents.dialogs.listed import EndDialog, ListDialog
from staffbase.residents.rules import LADDER_STEPS, OWN_PHONE, ContactFacts, ResidentFacts
from staffbase.residents.service import Residents
from staffbase.residents.told import contact_row
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.text import shown


class ContactsDialog(ListDialog):
    """The contacts, those of the call ladder in its order."""

    title_text = N_("Contacts and numbers")
    empty_text = N_("Nobody to ring yet. a adds the first.")
    hint_text = N_("a adds · enter changes · u ends · esc back")

    def rows(self) -> Sequence[tuple[int, Content]]:
        now = self.desk.clock.now()
        ladder = sorted(self._facts.contacts, key=lambda one: (one.position == 0, one.position))
        return [(one.id, contact_row(one, now)) for one in ladder]

    def _one(self, key: int | None) -> ContactFacts | None:
        return next((one for one in self._facts.contacts if one.id == key), None)

    def form(self, key: int | None) -> ResidentForm:
        return ContactDialog(self.desk, self._residents, self._facts, self._one(key))

    def ending(self, key: int) -> ResidentForm:
        one = self._one(key)
        what = contact_row(one, self.desk.clock.now()) if one else shown("")
        ending = partial(self._end, key)
        return EndDialog(
            self.desk, self._residents, _("Not to be rung any more?"), self._facts, what, ending, asks_why=False
        )

    async def _end(self, key: int, _why: str) -> None:
        await self.ask(self._residents.end_contact, key)


class ContactDialog(ResidentForm):
    """A new contact, or another number, other hours, another step of one."""

    AUTO_FOCUS = "#contact_name"

    def __init__(
        self, desk: Desk, residents: Residents, facts: ResidentFacts, contact: ContactFacts | None = None
    ) -> None:
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}")
        self._contact = contact
        self._alias = facts.alias
        self.form_name = f"contact:{contact.id}" if contact else f"contact:new:{facts.id}"

    def dialog_title(self) -> str:
        return " · ".join([_("Change the contact") if self._contact else _("New contact"), self._who])

    def compose_form(self) -> ComposeResult:
        one = self._contact or ContactFacts(0, "", "", "", "", 0, consent=True)
        steps = [("0", _("no")), *((str(step), str(step)) for step in range(1, LADDER_STEPS + 1))]
        whose = [("", _("somebody to ring")), (OWN_PHONE, _("the resident's own phone"))]
        yield self.row(_("name"), self.line("contact_name", one.name, limit=60))
        yield self.row(
            _("role"),
            self.line(
                "contact_role", "" if one.own else one.role, placeholder=_("ACT, GP, sister, guardian …"), limit=40
            ),
        )
        yield self.row(_("number"), self.line("phone", one.phone, limit=30))
        yield self.row(
            _("hours"), self.line("hours", one.hours, placeholder=_("mon-fri 08-15, sat 10-14"), limit=60), echo=True
        )
        yield self.row(_("in the call list"), Choice(steps, str(one.position), id="position"))
        yield self.row(_("may be told"), yes_or_no(one.consent, id="consents"))
        yield self.row(_("whose number"), Choice(whose, one.role if one.own else "", id="whose"))
        yield self.hint()

    def read(self, field: str) -> str:
        del field
        hours = read_hours(self.typed("hours"))
        if not hours:
            return _("answers always")
        return _("answers now") if answers_now(hours, local(self.desk.clock.now())) else _("closed now")

    async def save(self) -> bool:
        own = self.typed("whose")
        typed = (
            self.typed("contact_name") or (self._alias if own else ""), own or self.typed("contact_role"), self.typed("phone"), self.typed("hours"),
            int(self.typed("position")),
        )  # fmt: skip
        consent = self.typed("consents") == YES
        if self._contact is None:
            await self.ask(self._residents.add_contact, self._resident_id, *typed, consent=consent)
        else:
            await self.ask(self._residents.replace_contact, self._contact.id, *typed, consent=consent)
        return True

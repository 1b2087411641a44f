"""The dialogs about staff: who somebody is, a one-time PIN shown once, and leaving."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Digits, Label, Static

from staffbase.admin.forms import FactsForm
from staffbase.kernel.access import ROLE_NAMES, Role
from staffbase.kernel.errors import NotFound, StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.people.service import PersonLine
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.job import job
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.people.service import People

ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
ROLE_MEANS = {
    Role.LEADER: N_("Everything, also staff, the house and its settings."),
    Role.CLINICAL_LEAD: N_("All that staff do; also residents, agreements and publishing crisis plans."),
    Role.STAFF: N_("Notes, rounds, handover, crisis cards, and backups."),
    Role.SUBSTITUTE: N_("Notes, rounds, handover and crisis cards."),
    Role.NIGHT_WATCH: N_("What staff do; asked about the night shift."),
    Role.CLERK: N_("The house and who is on duty; no residents."),
    Role.MAINTENANCE: N_("The house and who is on duty; no residents."),
    Role.AUDITOR: N_("Sees who opened what, and whether anything was changed; reads no records, writes nothing."),
}
"""What each role may do, in one line; the table itself is kernel/access.py."""
_LABELS = {"name": N_("name"), "role": N_("role"), "phone": N_("phone")}


class PersonDialog(FactsForm):
    """Somebody who works here, or begins to. After saving, `person_id` says whom it was, and `give_pin` what was wished."""

    AUTO_FOCUS = "#name"
    DEFAULT_CSS = "PersonDialog #role-means { width: 1fr; height: auto; padding: 0 0 0 2; }"

    def __init__(self, desk: Desk, people: "People", person: PersonLine | None = None) -> None:
        was = _fields(person) if person else {"name": "", "role": str(Role.STAFF), "phone": "", "pin": "now"}
        super().__init__(desk, was)
        self._people, self._person = people, person
        self.person_id = person.id if person else 0
        self.give_pin = False
        self.form_name = f"person:{person.id}" if person else "person:new"

    def dialog_title(self) -> str:
        return self._person.name if self._person else _("Somebody new")

    def compose_fields(self) -> ComposeResult:
        yield self.row("name", _("name"), limit=60, placeholder=_("the name used in the house"))
        with Horizontal(classes="row"):
            yield Label(_("role"))
            yield Choice([(str(role), _(ROLE_NAMES[role])) for role in ROLES], self._was["role"], id="role")
        with Horizontal(classes="row"):
            yield Label("")
            yield Static(id="role-means")
        yield self.row("phone", _("phone"), limit=40)
        if self._person is None:
            with Horizontal(classes="row"):
                yield Label(_("one-time PIN"))
                yield Choice([("now", _("give out now")), ("later", _("later"))], "now", id="pin")

    def on_mount(self) -> None:
        self._tell_role()

    @on(Choice.Changed, "#role")
    def _tell_role(self) -> None:
        means = _(ROLE_MEANS[Role(self.query_one("#role", Choice).value)])
        self.query_one("#role-means", Static).update(shown(means, "$muted"))

    def label(self, field: str) -> str:
        return _(_LABELS[field])

    def words(self, field: str, value: str) -> str:
        return _(ROLE_NAMES[Role(value)]) if field == "role" else value

    async def present(self) -> dict[str, str]:
        if self._person is None:
            return self._was
        return _fields(await self._standing())

    async def _standing(self) -> PersonLine:
        for one in await self.ask(self._people.directory):
            if one.id == self.person_id and not one.left:
                return one
        raise NotFound(_("This person does not work here."))

    async def store(self, typed: dict[str, str]) -> None:
        role = Role(typed["role"])
        if self._person is None:
            self.person_id = await self.ask(self._people.add_person, typed["name"], role, typed["phone"])
            self.give_pin = typed["pin"] == "now"
            return
        standing = await self._standing()
        await self.ask(
            self._people.change_person, self.person_id,
            name=typed["name"], role=role, phone=typed["phone"], version=standing.version,
        )  # fmt: skip


def _fields(person: PersonLine) -> dict[str, str]:
    return {"name": person.name, "role": str(person.role), "phone": person.phone}


class PinShown(StaffDialog[None]):
    """A one-time PIN, large, until it is put away. It stands nowhere else."""

    DEFAULT_CSS = """
    PinShown Digits { color: $accent-text; width: 1fr; text-align: center; margin: 1 0; }
    PinShown Static { width: 1fr; height: auto; }
    """
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("enter", "leave", N_("Handed over"), tooltip=N_("It is handed over: put it away"), id="pin.handed-over"),
        Binding("escape", "leave", N_("Put away"), tooltip=N_("Put it away; it is not shown again"), id="pin.leave", show=False),
    ]  # fmt: skip

    def __init__(self, desk: Desk, name: str, pin: str) -> None:
        super().__init__(desk)
        self._name, self._pin = name, pin

    def dialog_title(self) -> str:
        return _("One-time PIN for %(name)s") % {"name": self._name}

    def compose_form(self) -> ComposeResult:
        half = len(self._pin) // 2
        yield Digits(f"{self._pin[:half]} {self._pin[half:]}")
        yield Static(
            lines(
                shown(_("It lets %(name)s in once, to choose a PIN that nobody else knows.") % {"name": self._name}),
                shown(_("It is shown only now and kept nowhere. An earlier PIN no longer works.")),
            )
        )
        yield Static(_("Tell it face to face or on the phone. enter: it is handed over"), classes="hint")


class Sure(StaffDialog[bool]):
    """Asks before something that cannot simply be undone."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "Sure Static { width: 1fr; height: auto; }"
    BINDINGS = [Binding("enter", "yes", N_("Yes"), tooltip=N_("Yes, do it"), id="sure.yes")]

    def __init__(self, desk: Desk, title: str, told: tuple[str, ...], yes: str) -> None:
        super().__init__(desk)
        self._title, self._told, self._yes = title, told, yes

    def dialog_title(self) -> str:
        return self._title

    def compose_form(self) -> ComposeResult:
        yield Static(lines(*self._told))
        yield Static(line((_("enter: %(what)s") % {"what": self._yes}, "bold"), _("esc: no"), between="  ·  "), classes="hint")  # fmt: skip

    async def do(self) -> None:
        """What yes does, if the dialog does it itself. What is refused is said, and the dialog stays."""

    @job(group="yes")
    async def action_yes(self) -> None:
        try:
            await self.do()
        except StaffbaseError as error:
            self.say(str(error))
            return
        self.dismiss(True)


class LeftDialog(Sure):
    """Somebody stops working here."""

    def __init__(self, desk: Desk, people: "People", person: PersonLine) -> None:
        told = (
            _("%(name)s cannot sign in any more, and is taken off duty.") % {"name": person.name},
            _("What %(name)s wrote and signed stays, under the same name.") % {"name": person.name},
        )
        super().__init__(
            desk, _("Does %(name)s no longer work here?") % {"name": person.name}, told, _("no longer works here")
        )
        self._people, self._person = people, person

    async def do(self) -> None:
        await self.ask(self._people.person_left, self._person.id)

"""What a round asks besides: beyond the agreement, open doors, entering later, an extra check; and the alarm."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_moment
from staffbase.residents.rules import Door, form_now
from staffbase.rounds.facts import CheckFacts
from staffbase.rounds.model import OUTCOME_NAMES, Beyond, Outcome
from staffbase.rounds.no_answer_dialogs import keys_told
from staffbase.rounds.rules import beyond
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog, StaffDialog
from staffbase.ui.fields import LineField
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.residents.service import Residents
    from staffbase.rounds.service import Rounds


class BeyondDialog(StaffDialog[Beyond]):
    """One key: why the check went further than the agreement. None of them is a step of the ladder."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("i", "answer('invited')", N_("Invited in"), tooltip=N_("The resident invited me in"), id="beyond.invited"),
        Binding("d", "answer('door_open')", N_("Door open"), tooltip=N_("The door was open"), id="beyond.open"),
        Binding("r", "answer('feared')", N_("Feared for life"), tooltip=N_("I feared for life: starts an incident"), id="beyond.feared"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk)
        self._code = code

    def dialog_title(self) -> str:
        return _("%(unit)s: this goes further than the agreement") % {"unit": self._code}

    def compose_form(self) -> ComposeResult:
        yield Static(
            keys_told(
                ("i", "$accent-text", _("I was invited in")),
                ("d", "$accent-text", _("the door was open")),
                ("r", "$danger-text", _("I feared for life (starts an incident)")),
            )
        )
        yield Static(_("A flat is a private home. esc: nothing is recorded."), classes="hint")

    def action_answer(self, reason: str) -> None:
        self.dismiss(Beyond(reason))


class OnBehalfDialog(StaffDialog[bool]):
    """Asked once a walk, when somebody else than the walker answers or signs: it is written for her, and says so."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("enter", "yes", N_("For the walker"), tooltip=N_("I write what the walker tells me"), id="behalf.yes"),
    ]

    def __init__(self, desk: Desk, walker: str) -> None:
        super().__init__(desk)
        self._walker = walker

    def dialog_title(self) -> str:
        return _("This round was walked by %(who)s") % {"who": self._walker}

    def compose_form(self) -> ComposeResult:
        words = {"who": self._walker, "you": self.desk.actor.name}
        yield Static(keys_told(("enter", "$accent-text", _("I write what %(who)s tells me") % words)))
        told = _("It stands as written by %(you)s, seen by %(who)s. esc: nothing is recorded.")
        yield Static(told % words, classes="hint")

    def action_yes(self) -> None:
        self.dismiss(True)


class OpenDoorsDialog(FormDialog[dict[int, str]]):
    """A reason for each door without a check."""

    def __init__(self, desk: Desk, doors: Sequence[Door], title: str, round_: str) -> None:
        super().__init__(desk)
        self._doors, self._title = doors, title
        self.form_name = f"open-doors:{round_}"

    def dialog_title(self) -> str:
        return self._title

    def compose_form(self) -> ComposeResult:
        for door in self._doors:
            with Horizontal(classes="row"):
                yield Label(shown(door.code), classes="row-code")
                yield LineField(id=f"unit-{door.unit_id}", placeholder=_("why"))
        yield Static(_("ctrl+s signs with these reasons; esc goes back to the doors."), classes="hint")

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == f"unit-{self._doors[-1].unit_id}":
            self.action_save()
        else:
            self.focus_next()

    def fields(self) -> dict[str, str]:
        return {field.id or "": field.value for field in self.query(LineField)}

    def restore(self, fields: dict[str, str]) -> None:
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")

    async def save(self) -> dict[int, str]:
        """Raises Invalid while a reason is missing."""
        given = {door.unit_id: self.query_one(f"#unit-{door.unit_id}", LineField).value.strip() for door in self._doors}
        lacking = next((unit for unit, reason in given.items() if not reason), None)
        if lacking is not None:
            raise Invalid(_("Each open door needs a reason."), f"unit-{lacking}")
        return given


class LateReasonDialog(FormDialog[str]):
    """Asked once a walk, when the answers are written more than half an hour after it."""

    title_text = N_("Why is it written now?")

    def __init__(self, desk: Desk, walk_id: int) -> None:
        super().__init__(desk)
        self.form_name = f"late-reason:{walk_id}"

    def compose_form(self) -> ComposeResult:
        yield LineField(id="reason", placeholder=_("for example: called to another door"))
        yield Static(
            _("It is more than half an hour since the walk. Entered later is fine, and is shown so for ever."),
            classes="hint",
        )

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_save()

    def fields(self) -> dict[str, str]:
        return {"reason": self.query_one("#reason", LineField).value}

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#reason", LineField).value = fields.get("reason", "")

    async def save(self) -> str:
        """Raises Invalid for nothing."""
        reason = self.query_one("#reason", LineField).value.strip()
        if not reason:
            raise Invalid(_("Something must be written here."), "reason")
        return reason


class LateRoundDialog(FormDialog[bool]):
    """A round that was walked earlier: when, and why it is entered now."""

    title_text = N_("A round that was walked earlier")
    form_name = "late-round"

    def __init__(self, desk: Desk, rounds: "Rounds") -> None:
        super().__init__(desk)
        self._rounds = rounds

    def compose_form(self) -> ComposeResult:
        yield Label(_("left at"))
        yield LineField(id="left_at", placeholder="23:40", max_length=20)
        yield Label(_("back at"))
        yield LineField(id="returned_at", placeholder="23:58", max_length=20)
        yield Label(_("why it is entered later"))
        yield LineField(id="reason", placeholder=_("for example: from paper, the station was down"))
        yield Static(_("It is marked as entered later for ever. ctrl+s goes on to the doors."), classes="hint")

    def fields(self) -> dict[str, str]:
        return {field.id or "": field.value for field in self.query(LineField)}

    def restore(self, fields: dict[str, str]) -> None:
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == "reason":
            self.action_save()
        else:
            self.focus_next()

    async def save(self) -> bool:
        """Begin the late round. Raises what the service and the times raise."""
        now, typed = self.desk.clock.now(), self.fields()
        for name in ("left_at", "returned_at"):
            if not typed[name].strip():
                raise Invalid(_("Write a time such as 23:52, yesterday 22:10 or 06.01 23:52."), name)
        left, back = (read_moment(typed[name], now, name) for name in ("left_at", "returned_at"))
        await self.ask(self._rounds.enter_late, left, back, typed["reason"])
        return True


class ExtraCheckDialog(FormDialog[CheckFacts]):
    """A check outside the rounds: whom, what was found, why, and who asked."""

    title_text = N_("Extra check")
    AUTO_FOCUS = ""  # a key that comes before the residents are read must not choose another one

    def __init__(self, desk: Desk, rounds: "Rounds", residents: "Residents", resident_id: int | None = None) -> None:
        super().__init__(desk)
        self._rounds, self._residents, self._resident_id = rounds, residents, resident_id
        self._doors: dict[str, Door] = {}
        self.form_name = "extra-check" if resident_id is None else f"extra-check:{resident_id}"

    def compose_form(self) -> ComposeResult:
        yield Label(_("resident"))
        yield Choice([], id="resident")
        yield Label(_("what was found"))
        found = [(str(outcome), _(name)) for outcome, name in OUTCOME_NAMES.items()]
        yield Choice([("", _("not said yet")), *found], id="outcome")
        yield Label(_("why"))
        yield LineField(id="reason")
        yield Label(_("who asked for it (may be empty)"))
        yield LineField(id="asked_by")
        yield Static(_("left and right choose · tab next field · ctrl+s saves"), classes="hint")

    def on_mount(self) -> None:
        self.query_one("#resident" if self._resident_id is None else "#outcome").focus()

    async def prepare(self) -> None:
        """Whom one can choose."""
        doors = [door for door in await self.ask(self._residents.doors) if door.resident is not None]
        self._doors = {str(door.resident.id): door for door in doors if door.resident}
        chooser = self.query_one("#resident", Choice)
        asked = [("", _("not said yet"))] if self._resident_id is None else []
        chooser.offer(
            asked + [(key, f"{door.code} {door.resident.alias}") for key, door in self._doors.items() if door.resident]
        )
        if self._resident_id is not None:
            chooser.value = str(self._resident_id)

    def card_resident(self) -> int | None:
        value = self.query_one("#resident", Choice).value
        return int(value) if value else self._resident_id

    def fields(self) -> dict[str, str]:
        """With who was chosen, if that is another one than whom the draft is kept under."""
        fields = {field.id or "": field.value for field in self.query(LineField)}
        fields["outcome"] = self.query_one("#outcome", Choice).value
        chosen = self.query_one("#resident", Choice).value
        return fields | ({"chosen": chosen} if chosen not in ("", str(self._resident_id)) else {})

    def restore(self, fields: dict[str, str]) -> None:
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")
        self.query_one("#outcome", Choice).value = fields.get("outcome", "")
        self.query_one("#resident", Choice).value = fields.get("chosen", "")

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == "asked_by":
            self.action_save()
        else:
            self.focus_next()

    async def save(self) -> CheckFacts:
        """Record it; beyond the agreement the reason is asked, and a ladder that began opens."""
        chosen = self.query_one("#resident", Choice).value
        if chosen not in self._doors:
            raise Invalid(_("Choose a resident."), "resident")
        found, typed, door = self.query_one("#outcome", Choice).value, self.fields(), self._doors[chosen]
        if not found:
            raise Invalid(_("Choose what was found."), "outcome")
        outcome = Outcome(found)
        if not typed["reason"].strip():
            raise Invalid(_("Write why the check was made."), "reason")
        why = None
        if door.resident and beyond(outcome, form_now(door.resident.agreement, self.desk.clock.now())):
            why = await self.app.push_screen_wait(BeyondDialog(self.desk, door.code))
        check = await self.ask(
            self._rounds.extra_check, int(chosen), outcome, typed["reason"], typed["asked_by"], beyond_reason=why
        )
        if check.incident_id is not None:
            self.app.call_later(self.desk.start_incident, int(chosen))
        return check

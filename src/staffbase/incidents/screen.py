"""An incident as it runs: what to do next in large words, one key a step, the numbers and the address always in sight.

What runs is in the database and not on the screen: leaving it, locking or a power cut ends nothing.
"""

from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from staffbase.incidents.dialogs import ConcludeDialog, SlipDialog, StepDialog
from staffbase.incidents.model import STEP_NAMES, Step
from staffbase.incidents.rules import ALARMS, RING_THEM, STEP_KEYS, IncidentFacts, StepFacts, next_step
from staffbase.incidents.words import heading, numbers
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_moment, show_since, show_time
from staffbase.residents.rules import HouseFacts, ResidentFacts
from staffbase.residents.told import contact_rows, ladder_order, warning_row
from staffbase.ui.desk import Desk
from staffbase.ui.further import Further
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.incidents.service import Incidents
    from staffbase.residents.service import Residents

HELD_SECONDS = 1.0
"""The same key again within this time is a held key, and no second step."""

_ROOM_FOR_NAMES = 150
"""Columns from which on the emergency numbers stand in one line with what they are."""


_BESIDE_THE_STEPS = 38
"""Columns of a narrow screen that the numbers, a margin and a scrollbar take beside the steps and whom to ring."""
_SIDE = 43
"""Columns for whom to ring on the others."""


class Steps(VerticalScroll, can_focus=False):
    """What was done. In another room the newest is in sight again."""

    def on_resize(self) -> None:
        self.scroll_end(animate=False)


class IncidentScreen(StaffScreen):
    """The running timeline of one incident."""

    CSS_PATH = "screen.tcss"
    HEAD = "#incident-head"
    CRISIS = True
    AUTO_FOCUS = ""
    BINDINGS = [
        *(
            Binding(key, "words" if step is Step.OTHER else f"step('{step}')", STEP_NAMES[step], tooltip=N_("Record this step, now"), id=f"incident.{step.replace('_', '-')}", show=False)
            for key, step in STEP_KEYS.items()
        ),
        Binding("z", "take_back", N_("Take back"), tooltip=N_("Take back my last step: it was a slip"), id="incident.take-back"),
        Binding("ctrl+s", "conclude", N_("Conclude"), tooltip=N_("Say how it ended"), id="incident.conclude"),
        Binding("pagedown", "page(1)", N_("Further down"), tooltip=N_("The numbers that stand further down"), id="incident.down", key_display="PgDn", show=False),
        Binding("pageup", "page(-1)", N_("Further up"), tooltip=N_("The numbers that stand further up"), id="incident.up", key_display="PgUp", show=False),
        Binding("up", "steps(-1)", N_("Earlier steps"), tooltip=N_("What was done earlier"), id="incident.earlier", show=False),
        Binding("down", "steps(1)", N_("Later steps"), tooltip=N_("What was done later"), id="incident.later", show=False),
        Binding("escape", "leave", N_("Leave, it runs on"), tooltip=N_("Leave the screen; the incident runs on"), id="incident.leave"),
    ]  # fmt: skip

    incident: reactive[IncidentFacts | None] = reactive(None, init=False)

    def __init__(self, desk: Desk, incidents: "Incidents", residents: "Residents", incident_id: int) -> None:
        super().__init__(desk)
        self._incidents, self._residents, self._incident_id = incidents, residents, incident_id
        self.again = partial(IncidentScreen, desk, incidents, residents, incident_id)
        self._pressed: tuple[str, float] = ("", -HELD_SECONDS)
        self._told = 0
        """Lines of the steps, when they were last shown: the newest is scrolled to, and an earlier one stays where it is."""
        self._house: HouseFacts | None = None
        self._resident: ResidentFacts | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="incident-head")
        yield Static(id="incident-next")
        with Horizontal(id="incident-middle"):
            with Vertical(id="incident-left"):
                with Steps(id="incident-steps"):
                    yield Static(id="incident-told")
                with Further(id="incident-below"):
                    yield Static(id="incident-ring-below")
            with Further(id="incident-side"):
                yield Static(id="incident-numbers")
                yield Static(id="incident-known")
                yield Static(id="incident-ring")
        yield Static(id="incident-keys")

    async def refresh_view(self) -> None:
        self._house = await self.ask(self._residents.house)
        incident = await self.ask(self._incidents.incident, self._incident_id)
        doors = await self.ask(self._residents.doors)
        self._resident = next(
            (door.resident for door in doors if door.resident and door.resident.id == incident.resident_id), None
        )
        self.incident = incident
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        incident = self.incident
        if incident is None or self._house is None or not self.query("#incident-head"):
            return  # before it is composed, or after somebody left it while the step was being saved
        now = self.desk.clock.now()
        state: tuple[str, str] = (
            _("since %(time)s") % {"time": show_moment(incident.started_at, now)},
            "$warning-text",
        )
        if incident.running:
            state = (f"{state[0]} · {show_since(incident.started_at, now)}", state[1])
        else:
            state = (_("concluded"), "$ok-text")
        self.query_one("#incident-head", Static).update(line((heading(incident), "bold"), state, between="   "))
        done = [step.step for step in incident.steps if step.step and not step.taken_back]
        wanted = next_step(incident.kind, done) if incident.running else ""
        following = self.query_one("#incident-next", Static)
        own = self._own_phone() if wanted == RING_THEM else ""
        following.update(line((_(wanted), "bold"), (own, "bold")) if wanted else Content(""))
        following.set_class("113" in wanted or "112" in wanted or "110" in wanted, "-alarm")
        following.display = bool(wanted)
        start = line(
            (show_time(incident.started_at), "bold"), incident.words, (incident.started_by, "$muted"), between="  "
        )
        told = [(incident.started_at, start), *((step.at, self._step(step)) for step in incident.steps)]
        told.sort(key=lambda one: one[0])
        self.query_one("#incident-told", Static).update(lines(*(row for _at, row in told)))
        if len(told) != self._told:
            self._told = len(told)
            self.query_one(Steps).scroll_end(animate=False)
        self.query_one("#incident-numbers", Static).update(
            numbers(self._house, incident.unit_code, named=self.size.width >= _ROOM_FOR_NAMES)
        )
        known, ringing = self._known(), self._ringing()
        self.query_one("#incident-known", Static).update(known)
        self.query_one("#incident-known").display = bool(known.plain)
        self.query_one("#incident-ring", Static).update(ringing)
        self.query_one("#incident-ring-below", Static).update(self._ringing(below=True))
        self.set_class(not ringing.plain, "-nobody")
        keys = self.query_one("#incident-keys", Static)
        keys.display = incident.running
        keys.update(self._keys(incident, (self.size.width or 120) - 4))
        self.refresh_bindings()

    @staticmethod
    def _step(step: StepFacts) -> Content:
        parts: list[str | Content | tuple[str, str]] = [
            (show_time(step.at), "bold" if not step.taken_back else "$muted")
        ]
        if step.taken_back:
            parts += [
                (_(STEP_NAMES[step.step]) if step.step else "", "$muted strike"),
                (_("taken back"), "$warning-text"),
            ]
        else:
            parts.append((step.words, "bold" if step.step in ALARMS or step.step is None else ""))
        parts.append((step.by, "$muted"))
        if step.afterwards:
            parts.append((_("entered later, %(time)s") % {"time": show_time(step.recorded_at)}, "$warning-text"))
        return line(*parts, between="  ")

    def _known(self) -> Content:
        """What must be known at the door."""
        if self._resident is None:
            return Content("")
        told = [warning_row(warning) for warning in self._resident.warnings]
        if self._resident.naloxone:
            told.append(line((_("naloxone"), "$muted"), (self._resident.naloxone, "bold")))
        return lines(*told)

    def _ringing(self, *, below: bool = False) -> Content:
        """Whom one may ring besides: beside the steps, and where that is narrow below them in as few lines as it takes."""
        now = self.desk.clock.now()
        ladder = ladder_order(self._resident.contacts) if self._resident else ()
        room = self.size.width - _BESIDE_THE_STEPS if below else _SIDE
        rows = [row for one in ladder if one.phone for row in contact_rows(one, now, room, few=below)]
        return lines(*([] if below else [shown(_("RING"), "$muted")]), *rows) if rows else Content("")

    def _own_phone(self) -> str:
        """The number of the resident who does not open."""
        contacts = self._resident.contacts if self._resident else ()
        return next((one.phone for one in contacts if one.own), "")

    @staticmethod
    def _keys(incident: IncidentFacts, width: int) -> Content:
        """One key a step, in columns; what calls for help first."""
        columns = max(1, width // 25)
        rows = -(-len(STEP_KEYS) // columns)
        made: list[list[Content]] = [[] for _row in range(rows)]
        for number, (key, step) in enumerate(STEP_KEYS.items()):
            style = "bold $danger-text" if step in (Step.CALLED_113, Step.CALLED_112, Step.CALLED_110) else ""
            at = None if step is Step.OTHER else incident.when(step)
            cell = line(
                (key, "bold $accent-text"),
                (show_time(at) if at else "", "$ok-text"),
                (_(STEP_NAMES[step]), "$ok-text" if at else style),
            ).truncate(width // columns - 1, ellipsis=True)
            made[number % rows].append(cell + Content(" " * (width // columns - cell.cell_length)))
        return lines(*(Content("").join(row) for row in made))

    def chosen_resident(self) -> int | None:
        return self.incident.resident_id if self.incident else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("step", "words", "take_back", "conclude"):
            return self.incident is not None and self.incident.running
        if action in ("start_incident", "extra_check", "write_note"):
            return False  # their keys lie beside steps, and n is a step in words here
        return super().check_action(action, parameters)

    def action_step(self, name: str) -> None:
        now = self.desk.pressed_at
        before, at = self._pressed
        self._pressed = (name, now)
        if name == before and now - at < HELD_SECONDS:
            return
        self._add(Step(name))

    @job(group="step")
    async def _add(self, step: Step) -> None:
        await self.ask(self._incidents.step, self._incident_id, step)
        await self.read_again()

    def action_page(self, step: int) -> None:
        for place in self.query(Further):
            place.page(step)

    def action_steps(self, step: int) -> None:
        self.query_one(Steps).scroll_relative(y=step, animate=False)

    def action_words(self) -> None:
        self._words()

    @job(group="words")
    async def _words(self) -> None:
        if self.incident is not None:
            await self.app.push_screen_wait(StepDialog(self.desk, self._incidents, self.incident))
            await self.read_again()

    def action_take_back(self) -> None:
        self._take_back()

    @job(group="slip")
    async def _take_back(self) -> None:
        mine = [
            step for step in (self.incident.steps if self.incident else ())
            if step.step is not None and not step.taken_back and step.by == self.desk.actor.name
        ]  # fmt: skip
        if not mine:
            self.app.notify(_("You have entered no step here that could be taken back."), markup=False)
            return
        last = max(mine, key=lambda step: step.entry_id)
        if await self.app.push_screen_wait(SlipDialog(self.desk, last)):
            await self.ask(self._incidents.take_back, last.entry_id)
            self._pressed = ("", -HELD_SECONDS)
            await self.read_again()

    def action_conclude(self) -> None:
        self._conclude()

    @job(group="conclude")
    async def _conclude(self) -> None:
        if self.incident is None:
            return
        if await self.app.push_screen_wait(ConcludeDialog(self.desk, self._incidents, self.incident)):
            self.app.notify(_("The incident is concluded. It stands in the shift report."), markup=False, timeout=5)
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)

"""Moving in, within the house, out and back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_past_day, show_day
from staffbase.residents.dialogs.about import AboutForm
from staffbase.residents.dialogs.form import ResidentForm
from staffbase.residents.dialogs.presence import presences
from staffbase.residents.model import Presence
from staffbase.residents.rules import LEAVE_REASONS, ResidentFacts
from staffbase.residents.service import Residents
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.text import lines, shown

Free = Sequence[tuple[int, str]]
"""Key and code of the units where nobody lives, in walking order."""


def free_units(free: Free, value: int | None = None) -> Choice:
    """A choice of the free units."""
    return Choice([(str(unit_id), code) for unit_id, code in free], str(value), id="unit")


class AdmitDialog(AboutForm):
    """Somebody moves in. Agreement, contacts and dangers come after, each in its own dialog."""

    DEFAULT_CSS = "AdmitDialog #about { height: 3; }"
    title_text = N_("Somebody moves in")
    AUTO_FOCUS = "#alias"
    form_name = "admit"

    def __init__(self, desk: Desk, residents: Residents, free: Free, unit_id: int | None = None) -> None:
        super().__init__(desk, residents)
        self._free, self._unit_id = free, unit_id

    def compose_form(self) -> ComposeResult:
        yield self.row(_("unit"), free_units(self._free, self._unit_id))
        yield from self.name_rows()
        yield self.row(_("moved in"), self.line("day", placeholder=_("today; 02.01; mon")), echo=True)
        yield self.row(_("where now"), presences(Presence.HOME, id="presence"))
        yield from self.known_rows()
        yield self.hint()

    def read(self, field: str) -> str:
        if field == "day":
            return show_day(read_past_day(self.typed("day"), self.desk.clock.now(), "day"))
        return super().read(field)

    async def save(self) -> bool:
        if not self._colleagues:
            self._colleagues = await self.ask(self._residents.colleagues)
        day = read_past_day(self.typed("day"), self.desk.clock.now(), "day")
        typed = self.about()
        await self.ask(
            self._residents.admit, int(self.typed("unit") or 0), typed.alias, typed.birth_year, day, typed.about,
            naloxone=typed.naloxone, children=typed.children, primary_contact_id=typed.primary_contact_id,
            presence=Presence(self.typed("presence")),
        )  # fmt: skip
        return True


class UnitDialog(ResidentForm):
    """Another unit for somebody who lives here, or a unit for somebody who comes back."""

    AUTO_FOCUS = "#unit"

    def __init__(
        self, desk: Desk, residents: Residents, title: str, facts: ResidentFacts, free: Free,
        moving: Callable[[int, date], Awaitable[Any]],
    ) -> None:  # fmt: skip
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}".strip())
        self._title, self._free, self._moving = title, free, moving
        self.form_name = f"unit:{facts.id}"

    def dialog_title(self) -> str:
        return f"{self._title} · {self._who}"

    def compose_form(self) -> ComposeResult:
        yield self.row(_("to"), free_units(self._free))
        yield self.row(_("when"), self.line("day", placeholder=_("today; 02.01; mon")), echo=True)
        yield self.hint()

    def read(self, field: str) -> str:
        del field
        return show_day(read_past_day(self.typed("day"), self.desk.clock.now(), "day"))

    async def save(self) -> bool:
        await self._moving(int(self.typed("unit") or 0), read_past_day(self.typed("day"), self.desk.clock.now(), "day"))
        return True


class LeaveDialog(ResidentForm):
    """Somebody leaves the house, with the reason.

    What is still open for them is said first, and is no reason not to go: it stays open, and saving once more is knowing.
    """

    DEFAULT_CSS = "LeaveDialog #still-open { height: auto; margin: 1 0; }"
    title_text = N_("Moves out")
    AUTO_FOCUS = "#reason"
    _HINT = N_("All that was written stays readable, and the unit is vacant. ctrl+s saves · esc keeps the draft")

    def __init__(
        self, desk: Desk, residents: Residents, facts: ResidentFacts, still_open: Sequence[str | Content] = ()
    ) -> None:
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}")
        self.form_name = f"leave:{facts.id}"
        self._still_open = still_open
        self._knows = not still_open

    def compose_form(self) -> ComposeResult:
        reasons = [(reason, _(reason)) for reason in LEAVE_REASONS]
        yield self.row(_("reason"), Choice(reasons, LEAVE_REASONS[0], id="reason"))
        yield self.row(_("words"), self.line("text", placeholder=_("to where, with whom; may be empty"), limit=300))
        yield self.row(_("when"), self.line("day", placeholder=_("today; 02.01; mon")), echo=True)
        if self._still_open:
            yield Static(lines(shown(_("STILL OPEN"), "bold $warning-text"), *self._still_open), id="still-open")
        yield self.hint()

    def read(self, field: str) -> str:
        del field
        return show_day(read_past_day(self.typed("day"), self.desk.clock.now(), "day"))

    async def save(self) -> bool:
        reason, text = self.typed("reason"), self.typed("text")
        if reason == LEAVE_REASONS[-1] and not text.strip():
            raise Invalid(_("Say in a few words why."), "text")
        day = read_past_day(self.typed("day"), self.desk.clock.now(), "day")
        if not self._knows:
            self._knows = True
            raise Invalid(
                _(
                    "What is still open stays open, under the name: tasks on 6, a running incident on h. ctrl+s once more: moves out."
                )
            )
        await self.ask(self._residents.leave, self._resident_id or 0, _(reason), text, day)
        return True

"""Beginning an incident: of which kind, about whom; and the way back to those that run already."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.incidents.model import INCIDENT_NAMES, IncidentKind
from staffbase.incidents.rules import IncidentFacts
from staffbase.incidents.screen import IncidentScreen
from staffbase.incidents.words import heading, numbers
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_time
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines

if TYPE_CHECKING:
    from staffbase.incidents.service import Incidents
    from staffbase.residents.service import Residents


_ABOUT_SOMEBODY = frozenset(
    {IncidentKind.NO_ANSWER, IncidentKind.FOUND_IN_DANGER, IncidentKind.OVERDOSE, IncidentKind.SELF_HARM}
)
"""What happens to somebody and not to the house: without a resident there is no card, no danger and no number to ring."""


class IncidentStart(StaffScreen):
    """Which incident: go on with one that runs, or start one of a kind with one key.

    A kind that is about somebody asks who, unless it was said to be the house's (a stranger on the stairs).
    """

    CSS_PATH = "screen.tcss"
    HEAD = "#incident-about"
    CRISIS = True
    AUTO_FOCUS = "OptionList"
    BINDINGS = [
        *(
            Binding(str(number), f"begin('{kind}')", name, tooltip=N_("Start an incident of this kind"), id=f"incident-start.{kind.replace('_', '-')}", show=False)
            for number, (kind, name) in enumerate(INCIDENT_NAMES.items(), 1)
        ),
        Binding("b", "whose", N_("Resident"), tooltip=N_("Choose the resident it is about"), id="incident-start.resident"),
        Binding("u", "house", N_("The house"), tooltip=N_("It is about the house, not a resident"), id="incident-start.house"),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back; nothing is started"), id="incident-start.back"),
    ]  # fmt: skip

    resident_id: reactive[int | None] = reactive(None, init=False)

    def __init__(
        self, desk: Desk, incidents: "Incidents", residents: "Residents", resident_id: int | None = None
    ) -> None:
        super().__init__(desk)
        self._incidents, self._residents = incidents, residents
        self.set_reactive(IncidentStart.resident_id, resident_id)
        self._beginning = False
        self._looked = False
        self._said_house = False

    def compose_body(self) -> Iterable[Widget]:
        yield Static(id="incident-about")
        yield Listing(id="incident-kinds")
        yield Static(id="incident-calls")

    async def refresh_view(self) -> None:
        running = await self.ask(self._incidents.running)
        house = await self.ask(self._residents.house)
        doors = await self.ask(self._residents.doors)
        mine = [one for one in running if self.resident_id is not None and one.resident_id == self.resident_id]
        if not self._looked and len(mine) == 1:
            self._go_on(mine[0].id)
            return
        self._looked = True
        about = next(
            (
                f"{door.code} {door.resident.alias}"
                for door in doors
                if door.resident and door.resident.id == self.resident_id
            ),
            _("the house"),
        )
        self.query_one("#incident-about", Static).update(
            lines(
                line(("113", "bold $danger-text"), (_("first, if life may be in danger."), "bold"), between="  "),
                line(
                    (_("It is about"), "$muted"),
                    (about, "bold"),
                    (_("b a resident") if self.resident_id is None else _("b another · u the house"), "$muted"),
                    between="  ",
                ),
            )
        )
        kinds = self.query_one("#incident-kinds", OptionList)
        here = kinds.highlighted
        kinds.set_options([*(Option(self._going(one), id=f"running:{one.id}") for one in running), *self._kinds()])
        kinds.highlighted = here if here is not None and here < kinds.option_count else 0
        self.query_one("#incident-calls", Static).update(numbers(house))

    def _going(self, one: IncidentFacts) -> Content:
        since = _("since %(time)s") % {"time": show_time(one.started_at)}
        return line(
            ("●", "$danger-text"),
            (heading(one), "bold"),
            (since, "$warning-text"),
            (_("enter: go on"), "$muted"),
            between="  ",
        )

    @staticmethod
    def _kinds() -> Iterable[Option]:
        for number, (kind, name) in enumerate(INCIDENT_NAMES.items(), 1):
            yield Option(line((str(number), "bold $accent-text"), _(name), between="  "), id=f"kind:{kind}")

    def chosen_resident(self) -> int | None:
        return self.resident_id

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "start_incident":
            return False  # this is it
        return super().check_action(action, parameters)

    @on(OptionList.OptionSelected, "#incident-kinds")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        what, _colon, value = (event.option_id or "").partition(":")
        if what == "running":
            self._go_on(int(value))
        else:
            self.action_begin(value)

    def watch_resident_id(self) -> None:
        self._looked = True
        self.look_again()

    def action_whose(self) -> None:
        self.desk.choose_resident(lambda resident_id: setattr(self, "resident_id", resident_id))

    def action_house(self) -> None:
        self._said_house = True
        self.resident_id = None

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_begin(self, kind: str) -> None:
        asked = IncidentKind(kind)
        if self.resident_id is None and asked in _ABOUT_SOMEBODY and not self._said_house:
            self.desk.choose_resident(lambda resident_id: self._begin_of(asked, resident_id))
        else:
            self._begin_of(asked, self.resident_id)

    def _begin_of(self, kind: IncidentKind, resident_id: int | None) -> None:
        if not self._beginning:
            self._beginning = True
            self._begin(kind, resident_id)

    @job(group="begin")
    async def _begin(self, kind: IncidentKind, resident_id: int | None) -> None:
        try:
            started = await self.ask(self._incidents.start, kind, resident_id)
        finally:
            self._beginning = False
        self._go_on(started)

    def _go_on(self, incident_id: int) -> None:
        self.app.switch_screen(IncidentScreen(self.desk, self._incidents, self._residents, incident_id))

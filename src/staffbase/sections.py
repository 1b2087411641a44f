"""The sections of the app and the dialogs rooms open in each other: which screen stands behind which key and name.

Loaded in a thread while the PIN is typed: it imports every screen and, through them, the database libraries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from staffbase.admin.screen import AdminScreen, Rooms
from staffbase.board.screen import BoardScreen
from staffbase.crisis_plans.card_screen import CardScreen
from staffbase.crisis_plans.facts import PlanState
from staffbase.crisis_plans.screen import CrisisPlansScreen
from staffbase.crisis_plans.words import review_words, state_words
from staffbase.handover.screen import HandoverScreen
from staffbase.incidents.screen import IncidentStart
from staffbase.kernel.access import Actor, Permission
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_moment
from staffbase.notes.dialogs import NoteDialog
from staffbase.notes.entry.screen import EntryScreen
from staffbase.notes.screen import NotesScreen
from staffbase.notes.search.screen import SearchScreen
from staffbase.people.dialogs import ChangePinDialog, WhoIsOnDutyDialog
from staffbase.residents.beside import Beside
from staffbase.residents.screen import ResidentPage
from staffbase.residents.service import Residents
from staffbase.rounds.alarm import Alarm
from staffbase.rounds.dialogs import AlarmScreen, ExtraCheckDialog
from staffbase.rounds.screen import RoundsScreen
from staffbase.station import Station
from staffbase.tasks.screen import TasksScreen
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.fields import LineField
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, shown


@dataclass(frozen=True)
class Section:
    """One section: its permission and how its screen is made. Any of the permissions in `also` opens it too."""

    permission: Permission
    make: Callable[[Desk, Station], StaffScreen]
    also: tuple[Permission, ...] = ()

    def opens_to(self, actor: Actor) -> bool:
        """Whether this person finds the section at all; its parts ask for permissions of their own."""
        return any(actor.may(permission) for permission in (self.permission, *self.also))


SECTIONS: dict[str, Section] = {
    "board": Section(Permission.SEE_HOUSE, lambda desk, station: BoardScreen(desk, station.board)),
    "rounds": Section(Permission.ROUND, lambda desk, station: RoundsScreen(desk, station.rounds)),
    "handover": Section(Permission.HANDOVER, lambda desk, station: HandoverScreen(desk, station.handover)),
    "notes": Section(Permission.READ, lambda desk, station: NotesScreen(desk, station.notes)),
    "crisis_plans": Section(Permission.READ, lambda desk, station: CrisisPlansScreen(desk, station.crisis_plans)),
    "tasks": Section(Permission.SEE_RESIDENTS, lambda desk, station: TasksScreen(desk, station.tasks)),
    "admin": Section(
        Permission.STAFF_ADMIN,
        lambda desk, station: AdminScreen(desk, Rooms(station.people, station.residents, station.rounds)),
        also=(Permission.HOUSE_ADMIN, Permission.RESIDENTS_ADMIN),
    ),
}


def screen_of(name: str, desk: Desk, station: Station) -> StaffScreen:
    """A new screen of this section."""
    return SECTIONS[name].make(desk, station)


def beside_of(station: Station) -> Beside:
    """What crisis plans, tasks and notes say on a resident's page."""

    def plan(actor: Actor, resident_id: int) -> list[Content]:
        state = station.crisis_plans.current_versions(actor).get(resident_id, PlanState(resident_id, 0))
        return [shown(*review_words(state)), *([shown(words)] if (words := state_words(state)) else [])]

    def tasks(actor: Actor, resident_id: int) -> list[Content]:
        now = station.database.clock.now()
        return [
            line(
                (show_moment(one.due_at, now) if one.due_at else "", "$danger-text" if one.overdue(now) else "bold"),
                one.text, (one.owner, "$muted"), between="  ",
            )
            for one in station.tasks.open_tasks(actor, resident_id)
        ]  # fmt: skip

    return Beside(
        plan, tasks, station.rounds.outcomes, lambda desk, entry_id: EntryScreen(desk, station.notes, entry_id)
    )


@dataclass(frozen=True)
class Offer:
    """A named action that every screen may call: its permission, and the screen or dialog it opens."""

    permission: Permission
    make: Callable[[Desk, Station, int | None], Screen[Any]]


OFFERS: dict[str, Offer] = {
    "open_card": Offer(
        Permission.SEE_RESIDENTS,
        lambda desk, station, resident_id: CardScreen(desk, station.crisis_plans, resident_id or 0),
    ),
    "open_resident": Offer(
        Permission.READ,
        lambda desk, station, resident_id: ResidentPage(
            desk, station.residents, station.journal, station.people, beside_of(station), resident_id or 0
        ),
    ),
    "write_note": Offer(
        Permission.WRITE, lambda desk, station, resident_id: NoteDialog(desk, station.notes, resident_id)
    ),
    "start_incident": Offer(
        Permission.WRITE,
        lambda desk, station, resident_id: IncidentStart(desk, station.incidents, station.residents, resident_id),
    ),
    "extra_check": Offer(
        Permission.ROUND,
        lambda desk, station, resident_id: ExtraCheckDialog(desk, station.rounds, station.residents, resident_id),
    ),
    "search": Offer(Permission.READ, lambda desk, station, _resident_id: SearchScreen(desk, station.notes)),
    "who_is_on_duty": Offer(
        Permission.DUTY, lambda desk, station, _resident_id: WhoIsOnDutyDialog(desk, station.people)
    ),
    "change_pin": Offer(Permission.SELF, lambda desk, station, _resident_id: ChangePinDialog(desk, station.people)),
}


class ResidentChooser(StaffDialog[int]):
    """Pick a resident by unit or name."""

    title_text = N_("Which resident?")

    def __init__(self, desk: Desk, residents: Residents) -> None:
        super().__init__(desk)
        self._residents = residents
        self._all: list[tuple[int, str, str]] = []

    def compose_form(self) -> ComposeResult:
        yield LineField(placeholder=_("unit or name"), id="typed")
        yield OptionList(id="found")

    def on_mount(self) -> None:
        self.query_one("#found", OptionList).can_focus = False
        self._fill()

    @job(group="fill")
    async def _fill(self) -> None:
        doors = await self.ask(self._residents.doors)
        self._all = [(door.resident.id, door.code, door.resident.alias) for door in doors if door.resident]
        self._narrow()

    @on(Input.Changed, "#typed")
    def _narrow(self) -> None:
        typed = self.query_one("#typed", LineField).value.strip().casefold()
        self._found = [one for one in self._all if typed in f"{one[1]} {one[2]}".casefold()]
        self.query_one("#found", OptionList).set_options(
            [Option(line((code, "bold"), alias, between="  ")) for _id, code, alias in self._found]
        )

    @on(Input.Submitted, "#typed")
    def _take_first(self) -> None:
        if self._found:
            self.dismiss(self._found[0][0])

    @on(OptionList.OptionSelected, "#found")
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index][0])


__all__ = ["OFFERS", "SECTIONS", "Alarm", "AlarmScreen", "ResidentChooser", "Section", "screen_of"]

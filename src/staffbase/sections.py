"""The sections of the app and the dialogs rooms open in each other: which screen stands behind which key and name.

Loaded in a thread while the PIN is typed, and with it only what the board needs; a screen is loaded when it is opened,
or by `load_all` once the board stands, whichever comes first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from textual.content import Content
from textual.screen import Screen

from staffbase.board.screen import BoardScreen
from staffbase.kernel.access import Actor, Permission
from staffbase.kernel.i18n import _
from staffbase.rounds.alarm import Alarm
from staffbase.rounds.alarm_screen import AlarmScreen
from staffbase.station import Station
from staffbase.ui.desk import Desk
from staffbase.ui.screen import StaffScreen


@dataclass(frozen=True)
class Section:
    """One section: its permission and how its screen is made. Any of the permissions in `also` opens it too."""

    permission: Permission
    make: Callable[[Desk, Station], StaffScreen]
    also: tuple[Permission, ...] = ()

    def opens_to(self, actor: Actor) -> bool:
        """Whether this person finds the section at all; its parts ask for permissions of their own."""
        return any(actor.may(permission) for permission in (self.permission, *self.also))


@dataclass(frozen=True)
class Offer:
    """A named action that every screen may call: its permission, and the screen or dialog it opens about a resident or an entry."""

    permission: Permission
    make: Callable[[Desk, Station, int | None], Screen[Any]]


def _board(desk: Desk, station: Station) -> StaffScreen:
    return BoardScreen(desk, station.board)


def _rounds(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.rounds.screen import RoundsScreen

    return RoundsScreen(desk, station.rounds)


def _handover(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.handover.screen import HandoverScreen

    return HandoverScreen(desk, station.handover)


def _notes(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.notes.screen import NotesScreen

    return NotesScreen(desk, station.notes)


def _crisis_plans(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.crisis_plans.screen import CrisisPlansScreen

    return CrisisPlansScreen(desk, station.crisis_plans)


def _tasks(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.tasks.screen import TasksScreen

    return TasksScreen(desk, station.tasks)


def _admin(desk: Desk, station: Station) -> StaffScreen:
    from staffbase.admin.screen import AdminScreen, Rooms
    from staffbase.admin.trust import TrustRooms, TrustScreen

    home, settings = desk.settings.home, desk.settings
    trust = TrustRooms(
        station.access_log, station.emergency, station.automatic_backups(settings), station.verifications, station.openers(home),
    )  # fmt: skip
    if not any(desk.actor.may(permission) for permission in _CHANGES):  # the access auditor looks, and changes nothing
        return TrustScreen(desk, trust)
    machine = station.machine(home)
    rooms = Rooms(station.people, station.residents, station.rounds, machine, trust, partial(still_open, station))
    return AdminScreen(desk, rooms)


_CHANGES = (Permission.STAFF_ADMIN, Permission.HOUSE_ADMIN, Permission.RESIDENTS_ADMIN)
"""Each opens Administration."""

SECTIONS: dict[str, Section] = {
    "board": Section(Permission.SEE_HOUSE, _board),
    "rounds": Section(Permission.ROUND, _rounds),
    "handover": Section(Permission.HANDOVER, _handover),
    "notes": Section(Permission.READ, _notes),
    "crisis_plans": Section(Permission.READ, _crisis_plans),
    "tasks": Section(Permission.SEE_RESIDENTS, _tasks),
    "admin": Section(Permission.SEE_LOG, _admin, also=_CHANGES),
}


def screen_of(name: str, desk: Desk, station: Station) -> StaffScreen:
    """A new screen of this section."""
    return SECTIONS[name].make(desk, station)


def still_open(station: Station, actor: Actor, resident_id: int) -> list[Content]:
    """What is running or promised for a resident, in words."""
    from staffbase.incidents.model import INCIDENT_NAMES
    from staffbase.kernel.moments import show_since
    from staffbase.ui.text import line

    now = station.database.clock.now()
    running = [one for one in station.incidents.running(actor) if one.resident_id == resident_id]
    return [
        *(line((_("incident"), "$danger-text"), _(INCIDENT_NAMES[one.kind]), (show_since(one.started_at, now), "$muted")) for one in running),
        *beside_of(station).tasks(actor, resident_id),
    ]  # fmt: skip


def beside_of(station: Station) -> Any:
    """What crisis plans, tasks and notes say on a resident's page (residents.beside)."""
    from staffbase.crisis_plans.facts import PlanState
    from staffbase.crisis_plans.words import review_words, state_words
    from staffbase.kernel.moments import show_moment
    from staffbase.notes.entry.screen import EntryScreen
    from staffbase.residents.beside import Beside
    from staffbase.ui.text import line, shown

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


def _card(desk: Desk, station: Station, resident_id: int | None) -> Screen[Any]:
    from staffbase.crisis_plans.card_screen import CardScreen

    return CardScreen(desk, station.crisis_plans, resident_id or 0)


def _resident(desk: Desk, station: Station, resident_id: int | None) -> Screen[Any]:
    from staffbase.residents.screen import ResidentPage

    return ResidentPage(desk, station.residents, station.journal, station.people, beside_of(station), resident_id or 0)


def _note(desk: Desk, station: Station, resident_id: int | None) -> Screen[Any]:
    from staffbase.notes.dialogs import NoteDialog

    return NoteDialog(desk, station.notes, resident_id)


def _incident(desk: Desk, station: Station, resident_id: int | None) -> Screen[Any]:
    from staffbase.incidents.start_screen import IncidentStart

    return IncidentStart(desk, station.incidents, station.residents, resident_id)


def _extra_check(desk: Desk, station: Station, resident_id: int | None) -> Screen[Any]:
    from staffbase.rounds.dialogs import ExtraCheckDialog

    return ExtraCheckDialog(desk, station.rounds, station.residents, resident_id)


def _mend_check(desk: Desk, station: Station, entry_id: int | None) -> Screen[Any]:
    from staffbase.rounds.mending_dialogs import MendCheckDialog

    return MendCheckDialog(desk, station.rounds, entry_id or 0)


def _search(desk: Desk, station: Station, _resident_id: int | None) -> Screen[Any]:
    from staffbase.notes.search.screen import SearchScreen

    return SearchScreen(desk, station.notes)


def _who_is_on_duty(desk: Desk, station: Station, _resident_id: int | None) -> Screen[Any]:
    from staffbase.people.dialogs import WhoIsOnDutyDialog

    return WhoIsOnDutyDialog(desk, station.people)


def _change_pin(desk: Desk, station: Station, _resident_id: int | None) -> Screen[Any]:
    from staffbase.people.dialogs import ChangePinDialog

    return ChangePinDialog(desk, station.people)


def _drafts(desk: Desk, station: Station, _resident_id: int | None) -> Screen[Any]:
    from staffbase.notes.drafts.dialogs import DraftsDialog

    return DraftsDialog(desk, station.notes)


def _emergency_access(desk: Desk, station: Station, resident_id: int | None) -> Screen[Any]:
    from staffbase.residents.dialogs.emergency import EmergencyDialog

    return EmergencyDialog(desk, station.emergency, station.residents, resident_id or 0)


def _access_log(desk: Desk, station: Station, resident_id: int | None) -> Screen[Any]:
    from staffbase.residents.log_screen import AccessLogScreen

    return AccessLogScreen(desk, station.access_log, resident_id)


def _hidden(desk: Desk, station: Station, _resident_id: int | None) -> Screen[Any]:
    from staffbase.notes.hidden.screen import HiddenScreen

    return HiddenScreen(desk, station.notes)


def _erase(desk: Desk, station: Station, entry_id: int | None) -> Screen[Any]:
    from staffbase.notes.erasure.dialogs import EraseDialog

    return EraseDialog(desk, station.erasures(desk.settings), entry_id or 0)


OFFERS: dict[str, Offer] = {
    "open_card": Offer(Permission.SEE_RESIDENTS, _card),
    "open_resident": Offer(Permission.READ, _resident),
    "write_note": Offer(Permission.WRITE, _note),
    "start_incident": Offer(Permission.WRITE, _incident),
    "extra_check": Offer(Permission.ROUND, _extra_check),
    "mend_check": Offer(Permission.ROUND, _mend_check),
    "search": Offer(Permission.READ, _search),
    "who_is_on_duty": Offer(Permission.DUTY, _who_is_on_duty),
    "change_pin": Offer(Permission.SELF, _change_pin),
    "open_drafts": Offer(Permission.READ, _drafts),
    "emergency_access": Offer(Permission.EMERGENCY_ACCESS, _emergency_access),
    "access_log": Offer(Permission.SEE_LOG, _access_log),
    "hidden_entries": Offer(Permission.READ_MOVED, _hidden),
    "erase_entry": Offer(Permission.ERASE, _erase),
}


def resident_chooser(desk: Desk, station: Station) -> Screen[int]:
    """The dialog that asks which resident."""
    from staffbase.residents.chooser import ResidentChooser

    return ResidentChooser(desk, station.residents)


_LATER = (
    "rounds.screen", "handover.screen", "notes.dialogs", "notes.screen", "notes.entry.screen", "notes.drafts.dialogs", "notes.search.screen",
    "crisis_plans.screen", "crisis_plans.card_screen", "tasks.screen", "incidents.start_screen", "incidents.screen", "residents.screen",
    "residents.chooser", "residents.dialogs.emergency", "residents.log_screen", "notes.hidden.screen", "people.dialogs", "admin.screen", "admin.trust",
)  # fmt: skip
"""Every screen the board can wait for, the likeliest first."""


def load_all() -> None:
    """Load every screen, so that the first look at one is as quick as the second. Takes its time; run it in a thread."""
    for name in _LATER:
        import_module(f"staffbase.{name}")


__all__ = ["OFFERS", "SECTIONS", "Alarm", "AlarmScreen", "Section", "load_all", "resident_chooser", "screen_of"]

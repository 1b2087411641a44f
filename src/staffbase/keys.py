"""The list of keys, from the same declarations as footer, key panel and palette; printed by `staffbase keys`."""

from textual.binding import Binding
from textual.dom import DOMNode

from staffbase.admin.machine import MachineDialog
from staffbase.admin.residents import ResidentsAdmin
from staffbase.admin.screen import AdminScreen
from staffbase.admin.staff import StaffAdmin
from staffbase.admin.trust import TrustScreen
from staffbase.app import StaffbaseApp
from staffbase.board.screen import BoardScreen
from staffbase.crisis_plans.card_screen import CardScreen
from staffbase.crisis_plans.dialogs import BothTexts
from staffbase.crisis_plans.editor import PlanEditor
from staffbase.crisis_plans.page import PlanPage
from staffbase.crisis_plans.screen import CrisisPlansScreen
from staffbase.damage import DamageDialog
from staffbase.handover.screen import HandoverScreen
from staffbase.incidents.screen import IncidentScreen
from staffbase.incidents.start_screen import IncidentStart
from staffbase.kernel.i18n import N_, _
from staffbase.notes.dialogs import NoteDialog
from staffbase.notes.drafts.dialogs import DraftsDialog
from staffbase.notes.entry.screen import EntryScreen
from staffbase.notes.hidden.screen import HiddenScreen
from staffbase.notes.screen import NotesScreen
from staffbase.notes.search.screen import SearchScreen
from staffbase.people.dialogs import WhoIsOnDutyDialog
from staffbase.residents.changing import Changing
from staffbase.residents.dialogs.listed import ListDialog
from staffbase.residents.log_screen import AccessLogScreen
from staffbase.residents.screen import ResidentPage
from staffbase.rounds.alarm_screen import AlarmScreen
from staffbase.rounds.dialogs import BeyondDialog
from staffbase.rounds.no_answer_dialogs import NoAnswerDialog
from staffbase.rounds.screen import RoundsScreen
from staffbase.sections import OFFERS, SECTIONS
from staffbase.start.damaged_screen import DamagedScreen
from staffbase.start.dialogs import PassphraseScreen
from staffbase.tasks.screen import TasksScreen
from staffbase.ui.dialog import FormDialog
from staffbase.ui.screen import NAMED_ACTIONS, StaffScreen

SECTION_NAMES = ("board", "rounds", "handover", "notes", "crisis_plans", "tasks", "admin")

PLACES: tuple[tuple[str, type[DOMNode]], ...] = (
    (N_("Everywhere"), StaffbaseApp),
    (N_("On every screen"), StaffScreen),
    (N_("While typing"), FormDialog),
    (N_("A note"), NoteDialog),
    (N_("My drafts"), DraftsDialog),
    (N_("Board"), BoardScreen),
    (N_("Rounds"), RoundsScreen),
    (N_("Round: no answer"), NoAnswerDialog),
    (N_("Round: beyond the agreement"), BeyondDialog),
    (N_("Handover"), HandoverScreen),
    (N_("Notes"), NotesScreen),
    (N_("Search"), SearchScreen),
    (N_("Entry"), EntryScreen),
    (N_("Moved, withdrawn"), HiddenScreen),
    (N_("Crisis plans"), CrisisPlansScreen),
    (N_("Crisis plan"), PlanPage),
    (N_("Editing a crisis plan"), PlanEditor),
    (N_("A colleague has changed it too"), BothTexts),
    (N_("Crisis card"), CardScreen),
    (N_("Tasks"), TasksScreen),
    (N_("Resident"), ResidentPage),
    (N_("Resident: what may be changed"), Changing),
    (N_("Resident: contacts, dangers and allergies"), ListDialog),
    (N_("Access log"), AccessLogScreen),
    (N_("Starting an incident"), IncidentStart),
    (N_("Incident"), IncidentScreen),
    (N_("Who is on duty"), WhoIsOnDutyDialog),
    (N_("Administration"), AdminScreen),
    (N_("Administration: residents"), ResidentsAdmin),
    (N_("Administration: staff"), StaffAdmin),
    (N_("Administration: this computer"), MachineDialog),
    (N_("Administration: access and safety"), TrustScreen),
    (N_("Alarm"), AlarmScreen),
    (N_("Part of the database is damaged"), DamageDialog),
    (N_("The station is damaged"), DamagedScreen),
    (N_("Passphrase at start"), PassphraseScreen),
)
"""Where keys are declared, in the order they are listed."""

SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "escape": "esc",
    "f2": "F2",
    "f3": "F3",
    "f4": "F4",
    "f6": "F6",
    "f7": "F7",
    "f8": "F8",
    "f9": "F9",
}


def bindings_of(place: type[DOMNode]) -> list[Binding]:
    """The bindings a class declares itself."""
    absent = {f"show_section('{name}')" for name in SECTION_NAMES if name not in SECTIONS}
    declared = [binding for binding in place.__dict__.get("BINDINGS", ()) if isinstance(binding, Binding)]
    again = () if place is StaffScreen else tuple(one.id for one in StaffScreen.BINDINGS if isinstance(one, Binding))
    return [
        binding for binding in declared
        if binding.action not in absent and binding.id not in again and _offered(binding.action)
    ]  # fmt: skip


def _offered(action: str) -> bool:
    """Whether this station has the named action; what is no named action is always there."""
    return action not in NAMED_ACTIONS or action in OFFERS


def key_table() -> str:
    """All keys as text, in the person's language."""
    parts = []
    for heading, place in PLACES:
        rows = [
            f"  {one.key_display or SHOWN.get(one.key, one.key):10}{_(one.description):23} {_(one.tooltip)}"
            for one in bindings_of(place)
            if one.id
        ]
        parts.append("\n".join([_(heading), *rows]))
    return "\n\n".join(parts)

"""What every screen may reach beyond its own services: who acts, the clock, and the actions that other rooms wire.

Screens open each other only through these names; the app implements them (see staffbase.app).
"""

from collections.abc import Callable
from typing import Any, Protocol

from staffbase.kernel.access import Actor
from staffbase.kernel.clock import Clock
from staffbase.kernel.errors import NobodySignedIn
from staffbase.kernel.settings import Settings
from staffbase.ui.strip import StripFacts


def signed_in(desk: "Desk") -> Actor | None:
    """Who is signed in; None once the door is shut, when the screens behind it still stand and may be drawn."""
    try:
        return desk.actor
    except NobodySignedIn:
        return None


class Drafts(Protocol):
    """Keeps what is half typed, per person and form (the journal does it)."""

    def save_draft(self, actor: Actor, form: str, fields: dict[str, str]) -> Any:
        """Keep the fields as typed so far. False when they may not be kept: what they are about was erased by decision."""

    def draft(self, actor: Actor, form: str) -> dict[str, str] | None:
        """What was kept, if anything."""

    def finish_draft(self, actor: Actor, form: str) -> Any:
        """It was saved; the draft is not needed any more."""


class Desk(Protocol):
    """The signed-in person's desk."""

    clock: Clock
    settings: Settings

    @property
    def actor(self) -> Actor:
        """Who is signed in. Raises NobodySignedIn."""

    @property
    def drafts(self) -> Drafts:
        """Where half-typed text is kept."""

    @property
    def strip_facts(self) -> StripFacts:
        """What the strip on top says now."""

    @property
    def pressed_at(self) -> float:
        """When the key now being acted on was pressed, in monotonic seconds of the clock: not when its turn came."""

    def offers(self, action: str) -> bool:
        """Whether this named action ("open_card", "write_note", …) exists in this station and for this person."""

    def open_card(self, resident_id: int) -> None:
        """Open the crisis card."""

    def open_resident(self, resident_id: int) -> None:
        """Open the resident's page."""

    def write_note(self, resident_id: int | None = None) -> None:
        """Open the note dialog."""

    def start_incident(self, resident_id: int | None = None) -> None:
        """Open the incident dialog."""

    def extra_check(self, resident_id: int | None = None) -> None:
        """Open the extra check."""

    def mend_check(self, entry_id: int) -> None:
        """Open the correction of an answer that was wrong."""

    def search(self) -> None:
        """Open the search."""

    def who_is_on_duty(self) -> None:
        """Open the list of who is on duty."""

    def change_pin(self) -> None:
        """Let the person choose a new PIN."""

    def open_drafts(self) -> None:
        """Show the person's own drafts, and go on with one."""

    def emergency_access(self, resident_id: int) -> None:
        """Ask why, and open what lies outside one's own shifts."""

    def access_log(self, resident_id: int | None = None) -> None:
        """Show who opened what of a resident; of the first one where none is said."""

    def hidden_entries(self) -> None:
        """Show what was moved from the wrong resident, or withdrawn."""

    def erase_entry(self, entry_id: int) -> None:
        """Open the dialog in which an entry is erased by decision."""

    def use_settings(self, changes: dict[str, int | str]) -> None:
        """Let changed settings of this machine hold from now on."""

    def show_section(self, name: str) -> None:
        """Go to a section by name: board, rounds, handover, notes, crisis_plans, tasks, admin."""

    def lock(self) -> None:
        """Lock the screen; everything typed stays as drafts."""

    def choose_resident(self, then: Callable[[int], None]) -> None:
        """Let the person pick a resident by unit or name, then go on."""

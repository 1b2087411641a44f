"""The one place that wires: a station is an open database, a house, and the rooms' services on top of it.

Services are made when they are first asked for, so that opening a station loads no room that nobody enters.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from staffbase.kernel.database import Database

if TYPE_CHECKING:
    from staffbase.board.service import Board
    from staffbase.crisis_plans.service import CrisisPlans
    from staffbase.handover.service import Handover
    from staffbase.incidents.service import Incidents
    from staffbase.journal.service import Journal
    from staffbase.notes.service import Notes
    from staffbase.people.service import People
    from staffbase.residents.service import Residents
    from staffbase.rounds.service import Rounds
    from staffbase.tasks.service import Tasks


class Station:
    """An open station. Hand its services to screens; close it at the end."""

    def __init__(self, database: Database, house_id: int) -> None:
        self.database = database
        self.house_id = house_id

    @cached_property
    def journal(self) -> "Journal":
        """The spine: timeline, search, corrections, drafts."""
        from staffbase.journal.service import Journal

        return Journal(self.database, self.house_id)

    @cached_property
    def people(self) -> "People":
        """Staff, sign-in, duty."""
        from staffbase.people.service import People

        return People(self.database, self.house_id)

    @cached_property
    def residents(self) -> "Residents":
        """The house, units, residents."""
        from staffbase.residents.service import Residents

        return Residents(self.database, self.house_id)

    @cached_property
    def notes(self) -> "Notes":
        """Shift notes."""
        from staffbase.notes.service import Notes

        return Notes(self.database, self.house_id)

    @cached_property
    def tasks(self) -> "Tasks":
        """Tasks."""
        from staffbase.tasks.service import Tasks

        return Tasks(self.database, self.house_id)

    @cached_property
    def incidents(self) -> "Incidents":
        """Incidents."""
        from staffbase.incidents.service import Incidents

        return Incidents(self.database, self.house_id)

    @cached_property
    def crisis_plans(self) -> "CrisisPlans":
        """Crisis plans and cards."""
        from staffbase.crisis_plans.service import CrisisPlans

        return CrisisPlans(self.database, self.house_id)

    @cached_property
    def rounds(self) -> "Rounds":
        """Night rounds."""
        from staffbase.rounds.service import Rounds

        return Rounds(self.database, self.house_id)

    @cached_property
    def handover(self) -> "Handover":
        """Shift reports and readings."""
        from staffbase.handover.service import Handover

        return Handover(self.database, self.house_id)

    @cached_property
    def board(self) -> "Board":
        """The whole house at a glance."""
        from staffbase.board.service import Board

        return Board(self.database, self.house_id)

    def close(self) -> None:
        """Close the database; the WAL is folded into the file."""
        self.database.close()

"""What the night owes: when rounds are due, how far each has come, and what is said of one that nobody walked."""

from collections.abc import Mapping, Sequence
from datetime import date

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.errors import ChangedElsewhere, Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
from staffbase.residents.reading import doors_in
from staffbase.residents.rules import Door
from staffbase.rounds.answers import renew_in, run_out_in, sign_in
from staffbase.rounds.model import Walk, WindowRule
from staffbase.rounds.reading import WindowFacts
from staffbase.rounds.rules import Window, WindowHours, check_hours, windows_told
from staffbase.rounds.windows import hours_in, not_walked_in, owed_in, rules_in, windows_in


class OwedRounds(HouseService):
    """The part of Rounds that is about windows and what they owe."""

    @allowed(Permission.SEE_HOUSE)
    def windows(self, actor: Actor, night: date | None = None) -> list[WindowFacts]:
        """How far each window of a night (tonight's) has come: "8 of 8". Unit codes only."""
        del actor
        with self.database.read() as tx:
            return windows_in(tx, self.house_id, self.database.clock.now(), night)

    @allowed(Permission.SEE_HOUSE)
    def window_hours(self, actor: Actor) -> list[WindowHours]:
        """When rounds are due, on the wall clock."""
        del actor
        with self.database.read() as tx:
            return hours_in(tx, self.house_id)

    @allowed(Permission.HOUSE_ADMIN)
    def set_windows(self, actor: Actor, hours: Sequence[WindowHours], was: Sequence[WindowHours] | None = None) -> None:
        """Other windows from now on; one that has begun goes on as it was. Raises Invalid for what cannot be.

        `was` as they were shown: raises ChangedElsewhere when they are others by now.
        """
        check_hours(hours, local(self.database.clock.now()).date())
        with self.database.write(actor, "round.windows") as tx:
            before = hours_in(tx, self.house_id)
            if was is not None and list(was) != before:
                raise ChangedElsewhere(_("Somebody else has changed this in the meantime. Nothing of yours was saved."))
            if before == list(hours):
                return
            told = {"before": windows_told(before), "now": windows_told(hours)}
            entry = write_entry(
                tx, Kind.HOUSE, _("Night rounds changed: %(before)s → %(now)s.") % told, house_id=self.house_id,
                importance=Importance.HANDOVER,
            )  # fmt: skip
            tx.flush()
            for one in hours:
                tx.add(
                    WindowRule(
                        house_id=self.house_id, entry_id=entry.id, since=tx.now, begins=one.begins, ends=one.ends,
                        rrule=one.rrule,
                    )
                )  # fmt: skip

    @allowed(Permission.STATION)
    def renew_agreements(self, actor: Actor) -> None:
        """A task for each check agreement that has run out: the station makes it when the time comes, once."""
        with self.database.read() as tx:
            waiting = run_out_in(tx, self.house_id, self.database.clock.now())
        if waiting:
            with self.database.write(actor, "round.renew") as tx:
                renew_in(tx, self.house_id)

    @allowed(Permission.ROUND)
    def owed(self, actor: Actor, window: Window) -> list[Door]:
        """The doors that were due when a round nobody walked should have been: each needs a reason."""
        del actor
        with self.database.read() as tx:
            doors, now = doors_in(tx, self.house_id), self.database.clock.now()
            units = owed_in(tx, self.house_id, window, [], now, doors).units
        return [door for door in doors if door.unit_id in units]

    @allowed(Permission.ROUND)
    def sign_not_walked(self, actor: Actor, window: Window, reasons: Mapping[int, str]) -> None:
        """Say why nobody walked a round whose window has passed: a reason for each due door (by unit).

        Raises Invalid for a window that has not passed or that somebody walked.
        """
        with self.database.write(actor, "round.not-walked") as tx:
            doors = doors_in(tx, self.house_id)
            if window not in not_walked_in(tx, self.house_id, tx.now, doors, rules_in(tx, self.house_id)):
                raise Invalid(_("This round was walked, or its time is not over."))
            owed = owed_in(tx, self.house_id, window, [], tx.now, doors)
            walk = tx.add(
                Walk(
                    house_id=self.house_id, walker_id=actor.person_id, night=window.night, window_begins=window.begins_at,
                    left_at=tx.now, due_back_at=tx.now, returned_at=tx.now, recorded_at=tx.now, walked=False,
                )
            )  # fmt: skip
            tx.flush()
            sign_in(tx, self.house_id, walk, {}, [door for door in doors if door.unit_id in owed.units], reasons, owed)

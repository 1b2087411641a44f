"""What staff do at the change of shift: write and sign the report, read, ask, answer, say back, take over, be concerned.

Reading locks nobody in: one may leave without accepting, and that is shown. What must be done before accepting is
checked here, whatever a screen allows.
"""

from datetime import datetime

from sqlmodel import select

from staffbase.handover.facts import MyReading, QuestionFacts, ReadingItem, ReportFacts
from staffbase.handover.gathered import gather_in, reading_span_in
from staffbase.handover.model import (
    Concern,
    ConcernClosed,
    ReadingAccepted,
    ReadingOpened,
    SaidBack,
)
from staffbase.handover.plain import report_words
from staffbase.handover.readings import readers_in, reading_in
from staffbase.handover.reports import on_shift_in, report_in, report_span_in, within_reach
from staffbase.handover.rules import beside, may_close
from staffbase.handover.signing import cosign_in, save_draft_in, sign_in
from staffbase.handover.sources import concerns_in, questions_in
from staffbase.journal.corrections import amended_entry
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Entry, Importance, Kind
from staffbase.journal.reach import outside
from staffbase.journal.service import readable_in
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.head import head_words, newest_in
from staffbase.kernel.i18n import _
from staffbase.kernel.service import HouseService
from staffbase.kernel.typed import typed_line, typed_text
from staffbase.people.reach import reach_in
from staffbase.people.rules import ShiftSpan
from staffbase.people.service import names_in, shift_times_in
from staffbase.residents.model import Status
from staffbase.residents.reading import resident_in
from staffbase.tasks.service import take_over_in

_LINE = 160
"""Characters of one line of a report; two lines fit on any screen."""
_HOUSE = 2000
_SAID_BACK = 200


def unread_count_in(tx: Reading, house_id: int, actor: Actor, now: datetime) -> int:
    """How many things somebody has not taken over yet, for the strip on top of every screen."""
    return gather_in(tx, house_id, actor, now).unread


def unread_half_an_hour_in(tx: Reading, house_id: int, now: datetime) -> tuple[str, ...]:
    """Who has been on duty for half an hour and has not accepted the handover, for the board."""
    return tuple(reader.name for reader in readers_in(tx, house_id, now) if reader.late)


class Handover(HouseService):
    """Shift reports and readings."""

    # -- the shift report -----------------------------------------------------------------------------------------

    @allowed(Permission.HANDOVER)
    def report(
        self, actor: Actor, span: ShiftSpan | None = None, *, step: int = 0, opening: bool = False
    ) -> ReportFacts:
        """The report of a shift (the one the actor writes now), or of the one `step` shifts later than it.

        With `opening` the reading of it stands in the ledger; a screen that shows it again does not.
        """
        with self.database.read() as tx:
            now = self.database.clock.now()
            span = span or report_span_in(tx, self.house_id, actor, now)
            for _step in range(abs(step)):
                span = beside(span, now, shift_times_in(tx, self.house_id), later=step > 0)
            found = self._within(tx, actor, report_in(tx, self.house_id, span, actor, now), now)
        if opening:
            self.database.opened(actor, "report.open", None)
        return found

    @allowed(Permission.HANDOVER)
    def save_draft(
        self,
        actor: Actor,
        span: ShiftSpan,
        resident_id: int | None,
        *,
        status: Status | None = None,
        text: str | None = None,
        if_then: str | None = None,
        edition: int | None = None,
    ) -> None:
        """Keep what is written of a resident or (None) of the house in a report that is not signed; None leaves a part as it is.

        The whole shift sees it. Raises ChangedElsewhere when a colleague has written since the `edition` that was shown.
        """
        with self.database.write(actor, "report.draft") as tx:
            save_draft_in(
                tx, self.house_id, span, resident_id, status=status, text=text, if_then=if_then, edition=edition
            )

    @allowed(Permission.HANDOVER)
    def sign_report(self, actor: Actor, span: ShiftSpan) -> ReportFacts:
        """Sign the report of a shift, once; residents get the status it says. From the middle of the shift on."""
        with self.database.write(actor, "report.sign") as tx:
            sign_in(tx, self.house_id, span)
            return self._within(tx, actor, report_in(tx, self.house_id, span, actor, tx.now), tx.now)

    @allowed(Permission.HANDOVER)
    def cosign(self, actor: Actor, span: ShiftSpan) -> None:
        """Sign a colleague's report too. Nobody has to."""
        with self.database.write(actor, "report.cosign") as tx:
            cosign_in(tx, self.house_id, span)

    @allowed(Permission.HANDOVER)
    def report_text(self, actor: Actor, span: ShiftSpan | None = None) -> str:
        """The report of a shift (the present one) as plain text, also for a screen reader. Stands in the ledger.

        Its last line is how far the ledger has come, for whoever keeps it on paper.
        """
        with self.database.write(actor, "report.text", opening=True) as tx:
            span = span or report_span_in(tx, self.house_id, actor, tx.now)
            found = report_in(tx, self.house_id, span, actor, tx.now)
            told = report_words(self._within(tx, actor, found, tx.now), tx.now)
        with self.database.read() as tx:
            return f"{told}\n\n{head_words(*newest_in(tx))}"

    def _within(self, tx: Reading, actor: Actor, report: ReportFacts, now: datetime) -> ReportFacts:
        return within_reach(report, reach_in(tx, self.house_id, actor, now), now)

    # -- my reading -----------------------------------------------------------------------------------------------

    @allowed(Permission.HANDOVER)
    def my_reading(self, actor: Actor, *, opening: bool = False) -> MyReading:
        """All there is to know since the actor's own last duty. With `opening` it stands in the ledger that it was opened."""
        with self.database.read() as tx:
            now = self.database.clock.now()
            span = reading_span_in(tx, self.house_id, actor.person_id, now)
            if not opening:
                return reading_in(tx, self.house_id, actor, now)
        with self.database.write(actor, "reading.open", opening=True) as writing:
            opened = writing.first(
                select(ReadingOpened.id).where(
                    ReadingOpened.house_id == self.house_id,
                    ReadingOpened.person_id == actor.person_id,
                    ReadingOpened.shift == span.name,
                    ReadingOpened.shift_date == span.date,
                )
            )
            if opened is None:
                writing.add(
                    ReadingOpened(
                        house_id=self.house_id, person_id=actor.person_id, shift=span.name, shift_date=span.date,
                        opened_at=writing.now,
                    )
                )  # fmt: skip
                writing.flush()
            return reading_in(writing, self.house_id, actor, writing.now)

    @allowed(Permission.HANDOVER)
    def ask(self, actor: Actor, text: str, *, about_id: int | None = None, resident_id: int | None = None) -> int:
        """Ask about an entry (or about a resident, or the house). Whoever wrote it sees that it waits. Returns its key."""
        with self.database.write(actor, "handover.ask", subject=resident_id) as tx:
            if about_id is not None:
                resident_id = amended_entry(tx, self.house_id, about_id).place.resident_id
                self._may_ask(tx, actor, about_id)
            elif resident_id is not None:
                resident_in(tx, self.house_id, resident_id)
            text = typed_text(text, limit=_HOUSE)
            return write_entry(
                tx, Kind.QUESTION, text, house_id=self.house_id, resident_id=resident_id, amends_id=about_id
            ).id

    def _may_ask(self, tx: Writing, actor: Actor, about_id: int) -> None:
        """A question shows what it is about: it must lie within the actor's reach, or stand in their reading."""
        reach = reach_in(tx, self.house_id, actor, tx.now)
        if readable_in(tx, [about_id], reach):
            return
        if about_id not in {item.entry_id for item in gather_in(tx, self.house_id, actor, tx.now).items}:
            raise NotAllowed(outside())

    @allowed(Permission.HANDOVER)
    def answer(self, actor: Actor, question_id: int, text: str) -> int:
        """Answer a question; anybody who knows may. Returns the answer's key."""
        with self.database.write(actor, "handover.answer") as tx:
            question = self._entry(tx, question_id, Kind.QUESTION)
            return write_entry(
                tx, Kind.ANSWER, typed_text(text, limit=_HOUSE), house_id=self.house_id,
                resident_id=question.resident_id, amends_id=question.id,
            ).id  # fmt: skip

    @allowed(Permission.HANDOVER)
    def questions_for_me(self, actor: Actor) -> list[QuestionFacts]:
        """The open questions about what the actor wrote."""
        with self.database.read() as tx:
            now = self.database.clock.now()
            asked = questions_in(tx, self.house_id, names_in(tx), now, actor.person_id)
        return [one for one in asked if one.for_me]

    @allowed(Permission.HANDOVER)
    def say_back(self, actor: Actor, resident_id: int, text: str) -> None:
        """Say in one line, in own words, what one takes on with this resident."""
        with self.database.write(actor, "handover.say-back", subject=resident_id) as tx:
            resident_in(tx, self.house_id, resident_id)
            span = reading_span_in(tx, self.house_id, actor.person_id, tx.now)
            entry = write_entry(
                tx, Kind.SAID_BACK, typed_line(text, "text", limit=_SAID_BACK), house_id=self.house_id,
                resident_id=resident_id,
            )  # fmt: skip
            tx.flush()
            tx.add(
                SaidBack(
                    id=entry.id, house_id=self.house_id, person_id=actor.person_id, resident_id=resident_id,
                    shift=span.name, shift_date=span.date,
                )
            )  # fmt: skip

    @allowed(Permission.HANDOVER)
    def take_over(self, actor: Actor, task_id: int) -> None:
        """The actor has this task from now on."""
        with self.database.write(actor, "handover.take-over") as tx:
            take_over_in(tx, self.house_id, task_id)

    @allowed(Permission.HANDOVER)
    def accept(self, actor: Actor, covered_to: int) -> None:
        """Take the handover over, up to the newest entry that was shown.

        Raises Invalid while a line is owed about somebody unstable. What is written later is unread again.
        """
        with self.database.write(actor, "handover.accept") as tx:
            reading = reading_in(tx, self.house_id, actor, tx.now)
            owed = [one.unit_code for one in reading.residents if one.must_say_back]
            if owed:
                raise Invalid(
                    _("Say back in one line first what you take on (s): %(units)s.") % {"units": ", ".join(owed)}
                )
            if reading.accepted_at is not None and not reading.unread:
                raise Invalid(_("You have accepted this handover already, and nothing is new."))
            entry = write_entry(tx, Kind.READING, _("Read and accepted the handover."), house_id=self.house_id)
            tx.flush()
            tx.add(
                ReadingAccepted(
                    id=entry.id, house_id=self.house_id, person_id=actor.person_id, shift=reading.span.name,
                    shift_date=reading.span.date, since=reading.covers.since,
                    covered_to=min(covered_to, reading.covered_to),
                )
            )  # fmt: skip

    @allowed(Permission.HANDOVER)
    def unread_count(self, actor: Actor) -> int:
        """How many things the actor has not taken over yet."""
        with self.database.read() as tx:
            return unread_count_in(tx, self.house_id, actor, self.database.clock.now())

    @allowed(Permission.SEE_HOUSE)
    def unread_half_an_hour(self, actor: Actor) -> tuple[str, ...]:
        """Who has been on duty for half an hour and has not accepted the handover."""
        del actor
        with self.database.read() as tx:
            return unread_half_an_hour_in(tx, self.house_id, self.database.clock.now())

    # -- concerns -------------------------------------------------------------------------------------------------

    @allowed(Permission.HANDOVER)
    def raise_concern(self, actor: Actor, text: str, resident_id: int | None = None) -> int:
        """Say that one is concerned. It stands until somebody of another shift has met it. Returns its key."""
        with self.database.write(actor, "handover.concern", subject=resident_id) as tx:
            if resident_id is not None:
                resident_in(tx, self.house_id, resident_id)
            entry = write_entry(
                tx, Kind.CONCERN, typed_text(text, limit=_HOUSE), house_id=self.house_id, resident_id=resident_id,
                importance=Importance.URGENT,
            )  # fmt: skip
            tx.flush()
            span = reading_span_in(tx, self.house_id, actor.person_id, tx.now)
            tx.add(
                Concern(
                    id=entry.id, house_id=self.house_id, resident_id=resident_id, shift=span.name, shift_date=span.date
                )
            )
            return entry.id

    @allowed(Permission.HANDOVER)
    def close_concern(self, actor: Actor, concern_id: int, text: str) -> None:
        """Say how a concern was met. Raises NotAllowed for whoever raised it and for those who were on shift with them."""
        with self.database.write(actor, "handover.concern-close") as tx:
            raised = self._entry(tx, concern_id, Kind.CONCERN)
            concern = tx.get(Concern, concern_id)
            if tx.first(select(ConcernClosed.id).where(ConcernClosed.concern_id == concern_id)) is not None:
                raise Invalid(_("This concern is closed already."))
            on_shift = on_shift_in(tx, self.house_id, concern.shift, concern.shift_date)
            if not may_close(raised.author_id, actor.person_id, on_shift):
                raise NotAllowed(_("A concern is closed by somebody of another shift than the one that raised it."))
            entry = write_entry(
                tx, Kind.ANSWER, typed_text(text, limit=_HOUSE), house_id=self.house_id,
                resident_id=raised.resident_id, amends_id=concern_id, importance=Importance.HANDOVER,
            )  # fmt: skip
            tx.flush()
            tx.add(ConcernClosed(id=entry.id, concern_id=concern_id))

    @allowed(Permission.HANDOVER)
    def concerns(self, actor: Actor) -> list[ReadingItem]:
        """The concerns that nobody has closed."""
        del actor
        with self.database.read() as tx:
            found = concerns_in(tx, self.house_id, names_in(tx), self.database.clock.now())
        return [one for one in found if one.running]

    def _entry(self, tx: Reading, entry_id: int, kind: Kind) -> Entry:
        entry = tx.find(Entry, entry_id)
        if entry is None or entry.kind is not kind or entry.house_id != self.house_id:
            raise NotFound(_("It is not there any more."))
        return entry


__all__ = ["Handover", "unread_count_in", "unread_half_an_hour_in"]

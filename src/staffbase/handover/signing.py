"""Writing and signing a shift report inside a transaction: once, by those who were there, with nobody left unsaid."""

from sqlmodel import col, select

from staffbase.handover.facts import ReportFacts, ReportLineFacts
from staffbase.handover.model import ReportCosigned, ReportDraftLine, ReportLine, ShiftReport
from staffbase.handover.plain import if_then_words
from staffbase.handover.reports import draft_lines_in, on_shift_in, report_in, signed_report_in
from staffbase.handover.rules import TEXT_LINES, signable_from
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotAllowed
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_day, show_time
from staffbase.kernel.typed import typed_line, typed_text
from staffbase.people.model import SHIFT_NAMES
from staffbase.people.rules import ShiftSpan
from staffbase.people.service import names_in
from staffbase.residents.model import ResidentStatus, Status
from staffbase.residents.reading import resident_in
from staffbase.residents.service import set_status

_LINE = 160
"""Characters of one line of a report; two lines fit on any screen."""
_HOUSE = 2000


def save_draft_in(
    tx: Writing, house_id: int, span: ShiftSpan, resident_id: int | None, *, status: Status | None, text: str | None,
    if_then: str | None, edition: int | None,
) -> None:  # fmt: skip
    """Keep one part of a report that is not signed. Raises ChangedElsewhere when it is not as it was shown (`edition`)."""
    _still_open(tx, house_id, span)
    if resident_id is not None:
        resident_in(tx, house_id, resident_id)
    row = draft_lines_in(tx, house_id, span.name, span.date).get(resident_id)
    if edition is not None and edition != (row.edition if row else 0):
        raise ChangedElsewhere(_("A colleague has written here in the meantime. Nothing of yours was saved."))
    if row is None:
        row = tx.add(
            ReportDraftLine(
                house_id=house_id, shift=span.name, shift_date=span.date, resident_id=resident_id, edition=0,
                saved_by_id=tx.actor.person_id, saved_at=tx.now,
            )
        )  # fmt: skip
    row.status = status or row.status
    row.text = row.text if text is None else _report_text(text, resident_id)
    row.if_then = row.if_then if if_then is None else typed_line(if_then, "if_then", required=False, limit=_LINE)
    row.edition, row.saved_by_id, row.saved_at = row.edition + 1, tx.actor.person_id, tx.now


def _report_text(text: str, resident_id: int | None) -> str:
    """A report's text: for a resident at most two lines, for the house some more."""
    if resident_id is None:
        return typed_text(text, required=False, limit=_HOUSE)
    lines = [line.strip() for line in typed_text(text, required=False).split("\n") if line.strip()]
    if len(lines) > TEXT_LINES or any(len(line) > _LINE for line in lines):
        raise Invalid(
            _("Two lines of at most %(length)d characters. What needs more is a note; the report links to it.")
            % {"length": _LINE},
            "text",
        )
    return "\n".join(lines)


def sign_in(tx: Writing, house_id: int, span: ShiftSpan) -> None:
    """Sign the report of a shift; residents get the status it says."""
    _still_open(tx, house_id, span)
    _of_this_shift(tx, house_id, span)
    if tx.now < signable_from(span):
        raise Invalid(
            _("This shift has only begun. Its report can be signed from %(time)s.")
            % {"time": show_time(signable_from(span))}
        )
    facts = report_in(tx, house_id, span, tx.actor, tx.now)
    if facts.unanswered:
        raise Invalid(
            _("Say how they are before you sign: %(units)s.")
            % {"units": ", ".join(one.unit_code for one in facts.unanswered)}
        )
    if facts.without_words:
        raise Invalid(
            _("Unstable needs a line or an if–then for the next shift (t): %(units)s.")
            % {"units": ", ".join(one.unit_code for one in facts.without_words)}
        )
    _write(tx, house_id, span, facts)
    tx.flush()


def cosign_in(tx: Writing, house_id: int, span: ShiftSpan) -> None:
    """Sign a colleague's report too."""
    signed = signed_report_in(tx, house_id, span.name, span.date)
    if signed is None:
        raise Invalid(_("Nobody has signed this report yet."))
    _of_this_shift(tx, house_id, span)
    others = tx.all(select(ReportCosigned.person_id).where(ReportCosigned.report_id == signed.id))
    if tx.actor.person_id in (signed.signed_by_id, *others):
        raise Invalid(_("You have signed this report already."))
    tx.add(ReportCosigned(report_id=signed.id, person_id=tx.actor.person_id, signed_at=tx.now))


def _still_open(tx: Reading, house_id: int, span: ShiftSpan) -> None:
    if signed_report_in(tx, house_id, span.name, span.date) is not None:
        raise Invalid(_("This report is signed. What is new is a note, and the next shift reads it."))


def _of_this_shift(tx: Writing, house_id: int, span: ShiftSpan) -> None:
    on_shift = on_shift_in(tx, house_id, span.name, span.date)
    if on_shift and tx.actor.person_id not in on_shift:
        names = names_in(tx)
        raise NotAllowed(
            _("A report is signed by those who were on that shift: %(names)s.")
            % {"names": ", ".join(names.get(one, "") for one in on_shift)}
        )


def _write(tx: Writing, house_id: int, span: ShiftSpan, facts: ReportFacts) -> None:
    words = {"shift": _(SHIFT_NAMES[span.name]), "day": show_day(span.date)}
    told = _("Report of the %(shift)s %(day)s, signed.") % words
    entry = write_entry(tx, Kind.REPORT, f"{told}\n{facts.house_text}".strip(), house_id=house_id)
    tx.flush()
    tx.add(
        ShiftReport(
            id=entry.id, house_id=house_id, shift=span.name, shift_date=span.date, begins_at=span.begins_at,
            ends_at=span.ends_at, signed_by_id=tx.actor.person_id, signed_at=tx.now,
        )
    )  # fmt: skip
    tx.flush()
    if facts.house_text:
        tx.add(ReportLine(report_id=entry.id, text=facts.house_text, entry_id=entry.id))
    for line in facts.lines:
        tx.add(
            ReportLine(
                report_id=entry.id, resident_id=line.resident_id, status=line.shown_status, text=line.text,
                if_then=line.if_then, entry_id=_tell(tx, house_id, line),
            )
        )  # fmt: skip
    for draft in draft_lines_in(tx, house_id, span.name, span.date).values():
        tx.remove(draft)


def _tell(tx: Writing, house_id: int, line: ReportLineFacts) -> int | None:
    """The entry on the resident's timeline; none where nothing changed and nothing was written."""
    if line.shown_status is line.last and not line.text and not line.if_then:
        return None
    if_then = if_then_words(line.if_then) if line.if_then else ""
    said = "\n".join(part for part in (line.text, if_then) if part)
    set_status(tx, house_id, line.resident_id, line.shown_status, said)
    tx.flush()
    return tx.first(
        select(ResidentStatus.id)
        .where(ResidentStatus.resident_id == line.resident_id)
        .order_by(col(ResidentStatus.id).desc())
        .limit(1)
    )

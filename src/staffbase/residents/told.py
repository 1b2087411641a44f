"""How a resident is said: in blocks for the page, and in single lines for lists."""

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from staffbase.kernel.clock import local
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_date, show_moment
from staffbase.residents.calls import answering, hours_words
from staffbase.residents.model import PRESENCE_NAMES, ROUND_FORM_NAMES, STATUS_NAMES, WARNING_NAMES, Presence, Status
from staffbase.residents.rules import (
    OWN_PHONE,
    AgreementFacts,
    ContactFacts,
    ResidentFacts,
    WarningLine,
    age,
    expired,
    last_day,
    show_until,
)
from staffbase.ui.text import line, shown

_NUMBER = 20
"""Cells that a telephone number may take."""

Inked = tuple[str, str]
"""Words and the theme style they are said in."""


def born_words(facts: ResidentFacts, now: datetime) -> Inked:
    """Year of birth, and how old that makes somebody."""
    years = age(facts.birth_year, local(now).date())
    return _("born %(year)d, %(age)s years") % {"year": facts.birth_year, "age": years}, "$muted"


def presence_words(facts: ResidentFacts, now: datetime) -> Inked:
    """Where the resident is, since when and until when; one who has left is said to have."""
    if facts.left_on is not None:
        gone = _("moved out %(date)s: %(why)s") % {"date": show_date(facts.left_on), "why": facts.left_why}
        return gone, "$warning-text"
    told = [_(PRESENCE_NAMES[facts.presence])]
    if facts.presence is not Presence.HOME and facts.presence_since is not None:
        told.append(_("since %(when)s") % {"when": show_moment(facts.presence_since, now)})
    late = facts.presence_until is not None and facts.presence_until <= now
    if facts.presence_until is not None:
        told.append(_("until %(when)s") % {"when": show_until(facts.presence_until)})
    return " ".join(told), "$warning-text" if late else "" if facts.presence is Presence.HOME else "$accent-text"


def status_words(facts: ResidentFacts) -> Inked:
    """How the resident is doing; nothing for who is calm."""
    if facts.status is Status.CALM or facts.left_on is not None:
        return "", ""
    ink = "bold $danger-text" if facts.status is Status.UNSTABLE else "bold $warning-text"
    return _(STATUS_NAMES[facts.status]).upper(), ink


def form_words(agreement: AgreementFacts | None) -> Inked:
    """How far a check may go, as it was agreed."""
    if agreement is None:
        return _("no agreement yet: knock at most"), "$warning-text"
    return _(ROUND_FORM_NAMES[agreement.form]), ""


def validity_words(agreement: AgreementFacts | None, now: datetime) -> Inked:
    """Until when it holds; nothing where it holds until it is withdrawn. One that has run out is red and says so."""
    if agreement is None or agreement.valid_until is None:
        return "", ""
    day = {"date": show_date(last_day(agreement.valid_until))}
    if expired(agreement, now):
        return _("RAN OUT %(date)s: knock only") % day, "bold $danger-text"
    return _("valid to %(date)s") % day, "$muted"


def warning_row(one: WarningLine) -> Content:
    """What kind it is, and its line."""
    return line((_(WARNING_NAMES[one.kind]), "$muted"), (one.line, "$danger-text"), between="  ")


def ladder_order(contacts: Sequence[ContactFacts]) -> list[ContactFacts]:
    """The resident's own phone, the call ladder step by step, then those outside it."""
    return sorted(contacts, key=lambda one: (not one.own, one.position == 0, one.position))


def contact_row(one: ContactFacts, now: datetime) -> Content:
    """A contact in one line: the step of the ladder, who it is, the number, and whether they answer now."""
    return line(_step(one), line(_name(one, now), one.phone, _beside_the_number(one, now), between="  "))


def contact_rows(one: ContactFacts, now: datetime, room: int = 1000, *, few: bool = False) -> list[Content]:
    """The same in a column of so many cells: who it is, and below it the number, which must not break, and what else there is.

    Where lines are few, what fits into one stands in one.
    """
    if few and (whole := contact_row(one, now)).cell_length <= room:
        return [whole]
    indent = Content("   ")
    below = line(one.phone, _beside_the_number(one, now), between="  ")
    first = line(_step(one), _name(one, now))
    rows = below.wrap(max(_NUMBER, room - indent.cell_length)) if below.plain else []
    return [first, *(indent + row for row in rows)]


def _step(one: ContactFacts) -> Inked:
    return f"{one.position}." if one.position else "  ", "$accent-text"


def _name(one: ContactFacts, now: datetime) -> Inked:
    return one.name, "$muted" if answering(one.hours, now) is False else "bold"


def _bare(words: str) -> str:
    return words.casefold().replace("-", " ")


def _beside_the_number(one: ContactFacts, now: datetime) -> Content:
    role = _(OWN_PHONE) if one.own else "" if _bare(one.name).startswith(_bare(one.role)) else one.role
    answers = answering(one.hours, now)
    hours = (hours_words(one.hours, answers), "$ok-text" if answers else "$muted")
    consent = "" if one.consent else _("not to be told")
    return line((role, "$muted"), hours, (consent, "$warning-text"), between="  ")


def agreement_block(facts: ResidentFacts, now: datetime) -> list[Content]:
    """The agreement about night checks, whole."""
    agreement = facts.agreement
    told = [shown(*form_words(agreement))]
    if agreement is not None:
        if agreement.may_wake:
            told.append(shown(_("may be woken")))
        if (validity := validity_words(agreement, now))[0]:
            told.append(shown(*validity))
        if agreement.consent:
            told.append(shown(agreement.consent, "$muted"))
    return told


def block(heading: str, rows: Sequence[str | Content], key: str = "") -> list[str | Content]:
    """A small muted heading, with the key that changes it, and what stands under it; a key is said over nothing too."""
    if not rows and not key:
        return []
    head = line((heading, "$muted"), (key, "bold $accent-text"), between="  ")
    return ["", head, *(rows or [shown("–", "$muted")])]


def told_first(
    facts: ResidentFacts, now: datetime, plan: Sequence[Content] = (), tasks: Sequence[Content] = (), *, keys: bool = False
) -> list[str | Content]:  # fmt: skip
    """What matters most: who, where, how, what must be known at the door, the plan, what is open, the night check."""
    presence, ink = presence_words(facts, now)
    warnings, agreement = [warning_row(one) for one in facts.warnings], agreement_block(facts, now)
    return [
        line((facts.unit_code, "bold"), (facts.alias, "bold"), between="  "),
        line(status_words(facts), (presence, ink), born_words(facts, now), between="  "),
        *block(_("BEFORE THE DOOR OPENS"), warnings, "d" if keys else ""),
        *block(_("CRISIS PLAN"), plan),
        *block(_("OPEN TASKS"), tasks),
        *([] if facts.left_on else block(_("NIGHT CHECK"), agreement, "a" if keys else "")),
    ]


def told_more(facts: ResidentFacts, now: datetime, *, keys: bool = False) -> list[str | Content]:
    """Whom to ring, and what is good to know."""
    known = [
        *([line((_("naloxone"), "$muted"), facts.naloxone)] if facts.naloxone else []),
        *([shown(_("children may visit"))] if facts.children else []),
        *([line((_("primary contact"), "$muted"), facts.primary_contact)] if facts.primary_contact else []),
        line((_("lives here since") if facts.left_on is None else _("moved in"), "$muted"), show_date(facts.moved_in)),
        *([shown(facts.about)] if facts.about else []),
    ]
    return [
        *block(
            _("RING"),
            [row for one in ladder_order(facts.contacts) for row in contact_rows(one, now)],
            "r" if keys else "",
        ),
        *block(_("GOOD TO KNOW"), known, "o" if keys else ""),
    ]

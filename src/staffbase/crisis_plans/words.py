"""How plans are said in lists, headings and under a version."""

from datetime import datetime

from textual.content import Content

from staffbase.crisis_plans.facts import DraftFacts, PlanState, VersionFacts
from staffbase.crisis_plans.model import MADE_NAMES, MADE_SHORT, SIGNING_NAMES, Signing
from staffbase.crisis_plans.rules import SECTION_NAMES, Compared, PlanText, Proposal, Section
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_date, show_moment
from staffbase.ui.text import line, lines, shown


def review_words(state: PlanState) -> tuple[str, str]:
    """How it stands with the review, and in which colour."""
    review = state.review
    if review is None:
        return (_("NO CRISIS PLAN YET"), "bold $warning-text")
    day = {"date": show_date(review.due)}
    if review.after_crisis:
        return (_("REVIEW NOW: incident %(date)s") % day, "bold $danger-text")
    if review.overdue:
        return (_("REVIEW OVERDUE %(date)s") % day, "bold $danger-text")
    return (_("review by %(date)s") % day, "$muted")


def state_words(state: PlanState) -> str:
    """The version that counts, how it was made, and whether a draft is under way."""
    told = []
    if state.version and state.made is not None and state.valid_from is not None:
        told = [
            _("v%(number)d") % {"number": state.version},
            _("from %(date)s") % {"date": show_date(state.valid_from)},
            _(MADE_SHORT[state.made]),
        ]
        if not state.signed:
            told.append(_("not signed"))
    if state.draft:
        told.append(_("draft by %(name)s") % {"name": state.draft_by})
    return " · ".join(told)


def version_heading(one: VersionFacts) -> Content:
    """A version in one line."""
    return line((_("v%(number)d") % {"number": one.number}, "bold"), show_date(one.valid_from), (one.published_by, "$muted"), between="  ")  # fmt: skip


def draft_heading(one: DraftFacts, now: datetime) -> Content:
    """The draft in one line."""
    return line((_("DRAFT"), "bold $accent-text"), show_moment(one.saved_at, now), (one.saved_by, "$muted"), between="  ")  # fmt: skip


def sections(text: PlanText) -> Content:
    """A text by section; those that say nothing are left out."""
    told: list[str | Content] = []
    for section in Section:
        if said := text.lines(section):
            told += [shown(_(SECTION_NAMES[section]).upper(), "$muted"), *(shown(one) for one in said), ""]
    return lines(*told) if told else shown(_("Nothing is written yet. e begins the plan."), "$muted")


def how_made(one: Proposal) -> list[Content]:
    """With whom it was made, who has a copy, whether it is signed."""
    signed = _(SIGNING_NAMES[one.signing])
    if one.signing is Signing.SIGNED and one.signed_on is not None:
        signed = _("signed %(date)s") % {"date": show_date(one.signed_on)}
    return [
        shown(_(MADE_NAMES[one.made])),
        *([line((_("with"), "$muted"), one.co_authors)] if one.co_authors else []),
        *([line((_("copies to"), "$muted"), one.copies_to)] if one.copies_to else []),
        shown(signed),
    ]


def about_version(one: VersionFacts, now: datetime) -> list[Content]:
    """What stands under a version: how it was made, why, by whom, and until when it holds."""
    facts = Proposal(one.text, one.made, one.co_authors, one.copies_to, one.signing, one.signed_on)
    return [
        shown(_("ABOUT THIS VERSION"), "$muted"),
        *how_made(facts),
        line((_("why"), "$muted"), one.reason),
        line((_("published by"), "$muted"), one.published_by, (show_moment(one.published_at, now), "$muted")),
        line((_("review set to"), "$muted"), show_date(one.review_due)),
    ]


def column(one: Compared, told: tuple[str, ...], other: tuple[str, ...], sign: str, style: str) -> Content:
    """One side of a section that is compared: what the other side does not have is marked with a sign."""
    if not told:
        return shown("–", "$muted")
    quiet = "$muted" if one.changed else ""
    return lines(*(line((sign, style), (said, style)) if said not in other else shown(said, quiet) for said in told))

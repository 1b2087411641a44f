"""What a crisis plan holds, how much of it the card can carry, and when it must be reviewed.

Sections after the Norwegian psychosis guideline and the Stanley-Brown order (domain.md section 1): own early signs, each
tied to what is done about it, how one wants to be met, wishes and refusals. No mandatory review interval is known; six
months, and at once after a crisis, is practice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from staffbase.crisis_plans.cells import cells, shorten
from staffbase.crisis_plans.model import Made, Signing
from staffbase.kernel.clock import local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _

CARD_CELLS = 74
"""Cells of one line on the card: 80, less a label of five and a space."""
ARROW = " → "
LONGEST_REVIEW = relativedelta(months=24)


class Section(StrEnum):
    """The sections of a plan, in the order of the card."""

    DANGERS = "dangers"
    YELLOW = "yellow"
    RED = "red"
    AVOID = "avoid"
    MEET_ME = "meet_me"
    TRUSTED = "trusted"
    WISHES = "wishes"
    ARRANGE = "arrange"
    AFTERWARDS = "afterwards"


SECTION_NAMES = {
    Section.DANGERS: N_("Danger now"),
    Section.YELLOW: N_("Amber: early signs"),
    Section.RED: N_("Red: crisis"),
    Section.AVOID: N_("Do not"),
    Section.MEET_ME: N_("How I want to be met"),
    Section.TRUSTED: N_("People I trust"),
    Section.WISHES: N_("Wishes and refusals"),
    Section.ARRANGE: N_("To arrange at home"),
    Section.AFTERWARDS: N_("Afterwards"),
}
MOST_LINES = {
    Section.DANGERS: 2,
    Section.YELLOW: 4,
    Section.RED: 4,
    Section.AVOID: 1,
    Section.MEET_ME: 3,
    Section.TRUSTED: 1,
    Section.WISHES: 1,
    Section.ARRANGE: 1,
    Section.AFTERWARDS: 1,
}
"""Lines each section may fill, so that the whole card stands on 80×24."""


@dataclass(frozen=True)
class Sign:
    """A warning sign in the resident's own words, and what is done about it."""

    words: str
    measure: str = ""

    @property
    def line(self) -> str:
        """Both on one line, as on the card."""
        return f"{self.words}{ARROW}{self.measure}" if self.measure else self.words


@dataclass(frozen=True)
class PlanText:
    """What a plan says. Each text is one line."""

    dangers: tuple[str, ...] = ()
    yellow: tuple[Sign, ...] = ()
    red: tuple[Sign, ...] = ()
    avoid: str = ""
    meet_me: tuple[str, ...] = ()
    trusted: str = ""
    wishes: str = ""
    arrange: str = ""
    afterwards: str = ""

    def lines(self, section: Section) -> tuple[str, ...]:
        """The section's lines as they stand on the card."""
        value = getattr(self, section)
        if isinstance(value, str):
            return (value,) if value else ()
        return tuple(one.line if isinstance(one, Sign) else one for one in value)

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not any(self.lines(section) for section in Section)


@dataclass(frozen=True)
class Proposal:
    """A plan as it is typed: the text, and how it was made."""

    text: PlanText = field(default_factory=PlanText)
    made: Made = Made.TOGETHER
    co_authors: str = ""
    copies_to: str = ""
    signing: Signing = Signing.NOT_YET
    signed_on: date | None = None


@dataclass(frozen=True)
class LineFault:
    """A line that the card cannot carry."""

    section: Section
    number: int
    """From 1 within the section."""
    text: str
    cells: int
    """0 where the line is one too many for its section, or a measure without a sign."""

    def __str__(self) -> str:
        """One sentence that says what to do."""
        where = {"section": _(SECTION_NAMES[self.section]), "number": self.number, "text": shorten(self.text, 40)}
        if self.cells:
            return _(
                "%(section)s, line %(number)d fills %(cells)d cells, and the card has %(most)d: “%(text)s”. Shorten it."
            ) % {**where, "cells": self.cells, "most": CARD_CELLS}
        if self.number > MOST_LINES[self.section]:
            return _("%(section)s has room for %(most)d; line %(number)d is one too many: “%(text)s”.") % {
                **where,
                "most": MOST_LINES[self.section],
            }
        return _("%(section)s, line %(number)d says what to do but no sign: “%(text)s”.") % where


def faults(plan: PlanText) -> list[LineFault]:
    """Every line that does not fit on the card, in the order of the card."""
    found = []
    for section in Section:
        value = getattr(plan, section)
        for number, told in enumerate(plan.lines(section), 1):
            if number > MOST_LINES[section]:
                found.append(LineFault(section, number, told, 0))
            elif (width := cells(told)) > CARD_CELLS:
                found.append(LineFault(section, number, told, width))
            elif not isinstance(value, str) and isinstance(one := value[number - 1], Sign) and not one.words:
                found.append(LineFault(section, number, one.measure, 0))
    return found


# -- review --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """When a plan must be gone through."""

    due: date
    """The day that was set, or that of the incident."""
    overdue: bool
    after_crisis: bool
    """It became due because of an incident after it was published, whatever day was set."""


def review_of(review_due: date, published_at: datetime, crisis_at: datetime | None, today: date) -> Review:
    """When it must be reviewed: at the date that was set, and at once after a crisis since it was published."""
    if crisis_at is not None and crisis_at > published_at:
        return Review(local(crisis_at).date(), overdue=True, after_crisis=True)
    return Review(review_due, overdue=review_due < today, after_crisis=False)


def next_review(valid_from: date, months: int) -> date:
    """When a version that counts from this day must be reviewed."""
    return valid_from + relativedelta(months=months)


def check_days(valid_from: date, review_due: date, today: date) -> None:
    """Raise Invalid for days that a version cannot have."""
    if valid_from > today:
        raise Invalid(_("A plan counts from the day it is published or an earlier one."), "valid_from")
    if review_due <= today:
        raise Invalid(_("The review must lie ahead."), "review_due")
    if review_due > today + LONGEST_REVIEW:
        raise Invalid(_("A plan is reviewed within two years. Choose an earlier day."), "review_due")


_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})", re.ASCII)


def read_day(typed: str, field_name: str) -> date | None:
    """A day such as 13.07.2026; nothing typed is None. Raises Invalid."""
    typed = typed.strip()
    if not typed:
        return None
    found = _DAY.fullmatch(typed)
    if found is not None:
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)  # noqa: PLR2004  (two digits)
        try:
            return date(year, int(found[2]), int(found[1]))
        except ValueError:
            pass
    raise Invalid(_("Write the day like 13.07.2026."), field_name)


# -- comparing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """A section of two versions, side by side."""

    section: Section
    older: tuple[str, ...]
    newer: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether they differ."""
        return self.older != self.newer


def compare(older: PlanText, newer: PlanText) -> list[Compared]:
    """Two texts by section, in the order of the card, sections that both leave empty left out."""
    return list(_compared(older, newer))


def _compared(older: PlanText, newer: PlanText) -> Iterator[Compared]:
    for section in Section:
        before, after = older.lines(section), newer.lines(section)
        if before or after:
            yield Compared(section, before, after)

"""Whom one can ring, and when: call hours in both languages, and telephone numbers. Pure, with moments as arguments."""

import re
from dataclasses import dataclass
from datetime import datetime

from staffbase.kernel.clock import local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import read_weekday
from staffbase.kernel.typed import typed_line

_HOURS = re.compile(
    r"(?:([a-zæøå]{3,9})(?:\s*[-–]\s*([a-zæøå]{3,9}))?\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?"
)
_HOUR = 60
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class _Span:
    """Days of the week, and minutes of the day from and to."""

    days: frozenset[int]
    begin: int
    end: int

    def holds(self, moment: datetime) -> bool:
        day, minute = moment.weekday(), moment.hour * _HOUR + moment.minute
        if self.begin < self.end:
            return day in self.days and self.begin <= minute < self.end
        return (day in self.days and minute >= self.begin) or ((day - 1) % 7 in self.days and minute < self.end)


def read_hours(typed: str, field: str = "hours") -> str:
    """When somebody answers, as it may be kept: "08-15", "mon-fri 08-15:30", "man-fre 08-15, lør 10-14", or nothing.

    Raises Invalid for hours that `answers_now` could not read.
    """
    hours = typed_line(typed, field, required=False, limit=60)
    _spans(hours)
    return hours


def answers_now(hours: str, moment: datetime) -> bool:
    """Whether somebody with these hours answers at this local moment. Days are read in both languages.

    Empty means always. A span that ends before it begins goes past midnight and belongs to the day it begins on.
    Raises Invalid for hours that cannot be read.
    """
    return not hours.strip() or any(span.holds(moment) for span in _spans(hours))


def answering(hours: str, now: datetime) -> bool | None:
    """Whether somebody with these hours answers now; None for hours that were typed before they were checked."""
    try:
        return answers_now(hours, local(now))
    except Invalid:
        return None


def hours_words(hours: str, answers: bool | None) -> str:
    """The hours, and whether they hold now: in words, since a colour alone tells nothing to many. Nothing where always."""
    if not hours or answers is None:
        return hours
    return f"{hours} ({_('answers now') if answers else _('closed now')})"


def _spans(hours: str) -> list[_Span]:
    return [_span(part.strip()) for part in hours.split(",")] if hours.strip() else []


def _span(part: str) -> _Span:
    found = _HOURS.fullmatch(part.casefold())
    days = [read_weekday(word) for word in found.group(1, 2) if word] if found else []
    if found and None not in days:
        first, last = days[0] or 0 if days else 0, days[-1] or 0 if days else 6
        begin, end = _minute(found[3], found[4]), _minute(found[5], found[6])
        if max(begin, end) <= _DAY and begin != end:
            return _Span(frozenset((first + step) % 7 for step in range((last - first) % 7 + 1)), begin, end)
    raise Invalid(
        _("“%(hours)s” are no hours. Write them like 08-15 or mon-fri 08-15:30.") % {"hours": part[:30]}, "hours"
    )


def _minute(hour: str, minute: str | None) -> int:
    past = int(minute or 0)
    return int(hour) * _HOUR + past if past < _HOUR else _DAY + 1


_PHONE = re.compile(r"\+?[0-9][0-9 ]{2,24}")


def read_phone(typed: str, field: str = "phone") -> str:
    """A telephone number, or nothing. Raises Invalid for what cannot be rung."""
    phone = " ".join(typed_line(typed, field, required=False, limit=40).split())
    if phone and not _PHONE.fullmatch(phone):
        raise Invalid(
            _("“%(phone)s” is no telephone number. Write digits, and + before another country.") % {"phone": phone},
            field,
        )
    return phone

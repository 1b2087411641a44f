"""Times as people type and read them: pure, in the person's language, on the house's wall clock.

Typed words of both languages are always understood, whatever language is shown. What was observed has happened, so a
time typed without a date means the newest one that has passed; a deadline means the next one.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from staffbase.kernel.clock import OSLO, local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _, language

_DAYS = {
    "nb": ("man", "tir", "ons", "tor", "fre", "lør", "søn"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            ("man", "mandag", "mon", "monday"), ("tir", "tirsdag", "tue", "tuesday"), ("ons", "onsdag", "wed", "wednesday"),
            ("tor", "torsdag", "thu", "thursday"), ("fre", "fredag", "fri", "friday"), ("lør", "lørdag", "sat", "saturday"),
            ("søn", "søndag", "sun", "sunday"),
        )
    )
    for word in words
}  # fmt: skip
_NEAR_DAYS = {
    "i dag": 0, "idag": 0, "today": 0, "i går": -1, "igår": -1, "yesterday": -1, "i forgårs": -2, "forgårs": -2,
    "i morgen": 1, "imorgen": 1, "tomorrow": 1,
}  # fmt: skip
_NOW = frozenset({"", "nå", "naa", "now"})
_CLOCK = re.compile(r"(?:kl\.?)?(\d{1,2})[:.]?(\d{2})")
_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})\.?(?:[./]?(\d{4}|\d{2}))?")
_FIRST_YEAR = 2000
_NOT_LONG_AGO = timedelta(days=183)
"""How far back a date without a year is looked for: in January "31.12" was last year, but "06.01" on 5 January is a slip."""
_DAY_END = time(23, 59)
_HOURS, _MINUTES = 24, 60


def read_moment(typed: str, now: datetime, field: str = "observed") -> datetime:
    """When something was observed: "23:52", "yesterday 22:10", "06.01 23:52", "06.01.2026 23:52", "mon 22:10", "now".

    Without a date it is the newest such time that has passed. Raises Invalid for one that lies ahead or does not exist.
    """
    words = _tidy(typed)
    if words in _NOW:
        return now
    day_words, clock = _split(words)
    if clock is None:
        raise Invalid(_("Write a time such as 23:52, yesterday 22:10 or 06.01 23:52."), field)
    days = list(_past_days(day_words, local(now).date(), field))
    found = [moment for day in days for moment in moments_at(day, clock, field) if moment <= now]
    if not found:
        raise Invalid(_("The time lies in the future. What is observed has happened."), field)
    return max(found)


def read_past_day(typed: str, now: datetime, field: str) -> date:
    """The day something happened: "02.01", "02.01.2026", "yesterday", "mon". Empty is today.

    Raises Invalid for one that lies ahead or does not exist.
    """
    today = local(now).date()
    words = _tidy(typed)
    days = [today] if words in _NOW else [day for day in _past_days(words, today, field) if day <= today]
    if not days:
        raise Invalid(_("This day lies ahead. Write it down when it has come."), field)
    return max(days)


def read_deadline(typed: str, now: datetime, field: str = "due_at") -> datetime | None:
    """Until when something must be done: "15:00", "tomorrow", "fri 12:00", "09.01", "09.01 15:00". Empty is no deadline.

    A day without a time means its end. Raises Invalid for one that has passed.
    """
    hint = _("Write a deadline such as 15:00, tomorrow, fri 12:00 or 09.01.")
    return _ahead(typed, now, field, hint, _("The deadline has passed already."))


def read_until(typed: str, now: datetime, field: str = "until") -> datetime | None:
    """Until when something lasts, written like a deadline; empty where nobody knows.

    A day without a time means its end. Raises Invalid for one that has passed.
    """
    hint = _("Write until when, such as 15:00, tomorrow, fri 12:00 or 01.07.2026.")
    passed = _("“Until” has passed already. Write a later time, with the year if it is far ahead.")
    return _ahead(typed, now, field, hint, passed)


def _ahead(typed: str, now: datetime, field: str, hint: str, passed: str) -> datetime | None:
    words = _tidy(typed)
    if not words:
        return None
    if _DATE.fullmatch(words) and ":" not in words:
        day_words, clock = words, None
    else:
        day_words, clock = _split(words)
    known = day_words in _NEAR_DAYS or day_words in _WEEKDAYS or _DATE.fullmatch(day_words)
    if not known and (day_words or clock is None):
        raise Invalid(hint, field)
    days = list(_coming_days(day_words, local(now).date(), field))
    found = [moment for day in days for moment in moments_at(day, clock or _DAY_END, field) if moment > now]
    if not found:
        raise Invalid(passed, field)
    return min(found)


def moments_at(day: date, clock: time, field: str = "observed") -> list[datetime]:
    """Every moment, in UTC, when the wall clock shows this: two in the hour that comes twice.

    Raises Invalid for a time that the clocks skipped that night.
    """
    both = {datetime.combine(day, clock, OSLO).replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = sorted(moment for moment in both if local(moment).time() == clock)
    if not real:
        raise Invalid(
            _("The clocks skipped this time that night. Write the time that the clock on the wall showed."), field
        )
    return real


def show_time(moment: datetime) -> str:
    """The time alone: 14:31."""
    return f"{local(moment):%H:%M}"


def show_day(moment: datetime | date) -> str:
    """The day in short: Tue 06.01 or, in Norwegian, tir 06.01."""
    day = _day_of(moment)
    return f"{_DAYS[language()][day.weekday()]} {day:%d.%m}"


def read_weekday(word: str) -> int | None:
    """The day of the week a word names in either language, Monday 0; None for another word."""
    return _WEEKDAYS.get(word.strip().casefold())


def show_weekday(number: int) -> str:
    """The day of the week in short: Tue or, in Norwegian, tir."""
    return _DAYS[language()][number]


def show_date(moment: datetime | date) -> str:
    """The date in full: 06.01.2026."""
    return f"{_day_of(moment):%d.%m.%Y}"


def show_moment(moment: datetime, now: datetime) -> str:
    """A time of today alone, of yesterday with the word, an older one with its date, another year's with the year."""
    here, today = local(moment), local(now).date()
    clock = f"{here:%H:%M}"
    if here.date() == today:
        return clock
    if here.date() == today - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": clock}
    if here.date() == today + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": clock}
    return f"{here:%d.%m} {clock}" if here.year == today.year else f"{here:%d.%m.%Y} {clock}"


def show_span(start: datetime, end: datetime) -> str:
    """23:40–23:58; one time where both are the same minute."""
    first, last = show_time(start), show_time(end)
    return first if first == last and end - start < timedelta(hours=1) else f"{first}–{last}"


def show_since(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest units that still say enough: 5 min, 3 h 12 min, 4 days."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    hours, rest = divmod(minutes, _MINUTES)
    if hours >= 2 * _HOURS:
        return _("%(days)d days") % {"days": hours // _HOURS}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return _("%(minutes)d min") % {"minutes": minutes}


def week_of(moment: datetime | date) -> int:
    """The number of the week (ISO 8601, as Norwegian calendars have it)."""
    return _day_of(moment).isocalendar().week


def _day_of(moment: datetime | date) -> date:
    return local(moment).date() if isinstance(moment, datetime) else moment


def _tidy(typed: str) -> str:
    return " ".join(typed.casefold().split())


def _split(words: str) -> tuple[str, time | None]:
    """What says the day, and the time at the end."""
    head, _space, tail = words.rpartition(" ")
    found = _CLOCK.fullmatch(tail)
    if found is None or int(found[1]) >= _HOURS or int(found[2]) >= _MINUTES:
        return words, None
    return re.sub(r"(^| )(kl\.?|at)$", "", head).strip().removesuffix(","), time(int(found[1]), int(found[2]))


def _past_days(words: str, today: date, field: str) -> Iterator[date]:
    if not words:
        yield from (today, today - timedelta(days=1))
    elif words in _NEAR_DAYS:
        yield today + timedelta(days=_NEAR_DAYS[words])
    elif words in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS[words]) % 7
        yield from (today - timedelta(days=back), today - timedelta(days=back + 7))
    else:
        day, year_said = _date(words, today, field)
        yield day
        if not year_said and (before := _in_year(day, today.year - 1)) and today - before <= _NOT_LONG_AGO:
            yield before


def _coming_days(words: str, today: date, field: str) -> Iterator[date]:
    if not words:
        yield from (today, today + timedelta(days=1), today + timedelta(days=2))
    elif words in _NEAR_DAYS:
        yield today + timedelta(days=_NEAR_DAYS[words])
    elif words in _WEEKDAYS:
        ahead = (_WEEKDAYS[words] - today.weekday()) % 7
        yield from (today + timedelta(days=ahead), today + timedelta(days=ahead + 7))
    else:
        day, year_said = _date(words, today, field)
        yield day
        if not year_said and (after := _in_year(day, today.year + 1)) and after - today <= _NOT_LONG_AGO:
            yield after


def _date(words: str, today: date, field: str) -> tuple[date, bool]:
    found = _DATE.fullmatch(words)
    if found is None:
        raise Invalid(
            _("“%(words)s” is no day. Write yesterday, a weekday or a date such as 06.01.") % {"words": words[:30]},
            field,
        )
    year = int(found[3] or today.year)
    if year < 100:  # noqa: PLR2004  (two digits)
        year += _FIRST_YEAR
    try:
        day = date(year, int(found[2]), int(found[1]))
    except ValueError as error:
        raise Invalid(_("There is no such date: %(date)s.") % {"date": words[:30]}, field) from error
    if not _FIRST_YEAR <= year < _FIRST_YEAR + 200:
        raise Invalid(_("There is no such date: %(date)s.") % {"date": words[:30]}, field)
    return day, found[3] is not None


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return None

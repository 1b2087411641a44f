"""Shifts on the wall clock, PINs that are too easy, and how long a wrong one costs. No database, no clock."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from staffbase.kernel.access import Role
from staffbase.kernel.clock import at_local, local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.people.model import ShiftName

PIN_DIGITS = 6
"""The fewest digits of a PIN."""
PIN_DIGITS_MOST = 12

FREE_TRIES = 5
"""Wrong PINs until the first wait."""
WAITS = (30, 60, 120, 300)
"""Seconds to wait after the fifth wrong PIN, and after each further one; the last for all that follow. Never more:
a person may be alone with the house at night."""

_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?", re.ASCII)

MOST_ON_DUTY = 50

ASK_BEFORE = timedelta(minutes=30)
"""How long before a shift begins somebody who signs in is asked whether they are on duty."""


@dataclass(frozen=True)
class ShiftHours:
    """When a shift begins and ends on the wall clock (`ends` not later than `begins`: the next morning)."""

    name: ShiftName
    begins: time
    ends: time
    norm: int = 2
    """How many must be there."""


DEFAULT_SHIFTS = (
    ShiftHours(ShiftName.DAY, time(7, 30), time(15, 0), 2),
    ShiftHours(ShiftName.EVENING, time(14, 30), time(22, 0), 2),
    ShiftHours(ShiftName.NIGHT, time(21, 45), time(7, 45), 1),
)


@dataclass(frozen=True)
class ShiftSpan:
    """One shift of one date, as moments."""

    name: ShiftName
    date: date
    begins_at: datetime
    ends_at: datetime
    norm: int


def spans_of(day: date, shift_times: Iterable[ShiftHours]) -> list[ShiftSpan]:
    """The shifts that begin on this date, in the order in which they begin."""
    made = [
        ShiftSpan(
            hours.name,
            day,
            at_local(day, hours.begins),
            at_local(day + timedelta(days=hours.ends <= hours.begins), hours.ends),
            hours.norm,
        )
        for hours in shift_times
    ]
    return sorted(made, key=lambda span: span.begins_at)


def _around(moment: datetime, shift_times: Sequence[ShiftHours]) -> list[ShiftSpan]:
    today = local(moment).date()
    return [span for days in (-1, 0, 1) for span in spans_of(today + timedelta(days=days), shift_times)]


def spans_at(moment: datetime, shift_times: Sequence[ShiftHours] = DEFAULT_SHIFTS) -> list[ShiftSpan]:
    """All shifts that run at this moment, the one begun first first; two in an overlap."""
    return [span for span in _around(moment, shift_times) if span.begins_at <= moment < span.ends_at]


def shift_at(moment: datetime, shift_times: Sequence[ShiftHours] = DEFAULT_SHIFTS) -> ShiftSpan:
    """The one shift a moment belongs to: in an overlap the one begun later; between shifts the one that ended last."""
    return max(
        (span for span in _around(moment, shift_times) if span.begins_at <= moment), key=lambda span: span.begins_at
    )


def shift_on(day: date, name: ShiftName, shift_times: Sequence[ShiftHours] = DEFAULT_SHIFTS) -> ShiftSpan:
    """The shift of this name and date. Raises Invalid when the house has no such shift."""
    for span in spans_of(day, shift_times):
        if span.name == name:
            return span
    raise Invalid(_("The house has no such shift."), "shift")


_A_DAY = timedelta(days=1)


def own_windows(duties: Iterable[tuple[datetime, datetime]]) -> tuple[tuple[datetime, datetime], ...]:
    """The times somebody reads of by having been on duty: each duty, from a day before it begins to a day after it ends.

    In order, joined where they meet. A day is the same time on the wall clock the day before or after and never less
    than 24 hours, so that nobody reads an hour less because the clocks changed.
    """
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted((_a_day_before(begins), _a_day_after(ends)) for begins, ends in duties if begins < ends):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return tuple(joined)


def _a_day_before(moment: datetime) -> datetime:
    here = local(moment)
    return min(at_local(here.date() - _A_DAY, here.time()), moment.astimezone(UTC) - _A_DAY)


def _a_day_after(moment: datetime) -> datetime:
    here = local(moment)
    return max(at_local(here.date() + _A_DAY, here.time()), moment.astimezone(UTC) + _A_DAY)


def night_of(moment: datetime) -> date:
    """The date of the night a moment belongs to: that of its evening. Noon divides two nights."""
    return (local(moment).replace(tzinfo=None) - timedelta(hours=12)).date()


def shift_to_ask(moment: datetime, role: Role, shift_times: Sequence[ShiftHours] = DEFAULT_SHIFTS) -> ShiftSpan | None:
    """Which shift to ask somebody about who signs in now: the one that begins within half an hour or has begun last.

    Where evening and night meet, the night watch is asked about the night and everybody else about the evening.
    """
    open_now = [span for span in _around(moment, shift_times) if span.begins_at - ASK_BEFORE <= moment < span.ends_at]
    nights = [span for span in open_now if span.name is ShiftName.NIGHT]
    others = [span for span in open_now if span.name is not ShiftName.NIGHT]
    wanted = (nights or others) if role is Role.NIGHT_WATCH else (others or nights)
    return wanted[-1] if wanted else None


def read_clock(typed: str, field: str = "time") -> time:
    """A time on the wall clock: "3:30", "03.30", "0330" or "3". Raises Invalid."""
    found = _CLOCK.fullmatch(typed.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:  # noqa: PLR2004
        raise Invalid(_("Write a time such as 03:30."), field)
    return time(int(found[1]), int(found[2] or 0))


def show_hours(begins: time, ends: time) -> str:
    """From when until when on the wall clock."""
    return f"{begins:%H:%M}–{ends:%H:%M}"


def check_shifts(shifts: Sequence[ShiftHours]) -> None:
    """Raise Invalid for shifts that cannot be: without length, two that begin together, or an impossible norm.

    The field names the shift ("begins-day", "norm-night").
    """
    for shift in shifts:
        if not 0 <= shift.norm <= MOST_ON_DUTY:
            raise Invalid(_("How many must be on duty is a number from 0 to 50."), f"norm-{shift.name}")
        if shift.begins == shift.ends:
            raise Invalid(_("A shift ends at another time than it begins."), f"ends-{shift.name}")
        if any(other.name is not shift.name and other.begins == shift.begins for other in shifts):
            raise Invalid(_("Two shifts begin at the same time."), f"begins-{shift.name}")


def time_ahead(typed: str, now: datetime) -> datetime:
    """The next moment at which the wall clock shows this: "3:30", "03.30", "0330" or "3". Raises Invalid."""
    wanted = read_clock(typed)
    today = local(now).date()
    return next(moment for days in (0, 1, 2) if (moment := at_local(today + timedelta(days=days), wanted)) > now)


def wait_after(failures: int) -> int:
    """Seconds to wait after this many wrong PINs in a row."""
    if failures < FREE_TRIES:
        return 0
    return WAITS[min(failures - FREE_TRIES, len(WAITS) - 1)]


def still_blocked(blocked_until: datetime | None, failures: int, now: datetime) -> int:
    """Seconds left of the wait, at least 1 while it lasts. Never more than the wait itself, also when the clock was set back."""
    if blocked_until is None or blocked_until <= now:
        return 0
    left = (blocked_until.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
    return max(1, min(round(left), wait_after(failures)))


def check_pin(pin: str) -> str:
    """The PIN, if it may be used. Raises Invalid with what is wrong with it."""
    if not (pin.isascii() and pin.isdigit()):
        raise Invalid(_("A PIN is digits only."), "pin")
    if not PIN_DIGITS <= len(pin) <= PIN_DIGITS_MOST:
        raise Invalid(
            _("A PIN has from %(least)d to %(most)d digits.") % {"least": PIN_DIGITS, "most": PIN_DIGITS_MOST}, "pin"
        )
    if _repeats(pin):
        raise Invalid(_("This PIN repeats itself and is easy to guess. Choose another."), "pin")
    if _runs(pin) or _counts(pin) or _drawn(pin):
        raise Invalid(_("This PIN is a row of digits and is easy to guess. Choose another."), "pin")
    if _has_year(pin) or _is_date(pin):
        raise Invalid(_("This PIN looks like a date or a year of birth and is easy to guess. Choose another."), "pin")
    return pin


def _repeats(pin: str) -> bool:
    """111111, 121212, 123123, 112233, there and back as 123321; and any with fewer than three different digits."""
    again = any(pin == (pin[:length] * len(pin))[: len(pin)] for length in (1, 2, 3))
    return again or len(set(pin)) < 3 or pin[::2] == pin[1::2] or pin == pin[::-1]  # noqa: PLR2004


def _runs(pin: str) -> bool:
    """123456, 987654, around the corner as 890123, in other equal steps as 135791; and with one slip, as 123457."""
    steps = [(int(after) - int(before)) % 10 for before, after in pairwise(pin)]
    return len(set(steps)) == 1 or any(steps.count(one) >= len(steps) - 1 for one in (1, 9))


def _counts(pin: str) -> bool:
    """As one counts by twos, threes and so on: 246810, 369121."""
    return any("".join(str(by * number) for number in range(1, len(pin) + 1)).startswith(pin) for by in range(1, 10))


_LINES = ("123", "456", "789", "147", "258", "369", "159", "357")


def _drawn(pin: str) -> bool:
    """Line by line as the keys lie: 147258, 789456, 321654."""
    threes = [pin[at : at + 3] for at in range(0, len(pin), 3)]
    return all(three in _LINES or three[::-1] in _LINES for three in threes)


def _has_year(pin: str) -> bool:
    """A year of birth anywhere: 1979xx, x1979x, xx1979. In the middle only one that somebody who works here may have."""
    last = len(pin) - 4
    return any(
        (1900 if at in (0, last) else 1930) <= int(pin[at : at + 4]) <= 2029  # noqa: PLR2004
        for at in range(last + 1)
    )


def _is_date(pin: str) -> bool:
    """A birthday as ddmmyy or as yymmdd."""
    return len(pin) == PIN_DIGITS and (_day_of_year(pin[:2], pin[2:4]) or _day_of_year(pin[4:], pin[2:4]))


def _day_of_year(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12  # noqa: PLR2004

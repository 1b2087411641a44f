"""Rules of night rounds: windows, which doors are due, and how far a check may go."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from dateutil.rrule import rrulestr

from staffbase.kernel.clock import at_local
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import read_weekday, show_weekday
from staffbase.people.rules import night_of, show_hours
from staffbase.residents.model import Presence, RoundForm
from staffbase.residents.rules import Door, Stood, form_now, reaches
from staffbase.rounds.model import Outcome

SEEN = frozenset({Outcome.ASLEEP, Outcome.AWAKE, Outcome.SPOKE})
"""The resident was seen. Heard is not seen."""
MET = SEEN | {Outcome.HEARD, Outcome.DECLINED}
"""The resident was seen or gave a sound: somebody was met at the door, by whatever kind of contact."""
LADDER = frozenset({Outcome.NO_ANSWER, Outcome.DANGER})
"""Outcomes that start an incident and must be concluded before the walk is signed."""
WARN_BEFORE = timedelta(minutes=20)
"""How long before a window ends its open doors interrupt."""
EARLY = timedelta(hours=1)
"""A walk begun so long before a window still belongs to it."""
STRAGGLING = timedelta(hours=1)
"""A walk begun so long after a window still belongs to it; that it was late stands in its times."""
LATE_AFTER = timedelta(minutes=30)
"""What is written longer after the walk than this is entered later, and says why (domain.md section 3: false checks)."""
LATEST_BACK = timedelta(days=3)
"""How far back a round may be entered afterwards."""
SHORTEST_AT_A_DOOR = timedelta(seconds=15)
"""Nobody walks to a door, looks and goes on in less. A round that took less for its doors says nothing false by itself,
but false checks have cost lives (domain.md section 3), so the leader sees how long it took."""
MOST_WINDOWS = 6
SHORTEST = timedelta(minutes=30)
PLAIN_NIGHT = date(2026, 1, 5)
"""A night on which no clock changes."""
LOOK_AHEAD = 8
"""Nights in which the next window is looked for."""
ALARM_AGAIN = timedelta(minutes=10)
"""How long after the alarm command it is run again, while the walk is still overdue."""

KEYS = {
    "s": Outcome.ASLEEP,
    "a": Outcome.AWAKE,
    "p": Outcome.SPOKE,
    "y": Outcome.HEARD,
    "b": Outcome.AWAY,
    "r": Outcome.DECLINED,
    "i": Outcome.NO_ANSWER,
    "h": Outcome.DANGER,
}
"""One key an outcome, the same in both languages."""


DAILY = "FREQ=DAILY"
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "UNTIL", "WKST"}
)
"""Parts of a rule that say nights: a window has its own times, and nothing is counted from a beginning."""
_VALUE = re.compile(r"[A-Z0-9,+-]{1,60}", re.ASCII)
_INTERVAL = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_A_YEAR = timedelta(days=366)
_EVERY = frozenset({"", "every night", "hver natt", "daily", "daglig"})
_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ON_DAYS = re.compile(r"FREQ=WEEKLY;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)")


@dataclass(frozen=True)
class WindowHours:
    """When a round is due, on the wall clock."""

    begins: time
    ends: time
    rrule: str = DAILY
    since: datetime | None = field(default=None, compare=False)
    """It holds for windows that begin from then on; None: always has."""
    until: datetime | None = field(default=None, compare=False)
    """And that begin before this; None: still holds."""

    def holds(self, begins_at: datetime) -> bool:
        """Whether it was in force when a window of it would begin."""
        return (self.since is None or self.since <= begins_at) and (self.until is None or begins_at < self.until)


DEFAULT_WINDOWS = (WindowHours(time(23, 30), time(1, 30)), WindowHours(time(3, 30), time(5, 30)))


@dataclass(frozen=True)
class Window:
    """One window of one night, as moments. Durations are in UTC, so the nights clocks change are ordinary nights."""

    night: date
    begins_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.begins_at <= moment < self.ends_at


def windows_of(night: date, hours: Iterable[WindowHours] = DEFAULT_WINDOWS) -> list[Window]:
    """The windows of a night (the date of its evening), each exactly once, in order."""
    made = []
    for spec in hours:
        if not _falls_on(spec.rrule, night):
            continue
        begin_day = night if spec.begins >= time(12) else night + timedelta(days=1)
        end_day = begin_day if spec.ends > spec.begins else begin_day + timedelta(days=1)
        begins_at = at_local(begin_day, spec.begins)
        ends_at = max(at_local(end_day, spec.ends), begins_at + SHORTEST)
        if spec.holds(begins_at):
            made.append(Window(night, begins_at, ends_at))
    return sorted(made, key=lambda window: window.begins_at)


def check_hours(hours: Sequence[WindowHours], today: date = PLAIN_NIGHT) -> None:
    """Raise Invalid for windows that cannot be: too many, shorter than half an hour, overlapping, or with a rule that is none."""
    if not 1 <= len(hours) <= MOST_WINDOWS:
        raise Invalid(_("A night has from one to %(most)d rounds.") % {"most": MOST_WINDOWS}, "windows")
    for one in hours:
        minutes = (one.ends.hour - one.begins.hour) * 60 + one.ends.minute - one.begins.minute
        if timedelta(minutes=minutes % (24 * 60)) < SHORTEST:
            raise Invalid(_("A round needs at least half an hour."), "windows")
    plain = windows_of(PLAIN_NIGHT, [WindowHours(one.begins, one.ends) for one in hours])
    if any(before.ends_at > after.begins_at for before, after in pairwise(plain)):
        raise Invalid(_("Two rounds of the same night overlap."), "windows")
    for one in hours:
        check_rule(one.rrule, today)


def check_rule(rule: str, today: date = PLAIN_NIGHT) -> None:
    """Raise Invalid for what is no rule about nights, and for one that falls on none of the coming year's."""
    if not _nights(rule, today, today + _A_YEAR):
        raise Invalid(_("“%(rule)s” falls on no night of the coming year.") % {"rule": rule[:40]}, "rrule")


def _no_rule(rule: str) -> Invalid:
    return Invalid(
        _("“%(rule)s” says no nights. Write every night, mon-thu, fri, sat, or a rule like FREQ=DAILY;INTERVAL=2.")
        % {"rule": rule[:40]},
        "rrule",
    )


def read_nights(typed: str) -> str:
    """The rule of what somebody typed: nothing or "every night", weekdays ("mon-thu, sat"), or a rule itself.

    Raises Invalid.
    """
    words = " ".join(typed.split()).casefold()
    if words in _EVERY:
        return DAILY
    if "=" in words:
        rule = words.upper().removeprefix("RRULE:").replace(" ", "")
        check_rule(rule)
        return rule
    days: set[int] = set()
    for part in filter(None, (piece.strip() for piece in words.replace("–", "-").split(","))):
        first, dash, last = part.partition("-")
        begin, end = read_weekday(first), read_weekday(last if dash else first)
        if begin is None or end is None:
            raise _no_rule(typed)
        days |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return DAILY if len(days) == len(_BYDAY) else f"FREQ=WEEKLY;BYDAY={','.join(_BYDAY[day] for day in sorted(days))}"


def windows_told(hours: Sequence[WindowHours]) -> str:
    """All windows in one line; the nights are said where they are not every night."""
    return ", ".join(
        show_hours(one.begins, one.ends) + ("" if one.rrule == DAILY else f" ({show_nights(one.rrule)})")
        for one in hours
    )


def show_nights(rule: str) -> str:
    """The rule in words where there are words for it: "every night", "Mon, Tue"; else the rule as it stands."""
    if rule == DAILY:
        return _("every night")
    found = _ON_DAYS.fullmatch(rule)
    return ", ".join(show_weekday(_BYDAY.index(day)) for day in found[1].split(",")) if found else rule


@lru_cache(maxsize=1024)
def _falls_on(rule: str, night: date) -> bool:
    return rule == DAILY or bool(_nights(rule, night, night))


def _nights(rule: str, first: date, last: date) -> list[datetime]:
    """The nights of a rule from the first to the last, as midnights. Raises Invalid for what is no rule about nights.

    Only rules by day, week, month or year are read, and none past the last night: others would be worked out second by
    second, or for ever.
    """
    parts = [part.partition("=")[::2] for part in rule.split(";")]
    said = dict(parts)
    if len(said) < len(parts) or said.get("FREQ") not in _FREQUENCIES or not set(said) <= _PARTS:
        raise _no_rule(rule)
    if not all(_VALUE.fullmatch(value) for value in said.values()) or not _INTERVAL.fullmatch(
        said.get("INTERVAL", "1")
    ):
        raise _no_rule(rule)
    begin, end = (datetime.combine(day, time()) for day in (first, last))
    try:
        if until := said.pop("UNTIL", ""):
            end = min(end, datetime.strptime(until, "%Y%m%d"))  # noqa: DTZ007  (a date without a clock)
        bounded = ";".join(f"{name}={value}" for name, value in said.items())
        dates = rrulestr(f"{bounded};UNTIL={end:%Y%m%d}", dtstart=datetime(2020, 1, 1))  # noqa: DTZ001
        return dates.between(begin, end, inc=True)
    except (ValueError, TypeError) as error:
        raise _no_rule(rule) from error


def window_for(moment: datetime, hours: Sequence[WindowHours] = DEFAULT_WINDOWS) -> Window | None:
    """The window that holds the moment, else the next; None when none begins within a week."""
    tonight = night_of(moment)
    for days in range(LOOK_AHEAD):
        for window in windows_of(tonight + timedelta(days=days), hours):
            if moment < window.ends_at:
                return window
    return None


def window_after(moment: datetime, hours: Sequence[WindowHours] = DEFAULT_WINDOWS) -> Window | None:
    """The first window that begins later; None when none does within a week."""
    tonight = night_of(moment)
    coming = (window for days in range(LOOK_AHEAD) for window in windows_of(tonight + timedelta(days=days), hours))
    return next((window for window in coming if window.begins_at > moment), None)


def window_begun_at(begins_at: datetime, hours: Sequence[WindowHours] = DEFAULT_WINDOWS) -> Window | None:
    """The window that began at this moment; None when the house's windows are others by now."""
    found = (window for window in windows_of(night_of(begins_at), hours) if window.begins_at == begins_at)
    return next(found, None)


def window_of_walk(left_at: datetime, hours: Sequence[WindowHours] = DEFAULT_WINDOWS) -> Window | None:
    """The window a walk belongs to: the one it began in, one that begins within the hour, or one that just passed.

    None for a walk by day.
    """
    windows = windows_of(night_of(left_at), hours)
    near = [window for window in windows if window.begins_at - EARLY <= left_at < window.ends_at]
    if near:
        return near[0]
    passed = [window for window in windows if window.ends_at <= left_at < window.ends_at + STRAGGLING]
    return passed[-1] if passed else None


def why_none(stood: Stood | None, moment: datetime) -> str | None:
    """Why no check was due where things stood so at that moment, in words; None when one was."""
    if stood is None:
        return _("vacant")
    if stood.presence is Presence.ADMITTED:
        return _("admitted")
    if stood.presence is Presence.PRISON:
        return _("in prison")
    if form_now(stood.agreement, moment) is RoundForm.NONE:
        return _("no check wanted")
    return None


def stands(door: Door) -> Stood | None:
    """How things stand at a door now."""
    resident = door.resident
    return None if resident is None else Stood(resident.id, resident.presence, resident.agreement)


def not_due(door: Door, moment: datetime) -> str | None:
    """Why no check is due at this door, in words; None when one is."""
    return why_none(stands(door), moment)


_GOES = {
    Outcome.ASLEEP: RoundForm.OPEN_DOOR,
    Outcome.AWAKE: RoundForm.OUTSIDE,
    Outcome.SPOKE: RoundForm.OUTSIDE,
}
"""How far one must go to find this: to see somebody breathe asleep the door must be open. Somebody who is awake may be
seen in a window or in the door they open themselves."""


def beyond(outcome: Outcome, form: RoundForm) -> bool:
    """Whether this outcome goes further than the agreement, so that the reason must be asked."""
    needed = _GOES.get(outcome)
    return needed is not None and not reaches(form, needed)


def hasty(doors: int, took: timedelta) -> bool:
    """Whether a walk was shorter than the doors that were answered from it can take."""
    return took < doors * SHORTEST_AT_A_DOOR


GENERAL_SUPERVISION = N_("Two rounds a night are general supervision, and no suicide watch.")
"""Said on the screen: a resident who needs more needs another service (domain.md section 3)."""

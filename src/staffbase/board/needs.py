"""What needs somebody now, worst first: each says who or what ends it, and which key leads there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from staffbase.board.rules import Level, Need
from staffbase.handover.facts import ReadingItem
from staffbase.incidents.model import INCIDENT_NAMES
from staffbase.incidents.service import IncidentFacts
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_moment
from staffbase.kernel.verified import Unproved
from staffbase.people.duty import UnderStaffed
from staffbase.people.rules import night_of
from staffbase.rounds.reading import WalkFacts, WindowFacts
from staffbase.tasks.service import TaskFacts


@dataclass(frozen=True)
class Waiting:
    """All that may need somebody, as it was read."""

    now: datetime
    walk: WalkFacts | None
    running: Sequence[IncidentFacts]
    windows: Sequence[WindowFacts]
    short: Sequence[UnderStaffed]
    concerns: Sequence[ReadingItem]
    not_read: Sequence[str]
    """Who has been on duty for half an hour without accepting the handover."""
    tasks: Sequence[TaskFacts]
    asked: int
    """How many open questions are about what the viewer wrote."""
    codes: dict[int, str]
    """Unit codes by resident."""
    no_backup_since: datetime | None = None
    """The newest good backup, when it is older than it may be."""
    unproved: Unproved | None = None
    """That somebody should look at the verification; for those who may verify, and nobody else."""
    written_ahead: datetime | None = None
    """When the latest was written, where the clock was set back since."""


def needs_of(waiting: Waiting) -> tuple[Need, ...]:
    """The needs, worst first, and among equals in this order."""
    found = [
        *_walk(waiting), *_incidents(waiting), *_windows(waiting), *_duty(waiting), *_concerns(waiting),
        *_not_read(waiting), *_asked(waiting), *_tasks(waiting), *_clock(waiting), *_backup(waiting), *_unproved(waiting),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda need: -need.level))


def with_unit(words: str, code: str | None) -> str:
    """The words, with the unit in front where it is about one."""
    return f"{code} {words}" if code else words


def _walk(waiting: Waiting) -> Iterator[Need]:
    walk = waiting.walk
    if walk is not None:
        level = Level.DANGER if walk.overdue(waiting.now) else Level.WATCH
        words = _("%(who)s is on the walk") % {"who": walk.walker}
        yield Need(words, level, _("ends with the walker's PIN"), f"{local(walk.left_at):%H:%M}")


def _incidents(waiting: Waiting) -> Iterator[Need]:
    for incident in waiting.running:
        words = with_unit(_(INCIDENT_NAMES[incident.kind]), waiting.codes.get(incident.resident_id or 0))
        began = show_moment(incident.started_at, waiting.now)
        yield Need(words, Level.DANGER, _("h: go on and conclude"), began, incident.resident_id)


def _windows(waiting: Waiting) -> Iterator[Need]:
    for found in waiting.windows:
        left = found.due - found.done
        if found.signed:
            continue  # each open door has its reason; there is nothing left to do
        begins = f"{local(found.window.begins_at):%H:%M}"
        if found.window.night != night_of(waiting.now):
            begins = show_moment(found.window.begins_at, waiting.now)
        if found.missed(waiting.now):
            words = ngettext("%(count)d door was not checked", "%(count)d doors were not checked", left)
            yield Need(words % {"count": left}, Level.DANGER, _("2: sign with the reason"), begins)
        elif found.window.holds(waiting.now) and left:
            words = ngettext("%(count)d door open", "%(count)d doors open", left)
            level = Level.DANGER if found.about_to_pass(waiting.now) else Level.WATCH
            until = _("until %(time)s, 2: the round sheet") % {"time": f"{local(found.window.ends_at):%H:%M}"}
            yield Need(words % {"count": left}, level, until, begins)


def _duty(waiting: Waiting) -> Iterator[Need]:
    for shift in waiting.short:
        words = ngettext("%(count)d on duty of %(norm)d", "%(count)d on duty of %(norm)d", shift.on_duty)
        said = words % {"count": shift.on_duty, "norm": shift.span.norm}
        yield Need(said, Level.WATCH, _("ring the on-call; F4: who is on duty"))


def _concerns(waiting: Waiting) -> Iterator[Need]:
    for concern in waiting.concerns:
        first = concern.text.split("\n", 1)[0]
        words = with_unit(_("concern: %(words)s") % {"words": first}, waiting.codes.get(concern.resident_id or 0))
        yield Need(words, Level.WATCH, _("3: another shift meets it"), show_moment(concern.at, waiting.now))


def _not_read(waiting: Waiting) -> Iterator[Need]:
    if waiting.not_read:
        words = _("handover not accepted: %(names)s") % {"names": ", ".join(waiting.not_read)}
        yield Need(words, Level.WATCH, _("3: my reading"))


def _asked(waiting: Waiting) -> Iterator[Need]:
    if waiting.asked:
        words = ngettext("%(count)d question waits for you", "%(count)d questions wait for you", waiting.asked)
        yield Need(words % {"count": waiting.asked}, Level.WATCH, _("3: my reading, v answers"))


def _tasks(waiting: Waiting) -> Iterator[Need]:
    overdue = [task for task in waiting.tasks if task.due_at is not None and task.due_at < waiting.now]
    if overdue:
        words = ngettext("%(count)d task overdue", "%(count)d tasks overdue", len(overdue))
        yield Need(words % {"count": len(overdue)}, Level.WATCH, _("6: tasks"))


def _clock(waiting: Waiting) -> Iterator[Need]:
    if waiting.written_ahead is not None:
        words = _("the clock was set back: something was written %(when)s") % {
            "when": show_moment(waiting.written_ahead, waiting.now)
        }
        yield Need(words, Level.WATCH, _("see that this computer's clock is right"))


def _backup(waiting: Waiting) -> Iterator[Need]:
    if waiting.no_backup_since is not None:
        words = _("no backup since %(when)s") % {"when": show_moment(waiting.no_backup_since, waiting.now)}
        yield Need(words, Level.WATCH, _("the leader: see to the backup folder"))


def _unproved(waiting: Waiting) -> Iterator[Need]:
    unproved = waiting.unproved
    if unproved is None:
        return
    when = show_moment(unproved.since, waiting.now)
    if unproved.found:
        words = ngettext(
            "the verification found %(count)d change", "the verification found %(count)d changes", unproved.found
        )
        yield Need(words % {"count": unproved.found}, Level.WATCH, _("0, then l: what was found"), when)
    else:
        yield Need(_("nothing verified since %(when)s") % {"when": when}, Level.WATCH, _("0, then l: verify now"))

"""Everything the board and the door say, read in one go with a fixed number of queries, whatever the house's age."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from staffbase.board.rules import BoardTile, BoardView, Level, Line, Need, Sign
from staffbase.incidents.model import INCIDENT_NAMES
from staffbase.incidents.service import IncidentFacts, incidents_in
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Importance
from staffbase.journal.service import items_in
from staffbase.kernel.access import ROLE_NAMES, Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Database
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_day, show_moment
from staffbase.people.door import DoorFacts, DoorPerson
from staffbase.people.duty import UnderStaffed, on_duty_in, shift_times_in, under_staffed_in
from staffbase.people.model import SHIFT_NAMES
from staffbase.people.rules import night_of, shift_at
from staffbase.people.service import People
from staffbase.residents.model import PRESENCE_NAMES, STATUS_NAMES, Presence, Status
from staffbase.residents.reading import doors_in, house_in
from staffbase.residents.rules import Door, ResidentFacts, expired
from staffbase.rounds.model import Outcome
from staffbase.rounds.reading import (
    LastSeen,
    WalkFacts,
    WindowFacts,
    hours_in,
    last_seen_in,
    walk_under_way_in,
    windows_in,
)
from staffbase.rounds.rules import WARN_BEFORE, window_for
from staffbase.tasks.service import TaskFacts, tasks_in
from staffbase.ui.strip import StripFacts

SEEN_SHORT = {Outcome.ASLEEP: N_("seen asleep"), Outcome.AWAKE: N_("seen"), Outcome.SPOKE: N_("spoke")}
_LATEST = 6
_STATUS_LEVEL = {Status.CALM: Level.QUIET, Status.WATCH: Level.WATCH, Status.UNSTABLE: Level.DANGER}


class Board:
    """The whole house at a glance."""

    def __init__(self, database: Database, house_id: int) -> None:
        self.database = database
        self.house_id = house_id

    @allowed(Permission.SEE_HOUSE)
    def door(self, actor: Actor) -> DoorFacts:
        """What stands at the door, signed out or locked: nothing personal but staff names."""
        people = [person for person in People(self.database, self.house_id).directory(actor) if not person.left]
        with self.database.read() as tx:
            now = self.database.clock.now()
            house = house_in(tx, self.house_id)
            walk = walk_under_way_in(tx, self.house_id)
            windows = windows_in(tx, self.house_id, now)
        current = next((found for found in windows if now < found.window.ends_at), None)
        told = ""
        if current is not None:
            hours = f"{local(current.window.begins_at):%H:%M}–{local(current.window.ends_at):%H:%M}"
            inside = current.window.holds(now)
            told = (_("Round %(hours)s") if inside else _("Next round %(hours)s")) % {"hours": hours}
        walking = ""
        if walk is not None:
            words = {"left": f"{local(walk.left_at):%H:%M}", "due": f"{local(walk.due_back_at):%H:%M}"}
            walking = _("A walk is under way since %(left)s, due back at %(due)s.") % words
        return DoorFacts(
            house=house.name,
            address=house.address,
            entrance=house.entrance,
            oncall=" ".join(filter(None, (house.oncall_name, house.oncall_phone))),
            people=tuple(
                DoorPerson(person.id, person.name, _(ROLE_NAMES[person.role]), person.on_duty) for person in people
            ),
            window=told,
            units=current.units if current is not None else (),
            walk=walking,
            walk_overdue=walk is not None and walk.overdue(now),
        )

    @allowed(Permission.SEE_HOUSE)
    def strip(self, actor: Actor) -> StripFacts:
        """What stands on top of every screen."""
        with self.database.read() as tx:
            now = self.database.clock.now()
            house = house_in(tx, self.house_id)
            span = shift_at(now, shift_times_in(tx, self.house_id))
            duty = on_duty_in(tx, self.house_id, now)
            short = under_staffed_in(tx, self.house_id, now)
            window = window_for(now, hours_in(tx, self.house_id))
        names = [
            person.name + (" " + _("(elsewhere)") if person.elsewhere_since is not None else "") for person in duty
        ]
        note = ""
        if short:
            here = short[0].on_duty
            note = (
                ngettext("%(count)d on duty", "%(count)d on duty", here) % {"count": here}
                if here
                else _("nobody on duty")
            )
        round_words = ""
        if window is not None and actor.may(Permission.ROUND):
            hours = f"{local(window.begins_at):%H:%M}–{local(window.ends_at):%H:%M}"
            round_words = (_("round %(hours)s") if window.holds(now) else _("next round %(hours)s")) % {"hours": hours}
        return StripFacts(
            house=house.name,
            shift=_(SHIFT_NAMES[span.name]),
            day=show_day(now),
            on_duty=tuple(names),
            duty_note=note,
            next_round=round_words,
            clock=f"{local(now):%H:%M}",
        )

    @allowed(Permission.SEE_RESIDENTS)
    def view(self, actor: Actor) -> BoardView:
        """Everything on the board."""
        del actor
        with self.database.read() as tx:
            now = self.database.clock.now()
            doors = doors_in(tx, self.house_id)
            seen = last_seen_in(tx, self.house_id)
            tasks = tasks_in(tx, self.house_id)
            running = incidents_in(tx, self.house_id, running_only=True)
            windows = windows_in(tx, self.house_id, now)
            nights = windows_in(tx, self.house_id, now, night_of(now) - timedelta(days=1))
            walk = walk_under_way_in(tx, self.house_id)
            latest = items_in(
                tx,
                self.house_id,
                importance=(Importance.HANDOVER, Importance.URGENT),
                since=now - timedelta(days=2),
                limit=_LATEST,
            )
            short = under_staffed_in(tx, self.house_id, now)
        codes = {door.resident.id: door.code for door in doors if door.resident}
        tiles = tuple(
            self._tile(door, seen.get(door.resident.id) if door.resident else None, tasks, now) for door in doors
        )
        return BoardView(
            tiles=tiles,
            needs=tuple(self._needs(now, running, windows, walk, short, codes, tasks)),
            today=tuple(
                Line(f"{local(task.due_at):%H:%M}", _with_unit(task.text, codes.get(task.resident_id or 0)))
                for task in sorted((one for one in tasks if one.due_at), key=lambda one: one.due_at or now)
                if task.due_at and local(task.due_at).date() == local(now).date()
            )[:_LATEST],
            latest=tuple(self._latest(item, codes, now) for item in latest if not item.withdrawn and not item.moved),
            nights=tuple(
                Line(
                    f"{local(found.window.begins_at):%H:%M}",
                    _("%(done)d of %(due)d doors") % {"done": found.done, "due": found.due},
                    Level.PLAIN if found.done >= found.due else Level.WATCH,
                )
                for found in nights
            ),
        )

    def _tile(self, door: Door, seen: LastSeen | None, tasks: Sequence[TaskFacts], now: datetime) -> BoardTile:
        resident = door.resident
        if resident is None:
            return BoardTile(door.unit_id, door.code, door.module, name=_("vacant"))
        signs = []
        mine = [task for task in tasks if task.resident_id == resident.id]
        late = [task for task in mine if task.due_at is not None and task.due_at < now]
        if late:
            words = ngettext("%(count)d task overdue", "%(count)d tasks overdue", len(late)) % {"count": len(late)}
            signs.append(Sign(words, Level.WATCH))
        elif mine:
            signs.append(
                Sign(ngettext("%(count)d task", "%(count)d tasks", len(mine)) % {"count": len(mine)}, Level.PLAIN)
            )
        if resident.agreement is None:
            signs.append(Sign(_("no check agreement"), Level.WATCH))
        elif expired(resident.agreement, now):
            signs.append(Sign(_("check agreement has run out"), Level.WATCH))
        level = _STATUS_LEVEL[resident.status]
        return BoardTile(
            unit_id=door.unit_id,
            code=door.code,
            module=door.module,
            resident_id=resident.id,
            name=resident.alias,
            status=Sign(_(STATUS_NAMES[resident.status]), level) if level > Level.QUIET else Sign(""),
            presence=_presence(resident, now),
            seen_at=show_moment(seen.at_to, now) if seen else "",
            seen=_(SEEN_SHORT[seen.outcome]) if seen else _("not seen yet"),
            signs=tuple(signs),
            dangers=" · ".join(warning.line for warning in resident.warnings),
        )

    def _needs(
        self,
        now: datetime,
        running: Sequence[IncidentFacts],
        windows: Sequence[WindowFacts],
        walk: WalkFacts | None,
        short: Sequence[UnderStaffed],
        codes: dict[int, str],
        tasks: Sequence[TaskFacts],
    ) -> list[Need]:
        needs = []
        if walk is not None:
            words = _("%(who)s is on the walk") % {"who": walk.walker}
            level = Level.DANGER if walk.overdue(now) else Level.WATCH
            needs.append(Need(words, level, _("ends with the walker's PIN"), f"{local(walk.left_at):%H:%M}"))
        for incident in running:
            words = _with_unit(_(INCIDENT_NAMES[incident.kind]), codes.get(incident.resident_id or 0))
            needs.append(
                Need(
                    words,
                    Level.DANGER,
                    _("h: go on and conclude"),
                    show_moment(incident.started_at, now),
                    incident.resident_id,
                )
            )
        for found in windows:
            left = found.due - found.done
            hours = f"{local(found.window.begins_at):%H:%M}"
            if found.missed(now):
                words = ngettext("%(count)d door was not checked", "%(count)d doors were not checked", left) % {
                    "count": left
                }
                needs.append(Need(words, Level.DANGER, _("2: sign with the reason"), hours))
            elif found.window.holds(now) and left:
                words = ngettext("%(count)d door open", "%(count)d doors open", left) % {"count": left}
                level = Level.DANGER if found.window.ends_at - now <= WARN_BEFORE else Level.WATCH
                until = _("until %(time)s, 2: the round sheet") % {"time": f"{local(found.window.ends_at):%H:%M}"}
                needs.append(Need(words, level, until, hours))
        for shift in short:
            words = ngettext("%(count)d on duty of %(norm)d", "%(count)d on duty of %(norm)d", shift.on_duty)
            needs.append(
                Need(words % {"count": shift.on_duty, "norm": shift.span.norm}, Level.WATCH, _("ring the on-call"))
            )
        overdue = [task for task in tasks if task.due_at is not None and task.due_at < now]
        if overdue:
            words = ngettext("%(count)d task overdue", "%(count)d tasks overdue", len(overdue)) % {
                "count": len(overdue)
            }
            needs.append(Need(words, Level.WATCH, _("6: tasks")))
        return needs

    @staticmethod
    def _latest(item: TimelineItem, codes: dict[int, str], now: datetime) -> Line:
        first_line = item.text.split("\n", 1)[0]
        level = Level.DANGER if item.importance is Importance.URGENT else Level.PLAIN
        return Line(show_moment(item.observed_to, now), _with_unit(first_line, codes.get(item.resident_id or 0)), level)


def _with_unit(words: str, code: str | None) -> str:
    return f"{code} {words}" if code else words


def _presence(resident: ResidentFacts, now: datetime) -> str:
    words = _(PRESENCE_NAMES[resident.presence])
    if resident.presence is Presence.HOME or resident.presence_since is None:
        return words
    if resident.presence_until is not None:
        return _("%(where)s until %(until)s") % {"where": words, "until": show_moment(resident.presence_until, now)}
    return _("%(where)s since %(since)s") % {"where": words, "since": show_moment(resident.presence_since, now)}

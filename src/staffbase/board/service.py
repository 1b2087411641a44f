"""Everything the board and the door say, read in one go with a fixed number of queries, whatever the house's age."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from staffbase.board.needs import Waiting, needs_of, with_unit
from staffbase.board.rules import BoardView, Level, Line
from staffbase.board.tiles import tile_of
from staffbase.crisis_plans.reading import plan_states_in
from staffbase.handover.service import unread_count_in, unread_half_an_hour_in
from staffbase.handover.sources import concerns_in, questions_in, told_by_incidents_in
from staffbase.incidents.service import incidents_in
from staffbase.journal.drafts import drafts_in
from staffbase.journal.items import TimelineItem
from staffbase.journal.model import Importance, Kind
from staffbase.journal.service import items_in
from staffbase.kernel.access import ROLE_NAMES, Actor, Permission, allowed
from staffbase.kernel.backed_up import missed_in
from staffbase.kernel.clock import local
from staffbase.kernel.database import Reading
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_day, show_moment, show_span, show_time
from staffbase.kernel.service import HouseService
from staffbase.kernel.set_back import ahead_in
from staffbase.kernel.verified import unproved_in
from staffbase.people.door import DoorFacts, DoorPerson
from staffbase.people.duty import OnDuty, on_duty_in, shift_times_in, under_staffed_in
from staffbase.people.model import SHIFT_NAMES
from staffbase.people.rules import night_of, shift_at
from staffbase.people.service import People, names_in
from staffbase.residents.reading import doors_in, house_in
from staffbase.rounds.facts import WindowFacts
from staffbase.rounds.reading import last_seen_in, outcomes_in, walk_under_way_in
from staffbase.rounds.rules import MET, window_for
from staffbase.rounds.windows import open_rounds_in, rules_in, windows_in
from staffbase.tasks.service import tasks_in
from staffbase.ui.strip import Interruption, StripFacts

_LATEST = 12
"""As many as the highest screens have room for."""
_LOOKED_AT = 4 * _LATEST
"""Entries read for the latest: they come by when they began, are shown by when they ended, and some are told by others."""
_A_NIGHT = timedelta(days=1)
_URGENT_FOR = timedelta(hours=1)
"""How long an urgent entry still interrupts somebody who has not seen it; after that the board and the reading tell it."""


def _away(person: OnDuty) -> str:
    """That a night watch is at another house, and when she is expected back; nothing of those who are here."""
    if person.elsewhere_since is None:
        return ""
    if person.back_about is None:
        return _("at another house")
    return _("back about %(time)s") % {"time": show_time(person.back_about)}


def _where(person: OnDuty) -> str:
    away = _away(person)
    return f"{person.name} ({away})" if away else person.name


class Board(HouseService):
    """The whole house at a glance."""

    @allowed(Permission.SEE_HOUSE)
    def door(self, actor: Actor) -> DoorFacts:
        """What stands at the door, signed out or locked: nothing personal but staff names."""
        people = [person for person in People(self.database, self.house_id).directory(actor) if not person.left]
        with self.database.read() as tx:
            now = self.database.clock.now()
            house = house_in(tx, self.house_id)
            walk = walk_under_way_in(tx, self.house_id)
            doors = doors_in(tx, self.house_id)
            windows = windows_in(tx, self.house_id, now, doors=doors)
            passed = [*open_rounds_in(tx, self.house_id, now, doors=doors), *windows]
            current = next((found for found in windows if now < found.window.ends_at), None)
            upcoming = window_for(now, rules_in(tx, self.house_id)) if current is None else None
            if upcoming is not None:
                found = windows_in(tx, self.house_id, now, upcoming.night, doors=doors)
                current = next((one for one in found if one.window == upcoming), None)
            away = {one.person_id: _away(one) for one in on_duty_in(tx, self.house_id, now)}
        told = ""
        if current is not None:
            hours = show_span(current.window.begins_at, current.window.ends_at)
            if current.window.begins_at - now > _A_NIGHT:
                hours = f"{show_day(current.window.begins_at)} {hours}"
            inside = current.window.holds(now)
            told = (_("Round %(hours)s") if inside else _("Next round %(hours)s")) % {"hours": hours}
        walking = ""
        if walk is not None:
            words = {"left": f"{local(walk.left_at):%H:%M}", "due": f"{local(walk.due_back_at):%H:%M}"}
            walking = _("A walk has been under way since %(left)s, due back at %(due)s.") % words
        return DoorFacts(
            house=house.name,
            address=house.address,
            entrance=house.entrance,
            oncall_name=house.oncall_name,
            oncall_phone=house.oncall_phone,
            people=tuple(
                DoorPerson(person.id, person.name, _(ROLE_NAMES[person.role]), person.on_duty, away.get(person.id, ""))
                for person in people
            ),
            window=told,
            missed=_missed(passed, now),
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
            window = window_for(now, rules_in(tx, self.house_id))
            mine = next((person for person in duty if person.person_id == actor.person_id), None)
            notices = self._notices(tx, actor, now, on_duty=mine is not None)
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
            signed_in=_where(mine) if mine else actor.name,
            me_on_duty=mine is not None,
            on_duty=tuple(_where(person) for person in duty if person is not mine),
            duty_note=note,
            next_round=round_words,
            notices=notices,
            clock=f"{local(now):%H:%M}",
        )

    @allowed(Permission.SEE_RESIDENTS)
    def view(self, actor: Actor) -> BoardView:
        """Everything on the board; the questions are those that wait for the actor."""
        with self.database.read() as tx:
            now = self.database.clock.now()
            doors = doors_in(tx, self.house_id)
            seen, met = last_seen_in(tx, self.house_id), last_seen_in(tx, self.house_id, MET)
            tasks = tasks_in(tx, self.house_id)
            running = incidents_in(tx, self.house_id, running_only=True)
            windows = windows_in(tx, self.house_id, now, doors=doors)
            earlier = open_rounds_in(tx, self.house_id, now, doors=doors) if actor.may(Permission.ROUND) else []
            nights = windows
            if not _over(windows, now):
                nights = windows_in(tx, self.house_id, now, night_of(now) - _A_NIGHT, doors=doors)
            walk = walk_under_way_in(tx, self.house_id)
            lately = items_in(
                tx, self.house_id, importance=(Importance.HANDOVER, Importance.URGENT), since=now - timedelta(days=2),
                limit=_LOOKED_AT,
            )  # fmt: skip
            latest = self._each_once(tx, lately)
            outcomes = outcomes_in(tx, [item.entry_id for item in latest if item.kind is Kind.CHECK])
            plans = plan_states_in(tx, self.house_id, now)
            codes = {door.resident.id: door.code for door in doors if door.resident}
            names = names_in(tx)
            may_answer = actor.may(Permission.HANDOVER)
            asked = questions_in(tx, self.house_id, names, now, actor.person_id) if may_answer else []
            waiting = Waiting(
                now=now, walk=walk, running=running, windows=[*earlier, *windows], codes=codes, tasks=tasks,
                short=under_staffed_in(tx, self.house_id, now),
                concerns=[one for one in concerns_in(tx, self.house_id, names, now) if one.running],
                not_read=unread_half_an_hour_in(tx, self.house_id, now),
                asked=sum(one.for_me for one in asked),
                no_backup_since=missed_in(tx, now),
                unproved=unproved_in(tx, now) if actor.may(Permission.VERIFY) else None,
                written_ahead=ahead_in(tx, now),
            )  # fmt: skip
        told = _latest(latest, outcomes, now)
        of_each = {who: said for who, said in reversed(told) if who is not None}
        return BoardView(
            tiles=tuple(
                tile_of(door, plans.get(key), tasks, now, seen=seen.get(key), met=met.get(key), latest=of_each.get(key))
                for door, key in ((door, door.resident.id if door.resident else 0) for door in doors)
            ),
            needs=needs_of(waiting),
            today=tuple(
                Line(f"{local(task.due_at):%H:%M}", with_unit(task.text, codes.get(task.resident_id or 0)))
                for task in sorted((one for one in tasks if one.due_at), key=lambda one: one.due_at or now)
                if task.due_at and local(task.due_at).date() == local(now).date()
            )[:_LATEST],
            latest=tuple(
                replace(said, words=with_unit(said.words, codes.get(who or 0))) for who, said in told[:_LATEST]
            ),
            nights=tuple(
                Line(
                    f"{local(found.window.begins_at):%H:%M}",
                    _night_told(found, hasty := found.hasty if actor.may(Permission.HOUSE_ADMIN) else None),
                    Level.PLAIN if found.done >= found.due and hasty is None else Level.WATCH,
                )
                for found in nights
                if found.due
            ),
        )

    @allowed(Permission.READ)
    def interruptions(self, actor: Actor) -> tuple[Interruption, ...]:
        """What interrupts whatever one is doing: urgent entries by others, and a round window about to pass."""
        with self.database.read() as tx:
            now = self.database.clock.now()
            written = items_in(
                tx, self.house_id, importance=(Importance.URGENT,), recorded_since=now - _URGENT_FOR, limit=2 * _LATEST
            )
            urgent = self._each_once(tx, written)[:_LATEST]
            windows = windows_in(tx, self.house_id, now) if actor.may(Permission.ROUND) else []
            doors = doors_in(tx, self.house_id) if urgent else []
            names = names_in(tx) if urgent else {}
        codes = {door.resident.id: door.code for door in doors if door.resident}
        found = []
        for item in urgent:
            if item.author_id != actor.person_id:
                said = with_unit(item.text.split("\n", 1)[0], codes.get(item.resident_id or 0))
                words = {"who": names.get(item.author_id, ""), "time": show_moment(item.recorded_at, now), "what": said}
                found.append(Interruption(f"entry {item.entry_id}", _("URGENT, %(who)s %(time)s: %(what)s") % words))
        for one in windows:
            left = one.due - one.done
            if one.about_to_pass(now):
                said = ngettext(
                    "The round ends at %(time)s and %(count)d door is open. 2: the round sheet.",
                    "The round ends at %(time)s and %(count)d doors are open. 2: the round sheet.",
                    left,
                )
                ends = f"{local(one.window.ends_at):%H:%M}"
                found.append(
                    Interruption(f"window {one.window.begins_at.isoformat()}", said % {"time": ends, "count": left})
                )
        return tuple(found)

    def _each_once(self, tx: Reading, items: Sequence[TimelineItem]) -> list[TimelineItem]:
        """What stands of these entries, an incident once: without the check it began with and the status it ended with."""
        standing = [item for item in items if not item.withdrawn and not item.moved]
        begun = [item.entry_id for item in standing if item.kind is Kind.INCIDENT]
        incidents = incidents_in(tx, self.house_id, ids=begun) if begun else []
        told = told_by_incidents_in(tx, incidents, standing)
        return [item for item in standing if item.entry_id not in told]

    def _notices(self, tx: Reading, actor: Actor, now: datetime, *, on_duty: bool) -> tuple[str, ...]:
        """What waits for this person: unread, for whoever takes over the house; drafts."""
        said = []
        if on_duty and actor.may(Permission.HANDOVER) and (unread := unread_count_in(tx, self.house_id, actor, now)):
            told = ngettext("%(count)d unread", "%(count)d unread", unread) % {"count": unread}
            said.append(f"3: {told}")
        if actor.may(Permission.WRITE) and (drafts := len(drafts_in(tx, actor.person_id))):
            said.append(ngettext("F7: %(count)d draft", "F7: %(count)d drafts", drafts) % {"count": drafts})
        if actor.may(Permission.VERIFY) and not actor.may(Permission.SEE_RESIDENTS) and unproved_in(tx, now):
            said.append(_("0: look at the verification"))  # for whom there is no board to say it
        return tuple(said)


def _night_told(found: WindowFacts, hasty: timedelta | None) -> str:
    """How a round went. Of one that was shorter than its doors can take the leader sees how long it took, no more."""
    told = {"done": found.done, "due": found.due}
    if hasty is None:
        return _("%(done)d of %(due)d doors") % told
    return _("%(done)d of %(due)d doors in %(minutes)d min") % {**told, "minutes": int(hasty.total_seconds() // 60)}


def _missed(windows: Sequence[WindowFacts], now: datetime) -> str:
    """The newest round that passed with open doors and has no reasons yet, for the door: no names, but somebody must know."""
    open_ones = [found for found in windows if found.missed(now) and not found.signed]
    if not open_ones:
        return ""
    newest = open_ones[-1]
    left = newest.due - newest.done
    said = ngettext(
        "Round %(hours)s: %(count)d door not checked, not signed", "Round %(hours)s: %(count)d doors not checked, not signed",
        left,
    )  # fmt: skip
    return said % {"hours": show_span(newest.window.begins_at, newest.window.ends_at), "count": left}


def _over(windows: Sequence[WindowFacts], now: datetime) -> bool:
    """Whether this night's rounds are over: then it is the last night, whatever the date says."""
    return bool(windows) and all(found.window.ends_at <= now for found in windows)


def _latest(items: Sequence[TimelineItem], outcomes: Mapping[int, str], now: datetime) -> list[tuple[int | None, Line]]:
    """What was seen or written last and of whom, in the order of the times that stand there; what has no words is left out."""
    said = []
    for item in sorted(items, key=lambda item: (item.observed_to, item.entry_id), reverse=True):
        first = item.text.strip().split("\n", 1)[0]
        words = ". ".join(part for part in (outcomes.get(item.entry_id, ""), first) if part)
        level = Level.DANGER if item.importance is Importance.URGENT else Level.PLAIN
        door_of_a_round = item.kind is Kind.ROUND and item.resident_id is not None  # the round's own line names it
        if words and not door_of_a_round:
            said.append((item.resident_id, Line(show_moment(item.observed_to, now), words, level)))
    return said

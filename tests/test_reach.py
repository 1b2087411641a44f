"""A substitute reads their own shifts: every reading function there is, tried on the services themselves.

A new one is found, and must say here whether it keeps to the reach or why it is open.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from tests.conftest import moment
from tests.services import service_functions

from staffbase.incidents.model import IncidentKind
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.access import Permission
from staffbase.kernel.errors import NotAllowed
from staffbase.people.model import ShiftName
from staffbase.people.rules import shift_on
from staffbase.residents.model import Status
from staffbase.rounds.model import Outcome

SECRET = "hemmelig"
READING = {Permission.READ, Permission.HANDOVER, Permission.SEE_RESIDENTS}

Probe = Callable[[Any, Any, Any], Any]
LIMITED: dict[str, Probe] = {
    "Journal.timeline": lambda s, who, old: s.journal.timeline(who, old.resident_id),
    "Journal.entry": lambda s, who, old: s.journal.entry(who, old.note),
    "Journal.search": lambda s, who, _old: s.journal.search(who, SECRET),
    "Notes.timeline": lambda s, who, _old: s.notes.timeline(who),
    "Notes.search": lambda s, who, old: s.notes.search(who, SECRET, resident_id=old.resident_id),
    "Notes.entry": lambda s, who, old: s.notes.entry(who, old.note),
    "Notes.found": lambda s, who, old: [SECRET] * len(s.notes.found(who, old.check_items)),
    "Rounds.outcomes": lambda s, who, old: [SECRET] * len(s.rounds.outcomes(who, [old.check])),
    "Tasks.tasks_since": lambda s, who, _old: s.tasks.tasks_since(who, moment(1, 0)),
    "Incidents.latest": lambda s, who, _old: s.incidents.latest(who),
    "Incidents.incident": lambda s, who, old: s.incidents.incident(who, old.incident),
    "Handover.report": lambda s, who, old: s.handover.report(who, old.span),
    "Handover.report_text": lambda s, who, old: s.handover.report_text(who, old.span),
    "Handover.ask": lambda s, who, old: [SECRET, s.handover.ask(who, "Hva var det?", about_id=old.note)],
}
"""What each shows of what was written long ago, outside the substitute's shifts."""

_READING = "the handover of the shift one takes over, and what is asked and answered in it"
_PLANS = "crisis cards and published plans are open to all who care for a resident"
_KNOWN = "who lives here, agreements, dangers and call numbers are open to all who care for a resident"
OPEN = {
    "Board.view": "the house at a glance",
    "Board.interruptions": "what interrupts now",
    "Tasks.open_tasks": "open tasks",
    "Incidents.running": "running incidents",
    "Notes.labels": "names alone",
    **dict.fromkeys((f"CrisisPlans.{name}" for name in ("card", "card_now", "current_versions", "rows", "plan", "plan_now", "versions", "version", "compare")), _PLANS),
    **dict.fromkeys((f"Residents.{name}" for name in ("doors", "resident", "open_resident", "anybody", "agreements")), _KNOWN),
    **dict.fromkeys((f"Handover.{name}" for name in ("my_reading", "answer", "questions_for_me", "say_back", "take_over", "accept", "unread_count", "raise_concern", "close_concern", "concerns")), _READING),
    **dict.fromkeys((f"Handover.{name}" for name in ("save_draft", "sign_report", "cosign")), "only of a shift one is on; what it returns keeps to the reach"),
    **dict.fromkeys((f"Emergency.{name}" for name in ("reach", "search_reach")), "says how far back somebody reads, and nothing of what stands there"),
}  # fmt: skip


def test_every_reading_function_says_whether_it_keeps_to_the_reach() -> None:
    found = {f"{one.service.__name__}.{one.name}" for one in service_functions() if one.permission in READING}
    assert found == {*LIMITED, *OPEN}


@pytest.fixture
def old(station, actors, flats, clock) -> SimpleNamespace:
    """What Marit and Jonas wrote on the evening of 5 January, of A1; then two weeks pass and Nora is on the day shift."""
    marit, jonas, resident_id = actors["marit"], actors["jonas"], flats["A1"]
    clock.move_to(moment(5, 20))
    for one in (marit, jonas):
        station.people.go_on_duty(one, shift=ShiftName.EVENING)
    made = SimpleNamespace(resident_id=resident_id, span=shift_on(moment(5, 20).date(), ShiftName.EVENING))
    made.note = station.notes.write(marit, f"Noe {SECRET}.", resident_id, importance=Importance.HANDOVER).entry_id
    made.check = station.rounds.extra_check(jonas, resident_id, Outcome.AWAKE, f"Urolig, {SECRET}.", "Marit").entry_id
    made.incident = station.incidents.start(marit, IncidentKind.OTHER, resident_id, f"Rop, {SECRET}.")
    station.incidents.conclude(marit, made.incident, f"Gikk over, {SECRET}.")
    station.tasks.done(jonas, station.tasks.add(marit, f"Ring {SECRET}.", resident_id, jonas.person_id))
    station.handover.save_draft(marit, made.span, resident_id, status=Status.WATCH, text=f"Se opp, {SECRET}.")
    clock.move_to(moment(5, 21, 50))
    station.handover.sign_report(marit, made.span)
    samira, door = actors["samira"], next(one for one in station.residents.doors(marit) if one.code == "A1")
    clock.move_to(moment(5, 23, 40))
    station.people.go_on_duty(samira, shift=ShiftName.NIGHT)
    walk = station.rounds.leave(samira)
    station.rounds.come_back(samira)
    station.rounds.check_off(samira, walk.id, door.unit_id, Outcome.SPOKE)
    made.check_items = station.journal.timeline(marit, resident_id, kinds=[Kind.CHECK])
    clock.move_to(moment(20, 10))
    station.people.go_on_duty(actors["nora"], shift=ShiftName.DAY)
    return made


def seen(probe: Probe, station, actor, old) -> bool:
    """Whether it shows the secret; a refusal shows nothing, and says what opens it."""
    try:
        shown = repr(probe(station, actor, old))
    except NotAllowed as refused:
        shown = str(refused)
        assert "outside your own shifts" in shown
    return SECRET in shown


def test_a_substitute_reads_nothing_of_it_before_and_all_of_it_during_an_emergency(station, actors, flats, old, clock) -> None:  # fmt: skip
    nora, marit = actors["nora"], actors["marit"]
    without = {name for name, probe in LIMITED.items() if seen(probe, station, marit, old)}
    assert without == set(LIMITED), "a probe that never shows anything proves nothing"

    assert {name for name, probe in LIMITED.items() if seen(probe, station, nora, old)} == set()
    station.emergency.open(nora, flats["A2"], "En annen beboer.")
    assert {name for name, probe in LIMITED.items() if seen(probe, station, nora, old)} == set()
    until = station.emergency.open(nora, flats["A1"], "Må vite hva som skjedde.")
    assert {name for name, probe in LIMITED.items() if seen(probe, station, nora, old)} == without
    clock.move_to(until)
    assert {name for name, probe in LIMITED.items() if seen(probe, station, nora, old)} == set()


def test_the_others_read_as_before(station, actors, old) -> None:
    for name in ("ingrid", "eva", "jonas", "samira"):
        assert seen(LIMITED["Journal.timeline"], station, actors[name], old)


def test_all_is_open_from_a_day_before_the_shift_to_a_day_after_it(station, actors, flats, clock) -> None:
    marit, nora = actors["marit"], actors["nora"]
    for day, hour, minute in ((19, 7, 29), (19, 7, 30), (21, 14, 59), (21, 15, 0)):
        clock.move_to(moment(day, hour, minute))
        station.notes.write(marit, f"{day}. {hour}:{minute:02}", flats["A1"])
    clock.move_to(moment(20, 7, 30))
    station.people.go_on_duty(nora, shift=ShiftName.DAY)
    clock.move_to(moment(22, 9))
    station.notes.write(marit, "Sett i vakta.", flats["A1"], observed_at=moment(20, 12), late_reason="glemt")
    said = [item.text for item in station.journal.timeline(nora, flats["A1"])]
    assert said == ["21. 14:59", "Sett i vakta.", "19. 7:30"]


def test_what_they_wrote_themselves_is_always_theirs(station, actors, flats, clock) -> None:
    nora = actors["nora"]
    station.notes.write(nora, "Mitt eget.", flats["A1"])  # on no shift at all
    clock.move_to(moment(30, 12))
    assert [item.text for item in station.journal.timeline(nora, flats["A1"])] == ["Mitt eget."]
    assert [item.text for item in station.notes.search(nora, "eget")] == ["Mitt eget."]


def test_the_old_report_says_how_many_are_not_shown(station, actors, flats, old) -> None:
    report = station.handover.report(actors["nora"], old.span)
    assert (report.lines, report.closed) == ((), 3)
    assert "3 residents are not shown" in station.handover.report_text(actors["nora"], old.span)
    station.emergency.open(actors["nora"], flats["A1"], "Må vite hva som skjedde.")
    report = station.handover.report(actors["nora"], old.span)
    assert ([line.unit_code for line in report.lines], report.closed) == (["A1"], 2)
    assert station.handover.report(actors["marit"], old.span).closed == 0


def test_a_search_says_of_how_many_it_leaves_out_what_is_older(station, actors, flats, old) -> None:
    nora = actors["nora"]
    left_out = station.emergency.search_reach(nora)
    assert (left_out.limited, left_out.residents, left_out.since) == (True, 3, moment(19, 7, 30))
    station.emergency.open(nora, flats["A1"], "Må vite hva som skjedde.")
    assert station.emergency.search_reach(nora).residents == 2
    assert station.emergency.search_reach(nora, flats["A1"]).residents == 0
    assert not station.emergency.search_reach(actors["marit"]).limited


def test_what_a_reading_shows_may_be_asked_about(station, actors, flats, clock) -> None:
    """A first shift reads seven days; asking about what stands there is no emergency."""
    clock.move_to(moment(15, 12))
    note = station.notes.write(actors["marit"], "Urolig natt.", flats["A1"], importance=Importance.URGENT).entry_id
    clock.move_to(moment(20, 8))
    nora = actors["nora"]
    station.people.go_on_duty(nora, shift=ShiftName.DAY)
    with pytest.raises(NotAllowed):
        station.journal.entry(nora, note)
    assert station.handover.ask(nora, "Hva hjalp?", about_id=note)


def test_a_reading_opens_to_a_substitute_on_duty_and_a_day_after(station, actors, flats, clock) -> None:
    """Whoever takes no shift over reads none of it; what is open to all who care stays so."""
    clock.move_to(moment(15, 12))
    station.notes.write(actors["marit"], "Urolig natt.", flats["A1"], importance=Importance.URGENT)
    clock.move_to(moment(16, 8))
    nora = actors["nora"]
    before = station.handover.my_reading(nora)
    assert before.closed
    assert not any(one.items for one in before.residents)
    assert station.handover.unread_count(nora) == 0
    station.people.go_on_duty(nora, shift=ShiftName.DAY)
    during = station.handover.my_reading(nora)
    assert not during.closed
    assert any("Urolig" in item.text for one in during.residents for item in one.items)
    clock.move_to(moment(17, 8))
    assert not station.handover.my_reading(nora).closed
    clock.move_to(moment(19, 8))
    station.notes.write(actors["marit"], "Fortsatt urolig.", flats["A1"], importance=Importance.URGENT)
    clock.move_to(moment(19, 9))
    assert station.handover.my_reading(nora).closed
    assert not any(one.items for one in station.handover.my_reading(nora).residents)
    assert not station.handover.my_reading(actors["marit"]).closed

"""Rounds as staff walk them: honest times, one answer a door, no answer never finished, signing that asks."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import event
from tests.conftest import moment, open_database

from staffbase.incidents.model import Deviation, IncidentKind, Step
from staffbase.journal.model import Importance, Kind, Source
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.errors import Invalid, NotAllowed
from staffbase.residents.model import Presence, RoundForm
from staffbase.residents.service import set_agreement_in, set_presence_in
from staffbase.rounds.facts import WindowFacts
from staffbase.rounds.model import Beyond, Outcome
from staffbase.rounds.reading import last_seen_in
from staffbase.rounds.rules import WindowHours
from staffbase.rounds.service import LadderStep, Rounds
from staffbase.station import Station


def line_of(station, actor, code):
    return next(line for line in station.rounds.sheet(actor).lines if line.door.code == code)


def answer_all(station, actor, walk, units):
    for code, outcome in (("A1", Outcome.SPOKE), ("A2", Outcome.ASLEEP), ("B1", Outcome.AWAKE)):
        station.rounds.check_off(actor, walk.id, units[code], outcome)


def test_what_was_seen_is_seen_during_the_walk_and_recorded_when_it_is_written(
    night, actors, units, flats, back, clock
):
    clock.move_to(moment(5, 23, 59))
    check = night.rounds.check_off(actors["samira"], back.id, units["A2"], Outcome.ASLEEP)
    assert (check.at_from, check.at_to, check.recorded_at) == (moment(5, 23, 40), moment(5, 23, 58), moment(5, 23, 59))
    (item,) = night.journal.timeline(actors["samira"], flats["A2"], kinds=[Kind.CHECK])
    assert (item.observed_from, item.observed_to, item.recorded_at) == (check.at_from, check.at_to, check.recorded_at)
    assert item.source is Source.DIRECT
    assert line_of(night, actors["samira"], "A2").last_seen.words == "seen asleep, breathing"


def test_nothing_is_answered_before_the_walker_is_back(night, actors, units):
    walk = night.rounds.leave(actors["samira"])
    with pytest.raises(Invalid, match="under way"):
        night.rounds.check_off(actors["samira"], walk.id, units["A1"], Outcome.SPOKE)


def test_a_door_takes_one_answer_and_only_when_it_is_due(night, actors, units, flats, back):
    samira = actors["samira"]
    night.rounds.check_off(samira, back.id, units["A1"], Outcome.HEARD)
    with pytest.raises(Invalid, match="answer already"):
        night.rounds.check_off(samira, back.id, units["A1"], Outcome.SPOKE)
    with night.database.write(actors["eva"], "test.presence") as tx:
        set_presence_in(tx, flats["A2"], Presence.ADMITTED, since=moment(5, 23, 30))
    with pytest.raises(Invalid, match="admitted"):
        night.rounds.check_off(samira, back.id, units["A2"], Outcome.ASLEEP)


def test_no_answer_is_never_a_finished_check(night, actors, units, back):
    for outcome in (Outcome.NO_ANSWER, Outcome.DANGER):
        with pytest.raises(Invalid, match="no finished check"):
            night.rounds.check_off(actors["samira"], back.id, units["A1"], outcome)


def test_going_further_than_agreed_needs_a_reason_and_fear_for_life_an_incident(night, actors, units, back):
    samira = actors["samira"]
    with pytest.raises(Invalid, match="further"):
        night.rounds.check_off(samira, back.id, units["A1"], Outcome.ASLEEP)
    check = night.rounds.check_off(samira, back.id, units["A1"], Outcome.ASLEEP, reason=Beyond.FEARED)
    assert check.beyond is Beyond.FEARED
    (incident,) = night.incidents.running(samira)
    assert incident.id == check.incident_id
    with pytest.raises(Invalid, match=r"A1.* no conclusion"):
        night.rounds.sign(samira, back.id, {units["A2"]: "x", units["B1"]: "x"})


def test_an_expired_agreement_means_knock_only_and_makes_one_task(night, actors, units, flats, back, clock):
    samira = actors["samira"]
    with night.database.write(actors["eva"], "test.expired") as tx:
        set_agreement_in(
            tx, flats["B1"], RoundForm.ENTER, consent="for a week", valid_from=moment(4, 8), valid_until=moment(5, 12)
        )
    assert line_of(night, samira, "B1").form is RoundForm.KNOCK
    with pytest.raises(Invalid, match="further"):
        night.rounds.check_off(samira, back.id, units["B1"], Outcome.ASLEEP)
    check = night.rounds.check_off(samira, back.id, units["B1"], Outcome.HEARD)
    night.rounds.take_back(samira, check.entry_id)
    night.rounds.check_off(samira, back.id, units["B1"], Outcome.SPOKE)
    for _minute in range(2):
        night.rounds.renew_agreements(STATION_ITSELF)
    assert [task.text for task in night.tasks.open_tasks(samira, flats["B1"])] == [
        "B1: the check agreement has run out; make a new one with the resident."
    ]


@pytest.mark.parametrize(
    ("deviation", "words"),
    [
        (Deviation.LATER, ["B1, no answer 05.01 23:45: is this a deviation to be reported?"]),
        (Deviation.YES, ["B1, no answer 05.01 23:45: write the deviation."]),
        (Deviation.NO, []),
    ],
)
def test_a_deviation_is_asked_about_with_the_time_it_happened_unless_it_is_answered(
    night, actors, units, flats, back, clock, deviation, words
):
    samira = actors["samira"]
    clock.move_to(moment(6, 0, 20))
    steps = [LadderStep(Step.KNOCKED, moment(5, 23, 45)), LadderStep(Step.FOUND, moment(5, 23, 50))]
    night.rounds.no_answer(samira, back.id, units["B1"], steps, "Headphones.", deviation=deviation)
    assert [task.text for task in night.tasks.open_tasks(samira, flats["B1"])] == words
    night.rounds.check_off(samira, back.id, units["A1"], Outcome.ASLEEP, reason=Beyond.FEARED)
    (task,) = night.tasks.open_tasks(samira, flats["A1"])
    assert "05.01 23:40–23:58: is this a deviation" in task.text


@pytest.mark.parametrize("form", list(RoundForm))
def test_the_task_comes_when_an_agreement_runs_out_whether_or_not_the_door_is_answered(
    night, actors, units, flats, clock, form
):
    samira, eva = actors["samira"], actors["eva"]
    night.residents.set_agreement(eva, flats["A1"], form, consent="for a night", valid_until=moment(6, 2))
    clock.move_to(moment(6, 1, 59))
    night.rounds.renew_agreements(STATION_ITSELF)
    assert night.tasks.open_tasks(samira, flats["A1"]) == []
    clock.move_to(moment(6, 2))
    night.rounds.renew_agreements(STATION_ITSELF)
    (task,) = night.tasks.open_tasks(samira, flats["A1"])
    line = line_of(night, samira, "A1")
    assert (line.form, line.due, line.expired) == (RoundForm.KNOCK, True, True)
    night.tasks.done(samira, task.id)
    night.rounds.renew_agreements(STATION_ITSELF)
    assert night.tasks.open_tasks(samira, flats["A1"]) == []
    night.residents.set_agreement(eva, flats["A1"], form, consent="for another", valid_until=moment(6, 3))
    clock.move_to(moment(6, 3))
    night.rounds.renew_agreements(STATION_ITSELF)
    assert len(night.tasks.open_tasks(samira, flats["A1"])) == 1


def test_taking_back_is_an_amendment_and_opens_the_door_again(night, actors, units, flats, back):
    samira = actors["samira"]
    check = night.rounds.check_off(samira, back.id, units["A1"], Outcome.SPOKE)
    with pytest.raises(Invalid, match="Only the one"):
        night.rounds.take_back(actors["marit"], check.entry_id)
    night.rounds.take_back(samira, check.entry_id)
    line = line_of(night, samira, "A1")
    assert (line.check, line.last_seen) == (None, None)
    (item,) = night.journal.timeline(samira, flats["A1"], kinds=[Kind.CHECK])
    assert item.withdrawn
    with pytest.raises(Invalid, match="already"):
        night.rounds.take_back(samira, check.entry_id)
    night.rounds.check_off(samira, back.id, units["A1"], Outcome.HEARD)


def test_one_walk_at_a_time(night, actors, units, clock):
    night.rounds.leave(actors["samira"])
    with pytest.raises(Invalid, match="Samira has been on the walk since 23:40"):
        night.rounds.leave(actors["marit"])
    clock.move_to(moment(5, 23, 58))
    assert night.rounds.come_back(actors["marit"]) is None
    assert night.rounds.come_back(actors["samira"]).returned_at == moment(5, 23, 58)


def test_a_walk_survives_a_restart_and_is_overdue_in_time(night, actors, clock, tmp_path):
    night.rounds.leave(actors["samira"], minutes=45)
    night.database.close()
    again = Station(open_database(tmp_path / "staffbase.db", clock), night.house_id)
    walk = again.rounds.walk_under_way(STATION_ITSELF)
    assert (walk.left_at, walk.due_back_at) == (moment(5, 23, 40), moment(6, 0, 25))
    assert not walk.overdue(moment(6, 0, 24))
    assert walk.overdue(moment(6, 0, 25))
    clock.move_to(moment(6, 0, 26))
    again.rounds.reached(actors["marit"], walk.id, 15)
    again_out = again.rounds.walk_under_way(STATION_ITSELF)
    assert not again_out.overdue(moment(6, 0, 40))
    assert again_out.overdue(moment(6, 0, 41))
    with pytest.raises(Invalid, match="You are the one"):
        again.rounds.reached(actors["samira"], walk.id)
    again.database.close()


def test_signing_asks_the_reason_for_each_open_door(night, actors, units, flats, back):
    samira = actors["samira"]
    night.rounds.check_off(samira, back.id, units["A2"], Outcome.ASLEEP)
    with pytest.raises(Invalid, match="A1, B1"):
        night.rounds.sign(samira, back.id)
    night.rounds.sign(samira, back.id, {units["A1"]: "visitors", units["B1"]: "called away"})
    assert line_of(night, samira, "A1").open_reason == "visitors"
    (item,) = night.journal.timeline(samira, flats["B1"], kinds=[Kind.ROUND])
    assert (item.text, item.importance) == ("Not checked on the round 23:30–01:30: called away", Importance.HANDOVER)
    for action in (
        lambda: night.rounds.check_off(samira, back.id, units["A1"], Outcome.SPOKE),
        lambda: night.rounds.sign(samira, back.id),
    ):
        with pytest.raises(Invalid, match="signed"):
            action()


def test_a_calm_round_is_eight_of_eight(night, actors, units, back):
    samira = actors["samira"]
    answer_all(night, samira, back, units)
    night.rounds.sign(samira, back.id)
    first, second = night.rounds.windows(samira, date(2026, 1, 5))
    assert (first.done, first.due, first.signed, first.walked_at) == (3, 3, True, moment(5, 23, 58))
    assert (second.done, second.due, second.signed) == (0, 3, False)
    assert [state for _code, state in first.units] == ["done"] * 3


def test_still_no_answer_begins_a_live_ladder_that_must_be_concluded_before_signing(
    night, actors, units, flats, back, clock
):
    samira = actors["samira"]
    check = night.rounds.no_answer(samira, back.id, units["B1"])
    night.rounds.check_off(samira, back.id, units["A1"], Outcome.SPOKE)
    night.rounds.check_off(samira, back.id, units["A2"], Outcome.ASLEEP)
    assert not line_of(night, samira, "B1").check.concluded
    (incident,) = night.incidents.running(samira)
    assert (incident.id, incident.kind) == (check.incident_id, IncidentKind.NO_ANSWER)
    with pytest.raises(Invalid, match=r"B1.* no conclusion"):
        night.rounds.sign(samira, back.id)
    with pytest.raises(Invalid, match="incident hangs on it"):
        night.rounds.take_back(samira, check.entry_id)
    night.incidents.conclude(samira, check.incident_id, "Asleep with headphones on, all well.")
    assert line_of(night, samira, "B1").check.concluded
    with pytest.raises(Invalid, match="is concluded"):
        night.rounds.take_back(samira, check.entry_id)
    night.rounds.sign(samira, back.id)
    (item,) = night.journal.timeline(samira, flats["B1"], kinds=[Kind.CHECK])
    assert item.importance is Importance.URGENT
    assert any("is this a deviation" in task.text for task in night.tasks.open_tasks(samira, flats["B1"]))


def test_resolved_at_the_door_keeps_each_step_with_its_time_marked_as_entered_afterwards(
    night, actors, units, flats, back
):
    samira = actors["samira"]
    steps = [LadderStep(Step.FOUND, moment(5, 23, 50)), LadderStep(Step.KNOCKED, moment(5, 23, 45))]
    for at, words in ((moment(5, 23, 20), "phoned 23:20 .*before the walk"), (moment(6, 1), "phoned .*future")):
        wrong = [LadderStep(Step.KNOCKED, moment(5, 23, 45)), LadderStep(Step.PHONED, at)]
        with pytest.raises(Invalid, match=words) as refused:
            night.rounds.no_answer(samira, back.id, units["B1"], wrong, "fine")
        assert refused.value.field == Step.PHONED  # of several times the screen shows which one
    check = night.rounds.no_answer(samira, back.id, units["B1"], steps, "Headphones, all well.")
    assert check.concluded
    assert any("05.01 23:45: is this a deviation" in task.text for task in night.tasks.open_tasks(samira, flats["B1"]))
    assert night.incidents.running(samira) == []
    told = night.incidents.incident(samira, check.incident_id)
    assert [
        (step.step, step.at, step.afterwards) for step in told.steps if step.step in (Step.KNOCKED, Step.FOUND)
    ] == [
        (Step.KNOCKED, moment(5, 23, 45), True),
        (Step.FOUND, moment(5, 23, 50), True),
    ]
    (item,) = night.journal.timeline(samira, flats["B1"], kinds=[Kind.CHECK])
    assert item.importance is Importance.HANDOVER


def test_a_colleague_who_is_there_reports_while_the_walk_is_under_way(night, actors, units, flats, clock):
    samira, marit = actors["samira"], actors["marit"]
    walk = night.rounds.leave(samira)
    clock.move_to(moment(5, 23, 50))
    check = night.rounds.no_answer(marit, walk.id, units["B1"], colleague_id=samira.person_id)
    assert check.at_to == moment(5, 23, 50)
    (item,) = night.journal.timeline(marit, flats["B1"], kinds=[Kind.CHECK])
    assert (item.author_id, item.on_behalf_id) == (marit.person_id, samira.person_id)


def test_found_in_danger_is_an_incident_with_113_first(night, actors, units, back):
    check = night.rounds.found_in_danger(actors["samira"], back.id, units["A1"])
    (incident,) = night.incidents.running(actors["samira"])
    assert (incident.id, incident.kind) == (check.incident_id, IncidentKind.FOUND_IN_DANGER)


def test_an_extra_check_says_why_and_who_asked(night, actors, flats):
    samira = actors["samira"]
    night.rounds.extra_check(samira, flats["A1"], Outcome.SPOKE, "pale at supper", "Marit")
    (item,) = night.journal.timeline(samira, flats["A1"], kinds=[Kind.EXTRA_CHECK])
    assert "pale at supper" in item.text
    assert "Marit" in item.text
    assert line_of(night, samira, "A1").last_seen.outcome is Outcome.SPOKE
    with pytest.raises(Invalid):
        night.rounds.extra_check(samira, flats["A1"], Outcome.SPOKE, "  ")


def test_what_is_written_long_after_the_walk_says_why_and_is_marked_for_ever(night, actors, units, flats, back, clock):
    samira = actors["samira"]
    clock.move_to(moment(6, 0, 29))
    with pytest.raises(Invalid, match="half an hour") as refused:
        night.rounds.check_off(samira, back.id, units["A1"], Outcome.SPOKE)
    assert refused.value.field == "late_reason"
    check = night.rounds.check_off(samira, back.id, units["A1"], Outcome.SPOKE, late_reason="called to B1")
    assert check.late
    (item,) = night.journal.timeline(samira, flats["A1"], kinds=[Kind.CHECK])
    assert (item.source, item.late_reason) == (Source.AFTERWARDS, "called to B1")


def test_a_round_from_paper_is_entered_later(night, actors, units, clock):
    samira = actors["samira"]
    clock.move_to(moment(6, 5, 5))
    with pytest.raises(Invalid, match="future"):
        night.rounds.enter_late(samira, moment(6, 5), moment(6, 5, 30), "paper")
    with pytest.raises(Invalid, match="after it began"):
        night.rounds.enter_late(samira, moment(6, 4), moment(6, 3, 40), "paper")
    with pytest.raises(Invalid):
        night.rounds.enter_late(samira, moment(6, 3, 40), moment(6, 4, 1), " ")
    walk = night.rounds.enter_late(samira, moment(6, 3, 40), moment(6, 4, 1), "from paper, the station was down")
    check = night.rounds.check_off(samira, walk.id, units["A1"], Outcome.HEARD)
    assert check.late
    assert (check.at_from, check.at_to, check.recorded_at) == (moment(6, 3, 40), moment(6, 4, 1), moment(6, 5, 5))
    _first, second = night.rounds.windows(samira)
    assert (second.done, second.due) == (1, 3)


def test_a_round_nobody_walked_is_red_and_signed_with_a_reason_for_each_door(night, actors, units, clock):
    samira = actors["samira"]
    assert night.rounds.sheet(samira).not_walked == ()
    clock.move_to(moment(6, 1, 30))
    (window,) = night.rounds.sheet(samira).not_walked
    assert night.rounds.windows(samira)[0].missed(clock.now())
    with pytest.raises(Invalid, match="A1, A2, B1"):
        night.rounds.sign_not_walked(samira, window, {})
    night.rounds.sign_not_walked(samira, window, dict.fromkeys(units.values(), "fire at the other house"))
    assert night.rounds.sheet(samira).not_walked == ()
    first = night.rounds.windows(samira)[0]
    assert (first.done, first.due, first.signed, first.walked_at) == (0, 3, True, None)
    with pytest.raises(Invalid, match="not over"):
        night.rounds.sign_not_walked(samira, window, {})


def test_a_second_walk_in_the_same_window_goes_on_where_the_first_stopped(night, actors, units, back, clock):
    samira = actors["samira"]
    night.rounds.check_off(samira, back.id, units["A1"], Outcome.SPOKE)
    clock.move_to(moment(6, 0, 40))
    second = night.rounds.leave(samira)
    clock.move_to(moment(6, 0, 50))
    night.rounds.come_back(samira)
    assert line_of(night, samira, "A1").check is not None
    with pytest.raises(Invalid, match="answer already"):
        night.rounds.check_off(samira, second.id, units["A1"], Outcome.SPOKE)
    night.rounds.check_off(samira, second.id, units["A2"], Outcome.ASLEEP)
    night.rounds.check_off(samira, second.id, units["B1"], Outcome.ASLEEP)
    night.rounds.sign(samira, second.id)
    assert night.rounds.sheet(samira).unsigned == ()
    assert night.rounds.windows(samira)[0].signed


def test_an_unsigned_first_round_does_not_keep_her_from_the_second(night, actors, units, back, clock):
    samira = actors["samira"]
    clock.move_to(moment(6, 3, 40))
    night.rounds.leave(samira)
    clock.move_to(moment(6, 4, 0))
    second = night.rounds.come_back(samira)
    sheet = night.rounds.sheet(samira)
    assert sheet.walk.id == second.id
    assert [walk.id for walk in sheet.unsigned] == [back.id]
    assert night.rounds.sheet(samira, back.id).walk.id == back.id
    answer_all(night, samira, second, units)
    night.rounds.sign(samira, second.id)
    assert night.rounds.sheet(samira).walk.id == back.id


def test_twenty_minutes_before_the_end_open_doors_interrupt(night, actors, units, back, clock):
    samira = actors["samira"]

    def first() -> WindowFacts:
        return night.rounds.windows(samira)[0]

    assert not first().about_to_pass(clock.now())
    clock.move_to(moment(6, 1, 10))
    assert first().about_to_pass(clock.now())
    for code, outcome in (("A1", Outcome.SPOKE), ("A2", Outcome.ASLEEP), ("B1", Outcome.ASLEEP)):
        night.rounds.check_off(samira, back.id, units[code], outcome, late_reason="busy")
    assert not first().about_to_pass(clock.now())


@pytest.mark.parametrize("who", ["kari", "odd", "astrid"])
def test_who_has_no_business_on_rounds_is_told_who_has(night, actors, who):
    with pytest.raises(NotAllowed, match="night watch"):
        night.rounds.sheet(actors[who])
    with pytest.raises(NotAllowed):
        night.rounds.leave(actors[who])
    assert night.rounds.walk_under_way(actors[who]) is None


def test_a_leader_sets_other_windows_and_nobody_else(night, actors, clock):
    ingrid, hours = actors["ingrid"], [WindowHours(time(22, 0), time(23, 0)), WindowHours(time(1, 0), time(2, 0)), WindowHours(time(5, 0), time(6, 0))]  # fmt: skip
    with pytest.raises(NotAllowed):
        night.rounds.set_windows(actors["samira"], hours)
    night.rounds.set_windows(ingrid, hours)
    assert night.rounds.window_hours(ingrid) == hours
    night.rounds.set_windows(ingrid, hours[:1])
    began = [one.window.begins_at for one in night.rounds.windows(ingrid)]
    assert began == [moment(5, 23, 30)]  # the one that has begun goes on; one whose time has passed was never due
    clock.move_to(moment(6, 21))
    assert [one.window.begins_at for one in night.rounds.windows(ingrid)] == [moment(6, 22)]
    for wrong in (
        [],
        [WindowHours(time(22), time(22, 10))],
        [WindowHours(time(22), time(22))],
        [WindowHours(time(22), time(0)), WindowHours(time(23), time(1))],
        [WindowHours(time(22), time(23), "now and then")],
    ):
        with pytest.raises(Invalid):
            night.rounds.set_windows(ingrid, wrong)
    assert night.rounds.window_hours(ingrid) == hours[:1]


def test_a_check_off_takes_few_statements(night, actors, units, back):
    statements = []
    event.listen(night.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    night.rounds.check_off(actors["samira"], back.id, units["A2"], Outcome.ASLEEP)
    assert len(statements) <= 9, statements


def test_last_seen_asks_the_same_number_of_questions_whatever_the_houses_age(either, clock):
    """Tried on both databases: the newest sighting of each resident comes from one statement."""
    station = _small_house(either, clock)
    rounds, samira, units = station
    for day in range(3):
        clock.move_to(moment(6 + day, 23, 40))
        walk = rounds.leave(samira)
        clock.move_to(moment(6 + day, 23, 58))
        rounds.come_back(samira)
        for unit in units:
            rounds.check_off(samira, walk.id, unit, Outcome.SPOKE if day < 2 else Outcome.HEARD)
        rounds.sign(samira, walk.id)
    statements = []
    event.listen(either.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with either.read() as tx:
        seen = last_seen_in(tx, rounds.house_id)
    assert len([one for one in statements if one.lstrip().startswith("SELECT")]) == 1
    assert {one.at_to for one in seen.values()} == {moment(7, 23, 58)}
    assert len(seen) == 2


def _small_house(database, clock):
    from datetime import date as day

    from staffbase.kernel.access import Actor, Role
    from staffbase.people.model import Person
    from staffbase.residents.model import House, Unit
    from staffbase.residents.service import admit_in

    with database.write(STATION_ITSELF, "test.house") as tx:
        house = tx.add(House(name="Testhuset"))
        person = tx.add(Person(name="Samira", role=Role.NIGHT_WATCH))
        tx.flush()
        units = [
            tx.add(Unit(house_id=house.id, code=code, module="A", position=place))
            for place, code in enumerate(("A1", "A2"))
        ]
        tx.flush()
        for unit in units:
            admit_in(tx, house.id, unit.id, f"Beboer {unit.code}", 1980, day(2024, 1, 1))
        found = house.id, person.id, [unit.id for unit in units]
    clock.move_to(clock.now() + timedelta(hours=1))
    return Rounds(database, found[0]), Actor(found[1], "Samira", Role.NIGHT_WATCH), found[2]

"""What the board tells of a real house: tiles, latest, last night, and the three things that interrupt."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from tests.conftest import moment, open_database

from staffbase.board.rules import Level
from staffbase.incidents.model import Deviation
from staffbase.journal.model import Importance
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.errors import NotAllowed
from staffbase.residents.model import Presence, RoundForm, Status, WarningKind
from staffbase.rounds.model import Outcome


@pytest.fixture
def database(tmp_path, clock):
    """One database is enough here."""
    opened = open_database(tmp_path / "staffbase.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def house(station, actors, flats, clock):
    """The afternoon of 5 January, with an agreement at each door and nobody on duty yet."""
    clock.move_to(moment(5, 15, 0))
    for code in flats:
        station.residents.set_agreement(actors["eva"], flats[code], RoundForm.ENTER, consent="said so himself")
    return station


def tile(station, actor, code):
    return next(one for one in station.board.view(actor).tiles if one.code == code)


def walked(station, samira, clock, minutes=18):
    walk = station.rounds.leave(samira)
    clock.move_to(clock.now() + timedelta(minutes=minutes))
    station.rounds.come_back(samira)
    return walk.id


def units(station, actor):
    return {unit.code: unit.id for unit in station.residents.units(actor)}


def test_a_tile_says_presence_last_seen_and_how_status_and_danger(house, actors, flats, clock):
    samira, eva = actors["samira"], actors["eva"]
    assert tile(house, eva, "A1").seen == "no check yet"
    clock.move_to(moment(5, 23, 40))
    walk = walked(house, samira, clock)
    house.rounds.check_off(samira, walk, units(house, eva)["A1"], Outcome.ASLEEP)
    house.rounds.check_off(samira, walk, units(house, eva)["A2"], Outcome.HEARD)
    house.residents.add_warning(eva, flats["A1"], WarningKind.ALLERGY, "penicillin")
    house.residents.set_presence(eva, flats["B1"], Presence.ADMITTED)
    seen = tile(house, eva, "A1")
    assert (seen.presence, seen.seen_at, seen.seen) == ("home", "23:58", "seen asleep")
    assert "penicillin" in seen.dangers
    heard = tile(house, eva, "A2")
    assert (heard.seen_at, heard.seen) == ("23:58", "heard")
    assert "rounds: not seen yet" in [sign.words for sign in heard.signs]  # heard is not seen
    assert tile(house, eva, "B1").presence.startswith("admitted")
    assert tile(house, eva, "A1").plan.words == "no crisis plan"


def test_the_edge_of_a_tile_is_its_status(house, actors, flats):
    from staffbase.residents.service import set_status

    with house.database.write(actors["marit"], "test.status") as tx:
        set_status(tx, house.house_id, flats["A1"], Status.UNSTABLE, "shaking")
        set_status(tx, house.house_id, flats["A2"], Status.WATCH, "")
    levels = {one.code: one.level for one in house.board.view(actors["marit"]).tiles}
    assert levels == {"A1": Level.DANGER, "A2": Level.WATCH, "B1": Level.QUIET}


def test_an_incident_stands_in_the_latest_and_interrupts_once(house, actors, flats, clock):
    samira, marit = actors["samira"], actors["marit"]
    clock.move_to(moment(5, 23, 40))
    walk = walked(house, samira, clock)
    check = house.rounds.found_in_danger(samira, walk, units(house, samira)["A1"])
    said = [one.words for one in house.board.interruptions(marit)]
    assert said == ["URGENT, Samira 23:58: A1 Found in danger."]
    assert house.board.interruptions(samira) == ()  # she wrote it
    house.incidents.conclude(
        samira, check.incident_id, "Taken to hospital.", deviation=Deviation.YES, status=Status.UNSTABLE
    )
    latest = [row.words for row in house.board.view(marit).latest]
    assert [words for words in latest if words.startswith("A1")][:2] == [
        "A1 Concluded: Taken to hospital.",
        "A1 Found in danger.",
    ]
    assert all(words.strip() not in flats for words in latest)
    clock.move_to(moment(6, 1, 5))
    assert house.board.interruptions(marit) == ()


def test_exactly_three_kinds_of_things_interrupt(house, actors, flats, clock):
    """An urgent entry, a window about to pass; and the walk, which is the alarm's. Nothing else does."""
    marit, jonas = actors["marit"], actors["jonas"]
    house.notes.write(jonas, "For the next shift.", flats["A1"], importance=Importance.HANDOVER)
    house.tasks.add(jonas, "Ring the doctor.", due_at=clock.now() + timedelta(minutes=1))
    house.handover.raise_concern(jonas, "He is not himself.", flats["A2"])
    clock.move_to(clock.now() + timedelta(minutes=10))
    kinds = {one.key.split()[0] for one in house.board.interruptions(marit)}
    assert kinds == {"entry"}  # a concern is urgent
    house.notes.write(jonas, "Smoke in the stairs.", importance=Importance.URGENT)
    assert next(one.words for one in house.board.interruptions(marit)) == "URGENT, Jonas 15:10: Smoke in the stairs."
    clock.move_to(moment(6, 1, 9))
    assert house.board.interruptions(marit) == ()
    clock.move_to(moment(6, 1, 10))
    (one,) = house.board.interruptions(marit)
    assert one.words == "The round ends at 01:30 and 3 doors are open. 2: the round sheet."
    clock.move_to(moment(6, 1, 30))
    assert house.board.interruptions(marit) == ()


def test_a_new_station_says_nothing_of_rounds_before_it_was_there(house, actors, clock):
    marit = actors["marit"]
    assert house.board.view(marit).nights == ()
    assert house.rounds.sheet(marit).not_walked == ()
    assert house.handover.my_reading(marit).missed_rounds == ()
    clock.move_to(moment(6, 15, 0))
    assert [(row.time, row.words) for row in house.board.view(marit).nights] == [
        ("23:30", "0 of 3 doors"), ("03:30", "0 of 3 doors"),
    ]  # fmt: skip
    assert len(house.handover.my_reading(marit).missed_rounds) == 2


def test_who_may_see_no_resident_gets_no_board(house, actors):
    for role in ("clerk", "maintenance"):
        with pytest.raises(NotAllowed):
            house.board.view(actors[role])


def test_the_door_tells_nothing_of_residents(house, actors, flats, clock):
    clock.move_to(moment(5, 23, 40))
    house.rounds.leave(actors["samira"], 45)
    told = str(house.board.door(actors["maintenance"]))
    assert "A walk has been under way since 23:40, due back at 00:25." in told
    assert "Beboer" not in told


def test_a_longer_journal_costs_the_board_no_further_query(house, actors, flats, clock):
    def queries() -> int:
        counted = []
        listen = lambda *_args: counted.append(1)  # noqa: E731
        event.listen(house.database.engine, "before_cursor_execute", listen)
        house.board.view(actors["marit"])
        event.remove(house.database.engine, "before_cursor_execute", listen)
        return len(counted)

    for text in ("one", "two"):
        house.notes.write(actors["jonas"], text, flats["A1"], importance=Importance.HANDOVER)
    before = queries()
    for number in range(30):
        house.notes.write(actors["jonas"], f"note {number}", flats["A2"], importance=Importance.HANDOVER)
    assert queries() == before


def test_who_was_only_heard_for_days_is_said_not_to_have_been_seen(house, actors, flats, clock):
    samira, eva = actors["samira"], actors["eva"]
    house.residents.set_agreement(eva, flats["B1"], RoundForm.NONE, consent="said so himself")
    for day, outcome in ((5, Outcome.ASLEEP), (6, Outcome.HEARD), (7, Outcome.HEARD), (8, Outcome.DECLINED)):
        clock.move_to(moment(day, 23, 40))
        walk = walked(house, samira, clock)
        house.rounds.check_off(samira, walk, units(house, eva)["A1"], outcome)
        a1 = tile(house, eva, "A1")
        unseen = [sign for sign in a1.signs if "not seen" in sign.words]
        wanted = {5: None, 6: Level.PLAIN, 7: Level.PLAIN, 8: Level.WATCH}[day]
        assert [sign.level for sign in unseen] == ([wanted] if wanted is not None else [])
        house.rounds.sign(samira, walk, {units(house, eva)["A2"]: "time"})
    assert [sign.words for sign in unseen] == ["rounds: not seen for 3 days"]
    assert a1.seen == "said no"
    assert tile(house, eva, "B1").seen == "no check wanted"
    house.residents.set_presence(eva, flats["A1"], Presence.ADMITTED)
    assert not [sign for sign in tile(house, eva, "A1").signs if "not seen" in sign.words]


def test_the_latest_stand_in_the_order_of_the_times_that_are_shown(house, actors, flats, clock):
    marit = actors["marit"]
    for minute, text in ((40, "second"), (10, "first"), (55, "third")):
        house.notes.write(
            marit,
            text,
            flats["A1"],
            importance=Importance.HANDOVER,
            observed_at=moment(5, 14, minute),
            late_reason="busy",
        )
    told = [(row.time, row.words) for row in house.board.view(marit).latest if row.time < "15:00"]
    assert told == [("14:55", "A1 third"), ("14:40", "A1 second"), ("14:10", "A1 first")]


def test_whoever_may_verify_is_told_of_what_was_found_and_of_a_week_without_one(house, actors, clock):
    def said(who):
        return [need.words for need in house.board.view(actors[who]).needs if "verif" in need.words]

    house.verifications.verify(STATION_ITSELF)
    assert said("ingrid") == []
    clock.move_to(clock.now() + timedelta(days=8, minutes=1))
    assert said("ingrid") == ["nothing verified since 05.01 15:00"]
    assert house.board.strip(actors["astrid"]).notices == ("0: look at the verification",)
    assert said("marit") == []
    with house.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE unit SET code = 'A9' WHERE code = 'A1'")
    house.verifications.verify(STATION_ITSELF)
    assert said("ingrid") == ["the verification found 1 change"]
    assert said("marit") == []
    assert house.board.strip(actors["marit"]).notices == ()


def test_a_clock_that_was_set_back_is_said_as_long_as_it_matters(station, actors, clock):
    def said():
        return [need.words for need in station.board.view(actors["marit"]).needs if "set back" in need.words]

    station.notes.write(actors["marit"], "Before")
    assert not said()
    written = clock.now()
    clock.move_to(written - timedelta(minutes=4))
    assert not said()  # two stations' clocks
    clock.move_to(written - timedelta(hours=1))
    station.notes.write(actors["marit"], "An hour before")
    assert said() == ["the clock was set back: something was written 21:40"]
    clock.move_to(written - timedelta(minutes=4))
    assert not said()
    clock.move_to(written - timedelta(days=365))
    assert said() == ["the clock was set back: something was written 05.01.2026 20:40"]
    station.notes.write(actors["marit"], "The right year")
    assert said()
    clock.move_to(clock.now() + timedelta(hours=24, minutes=1))
    assert not said()

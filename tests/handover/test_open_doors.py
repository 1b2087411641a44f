"""A round that nobody walked is read once: at the house, with its doors and why, and not again at each resident."""

from dataclasses import replace

from tests.conftest import moment

from staffbase.handover.facts import ReadingItem
from staffbase.handover.open_doors import under_their_round
from staffbase.handover.rules import Section
from staffbase.journal.model import Importance, Kind

CAME_BACK = moment(6, 6)
UNITS = {1: "A1", 2: "A2", 3: "B1"}


def item(entry_id, text="", resident_id=None, kind=Kind.ROUND, at=CAME_BACK, by_id=7):
    return ReadingItem(entry_id, kind, Importance.HANDOVER, resident_id, at, at, by_id, "Samira", text, newest=entry_id)


def test_a_round_nobody_walked_stands_once_in_my_reading(house):
    house.on("marit")
    samira, rounds = house.actors["samira"], house.station.rounds
    house.at(5, 21, 50)
    house.on("samira")
    house.at(6, 5, 40)
    missed = rounds.sheet(samira).not_walked[0]
    doors = {door.code: door.unit_id for door in house.station.residents.doors(samira) if door.resident}
    reasons = dict.fromkeys(doors.values(), "fire at the other house") | {doors["B1"]: "the key did not fit"}
    rounds.sign_not_walked(samira, missed, reasons)
    house.at(6, 14, 40)
    house.on("marit")
    reading = house.reading("marit")
    (told,) = [one for one in reading.house if one.kind is Kind.ROUND]
    assert told.text.startswith("Round 23:30–01:30 signed: 0 of 3 doors.")
    assert [step.words for step in told.steps] == [
        "A1, A2  Not checked on the round 23:30–01:30: fire at the other house", "B1  Not checked on the round 23:30–01:30: the key did not fit",
    ]  # fmt: skip
    assert [one.items for one in reading.residents] == [(), (), ()]
    assert {one.section for one in reading.residents} == {Section.QUIET}
    assert reading.unread == 1


def test_each_reason_goes_to_the_round_it_was_signed_with():
    first, second = item(10, "first round"), item(20, "second round")
    items = [
        item(9, "asleep", 1),
        first,
        item(18, "fire", 1),
        item(19, "fire", 3),
        second,
        item(21, "ill", 2, Kind.HEALTH),
    ]
    told = under_their_round(items, UNITS)
    assert [(one.entry_id, [step.words for step in one.steps]) for one in told] == [
        (10, ["A1  asleep"]), (20, ["A1, B1  fire"]), (21, []),
    ]  # fmt: skip


def test_a_reason_without_its_round_stays_with_its_resident():
    alone = [item(9, "asleep", 1), item(10, "another's", by_id=8), item(8, "earlier")]
    assert under_their_round(alone, UNITS) == alone


def test_a_corrected_reason_is_news_of_the_round():
    door = replace(item(9, "asleep", 1), corrected=True, newest=40)
    (told,) = under_their_round([door, item(10, "round")], UNITS)
    assert (told.corrected, told.newest) == (True, 40)

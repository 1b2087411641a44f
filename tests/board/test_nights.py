"""What the board says beside its tiles: the night that has ended, and what was seen and written last."""

from datetime import timedelta

import pytest
from tests.conftest import moment

from staffbase.rounds.model import Beyond, Outcome


def round_of(station, actor, clock, left, codes):
    """A round walked from then on for twenty minutes, and signed with reasons for the doors without an answer."""
    clock.move_to(left)
    walk = station.rounds.leave(actor)
    clock.move_to(left + timedelta(minutes=20))
    station.rounds.come_back(actor)
    for line in station.rounds.sheet(actor).lines:
        if line.door.code in codes:
            station.rounds.check_off(actor, walk.id, line.door.unit_id, Outcome.SPOKE)
    sheet = station.rounds.sheet(actor)
    station.rounds.sign(actor, walk.id, {line.door.unit_id: "called away" for line in sheet.open_lines})


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (moment(6, 4), []),
        (moment(6, 5, 30), ["3 of 3 doors", "1 of 3 doors"]),
        (moment(6, 11, 35), ["3 of 3 doors", "1 of 3 doors"]),
        (moment(6, 23, 45), ["3 of 3 doors", "1 of 3 doors"]),
    ],
)
def test_last_night_is_the_newest_night_whose_rounds_are_over(station, actors, clock, at, told):
    round_of(station, actors["samira"], clock, moment(5, 23, 40), ("A1", "A2", "B1"))
    if at > moment(6, 4):
        round_of(station, actors["samira"], clock, moment(6, 4, 20), ("A1",))
    clock.move_to(at)
    assert [line.words for line in station.board.view(actors["marit"]).nights] == told


def test_the_latest_say_what_was_found_in_the_order_of_their_times(station, actors, flats, clock):
    samira = actors["samira"]
    clock.move_to(moment(6, 4, 0))
    walk = station.rounds.leave(samira)
    clock.move_to(moment(6, 4, 10))
    station.notes.write(samira, "Noise in the yard", importance="handover")
    clock.move_to(moment(6, 4, 44))
    station.rounds.come_back(samira)
    units = {line.door.code: line.door.unit_id for line in station.rounds.sheet(samira).lines}
    station.rounds.no_answer(samira, walk.id, units["A2"])
    station.rounds.check_off(samira, walk.id, units["B1"], Outcome.ASLEEP, reason=Beyond.FEARED)
    latest = station.board.view(samira).latest
    assert [line.time for line in latest] == sorted((line.time for line in latest), reverse=True)
    assert sorted(line.words for line in latest) == [
        "A2 No answer.", "B1 Another incident. Let in for fear of life.", "Noise in the yard",
    ]  # fmt: skip


def test_doors_that_nobody_came_to_are_told_by_their_round_once(station, actors, clock):
    round_of(station, actors["samira"], clock, moment(6, 4, 20), ("A1",))
    latest = [line.words for line in station.board.view(actors["marit"]).latest]
    assert [words for words in latest if "called away" in words] == []
    assert [words for words in latest if "Not checked: A2, B1." in words] == [latest[0]]

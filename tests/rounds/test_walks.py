"""Whose walk it was, a second walk on a round that is done, and a walk that was shorter than its doors."""

from datetime import date, timedelta

import pytest
from tests.conftest import moment

from staffbase.board.rules import Level
from staffbase.journal.model import Kind
from staffbase.kernel.errors import Invalid
from staffbase.rounds.model import Outcome


def told(station, actor):
    return [item.text for item in station.journal.timeline(actor, house_only=True, kinds=[Kind.ROUND])]


def answer_all(station, actor, walk, units, codes=("A1", "A2", "B1")):
    for code in codes:
        station.rounds.check_off(actor, walk.id, units[code], Outcome.SPOKE)


def walked(station, actor, clock, left, minutes=18):
    clock.move_to(left)
    walk = station.rounds.leave(actor)
    clock.move_to(left + timedelta(minutes=minutes))
    station.rounds.come_back(actor)
    return walk


@pytest.mark.parametrize("signed", [True, False])
def test_a_walk_on_a_round_that_is_done_is_a_round_of_its_own(night, actors, units, back, clock, signed):
    samira = actors["samira"]
    answer_all(night, samira, back, units)
    if signed:
        night.rounds.sign(samira, back.id)
    extra = walked(night, samira, clock, moment(6, 1, 12))
    sheet = night.rounds.sheet(samira)
    assert (sheet.walk.id, sheet.extra) == (extra.id, True)
    assert [line.check for line in sheet.lines] == [None] * 3
    answer_all(night, samira, extra, units, ("A2",))
    night.rounds.sign(samira, extra.id)  # it owes no door, so nothing is asked of the others
    assert told(night, samira)[0] == "Extra round signed, walked 01:12–01:30: A2."
    first = night.rounds.windows(samira, date(2026, 1, 5))[0]
    assert (first.done, first.due, first.signed, first.walked_at) == (3, 3, signed, moment(5, 23, 58))


def test_an_extra_round_without_an_answer_says_so(night, actors, units, back, clock):
    samira = actors["samira"]
    answer_all(night, samira, back, units)
    night.rounds.sign(samira, back.id)
    extra = walked(night, samira, clock, moment(6, 1, 12))
    night.rounds.sign(samira, extra.id)
    assert told(night, samira)[0] == "Extra round signed, walked 01:12–01:30: no door was answered."


def test_the_signature_names_the_walks_and_what_each_saw(night, actors, units, back, clock):
    samira = actors["samira"]
    answer_all(night, samira, back, units, ("A1", "A2"))
    second = walked(night, samira, clock, moment(6, 0, 40), 10)
    assert not night.rounds.sheet(samira).extra
    answer_all(night, samira, second, units, ("B1",))
    assert night.rounds.sheet(samira).spans == (
        (moment(5, 23, 40), moment(5, 23, 58)), (moment(6, 0, 40), moment(6, 0, 50)),
    )  # fmt: skip
    night.rounds.sign(samira, second.id)
    assert told(night, samira)[0] == (
        "Round 23:30–01:30 signed: 3 of 3 doors. Walked 23:40–23:58 (2 doors), 00:40–00:50 (1 door)."
    )


def test_another_person_answers_and_signs_only_on_the_walkers_behalf(night, actors, units, flats, back):
    samira, marit = actors["samira"], actors["marit"]
    for action in (
        lambda: night.rounds.check_off(marit, back.id, units["A1"], Outcome.SPOKE),
        lambda: night.rounds.sign(marit, back.id, dict.fromkeys(units.values(), "called away")),
    ):
        with pytest.raises(Invalid, match="walked by Samira") as refused:
            action()
        assert refused.value.field == "on_behalf"
    check = night.rounds.check_off(marit, back.id, units["A1"], Outcome.SPOKE, on_behalf=True)
    (item,) = night.journal.timeline(marit, flats["A1"], kinds=[Kind.CHECK])
    assert (item.author_id, item.on_behalf_id) == (marit.person_id, samira.person_id)
    night.rounds.take_back(samira, check.entry_id)  # it is what she saw
    night.rounds.check_off(samira, back.id, units["A1"], Outcome.HEARD)
    (item, _taken_back) = night.journal.timeline(marit, flats["A1"], kinds=[Kind.CHECK])
    assert item.on_behalf_id is None
    night.rounds.sign(marit, back.id, dict.fromkeys(units.values(), "called away"), on_behalf=True)
    item = night.journal.timeline(marit, house_only=True, kinds=[Kind.ROUND])[0]
    assert (item.author_id, item.on_behalf_id) == (marit.person_id, samira.person_id)


def test_a_ladder_never_waits_for_whose_walk_it_is(night, actors, units, flats, back):
    marit = actors["marit"]
    night.rounds.no_answer(marit, back.id, units["A1"])
    night.rounds.found_in_danger(marit, back.id, units["A2"])
    for code in ("A1", "A2"):
        (item,) = night.journal.timeline(marit, flats[code], kinds=[Kind.CHECK])
        assert (item.author_id, item.on_behalf_id) == (marit.person_id, actors["samira"].person_id)


@pytest.mark.parametrize(("minutes", "said"), [(0, "3 of 3 doors in 0 min"), (1, "3 of 3 doors")])
def test_a_walk_shorter_than_its_doors_is_a_quiet_sign_for_the_leader(night, actors, units, clock, minutes, said):
    samira = actors["samira"]
    walk = walked(night, samira, clock, moment(5, 23, 40), minutes)
    answer_all(night, samira, walk, units)
    night.rounds.sign(samira, walk.id)
    clock.move_to(moment(6, 9))
    line = night.board.view(actors["ingrid"]).nights[0]
    assert (line.words, line.level) == (said, Level.WATCH if minutes == 0 else Level.PLAIN)
    assert night.board.view(samira).nights[0].words == "3 of 3 doors"

"""Marit was off from 6 to 9 January; what happened in the night of the 8th reaches her once, on top, and is taken over."""

import pytest
from tests.conftest import moment

from staffbase.handover.rules import Section
from staffbase.journal.model import Kind
from staffbase.kernel.errors import Invalid


def test_the_night_is_read_once_and_on_top(evening, house):
    reading = house.reading("marit")
    first = reading.residents[0]
    assert (first.unit_code, first.section) == ("A2", Section.UNSTABLE)
    assert [one.unit_code for one in reading.residents] == ["A2", "A1", "B1"]
    told = [item for one in reading.residents for item in one.items]
    keys = [item.entry_id for item in told]
    assert len(keys) == len(set(keys))
    (incident,) = [item for item in told if item.kind is Kind.INCIDENT]
    assert incident.entry_id == evening
    assert incident.at == moment(9, 4, 10)
    words = [step.words for step in incident.steps]
    assert any("8 breaths" in one for one in words)
    assert any("113" in one for one in words)
    assert any("aloxone" in one for one in words)
    assert "To hospital" in words[-1]
    everything = [text for item in told for text in (item.text, item.if_then, *(step.words for step in item.steps))]
    assert sum("8 breaths" in text for text in everything) == 1
    assert sum("To hospital" in text for text in everything) == 1


def test_both_shifts_since_are_covered(evening, house):
    reading = house.reading("marit")
    assert reading.covers.since == moment(6, 22)
    told = [item.text for item in reading.residents[0].items]
    assert "Few words today." in told
    assert "Withdrawn, took his coffee without a word." in told
    assert [one.if_then for one in reading.residents[0].items if one.if_then] == [
        "If he comes home: look in every hour."
    ]
    assert len(reading.signed) == 2
    jonas = house.reading("jonas")
    assert jonas.covers.since == moment(8, 22)
    assert "Few words today." not in [item.text for item in jonas.residents[0].items]


def test_she_asks_he_answers_both_say_back_and_accept(evening, house, station, actors, flats):
    marit, jonas, samira = actors["marit"], actors["jonas"], actors["samira"]
    handover = house.handover
    reading = handover.my_reading(marit, opening=True)
    assert reading.unread > 0
    question = handover.ask(marit, "Who told his sister?", about_id=evening)
    assert [one.text for one in handover.questions_for_me(samira)] == ["Who told his sister?"]
    assert handover.questions_for_me(jonas) == []
    house.at(9, 14, 45)
    handover.answer(jonas, question, "I rang her at nine.")
    asked = next(item for item in house.of("marit", "A2").items if item.entry_id == evening).questions
    assert [(one.text, [reply.text for reply in one.answers]) for one in asked] == [
        ("Who told his sister?", ["I rang her at nine."])
    ]
    assert handover.questions_for_me(samira) == []
    for person in (marit, jonas):
        with pytest.raises(Invalid, match="A2"):
            handover.accept(person, reading.covered_to)
        handover.say_back(person, flats["A2"], "Look in every hour if he comes home.")
        handover.accept(person, handover.my_reading(person).covered_to)
        assert handover.unread_count(person) == 0
    kinds = [item.kind for item in station.journal.timeline(marit, flats["A2"])]
    assert {Kind.QUESTION, Kind.ANSWER, Kind.SAID_BACK, Kind.INCIDENT} <= set(kinds)
    accepted = [item.author_id for item in station.journal.timeline(marit, house_only=True, kinds=[Kind.READING])]
    assert accepted == [jonas.person_id, marit.person_id]
    night = handover.report(marit, step=-2)
    assert night.signed_by == "Samira"
    assert night.accepted_by == ("Marit", "Jonas")


def test_what_comes_after_is_unread_again(evening, house, station, actors, flats):
    marit = actors["marit"]
    house.handover.say_back(marit, flats["A2"], "Look in every hour.")
    house.handover.accept(marit, house.handover.my_reading(marit).covered_to)
    with pytest.raises(Invalid, match="nothing is new"):
        house.handover.accept(marit, house.handover.my_reading(marit).covered_to)
    house.at(9, 15, 30)
    house.note("marit", "Wrote this myself.", "A1")
    assert house.handover.unread_count(marit) == 0
    house.note("jonas", "Hospital rang: home tomorrow.", "A2")
    assert house.handover.unread_count(marit) == 1
    assert [item.text for item in house.of("marit", "A2").items if item.news] == ["Hospital rang: home tomorrow."]
    house.handover.accept(marit, house.handover.my_reading(marit).covered_to)
    assert house.handover.unread_count(marit) == 0


def test_accepting_covers_what_was_shown_and_not_what_came_meanwhile(evening, house, station, actors, flats):
    marit = actors["marit"]
    house.handover.say_back(marit, flats["A2"], "Look in every hour.")
    shown = house.handover.my_reading(marit).covered_to
    house.note("jonas", "Hospital rang.", "A2")
    house.handover.accept(marit, shown)
    assert house.handover.unread_count(marit) == 1


def test_half_an_hour_unread_is_said(evening, house, station, actors, flats):
    waiting = house.handover.unread_half_an_hour
    house.at(9, 15, 9)  # they came at 14:40
    assert waiting(actors["ingrid"]) == ()
    house.at(9, 15, 10)
    assert waiting(actors["ingrid"]) == ("Jonas", "Marit")
    house.handover.say_back(actors["marit"], flats["A2"], "Look in.")
    house.handover.accept(actors["marit"], house.handover.my_reading(actors["marit"]).covered_to)
    assert waiting(actors["kari"]) == ("Jonas",)


def test_nobody_is_locked_in(evening, house, station, actors):
    """Going off duty without accepting works, and is shown."""
    house.handover.my_reading(actors["marit"], opening=True)
    reader = next(one for one in house.reading("jonas").readers if one.name == "Marit")
    assert reader.opened_at is not None
    assert reader.accepted_at is None
    station.people.go_off_duty(actors["marit"])

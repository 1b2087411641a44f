"""The reading: what it holds, what it leaves out, and where things stand in it."""

import pytest
from sqlmodel import select
from tests.conftest import moment

from staffbase.handover.rules import Section
from staffbase.incidents.model import IncidentKind
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.ledger import Ledger
from staffbase.people.model import ShiftName
from staffbase.residents.model import Presence, Status, WarningKind


@pytest.fixture
def two_weeks(house):
    """Nora worked on 5 January and comes back on the 20th."""
    house.at(5, 14, 31)
    house.on("nora", ShiftName.EVENING)
    house.at(7, 12)
    house.note("marit", "Coughs.", "A1")
    house.note("marit", "Threatened a neighbour.", "A2", Importance.URGENT)
    house.note("marit", "Agreed: no visitors after ten.", "A2", Importance.ROUTINE, kind=Kind.AGREEMENT)
    house.station.residents.add_warning(house.actors["eva"], house.flats["A2"], WarningKind.DANGER, "knife by the door")
    house.at(19, 12)
    house.note("marit", "Home from the dentist.", "B1")
    house.note("marit", "Slept late.", "B1", Importance.ROUTINE)
    house.at(20, 14, 40)
    house.on("nora", ShiftName.EVENING)
    return house


def texts(reading, unit):
    return [item.text for one in reading.residents if one.unit_code == unit for item in one.items]


def test_before_72_hours_only_what_lasts(two_weeks):
    reading = two_weeks.reading("nora")
    assert texts(reading, "A1") == []
    assert sorted(texts(reading, "A2")) == sorted(
        ["Threatened a neighbour.", "Agreed: no visitors after ten.", "Danger: knife by the door"]
    )
    assert texts(reading, "B1") == ["Home from the dentist."]
    assert all(item.brief for item in next(one for one in reading.residents if one.unit_code == "A2").items)


def test_quiet_ones_are_named_and_not_recorded_is_said(two_weeks):
    reading = two_weeks.reading("nora")
    assert [(one.unit_code, one.section) for one in reading.residents] == [
        ("A2", Section.CHANGED), ("B1", Section.CHANGED), ("A1", Section.QUIET),
    ]  # fmt: skip
    counts = {one.unit_code: one.counts for one in reading.residents}
    assert not counts["A1"].anything
    assert counts["B1"].notes == 2


def test_a_first_shift_reads_seven_days(house):
    house.at(1, 12)
    house.note("marit", "Threatened a neighbour.", "A2", Importance.URGENT)
    house.at(5, 12)
    house.note("marit", "Coughs.", "A1")
    house.at(8, 7, 31)
    house.on("nora", ShiftName.DAY)
    reading = house.reading("nora")
    assert reading.covers.first_shift
    assert texts(reading, "A2") == ["Threatened a neighbour."]
    house.at(8, 12, 1)
    assert texts(house.reading("nora"), "A2") == []


def test_what_was_entered_afterwards_about_my_own_shift_is_news(house):
    house.at(5, 14, 31)
    house.on("nora", ShiftName.EVENING)
    house.at(7, 9)
    house.on("nora", ShiftName.DAY)
    house.note("marit", "On the evening of the 5th he fell.", "A1", observed_at=moment(5, 20), late_reason="told today")
    (item,) = house.of("nora", "A1").items
    assert (item.at, item.recorded_at, item.afterwards) == (moment(5, 20), moment(7, 9), True)


def test_a_correction_brings_an_older_entry_up_again(house):
    house.at(5, 14, 31)
    house.on("nora", ShiftName.EVENING)
    house.at(5, 15)
    note = house.note("marit", "Took 10 mg.", "A1")
    house.at(7, 9)
    assert texts(house.reading("nora"), "A1") == []
    house.station.journal.correct_text(house.actors["marit"], note, "Took 100 mg.")
    (item,) = house.of("nora", "A1").items
    assert (item.text, item.corrected) == ("Took 100 mg.", True)


def test_what_was_moved_from_the_wrong_resident_stands_only_where_it_belongs(house):
    house.at(7, 9)
    note = house.note("marit", "Fell in the shower.", "A1")
    house.station.journal.move_to_resident(house.actors["marit"], note, house.flats["B1"])
    reading = house.reading("nora")
    assert texts(reading, "A1") == []
    assert texts(reading, "B1") == ["Fell in the shower."]
    assert not next(one for one in reading.residents if one.unit_code == "A1").counts.anything


def test_a_running_incident_is_on_top_however_old(house):
    house.at(3, 9)
    house.station.incidents.start(house.actors["marit"], IncidentKind.SELF_HARM, house.flats["B1"])
    house.at(5, 14, 31)
    house.on("nora", ShiftName.EVENING)
    house.at(8, 9)
    first = house.reading("nora").residents[0]
    assert (first.unit_code, first.section, first.items[0].running) == ("B1", Section.UNSTABLE, True)


def test_an_unsigned_report_is_read_and_marked(house):
    house.at(8, 14, 31)
    house.on("marit", ShiftName.EVENING)
    house.at(8, 20)
    span = house.report("marit").span
    house.handover.save_draft(
        house.actors["marit"], span, house.flats["A1"], status=Status.UNSTABLE, text="Did not sleep, talks fast."
    )
    house.at(9, 7, 31)
    house.on("nora", ShiftName.DAY)
    reading = house.reading("nora")
    first = reading.residents[0]
    assert (first.unit_code, first.status) == ("A1", Status.UNSTABLE)
    assert [(item.text, item.unsigned) for item in first.items] == [("Did not sleep, talks fast.", True)]
    assert reading.unsigned == ("The report of the evening shift Thu 08.01 was never signed.",)
    with pytest.raises(Invalid, match="A1"):
        house.handover.accept(house.actors["nora"], reading.covered_to)


def test_tasks_are_taken_over(house):
    house.at(8, 9)
    task = house.station.tasks.add(house.actors["marit"], "Ring the doctor", house.flats["A1"])
    (found,) = house.of("nora", "A1").tasks
    assert (found.id, found.owner) == (task, "")
    house.handover.take_over(house.actors["nora"], task)
    assert house.of("nora", "A1").tasks[0].owner == "Nora"


def test_a_concern_stands_until_another_shift_has_met_it(house):
    house.at(8, 14, 31)
    house.on("marit", ShiftName.EVENING)
    house.on("jonas", ShiftName.EVENING)
    house.at(8, 20)
    concern = house.handover.raise_concern(house.actors["marit"], "I do not like how quiet he is.", house.flats["B1"])
    for name in ("marit", "jonas"):
        with pytest.raises(NotAllowed, match="another shift"):
            house.handover.close_concern(house.actors[name], concern, "It is fine.")
    house.at(30, 9)
    (found,) = house.of("nora", "B1").items
    assert (found.kind, found.running, found.by) == (Kind.CONCERN, True, "Marit")
    assert [one.entry_id for one in house.reading("nora").huddle.concerns] == [concern]
    house.handover.close_concern(house.actors["nora"], concern, "Sat with him for an hour; he is grieving.")
    with pytest.raises(Invalid, match="closed"):
        house.handover.close_concern(house.actors["ingrid"], concern, "Me too.")
    assert house.handover.concerns(house.actors["nora"]) == []
    (met,) = house.of("marit", "B1").items
    assert (met.running, met.closed, met.closed_by) == (False, "Sat with him for an hour; he is grieving.", "Nora")


def test_questions_without_an_item_and_about_nothing_that_exists(house):
    house.at(8, 9)
    house.handover.ask(house.actors["marit"], "Who has the spare key?")
    house.handover.ask(house.actors["marit"], "Did he eat?", resident_id=house.flats["A1"])
    reading = house.reading("nora")
    assert [one.text for one in reading.house_questions] == ["Who has the spare key?"]
    assert [one.text for one in house.of("nora", "A1").questions] == ["Did he eat?"]
    assert len(reading.huddle.questions) == 2
    with pytest.raises(NotFound):
        house.handover.answer(house.actors["nora"], 12345, "I.")
    with pytest.raises(NotFound):
        house.handover.ask(house.actors["nora"], "What?", about_id=12345)


def test_presence_is_news(house):
    house.at(8, 9)
    house.station.residents.set_presence(house.actors["marit"], house.flats["A2"], Presence.ADMITTED, text="DPS")
    one = house.of("nora", "A2")
    assert (one.presence, one.section) == (Presence.ADMITTED, Section.CHANGED)


def test_missed_rounds_are_said(house):
    house.at(9, 7, 40)
    assert len(house.reading("marit").missed_rounds) == 2


def test_opening_stands_in_the_ledger_once_a_look(house):
    house.at(9, 7, 40)

    def openings():
        with house.station.database.read() as tx:
            return len(tx.all(select(Ledger.seq).where(Ledger.action == "reading.open")))

    house.handover.my_reading(house.actors["nora"], opening=True)
    house.handover.my_reading(house.actors["nora"])
    house.handover.my_reading(house.actors["nora"], opening=True)
    assert openings() == 2


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "x" * 201, "bell\x07"])
def test_said_back_is_one_line(house, text):
    with pytest.raises(Invalid):
        house.handover.say_back(house.actors["nora"], house.flats["A1"], text)

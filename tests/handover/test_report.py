"""The shift report: drafted from the shift's own entries, signed once by those who were there."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from tests.conftest import moment

from staffbase.exchange.heads import typed_head
from staffbase.handover.model import ReportDraftLine, ShiftReport
from staffbase.handover.plain import counts_words, if_then_words
from staffbase.incidents.model import Deviation, IncidentKind, Step
from staffbase.journal.model import Importance, Kind
from staffbase.kernel import i18n
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotAllowed
from staffbase.kernel.ledger import Ledger
from staffbase.people.model import ShiftName
from staffbase.residents.model import Presence, RoundForm, Status
from staffbase.residents.service import set_agreement_in
from staffbase.rounds.model import Outcome
from staffbase.rounds.service import LadderStep


@pytest.fixture
def calm(house):
    """Marit and Jonas on the evening of 9 January; nothing out of the ordinary."""
    house.at(9, 14, 31)
    house.on("marit", ShiftName.EVENING)
    house.on("jonas", ShiftName.EVENING)
    house.at(9, 19)
    house.note("marit", "Ate with the others.", "A1", Importance.ROUTINE)
    house.at(9, 21, 30)
    return house


def line(report, unit):
    return next(one for one in report.lines if one.unit_code == unit)


def test_a_calm_shift_needs_no_word(calm):
    report = calm.report("marit")
    assert (report.span.name, report.on_duty, report.signed) == (ShiftName.EVENING, ("Marit", "Jonas"), False)
    assert report.unanswered == ()
    assert line(report, "A1").counts.notes == 1
    assert not line(report, "A2").counts.anything
    signed = calm.sign("marit")
    assert (signed.signed_by, signed.signed_at) == ("Marit", moment(9, 21, 30))
    assert [one.shown_status for one in signed.lines] == [Status.CALM] * 3
    assert calm.station.journal.timeline(calm.actors["marit"], calm.flats["A1"], kinds=[Kind.STATUS]) == []


def test_what_is_important_is_in_it_and_asks_how_they_are(calm):
    calm.note("jonas", "Shouted at the wall from nine to ten.", "A1")
    calm.station.residents.set_presence(calm.actors["jonas"], calm.flats["B1"], Presence.AWAY)
    report = calm.report("marit")
    assert [one.unit_code for one in report.unanswered] == ["A1", "B1"]
    assert [item.text for item in line(report, "A1").recorded] == ["Shouted at the wall from nine to ten."]
    with pytest.raises(Invalid, match="A1, B1"):
        calm.sign("marit")
    for unit, status in (("A1", Status.WATCH), ("B1", Status.CALM)):
        calm.handover.save_draft(calm.actors["marit"], report.span, calm.flats[unit], status=status)
    calm.sign("marit")
    facts = calm.station.residents.doors(calm.actors["marit"])
    assert [door.resident.status for door in facts] == [Status.WATCH, Status.CALM, Status.CALM]
    told = calm.station.journal.timeline(calm.actors["marit"], calm.flats["A1"], kinds=[Kind.STATUS])
    assert [item.text for item in told] == ["Status: watch."]


def test_an_incident_proposes_unstable(calm):
    calm.station.incidents.start(calm.actors["jonas"], IncidentKind.OVERDOSE, calm.flats["B1"])
    b1 = line(calm.report("jonas"), "B1")
    assert (b1.proposed, b1.status, b1.must_choose) == (Status.UNSTABLE, None, True)
    assert [item.kind for item in b1.recorded] == [Kind.INCIDENT]


def test_it_is_signed_once_and_by_those_who_were_there(calm):
    span = calm.report("marit").span
    with pytest.raises(NotAllowed, match="Marit, Jonas"):
        calm.handover.sign_report(calm.actors["nora"], span)
    with pytest.raises(Invalid, match="Nobody has signed"):
        calm.handover.cosign(calm.actors["jonas"], span)
    calm.handover.sign_report(calm.actors["marit"], span)
    with pytest.raises(Invalid, match="signed"):
        calm.handover.sign_report(calm.actors["jonas"], span)
    with pytest.raises(Invalid, match="already"):
        calm.handover.cosign(calm.actors["marit"], span)
    calm.handover.cosign(calm.actors["jonas"], span)
    report = calm.report("jonas")
    assert (report.signed_by, report.cosigned, report.may_cosign) == ("Marit", ("Jonas",), False)
    with pytest.raises(Invalid, match="signed"):
        calm.handover.save_draft(calm.actors["jonas"], span, calm.flats["A1"], text="One more thing.")


def test_what_is_signed_cannot_be_changed_through_the_database(calm):
    calm.sign("marit")
    with calm.station.database.read() as tx:
        report = tx.first(select(ShiftReport))
    with pytest.raises(DBAPIError), calm.station.database.write(calm.actors["marit"], "test.tamper") as tx:
        tx.change(tx.get(ShiftReport, report.id), signed_at=moment(9, 20))


def test_not_in_the_first_half_of_the_shift(calm):
    calm.at(9, 21, 50)
    calm.on("samira")
    calm.at(9, 23)
    with pytest.raises(Invalid, match="02:45"):
        calm.sign("samira")


def test_the_shift_writes_it_together_and_nobody_overwrites_the_other(calm):
    span = calm.report("marit").span
    a1 = calm.flats["A1"]
    calm.handover.save_draft(calm.actors["marit"], span, a1, text="Loud after nine.", edition=0)
    assert line(calm.report("jonas"), "A1").text == "Loud after nine."
    assert line(calm.report("jonas"), "A1").saved_by == "Marit"
    with pytest.raises(ChangedElsewhere):
        calm.handover.save_draft(calm.actors["jonas"], span, a1, text="Mine.", edition=0)
    calm.handover.save_draft(calm.actors["jonas"], span, a1, if_then="If he shouts: one goes in.", edition=1)
    calm.handover.save_draft(calm.actors["jonas"], span, a1, status=Status.WATCH)
    found = line(calm.report("marit"), "A1")
    assert (found.text, found.if_then, found.status) == ("Loud after nine.", "If he shouts: one goes in.", Status.WATCH)
    calm.sign("marit")
    with calm.station.database.read() as tx:
        assert tx.all(select(ReportDraftLine)) == []
    told = calm.station.journal.timeline(calm.actors["marit"], a1, kinds=[Kind.STATUS])
    assert told[0].text == "Status: watch. Loud after nine.\nIf he shouts: one goes in."


@pytest.mark.parametrize("text", ["one\ntwo\nthree", "x" * 161, "bell\x07"])
def test_two_lines_and_not_more(calm, text):
    with pytest.raises(Invalid):
        calm.handover.save_draft(calm.actors["marit"], calm.report("marit").span, calm.flats["A1"], text=text)


def test_in_the_overlap_each_entry_belongs_to_one_report(calm):
    calm.at(9, 21, 50)
    calm.on("samira")
    calm.at(9, 21, 55)
    calm.note("samira", "Read the board.", "A1")
    calm.note("marit", "Said good night.", "A2")
    evening = calm.report("marit")
    night = calm.report("samira")
    assert [item.text for one in evening.lines for item in one.recorded] == ["Said good night."]
    assert [item.text for one in night.lines for item in one.recorded] == ["Read the board."]


def test_the_house_has_items_of_its_own(calm):
    calm.handover.save_draft(calm.actors["marit"], calm.report("marit").span, None, text="Lift is out of order.")
    calm.station.tasks.add(calm.actors["jonas"], "Ring the lift company")
    report = calm.sign("marit")
    assert report.house_text == "Lift is out of order."
    assert [task.text for task in report.house_tasks] == ["Ring the lift company"]
    found = calm.station.journal.search(calm.actors["marit"], "lift out of order")
    assert [item.kind for item in found] == [Kind.REPORT]


def test_what_is_written_after_signing_is_shown_as_such(calm):
    calm.sign("marit")
    calm.at(9, 21, 40)
    calm.note("jonas", "Rang from town: back at midnight.", "B1")
    report = calm.report("jonas")
    assert [item.text for item in report.after_signing] == ["Rang from town: back at midnight."]
    assert all(not one.recorded for one in report.lines)


def test_a_night_says_how_far_the_rounds_came(calm):
    calm.at(9, 21, 50)
    calm.on("samira")
    calm.at(10, 6, 30)
    report = calm.report("samira")
    assert list(report.rounds) == ["Round 23:30–01:30: 0 of 3 doors", "Round 03:30–05:30: 0 of 3 doors"]
    assert len(report.missed_rounds) == 2
    assert "A1, A2, B1" in report.missed_rounds[0]


def test_what_must_still_be_entered_in_the_epj(calm):
    first = calm.note("marit", "GP changed the dose.", "A1", Importance.ROUTINE, epj=True)
    second = calm.note("marit", "Weight 61.", "A2", Importance.ROUTINE, epj=True)
    calm.station.journal.mark_epj(calm.actors["marit"], first, True)
    assert [item.entry_id for item in calm.report("marit").not_in_epj] == [second]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_as_plain_text(calm, language):
    calm.note("jonas", "Shouted at the wall.", "A1")
    calm.station.tasks.add(calm.actors["jonas"], "Ring his doctor", calm.flats["A1"])
    i18n.use(language)
    told = calm.handover.report_text(calm.actors["marit"])
    words = {
        "en": ("Evening shift", "not signed yet", "calm", "not recorded", "nobody has it"),
        "nb": ("Kveldsvakt", "ikke signert ennå", "rolig", "ikke ført", "ingen har den"),
    }
    assert "Shouted at the wall." in told
    assert "Ring his doctor" in told
    for word in words[language]:
        assert word in told
    assert all("\x1b" not in one for one in told)
    head = typed_head(told.splitlines()[-1].rsplit(maxsplit=1)[-1])  # on paper it says how far the ledger had come
    with calm.station.database.read() as tx:
        assert tx.all(select(Ledger).where(Ledger.seq == head.seq))[0].hash.hex().startswith(head.hash)


def test_nobody_without_the_permission(calm):
    for name in ("kari", "odd", "astrid"):
        with pytest.raises(NotAllowed):
            calm.handover.report(calm.actors[name])
        with pytest.raises(NotAllowed):
            calm.handover.my_reading(calm.actors[name])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("If he shouts: go two.", "If he shouts: go two."),
        ("hvis han roper: gå to", "hvis han roper: gå to"),
        ("Shouting: go two.", "If – then: Shouting: go two."),
    ],
)
def test_what_is_to_be_done_is_named_once(typed, shown):
    assert if_then_words(typed) == shown


def test_a_door_where_nobody_answered_is_no_check_and_has_its_own_time(house):
    """He left for the hospital before the walk was over: nothing was checked when it ended."""
    samira, rounds = house.actors["samira"], house.station.rounds
    house.at(8, 20)
    with house.station.database.write(house.actors["eva"], "test.agreements") as tx:
        set_agreement_in(tx, house.flats["A2"], RoundForm.OPEN_DOOR, consent="said so himself")
    units = {door.code: door.unit_id for door in house.station.residents.doors(samira)}
    house.at(8, 21, 50)
    house.on("samira")
    house.at(8, 23, 40)
    first = rounds.leave(samira).id
    house.at(8, 23, 58)
    rounds.come_back(samira)
    rounds.check_off(samira, first, units["A2"], Outcome.ASLEEP)
    rounds.sign(samira, first, {units[code]: "asked not to be woken" for code in ("A1", "B1")})
    house.at(9, 4, 5)
    second = rounds.leave(samira).id
    house.at(9, 4, 44)
    rounds.come_back(samira)
    steps = [LadderStep(Step.KNOCKED, moment(9, 4, 10)), LadderStep(Step.LET_IN, moment(9, 4, 12))]
    rounds.no_answer(samira, second, units["A2"], steps, "To hospital.", deviation=Deviation.YES)
    counts = line(house.report("samira"), "A2").counts
    assert counts.checks == (moment(8, 23, 58),)
    assert counts_words(counts) == "1 check (23:58), no answer 04:10, 1 other entry"

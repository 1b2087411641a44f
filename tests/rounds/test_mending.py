"""What was wrong on a signed round, and is put right by whoever said it; both stay readable, and the door says the truth."""

from datetime import timedelta

import pytest
from tests.conftest import moment
from tests.exchange.erasures import decide

from staffbase.journal.model import Importance, Kind, Source
from staffbase.kernel.errors import Invalid, NotAllowed
from staffbase.kernel.settings import Settings
from staffbase.residents.model import Presence
from staffbase.residents.service import set_presence_in
from staffbase.rounds.model import Beyond, Outcome


@pytest.fixture
def signed(night, actors, units, back, clock):
    """Samira's round with an answer at each door, signed; and the key of each answer by unit."""
    clock.move_to(moment(6, 0, 2))
    found = (("A1", Outcome.SPOKE), ("A2", Outcome.ASLEEP), ("B1", Outcome.AWAKE))
    keys = {
        code: night.rounds.check_off(actors["samira"], back.id, units[code], outcome).entry_id
        for code, outcome in found
    }
    night.rounds.sign(actors["samira"], back.id)
    clock.move_to(moment(6, 0, 10))
    return keys


def line_of(station, actor, code):
    return next(line for line in station.rounds.sheet(actor).lines if line.door.code == code)


def test_an_answer_withdrawn_after_the_signature_leaves_its_door_open_with_the_reason(night, actors, flats, signed):
    samira = actors["samira"]
    night.rounds.mend(samira, signed["A2"], "I looked in at A1 only.")
    line = line_of(night, samira, "A2")
    assert (line.check, line.due, line.open_reason) == (None, True, "I looked in at A1 only.")
    assert line.last_seen is None
    (first, *_rest) = night.rounds.windows(samira)
    assert (first.done, first.due, first.signed) == (2, 3, True)
    assert dict(first.units)["A2"] == "open"
    (item,) = night.journal.timeline(samira, flats["A2"], kinds=[Kind.CHECK])
    assert (item.withdrawn, item.withdrawn_reason) == (True, "I looked in at A1 only.")
    read = night.handover.my_reading(actors["jonas"]).residents
    (told,) = [one for resident in read for one in resident.items if one.entry_id == signed["A2"]]
    assert told.withdrawn


def test_a_withdrawn_answer_that_is_erased_by_decision_leaves_its_door_open(night, actors, signed, tmp_path):
    samira = actors["samira"]
    night.rounds.mend(samira, signed["A2"], "I looked in at A1 only.")
    decide(night.erasures(Settings(home=tmp_path / "home")), actors["ingrid"], signed["A2"])
    (first, *_rest) = night.rounds.windows(samira)
    assert (first.done, first.due, first.signed) == (2, 3, True)
    assert line_of(night, samira, "A2").open_reason == "Erased by decision of 06.01.2026 (§ 43)."


def test_what_was_found_instead_is_a_check_of_the_same_walk_marked_as_entered_later(
    night, actors, flats, signed, clock
):
    samira = actors["samira"]
    clock.move_to(moment(6, 6, 30))  # its window is long over
    mended = night.rounds.mend(samira, signed["A2"], "I took the wrong door.", Outcome.HEARD)
    assert (mended.at_from, mended.at_to, mended.recorded_at) == (moment(5, 23, 40), moment(5, 23, 58), clock.now())
    newest, oldest = night.journal.timeline(samira, flats["A2"], kinds=[Kind.CHECK])
    assert oldest.withdrawn
    assert (newest.source, newest.late_reason) == (Source.AFTERWARDS, "I took the wrong door.")
    assert newest.importance is Importance.HANDOVER
    (first, *_rest) = night.rounds.windows(samira)
    assert (first.done, first.due, first.signed) == (3, 3, True)
    with pytest.raises(Invalid, match="taken back already"):
        night.rounds.mend(samira, signed["A2"], "Once more.")
    night.rounds.mend(samira, mended.entry_id, "Nor that.")
    assert night.rounds.windows(samira)[0].done == 2


def test_the_rules_of_a_door_hold_for_what_is_put_in_its_place(night, actors, units, signed):
    samira, eva = actors["samira"], actors["eva"]
    with pytest.raises(Invalid, match="further than the agreement"):
        night.rounds.mend(samira, signed["A1"], "Wrong key.", Outcome.ASLEEP)
    with pytest.raises(Invalid, match="incident"):
        night.rounds.mend(samira, signed["A1"], "Wrong key.", Outcome.NO_ANSWER)
    with pytest.raises(Invalid, match="incident"):
        night.rounds.mend(samira, signed["A1"], "Wrong key.", Outcome.ASLEEP, Beyond.FEARED)
    with pytest.raises(Invalid) as refused:
        night.rounds.mend(samira, signed["A1"], "  ")
    assert refused.value.field == "reason"
    assert line_of(night, samira, "A1").check.outcome is Outcome.SPOKE  # nothing was half saved
    night.rounds.mend(samira, signed["A1"], "Wrong key.", Outcome.ASLEEP, Beyond.DOOR_OPEN)
    with pytest.raises(NotAllowed):
        night.rounds.mend(actors["marit"], signed["A2"], "I think not.")
    with pytest.raises(NotAllowed, match="says what was seen"):
        night.rounds.mend(eva, signed["A2"], "He was at the ward.", Outcome.AWAY)
    night.rounds.mend(eva, signed["A2"], "He was at the ward.")
    assert line_of(night, samira, "A2").open_reason == "He was at the ward."


def test_who_lives_there_now_does_not_keep_a_check_from_being_put_right(night, actors, flats, signed, clock):
    clock.move_to(moment(6, 3, 0))
    with night.database.write(actors["eva"], "test.presence") as tx:
        set_presence_in(tx, flats["B1"], Presence.ADMITTED, since=moment(6, 2, 30))
    night.rounds.mend(actors["samira"], signed["B1"], "He was asleep.", Outcome.ASLEEP)
    assert night.rounds.windows(actors["samira"], moment(5, 23).date())[0].done == 3


def test_a_check_that_an_incident_hangs_on_is_not_withdrawn(night, actors, units, back, clock):
    samira = actors["samira"]
    check = night.rounds.no_answer(samira, back.id, units["B1"])
    night.incidents.conclude(samira, check.incident_id, "Asleep with headphones on, all well.")
    for code, outcome in (("A1", Outcome.SPOKE), ("A2", Outcome.ASLEEP)):
        night.rounds.check_off(samira, back.id, units[code], outcome)
    night.rounds.sign(samira, back.id)
    with pytest.raises(Invalid, match="incident hangs on it"):
        night.rounds.mend(samira, check.entry_id, "Not so.")


def test_an_extra_check_is_withdrawn_with_the_reason_and_has_no_other_answer(night, actors, flats):
    samira = actors["samira"]
    extra = night.rounds.extra_check(samira, flats["A1"], Outcome.SPOKE, "Asked by the ward.")
    with pytest.raises(Invalid, match="new extra check"):
        night.rounds.mend(samira, extra.entry_id, "It was B1.", Outcome.HEARD)
    night.rounds.mend(samira, extra.entry_id, "It was B1.")
    (item,) = night.journal.timeline(samira, flats["A1"], kinds=[Kind.EXTRA_CHECK])
    assert item.withdrawn
    assert line_of(night, samira, "A1").last_seen is None


def test_before_the_signature_the_door_is_answered_anew_on_its_round(night, actors, units, back):
    check = night.rounds.check_off(actors["samira"], back.id, units["A1"], Outcome.SPOKE)
    with pytest.raises(Invalid, match="not signed"):
        night.rounds.mend(actors["samira"], check.entry_id, "It was A2.")


def test_what_was_put_right_is_verified_like_everything_else(night, actors, signed):
    night.rounds.mend(actors["samira"], signed["A2"], "I took the wrong door.", Outcome.HEARD)
    assert night.verifications.verify(actors["ingrid"]).clean


def test_the_next_round_is_the_next_one_though_a_door_of_the_last_stands_open(night, actors, signed, clock):
    """A signed round is over: whoever leaves in its window after that walks an extra round, not the old one again."""
    night.rounds.mend(actors["samira"], signed["A2"], "I looked in at A1 only.")
    clock.move_to(clock.now() + timedelta(minutes=5))
    assert night.rounds.leave(actors["samira"]).window_begins is None

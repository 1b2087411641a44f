"""Corrections are entries: the newest holds, the first stays readable, and only those who may read what was moved."""

import pytest
from sqlmodel import select
from tests.conftest import moment

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Entry, Kind
from staffbase.kernel.access import Actor
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.ledger import Ledger
from staffbase.station import Station


@pytest.fixture
def write(station: Station, actors: dict[str, Actor]):
    def write(
        text: str, resident_id: int | None = None, *, by: str = "marit", kind: Kind = Kind.EVERYDAY, **more: object
    ) -> int:
        with station.database.write(actors[by], "note.write", subject=resident_id) as tx:
            return write_entry(tx, kind, text, house_id=station.house_id, resident_id=resident_id, **more).id  # type: ignore[arg-type]

    return write


def test_the_newest_text_is_shown_and_every_earlier_one_kept(station, actors, flats, write):
    note = write("Sov til 10.", flats["A1"])
    first = station.journal.correct_text(actors["marit"], note, "Sov til 11.")
    station.journal.correct_text(actors["marit"], first, "Sov til 12.")  # a correction of the correction
    (item,) = station.journal.timeline(actors["jonas"], flats["A1"])
    assert (item.text, item.original_text, item.corrected) == ("Sov til 12.", "Sov til 10.", True)
    assert [correction.text for correction in item.corrections] == ["Sov til 11.", "Sov til 12."]
    assert not item.corrected_by_other


def test_a_colleague_comments_and_does_not_correct(station, actors, flats, write):
    note = write("Rolig.", flats["A1"])
    with pytest.raises(NotAllowed):
        station.journal.correct_text(actors["jonas"], note, "Urolig.")
    station.journal.comment(actors["jonas"], note, "Hørte musikk.")
    item = station.journal.entry(actors["marit"], note)
    assert item.text == "Rolig."
    assert [comment.text for comment in item.comments] == ["Hørte musikk."]


@pytest.mark.parametrize("lead", ["ingrid", "eva"])
def test_a_lead_adds_a_marked_correction(station, actors, flats, write, lead):
    note = write("Rolig.", flats["A1"])
    station.journal.correct_text(actors[lead], note, "Rolig etter kl. 22.")
    item = station.journal.entry(actors["jonas"], note)
    assert item.corrected_by_other
    assert item.author_id == actors["marit"].person_id
    assert item.corrections[0].by_other
    assert item.corrections[0].author_id == actors[lead].person_id


def test_whoever_it_was_written_for_corrects_it_too(station, actors, flats, write):
    note = write("Hilste.", flats["A1"], by="marit", on_behalf_id=actors["samira"].person_id)
    station.journal.correct_text(actors["samira"], note, "Hilste på døra.")
    assert not station.journal.entry(actors["eva"], note).corrected_by_other


def test_another_time_moves_the_note_in_the_timeline(station, actors, flats, write, clock):
    early = write("Først", flats["A1"], observed_from=moment(5, 10))
    late = write("Så", flats["A1"], observed_from=moment(5, 12))
    station.journal.correct_time(actors["marit"], early, moment(5, 14), moment(5, 15), reason="Feil klokkeslett")
    items = station.journal.timeline(actors["marit"], flats["A1"])
    assert [item.entry_id for item in items] == [early, late]
    assert (items[0].observed_from, items[0].observed_to) == (moment(5, 14), moment(5, 15))
    assert items[0].time_corrected
    assert items[0].recorded_at == clock.now()


@pytest.mark.parametrize(
    ("begins", "ends"), [(moment(5, 23), None), (moment(5, 12), moment(5, 11)), (moment(5, 10), moment(5, 10))]
)
def test_a_time_that_cannot_be_is_refused(station, actors, flats, write, begins, ends):
    note = write("Rolig.", flats["A1"], observed_from=moment(5, 10))
    with pytest.raises(Invalid):
        station.journal.correct_time(actors["marit"], note, begins, ends)


def test_on_the_wrong_resident_a_bare_mark_stays(station, actors, flats, write):
    note = write("Har kniv i skuffen.", flats["A1"], observed_from=moment(5, 12), kind=Kind.HEALTH)
    station.journal.comment(actors["jonas"], note, "Så den også.")
    station.journal.move_to_resident(actors["marit"], note, flats["A2"], reason="Skrev på feil beboer")
    (mark,) = station.journal.timeline(actors["marit"], flats["A1"])  # not even its author
    assert mark.moved
    assert mark.hidden
    assert (mark.text, mark.original_text, mark.comments, mark.corrections) == ("", "", (), ())
    assert mark.kind is Kind.WRONG_RESIDENT
    assert mark.resident_id == flats["A1"]
    (here,) = station.journal.timeline(actors["marit"], flats["A2"])
    assert here.text == "Har kniv i skuffen."
    assert here.moved_here
    assert not here.moved
    assert here.observed_from == moment(5, 12)
    assert [item.text for item in station.journal.timeline(actors["marit"])] == ["Har kniv i skuffen."]


def test_leader_and_auditor_read_what_was_moved_and_it_is_logged(station, actors, flats, write):
    note = write("Har kniv i skuffen.", flats["A1"])
    station.journal.move_to_resident(actors["marit"], note, flats["A2"])
    other = write("Fikk vite om prøvesvaret.", flats["A1"])
    comment = station.journal.comment(actors["marit"], other, "Feil tråd.")
    station.journal.withdraw(actors["marit"], comment, "Gjaldt en annen.")
    mark = next(one for one in station.journal.timeline(actors["ingrid"], flats["A1"]) if one.moved)
    assert mark.moved
    assert mark.text == "Har kniv i skuffen."
    assert station.journal.hidden_entry(actors["astrid"], note).text == "Har kniv i skuffen."
    assert [item.entry_id for item in station.journal.hidden_entries(actors["astrid"])] == [note]
    with station.database.read() as tx:
        logged = tx.all(select(Ledger).where(Ledger.action == "journal.hidden"))
    assert {row.actor_id for row in logged} == {actors["astrid"].person_id}
    for person in ("marit", "eva"):
        with pytest.raises(NotAllowed):
            station.journal.hidden_entry(actors[person], note)
    with pytest.raises(NotAllowed):
        station.journal.timeline(actors["astrid"], flats["A2"])
    with pytest.raises(NotFound):
        station.journal.hidden_entry(actors["astrid"], write("Annet", flats["A1"]))


def test_moved_on_and_moved_back(station, actors, flats, write):
    note = write("Tekst", flats["A1"])
    station.journal.move_to_resident(actors["marit"], note, flats["A2"])
    station.journal.move_to_resident(actors["marit"], note, flats["B1"])
    texts = {code: [item.text for item in station.journal.timeline(actors["marit"], flats[code])] for code in flats}
    assert texts == {"A1": [""], "A2": [""], "B1": ["Tekst"]}
    station.journal.move_to_resident(actors["marit"], note, flats["A1"])
    texts = {code: [item.text for item in station.journal.timeline(actors["marit"], flats[code])] for code in flats}
    assert texts == {"A1": ["Tekst"], "A2": [""], "B1": [""]}


def test_moved_to_the_house_and_time_corrected_there(station, actors, flats, write):
    note = write("Naboen ringte.", flats["A1"], observed_from=moment(5, 12))
    station.journal.move_to_resident(actors["marit"], note, None)
    station.journal.correct_time(actors["marit"], note, moment(5, 13))
    (item,) = station.journal.timeline(actors["marit"], house_only=True)
    assert (item.text, item.resident_id, item.observed_from) == ("Naboen ringte.", None, moment(5, 13))
    (mark,) = station.journal.timeline(actors["marit"], flats["A1"])
    assert mark.moved
    assert mark.observed_from == moment(5, 12)


def test_withdrawn_keeps_its_place_and_its_reason(station, actors, flats, write):
    note = write("Skulle ikke stått her.", flats["A1"], epj=True)
    station.journal.withdraw(actors["marit"], note, "Gjaldt en annen dag")
    item = station.journal.entry(actors["jonas"], note)
    assert item.withdrawn
    assert (item.text, item.withdrawn_reason, item.hidden) == ("", "Gjaldt en annen dag", True)
    assert station.journal.entry(actors["marit"], note).text == "Skulle ikke stått her."
    assert station.journal.entry(actors["ingrid"], note).text == "Skulle ikke stått her."
    for attempt in (
        lambda: station.journal.correct_text(actors["marit"], note, "Ny"),
        lambda: station.journal.withdraw(actors["marit"], note, "Igjen"),
        lambda: station.journal.move_to_resident(actors["marit"], note, flats["A2"]),
        lambda: station.journal.mark_epj(actors["marit"], note, True),
    ):
        with pytest.raises(Invalid):
            attempt()


def test_a_withdrawal_needs_a_reason(station, actors, flats, write):
    note = write("Rolig.", flats["A1"])
    with pytest.raises(Invalid):
        station.journal.withdraw(actors["marit"], note, "  ")
    assert not station.journal.entry(actors["marit"], note).withdrawn


def test_what_is_signed_takes_comments_only(station, actors, write):
    report = write("Kveldsvakt", None, kind=Kind.REPORT)
    check = write("Sover", None, kind=Kind.CHECK)
    with pytest.raises(Invalid):
        station.journal.correct_text(actors["marit"], report, "Annet")
    for attempt in (
        lambda: station.journal.withdraw(actors["marit"], check, "Feil dør"),
        lambda: station.journal.correct_time(actors["marit"], check, moment(5, 12)),
        lambda: station.journal.move_to_resident(actors["marit"], check, None),
    ):
        with pytest.raises(Invalid):
            attempt()
    station.journal.comment(actors["jonas"], report, "Lest.")
    assert station.journal.entry(actors["jonas"], report).comments[0].text == "Lest."


def test_a_comment_is_changed_by_its_author_alone(station, actors, flats, write):
    note = write("Rolig.", flats["A1"])
    comment = station.journal.comment(actors["jonas"], note, "Ikke helt.")
    with pytest.raises(NotAllowed):
        station.journal.correct_text(actors["ingrid"], comment, "Helt.")
    changed = station.journal.correct_text(actors["jonas"], comment, "Nesten.")
    station.journal.correct_text(actors["jonas"], changed, "Nesten helt.")
    item = station.journal.entry(actors["marit"], note)
    assert [(one.text, one.corrected) for one in item.comments] == [("Nesten helt.", True)]
    assert item.text == "Rolig."
    station.journal.withdraw(actors["jonas"], comment, "Skulle til en annen")
    item = station.journal.entry(actors["marit"], note)
    assert [(one.text, one.withdrawn) for one in item.comments] == [("", True)]
    assert not item.withdrawn
    with pytest.raises(Invalid):
        station.journal.correct_text(actors["jonas"], comment, "Igjen")


def test_the_epj_mark(station, actors, flats, write):
    note = write("Sår på hånden.", flats["A1"])
    assert not station.journal.entry(actors["marit"], note).epj
    station.journal.mark_epj(actors["jonas"], note, False)
    item = station.journal.entry(actors["marit"], note)
    assert (item.epj, item.epj_done) == (True, False)
    station.journal.mark_epj(actors["jonas"], note, True)
    station.journal.mark_epj(actors["jonas"], note, True)
    item = station.journal.entry(actors["marit"], note)
    assert (item.epj, item.epj_done) == (True, True)
    with station.database.read() as tx:
        assert len(tx.all(select(Entry).where(Entry.kind == Kind.EPJ_DONE))) == 1


def test_what_does_not_exist(station, actors):
    with pytest.raises(NotFound):
        station.journal.entry(actors["marit"], 12345)
    with pytest.raises(NotFound):
        station.journal.comment(actors["marit"], 12345, "Hei")


@pytest.mark.parametrize("who", ["kari", "odd", "astrid"])
def test_who_may_not_read_may_not_write_either(station, actors, flats, write, who):
    note = write("Rolig.", flats["A1"])
    for attempt in (
        lambda: station.journal.timeline(actors[who]),
        lambda: station.journal.search(actors[who], "rolig"),
        lambda: station.journal.entry(actors[who], note),
        lambda: station.journal.comment(actors[who], note, "Hei"),
        lambda: station.journal.correct_text(actors[who], note, "Hei"),
        lambda: station.journal.mark_epj(actors[who], note, True),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_nothing_is_half_written(station, actors, flats, write):
    note = write("Rolig.", flats["A1"])
    with pytest.raises(Invalid):
        station.journal.comment(actors["jonas"], note, "\x1b[2J")
    assert station.journal.entry(actors["marit"], note).comments == ()

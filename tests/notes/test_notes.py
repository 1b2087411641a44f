"""Notes: what is saved, when it was seen, and when it was written."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import moment

from staffbase.journal.model import Importance, Kind, Source
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.notes.rules import is_late, person_meant, whom

NOW = moment(5, 21, 40)
HOUSE = {1: ("A1", "Arild N."), 2: ("A2", "Bjarne T."), 3: ("A3", "Kim-André S."), 11: ("A11", "Anna")}


def test_a_note_about_a_resident(station, actors, flats):
    saved = station.notes.write(
        actors["marit"], "Pale, answers shortly.\r\nAte well.", flats["A2"], kind=Kind.HEALTH, importance=Importance.HANDOVER,
        observed_at=moment(5, 20, 15), epj=True,
    )  # fmt: skip
    assert (saved.unit_code, saved.resident, saved.observed_at, saved.recorded_at, saved.late) == (
        "A2", "Beboer A2", moment(5, 20, 15), NOW, False,
    )  # fmt: skip
    (item,) = station.notes.timeline(actors["jonas"], flats["A2"])
    assert item.entry_id == saved.entry_id
    assert (item.kind, item.importance, item.text) == (
        Kind.HEALTH,
        Importance.HANDOVER,
        "Pale, answers shortly.\nAte well.",
    )
    assert (item.observed_from, item.recorded_at, item.source) == (moment(5, 20, 15), NOW, Source.DIRECT)
    assert item.epj
    assert not item.epj_done


def test_a_note_about_the_house_and_on_behalf(station, actors):
    saved = station.notes.write(actors["marit"], "The lamp is dark", on_behalf_id=actors["odd"].person_id)
    assert saved.resident_id is None
    (item,) = station.notes.timeline(actors["marit"], house_only=True)
    labels = station.notes.labels(actors["marit"])
    assert labels.person(item.on_behalf_id) == "Odd"
    assert labels.person(0) == "the station"
    assert labels.resident(None) == "the house"


def test_after_twelve_hours_it_needs_a_reason_and_is_marked(station, actors, flats):
    marit = actors["marit"]
    with pytest.raises(Invalid, match="twelve hours") as told:
        station.notes.write(marit, "x", flats["A1"], observed_at=NOW - timedelta(hours=13))
    assert told.value.field == "late_reason"
    station.notes.write(marit, "x", flats["A1"], observed_at=NOW - timedelta(hours=13), late_reason="forgot it")
    (item,) = station.notes.timeline(marit, flats["A1"])
    assert (item.source, item.late_reason) == (Source.AFTERWARDS, "forgot it")


@pytest.mark.parametrize("text", ["", "  \n\t ", "\x1b[2J", "a\x00b", "\x9b31m", "x" * 20_001, "half \ud800"])
def test_what_cannot_stand_is_refused_whole(station, actors, flats, text):
    with pytest.raises(Invalid):
        station.notes.write(actors["marit"], text, flats["A1"])
    assert station.journal.timeline(actors["marit"]) == []


@pytest.mark.parametrize(
    "text", ["[/b]", "[red]x[/]", "\u202eevil", "x" * 20_000, "æøå Ørjan 😀", "'; DROP TABLE entry; --"]
)
def test_what_is_only_text_is_kept_as_it_was_typed(station, actors, flats, text):
    station.notes.write(actors["marit"], text, flats["A1"])
    assert station.notes.timeline(actors["marit"], flats["A1"])[0].text == text


def test_a_future_time_somebody_unknown_and_another_kind_are_refused(station, actors, flats):
    with pytest.raises(Invalid, match="future"):
        station.notes.write(actors["marit"], "x", flats["A1"], observed_at=NOW + timedelta(minutes=1))
    with pytest.raises(NotFound):
        station.notes.write(actors["marit"], "x", 17)
    with pytest.raises(ValueError, match="check"):
        station.notes.write(actors["marit"], "x", kind=Kind.CHECK)


@pytest.mark.parametrize("role", ["clerk", "maintenance", "auditor"])
def test_who_may_not(station, actors, flats, role):
    with pytest.raises(NotAllowed):
        station.notes.write(actors[role], "x", flats["A1"])
    with pytest.raises(NotAllowed):
        station.notes.timeline(actors[role])


def test_search_finds_and_marks(station, actors, flats):
    station.notes.write(actors["marit"], "Fant kjøkkenkniv i senga", flats["A1"])
    (item,) = station.notes.search(actors["marit"], "kniv", resident_id=flats["A1"])
    assert [item.text[start:end] for start, end in item.marks] == ["kniv"]
    assert station.notes.search(actors["marit"], "kniv", resident_id=flats["A2"]) == []


def test_typed_letters_mean_a_unit_or_a_name():
    assert whom("a1", HOUSE) == [1]
    assert whom(" A 3 ", HOUSE) == [3]
    assert whom("a", HOUSE) == [1, 2, 3, 11]
    assert whom("kim", HOUSE) == [3]
    assert whom("T.", HOUSE) == [2]
    assert whom("", HOUSE) == [1, 2, 3, 11]
    assert whom("[/b]", HOUSE) == []


@given(st.text(max_size=12))
def test_whom_never_fails(typed):
    assert set(whom(typed, HOUSE)) <= set(HOUSE)


def test_typed_letters_mean_a_colleague():
    people = {1: "Marit", 2: "Marianne", 3: "Mari"}
    assert person_meant("mari", people) == [3]
    assert person_meant("MARIT", people) == [1]
    assert person_meant("ma", people) == [1, 2, 3]
    assert person_meant(" ", people) == []


def test_late_is_more_than_twelve_hours():
    assert not is_late(NOW - timedelta(hours=12), NOW)
    assert is_late(NOW - timedelta(hours=12, seconds=1), NOW)

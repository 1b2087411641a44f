"""The timeline: pages without gaps or doubles, filters, few queries, and fast among many entries."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert
from tests.conftest import moment

from staffbase.journal.entries import write_entry
from staffbase.journal.items import Amended, fold
from staffbase.journal.model import Entry, EntryText, Importance, Kind
from staffbase.journal.service import items_by_id, items_in
from staffbase.kernel.access import Actor, Role
from staffbase.kernel.errors import NotFound


def write(station, actor, text, resident_id=None, kind=Kind.EVERYDAY, **more):
    with station.database.write(actor, "note.write", subject=resident_id) as tx:
        return write_entry(tx, kind, text, house_id=station.house_id, resident_id=resident_id, **more).id


def pages(station, actor, **how):
    seen, before = [], None
    while page := station.journal.timeline(actor, before=before, limit=3, **how):
        assert len(page) <= 3
        seen += page
        before = page[-1].key
    return seen


def test_last_observed_first_and_pages_meet(station, actors, flats):
    marit = actors["marit"]
    ids = [
        write(station, marit, f"n{number}", flats["A1"], observed_from=moment(5, 8 + number % 4))
        for number in range(10)
    ]
    items = pages(station, marit, resident_id=flats["A1"])
    assert sorted(item.entry_id for item in items) == sorted(ids)
    assert [(item.observed_from, item.entry_id) for item in items] == sorted(
        ((item.observed_from, item.entry_id) for item in items), reverse=True
    )


def test_pages_meet_after_corrections_too(station, actors, flats):
    marit = actors["marit"]
    ids = [write(station, marit, f"n{number}", flats["A1"], observed_from=moment(5, 8 + number)) for number in range(9)]
    station.journal.correct_time(marit, ids[0], moment(5, 20))
    station.journal.move_to_resident(marit, ids[4], flats["A2"])
    station.journal.correct_text(marit, ids[5], "endret")
    station.journal.move_to_resident(marit, ids[4], flats["A1"])
    for how in ({"resident_id": flats["A1"]}, {}):
        items = pages(station, marit, **how)
        assert [item.entry_id for item in items] == [ids[0], *reversed(ids[1:])]
    page = station.journal.timeline(marit, flats["A1"], before=ids[0], limit=2)  # the entry's own key does as well
    assert [item.entry_id for item in page] == [ids[8], ids[7]]


def test_filters(station, actors, flats):
    marit = actors["marit"]
    write(station, marit, "hverdag", flats["A1"], observed_from=moment(5, 9))
    health = write(station, marit, "helse", flats["A1"], Kind.HEALTH, observed_from=moment(5, 10))
    house = write(station, marit, "huset", None, Kind.HOUSE, observed_from=moment(5, 11))
    station.journal.correct_time(marit, health, moment(5, 12))
    told = lambda **how: [item.entry_id for item in station.journal.timeline(marit, **how)]  # noqa: E731
    assert told(kinds=[Kind.HEALTH]) == [health]
    assert told(house_only=True) == [house]
    assert told(since=moment(5, 11), until=moment(5, 12)) == [house]
    assert told(since=moment(5, 12)) == [health]
    with pytest.raises(NotFound):
        station.journal.timeline(marit, before=77)


def test_what_other_rooms_read_by_time_of_writing_and_importance(station, actors, flats, clock):
    marit = actors["marit"]
    first = write(station, marit, "før", flats["A1"], importance=Importance.URGENT)
    clock.move_to(moment(5, 22))
    second = write(station, marit, "etter", flats["A2"], observed_from=moment(5, 12))
    comment = station.journal.comment(marit, first, "fortsatt")
    with station.database.read() as tx:
        assert [item.entry_id for item in items_in(tx, station.house_id, recorded_since=moment(5, 22))] == [second]
        assert [item.entry_id for item in items_in(tx, station.house_id, recorded_until=moment(5, 22))] == [first]
        assert [item.entry_id for item in items_in(tx, station.house_id, importance=[Importance.URGENT])] == [first]
        assert items_in(tx, 1) == []
        assert items_by_id(tx, [comment, second, 5])[comment].entry_id == first


def test_what_was_written_since_is_found_where_it_stands_now_also_after_the_clock_was_set_back(station, actors, flats):
    marit, clock = actors["marit"], station.database.clock
    clock.move_to(moment(5, 20))
    write(station, marit, "before", flats["A1"])
    clock.move_to(moment(5, 22))
    since = write(station, marit, "since", flats["A1"])
    clock.move_to(moment(5, 21))
    station.journal.correct_time(marit, since, moment(5, 19), moment(5, 19))
    clock.move_to(moment(5, 21, 40))
    later = write(station, marit, "later", flats["A1"])
    with station.database.read() as tx:
        found = items_in(tx, station.house_id, recorded_since=moment(5, 21, 30))
    assert {item.entry_id for item in found} == {since, later}
    assert next(item for item in found if item.entry_id == since).observed_from == moment(5, 19)


def test_a_place_in_another_timeline_is_no_fault(station, actors, flats):
    other = write(station, actors["marit"], "annet", flats["A2"], observed_from=moment(5, 12))
    note = write(station, actors["marit"], "notat", flats["A1"], observed_from=moment(5, 11))
    assert [item.entry_id for item in station.journal.timeline(actors["marit"], flats["A1"], before=other)] == [note]


@pytest.fixture
def many(station, actors, flats):
    """A hundred thousand entries, written as rows, one in fifty corrected."""
    author = actors["marit"].person_id
    start = moment(1, 0, month=1) - timedelta(days=3650)
    residents = list(flats.values())
    entries, texts = [], []
    for number in range(1, 100_001):
        at = start + timedelta(minutes=50 * number)
        amends = number - 1 if number % 50 == 0 else None
        entries.append({
            "id": number, "house_id": station.house_id, "resident_id": residents[(number if amends is None else amends) % 3],
            "kind": Kind.CORRECTION if amends else Kind.EVERYDAY, "importance": Importance.ROUTINE, "observed_from": at,
            "observed_to": at, "recorded_at": at, "author_id": author, "source": "direct", "amends_id": amends, "epj": False,
        })  # fmt: skip
        texts.append({"id": number, "text": f"Sov godt, notat {number}", "late_reason": "", "nonce": b"0" * 16})
    with station.database.engine.begin() as connection:
        connection.execute(insert(Entry.__table__), entries)
        connection.execute(insert(EntryText.__table__), texts)
        sqlite = station.database.dialect == "sqlite"
        connection.exec_driver_sql(
            "INSERT INTO entry_search(rowid, folded) SELECT id, lower(text) FROM entry_text"
            if sqlite
            else "INSERT INTO entry_search(id, folded, starts) SELECT id, lower(text), '{}' FROM entry_text"
        )
    return station


def test_pages_and_searches_are_few_queries_among_many(many, actors, flats):
    statements = []
    event.listen(many.database.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    counts = []
    for limit in (10, 200):
        for how in ({"resident_id": flats["A1"]}, {}, {"kinds": [Kind.EVERYDAY]}, {"before": 50_001}):
            del statements[:]
            assert len(many.journal.timeline(actors["marit"], limit=limit, **how)) == limit
            counts.append(len([text for text in statements if text.startswith("SELECT")]))
    assert max(counts) <= 5

    found = many.journal.search(actors["marit"], "notat godt", resident_id=flats["A1"], limit=50)
    assert len(found) == 50
    assert all(item.resident_id == flats["A1"] for item in found)
    assert many.journal.search(actors["marit"], "notat 77777")[0].entry_id == 77777
    assert many.journal.search(actors["marit"], "notat", kinds=[Kind.HEALTH]) == []  # all match, none is wanted
    assert many.journal.search(actors["marit"], "notat", until=moment(1, 0) - timedelta(days=4000)) == []


KINDS = st.sampled_from(
    [Kind.CORRECTION, Kind.TIME_CORRECTION, Kind.WRONG_RESIDENT, Kind.COMMENT, Kind.WITHDRAWN, Kind.EPJ_DONE]
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(KINDS, st.integers(1, 3), st.integers(0, 2)), max_size=12), st.integers(0, 3))
def test_folding_never_loses_a_text(amendments, reading_resident):
    """Whatever was amended in whatever order: the leader reads every text somewhere in the item, nobody else a hidden one."""
    at = moment(5, 12)

    def entry(key, kind, author, resident, amends=None):
        return Entry(
            id=key, house_id=1, resident_id=resident, kind=kind, observed_from=at, observed_to=at, recorded_at=at,
            author_id=author, amends_id=amends,
        )  # fmt: skip

    root = entry(1, Kind.EVERYDAY, 1, 0)
    made, resident = [], 0
    for number, (kind, author, to) in enumerate(amendments, start=2):
        resident = to if kind is Kind.WRONG_RESIDENT else resident
        made.append(entry(number, kind, author, resident, 1))
    texts = {each.id: EntryText(id=each.id, text=f"text {each.id}") for each in (root, *made)}
    amended = Amended(root, made, texts)
    leader, staff = Actor(9, "Ingrid", Role.LEADER), Actor(8, "Jonas", Role.STAFF)
    item = fold(amended, reader=leader)
    readable = {
        item.text,
        item.original_text,
        *(one.text for one in item.corrections),
        *(one.text for one in item.comments),
    }
    assert readable >= {texts[each.id].text for each in (root, *made) if each.kind is not Kind.EPJ_DONE}
    places = [each for each in (root, *made) if each.kind in (Kind.EVERYDAY, Kind.TIME_CORRECTION, Kind.WRONG_RESIDENT)]
    for place in places:
        seen = fold(amended, place, staff)
        if place.resident_id != places[-1].resident_id:
            assert seen.moved
            assert "text" not in repr(seen).replace("original_text", "").replace("text=''", "")
        elif amended.withdrawn:
            assert seen.hidden
            assert (seen.text, seen.original_text, seen.comments) == ("", "", ())
        else:
            assert seen.text == item.text

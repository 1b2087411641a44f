"""How far back somebody reads, on both databases: what is beyond it is neither shown nor found, and no page is short of it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from tests.conftest import moment

from staffbase.journal.entries import write_entry
from staffbase.journal.found import Wanted, found_in
from staffbase.journal.model import Entry, Kind
from staffbase.journal.reach import Reach
from staffbase.journal.service import Journal, items_in, readable_in
from staffbase.kernel.errors import NotAllowed

HOURS = 240
"""From the first entry on."""
FIRST = moment(5, 21, 40)


def write(station, actor, text, resident_id=None, **more):
    with station.database.write(actor, "note.write", subject=resident_id) as tx:
        return write_entry(tx, Kind.EVERYDAY, text, house_id=station.house_id, resident_id=resident_id, **more)


@pytest.fixture
def written(station, actors, flats, clock) -> list[Entry]:
    """Sixty entries over ten days: of three residents and the house, by two people, some written long after."""
    made = []
    for number in range(60):
        at = FIRST + timedelta(hours=4 * number)
        clock.move_to(at + timedelta(hours=30 if number % 7 == 3 else 0))
        who = actors["nora"] if number % 11 == 5 else actors["marit"]
        whose = (flats["A1"], flats["A2"], flats["B1"], None)[number % 4]
        behalf = actors["nora"].person_id if number % 13 == 7 else None
        made.append(write(station, who, f"Taco nummer {number}", whose, observed_from=at, on_behalf_id=behalf))
    clock.move_to(FIRST + timedelta(days=12))
    return made


windows = st.lists(st.tuples(st.integers(-10, HOURS + 10), st.integers(1, 60)), max_size=5)


def joined(spans: list[tuple[int, int]]) -> tuple[tuple[datetime, datetime], ...]:
    """As `own_windows` gives them: in order, none touching another."""
    hours = sorted({hour for begins, length in spans for hour in range(begins, begins + length)})
    made: list[tuple[datetime, datetime]] = []
    for hour in hours:
        at = FIRST + timedelta(hours=hour)
        if made and made[-1][1] == at:
            made[-1] = (made[-1][0], at + timedelta(hours=1))
        else:
            made.append((at, at + timedelta(hours=1)))
    return tuple(made)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    spans=windows,
    opened=st.sets(st.sampled_from(["A1", "A2", "B1"])),
    page=st.integers(1, 70),
    whose=st.sampled_from(["A1", None]),
)
def test_the_pages_hold_what_the_rule_says_and_nothing_else(station, actors, flats, written, spans, opened, page, whose) -> None:  # fmt: skip
    nora, resident_id = actors["nora"].person_id, flats.get(whose)
    reach = Reach(nora, joined(spans), frozenset(flats[code] for code in opened))

    def may_read(entry: Entry) -> bool:
        times = (entry.observed_from, entry.recorded_at)
        return (
            entry.resident_id is None
            or entry.resident_id in reach.opened
            or nora in (entry.author_id, entry.on_behalf_id)
            or any(begins <= time < ends for begins, ends in reach.windows for time in times)
        )

    wanted = [one.id for one in reversed(written) if may_read(one) and resident_id in (None, one.resident_id)]
    told, before = [], None
    with station.database.read() as tx:
        while True:
            items = items_in(
                tx, station.house_id, resident_id=resident_id, before=before, limit=page, reach=reach,
                kinds=[Kind.EVERYDAY],
            )  # fmt: skip
            told += [item.entry_id for item in items]
            if len(items) < page:
                break
            before = items[-1].key
        assert told == wanted
        assert readable_in(tx, [one.id for one in written], reach) == {one.id for one in written if may_read(one)}
        hits, before = [], None
        look = Wanted(["taco"], station.house_id, resident_id, reach=reach)
        while items := found_in(tx, look, actors["nora"], before, page):
            hits += [item.entry_id for item in items]
            before = items[-1].key
        assert set(hits) == set(wanted)
        assert len(hits) == len(wanted)


def test_decades_of_shifts_cost_no_query_more(station, actors, flats, written) -> None:
    many = tuple((FIRST - timedelta(days=2 * n), FIRST - timedelta(days=2 * n, hours=-1)) for n in range(1_500, 0, -1))
    reach = Reach(actors["nora"].person_id, (*many, (FIRST, FIRST + timedelta(hours=9))))
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    with station.database.read() as tx:
        event.listen(station.database.engine, "before_cursor_execute", note)
        items = items_in(tx, station.house_id, resident_id=flats["A1"], kinds=[Kind.EVERYDAY], limit=50, reach=reach)
        event.remove(station.database.engine, "before_cursor_execute", note)
    assert [item.text for item in items] == [
        "Taco nummer 20",
        "Taco nummer 16",
        "Taco nummer 0",
    ]  # hers, and of her shift
    assert len(asked) <= 4


def test_where_an_entry_stands_now_is_what_counts(station, actors, flats, clock) -> None:
    """A time correction, or a move from the wrong resident, gives it another place; neither opens or hides it by accident."""
    marit, nora = actors["marit"], actors["nora"]
    early = write(station, marit, "Skrevet tidlig.", flats["A1"], observed_from=moment(5, 20))
    moved = write(station, marit, "På feil beboer.", flats["A1"], observed_from=moment(5, 19))
    clock.move_to(moment(9, 12))
    plain = Journal(station.database, station.house_id)
    plain.correct_time(marit, early.id, moment(6, 15))
    plain.move_to_resident(marit, moved.id, flats["A2"])
    clock.move_to(moment(20, 12))

    def shown(reach: Reach, code: str) -> list[str]:
        with station.database.read() as tx:
            return [item.text for item in items_in(tx, station.house_id, resident_id=flats[code], reach=reach)]

    def of(*spans, opened=()) -> Reach:
        return Reach(nora.person_id, tuple(spans), frozenset(flats[code] for code in opened))

    assert shown(of(), "A1") == shown(of(), "A2") == []
    # observed there now, corrected there, first written there
    for day, hours in ((6, (14, 16)), (9, (11, 13)), (5, (21, 22))):
        assert shown(of((moment(day, hours[0]), moment(day, hours[1]))), "A1")[0] == "Skrevet tidlig."
    assert "På feil beboer." not in shown(of(opened=["A1"]), "A1")  # the bare mark alone
    assert shown(of(opened=["A1"]), "A2") == []
    assert shown(of(opened=["A2"]), "A2") == ["På feil beboer."]


def test_what_is_outside_is_neither_opened_mended_nor_commented(station, actors, flats, clock) -> None:
    marit, nora = actors["marit"], actors["nora"]
    old = write(station, marit, "Noe gammelt.", flats["A1"])
    clock.move_to(moment(20, 12))
    journal = station.journal
    for refused in (
        lambda: journal.entry(nora, old.id),
        lambda: journal.comment(nora, old.id, "Jeg kommenterer meg inn."),
        lambda: journal.mark_epj(nora, old.id, done=False),
        lambda: journal.correct_text(nora, old.id, "Annet."),
        lambda: journal.correct_time(nora, old.id, moment(20, 11)),
        lambda: journal.move_to_resident(nora, old.id, flats["A2"]),
        lambda: journal.withdraw(nora, old.id, "nei"),
    ):
        with pytest.raises(NotAllowed, match="outside your own shifts"):
            refused()
    station.emergency.open(nora, flats["A1"], "Må vite hva som ble sagt.")
    journal.comment(nora, old.id, "Sett.")
    assert journal.entry(nora, old.id).comments[0].text == "Sett."
    clock.move_to(moment(21, 12))
    with pytest.raises(NotAllowed):  # one's own comment does not keep open what it is about
        journal.entry(nora, old.id)

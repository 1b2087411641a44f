"""What Administration changes: versioned, told on the house's timeline, refused in one sentence where it cannot be."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbase.journal.model import Importance
from staffbase.kernel.access import Role
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotAllowed
from staffbase.people.model import ShiftName
from staffbase.people.rules import DEFAULT_SHIFTS, ShiftHours, read_clock
from staffbase.residents.house import units_told, with_new_units
from staffbase.residents.rules import MOST_UNITS, read_units
from staffbase.rounds.rules import (
    DAILY,
    DEFAULT_WINDOWS,
    WindowHours,
    check_hours,
    check_rule,
    read_nights,
    show_nights,
)


def told(station, actors):
    """The house's timeline, newest first."""
    return [item.text for item in station.journal.timeline(actors["ingrid"], house_only=True)]


def house_as(station, leader, **changes):
    facts = station.residents.house(leader)
    fields = ("address", "entrance", "oncall_name", "oncall_phone", "review_months")
    wanted = {**{field: getattr(facts, field) for field in fields}, **changes}
    station.residents.change_house(leader, facts.version, **wanted)


def test_each_fact_of_the_house_leaves_a_line_with_what_it_was(station, actors):
    leader = actors["ingrid"]
    house_as(station, leader, name="Testheim", oncall_phone="00 00 00 02", entrance="")
    assert set(told(station, actors)) == {
        "The house's name changed: Testhuset → Testheim.",
        "On-call number changed: 00 00 00 01 → 00 00 00 02.",
        "Entrance changed: port B → empty.",
    }
    facts = station.residents.house(leader)
    assert (facts.name, facts.oncall_phone, facts.entrance, facts.version) == ("Testheim", "00 00 00 02", "", 2)


def test_everybody_is_told_at_the_next_handover_that_a_number_changed(station, actors):
    leader = actors["ingrid"]
    house_as(station, leader, oncall_phone="00 00 00 02")
    station.people.change_person(leader, actors["nora"].person_id, role=Role.STAFF)
    important = {item.text: item.importance for item in station.journal.timeline(leader, house_only=True)}
    assert important["On-call number changed: 00 00 00 01 → 00 00 00 02."] is Importance.HANDOVER
    assert important["Role changed: Nora, substitute → staff."] is Importance.ROUTINE


def test_saving_what_stands_changes_nothing_and_says_nothing(station, actors):
    leader = actors["ingrid"]
    house_as(station, leader)
    station.people.set_shifts(leader, station.people.shifts(leader))
    station.rounds.set_windows(leader, station.rounds.window_hours(leader))
    nora = actors["nora"].person_id
    station.people.change_person(leader, nora, name="Nora", role=Role.SUBSTITUTE, phone="")
    assert told(station, actors) == []
    assert station.residents.house(leader).version == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"address": "a\nb"}, "address"),
        ({"oncall_phone": "\x1b[2J"}, "oncall_phone"),
        ({"oncall_phone": "1" * 31}, "oncall_phone"),
        ({"review_months": 0}, "review_months"),
        ({"review_months": 25}, "review_months"),
    ],
)
def test_a_house_that_cannot_be(station, actors, changes, field):
    with pytest.raises(Invalid) as refused:
        house_as(station, actors["ingrid"], **changes)
    assert refused.value.field == field
    assert station.residents.house(actors["ingrid"]).version == 1


@pytest.mark.parametrize("who", ["eva", "marit", "kari", "astrid"])
def test_only_a_leader_changes_the_house(station, actors, who):
    actor = actors[who]
    for attempt in (
        lambda: house_as(station, actor, address="x"),
        lambda: station.residents.add_units(actor, "C1"),
        lambda: station.people.set_shifts(actor, DEFAULT_SHIFTS),
        lambda: station.rounds.set_windows(actor, DEFAULT_WINDOWS),
    ):
        with pytest.raises(NotAllowed, match="leader"):
            attempt()


def test_staff_changes_are_told_and_numbers_are_not(station, actors):
    leader, nora = actors["ingrid"], actors["nora"].person_id
    station.people.change_person(leader, nora, role=Role.STAFF, phone="00 00 00 44")
    pin = station.people.issue_pin(leader, nora)
    lines = told(station, actors)
    assert lines == [
        "Nora was given a one-time PIN.",
        "Phone number changed: Nora.",
        "Role changed: Nora, substitute → staff.",
    ]
    assert not any("44" in line or pin in line for line in lines)


def test_a_wait_after_wrong_pins_is_seen_and_a_new_pin_ends_it(station, actors):
    from staffbase.kernel.access import STATION_ITSELF
    from staffbase.kernel.errors import WrongPin

    leader, nora = actors["ingrid"], actors["nora"].person_id
    station.people.issue_pin(leader, nora)
    for _try in range(5):
        with pytest.raises(WrongPin):
            station.people.sign_in(STATION_ITSELF, nora, "000001")
    waits = {line.id: line.waits_seconds for line in station.people.directory(leader)}
    assert waits[nora] == 30
    assert set(waits.values()) == {0, 30}
    station.people.issue_pin(leader, nora)
    assert {line.waits_seconds for line in station.people.directory(leader)} == {0}


# -- shifts --------------------------------------------------------------------------------------------------------


def test_shifts_are_told_one_by_one_and_a_stale_change_is_refused(station, actors):
    leader = actors["ingrid"]
    shown = station.people.shifts(leader)
    new = [ShiftHours(one.name, time(8), one.ends, 3) if one.name is ShiftName.DAY else one for one in shown]
    station.people.set_shifts(leader, new, shown)
    assert told(station, actors) == ["Shift changed: day shift, 07:30–15:00 with 2 → 08:00–15:00 with 3."]
    with pytest.raises(ChangedElsewhere):
        station.people.set_shifts(leader, shown, shown)
    assert set(station.people.shifts(leader)) == set(new)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (ShiftHours(ShiftName.DAY, time(8), time(8), 2), "ends-day"),
        (ShiftHours(ShiftName.DAY, time(14, 30), time(22), 2), "begins-day"),
        (ShiftHours(ShiftName.DAY, time(8), time(16), 51), "norm-day"),
        (ShiftHours(ShiftName.DAY, time(8), time(16), -1), "norm-day"),
    ],
)
def test_shifts_that_cannot_be(station, actors, wrong, field):
    leader = actors["ingrid"]
    shown = station.people.shifts(leader)
    with pytest.raises(Invalid) as refused:
        station.people.set_shifts(leader, [wrong, *(one for one in shown if one.name is not ShiftName.DAY)])
    assert refused.value.field == field
    assert station.people.shifts(leader) == shown


@pytest.mark.parametrize(("typed", "read"), [("7", time(7)), ("07.30", time(7, 30)), ("0730", time(7, 30)), (" 23:59 ", time(23, 59))])  # fmt: skip
def test_times_as_they_are_typed(typed, read):
    assert read_clock(typed) == read


@pytest.mark.parametrize("typed", ["", "24:00", "7:60", "half past", "٧:٣٠", "-1"])
def test_what_is_no_time(typed):
    with pytest.raises(Invalid) as refused:
        read_clock(typed, "begins-day")
    assert refused.value.field == "begins-day"


# -- units ---------------------------------------------------------------------------------------------------------


def test_new_units_come_after_their_module_and_are_vacant(station, actors):
    leader = actors["ingrid"]
    assert station.residents.add_units(leader, "a3, C1-C2") == ["A3", "C1", "C2"]
    assert [door.code for door in station.residents.doors(leader)] == ["A1", "A2", "A3", "B1", "C1", "C2"]
    assert [door.code for door in station.residents.doors(leader) if door.resident is None] == ["A3", "C1", "C2"]
    assert told(station, actors) == ["New units: A3, C1–C2."]


@pytest.mark.parametrize("typed", ["", "A1", "A1-A", "C1,C1", "A1-A99", "C1-C58", "'; drop table unit"])
def test_units_that_cannot_be_added(station, actors, typed):
    leader = actors["ingrid"]
    with pytest.raises(Invalid) as refused:
        station.residents.add_units(leader, typed)
    assert refused.value.field == "units"
    assert [door.code for door in station.residents.doors(leader)] == ["A1", "A2", "B1"]


codes = st.tuples(st.sampled_from("ABC"), st.integers(1, 12)).map(lambda pair: f"{pair[0]}{pair[1]}")


@given(st.lists(codes, unique=True, max_size=20), st.lists(codes, unique=True, max_size=20))
def test_adding_units_keeps_the_order_and_loses_none(standing, new):
    pairs, added = ([(code, code[0]) for code in some] for some in (standing, new))
    if set(standing) & set(new):
        with pytest.raises(Invalid):
            with_new_units(pairs, added)
        return
    order = [code for code, _module in with_new_units(pairs, added)]
    assert [code for code in order if code in standing] == standing
    assert sorted(order) == sorted(standing + new)
    assert len(order) <= MOST_UNITS


@given(st.lists(codes, unique=True, min_size=1, max_size=20))
def test_the_short_list_is_read_back_as_the_same_units(units):
    assert [code for code, _module in read_units(units_told(units).replace("–", "-"))] == units


# -- night rounds --------------------------------------------------------------------------------------------------


def test_windows_are_told_with_what_they_were_and_a_stale_change_is_refused(station, actors):
    leader = actors["ingrid"]
    shown = station.rounds.window_hours(leader)
    new = [WindowHours(time(22), time(23)), WindowHours(time(4), time(5), read_nights("fri, sat"))]
    station.rounds.set_windows(leader, new, shown)
    assert told(station, actors) == [
        "Night rounds changed: 23:30–01:30, 03:30–05:30 → 22:00–23:00, 04:00–05:00 (Fri, Sat)."
    ]
    with pytest.raises(ChangedElsewhere):
        station.rounds.set_windows(leader, shown, shown)
    assert station.rounds.window_hours(leader) == new


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", DAILY),
        ("hver natt", DAILY),
        ("Every  night", DAILY),
        ("mon-sun", DAILY),
        ("man-tor", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
        ("fredag, lør", "FREQ=WEEKLY;BYDAY=FR,SA"),
        ("sat–mon", "FREQ=WEEKLY;BYDAY=MO,SA,SU"),
        ("RRULE:freq=daily;interval=2", "FREQ=DAILY;INTERVAL=2"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ],
)
def test_nights_as_they_are_typed(typed, rule):
    assert read_nights(typed) == rule
    assert read_nights(show_nights(rule)) == rule


@pytest.mark.parametrize(
    "typed",
    [
        "now and then", "mon-", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYHOUR=3", "FREQ=", "=",
        "FREQ=DAILY;COUNT=5", "FREQ=DAILY;INTERVAL=00", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;UNTIL=20200101", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY\nFREQ=SECONDLY", "FREQ=DAILY\nRRULE:FREQ=SECONDLY", "FREQ=DAILY;FREQ=SECONDLY", "[/b]", "x" * 5000,
    ],
)  # fmt: skip
def test_what_says_no_nights_is_refused_at_once(typed):
    """A rule worked out second by second, or one that never ends, would hang the station."""
    with pytest.raises(Invalid) as refused:
        check_rule(read_nights(typed))
    assert refused.value.field == "rrule"
    assert len(str(refused.value)) < 200
    with pytest.raises(Invalid):
        check_hours([WindowHours(time(23), time(1), typed)], date(2026, 1, 5))

"""Moving in, within the house, out and back, and where somebody is: each is kept, and told on the timeline."""

from datetime import date

import pytest
from sqlmodel import select
from tests.conftest import moment

from staffbase.journal.model import Importance, Kind
from staffbase.kernel import i18n
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.ledger import Ledger
from staffbase.residents.model import Presence, Stay
from staffbase.residents.stays import living_in


@pytest.fixture
def database(either):
    """On both databases."""
    return either


def stays(station, resident_id):
    with station.database.read() as tx:
        rows = tx.all(select(Stay).where(Stay.resident_id == resident_id).order_by(Stay.id))
    return [(row.unit_id, row.from_date, row.until_date, row.leave_reason) for row in rows]


def actions(station):
    with station.database.read() as tx:
        return [row.action for row in tx.all(select(Ledger).order_by(Ledger.seq))]


def test_somebody_moves_in(station, actors, units, told):
    key = station.residents.admit(
        actors["eva"], units["B2"], " Kari N. ", "1988", date(2026, 1, 2), "Likes tea.", naloxone="red box", children=True,
        primary_contact_id=actors["marit"].person_id,
    )  # fmt: skip
    facts = station.residents.resident(actors["nora"], key)
    assert (facts.unit_code, facts.alias, facts.birth_year, facts.about) == ("B2", "Kari N.", 1988, "Likes tea.")
    assert (facts.naloxone, facts.children, facts.primary_contact) == ("red box", True, "Marit")
    assert (facts.presence, facts.moved_in) == (Presence.HOME, date(2026, 1, 2))
    assert told(key) == ["02.01.2026: Moved into B2."]
    assert actions(station)[-1] == "resident.admit"
    with station.database.read() as tx:
        assert tx.all(select(Ledger).order_by(Ledger.seq))[-1].subject_id == key  # who it is was not known before


def test_somebody_moves_in_who_is_still_on_the_ward(station, actors, units, told):
    key = station.residents.admit(actors["eva"], units["B2"], "Kari N.", 1988, presence=Presence.ADMITTED)
    assert station.residents.resident(actors["nora"], key).presence is Presence.ADMITTED
    assert sorted(told(key)) == ["Admitted.", "Moved into B2."]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"birth_year": 2099}, "birth_year", "The year of birth must lie between 1900 and 2011."),
        ({"birth_year": "nineteen"}, "birth_year", "The year of birth must lie between 1900 and 2011."),
        ({"birth_year": "١٩٨٨"}, "birth_year", "The year of birth must lie between 1900 and 2011."),
        ({"unit": "A1"}, "unit", "Somebody lives in this unit already."),
        ({"unit": None}, "unit", "Choose one of the vacant units."),
        ({"alias": "  "}, "alias", "Something must be written here."),
        ({"alias": "x" * 41}, "alias", "The text has 41 characters; 40 is the most. Divide it in two."),
        ({"alias": "a\x1b[31m"}, "alias", "The text holds control characters (from a paste?). Remove them and save again."),
        ({"moved_in": date(2026, 1, 6)}, "day", "This day lies ahead. Write it down when it has come."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_whole(station, actors, units, change, field, sentence):
    typed = {"unit": "B2", "alias": "Kari N.", "birth_year": 1988, "moved_in": None, **change}
    before = len(actions(station))
    with pytest.raises(Invalid) as refused:
        station.residents.admit(
            actors["eva"], units.get(typed["unit"], 12), typed["alias"], typed["birth_year"], typed["moved_in"]
        )
    assert (str(refused.value), refused.value.field) == (sentence, field)
    assert len(station.residents.doors(actors["eva"])) == 4
    assert sum(door.resident is not None for door in station.residents.doors(actors["eva"])) == 3
    assert len(actions(station)) == before


def test_moving_within_the_house(station, actors, flats, units, told):
    station.residents.move(actors["eva"], flats["A1"], units["B2"])
    doors = {door.code: door.resident.alias if door.resident else "" for door in station.residents.doors(actors["eva"])}
    assert doors == {"A1": "", "A2": "Beboer A2", "B1": "Beboer B1", "B2": "Beboer A1"}
    assert told(flats["A1"]) == ["Moved from A1 to B2."]
    assert stays(station, flats["A1"]) == [
        (units["A1"], date(2024, 1, 1), date(2026, 1, 5), "moved within the house"),
        (units["B2"], date(2026, 1, 5), None, ""),
    ]
    (entry,) = station.journal.timeline(actors["eva"], flats["A1"])
    assert (entry.kind, entry.importance) == (Kind.STAY, Importance.HANDOVER)


def test_nobody_moves_to_where_somebody_lives_or_to_where_they_are(station, actors, flats, units, told):
    for code in ("A2", "A1"):
        with pytest.raises(Invalid, match="Somebody lives in this unit already"):
            station.residents.move(actors["eva"], flats["A1"], units[code])
    assert told(flats["A1"]) == []
    assert len(stays(station, flats["A1"])) == 1


def test_moving_and_leaving_on_an_earlier_day_but_not_before_the_stay_began_or_tomorrow(
    station, actors, flats, units, told
):
    with pytest.raises(Invalid, match=r"before the day of moving in, 01\.01\.2024"):
        station.residents.move(actors["eva"], flats["A1"], units["B2"], date(2023, 12, 31))
    with pytest.raises(Invalid, match="lies ahead"):
        station.residents.leave(actors["eva"], flats["A1"], "moved on", day=date(2026, 1, 6))
    station.residents.move(actors["eva"], flats["A1"], units["B2"], date(2026, 1, 3))
    station.residents.leave(actors["eva"], flats["A1"], "moved on", "To a flat of his own.", date(2026, 1, 4))
    assert told(flats["A1"]) == [
        "04.01.2026: Left the house: moved on. To a flat of his own.",
        "03.01.2026: Moved from A1 to B2.",
    ]


def test_who_leaves_frees_the_unit_and_stays_readable(station, actors, flats, units):
    station.notes.write(actors["marit"], "Made soup.", flats["A1"])
    station.residents.leave(actors["eva"], flats["A1"], "died")
    assert next(door for door in station.residents.doors(actors["nora"]) if door.code == "A1").resident is None
    with pytest.raises(NotFound, match="does not live here now"):
        station.residents.resident(actors["nora"], flats["A1"])
    facts = station.residents.open_resident(actors["nora"], flats["A1"])
    assert (facts.alias, facts.unit_code, facts.left_on, facts.left_why) == ("Beboer A1", "", date(2026, 1, 5), "died")
    assert "Made soup." in [item.text for item in station.journal.timeline(actors["marit"], flats["A1"])]
    (former,) = station.residents.former(actors["eva"])
    assert (former.alias, former.unit_code, former.left_why) == ("Beboer A1", "A1", "died")
    assert station.residents.admit(actors["eva"], units["A1"], "Kari N.", 1988)


def test_nothing_is_changed_of_somebody_who_has_left(station, actors, flats, units):
    station.residents.leave(actors["eva"], flats["A1"], "moved on")
    eva, key, residents = actors["eva"], flats["A1"], station.residents
    for change in (
        lambda: residents.leave(eva, key, "moved on"),
        lambda: residents.move(eva, key, units["B2"]),
        lambda: residents.set_presence(eva, key, Presence.AWAY),
        lambda: residents.add_contact(eva, key, "Anne"),
    ):
        with pytest.raises(NotFound, match="does not live here now"):
            change()


def test_who_comes_back_is_the_same_person(station, actors, flats, units, told):
    residents = station.residents
    residents.set_presence(actors["eva"], flats["A1"], Presence.PRISON)
    residents.leave(actors["eva"], flats["A1"], "prison")
    residents.come_back(actors["eva"], flats["A1"], units["B2"])
    facts = residents.resident(actors["nora"], flats["A1"])
    assert (facts.unit_code, facts.presence, facts.left_on) == ("B2", Presence.HOME, None)
    assert told(flats["A1"])[0] == "Moved in again, into B2."
    assert len(told(flats["A1"])) == 3
    assert residents.former(actors["eva"]) == []
    with pytest.raises(Invalid, match="lives here already"):
        residents.come_back(actors["eva"], flats["A1"], units["A1"])


def test_former_residents_the_last_to_leave_first(station, actors, flats):
    station.residents.leave(actors["eva"], flats["B1"], "moved on", day=date(2026, 1, 5))
    station.residents.leave(actors["eva"], flats["A2"], "moved on", day=date(2026, 1, 2))
    station.residents.leave(actors["eva"], flats["A1"], "moved on", day=date(2026, 1, 5))
    assert [former.unit_code for former in station.residents.former(actors["eva"])] == ["A1", "B1", "A2"]


@pytest.mark.parametrize("who", ["marit", "nora", "samira", "kari", "odd", "astrid"])
def test_only_leader_and_clinical_lead_admit_move_and_see_who_lived_here(station, actors, flats, units, who):
    for change in (
        lambda: station.residents.admit(actors[who], units["B2"], "Kari N.", 1988),
        lambda: station.residents.move(actors[who], flats["A1"], units["B2"]),
        lambda: station.residents.leave(actors[who], flats["A1"], "other"),
        lambda: station.residents.come_back(actors[who], flats["A1"], units["B2"]),
        lambda: station.residents.former(actors[who]),
    ):
        with pytest.raises(NotAllowed):
            change()


# -- presence ---------------------------------------------------------------------------------------------------------


def test_what_is_said_already_is_not_written_again(station, actors, flats, told):
    residents, marit, key = station.residents, actors["marit"], flats["A1"]
    residents.set_presence(marit, key, Presence.HOME)
    assert told(key) == []
    residents.set_presence(marit, key, Presence.AWAY, until=moment(7, 12))
    residents.set_presence(marit, key, Presence.AWAY, until=moment(7, 12))
    residents.set_presence(marit, key, Presence.AWAY, until=moment(7, 12), text="with his sister")
    residents.set_presence(marit, key, Presence.AWAY)
    assert len(told(key)) == 3


def test_presence_is_everybodys_on_shift_and_told(station, actors, flats, told):
    station.residents.set_presence(
        actors["nora"], flats["A1"], Presence.AWAY, moment(5, 18), moment(7, 12), "With his sister."
    )
    facts = station.residents.resident(actors["nora"], flats["A1"])
    assert (facts.presence, facts.presence_since, facts.presence_until) == (Presence.AWAY, moment(5, 18), moment(7, 12))
    (entry,) = station.journal.timeline(actors["marit"], flats["A1"])
    assert entry.text == "Away until 07.01.2026 12:00. With his sister."
    assert (entry.kind, entry.observed_from, entry.recorded_at) == (Kind.PRESENCE, moment(5, 18), moment(5, 21, 40))
    station.residents.set_presence(actors["nora"], flats["A1"], Presence.HOME, None, moment(9, 12))
    facts = station.residents.resident(actors["nora"], flats["A1"])
    assert (facts.presence, facts.presence_since, facts.presence_until) == (Presence.HOME, moment(5, 21, 40), None)
    assert told(flats["A1"])[0] == "Home."


def test_until_a_day_means_its_end_and_says_the_day(station, actors, flats, told):
    station.residents.set_presence(actors["nora"], flats["A1"], Presence.AWAY, None, moment(9, 23, 59))
    assert told(flats["A1"]) == ["Away until 09.01.2026."]


@pytest.mark.parametrize(
    ("since", "until", "field", "sentence"),
    [
        (moment(5, 22), None, "since", "The time lies in the future. What is observed has happened."),
        (moment(5, 20), moment(5, 19), "until", "The end must lie after the beginning."),
        (moment(5, 20), moment(5, 20), "until", "The end must lie after the beginning."),
    ],
)
def test_presence_that_cannot_be(station, actors, flats, told, since, until, field, sentence):
    with pytest.raises(Invalid) as refused:
        station.residents.set_presence(actors["nora"], flats["A1"], Presence.AWAY, since, until)
    assert (str(refused.value), refused.value.field) == (sentence, field)
    assert told(flats["A1"]) == []


@pytest.mark.parametrize("who", ["kari", "odd", "astrid"])
def test_presence_is_not_for_those_without_residents(station, actors, flats, who):
    with pytest.raises(NotAllowed):
        station.residents.set_presence(actors[who], flats["A1"], Presence.AWAY)


def test_in_norwegian(station, actors, flats, units, told):
    i18n.use("nb")
    station.residents.set_presence(actors["nora"], flats["A1"], Presence.PRISON)
    station.residents.move(actors["eva"], flats["A1"], units["B2"])
    station.residents.leave(actors["eva"], flats["A1"], i18n._("moved on"))
    assert told(flats["A1"]) == ["Flyttet ut: flyttet videre.", "Flyttet fra A1 til B2.", "I fengsel."]


def test_a_resident_of_another_house_is_not_here(station, flats):
    with station.database.read() as tx, pytest.raises(NotFound):
        living_in(tx, station.house_id + 1, flats["A1"])

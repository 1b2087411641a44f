"""The night of 8 January at A3: no answer at 04:10, let in, breathing eight a minute, 113, naloxone."""

import pytest
from tests.conftest import moment, open_database

from staffbase.handover.service import Handover
from staffbase.incidents.model import Deviation, IncidentKind, Step
from staffbase.journal.model import Importance
from staffbase.people.model import ShiftName
from staffbase.residents.model import Status
from staffbase.residents.service import set_status

WHAT_HAPPENED = (
    (10, Step.KNOCKED, ""),
    (12, Step.LET_IN, ""),
    (13, Step.FOUND, "On the sofa, 8 breaths a minute."),
    (14, Step.CALLED_113, ""),
    (15, Step.NALOXONE, "1.8 mg in the nose."),
    (31, Step.AMBULANCE, ""),
)


@pytest.fixture
def database(tmp_path, clock):
    """One database is enough here."""
    opened = open_database(tmp_path / "staffbase.db", clock)
    yield opened
    opened.close()


class House:
    """Lets days pass in the house: who is on which shift, what they write and sign."""

    def __init__(self, station, actors, flats, clock) -> None:
        self.station, self.actors, self.flats, self.clock = station, actors, flats, clock
        self.handover = Handover(station.database, station.house_id)

    def at(self, day, hour, minute=0, month=1):
        self.clock.move_to(moment(day, hour, minute, month))

    def on(self, name, shift=None):
        self.station.people.go_on_duty(self.actors[name], shift=shift)

    def note(self, name, text, unit="A1", importance=Importance.HANDOVER, **more):
        resident_id = self.flats[unit] if unit else None
        return self.station.notes.write(self.actors[name], text, resident_id, importance=importance, **more).entry_id

    def status(self, unit, status, name="marit", text=""):
        with self.station.database.write(self.actors[name], "test.status") as tx:
            set_status(tx, self.station.house_id, self.flats[unit], status, text)

    def report(self, name):
        return self.handover.report(self.actors[name])

    def reading(self, name):
        return self.handover.my_reading(self.actors[name])

    def of(self, name, unit):
        return next(one for one in self.reading(name).residents if one.unit_code == unit)

    def sign(self, name):
        span = self.report(name).span
        return self.handover.sign_report(self.actors[name], span)


@pytest.fixture
def house(station, actors, flats, clock):
    return House(station, actors, flats, clock)


@pytest.fixture
def night(house):
    """Marit worked on 6 January, Jonas on the 8th; then came Samira's night. Returns the incident at A2 (the house's "A3")."""
    house.at(6, 14, 31)
    house.on("marit")
    house.at(8, 14, 31)
    house.on("jonas")
    house.at(8, 20)
    house.note("jonas", "Withdrawn, took his coffee without a word.", "A2")
    house.at(8, 21, 40)
    house.handover.save_draft(
        house.actors["jonas"],
        house.report("jonas").span,
        house.flats["A2"],
        status=Status.WATCH,
        text="Few words today.",
    )
    house.sign("jonas")
    house.at(8, 21, 50)
    house.on("samira")
    house.at(9, 4, 45)
    samira = house.actors["samira"]
    incidents = house.station.incidents
    incident = incidents.start(samira, IncidentKind.NO_ANSWER, house.flats["A2"], at=moment(9, 4, 10))
    for minute, step, text in WHAT_HAPPENED:
        incidents.step(samira, incident, step, text, moment(9, 4, minute))
    incidents.conclude(
        samira, incident, "To hospital with the ambulance.", deviation=Deviation.YES, status=Status.UNSTABLE
    )
    house.at(9, 6, 30)
    house.handover.save_draft(
        samira,
        house.report("samira").span,
        house.flats["A2"],
        status=Status.UNSTABLE,
        if_then="If he comes home: look in every hour.",
    )
    house.sign("samira")
    return incident


@pytest.fixture
def evening(night, house):
    """Marit and Jonas come on at 14:40 on 9 January."""
    house.at(9, 14, 40)
    house.on("marit", ShiftName.EVENING)
    house.on("jonas", ShiftName.EVENING)
    return night

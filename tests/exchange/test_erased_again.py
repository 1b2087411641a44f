"""A decision carried out again in a restored backup that is from before what it erased was replaced."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import EVENING
from tests.exchange.erasures import decide, everything

from staffbase.crisis_plans.rules import PlanText, Proposal
from staffbase.exchange.restore import restore
from staffbase.journal.model import Kind
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.residents.model import WarningKind
from staffbase.station import Station, open_station

PIN = "283746"
WORDS = "sensasjonell påstand"
NALOXONE = "Overdose: nalokson straks"


class House:
    """A station of our own with one resident, and a backup of it."""

    def __init__(self, place: Path) -> None:
        self.home, self.identities, self.clock = (
            place / "home",
            FileIdentities(place / "identities"),
            HeldClock(EVENING),
        )
        self.settings = Settings(home=self.home)
        self.file = place / "backup.age"
        made, _recovery = create_station(
            self.settings, self.clock, SetUp("Prøvehuset", "A1-A3", "Ida", PIN), self.identities
        )
        made.close()
        self.station = self.open()
        people = self.station.people
        self.ida = people.sign_in(STATION_ITSELF, people.directory(STATION_ITSELF)[0].id, PIN).actor
        unit = self.station.residents.units(self.ida)[0].id
        self.kari = self.station.residents.admit(self.ida, unit, "Kari", 1980)

    def open(self) -> Station:
        self.station = open_station(self.settings, self.clock, self.identities)
        return self.station

    def publish(self, *dangers: str) -> int:
        """Returns the entry that tells of it."""
        self.clock.move_to(self.clock.now() + timedelta(minutes=5))
        plans = self.station.crisis_plans
        base = plans.plan(self.ida, self.kari).base
        plans.save_draft(self.ida, self.kari, Proposal(PlanText(dangers=dangers)), base)
        plans.publish(self.ida, self.kari, "Revidert", plans.plan(self.ida, self.kari).base)
        return self.station.journal.timeline(self.ida, kinds=[Kind.PLAN])[0].entry_id

    def backup(self) -> None:
        self.station.backup(self.home).backup(STATION_ITSELF, self.file)
        self.clock.move_to(self.clock.now() + timedelta(minutes=5))

    def decide(self, entry_id: int) -> None:
        decide(self.station.erasures(self.settings), self.ida, entry_id)

    def restored(self) -> list[str]:
        self.station.close()
        said = restore(self.home, self.clock, self.file, self.identities, overwrite=True).in_words()
        self.open()
        assert "sensasj" not in everything(self.station.database)
        assert self.station.verifications.verify(STATION_ITSELF).clean
        return said


@pytest.fixture
def house(tmp_path: Path):
    made = House(tmp_path)
    yield made
    made.station.close()


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_empty_crisis_card_is_told_and_what_took_its_place_waits_as_a_draft(language: str, house: House) -> None:
    first = house.publish(NALOXONE, WORDS)
    house.backup()
    house.publish(NALOXONE)
    house.decide(first)
    i18n.use(language)
    try:
        said = house.restored()
    finally:
        i18n.use("en")
    plans, ida, kari = house.station.crisis_plans, house.ida, house.kari
    (told,) = [one for one in said if one.startswith("A1: ")]
    assert ("version 2" if language == "en" else "versjon 2") in told
    (task,) = house.station.tasks.open_tasks(ida, kari)
    assert task.text == told
    assert NALOXONE not in plans.card(ida, kari).text.dangers
    facts = plans.plan(ida, kari)
    assert (facts.draft.proposal.text.dangers, facts.draft.saved_by) == ((NALOXONE,), "Ida")
    plans.publish(ida, kari, "Etter gjenopprettingen", facts.base)
    assert plans.card(ida, kari).text.dangers == (NALOXONE,)


def test_a_draft_that_stands_is_not_written_over(house: House) -> None:
    house.publish(NALOXONE, WORDS)
    first = house.station.journal.timeline(house.ida, kinds=[Kind.PLAN])[0].entry_id
    plans = house.station.crisis_plans
    typed = Proposal(PlanText(dangers=("Går ut om natten", WORDS)))
    plans.save_draft(house.ida, house.kari, typed, plans.plan(house.ida, house.kari).base)
    house.backup()
    house.publish(NALOXONE)
    house.decide(first)
    (told,) = [one for one in house.restored() if one.startswith("A1: ")]
    assert "Write it anew at once" in told
    draft = house.station.crisis_plans.plan(house.ida, house.kari).draft
    assert draft.proposal.text.dangers[0] == "Går ut om natten"
    assert draft.proposal.text.dangers[1].startswith("Erased by decision")


def test_where_a_version_that_counts_is_in_the_backup_nothing_is_empty(house: House) -> None:
    first = house.publish(WORDS)
    house.publish(NALOXONE)
    house.backup()
    house.decide(first)
    said = house.restored()
    assert [one for one in said if one.startswith("A1: ")] == []
    assert house.station.crisis_plans.card(house.ida, house.kari).text.dangers == (NALOXONE,)
    assert house.station.tasks.open_tasks(house.ida) == []


def test_a_danger_that_had_ended_does_not_stand_again_without_words(house: House) -> None:
    house.station.residents.add_warning(house.ida, house.kari, WarningKind.DANGER, WORDS)
    house.backup()
    (danger,) = house.station.residents.resident(house.ida, house.kari).warnings
    house.station.residents.end_warning(house.ida, danger.id)
    house.decide(house.station.journal.timeline(house.ida, kinds=[Kind.DANGER])[0].entry_id)
    house.restored()
    assert house.station.residents.resident(house.ida, house.kari).warnings == ()

"""The small house of tests/conftest.py with one vacant unit more."""

import pytest

from staffbase.kernel.access import STATION_ITSELF
from staffbase.residents.model import Unit


@pytest.fixture
def units(station) -> dict[str, int]:
    """Unit keys by code: A1, A2, B1 as in the house, and B2, where nobody lives."""
    with station.database.write(STATION_ITSELF, "test.units") as tx:
        tx.add(Unit(house_id=station.house_id, code="B2", module="B", position=3))
    return {door.code: door.unit_id for door in station.residents.doors(_anybody(station))}


def _anybody(station):
    from staffbase.kernel.access import Actor, Role

    del station
    return Actor(1, "", Role.STAFF)


@pytest.fixture
def told(station, actors):
    """What the timeline of a resident says, the newest first."""

    def told(resident_id: int) -> list[str]:
        return [item.text for item in station.journal.timeline(actors["ingrid"], resident_id)]

    return told

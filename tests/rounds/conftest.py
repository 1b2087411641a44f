"""A house at night: A1 knock, A2 open door, B1 enter; Samira on her round."""

from datetime import timedelta

import pytest
from tests.conftest import moment

from staffbase.residents.model import RoundForm
from staffbase.residents.service import set_agreement_in


@pytest.fixture
def night(station, actors, flats, clock):
    """Monday 5 January 23:40, with an agreement at each door, made in the afternoon."""
    clock.move_to(moment(5, 15, 0))
    forms = {"A1": RoundForm.KNOCK, "A2": RoundForm.OPEN_DOOR, "B1": RoundForm.ENTER}
    with station.database.write(actors["eva"], "test.agreements") as tx:
        for code, form in forms.items():
            set_agreement_in(tx, flats[code], form, consent="said so himself")
    clock.move_to(moment(5, 23, 40))
    return station


@pytest.fixture
def units(night, actors):
    """Unit keys by code."""
    return {door.code: door.unit_id for door in night.residents.doors(actors["samira"])}


@pytest.fixture
def back(night, actors, clock):
    """Samira walked 23:40–23:58 and is back."""
    walk = night.rounds.leave(actors["samira"])
    clock.move_to(clock.now() + timedelta(minutes=18))
    night.rounds.come_back(actors["samira"])
    return walk

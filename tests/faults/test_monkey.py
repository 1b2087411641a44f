"""No key, paste, click or size of a window ends the program, hurts the record, or piles screen upon screen."""

import os
from pathlib import Path

import pytest
from tests.faults.campaign import tally_for
from tests.faults.monkey import WHO, Monkey

from staffbase.kernel.access import Role

DOSE = 150
CAMPAIGN = int(os.environ.get("STAFFBASE_MONKEY_KEYS", "20000"))
"""In all; each role presses its share."""
SEED = int(os.environ.get("STAFFBASE_MONKEY_SEED", "1"))
"""The first seed; a failure says which one to give here to see it again."""


async def _plays(request: pytest.FixtureRequest, folder: Path, role: Role, keys: int) -> None:
    tally = tally_for(request, f"monkey as {role}: keys, pastes, clicks, sizes")
    monkey = Monkey(folder, role, SEED)
    with tally.trial(keys):
        await monkey.play(keys)
        proof = monkey.verify()
        assert proof.clean, (SEED, role, proof)
    request.node.user_properties.append(("screens", dict(monkey.seen)))
    tally.settle()


@pytest.mark.parametrize("role", [Role.LEADER, Role.NIGHT_WATCH])
async def test_a_dose_of_the_monkey(request: pytest.FixtureRequest, tmp_path: Path, eager: None, role: Role) -> None:
    await _plays(request, tmp_path, role, DOSE)


@pytest.mark.faults
@pytest.mark.parametrize("role", list(WHO))
async def test_the_monkey(request: pytest.FixtureRequest, tmp_path: Path, eager: None, role: Role) -> None:
    await _plays(request, tmp_path, role, -(-CAMPAIGN // len(WHO)))

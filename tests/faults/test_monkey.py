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
CLOSINGS = int(os.environ.get("STAFFBASE_MONKEY_CLOSINGS", "240"))
"""How often, in all, the program is closed in the middle of what it does."""
SEED = int(os.environ.get("STAFFBASE_MONKEY_SEED", "1"))
"""The first seed; a failure says which one to give here to see it again."""


async def _plays(request: pytest.FixtureRequest, folder: Path, role: Role, keys: int, closings: int) -> None:
    plays = tally_for(request, f"monkey as {role}: keys, pastes, clicks, sizes")
    hurries = tally_for(request, "closed while it is busy with random keys")
    monkey = Monkey(folder, role, SEED)
    with plays.trial(keys):
        await monkey.play(keys)
        _is_clean(monkey)
    with hurries.trial(closings):
        await monkey.hurry(closings)
        _is_clean(monkey)
    request.node.user_properties.append(("screens", dict(monkey.seen)))
    plays.settle()
    hurries.settle()


def _is_clean(monkey: Monkey) -> None:
    proof = monkey.verify()
    assert proof.clean, (monkey.seed, monkey.role, proof)


@pytest.mark.parametrize("role", [Role.LEADER, Role.NIGHT_WATCH])
async def test_a_dose_of_the_monkey(request: pytest.FixtureRequest, tmp_path: Path, eager: None, role: Role) -> None:
    await _plays(request, tmp_path, role, DOSE, 1)


@pytest.mark.faults
@pytest.mark.parametrize("role", list(WHO))
async def test_the_monkey(request: pytest.FixtureRequest, tmp_path: Path, eager: None, role: Role) -> None:
    await _plays(request, tmp_path, role, -(-CAMPAIGN // len(WHO)), -(-CLOSINGS // len(WHO)))

"""A house with a plan: A1's version 1 by Eva, and the service."""

from datetime import date

import pytest

from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import PlanText, Proposal, Sign
from staffbase.crisis_plans.service import CrisisPlans

PLAN = Proposal(
    PlanText(
        yellow=(Sign("answers short", "knock, coffee"),),
        red=(Sign("“no point”", "ask straight out"),),
        avoid="standing in the door",
    ),
    Made.TOGETHER,
    "ACT-team",
    "DPS",
    Signing.SIGNED,
    date(2026, 1, 5),
)


@pytest.fixture
def plans(station):
    return CrisisPlans(station.database, station.house_id)


@pytest.fixture
def published(plans, actors, flats):
    """A1 has version 1, published by Eva."""
    facts = plans.save_draft(actors["marit"], flats["A1"], PLAN, (0, 0))
    return plans.publish(actors["eva"], flats["A1"], "First plan", facts.base)

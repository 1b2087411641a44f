"""Unstable is never only a word: the next shift learns what to know or do; and nobody is blamed before they could read."""

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment

from staffbase.handover.dialogs import ReportLineDialog
from staffbase.handover.screen import HandoverScreen
from staffbase.kernel.errors import Invalid
from staffbase.people.model import ShiftName
from staffbase.residents.model import Status


@pytest.fixture
def unstable(house):
    """Marit on the evening of 9 January has set A1 unstable and written nothing."""
    house.at(9, 14, 31)
    house.on("marit", ShiftName.EVENING)
    house.at(9, 21, 30)
    span = house.report("marit").span
    house.handover.save_draft(house.actors["marit"], span, house.flats["A1"], status=Status.UNSTABLE)
    return house


def test_a_report_with_a_bare_unstable_is_not_signed(unstable):
    with pytest.raises(Invalid, match="A1"):
        unstable.sign("marit")
    assert not unstable.report("marit").signed


@pytest.mark.parametrize("said", [{"text": "Walks up and down."}, {"if_then": "If he shouts: go two."}])
def test_a_line_or_an_if_then_is_enough(unstable, said):
    span = unstable.report("marit").span
    unstable.handover.save_draft(unstable.actors["marit"], span, unstable.flats["A1"], **said)
    assert unstable.sign("marit").signed


@pytest.mark.usefixtures("eager")
async def test_choosing_unstable_asks_for_the_line_at_once(unstable):
    span = unstable.report("marit").span
    unstable.handover.save_draft(unstable.actors["marit"], span, unstable.flats["A1"], status=Status.CALM)
    app = Bench(unstable.station, unstable.actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(HandoverScreen(app, unstable.handover))
        await settle(pilot)
        await pilot.press("l")
        await settle(pilot)
        await pilot.press("down", "u")
        await settle(pilot)
        assert isinstance(app.screen, ReportLineDialog)
        await pilot.press("escape")
        await settle(pilot)
        assert "a line or an if–then is needed" in seen(app)
        await pilot.press("g")
        await settle(pilot)
        assert any("A1" in told for told in app.told)
        assert not unstable.report("marit").signed
        await pilot.press("t", *"walks", "ctrl+s")
        await settle(pilot)
        assert "is needed" not in seen(app)


def test_half_an_hour_counts_from_when_somebody_came_on(house):
    house.at(9, 11, 20)
    house.on("marit", ShiftName.DAY)
    everybody = house.actors["leader"]
    assert house.handover.unread_half_an_hour(everybody) == ()
    house.at(9, 11, 49)
    assert house.handover.unread_half_an_hour(everybody) == ()
    house.at(9, 11, 50)
    assert house.handover.unread_half_an_hour(everybody) == ("Marit",)


def test_who_comes_early_has_until_half_an_hour_into_the_shift(house):
    house.at(9, 7, 10)
    house.on("marit", ShiftName.DAY)
    house.at(9, 7, 59)
    assert house.handover.unread_half_an_hour(house.actors["leader"]) == ()
    house.at(9, 8, 0)
    assert house.handover.unread_half_an_hour(house.actors["leader"]) == ("Marit",)


def test_a_colleague_puts_on_duty_and_the_half_hour_is_the_same(house):
    house.at(9, 7, 31)
    house.on("jonas", ShiftName.DAY)
    house.at(9, 12)
    house.station.people.go_on_duty(house.actors["jonas"], house.actors["marit"].person_id, shift=ShiftName.DAY)
    assert house.handover.unread_half_an_hour(house.actors["leader"]) == ("Jonas",)
    assert moment(9, 12) == house.clock.now()

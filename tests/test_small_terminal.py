"""A terminal of 60×15 says what it needs; what was typed stands there when it is large enough again."""

import asyncio
import time
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.bench import seen, settle
from textual.geometry import Size
from textual.widgets import Input

from staffbase.app import StaffbaseApp
from staffbase.demo.run import PINS, open_demo
from staffbase.kernel import i18n
from staffbase.kernel.clock import OSLO
from staffbase.kernel.settings import Settings
from staffbase.opening import Opened

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "staffbase needs 80 columns and 24 rows."), ("nb", "staffbase trenger 80 kolonner og 24 rader.")],
)
async def test_it_says_what_it_needs_and_loses_nothing(tmp_path: Path, language: str, says: str) -> None:
    i18n.use(language)
    station = open_demo(Settings(home=tmp_path), EVENING, tmp_path / "demo")
    app = StaffbaseApp(
        Settings(home=tmp_path, language=language), station.database.clock, lambda _say: Opened(station, None, PINS)
    )
    async with app.run_test(size=(120, 36)) as pilot:
        while not app.ready:
            await pilot.pause(0.05)
        await pilot.press(*"Mar", "enter", *"12")
        pin = app.screen.query_one("#pin", Input)
        await resized(pilot, 60, 15)
        assert says in seen(app)
        assert "113" in seen(app)
        assert "Marit" not in seen(app)
        await pilot.press(*"99", "enter", "escape")
        assert says in seen(app)
        await resized(pilot, 40, 8)
        assert "40" in seen(app)
        await resized(pilot, 80, 24)
        assert says not in seen(app)
        assert "Marit" in seen(app)
        assert pin.value == "12"
        assert app.focused is pin
        await resized(pilot, 80, 23)
        assert says not in seen(app)
    station.close()


async def test_a_size_that_a_busy_machine_passed_over_is_taken_within_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = open_demo(Settings(home=tmp_path), EVENING, tmp_path / "demo")
    app = StaffbaseApp(
        Settings(home=tmp_path, language="en"), station.database.clock, lambda _say: Opened(station, None, PINS)
    )
    async with app.run_test(size=(120, 36)) as pilot:
        while not app.ready:
            await pilot.pause(0.05)
        await pilot.resize_terminal(110, 34)  # the first is taken at once
        spent = count(step=0.02)  # the process is held up between any two looks at the time
        with monkeypatch.context() as busy:
            busy.setattr("textual.timer._time.get_time", lambda: time.monotonic() + next(spent))
            await pilot.resize_terminal(100, 30)
            await asyncio.sleep(0.1)
        await pilot.resize_terminal(90, 28)
        for _tenth in range(100):
            if laid_out_for(app) == (90, 28):
                break
            await asyncio.sleep(0.1)
        assert laid_out_for(app) == (90, 28)
    station.close()


def laid_out_for(app: StaffbaseApp) -> Size:
    return app.screen._compositor.size


async def resized(pilot: Any, columns: int, rows: int) -> None:
    await pilot.resize_terminal(columns, rows)
    await settle(pilot)

"""Jobs: what a closed screen would have shown is let go; what is missing on one that stands is a fault."""

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerFailed

from staffbase.ui.job import job


class Slow(Screen[None]):
    """Shows an answer when it comes."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = asyncio.Event()
        self.came = False

    def compose(self) -> ComposeResult:
        yield Static(id="here")

    @job()
    async def look(self, where: str) -> None:
        try:
            await self.answer.wait()
        except (
            asyncio.CancelledError
        ):  # Textual ends the work of a closed screen; a thread's answer may have come before
            await asyncio.sleep(0)
        self.came = True
        self.query_one(where, Static).update("answer")


async def test_an_answer_for_a_screen_that_was_closed_is_let_go() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        slow = Slow()
        await app.push_screen(slow)
        slow.look("#here")
        await pilot.pause()
        await slow.dismiss(None)
        slow.answer.set()
        for _wait in range(50):
            await pilot.pause(0.01)
        assert slow.came
        assert app.is_running


async def test_an_answer_that_comes_while_the_program_ends_is_let_go() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        slow = Slow()
        await app.push_screen(slow)
        slow.look("#here")
        await pilot.pause()
    assert slow.came


async def test_what_is_missing_on_a_screen_that_stands_is_a_fault() -> None:
    app: App[None] = App()
    with pytest.raises(WorkerFailed, match="NoMatches"):
        async with app.run_test() as pilot:
            slow = Slow()
            await app.push_screen(slow)
            slow.answer.set()
            slow.look("#not-here")
            for _wait in range(50):
                await pilot.pause(0.01)

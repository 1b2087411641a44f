"""The board's columns beside the tiles: times below one another, words whole on two lines, in every width."""

from dataclasses import replace
from typing import Any

import pytest
from tests.bench import Bench, seen, settle

from staffbase.board.rules import Line
from staffbase.board.screen import BoardScreen, SideColumn

LATEST = (
    Line("21:10", "A1 Kom hjem i godt humør og spiste sammen med de andre, gikk tidlig til ro."),
    Line("i går 09:05", "A2 Ba om en prat om NAV."),
)


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_times_stand_in_a_column_of_their_own(station: Any, actors: Any, width: int) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test(size=(120, 36)) as pilot:
        board = BoardScreen(app, station.board)  # type: ignore[arg-type]
        app.show(board)
        await settle(pilot)
        board._view = replace(board._view, latest=LATEST)
        latest = board.query_one("#latest", SideColumn)
        await pilot.resize_terminal(100, 36)
        await settle(pilot)
        await pilot.resize_terminal(width, 36)
        await settle(pilot)
        if width == 80:
            assert "LATEST" not in seen(app)
            return
        rows = [row.plain for row in latest.content.split("\n")]  # type: ignore[union-attr]
        assert rows[:2] == ["LATEST", ""]
        assert rows[2].startswith("21:10  A1 Kom hjem")
        assert rows[3].startswith("       ")
        assert rows[3].endswith("…" if width == 120 else "til ro.")
        assert rows[4:] == ["i går", "09:05  A2 Ba om en prat om NAV."]
        assert all(len(row) <= latest.content_size.width for row in rows)

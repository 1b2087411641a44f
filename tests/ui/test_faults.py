"""A sentence that says what is wrong is seen, and its place is kept while there is none."""

from typing import Any

from tests.bench import Bench, seen, settle

from staffbase.kernel.access import Actor
from staffbase.station import Station
from staffbase.ui.dialog import StaffDialog


class Asking(StaffDialog[None]):
    title_text = "Asking"


async def test_what_a_dialog_says_is_seen(station: Station, actors: dict[str, Actor]) -> None:
    app = Bench(station, actors["marit"])
    async with app.run_test() as pilot:
        dialog: Any = Asking(app)  # type: ignore[arg-type]  # a bench is desk enough
        app.show(dialog)
        await settle(pilot)
        before = dialog.query_one(".dialog").region
        dialog.say("This cannot stay so.")
        await settle(pilot)
        assert "This cannot stay so." in seen(app)
        assert dialog.query_one(".dialog").region == before

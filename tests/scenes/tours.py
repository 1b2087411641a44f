"""One tour in one language: nothing cut, outside, overlapping, out of column or hard to read; and its pictures as kept.

Norwegian is looked at in three sizes; English, whose words are mostly shorter, in the smallest. What is
painted in the dark theme is judged in all three; the screens used most are painted in each.
"""

from pathlib import Path

import pytest
from tests.scenes.layout import faults

from staffbase.demo.pictures import Studio, as_picture, go_on, look
from staffbase.demo.scenes import TOURS, Look, Tour, judged, looks, picture_name

KEPT = Path(__file__).parents[2] / "screenshots"

STOOD: dict[str, set[str]] = {}
"""The screens and dialogs that stood at the stops of each tour walked so far, by name of the tour."""

each_tour = pytest.mark.parametrize("tour", sorted(TOURS, key=lambda tour: tour.at), ids=lambda tour: tour.name)


async def walked(studio: Studio, tour: Tour, language: str) -> list[str]:
    """What is wrong on this tour, stop by stop."""
    wrong: list[str] = []
    async with studio.on_tour(tour, language) as app:
        for scene in tour.scenes:
            await go_on(app, scene)
            STOOD.setdefault(tour.name, set()).add(type(app.screen).__name__)
            pictured = looks(scene, language)
            for seen in judged(scene, language):
                painted = await look(app, seen)
                name = picture_name(scene, language, seen)
                wrong += [f"{name}: {fault}" for fault in faults(app, painted)]
                if seen in pictured:
                    file = KEPT / f"{name}.svg"
                    if not file.exists():
                        wrong.append(f"{name}: there is no picture; run `staffbase screenshots`")
                    elif file.read_text(encoding="utf-8") != as_picture(app):
                        wrong.append(
                            f"{name}: the picture is stale; run `staffbase screenshots` and look at what changed"
                        )
            await look(app, Look())
    return wrong

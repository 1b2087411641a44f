"""Draws the scenes: the real app on the invented house, with a clock that stands still; written by `staffbase screenshots`.

The same scene gives the same bytes each time, so that a test can compare them and a stale picture fails the build.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from textual.pilot import Pilot

from staffbase.app import Opened, StaffbaseApp
from staffbase.demo.clock import PlotClock
from staffbase.demo.run import PINS, open_demo, signed_in
from staffbase.demo.scenes import Scene, scenes
from staffbase.kernel import i18n
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.settings import Settings
from staffbase.station import Station

SETTLED_AFTER = 0.25
"""Seconds without work before a picture is taken."""
LOOKS_FOR_WORK = 60
"""Looks, each after a twentieth of a second, after which work is taken for a dialog's: it ends when somebody answers."""


class Studio:
    """Holds one played house per moment and language, and lends a copy of it to each scene."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._houses: dict[tuple[datetime, str], Path] = {}

    def house(self, scene: Scene) -> Path:
        """A fresh copy of the house at the scene's moment, in its language."""
        wanted = (scene.at, scene.language)
        if wanted not in self._houses:
            folder = self._place / f"house-{len(self._houses)}"
            with _identities(self._place):
                open_demo(Settings(home=folder, language=scene.language), scene.at, folder).close()
            self._houses[wanted] = folder
        copy = Path(tempfile.mkdtemp(dir=self._place)) / "data"
        shutil.copytree(self._houses[wanted], copy)
        return copy

    async def draw(self, scene: Scene) -> str:
        """The scene as SVG."""
        before = i18n.language()
        i18n.use(scene.language)
        try:
            return await self._draw(scene)
        finally:
            i18n.use(before)

    async def _draw(self, scene: Scene) -> str:
        clock = HeldClock(scene.at)
        home = await asyncio.to_thread(self.house, scene)
        settings = Settings(home=home, language=scene.language, theme=scene.theme)
        opened: list[Station] = []

        def opener(say: Callable[[str], None]) -> Opened:
            del say
            with _identities(self._place):
                station = open_demo(settings, None, home)
            plot_clock = station.database.clock
            if isinstance(plot_clock, PlotClock):
                plot_clock.follow(clock)
            opened.append(station)
            return Opened(station, signed_in(station, scene.who) if scene.who else None, PINS)

        app = StaffbaseApp(settings, clock, opener)
        async with app.run_test(size=scene.size) as pilot:
            while not app.ready:
                await pilot.pause(0.05)
            await _settled(app, pilot)
            for key in scene.keys:
                await pilot.press(key)
                await _settled(app, pilot)
            picture = app.export_screenshot(title="staffbase", simplify=True)
        for station in opened:
            station.close()
        return "\n".join(row.rstrip() for row in picture.splitlines()) + "\n"


async def _settled(app: StaffbaseApp, pilot: Pilot[int]) -> None:
    """Wait until no work is left; a refresh that a newer one replaced counts as done, a job that waits for a dialog too."""
    for _ in range(2):
        for _look in range(LOOKS_FOR_WORK):
            if all(worker.is_finished for worker in app.workers):
                break
            await pilot.pause(0.05)
        await pilot.pause(SETTLED_AFTER)


def write_pictures(folder: Path, settings: Settings) -> Iterator[str]:
    """Draw every scene into the folder as NAME.svg; gives the names as they are written."""
    del settings
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="staffbase-pictures-") as place:
        studio = Studio(Path(place))
        for scene in scenes():
            (folder / f"{scene.name}.svg").write_text(asyncio.run(studio.draw(scene)), encoding="utf-8")
            yield scene.name


@contextmanager
def _identities(place: Path) -> Iterator[None]:
    """Keep the pictures' identities in their own place, never among the user's."""
    before = os.environ.get("STAFFBASE_IDENTITY_DIR")
    os.environ["STAFFBASE_IDENTITY_DIR"] = str(place / "identities")
    try:
        yield
    finally:
        if before is None:
            del os.environ["STAFFBASE_IDENTITY_DIR"]
        else:
            os.environ["STAFFBASE_IDENTITY_DIR"] = before

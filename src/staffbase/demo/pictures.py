"""Draws the scenes: the real app on the invented house, with a clock that only keys move; written by `staffbase screenshots`.

The same scene gives the same bytes each time, so that a test can compare them and a stale picture fails the build.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from textual._compositor import LayoutUpdate
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from staffbase.demo.damaged import InventedWayBack, damage
from staffbase.demo.run import PINS, open_demo_at, signed_in
from staffbase.demo.scenes import TOURS, WIDE, Look, Scene, Tour, judged, looks, picture_name
from staffbase.demo.still import StillApp
from staffbase.kernel import i18n
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import NoStation
from staffbase.kernel.key import IDENTITY_HEAD, IDENTITY_LENGTH, FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.opening import Opened
from staffbase.start.damaged_screen import DamagedScreen
from staffbase.start.dialogs import ChoosePassphraseScreen, PassphraseScreen, RecoveryScreen
from staffbase.start.screen import SetUpScreen
from staffbase.start.way_in import WayIn
from staffbase.station import open_station

BETWEEN_KEYS = timedelta(seconds=1)
"""How far the clock goes on with each key: a held key is not what is shown."""
PAINTINGS = 20
"""How often a screen may be painted otherwise before it is said that it does not come to rest."""
UNWRITTEN = Path("/var/lib/staffbase")
"""The data folder that a set-up names and does not come to write."""
DRAWN_IDENTITY = IDENTITY_HEAD + ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2)[:IDENTITY_LENGTH]
"""The same on each picture, and the key to nothing."""


class Studio:
    """Holds one played house per moment and language, and lends a copy of it to each scene."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._identities = FileIdentities(place / "identities")
        self._houses: dict[tuple[datetime, str], Path] = {}

    def house(self, at: datetime, language: str) -> Path:
        """A fresh copy of the house at the scene's moment, in its language."""
        if (at, language) not in self._houses:
            folder = self._place / f"house-{len(self._houses)}"
            earlier = [moment for moment, spoken in self._houses if spoken == language and moment < at]
            if earlier:  # it is played on from there
                shutil.copytree(self._houses[max(earlier), language], folder)
            settings = Settings(home=folder, language=language)
            open_demo_at(settings, at, folder, self._identities).close()
            self._houses[at, language] = folder
        copy = Path(tempfile.mkdtemp(dir=self._place)) / "data"
        shutil.copytree(self._houses[at, language], copy)
        return copy

    @asynccontextmanager
    async def on_tour(self, tour: Tour, language: str) -> AsyncIterator[StillApp]:
        """The app where the tour begins, at rest, in the size it is drawn for."""
        clock = HeldClock(tour.at)
        before = i18n.language()
        i18n.use(language)
        home = UNWRITTEN if tour.before else self.house(tour.at, language)
        settings = Settings(home=home, language=language, backup_keep=0)

        def opener(say: Callable[[str], None]) -> Opened:
            del say
            if tour.before:
                raise NoStation(tour.before)
            station = open_station(settings, clock, self._identities)
            return Opened(station, signed_in(station, tour.who) if tour.who else None, PINS)

        app = StillApp(
            settings, clock, opener, lambda _error: _before(tour.before or "damaged", WayIn(settings, clock))
        )
        try:
            async with app.run_test(size=WIDE, notifications=True):
                await app.come_to_rest()
                if tour.damaged:
                    await app.meet_damage(damage())
                yield app
        finally:
            app.close_station()
            if home != UNWRITTEN:
                shutil.rmtree(home.parent, ignore_errors=True)
            i18n.use(before)


async def go_on(app: StillApp, scene: Scene) -> None:
    """To the tour's next stop; the app stands there at rest, as it was when the one before was left."""
    for key in scene.keys:
        app.held.move_to(app.held.now() + (BETWEEN_KEYS if isinstance(key, str) else key))
        if isinstance(key, str):
            app.clear_notifications()  # what was said to an earlier key
            await app.press(key)
        else:
            await app.come_to_rest()
    await app.come_to_rest()


async def look(app: StillApp, seen: Look) -> list[Strip]:
    """Show the same in another size and theme; what stands there, line by line, once it is painted twice the same.

    What is painted for the first time may find that it needs a scrollbar, and be laid out anew. Raises RuntimeError for a
    screen that is painted otherwise each time: a scene that no test could compare.
    """
    app.theme = seen.theme
    if app.size != seen.size:
        await app.grow_to(*seen.size)
    await app.stand_still()
    if isinstance(app.screen, ModalScreen):
        app.lay_out_behind()
        await app.stand_still()
    painted: list[Strip] = []
    for _again in range(PAINTINGS):
        before, painted = painted, as_painted(app)
        if painted == before:
            return painted
        await app.stand_still()
    raise RuntimeError(f"{type(app.screen).__name__} does not come to rest: {PAINTINGS} paintings, each another")


def as_painted(app: StillApp) -> list[Strip]:
    """What stands on the screen, line by line, with what is seen behind a dialog."""
    app.paint_anew()
    painted = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return [Strip.join(line) for line in painted.strips] if isinstance(painted, LayoutUpdate) else []


def as_picture(app: StillApp) -> str:
    """What stands on the screen, as SVG."""
    app.paint_anew()
    picture = app.export_screenshot(title="staffbase", simplify=True)
    return "\n".join(row.rstrip() for row in picture.splitlines()) + "\n"


def write_pictures(folder: Path) -> Iterator[str]:
    """Draw every scene into the folder as NAME.svg; gives the names as they are written."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="staffbase-pictures-") as place:
        studio = Studio(Path(place))
        for language in i18n.LANGUAGES:
            for tour in sorted(TOURS, key=lambda tour: tour.at):  # each house is played on from the one before
                for name, picture in asyncio.run(drawn(studio, tour, language)).items():
                    (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
                    yield name


async def drawn(studio: Studio, tour: Tour, language: str) -> dict[str, str]:
    """A tour's pictures in this language, by their names; it goes no further than the last of them."""
    scenes = list(tour.scenes)
    while scenes and not looks(scenes[-1], language):
        scenes.pop()
    pictures: dict[str, str] = {}
    if scenes:
        async with studio.on_tour(tour, language) as app:
            for scene in scenes:
                await go_on(app, scene)
                kept = looks(scene, language)
                for seen in judged(scene, language):
                    await look(app, seen)
                    if seen in kept:
                        pictures[picture_name(scene, language, seen)] = as_picture(app)
                await look(app, Look())
    return pictures


def _before(name: str, way_in: WayIn) -> Screen[Opened]:
    """A screen that stands before the door."""
    if name == "set-up":
        return SetUpScreen(way_in, DRAWN_IDENTITY)
    if name == "damaged":
        return DamagedScreen(way_in, damage(), InventedWayBack(way_in))
    kinds = {
        "passphrase": PassphraseScreen, "choose-passphrase": ChoosePassphraseScreen, "recovery": RecoveryScreen
    }  # fmt: skip
    return kinds[name](way_in)

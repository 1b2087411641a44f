"""A data folder that is not there yet, and the app that stands before it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from staffbase.app import StaffbaseApp
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp
from staffbase.start.way_in import station_app

ANSWERS = SetUp("Prøvehuset", "A1-A2,B1", "Ida", "283746", "Prøveveien 1", "port B", "Bakvakt", "00 00 00 01")
PASSPHRASE = "fire ord på en lapp"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def identities(tmp_path: Path) -> FileIdentities:
    return FileIdentities(tmp_path / "identities")


@pytest.fixture
def start(home: Path, clock: HeldClock, identities: FileIdentities) -> Callable[..., StaffbaseApp]:
    """The app at its start, as `staffbase` makes it."""

    def made(**said: str) -> StaffbaseApp:
        return station_app(Settings(home=home, language="en", **said), clock, identities)

    return made


def files_in(folder: Path) -> list[str]:
    """The names of the files in a folder that may not be there."""
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


async def stands(pilot: Pilot[int], screen: str) -> None:
    """Until a screen of this name stands, with what it shows."""
    for _round in range(400):
        if type(pilot.app.screen).__name__ == screen and pilot.app.screen.is_mounted:
            break
        await pilot.pause(0.05)
    assert type(pilot.app.screen).__name__ == screen
    await pilot.pause(0.2)


async def stands_open(pilot: Pilot[int]) -> None:
    """Until one can sign in."""
    await stands(pilot, "DoorScreen")
    for _round in range(200):
        if pilot.app.ready:
            break
        await pilot.pause(0.05)
    await pilot.pause(0.1)


async def write(pilot: Pilot[int], typed: str) -> None:
    """Type it, letter by letter, and go on."""
    for letter in typed:
        await pilot.press("space" if letter == " " else letter)
    await pilot.press("enter")
    await pilot.pause(0.05)

"""Every step and question before the door stands whole on the smallest screen, in both languages and all themes."""

from pathlib import Path
from typing import Any

import pytest
from tests.bench import seen
from tests.start.conftest import PASSPHRASE, stands, write
from textual.containers import VerticalScroll

from staffbase.kernel import i18n
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.settings import THEMES, Settings
from staffbase.start.dialogs import ChoosePassphraseScreen, ForgottenScreen, PassphraseScreen, RecoveryScreen
from staffbase.start.screen import STEPS
from staffbase.start.way_in import WayIn, station_app

SIZES = ((80, 24), (120, 36), (200, 60))


def nothing_is_cut(app: Any) -> None:
    page = app.screen.query_one("#page", VerticalScroll)
    assert (page.max_scroll_x, page.max_scroll_y) == (0, 0)
    for widget in app.screen.query("Static, Label, Input, Choice"):
        if widget.region.height and widget.display:
            assert widget.region.right <= app.size.width
            assert widget.region.bottom <= app.size.height


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_step_of_the_set_up(tmp_path: Path, clock: HeldClock, language: str, size: tuple[int, int]) -> None:
    i18n.use(language)
    settings = Settings(home=tmp_path / "home", language=language, theme=THEMES[SIZES.index(size)])
    app = station_app(settings, clock, FileIdentities(tmp_path / "identities"))
    async with app.run_test(size=size) as pilot:
        await stands(pilot, "SetUpScreen")
        screen: Any = app.screen
        screen.query_one("#units").value = "A1-A12,B1-B12"
        screen.query_one("#opening").value = "passphrase"
        for number in range(len(STEPS)):
            screen._turn_to(number)
            screen.say("Noe er galt, og det står her.")
            await pilot.pause(0.1)
            nothing_is_cut(app)
            assert "Noe er galt" in seen(app)
            assert (screen.query_one("#steps").region.width > 0) == (size[0] >= 100)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_question(tmp_path: Path, clock: HeldClock, language: str, size: tuple[int, int]) -> None:
    i18n.use(language)
    settings = Settings(home=tmp_path / "home", language=language, theme=THEMES[SIZES.index(size)])
    identities = FileIdentities(tmp_path / "identities")
    way_in = WayIn(settings, clock, identities)
    app = station_app(settings, clock, identities)
    async with app.run_test(size=size) as pilot:
        await stands(pilot, "SetUpScreen")
        for kind in (PassphraseScreen, ChoosePassphraseScreen, RecoveryScreen, ForgottenScreen):
            app.push_screen(kind(way_in))
            await stands(pilot, kind.__name__)
            await write(pilot, PASSPHRASE)
            await pilot.pause(0.3)
            nothing_is_cut(app)
            assert "113" in seen(app)

"""An app with nothing but a desk, for screens and dialogs by themselves."""

from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode, NoScreen
from textual.keys import _character_to_key
from textual.screen import Screen

from staffbase.kernel.access import Actor
from staffbase.kernel.settings import Settings
from staffbase.station import Station
from staffbase.ui.in_order import InOrder
from staffbase.ui.strip import StripFacts
from staffbase.ui.stylesheet import KitStylesheet
from staffbase.ui.themes import THEMES


class Bench(InOrder[None]):
    """Shows one screen; what it asks of the desk is kept in `asked`, what dialogs answer in `answers`."""

    CSS_PATH = "../src/staffbase/ui/kit.tcss"

    def __init__(self, station: Station, actor: Actor) -> None:
        super().__init__()
        self.actor = actor
        self.clock = station.database.clock
        self.settings = Settings(home=__file__)  # type: ignore[arg-type]  # no screen here looks into the folder
        self.drafts = station.journal
        self.strip_facts = StripFacts()
        self.asked: list[tuple[Any, ...]] = []
        self.answers: list[object] = []
        self.told: list[str] = []
        self.chosen: int | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.stylesheet = KitStylesheet(variables=self.get_css_variables())
        self.theme = THEMES[0].name

    def show(self, screen: Screen[Any]) -> None:
        self.push_screen(screen, self.answers.append)

    def notify(self, message: str, **_how: Any) -> None:
        self.told.append(message)

    @property
    def pressed_at(self) -> float:
        return self.clock.monotonic_at(self.arrived_at)

    def offers(self, _action: str) -> bool:
        return True

    def open_card(self, resident_id: int) -> None:
        self.asked.append(("card", resident_id))

    def open_resident(self, resident_id: int) -> None:
        self.asked.append(("resident", resident_id))

    def write_note(self, resident_id: int | None = None) -> None:
        self.asked.append(("note", resident_id))

    def start_incident(self, resident_id: int | None = None) -> None:
        self.asked.append(("incident", resident_id))

    def extra_check(self, resident_id: int | None = None) -> None:
        self.asked.append(("extra check", resident_id))

    def search(self) -> None:
        self.asked.append(("search",))

    def who_is_on_duty(self) -> None:
        self.asked.append(("who is on duty",))

    def change_pin(self) -> None:
        self.asked.append(("change pin",))

    def open_drafts(self) -> None:
        self.asked.append(("drafts",))

    def emergency_access(self, resident_id: int) -> None:
        self.asked.append(("emergency access", resident_id))

    def access_log(self, resident_id: int | None = None) -> None:
        self.asked.append(("access log", resident_id))

    def hidden_entries(self) -> None:
        self.asked.append(("hidden entries",))

    def erase_entry(self, entry_id: int) -> None:
        self.asked.append(("erase", entry_id))

    def choose_resident(self, then: Any) -> None:
        if self.chosen is not None:
            then(self.chosen)

    def show_section(self, name: str) -> None:
        self.asked.append(("section", name))

    def use_settings(self, changes: dict[str, int | str]) -> None:
        self.asked.append(("settings", changes))

    def lock(self) -> None:
        self.asked.append(("lock",))


async def settle(pilot: Any, rounds: int = 8) -> None:
    """Until what was asked of services is answered and shown. A dialog that waits for a person is no work under way."""
    for _round in range(rounds):
        await pilot.pause(0.03)
    for _wait in range(200):
        if not busy(pilot.app):
            break
        await pilot.pause(0.03)
    await pilot.pause(0.03)


def busy(app: App[Any]) -> bool:
    """Whether the visible screen has work under way. What waits for a dialog belongs to a screen below it."""
    return any(not worker.is_finished and _stands_on(worker.node) is app.screen for worker in app.workers)


def _stands_on(node: DOMNode) -> Screen[Any] | None:
    try:
        return node.screen
    except NoScreen:  # it was taken away in the meantime
        return None


def seen(app: App[Any]) -> str:
    """Everything that stands on the screen, as text."""
    screen = app.screen
    width, _height = app.size
    return "\n".join(
        "".join(segment.text for segment in strip).rstrip()[:width] for strip in screen._compositor.render_strips()
    )


def type_at_once(app: App[Any], *keys: str) -> None:
    """As a terminal hands over what was typed ahead: all of it at once, nobody waits for the screen."""
    assert app._driver is not None
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        app._driver.send_message(events.Key(name, key if len(key) == 1 else None))

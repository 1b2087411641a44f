"""A monkey at the keyboard: presses, pastes, clicks and resizes in the real app, from a seed, and remembers what it did.

It knows three things only: the PIN of whoever it is, that a terminal which was closed is opened again, and that time
passes. What it did last stands in the message of a failure, and the seed brings all of it back.
"""

import asyncio
import random
import shutil
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.hostile import KEPT, REFUSED
from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.keys import _character_to_key

import staffbase.app
from staffbase.app import StaffbaseApp
from staffbase.demo.house import STAFF
from staffbase.demo.run import PINS, open_demo_at, signed_in
from staffbase.kernel.access import STATION_ITSELF, Role
from staffbase.kernel.clock import OSLO, HeldClock
from staffbase.kernel.errors import NotFound
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.kernel.verify import Proof
from staffbase.opening import Opened
from staffbase.people.screen import DoorScreen
from staffbase.station import open_station
from staffbase.ui.faults import places
from staffbase.ui.small import too_small

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
PATIENCE = 120.0
"""Seconds in which whatever was typed must have been taken: else the program stands still."""
MOST_SCREENS = 60
"""Over all sections together; more is a stack that grows without end."""
WHO = {
    role: next(one.name for one in STAFF if one.role is role) for role in Role if any(one.role is role for one in STAFF)
}
_LARGE = ((80, 24), (80, 24), (100, 30), (120, 36), (120, 36), (200, 60))
_SIZES = ((20, 5), (40, 12), (79, 24), *_LARGE)
_FIRST_SIZE = (120, 36)
_NAMED = (
    "enter", "escape", "tab", "shift+tab", "space", "backspace", "delete", "up", "down", "left", "right", "home", "end",
    "pageup", "pagedown", "ctrl+s", "ctrl+p", "ctrl+l", "ctrl+o", "ctrl+n", "ctrl+c", "ctrl+v", "ctrl+x", "ctrl+z", "ctrl+y",
    "ctrl+a", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+t", "insert", "shift+up", "shift+down", "shift+right", "ctrl+right",
    "question_mark", "slash", "ctrl+at",
)  # fmt: skip
_LIKELY = ("enter", "escape", "tab", "down", "up", "ctrl+s")
_LETTERS = "abcdefghijklmnopqrstuvwxyzæøå"
_OTHERS = "0123456789.,:;-+*/=?!()[]{}<>@#%&'\" ÆØÅAZ"
_TEXTS = (*KEPT.values(), *REFUSED.values())


class Asked(StaffbaseApp):
    """Remembers that somebody asked it to end, be it in the palette."""

    CSS_PATH = [f"{Path(staffbase.app.__file__).parent}/{path}" for path in StaffbaseApp.CSS_PATH]
    asked_to_quit = False

    async def action_quit(self) -> None:
        self.asked_to_quit = True
        await super().action_quit()


class Monkey:
    """One role's hands on a house of their own, in this folder."""

    def __init__(self, folder: Path, role: Role, seed: int) -> None:
        self.role, self.seed = role, seed
        self._dice = random.Random(f"{seed} {role}")
        self._folder = folder
        self._clock = HeldClock(EVENING)
        self._identities = FileIdentities(folder / "identities")
        self._settings = Settings(home=folder / "house", language=self._dice.choice(("nb", "en")), backup_keep=0)
        self._name = WHO[role]
        self._pin = next(one.pin for one in STAFF if one.name == self._name)
        self._did: deque[str] = deque(maxlen=50)
        self._size = _FIRST_SIZE
        self._resizing = False
        """The window has a size now that the program may not have taken yet."""
        self.pressed = 0
        """How often something was pressed that somebody takes: not into a window that is too small."""
        self.sat_down = 0
        """How often the program was opened and ended as it should."""
        self.seen: Counter[str] = Counter()
        """How often each screen stood there when a key was pressed."""
        self.deepest = 0
        self.astray: list[str] = []
        """Faults in tasks that nobody waited for."""

    async def play(self, keys: int) -> None:
        """Press that many keys, opening the program again whenever it was closed."""
        open_demo_at(self._settings, EVENING, self._folder / "house", self._identities).close()
        asyncio.get_running_loop().set_exception_handler(self._astray)
        while self.pressed < keys:
            await self._sit_down(partial(self._press_on, keys=keys))

    async def hurry(self, times: int) -> None:
        """Sit down that many times, and each time leave while the program is busy with what was pressed last."""
        before = self.sat_down
        while self.sat_down < before + times:
            await self._sit_down(self._press_and_go)

    def verify(self) -> Proof:
        """Whether everything in the house is as staffbase wrote it."""
        station = open_station(self._settings, self._clock, self._identities)
        try:
            return station.verifications.verify(STATION_ITSELF)
        finally:
            station.close()

    def _astray(self, _loop: Any, context: dict[str, Any]) -> None:
        self.astray.append(f"{context['message']} {context.get('exception')!r}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong is told with the seed and what was done last."""
        try:
            yield
        except BaseException as error:
            did = "\n  ".join(self._did)
            error.add_note(places(error))
            error.add_note(f"{self.role}, seed {self.seed}, after {self.pressed} keys; the last ones:\n  {did}")
            raise

    async def _sit_down(self, press: Callable[[StaffbaseApp], Awaitable[bool]]) -> None:
        with self._told():
            station = open_station(self._settings, self._clock, self._identities)
            try:
                actor = signed_in(station, self._name)
            except NotFound:  # it has taken itself off the staff: another house
                station.close()
                shutil.rmtree(self._folder / "house")
                open_demo_at(self._settings, EVENING, self._folder / "house", self._identities).close()
                self._did.append("— a new house")
                return
            app = Asked(self._settings, self._clock, lambda _say: Opened(station, actor, PINS))
            try:
                self._size, self._resizing = _FIRST_SIZE, False
                async with app.run_test(size=self._size, notifications=True):
                    await self._ready(app)
                    asked_to_quit = await press(app)
                    closed = asked_to_quit or app.asked_to_quit
                    assert closed or not app._exit, "the program ended though nobody closed it"
                    await self._end(app)
            finally:
                app.close_station()
            assert app.fault is None, repr(app.fault)
            assert app.failure is None, repr(app.failure)
            assert not self.astray, self.astray
            self.sat_down += 1

    async def _end(self, app: StaffbaseApp) -> None:
        """As a shutdown of the PC does. Left to itself, the bench takes the screens away from under what goes on."""
        if not app._exit:
            app._told_to_end()
        assert app._task is not None
        _done, stands_still = await asyncio.wait({app._task}, timeout=PATIENCE)
        assert not stands_still, f"does not end: {app.screen}, {[str(worker) for worker in app.workers]}"

    async def _ready(self, app: StaffbaseApp) -> None:
        until = time.monotonic() + PATIENCE
        while not app.ready:
            assert time.monotonic() < until, "never ready"
            await asyncio.sleep(0.02)

    async def _press_on(self, app: StaffbaseApp, keys: int) -> bool:
        """True once the program was asked to end."""
        asked = False
        since_door = 0
        while self.pressed < keys and not app._exit:
            at_door = isinstance(app.screen, DoorScreen)
            since_door = since_door + 1 if at_door else 0
            if since_door > 40:
                return True  # the PIN is another by now: another window is opened
            for _one in range(self._dice.randint(1, 6)):
                if at_door and self._dice.random() < 0.2:
                    self._sign_in(app)
                    break
                asked = self._act(app) or asked
            await self._taken(app)
            self._look(app)
            if asked:
                for _wait in range(20):  # a quit that cannot keep a draft asks once more
                    if app._exit:
                        break
                    await asyncio.sleep(0.02)
        return asked

    async def _press_and_go(self, app: StaffbaseApp) -> bool:
        """A few handfuls of keys; nobody waits for what the last one does. True once the program was asked to end."""
        handfuls = self._dice.randint(2, 8)
        for handful in range(handfuls):
            for _one in range(self._dice.randint(1, 6)):
                if self._act(app):
                    return True
            if handful < handfuls - 1:
                await self._taken(app)
            if app._exit:
                return app.asked_to_quit
        if self._dice.random() < 0.5:
            self._key(app, "ctrl+q")
            return True
        await asyncio.sleep(self._dice.choice((0, 0, 0.001, 0.003, 0.01, 0.03)))
        return False

    def _look(self, app: StaffbaseApp) -> None:
        if app._exit:
            return
        stacks = [len(stack) for stack in app._screen_stacks.values()]
        self.seen[type(app.screen).__name__] += 1
        self.deepest = max(self.deepest, *stacks)
        assert sum(stacks) <= MOST_SCREENS, stacks

    def _act(self, app: StaffbaseApp) -> bool:
        """Do one thing. True when that was to close the program."""
        self._pass_time()
        if self._in_small_window and self._dice.random() < 0.25:  # nobody works long in one
            self._resize(app, *self._dice.choice(_LARGE))
            return False
        self._count()
        return self._do_anything(app)

    def _count(self) -> None:
        self.pressed += not (self._resizing or self._in_small_window)

    @property
    def _in_small_window(self) -> bool:
        return too_small(Size(*self._size))

    def _do_anything(self, app: StaffbaseApp) -> bool:
        chance = self._dice.random()
        if chance < 0.002:
            self._key(app, "ctrl+q")
            return True
        if chance < 0.012:
            self._resize(app, *self._dice.choice(_SIZES))
        elif chance < 0.03:
            self._paste(app, self._dice.choice(_TEXTS))
        elif chance < 0.08:
            self._click(app)
        elif chance < 0.3:
            self._key(app, self._dice.choice(_LIKELY))
        elif chance < 0.4:
            self._key(app, self._dice.choice(_NAMED))
        elif chance < 0.45:
            self._key(app, f"f{self._dice.randint(1, 12)}")
        elif chance < 0.8:
            self._key(app, self._dice.choice(_LETTERS))
        elif chance < 0.9:
            self._key(app, self._dice.choice("0123456"))
        else:
            self._key(app, self._dice.choice(_OTHERS))
        return False

    def _pass_time(self) -> None:
        chance = self._dice.random()
        passed = (
            0.05
            if chance < 0.1
            else 0.5
            if chance < 0.95
            else 5
            if chance < 0.995
            else self._dice.choice((280, 1300, 4000))
        )
        self._clock.move_to(self._clock.now() + timedelta(seconds=passed))

    def _sign_in(self, app: StaffbaseApp) -> None:
        self._did.append("— signs in")
        self._count()
        for key in ("escape", "ctrl+u", *self._name, "enter", *self._pin, "enter"):
            self._send(app, key)

    def _key(self, app: StaffbaseApp, key: str) -> None:
        self._did.append(key)
        self._send(app, key)

    def _send(self, app: StaffbaseApp, key: str) -> None:
        name = _character_to_key(key) if len(key) == 1 else key
        character = key if len(key) == 1 else {"space": " ", "question_mark": "?", "slash": "/"}.get(key)
        self._hand(app, events.Key(name, character))

    def _paste(self, app: StaffbaseApp, text: str) -> None:
        self._did.append(f"paste {text[:40]!r}{'…' if len(text) > 40 else ''}")
        self._hand(app, events.Paste(text))

    def _resize(self, app: StaffbaseApp, columns: int, rows: int) -> None:
        self._did.append(f"resize {columns}×{rows}")
        self._size, self._resizing = (columns, rows), True
        if isinstance(app._driver, HeadlessDriver):
            app._driver._size = (columns, rows)
        self._hand(app, events.Resize(Size(columns, rows), Size(columns, rows)))

    def _click(self, app: StaffbaseApp) -> None:
        x, y = self._dice.randrange(app.size.width), self._dice.randrange(app.size.height)
        kind = self._dice.choice(("click", "click", "click", "drag", "scroll down", "scroll up"))
        self._did.append(f"{kind} {x},{y}")
        if kind.startswith("scroll"):
            self._mouse(app, events.MouseScrollDown if kind.endswith("down") else events.MouseScrollUp, x, y)
            return
        self._mouse(app, events.MouseMove, x, y)
        self._mouse(app, events.MouseDown, x, y)
        if kind == "drag":
            x, y = self._dice.randrange(app.size.width), self._dice.randrange(app.size.height)
            self._mouse(app, events.MouseMove, x, y)
        self._mouse(app, events.MouseUp, x, y)

    def _mouse(self, app: StaffbaseApp, kind: type[events.MouseEvent], x: int, y: int) -> None:
        self._hand(app, kind(None, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y))

    def _hand(self, app: StaffbaseApp, event: events.Event) -> None:
        if app._driver is not None:
            app._driver.send_message(event)

    async def _taken(self, app: StaffbaseApp) -> None:
        """Until all that was typed is taken."""
        until = time.monotonic() + PATIENCE
        arrived = asyncio.Event()
        for _hop in range(3):  # from the driver into the app's line
            await asyncio.sleep(0)
        app.call_later(arrived.set)
        while not (arrived.is_set() or app._exit or app._exception):
            assert time.monotonic() < until, f"stands still on {app.screen}"
            await asyncio.sleep(0.001)
        while (app._typed or app._handing) and not app._exit:
            if app._exception is not None:
                raise app._exception
            waits = [str(worker) for _screen, worker in app._waited_for]
            assert time.monotonic() < until, f"stands still on {app.screen}: {len(app._typed)} typed, {waits}"
            await asyncio.sleep(0.002)
        while app.size != self._size and not (app._exit or app._exception):
            assert time.monotonic() < until, f"takes no size: {app.size} instead of {self._size}"
            await asyncio.sleep(0.002)
        self._resizing = False
        if app._exception is not None:
            raise app._exception

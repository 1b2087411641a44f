"""The app as pictures and layout checks need it: it can be asked whether it stands still.

That is asked of the app itself and not guessed from the time that has passed: no work under way, no message unread, no
key held back, nothing to lay out or to paint. A busy machine takes longer to come there, and shows the same.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from textual import events
from textual._compositor import Compositor
from textual.dom import DOMNode
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.messages import Prompt
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import OptionList
from textual.worker import Worker, get_current_worker

from staffbase.app import StaffbaseApp
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import DatabaseDamaged
from staffbase.kernel.settings import Settings
from staffbase.opening import AsksFirst, Opener
from staffbase.ui.dialog import FormDialog
from staffbase.ui.job import FoundDamaged

GIVEN_UP_AFTER = 60.0
"""Seconds without standing still: something is wrong, and it is said what never ended."""
_LOOKS_IN_A_ROW = 2
"""A message may be on its way from one widget to the next while all of them are asked."""
_SHORT_TIMER = 1.0
"""Seconds; a timer of at most this holds something back that is about to be shown (a key, a search)."""
_SHOWN_FOR_LONG = 3600.0
_PRINTS = {"space": " ", "minus": "-", "comma": ",", "slash": "/", "question_mark": "?"}
"""What keys with a name of their own type."""


class StillApp(StaffbaseApp):
    """The same app; what it says in passing stays, and nothing moves."""

    CSS_PATH = [f"../{path}" for path in StaffbaseApp.CSS_PATH]

    def __init__(
        self, settings: Settings, clock: HeldClock, opener: Opener, asks: AsksFirst = lambda _error: None
    ) -> None:
        super().__init__(settings, clock, opener, asks)
        self.held = clock
        self.animation_level = "none"
        self._asking: set[Worker[Any]] = set()

    def _register(self, parent: DOMNode, *widgets: Widget, **how: Any) -> list[Widget]:
        """A screen is painted when a picture is made of it; what nobody sees in between takes a third of the time."""
        for one in widgets:
            if isinstance(one, Screen):
                one._compositor.render_update = partial(_painted_whole, one._compositor)  # type: ignore[method-assign]
        return super()._register(parent, *widgets, **how)

    def _tick(self) -> None:
        """A second of the machine's clock changes nothing: what comes with time is looked at when the app comes to rest."""

    def notify(self, message: str, **how: Any) -> None:
        """A message goes when somebody takes it away, and not by the clock."""
        super().notify(message, **{**how, "timeout": _SHOWN_FOR_LONG})

    async def push_screen_wait(self, screen: Any, *, mode: str | None = None) -> Any:
        """A job that asks somebody is no work under way until it is answered."""
        worker = get_current_worker()
        self._asking.add(worker)
        try:
            return await super().push_screen_wait(screen, mode=mode)
        finally:
            self._asking.discard(worker)

    async def press(self, key: str) -> None:
        """Press one key, by Textual's name for it, and stand still."""
        event = events.Key(key, key if len(key) == 1 else _PRINTS.get(key))
        event.set_sender(self)
        self.post_message(event)
        await self.stand_still()

    async def grow_to(self, columns: int, rows: int) -> None:
        """Give the terminal another size, and stand still."""
        size = Size(columns, rows)
        if isinstance(self._driver, HeadlessDriver):
            self._driver._size = (columns, rows)
        self.post_message(events.Resize(size, size))
        await self.stand_still()

    async def stand_still(self) -> None:
        """Until nothing is under way. Raises TimeoutError, saying what is, when that never comes."""
        began = time.monotonic()
        still = 0
        while still < _LOOKS_IN_A_ROW:
            await self._all_read()
            if self._resize_event is not None:
                self._check_resize()
            if why := next(self._under_way(), None):
                still = 0
                if time.monotonic() - began > GIVEN_UP_AFTER:
                    raise TimeoutError(why)
                await asyncio.sleep(0.002)
            else:
                still += 1

    async def come_to_rest(self) -> None:
        """Stand still with all kept and shown that the next second would keep and show by itself."""
        await self.stand_still()
        for screen in self.screen_stack:
            if isinstance(screen, FormDialog):
                screen._keep()
        await self.stand_still()
        super()._tick()
        await self.stand_still()

    async def meet_damage(self, error: DatabaseDamaged) -> None:
        """As when a job could not read part of the database; whoever signs in is told."""
        self.post_message(FoundDamaged(error))
        await self.come_to_rest()

    def lay_out_behind(self) -> None:
        """Lay out anew, as if for the first time, what kept something of another size behind a dialog.

        A list may have been laid out with rows that were drawn for another width; and a scrollbar that stands makes its own
        text so narrow that it needs it.
        """
        for screen in self._background_screens:
            for widget in screen.query(Widget):
                if widget.styles.overflow_y == "auto" and widget.show_vertical_scrollbar:
                    widget.show_vertical_scrollbar = False
                    widget.refresh(layout=True)
                elif isinstance(widget, OptionList):
                    widget.refresh(layout=True)

    def paint_anew(self) -> None:
        """Forget what dialogs have painted of the screens behind them: they keep it, and nobody told them of what changed there."""
        for screen in self._shown_screens():
            screen._set_dirty()

    def _shown_screens(self) -> list[Screen[Any]]:
        """The foremost screen, and what may be seen behind it."""
        return [self.screen, *(self._background_screens if isinstance(self.screen, ModalScreen) else ())]

    def _all_shown(self) -> Iterator[DOMNode]:
        yield self
        for screen in self._shown_screens():
            yield from screen.walk_children(with_self=True)

    async def _all_read(self) -> None:
        """Until every widget in sight has read the messages that wait for it now, also behind a dialog."""
        read = asyncio.Event()
        left = 0

        def one_read() -> None:
            nonlocal left
            left -= 1
            if not left:
                read.set()

        for node in list(self._all_shown()):
            left += node.call_later(one_read)
        waiting = [asyncio.ensure_future(read.wait()), asyncio.ensure_future(self._exception_event.wait())]
        try:
            await asyncio.wait(waiting, timeout=GIVEN_UP_AFTER, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        if self._exception is not None:
            raise self._exception
        for screen in self._shown_screens():
            if screen is not self.screen:
                _paint_nothing(screen)
            if screen is self.screen or screen._layout_required:
                screen._on_timer_update()  # what is due sixty times a second

    def _under_way(self) -> Iterator[str]:
        """What is not done yet, in words."""
        if not self.ready and not self._asking:
            yield "opening"
        for worker in self.workers:
            if not worker.is_finished and worker not in self._asking:
                yield f"work: {worker}"
        for screen in self._shown_screens():
            if screen._callbacks or (screen is self.screen and screen._dirty_widgets):
                yield f"painting: {screen}"
        for node in self._all_shown():
            if node._next_callbacks or not _only_prompts(node):
                yield f"messages: {node}"
            if isinstance(node, Widget) and (
                node._layout_required or node._recompose_required or node._scroll_required
            ):
                yield f"layout: {node}"
            if _holds_back(node):
                yield f"timer: {node}"


def _painted_whole(compositor: Compositor, full: bool = False, **how: Any) -> Any:
    """What a compositor gives to paint: all, where it is asked for all."""
    if full:
        return Compositor.render_update(compositor, full=True, **how)
    compositor._dirty_regions.clear()
    return None


def _paint_nothing(screen: Screen[Any]) -> None:
    """A screen behind a dialog has nothing to paint: a picture paints it whole, and each look at it would ask for more."""
    screen._dirty_widgets.clear()
    screen._compositor._dirty_regions.clear()
    screen._repaint_required = False


def _only_prompts(node: MessagePump) -> bool:
    """Whether nothing waits to be read, or only the reminder to be idle."""
    waiting: Iterable[Message | None] = node._message_queue.values
    return all(isinstance(one, Prompt) for one in waiting)


def _holds_back(node: MessagePump) -> bool:
    """Whether something is to happen here in a moment, once."""
    return any(
        timer._repeat == 0 and timer._interval <= _SHORT_TIMER and timer._task is not None and not timer._task.done()
        for timer in node._timers
    )

"""What is typed is handed on in order: each key once the one before it has done its work, to the screen it was meant for.

Textual hands a key at once to whatever has the focus. What the key does comes after: a dialog is put up, a draft is read,
a field gets the focus; a key typed in between would go nowhere, or act on the screen below. Here it waits until the screen
it was meant for can take it. A person at three in the morning types ahead of a slow machine, and loses nothing.
"""

import asyncio
import time
from collections import deque
from typing import Any, TypeVar

from textual import events, work
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.worker import Worker

from staffbase.ui.pasting import keep_pastes_whole
from staffbase.ui.terminal import outliving

Result = TypeVar("Result")

_ROUNDS = 2
"""A key's own work (its binding), then what that sent out (a field that was answered, a focus that was asked for)."""
_LOOK_AGAIN_SECONDS = 0.005
_LOST_SECONDS = 0.05


class Passed(Message):
    """Goes the way that a key goes; when it is through, everything before it is."""

    def __init__(self) -> None:
        super().__init__()
        self.through = asyncio.Event()


class InOrder(App[Result]):
    """An app that hands on keys, pastes and clicks in order. Jobs say what keys wait for (see staffbase.ui.job)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed: deque[events.Event] = deque()
        self._in_hand: events.Event | None = None
        self._handed = asyncio.Event()
        self._waited_for: list[tuple[Screen[Any], Worker[Any]]] = []
        self._handing = False
        self._acted = True
        """Whether what was handed on last may have done more than put a letter into a field."""

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver, which hands on a paste whole and outlives its terminal."""
        driver = super().get_driver_class()
        keep_pastes_whole(driver)
        return outliving(driver)

    @property
    def arrived_at(self) -> float:
        """When what is in hand was typed, in seconds of time.monotonic; a busy program does not make it later."""
        return time.monotonic() if self._in_hand is None else self._in_hand.time

    def arrives(self, event: events.Event) -> bool:  # noqa: ARG002  (for apps that look at it)
        """Something was typed or clicked, just now. False takes no notice of it."""
        return True

    def keys_wait_for(self, screen: Screen[Any], worker: Worker[Any]) -> None:
        """Keys wait for this work, as long as this screen stands on top."""
        self._waited_for.append((screen, worker))

    def forget_gone(self) -> None:
        """Nothing waits any more for screens that were taken away; they must not be held here."""
        self._waited_for = [one for one in self._waited_for if _stands(one[0])]

    async def on_event(self, event: events.Event) -> None:
        """Puts what was typed in line, and takes what is next in it."""
        if not isinstance(event, events.InputEvent | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif event is self._in_hand:
            try:
                if not self._closing_down and not self._on_what_is_gone(event):
                    await super().on_event(event)
            finally:
                self._handed.set()
        elif not self._closing_down and self.arrives(event):
            self._typed.append(event)
            if not self._handing:
                self._handing = True
                self._hand_on()

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Letters work in both cases and never differ by case, with ctrl too."""
        if len(key) == 1:
            key = key.lower()
        if await super()._check_bindings(key, priority):
            return True
        small = key.replace("shift+", "")
        return (
            small != key
            and len(small.rpartition("+")[2]) == 1
            and await super()._check_bindings(small.lower(), priority)
        )

    @work(group="typed")
    async def _hand_on(self) -> None:
        try:
            while self._typed and not self._closing_down:
                if self._acted or not self._is_letter(self._typed[0]) or self._waits():
                    await self._until_quiet()
                if self._closing_down:
                    return
                event = self._typed.popleft()
                self._acted = not self._is_letter(event)
                self._in_hand = event
                self._handed.clear()
                if not self.post_message(event):
                    return  # the app is closing
                await self._handed.wait()
        finally:
            self._handing = False

    def _is_letter(self, event: events.Event) -> bool:
        """Whether this only puts a letter into the field one stands in, or only moves the mouse."""
        if isinstance(event, events.MouseMove):
            return True
        return isinstance(event, events.Key) and event.is_printable and isinstance(self.focused, Input | TextArea)

    @property
    def _closing_down(self) -> bool:
        """Whether no screen stands any more: the program ends, and what is still in line goes nowhere."""
        return not self.screen_stack

    def _on_what_is_gone(self, event: events.Event) -> bool:
        """Whether this is a click on what was taken away and is only not painted over yet: Textual fails on it."""
        if not isinstance(event, events.MouseEvent):
            return False
        under, _offset = self.screen.get_widget_and_offset_at(event.x, event.y)
        return under is not None and under is not self.screen and not _stands(under)

    def _waits(self) -> bool:
        self._waited_for = [one for one in self._waited_for if not (one[1].is_finished or one[1].is_cancelled)]
        return not self._closing_down and any(screen is self.screen for screen, _worker in self._waited_for)

    async def _until_quiet(self) -> None:
        """Until what was handed on is done, and the screen that stands now can take more."""
        await self._pass_through()
        while self._waits():
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            await self._pass_through()

    async def _pass_through(self) -> None:
        for _round in range(_ROUNDS):
            if self._closing_down:
                return
            await self._passed(self.focused or self.screen)

    async def _passed(self, start: Widget) -> None:
        """Until everything that was on its way from here upwards has arrived. A screen begins with being put up."""
        passed = Passed()
        begun = start.post_message(passed)
        while begun and not passed.through.is_set():
            try:
                await asyncio.wait_for(passed.through.wait(), _LOST_SECONDS)
            except TimeoutError:
                begun = _stands(start)  # else it was taken away, and what was on its way with it

    def on_passed(self, message: Passed) -> None:
        """It is through."""
        message.through.set()


def _stands(widget: Widget) -> bool:
    return widget.is_attached and not widget._closing and not widget._closed  # noqa: SLF001  (Textual has no other way)

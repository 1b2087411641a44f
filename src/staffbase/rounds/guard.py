"""Keeps a held or slipped key from answering more than it should, on any screen where one key is one act."""

from collections.abc import Callable

from textual.dom import DOMNode
from textual.timer import Timer

from staffbase.rounds.held_key import DEBOUNCE_SECONDS, HeldKey, Pressed
from staffbase.ui.desk import Desk


class KeyGuard:
    """Passes a key on to `take` once it is no repeat of a held one; `refuse` is told of those that do not count.

    What counts is when a key was pressed: on a busy machine the turn of two deliberate keys may come together.
    """

    def __init__(self, node: DOMNode, desk: Desk, take: Callable[[str], None], refuse: Callable[[], None]) -> None:
        self._node, self._desk, self._take, self._refuse = node, desk, take, refuse
        self._held = HeldKey()
        self._waiting: str | None = None
        self._timer: Timer | None = None

    def press(self, name: str) -> None:
        """A key was pressed, by the name of what it does."""
        verdict = self._held.press(name, self._desk.pressed_at)
        if verdict is Pressed.IGNORE:
            self._drop()
            self._refuse()
            return
        self.flush()
        if verdict is Pressed.TAKE:
            self._take(name)
        else:
            self._waiting = name
            self._timer = self._node.set_timer(DEBOUNCE_SECONDS, self.flush)

    def flush(self) -> None:
        """Take the key that waits, if one does: what comes next is another key."""
        name = self._waiting
        self._drop()
        if name is not None:
            self._take(name)

    def forget(self) -> None:
        """Something else was done in between; the next key is a new one."""
        self._drop()
        self._held = HeldKey()

    def _drop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer, self._waiting = None, None

"""Fingers on the outcome keys: which key is held or slipped on, and which keys lie beside which. Pure."""

from enum import StrEnum

DEBOUNCE_SECONDS = 0.3
"""An outcome key sooner after the one before is a held key or a slip."""
REPEAT_DELAY = 1.0
"""Seconds within which every keyboard has begun to repeat a held key."""

KEYBOARD = ("qwertyuiopå", "asdfghjkløæ", "zxcvbnm,.-")
"""The letter rows of the Norwegian layout; each row is shifted half a key to the right of the one above."""


class Pressed(StrEnum):
    """What to do with an outcome key that was pressed."""

    TAKE = "take"
    WAIT = "wait"
    """Take it unless the same key follows within the debounce: then it is held."""
    IGNORE = "ignore"


class HeldKey:
    """Tells answers from a key that is held or slipped on; a terminal reports no release, only repeats.

    A key sooner than 300 ms after the one before is ignored. A held key repeats for the first time after a longer delay
    (up to a second, as keyboards are set), so the same key again within that time must stand alone for 300 ms.
    Seconds are monotonic.
    """

    def __init__(self) -> None:
        self._last: float | None = None
        self._key = ""
        self._held = False

    def press(self, key: str, now: float) -> Pressed:
        """What to do with this key, pressed now."""
        since = None if self._last is None else now - self._last
        same = key == self._key
        self._last, self._key = now, key
        if since is None or since >= REPEAT_DELAY or (since >= DEBOUNCE_SECONDS and not same):
            self._held = False
            return Pressed.TAKE
        if since < DEBOUNCE_SECONDS:
            self._held = True
            return Pressed.IGNORE
        if self._held:
            self._held = False
            return Pressed.TAKE
        return Pressed.WAIT


def neighbours(key: str) -> set[str]:
    """The keys that touch this key on the Norwegian keyboard."""
    found = set()
    for row, letters in enumerate(KEYBOARD):
        if key not in letters:
            continue
        at = letters.index(key) + row / 2
        for other_row in (row - 1, row, row + 1):
            if 0 <= other_row < len(KEYBOARD):
                found |= {
                    letter
                    for place, letter in enumerate(KEYBOARD[other_row])
                    if letter != key and abs(place + other_row / 2 - at) <= 1
                }
    return found

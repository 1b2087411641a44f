"""A paste comes in whole, with whatever is in it; a field then takes it or refuses it with a sentence.

Textual looks for keys between the two marks of a paste, too: an escape byte in it (text copied out of another terminal)
breaks it up, and its parts arrive as keys, in another order, where they are saved or do something. NUL it drops unsaid.
"""

import sys
from collections.abc import Generator, Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.message import Message

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
"""The marks a terminal puts around a paste (xterm control sequences, bracketed paste mode)."""


class WholePastes(XTermParser):
    """Textual's parser of what a terminal sends, but for what stands between the marks."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: list[str] | None = None
        """The paste so far; None while there is none."""
        self._kept = ""
        """The last that came and may be the beginning of a mark: a terminal's bytes are cut anywhere."""

    def feed(self, data: str) -> Iterable[Message]:
        """What the data holds, in order. Empty data is the end of the input."""
        if not data:
            yield from super().feed(data)
        while data:
            data = yield from self._typed(data) if self._pasted is None else self._in_paste(self._pasted, data)

    def _typed(self, data: str) -> Generator[Message, None, str]:
        """Hand it on at once, up to where a paste begins. Returns the rest."""
        known = self._kept + data
        at = known.find(PASTE_BEGINS)
        if at < 0:
            self._kept = known[1 - len(PASTE_BEGINS) :]
            yield from super().feed(data)
            return ""
        end = at + len(PASTE_BEGINS) - len(self._kept)
        self._pasted, self._kept = [], ""
        yield from super().feed(data[:end])
        return data[end:]

    def _in_paste(self, pasted: list[str], data: str) -> Generator[Message, None, str]:
        """Keep it until the paste ends; then tell it. Returns the rest."""
        known = self._kept + data
        text, mark, rest = known.partition(PASTE_ENDS)
        if not mark:
            self._kept = known[1 - len(PASTE_ENDS) :]
            pasted.append(known.removesuffix(self._kept))
            return ""
        self._pasted, self._kept = None, ""
        for message in super().feed(mark):  # it saw an empty one
            if not isinstance(message, events.Paste):
                yield message
        yield events.Paste("".join([*pasted, text]))
        return rest


def keep_pastes_whole(driver: type[Driver]) -> None:
    """Let this driver read what a terminal sends with that parser; Textual has no setting for it."""
    names = vars(sys.modules[driver.__module__])
    if "XTermParser" in names:
        names["XTermParser"] = WholePastes

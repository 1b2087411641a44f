"""What a screen opened, so that it stands in the ledger once: the first look is an opening, a look again is none.

A look that failed showed nothing and wrote nothing: the next one is the opening. A refresh that replaces the one which is
opening waits for it, and so never shows a record of which nobody knows yet whether the ledger has it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any, TypeVar

R = TypeVar("R")


class Openings:
    """The openings of one screen, each by what was looked at."""

    def __init__(self) -> None:
        self._written: set[Hashable] = set()
        self._under_way: dict[Hashable, asyncio.Future[Any]] = {}

    async def look(self, at: Hashable, read: Callable[[bool], Awaitable[R]]) -> R:
        """What `read` gives; it is told whether this look is the opening. Raises what `read` raises."""
        while (before := self._under_way.get(at)) is not None:
            await asyncio.wait({before})
        if at in self._written:
            return await read(False)
        opening = asyncio.ensure_future(read(True))
        self._under_way[at] = opening
        opening.add_done_callback(partial(self._opened, at))
        return await asyncio.shield(opening)

    def written(self, at: Hashable) -> None:
        """This is what was looked at by another name."""
        self._written.add(at)

    def forget(self, at: Hashable) -> None:
        """The next look at it is an opening again."""
        self._written.discard(at)

    def _opened(self, at: Hashable, opening: asyncio.Future[Any]) -> None:
        del self._under_way[at]
        if not opening.cancelled() and opening.exception() is None:
            self._written.add(at)

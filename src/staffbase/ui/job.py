"""Work off the event loop, declared in one way.

`@job()` runs an async method as a worker of its screen; what a person can understand (StaffbaseError) becomes a message,
anything else is a fault and ends the program loudly. `ask` runs a service function in a thread, as the signed-in actor.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from textual import work
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.worker import Worker

from staffbase.kernel.access import Actor
from staffbase.kernel.errors import NobodySignedIn, StaffbaseError
from staffbase.ui.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N", bound="_HasApp")


class _HasApp(Protocol):
    @property
    def app(self) -> Any: ...


def job(
    *, exclusive: bool = False, group: str = "default"
) -> Callable[[Callable[Concatenate[N, P], Awaitable[Any]]], Callable[Concatenate[N, P], Worker[None]]]:
    """Declare a job. `exclusive` is for reads only: a newer one in the same group replaces the one under way."""

    def declare(method: Callable[Concatenate[N, P], Awaitable[Any]]) -> Callable[Concatenate[N, P], Worker[None]]:
        @wraps(method)
        async def run(self: N, *args: P.args, **kwargs: P.kwargs) -> None:
            try:
                await method(self, *args, **kwargs)
            except NobodySignedIn:
                pass  # the door is shut: what was typed is kept as a draft, and there is nobody to tell
            except StaffbaseError as error:
                self.app.notify(str(error), severity="error", markup=False, timeout=12)
            except NoMatches:
                if _stands(self):
                    raise  # else it was closed while the service answered, and there is nothing left to show it on

        return work(exclusive=exclusive, group=group)(run)

    return declare


def _stands(owner: Any) -> bool:
    """Whether the app, or the screen of this widget, is still there."""
    if owner is owner.app:
        return True
    try:
        screen = owner.screen
    except NoScreen:
        return False
    stacks = owner.app._screen_stacks.values()  # noqa: SLF001  (Textual has no other way to all of them)
    return any(screen in stack for stack in stacks)


class Asks:
    """For screens and dialogs: ask a service something, in a thread, as the person who is signed in."""

    desk: Desk

    async def ask(self, function: Callable[Concatenate[Actor, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The answer of a service function, which gets the actor as its first argument."""
        return await asyncio.to_thread(function, self.desk.actor, *args, **kwargs)

"""Work off the event loop, declared in one way.

`@job()` runs an async method as a worker of its screen; what a person can understand (StaffbaseError) becomes a message,
anything else is a fault and ends the program loudly. `ask` runs a service function in a thread, as the signed-in actor.

What is typed while a job runs waits for it, as long as the screen it was begun on stands on top: a job that puts up a
dialog gets every key the dialog was meant to get (see staffbase.ui.in_order).
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial, update_wrapper, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from textual import work
from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.message import Message
from textual.widget import MountError
from textual.worker import Worker

from staffbase.kernel.access import Actor
from staffbase.kernel.errors import DatabaseDamaged, NobodySignedIn, StaffbaseError
from staffbase.ui.desk import Desk
from staffbase.ui.in_order import InOrder

P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N", bound="_HasApp")


class _HasApp(Protocol):
    @property
    def app(self) -> Any: ...


class FoundDamaged(Message):
    """To the app: a job met a part of the database that cannot be read."""

    def __init__(self, error: DatabaseDamaged) -> None:
        super().__init__()
        self.error = error


def job(
    *, exclusive: bool = False, group: str = "default", behind: bool = False
) -> Callable[[Callable[Concatenate[N, P], Awaitable[Any]]], Callable[Concatenate[N, P], Worker[None]]]:
    """Declare a job. `exclusive` is for reads only: a newer one in the same group replaces the one under way.

    Keys do not wait for what goes on `behind` that which one does (autosave, the tick), nor for an exclusive read.
    """

    def declare(method: Callable[Concatenate[N, P], Awaitable[Any]]) -> Callable[Concatenate[N, P], Worker[None]]:
        @wraps(method)
        async def run(self: N, *args: P.args, **kwargs: P.kwargs) -> None:
            try:
                await method(self, *args, **kwargs)
            except NobodySignedIn:
                pass  # the door is shut: what was typed is kept as a draft, and there is nobody to tell
            except StaffbaseError as error:
                _refuse(self, str(error))
                if isinstance(error, DatabaseDamaged):
                    self.app.post_message(FoundDamaged(error))
            except (MountError, NoMatches, ScreenStackError):
                if _stands(self):
                    raise  # else it was closed while the service answered, and there is nothing left to show it on

        begin = work(exclusive=exclusive, group=group)(run)
        if behind or exclusive:
            return begin

        def begin_before_keys(self: N, /, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
            return keys_wait(self, partial(begin, self, *args, **kwargs))

        update_wrapper(begin_before_keys, method)
        return begin_before_keys

    return declare


def keys_wait(owner: Any, begin: Callable[[], Worker[None]]) -> Worker[None]:
    """Begin this work; what is typed from now on waits for it, as long as the screen that stands now is on top."""
    screen = owner.app.screen
    worker = begin()  # it may put up another screen at once
    if isinstance(owner.app, InOrder):
        owner.app.keys_wait_for(screen, worker)
    return worker


def _refuse(owner: Any, sentence: str) -> None:
    """A dialog says it at its foot, where it covers nothing that one reads; elsewhere it is a message over the screen."""
    if not owner.app.is_running:
        return  # the program ends, and there is nobody left to tell: what was typed is a draft
    if owner.app.screen is owner and owner.query("#dialog-fault"):
        owner.say(sentence)
    else:
        owner.app.notify(sentence, severity="error", markup=False, timeout=12)


def _stands(owner: Any) -> bool:
    """Whether the app, or the screen of this widget, is still there; in an app that closes none is."""
    stays = owner.app.is_running and not owner.app._exit  # noqa: SLF001  (screens are taken down before it stops running)
    if owner is owner.app or not stays:
        return bool(stays)
    try:
        screen = owner.screen
    except NoScreen:
        return False
    stacks = owner.app._screen_stacks.values()  # noqa: SLF001  (Textual has no other way to all of them)
    return any(screen in stack for stack in stacks)


class Asks:
    """For screens and dialogs: ask a service something, in a thread, as the person who is signed in."""

    desk: Desk
    again: Callable[[], Any] | None = None
    """How it is built anew, for whoever locked the screen over it and comes back (see staffbase.ui.ways_back)."""

    async def ask(self, function: Callable[Concatenate[Actor, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The answer of a service function, which gets the actor as its first argument."""
        return await asyncio.to_thread(function, self.desk.actor, *args, **kwargs)

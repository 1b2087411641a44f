"""Work that may never end, because a drive on another machine does not answer: apart, so that nobody waits for it for ever.

A thread that stands in such a drive can be neither cut short nor taken back. It is none of a pool, which would lose it for
good, and the program ends without it.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from errno import ETIMEDOUT
from pathlib import Path
from typing import TypeVar

R = TypeVar("R")

ANSWER_SECONDS = 5.0
"""How long a folder may take to answer: a slow drive takes a second or two, one that is away takes for ever."""

_under_way: set[threading.Thread] = set()
_silent: dict[Path, Future[object]] = {}
"""Questions that were given up, by the folder that owes the answer."""
_lock = threading.Lock()


def apart(work: Callable[[], R]) -> Future[R]:
    """Begin this in a thread that the end of the program does not wait for."""
    told: Future[R] = Future()
    told.set_running_or_notify_cancel()  # what is under way cannot be taken back, whoever stops waiting for it
    context = copy_context()

    def run() -> None:
        try:
            found = context.run(work)
        except BaseException as error:  # noqa: BLE001  (it is raised where somebody waits for it)
            told.set_exception(error)
        else:
            told.set_result(found)
        finally:
            _under_way.discard(thread)

    thread = threading.Thread(target=run, name="apart", daemon=True)
    _under_way.add(thread)
    thread.start()
    return told


def all_ended(seconds: float) -> bool:
    """Whether all that was begun apart has ended, at the latest so many seconds from now."""
    until = time.monotonic() + seconds
    for thread in list(_under_way):
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in list(_under_way))


def answer_of(folder: Path, ask: Callable[[], R]) -> R:
    """What a folder says that may lie on another machine.

    Raises TimeoutError, which is an OSError, when it does not answer; from then on at once, until the question that was
    given up is answered after all: one thread stands in it, and no more. Raises what `ask` raises.
    """
    with _lock:
        given_up = _silent.get(folder)
        if given_up is not None and not given_up.done():
            raise _no_answer(folder)
        _silent.pop(folder, None)
    told = apart(ask)
    try:
        return told.result(ANSWER_SECONDS)
    except TimeoutError:
        if told.done():
            raise  # the drive itself said so
        with _lock:
            _silent[folder] = told  # type: ignore[assignment]  # only whether it is done is asked
        raise _no_answer(folder) from None


def _no_answer(folder: Path) -> TimeoutError:
    return TimeoutError(ETIMEDOUT, os.strerror(ETIMEDOUT), str(folder))


__all__ = ["ANSWER_SECONDS", "all_ended", "answer_of", "apart"]

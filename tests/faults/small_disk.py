"""A small disk of our own (tmpfs), that can be full and can be made read-only: for real, so it needs the right to mount."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import ENOSPC
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.event import listen
from sqlalchemy.pool import Pool

_BLOCK = 4096


class SmallDisk:
    """A few megabytes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._ballast = root / "ballast"

    @property
    def free(self) -> int:
        return shutil.disk_usage(self.root).free

    def fill(self, leave: int = 0) -> None:
        """Fill it up but for so many bytes (whole blocks)."""
        gc.collect()  # what is deleted and still held open would make room later
        held = self._ballast.stat().st_size if self._ballast.exists() else 0
        wanted = max(0, self.free + held - leave) // _BLOCK * _BLOCK
        descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, min(held, wanted))
            if wanted:
                os.posix_fallocate(descriptor, 0, wanted)
        except OSError as error:
            if error.errno != ENOSPC:
                raise
        finally:
            os.close(descriptor)

    def make_room(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def read_only(self, *, now: bool) -> None:
        """As a disk is that the system has stopped writing to."""
        _mount("-o", f"remount,{'ro' if now else 'rw'}", str(self.root))


@contextmanager
def small_disk(root: Path, megabytes: int = 8) -> Iterator[SmallDisk]:
    """A disk at this place, gone at the end. Skips the test where nobody may mount one."""
    root.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(root))
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the right to mount a small disk: run as root")
    try:
        yield SmallDisk(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)


_waiting: list[Callable[[str, tuple[Any, ...]], None]] = []
"""Who else wants room, once this program does something. Python keeps a hook for ever, so there is one for all of them."""


@cache
def _listen() -> None:
    def tell(event: str, said: tuple[Any, ...]) -> None:
        for one in tuple(_waiting):
            one(event, said)

    sys.addaudithook(tell)
    listen(Pool, "connect", lambda *_connection: tell("connect", ()))  # the database's own files are opened unheard


@contextmanager
def room_taken(disk: SmallDisk, leave: int, when: Callable[[str, tuple[Any, ...]], bool]) -> Iterator[None]:
    """Somebody else fills the disk up, but for so many bytes, just before this program does that: see sys.audit, and “connect”."""

    def take(event: str, said: tuple[Any, ...]) -> None:
        if when(event, said) and take in _waiting:
            _waiting.remove(take)
            disk.fill(leave)

    _listen()
    _waiting.append(take)
    try:
        yield
    finally:
        if take in _waiting:
            _waiting.remove(take)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)

"""A small disk of our own (tmpfs), that can be full and can be made read-only: for real, so it needs the right to mount."""

import gc
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOSPC
from pathlib import Path

import pytest

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
        wanted = max(0, self.free - leave) // _BLOCK * _BLOCK
        with suppress(FileNotFoundError):
            wanted += self._ballast.stat().st_size
        descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
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


@contextmanager
def room_taken(disk: SmallDisk, begun: Path, leave: int, pattern: str = "*") -> Iterator[None]:
    """Somebody else fills the disk up, but for so many bytes, as soon as such a file stands in this folder."""
    over = threading.Event()

    def take() -> None:
        while not over.is_set():
            if any(begun.glob(pattern)):
                disk.fill(leave)
                return

    other = threading.Thread(target=take)
    other.start()
    try:
        yield
    finally:
        over.set()
        other.join()


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)

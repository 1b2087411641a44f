"""Drives that do not answer: whoever touches them waits, for real, until they are gone. So they need the right to mount."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DETACH = 2


@contextmanager
def hung_drive(root: Path) -> Iterator[None]:
    """One in the place of this folder, which comes into view again at the end. Skips the test where nobody may mount one.

    It is a file system in user space whose user never answers; once its device is closed, all who wait get an error.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        pytest.skip("needs /dev/fuse and the right to mount: run as root")
    told = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    if libc.mount(b"hung", os.fsencode(root), b"fuse", 0, told.encode()):
        os.close(device)
        pytest.skip("needs the right to mount: run as root")
    try:
        yield
    finally:
        libc.umount2(os.fsencode(root), _DETACH)
        os.close(device)


class FreezingDrive:
    """One that can be read, and at times holds up whoever writes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._frozen = False

    def freeze(self, *, now: bool) -> None:
        if now != self._frozen:
            subprocess.run(["fsfreeze", "-f" if now else "-u", str(self._root)], check=True)
            self._frozen = now


@contextmanager
def freezing_drive(root: Path) -> Iterator[FreezingDrive]:
    """One in the place of this folder, gone at the end. Skips the test where nobody may mount one."""
    image = root.with_name(f"{root.name}.image")
    with image.open("wb") as out:
        out.truncate(32 << 20)
    try:
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
        subprocess.run(["mount", "-o", "loop,noatime", str(image), str(root)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the right to mount a file as a disk: run as root")
    drive = FreezingDrive(root)
    try:
        yield drive
    finally:
        drive.freeze(now=False)
        subprocess.run(["umount", "--lazy", str(root)], check=True)

"""A drive whose server is away: whoever touches it waits, for real, until it is gone. So it needs the right to mount."""

import ctypes
import os
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

"""What a disk may refuse, for real and without mounting one: that a file grows beyond a size, that one is deleted."""

import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Writing beyond so many bytes fails with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


@contextmanager
def kept_by_the_disk(*files: Path) -> Iterator[None]:
    """Nobody can change or delete these. Skips the test where nobody may say so, or the disk knows no such thing."""
    if subprocess.run(["chattr", "+i", *files], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to change a file's attributes: run as root")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)

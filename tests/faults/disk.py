"""What a power cut might have left of a folder: every write, sync and name recorded (disk.c), cut anywhere, and replayed.

Everything up to a file's last sync is on the disk. Of each later write every sector is there or not, by chance, so that
writes are reordered and torn; a file that was made, renamed or removed is so only once its folder was synced, else by
chance. What was in the memory that SQLite shares (-shm) is gone.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

import pytest

_HEAD = struct.Struct("<B3xIQQQ")
_SECTORS = (512, 4096)
_SOURCE = Path(__file__).with_name("disk.c")
_MISSING = "needs a C compiler: Debian's packages gcc and libc6-dev"


@cache
def witness() -> Path:
    """The compiled disk.c. Skips the test where there is no compiler, or no LD_PRELOAD."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs Linux: what is written is recorded through LD_PRELOAD")
    if shutil.which("cc") is None:
        pytest.skip(_MISSING)
    made = Path(mkdtemp(prefix="staffbase-disk-")) / "disk.so"
    compiled = subprocess.run(
        ["cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", made, _SOURCE, "-ldl", "-lpthread"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "stdio.h" in compiled.stderr:
        pytest.skip(_MISSING)
    assert compiled.returncode == 0, compiled.stderr
    return made


def watching(folder: Path, record: Path | None = None, fails: Path | None = None) -> dict[str, str]:
    """The environment of a program whose disk is watched below this folder."""
    names = {"DISK_RECORD": record, "DISK_FAILS": fails}
    told = {name: str(value) for name, value in names.items() if value is not None}
    return {**os.environ, "LD_PRELOAD": str(witness()), "DISK_FOLDER": str(folder.resolve()), **told}


class FailingDisk:
    """Says to the programs that have it as their disk which calls fail, and how, from now on."""

    def __init__(self, page: Path) -> None:
        self.page = page
        self.mend()

    def fail(self, *, write: int = 0, sync: int = 0, create: int = 0, after: int = 0) -> None:
        """Each an errno; `after` so many calls of these kinds went well."""
        with self.page.open("r+b") as out:
            out.write(struct.pack("<4i", write, sync, create, after))

    def mend(self) -> None:
        if not self.page.exists():
            self.page.write_bytes(bytes(16))
        self.fail()


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        for kind, offset, data in self.pending:
            _apply(self.durable, kind, offset, data)
        self.pending.clear()

    def after_cut(self, chance: random.Random, kept: float, sector: int) -> bytes:
        """Durable bytes, and of every later write each sector with this probability."""
        left = bytearray(self.durable)
        for kind, offset, data in self.pending:
            if kind == "T":
                if chance.random() < kept:
                    _apply(left, kind, offset, data)
                continue
            at = offset
            while at < offset + len(data):
                end = min((at // sector + 1) * sector, offset + len(data))
                if chance.random() < kept:
                    _apply(left, "W", at, data[at - offset : end - offset])
                at = end
        return bytes(left)


def _apply(content: bytearray, kind: str, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if kind == "T":
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


@dataclass(frozen=True)
class _Op:
    kind: str
    file: int
    offset: int
    names: tuple[str, ...]
    data: bytes


class Recording:
    """A folder as it was before, and all that was done to the disk below it since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._before = [
            (str(file), file.stat().st_ino, file.read_bytes()) for file in self.folder.rglob("*") if file.is_file()
        ]
        self.ops: list[_Op] = []

    def read(self, record: Path) -> Self:
        """Take in what was recorded."""
        raw, at = record.read_bytes(), 0
        while at < len(raw):
            kind, names, length, file, offset = _HEAD.unpack_from(raw, at)
            at += _HEAD.size
            told = tuple(raw[at : at + names].decode().split("\0")) if names else ()
            at += names
            self.ops.append(_Op(chr(kind), file, offset, told, raw[at : at + length]))
            at += length
        return self

    def cut(self, after: int, chance: random.Random) -> dict[str, bytes]:
        """By path below the folder: what the disk may hold when the power goes after so many of these."""
        files, names, pending = self._replayed(self.ops[:after])
        for name in pending[: chance.randint(0, len(pending))]:
            _rename(names, name)
        kept, sector = chance.choice((0.0, 0.5, 0.9)), chance.choice(_SECTORS)
        left = {key: files[key].after_cut(chance, kept, sector) for key in set(names.values())}
        return {
            str(Path(path).relative_to(self.folder)): left[key]
            for path, key in names.items()
            if not path.endswith("-shm")
        }

    def _replayed(self, ops: list[_Op]) -> tuple[dict[int, _File], dict[str, int], list[_Op]]:
        """Files by a number of their own, their names on the disk, and what was done to names since."""
        files = {number: _File(bytearray(content)) for number, (_, _, content) in enumerate(self._before)}
        known = {inode: number for number, (_, inode, _) in enumerate(self._before)}
        names = {path: number for number, (path, _, _) in enumerate(self._before)}
        pending: list[_Op] = []
        for op in ops:
            if op.kind == "C":
                known[op.file] = len(files)  # the number of a file that is gone is given again
                files[len(files)] = _File()
                pending.append(_Op("C", known[op.file], 0, op.names, b""))
            elif op.kind in "RLU":
                pending.append(op)
            elif op.kind == "D":
                for one in [one for one in pending if str(Path(one.names[-1]).parent) == op.names[0]]:
                    _rename(names, one)
                    pending.remove(one)
            elif op.file in known:
                file = files[known[op.file]]
                if op.kind == "S":
                    file.sync()
                else:
                    file.pending.append((op.kind, op.offset, op.data))
        return files, names, pending

    def said_before(self, after: int, path: Path) -> list[bytes]:
        """The lines that were written to this file by then, whether they were on the disk or not."""
        made = next((op.file for op in self.ops if op.kind == "C" and op.names[0] == str(path.resolve())), None)
        told = b"".join(op.data for op in self.ops[:after] if op.kind == "W" and op.file == made)
        return told.splitlines()

    def moments_after(self, path: Path) -> Iterator[int]:
        """Just after each line was written to this file."""
        made = next((op.file for op in self.ops if op.kind == "C" and op.names[0] == str(path.resolve())), None)
        return (number for number, op in enumerate(self.ops, 1) if op.kind == "W" and op.file == made)


def _rename(names: dict[str, int], op: _Op) -> None:
    if op.kind == "C":
        names[op.names[0]] = op.file
    elif op.kind == "U":
        names.pop(op.names[0], None)
    elif op.names[0] in names:
        names[op.names[1]] = names[op.names[0]]
        if op.kind == "R":
            del names[op.names[0]]


def lay_out(left: dict[str, bytes], folder: Path) -> None:
    """Put what a cut left into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    for path, content in left.items():
        file = folder / path
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o600)

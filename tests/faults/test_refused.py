"""What staffbase must not touch, and says so in one sentence: a newer schema, a disk that cannot be written."""

import io
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.faults.campaign import tally_for, times
from tests.faults.house import Place, new_place, prove_whole
from tests.faults.small_disk import small_disk

from staffbase.cli import main
from staffbase.kernel.database import sqlcipher_engine


class Told:
    """A command's exit code and what it said, in one line."""

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
        monkeypatch.setenv("STAFFBASE_IDENTITY_DIR", str(place.root / "identities"))
        out, err = io.StringIO(), io.StringIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", io.StringIO())
            self.code = main(["--home", str(place.home), "--lang", "en", *arguments])
        self.said = err.getvalue() or out.getvalue()
        assert "Traceback" not in self.said


def bytes_of(place: Place) -> dict[str, bytes]:
    return {str(file.relative_to(place.root)): file.read_bytes() for file in place.root.rglob("*") if file.is_file()}


@times(1, 10)
def test_a_newer_schema(
    times: int, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally, place = tally_for(request, "a newer schema"), new_place(tmp_path / "station")
    engine = sqlcipher_engine(place.database, place.key)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    before = bytes_of(place)
    for _ in range(times):
        for command in (
            ("migrate",),
            ("verify",),
            ("handover", "--as", "Ida"),
            ("backup", str(tmp_path / "x"), "--as", "Ida"),
        ):
            with tally.trial():
                told = Told(place, monkeypatch, *command)
                assert told.code == 4
                assert told.said.count("\n") == 1
                assert "newer version of staffbase (9999;" in told.said
                assert bytes_of(place) == before
    tally.settle()


@times(1, 10)
def test_a_disk_that_cannot_be_written(
    times: int, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = tally_for(request, "a read-only disk")
    with small_disk(tmp_path / "disk") as disk:
        place = new_place(disk.root / "station")
        for _ in range(times):
            for command in (
                ("migrate",),
                ("verify",),
                ("handover", "--as", "Ida"),
                ("backup", str(tmp_path / "x"), "--as", "Ida"),
            ):
                disk.read_only(now=True)
                with tally.trial():
                    told = Told(place, monkeypatch, *command)
                    assert told.code == 4
                    assert told.said.count("\n") == 1
                    assert "The data folder cannot be written" in told.said, told.said
                disk.read_only(now=False)
                with tally.proof():
                    assert Told(place, monkeypatch, "migrate").code == 0
        prove_whole(place)
    tally.settle()

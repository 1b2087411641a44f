"""A new recovery identity, whatever fails meanwhile: there always is a paper that opens the station."""

import io
import re
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import col, select
from tests.faults.small_disk import small_disk

from staffbase.cli import main
from staffbase.kernel.clock import SystemClock
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.errors import KeyMissing
from staffbase.kernel.key import (
    SystemIdentities,
    new_identity,
    open_key,
    open_with_recovery,
    public_of,
    station_card,
)
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.station import open_station

PIN = "283746"
Asked = Callable[[Path], tuple[int, str, str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    """Ask for a new one: what the command ends with, the identity that it showed, and the rest of what it said."""

    def ask(home: Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(PIN))
        code = main(["--home", str(home), "--lang", "en", "openers", "new-recovery", "--as", "Ida"])
        told = capsys.readouterr()
        shown = re.search(r"AGE-SECRET-KEY-1\w{58}", told.out)
        return code, shown[0] if shown else "", told.out + told.err

    return ask


def made_in(home: Path) -> str:
    """A station; what lies in the safe."""
    station, recovery = create_station(Settings(home=home), SystemClock(), SetUp("Huset", "A1-A2", "Ida", PIN))
    station.close()
    return recovery


def opens(home: Path, identity: str) -> bool:
    try:
        open_with_recovery(home, identity)
    except KeyMissing:
        return False
    return True


def changes(home: Path) -> int:
    with closing(open_station(Settings(home=home), SystemClock())) as station, station.database.read() as tx:
        return len(tx.all(select(Ledger.seq).where(col(Ledger.action).startswith("opener.new_recovery."))))


def test_while_another_program_holds_the_ledger_the_old_one_stays(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    old = made_in(home)
    monkeypatch.setattr("staffbase.kernel.database._LOCK_TIMEOUT", 0.2)
    other = sqlcipher_engine(home / "staffbase.db", open_key(home, SystemIdentities()).database)
    with closing(other.raw_connection()) as holding:
        holding.cursor().execute("BEGIN IMMEDIATE")
        code, shown, said = asked(home)
        holding.cursor().execute("ROLLBACK")
    other.dispose()
    assert (code, bool(shown)) == (4, True)
    assert "keep the old one, too" in said
    assert "Another program holds the database" in said
    assert (opens(home, old), opens(home, shown), changes(home)) == (True, False, 0)
    code, shown, said = asked(home)
    assert (code, "keep the old one, too" in said) == (0, False)
    assert (opens(home, old), opens(home, shown), changes(home)) == (False, True, 1)


@pytest.mark.parametrize("what", ["add", "remove", "new-station", "rekey"])
def test_what_the_ledger_cannot_say_is_not_done(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, colleague = tmp_path / "home", public_of(new_identity())
    made_in(home)

    def command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(PIN))
        code = main(["--home", str(home), "--lang", "en", *words, "--as", "Ida"])
        return code, capsys.readouterr().err

    def opened_by() -> tuple[str, ...]:
        return station_card(home).recipients

    add = ("openers", "add", colleague, "The other station")
    asked = {
        "add": add, "remove": ("openers", "remove", colleague), "new-station": ("openers", "new-station"), "rekey": ("rekey",),
    }[what]  # fmt: skip
    if what == "remove":
        assert command(*add)[0] == 0
    before, key = opened_by(), open_key(home, SystemIdentities())
    monkeypatch.setattr("staffbase.kernel.database._LOCK_TIMEOUT", 0.2)
    other = sqlcipher_engine(home / "staffbase.db", key.database)
    with closing(other.raw_connection()) as holding:
        holding.cursor().execute("BEGIN IMMEDIATE")
        code, said = command(*asked)
        holding.cursor().execute("ROLLBACK")
    other.dispose()
    assert (code, opened_by(), open_key(home, SystemIdentities())) == (4, before, key)
    assert "Another program holds the database" in said
    assert command(*asked)[0] == 0
    assert (opened_by(), open_key(home, SystemIdentities())) != (before, key)


def test_on_a_full_disk_one_that_was_shown_opens(asked: Asked, tmp_path: Path) -> None:
    """From no room at all to room for all of it, block by block: each step of the change is cut off once."""
    with small_disk(tmp_path / "disk") as disk:
        home = disk.root / "home"
        papers, ended = [made_in(home)], set()
        for blocks in range(0, 40, 4):
            disk.fill(leave=blocks * 4096)
            code, shown, _said = asked(home)
            disk.make_room()
            papers += [shown] if shown else []
            ended.add((code, bool(shown)))
            assert any(opens(home, paper) for paper in papers[-2:]), (
                "the old one or the new one, both of which are there"
            )
            papers = [next(paper for paper in reversed(papers) if opens(home, paper))]
            assert changes(home) >= 0, "and it opens by itself"
        assert (0, True) in ended
        assert (4, True) in ended

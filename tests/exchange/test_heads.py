"""A ledger that somebody rewrote with its own key hangs together, and is exposed by the heads that were carried away before."""

import io
import json
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from staffbase.cli import main
from staffbase.exchange.backup import FORMAT
from staffbase.exchange.backup_folder import backups_in, folder_of
from staffbase.exchange.heads import typed_head
from staffbase.exchange.opened_backup import manifest_of
from staffbase.exchange.restored import RESTORED
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.anchor import ANCHOR_FILE, Anchor, Head
from staffbase.kernel.clock import HeldClock, SystemClock
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.errors import IdentityMissing, Invalid
from staffbase.kernel.key import FileIdentities, SystemIdentities, open_key, own_identity, protect
from staffbase.kernel.ledger import FIRST, Ledger, Seal
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.station import open_station

LEDGER = Ledger.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PIN = "283746"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A station's data folder, with two nightly backups and a few rows after each."""
    home, clock = tmp_path / "home", HeldClock(SystemClock().now() - timedelta(days=3))
    station, _identity = create_station(
        Settings(home=home), clock, SetUp("Prøvehuset", "A1-A2", "Ida", PIN), SystemIdentities()
    )
    for _night in range(2):
        clock.move_to(clock.now() + timedelta(days=1))
        station.automatic_backups(Settings(home=home)).take(STATION_ITSELF)
        station.database.opened(STATION_ITSELF, "card.open", None)
    station.close()
    return home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main(["--home", str(home), "--lang", "en", *arguments])
        told = capsys.readouterr()
        return code, told.out + told.err

    return command


def with_key(home: Path) -> tuple[Engine, Seal]:
    """As whoever holds the key opens it: without guards, and able to seal."""
    key = open_key(home, SystemIdentities())
    return sqlcipher_engine(home / "staffbase.db", key.database), Seal.from_root(key.ledger)


def rewrite(home: Path, seq: int) -> None:
    """Say of this row that somebody else did it, and seal it and every later one again, and the anchor."""
    engine, seal = with_key(home)
    with engine.begin() as connection:
        guards = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _made in guards:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        prev = FIRST
        for row in connection.execute(select(LEDGER).order_by(LEDGER.c.seq)).mappings().all():
            told = {**row, "prev": prev, "actor_id": 4711 if row["seq"] == seq else row["actor_id"]}
            prev = seal.link(told)
            connection.execute(
                LEDGER.update()
                .where(LEDGER.c.seq == row["seq"])
                .values(prev=told["prev"], actor_id=told["actor_id"], hash=prev)
            )
            last = row["seq"]
        for _name, made in guards:
            connection.execute(text(made))
    engine.dispose()
    (home / ANCHOR_FILE).unlink()
    assert Anchor(home / ANCHOR_FILE, seal).grow(Head(last, prev))


def head_of(told: str) -> str:
    """As it is printed, to be typed off paper."""
    found = re.search(r"up to row (\d+):(\w{16})", told)
    assert found is not None, told
    return f"{found[1]}:{found[2]}"


def test_a_ledger_as_it_was_written_passes_through_what_its_backups_say(run: Run) -> None:
    code, told = run("verify")
    assert code == 0
    assert "passes through 2 heads" in told
    code, told = run("verify", "--head", head_of(told), "--json")
    assert code == 0
    assert (json.loads(told)["heads"], json.loads(told)["not_compared"]) == (3, 0)


def test_a_ledger_that_was_rewritten_hangs_together_and_the_backups_expose_it(run: Run, home: Path) -> None:
    paper = head_of(run("verify")[1])
    first, second = backups_in(folder_of(Settings(home=home)))
    identity = own_identity(home, SystemIdentities())
    seqs = [manifest_of(file, identity).ledger_seq for file in (first, second)]
    rewrite(home, seqs[0] + 1)  # after the first backup

    aside = home.parent / "aside"
    folder_of(Settings(home=home)).rename(aside)
    code, told = run("verify")
    assert (code, "Everything is as staffbase wrote it" in told) == (0, True), "a chain alone cannot see it"
    aside.rename(folder_of(Settings(home=home)))

    code, told = run("verify")
    assert code == 1
    assert f"Ledger row {seqs[1]} is another than in the backup {second.name}" in told
    assert first.name not in told
    assert "passes through 1 head " in told

    code, told = run("verify", "--head", paper)
    assert code == 1
    assert f"Ledger row {paper.split(':')[0]} is another than the head that was typed" in told
    assert run("verify", str(first), "--head", f"{seqs[0]}:{manifest_of(first, identity).ledger_hash}")[0] == 0
    code, told = run("verify", str(first), "--head", paper)
    assert (code, "are gone" in told) == (1, True), "the backup ends before"


def test_what_the_station_verifies_by_itself_at_night_is_compared_with_its_backups_too(home: Path) -> None:
    first, second = backups_in(folder_of(Settings(home=home)))
    rewrite(home, manifest_of(first, own_identity(home, SystemIdentities())).ledger_seq + 1)
    station = open_station(Settings(home=home), SystemClock())
    assert station.verifications.verify(STATION_ITSELF).clean, "a chain alone cannot see it"
    proof = station.verifications.verify(STATION_ITSELF, beside=Settings(home=home))
    told = station.verifications.facts(STATION_ITSELF)
    station.close()
    assert (proof.clean, proof.heads) == (False, 1)
    assert any(second.name in sentence for sentence in told.words)


def test_a_station_that_asks_for_a_passphrase_is_compared_too_once_it_was_said(home: Path) -> None:
    said = "four words nobody would guess"
    first, second = backups_in(folder_of(Settings(home=home)))
    rewrite(home, manifest_of(first, own_identity(home, SystemIdentities())).ledger_seq + 1)
    protect(home, SystemIdentities(), said)
    station = open_station(Settings(home=home), SystemClock(), passphrase=said)
    proof = station.verifications.verify(STATION_ITSELF, beside=Settings(home=home))
    told = station.verifications.facts(STATION_ITSELF)
    station.close()
    assert (proof.clean, proof.heads) == (False, 1)
    assert any(second.name in sentence for sentence in told.words)


def test_a_new_station_with_a_passphrase_compares_its_first_backup(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    answers = SetUp("Prøvehuset", "A1-A2", "Ida", PIN, passphrase="four words nobody would guess")
    station, _identity = create_station(settings, SystemClock(), answers, SystemIdentities())
    station.automatic_backups(settings).take(STATION_ITSELF)
    proof = station.verifications.verify(STATION_ITSELF, beside=settings)
    station.close()
    assert (proof.clean, proof.heads) == (True, 1)


def test_a_station_put_back_from_an_older_copy_with_its_anchor_is_exposed_by_its_backup(run: Run, home: Path) -> None:
    before = {name: (home / name).read_bytes() for name in ("staffbase.db", ANCHOR_FILE)}
    station = open_station(Settings(home=home), SystemClock())
    station.database.opened(STATION_ITSELF, "card.open", None)
    station.automatic_backups(Settings(home=home)).take(STATION_ITSELF)
    station.close()
    for name, content in before.items():
        (home / name).write_bytes(content)
    code, told = run("verify")
    assert code == 1
    assert "its newest rows, and what they wrote, are gone" in told
    assert run("handover", "--as", "Ida", typed=PIN)[0] == 0  # it goes on from there, and has as many rows again
    code, told = run("verify")
    assert (code, "goes on from an older copy" in told) == (1, True)


def test_what_a_restoring_left_behind_is_not_taken_for_a_rewritten_ledger(run: Run, home: Path) -> None:
    first, second = backups_in(folder_of(Settings(home=home)))
    code, told = run("restore", str(first), "--replace", "--as", "Ida", typed=PIN)
    assert code == 0, told
    code, told = run("verify")
    assert code == 0, told
    assert "passes through 1 head " in told
    assert "1 kept backup holds what a restoring left out" in told
    seq = manifest_of(first, own_identity(home, SystemIdentities())).ledger_seq
    rewrite(home, seq)  # what came before the restoring must still be as it was
    code, told = run("verify")
    assert (code, first.name in told, second.name in told) == (1, True, False)
    engine, _seal = with_key(home)
    with engine.connect() as connection:
        assert connection.execute(select(LEDGER.c.action).where(LEDGER.c.action == f"{RESTORED}{seq}")).first()
    engine.dispose()


def test_another_stations_backups_and_those_nobody_here_opens_are_no_fault(
    run: Run, home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    station, _identity = create_station(
        Settings(home=other, backup_folder=str(folder_of(Settings(home=home)))), SystemClock(),
        SetUp("Nabohuset", "A1", "Ida", PIN), FileIdentities(tmp_path / "elsewhere"),
    )  # fmt: skip
    station.automatic_backups(Settings(home=other, backup_folder=str(folder_of(Settings(home=home))))).take(
        STATION_ITSELF
    )
    station.close()
    code, told = run("verify")
    assert code == 0
    assert "passes through 2 heads" in told
    assert "1 kept backup cannot be opened here" in told


def test_a_station_that_asks_for_a_passphrase_is_asked_once(run: Run, home: Path) -> None:
    from staffbase.kernel.key import protect

    protect(home, SystemIdentities(), "fire ord på en lapp")
    code, told = run("verify", typed="fire ord på en lapp\n")
    assert code == 0, told
    assert "passes through 2 heads" in told
    code, told = run("verify", str(backups_in(folder_of(Settings(home=home)))[0]), typed="fire ord på en lapp\n")
    assert code == 0, told


@pytest.mark.parametrize(
    "typed", ["", "812", "812:", "812:abc", "x:8d1f6c02", "812:8d1f6c0233a1bb0z", "-1:8d1f6c02", "812:" + "a" * 65]
)
def test_what_is_no_head_is_refused_with_one_sentence(typed: str, run: Run) -> None:
    with pytest.raises(Invalid, match="such as 812:8d1f6c0233a1bb0e"):
        typed_head(typed)
    code, told = run("verify", f"--head={typed}")
    assert (code, told.count("\n")) == (2, 1)


def test_a_head_is_read_without_the_database_behind_it(home: Path) -> None:
    file = backups_in(folder_of(Settings(home=home)))[0]
    identity = own_identity(home, SystemIdentities())
    assert manifest_of(file, identity).format == FORMAT
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])  # what comes after the manifest is looked at by nobody here
    assert manifest_of(file, identity).format == FORMAT
    from pyrage import x25519

    with pytest.raises(IdentityMissing):
        manifest_of(file, str(x25519.Identity.generate()))

"""Before the door: a passphrase that the settings want or no longer want, and a copy that the recovery identity opens."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select
from tests.bench import seen
from tests.start.conftest import ANSWERS, PASSPHRASE, stands, stands_open, write
from textual.pilot import Pilot

from staffbase.app import StaffbaseApp
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import IdentityMissing, KeyMissing
from staffbase.kernel.key import FileIdentities, asks_for_passphrase, open_key, station_card, take_over
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings
from staffbase.new_station import create_station
from staffbase.start.way_in import station_app
from staffbase.station import open_station

Start = Callable[..., StaffbaseApp]


@pytest.fixture
def recovery_identity(home: Path, clock: HeldClock, identities: FileIdentities) -> str:
    """A station that stands, and what was put in the safe."""
    station, identity = create_station(Settings(home=home), clock, ANSWERS, identities)
    station.close()
    return identity


async def said(pilot: Pilot[int], sentence: str) -> None:
    for _round in range(200):
        if sentence in seen(pilot.app):
            return
        await pilot.pause(0.05)
    assert sentence in seen(pilot.app)


def actions(home: Path, clock: HeldClock, identities: FileIdentities, passphrase: str | None = None) -> list[str]:
    """What stands in the ledger."""
    station = open_station(Settings(home=home), clock, identities, passphrase)
    with station.database.read() as tx:
        found = list(tx.all(select(Ledger.action).order_by(Ledger.seq)))  # type: ignore[arg-type]  # a column
    station.close()
    return found


async def test_a_passphrase_comes_and_goes_by_one_line_of_the_settings(
    start: Start, home: Path, recovery_identity: str, clock: HeldClock, identities: FileIdentities
) -> None:
    app = start(unlock="passphrase")
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "ChoosePassphraseScreen")
        await write(pilot, PASSPHRASE)
        await write(pilot, "noe annet enn det forrige")
        await said(pilot, "not the same")
        await write(pilot, PASSPHRASE)
        await stands_open(pilot)
    app.close_station()
    assert asks_for_passphrase(home, identities)
    app = start(unlock="auto")
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "PassphraseScreen")
        await write(pilot, PASSPHRASE)
        await stands_open(pilot)
    app.close_station()
    app = start(unlock="auto")
    async with app.run_test(size=(80, 24)) as pilot:
        await stands_open(pilot)
    app.close_station()
    told = actions(home, clock, identities)
    assert told.index("station.asks_passphrase") < told.index("station.opens_by_itself")


async def test_a_short_passphrase_is_refused(start: Start, recovery_identity: str) -> None:
    app = start(unlock="passphrase")
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "ChoosePassphraseScreen")
        await write(pilot, "kort")
        await write(pilot, "kort")
        await said(pilot, "at least 16 characters")
    app.close_station()


async def test_a_copy_opens_with_the_recovery_identity_and_then_by_itself(
    home: Path, tmp_path: Path, recovery_identity: str, clock: HeldClock, identities: FileIdentities
) -> None:
    copy, machine = tmp_path / "copy", FileIdentities(tmp_path / "another machine")
    shutil.copytree(home, copy)
    app = station_app(Settings(home=copy, language="en"), clock, machine)
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "RecoveryScreen")
        assert "copy without its station identity" in seen(app)
        assert "Prøvehuset" not in seen(app)
        await write(pilot, recovery_identity[:-1] + ("Q" if recovery_identity[-1] != "Q" else "P"))
        await said(pilot, "a character in it is wrong")
        app.screen.query_one("#recovery").value = ""
        letters = recovery_identity.removeprefix("AGE-SECRET-KEY-1").lower()
        await write(pilot, " ".join(letters[at : at + 4] for at in range(0, len(letters), 4)))
        await stands_open(pilot)
        assert "Prøvehuset" in seen(app)
    app.close_station()
    assert "station.take_over" in actions(copy, clock, machine)
    assert "station.take_over" not in actions(home, clock, identities)
    card, original = station_card(copy), station_card(home)
    assert card.recovery_recipient == original.recovery_recipient
    assert card.station_id != original.station_id
    with pytest.raises(IdentityMissing):
        open_key(copy, identities)


async def test_where_nobody_knows_the_passphrase_the_safe_helps(
    start: Start, home: Path, clock: HeldClock, identities: FileIdentities
) -> None:
    station, recovery_identity = create_station(
        Settings(home=home), clock, replace(ANSWERS, passphrase=PASSPHRASE), identities
    )
    station.close()
    app = start()
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "PassphraseScreen")
        await pilot.press("ctrl+r")
        await stands(pilot, "ForgottenScreen")
        await pilot.press("escape")
        await stands(pilot, "PassphraseScreen")
        await pilot.press("ctrl+r")
        await stands(pilot, "ForgottenScreen")
        await write(pilot, recovery_identity)
        await stands_open(pilot)
    app.close_station()
    assert not asks_for_passphrase(home, identities)
    assert "station.take_over" in actions(home, clock, identities)


def test_a_take_over_cut_off_between_its_two_files_is_begun_again(
    home: Path, tmp_path: Path, recovery_identity: str
) -> None:
    before, machine = (home / "key.age").read_bytes(), FileIdentities(tmp_path / "another machine")
    key = take_over(home, machine, recovery_identity)
    (home / "key.age").write_bytes(before)
    with pytest.raises(IdentityMissing, match="does not open"):
        open_key(home, machine)
    assert take_over(home, machine, recovery_identity) == key
    assert open_key(home, machine) == key


def test_the_stations_own_identity_is_not_taken_for_the_recovery_identity(
    home: Path, recovery_identity: str, identities: FileIdentities
) -> None:
    own = identities.load(station_card(home).station_id)
    assert own is not None
    with pytest.raises(KeyMissing, match="own identity"):
        take_over(home, identities, own)


async def test_a_lost_key_file_is_not_answered_with_a_new_station(
    start: Start, home: Path, recovery_identity: str
) -> None:
    (home / "key.age").rename(home.parent / "kept elsewhere")
    app = start()
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "DamagedScreen")
        await said(pilot, "key.age is missing")
    (home.parent / "kept elsewhere").rename(home / "key.age")
    app = start()
    async with app.run_test(size=(80, 24)) as pilot:
        await stands_open(pilot)
    app.close_station()

"""The guided set-up: six steps to a station, each answer checked where it is given, and nothing before the last."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bench import seen
from tests.start.conftest import ANSWERS, PASSPHRASE, files_in, stands, stands_open, write
from textual.pilot import Pilot

from staffbase.app import StaffbaseApp
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.key import FileIdentities, asks_for_passphrase, open_with_recovery
from staffbase.kernel.settings import Settings
from staffbase.start.screen import written_large
from staffbase.station import open_station

Start = Callable[..., StaffbaseApp]


async def to_the_safe(pilot: Pilot[int], *opening: str) -> str:
    """Answer everything up to the recovery identity, and read it off the screen."""
    await stands(pilot, "SetUpScreen")
    for answer in (ANSWERS.house, ANSWERS.units):
        await write(pilot, answer)
    for answer in (ANSWERS.address, ANSWERS.entrance, ANSWERS.oncall_name, ANSWERS.oncall_phone):
        await write(pilot, answer)
    for answer in (ANSWERS.leader, ANSWERS.pin, ANSWERS.pin):
        await write(pilot, answer)
    await pilot.press(*opening, "enter")
    if opening:
        await write(pilot, PASSPHRASE)
        await write(pilot, PASSPHRASE)
    for word in (ANSWERS.house, "3 units: A1 A2 B1", "Prøveveien 1, port B", "Bakvakt 00 00 00 01", ANSWERS.leader):
        assert word in seen(pilot.app)
    assert ANSWERS.pin not in seen(pilot.app)
    await pilot.press("enter")
    await pilot.pause(0.1)
    rows = [
        row.split("  ", 1)[1]
        for row in map(str.strip, seen(pilot.app).splitlines())
        if row[:3] in ("1  ", "2  ", "3  ")
    ]
    return "AGE-SECRET-KEY-1" + "".join(rows).replace(" ", "")


async def test_six_steps_lead_to_the_door(
    start: Start, home: Path, clock: HeldClock, identities: FileIdentities
) -> None:
    app = start()
    async with app.run_test(size=(80, 24)) as pilot:
        recovery_identity = await to_the_safe(pilot)
        await write(pilot, "QQQQQQ")
        assert "not its last six" in seen(app)
        assert files_in(home) == files_in(identities.folder) == []
        await write(pilot, recovery_identity[-6:].lower())
        await stands_open(pilot)
        assert "Ida" in seen(app)
        assert "Prøveveien 1" in seen(app)
        await write(pilot, "Ida")
        await pilot.press(*ANSWERS.pin, "enter")
        await stands(pilot, "DutyQuestionDialog")
    app.close_station()
    assert open_with_recovery(home, recovery_identity)
    assert {"key.age", "staffbase.db", "station.toml"} <= set(files_in(home))  # and what the station keeps of itself
    station = open_station(Settings(home=home), clock, identities)
    house = station.residents.house(STATION_ITSELF)
    assert (house.name, house.entrance, house.oncall_phone) == ("Prøvehuset", "port B", "00 00 00 01")
    assert [unit.code for unit in station.residents.units(STATION_ITSELF)] == ["A1", "A2", "B1"]
    station.close()


async def test_with_a_passphrase_it_asks_at_the_next_start(
    start: Start, home: Path, identities: FileIdentities
) -> None:
    app = start()
    async with app.run_test(size=(120, 36)) as pilot:
        recovery_identity = await to_the_safe(pilot, "right")
        await write(pilot, recovery_identity[-6:])
        await stands_open(pilot)
    app.close_station()
    assert asks_for_passphrase(home, identities)
    app = start()
    async with app.run_test(size=(120, 36)) as pilot:
        await stands(pilot, "PassphraseScreen")
        await write(pilot, "noe helt annet enn det")
        for _round in range(100):
            await pilot.pause(0.1)
            if "wrong" in seen(app):
                break
        assert "The passphrase is wrong." in seen(app)
        assert "113" in seen(app)
        assert app.screen.typed("passphrase") == ""
        await write(pilot, PASSPHRASE)
        await stands_open(pilot)
    app.close_station()


async def test_enter_does_not_leave_a_field_that_cannot_stay_so(start: Start) -> None:
    app = start()
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "SetUpScreen")
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert app.focused is not None
        assert app.focused.id == "house"
        assert "Something must be written here." in seen(app)
        await write(pilot, ANSWERS.house)
        await pilot.pause(0.1)
        assert app.focused.id == "units"
        assert "Something must be written here." not in seen(app)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
async def test_why_a_passphrase_is_refused_is_in_sight_whole(start: Start, language: str) -> None:
    i18n.use(language)
    app = start()
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "SetUpScreen")
        for answer in (ANSWERS.house, ANSWERS.units, "", "", "", "", ANSWERS.leader, ANSWERS.pin, ANSWERS.pin):
            await write(pilot, answer)
        await pilot.press("right", "enter")
        await write(pilot, "short")
        await pilot.pause(0.3)
        said = app.screen.query_one("#fault")
        words = said.content.plain.split()
        assert " ".join(words) in " ".join(seen(app).split()), seen(app)


async def test_each_answer_is_checked_where_it_is_given(start: Start, home: Path) -> None:
    app = start()
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, "SetUpScreen")
        await write(pilot, "Prøvehuset")
        await write(pilot, "A1-A")
        assert "no list of units" in seen(app)
        await pilot.press("2")
        assert "2 units: A1 A2" in seen(app)
        await pilot.press("enter")
        await pilot.press("enter", "enter", "enter", "enter")  # help may be answered later
        await write(pilot, "Ida")
        for pin, again, sentence in (
            ("123456", "123456", "row of digits"),
            ("283746", "283747", "not the same"),
        ):
            app.screen.query_one("#pin").value, app.screen.query_one("#pin_again").value = pin, again
            app.screen.query_one("#pin_again").focus()
            await pilot.press("enter")
            await pilot.pause(0.1)
            assert sentence in seen(app)
        await pilot.press("escape", "escape")
        assert "1 of 6" in seen(app)
        assert "Prøvehuset" in seen(app)
    assert files_in(home) == []


async def test_where_nothing_can_be_made_nobody_is_asked(tmp_path: Path, clock: HeldClock) -> None:
    from staffbase.start.way_in import station_app

    (tmp_path / "file").write_text("not a folder")
    app = station_app(Settings(home=tmp_path / "file" / "home"), clock, FileIdentities(tmp_path / "identities"))
    async with app.run_test(size=(80, 24)) as pilot:
        for _round in range(200):
            await pilot.pause(0.05)
            if app.failure is not None:
                break
    assert isinstance(app.failure, DatabaseUnavailable)
    assert str(tmp_path / "file" / "home") in str(app.failure)


@given(st.text(alphabet="QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", min_size=58, max_size=58))
def test_every_letter_is_copied(letters: str) -> None:
    told = written_large("AGE-SECRET-KEY-1" + letters).plain.split("\n\n")
    assert told[0].replace(" ", "") == "AGE-SECRET-KEY-1"
    assert "".join(row.split("  ", 1)[1] for row in told[1:]).replace(" ", "") == letters

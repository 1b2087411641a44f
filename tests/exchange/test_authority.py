"""Who is let in by a backup waits as at the door, however somebody sets the clock of a damaged station."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.exchange.test_restore import PIN, House
from tests.people.test_guessing import SetClock

from staffbase.exchange.authority import TRIES_FILE, KnownInBackup
from staffbase.kernel.errors import WrongPin


@pytest.mark.parametrize("moved", [timedelta(minutes=6), timedelta(days=365), timedelta(days=-365)])
def test_setting_the_clock_gives_no_try_and_shuts_nobody_out(tmp_path: Path, moved: timedelta) -> None:
    house = House(tmp_path)
    house.clock = clock = SetClock(datetime(2026, 1, 5, 21, 40))  # noqa: DTZ001  (Oslo, as HeldClock reads it)
    station = house.open()
    file = house.backup(station)
    station.close()
    (house.home / "staffbase.db").write_bytes(os.urandom(20_000))

    def tries(pin: str) -> None:
        with pytest.raises(WrongPin):
            house.restore(file, overwrite=True, leader=KnownInBackup("Ida", pin))

    for _wrong in range(5):
        tries("000000")
    for _hour in range(3):
        clock.off += moved
        tries(PIN)
    assert [failures for failures, _until in json.loads((house.home / TRIES_FILE).read_text()).values()] == [5]
    clock.pass_by(31)
    assert house.restore(file, overwrite=True, leader=KnownInBackup("Ida", PIN)).by.name == "Ida"

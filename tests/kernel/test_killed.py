"""What was said to be saved is there after kill -9, and the ledger's chain with it."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlmodel import col, select
from tests.conftest import EVENING, open_database
from tests.kernel.test_ledger import check_all, new_house

from staffbase.journal.model import EntryText
from staffbase.kernel.clock import HeldClock

WRITER = """
import sys
from pathlib import Path
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import SystemClock
from tests.conftest import open_database

database = open_database(Path(sys.argv[1]), SystemClock())
number = 0
while True:
    number += 1
    with database.write(STATION_ITSELF, "note.write") as tx:
        write_entry(tx, Kind.EVERYDAY, f"{sys.argv[3]} {number}", house_id=int(sys.argv[2]))
    print(number, flush=True)
"""


def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "staffbase.db"
    database = open_database(file, HeldClock(EVENING))
    house = new_house(database)
    acknowledged = []
    for round_ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, file, str(house), f"{round_}:"], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        time.sleep(random.uniform(0.05, 0.3))
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
        writer.wait()
        writer.stdout.close()
        acknowledged += [f"{round_}: {number.strip()}" for number in said if number.endswith("\n")]
    assert len(acknowledged) > 20
    with database.read() as tx:
        found = tx.all(select(EntryText.text).order_by(col(EntryText.id)))
    assert [text for text in found if text in set(acknowledged)] == acknowledged
    check_all(database)
    database.close()

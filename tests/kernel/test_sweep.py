"""Overwriting deleted rows is not enough: pages that were divided keep copies between their rows, until all are written anew."""

import random
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from tests import pages
from tests.conftest import DATABASE_KEY, open_database

from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.sweep import SWEPT, sweep

SECRET = "HEMMELIGORD"


def churned(file: Path, seed: int) -> None:
    """Rows that grow beside others that hold the secret, and then those deleted; everything as the program deletes."""
    chance = random.Random(seed)
    engine = sqlcipher_engine(file, DATABASE_KEY)
    with closing(engine.raw_connection()) as connection:
        run = connection.driver_connection.execute
        run("CREATE TABLE churned (id INTEGER PRIMARY KEY, x TEXT)")
        run("BEGIN")
        for key in range(200):
            run("INSERT INTO churned VALUES (?, ?)", (key, "Ø" * chance.randrange(5, 300)))
        secret = [key for key in range(200) if chance.random() < 0.1]
        for key in secret:
            run("UPDATE churned SET x = ? WHERE id = ?", (SECRET * chance.randrange(1, 30), key))
        for _ in range(300):
            key = chance.randrange(200)
            if key not in secret:
                run("UPDATE churned SET x = ? WHERE id = ?", ("Ø" * chance.randrange(5, 900), key))
        for key in secret:
            run("DELETE FROM churned WHERE id = ?", (key,))
        run("COMMIT")
        run("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def test_nothing_of_a_deleted_row_is_left_once_all_is_written_anew(tmp_path: Path, clock: HeldClock) -> None:
    left = []
    for seed in range(8):
        file = tmp_path / f"{seed}.db"
        open_database(file, clock).close()
        churned(file, seed)
        left.append(pages.decrypted(file, DATABASE_KEY).count(SECRET[2:].encode()))
        database = open_database(file, clock)
        assert sweep(database)
        assert pages.decrypted(file, DATABASE_KEY).count(SECRET[2:].encode()) == 0
        with database.read() as tx:
            assert tx.run(text("SELECT action FROM ledger")).scalars().all() == [SWEPT]
        database.close()
    assert any(left), "overwriting alone left nothing anywhere: then this test proves nothing"


def test_whoever_writes_the_file_anew_leaves_no_unguarded_connection(tmp_path: Path, clock: HeldClock) -> None:
    import pytest
    from sqlalchemy.exc import DBAPIError

    database = open_database(tmp_path / "staffbase.db", clock)
    for _ in range(3):
        assert sweep(database)
        with database.engine.connect() as connection, pytest.raises(DBAPIError, match="not authorized"):
            connection.execute(text("DROP TABLE entry"))
    database.close()

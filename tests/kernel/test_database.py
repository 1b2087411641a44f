"""The database in an old house: what it knew of itself when it was young does not make it slow."""

import threading
from datetime import timedelta

from sqlalchemy import event

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database
from staffbase.station import Station


def grow(station: Station, clock: HeldClock, entries: int) -> None:
    """So many entries, an hour apart."""
    for _number in range(entries):
        clock.move_to(clock.now() + timedelta(hours=1))
        with station.database.write(STATION_ITSELF, "test.grow") as tx:
            write_entry(tx, Kind.EVERYDAY, "x", house_id=station.house_id)


def test_a_table_that_has_grown_is_counted_anew(database: Database, station: Station, clock: HeldClock) -> None:
    """What the database knew of a young house would make it go through all of an old one."""

    def counted() -> int:
        with database.engine.connect() as connection:
            told = connection.exec_driver_sql("SELECT stat FROM sqlite_stat1 WHERE idx = 'ix_entry_recorded_at'")
            return int((told.scalar() or "0").split()[0])

    for entries in (20, 600):
        grow(station, clock, entries)
        station.verifications.verify(STATION_ITSELF)  # as each night
        assert counted() >= entries


def test_the_board_goes_through_no_whole_table_that_grows_with_the_age_of_the_house(
    station: Station, actors: dict[str, Actor], clock: HeldClock
) -> None:
    asked: dict[str, object] = {}
    grow(station, clock, 600)
    station.database.count_anew()

    def keep(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith("SELECT"):
            asked.setdefault(statement, parameters)

    engine = station.database.engine
    event.listen(engine, "before_cursor_execute", keep)
    station.board.view(actors["samira"])
    station.handover.my_reading(actors["samira"])
    station.rounds.sheet(actors["samira"])
    event.remove(engine, "before_cursor_execute", keep)
    gone_through = []
    with engine.connect() as connection:
        for statement, parameters in asked.items():
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()]
            stops = "LIMIT" in statement and not any("TEMP B-TREE" in step for step in plan)  # when it has enough
            if not stops and any(step.startswith(("SCAN entry", "SCAN ledger", "SCAN round_check")) for step in plan):
                gone_through.append((statement, plan))
    assert len(asked) > 30
    assert gone_through == []


def test_closing_waits_for_whoever_looks_just_now_whether_anything_changed(database: Database) -> None:
    database.change_mark()
    closing = threading.Thread(target=database.close)
    with database._watch_lock:
        closing.start()
        closing.join(0.3)
        assert closing.is_alive()
        assert database._watch is not None
        database._watch.exec_driver_sql("PRAGMA data_version")
        database._watch.rollback()
    closing.join(10)
    assert database._watch is None

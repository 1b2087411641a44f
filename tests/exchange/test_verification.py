"""Verification for people: who may, what is written down, and sentences without content."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select
from tests.conftest import DATABASE_KEY

from staffbase.exchange.verification import as_json, in_words
from staffbase.kernel.access import Actor
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.errors import NotAllowed
from staffbase.kernel.ledger import Ledger
from staffbase.station import Station


def test_a_clean_house_is_said_so_and_written_down(station: Station, actors: dict[str, Actor]) -> None:
    assert station.verifications.last(actors["leader"]) is None
    proof = station.verifications.verify(actors["leader"])
    assert proof.clean
    assert "as staffbase wrote it" in in_words(proof)[0]
    assert json.loads(as_json(proof))["clean"] is True
    last = station.verifications.last(actors["auditor"])
    assert last is not None
    assert (last.at, last.clean) == (station.database.clock.now(), True)


@pytest.mark.parametrize("role", ["staff", "substitute", "night_watch", "clerk", "maintenance"])
def test_who_may_not_is_told_who_may(role: str, station: Station, actors: dict[str, Actor]) -> None:
    with pytest.raises(NotAllowed, match="access auditor"):
        station.verifications.verify(actors[role])


def test_what_was_changed_is_named_without_what_it_says(station: Station, actors: dict[str, Actor]) -> None:
    file = Path(str(station.database.engine.url.database))
    open_hands = sqlcipher_engine(file, DATABASE_KEY)
    with (
        open_hands.begin() as connection
    ):  # an engine for migrations has no authorizer, and residents are no guarded rows
        connection.execute(text("UPDATE resident SET alias = 'Helt hemmelig' WHERE alias = 'Beboer A1'"))
    open_hands.dispose()
    proof = station.verifications.verify(actors["leader"])
    told = "\n".join(in_words(proof))
    assert "resident" in told
    assert "was changed (written 05.01.2026 07:00, ledger row 1)" in told
    assert "hemmelig" not in told + as_json(proof)
    with station.database.read() as tx:
        assert tx.first(select(Ledger.action).order_by(Ledger.seq.desc())) == "verify.found"

"""A real station on the disk, on the evening before a night; and the proof that it is whole, and holds what was told as saved."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import OSLO, Clock, DemoClock, HeldClock
from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.key import FileIdentities, open_key
from staffbase.kernel.settings import Settings
from staffbase.kernel.verify import CUT_NOTICED
from staffbase.new_station import SetUp, create_station
from staffbase.station import Station, open_station

EVENING = datetime(2026, 1, 5, 23, 35, tzinfo=OSLO)
"""A round is due from 23:30."""
PIN = "283746"
PEOPLE = {"Marit": Role.STAFF, "Jonas": Role.STAFF, "Samira": Role.NIGHT_WATCH, "Eva": Role.CLINICAL_LEAD}


@dataclass(frozen=True)
class Place:
    """Where a station lies, and its identity beside it."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def settings(self) -> Settings:
        return Settings(self.home, "en", backup_keep=3)

    @property
    def identities(self) -> FileIdentities:
        return FileIdentities(self.root / "identities")

    @property
    def database(self) -> Path:
        return self.home / "staffbase.db"

    @property
    def key(self) -> bytes:
        return open_key(self.home, self.identities).database

    def open(self, clock: Clock | None = None) -> Station:
        """As the program opens it; its clock runs on from the evening."""
        return open_station(self.settings, clock or DemoClock(EVENING), self.identities)


@cache
def furnished() -> Place:
    """One with three residents, an agreement at each door, and people; made once, to be copied."""
    place = Place(Path(tempfile.mkdtemp(prefix="staffbase-faults-")))
    atexit.register(shutil.rmtree, place.root, ignore_errors=True)
    answers = SetUp("Prøvehuset", "A1-A3", "Ida", PIN, "Prøveveien 1", "port B", "Bakvakt", "00 00 00 01")
    station, _recovery = create_station(place.settings, HeldClock(EVENING), answers, place.identities, furnish=_furnish)
    station.close()
    place.open(HeldClock(EVENING)).close()  # anchored at its second opening
    return place


def _furnish(station: Station) -> None:
    from staffbase.people.service import add_person_in, hash_pin
    from staffbase.residents.model import Resident, RoundForm, Stay, Unit
    from staffbase.residents.service import set_agreement_in

    hashed = hash_pin(station.database.seal, PIN)
    with station.database.write(STATION_ITSELF, "test.house") as tx:
        for name, role in PEOPLE.items():
            add_person_in(tx, name, role, pin_hash=hashed)
        for unit in tx.all(select(Unit)):
            resident = tx.add(Resident(house_id=station.house_id, alias=f"Beboer {unit.code}", birth_year=1980))
            tx.flush()
            tx.add(Stay(resident_id=resident.id, unit_id=unit.id, from_date=date(2024, 1, 1)))
            tx.flush()
            set_agreement_in(tx, resident.id, RoundForm.ENTER, consent="said so himself")


def new_place(root: Path) -> Place:
    """A copy of the furnished station."""
    shutil.copytree(furnished().root, root)
    return Place(root)


def actor(station: Station, name: str) -> Actor:
    """Somebody of the house."""
    line = next(one for one in station.people.directory(STATION_ITSELF) if one.name == name)
    return Actor(line.id, line.name, line.role)


_HALF = {
    "a note without its text": "SELECT count(*) FROM entry LEFT JOIN entry_text USING (id) WHERE entry_text.id IS NULL AND kind <> 'check'",
    "a text without its entry": "SELECT count(*) FROM entry_text LEFT JOIN entry USING (id) WHERE entry.id IS NULL",
    "a check without its entry": "SELECT count(*) FROM round_check LEFT JOIN entry USING (id) WHERE entry.id IS NULL",
    "a version without its entry": "SELECT count(*) FROM plan_version v LEFT JOIN entry e ON e.id = v.entry_id WHERE e.id IS NULL",
    "a text that no search finds": "SELECT count(*) FROM entry_text WHERE text <> '' AND id NOT IN (SELECT rowid FROM entry_search)",
    "a search for what is not there": "SELECT count(*) FROM entry_search WHERE rowid NOT IN (SELECT id FROM entry_text)",
}
"""What half a transaction would leave."""
_TOLD_WHOLE = 200
_TOLD = {
    "note": "SELECT text FROM entry_text WHERE id = :key",
    "left": "SELECT 1 FROM walk WHERE id = :key",
    "back": "SELECT 1 FROM walk WHERE id = :key AND returned_at IS NOT NULL",
    "signed": "SELECT 1 FROM walk WHERE id = :key AND signed_at IS NOT NULL",
    "check": "SELECT outcome FROM round_check WHERE id = :key",
    "published": "SELECT reason FROM plan_version WHERE resident_id = :key AND number = :number",
    "task": "SELECT text FROM task WHERE id = :key",
    "on duty": "SELECT 1 FROM duty WHERE person_id = :key",
}
"""Where what was told as saved must stand."""


def prove_whole(place: Place, told: Iterable[dict[str, Any]] = ()) -> None:
    """Open it as the program does: nothing that was told as saved is missing, nothing is half there, and verification is clean.

    Raises AssertionError, or whatever opening raises.
    """
    station = place.open()
    with closing(station):
        proof = station.verifications.verify(STATION_ITSELF)
        assert proof.clean, proof.faults
        assert proof.anchored is not None
        assert proof.anchored <= proof.seq
        with station.database.engine.connect() as connection:
            assert connection.execute(text("PRAGMA cipher_integrity_check")).all() == []
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            cut = text("SELECT count(*) FROM ledger WHERE action LIKE :cut")
            assert connection.execute(cut, {"cut": f"{CUT_NOTICED}%"}).scalar() == 0, "the anchor knows of more"
            for what, question in _HALF.items():
                assert connection.execute(text(question)).scalar() == 0, what
            for one in told:
                _prove_told(connection, one)


def _prove_told(connection: Any, one: dict[str, Any]) -> None:
    if one["what"] == "draft":
        kept = text("SELECT fields FROM draft WHERE person_id = :key AND form = :form")
        fields = connection.execute(kept, {name: one[name] for name in ("key", "form")}).scalar()
        assert fields is not None, f"lost: {one}"
        assert int(json.loads(fields)["number"]) >= one["number"], f"lost: {one}"
        return
    known = {name: one[name] for name in ("key", "number", "said") if f":{name}" in _TOLD[one["what"]]}
    found = connection.execute(text(_TOLD[one["what"]]), known).scalar()
    assert found is not None, f"lost: {one}"
    assert found == 1 or shortened(str(found)) == one.get("said"), f"changed: {one}"


def shortened(text: str) -> str:
    """A long text as it is told: its beginning and its length."""
    return text if len(text) <= _TOLD_WHOLE else f"{text[:_TOLD_WHOLE]} … {len(text)}"


def refusal(call: Callable[..., object], *arguments: object) -> str:
    """What it says instead of doing it; empty when it does."""
    try:
        call(*arguments)
    except StaffbaseError as error:
        return str(error)
    return ""

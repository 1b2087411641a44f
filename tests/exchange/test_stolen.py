"""What somebody gets who steals: every byte of every file is searched for what was planted; and who can open it all the same."""

import base64
import bz2
import gzip
import lzma
import shutil
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from staffbase.exchange.doctor import examine
from staffbase.exchange.restore import restore
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.errors import IdentityMissing
from staffbase.kernel.key import FileIdentities, open_key
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.residents.model import WarningKind
from staffbase.station import Station, open_station, take_over_station

PIN = "590284"
PLANTED = {
    "house": "Kvernbekkhuset",
    "units": "ZQX987",
    "leader": "Torgunn Vikabråten",
    "address": "Ørnereirvegen 417",
    "entrance": "den grønne porten",
    "oncall_name": "Bakvakt Sæbjørnsen",
    "oncall_phone": "00 00 00 73",
    "alias": "Åsbjørg Kvitfjell",
    "colleague": "Ragnfrid Stølsnes",
    "note": "kjøkkenkniven lå under madrassen",
    "draft": "halvskrevet om svigermora",
    "danger": "har truet med øks",
}
"""Each is written somewhere by the program, and stands nowhere in its own files."""


@pytest.fixture
def planted(tmp_path: Path, clock: HeldClock) -> Iterator[tuple[Station, Path, FileIdentities, str]]:
    """A station that holds all of it and is still running: the log is not folded in yet."""
    home, identities = tmp_path / "home", FileIdentities(tmp_path / "identities")
    answers = SetUp(
        PLANTED["house"], PLANTED["units"], PLANTED["leader"], PIN, PLANTED["address"], PLANTED["entrance"],
        PLANTED["oncall_name"], PLANTED["oncall_phone"],
    )  # fmt: skip
    station, recovery = create_station(Settings(home=home), clock, answers, identities)
    leader = station.people.sign_in(
        STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, PIN
    ).actor  # what is typed at the door
    unit = station.residents.units(leader)[0].id
    resident = station.residents.admit(leader, unit, PLANTED["alias"], 1971, date(2026, 1, 5))
    station.people.add_person(leader, PLANTED["colleague"], Role.STAFF)
    station.residents.add_warning(leader, resident, WarningKind.DANGER, PLANTED["danger"])
    with station.database.write(leader, "note.write") as tx:
        write_entry(tx, Kind.EVERYDAY, PLANTED["note"], house_id=station.house_id, resident_id=resident)
    station.journal.save_draft(leader, "note", {"text": PLANTED["draft"]})
    station.automatic_backups(Settings(home=home)).take(STATION_ITSELF)
    yield station, home, identities, recovery
    station.close()


def forms(planted: str) -> set[bytes]:
    """The ways in which it may stand in a file."""
    written = {planted, planted.lower(), planted.upper(), planted.casefold(), planted[::-1]}
    encoded = {
        one.encode(name) for one in written for name in ("utf-8", "utf-16-le", "utf-16-be", "latin-1", "utf-32-le")
    }
    plain = planted.encode()
    # base64 of a longer text: whatever stands before it, one of three alignments, without the letters at its ends
    based = {base64.b64encode(b"\0" * before + plain)[4:-4] for before in range(3)}
    found = encoded | based | {plain.hex().encode(), plain.hex().upper().encode()}
    return {one for one in found if len(one) >= SHORT}


SHORT = 4
"""Bytes: what is shorter turns up by chance."""
NEEDLES = {name: forms(planted) for name, planted in {**PLANTED, "pin": PIN}.items()}


def unpacked(data: bytes) -> Iterator[bytes]:
    """The bytes, and what is packed in them, wherever it begins."""
    yield data
    for magic, unpack in (
        (b"\x78\x01", lambda part: zlib.decompressobj().decompress(part, 1 << 20)),
        (b"\x78\x9c", lambda part: zlib.decompressobj().decompress(part, 1 << 20)),
        (b"\x78\xda", lambda part: zlib.decompressobj().decompress(part, 1 << 20)),
        (b"\x1f\x8b\x08", lambda part: zlib.decompressobj(31).decompress(part, 1 << 20)),
        (b"BZh", lambda part: bz2.BZ2Decompressor().decompress(part, 1 << 20)),
        (b"\xfd7zXZ", lambda part: lzma.LZMADecompressor().decompress(part, 1 << 20)),
    ):
        at = data.find(magic)
        while at >= 0:
            with suppress(zlib.error, OSError, EOFError, lzma.LZMAError):
                yield unpack(data[at:])
            at = data.find(magic, at + 1)


def found_in(folder: Path) -> dict[str, set[str]]:
    """What can be read in which file."""
    found: dict[str, set[str]] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            for data in unpacked(file.read_bytes()):
                for name, needles in NEEDLES.items():
                    if any(needle in data for needle in needles):
                        found.setdefault(file.name, set()).add(name)
    return found


Planted = tuple[Station, Path, FileIdentities, str]


def test_the_search_finds_what_can_be_read(planted: Planted, tmp_path: Path) -> None:
    """Else finding nothing would tell nothing: the same database without its encryption, and a PIN packed in six ways."""
    _station, home, identities, _recovery = planted
    plain = tmp_path / "plain"
    plain.mkdir()
    engine = sqlcipher_engine(home / "staffbase.db", open_key(home, identities).database)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"ATTACH DATABASE '{plain / 'all.db'}' AS plain KEY ''")
        connection.exec_driver_sql("SELECT sqlcipher_export('plain')")
        connection.exec_driver_sql("DETACH DATABASE plain")
    engine.dispose()
    assert found_in(plain) == {"all.db": set(PLANTED)}
    told = f"noe foran {PIN} og bak".encode()
    for number, packed in enumerate(
        (told, told.decode().encode("utf-16-le"), base64.b64encode(told), told.hex().encode(), zlib.compress(told),
         b"x" * 9 + gzip.compress(told), bz2.compress(told), lzma.compress(told))
    ):  # fmt: skip
        (plain / f"{number}").write_bytes(packed)
    assert {name for name, what in found_in(plain).items() if "pin" in what} == set("01234567")


def test_in_a_stolen_folder_with_its_backups_nothing_can_be_read(planted: Planted, tmp_path: Path) -> None:
    """Copied from under a running station, so that its log is there, too."""
    _station, home, _identities, recovery = planted
    stolen = tmp_path / "stolen"
    shutil.copytree(home, stolen)
    names = {file.name for file in stolen.rglob("*") if file.is_file()}
    assert {"staffbase.db", "staffbase.db-wal", "key.age", "station.toml", "staffbase.anchor"} < names
    assert any(name.endswith(".backup") for name in names)
    assert found_in(stolen) == {}
    for file in stolen.rglob("*"):
        if file.is_file() and file.suffix not in (".toml", ".anchor") and file.name != "staffbase.db-shm":
            data = file.read_bytes()
            assert len(data) < 1000 or len(zlib.compress(data, 9)) > 0.98 * len(data), (
                f"{file.name} has a pattern in it"
            )
            assert b"SQLite format" not in data
    assert recovery.encode() not in b"".join(file.read_bytes() for file in stolen.rglob("*") if file.is_file())
    told = (stolen / "station.toml").read_text()
    assert [line.split(" ")[0] for line in told.splitlines()] == ["id", "station", "recovery"]


def rows_of(station: Station) -> dict[str, list[tuple[object, ...]]]:
    with station.database.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{table.name}" ORDER BY 1, 2'))]
            for table in SQLModel.metadata.sorted_tables
            if table.name not in ("ledger", "pin") and len(table.columns) > 1
        }


def test_on_another_machine_the_recovery_identity_alone_opens_each(
    planted: Planted, tmp_path: Path, clock: HeldClock
) -> None:
    station, home, _identities, recovery = planted
    stolen, elsewhere = tmp_path / "stolen", FileIdentities(tmp_path / "another machine")
    shutil.copytree(home, stolen)
    wanted = rows_of(station)
    backup = next((stolen / "backups").iterdir())
    with pytest.raises(IdentityMissing):
        open_station(Settings(home=stolen), clock, elsewhere)
    with pytest.raises(IdentityMissing):
        restore(tmp_path / "no", clock, backup, elsewhere, str(_other_identity()))
    done = restore(tmp_path / "restored", clock, backup, elsewhere, recovery)
    assert done.proof.clean
    restored = open_station(Settings(home=tmp_path / "restored"), clock, elsewhere)
    taken = take_over_station(Settings(home=stolen), clock, recovery, FileIdentities(tmp_path / "a third machine"))
    for opened in (restored, taken):
        assert rows_of(opened) == wanted
        assert opened.verifications.verify(STATION_ITSELF).clean
        opened.close()


def test_the_folder_with_the_stations_identity_is_everything_without_any_pin(
    planted: Planted, tmp_path: Path, clock: HeldClock
) -> None:
    """As the README says: the PIN says who acts, and encrypts nothing."""
    _station, home, identities, _recovery = planted
    stolen = tmp_path / "stolen"
    shutil.copytree(home, stolen)
    key = open_key(stolen, identities)
    engine = sqlcipher_engine(stolen / "staffbase.db", key.database)
    with engine.connect() as connection:
        assert PLANTED["note"] in connection.execute(text("SELECT text FROM entry_text")).scalars().all()
    engine.dispose()


def test_the_doctor_says_nothing_personal(planted: Planted) -> None:
    _station, home, identities, _recovery = planted
    told = "\n".join(finding.sentence for finding in examine(Settings(home=home), identities))
    assert not [name for name, planted_ in PLANTED.items() if planted_ in told]


def _other_identity() -> object:
    from pyrage import x25519

    return x25519.Identity.generate()

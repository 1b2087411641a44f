"""The command line: what each command does, what it ends with, and one clear sentence for whatever is wrong."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyrage import x25519
from sqlmodel import col, select

from staffbase.cli import main
from staffbase.commands import COMMANDS
from staffbase.exchange.import_words import Column, column_of
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF, Role
from staffbase.kernel.clock import SystemClock
from staffbase.kernel.database import sqlcipher_engine
from staffbase.kernel.errors import IdentityMissing
from staffbase.kernel.key import SystemIdentities, open_key, open_with_recovery
from staffbase.kernel.ledger import Ledger
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.people.service import People
from staffbase.station import Station, open_station

PIN = "283746"
PASSPHRASE = "fire ord på en lapp"
ROOT = Path(__file__).parent.parent


@dataclass
class Ended:
    """What a command ended with."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, in English unless said otherwise; `typed` is its standard input."""

    def command(*arguments: str, typed: str = "", lang: str = "en") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        try:
            code = main(["--home", str(home), "--lang", lang, *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Ended(code, told.out, told.err)

    return command


@pytest.fixture
def recovery_identity(home: Path) -> str:
    """A station of our own, with Ida as its leader; and what lies in the safe."""
    answers = SetUp("Prøvehuset", "A1-A6,B1-B4", "Ida", PIN, "Prøveveien 1")
    station, identity = create_station(Settings(home=home), SystemClock(), answers)
    station.close()
    return identity


def opened(home: Path) -> Station:
    return open_station(Settings(home=home), SystemClock())


def one_sentence(ended: Ended, code: int, *words: str) -> None:
    """It ended with this code and one line on stderr, which holds these words."""
    assert ended.code == code, ended.err
    assert ended.err.startswith("staffbase: ")
    assert ended.err.count("\n") == 1, ended.err
    assert ended.err.rstrip().endswith((".", "”", "»"))
    for word in words:
        assert word in ended.err


# -- init ---------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a place where nobody can make a folder")
def test_a_folder_that_cannot_be_made_is_said_to_be_so(run: Run) -> None:
    setting_up = ("--home", "/proc/none/staffbase", "init", "--house", "H", "--units", "A1", "--leader", "Ingrid")
    one_sentence(run(*setting_up, typed=PIN), 4, "/proc/none/staffbase", "it cannot be made there")


def test_init_makes_a_station_and_shows_the_recovery_identity(run: Run, home: Path) -> None:
    ended = run(
        "init", "--house", "Huset", "--units", "A1-A2", "--leader", "Ida", "--oncall", "00 00 00 01", typed=f"{PIN}\n"
    )
    assert ended.code == 0
    shown = re.search(r"^AGE-SECRET-KEY-1[0-9A-Z]{58}$", ended.out, re.MULTILINE)
    assert shown is not None
    station = opened(home)
    assert station.residents.house(STATION_ITSELF).oncall_phone == "00 00 00 01"
    leader = station.people.directory(STATION_ITSELF)[0]
    assert not station.people.sign_in(STATION_ITSELF, leader.id, PIN).must_change_pin
    station.close()
    one_sentence(run("init", "--house", "H", "--units", "A1", "--leader", "I", typed=f"{PIN}\n"), 2, "already")


@pytest.mark.parametrize(
    ("said", "typed", "words"),
    [
        ({}, "", ("--house, --units, --leader",)),
        ({"house": "H", "units": "A1-A", "leader": "I"}, PIN, ("--units", "A1-A6,B1-B4")),
        ({"house": " ", "units": "A1", "leader": "I"}, PIN, ("--house",)),
        ({"house": "H", "units": "A1", "leader": "I\x1b[2J"}, PIN, ("--leader", "control characters")),
        ({"house": "H", "units": "A1", "leader": "I", "oncall": "1" * 31}, PIN, ("--oncall", "30")),
        ({"house": "H", "units": "A1", "leader": "I"}, "", ("Nothing was typed",)),
        ({"house": "H", "units": "A1", "leader": "I"}, "123456", ("row of digits",)),
        ({"house": "H", "units": "A1", "leader": "I"}, "2837", ("6 to 12 digits",)),
    ],
)
def test_init_refuses_before_anything_is_written(
    run: Run, home: Path, said: dict[str, str], typed: str, words: tuple[str, ...]
) -> None:
    options = [part for name, value in said.items() for part in (f"--{name}", value)]
    one_sentence(run("init", *options, typed=f"{typed}\n"), 2, *words)
    assert not home.exists()


def test_with_a_passphrase_every_command_asks_for_it(run: Run, home: Path) -> None:
    said = ("init", "--house", "H", "--units", "A1", "--leader", "Ida", "--passphrase")
    one_sentence(run(*said, typed=f"{PIN}\nkort\n"), 2, "at least 16 characters")
    assert run(*said, typed=f"{PIN}\n{PASSPHRASE}\n").code == 0
    assert run("handover", "--as", "Ida", typed=f"{PASSPHRASE}\n{PIN}\n").code == 0
    one_sentence(run("handover", "--as", "Ida", typed=f"noe annet\n{PIN}\n"), 3, "The passphrase is wrong.")
    one_sentence(run("migrate", typed="noe annet\n", lang="nb"), 3, "Passfrasen er feil.")
    ended = run("doctor", typed=f"{PASSPHRASE}\n")
    assert ended.code == 0
    assert "asks for its passphrase at every start" in ended.out
    assert "database file is whole" in ended.out
    ended = run("doctor")
    assert ended.code == 0
    assert "database file is whole" not in ended.out


# -- a copy, and what may be wrong with a folder ------------------------------------------------------------------------


def test_a_copy_opens_with_the_recovery_identity_alone(
    run: Run, home: Path, recovery_identity: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Show 7: no name, note or PIN in any file; the folder alone does not open; the identity from the safe opens it."""
    station = opened(home)
    leader = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, PIN).actor
    station.notes.write(leader, text="Hemmeligheten om kjøkkenkniven")
    held = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    # nothing shorter: three letters stand in a megabyte of noise once in twenty times
    for secret in (
        *(said.encode() for said in ("Prøvehuset", "Hemmelig", "kjøkken", "Prøveveien", PIN)),
        b"SQLite format",
    ):
        assert secret not in held
    station.close()
    monkeypatch.setenv("STAFFBASE_IDENTITY_DIR", str(tmp_path / "another machine"))
    shutil.copytree(home, tmp_path / "copy")
    copy = ("--home", str(tmp_path / "copy"))
    one_sentence(run("handover", "--as", "Ida", *copy, typed=PIN), 4, "recovery identity", "init --recover")
    one_sentence(run("handover", "--as", "Ida", *copy, typed=PIN, lang="nb"), 4, "gjenopprettingsidentiteten")
    assert "BAD" in (ended := run("doctor", *copy)).out
    assert ended.code == 1
    one_sentence(run("init", "--recover", *copy, typed="hunter2\n"), 4, "not an identity")
    assert run("init", "--recover", *copy, typed=f"{recovery_identity.lower()}\n").code == 0
    assert run("doctor", *copy).code == 0
    station = opened(tmp_path / "copy")
    found = station.journal.timeline(leader, None)
    assert "kjøkkenkniven" in found[0].text
    station.close()


def test_where_it_cannot_be_known_who_else_opened_a_copy_that_is_said(
    run: Run, home: Path, recovery_identity: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STAFFBASE_IDENTITY_DIR", str(tmp_path / "another machine"))
    assert "station.toml was lost" not in run("init", "--recover", typed=recovery_identity).out
    (home / "station.toml").unlink()
    ended = run("init", "--recover", typed=recovery_identity)
    assert ended.code == 0, ended.err
    assert "station.toml was lost, and with it who else opens the station" in ended.out


def test_no_station_yet(run: Run, home: Path) -> None:
    for command in (("handover", "--as", "Ida"), ("import", "x.csv", "--as", "Ida"), ("migrate",), ("doctor",)):
        one_sentence(run(*command), 2, "There is no station", "staffbase init")
    assert not home.exists()


def test_wrong_keys_damage_and_newer_versions(run: Run, home: Path, recovery_identity: str, tmp_path: Path) -> None:
    whole = {file.name: file.read_bytes() for file in home.iterdir()}

    def put(name: str, content: bytes) -> None:
        (home / name).write_bytes(content)

    key = open_key(home, SystemIdentities()).database
    put("staffbase.db", whole["staffbase.db"][:5000] + b"\0" * 3000 + whole["staffbase.db"][8000:])
    one_sentence(run("migrate"), 4, "damaged")
    one_sentence(run("migrate", lang="nb"), 4, "skadet")
    assert run("doctor").code == 1
    put("staffbase.db", b"not a database at all" * 1000)
    one_sentence(run("handover", "--as", "Ida", typed=PIN), 4, "damaged or does not belong to this key")
    put("staffbase.db", whole["staffbase.db"])
    put("key.age", whole["key.age"][:-3])
    one_sentence(run("migrate"), 4, "key file is damaged")
    put("key.age", whole["key.age"])
    (home / "key.age").chmod(0o644)
    one_sentence(run("migrate"), 4, "chmod 600")
    (home / "key.age").chmod(0o600)
    (home / "key.age").unlink()
    one_sentence(run("migrate"), 4, "key.age is missing")
    one_sentence(run("init", "--house", "H", "--units", "A1", "--leader", "I", typed=PIN), 4, "key.age is missing")
    put("key.age", whole["key.age"])
    (home / "key.age").chmod(0o600)
    (home / "staffbase.db").rename(tmp_path / "elsewhere")
    one_sentence(run("migrate"), 4, "staffbase.db is not there")
    (tmp_path / "elsewhere").rename(home / "staffbase.db")
    engine = sqlcipher_engine(home / "staffbase.db", key)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    one_sentence(run("migrate"), 4, "newer version")
    one_sentence(run("migrate", lang="nb"), 4, "nyere versjon")
    assert run("doctor").code == 1


def test_another_stations_database_does_not_open(run: Run, home: Path, recovery_identity: str, tmp_path: Path) -> None:
    other, _identity = create_station(Settings(home=tmp_path / "other"), SystemClock(), SetUp("H", "A1", "I", PIN))
    other.close()
    shutil.copy(tmp_path / "other" / "staffbase.db", home / "staffbase.db")
    one_sentence(run("migrate"), 4, "does not belong to this key")


def test_a_folder_that_cannot_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    said = ("init", "--house", "H", "--units", "A1", "--leader", "I", "--home", str(tmp_path / "file"))
    one_sentence(run(*said, typed=PIN), 4, "it is no folder", "--home")
    one_sentence(run(*said, typed=PIN, lang="nb"), 4, "det er ikke en mappe")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("idle_lock_minutes = 0", ("idle_lock_minutes", "1 to 1440")),
        ("unlock = 'never'", ("unlock", "auto, passphrase")),
        ("no toml", ("settings.toml", "cannot be read")),
        ("colour = 'red'", ("colour",)),
    ],
)
def test_settings_that_cannot_be_used(run: Run, home: Path, settings: str, words: tuple[str, ...]) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(settings)
    one_sentence(run("migrate"), 2, *words)


# -- who asks -----------------------------------------------------------------------------------------------------------


def test_who_asks_is_asked(run: Run, home: Path, recovery_identity: str) -> None:
    one_sentence(run("handover"), 2, "--as NAME")
    one_sentence(run("handover", "--as", "Nobody", typed=PIN), 2, "Nobody here has that name")
    one_sentence(run("handover", "--as", "Ida"), 2, "Nothing was typed")
    for _try in range(4):
        one_sentence(run("handover", "--as", "Ida", typed="999998"), 3, "wrong")
    one_sentence(run("handover", "--as", "Ida", typed="999998", lang="nb"), 3, "sekunder")
    one_sentence(run("handover", "--as", "Ida", typed=PIN), 3, "Wait ")


def test_what_a_role_may_not_do_is_refused(run: Run, home: Path, recovery_identity: str, tmp_path: Path) -> None:
    station = opened(home)
    leader = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, PIN).actor
    marit, one_time = add_staff(station.people, leader)
    station.close()
    one_sentence(run("handover", "--as", "Marit", typed=one_time), 3, "Change your one-time PIN first")
    station = opened(home)
    signed = station.people.sign_in(STATION_ITSELF, marit, one_time)
    station.people.change_pin(signed.actor, one_time, "739164")
    station.close()
    assert run("handover", "--as", "Marit", typed="739164").code == 0
    (tmp_path / "list.csv").write_text("Type;Navn;Rolle\nansatt;Jonas;ansatt\n")
    one_sentence(run("import", str(tmp_path / "list.csv"), "--as", "Marit", typed="739164"), 3)


def add_staff(people: People, leader: object) -> tuple[int, str]:
    from staffbase.kernel.access import Role

    added = people.add_person(leader, "Marit", Role.STAFF)  # type: ignore[arg-type]  # signed in above
    return added, people.issue_pin(leader, added)  # type: ignore[arg-type]


# -- import, handover, backup, migrate, keys ----------------------------------------------------------------------------

LIST = """Type;Navn;Rolle;Bolig;Fødselsår;Innflyttet;Tilsynsavtale;Allergi;Fare;Primærkontakt;Telefon;Merknad
ansatt;Åse Bø;fagleder;;;;;;;;00 00 00 11;
ansatt;Jørn Æsøy;ansatt;;;;;;;;;
ansatt;Nora;vikar;;;;;;;;;
ansatt;Samira;nattevakt;;;;;;;;;
beboer;Kim-André;;A1;1988;01.03.2024;banke;;;Åse Bø;;flyttet fra Ådalen
beboer;Tor Øyvind;;A2;1975;31.02.2024;;penicillin;;;;
beboer;Linn;;A3;1991;15.06.2023;;;kniver i leiligheten;Jørn Æsøy;;
beboer;Geir;;A4;1969;;;;;;;
beboer;Mona;;A5;1983;;;;;;;
beboer;Pål;;A6;1979;;;;;;;
beboer;Ruth;;B1;1965;;;;;;;
"""


def test_a_list_with_one_wrong_date_is_refused_and_then_taken_in_whole(
    run: Run, home: Path, recovery_identity: str, tmp_path: Path
) -> None:
    """Show 9: twelve rows in Windows-1252."""
    file = tmp_path / "liste.csv"
    file.write_bytes(LIST.replace("\n", "\r\n").encode("cp1252"))
    assert len(LIST.splitlines()) == 12
    ended = run("import", str(file), "--as", "Ida", typed=PIN)
    one_sentence(ended, 2, "Row 7", "“Innflyttet”", "31.02.2024", "dd.mm.yyyy")
    one_sentence(run("import", str(file), "--as", "Ida", typed=PIN, lang="nb"), 2, "Rad 7", "«Innflyttet»")
    station = opened(home)
    assert len(station.people.directory(STATION_ITSELF)) == 1
    station.close()
    file.write_bytes(LIST.replace("31.02.2024", "29.02.2024").replace("\n", "\r\n").encode("cp1252"))
    ended = run("import", str(file), "--as", "Ida", "--dry-run", typed=PIN)
    assert (ended.code, ended.out.count("\n")) == (0, 2)
    assert "It would add: 7 residents, 4 persons on the staff. Nothing was saved." in ended.out
    ended = run("import", str(file), "--as", "Ida", typed=PIN)
    assert ended.code == 0
    assert "Merknad" in ended.out
    pins = dict(re.findall(r"^(\d{6})  (.+)$", ended.out, re.MULTILINE))
    assert sorted(pins.values()) == ["Jørn Æsøy", "Nora", "Samira", "Åse Bø"]
    station = opened(home)
    people = {person.name: person for person in station.people.directory(STATION_ITSELF)}
    for pin, name in pins.items():
        assert station.people.sign_in(STATION_ITSELF, people[name].id, pin).must_change_pin
    leader = station.people.sign_in(STATION_ITSELF, people["Ida"].id, PIN).actor
    residents = {door.code: door.resident.alias for door in station.residents.doors(leader) if door.resident}
    assert residents["A1"] == "Kim-André"
    assert residents["A2"] == "Tor Øyvind"
    assert len(residents) == 7
    station.close()
    assert run("import", str(file), "--as", "Ida", typed=PIN).code == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 a workbook", ("Excel workbook",)),
        (b"\0\1\2\3" * 100, ("not a CSV file",)),
        (b"", ("empty",)),
        (None, ("it is not there",)),
    ],
)
def test_a_file_that_is_no_list(
    run: Run, recovery_identity: str, tmp_path: Path, content: bytes | None, words: tuple[str, ...]
) -> None:
    if content is not None:
        (tmp_path / "list.csv").write_bytes(content)
    one_sentence(run("import", str(tmp_path / "list.csv"), "--as", "Ida", typed=PIN), 2, *words)


def test_handover_backup_migrate_and_keys(run: Run, home: Path, recovery_identity: str, tmp_path: Path) -> None:
    ended = run("handover", "--as", "ida", typed=PIN)
    assert (ended.code, ended.err) == (0, "")
    assert "Report: not signed yet" in ended.out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ended.out)
    file = tmp_path / "copy.staffbase"
    ended = run("backup", str(file), "--as", "Ida", typed=PIN)
    assert ended.code == 0
    assert str(file) in ended.out
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    one_sentence(run("backup", str(file), "--as", "Ida", typed=PIN), 2, "exists already")
    one_sentence(run("backup", str(tmp_path / "no" / "copy"), "--as", "Ida", typed=PIN), 2, "does not exist")
    assert run("migrate").code == 0
    ended = run("keys", lang="nb")
    assert ended.code == 0
    assert "Nattrunde" in ended.out


def test_a_residents_access_log_goes_to_the_screen_or_a_file_of_ones_own(
    run: Run, recovery_identity: str, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Type;Navn;Enhet;Født\nbeboer;Kari N.;A1;1980\n", encoding="utf-8")
    assert run("import", str(people), "--as", "Ida", typed=PIN).code == 0
    ended = run("access-log", "--resident", "A1", "--as", "Ida", typed=PIN)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Access log: A1 Kari N.\n")
    assert re.search(r"Newest row of the ledger: \d+:[0-9a-f]{16}\n$", ended.out)
    file = tmp_path / "log.txt"
    ended = run(
        "access-log", "--resident", "A1", "--since", "1.1.2020", "-o", str(file), "--as", "Ida", typed=PIN, lang="nb"
    )
    assert ended.code == 0
    told = file.read_text(encoding="utf-8")
    assert told.startswith("Innsynslogg: A1 Kari N.\n")
    assert "denne loggen, for utskrift" in told  # the first print
    assert file.stat().st_mode & 0o777 == 0o600
    table = tmp_path / "log.CSV"
    assert run("access-log", "--resident", "A1", "-o", str(table), "--as", "Ida", typed=PIN, lang="nb").code == 0
    rows = table.read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "Dag;Tid;Navn;Rolle;Hva;Stasjon;Grunn;Skrevet ned senere"
    assert len(rows) == 3  # the two prints before it
    assert ";Ida;leder;denne loggen, for utskrift;" in rows[1]
    assert table.stat().st_mode & 0o777 == 0o600
    one_sentence(run("access-log", "--resident", "A1", "-o", str(file), "--as", "Ida", typed=PIN), 2, "exists already")
    one_sentence(run("access-log", "--resident", "A9", "--as", "Ida", typed=PIN), 2, "Nobody fits")
    one_sentence(run("access-log", "--as", "Ida", typed=PIN), 2, "--resident")


# -- the command line itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nosuch",), ("nosuch", "--help")),
        (("--nosuch",), ("--nosuch", "--help")),
        (("import", "--as"), ("--as",)),
        (("backup",), ("FILE",)),
        (("--lang", "de", "keys"), ("de",)),
        (("demo", "--at", "yesterday"), ("2026-01-05T23:38",)),
        (("run",), ("needs a terminal",)),
        ((), ("needs a terminal",)),
        (("demo",), ("needs a terminal",)),
    ],
)
def test_wrong_use_is_one_sentence(run: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    one_sentence(run(*arguments), 2, *words)


def test_a_house_that_is_thrown_away_knows_no_settings_of_the_station(run: Run, home: Path, tmp_path: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text("theme = = dark")
    one_sentence(run("doctor"), 2, "Line 1 of settings.toml")
    one_sentence(run("doctor", lang="nb"), 2, "Linje 1 i settings.toml kan ikke leses")
    one_sentence(run("demo"), 2, "needs a terminal")
    one_sentence(run("demo", "--dir", str(tmp_path / "kept")), 2, "needs a terminal")


def test_wrong_use_in_norwegian(run: Run) -> None:
    one_sentence(run("nosuch", lang="nb"), 2, "staffbase kjenner ikke «nosuch».", "Se staffbase --help.")
    one_sentence(run("backup", lang="nb"), 2, "FIL mangler.")
    ended = run("--help", lang="nb")
    assert ended.code == 0
    assert ended.out.startswith("bruk: staffbase")
    assert "options" not in ended.out


def test_every_command_has_its_help_and_its_function(run: Run) -> None:
    for name in COMMANDS:
        ended = run(name, "--help")
        assert ended.code == 0
        assert ended.out.startswith(f"usage: staffbase {name} ")
        assert f"    {name} " in run("--help").out


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_help_of_import_names_headings_that_are_understood(run: Run, language: str) -> None:
    helped = " ".join(run("import", "--help", "--lang", language).out.split())
    named = re.search(r": ([^;]*?),? (?:for|til) (?:residents|beboere); ([^.]*?) for (?:staff|ansatte)\.", helped)
    assert named is not None
    headings = {column_of(heading) for part in named.groups() for heading in part.split(", ")}
    assert headings == set(Column) - {Column.TYPE}


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [
        name
        for name in COMMANDS
        if name not in ("run", "migrate") and f"staffbase {name}" not in readme.replace("\n", " ")
    ]
    assert missing == []


# -- as it is started ---------------------------------------------------------------------------------------------------


def started(*arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    said = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(
        [sys.executable, "-m", "staffbase", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        env=said,
        check=False,
    )


def test_started_as_a_program(home: Path, recovery_identity: str) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    assert started("--version").stdout == f"staffbase {version}\n"
    ended = started("handover", "--as", "Ida", typed=f"{PIN}\n", STAFFBASE_HOME=str(home), STAFFBASE_LANGUAGE="en")
    assert ended.returncode == 0
    assert "Report: not signed yet" in ended.stdout
    ended = started("handover", "--as", "Ida", "--home", str(home), typed="999998\n")
    assert (ended.returncode, ended.stderr) == (3, "staffbase: PIN-en er feil. Prøv igjen.\n")


def test_no_library_that_a_command_does_not_need_is_loaded() -> None:
    """Wrong use answers at once, and help knows neither database nor screen."""
    program = (
        "import sys; from staffbase.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('textual', 'sqlalchemy', 'sqlcipher3', 'pyrage', 'argon2') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.endswith("[]\n")


def test_a_reader_that_goes_away_is_no_traceback(home: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "staffbase", "keys"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait() in (0, 4)


def test_a_folder_without_permission_is_one_sentence(home: Path, recovery_identity: str, tmp_path: Path) -> None:
    """As root nothing is refused, so another account runs it then."""
    home.chmod(0o000)
    program = (
        "import ctypes, os, resource, sys, platformdirs, pyrage, sqlcipher3.dbapi2\n"
        "import staffbase.exchange.doctor, staffbase.station, staffbase.people.service, staffbase.residents.service\n"
        "from staffbase.cli import main\n"
        "os.geteuid() or os.seteuid(65534)\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    try:
        for arguments in (("migrate",), ("doctor",), ("init", "--house", "H", "--units", "A1", "--leader", "I")):
            ended = subprocess.run(
                [sys.executable, "-c", program, "--home", str(home), "--lang", "en", *arguments],
                input=f"{PIN}\n", capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert ended.returncode == 4, ended.stderr
            assert ended.stderr.count("\n") == 1
            assert "this account has no right to it" in ended.stderr
            assert "--home" in ended.stderr
    finally:
        home.chmod(0o700)


def test_it_is_verified_and_a_change_by_hand_ends_with_one(run: Run, home: Path, recovery_identity: str) -> None:
    ended = run("verify")
    assert ended.code == 0
    assert "Everything is as staffbase wrote it" in ended.out
    assert json.loads(run("verify", "--json").out)["clean"] is True
    by_hand = sqlcipher_engine(home / "staffbase.db", open_key(home, SystemIdentities()).database)
    with by_hand.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET name = 'Hemmelig Navn'")
    by_hand.dispose()
    ended = run("verify")
    assert ended.code == 1
    assert "person" in ended.out
    assert "Hemmelig" not in ended.out
    assert json.loads(run("verify", "--json").out)["faults"][0]["what"] == "changed"


def test_a_new_key_and_other_identities(run: Run, home: Path, recovery_identity: str) -> None:
    before = open_key(home, SystemIdentities())
    assert run("rekey", "--as", "Ida", typed=PIN).code == 0
    assert open_key(home, SystemIdentities()).database != before.database
    assert run("verify").code == 0
    station = open_station(Settings(home=home), SystemClock())
    with station.database.read() as tx:
        told = tx.all(select(Ledger.action).where(col(Ledger.action).startswith("key.")).order_by(col(Ledger.seq)))
    station.close()
    assert told == ["key.change", "key.changed"]  # the second with the new key
    sealed = x25519.Identity.generate()
    ended = run("openers", "add", str(sealed.to_public()), "konvolutt", "--as", "Ida", typed=PIN)
    assert ended.code == 0
    assert "konvolutt" in ended.out
    one_sentence(run("openers", "add", "age1nope", "x", "--as", "Ida", typed=PIN), 2, "not a public key")
    one_sentence(run("openers"), 2, "Say who you are")
    shown = run("openers", "--as", "Ida", "new-recovery", typed=PIN).out
    fresh = re.search(r"AGE-SECRET-KEY-1\w+", shown)
    assert fresh is not None
    assert open_with_recovery(home, fresh[0]) == open_with_recovery(home, str(sealed))
    with pytest.raises(IdentityMissing):
        open_with_recovery(home, recovery_identity)
    assert run("openers", "remove", str(sealed.to_public()), "--as", "Ida", typed=PIN).code == 0
    assert run("openers", "new-station", "--as", "Ida", typed=PIN).code == 0
    assert run("handover", "--as", "Ida", typed=PIN).code == 0


def test_the_ledger_names_who_restored(run: Run, home: Path, recovery_identity: str, tmp_path: Path) -> None:
    file, station = tmp_path / "januar.age", opened(home)
    ida = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, PIN).actor
    gone = station.people.add_person(ida, "Odd", Role.LEADER)
    station.backup(home).backup(STATION_ITSELF, file)
    station.people.person_left(ida, gone)
    station.close()
    ended = run("restore", str(file), "--replace", "--as", "Ida", typed=PIN)
    assert ended.code == 0, ended.err
    assert "1 person who left since the backup stays out: Odd." in ended.out
    ended = run("restore", str(file), "--replace", "--recovery", typed=recovery_identity)
    assert "1 person who left since the backup stays out.\n" in ended.out
    assert _restored_by(home) == [(0, "system")], "the one before lies aside, by name"
    (aside,) = (folder for folder in home.glob("replaced-*") if _restored_by(folder) == [(ida.person_id, "leader")])
    assert aside


def _restored_by(home: Path) -> list[tuple[int, str]]:
    station = opened(home)
    with station.database.read() as tx:
        found = list(tx.all(select(Ledger.actor_id, Ledger.role).where(col(Ledger.action).startswith("restore.done."))))
    station.close()
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_no_command_leaves_a_core_dump(tmp_path: Path) -> None:
    """The limit alone is not enough: where dumps are piped to a program, the kernel does not ask it."""
    asking = (
        "import contextlib, ctypes, resource, sys\n"
        "from staffbase import cli\n"
        "with contextlib.suppress(ValueError):\n"  # a command that ran in this process before has lowered it for good
        "    resource.setrlimit(resource.RLIMIT_CORE, (1024, 1024))\n"
        "code = cli.main(['--home', sys.argv[1], 'keys'])\n"
        "print('code', code, 'limit', resource.getrlimit(resource.RLIMIT_CORE), 'dumpable', ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    done = subprocess.run([sys.executable, "-c", asking, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "code 0 limit (0, 0) dumpable 0"


def test_a_fault_in_a_command_quotes_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_asked: object, _settings: Settings) -> int:
        note = "Kim-André 7731"
        raise LookupError(note)

    monkeypatch.setitem(COMMANDS, "keys", fails)
    assert main(["--home", str(tmp_path), "--lang", "en", "keys"]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("staffbase had to stop: there is a fault in it.")
    assert "7731" not in said.err
    fault = (tmp_path / "fault.txt").read_text()
    assert "LookupError" in fault
    assert "7731" not in fault

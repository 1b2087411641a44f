"""The plot played through the real services: to several moments, in both languages, further on, and after a visitor."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from staffbase.cli import main
from staffbase.crisis_plans.service import CrisisPlans
from staffbase.demo import MARK_FILE
from staffbase.demo.house import DEFAULT_MOMENT, LAST_MOMENT, STAFF
from staffbase.demo.play import play, reached
from staffbase.demo.run import PINS, open_demo, signed_in
from staffbase.journal.model import Importance, Kind
from staffbase.kernel import i18n
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import OSLO, HeldClock, SystemClock
from staffbase.kernel.errors import Invalid, NotFound
from staffbase.kernel.key import SystemIdentities
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.residents.model import Presence, Status
from staffbase.station import Station, open_station

Opener = Callable[..., Station]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=OSLO)


@cache
def shared() -> Path:
    """Houses are played once a moment and language, and copied for each test."""
    folder = Path(tempfile.mkdtemp(prefix="staffbase-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    monkeypatch.setenv("STAFFBASE_IDENTITY_DIR", str(shared() / "identities"))
    opened: list[Station] = []
    folder, settings = tmp_path / "house", Settings(home=tmp_path / "unused")

    def opener(moment: datetime | None = None) -> Station:
        played = shared() / f"{moment or DEFAULT_MOMENT:%m%d%H%M}-{i18n.language()}"
        if not folder.exists():
            if not played.exists():
                open_demo(settings, moment, played).close()
            shutil.copytree(played, folder)
        station = open_demo(settings, moment, folder)
        opened.append(station)
        return station

    yield opener
    for station in opened:
        station.close()


def person(station: Station, name: str):
    return signed_in(station, name)


def test_the_evening_it_opens_on(demo: Opener) -> None:
    station = demo()
    assert station.database.clock.now() == DEFAULT_MOMENT
    ingrid = person(station, "ingrid")
    assert {one.name for one in station.people.on_duty(ingrid)} == {"Marit", "Jonas"}
    sheet = station.rounds.sheet(ingrid)
    assert [line.door.code for line in sheet.lines if line.due] == ["A1", "A2", "A3", "A5", "A6", "B1", "B2", "B3"]
    assert {line.door.code: bool(line.reason) for line in sheet.lines if not line.due} == {"A4": True, "B4": True}
    assert all(line.last_seen or line.door.code in ("B1", "B3", "A1", "A5") for line in sheet.lines if line.due)
    assert len(station.tasks.open_tasks(ingrid)) >= 4
    assert len(station.journal.timeline(ingrid)) >= 20


def test_the_night_watch_is_on_duty_before_the_round(demo: Opener) -> None:
    station = demo(at(5, 23, 38))
    samira = person(station, "Samira")
    assert "Samira" in {one.name for one in station.people.on_duty(samira)}
    assert station.rounds.sheet(samira).walk is None
    assert len(station.rounds.sheet(samira).open_lines) == 8


def test_the_night_of_the_overdose(demo: Opener) -> None:
    station = demo(at(9, 14, 40))
    marit = person(station, "Marit")
    assert {"Marit", "Jonas"} <= {one.name for one in station.people.on_duty(marit)}
    last = station.people.last_duty_before(marit, marit.person_id, at(9, 14, 0))
    assert last is not None
    assert (last.shift_date.day, str(last.shift)) == (6, "evening")
    doors = {door.code: door.resident for door in station.residents.doors(marit)}
    assert doors["A3"] is not None
    assert doors["A3"].presence is Presence.ADMITTED
    assert doors["B4"] is not None
    urgent = [
        item
        for item in station.journal.timeline(marit, doors["A3"].id, limit=100)
        if item.importance is Importance.URGENT and item.observed_from > at(9, 0)
    ]
    assert urgent
    assert station.incidents.running(marit) == []


def test_marits_reading_tells_of_the_night_once_and_on_top(demo: Opener) -> None:
    station = demo(at(9, 14, 40))
    marit = person(station, "Marit")
    reading = station.handover.my_reading(marit)
    first, *others = reading.residents
    assert (first.unit_code, first.status) == ("A3", Status.UNSTABLE)
    assert first.must_say_back
    assert not reading.accepted_at
    assert "A3" not in {one.unit_code for one in others}
    assert sum("naloxone twice" in item.text for item in first.items) == 1
    assert {one.name for one in reading.readers} >= {"Marit", "Jonas"}


def test_the_plans_stand_as_the_house_has_them(demo: Opener) -> None:
    station = demo()
    plans = CrisisPlans(station.database, station.house_id)
    ingrid = person(station, "Ingrid")
    states = {row.unit_code: row.state for row in plans.rows(ingrid)}
    assert (states["A3"].version, states["A3"].overdue, states["A3"].review_due) == (4, True, date(2025, 11, 12))
    assert (states["A5"].version, states["A5"].draft) == (0, True)
    assert not states["B3"].signed
    assert [unit for unit, state in states.items() if state.overdue] == ["A3"]


def test_the_evening_report_can_be_signed_by_the_pair(demo: Opener) -> None:
    station = demo()
    report = station.handover.report(person(station, "Marit"))
    assert report.may_sign
    assert not report.signed
    assert len(report.unanswered) <= 1


@pytest.mark.parametrize(
    ("language", "moment", "words", "other"),
    [
        ("nb", LAST_MOMENT, "Brukerråd", "House council"),
        ("en", at(7, 20), "Neighbour in number 9", "Naboen i nummer 9"),
    ],
)
def test_it_plays_on_in_both_languages(demo: Opener, language: str, moment: datetime, words: str, other: str) -> None:
    i18n.use(language)
    station = demo(moment)
    ingrid = person(station, "Ingrid")
    assert station.journal.search(ingrid, words)
    assert not station.journal.search(ingrid, other)
    assert i18n.language() == language
    assert station.incidents.running(ingrid) == []


def test_a_kept_house_plays_on_and_never_back(demo: Opener) -> None:
    first = demo(at(6, 12))
    written = len(first.journal.timeline(person(first, "Ingrid"), limit=1000))
    first.close()
    second = demo()
    known = reached(second)
    assert known is not None
    assert second.database.clock.now() == known.played == at(6, 12)
    assert len(second.journal.timeline(person(second, "Ingrid"), limit=1000)) == written
    play(second, at(7, 12))
    assert len(second.journal.timeline(person(second, "Ingrid"), limit=1000)) > written
    with pytest.raises(Invalid, match="already come to"):
        play(second, at(7, 11))


def test_a_house_keeps_the_language_it_was_furnished_in(demo: Opener) -> None:
    i18n.use("nb")
    demo(at(5, 12)).close()
    i18n.use("en")
    station = demo(at(6, 12))
    texts = [item.text for item in station.journal.timeline(person(station, "Eva"), kinds=[Kind.EVERYDAY], limit=100)]
    assert any("Laget taco" in text for text in texts)
    assert not any("tacos" in text for text in texts)


def test_what_a_visitor_did_stays_and_the_plot_goes_on(demo: Opener) -> None:
    station = demo(at(5, 23, 38))
    samira = person(station, "Samira")
    station.rounds.leave(samira)  # and the visitor quits in the middle of the walk
    station.notes.write(samira, "A visitor was here.")
    station.close()
    later = demo(at(9, 14, 40))
    marit = person(later, "Marit")
    assert later.journal.search(marit, "visitor was here")
    assert later.rounds.walk_under_way(marit) is None
    doors = {door.code: door.resident for door in later.residents.doors(marit)}
    assert doors["A3"] is not None
    assert doors["A3"].presence is Presence.ADMITTED


def test_a_walk_a_visitor_is_out_on_is_still_under_way_that_night(demo: Opener) -> None:
    station = demo(at(5, 23, 38))
    walk = station.rounds.leave(person(station, "Samira"))  # and the computer dies
    station.close()
    later = demo(at(6, 0, 40))
    out = later.rounds.walk_under_way(STATION_ITSELF)
    assert out is not None
    assert out.id == walk.id  # the plot has begun no walk of its own, nor ended this one
    assert out.overdue(at(6, 0, 40))
    assert [line.check for line in later.rounds.sheet(person(later, "Samira")).lines if line.check] == []
    later.close()
    latest = demo(at(6, 5, 20))
    out = latest.rounds.walk_under_way(STATION_ITSELF)
    assert out is not None
    assert out.id == walk.id


def test_what_a_visitor_left_open_is_not_ended_by_the_plot(demo: Opener) -> None:
    station = demo(at(5, 23, 38))
    samira = person(station, "Samira")
    walk = station.rounds.leave(samira)
    station.rounds.come_back(samira)
    unit = station.rounds.sheet(samira).lines[0].door.unit_id
    incident_id = station.rounds.no_answer(samira, walk.id, unit).incident_id
    station.close()
    later = demo(at(6, 14, 40))
    assert [one.id for one in later.incidents.running(samira)] == [incident_id]
    first, second = later.rounds.windows(samira, date(2026, 1, 5))
    assert not first.signed
    assert (second.signed, second.done, second.due) == (True, 8, 8)


def test_the_demo_begins_when_it_begins(demo: Opener) -> None:
    with pytest.raises(Invalid, match=r"02\.01\.2026"):
        demo(datetime(2025, 12, 31, tzinfo=OSLO))


def test_the_pins_on_the_sign_in_screen_open(demo: Opener) -> None:
    station = demo(at(3, 12))
    keys = {name: key for key, name in station.people.names(STATION_ITSELF).items()}
    assert len(PINS) == len(STAFF)
    for name, pin in PINS:
        assert not station.people.sign_in(STATION_ITSELF, keys[name], pin).must_change_pin


def test_nobody_has_that_name(demo: Opener) -> None:
    with pytest.raises(NotFound):
        signed_in(demo(at(3, 12)), "Nobody")


class Dying(HeldClock):
    """The machine goes off when it is past this moment."""

    def move_to(self, moment: datetime) -> None:
        if moment > at(6, 12).astimezone(moment.tzinfo):
            raise SystemExit
        super().move_to(moment)


def test_a_house_cut_off_while_it_is_played_on_is_not_played_twice(demo: Opener, tmp_path: Path) -> None:
    demo().close()
    station = open_station(Settings(home=tmp_path / "house"), Dying(DEFAULT_MOMENT), SystemIdentities().files)
    with pytest.raises(SystemExit):
        play(station, at(7, 12))
    station.close()
    station = demo(at(7, 12))
    straight = open_demo(Settings(home=tmp_path / "unused"), at(7, 12), tmp_path / "straight")
    told = [
        sorted((item.observed_from, item.text) for item in one.journal.timeline(person(one, "Ingrid"), limit=1000))
        for one in (station, straight)
    ]
    straight.close()
    assert told[0] == told[1]


def test_a_command_on_a_demo_goes_by_its_time_and_leaves_the_plot_where_it_was(
    demo: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    station = demo()
    written = len(station.journal.timeline(person(station, "Ingrid"), limit=1000))
    station.close()
    taken = str(tmp_path / "taken.backup")
    ingrid = dict(PINS)["Ingrid"]
    for command in (["verify"], ["backup", taken, "--as", "Ingrid"], ["rekey", "--as", "Ingrid"]):
        monkeypatch.setattr("sys.stdin", StringIO(ingrid))
        assert main(["--home", str(tmp_path / "house"), *command]) == 0, capsys.readouterr()
    station = demo()
    assert DEFAULT_MOMENT <= station.database.clock.now() < DEFAULT_MOMENT + timedelta(minutes=5)
    assert len(station.journal.timeline(person(station, "Ingrid"), limit=1000)) == written
    station.close()
    assert demo(at(6, 12)).database.clock.now() == at(6, 12)


def test_a_demo_that_was_lived_in_past_its_plot_is_not_played_on(demo: Opener, tmp_path: Path) -> None:
    demo().close()
    later = datetime(2026, 3, 1, 12, tzinfo=OSLO)
    station = open_station(Settings(home=tmp_path / "house"), HeldClock(later), SystemIdentities().files)
    station.notes.write(person(station, "Marit"), "A visitor was here in March.")
    written = len(station.journal.timeline(person(station, "Ingrid"), limit=1000))
    station.close()
    station = demo()
    assert station.database.clock.now() == later
    assert len(station.journal.timeline(person(station, "Ingrid"), limit=1000)) == written
    with pytest.raises(Invalid, match=r"already come to 01\.03\.2026"):
        play(station, at(9, 12))


def test_another_station_put_in_a_demos_folder_goes_by_the_computers_clock(demo: Opener, tmp_path: Path) -> None:
    demo().close()
    other = tmp_path / "house"
    for file in other.iterdir():
        if file.is_file() and file.name != MARK_FILE:
            file.unlink()
    create_station(Settings(home=other), HeldClock(at(5, 12)), SetUp("Nabohuset", "A1", "Ida", "283746"))[0].close()
    assert main(["--home", str(other), "verify"]) == 0
    station = open_station(Settings(home=other), SystemClock())
    last = station.verifications.last(person(station, "Ida"))
    station.close()
    assert last is not None
    assert last.at > datetime.now(OSLO) - timedelta(minutes=5)

"""From 21:37 to 07:45 in a real terminal, on a clock that the test moves: what one night leaves behind is true.

Two people at the PC by turns, a lock every hour, two rounds, one of them through kill -9, an incident, and in the
morning a report and a reading that tell everything once, with its time.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select
from tests.terminal.driver import PATIENCE, Terminal, environment
from tests.terminal.moved_clock import MODULE, MovedClock, variables

from staffbase.exchange.import_service import Imports
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.clock import OSLO, local
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.new_station import SetUp, create_station
from staffbase.rounds.model import RoundCheck, Walk
from staffbase.station import Station, open_station

pytestmark = pytest.mark.terminal

EVENING = datetime(2026, 1, 14)  # noqa: DTZ001  (the house's wall clock)
PINS = {"Ida": "283746", "Marit": "481592", "Jonas": "590387", "Samira": "736205", "Nora": "864031", "Eva": "920574"}
PEOPLE = """type;bolig;navn;født;tilsyn;rolle
beboer;A1;Arve;1979;åpen dør;
beboer;A2;Berit;1968;bank;
beboer;A3;Cato;1990;gå inn;
beboer;A4;Dagny;1985;ingen;
beboer;A5;Einar;1971;bank;
beboer;A6;Frida;1988;bank;
beboer;B1;Geir;1975;bank;
beboer;B2;Hilde;1982;bank;
beboer;B3;Ivar;1966;gå inn;
ansatt;;Marit;;;sykepleier
ansatt;;Jonas;;;miljøterapeut
ansatt;;Samira;;;nattevakt
ansatt;;Nora;;;vikar
ansatt;;Eva;;;sykepleier
"""
DOOR = "IN AN EMERGENCY"


def at(clock: str) -> datetime:
    """This time of the night, on the house's wall clock."""
    hour, minute = map(int, clock.split(":"))
    day = EVENING if hour >= 12 else EVENING + timedelta(days=1)
    return day.replace(hour=hour, minute=minute, tzinfo=OSLO)


class Night:
    """The house, its clock, and the terminal in which the program runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "house"
        self.clock = MovedClock(folder / "clock")
        self.clock.begin(EVENING.replace(hour=10))
        self.rang = folder / "rang"
        self.terminals: list[Terminal] = []
        self.touched = self.clock.now()

    @property
    def terminal(self) -> Terminal:
        return self.terminals[-1]

    def open(self) -> Station:
        """The station as the program opens it, for what a screen does not show."""
        return open_station(Settings(self.home, "en"), self.clock, FileIdentities(self.folder / "own"))

    def furnish(self) -> None:
        """Set it up, take in the municipality's list, and let everybody choose their PIN."""
        answers = SetUp(
            "Nattvika", "A1-A6,B1-B4", "Ida", PINS["Ida"], "Nattvegen 1", "port B", "Bakvakt", "00 00 00 01"
        )
        station, _recovery = create_station(
            Settings(self.home, "en"), self.clock, answers, FileIdentities(self.folder / "own")
        )
        leader = station.people.sign_in(STATION_ITSELF, actor(station, "Ida").person_id, PINS["Ida"]).actor
        file = self.folder / "liste.csv"
        file.write_bytes(PEOPLE.replace("\n", "\r\n").encode("cp1252"))
        issued = {
            one.name: one.pin for one in Imports(station.database, station.house_id).import_file(leader, file).pins
        }
        for person in station.people.directory(leader):
            if person.name in issued:
                station.people.change_pin(actor(station, person.name), issued[person.name], PINS[person.name])
        station.close()

    def start(self) -> None:
        """`staffbase` in a terminal."""
        self.terminals.append(
            Terminal(
                self.folder, "--home", str(self.home), "--lang", "en", rows=50, module=MODULE,
                STAFFBASE_ALARM_COMMAND=f"touch {self.rang}", **variables(self.folder / "clock"),
            )
        )  # fmt: skip
        self.wait("Samira +night watch")

    def told(self, *arguments: str, typed: str) -> str:
        """What a command of staffbase prints."""
        ended = subprocess.run(
            [sys.executable, "-m", MODULE, "--home", str(self.home), "--lang", "en", *arguments],
            input=typed, capture_output=True, text=True, timeout=PATIENCE, check=False,
            env=environment(self.folder, **variables(self.folder / "clock")),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    # -- time and fingers -----------------------------------------------------------------------------------------

    def until(self, clock: str) -> None:
        """Let time pass until the clock on the wall shows this."""
        left = at(clock) - self.clock.now()
        assert left > timedelta(0), f"it is past {clock} already: {local(self.clock.now()):%H:%M:%S}"
        self.clock.go_on(left)

    def wait(self, pattern: str) -> str:
        """Until this stands on the screen; it may be broken at the end of a line."""
        return self.terminal.wait_for(pattern.replace(" ", r"\s+"))

    def press(self, key: str, see: str) -> str:
        """A key, two seconds after the one before, and what it brings."""
        self.clock.go_on(timedelta(seconds=2))
        self.touched = self.clock.now()
        self.terminal.tap(key)
        return self.wait(see)

    def write(self, text: str, see: str = "") -> None:
        """Letters into a field that has the focus."""
        self.terminal.send(text)
        self.wait(see or re.escape(text).replace(r"\ ", " "))

    def sign_in(self, name: str, see: str = "MODULE A", *, again: bool = False) -> None:
        """Name and PIN at the door; `again`: the last one signed in, who needs the PIN only."""
        self.wait(DOOR)
        if not again:
            if self.terminals[-1].line("Somebody else"):
                self.press("esc", "Samira")
                self.terminal.wait_gone("Somebody else")
            self.write(name)
            self.press("enter", "Somebody else")
        self.write(PINS[name], "•{6}")
        self.press("enter", see)

    def on_duty(self, *, yes: bool = True) -> None:
        """Answer the question that the first sign-in of a shift brings."""
        self.wait("Yes, I am on duty")
        self.terminal.tap(*(("enter",) if yes else ("down", "enter")))
        self.terminal.wait_gone("Yes, I am on duty")

    def lock(self) -> None:
        self.press("ctrl+l", DOOR)

    def idle(self) -> None:
        """Nobody touches a key: the screen says that it will lock; it does."""
        self.clock.go_on(self.touched + timedelta(minutes=4, seconds=40) - self.clock.now())
        self.wait("The screen locks in")
        self.clock.go_on(timedelta(seconds=21))
        self.wait(DOOR)
        assert not re.search("Arve|Cato|Ivar", self.terminal.settle())


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A house on an evening in January."""
    made = Night(tmp_path)
    made.furnish()
    made.until("21:37")
    made.start()
    yield made
    for terminal in made.terminals:
        terminal.__exit__(None, None, None)


def test_a_whole_night(night: Night) -> None:
    the_evening_pair_hands_over(night)
    samira_takes_over(night)
    the_first_round(night)
    nora_comes_in_and_looks_once_more(night)
    the_second_round_through_kill_9(night)
    samira_signs_the_night(night)
    report = night.told("handover", "--as", "Samira", typed=f"{PINS['Samira']}\n")
    eva_reads_in_the_morning(night)
    assert not night.rang.exists()
    for terminal in night.terminals:
        for never in (b"NOT BACK", b"The round ends", b"Traceback"):
            assert never not in terminal.raw
    night.terminal.kill()
    the_report_tells_it(report)
    every_time_is_right(night)


def the_evening_pair_hands_over(night: Night) -> None:
    night.sign_in("Marit", "On duty, evening shift 14:30–22:00")
    night.on_duty()
    night.terminal.tap("down")  # A1, chosen by hand
    night.press("n", "A1 +A1 Arve")
    night.terminal.wait_focus("█ +$")  # the text, which is empty
    night.write("Slept all day and ate nothing.")
    night.terminal.move("shift+tab", "shift+tab")
    night.terminal.tap("right")
    night.wait("● for the handover")
    night.press("ctrl+s", "Saved: A1")
    night.until("21:40")
    night.press("3", "MY READING")
    night.press("l", "Say how they are: A1")
    night.press("f", "Press g to sign")
    night.press("g", "Sign the shift report")
    night.press("enter", "signed by Marit 21:40")
    night.lock()
    night.until("21:42")
    night.sign_in("Jonas", "On duty, evening shift 14:30–22:00")
    night.on_duty()
    night.press("3", "MY READING")
    night.press("l", "g signs too")
    night.press("g", "also by Jonas")
    night.lock()


def samira_takes_over(night: Night) -> None:
    night.until("21:46")
    night.sign_in("Samira", "On duty, night shift 21:45–07:45")
    night.on_duty()
    night.press("3", "MY READING")
    night.wait(r"A1 +Arve +WATCH")
    night.terminal.wait_once("Slept all day")  # the board told it too
    night.press("g", "accepted 21:46")
    night.idle()
    night.until("22:00")  # Jonas leaves late
    night.sign_in("Jonas", "On duty, night shift 21:45–07:45")
    night.on_duty(yes=False)
    night.terminal.tap("down")  # A1, chosen by hand
    night.press("n", "A1 +A1 Arve")
    night.terminal.wait_focus("█ +$")  # the text, which is empty
    night.write("He asked for tea and a blanket.")
    night.terminal.move("shift+tab")
    night.write("21:50")
    night.press("ctrl+s", "Saved: A1")
    night.lock()
    night.until("23:00")
    night.sign_in("Samira")
    night.idle()


def answer(night: Night, key: str, counted: str) -> None:
    night.press(key, f"{counted} of 8 doors")


def the_first_round(night: Night) -> None:
    night.until("23:39")
    night.sign_in("Samira", again=True)
    night.press("2", "8 doors are due")
    night.wait("– A4 .*no check wanted")
    night.wait("– B4 .*vacant")
    night.until("23:40")
    night.press("w", "A walk has been under way since 23:40, due back at 00:25")
    night.until("23:58")
    night.sign_in("Samira", "0 of 8 doors", again=True)
    answer(night, "s", "1")  # A1: the door is opened there
    answer(night, "a", "2")
    night.press("i", "A3: no answer. What is true now")
    night.press("t", "Knock and call out")
    for minute, key, done in (
        ("23:59", "b", "23:59 +knocked"),
        ("00:00", "i", "00:00 +phoned"),
        ("00:04", "j", "00:04 +second attempt"),
        ("00:05", "e", "00:05 +on-call rung"),
        ("00:06", "a", "00:06 +went in"),
        ("00:06", "o", "00:06 +found"),
        ("00:07", "y", "00:07 +the resident is well"),
    ):
        if local(night.clock.now()) < at(minute):
            night.until(minute)
        night.press(key, done)
    conclude(night, "Slept with headphones on; all well.", "● watch", times=1)
    night.wait("3 of 8 doors")
    night.until("00:09")
    answer(night, "p", "4")  # A5
    answer(night, "y", "5")
    answer(night, "b", "6")
    answer(night, "r", "7")
    night.press("h", "B3: found in danger")
    night.press("enter", "Ring 113 now")
    night.press("f", "00:09 +113 called")
    night.press("esc", "An incident runs at")
    night.wait("8 of 8 doors")
    night.press("g", "conclusion yet|Conclude the")
    night.press("h", "B3 Ivar · found in danger")  # the one that runs stands first
    night.press("enter", "113 called")
    night.until("00:22")  # an open ladder stays, though nobody touched a key for longer than the idle time
    night.wait("12 min")
    night.press("m", "00:22 +ambulance arrived")
    conclude(night, "Looked at, stays at home, breathes well.", "● unstable", times=2)
    night.wait("Every door has its answer")
    night.press("g", "The round is signed")
    night.idle()


def conclude(night: Night, words: str, status: str, *, times: int) -> None:
    night.press("ctrl+s", "How did it end")
    night.write(words)
    night.terminal.move("tab", "tab", "tab")
    night.terminal.tap(*["right"] * times)
    night.wait(status)
    night.press("ctrl+s", "The incident is concluded")


def nora_comes_in_and_looks_once_more(night: Night) -> None:
    night.until("01:00")
    night.sign_in("Nora", "On duty, night shift 21:45–07:45")
    night.on_duty()
    night.terminal.tap("down")  # A1, chosen by hand
    night.press("x", "Extra check")
    night.wait("● A1 Arve")
    night.terminal.wait_focus(".*not said yet")
    night.terminal.tap("right")
    night.wait("● seen asleep")
    night.terminal.move("tab")
    night.write("He was hoarse at midnight.")
    night.terminal.move("tab")
    night.write("Samira")
    night.press("enter", "seen asleep")
    night.terminal.wait_gone("Extra check")
    night.lock()
    night.until("02:00")
    night.sign_in("Samira")
    night.idle()
    night.until("03:00")
    night.sign_in("Nora")
    night.press("3", "Say back first: B3")
    night.press("s", "what do you take on")
    night.write("I listen at his door each hour.")
    night.press("enter", "g accepts it")
    night.press("g", "accepted 03:00")
    night.lock()


def the_second_round_through_kill_9(night: Night) -> None:
    night.until("04:01")
    night.sign_in("Samira")
    night.press("2", "8 doors are due")
    night.until("04:02")
    night.press("w", "A walk has been under way since 04:02, due back at 04:47")
    night.until("04:10")
    night.terminal.kill()
    night.until("04:12")
    night.start()
    assert not re.search("Arve|Cato|Ivar", night.wait("A walk has been under way since 04:02, due back at 04:47"))
    night.until("04:20")
    night.sign_in("Samira", "0 of 8 doors")
    for key, counted in (("s", "1"), ("p", "2"), ("p", "3"), ("y", "4"), ("y", "5")):
        answer(night, key, counted)
    night.press("s", "goes further than the agreement")  # B1: only knocking is agreed
    answer(night, "d", "6")
    night.terminal.tap("down")  # B2 is passed by
    answer(night, "s", "7")
    night.press("g", "These doors have no check. Why")
    night.write("Music and laughter; I did not want to disturb.")
    night.press("ctrl+s", "The round is signed")
    night.lock()
    night.until("05:00")
    night.sign_in("Nora")
    night.until("05:04")
    night.press("2", "signed 04:2")
    night.until("05:08")
    night.press("1", "MODULE A")
    night.until("05:11")  # less than 20 minutes left: but what is signed with its reason interrupts nobody
    night.wait("Nora · Samira.* 05:11")
    night.terminal.pause(2.0)
    night.wait(r"Nothing waits\.")
    night.idle()


def samira_signs_the_night(night: Night) -> None:
    night.until("06:28")
    night.sign_in("Samira")
    assert "was not checked" not in night.wait("MODULE B")
    night.press("3", "MY READING")
    night.press("l", "Say how they are: A1, A3, B2, B3")
    night.until("06:30")
    night.press("r", "Say how they are: A3, B2, B3")
    night.press("r", "Say how they are: B2, B3")
    night.press("r", "Say how they are: B3")
    night.press("u", "What the next shift must know")  # unstable is not said without a word
    night.write("Stays in bed; wants his mother told.")
    night.terminal.move("tab")
    night.write("If he breathes slowly: 113 at once.")
    night.press("enter", "If he breathes slowly")
    night.press("g", "Sign the shift report")
    night.press("enter", "signed by Samira 06:30")
    night.lock()


def eva_reads_in_the_morning(night: Night) -> None:
    night.until("07:30")
    night.sign_in("Eva", "On duty, day shift 07:30–15:00")
    night.on_duty()
    night.press("3", "Say back first: B3")
    night.wait("(?s)Ivar.*Cato")  # unstable first
    night.wait(r"00:09 +113 called")
    night.wait(r"14\.01 21:37 .*Slept all day")
    once = ("Found in danger", "mother told", "breathes slowly", "Slept all day", "midnight", "No answer")
    night.terminal.wait_once(*once)
    night.press("s", "what do you take on")
    night.write("Look in every half hour, 113 if he breathes slowly.")
    night.press("enter", "g accepts it")
    night.press("g", "accepted 07:30")


def the_report_tells_it(report: str) -> None:
    assert "Night shift Wed 14.01, 21:45–07:45" in report
    assert re.search(r"signed by Samira 06:30", report)
    assert re.search(r"On duty: (Nora, Samira|Samira, Nora)", report)
    assert "Round 23:30–01:30: 8 of 8 doors" in report
    assert "Round 03:30–05:30: 7 of 8 doors" in report
    assert "B3 Ivar: unstable" in report
    assert "A3 Cato: calm" in report
    for words in (
        "Slept with headphones on; all well.", "Looked at, stays at home, breathes well.", "He was hoarse at midnight.",
        "Not checked on the round 03:30–05:30: Music and laughter; I did not want to disturb.", "00:09 113 called",
        "If he breathes slowly: 113 at once.", "23:59 Knocked", "00:22 Ambulance arrived",
    ):  # fmt: skip
        assert report.count(words) == 1, f"{words}\n{report}"
    assert "Slept all day" not in report  # that is the evening's


WRITTEN = """
A1 everyday 21:37 21:37 Marit
A1 everyday 21:50 22:00 Jonas
-- round 23:40 23:40 Samira
-- round 23:58 23:58 Samira
A1 check 23:40–23:58 23:58 Samira
A2 check 23:40–23:58 23:58 Samira
A3 check 23:40–23:58 23:58 Samira
A3 incident 23:58 23:58 Samira
A3 incident_step 23:59 23:59 Samira
A3 incident_step 00:00 00:00 Samira
A3 incident_step 00:04 00:04 Samira
A3 incident_step 00:05 00:05 Samira
A3 incident_step 00:06 00:06 Samira
A3 incident_step 00:06 00:06 Samira
A3 incident_step 00:07 00:07 Samira
A3 incident_step 00:07 00:07 Samira
A5 check 23:40–23:58 00:09 Samira
A6 check 23:40–23:58 00:09 Samira
B1 check 23:40–23:58 00:09 Samira
B2 check 23:40–23:58 00:09 Samira
B3 check 23:40–23:58 00:09 Samira
B3 incident 00:09 00:09 Samira
B3 incident_step 00:09 00:09 Samira
B3 incident_step 00:22 00:22 Samira
B3 incident_step 00:22 00:22 Samira
-- round 00:22 00:22 Samira
A1 extra_check 01:00 01:00 Nora
-- round 04:02 04:02 Samira
-- round 04:20 04:20 Samira
A1 check 04:02–04:20 04:20 Samira
A2 check 04:02–04:20 04:20 Samira
A3 check 04:02–04:20 04:20 Samira
A5 check 04:02–04:20 04:20 Samira
A6 check 04:02–04:20 04:20 Samira
B1 check 04:02–04:20 04:20 Samira
B3 check 04:02–04:20 04:20 Samira
B2 round 04:20 04:20 Samira
-- round 04:20 04:20 Samira
""".strip()
"""Where, what, seen when, written when, by whom: all that was observed in this night, in the order it was written."""
TOLD = {Kind.EVERYDAY, Kind.ROUND, Kind.CHECK, Kind.EXTRA_CHECK, Kind.INCIDENT, Kind.INCIDENT_STEP}
OUTCOMES = {
    "A1": "asleep asleep asleep", "A2": "awake spoke", "A3": "no_answer spoke", "A5": "spoke heard", "A6": "heard heard",
    "B1": "away asleep", "B2": "declined", "B3": "danger asleep",
}  # fmt: skip


def every_time_is_right(night: Night) -> None:
    station = night.open()
    samira = actor(station, "Samira")
    names = station.people.names(samira)
    doors = {door.resident.id: door.code for door in station.residents.doors(samira) if door.resident}
    entries = sorted(station.journal.timeline(samira, limit=1000), key=lambda entry: entry.entry_id)
    before = entries[0].recorded_at
    written = []
    for entry in entries:
        assert entry.observed_from <= entry.observed_to <= entry.recorded_at
        assert before <= entry.recorded_at <= night.clock.now()
        before = entry.recorded_at
        seen = list(dict.fromkeys(f"{local(at):%H:%M}" for at in (entry.observed_from, entry.observed_to)))
        if entry.kind in TOLD:
            where = doors.get(entry.resident_id or 0, "--")
            written.append(f"{where} {entry.kind} {'–'.join(seen)} {local(before):%H:%M} {names[entry.author_id]}")
    assert "\n".join(written) == WRITTEN
    with station.database.read() as tx:
        checks = tx.all(select(RoundCheck).order_by(col(RoundCheck.id)))
        walks = tx.all(select(Walk).order_by(col(Walk.id)))
    found: dict[str, list[str]] = {}
    for check in checks:
        found.setdefault(doors[check.resident_id], []).append(str(check.outcome))
    assert {code: " ".join(outcomes) for code, outcomes in sorted(found.items())} == OUTCOMES
    assert [str(check.beyond) for check in checks if check.beyond] == ["door_open"]
    assert [f"{local(walk.left_at):%H:%M} {local(walk.returned_at):%H:%M}" for walk in walks] == [
        "23:40 23:58", "04:02 04:20",
    ]  # fmt: skip
    assert all(walk.signed_at is not None for walk in walks)
    reading = station.handover.my_reading(actor(station, "Eva"))
    items = [(item.entry_id, item.kind) for one in reading.residents for item in one.items]
    items += [(item.entry_id, item.kind) for item in reading.house]
    assert len(items) == len(set(items))
    assert reading.missed_rounds == ()
    assert reading.unsigned == ()
    station.close()


def actor(station: Station, name: str) -> Actor:
    found = next(person for person in station.people.directory(STATION_ITSELF) if person.name == name)
    return Actor(found.id, found.name, found.role)

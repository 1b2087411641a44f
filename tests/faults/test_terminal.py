"""What may happen to the window somebody types in: it is closed, too small, or the machine shuts down. What was typed is there."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.faults.campaign import tally_for, times
from tests.faults.house import PIN, Place, actor, new_place, prove_whole
from tests.terminal.driver import Terminal

pytestmark = pytest.mark.terminal
DOSE = "the terminal is closed while one types"
"""The one that runs with the other tests."""


def unread(terminal: Terminal) -> Terminal:
    """The window stands still (a connection that hangs): painted into until nothing more goes in, and the program waits."""
    for number in range(300):
        terminal.resize(*((200, 60) if number % 2 else (120, 36)))
        time.sleep(0.03)
    return terminal


ENDS: dict[str, Callable[[Terminal], int]] = {
    DOSE: Terminal.hang_up,
    "a terminal that stood still is closed": lambda terminal: unread(terminal).hang_up(),
    "SIGTERM while the terminal stands still": lambda terminal: unread(terminal).signal_alone(signal.SIGTERM),
    "SIGHUP while one types": lambda terminal: terminal.signal(signal.SIGHUP),
    "SIGTERM while one types": lambda terminal: terminal.signal(signal.SIGTERM),
}


@contextmanager
def typing(place: Place, words: str) -> Iterator[Terminal]:
    """Marit, in the middle of a note."""
    own = {"STAFFBASE_IDENTITY_DIR": str(place.root / "identities"), "STAFFBASE_BACKUP_KEEP": "0"}
    with Terminal(place.root, "--home", str(place.home), "--lang", "en", **own) as terminal:
        terminal.wait_for("IN AN EMERGENCY")
        terminal.choose("Marit")
        terminal.type(PIN)
        terminal.press("enter")
        on_duty = r"shift .*Marit .*\d\d:\d\d"
        if "Yes, I" in terminal.wait_for("MODULE A", f"Yes, I am on duty|{on_duty}"):  # once a shift; the clock is real
            terminal.press("enter")
            terminal.wait_gone("Yes, I am on duty")
            terminal.wait_for(on_duty)
        terminal.press("n")
        terminal.wait_for("ctrl.s saves")
        terminal.type(words)
        terminal.wait_for(words)
        yield terminal


def drafts(place: Place) -> list[str]:
    with closing(place.open()) as station:
        return [str(draft.fields) for draft in station.journal.drafts(actor(station, "Marit"))]


@pytest.mark.parametrize("end", [pytest.param(one, marks=[] if one == DOSE else [pytest.mark.faults]) for one in ENDS])
@times(1, 10)
def test_it_ends_and_the_draft_is_kept(times: int, end: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Where it was 20×5 in between, too."""
    ended, small = tally_for(request, end), tally_for(request, "resized to 20×5 and back while one types")
    chance = random.Random(times)
    for number in range(times):
        place = new_place(tmp_path / str(number))
        words = f"kokte kaffe nr {number}"
        with ended.trial(), typing(place, words) as terminal:
            with small.trial():
                terminal.resize(20, 5)
                terminal.wait_gone(words)
                terminal.resize(*chance.choice(((80, 24), (120, 36))))
                terminal.wait_for(words)
            terminal.pause(chance.uniform(0.0, 1.2))
            ENDS[end](terminal)
            assert b"Traceback" not in terminal.raw
            assert not place.database.with_name("staffbase.db-wal").exists(), "the database was not closed"
            assert any(words in one for one in drafts(place))
            prove_whole(place)
    ended.settle()
    small.settle()

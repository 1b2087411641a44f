"""The load: people who write through the services of a real station, and tell of each write once the service has returned.

`python -m tests.faults.writer nursery` forks writers on demand (they are killed by whoever asked for them); `... once`
is one writer that does so many things and ends.
"""

import json
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event
from tests.faults.house import Place, actor, new_place, shortened

from staffbase.crisis_plans.rules import PlanText, Proposal
from staffbase.kernel import i18n
from staffbase.kernel.errors import StaffbaseError
from staffbase.migrations import load_models
from staffbase.residents.model import Presence
from staffbase.rounds.model import Outcome
from staffbase.station import Station

Tell = Callable[[dict[str, Any]], None]
EVERYTHING = ("notes", "rounds", "plans", "drafts", "tasks", "duty", "presence")
"""All that a load can do in turn."""
CHECKPOINT_PAGES = 20
"""The log is folded into the file every so many pages, so that faults fall into that, too; the program's own is 1000."""


class Load:
    """One station, written to by its people in turn."""

    def __init__(self, station: Station, name: str, tell: Tell) -> None:
        self.station, self.name, self.tell = station, name, tell
        self.people = {one: actor(station, one) for one in ("Marit", "Jonas", "Samira", "Eva")}
        doors = station.residents.doors(self.people["Eva"])
        self.residents = [door.resident.id for door in doors if door.resident is not None]
        self.random = random.Random(name)
        self.number = 0

    def go_on(self, jobs: str) -> Iterator[None]:
        """One thing after the other; what the house refuses (somebody else was first) is no write and not told."""
        doing = [getattr(self, job) for job in jobs.split(",")]
        for self.number in count(1):
            try:
                doing[self.number % len(doing)]()
            except StaffbaseError as refused:
                self.tell({"what": "refused", "said": str(refused), "kind": type(refused).__name__})
            yield

    def notes(self) -> None:
        """Of a word, or of as much as may be written."""
        said = f"{self.name}:{self.number} " + "kjøkkenet " * self.random.choice((0, 3, 30, 1500))
        saved = self.station.notes.write(self.people["Marit"], said, self.random.choice((None, *self.residents)))
        self.tell({"what": "note", "key": saved.entry_id, "said": shortened(said.strip())})

    def rounds(self) -> None:
        """A walk along all doors."""
        samira, rounds = self.people["Samira"], self.station.rounds
        out = rounds.walk_under_way(samira)
        walk = out if out is not None else rounds.leave(samira)
        self.tell({"what": "left", "key": walk.id})
        rounds.come_back(samira)
        self.tell({"what": "back", "key": walk.id})
        for line in rounds.sheet(samira, walk.id).open_lines:
            check = rounds.check_off(samira, walk.id, line.door.unit_id, Outcome.ASLEEP)
            self.tell({"what": "check", "key": check.entry_id, "said": str(Outcome.ASLEEP)})
        rounds.sign(samira, walk.id)
        self.tell({"what": "signed", "key": walk.id})

    def plans(self) -> None:
        """A draft, and the version it becomes."""
        eva, plans = self.people["Eva"], self.station.crisis_plans
        resident = self.random.choice(self.residents)
        said = f"{self.name}:{self.number}"
        facts = plans.plan_now(eva, resident)
        facts = plans.save_draft(eva, resident, Proposal(PlanText(avoid=said)), facts.base)
        done = plans.publish(eva, resident, said, facts.base)
        self.tell({"what": "published", "key": resident, "number": done.number, "said": said})

    def duty(self) -> None:
        """Coming and going."""
        jonas = self.people["Jonas"]
        self.station.people.go_on_duty(jonas)
        self.tell({"what": "on duty", "key": jonas.person_id})
        self.station.people.go_off_duty(jonas)

    def tasks(self) -> None:
        """Something promised."""
        said = f"{self.name}:{self.number} ring tannlegen"
        self.tell(
            {"what": "task", "key": self.station.tasks.add(self.people["Marit"], said, self.residents[0]), "said": said}
        )

    def drafts(self) -> None:
        """What is half typed."""
        marit = self.people["Marit"]
        self.station.journal.save_draft(marit, self.name, {"text": "halv", "number": str(self.number)})
        self.tell({"what": "draft", "key": marit.person_id, "form": self.name, "number": self.number})

    def presence(self) -> None:
        """Somebody went out, or came home."""
        now = Presence.AWAY if self.number % 2 else Presence.HOME
        self.station.residents.set_presence(self.people["Marit"], self.residents[0], now)


def opened(place: Place, *, weakened: bool = False) -> Station:
    """The station as the program opens it, but for frequent checkpoints. `weakened`: with fewer syncs than the program."""
    station = place.open()
    engine = station.database.engine
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _often(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        if weakened:
            connection.set_authorizer(None)  # it refuses this, as it should
            connection.execute("PRAGMA synchronous=NORMAL")

    return station


def write_on(place: Place, name: str, jobs: str, tell: Tell, times: int = 0, *, weakened: bool = False) -> Station:
    """Open the station and write; for ever where no number is said."""
    station = opened(place, weakened=weakened)
    tell({"what": "open"})
    for done, _ in enumerate(Load(station, name, tell).go_on(jobs), 1):
        if done == times:
            break
    return station


def _nursery() -> None:
    """Orders come a line each: writers to be forked, or that those there were be mourned. What they tell goes out as it comes."""
    out = sys.stdout.fileno()
    children: list[int] = []
    with TemporaryDirectory(prefix="staffbase-faults-") as place:  # everything is loaded and has been done once
        write_on(new_place(Path(place) / "warm"), "warm", ",".join(EVERYTHING), lambda _said: None, 20).close()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "mourn":
            for child in children:
                os.waitpid(child, 0)
            children = []
            os.write(out, b'{"what": "gone"}\n')
            continue
        child = os.fork()
        if child == 0:
            name = order["name"]

            def tell(said: dict[str, Any], name: str = name) -> None:
                os.write(out, json.dumps({**said, "by": name}).encode() + b"\n")  # short, so that lines stay whole

            try:
                write_on(Place(Path(order["root"])), name, order["jobs"], tell)
            finally:  # it writes for ever: whatever ends it is a fault
                traceback.print_exc()
                tell({"what": "died"})
                os._exit(1)
        children.append(child)
        os.write(out, json.dumps({"what": "born", "pid": child, "by": order["name"]}).encode() + b"\n")


def _once(root: Path, jobs: str, times: int, told: Path, *, weakened: bool) -> None:
    """Told in a file, whose writes are recorded with the database's."""
    out = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(said: dict[str, Any]) -> None:
        os.write(out, json.dumps(said).encode() + b"\n")

    write_on(Place(root), told.name, jobs, tell, times, weakened=weakened).close()


if __name__ == "__main__":
    i18n.use("en")
    load_models()
    if sys.argv[1] == "nursery":
        _nursery()
    else:
        _once(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]), weakened=sys.argv[6] == "weakened")

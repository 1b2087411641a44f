"""Hostile names and texts, on every screen where they turn up, in a real terminal: read as typed, and none of it acts."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.run import open_demo, signed_in
from staffbase.journal import entries
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.clock import OSLO
from staffbase.kernel.settings import Settings
from staffbase.residents.dialogs.about import about_facts
from staffbase.residents.model import WarningKind

pytestmark = pytest.mark.terminal
AT = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
NAME = "[/b]Ar\u202eild\u200b"
TEXT = "[@click=app.quit]tap[/] =1+1 \u2067evil\u2069 e\u0301\u0302\u0303 👩‍👩‍👧 '; DROP"
RAW = "raw \x1b]0;OWNED\x07 \x1b[31mred \x9b5mblink \x1b]52;c;T1dORUQ=\x07 \x85 \x7f end"
"""As no service lets in; a row from elsewhere might."""
ACTING = ("\x1b]0;", "\x1b]52;", "\x1b[31mred", "\x9b", "\u202e", "\u200b", "\u2067", "\x85", "OWNED\x07", "\x7f")


def furnish(folder: Path) -> None:
    """Put it wherever somebody may have put it."""
    station = open_demo(Settings(home=folder, language="en"), AT, folder)
    leader, marit = signed_in(station, "Ingrid"), signed_in(station, "Marit")
    a1 = next(door.resident.id for door in station.residents.doors(leader) if door.resident is not None)
    was = about_facts(station.residents.anybody(leader, a1))
    station.residents.change_about(leader, a1, was, was.__class__(**{**vars(was), "alias": NAME, "about": TEXT}))
    station.residents.add_warning(leader, a1, WarningKind.DANGER, TEXT)
    house = station.residents.house(leader)
    station.residents.change_house(
        leader, house.version, address=TEXT, entrance=NAME, oncall_name=NAME, oncall_phone=house.oncall_phone,
        review_months=6, name=f"{NAME} house",
    )  # fmt: skip
    people = {person.name: person.id for person in station.people.directory(leader)}
    station.people.change_person(leader, people["Jonas"], name=NAME)
    station.notes.write(marit, TEXT, a1, importance=Importance.URGENT)
    station.tasks.add(marit, TEXT, a1, people["Jonas"])
    station.handover.raise_concern(marit, TEXT, a1)
    station.handover.ask(marit, TEXT, resident_id=a1)
    station.journal.save_draft(marit, f"note:{a1}", {"text": f"{TEXT} {RAW}", "resident": "A1"})
    with pytest.MonkeyPatch.context() as elsewhere, station.database.write(marit, "test.raw") as tx:
        elsewhere.setattr(entries, "typed_text", lambda text, *_field, **_how: text)
        write_entry(
            tx, Kind.OBSERVATION, RAW, house_id=station.house_id, resident_id=a1, importance=Importance.HANDOVER
        )
    station.close()


def test_nothing_that_was_typed_acts_on_any_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFBASE_IDENTITY_DIR", str(tmp_path / "own"))
    folder = tmp_path / "house"
    furnish(folder)
    with Terminal(tmp_path, "demo", "--dir", str(folder), "--as", "Marit", "--lang", "en") as terminal:
        terminal.wait_for("MODULE A")
        board = terminal.wait_for(re.escape("[/b]"))
        for keys in (
            ("2",), ("3",), ("4",), ("enter",), ("esc",), ("6",), ("5",), ("enter",), ("esc",), ("1",), ("down", "enter"),
            ("esc",), ("k",), ("esc",), ("k", "k"), ("esc",), ("/",),
        ):  # fmt: skip
            terminal.press(*keys)
            terminal.settle()
        terminal.type("evil")
        terminal.press("enter")
        terminal.wait_for("evil")
        terminal.press("esc", "\x10")
        terminal.type("[/b]Ar")
        terminal.wait_for(re.escape("[/b]Ar"))
        terminal.press("esc", "\x1b[18~")
        terminal.settle()
        terminal.press("esc", "esc", "esc", "1", "down", "n")
        terminal.wait_for("This is your draft", re.escape("[@click=app.quit]tap[/] =1+1"))
        terminal.press("esc", "ctrl+l")
        terminal.wait_for("113", re.escape("[/b]"))  # in a colleague's name, and the house's
        terminal.settle()
        raw = bytes(terminal.raw).decode(errors="replace")
        assert [acting for acting in ACTING if acting in raw] == []
        assert "DROP" in raw
        assert "\u2400" not in board
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0


def test_a_paste_with_escape_bytes_is_refused_whole_with_a_sentence(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo", "--as", "Marit", "--at", "2026-01-05T21:40", "--lang", "en") as terminal:
        terminal.wait_for("MODULE A")
        terminal.press("down", "n")
        terminal.wait_for("ctrl\\+s saves")
        terminal.type("before ")
        terminal.paste("one \x1b[31mred\x1b[0m \x1b[A two \x1b3 three")
        terminal.wait_for("The paste holds control characters")
        assert not any(terminal.line(part) for part in ("31m", "red", "three"))
        terminal.paste("plain æøå")
        terminal.wait_for("before plain æøå")
        terminal.press("esc")
        terminal.wait_gone("ctrl\\+s saves")
        terminal.wait_for("MODULE A")  # and no key was in it: the board stands there

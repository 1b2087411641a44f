"""Drafts: kept for their author alone, per form, through a restart, and gone when saved."""

import pytest
from sqlmodel import select

from staffbase.journal.model import Draft
from staffbase.journal.service import Journal
from staffbase.kernel.errors import Invalid
from staffbase.kernel.ledger import Ledger


def test_kept_for_its_author_alone(station, actors, clock):
    marit = actors["marit"]
    station.journal.save_draft(marit, "note", {"text": "Sov til 1"})
    station.journal.save_draft(marit, "note", {"text": "Sov til 11 \x1b[2J\ud800"})
    station.journal.save_draft(marit, "plan:3", {"warning": "stille"})
    assert station.journal.draft(marit, "note") == {"text": "Sov til 11 \x1b[2J\ud800"}
    assert station.journal.draft(actors["jonas"], "note") is None
    assert {draft.form for draft in station.journal.drafts(marit)} == {"note", "plan:3"}
    again = Journal(station.database, station.house_id)
    assert again.draft(marit, "plan:3") == {"warning": "stille"}


def test_finished_leaves_nothing_and_begins_anew(station, actors):
    marit = actors["marit"]
    station.journal.save_draft(marit, "note", {"text": "Sov"})
    station.journal.finish_draft(marit, "note")
    station.journal.finish_draft(marit, "never begun")
    assert station.journal.draft(marit, "note") is None
    assert station.journal.drafts(marit) == []
    with station.database.read() as tx:
        assert "Sov" not in tx.all(select(Draft))[0].fields
    station.journal.save_draft(marit, "note", {"text": "Nytt"})
    assert station.journal.draft(marit, "note") == {"text": "Nytt"}


def test_emptied_fields_end_the_draft(station, actors):
    station.journal.save_draft(actors["marit"], "note", {"text": "Sov"})
    station.journal.save_draft(actors["marit"], "note", {"text": " "})
    assert station.journal.drafts(actors["marit"]) == []


def test_a_draft_leaves_no_trace_in_the_ledger(station, actors):
    station.journal.save_draft(actors["marit"], "note", {"text": "Sov"})
    with station.database.read() as tx:
        assert tx.all(select(Ledger).where(Ledger.action == "draft.save")) == []


def test_too_long_is_refused_and_what_stood_there_stays(station, actors):
    station.journal.save_draft(actors["marit"], "note", {"text": "Sov"})
    with pytest.raises(Invalid):
        station.journal.save_draft(actors["marit"], "note", {"text": "x" * 1_000_000})
    assert station.journal.draft(actors["marit"], "note") == {"text": "Sov"}

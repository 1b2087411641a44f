"""Notes written, corrected, moved, withdrawn and commented on in any order: every reader sees what a plain model says."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test
from tests.conftest import moment

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.errors import Invalid

WORDS = st.text(
    alphabet=st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\xa0"), min_size=1, max_size=20
)
TEXTS = WORDS.map(str.strip).filter(bool)
MINUTES = st.integers(1, 600)


class Note:
    """What a note must look like."""

    def __init__(self, text, resident, observed):
        self.texts, self.resident, self.observed = [text], resident, observed
        self.was_at, self.withdrawn, self.comments = set(), False, []


def test_any_order_of_amendments_reads_as_a_plain_model_says(station, actors, flats):  # noqa: C901  (one machine)
    marit, jonas, leader = actors["marit"], actors["jonas"], actors["ingrid"]
    journal, residents = station.journal, [*flats.values(), None]

    class Machine(RuleBasedStateMachine):
        notes = Bundle("notes")

        def __init__(self):
            super().__init__()
            self.model: dict[int, Note] = {}

        @rule(target=notes, text=TEXTS, resident=st.sampled_from(residents), minutes=MINUTES)
        def write(self, text, resident, minutes):
            at = moment(5, 21, 40) - timedelta(minutes=minutes)
            with station.database.write(marit, "note.write") as tx:
                key = write_entry(
                    tx, Kind.OBSERVATION, text, house_id=station.house_id, resident_id=resident, observed_from=at
                ).id
            self.model[key] = Note(text, resident, at)
            return key

        @rule(key=notes, text=TEXTS, by_lead=st.booleans())
        def correct(self, key, text, by_lead):
            if text == self.model[key].texts[-1]:
                with pytest.raises(Invalid):
                    journal.correct_text(marit, key, text)
                return
            journal.correct_text(leader if by_lead else marit, key, text)
            self.model[key].texts.append(text)

        @rule(key=notes, minutes=MINUTES)
        def change_time(self, key, minutes):
            at = moment(5, 21, 40) - timedelta(minutes=minutes)
            if at != self.model[key].observed:
                journal.correct_time(marit, key, at)
                self.model[key].observed = at

        @rule(key=notes, resident=st.sampled_from(residents))
        def move(self, key, resident):
            note = self.model[key]
            if resident != note.resident:
                journal.move_to_resident(marit, key, resident, "feil beboer")
                note.was_at = (note.was_at | {note.resident}) - {resident}
                note.resident = resident

        @rule(key=notes, text=TEXTS)
        def comment(self, key, text):
            journal.comment(jonas, key, text)
            self.model[key].comments.append(text)

        @rule(key=consumes(notes))
        def withdraw(self, key):
            journal.withdraw(marit, key, "feil")
            self.model[key].withdrawn = True

        def pages(self, reader, resident):
            how = {"house_only": True} if resident is None else {"resident_id": resident}
            items, before = [], None
            while page := journal.timeline(reader, before=before, limit=9, **how):
                items += page
                before = page[-1].key
            assert len({item.entry_id for item in items}) == len(items)
            times = [item.observed_from for item in items]
            assert times == sorted(times, reverse=True)
            return {item.entry_id: item for item in items if item.entry_id in self.model}

        @invariant()
        def everybody_reads_what_they_may(self):
            for resident in residents:
                for reader in (jonas, leader):
                    items = self.pages(reader, resident)
                    here = {key for key, note in self.model.items() if note.resident == resident}
                    moved = {key for key, note in self.model.items() if resident in note.was_at}
                    assert set(items) == here | moved
                    for key, item in items.items():
                        self.agrees(self.model[key], item, may=reader is leader, moved=key in moved)

        def agrees(self, note, item, *, may, moved):
            assert item.moved is moved
            if not may and (moved or note.withdrawn):
                assert item.hidden
                assert (item.text, item.original_text, item.comments) == ("", "", ())
                return
            assert (item.text, item.original_text) == (note.texts[-1], note.texts[0])
            assert [one.text for one in item.corrections if one.kind is Kind.CORRECTION] == note.texts[1:]
            assert [one.text for one in item.comments] == note.comments
            assert item.withdrawn is note.withdrawn
            if not moved:
                assert item.observed_from == note.observed

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

"""Nothing is left of what was erased: not in a page, a free one, the log or the index; not in a backup that is restored; not after a new key."""

import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import SQLModel
from tests import pages
from tests.conftest import DATABASE_KEY, EVENING, open_database

from staffbase.exchange.automatic import AutomaticBackups
from staffbase.exchange.erasure import Erasures
from staffbase.exchange.restore import restore
from staffbase.exchange.sweeping import Sweeping
from staffbase.journal import search
from staffbase.journal.corrections import comment_in, correct_text_in, withdraw_in
from staffbase.journal.drafts import save_draft_in
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind, Source
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.database import Database
from staffbase.kernel.key import FileIdentities, open_key
from staffbase.kernel.rekey import rekey
from staffbase.kernel.settings import Settings
from staffbase.kernel.sweep import sweep_owed_in
from staffbase.kernel.verify import verify
from staffbase.new_station import SetUp, create_station
from staffbase.people.model import Person
from staffbase.residents.model import House, Resident
from staffbase.station import Station, open_station

# letters that nothing else in the database is made of, so that every word of a text is its own
WORDS = st.lists(st.text("ȹȸɅɄʬʭѬѪ", min_size=4, max_size=9), min_size=1, max_size=40).map(" ".join)
PIN = "283746"


def decide(erasures: Erasures, actor: Actor, entry_id: int) -> Any:
    return erasures.decide(actor, entry_id, responsible="Hansen", asked_by="beboeren", reason="Det er ikke sant.")


def bytes_of(word: str) -> set[bytes]:
    """As it may stand in a page: as typed, folded, in another encoding, in a draft's JSON."""
    forms = {word, search.fold(word), word.upper()}
    return {form.encode(code) for form in forms for code in ("utf-8", "utf-16-le")} | {
        form.encode("ascii", "backslashreplace") for form in forms
    }


def left_of(words: set[str], file: Path, key: bytes = DATABASE_KEY) -> set[str]:
    held = pages.decrypted(file, key)
    return {word for word in words if any(form in held for form in bytes_of(word))}


# a house is made for each: what fails is told as it is, not made smaller for minutes
@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(said=st.lists(WORDS, min_size=4, max_size=4, unique=True), seed=st.integers(0, 2**20), reader=st.booleans())
def test_no_page_holds_a_word_of_it(said: list[str], seed: int, reader: bool, tmp_path_factory: Any) -> None:
    """Written among hundreds of other notes, corrected, commented, withdrawn and half typed; then decided about."""
    folder = tmp_path_factory.mktemp("erased")
    file, chance = folder / "staffbase.db", random.Random(seed)
    clock = HeldClock(EVENING)
    database = open_database(file, clock)
    with database.write(STATION_ITSELF, "test.house") as tx:
        house = tx.add(House(name="Testhuset"))
        resident = tx.add(Resident(house_id=house.id, alias="Beboer A1", birth_year=1980))
        leader = tx.add(Person(name="Ingrid", role=Role.LEADER))
    actor = Actor(leader.id, "Ingrid", Role.LEADER)
    words = {word for one in said for word in one.split()}
    about = {"house_id": house.id, "resident_id": resident.id}
    when = chance.randrange(20)
    for number in range(20):
        with database.write(actor, "note.write") as tx:
            for _ in range(chance.randrange(1, 9)):
                write_entry(tx, Kind.EVERYDAY, "Alt rolig, sov godt. " * chance.randrange(1, 60), **about)
            if number == when:
                entry = write_entry(
                    tx, Kind.EVERYDAY, said[0], source=Source.AFTERWARDS, late_reason=said[1].split()[0], **about
                )
        if number >= when:
            with database.write(actor, "draft.save") as tx:
                save_draft_in(tx, leader.id, "note:house", {"text": said[0][: chance.randrange(2, 200)]})
                save_draft_in(tx, leader.id, f"comment:{entry.id}", {"text": said[3][: 5 * number]})
    with database.write(actor, "entry.amend") as tx:
        comment = comment_in(tx, house.id, entry.id, said[2])
        tx.flush()
        correct_text_in(tx, house.id, comment.id, said[3])
        correct_text_in(tx, house.id, entry.id, said[1])
        tx.flush()
        withdraw_in(tx, house.id, entry.id, said[2])
    with database.write(actor, "draft.save") as tx:
        save_draft_in(tx, leader.id, "note:house", {"text": "noe annet"})
    assert left_of(words, file) == words, "the search of the pages finds what is there"

    other = database.engine.connect() if reader else None
    if other is not None:
        other.execute(text("SELECT 1"))  # somebody has it open, and reads nothing just now
        other.rollback()
    assert decide(Erasures(database, house.id, Settings(home=folder)), actor, entry.id).swept
    assert left_of(words, file) == set()
    if other is not None:
        other.close()
    proof = verify(database.engine, database.seal)
    assert proof.clean, proof.faults
    assert proof.erased == 5
    database.close()
    assert left_of(words, file) == set()


@pytest.mark.parametrize("by_backup", [True, False])
def test_while_somebody_reads_it_is_owed_and_done_as_soon_as_it_can_be(
    by_backup: bool,
    station: Station,
    actors: dict[str, Actor],
    flats: dict[str, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from staffbase.kernel.key import create_key

    home = tmp_path / "home"
    create_key(home, FileIdentities(tmp_path / "identities"))
    database, clock = station.database, station.database.clock
    entry_id = station.notes.write(actors["marit"], "Sensasjonelt og usant", flats["A1"]).entry_id
    database.engine.dispose()
    monkeypatch.setattr("staffbase.kernel.database._LOCK_TIMEOUT", 0.2)
    reading = database.engine.connect()
    reading.execute(text("SELECT count(*) FROM entry_text")).scalar()  # and does not end
    impatient = open_database(tmp_path / "staffbase.db", clock)
    made = decide(Erasures(impatient, station.house_id, Settings(home=home)), actors["ingrid"], entry_id)
    assert not made.swept
    sweeping = Sweeping(impatient)
    assert not sweeping.do(STATION_ITSELF)
    reading.close()
    assert not sweeping.do(STATION_ITSELF), "not each minute: nobody can write meanwhile"
    clock.move_to(clock.now() + timedelta(minutes=15))
    with impatient.read() as tx:
        assert sweep_owed_in(tx)
    backups = AutomaticBackups(impatient, Settings(home=home))
    assert (backups.take if by_backup else sweeping.do)(STATION_ITSELF)
    assert not Sweeping(impatient).do(STATION_ITSELF), "once is enough"
    assert left_of({"Sensasjonelt", "usant"}, tmp_path / "staffbase.db") == set()
    with impatient.read() as tx:
        assert not sweep_owed_in(tx)
    impatient.close()


# -- backups, restoring, a new key -----------------------------------------------------------------------------------------


class Kept:
    """A station of our own with a note that goes and one that stays, and its backups."""

    def __init__(self, place: Path) -> None:
        self.home, self.identities = place / "home", FileIdentities(place / "identities")
        self.clock = HeldClock(EVENING)
        self.settings = Settings(home=self.home)
        station, self.recovery = create_station(
            self.settings, self.clock, SetUp("Prøvehuset", "A1-A3", "Ida", PIN), self.identities
        )
        self.leader = station.people.sign_in(STATION_ITSELF, station.people.directory(STATION_ITSELF)[0].id, PIN).actor
        self.early = station.automatic_backups(self.settings).take(STATION_ITSELF).file
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        self.gone = station.notes.write(self.leader, "Sensasjonelt og usant om naboen").entry_id
        self.stays = station.notes.write(self.leader, "Alt rolig i kveld").entry_id
        station.close()

    def open(self) -> Station:
        return open_station(self.settings, self.clock, self.identities)

    def key(self) -> bytes:
        return open_key(self.home, self.identities).database

    def restore(self, file: Path, **how: Any) -> Any:
        return restore(self.home, self.clock, file, self.identities, **how)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


SECRET = {"Sensasjonelt", "usant", "naboen"}


def test_a_restored_backup_is_erased_again_and_the_decision_named_it(kept: Kept, tmp_path: Path) -> None:
    station = kept.open()
    nightly = station.automatic_backups(kept.settings).take(STATION_ITSELF).file
    kept.clock.move_to(kept.clock.now() + timedelta(minutes=10))
    by_hand = station.backup(kept.home).backup(kept.leader, tmp_path / "stick.age").file
    station.journal.save_draft(kept.leader, "note:house", {"text": "Sensasjonelt og usant om naboen, sier de"})
    kept.clock.move_to(kept.clock.now() + timedelta(minutes=10))
    erasures = station.erasures(kept.settings)
    named = (nightly.name, "taken by hand 05.01.2026 22:50 by Ida")
    what = erasures.look(kept.leader, kept.gone)
    assert what.backups == named, "not the one from before it was written"
    assert kept.early.exists()
    assert decide(erasures, kept.leader, kept.gone).backups == named
    station.notes.write(kept.leader, "Etter beslutningen")
    station.close()
    assert left_of(SECRET, kept.home / "staffbase.db", kept.key()) == set()

    restored = kept.restore(by_hand, overwrite=True)
    assert restored.erased_again == 1
    assert "1 decision to erase (§ 43) is newer than the backup; it was carried out in it again." in restored.in_words()
    assert left_of(SECRET, kept.home / "staffbase.db", kept.key()) == set()
    station = kept.open()
    erasures = station.erasures(kept.settings)
    assert station.journal.entry(kept.leader, kept.gone).text.startswith("Erased by decision of 05.01.2026")
    assert station.journal.entry(kept.leader, kept.stays).text == "Alt rolig i kveld"
    assert station.journal.search(kept.leader, "sensasj") == []
    proof = station.verifications.verify(STATION_ITSELF)
    assert (proof.clean, proof.erased) == (True, 1), proof.faults
    decided = erasures.decision(kept.leader, kept.gone)
    assert decided is not None
    assert (decided.decided_by, decided.reason, decided.backups) == ("Ida", "Det er ikke sant.", named)

    kept.clock.move_to(kept.clock.now() + timedelta(minutes=10))
    station.close()
    again = kept.restore(nightly, overwrite=True)  # the decision came along with the first restoring
    assert again.erased_again == 1
    nightly.unlink()
    station = kept.open()
    decided = station.erasures(kept.settings).decision(kept.leader, kept.gone)
    assert decided is not None
    assert decided.backups == named[1:], "one that is gone is named no more"
    later = decide(station.erasures(kept.settings), kept.leader, kept.stays)
    aside = [name for name in later.backups if name.startswith("replaced-")]
    assert len(aside) == 2, "what a restore put aside still holds it, too"
    station.close()


def test_a_backup_of_before_it_was_written_needs_nothing(kept: Kept) -> None:
    station = kept.open()
    decide(station.erasures(kept.settings), kept.leader, kept.gone)
    station.close()
    assert kept.restore(kept.early, overwrite=True).erased_again == 1  # the decision itself comes along
    station = kept.open()
    assert station.verifications.verify(STATION_ITSELF).clean
    assert station.erasures(kept.settings).decision(kept.leader, kept.gone) is not None
    station.close()


def test_where_the_present_database_cannot_be_read_nobody_knows_of_later_decisions(kept: Kept, tmp_path: Path) -> None:
    station = kept.open()
    nightly = station.automatic_backups(kept.settings).take(STATION_ITSELF).file
    decide(station.erasures(kept.settings), kept.leader, kept.gone)
    station.close()
    said = "Whether something was erased by decision (§ 43) after this backup could not be known here."
    elsewhere = restore(
        tmp_path / "other", kept.clock, nightly, FileIdentities(tmp_path / "other identities"), kept.recovery
    )
    assert elsewhere.erased_again is None
    assert any(one.startswith(said) for one in elsewhere.in_words())
    file = kept.home / "staffbase.db"
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    restored = kept.restore(nightly, overwrite=True)
    assert restored.erased_again is None
    assert any(one.startswith(said) for one in restored.in_words())


def test_a_new_key_changes_nothing_about_it(kept: Kept) -> None:
    station = kept.open()
    decide(station.erasures(kept.settings), kept.leader, kept.gone)
    station.close()
    before = kept.key()
    rekey(kept.home, kept.identities)
    assert kept.key() != before
    assert left_of(SECRET, kept.home / "staffbase.db", kept.key()) == set()
    station = kept.open()
    proof = station.verifications.verify(STATION_ITSELF)
    assert (proof.clean, proof.erased) == (True, 1), proof.faults
    station.close()


def test_a_backup_from_before_decisions_were_known_is_brought_on_and_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station of today: its backup has an earlier schema, and is restored after a decision."""
    from staffbase import migrations
    from staffbase.kernel.database import Writing, sqlcipher_engine

    with monkeypatch.context() as earlier:
        earlier.setattr(Writing, "salt", lambda _writing: None)  # it had no salt in rows that change
        for name in (
            "people.pins.note_given_in",
            "people.given_pins.name_older",
            "new_station.name_older",
        ):  # PINs were in no ledger
            earlier.setattr(f"staffbase.{name}", lambda *_: None)
        kept = Kept(tmp_path)
    engine = sqlcipher_engine(kept.home / "staffbase.db", kept.key())
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_ledger_action_at"))
        connection.execute(text("DROP TABLE pin_given"))
        connection.execute(text("DROP TABLE erasure_decision"))
        for table in SQLModel.metadata.sorted_tables:
            for column in table.columns:
                if column.info.get("later"):
                    connection.execute(text(f"ALTER TABLE {table.name} DROP COLUMN {column.name}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    older = Database(engine, open_station_seal(kept), kept.clock)
    from staffbase.exchange.backup import backup_to

    file = backup_to(older, kept.home, kept.home / "of-0004.age").file
    engine.dispose()
    assert migrations.HEAD > "0004"
    station = kept.open()
    assert re.match(r"staffbase-\d{8}-\d{6}-before-", max(path.name for path in (kept.home / "backups").iterdir()))
    decide(station.erasures(kept.settings), kept.leader, kept.gone)
    station.close()
    restored = kept.restore(file, overwrite=True)
    assert (restored.proof.clean, restored.erased_again) == (True, 1)
    assert left_of(SECRET, kept.home / "staffbase.db", kept.key()) == set()
    station = kept.open()
    assert station.verifications.verify(STATION_ITSELF).clean
    assert station.journal.entry(kept.leader, kept.stays).text == "Alt rolig i kveld"
    station.close()


def open_station_seal(kept: Kept) -> Any:
    from staffbase.kernel.ledger import Seal

    return Seal.from_root(open_key(kept.home, kept.identities).ledger)

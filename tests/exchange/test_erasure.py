"""A § 43 decision on both databases: what goes, what stays, what stands in its place, and what is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select
from tests.conftest import moment
from tests.exchange.erasures import GONE, decide, everything

from staffbase.exchange.erasure import Erasures
from staffbase.exchange.verification import in_words
from staffbase.journal.model import Draft, Entry, EntryText, Kind
from staffbase.kernel.access import Actor
from staffbase.kernel.database import Database
from staffbase.kernel.errors import Invalid, NotAllowed, NotFound
from staffbase.kernel.ledger import Erasure, ErasureDecision, Ledger
from staffbase.kernel.settings import Settings
from staffbase.kernel.verify import What, verify
from staffbase.station import Station

SAID = "Feilaktig påstand om kjøkkenkniv hos naboen"


@pytest.fixture
def database(either: Database) -> Database:
    return either


@pytest.fixture
def erasures(station: Station, tmp_path: Any) -> Erasures:
    return station.erasures(Settings(home=tmp_path / "home"))


@pytest.fixture
def note(station: Station, actors: dict[str, Actor], flats: dict[str, int]) -> int:
    """A note that was corrected, moved, commented and asked about, with a reason for being late."""
    marit, journal = actors["marit"], station.journal
    entry_id = station.notes.write(
        marit, SAID, flats["A1"], observed_at=moment(4, 18), late_reason="glemte nattens sensasjon"
    ).entry_id
    journal.correct_text(actors["ingrid"], entry_id, "Rettet sensasjonelt: kjøkkenkniv i skuffen")
    comment = journal.comment(actors["jonas"], entry_id, "Kommentar om sensasjonen")
    journal.correct_text(actors["jonas"], comment, "Kommentaren rettet, sensasjon")
    journal.move_to_resident(marit, entry_id, flats["A2"], "sensasjonen hørte til A2")
    question = station.handover.ask(actors["eva"], "Hvilken sensasjon?", about_id=entry_id)
    station.handover.answer(marit, question, "Den sensasjonen")
    return entry_id


def rows(database: Database, table: str) -> int:
    with database.read() as tx:
        return int(tx.run(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_it_says_what_goes_before_anything_does(erasures, station, actors, flats, note):
    station.journal.save_draft(actors["jonas"], f"comment:{note}", {"text": "halvveis"})
    what = erasures.look(actors["ingrid"], note)
    assert (what.own, what.corrections, what.comments, what.asked) == (2, 3, 1, 2)
    assert (what.texts, what.drafts, what.where, what.resident_id) == (8, 1, "A2", flats["A2"])
    assert what.about.startswith("A2 Beboer A2 · everyday · 04.01.2026 18:00 · Marit")
    assert what.copies == ()
    assert SAID in everything(station.database)


def test_the_words_go_everywhere_and_the_facts_stay(erasures, station, actors, flats, note, clock):
    marit, ingrid, journal, database = actors["marit"], actors["ingrid"], station.journal, station.database
    other = station.notes.write(marit, "Kjøkkenkniven ble vasket", flats["A2"]).entry_id
    journal.save_draft(actors["jonas"], f"correct:{note}", {"text": "sensasjon, halvskrevet"})
    journal.save_draft(actors["nora"], "note:house", {"text": f"Hun sa: {SAID}! Og melka er tom.", "kind": "everyday"})
    journal.save_draft(actors["eva"], "note:house", {"text": SAID[: len(SAID) // 2]})
    journal.save_draft(actors["samira"], "note:house", {"text": "Noe helt annet"})
    evening = station.handover.report(actors["jonas"]).span
    station.handover.save_draft(actors["jonas"], evening, None, text=f"Se: {SAID}")
    entries = rows(database, "entry")
    assert journal.search(marit, "sensasj")
    clock.move_to(clock.now() + timedelta(minutes=5))

    made = decide(erasures, ingrid, note)
    assert (made.texts, made.decided_by, made.swept) == (8, "Ingrid", True)
    held = everything(database)
    for word in ("sensasj", "SENSASJ", "naboen", "påstand", "skuffen"):
        assert word not in held
    assert rows(database, "entry") == entries, "that it was written, when and by whom, stays"
    assert journal.search(marit, "sensasj") == []
    assert [hit.entry_id for hit in journal.search(marit, "kjøkkenkniv")] == [other]
    assert journal.search(marit, "decision") == []

    (item,) = [one for one in journal.timeline(marit, flats["A2"]) if one.entry_id == note]
    assert (item.text, item.late_reason, item.original_text) == (GONE, "", "")
    assert (item.author_id, item.observed_from, item.kind) == (marit.person_id, moment(4, 18), Kind.EVERYDAY)
    assert item.erased_at == made.decided_at
    assert [one.text for one in (*item.corrections, *item.comments)] == ["", "", ""]
    assert [one.author_id for one in item.comments] == [actors["jonas"].person_id]
    (mark,) = [one for one in journal.timeline(marit, flats["A1"]) if one.entry_id == note]
    assert (mark.moved, mark.text) == (True, "")
    asked = journal.timeline(marit, kinds=[Kind.QUESTION, Kind.ANSWER])
    assert [one.text for one in asked] == [GONE, GONE]

    with database.read() as tx:
        drafts = {draft.person_id: draft for draft in tx.all(select(Draft))}
        assert actors["jonas"].person_id not in drafts
        assert json.loads(drafts[actors["nora"].person_id].fields)["text"] == f"Hun sa: {GONE}! Og melka er tom."
        assert json.loads(drafts[actors["eva"].person_id].fields)["text"] == GONE
        assert json.loads(drafts[actors["samira"].person_id].fields)["text"] == "Noe helt annet"
    assert station.handover.report(actors["jonas"], evening).house_text == f"Se: {GONE}"

    proof = verify(database.engine, database.seal)
    assert proof.clean, proof.faults
    assert proof.erased == 7  # rows: two of the eight texts shared one
    assert "7 rows were erased by decision (§ 43)." in in_words(proof)
    decided = erasures.decision(ingrid, note)
    assert decided is not None
    assert (decided.responsible, decided.asked_by, decided.reason) == (
        "Journalansvarlig Hansen", "the resident", "Untrue, and it harms him.",
    )  # fmt: skip
    assert erasures.decision(ingrid, other) is None
    with database.read() as tx:
        last = tx.first(select(Ledger).where(Ledger.action == "entry.erase"))
        assert (last.actor_id, last.subject_id) == (ingrid.person_id, flats["A2"])


def test_nothing_more_is_said_about_what_was_erased(erasures, station, actors, note):
    journal, marit = station.journal, actors["marit"]
    decide(erasures, actors["ingrid"], note)
    for mend in (
        lambda: journal.correct_text(marit, note, "igjen"),
        lambda: journal.comment(marit, note, "igjen"),
        lambda: journal.withdraw(marit, note, "igjen"),
        lambda: journal.correct_time(marit, note, moment(4, 19)),
        lambda: journal.mark_epj(marit, note, done=False),
    ):
        with pytest.raises(Invalid, match="erased by decision"):
            mend()
    with pytest.raises(Invalid, match="already"):
        decide(erasures, actors["ingrid"], note)
    assert journal.save_draft(marit, f"correct:{note}", {"text": SAID}) is False  # a dialog that stood open meanwhile
    assert journal.drafts(marit) == []


def test_a_decision_does_not_repeat_what_it_erases(erasures, station, actors, note):
    ingrid = actors["ingrid"]
    for told in (
        {"reason": "Han kalte det «feilaktig påstand om kjøkkenkniv», og det er usant."},
        {"reason": SAID.upper()},
        {"asked_by": "den sensasjonen"},
    ):
        with pytest.raises(Invalid, match="Say why, not what"):
            decide(erasures, ingrid, note, **told)
    for empty in ("responsible", "asked_by", "reason"):
        with pytest.raises(Invalid) as refused:
            decide(erasures, ingrid, note, **{empty: "  "})
        assert refused.value.field in (empty, "text")
    assert rows(station.database, "erasure") == 0
    assert SAID in everything(station.database)


@pytest.mark.parametrize(
    "role", ["clinical_lead", "staff", "substitute", "night_watch", "clerk", "maintenance", "auditor"]
)
def test_nobody_but_the_leader_decides(role, erasures, station, actors, note):
    for refused in (erasures.look, erasures.decision, lambda actor, key: decide(erasures, actor, key)):
        with pytest.raises(NotAllowed, match="This can: leader"):
            refused(actors[role], note)
    assert SAID in everything(station.database)


def test_where_nothing_is_said_nothing_is_decided(erasures, station, actors, flats, clock):
    with pytest.raises(NotFound):
        erasures.look(actors["ingrid"], 17)
    station.rounds.leave(actors["samira"])
    bare = station.journal.timeline(actors["marit"], kinds=[Kind.ROUND])[0].entry_id
    decide(erasures, actors["ingrid"], bare)
    with pytest.raises(Invalid, match="already"):
        erasures.look(actors["ingrid"], bare)


def test_the_same_words_elsewhere_are_told_and_left(erasures, station, actors, flats, note):
    copy = station.notes.write(actors["jonas"], f"Hørte at: {SAID}", flats["B1"]).entry_id
    task = station.tasks.add(actors["jonas"], f"Spør om: {SAID}", flats["B1"])
    what = erasures.look(actors["ingrid"], note)
    assert what.copies == ("task 05.01.2026 21:40", "everyday 05.01.2026 21:40", "the tasks")
    decide(erasures, actors["ingrid"], note)
    assert station.journal.entry(actors["marit"], copy).text == f"Hørte at: {SAID}"
    (told,) = [one for one in station.tasks.open_tasks(actors["jonas"], flats["B1"]) if one.id == task]
    decide(erasures, actors["ingrid"], told.entry_id)
    (told,) = [one for one in station.tasks.open_tasks(actors["jonas"], flats["B1"]) if one.id == task]
    assert told.text == GONE
    decide(erasures, actors["ingrid"], copy)
    assert SAID not in everything(station.database)
    assert verify(station.database.engine, station.database.seal).clean


def test_a_signed_reports_line_says_so_in_report_and_reading(erasures, station, actors, flats, clock):
    from staffbase.residents.model import Status

    jonas, marit, handover = actors["jonas"], actors["marit"], station.handover
    span = handover.report(jonas).span
    handover.save_draft(jonas, span, None, text="Huset: sensasjon i gangen")
    handover.save_draft(
        jonas, span, flats["A1"], status=Status.WATCH, text="Truet med sensasjon", if_then="ring 112 straks"
    )
    for unit in ("A2", "B1"):
        handover.save_draft(jonas, span, flats[unit], status=Status.CALM)
    report = handover.sign_report(jonas, span)
    line = next(one for one in report.lines if one.unit_code == "A1")
    what = erasures.look(actors["ingrid"], line.entry_id)
    assert (what.texts, what.beside) == (1, 1)
    decide(erasures, actors["ingrid"], line.entry_id)
    decide(erasures, actors["ingrid"], report.report_id)
    report = handover.report(jonas, span)
    line = next(one for one in report.lines if one.unit_code == "A1")
    assert (line.text, line.if_then, line.status) == (GONE, GONE, Status.WATCH)
    assert (report.house_text, report.signed_by) == (GONE, "Jonas")
    read = handover.my_reading(marit)
    assert [item.text for item in read.residents[0].items] == [GONE]
    assert "sensasjon" not in handover.report_text(jonas, span)
    assert "sensasjon" not in everything(station.database)
    proof = verify(station.database.engine, station.database.seal)
    assert proof.clean, proof.faults
    assert proof.erased == 4


def test_a_plan_that_counts_is_replaced_first(erasures, station, actors, flats):
    from staffbase.crisis_plans.rules import PlanText, Proposal
    from staffbase.crisis_plans.service import publish_in

    eva, plans, resident = actors["eva"], station.crisis_plans, flats["A1"]

    def publish(danger: str) -> int:
        with station.database.write(eva, "plan.publish") as tx:
            publish_in(tx, station.house_id, resident, Proposal(PlanText(dangers=(danger,))), "Revidert uten mer")
            return tx.first(select(Entry.id).where(Entry.kind == Kind.PLAN).order_by(Entry.id.desc()))

    first = publish("sensasjon i skapet")
    with pytest.raises(Invalid, match="Publish a version without it first"):
        decide(erasures, actors["ingrid"], first)
    publish("Kniver i skuffen")
    what = erasures.look(actors["ingrid"], first)
    assert what.beside == 1
    decide(erasures, actors["ingrid"], first)
    newest, oldest = plans.plan(eva, resident).versions
    assert (newest.number, newest.text.dangers) == (2, ("Kniver i skuffen",))
    assert (oldest.number, oldest.text.dangers, oldest.reason) == (1, (GONE,), GONE)
    assert oldest.published_by == "Eva"
    assert plans.card(eva, resident).text.dangers == ("Kniver i skuffen",)
    assert "sensasjon" not in everything(station.database)
    assert verify(station.database.engine, station.database.seal).clean


def test_a_danger_that_stands_is_ended_first_and_an_agreement_keeps_its_terms(erasures, station, actors, flats):
    from staffbase.residents.model import RoundForm, WarningKind

    eva, ingrid, residents = actors["eva"], actors["ingrid"], station.residents
    residents.add_warning(eva, flats["A1"], WarningKind.DANGER, "sensasjonell smitte")
    told = station.journal.timeline(eva, kinds=[Kind.DANGER])[0].entry_id
    with pytest.raises(Invalid, match="End it there first"):
        erasures.look(ingrid, told)
    (warning,) = residents.resident(eva, flats["A1"]).warnings
    residents.end_warning(eva, warning.id)
    decide(erasures, ingrid, told)
    residents.set_agreement(eva, flats["A1"], RoundForm.ENTER, may_wake=True, consent="sensasjonelt samtykke")
    agreed = station.journal.timeline(eva, kinds=[Kind.ROUND_AGREEMENT])[0].entry_id
    decide(erasures, ingrid, agreed)
    agreement = residents.resident(eva, flats["A1"]).agreement
    assert (agreement.form, agreement.may_wake, agreement.consent) == (RoundForm.ENTER, True, GONE)
    assert "sensasjon" not in everything(station.database)
    assert verify(station.database.engine, station.database.seal).clean


def test_a_door_that_was_not_checked_stays_unchecked_without_its_reason(erasures, station, actors, flats, clock):
    samira, rounds = actors["samira"], station.rounds
    clock.move_to(moment(5, 23, 40))
    walk = rounds.leave(samira)
    clock.move_to(moment(5, 23, 58))
    rounds.come_back(samira)
    due = {door.unit_id: f"grunn ved {door.code}, sensasjon" for door in station.residents.doors(samira)}
    rounds.sign(samira, walk.id, due)
    told = station.journal.timeline(samira, flats["A2"], kinds=[Kind.ROUND])[0].entry_id
    decide(erasures, actors["ingrid"], told)
    held = everything(station.database)
    assert "grunn ved A2" not in held
    assert "grunn ved A1" in held
    assert rows(station.database, "open_door") == len(due)
    assert verify(station.database.engine, station.database.seal).clean


# -- verification ----------------------------------------------------------------------------------------------------------


def test_a_decision_whose_words_still_stand_is_found(station, actors, note):
    database = station.database
    with database.write(actors["ingrid"], "test.half") as tx:
        tx.add(Erasure(table_name="entry_text", row_id=note, decided_at=tx.now, decided_by=1, reason="§ 43"))
    (fault,) = verify(database.engine, database.seal).faults
    assert (fault.what, fault.table, fault.key) == (What.STANDS, "entry_text", note)


def test_what_took_the_place_of_an_erased_row_may_not_go(erasures, station, actors, flats, request):
    from staffbase.residents.model import RoundForm

    residents, database = station.residents, station.database
    residents.set_agreement(actors["eva"], flats["A1"], RoundForm.ENTER, consent="sagt muntlig")
    agreed = station.journal.timeline(actors["eva"], kinds=[Kind.ROUND_AGREEMENT])[0].entry_id
    decide(erasures, actors["ingrid"], agreed)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM round_agreement"))
    assert [fault.what for fault in verify(database.engine, database.seal).faults] == [What.REMOVED]


def test_an_erasure_that_no_ledger_row_knows_erases_nothing(station, actors, note):
    database = station.database
    values = {"id": 1, "key": note, "at": "2026-01-05 20:40:00.000000", "nonce": b"0" * 16}
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO erasure (id, table_name, row_id, decided_at, decided_by, reason, nonce)"
                " VALUES (:id, 'entry_text', :key, :at, 1, '', :nonce)"
            ),
            values,
        )
        connection.execute(text("DELETE FROM entry_text WHERE id = :key"), {"key": note})
    faults = {(fault.what, fault.table) for fault in verify(database.engine, database.seal).faults}
    assert faults == {(What.INSERTED, "erasure"), (What.REMOVED, "entry_text")}


def test_only_rows_of_words_can_be_erased(station, actors, note):
    with station.database.write(actors["ingrid"], "test") as tx:
        decision = ErasureDecision(
            entry_id=note, decided_at=tx.now, decided_by=1, responsible="", asked_by="", reason="", texts=0, erased="[]", backups="[]"
        )  # fmt: skip
        for table in ("entry", "ledger", "erasure", "resident"):
            with pytest.raises(ValueError, match="never erased"):
                tx.erase(decision, table, note)
        assert tx.erase(decision, "entry_text", 17) is False
        assert tx.find(EntryText, note) is not None

"""Where the words of a § 43 decision stand besides: what tells of the very same thing goes, what does not is named."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from tests.conftest import moment
from tests.exchange.erasures import GONE, decide, everything

from staffbase.crisis_plans.form import form_of, to_fields
from staffbase.crisis_plans.rules import PlanText, Proposal
from staffbase.exchange.erasure import Erasures
from staffbase.incidents.model import IncidentKind
from staffbase.journal.model import Entry, Kind
from staffbase.kernel import i18n
from staffbase.kernel.database import Database
from staffbase.kernel.errors import Invalid
from staffbase.kernel.settings import Settings
from staffbase.kernel.verify import verify
from staffbase.residents.model import Status, WarningKind
from staffbase.station import Station

WORDS = "sensasjonell påstand om naboen"


@pytest.fixture
def database(either: Database) -> Database:
    return either


@pytest.fixture
def erasures(station: Station, tmp_path: Any) -> Erasures:
    return station.erasures(Settings(home=tmp_path / "home"))


@pytest.fixture(params=["en", "nb"])
def language(request):
    i18n.use(request.param)
    yield request.param
    i18n.use("en")


def newest(station, actor, kind):
    return station.journal.timeline(actor, kinds=[kind])[0].entry_id


def nothing_left(station, actor):
    assert "sensasj" not in everything(station.database).casefold()
    assert station.journal.search(actor, "sensasj") == []
    assert verify(station.database.engine, station.database.seal).clean


# -- one matter, told several times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["added", "done"])
def test_a_task_goes_with_what_tells_that_it_is_done(at, language, erasures, station, actors, flats):
    marit, ingrid = actors["marit"], actors["ingrid"]
    task = station.tasks.add(marit, f"Følg opp {WORDS}", flats["A1"], owner_id=marit.person_id)
    added = station.tasks.open_tasks(marit)[0].entry_id
    station.tasks.done(marit, task)
    done = newest(station, marit, Kind.TASK)
    assert done != added
    what = erasures.look(ingrid, added if at == "added" else done)
    assert (what.own, len(what.told_too), what.beside, what.texts, what.copies) == (1, 1, 1, 2, ())
    made = decide(erasures, ingrid, added if at == "added" else done)
    assert made.texts == 2
    nothing_left(station, marit)
    for entry_id in (added, done):
        decided = erasures.decision(ingrid, entry_id)
        assert decided is not None
        assert decided.decided_at == made.decided_at


def test_another_task_done_in_the_same_words_is_named_and_stays(erasures, station, actors, flats, clock):
    marit, ingrid = actors["marit"], actors["ingrid"]
    for _time in range(2):
        clock.move_to(clock.now() + timedelta(minutes=5))
        station.tasks.done(marit, station.tasks.add(marit, WORDS, flats["A1"]))
    done = newest(station, marit, Kind.TASK)
    what = erasures.look(ingrid, done)
    assert [one.split()[0] for one in what.copies] == ["task", "task", "the"]
    decide(erasures, ingrid, done)
    assert len(station.journal.search(marit, "sensasj")) == 2


@pytest.mark.parametrize("at", [0, 1])
def test_a_danger_goes_with_its_end(at, language, erasures, station, actors, flats):
    eva, ingrid, residents = actors["eva"], actors["ingrid"], station.residents
    residents.add_warning(eva, flats["A1"], WarningKind.DANGER, "kniv")  # another, that stands and is no part of it
    residents.add_warning(eva, flats["A1"], WarningKind.DANGER, f"kniv. {WORDS}")
    for warning in residents.resident(eva, flats["A1"]).warnings:
        if warning.line != "kniv":
            residents.end_warning(eva, warning.id, "tok feil")
    told = [item.entry_id for item in station.journal.timeline(eva, kinds=[Kind.DANGER])][at]
    what = erasures.look(ingrid, told)
    assert (what.own, len(what.told_too), what.beside) == (1, 1, 1)
    decide(erasures, ingrid, told)
    nothing_left(station, eva)
    assert "tok feil" not in everything(station.database)
    assert [warning.line for warning in residents.resident(eva, flats["A1"]).warnings] == ["kniv"]


@pytest.mark.parametrize("at", [Kind.INCIDENT_STEP, Kind.STATUS])
def test_a_conclusion_goes_with_the_status_it_gave(at, language, erasures, station, actors, flats):
    marit, ingrid = actors["marit"], actors["ingrid"]
    made = station.incidents.start(marit, IncidentKind.OTHER, flats["A1"])
    station.incidents.conclude(marit, made, f"Gikk over: {WORDS}", status=Status.WATCH)
    told = newest(station, marit, at)
    what = erasures.look(ingrid, told)
    assert len(what.told_too) == 1
    decide(erasures, ingrid, told)
    nothing_left(station, marit)
    assert station.residents.resident(marit, flats["A1"]).status is Status.WATCH
    assert station.incidents.latest(marit)[0].conclusion.endswith("(§ 43).")


def test_why_somebody_left_goes_with_the_stay(language, erasures, station, actors, flats):
    eva, ingrid = actors["eva"], actors["ingrid"]
    station.residents.leave(eva, flats["A1"], "sensasjon, utkastet")
    told = newest(station, eva, Kind.STAY)
    what = erasures.look(ingrid, told)
    assert (what.beside, what.copies) == (1, ())
    decide(erasures, ingrid, told)
    nothing_left(station, eva)
    assert station.residents.anybody(eva, flats["A1"]).left_why.endswith("(§ 43).")


# -- other records with the same words --------------------------------------------------------------------------------------


def test_the_typed_words_are_looked_for_without_what_the_program_wrote_before_them(erasures, station, actors, flats):
    marit, ingrid = actors["marit"], actors["ingrid"]
    made = station.incidents.start(marit, IncidentKind.OTHER, flats["A1"])
    station.incidents.conclude(marit, made, WORDS)
    station.notes.write(
        marit, f"Skrev at «{WORDS.upper()}», sa hun", flats["B1"]
    )  # in other letters, among other words
    station.tasks.add(marit, WORDS, flats["B1"])
    what = erasures.look(ingrid, newest(station, marit, Kind.INCIDENT_STEP))
    assert sorted(one.split(" 05")[0] for one in what.copies) == ["everyday", "task", "the tasks"]


def test_a_reason_for_being_late_is_looked_for_and_looked_through(erasures, station, actors, flats):
    marit, ingrid = actors["marit"], actors["ingrid"]
    late = {"observed_at": moment(4, 18), "late_reason": WORDS}
    first = station.notes.write(marit, "Sov godt", flats["A1"], **late).entry_id
    second = station.notes.write(marit, "Spiste middag", flats["A1"], **late).entry_id
    note = station.notes.write(marit, f"Om {WORDS} i går", flats["A1"], kind=Kind.HEALTH).entry_id
    assert erasures.look(ingrid, first).copies == ("health 05.01.2026 21:40", "everyday 04.01.2026 18:00")
    decide(erasures, ingrid, first)
    decide(erasures, ingrid, second)
    decide(erasures, ingrid, note)
    nothing_left(station, marit)


def test_a_short_text_is_named_where_nothing_else_is_said_and_two_words_as_they_are(erasures, station, actors, flats):
    marit, ingrid, write = actors["marit"], actors["ingrid"], station.notes.write
    yes = write(marit, "Ja.", flats["A1"]).entry_id
    same = write(marit, "ja", flats["A2"], kind=Kind.HEALTH).entry_id
    write(marit, "Ja, han sov godt", flats["A2"])
    assert erasures.look(ingrid, yes).copies == ("health 05.01.2026 21:40",)
    assert erasures.look(ingrid, same).copies == ("everyday 05.01.2026 21:40",)
    two = write(marit, "stjal øl", flats["A1"]).entry_id
    write(marit, "Sier at han ikke stjal øl.", flats["B1"], kind=Kind.RELATIVES)
    write(marit, "Sier at han ikke stjal ølet.", flats["B1"], kind=Kind.HEALTH)
    assert erasures.look(ingrid, two).copies == ("relatives 05.01.2026 21:40",)


# -- a crisis plan ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def publish(station, actors, flats):
    eva, plans, resident = actors["eva"], station.crisis_plans, flats["A1"]

    def publish(*dangers: str) -> int:
        plans.save_draft(eva, resident, Proposal(PlanText(dangers=dangers)), plans.plan(eva, resident).base)
        plans.publish(eva, resident, "Revidert uten mer", plans.plan(eva, resident).base)
        with station.database.read() as tx:
            return tx.first(select(Entry.id).where(Entry.kind == Kind.PLAN).order_by(Entry.id.desc()))

    return publish


def test_a_plan_half_typed_on_an_erased_version_goes_with_it(erasures, station, actors, flats, publish):
    nora, jonas, ingrid, resident = actors["nora"], actors["jonas"], actors["ingrid"], flats["A1"]
    first = publish(WORDS, "Ring 113")
    facts = station.crisis_plans.plan(nora, resident)
    station.journal.save_draft(nora, form_of(resident), to_fields(facts.current.proposal, facts.base))
    publish("Ring 113")
    facts = station.crisis_plans.plan(jonas, resident)
    proposal = Proposal(PlanText(dangers=("Ring 113", WORDS), avoid="Roping"))
    station.journal.save_draft(jonas, form_of(resident), to_fields(proposal, facts.base))
    assert erasures.look(ingrid, first).drafts == 2
    decide(erasures, ingrid, first)
    nothing_left(station, nora)
    assert station.journal.drafts(nora) == []
    (kept,) = station.journal.drafts(jonas)
    assert kept.fields["dangers"].split("\n") == ["Ring 113", GONE]
    assert kept.fields["avoid"] == "Roping", "what only the next version is to say stays"


def test_a_draft_of_the_next_version_keeps_what_still_counts(erasures, station, actors, flats, publish):
    eva, resident, plans = actors["eva"], flats["A1"], station.crisis_plans
    first = publish(WORDS, "Ring 113")
    publish("Ring 113")
    plans.save_draft(eva, resident, Proposal(PlanText(dangers=("Ring 113", WORDS))), plans.plan(eva, resident).base)
    assert erasures.look(actors["ingrid"], first).drafts == 1
    decide(erasures, actors["ingrid"], first)
    nothing_left(station, eva)
    assert plans.plan(eva, resident).draft.proposal.text.dangers == ("Ring 113", GONE)


def test_other_versions_that_share_lines_are_named(erasures, station, actors, flats, publish):
    ingrid = actors["ingrid"]
    first, second, third = publish(WORDS, "Ring 113"), publish("Ring 113", WORDS), publish("Ring 113")
    station.tasks.add(actors["jonas"], WORDS, flats["A1"])
    copies = erasures.look(ingrid, first).copies
    assert copies[0].startswith("task")
    assert copies[1:3] == ("crisis plan 05.01.2026 21:40",) * 2, "they were revised for the same reason"
    assert "version 3 of the plan (1 line the same)" in copies
    assert "version 2 of the plan (2 lines the same)" in copies
    assert copies[-1] == "the tasks"
    decide(erasures, ingrid, first)
    decide(erasures, ingrid, second)
    decide(erasures, ingrid, station.tasks.open_tasks(ingrid)[0].entry_id)
    nothing_left(station, ingrid)
    with pytest.raises(Invalid, match="Publish a version without it first"):
        erasures.look(ingrid, third)


def test_a_note_names_the_plan_whose_line_it_repeats(erasures, station, actors, flats, publish):
    publish("Kniver i skuffen", WORDS)
    note = station.notes.write(actors["marit"], f"Sa: {WORDS}", flats["A1"]).entry_id
    assert erasures.look(actors["ingrid"], note).copies == ("a version of a crisis plan",)

"""Hostile text through every service function that takes text: refused with one sentence, or kept as it was typed."""

import inspect
import json
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyrage import x25519
from sqlalchemy import text as sql
from tests.conftest import moment
from tests.crisis_plans.conftest import PLAN
from tests.hostile import KEPT, NO_NUMBERS, REFUSED
from tests.services import service_functions

from staffbase.admin.service import CHANGES
from staffbase.crisis_plans.rules import PlanText, Sign
from staffbase.incidents.model import Deviation, IncidentKind, Step
from staffbase.kernel.access import Actor, Role
from staffbase.kernel.errors import Invalid
from staffbase.kernel.key import STATION_FILE, SystemIdentities, create_key, station_card
from staffbase.kernel.settings import SETTINGS_FILE, Settings
from staffbase.residents.dialogs.about import about_facts
from staffbase.residents.model import Presence, RoundForm, WarningKind
from staffbase.residents.service import set_agreement_in
from staffbase.rounds.answers import LadderStep
from staffbase.rounds.model import Outcome
from staffbase.station import Station

Doing = Callable[[str], Any]


class House:
    """What each service needs before it can be handed a text."""

    def __init__(
        self, station: Station, actors: dict[str, Actor], flats: dict[str, int], clock: Any, home: Path
    ) -> None:
        self.station, self.flats, self.clock, self.home = station, flats, clock, home
        self.eva, self.ingrid, self.marit, self.samira, self.nora = (
            actors[name] for name in ("eva", "ingrid", "marit", "samira", "nora")
        )
        self.a1 = flats["A1"]
        clock.move_to(moment(5, 15))
        with station.database.write(self.eva, "test.agreements") as tx:
            for resident_id in flats.values():
                set_agreement_in(tx, resident_id, RoundForm.KNOCK, consent="said so himself")
        clock.move_to(moment(5, 23, 40))
        self.unit = next(door.unit_id for door in station.residents.doors(self.samira) if door.code == "A1")
        self._walk: int | None = None
        station.people.go_on_duty(self.marit)

    def entry(self) -> int:
        return self.station.notes.write(self.marit, "quiet", self.a1).entry_id

    def incident(self) -> int:
        return self.station.incidents.start(self.marit, IncidentKind.OTHER, self.a1, "begins")

    def lived_in(self) -> list[int]:
        return [door.unit_id for door in self.station.residents.doors(self.samira) if door.resident is not None]

    def walk(self) -> int:
        """A walk of Samira's that is over and has no answer yet; the one before is signed."""
        if self._walk is not None:
            with suppress(Invalid):  # it was signed
                self.station.rounds.sign(self.samira, self._walk, dict.fromkeys(self.lived_in(), "not reached"))
        self._walk = self.station.rounds.leave(self.samira).id
        self.clock.move_to(self.clock.now() + timedelta(minutes=5))
        self.station.rounds.come_back(self.samira)
        return self._walk


def recipes(house: House) -> Iterator[tuple[str, Doing]]:  # noqa: C901  (there are as many as there are texts)
    """Each text that a service takes, by function and argument: what is done before, and then with the text."""
    station, a1, eva, ingrid, marit, samira = (
        house.station, house.a1, house.eva, house.ingrid, house.marit, house.samira,
    )  # fmt: skip
    people, residents, notes, journal = station.people, station.residents, station.notes, station.journal
    incidents, rounds, handover, tasks = station.incidents, station.rounds, station.handover, station.tasks
    yield "notes.service.Notes.write.text", lambda t: notes.write(marit, t, a1)
    earlier = house.clock.now() - timedelta(hours=5)
    yield (
        "notes.service.Notes.write.late_reason",
        lambda t: notes.write(marit, "late", a1, observed_at=earlier, late_reason=t),
    )
    for name, function in (
        ("correct_text.text", journal.correct_text),
        ("comment.text", journal.comment),
        ("withdraw.reason", journal.withdraw),
    ):
        yield f"journal.service.Journal.{name}", lambda t, function=function: function(marit, house.entry(), t)
    yield (
        "journal.service.Journal.correct_time.reason",
        lambda t: journal.correct_time(marit, house.entry(), earlier, reason=t),
    )
    yield (
        "journal.service.Journal.move_to_resident.reason",
        lambda t: journal.move_to_resident(marit, house.entry(), house.flats["A2"], reason=t),
    )
    yield "people.service.People.add_person.name", lambda t: people.add_person(ingrid, t, Role.STAFF)
    yield (
        "people.service.People.add_person.phone",
        lambda t: people.add_person(ingrid, f"Per {len(t)} {hash(t)}", Role.STAFF, t),
    )
    jonas = next(one.id for one in people.directory(ingrid) if one.name == "Jonas")
    yield "people.service.People.change_person.name", lambda t: people.change_person(ingrid, jonas, name=t)
    yield "people.service.People.change_person.phone", lambda t: people.change_person(ingrid, jonas, phone=t)
    yield (
        "residents.service.Residents.set_presence.text",
        lambda t: residents.set_presence(marit, a1, Presence.AWAY, text=t),
    )
    residents.add_units(ingrid, "D1-D40")

    def flat() -> int:
        return next(door.unit_id for door in residents.doors(ingrid) if door.resident is None)

    for name in ("alias", "about", "naloxone"):
        yield f"residents.service.Residents.admit.{name}", lambda t, name=name: residents.admit(ingrid, flat(), **{"alias": f"Nye {hash(t)}", "birth_year": 1980, name: t})  # fmt: skip
    yield "residents.service.Residents.admit.birth_year", lambda t: residents.admit(ingrid, flat(), "Ny", t)

    def leaves(t: str, **said: str) -> Any:
        gone = residents.admit(ingrid, flat(), f"Gone {hash(t)}", 1980)
        return residents.leave(ingrid, gone, **{"reason": "moved", "text": "", **said})

    yield "residents.service.Residents.leave.reason", lambda t: leaves(t, reason=t)
    yield "residents.service.Residents.leave.text", lambda t: leaves(t, text=t)
    for name in ("alias", "birth_year", "about", "naloxone"):

        def changes(t: str, name: str = name) -> Any:
            was = about_facts(residents.anybody(ingrid, a1))
            return residents.change_about(ingrid, a1, was, replace(was, **{name: t}))

        yield f"residents.service.Residents.change_about.{name}", changes
    yield (
        "residents.service.Residents.set_agreement.consent",
        lambda t: residents.set_agreement(eva, a1, RoundForm.KNOCK, may_wake=False, consent=t),
    )
    yield (
        "residents.service.Residents.add_warning.line",
        lambda t: residents.add_warning(eva, a1, WarningKind.DANGER, t),
    )

    def ends_warning(t: str) -> Any:
        residents.add_warning(eva, a1, WarningKind.DANGER, f"bites {hash(t)}")
        return residents.end_warning(eva, residents.anybody(eva, a1).warnings[-1].id, t)

    yield (
        "residents.service.Residents.end_warning.why",
        ends_warning,
    )
    for name in ("name", "role", "phone", "hours"):
        said = {"name": "DPS", "role": "ward", "phone": "00 00 00 42", "hours": "08-15"}
        yield (
            f"residents.service.Residents.add_contact.{name}",
            lambda t, name=name, said=said: residents.add_contact(eva, a1, **{**said, name: t}),
        )

        def replaces(t: str, name: str = name, said: dict[str, str] = said) -> Any:
            residents.add_contact(eva, a1, **{**said, "name": f"DPS {hash(t)}"})
            return residents.replace_contact(eva, residents.anybody(eva, a1).contacts[-1].id, **{**said, name: t})

        yield f"residents.service.Residents.replace_contact.{name}", replaces
    for name in ("address", "entrance", "oncall_name", "oncall_phone", "name"):

        def changes_house(t: str, name: str = name) -> Any:
            facts = residents.house(ingrid)
            said = {one: getattr(facts, one) for one in ("address", "entrance", "oncall_name", "oncall_phone")}
            return residents.change_house(ingrid, facts.version, **{**said, "review_months": 6, name: t})

        yield f"residents.service.Residents.change_house.{name}", changes_house
    yield "residents.service.Residents.add_units.typed", lambda t: residents.add_units(ingrid, t)
    yield "tasks.service.Tasks.add.text", lambda t: tasks.add(marit, t, a1)

    def changes_task(t: str) -> Any:
        added = tasks.add(marit, "ring", a1)
        task = next(one for one in tasks.open_tasks(marit) if one.id == added)
        return tasks.change(marit, task.id, version=task.version, text=t, owner_id=None, due_at=None)

    yield "tasks.service.Tasks.change.text", changes_task
    yield "incidents.service.Incidents.start.text", lambda t: incidents.start(marit, IncidentKind.OTHER, a1, t)
    yield "incidents.service.Incidents.step.text", lambda t: incidents.step(marit, house.incident(), Step.OTHER, t)
    yield (
        "incidents.service.Incidents.conclude.text",
        lambda t: incidents.conclude(marit, house.incident(), t, deviation=Deviation.NO),
    )

    def takes_back_step(t: str) -> Any:
        step = incidents.step(marit, house.incident(), Step.CALLED_113)
        return incidents.take_back(marit, step.entry_id, t)

    yield "incidents.service.Incidents.take_back.reason", takes_back_step
    first = house.walk()
    yield "rounds.service.Rounds.sign.reasons", lambda t: rounds.sign(samira, first, dict.fromkeys(house.lived_in(), t))
    ago = house.clock.now() - timedelta(minutes=50)
    yield (
        "rounds.service.Rounds.enter_late.reason",
        lambda t: rounds.enter_late(samira, ago, ago + timedelta(minutes=9), t),
    )
    a1_unit = house.unit
    yield (
        "rounds.service.Rounds.check_off.note",
        lambda t: rounds.check_off(samira, house.walk(), a1_unit, Outcome.SPOKE, note=t),
    )

    def checks_late(t: str) -> Any:
        walk = house.walk()
        house.clock.move_to(house.clock.now() + timedelta(minutes=40))
        return rounds.check_off(samira, walk, a1_unit, Outcome.SPOKE, late_reason=t)

    yield "rounds.service.Rounds.check_off.late_reason", checks_late
    yield (
        "rounds.service.Rounds.take_back.reason",
        lambda t: rounds.take_back(samira, rounds.check_off(samira, house.walk(), a1_unit, Outcome.SPOKE).entry_id, t),
    )
    yield (
        "rounds.service.Rounds.mend.reason",
        lambda t: rounds.mend(samira, rounds.extra_check(samira, a1, Outcome.SPOKE, "asked").entry_id, t),
    )
    yield "rounds.service.Rounds.extra_check.reason", lambda t: rounds.extra_check(samira, a1, Outcome.SPOKE, t)
    yield (
        "rounds.service.Rounds.extra_check.asked_by",
        lambda t: rounds.extra_check(samira, a1, Outcome.SPOKE, "asked", t),
    )

    def no_answer(t: str, late: str = "", step: str = "looked in") -> Any:
        walk = house.walk()
        at = house.clock.now() - timedelta(minutes=2)
        if late:
            house.clock.move_to(house.clock.now() + timedelta(minutes=40))
        return rounds.no_answer(samira, walk, a1_unit, [LadderStep(Step.OTHER, at, step)], t, late_reason=late)

    yield "rounds.service.Rounds.no_answer.conclusion", no_answer
    yield "rounds.service.Rounds.no_answer.late_reason", lambda t: no_answer("slept", late=t)
    yield "rounds.service.Rounds.no_answer.steps", lambda t: no_answer("slept", step=t)

    plans = station.crisis_plans

    def plan(text: PlanText, **how: str) -> Any:
        return plans.save_draft(marit, a1, replace(PLAN, text=text, **how), plans.plan_now(marit, a1).base, over=True)

    yield "crisis_plans.service.CrisisPlans.save_draft.proposal", lambda t: plan(PlanText(dangers=(t,)))
    yield "crisis_plans.service.CrisisPlans.save_draft.yellow", lambda t: plan(PlanText(yellow=(Sign("signs", t),)))
    yield "crisis_plans.service.CrisisPlans.save_draft.avoid", lambda t: plan(PlanText(avoid=t))
    yield (
        "crisis_plans.service.CrisisPlans.save_draft.co_authors",
        lambda t: plan(PlanText(avoid="doors"), co_authors=t),
    )
    yield "crisis_plans.service.CrisisPlans.save_draft.copies_to", lambda t: plan(PlanText(avoid="doors"), copies_to=t)
    yield (
        "crisis_plans.service.CrisisPlans.publish.reason",
        lambda t: plans.publish(eva, a1, t, plan(PlanText(avoid=f"doors {hash(t)}")).base),
    )
    span = handover.report(marit).span
    yield "handover.service.Handover.save_draft.text", lambda t: handover.save_draft(marit, span, a1, text=t)
    yield (
        "handover.service.Handover.save_draft.if_then",
        lambda t: handover.save_draft(marit, span, a1, text="restless", if_then=t),
    )
    yield "handover.service.Handover.ask.text", lambda t: handover.ask(marit, t)
    yield "handover.service.Handover.answer.text", lambda t: handover.answer(samira, handover.ask(marit, "why?"), t)
    yield "handover.service.Handover.say_back.text", lambda t: handover.say_back(marit, a1, t)
    yield "handover.service.Handover.raise_concern.text", lambda t: handover.raise_concern(marit, t)
    yield (
        "handover.service.Handover.close_concern.text",
        lambda t: handover.close_concern(ingrid, handover.raise_concern(marit, "thin"), t),
    )

    def danger_late(t: str) -> Any:
        walk = house.walk()
        house.clock.move_to(house.clock.now() + timedelta(minutes=40))
        return rounds.found_in_danger(samira, walk, a1_unit, late_reason=t)

    yield "rounds.service.Rounds.found_in_danger.late_reason", danger_late
    emergency = station.emergency
    yield "residents.emergency.Emergency.open.reason", lambda t: emergency.open(house.nora, a1, t)

    def reviews(t: str) -> Any:
        house.clock.move_to(house.clock.now() + timedelta(days=1))
        emergency.open(house.nora, a1, "fire alarm")
        return emergency.review(ingrid, emergency.emergency_queue(ingrid)[-1].id, t)

    yield "residents.emergency.Emergency.review.line", reviews
    erasures = station.erasures(Settings(home=house.home))
    decision = {"responsible": "Kari Nes", "asked_by": "himself", "reason": "It is untrue."}
    for name in decision:
        yield (
            f"exchange.erasure.Erasures.decide.{name}",
            lambda t, name=name: erasures.decide(ingrid, house.entry(), **{**decision, name: t}),
        )
    openers = station.openers(house.home)
    yield "exchange.openers.Openers.add.name", lambda t: openers.add(ingrid, public_key(), t)
    yield "exchange.openers.Openers.add.public", lambda t: openers.add(ingrid, t, "Per")
    yield "exchange.openers.Openers.remove.public", lambda t: openers.remove(ingrid, t)
    machine = station.machine(house.home)
    yield "admin.service.Machine.change.alarm_command", lambda t: machine.change(ingrid, {"alarm_command": f"sh {t}"})
    for name in CHOSEN:
        yield f"admin.service.Machine.change.{name}", lambda t, name=name: machine.change(ingrid, {name: t})
    yield "admin.service.Machine.change_theme.theme", lambda t: machine.change_theme(ingrid, t)


CHOSEN = tuple(name for name in CHANGES if name != "alarm_command")
"""Settings that take a number or one of a few words."""


def public_key() -> str:
    """Somebody's, who opens nothing yet."""
    return str(x25519.Identity.generate().to_public())


def stored(house: House, wanted: str) -> bool:
    """Whether this text, whole and as it was typed, stands in some row or file, by itself or in a sentence about it."""
    return in_a_row(house.station, wanted) or any(
        wanted in value
        for name in (STATION_FILE, SETTINGS_FILE)
        if (house.home / name).exists()
        for value in texts_in(tomllib.loads((house.home / name).read_text(encoding="utf-8")))
    )


def texts_in(value: Any) -> Iterator[str]:
    """Every text of what a file holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


def in_a_row(station: Station, wanted: str) -> bool:
    with station.database.read() as tx:
        tables = (
            tx.run(sql("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"))
            .scalars()
            .all()
        )
        for table in tables:
            for row in tx.run(sql(f'SELECT * FROM "{table}"')).all():
                if any(
                    isinstance(value, str) and (wanted in value or json.dumps(wanted)[1:-1] in value) for value in row
                ):
                    return True
    return False


def one_sentence(error: Invalid, typed: str) -> bool:
    said = str(error)
    harmless = not any(unicodedata.category(sign).startswith("C") for sign in said)
    return harmless and 0 < len(said) < 250 and "\n" not in said and (len(typed) < 60 or typed not in said)


@pytest.fixture
def house(station: Station, actors: dict[str, Actor], flats: dict[str, int], clock: Any, tmp_path: Path) -> House:
    home = tmp_path / "home"
    home.mkdir()
    create_key(home, SystemIdentities())
    return House(station, actors, flats, clock, home)


def badly_refused(house: House, texts: Mapping[str, str], asked: Callable[[str], bool]) -> dict[str, list[str]]:
    """Where text is taken, of what is asked: which of these were taken, or refused with anything but one sentence."""
    wrong: dict[str, list[str]] = {}
    for name, doing in recipes(house):
        if not asked(name):
            continue
        wrong[name] = []
        for kind, text in texts.items():
            try:
                doing(text)
            except Invalid as error:
                if not one_sentence(error, text):
                    wrong[name].append(f"{kind}: {error}")
            else:
                wrong[name].append(f"{kind}: taken")
    return wrong


def test_what_would_act_is_refused_with_one_sentence_everywhere_a_service_takes_text(house: House) -> None:
    wrong = badly_refused(house, REFUSED, lambda _name: True)
    assert len(wrong) > 80
    assert not {name: told for name, told in wrong.items() if told}


def test_what_does_not_act_is_kept_as_typed_or_refused_with_one_sentence(house: House) -> None:
    wrong, tried, kept = [], set(), set()
    texts = [*KEPT.items()]
    for number, (name, doing) in enumerate(recipes(house)):
        tried.add(name)
        for kind, text in [texts[(number * 3 + step) % len(texts)] for step in range(4)]:
            try:
                doing(text)
            except Invalid as error:
                if not one_sentence(error, text):
                    wrong.append(f"{name}: {kind}: {error}")
            else:
                kept.add(name)
                if not stored(house, text):
                    wrong.append(f"{name}: {kind}: changed")
    assert not wrong, "\n".join(wrong)
    assert house.station.verifications.verify(house.ingrid).clean
    assert tried - kept == {  # these take a year, a list of units, a number and hours, a key or one of a few words
        *(f"residents.service.Residents.{name}.birth_year" for name in ("admit", "change_about")),
        *(f"residents.service.Residents.{verb}_contact.{name}" for verb in ("add", "replace") for name in ("phone", "hours")),
        "residents.service.Residents.add_units.typed",
        *(f"exchange.openers.Openers.{verb}.public" for verb in ("add", "remove")),
        *(f"admin.service.Machine.change.{name}" for name in CHOSEN),
        "admin.service.Machine.change_theme.theme",
    }  # fmt: skip


NO_TYPED_TEXT = {
    "exchange.openers.Openers.new_recovery.shown": "made by the program and shown before; nobody types it",
    "journal.service.Journal.draft.form": "a name the program gives",
    "journal.service.Journal.finish_draft.form": "likewise",
    "journal.service.Journal.save_draft.form": "likewise",
    "journal.service.Journal.save_draft.fields": "what is half typed is kept whatever it is; tests/journal/test_drafts.py",
    "journal.service.Journal.search.query": "sought and kept nowhere; below",
    "notes.service.Notes.search.query": "likewise",
    "people.service.People.sign_in.pin": "digits; held against a hash",
    "people.service.People.change_pin.old": "likewise",
    "people.service.People.change_pin.new": "digits only; tests/people/test_rules.py",
    "rounds.service.Rounds.sign_not_walked.reasons": "goes the way of sign.reasons",
    "exchange.import_service.Imports.dry_run.rows": "a file; tests/exchange/test_hostile_files.py",
    "exchange.import_service.Imports.import_people.rows": "likewise",
    "residents.access_log.AccessLog.log_of.opening": "a name the program gives",
    "residents.access_log.AccessLog.printed.whose": "looked up and kept nowhere",
    "residents.access_log.AccessLog.printed.since": "a date or refused",
}
TEXTS_IN = ("str", "About", "Proposal", "LadderStep", "ImportRows")


def test_what_is_no_number_is_refused_with_one_sentence_where_a_number_is_asked_for(house: House) -> None:
    wrong = badly_refused(house, NO_NUMBERS, lambda name: name.endswith(("birth_year", "_minutes")))
    assert len(wrong) == 5
    assert not {name: told for name, told in wrong.items() if told}


def test_an_opener_may_be_called_anything_and_the_station_still_opens(house: House) -> None:
    openers = house.station.openers(house.home)
    called = []
    for text in KEPT.values():
        with suppress(Invalid):  # more than one line of 60 characters
            openers.add(house.ingrid, public_key(), text)
            called.append(text)
    assert [name for _public, name in station_card(house.home).others] == called
    assert len(called) > len(KEPT) / 2


def test_no_text_that_a_service_takes_is_left_out(house: House) -> None:
    tried = {name for name, _doing in recipes(house)}
    left_out = []
    for function in service_functions():
        where = function.label.removeprefix("staffbase.")
        for name, argument in inspect.signature(inspect.unwrap(function.function)).parameters.items():
            told = str(argument.annotation)
            takes = (
                argument.annotation is str
                or any(kind in told for kind in TEXTS_IN[1:])
                or "str |" in told
                or ", str]" in told
            )
            known = f"{where}.{name}" in NO_TYPED_TEXT or any(one.startswith(f"{where}.") for one in tried)
            if takes and not known:
                left_out.append(f"{where}.{name}")
    assert not left_out, "\n".join(left_out)


def test_a_search_finds_or_finds_nothing_or_is_refused_with_one_sentence(house: House) -> None:
    house.station.notes.write(house.marit, "kniven lå der", house.a1)
    wrong = []
    for kind, text in {**KEPT, **REFUSED}.items():
        try:
            house.station.notes.search(house.marit, text)
        except Invalid as error:
            if not one_sentence(error, text):
                wrong.append(f"{kind}: {error}")
    assert not wrong, "\n".join(wrong)

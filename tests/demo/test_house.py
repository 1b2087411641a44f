"""The invented house as data: it is complete, fits its lines in both languages, and names nobody real."""

import re
from datetime import date, timedelta
from itertools import chain

import pytest

from staffbase.demo.acts import Went
from staffbase.demo.house import STAFF
from staffbase.demo.plans import A3_REVISED, PLANS
from staffbase.demo.plot import ACTS, at
from staffbase.demo.residents import NEWCOMER, RESIDENTS
from staffbase.demo.shifts import DAYTIME, EVENINGS, ROTA, everyday
from staffbase.kernel import i18n
from staffbase.kernel.access import Role
from staffbase.kernel.clock import local
from staffbase.people.rules import check_pin
from staffbase.residents.model import RoundForm

LINE = 74


def test_twenty_people_with_pins_that_may_be_used() -> None:
    assert len(STAFF) == 20
    assert len({person.name for person in STAFF}) == 20
    assert len({check_pin(person.pin) for person in STAFF}) == 20
    assert {person.role for person in STAFF} == set(Role) - {Role.SYSTEM}


def test_nobody_can_be_rung() -> None:
    contacts = chain.from_iterable(resident.contacts for resident in (*RESIDENTS, NEWCOMER))
    assert all(one.phone.startswith("00 00 00 ") for one in (*STAFF, *contacts))


def test_eight_doors_are_due_on_the_first_night() -> None:
    due = [one for one in RESIDENTS if one.agreed is not None and one.agreed.form is not RoundForm.NONE]
    assert len(due) == 8
    gone = [act for act in ACTS if isinstance(act, Went) and act.at <= at(5, 23)]
    assert [act.presence for act in gone if act.unit == "B3"][-1] == "home"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_line_of_every_plan_fits_the_card(language: str) -> None:
    i18n.use(language)
    for plan in (*PLANS, A3_REVISED):
        signs = [f"1 {i18n._(sign)} -> {i18n._(measure)}" for sign, measure in (*plan.yellow, *plan.red)]
        others = [plan.avoid, plan.meet_me, plan.trust, plan.wishes, plan.arrange, plan.afterwards]
        for line in (*signs, *(i18n._(other) for other in others)):
            assert len(line) <= LINE, line
        assert len(plan.yellow) <= 4
        assert len(plan.red) <= 4


def test_every_text_exists_in_norwegian() -> None:
    i18n.use("nb")
    known = i18n.load("nb")
    texts = [one.text for day in ROTA for one in everyday(day)] + [act.text for act in ACTS if hasattr(act, "text")]
    assert [text for text in texts if text not in known] == []


def test_the_plot_stands_in_order_of_days_and_speaks_of_known_people() -> None:
    names = {person.name for person in STAFF}
    assert all(act.by in names for act in ACTS)
    for day, (days, evenings, night) in ROTA.items():
        assert {*days, *evenings, night} <= names
        assert not set(days) & set(evenings), day


def test_who_writes_a_note_is_at_work() -> None:
    office = {"Eva", "Ingrid", "Odd"}
    for act in (*ACTS, *chain.from_iterable(everyday(day) for day in ROTA)):
        moment = local(act.at)
        day = moment.date() if moment.hour >= 7 else moment.date() - timedelta(days=1)
        days, evenings, night = ROTA[day]
        on = {night} if moment.hour < 7 or moment.hour >= 22 else {*days, *evenings}
        assert act.by in on | office, (act.at, act.by)


def test_marit_was_last_on_duty_on_the_evening_of_the_sixth() -> None:
    hers = [day for day, (days, evenings, _night) in ROTA.items() if "Marit" in (*days, *evenings)]
    assert [day for day in hers if day < date(2026, 1, 9)][-1] == date(2026, 1, 6)
    assert ROTA[date(2026, 1, 9)][1] == ("Marit", "Jonas")


def test_everyday_notes_are_the_same_at_every_playing() -> None:
    assert [everyday(day) for day in ROTA] == [everyday(day) for day in ROTA]


_BEFORE = "[Aa]t|until|from|since|to"
_LETTERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon"


def test_no_everyday_note_is_written_before_the_hour_it_tells_of() -> None:
    told = [(one.at, one.text) for day in ROTA for one in everyday(day)]
    named = [(at, int(hour)) for at, text in told for hour in re.findall(rf"\b(?:{_BEFORE}) (\d{{1,2}})\b", text)]
    assert len(named) > 10
    assert [(at, hour) for at, hour in named if local(at).hour < hour] == []


def test_everyday_notes_name_hours_in_figures_so_that_the_hour_is_heeded() -> None:
    texts = chain.from_iterable((*DAYTIME.values(), *EVENINGS.values()))
    assert [text for text in texts if re.search(rf"\b(?:{_BEFORE}) (?:{_LETTERS})\b", text)] == []

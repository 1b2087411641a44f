"""An incident as fingers meet it, at three in the morning."""

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import moment

from staffbase.incidents.dialogs import ConcludeDialog, SlipDialog, StepDialog
from staffbase.incidents.model import IncidentKind, Step
from staffbase.incidents.rules import STEP_KEYS
from staffbase.incidents.screen import IncidentScreen
from staffbase.incidents.start_screen import IncidentStart
from staffbase.kernel import i18n
from staffbase.residents.model import Status, WarningKind
from staffbase.residents.rules import OWN_PHONE

pytestmark = pytest.mark.usefixtures("eager")


def opened(app, station, resident_id=None) -> IncidentStart:
    return IncidentStart(app, station.incidents, station.residents, resident_id)


async def test_from_h_to_113_in_two_keys(station, actors, flats, clock):
    app = Bench(station, actors["samira"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(opened(app, station, flats["A2"]))
        await settle(pilot)
        assert "A2 Beboer A2" in seen(app)
        await pilot.press("3")
        await settle(pilot)
        assert "Ring 113 now" in seen(app)
        await pilot.press("f")
        await settle(pilot)
        shown = seen(app)
        assert "Ring 113 now" not in shown
        assert "21:40  113 called." in shown
    (running,) = station.incidents.running(actors["samira"])
    assert (running.kind, running.resident_id) == (IncidentKind.OVERDOSE, flats["A2"])
    assert [step.step for step in running.steps] == [Step.CALLED_113]


async def test_what_happens_to_somebody_asks_to_whom_unless_it_was_said_to_be_the_houses(station, actors, flats):
    app = Bench(station, actors["samira"])
    asked = []
    app.choose_resident = asked.append
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(opened(app, station))
        await settle(pilot)
        await pilot.press("3")
        await settle(pilot)
        assert len(asked) == 1
        assert not station.incidents.running(actors["samira"])
        asked[0](flats["A2"])
        await settle(pilot)
        await pilot.press("escape")
        app.show(opened(app, station))
        await settle(pilot)
        await pilot.press("u", "3")
        await settle(pilot)
        await pilot.press("escape")
        app.show(opened(app, station))
        await settle(pilot)
        await pilot.press("6")
        await settle(pilot)
    assert len(asked) == 1
    started = {(one.kind, one.resident_id) for one in station.incidents.running(actors["samira"])}
    assert started == {(IncidentKind.OVERDOSE, flats["A2"]), (IncidentKind.OVERDOSE, None), (IncidentKind.FIRE, None)}


async def test_the_ladder_says_the_number_of_who_does_not_open(station, actors, flats):
    station.residents.add_contact(actors["eva"], flats["A2"], "Anne", "sister", "00 00 00 62")
    station.residents.add_contact(actors["eva"], flats["A2"], "Beboer A2", OWN_PHONE, "00 00 00 72")
    app = Bench(station, actors["samira"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(opened(app, station, flats["A2"]))
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("b")
        await settle(pilot)
        assert "Ring the resident's phone. 00 00 00 72" in seen(app)
        assert " ".join(seen(app).split()).index("00 00 00 72 own phone") < seen(app).index("Anne")


async def test_a_running_incident_survives_leaving_and_is_found_again(station, actors, flats):
    app = Bench(station, actors["samira"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(opened(app, station, flats["A2"]))
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("b", "escape")
        await settle(pilot)
        app.show(opened(app, station, flats["A2"]))
        await settle(pilot)
        assert isinstance(app.screen, IncidentScreen)
        assert "Knocked, called out." in seen(app)
        await pilot.press("escape")
        app.show(opened(app, station))
        await settle(pilot)
        assert isinstance(app.screen, IncidentStart)
        assert "A2 Beboer A2 · no answer" in seen(app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, IncidentScreen)
    assert len(station.incidents.running(actors["samira"])) == 1


async def test_a_held_key_is_one_step(station, actors, flats, clock):
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.OVERDOSE, flats["A2"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        await pilot.press(*"ffffffff")
        await settle(pilot)
        clock.move_to(moment(5, 21, 43))
        await pilot.press("s")
        clock.move_to(moment(5, 21, 46))
        await pilot.press("s")
        await settle(pilot)
    steps = station.incidents.incident(actors["samira"], key).steps
    assert [step.step for step in steps] == [Step.CALLED_113, Step.NALOXONE, Step.NALOXONE]


async def test_a_slip_is_asked_about_and_taken_back(station, actors, flats):
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        await pilot.press("z")
        await settle(pilot)
        assert "no step" in app.told[-1]
        await pilot.press("f", "z")
        await settle(pilot)
        assert isinstance(app.screen, SlipDialog)
        await pilot.press("escape")
        await settle(pilot)
        assert station.incidents.incident(actors["samira"], key).when(Step.CALLED_113)
        await pilot.press("z")
        await settle(pilot)
        await pilot.press("enter")
        for _ in range(100):  # the step is taken back in a thread, and the screen drawn after it
            await settle(pilot)
            if "taken back" in seen(app):
                break
        assert "taken back" in seen(app)
    assert station.incidents.incident(actors["samira"], key).when(Step.CALLED_113) is None


async def test_a_step_in_words_with_its_time(station, actors, flats, clock):
    clock.move_to(moment(6, 4, 20))
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        await pilot.press("n")
        await settle(pilot)
        assert isinstance(app.screen, StepDialog)
        assert app.screen.query_one(".dialog").max_scroll_y == 0
        await pilot.press(*"Looked in", "f2", "shift+tab", *"04:12", "ctrl+s")
        await settle(pilot)
        assert "04:12  Looked in" in seen(app)
        assert "entered later" in " ".join(seen(app).split())
    assert app.asked == [("card", flats["A2"])]


async def test_concluding_asks_what_follows(station, actors, flats):
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.OVERDOSE, flats["A2"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, ConcludeDialog)
        assert app.screen.query_one(".dialog").max_scroll_y == 0
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, ConcludeDialog)  # a conclusion needs words
        await pilot.press(*"In hospital", "tab", "left", "left", "tab", "tab", "right", "right", "ctrl+s")
        await settle(pilot)
        assert not isinstance(app.screen, IncidentScreen)
    facts = station.incidents.incident(actors["samira"], key)
    assert (facts.deviation, facts.review_plan, facts.conclusion) == ("yes", True, "Concluded: In hospital")
    assert station.residents.resident(actors["samira"], flats["A2"]).status is Status.UNSTABLE


async def test_the_keys_that_lie_beside_steps_do_nothing(station, actors, flats):
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.OVERDOSE, flats["A2"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        await pilot.press(*"hxtdgrcvu")
        await settle(pilot)
        assert isinstance(app.screen, IncidentScreen)
        assert app.asked == []
        await pilot.press("k")
        assert app.asked == [("card", flats["A2"])]
    assert station.incidents.incident(actors["samira"], key).steps == ()


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_numbers_address_and_every_key_are_always_in_sight(station, actors, flats, language, size):
    i18n.use(language)
    station.residents.add_warning(actors["ingrid"], flats["A2"], WarningKind.DANGER, "[/b] overdose ×2 \u202egå to")
    key = station.incidents.start(actors["samira"], IncidentKind.OVERDOSE, flats["A2"], "[red]x[/] " * 30)
    for _number in range(12):
        station.incidents.step(actors["samira"], key, Step.OTHER, "Looked in again and heard breathing")
    app = Bench(station, actors["samira"])
    async with app.run_test(size=size) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        shown = seen(app)
        for wanted in ("113", "112", "110", "Prøveveien 1", "port B", "00 00 00 01", "A2", "[/b] overdose"):
            assert wanted in shown
        assert "\u202e" not in shown
        for key_ in STEP_KEYS:
            assert f" {key_} " in shown
        await pilot.press("escape")
        app.show(opened(app, station))
        await settle(pilot)
        assert "00 00 00 01" in seen(app)
        assert " 9  " in f" {seen(app)}".replace("\n", " ")


async def test_how_it_ended_left_without_a_word_is_no_draft(station, actors, flats):
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, ConcludeDialog)
        await pilot.press("escape")
        await settle(pilot)
        assert not any("draft" in told for told in app.told)
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press(*"all", "escape")
        await settle(pilot)
        assert "draft" in app.told[-1]


async def test_whom_one_may_ring_and_what_kind_of_danger_stand_beside_the_ladder(station, actors, flats):
    station.residents.add_contact(actors["eva"], flats["A2"], "ACT-team", "ACT", "00 00 00 41", "mon-fri 08-15", 1)
    station.residents.add_contact(actors["eva"], flats["A2"], "Anne", "sister", "", "")
    station.residents.add_warning(actors["eva"], flats["A2"], WarningKind.ALLERGY, "penicillin")
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        shown = seen(app)
    assert "allergy  penicillin" in shown
    assert "1. ACT-team" in shown
    assert "   00 00 00 41  " in shown, "a number does not break: it begins a line of its own"
    assert "Anne" not in shown  # nobody can ring without a number


PEOPLE = {
    "ACT-team": ("ACT", "00 00 00 41", "mon-fri 08-15", 1),
    "Ambulatory crisis team": ("", "00 00 00 43", "08-22", 2),
    "Anne": ("sister", "00 00 00 62", "", 0),
    "Health station": ("", "00 00 00 44", "mon-fri 10-15", 0),
}


def known(station, actors, resident_id, people=PEOPLE):
    station.residents.add_contact(actors["eva"], resident_id, "Beboer A2", OWN_PHONE, "00 00 00 72")
    for name, (role, phone, hours, step) in people.items():
        station.residents.add_contact(actors["eva"], resident_id, name, role, phone, hours, step)


async def test_on_a_small_screen_every_number_is_in_sight_and_the_steps_too(station, actors, flats):
    known(station, actors, flats["A2"])
    for dangerous in ("overdose ×2 (opioid + benzo) · go two", "hits out at sudden noise"):
        station.residents.add_warning(actors["eva"], flats["A2"], WarningKind.DANGER, dangerous)
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    for step in (Step.KNOCKED, Step.PHONED, Step.SECOND_ATTEMPT):
        station.incidents.step(actors["samira"], key, step)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        shown = seen(app)
    for phone in ("72", "41", "43", "62", "44"):
        assert f"00 00 00 {phone}" in shown
    assert "sudden noise" in " ".join(shown.split())
    assert "Second attempt" in shown
    assert "PgDn" not in shown, "nothing is hidden"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_numbers_below_the_edge_are_said_to_be_there_and_reached_by_a_key(station, actors, flats, size):
    many = {f"Relative {number}": ("", f"00 00 01 {number:02}", "08-15", 0) for number in range(12)}
    known(station, actors, flats["A2"], many)
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    found = set()
    async with app.run_test(size=size) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        assert "more lines: PgDn" in seen(app)
        for _page in range(8):
            found |= {phone for _role, phone, *_rest in many.values() if phone in seen(app)}
            await pilot.press("pagedown")
            await settle(pilot, 2)
        assert "more above: PgUp" in seen(app)
        assert "PgDn" not in seen(app)
        await pilot.press(*["pageup"] * 8)
        await settle(pilot, 2)
        assert "00 00 00 72" in seen(app)
    assert found == {phone for _role, phone, *_rest in many.values()}


async def test_what_was_done_earlier_is_reached_by_an_arrow(station, actors, flats, clock):
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    for minute in range(30):
        clock.move_to(moment(5, 22, minute))
        station.incidents.step(actors["samira"], key, Step.KNOCKED)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        assert "22:29" in seen(app)
        assert "22:10" not in seen(app)
        await pilot.press(*["up"] * 12)
        await settle(pilot, 2)
        assert "22:10" in seen(app)


async def test_whether_somebody_answers_now_is_said_in_words(station, actors, flats):
    known(station, actors, flats["A2"])
    app = Bench(station, actors["samira"])
    key = station.incidents.start(actors["samira"], IncidentKind.NO_ANSWER, flats["A2"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(IncidentScreen(app, station.incidents, station.residents, key))
        await settle(pilot)
        shown = seen(app)
    assert "00 00 00 41  mon-fri 08-15 (closed now)" in shown
    assert "00 00 00 43  08-22 (answers now)" in shown

"""The round sheet and its dialogs, as fingers meet them."""

from datetime import timedelta
from threading import Thread
from types import SimpleNamespace

import pytest
from tests.bench import busy, seen, type_at_once
from tests.conftest import moment
from textual.binding import Binding
from textual.widgets import Label, OptionList, Static
from textual.widgets._footer import FooterKey
from textual.widgets._toast import Toast

from staffbase.incidents.dialogs import ConcludeDialog
from staffbase.incidents.model import Deviation, Step
from staffbase.incidents.screen import IncidentScreen
from staffbase.incidents.start_screen import IncidentStart
from staffbase.journal.model import Kind
from staffbase.kernel import i18n
from staffbase.kernel.settings import Settings
from staffbase.notes.drafts.rules import first_words, place_of
from staffbase.residents.model import RoundForm, WarningKind
from staffbase.rounds.dialogs import (
    BeyondDialog,
    ExtraCheckDialog,
    LateReasonDialog,
    LateRoundDialog,
    OnBehalfDialog,
    OpenDoorsDialog,
)
from staffbase.rounds.mending_dialogs import MendCheckDialog
from staffbase.rounds.model import Outcome
from staffbase.rounds.no_answer_dialogs import ColleagueDialog, DangerDialog, NoAnswerDialog, ResolvedDialog
from staffbase.rounds.screen import RoundsScreen
from staffbase.rounds.sheet_words import door_told
from staffbase.ui.choice import Choice
from staffbase.ui.fields import LineField
from staffbase.ui.in_order import InOrder
from staffbase.ui.strip import StripFacts
from staffbase.ui.themes import THEMES

pytestmark = pytest.mark.usefixtures("eager")


class Desk(SimpleNamespace):
    """What the round asks of the rest of the app."""

    @property
    def pressed_at(self) -> float:
        return self.clock.monotonic_at(self.app.arrived_at)


class Bench(InOrder[None]):
    """An app with nothing but a desk and the round sheet."""

    CSS_PATH = "../../src/staffbase/ui/kit.tcss"
    BINDINGS = [Binding("question_mark", "keys", "Keys", id="app.keys", key_display="?")]

    def __init__(self, station, actor, home) -> None:
        super().__init__()
        self.did: list[object] = []
        self.desk = Desk(
            app=self, actor=actor, clock=station.database.clock, drafts=station.journal, settings=Settings(home=home),
            strip_facts=StripFacts(), offers=lambda _action: True, lock=lambda: self.did.append("lock"),
            start_incident=self.start_incident,
            open_resident=lambda resident: self.did.append(("resident", resident)),
            open_card=lambda resident: self.did.append(("card", resident)),
            write_note=lambda resident=None: self.did.append(("note", resident)),
            mend_check=self.mend_check,
        )  # fmt: skip
        self.station = station
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def start_incident(self, resident) -> None:
        self.push_screen(IncidentStart(self.desk, self.station.incidents, self.station.residents, resident))

    def mend_check(self, entry_id) -> None:
        self.push_screen(MendCheckDialog(self.desk, self.station.rounds, entry_id))

    async def on_mount(self) -> None:
        await self.push_screen(RoundsScreen(self.desk, self.station.rounds))


class Hand:
    """Presses keys a second apart, as a person does, and waits until what they began is done."""

    def __init__(self, pilot, clock) -> None:
        self.pilot, self.clock, self.app = pilot, clock, pilot.app

    async def press(self, *keys, apart=1.5):
        for key in keys:
            self.clock.move_to(self.clock.now() + timedelta(seconds=apart))
            await self.pilot.press(key)
            await self.settle()

    async def settle(self):
        """Until the sheet stands there and nothing it began is under way."""
        for _wait in range(200):
            await self.pilot.pause(0.03)
            screen = next((one for one in self.app.screen_stack if isinstance(one, RoundsScreen)), None)
            if (
                screen is not None
                and screen.sheet is not None
                and (screen._idle.is_set() or self.app.screen is not screen)
                and not busy(self.app)
            ):
                break
        await self.pilot.pause(0.05)

    async def until(self, kind):
        for _wait in range(200):
            if isinstance(self.app.screen, kind):
                await self.settle()
                return self.app.screen
            await self.pilot.pause(0.05)
        raise AssertionError(f"{kind.__name__} did not come, {self.app.screen} stands there")

    async def until_true(self, holds):
        """Within the looks that the app takes at each change; here nobody but the test asks for them."""
        for _wait in range(40):
            if holds():
                return
            self.app.screen.look_again()
            await self.settle()
        raise AssertionError("it did not become true")

    @property
    def sheet(self):
        return next(screen for screen in self.app.screen_stack if isinstance(screen, RoundsScreen)).sheet

    def answered(self):
        return {row.door.code: row.check.outcome for row in self.sheet.lines if row.check}

    def rows(self):
        doors = self.app.screen.query_one("#doors", OptionList)
        return [str(option.prompt) for option in doors.options]


@pytest.fixture
def bench(night, actors, tmp_path):
    return Bench(night, actors["samira"], tmp_path)


async def test_one_key_a_door_and_the_row_says_what_when_and_when_written(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "s", "a")
        assert hand.answered() == {"A1": Outcome.SPOKE, "A2": Outcome.ASLEEP, "B1": Outcome.AWAKE}
        assert [part for part in hand.rows()[1].split("  ") if part.strip()][-2:] == [
            "seen asleep, breathing", "23:40–23:58 written 23:58",
        ]  # fmt: skip
        await hand.press("g")
        assert hand.sheet.walk.signed_at is not None


async def test_a_held_key_answers_one_door(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p")
        await hand.press("p", apart=0.5)
        for _repeat in range(20):
            await hand.press("p", apart=0.03)
        await pilot.pause(0.5)
        assert list(hand.answered()) == ["A1"]


async def test_two_keys_count_by_when_they_were_pressed_and_not_by_when_a_busy_program_gets_to_them(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()

        def fingers():
            for key, apart in (("p", 1.5), ("s", 0.35), ("a", 0.35), ("b", 0.1)):
                clock.move_to(clock.now() + timedelta(seconds=apart))
                type_at_once(bench, key)
            clock.move_to(clock.now() + timedelta(seconds=3))

        typing = Thread(target=fingers)  # as Textual's own reader is a thread
        typing.start()
        typing.join()  # the loop stands still meanwhile: none of the keys has its turn before all were pressed
        await hand.settle()
        assert hand.answered() == {"A1": Outcome.SPOKE, "A2": Outcome.ASLEEP, "B1": Outcome.AWAKE}


async def test_a_held_key_answers_one_door_also_where_the_program_gets_to_it_late(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        for apart in (1.5, 0.5, *[0.03] * 20):
            clock.move_to(clock.now() + timedelta(seconds=apart))
            type_at_once(bench, "p")
        clock.move_to(clock.now() + timedelta(seconds=60))
        await hand.settle()
        await pilot.pause(0.5)
        assert list(hand.answered()) == ["A1"]


async def test_the_same_answer_given_twice_at_an_ordinary_pace_counts_twice(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p")
        await hand.press("p", apart=0.5)
        assert list(hand.answered()) == ["A1"]  # it waits to see whether the key is held
        for _wait in range(100):
            if len(hand.answered()) == 2:
                break
            await pilot.pause(0.05)
        assert list(hand.answered()) == ["A1", "A2"]
        await hand.press("p", apart=0.5)
        await hand.press("g", apart=0.5)
        assert hand.sheet.walk.signed_at is not None


async def test_after_signing_the_head_says_when_the_next_round_is_and_what_w_begins_now(bench, back, clock):
    async with bench.run_test(size=(120, 36), notifications=True) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "p", "p", "g", "s")
        told = str(hand.app.screen.query_one("#round-head", Static).content)
        assert "when you leave" not in told
        assert "Next round 03:30–05:30" in told
        assert "w now begins only an extra round." in told
        (said,) = [toast.message for toast in bench._notifications if "This round is signed" in toast.message]
        assert " w " not in said
        await hand.press("w")
        out = bench.station.rounds.walk_under_way(bench.desk.actor)
        assert out.window_begins is None


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (moment(5, 22, 10), "w now begins only an extra round; this one from 22:30."),
        (moment(5, 22, 30), "w when you leave."),
    ],
)
async def test_before_the_round_the_head_says_what_w_begins(bench, clock, at, said):
    clock.move_to(at)
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        assert said in " ".join(str(hand.app.screen.query_one("#round-head", Static).content).split())
        await hand.press("w")
        out = bench.station.rounds.walk_under_way(bench.desk.actor)
        assert (out.window_begins is None) == ("extra" in said)


async def test_w_begins_the_round_for_an_hour_after_its_window(night, actors, clock):
    marit = actors["marit"]
    clock.move_to(moment(6, 0, 10))
    sheet = night.rounds.sheet(marit)
    assert sheet.extra_now is False
    clock.move_to(moment(6, 6, 0))
    assert night.rounds.sheet(marit).extra_now is False  # an hour after the last window
    clock.move_to(moment(6, 6, 31))
    assert night.rounds.sheet(marit).extra_now is True


async def test_capital_letters_and_the_end_of_the_round_do_nothing_odd(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "p", "p", "p", "p")
        assert len(hand.answered()) == 3
        await hand.press("g", "p", "s")
        assert hand.answered() == dict.fromkeys(("A1", "A2", "B1"), Outcome.SPOKE)


async def test_before_the_walk_an_answer_is_not_taken_and_says_what_to_do(bench, clock):
    async with bench.run_test(size=(80, 24), notifications=True) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("s")
        assert any("Press w when you leave" in toast.message for toast in bench._notifications)
        await hand.press("w")
        assert bench.did == ["lock"]
        assert bench.station.rounds.walk_under_way(bench.desk.actor).left_at == clock.now()


async def test_going_further_than_agreed_asks_one_key(bench, back, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("s")
        await hand.until(BeyondDialog)
        await hand.press("escape")
        assert hand.answered() == {}
        await hand.press("s")
        await hand.until(BeyondDialog)
        await hand.press("d")
        assert hand.answered() == {"A1": Outcome.ASLEEP}
        assert "door open" in hand.rows()[0]


async def test_fear_for_life_leaves_an_incident_and_the_round_goes_on(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("s")
        await hand.until(BeyondDialog)
        await hand.press("r")
        await hand.until(RoundsScreen)
        (incident,) = bench.station.incidents.running(bench.desk.actor)
        assert hand.rows()[0].rstrip().endswith("23:40–23:58 written 23:58 running feared")
        await hand.press("s")  # the next door's key: no step of a ladder that nobody looks at
        assert hand.answered() == {"A1": Outcome.ASLEEP, "A2": Outcome.ASLEEP}
        assert bench.station.incidents.running(bench.desk.actor)[0].steps == incident.steps
        await hand.press("up", "up", "enter")
        await hand.until(IncidentScreen)


async def test_another_person_says_once_for_whom_she_writes(night, actors, back, clock, tmp_path):
    bench = Bench(night, actors["marit"], tmp_path)
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        assert "Samira: seen during the walk 23:40–23:58" in str(
            hand.app.screen.query_one("#round-head", Static).content
        )
        await hand.press("p")
        await hand.until(OnBehalfDialog)
        await hand.press("p", "b")  # no key of an answer is the one that says it
        await hand.press("escape")
        await hand.until(RoundsScreen)
        assert hand.answered() == {}
        await hand.press("p")
        await hand.until(OnBehalfDialog)
        await hand.press("enter")
        await hand.until(RoundsScreen)
        await hand.press("s", "a", "g")
        assert hand.answered() == {"A1": Outcome.SPOKE, "A2": Outcome.ASLEEP, "B1": Outcome.AWAKE}
        await hand.until_true(lambda: hand.sheet.walk.signed_at is not None)
    checks = night.journal.timeline(actors["eva"], kinds=[Kind.CHECK])
    assert {(item.author_id, item.on_behalf_id) for item in checks} == {
        (actors["marit"].person_id, actors["samira"].person_id)
    }


async def test_an_extra_round_is_called_so_and_asks_nothing_of_the_other_doors(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "s", "a", "g")
        await hand.press("w")
        clock.move_to(moment(6, 1, 30))
        bench.station.rounds.come_back(bench.desk.actor)
        await hand.until_true(lambda: hand.sheet.extra and hand.sheet.walk.returned_at is not None)
        told = str(hand.app.screen.query_one("#round-head", Static).content)
        assert "Extra round" in told
        assert "owes no door" in told
        await hand.press("p", "g")
        await hand.until_true(lambda: not hand.sheet.extra)
    item = bench.station.journal.timeline(bench.desk.actor, house_only=True, kinds=[Kind.ROUND])[0]
    assert item.text.startswith("Extra round signed")
    assert item.text.endswith(": A1.")


async def test_take_back_opens_the_door_again(bench, back, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "z")
        assert hand.answered() == {}
        await hand.press("y")
        assert hand.answered() == {"A1": Outcome.HEARD}


async def test_after_the_signature_z_withdraws_the_answer_with_a_reason_and_says_what_was_found(bench, back, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "s", "a", "g")
        assert hand.sheet.walk.signed_at is not None
        hand.app.screen.query_one("#doors", OptionList).highlighted = 1
        await hand.press("z")
        dialog = await hand.until(MendCheckDialog)
        assert len(hand.answered()) == 3  # nothing is taken back before it is said why
        assert "seen asleep, breathing 23:40–23:58" in str(dialog.query_one("#mend-told", Static).content)
        await hand.press("ctrl+s")
        assert "must be written" in str(dialog.query_one("#dialog-fault", Label).content)
        dialog.query_one("#reason").value = "Feil dør"
        dialog.query_one("#outcome").value = "heard"
        await hand.press("escape", "z")
        dialog = await hand.until(MendCheckDialog)
        assert (dialog.query_one("#reason").value, dialog.query_one("#outcome").value) == ("Feil dør", "heard")
        await hand.press("ctrl+s")
        await hand.until(RoundsScreen)
        await hand.until_true(lambda: hand.answered()["A2"] is Outcome.HEARD)
        assert "entered later" in hand.rows()[1]
        await hand.press("z")
        dialog = await hand.until(MendCheckDialog)
        dialog.query_one("#reason").value = "Heller ikke det"
        await hand.press("ctrl+s")
        await hand.until(RoundsScreen)
        await hand.until_true(lambda: "A2" not in hand.answered())
        assert "not checked: Heller ikke det" in hand.rows()[1]
        assert hand.sheet.walk.signed_at is not None


async def test_still_no_answer_opens_the_live_ladder_and_the_round_waits_for_its_end(bench, back, flats, clock):
    async with bench.run_test(size=(120, 36), notifications=True) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("i")
        await hand.until(NoAnswerDialog)
        await hand.press("escape")
        assert hand.answered() == {}
        await hand.press("i")
        await hand.until(NoAnswerDialog)
        await hand.press("t")
        ladder = await hand.until(IncidentScreen)
        assert "Knock and call out" in str(ladder.query_one("#incident-next", Static).content)
        await hand.press("b", "f", "escape")
        await hand.until(RoundsScreen)
        assert bench.station.incidents.running(bench.desk.actor)[0].when(Step.CALLED_113) is not None
        await hand.press("s", "down", "g")
        assert hand.sheet.walk.signed_at is None
        assert hand.app.screen._here().door.code == "A1"  # enter goes on with it, as the refusal says
        await hand.press("down", "down", "a", "g")
        assert hand.sheet.walk.signed_at is None
        assert any("no conclusion yet" in toast.message for toast in bench._notifications)
        await hand.press("enter")
        await hand.until(IncidentScreen)
        await hand.press("ctrl+s")
        dialog = await hand.until(ConcludeDialog)
        dialog.query_one("#conclusion").text = "fint"
        dialog.query_one("#deviation").value = "yes"
        await hand.press("ctrl+s")
        await hand.until(RoundsScreen)
        await hand.press("g")
        assert hand.sheet.walk.signed_at is not None
        told = bench.station.incidents.latest(bench.desk.actor, flats["A1"])[0]
        assert (told.conclusion, told.deviation) == ("Concluded: fint", Deviation.YES)


async def test_the_key_that_opened_the_ladder_is_no_step_while_it_is_held(bench, back, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("i")
        await hand.until(NoAnswerDialog)
        await hand.press("t", apart=0.5)
        for apart in (0.5, *[0.03] * 10):
            await hand.press("t", apart=apart)
        await hand.until(IncidentScreen)
        await pilot.pause(0.5)
        assert [step.step for step in bench.station.incidents.running(bench.desk.actor)[0].steps] == []


async def test_resolved_at_the_door_asks_steps_with_times_and_how_it_ended(bench, back, flats, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("i")
        await hand.until(NoAnswerDialog)
        await hand.press("d")
        dialog = await hand.until(ResolvedDialog)
        await hand.press("ctrl+s")
        assert "at least one step" in str(dialog.query_one("#dialog-fault", Label).content)
        await hand.press(*"23:45", "enter", *"23:46", apart=0.1)
        dialog.query_one("#conclusion").value = "Headphones on, all well."
        await hand.press("ctrl+s")
        await hand.until(RoundsScreen)
        assert hand.answered() == {"A1": Outcome.NO_ANSWER}
        assert bench.station.incidents.running(bench.desk.actor) == []
        steps = bench.station.incidents.latest(bench.desk.actor, flats["A1"])[0].steps
        assert [(step.step, step.at, step.afterwards) for step in steps[:2]] == [
            (Step.KNOCKED, moment(5, 23, 45), True), (Step.PHONED, moment(5, 23, 46), True),
        ]  # fmt: skip


async def test_a_colleague_who_is_there_reports(bench, back, actors, flats, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("i")
        await hand.until(NoAnswerDialog)
        await hand.press("k")
        chooser = await hand.until(ColleagueDialog)
        names = [str(option.prompt).split()[0] for option in chooser.query_one(OptionList).options]
        assert "Samira" not in names
        assert "Odd" not in names
        chooser.query_one(OptionList).highlighted = names.index("Jonas")
        await hand.press("enter")
        dialog = await hand.until(NoAnswerDialog)
        assert "Jonas is there" in str(dialog.query_one("#openings", Static).content)
        await hand.press("t")
        await hand.until(IncidentScreen)
        assert "Jonas is there and reports." in bench.station.incidents.running(bench.desk.actor)[0].words
        (item,) = bench.station.journal.timeline(bench.desk.actor, flats["A1"], kinds=[Kind.CHECK])
        assert item.on_behalf_id == actors["jonas"].person_id


async def test_found_in_danger_asks_before_it_records(bench, back, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("h")
        await hand.until(DangerDialog)
        await hand.press("escape")
        assert hand.answered() == {}
        await hand.press("h")
        await hand.until(DangerDialog)
        await hand.press("enter")
        ladder = await hand.until(IncidentScreen)
        assert "113" in str(ladder.query_one("#incident-next", Static).content)


async def test_open_doors_are_signed_with_a_reason_each(bench, back, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "g")
        dialog = await hand.until(OpenDoorsDialog)
        await hand.press("ctrl+s")
        assert "reason" in str(dialog.query_one("#dialog-fault", Label).content)
        await hand.press(*"besøk", "enter", *"ute", "enter", apart=0.1)
        await hand.until(RoundsScreen)
        await hand.until_true(lambda: [row.open_reason for row in hand.sheet.lines] == ["", "besøk", "ute"])


async def test_what_is_written_late_asks_why_once(bench, back, clock):
    clock.move_to(moment(6, 0, 40))
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p")
        await hand.until(LateReasonDialog)
        await hand.press(*"til B4", "enter", apart=0.1)
        await hand.until(RoundsScreen)
        await hand.press("p")
        assert list(hand.answered()) == ["A1", "A2"]
        assert "entered later 00:40" in hand.rows()[0]


async def test_a_round_from_paper(bench, clock):
    clock.move_to(moment(6, 5, 5))
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("l")
        await hand.until(LateRoundDialog)
        await hand.press(*"03:40", "enter", *"0401", "enter", *"papir", "enter", apart=0.1)
        await hand.until(RoundsScreen)
        await hand.press("p")
        assert "03:40–04:01" in hand.rows()[0]


async def test_a_round_nobody_walked_is_said_and_signed_with_reasons(bench, clock):
    clock.move_to(moment(6, 2, 0))
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        assert "Nobody walked 23:30–01:30" in str(bench.screen.query_one("#round-head", Static).content)
        await hand.press("g")
        await hand.until(OpenDoorsDialog)
        await hand.press(*"brann", "enter", *"brann", "enter", *"brann", "enter", apart=0.1)
        await hand.until(RoundsScreen)
        assert hand.sheet.not_walked == ()


async def test_somebody_else_is_told_of_the_walk_and_gives_more_time(night, actors, tmp_path, clock):
    night.rounds.leave(actors["samira"])
    bench = Bench(night, actors["marit"], tmp_path)
    async with bench.run_test(size=(120, 36), notifications=True) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        assert "Samira left on the walk at 23:40" in str(bench.screen.query_one("#round-head", Static).content)
        await hand.press("s")
        assert hand.answered() == {}
        clock.move_to(moment(6, 0, 30))
        await hand.press("m")
        assert hand.sheet.walk.due_back_at > moment(6, 0, 45)


async def test_the_walker_rings_in_from_a_silent_door(night, actors, flats, tmp_path, clock):
    night.rounds.leave(actors["samira"])
    bench = Bench(night, actors["marit"], tmp_path)
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("i")
        dialog = await hand.until(NoAnswerDialog)
        assert "Samira is there" in str(dialog.query_one("#openings", Static).content)
        await hand.press("t")
        await hand.until(IncidentScreen)
        (item,) = night.journal.timeline(actors["marit"], flats["A1"], kinds=[Kind.CHECK])
        assert (item.author_id, item.on_behalf_id) == (actors["marit"].person_id, actors["samira"].person_id)


async def test_where_the_cursor_stands_by_itself_a_note_asks_whom_it_is_about(bench, back, flats, clock):
    async with bench.run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("n")
        await hand.press("down", "n")
        await hand.press("p", "n")
        assert bench.did == [("note", None), ("note", flats["A2"]), ("note", None)]
        await hand.press("t")  # the note to this door
        assert bench.did[-1] == ("note", bench.screen.chosen_resident())


async def test_a_key_before_an_extra_check_knows_its_resident_chooses_no_other(bench, flats, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        bench.push_screen(ExtraCheckDialog(bench.desk, bench.station.rounds, bench.station.residents, flats["A2"]))
        dialog = await hand.until(ExtraCheckDialog)
        assert dialog.focused is None or dialog.focused.id == "outcome"
        await hand.settle()
        assert dialog.focused.id == "outcome"


async def test_an_extra_check_about_nobody_asks_for_whom(bench, flats, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        bench.push_screen(ExtraCheckDialog(bench.desk, bench.station.rounds, bench.station.residents))
        dialog = await hand.until(ExtraCheckDialog)
        await hand.settle()
        await hand.press("tab", "right", "tab", *"pale", "ctrl+s")
        assert "Choose a resident" in str(dialog.query_one("#dialog-fault", Label).content)
        assert dialog.focused.id == "resident"
        assert bench.station.journal.timeline(bench.desk.actor, flats["A1"], kinds=[Kind.EXTRA_CHECK]) == []


async def test_an_extra_check_half_made_keeps_what_was_chosen_for_the_one_it_is_about(bench, flats, clock):
    def opened(*resident):
        bench.push_screen(ExtraCheckDialog(bench.desk, bench.station.rounds, bench.station.residents, *resident))
        return hand.until(ExtraCheckDialog)

    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        for resident, keys in ((flats["A2"],), ("right", "right", "tab", *"pale")), ((), ("right", "tab", "right")):
            await opened(*resident)
            await hand.settle()
            await hand.press(*keys, "escape", apart=0.1)
            await hand.until(RoundsScreen)
        drafts = {one.form: one.fields for one in bench.station.journal.drafts(bench.desk.actor)}
        assert {place_of(form).resident_id for form in drafts} == {flats["A2"], None}
        assert first_words(drafts[f"extra-check:{flats['A2']}"]) == "pale"
        dialog = await opened(flats["A1"])
        await hand.settle()
        assert (dialog.query_one("#outcome", Choice).value, dialog.drafted) == ("", False)
        await hand.press("escape")
        await hand.until(RoundsScreen)
        dialog = await opened(flats["A2"])
        await hand.settle()
        assert dialog.query_one("#outcome", Choice).value == Outcome.AWAKE
        assert dialog.query_one("#reason", LineField).value == "pale"
        await hand.press("escape")
        await hand.until(RoundsScreen)
        dialog = await opened()
        await hand.settle()
        assert dialog.query_one("#resident", Choice).value == str(flats["A1"])
        assert dialog.query_one("#outcome", Choice).value == Outcome.ASLEEP


async def test_an_extra_check_from_anywhere(bench, flats, clock):
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        bench.push_screen(ExtraCheckDialog(bench.desk, bench.station.rounds, bench.station.residents, flats["A2"]))
        dialog = await hand.until(ExtraCheckDialog)
        await hand.settle()
        await hand.press("ctrl+s")
        assert "what was found" in str(dialog.query_one("#dialog-fault", Label).content)
        await hand.press("right", "ctrl+s")
        assert "why" in str(dialog.query_one("#dialog-fault", Label).content)
        await hand.press(*"blek", "enter", *"Marit", "enter", apart=0.1)
        await hand.until(RoundsScreen)
        (item,) = bench.station.journal.timeline(bench.desk.actor, flats["A2"], kinds=[Kind.EXTRA_CHECK])
        assert item.text == "seen asleep, breathing. blek Asked by Marit."


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_every_answered_row_shows_interval_and_recorded_time_whole(bench, back, units, clock, size):
    samira = bench.desk.actor
    for code, outcome in (("A1", Outcome.HEARD), ("A2", Outcome.ASLEEP), ("B1", Outcome.ASLEEP)):
        bench.station.rounds.check_off(samira, back.id, units[code], outcome)
    async with bench.run_test(size=size) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        for row in hand.rows():
            assert row.rstrip().endswith("23:40–23:58 written 23:58")
        assert "no suicide watch" in str(bench.screen.query_one("#round-foot", Static).content)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_message_about_a_door_covers_neither_its_dangers_nor_a_row(bench, back, flats, actors, clock, size):
    bench.station.residents.add_warning(actors["eva"], flats["A1"], WarningKind.DANGER, "overdose twice · go two")
    async with bench.run_test(size=size, notifications=True) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        await hand.press("p", "up", "p")
        assert any("has its answer" in toast.message for toast in bench._notifications)
        (toast,) = bench.screen.query(Toast)
        told = bench.screen.query_one("#round-door").region
        doors = bench.screen.query_one("#doors", OptionList)
        assert not toast.region.overlaps(told)
        assert toast.region.bottom <= told.y
        assert toast.region.y >= doors.region.y + doors.option_count


@pytest.mark.parametrize("lang", ["en", "nb"])
async def test_at_the_doors_the_crisis_card_stands_in_the_footer_and_every_other_key_there_or_in_the_head(
    bench, back, clock, lang
):
    i18n.use(lang)
    async with bench.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        footer = [key.key_display for key in bench.screen.query(FooterKey)]
        said = seen(bench).splitlines()[2]
    assert footer == [*"hsapybk", "?"]
    assert "slik du så det. r avslo, i ikke svar, z tilbake, g signerer." in said or lang == "en"
    assert "as you saw it. r declined, i no answer, z undoes, g signs." in said or lang == "nb"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_danger_behind_the_door_the_cursor_is_on_stands_below_the_doors(
    bench, back, flats, actors, clock, size
):
    eva = actors["eva"]
    bench.station.residents.set_agreement(eva, flats["A1"], RoundForm.ENTER, may_wake=True, consent="said so himself")
    bench.station.residents.add_warning(eva, flats["A1"], WarningKind.DANGER, "overdose twice · go two")
    bench.station.residents.add_warning(eva, flats["A1"], WarningKind.ALLERGY, "nuts")
    async with bench.run_test(size=size) as pilot:
        hand = Hand(pilot, clock)
        await hand.settle()
        told = str(bench.screen.query_one("#round-door", Static).content)
        assert told.splitlines() == [
            "A1  Beboer A1   enter if no answer · may be woken",
            "danger  overdose twice · go two",
            "allergy  nuts",
        ]
        await hand.press("p")
        assert str(bench.screen.query_one("#round-door", Static).content).startswith("A2  Beboer A2   ")
    for kind in ("SOMATIC", "DANGER", "SOMATIC"):
        bench.station.residents.add_warning(eva, flats["A1"], WarningKind[kind], "heart and lungs " * 4)
    line = bench.station.rounds.sheet(bench.desk.actor).lines[0]
    told = door_told(line, clock.now(), 76, 3).plain
    assert "overdose twice" in told
    assert told.endswith("…")
    assert len(told.splitlines()) == 3

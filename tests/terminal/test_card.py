"""Any crisis card in two keys, from a half-typed note in one; the whole of it in the smallest terminal."""

import re
from pathlib import Path

import pytest
from tests.terminal.driver import Terminal

from staffbase.demo.plans import PLANS, PlanText
from staffbase.demo.residents import NEWCOMER, RESIDENTS
from staffbase.kernel import i18n

pytestmark = pytest.mark.terminal
AFTERNOON = ("--as", "Nora", "--at", "2026-01-09T14:40")


def plan_lines(plan: PlanText) -> list[str]:
    """Everything the plan says, in the language chosen."""
    signs = [words for sign in (*plan.yellow, *plan.red) for words in sign]
    others = [plan.avoid, plan.meet_me, plan.trust, plan.wishes, plan.arrange, plan.afterwards]
    return [i18n._(words) for words in (*signs, *others) if words]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_residents_card_is_two_keys_from_the_board_and_whole_at_80x24(tmp_path: Path, language: str) -> None:
    i18n.use(language)
    people = [*RESIDENTS, NEWCOMER]
    assert len(people) == 10
    published = {plan.unit: plan for plan in PLANS if plan.published is not None}
    with Terminal(tmp_path, "demo", *AFTERNOON, "--lang", language, columns=80, rows=24) as terminal:
        terminal.wait_for("A1  Arild N.")
        terminal.settle()
        for letter, person in zip("abcdefghij", people, strict=True):
            terminal.press("k", letter)
            terminal.wait_for(rf"^{person.unit} · {re.escape(person.alias)}")
            wanted = ["Lyngmovegen 12, 7099 Lyngmo", "113"]
            wanted += [i18n._(words) for _kind, words in person.warnings]
            if person.unit in published:
                wanted += plan_lines(published[person.unit])
            terminal.wait_said(*wanted)
            terminal.press("esc")
            terminal.wait_for("A1  Arild N.")
        terminal.press("down", "n")
        terminal.wait_for("ctrl.s")
        terminal.type("halvveis")
        terminal.press("f2")
        terminal.wait_for("^A1 · Arild N.")
        terminal.press("esc")
        terminal.wait_for("halvveis")

"""Every form of the app: what is typed with the key that opens it stands in its first field, all of it and in order."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from tests.bench import settle, type_at_once
from tests.test_app import House
from textual.widgets import Input, TextArea

from staffbase.kernel.clock import OSLO

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
WORDS = "then 2 n k h x 1"
"""Letters and digits that are keys everywhere outside a field."""

FORMS = {
    "note about a resident": ("Marit", ["right", "n"], "NoteDialog"),
    "note about whom one types": ("Ingrid", ["0", "n"], "NoteDialog"),
    "search": ("Marit", ["slash"], "SearchScreen"),
    "palette": ("Marit", ["ctrl+p"], "Palette"),
    "chooser": ("Ingrid", ["0", "k"], "ResidentChooser"),
    "task": ("Marit", ["6", "a"], "TaskDialog"),
    "step of an incident": ("Marit", ["right", "h", "1", "n"], "StepDialog"),
    "comment": ("Marit", ["4", "enter", "c"], "WordsDialog"),
    "correction": ("Marit", ["right", "n", *"Seen", "ctrl+s", "4", "enter", "r"], "WordsDialog"),
    "wrong resident": ("Marit", ["right", "n", *"Seen", "ctrl+s", "4", "enter", "b"], "MoveDialog"),
    "other time": ("Marit", ["right", "n", *"Seen", "ctrl+s", "4", "enter", "t"], "TimeDialog"),
    "late round": ("Samira", ["2", "l"], "LateRoundDialog"),
    "about a resident": ("Ingrid", ["right", "enter", "o"], "AboutDialog"),
    "line of the report": ("Marit", ["3", "l", "t"], "ReportLineDialog"),
    "concern": ("Marit", ["3", "c"], "WordsDialog"),
    "somebody new": ("Ingrid", ["0", "s", "a"], "PersonDialog"),
    "plan": ("Eva", ["5", "enter", "e"], "PlanEditor"),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's house on that evening, played once for all; each test has a copy."""
    folder = tmp_path_factory.mktemp("typed-ahead")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAFFBASE_IDENTITY_DIR", str(folder / "identities"))
        House(folder / "house", EVENING, None).station.close()
    return folder


def _house(played: Path, tmp_path: Path, who: str) -> House:
    for name in ("house", "identities"):
        shutil.copytree(played / name, tmp_path / name)
    return House(tmp_path / "house", EVENING, who)


@pytest.mark.parametrize("form", FORMS)
async def test_what_is_typed_with_the_opening_key_is_in_the_first_field(
    form: str, played: Path, tmp_path: Path, eager: None
) -> None:
    who, opening, name = FORMS[form]
    house = _house(played, tmp_path, who)
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        type_at_once(house.app, *opening, *WORDS)
        await settle(pilot)
        assert type(house.app.screen).__name__ == name
        field = house.app.focused
        assert isinstance(field, Input | TextArea), field
        typed = field.value if isinstance(field, Input) else field.text
        assert typed.endswith(WORDS[: getattr(field, "max_length", 0) or None])


async def test_a_new_pin_is_typed_with_the_key_that_asks_for_it(played: Path, tmp_path: Path, eager: None) -> None:
    house = _house(played, tmp_path, "Marit")
    async with house.app.run_test(size=(120, 36)) as pilot:
        await house.ready(pilot)
        type_at_once(house.app, "f6", *"318274", "enter", *"6041", "enter")
        await settle(pilot)
        assert [field.value for field in house.app.screen.query(Input)][:2] == ["318274", "6041"]

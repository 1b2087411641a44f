"""settings.toml is written one key at a time: what staffbase does not know, and what people noted there, stays."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbase.kernel.errors import DatabaseUnavailable, Invalid
from staffbase.kernel.settings import SETTINGS_FILE, Where, read_settings, where_set
from staffbase.kernel.settings_file import write_settings

_KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8)
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
_PLAIN = st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False) | _TEXT | st.dates() | st.times()
_VALUES = st.recursive(
    _PLAIN | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


def standing(home: Path) -> dict[str, object]:
    return tomllib.loads((home / SETTINGS_FILE).read_text(encoding="utf-8"))


def test_a_key_is_changed_in_its_place_and_comments_stay(tmp_path: Path) -> None:
    file = tmp_path / SETTINGS_FILE
    file.write_text(
        "# asked for by the municipality\nidle_lock_minutes = 5  # too long?\ntheme = 'dark'\n", encoding="utf-8"
    )
    write_settings(tmp_path, {"idle_lock_minutes": 3, "alarm_command": 'ring "nå"'})
    assert file.read_text(encoding="utf-8").splitlines() == [
        "# asked for by the municipality", "idle_lock_minutes = 3", "theme = 'dark'", 'alarm_command = "ring \\"nå\\""',
    ]  # fmt: skip
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "before",
    [
        "[idle]\nlock_minutes = 5\nnew_thing = true\n[later]\nx = [1, {y = 2}]\n",
        'idle_lock_minutes = 5\nnotes = """\nidle_lock_minutes = 9\n[no table]\n"""\n',
        "[later]\nidle_lock_minutes = 5\n",
        "",
    ],
)
def test_wherever_a_key_stands_only_that_key_changes(tmp_path: Path, before: str) -> None:
    file = tmp_path / SETTINGS_FILE
    file.write_text(before, encoding="utf-8")
    wanted = standing(tmp_path)
    if isinstance(wanted.get("idle"), dict):
        del wanted["idle"]["lock_minutes"]
    write_settings(tmp_path, {"idle_lock_minutes": 7})
    assert standing(tmp_path) == {**wanted, "idle_lock_minutes": 7}


@given(known=st.dictionaries(_KEYS, _VALUES, max_size=4), command=_TEXT, minutes=st.integers(1, 1440))
def test_whatever_stands_there_stays(
    tmp_path_factory: pytest.TempPathFactory, known: dict, command: str, minutes: int
) -> None:
    home = tmp_path_factory.mktemp("home")
    for key, value in known.items():
        write_settings(home, {key: value})
    kept = standing(home) if known else {}
    changes = {"alarm_command": command, "walk_minutes": minutes}
    write_settings(home, changes)
    assert standing(home) == {**kept, **changes}
    assert [key for key in known if key not in standing(home)] == []


def test_it_says_where_each_setting_comes_from(tmp_path: Path) -> None:
    write_settings(tmp_path, {"theme": "light", "walk_minutes": 30})
    environ = {"STAFFBASE_THEME": "contrast"}
    found = where_set(tmp_path, environ)
    assert (found["theme"], found["walk_minutes"], found["language"]) == (Where.ENVIRONMENT, Where.FILE, Where.NOWHERE)
    settings = read_settings(tmp_path, environ)
    assert (settings.theme, settings.walk_minutes, settings.language) == ("contrast", 30, "nb")


def test_a_file_that_cannot_be_read_or_written_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / SETTINGS_FILE
    file.write_text("theme = ", encoding="utf-8")
    with pytest.raises(Invalid, match=r"settings\.toml"):
        write_settings(tmp_path, {"theme": "dark"})
    assert file.read_text(encoding="utf-8") == "theme = "
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DatabaseUnavailable, match="could not be written"):
        write_settings(tmp_path / "file", {"theme": "dark"})

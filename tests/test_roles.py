"""The role table that people read is the one that services check."""

from pathlib import Path

import pytest

from staffbase import roles
from staffbase.cli import main
from staffbase.kernel import i18n
from staffbase.kernel.access import ALLOWED, ROLE_NAMES, Permission, Role

README = Path(__file__).parent.parent / "README.md"


def test_the_readme_holds_the_table_of_today() -> None:
    text = README.read_text(encoding="utf-8")
    assert roles.with_table(text) == text, "python -m staffbase.roles README.md"


def test_a_text_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="between"):
        roles.with_table(f"# staffbase\n{roles.BEGINS}\n")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_command_prints_it_in_both_languages(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--roles", "--lang", language]) == 0
    said = capsys.readouterr().out
    legend, table = said.rstrip("\n").split("\n\n")
    assert legend.splitlines() == [f"{number}  {i18n._(ROLE_NAMES[role])}" for number, role in enumerate(Role, 1)]
    head, *rows = table.splitlines()
    assert len(rows) == len(Permission)
    for row, permission in zip(rows, Permission, strict=True):
        assert row.startswith(i18n._(permission.value))
        who = [role for number, role in enumerate(Role, 1) if row[head.index(str(number))] == "●"]
        assert set(who) == {role for role in Role if permission in ALLOWED[role]}
    assert all(len(row) <= 80 for row in said.splitlines())


def test_the_markdown_says_the_same() -> None:
    head, _rule, *rows = roles.markdown_table().splitlines()
    names = [cell.strip() for cell in head.strip("|").split("|")][1:]
    for row, permission in zip(rows, Permission, strict=True):
        what, *cells = (cell.strip() for cell in row.strip("|").split("|"))
        assert what == permission.value
        who = {name for name, cell in zip(names, cells, strict=True) if cell == "●"}
        assert who == {ROLE_NAMES[role] for role in Role if permission in ALLOWED[role]}

"""What people type is shown as typed and never acts."""

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from staffbase.ui.text import harmless, line, marked, shown, wrapped

HOSTILE = [
    "[/b]",
    "[@click=app.bell]x[/]",
    "\x1b[2J\x1b[31m",
    "a\u202eb",
    "zero\u200bwidth",
    "nul\x00",
    "\x9b31m",
    "\x07",
]


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    made = harmless(text)
    assert all(character.isprintable() or character in "\n\t " for character in made)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_ordinary_text_is_shown_unchanged(text: str) -> None:
    assert harmless(text) == text


def test_hostile_text_stays_text() -> None:
    for text in HOSTILE:
        content = shown(text)
        assert isinstance(content, Content)
        assert "\x1b" not in content.plain
        assert not content.spans
    assert shown("[/b]").plain == "[/b]"
    assert harmless("a\u202eb") == "a‹202E›b"
    assert harmless("\x1b[31m") == "␛[31m"


def test_words_found_are_marked_where_they_stand() -> None:
    content = marked("Hentet kjøkkenkniven.", [(13, 17)])
    assert content.plain == "Hentet kjøkkenkniven."
    assert [(span.start, span.end) for span in content.spans] == [(13, 17)]


def test_empty_parts_leave_no_gap() -> None:
    assert line("A1", "", ("Arild", "bold"), between="  ").plain == "A1  Arild"


def test_a_text_on_two_lines_says_that_there_was_more() -> None:
    told = shown("He came home late and ate with the others")
    assert [row.plain for row in wrapped(told, 20, 3)] == ["He came home late", "and ate with the", "others"]
    assert [row.plain for row in wrapped(told, 20, 2)] == ["He came home late", "and ate with the ot…"]
    assert [row.plain for row in wrapped(shown("short"), 20, 2)] == ["short"]

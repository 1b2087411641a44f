"""A paste is one thing, whatever is in it and wherever the terminal cuts it; what is typed around it stays around it."""

from hypothesis import example, given
from hypothesis import strategies as st
from textual import events

from staffbase.ui.pasting import PASTE_BEGINS, PASTE_ENDS, WholePastes

LETTERS = st.text("abcæøå ", min_size=1, max_size=5)
ACTING = st.sampled_from(
    ["\x1b", "\x1b[31m", "\x1b]0;t\x07", "\x00", PASTE_BEGINS, "\x1b[A", "\x1b[2", "\x1b\x1b", "[200~"]
)
PASTES = st.lists(st.one_of(LETTERS, ACTING, st.characters(exclude_categories=["Cs"])), max_size=8).map("".join)
TYPED = st.lists(st.one_of(LETTERS.map(lambda text: (text, False)), PASTES.map(lambda text: (text, True))), max_size=6)


def given_off(parser: WholePastes, chunk: str) -> list[events.Event]:
    return [*parser.feed(chunk)] if chunk else []


@given(TYPED, st.lists(st.integers(1, 9), max_size=30))
@example([("a", False), ("x\x1b[31mred\x1b[0m y", True), ("b", False)], [])
@example([("x\x1b[A", True), ("\x1b[200~", True)], [1] * 30)
def test_what_is_pasted_comes_as_one_and_in_its_place(typed: list[tuple[str, bool]], cuts: list[int]) -> None:
    typed = [(text, pasted) for text, pasted in typed if not pasted or PASTE_ENDS not in text + PASTE_ENDS[:-1]]
    stream = "".join(f"{PASTE_BEGINS}{text}{PASTE_ENDS}" if pasted else text for text, pasted in typed)
    parser, came = WholePastes(), []
    for cut in cuts:
        came += given_off(parser, stream[:cut])
        stream = stream[cut:]
    came += given_off(parser, stream)
    told: list[tuple[str, bool]] = []
    for event in came:
        if isinstance(event, events.Paste):
            told.append((event.text, True))
        else:
            assert isinstance(event, events.Key)
            if told and not told[-1][1]:
                told[-1] = (told[-1][0] + (event.character or ""), False)
            else:
                told.append((event.character or "", False))
    wanted: list[tuple[str, bool]] = []
    for text, pasted in typed:
        if wanted and not pasted and not wanted[-1][1]:
            wanted[-1] = (wanted[-1][0] + text, False)
        else:
            wanted.append((text, pasted))
    assert told == wanted


def test_the_end_of_the_input_ends_the_parser() -> None:
    parser = WholePastes()
    assert [event.character for event in parser.feed("a")] == ["a"]
    assert list(parser.feed("")) == []

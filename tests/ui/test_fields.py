"""Fields: what cannot be seen is shown, what acts is refused, and a paste that is too long leaves what stood there."""

import re
from pathlib import Path

import pytest
from tests.bench import Bench, settle
from tests.hostile import KEPT, REFUSED
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

import staffbase
from staffbase.kernel.access import Actor
from staffbase.kernel.typed import TEXT_LIMIT
from staffbase.station import Station
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.text import harmless

HIDDEN = "one\u202etwo\u200bthree\u00adfour\u2066"
SEEN = "one‹202E›two‹200B›three‹00AD›four‹2066›"


class Fields(Screen[None]):
    """One of each."""

    def compose(self) -> ComposeResult:
        yield LineField("a\u202eb", id="line")
        yield TextField("a\u202eb", id="text")
        yield LineField("a\u202eb", id="secret", password=True)
        yield LineField(id="short", max_length=10)


def _standing(app: Bench, name: str) -> str:
    field = app.screen.query_one(f"#{name}")
    return field.value if isinstance(field, LineField) else field.text


@pytest.fixture
def app(station: Station, actors: dict[str, Actor]) -> Bench:
    return Bench(station, actors["marit"])


@pytest.mark.parametrize("name", ["line", "text"])
async def test_what_cannot_be_seen_is_shown(app: Bench, name: str) -> None:
    async with app.run_test() as pilot:
        await app.push_screen(Fields())
        field = app.screen.query_one(f"#{name}")
        assert _standing(app, name) == "a‹202E›b"
        field.focus()
        await pilot.press("end")
        app.post_message(events.Paste(HIDDEN))
        await settle(pilot)
        await pilot.press("x")
        assert _standing(app, name) == f"a‹202E›b{SEEN}x"
        if isinstance(field, LineField):
            field.value = HIDDEN
        else:
            field.text = HIDDEN
        assert _standing(app, name) == SEEN
        assert _standing(app, "secret") == "a\u202eb"


@pytest.mark.parametrize(
    ("name", "pasted"), [("line", "x" * 1_000_000), ("text", "x" * 1_000_000), ("short", "x" * 11)]
)
async def test_a_paste_that_is_too_long_is_refused_whole(app: Bench, name: str, pasted: str) -> None:
    async with app.run_test() as pilot:
        await app.push_screen(Fields())
        app.screen.query_one(f"#{name}").focus()
        await pilot.press(*"kept")
        before = _standing(app, name)
        app.post_message(events.Paste(pasted))
        await settle(pilot)
        assert _standing(app, name) == before
        limit = 10 if name == "short" else TEXT_LIMIT
        assert [said for said in app.told if str(limit) in said and "Nothing was pasted" in said] == app.told != []


@pytest.mark.parametrize("name", ["line", "text"])
async def test_a_paste_of_what_would_act_is_refused_whole_and_the_rest_is_seen(app: Bench, name: str) -> None:
    async with app.run_test() as pilot:
        await app.push_screen(Fields())
        app.screen.query_one(f"#{name}").focus()
        before = _standing(app, name)
        for text in REFUSED.values():
            app.post_message(events.Paste(text))
        await settle(pilot)
        assert _standing(app, name) == before
        assert len(app.told) == len(REFUSED)
        for text in KEPT.values():
            app.post_message(events.Paste(text))
        await settle(pilot)
        came = "".join(KEPT.values())
        if name == "line":
            came = came.replace("\t", " ")
        assert harmless(came) in _standing(app, name)


def test_there_is_no_other_field() -> None:
    source = Path(staffbase.__file__).parent
    made = re.compile(r"(?<!class )\b(Input|TextArea|MaskedInput)\(")
    assert [path for path in source.rglob("*.py") if made.search(path.read_text("utf-8"))] == []

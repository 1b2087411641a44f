"""The card fits 80×24 whatever is written, and says what must be said."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.conftest import moment

from staffbase.crisis_plans.card import Card, card, ladder, opened_words
from staffbase.crisis_plans.card_lines import LABEL, ROWS, SHORT_NAMES, Ink, card_lines, plain
from staffbase.crisis_plans.cells import cells, shorten
from staffbase.crisis_plans.facts import VersionFacts
from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import CARD_CELLS, PlanText, Review, Section, Sign, faults
from staffbase.kernel import i18n
from staffbase.kernel.i18n import _
from staffbase.residents.model import Presence, Status, WarningKind
from staffbase.residents.rules import ContactFacts, HouseFacts, ResidentFacts, WarningLine
from staffbase.ui.text import harmless

NIGHT = moment(10, 4, 12)
DAY = moment(9, 10, 0)
HOUSE = HouseFacts(1, "Lyngmo", "Lyngveien 12", "port fra gangveien", "Bakvakt", "00 00 00 01", 6)
CONTACTS = (
    ContactFacts(1, "ACT-team", "ACT", "00 00 00 41", "mon-fri 08-15", 2, True),
    ContactFacts(2, "Akutteam", "", "00 00 00 43", "08-22", 3, True),
    ContactFacts(3, "Anne S.", "sister", "00 00 00 62", "", 0, True),
    ContactFacts(4, "Mor", "mother", "00 00 00 63", "", 1, False),
)


def resident(**facts) -> ResidentFacts:
    made = ResidentFacts(
        id=1, unit_id=1, unit_code="A3", alias="Kim-André S.", birth_year=1991, presence=Presence.HOME,
        presence_since=None, presence_until=None, status=Status.CALM,
        warnings=(
            WarningLine(1, WarningKind.DANGER, "overdose ×2 · gå to"),
            WarningLine(2, WarningKind.ALLERGY, "penicillin"),
        ),
        agreement=None, contacts=CONTACTS, primary_contact="Marit", about="Likes to be asked to help.",
        naloxone="base, red box", children=False, moved_in=date(2024, 2, 12), version=1,
    )  # fmt: skip
    return replace(made, **facts)


TEXT = PlanText(
    dangers=("two overdoses with benzo",),
    yellow=(Sign("answers short", "knock, coffee"), Sign("sleeps all day", "food, look in every 3 h")),
    red=(Sign("“no point”", "ask straight out about suicide, stay"),),
    avoid="standing in the door",
    meet_me=("calm voice, one person, sit down",),
    trusted="Marit, Jonas",
    wishes="sister is told",
    arrange="the cat to A4",
    afterwards="talk within 72 h",
)


def version(text: PlanText = TEXT, **facts) -> VersionFacts:
    made = VersionFacts(
        number=4, text=text, made=Made.TOGETHER, co_authors="ACT", copies_to="", signing=Signing.SIGNED,
        signed_on=date(2025, 5, 12), valid_from=date(2025, 5, 12), review_due=date(2025, 11, 12), reason="r",
        published_by="Eva", published_at=moment(12, 12, month=5).replace(year=2025),
    )  # fmt: skip
    return replace(made, **facts)


def shown_lines(one: Card, width: int = 80, height: int = ROWS) -> list[str]:
    return [plain(line) for line in card_lines(one, width, height)]


def current(now: datetime = NIGHT, **facts) -> Card:
    return card(version(), resident(), HOUSE, now, **facts)


# -- it always fits ------------------------------------------------------------------------------------------------

letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))


def typed(most: int) -> st.SearchStrategy[str]:
    return st.one_of(
        st.just("W" * most), st.just("æ" * most), st.just("a b " * (most // 4)), st.text(letters, max_size=most)
    ).map(lambda text: " ".join(text.split()))


card_text = typed(CARD_CELLS).map(lambda text: text[:CARD_CELLS]).filter(lambda text: cells(text) <= CARD_CELLS)


@st.composite
def signs(draw) -> Sign:
    one = Sign(draw(typed(70)), draw(typed(70)))
    if cells(one.line) <= CARD_CELLS:
        return one
    return Sign(shorten(one.words, 36), shorten(one.measure, 35))


plans = st.builds(
    PlanText,
    dangers=st.lists(card_text, max_size=2).map(tuple),
    yellow=st.lists(signs(), max_size=4).map(tuple),
    red=st.lists(signs(), max_size=4).map(tuple),
    avoid=card_text,
    meet_me=st.lists(card_text, max_size=3).map(tuple),
    trusted=card_text,
    wishes=card_text,
    arrange=card_text,
    afterwards=card_text,
)
MAXIMAL = PlanText(
    dangers=("D" * 74, "E" * 74),
    yellow=tuple(Sign(f"{n}" * 36, "y" * 35) for n in range(4)),
    red=tuple(Sign(f"{n}" * 20, "r" * 51) for n in range(4)),
    avoid="A" * 74,
    meet_me=("M" * 74, "N" * 74, "O" * 74),
    trusted="T" * 74,
    wishes="W" * 74,
    arrange="X" * 74,
    afterwards="Z" * 74,
)
warnings = st.builds(WarningLine, st.just(1), st.sampled_from(WarningKind), typed(74))
contacts = st.builds(
    ContactFacts, st.just(1), typed(60), typed(60), typed(30), st.sampled_from(["", "08-15", "mon-fri 08-15:30", "?!"]),
    st.integers(0, 5), st.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=st.data(), language=st.sampled_from(i18n.LANGUAGES))
def test_the_card_always_fits_and_nothing_of_the_plan_is_cut(data, language) -> None:
    i18n.use(language)
    text = data.draw(st.one_of(st.just(MAXIMAL), plans))
    assert faults(text) == [] or any(not one.words for one in (*text.yellow, *text.red))
    who = resident(
        alias=data.draw(typed(40)), warnings=tuple(data.draw(st.lists(warnings, max_size=8))), about=data.draw(typed(600)),
        contacts=tuple(data.draw(st.lists(contacts, max_size=8))), naloxone=data.draw(typed(60)),
        primary_contact=data.draw(typed(60)), children=data.draw(st.booleans()),
    )  # fmt: skip
    house = HouseFacts(1, "H", data.draw(typed(120)), data.draw(typed(120)), data.draw(typed(120)), "00 00 00 01", 6)
    review = data.draw(
        st.sampled_from([Review(date(2025, 11, 12), True, False), Review(date(2026, 11, 12), False, False)])
    )
    plan = data.draw(st.sampled_from([version(text), version(text, signing=Signing.DECLINED, made=Made.STAFF), None]))
    one = card(plan, who, house, NIGHT, review=review, draft_by=data.draw(typed(60)))
    lines = shown_lines(one)
    assert len(lines) <= 23
    for line in lines:
        assert cells(line) <= 80
        assert cell_len(harmless(line)) <= 80
    whole = "\n".join(lines)
    assert "113" in whole
    assert "116 117" in whole
    if plan is not None:
        for section in Section:
            for told in text.lines(section):
                if section is not Section.AFTERWARDS and "→" not in told:
                    assert told in whole
    assert cells(opened_words(one)) <= 80


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_fullest_card_shows_every_line_of_the_plan(language) -> None:
    i18n.use(language)
    lines = shown_lines(card(version(MAXIMAL), resident(), HOUSE, NIGHT, review=Review(date(2025, 1, 1), True, False)))
    assert len(lines) <= 23
    for section in Section:
        for told in MAXIMAL.lines(section):
            assert any(told in line for line in lines)


@settings(max_examples=400, deadline=None)
@given(st.text(letters))
def test_cells_never_says_fewer_than_the_terminal_takes(text) -> None:
    assert cells(text) >= cell_len(harmless(text))
    assert cells(shorten(text, 10)) <= 10


def test_no_character_takes_more_cells_than_counted() -> None:
    every = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert [one for one in every if cells(one) < cell_len(harmless(one))] == []


@pytest.mark.parametrize(("text", "wide"), [("abc", 3), ("æøå", 3), ("日本", 4), ("e\u0301", 1), ("a → b", 5)])
def test_cells_of_common_texts(text, wide) -> None:
    assert cells(text) == wide == cell_len(text)


# -- what it says --------------------------------------------------------------------------------------------------


def test_the_first_line_is_what_113_asks_for() -> None:
    first = shown_lines(card(version(), resident(), replace(HOUSE, entrance="port B"), NIGHT))[0]
    assert first == "A3 · Kim-André S. · 34–35 years · ALLERGY penicillin · Lyngveien 12 · port B"
    two = shown_lines(current())[:2]
    assert two == ["A3 · Kim-André S. · 34–35 years · ALLERGY penicillin", "Lyngveien 12 · port fra gangveien"]


def test_an_allergy_is_never_pushed_out_by_a_long_way_in() -> None:
    house = replace(HOUSE, address="x" * 120, entrance="through the yard " * 7)
    two = "\n".join(shown_lines(card(version(), resident(), house, NIGHT))[:2])
    assert "ALLERGY penicillin" in two
    assert "xxx…" in two


def test_many_allergies_leave_room_for_the_address() -> None:
    many = tuple(WarningLine(n, WarningKind.ALLERGY, f"something with a long name {n} and more") for n in range(5))
    two = shown_lines(card(version(), resident(warnings=many), replace(HOUSE, entrance="e" * 100), NIGHT))[:2]
    assert "Lyngveien 12 · ee" in two[0]
    assert "ALLERGY something with a long name 0" in two[1]
    assert two[1].endswith("+4")


def ring(one: Card) -> str:
    return " ".join(" ".join(shown_lines(one)).split("RING")[1].split("WISH")[0].split())


def test_the_ladder_says_who_answers_now_and_ends_with_113() -> None:
    night, day = ring(current(NIGHT)), ring(current(DAY))
    assert "ACT-team 00 00 00 41 mon-fri 08-15 (closed now)" in night
    assert "Akutteam 00 00 00 43 08-22 (closed now)" in night
    assert "ACT-team 00 00 00 41 (answers now)" in day
    for told in (night, day):
        assert told.index("ACT-team") < told.index("Akutteam") < told.index("Bakvakt") < told.index("116 117")
        assert told.endswith("113 ambulance")
        assert "Mor" not in told  # the resident does not want her told


def test_where_the_screen_is_higher_the_numbers_stand_below_one_another() -> None:
    rows = [
        row for row in shown_lines(current(NIGHT), 120, 34) if any(one.phone in row for one in current(NIGHT).calls)
    ]
    assert [row[24:].rstrip() for row in rows][-5:] == [
        "00 00 00 41  ACT-team  mon-fri 08-15 (closed now)",
        "00 00 00 43  Akutteam  08-22 (closed now)",
        "00 00 00 01  Bakvakt",
        "116 117      out-of-hours clinic",
        "113          ambulance",
    ]


def test_hours_that_cannot_be_read_claim_nothing() -> None:
    (one, *_rest) = ladder([replace(CONTACTS[0], hours="now and then")], HOUSE, NIGHT)
    assert one.answers is None


def test_where_room_is_scarce_those_who_do_not_answer_go_first() -> None:
    many = tuple(
        ContactFacts(n, f"Somebody {n}", "", f"00 00 00 7{n}", "08-15" if n % 2 else "", n, True) for n in range(1, 7)
    )
    lines = shown_lines(card(version(MAXIMAL), resident(contacts=many), HOUSE, NIGHT))
    told = next(line for line in lines if line.startswith("RING"))
    assert "+" in told
    assert "closed now" not in told
    assert told.endswith("113 ambulance")


def inks(one: Card) -> list[Ink]:
    return [piece.ink for line in card_lines(one)[:3] for piece in line]


def test_an_overdue_review_is_a_banner_in_words() -> None:
    one = current(review=Review(date(2025, 11, 12), True, False))
    assert "REVIEW OVERDUE 12.11.2025" in shown_lines(one)[2]
    assert Ink.BANNER in inks(one)
    calm = current(review=Review(date(2026, 11, 12), False, False))
    assert "review by 12.11.2026" in shown_lines(calm)[2]
    assert Ink.BANNER not in inks(calm)


def test_after_a_crisis_the_review_is_now() -> None:
    one = current(review=Review(date(2026, 1, 9), True, True))
    assert "REVIEW NOW: incident 09.01.2026" in shown_lines(one)[2]


@pytest.mark.parametrize("signing", Signing)
def test_a_missing_signature_never_hides_the_plan(signing) -> None:
    whole = "\n".join(shown_lines(card(version(signing=signing), resident(), HOUSE, NIGHT)))
    assert "answers short  → knock, coffee" in whole
    assert ("signed yet" in whole) == (signing is Signing.NOT_YET)


@pytest.mark.parametrize("draft_by", ["", "Jonas"])
def test_without_a_plan_the_card_says_so_and_shows_what_is_known(draft_by) -> None:
    whole = "\n".join(shown_lines(card(None, resident(), HOUSE, NIGHT, draft_by=draft_by)))
    assert "NO CRISIS PLAN YET" in whole
    assert ("only a draft by Jonas" in whole) == bool(draft_by)
    for told in ("penicillin", "overdose ×2", "red box", "Likes to be asked", "00 00 00 01", "113", "116 117"):
        assert told in whole


def test_where_nothing_is_dangerous_nothing_is_called_so() -> None:
    calm = card(version(replace(TEXT, dangers=())), resident(warnings=()), HOUSE, NIGHT)
    assert not any(line.startswith("RISK") for line in shown_lines(calm))
    assert any(line.startswith("KNOW  naloxone") for line in shown_lines(calm))


def test_an_opening_that_could_not_be_recorded_is_said() -> None:
    assert opened_words(current()) == "opened 04:12"
    assert opened_words(replace(current(), logged=True)) == "opened 04:12, recorded"
    assert "cannot be recorded now" in opened_words(replace(current(), logged=False))


@pytest.mark.parametrize(("width", "height"), [(80, 23), (120, 35), (200, 60)])
def test_more_room_brings_air_and_whole_words(width, height) -> None:
    lines = shown_lines(current(), width, height)
    assert len(lines) <= height
    assert ("" in lines) is True
    assert any(line.startswith("Amber: early signs" if width > 98 else "AMBER") for line in lines)
    assert lines[0] != ""
    assert lines[-1] != ""


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_narrow_column_holds_each_label_whole(language):
    i18n.use(language)
    assert {_(name): cell_len(_(name)) for name in SHORT_NAMES.values() if cell_len(_(name)) >= LABEL} == {}

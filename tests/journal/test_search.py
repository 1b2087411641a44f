"""Search finds the same on both databases: one table of cases, hostile queries, and whatever hypothesis thinks of."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffbase.exchange.unledgered import UNLEDGERED
from staffbase.journal import search
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.access import STATION_ITSELF, Actor, Role
from staffbase.kernel.database import Database
from staffbase.kernel.errors import Invalid
from staffbase.kernel.verify import verify
from staffbase.residents.model import House

MARIT = Actor(7, "Marit", Role.STAFF)

TEXTS = (
    "Han hadde en kjøkkenkniv i lomma.",
    "Sov urolig. Gikk i gangen til 03:30.",
    "ÅPEN dør, våken, ville gå en tur.",
    "100 % rolig; 50%-regelen gjelder.",
    'Sa: "jeg vil ikke" og «la meg være».',
    "Understrek_her og bak\\skråstrek.",
    "Ga 5 mg kl. 2. Tok det.",
    "drop table entry; -- hilsen Bobby",
    "Ærlig talt: øl på Øya.",
    "Straße og İstanbul og ﬁn",
    "linje en\nlinje to\tmed tabulator",
)

CASES = {
    "kniv": {0},
    "KNIV": {0},
    "kjøkken kniv": {0},
    "gang": {1},
    "gå": {2},
    "GÅ": {2},
    "å": {2},
    "åp": {2},
    "våk": {2},
    "vak": set(),
    "ga": {1, 6},
    "ta": {7, 8, 10},
    "to": {6, 10},
    "%": set(),
    "50%": {3},
    "0 %": {1},
    "100 %": {3},
    "%rolig": set(),
    "rolig": {1, 3},
    "rol%g": set(),
    "rol_g": set(),
    "k_h": {5},
    "bak\\skr": {5},
    '"jeg': {4},
    '"': set(),
    '""': set(),
    "'": set(),
    "«la": {4},
    "5": {3, 6},
    "mg": {6},
    "03:30": {1},
    "3:": {1},
    "; --": set(),
    "entry; --": {7},
    "rolig ga": {1},
    "drop table": {7},
    "OR": set(),
    "NOT kniv": set(),
    "kniv OR gang": set(),
    "kniv*": set(),
    "*": set(),
    "NEAR(a b)": set(),
    "folded:kniv": set(),
    "(kniv)": set(),
    "^kniv": set(),
    "-kniv": set(),
    "ær": {8},
    "øl": {8},
    "øya": {8},
    "oya": set(),
    "strasse": {9},
    "straße": {9},
    "fin": {9},
    "en": {0, 2, 7, 10},
    "va\u030aken": {2},
    "linje": {10},
    "tabulator": {10},
    "": None,
    "   ": None,
}


def filled(database: Database, texts: tuple[str, ...] = TEXTS) -> list[int]:
    with database.write(STATION_ITSELF, "test.house") as tx:
        house = tx.add(House(name="Testhuset"))
        tx.flush()
        return [write_entry(tx, Kind.EVERYDAY, text, house_id=house.id).id for text in texts]


def find(database: Database, query: str, before: int | None = None, limit: int = 50) -> list[int]:
    terms = search.terms_of(query)
    with database.read() as tx:
        return search.matching(tx, terms, before, limit)


def test_the_same_table_of_cases(either: Database) -> None:
    keys = filled(either)
    wrong = {}
    for query, wanted in CASES.items():
        if wanted is None:
            assert search.terms_of(query) == []
            continue
        found = {keys.index(key) for key in find(either, query)}
        if found != wanted:
            wrong[query] = found
    assert wrong == {}


def test_newest_first_and_page_by_page(either: Database) -> None:
    keys = filled(either, tuple(f"rolig natt nummer {number}" for number in range(7)))
    first = find(either, "rolig", limit=3)
    second = find(either, "rolig", before=first[-1], limit=3)
    third = find(either, "rolig", before=second[-1], limit=3)
    assert first + second + third == keys[::-1]
    assert find(either, "na nu", limit=2) == keys[:-3:-1]


TYPED = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x00"), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TYPED, min_size=1, max_size=4), st.data())
def test_whatever_was_written_is_found_by_any_piece_of_a_word(
    either: Database, texts: list[str], data: st.DataObject
) -> None:
    try:
        keys = filled(either, tuple(texts))
    except Invalid:
        return
    for key, typed in zip(keys, texts, strict=True):
        for word in typed.split():
            folded = search.fold(word)
            if len(folded) >= 3:
                start = data.draw(st.integers(0, len(folded) - 3))
                assert key in find(either, folded[start:]), (typed, folded[start:])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=TYPED)
def test_no_query_breaks_it(either: Database, query: str) -> None:
    terms = search.terms_of(query)
    if terms:
        with either.read() as tx:
            search.matching(tx, terms, None, 5)


def test_marks_stand_where_the_words_stand() -> None:
    typed = "Kjøkkenkniv og KNIV, gå over gangen"
    spans = search.marked(typed, search.terms_of("kniv gå"))
    assert [typed[start:end] for start, end in spans] == ["kniv", "KNIV", "gå"]


def test_an_index_that_says_another_thing_than_was_written_is_named(either: Database) -> None:
    keys = filled(either, (*TEXTS, ""))
    with either.engine.connect() as connection:
        assert list(search.unlike(connection, either.seal)) == []
    with either.write(STATION_ITSELF, "test.index") as tx:
        search.forget(tx, [keys[0], keys[2]])
        search.index(tx, keys[2], "rolig")
        search.index(tx, 4711, "det som ikke er skrevet")
    with either.engine.connect() as connection:
        found = {(fault.table, fault.key) for fault in search.unlike(connection, either.seal)}
    assert found == {("entry_search", key) for key in (keys[0], keys[2], 4711)}
    proof = verify(either.engine, either.seal, proved=UNLEDGERED)
    assert {(fault.table, fault.key) for fault in proof.faults} == found
    assert verify(either.engine, either.seal).clean

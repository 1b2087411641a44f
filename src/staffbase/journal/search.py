"""Search in what was written: substrings, because Norwegian compounds hide words (kniv in kjøkkenkniv); newest first.

Texts are folded once, in Python, so that both databases find the same: case is folded, æ ø å stay letters. Three
letters and more go through a trigram index (FTS5, pg_trgm); fewer find the beginnings of words.
"""

import re
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from sqlalchemy import Connection, text

from staffbase.kernel.chain import Fault, What
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.ledger import Seal
from staffbase.kernel.typed import typed_text

_WORD = re.compile(r"\w+")
QUERY_LIMIT = 200
"""Characters. An index asked for thousands of words at once is busy for minutes."""
_TRIGRAM = 3
"""Letters a trigram index needs."""


def fold(typed: str) -> str:
    """How text is compared: case folded, and an å is an å however it was composed."""
    return normalize("NFC", normalize("NFC", typed).casefold())


def terms_of(query: str) -> list[str]:
    """The words looked for, folded. All must be found. Raises Invalid for what no text can hold, and for too much at once."""
    query = typed_text(query, "query", required=False)
    if len(query) > QUERY_LIMIT:
        said = _("%(limit)d characters is the most that can be searched for. Search for fewer words.")
        raise Invalid(said % {"limit": QUERY_LIMIT}, "query")
    return [fold(term) for term in query.split() if term.strip()]


def starts_of(typed: str) -> str:
    """The first one and two letters of every word, spelled so that a whole-word index finds them."""
    starts = {fold(word)[:length] for word in _WORD.findall(typed) for length in (1, 2)}
    return " ".join(sorted(starts))


def create_index(connection: Connection) -> None:
    """Create the index tables; called by the first migration."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("CREATE VIRTUAL TABLE entry_search USING fts5(folded, tokenize = 'trigram case_sensitive 1')")
        )
        connection.execute(
            text("CREATE VIRTUAL TABLE entry_starts USING fts5(starts, tokenize = 'unicode61 remove_diacritics 0')")
        )
        for table in ("entry_search", "entry_starts"):
            connection.execute(text(f"INSERT INTO {table}({table}, rank) VALUES ('secure-delete', 1)"))
        return
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    connection.execute(
        text("CREATE TABLE entry_search (id BIGINT PRIMARY KEY, folded TEXT NOT NULL, starts TEXT[] NOT NULL)")
    )
    connection.execute(text("CREATE INDEX ix_entry_search_folded ON entry_search USING gin (folded gin_trgm_ops)"))
    connection.execute(text("CREATE INDEX ix_entry_search_starts ON entry_search USING gin (starts)"))


def index(tx: Writing, entry_id: int, typed: str) -> None:
    """Give the entry its place in the index, in the same transaction."""
    if not typed:
        return
    folded, starts = fold(typed), starts_of(typed)
    if tx.session.get_bind().dialect.name == "sqlite":
        tx.run(
            text("INSERT INTO entry_search(rowid, folded) VALUES (:id, :folded)"), {"id": entry_id, "folded": folded}
        )
        tx.run(
            text("INSERT INTO entry_starts(rowid, starts) VALUES (:id, :starts)"), {"id": entry_id, "starts": starts}
        )
    else:
        tx.run(
            text("INSERT INTO entry_search(id, folded, starts) VALUES (:id, :folded, :starts)"),
            {"id": entry_id, "folded": folded, "starts": starts.split()},
        )


def forget(tx: Writing, entry_ids: Sequence[int]) -> None:
    """Take these entries' places out of the index, which is overwritten where they stood (see kernel.sweep for the rest)."""
    sqlite = tx.session.get_bind().dialect.name == "sqlite"
    key, tables = ("rowid", ("entry_search", "entry_starts")) if sqlite else ("id", ("entry_search",))
    for table in tables:
        for entry_id in entry_ids:
            tx.run(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": entry_id})


def unlike(connection: Connection, _seal: Seal) -> Iterator[Fault]:
    """Where the index says another thing than was written: what is there would not be found, or what is not."""
    sqlite = connection.dialect.name == "sqlite"
    for key, typed, folded, starts in connection.execute(text(_SQLITE_BESIDE if sqlite else _POSTGRES_BESIDE)):
        wanted = (fold(typed), starts_of(typed)) if typed else (None, None)
        if wanted != (folded, starts if sqlite or starts is None else " ".join(starts)):
            yield Fault(What.UNLIKE, "entry_search", key, 0)


_SQLITE_BESIDE = """
    SELECT w.id, w.text, s.folded, b.starts FROM entry_text w
    LEFT JOIN entry_search s ON s.rowid = w.id LEFT JOIN entry_starts b ON b.rowid = w.id
    UNION ALL SELECT rowid, '', folded, '' FROM entry_search WHERE rowid NOT IN (SELECT id FROM entry_text)
    UNION ALL SELECT rowid, '', '', starts FROM entry_starts WHERE rowid NOT IN (SELECT id FROM entry_text)
"""
_POSTGRES_BESIDE = """
    SELECT coalesce(w.id, s.id), coalesce(w.text, ''), s.folded, s.starts FROM entry_text w
    FULL JOIN entry_search s ON s.id = w.id
"""


def matching(tx: Reading, terms: Sequence[str], before: int | None, limit: int) -> list[int]:
    """The keys of at most `limit` entries whose text holds all terms, newest first, older than key `before`.

    A term of one or two characters is looked for at the beginning of words; what is no letter or digit in it is left
    out, and a query of nothing else finds nothing.
    """
    long = [term for term in terms if len(term) >= _TRIGRAM]
    short = [word for term in terms if len(term) < _TRIGRAM for word in _WORD.findall(term)]
    if not long and not short:
        return []
    sqlite = tx.session.get_bind().dialect.name == "sqlite"
    return (_sqlite if sqlite else _postgres)(tx, long, short, before or 2**63 - 1, limit)


def whole_in(tx: Reading, typed: Sequence[str], same: Sequence[str], least: int) -> list[int]:
    """The keys of entries whose whole text, of at least `least` characters, stands inside one of `typed`, or is one of `same`.

    Goes through the whole index; for what is asked seldom.
    """
    sqlite = tx.session.get_bind().dialect.name == "sqlite"
    key, place = ("rowid", "instr") if sqlite else ("id", "strpos")
    bare = "trim(folded, '.,:;!? ')"
    where = [f"(length(folded) >= :least AND {place}(:typed{number}, {bare}) > 0)" for number in range(len(typed))]
    where += [f"{bare} = :same{number}" for number in range(len(same))]
    if not where:
        return []
    values = {f"typed{number}": fold(one) for number, one in enumerate(typed)}
    values |= {f"same{number}": fold(one) for number, one in enumerate(same)}
    query = text(f"SELECT {key} FROM entry_search WHERE {' OR '.join(where)}")
    return [row[0] for row in tx.run(query, {**values, "least": least} if typed else values)]


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _sqlite(tx: Reading, long: list[str], short: list[str], before: int, limit: int) -> list[int]:
    parts, values = [], {"before": before, "limit": limit}
    if long:
        parts.append("SELECT rowid FROM entry_search WHERE entry_search MATCH :long AND rowid < :before")
        values["long"] = " AND ".join(_quoted(term) for term in long)  # type: ignore[assignment]
    if short:
        parts.append("SELECT rowid FROM entry_starts WHERE entry_starts MATCH :short AND rowid < :before")
        values["short"] = " AND ".join(_quoted(word) for word in short)  # type: ignore[assignment]
    query = " AND rowid IN (".join(parts) + ")" * (len(parts) - 1)
    return [row[0] for row in tx.run(text(f"{query} ORDER BY rowid DESC LIMIT :limit"), values)]


def _postgres(tx: Reading, long: list[str], short: list[str], before: int, limit: int) -> list[int]:
    where, values = ["id < :before"], {"before": before, "limit": limit}
    for number, term in enumerate(long):
        where.append(f"folded LIKE :long{number}")
        escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values[f"long{number}"] = f"%{escaped}%"  # type: ignore[assignment]
    for number, word in enumerate(short):
        where.append(f"starts @> ARRAY[CAST(:short{number} AS TEXT)]")
        values[f"short{number}"] = word  # type: ignore[assignment]
    query = f"SELECT id FROM entry_search WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT :limit"
    return [row[0] for row in tx.run(text(query), values)]


def marked(typed: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where the terms stand in the text as it was typed, as (start, end), to be shown marked."""
    spans: list[tuple[int, int]] = []
    for term in terms:
        pattern = re.escape(term) if len(term) >= _TRIGRAM else r"\b" + re.escape(term)
        spans.extend(found.span() for found in re.finditer(pattern, typed, re.IGNORECASE))
    return sorted(spans)

"""What a § 43 decision takes from the journal, inside a transaction: an entry's words with everything said about it.

The facts stay (who wrote when, of what kind, about whom). The index forgets the words, and drafts of anybody that belong
to the entry go, too; in others the words give way to the sentence that they were erased.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from staffbase.journal.corrections import amended_entry
from staffbase.journal.model import Draft, Entry, EntryText, Kind
from staffbase.journal.search import fold
from staffbase.journal.timeline import among_keys
from staffbase.kernel.database import Reading, Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _

TELLING = 12
"""Characters from which a text is looked for inside others; a shorter one says the same as many that were meant otherwise."""
_CORRECTING = (Kind.CORRECTION, Kind.TIME_CORRECTION, Kind.WRONG_RESIDENT, Kind.WITHDRAWN)
_ASKED = (Kind.QUESTION, Kind.ANSWER)

Beside = Callable[[Reading, Sequence[Entry]], Iterable[Entry]]
"""The entries that tell of the very same thing as these; the rooms know them, the journal does not."""
Belongs = Callable[[str, Mapping[str, str]], bool]
"""Whether a draft, by its form and fields, goes whole."""


@dataclass(frozen=True)
class Chain:
    """An entry and everything that was written about it, with the words of each."""

    root: Entry
    entries: tuple[Entry, ...]
    """The root first, then what is about it or tells of the same, about that, and so on."""
    texts: dict[int, EntryText]

    @property
    def pieces(self) -> tuple[str, ...]:
        """Every text in it."""
        return pieces_of(self.texts.values())

    def count(self, *kinds: Kind) -> int:
        """How many of its entries of these kinds say something."""
        return sum(entry.kind in kinds for entry in self.entries[1:] if entry.id in self.texts)

    @property
    def corrections(self) -> int:
        """Corrections, and the reasons of other amendments."""
        return self.count(*_CORRECTING)

    @property
    def comments(self) -> int:
        """What was written under it."""
        return self.count(Kind.COMMENT)

    @property
    def asked(self) -> int:
        """Questions about it, and their answers."""
        return self.count(*_ASKED)

    @property
    def told_too(self) -> tuple[Entry, ...]:
        """The entries of their own that go with it: they tell of the same thing, or were left by it."""
        about = (*_CORRECTING, Kind.COMMENT, *_ASKED)
        return tuple(entry for entry in self.entries[1:] if entry.kind not in about and entry.id in self.texts)


def pieces_of(texts: Iterable[EntryText]) -> tuple[str, ...]:
    """Every text in these rows, the reasons for entering later among them."""
    return tuple(dict.fromkeys(piece for row in texts for piece in (row.text, row.late_reason) if piece))


def chain_in(tx: Reading, house_id: int, entry_id: int, beside: Beside) -> Chain:
    """The entry this key is about, those `beside` it, and all that was written about each.

    Raises NotFound, and Invalid where nothing is said.
    """
    amended = amended_entry(tx, house_id, entry_id)
    entries = {amended.root.id: amended.root}
    newest = [amended.root]
    while newest:
        keys = [entry.id for entry in newest]
        about = tx.all(select(Entry).where(among_keys(col(Entry.amends_id), keys)).order_by(col(Entry.id)))
        found = {entry.id: entry for entry in (*about, *beside(tx, newest)) if entry.id not in entries}
        entries |= found
        newest = list(found.values())
    wanted = list(entries)
    texts = {row.id: row for row in tx.all(select(EntryText).where(among_keys(col(EntryText.id), wanted)))}
    if not texts:
        raise Invalid(
            _("This was erased by decision already.")
            if amended.erased_at is not None
            else _("Nothing is written here that could be erased.")
        )
    return Chain(amended.root, tuple(entries.values()), texts)


def drafts_of(
    tx: Reading, entry_ids: Sequence[int], pieces: Sequence[str], belongs: Belongs
) -> tuple[list[Draft], list[Draft]]:
    """The drafts of anybody that belong to these entries, and those of other things that hold one of these texts."""
    belonging, holding = [], []
    keys = {str(entry_id) for entry_id in entry_ids}
    for draft in tx.all(select(Draft).where(col(Draft.finished_at).is_(None))):
        fields = json.loads(draft.fields)
        if draft.form.rpartition(":")[2] in keys or belongs(draft.form, fields):
            belonging.append(draft)
        elif without(fields, pieces, "") != fields:
            holding.append(draft)
    return belonging, holding


def clean_drafts_in(tx: Writing, entry_ids: Sequence[int], pieces: Sequence[str], left: str, belongs: Belongs) -> None:
    """Take these texts out of everybody's drafts; what else was typed there stays its author's."""
    belonging, holding = drafts_of(tx, entry_ids, pieces, belongs)
    for draft in belonging:
        tx.remove(draft)
    for draft in holding:
        draft.fields = json.dumps(without(json.loads(draft.fields), pieces, left))


def without(value: Any, pieces: Sequence[str], left: str) -> Any:
    """The same fields with `left` wherever one of these texts stood, whole or (typed half) in part, in whatever letters."""
    if isinstance(value, dict):
        return {name: without(one, pieces, left) for name, one in value.items()}
    if isinstance(value, list):
        return [without(one, pieces, left) for one in value]
    if not isinstance(value, str) or not value.strip():
        return value
    for piece in pieces:
        typed, said = fold(value.strip()), fold(piece)
        if typed == said or (len(typed) >= TELLING and typed in said):
            return left
        if len(piece) >= TELLING:
            anywhere = r"\s+".join(re.escape(word) for word in piece.split())
            value = re.sub(anywhere, lambda _found: left, value, flags=re.IGNORECASE)
    if "\n" in value:  # a field of lines, as a plan has them
        return "\n".join(without(line, pieces, left) for line in value.split("\n"))
    return value


def refuse_repeated(words: str, pieces: Sequence[str], field: str) -> None:
    """Raise Invalid where what is typed into a decision, which stays, repeats what is to be erased."""
    told = words_of(words)
    runs = {told[at : at + _RUN] for at in range(len(told) - _RUN + 1)}
    for piece in pieces:
        said = words_of(piece)
        whole = len(piece) >= _WHOLE and any(told[at : at + len(said)] == said for at in range(len(told)))
        if whole or any(said[at : at + _RUN] in runs for at in range(len(said) - _RUN + 1)):
            raise Invalid(_("This repeats what is to be erased, and it stays. Say why, not what."), field)


_RUN = 4
"""Words in a row that repeat a text."""
_WHOLE = 5
"""Characters from which a whole text may not be repeated."""


def words_of(typed: str) -> tuple[str, ...]:
    """How texts are compared: word by word, folded, without what stands around words."""
    bare = (word.strip(".,:;!?…()«»“”\"'–-") for word in fold(typed).split())
    return tuple(word for word in bare if word)


__all__ = [
    "TELLING", "Belongs", "Beside", "Chain", "chain_in", "clean_drafts_in", "drafts_of", "pieces_of", "refuse_repeated",
    "without", "words_of",
]  # fmt: skip

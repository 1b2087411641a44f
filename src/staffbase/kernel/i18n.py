"""The two languages. Source text is English; Norwegian bokmål stands in locale/nb, one catalogue a room.

`_` translates where text is made, `N_` marks text that is only declared (class level) and translated when shown.
The catalogues are read at start, so that none can go stale; reading them takes a few milliseconds, which is why a
small reader stands here instead of a library that must be loaded before the first screen.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("nb", "en")


class _Catalogue:
    """What is shown for each source text; English shows itself."""

    def __init__(self) -> None:
        self.language = "nb"
        self.texts: dict[str, tuple[str, ...]] | None = None

    def lookup(self, text: str) -> tuple[str, ...] | None:
        if self.language == "en":
            return None
        if self.texts is None:
            self.texts = load("nb")
        return self.texts.get(text)


_catalogue = _Catalogue()


def use(language: str) -> None:
    """Show all text in this language ("nb" or "en") from now on."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _catalogue.language = language


def language() -> str:
    """The language text is shown in now: "nb" or "en"."""
    return _catalogue.language


def _(text: str) -> str:
    """The text in the person's language."""
    found = _catalogue.lookup(text) if text else None
    return found[0] if found else text


def ngettext(one: str, many: str, count: int) -> str:
    """The text for this count in the person's language; the count is filled in by the caller."""
    found = _catalogue.lookup(one)
    if found and len(found) > 1:
        return found[0] if count == 1 else found[1]
    return one if count == 1 else many


def in_each_language(text: str) -> tuple[str, ...]:
    """A source text as it is shown in each language: what people read on a screen, they write in a list."""
    if _catalogue.texts is None:
        _catalogue.texts = load("nb")
    return (text, *_catalogue.texts.get(text, ()))


def decimal(number: float) -> str:
    """A number with one decimal, as the person's language writes it."""
    shown = f"{number:.1f}"
    return shown if _catalogue.language == "en" else shown.replace(".", ",")


def N_(text: str) -> str:
    """Mark text for translation where it is declared; translate it with `_` where it is shown."""
    return text


def load(language: str) -> dict[str, tuple[str, ...]]:
    """All catalogues of a language, read from locale/<language>/*.po: source text → translation and plural."""
    texts: dict[str, tuple[str, ...]] = {}
    folder = files("staffbase").joinpath("locale", language)
    for catalogue in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if catalogue.name.endswith(".po"):
            texts.update(read_po(catalogue.read_text(encoding="utf-8")))
    return texts


_PLAIN = re.compile(r'msgid "([^"\\\n]+)"\nmsgstr "([^"\\\n]+)"\n?')
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t"}


def _unquoted(quoted: str) -> str:
    """What stands between the quotes."""
    inner = quoted.strip()[1:-1]
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), inner) if "\\" in inner else inner


def read_po(source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The (source text, translations) pairs of a .po file; header, fuzzy and untranslated ones left out."""
    for block in source.split("\n\n"):
        if (
            plain := _PLAIN.fullmatch(block)
        ) is not None:  # nearly all, and the catalogue is read before the first paint
            yield plain[1], (plain[2],)
            continue
        fields: dict[str, str] = {}
        current = ""
        fuzzy = False
        for line in block.splitlines():
            if line.startswith("#"):
                fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
                continue
            if not line.startswith('"'):
                current, _space, line = line.partition(" ")  # noqa: PLW2901
            if current:
                fields[current] = fields.get(current, "") + _unquoted(line)
        if fuzzy or not fields.get("msgid"):
            continue
        translations = [fields[key] for key in ("msgstr", "msgstr[0]", "msgstr[1]") if key in fields]
        if all(translations):
            yield fields["msgid"], tuple(translations)

"""The Norwegian catalogues are complete, not stale, agree with one another, and read as a library reads them."""

import ast
import re
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po as babel_read_po

import staffbase
from staffbase.kernel import i18n

SOURCE = Path(staffbase.__file__).parent
CATALOGUES = sorted(Path(str(files("staffbase") / "locale" / "nb")).glob("*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def marked_texts() -> dict[str, str]:
    """Every text marked for translation, and the file it stands in."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract(
                "python", file, keywords={"_": None, "N_": None, "ngettext": (1, 2)}
            ):
                text = message if isinstance(message, str) else message[0]
                if text:
                    found.setdefault(text, str(path.relative_to(SOURCE)))
    return found


def test_every_text_is_translated() -> None:
    known = i18n.load("nb")
    missing = {text: where for text, where in marked_texts().items() if text not in known}
    assert missing == {}


def test_no_catalogue_holds_what_nobody_says() -> None:
    said = marked_texts()
    stale = {
        (path.name, text)
        for path in CATALOGUES
        for text, _translated in i18n.read_po(path.read_text(encoding="utf-8"))
        if text not in said
    }
    assert stale == set()


def test_one_text_has_one_translation() -> None:
    seen: dict[str, tuple[str, tuple[str, ...]]] = {}
    differing = []
    for path in CATALOGUES:
        for text, translated in i18n.read_po(path.read_text(encoding="utf-8")):
            if text in seen and seen[text][1] != translated:
                differing.append((text, seen[text], (path.name, translated)))
            seen[text] = (path.name, translated)
    assert differing == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    wrong = [
        (text, translation)
        for text, translations in i18n.load("nb").items()
        for translation in translations
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(translation))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_our_small_reader_reads_what_babel_reads(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    by_babel = {}
    for message in babel_read_po(BytesIO(source.encode())):
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple):
            by_babel[message.id[0]] = tuple(message.string)
        elif message.string:
            by_babel[message.id] = (message.string,)
    assert dict(i18n.read_po(source)) == by_babel


def test_no_translated_text_is_built_from_an_f_string() -> None:
    """`_(f"…")` would never be found in a catalogue."""
    built = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
                built += [str(path) for argument in node.args if isinstance(argument, ast.JoinedStr)]
    assert built == []

"""Tables in CSV files as Excel in Norway and elsewhere writes and reads them; knows nothing of what a table holds.

Read: semicolons, commas or tabs; Windows-1252, UTF-8 with or without mark, UTF-16 ("Unicode text"); quoted line breaks.
Written: semicolons and UTF-8 with its mark, each row on one line, and no cell that a spreadsheet would compute.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.visible import harmless

SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes a file may hold: a house's lists need a few thousand."""

_SEPARATORS = ";\t,"
_FEW = 20
"""So many control characters, or one in so many letters, may be a paste in a cell; more is not text."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls files begin."""


_COMPUTED = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a formula begins with; a spreadsheet set to Japanese takes the wide ones, too."""


@dataclass(frozen=True)
class Line:
    """One row of the table; `number` is the row's number as a spreadsheet shows it (the headings are row 1)."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The headings as they stand in the file, and every row that is not blank."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def read_table(raw: bytes) -> Table:
    """The table in a file's bytes. Raises Invalid with one sentence for anything that is not one."""
    if len(raw) > SIZE_LIMIT:
        raise Invalid(_("The file is larger than 10 MB. A list of people is not: choose another file."))
    text = _text(raw)
    separator, text = _said_separator(text)
    if not text.strip():
        raise Invalid(_("The file is empty."))
    lines = _lines(text, separator or _found_separator(text))
    headings = next((line for line in lines if any(line.cells)), None)
    if headings is None:
        raise Invalid(_("The file is empty."))
    rows = tuple(line for line in lines if line.number > headings.number and any(line.cells))
    return Table(headings.cells, rows)


def table_bytes(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as the bytes of a file that Excel in Norway opens by itself."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";")
    writer.writerows([_inert(cell) for cell in row] for row in (headings, *rows))
    return written.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    """The cell on one line and with nothing that acts; what would be computed stands behind an apostrophe."""
    text = " ".join(harmless(" ".join(cell.split())).split())
    return f"'{text}" if text.startswith(_COMPUTED) else text


def shown(value: str, limit: int = 40) -> str:
    """A cell as a message may repeat it: short, and with nothing in it that acts in a terminal."""
    told = "".join("·" if unicodedata.category(letter).startswith("C") else letter for letter in value[: limit + 1])
    return told if len(told) <= limit else told[:limit] + "…"


def _text(raw: bytes) -> str:
    if raw.startswith(_WORKBOOKS):
        raise Invalid(_("This is an Excel workbook. Save it in Excel as “CSV UTF-8” and import that file."))
    not_text = Invalid(_("This is not a CSV file. Save the list as CSV and import that file."))
    try:
        text = raw.decode("utf-16") if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else _utf8_or_western(raw)
    except UnicodeDecodeError as error:
        raise not_text from error
    controls = sum(letter < " " and letter not in "\t\n\r" for letter in text)
    if "\0" in text or controls > max(_FEW, len(text) // _FEW):
        raise not_text
    return text


def _utf8_or_western(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def _said_separator(text: str) -> tuple[str | None, str]:
    """Excel's own first line "sep=;" says the separator and is no row."""
    said = re.match(r"sep=([;,\t])\r?\n", text)
    return (said[1], text[said.end() :]) if said else (None, text)


def _found_separator(text: str) -> str:
    """The separator that divides the headings into most columns."""
    first = next(line for line in text.splitlines() if line.strip())
    return max(_SEPARATORS, key=first.count)


def _lines(text: str, separator: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[Line] = []
    try:
        for cells in reader:
            lines.append(Line(len(lines) + 1, tuple(cell.strip() for cell in cells)))
    except csv.Error as error:
        raise Invalid(
            _("Row %(row)d cannot be read: a quotation mark is out of place, or a cell is far too long.")
            % {"row": len(lines) + 1}
        ) from error
    return lines

"""Writes settings.toml: one key at a time, whole or not at all, and leaves alone what it does not know.

A line is put in place of the line that stood, so that comments stay. Where that does not lead to what was meant (a key
in a table, a value over several lines), the file is written anew, without its comments.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from staffbase.kernel.errors import DatabaseUnavailable
from staffbase.kernel.files import why, write_private
from staffbase.kernel.i18n import _
from staffbase.kernel.settings import SETTINGS_FILE, read_file


def write_settings(home: Path, changes: Mapping[str, int | str]) -> None:
    """Let these settings stand in the file from now on, and everything else as before.

    Raises DatabaseUnavailable where nothing can be written, and what reading raises.
    """
    wanted = _with(read_file(home), changes)
    file = (home / SETTINGS_FILE).resolve()  # a link stays a link
    try:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        put(file, _amended(before, changes, wanted).encode())
    except OSError as error:
        raise DatabaseUnavailable(
            _("The settings in %(file)s could not be written: %(why)s. Nothing was changed.")
            % {"file": file, "why": why(error)}
        ) from error


def put(file: Path, content: bytes | None) -> None:
    """The file with this content, or no file."""
    if content is None:
        file.unlink(missing_ok=True)
    else:
        write_private(file, content)


def _with(standing: dict[str, Any], changes: Mapping[str, int | str]) -> dict[str, Any]:
    """What the file must say afterwards; a key that stood in a table stands for itself."""
    kept: dict[str, Any] = {}
    for key, value in standing.items():
        if isinstance(value, dict):
            kept[key] = {inner: given for inner, given in value.items() if f"{key}_{inner}" not in changes}
        else:
            kept[key] = value
    return {key: value for key, value in kept.items() if value != {} or standing[key] == {}} | dict(changes)


def _amended(before: str, changes: Mapping[str, int | str], wanted: dict[str, Any]) -> str:
    lines = before.removesuffix("\n").split("\n") if before else []
    first_table = next((at for at, text in enumerate(lines) if text.lstrip().startswith("[")), len(lines))
    for key, value in changes.items():
        made = f"{_key(key)} = {_value(value)}"
        at = next((at for at in range(first_table) if re.match(rf"\s*{re.escape(key)}\s*=", lines[at])), None)
        if at is None:
            lines.insert(first_table, made)
            first_table += 1
        else:
            lines[at] = made
    amended = "\n".join(lines) + "\n"
    try:
        if tomllib.loads(amended) == wanted:
            return amended
    except tomllib.TOMLDecodeError:
        pass  # a value over several lines
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in wanted.items())


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: Any) -> str:
    """As TOML writes it. A JSON string is a TOML string, save for DEL, which only TOML refuses."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())}}}"
    return str(value)

"""staffbase in which saving one certain note fails by a fault of the program, with all that was typed in its hands."""

import sys
from typing import Any

from staffbase import cli
from staffbase.kernel.access import Actor
from staffbase.notes.service import Notes

MODULE = "tests.terminal.faulty_note"


FAILS = "Gråspurven"
_write = Notes.write


def _fails(self: Notes, actor: Actor, text: str, *more: Any, **by_name: Any) -> Any:
    if FAILS not in text:
        return _write(self, actor, text, *more, **by_name)
    said = f"{actor.name} wrote {text}"
    raise LookupError(said)


if __name__ == "__main__":
    Notes.write = _fails  # type: ignore[assignment,method-assign]
    sys.exit(cli.main())

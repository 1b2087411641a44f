"""What is left when the program itself fails: where in the code it was, and no word that anybody wrote.

Textual prints each value at hand into the terminal, residents' names and half-typed notes among them, and there they
stay in its scrollback. So a fault is told by its places alone: kinds of errors, files, lines, functions.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path

FAULT_FILE = "fault.txt"
"""In the data folder: where the newest fault was, for whoever mends it."""


def places(error: BaseException) -> str:
    """Where it happened, and where what led to it did; without messages, source lines and values."""
    return "\n".join(_lines(error)) + "\n"


def _lines(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        kind = type(at)
        yield f"{kind.__module__}.{kind.__qualname__}"
        for frame in traceback.extract_tb(at.__traceback__, limit=-40):
            yield f"  {'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"
        worker_error = getattr(at, "error", None)  # what a worker failed with
        at = worker_error if isinstance(worker_error, BaseException) else at.__cause__ or at.__context__

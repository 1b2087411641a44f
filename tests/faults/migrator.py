"""Opens older stations, as the program does, and is killed at the statement that was said: `python -m tests.faults.migrator`.

Orders come a line each: {"root": …, "at": n}. The answer says how many statements there were by then, and how it ended.
"""

import json
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from tests.faults.house import Place

from staffbase.kernel import i18n
from staffbase.migrations import load_models


def _open(place: Place, at: int) -> int:
    """Open it; killed before the statement of this number. How many there were."""
    numbers = count(1)
    done = 0

    def before(*_told: Any) -> None:
        nonlocal done
        done = next(numbers)
        if done == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "commit", before)
    place.open().close()
    return done


def main() -> None:
    i18n.use("en")
    load_models()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _tell(statements=_open(Place(Path(order["root"])), order["at"]))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        _tell(killed=os.WIFSIGNALED(status))


def _tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

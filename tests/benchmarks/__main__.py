"""`python -m tests.benchmarks`: the table of ratios, as Markdown. Takes about a minute; needs a machine left in peace."""

import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.rows import check_off, service, starts


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="staffbase-bench-") as folder:
        place = Path(folder)
        os.environ["STAFFBASE_IDENTITY_DIR"] = str(place / "identities")
        rows = [*starts(place, 7), *check_off(place), *service(place, 6)]
    head = ("| what | ms (median) | yardstick, ms | ratio | target | | measured |", "|---|---|---|---|---|---|---|")
    sys.stdout.write("\n".join((*head, *(row.markdown() for row in rows))) + "\n")


main()

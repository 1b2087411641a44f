"""For makers: write the next migration from what the models say and the migrations do not yet.

    python -m staffbase.migrations.make "notes have a place"        the next revision
    python -m staffbase.migrations.make --again "first"             the newest one anew, before anybody has it

Look at what it wrote: a renamed column looks like one that went and one that came. Prefer adding columns; a batch
migration on SQLite copies the whole table. Written on an empty encrypted database; the tests run it on PostgreSQL, too.
"""

import argparse
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from staffbase.kernel.database import sqlcipher_engine
from staffbase.migrations import VERSIONS, configured, load_models


def _newest() -> Path | None:
    return max(VERSIONS.glob("[0-9]*_*.py"), default=None, key=lambda file: file.name)


def make(message: str, *, again: bool = False) -> Path:
    """Write the migration and return its file. With `again` the newest one is replaced."""
    newest = _newest()
    if again and newest is not None:
        newest.unlink()
        newest = _newest()
    head = newest.name.split("_")[0] if newest else None
    number = f"{int(head or 0) + 1:04}"
    load_models()
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlcipher_engine(Path(folder) / "empty.db", secrets.token_bytes(32))
        with engine.begin() as connection:
            config = configured(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            config.attributes["batch"] = head is not None
            if head is not None:
                command.upgrade(config, head)
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    written = next(VERSIONS.glob(f"{number}_*.py"))
    # how a table is guarded stands in the models, and the guards are put up after every migration
    plain = re.sub(r"^ +(# ###.*|info=\{.*\},)\n", "", written.read_text(), flags=re.MULTILINE)
    plain = re.sub(r",? *info=\{[^}]*\}", "", plain)
    written.write_text(plain)
    for tidy in (["check", "--fix", "-q", "--select", "F,I"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, written], check=True)  # noqa: S603  (our own file)
    return written


def main() -> None:
    """Take the message from the command line."""
    parser = argparse.ArgumentParser(prog="python -m staffbase.migrations.make")
    parser.add_argument("message", help="what the migration is for, in a few words")
    parser.add_argument("--again", action="store_true", help="write the newest one anew")
    asked = parser.parse_args()
    sys.stdout.write(f"{make(asked.message, again=asked.again)}\n")


if __name__ == "__main__":
    main()

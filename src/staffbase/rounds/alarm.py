"""Runs the settings' alarm command when somebody is not back from a walk: once, and again every ten minutes.

The command gets no personal data: only since when and how late, as environment variables. Because the walk stands in
the database, a restart in between forgets nobody.
"""

import asyncio
import os
import shlex
from datetime import datetime

from staffbase.kernel.clock import local
from staffbase.rounds.facts import WalkFacts
from staffbase.rounds.rules import ALARM_AGAIN

COMMAND_SECONDS = 30


class Alarm:
    """Remembers when the command ran last for which walk."""

    def __init__(self, command: str) -> None:
        self.command = command
        self._ran: tuple[int, datetime] | None = None

    def due(self, walk: WalkFacts | None, now: datetime) -> bool:
        """Whether the command should run now."""
        if not self.command or walk is None or not walk.overdue(now):
            return False
        return self._ran is None or self._ran[0] != walk.id or now - self._ran[1] >= ALARM_AGAIN

    def begun(self, walk: WalkFacts, now: datetime) -> None:
        """It runs now; not again before ten minutes have passed."""
        self._ran = (walk.id, now)

    async def run(self, walk: WalkFacts, now: datetime) -> int | None:
        """Run it, without waiting in the event loop, with a time limit. Its exit code, or None when it did not end or start."""
        self.begun(walk, now)
        return await run_command(
            self.command, LEFT=f"{local(walk.left_at):%H:%M}", DUE=f"{local(walk.due_back_at):%H:%M}"
        )


async def run_command(command: str, **told: str) -> int | None:
    """Run an alarm command with STAFFBASE_ALARM_… in its environment: its exit code, or None when it did not start or end.

    It gets none of the station's own settings, and no terminal to write on.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STAFFBASE_")}
    nothing = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command), stdin=nothing, stdout=nothing, stderr=nothing,
            env=environment | {f"STAFFBASE_ALARM_{name}": value for name, value in told.items()},
        )  # fmt: skip
    except (OSError, ValueError, TypeError):
        return None
    try:
        return await asyncio.wait_for(process.wait(), COMMAND_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None

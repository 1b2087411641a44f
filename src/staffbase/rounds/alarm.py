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
    """Knows when the walker is overdue, and when the command ran last for which walk.

    `seconds` are the monotonic clock's: a clock on the wall that is set back puts off no alarm.
    """

    def __init__(self, command: str) -> None:
        self.command = command
        self._awaited: tuple[int, datetime, float] | None = None
        """The walk under way, when the walker is due back, and the second that was reckoned to be when it was first seen."""
        self._ran: tuple[int, float] | None = None

    def overdue(self, walk: WalkFacts, now: datetime, seconds: float) -> bool:
        """Whether the walker should be back, by the clock on the wall or by the time that has passed."""
        if self._awaited is None or self._awaited[:2] != (walk.id, walk.due_back_at):
            left = min(
                walk.due_back_at - now, walk.due_back_at - walk.left_at
            )  # a walk is never longer than it was to be
            self._awaited = (walk.id, walk.due_back_at, seconds + left.total_seconds())
        return walk.overdue(now) or seconds >= self._awaited[2]

    def due(self, walk: WalkFacts, seconds: float) -> bool:
        """Whether the command should run now, for a walker who is overdue."""
        if not self.command:
            return False
        return self._ran is None or self._ran[0] != walk.id or seconds - self._ran[1] >= ALARM_AGAIN.total_seconds()

    async def run(self, walk: WalkFacts, seconds: float) -> int | None:
        """Run it, without waiting in the event loop, with a time limit. Its exit code, or None when it did not end or start."""
        self._ran = (walk.id, seconds)
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

"""What other rooms say on a resident's page. It is passed in, for this room knows none of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content
from textual.screen import Screen

from staffbase.kernel.access import Actor
from staffbase.ui.desk import Desk


@dataclass(frozen=True)
class Beside:
    """The other rooms, as the page needs them."""

    plan: Callable[[Actor, int], list[Content]]
    """How it stands with the resident's crisis plan."""
    tasks: Callable[[Actor, int], list[Content]]
    """What is still to be done for the resident."""
    checks: Callable[[Actor, Sequence[int]], dict[int, str]]
    """What was seen, in words, of those of these entries that are checks."""
    entry: Callable[[Desk, int], Screen[Any]]
    """One entry of the timeline in full, with everything that may be done about it."""

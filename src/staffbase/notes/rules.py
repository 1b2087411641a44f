"""Rules about notes: when one is late, and whom typed letters mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from staffbase.journal.model import Kind

LATE_AFTER = timedelta(hours=12)
"""A shift lasts ten hours at most and a report is due at its end: what is older belongs to somebody else's shift."""


def is_late(observed_at: datetime, now: datetime) -> bool:
    """Whether a note is entered so long after that it needs a reason."""
    return now - observed_at > LATE_AFTER


def whom(typed: str, residents: Mapping[int, tuple[str, str]]) -> list[int]:
    """The residents that a typed unit code or beginning of a name means: exactly the unit if one is, else all that fit.

    `residents` are (unit code, alias) by key.
    """
    wanted = "".join(typed.casefold().split())
    if not wanted:
        return list(residents)
    exact = [key for key, (code, _alias) in residents.items() if code.casefold() == wanted]
    if exact:
        return exact
    return [
        key
        for key, (code, alias) in residents.items()
        if code.casefold().startswith(wanted)
        or any(word.startswith(typed.casefold().strip()) for word in (alias.casefold(), *alias.casefold().split()))
    ]


def kinds_after(kind: Kind | None, kinds: Sequence[Kind]) -> Kind | None:
    """The next choice when one key goes through all, the kinds, and begins again."""
    choices: list[Kind | None] = [None, *kinds]
    return choices[(choices.index(kind) + 1) % len(choices)]

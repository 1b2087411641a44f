"""Rules about notes: when one is late, and whom typed letters mean."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

LATE_AFTER = timedelta(hours=12)
"""A shift lasts ten hours at most and a report is due at its end: what is older belongs to somebody else's shift."""


def is_late(observed_at: datetime, now: datetime) -> bool:
    """Whether a note is entered so long after that it needs a reason."""
    return now - observed_at > LATE_AFTER


def free_form(beginning: str, taken: Collection[str]) -> str:
    """A name for the draft of a fresh note that no draft stands under yet."""
    form, number = beginning, 2
    while form in taken:
        form, number = f"{beginning}:{number}", number + 1
    return form


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


def person_meant(typed: str, people: Mapping[int, str]) -> list[int]:
    """Those whose name begins with what was typed; the one whose whole name it is, if there is one."""
    wanted = typed.casefold().strip()
    if not wanted:
        return []
    exact = [key for key, name in people.items() if name.casefold() == wanted]
    return exact or [key for key, name in people.items() if name.casefold().startswith(wanted)]

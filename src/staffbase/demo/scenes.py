"""Which screens of the demo become pictures, and the keys that lead to each."""

from dataclasses import dataclass
from datetime import datetime

from staffbase.demo.house import STAFF
from staffbase.kernel.clock import OSLO

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
ROUND = datetime(2026, 1, 5, 23, 38, tzinfo=OSLO)
AFTER = datetime(2026, 1, 9, 14, 40, tzinfo=OSLO)

_PIN = next(person.pin for person in STAFF if person.name == "Samira")

WIDE = (120, 36)
SMALL = (80, 24)
LARGE = (200, 60)


@dataclass(frozen=True)
class Scene:
    """One picture: the demo at a moment, signed in as somebody (or nobody), after these keys."""

    name: str
    keys: tuple[str, ...]
    size: tuple[int, int]
    language: str
    at: datetime
    who: str | None
    theme: str = "dark"


_WAYS: tuple[tuple[str, tuple[str, ...], datetime, str | None], ...] = (
    ("sign-in", (), EVENING, None),
    ("board", (), EVENING, "Marit"),
    ("board-card", ("k",), EVENING, "Marit"),
    ("lock", ("ctrl+l",), ROUND, "Samira"),
    ("rounds", ("2",), ROUND, "Samira"),
    ("walk", ("2", "w"), ROUND, "Samira"),
    ("extra-check", ("x",), ROUND, "Samira"),
    ("ladder", ("2", "w", *_PIN, "enter", "down", "down", "i", "t"), ROUND, "Samira"),
    ("card", ("k", "c"), EVENING, "Nora"),
    ("report", ("3", "l"), EVENING, "Marit"),
    ("reading", ("3",), AFTER, "Marit"),
    ("notes", ("4",), EVENING, "Marit"),
    ("note", ("n",), EVENING, "Marit"),
    ("search", ("slash", "t", "a", "c", "o"), EVENING, "Marit"),
    ("plans", ("5",), EVENING, "Eva"),
    ("plan", ("5", "down", "down", "enter"), AFTER, "Eva"),
    ("editor", ("5", "down", "down", "e"), AFTER, "Eva"),
    ("compare", ("5", "down", "down", "enter", "c"), AFTER, "Eva"),
    ("tasks", ("6",), EVENING, "Marit"),
    ("incident", ("h",), EVENING, "Marit"),
    ("on-duty", ("f4",), EVENING, "Marit"),
    ("resident", ("right", "right", "right", "enter"), EVENING, "Marit"),
    ("admin", ("0",), EVENING, "Ingrid"),
    ("staff", ("0", "s"), EVENING, "Ingrid"),
    ("house", ("0", "a"), EVENING, "Ingrid"),
    ("round-windows", ("0", "w"), EVENING, "Ingrid"),
    ("presence", ("right", "right", "right", "enter", "p"), EVENING, "Marit"),
    ("residents", ("0", "b", "down", "down"), EVENING, "Eva"),
    ("agreement", ("0", "b", "down", "down", "a"), EVENING, "Eva"),
    ("keys", ("question_mark",), EVENING, "Marit"),
)
_IN_ALL = ("board", "rounds", "card", "report", "reading")
"""These are looked at in both languages, all themes and at 80×24."""


def scenes() -> list[Scene]:
    """Every picture there is: all screens in Norwegian, dark, wide and small; the most used in all languages and themes."""
    made = []
    for name, keys, at, who in _WAYS:
        made.append(Scene(name, keys, WIDE, "nb", at, who))
        made.append(Scene(f"{name}-small", keys, SMALL, "nb", at, who))
        if name in _IN_ALL:
            made.append(Scene(f"{name}-en", keys, WIDE, "en", at, who))
            made.append(Scene(f"{name}-en-small", keys, SMALL, "en", at, who))
            made.append(Scene(f"{name}-light", keys, WIDE, "nb", at, who, "light"))
            made.append(Scene(f"{name}-contrast", keys, WIDE, "nb", at, who, "contrast"))
            made.append(Scene(f"{name}-large", keys, LARGE, "nb", at, who))
    return made

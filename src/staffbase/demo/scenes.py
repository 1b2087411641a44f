"""What of the app becomes pictures and is checked for its layout: tours through the demo, and the keys between their stops.

A tour is one person at one moment in a house of their own; each stop goes on from where the one before left off, so that
the app starts once a tour. Every section, page and dialog is a stop of some tour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from staffbase.demo.house import STAFF
from staffbase.kernel.clock import OSLO

EVENING = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
ROUND = datetime(2026, 1, 5, 23, 38, tzinfo=OSLO)
AGAIN = datetime(2026, 1, 8, 18, 0, tzinfo=OSLO)
AFTER = datetime(2026, 1, 9, 14, 40, tzinfo=OSLO)

WIDE = (120, 36)
SMALL = (80, 24)
LARGE = (200, 60)

Key = str | timedelta
"""A key to press, or a time that passes."""


@dataclass(frozen=True)
class Look:
    """A size of the terminal, and a theme."""

    size: tuple[int, int] = WIDE
    theme: str = "dark"


@dataclass(frozen=True)
class Scene:
    """A stop of a tour, reached with these keys from the stop before."""

    name: str
    keys: tuple[Key, ...] = ()
    pictured: bool = True
    """False where something stands that is another each time: judged for its layout only."""


@dataclass(frozen=True)
class Tour:
    """Stops one after the other, at a moment, signed in as somebody or nobody."""

    name: str
    at: datetime
    who: str | None
    scenes: tuple[Scene, ...]
    before: str = ""
    """The screen before the door on which the tour begins; its station is not there yet, or does not open by itself."""
    damaged: bool = False
    """Part of the database turns out to be damaged when the station stands open."""


def _pin(name: str) -> tuple[str, ...]:
    return tuple(next(person.pin for person in STAFF if person.name == name))


def _tab(*fields: str) -> tuple[str, ...]:
    """Each field typed, and tab after it."""
    return tuple("tab" if key == "enter" else key for key in _enter(*fields))


def _enter(*lines: str) -> tuple[str, ...]:
    """Each line typed, and enter after it."""
    names = {" ": "space", "-": "minus", ",": "comma"}
    return tuple(key for line in lines for key in (*(names.get(letter, letter) for letter in line), "enter"))


BACK = ("escape",)
WALKED = timedelta(minutes=17)
"""How long a walk takes."""
TOURS = (
    Tour("door", EVENING, None, (
        Scene("sign-in"),
        Scene("sign-in-chosen", ("M", "a", "r", "enter")),
        Scene("sign-in-refused", _enter("111111")),
    )),
    Tour("duty", ROUND, None, (Scene("duty-question", (*_enter("Vibeke"), *_pin("Vibeke"), "enter")),)),
    Tour("evening", EVENING, "Marit", (
        Scene("board"),
        Scene("board-card", ("k",)),
        Scene("chooser", ("k",)),
        Scene("keys", (*BACK, "question_mark")),
        Scene("palette", ("question_mark", "ctrl+p")),
        Scene("on-duty", (*BACK, "f4")),
        Scene("pin", (*BACK, "f6")),
        Scene("note", (*BACK, "n")),
        Scene("board-chosen", (*BACK, "right", "right", "down", "down", "down", "k", "slash", "escape", "k", "escape")),
        Scene("incident", (*BACK, "h")),
        Scene("extra-check", (*BACK, "x")),
        Scene("search-empty", (*BACK, "slash")),
        Scene("search", ("t", "a", "c", "o")),
        Scene("report", (*BACK, "3", "l")),
        Scene("report-line", ("down", "t")),
        Scene("concern", (*BACK, "c")),
        Scene("report-unsaid", (*BACK, "g")),
        Scene("report-sign", ("up", "r", "g")),
        Scene("notes", (*BACK, "4")),
        Scene("entry", ("down", "enter")),
        Scene("entry-comment", ("c",)),
        Scene("entry-correct", (*BACK, "r")),
        Scene("entry-time", (*BACK, "t")),
        Scene("entry-move", (*BACK, "b")),
        Scene("entry-withdraw", (*BACK, "v")),
        Scene("tasks", (*BACK, *BACK, "6")),
        Scene("task", ("a",)),
        Scene("task-change", (*BACK, "down", "enter")),
        Scene("task-done", (*BACK, "d")),
    )),
    Tour("resident", EVENING, "Eva", (
        Scene("resident", ("right", "down", "enter")),
        Scene("presence", ("p",)),
        Scene("agreement", (*BACK, "a")),
        Scene("contacts", (*BACK, "r")),
        Scene("contact", ("a",)),
        Scene("contact-end", (*BACK, "u")),
        Scene("warnings", (*BACK, *BACK, "d")),
        Scene("warning", ("a",)),
        Scene("about", (*BACK, *BACK, "o")),
        Scene("residents", (*BACK, *BACK, "0", "b", "down", "down")),
        Scene("admit", ("i",)),
        Scene("move", (*BACK, "m")),
        Scene("leave", (*BACK, "u")),
        Scene("former", (*BACK, "f")),
    )),
    Tour("incident", EVENING, "Marit", (
        Scene("incident-runs", ("right", "right", "h", "1")),
        Scene("incident-steps", ("f", "s")),
        Scene("incident-words", ("n",)),
        Scene("incident-slip", (*BACK, "z")),
        Scene("incident-conclude", (*BACK, "ctrl+s")),
    )),
    Tour("card", EVENING, "Nora", (Scene("card", ("k", "c")),)),
    Tour("substitute", AGAIN, "Nora", (
        Scene("own-shifts", ("down", "enter")),
        Scene("own-shifts-search", ("slash", "s", "o", "v")),
        Scene("emergency", (*BACK, "f8")),
        Scene("emergency-open", _enter("Sier at det er som sist")),
    )),
    Tour("log", AFTER, "Ingrid", (
        Scene("access-log", ("down", "down", "f9")),
        Scene("access-log-whose", ("b",)),
    )),
    Tour("hidden", AFTER, "Ingrid", (
        Scene("hidden-none", ("f9", "m"), pictured=False),
        Scene("hidden-moved", (*BACK, *BACK, "4", "enter", "b", *_enter("B4")[:-1], "ctrl+s"), pictured=False),
        Scene("hidden", (*BACK, "f9", "m")),
    )),
    Tour("lead", AFTER, "Eva", (
        Scene("plans", ("5",)),
        Scene("plan", ("down", "down", "enter")),
        Scene("compare", ("c",)),
        Scene("editor", (*BACK, "e")),
        Scene("editor-card", ("f3",)),
        Scene("publish-nothing", (*BACK, "p")),
        Scene("publish", ("e", *_enter("Tåler mindre etter sykehuset")[:-1], "ctrl+s", "p")),
    )),
    Tour("admin", EVENING, "Ingrid", (
        Scene("admin", ("0",)),
        Scene("house", ("a",)),
        Scene("units", (*BACK, "u")),
        Scene("shifts", (*BACK, "v")),
        Scene("round-windows", (*BACK, "w")),
        Scene("machine", (*BACK, "i")),
        Scene("staff", (*BACK, "s")),
        Scene("person", ("a",)),
        Scene("person-change", (*BACK, "down", "enter")),
        Scene("person-left", (*BACK, "l")),
        Scene("one-time-pin", (*BACK, "p")),
        Scene("one-time-pin-shown", ("enter",), pictured=False),
    )),
    Tour("erasure", EVENING, "Ingrid", (
        Scene("erase", ("4", "down", "enter", "delete")),
        Scene("erase-refused", (*_tab("Kari Nes", "beboeren selv", "Skrevet om feil person"), "ctrl+s")),
        Scene("erased", (*_tab("A3")[:-1], "ctrl+s")),
        Scene("erase-decided", ("delete",)),
        Scene("erased-list", (*BACK, *BACK)),
    )),
    Tour("trust", AFTER, "Ingrid", (
        Scene("trust-overview", ("0",)),
        Scene("trust", ("l",)),
        Scene("trust-review", ("tab", "enter")),
    )),
    Tour("auditor", AFTER, "Astrid", (Scene("trust-auditor", ("0",)),)),
    Tour("locked", ROUND, "Samira", (Scene("lock", ("ctrl+l",)),)),
    Tour("round", ROUND, "Samira", (
        Scene("rounds", ("2",)),
        Scene("late-round", ("l",)),
        Scene("walk", (*BACK, "w")),
        Scene("doors", (WALKED, *_pin("Samira"), "enter")),
        Scene("beyond", ("s",)),
        Scene("no-answer", ("d", "down", "i")),
        Scene("resolved", ("d",)),
        Scene("colleague", (*BACK, "k")),
        Scene("ladder", (*BACK, "t")),
        Scene("danger", (*BACK, "down", "down", "h")),
        Scene("sign-unfinished", (*BACK, "g")),
    )),
    Tour("mending", ROUND, "Terje", (
        Scene("check", ("enter", "enter", "down", "down", "enter")),
        Scene("mend-check", ("v",)),
    )),
    Tour("signing", ROUND, "Samira", (
        Scene("late-reason", (
            "2", "w", WALKED, *_pin("Samira"), "enter", timedelta(minutes=40), *_pin("Samira"), "enter", "p",
        )),
        Scene("open-doors", (*BACK, "g")),
        Scene("on-behalf", (*BACK, "ctrl+l", "escape", *_enter("Terje"), *_pin("Terje"), "enter", "enter", "2", "g")),
    )),
    Tour("drafts", EVENING, "Jonas", (Scene("drafts", ("down", "n", "H", "u", "s", "k", "escape", "f7")),)),
    Tour("overdue", ROUND, "Samira", (Scene("alarm", ("2", "w", timedelta(minutes=61))),)),
    Tour("afternoon", AFTER, "Marit", (
        Scene("reading", ("3",)),
        Scene("question", ("a",)),
        Scene("say-back", (*BACK, "s")),
        Scene("accept", (*BACK, "g")),
    )),
    Tour("set-up", EVENING, None, (
        Scene("set-up"),
        Scene("set-up-help", _enter("Lyngmo botiltak", "A1-A6,B1-B4")),
        Scene("set-up-leader", _enter("Lyngmovegen 12", "port C", "Bakvakt", "00 00 00 10")),
        Scene("set-up-opening", _enter("Ingrid", "283746", "283746")),
        Scene("set-up-review", ("enter",)),
        Scene("set-up-safe", ("enter",)),
    ), before="set-up"),
    Tour("passphrase", EVENING, None, (Scene("passphrase"), Scene("passphrase-forgotten", ("ctrl+r",))), before="passphrase"),
    Tour("choose-passphrase", EVENING, None, (Scene("choose-passphrase"),), before="choose-passphrase"),
    Tour("damaged", EVENING, None, (
        Scene("damaged"),
        Scene("damaged-cards", (*_enter("Ingrid"), *_pin("Ingrid"), "f2")),
        Scene("damaged-card", ("enter",)),
        Scene("damaged-refused", (*BACK, *BACK, *_enter("111111"))),
        Scene("damaged-recovery", ("ctrl+r",)),
        Scene("damaged-file", ("ctrl+o",)),
        Scene("restored", ("ctrl+n", "enter", *_pin("Ingrid"), "enter")),
    ), before="damaged"),
    Tour("damage-met", EVENING, None, (
        Scene("damage-at-door"),
        Scene("damage-met", (*_enter("Ingrid"), *_pin("Ingrid"), "enter", "escape")),
    ), damaged=True),
    Tour("recovery", EVENING, None, (Scene("recovery"),), before="recovery"),
)  # fmt: skip
IN_ALL = ("board", "rounds", "doors", "card", "report", "reading")
"""These are looked at in both languages, all themes and all sizes."""
_SUFFIXES = {WIDE: "", SMALL: "-small", LARGE: "-large"}


_JUDGED = {"nb": (Look(SMALL), Look(LARGE), Look(WIDE)), "en": (Look(SMALL),)}


def judged(scene: Scene, language: str) -> list[Look]:
    """Every look whose layout is judged, and after them those that become pictures."""
    return list(dict.fromkeys([*_JUDGED[language], *looks(scene, language)]))


def looks(scene: Scene, language: str) -> list[Look]:
    """In which sizes and themes there is a picture: of all in Norwegian, dark, wide and small; of the most used in more."""
    if not scene.pictured:
        return []
    if scene.name in IN_ALL:
        sizes = [Look(SMALL), Look(LARGE), Look(WIDE)]
        return [*sizes, Look(WIDE, "light"), Look(WIDE, "contrast")] if language == "nb" else sizes
    return [Look(SMALL), Look(WIDE)] if language == "nb" else []


def picture_name(scene: Scene, language: str, seen: Look) -> str:
    """The file's name, without its ending."""
    english = "" if language == "nb" else f"-{language}"
    theme = "" if seen.theme == "dark" else f"-{seen.theme}"
    return f"{scene.name}{english}{_SUFFIXES[seen.size]}{theme}"

"""What a draft is of, and where it is gone on with: read from the name its form keeps it under."""

from dataclasses import dataclass

from staffbase.kernel.i18n import N_

_NOTES, _ROUNDS, _HANDOVER = "notes", "rounds", "handover"
_FORMS: dict[str, tuple[str, str]] = {
    "note": (N_("note"), "note"),
    "extra-check": (N_("extra check"), "extra_check"),
    "late-round": (N_("a round entered later"), _ROUNDS),
    "late-reason": (N_("why a walk is written later"), _ROUNDS),
    "mend-check": (N_("why a check is withdrawn"), _ROUNDS),
    "open-doors": (N_("why doors have no check"), _ROUNDS),
    "no-answer": (N_("no answer at a door"), _ROUNDS),
    "incident-step": (N_("a step of an incident"), "incident"),
    "incident-end": (N_("how an incident ended"), "incident"),
    "report": (N_("shift report"), _HANDOVER),
    "ask": (N_("a question at the handover"), _HANDOVER),
    "answer": (N_("an answer at the handover"), _HANDOVER),
    "say-back": (N_("what is said back"), _HANDOVER),
    "concern": (N_("how a concern was met"), _HANDOVER),
    "concerned": (N_("a concern"), _HANDOVER),
    "task": (N_("task"), "tasks"),
    "plan": (N_("crisis plan"), "crisis_plans"),
    "publish": (N_("why a crisis plan is revised"), "crisis_plans"),
    "comment": (N_("a comment"), _NOTES),
    "correct": (N_("a correction"), _NOTES),
    "withdraw": (N_("why something is withdrawn"), _NOTES),
    "retime": (N_("a correction of time"), _NOTES),
    "move": (N_("a move to another resident"), _NOTES),
    "erase": (N_("a decision to erase"), _NOTES),
    "agreement": (N_("check agreement"), "resident"),
    "presence": (N_("where a resident is"), "resident"),
    "contact": (N_("contact"), "resident"),
    "warning": (N_("danger or allergy"), "resident"),
    "unit": (N_("a move within the house"), "resident"),
    "leave": (N_("a moving out"), "resident"),
    "about": (N_("about the resident"), "resident"),
    "emergency": (N_("why emergency access is needed"), "resident"),
    "admit": (N_("a moving in"), "admin"),
}  # fmt: skip
"""What each form is in words, and where it is gone on with: a section, or one of the desk's own actions."""
_WHOSE = {
    "note",
    "extra-check",
    "plan",
    "publish",
    "ask",
    "concerned",
    "say-back",
    "agreement",
    "presence",
    "warning",
    "unit",
    "leave",
    "about",
    "emergency",
}
"""Forms that are named after the resident they are about."""
_CHOSEN = {"outcome", "chosen"}
"""Fields that hold what was chosen and no words."""


@dataclass(frozen=True)
class DraftPlace:
    """What a draft is, where it is gone on with, and whom it is about, as far as its name says."""

    words: str
    """English source text."""
    where: str
    resident_id: int | None


def place_of(form: str) -> DraftPlace:
    """What a draft of this name is. One of Administration's forms is the rule, where the name says nothing else."""
    parts = form.split(":")
    words, where = _FORMS.get(parts[0], (N_("a change in Administration"), "admin"))
    resident = parts[1] if parts[0] in _WHOSE and len(parts) > 1 else ""
    if parts[0] == "contact" and "new" in parts:
        resident = parts[-1]
    about = int(resident) if resident.isascii() and resident.isdigit() else None
    return DraftPlace(words, "admin" if where == "resident" and about is None else where, about)


def first_words(fields: dict[str, str]) -> str:
    """What one knows a draft by: its words, else its longest text, on one line."""
    longest = max((words for name, words in fields.items() if name not in _CHOSEN), key=len, default="")
    return " ".join((fields.get("text", "").strip() or longest).split())

"""A proposal as the fields of a form and back, so that a half-typed plan can be kept as a draft like every form."""

from staffbase.crisis_plans.facts import Base
from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import MOST_LINES, PlanText, Proposal, Section, Sign, read_day
from staffbase.kernel.moments import show_date

BASE = "base"
"""The field that keeps what the text was begun from."""
SIGNS = (Section.YELLOW, Section.RED)
LINES = (Section.DANGERS, Section.MEET_ME)
SINGLE = (Section.AVOID, Section.TRUSTED, Section.WISHES, Section.ARRANGE, Section.AFTERWARDS)


def form_of(resident_id: int) -> str:
    """Under which name a person's half-typed plan is kept."""
    return f"plan:{resident_id}"


def sign_fields(section: Section, number: int) -> tuple[str, str]:
    """The names of the two fields of a sign: its words, and what is done."""
    return f"{section}-{number}", f"{section}-{number}-do"


def to_fields(proposal: Proposal, base: Base) -> dict[str, str]:
    """The fields of a proposal; empty signs up to the number the card has room for."""
    text = proposal.text
    made = {BASE: f"{base[0]}:{base[1]}"}
    for section in SIGNS:
        signs: tuple[Sign, ...] = getattr(text, section)
        for number in range(1, max(MOST_LINES[section], len(signs)) + 1):
            words, measure = sign_fields(section, number)
            one = signs[number - 1] if number <= len(signs) else Sign("")
            made[words], made[measure] = one.words, one.measure
    made |= {str(section): "\n".join(getattr(text, section)) for section in LINES}
    made |= {str(section): getattr(text, section) for section in SINGLE}
    return made | {
        "made": proposal.made,
        "co_authors": proposal.co_authors,
        "copies_to": proposal.copies_to,
        "signing": proposal.signing,
        "signed_on": show_date(proposal.signed_on) if proposal.signed_on else "",
    }


def from_fields(fields: dict[str, str], *, checked: bool = True) -> Proposal:
    """What was typed. Raises Invalid for a day that cannot be read; without `checked` such a day is none."""
    single = {section: fields.get(section, "") for section in SINGLE}
    text = PlanText(
        dangers=_lines(fields.get(Section.DANGERS, "")),
        yellow=_signs(fields, Section.YELLOW),
        red=_signs(fields, Section.RED),
        meet_me=_lines(fields.get(Section.MEET_ME, "")),
        **single,
    )
    signing = Signing(fields.get("signing") or Signing.NOT_YET)
    return Proposal(
        text, Made(fields.get("made") or Made.TOGETHER), fields.get("co_authors", ""), fields.get("copies_to", ""),
        signing, read_day(fields.get("signed_on", ""), "signed_on") if checked and signing is Signing.SIGNED else None,
    )  # fmt: skip


def base_of(fields: dict[str, str]) -> Base:
    """What the kept text was begun from."""
    number, _colon, save = fields.get(BASE, "0:0").partition(":")
    return int(number or 0), int(save or 0)


def _lines(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in typed.split("\n"))))


def _signs(fields: dict[str, str], section: Section) -> tuple[Sign, ...]:
    found = []
    number = 1
    while (names := sign_fields(section, number))[0] in fields:
        one = Sign(fields[names[0]].strip(), fields.get(names[1], "").strip())
        if one.words or one.measure:
            found.append(one)
        number += 1
    return tuple(found)

"""Keeping a plan: what was typed made tidy and checked, and its sections as JSON."""

import json
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any, TypeVar

from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import PlanText, Proposal, Section, Sign
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import _
from staffbase.kernel.typed import typed_line

Line = TypeVar("Line", str, Sign)

LONGEST_LINE = 300
"""Characters a line of a draft may hold; what does not fit on the card is named before it is published."""
MOST_TYPED = 12
"""Lines a section of a draft may hold; those the card has no room for are named before it is published."""


def checked(proposal: Proposal, today: date) -> Proposal:
    """The proposal with tidy lines and without empty ones. Raises Invalid for what cannot be stored."""
    typed = proposal.text
    text = PlanText(
        dangers=_lines(typed.dangers, Section.DANGERS),
        yellow=_signs(typed.yellow, Section.YELLOW),
        red=_signs(typed.red, Section.RED),
        avoid=_line(typed.avoid, Section.AVOID),
        meet_me=_lines(typed.meet_me, Section.MEET_ME),
        trusted=_line(typed.trusted, Section.TRUSTED),
        wishes=_line(typed.wishes, Section.WISHES),
        arrange=_line(typed.arrange, Section.ARRANGE),
        afterwards=_line(typed.afterwards, Section.AFTERWARDS),
    )
    signed_on = proposal.signed_on if proposal.signing is Signing.SIGNED else None
    if signed_on is not None and signed_on > today:
        raise Invalid(_("The day it was signed lies in the future."), "signed_on")
    return replace(
        proposal, text=text, co_authors=typed_line(proposal.co_authors, "co_authors", required=False),
        copies_to=typed_line(proposal.copies_to, "copies_to", required=False), signed_on=signed_on,
    )  # fmt: skip


def _line(text: str, section: Section) -> str:
    return typed_line(text, section, required=False, limit=LONGEST_LINE)


def _lines(typed: tuple[str, ...], section: Section) -> tuple[str, ...]:
    return _few(tuple(filter(None, (_line(one, section) for one in typed))), section)


def _signs(typed: tuple[Sign, ...], section: Section) -> tuple[Sign, ...]:
    tidy = (Sign(_line(one.words, section), _line(one.measure, section)) for one in typed)
    return _few(tuple(one for one in tidy if one.words or one.measure), section)


def _few(lines: tuple[Line, ...], section: Section) -> tuple[Line, ...]:
    if len(lines) > MOST_TYPED:
        raise Invalid(_("%(most)d lines is the most a section of a draft may have.") % {"most": MOST_TYPED}, section)
    return lines


def text_to_json(text: PlanText) -> str:
    """The sections as they are stored."""
    return json.dumps(asdict(text), ensure_ascii=False)


def stands(stored: str) -> bool:
    """Whether the sections of a version are there: not where it was erased by decision."""
    return stored.startswith("{")


def text_from_json(stored: str) -> PlanText:
    """The sections as they were stored. Of a version that was erased by decision only that stands there."""
    if not stands(stored):
        return PlanText(dangers=(stored,))
    return _text(json.loads(stored))


def lines_of(stored: str) -> tuple[str, ...]:
    """Every line of a version as it is stored, of all sections; none where it was erased by decision."""
    if not stands(stored):
        return ()
    text = _text(json.loads(stored))
    lines: list[str] = []
    for one in fields(PlanText):
        value = getattr(text, one.name)
        for line in value if isinstance(value, tuple) else (value,):
            lines += (line.words, line.measure) if isinstance(line, Sign) else (line,)
    return tuple(line for line in lines if line)


def proposal_to_json(proposal: Proposal) -> str:
    """A proposal as it is stored."""
    signed_on = proposal.signed_on.isoformat() if proposal.signed_on else None
    return json.dumps({**asdict(proposal), "signed_on": signed_on}, ensure_ascii=False)


def proposal_from_json(stored: str) -> Proposal:
    """A proposal as it was stored."""
    values = json.loads(stored)
    return Proposal(
        _text(values["text"]), Made(values["made"]), values["co_authors"], values["copies_to"],
        Signing(values["signing"]), date.fromisoformat(values["signed_on"]) if values["signed_on"] else None,
    )  # fmt: skip


def _text(values: dict[str, Any]) -> PlanText:
    read: dict[str, Any] = {}
    for one in fields(PlanText):
        value = values.get(one.name, one.default)
        if one.name in (Section.YELLOW, Section.RED):
            value = tuple(Sign(**sign) for sign in value)
        read[one.name] = tuple(value) if isinstance(value, list) else value
    return PlanText(**read)

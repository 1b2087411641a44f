"""The lines of the crisis card: everything on one screen of 80×24, whatever is written.

The order is that of a phone call and a door (domain.md section 1): what 113 asks for, how the plan stands, what is
dangerous, the signs in the resident's own words with what is done about them, how to meet, whom to ring, what to arrange.
Screens and paper show the lines; this module knows neither.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from staffbase.crisis_plans.card import Call, Card
from staffbase.crisis_plans.cells import cells, shorten, wrapped
from staffbase.crisis_plans.model import MADE_SHORT, SIGNING_NAMES, Signing
from staffbase.crisis_plans.rules import ARROW, CARD_CELLS, SECTION_NAMES, PlanText, Section, Sign
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date
from staffbase.residents.calls import hours_words

ROWS = 23
"""Rows of the card on a screen of 24: the last one says what the keys do, and that the opening was recorded."""
LABEL = 6
"""Cells of the label column where the screen is narrow."""
WIDE_LABEL = 24
WIDE = CARD_CELLS + WIDE_LABEL
"""From this width the labels are whole words."""

SHORT_NAMES = {
    Section.DANGERS: N_("RISK"),
    Section.YELLOW: N_("AMBER"),
    Section.RED: N_("RED"),
    Section.AVOID: N_("DON'T"),
    Section.MEET_ME: N_("MEET"),
    Section.TRUSTED: N_("TRUST"),
    Section.WISHES: N_("WISH"),
    Section.ARRANGE: N_("HOME"),
    Section.AFTERWARDS: N_("AFTER"),
}
"""At most five cells each."""


class Ink(StrEnum):
    """What a piece of the card means; screens give it a colour."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    DANGER = "danger"
    WATCH = "watch"
    OK = "ok"
    NOTE = "note"
    BANNER = "banner"


@dataclass(frozen=True)
class Piece:
    """Some words of a line."""

    text: str
    ink: Ink = Ink.PLAIN


CardLine = tuple[Piece, ...]


def plain(line: CardLine) -> str:
    """The words of a line."""
    return "".join(piece.text for piece in line)


@dataclass(frozen=True)
class _Room:
    """How much room what the plan's author does not decide may take."""

    spread: bool
    """A line for each danger."""
    facts: int
    ring: int
    afterwards: bool = True
    each: bool = False
    """Whom to ring below one another, where the screen is higher than the card and there is still air between the groups."""


_TRIES = (
    _Room(spread=True, facts=9, ring=0, each=True),
    _Room(spread=True, facts=9, ring=5),
    _Room(spread=False, facts=9, ring=5),
    _Room(spread=False, facts=9, ring=2),
    _Room(spread=False, facts=3, ring=2),
    _Room(spread=False, facts=2, ring=2),
    _Room(spread=False, facts=2, ring=1),
    _Room(spread=False, facts=2, ring=1, afterwards=False),
)
"""From roomy to tight. In the last one, 2 lines for the phone, 1 for the plan, 2 of facts, 17 of the plan and 1 of the
ladder are 23."""


def card_lines(card: Card, width: int = 80, height: int = ROWS) -> list[CardLine]:
    """The lines of the card: at most `height` of at most `width` cells, for everything that can be stored.

    80 and 23 are the least they are made for. Where there is more room, air comes between the groups.
    """
    width = max(width, LABEL + CARD_CELLS)
    for room in _TRIES if height > ROWS else _TRIES[1:]:
        groups = [group for group in _groups(card, width, room) if group]
        if sum(map(len, groups)) + (len(groups) - 1 if room.each else 0) <= height:
            break
    return _aired(groups, height)[: max(height, ROWS)]


def _groups(card: Card, width: int, room: _Room) -> list[list[CardLine]]:
    wide = width >= WIDE
    inner = width - (WIDE_LABEL if wide else LABEL)
    text = card.text or PlanText()

    def named(section: Section, lines: Sequence[CardLine], ink: Ink = Ink.MUTED) -> list[CardLine]:
        return _labelled(_(SECTION_NAMES[section]) if wide else _(SHORT_NAMES[section]), lines, ink, wide=wide)

    def said(section: Section, ink: Ink = Ink.PLAIN) -> list[CardLine]:
        return named(section, [(Piece(shorten(told, inner), ink),) for told in text.lines(section)])

    risks = [*_facts(card, inner, room), *((Piece(shorten(told, inner), Ink.DANGER),) for told in text.dangers)]
    know = [] if card.text else [(Piece(told),) for told in _words(card.about, inner, 4)]
    ring = _each(card.calls, inner) if room.each else _ring(card.calls, inner, room.ring)
    if card.dangers or text.dangers:
        before_the_door = [
            *named(Section.DANGERS, risks, Ink.DANGER),
            *_labelled(_("KNOW"), know, Ink.MUTED, wide=wide),
        ]
    else:
        before_the_door = _labelled(_("KNOW"), [*risks, *know], Ink.MUTED, wide=wide)
    return [
        [*_phone(card, width), _standing(card, width, room)],
        before_the_door,
        named(Section.YELLOW, _signs(text.yellow, inner, Ink.PLAIN), Ink.WATCH),
        named(Section.RED, _signs(text.red, inner, Ink.STRONG), Ink.DANGER),
        [*said(Section.AVOID, Ink.WATCH), *said(Section.MEET_ME), *said(Section.TRUSTED)],
        _labelled(_("RING"), ring, Ink.MUTED, wide=wide),
        [
            *said(Section.WISHES),
            *said(Section.ARRANGE),
            *(said(Section.AFTERWARDS, Ink.MUTED) if room.afterwards else ()),
        ],
    ]


_AIR = (0, 5, 4, 1, 3, 2, 6)
"""After which groups a blank line comes first."""


def _aired(groups: list[list[CardLine]], height: int) -> list[CardLine]:
    spare = height - sum(map(len, groups))
    airy = [number for number in _AIR if number < len(groups) - 1][: max(0, spare)]
    lines: list[CardLine] = []
    for number, group in enumerate(groups):
        lines += group
        if number in airy:
            lines.append(())
    return lines


def _labelled(label: str, lines: Sequence[CardLine], ink: Ink, *, wide: bool) -> list[CardLine]:
    """The label beside the first line, the others below it."""
    column = WIDE_LABEL if wide else LABEL
    label = shorten(label, column - 1)
    return [
        (Piece((label if number == 0 else "") + " " * (column - (cells(label) if number == 0 else 0)), ink), *told)
        for number, told in enumerate(lines)
    ]


def _signs(signs: Sequence[Sign], width: int, ink: Ink) -> list[CardLine]:
    """Sign and measure on one line; below one another where all of them leave room for it."""
    both = [one for one in signs if one.measure]
    column = max((cells(one.words) for one in both), default=0)
    if any(column + len(ARROW) + cells(one.measure) > width for one in both):
        column = 0
    lines: list[CardLine] = []
    for one in signs:
        if cells(one.line) > width or not one.measure:
            lines.append((Piece(shorten(one.line, width), ink),))
        else:
            gap = " " * max(0, column - cells(one.words))
            lines.append((Piece(one.words + gap, ink), Piece(ARROW, Ink.MUTED), Piece(one.measure, ink)))
    return lines


def _phone(card: Card, width: int) -> list[CardLine]:
    """What 113 asks for: who, how old, allergies, address and entrance; two lines at most.

    Where they are too long, the way in is cut before the address, and allergies are counted before they are cut.
    """
    who = [
        Piece(card.unit_code, Ink.STRONG),
        Piece(card.alias, Ink.STRONG),
        Piece(_("%(age)s years") % {"age": card.age}, Ink.STRONG),
    ]
    way = [Piece(told) for told in (card.address, card.entrance) if told]
    allergies = [Piece(shorten(_("ALLERGY %(what)s") % {"what": one}, width - 5), Ink.DANGER) for one in card.allergies]
    one_line = [*who, *allergies, *way]
    if cells(_DOT.join(part.text for part in one_line)) <= width:
        return _flow(one_line, width, 1)
    both = [line for row in ([*who, *allergies], way) if row for line in _flow(row, width, len(row))]
    if len(both) <= 2 and all(cells(plain(line)) <= width for line in both):  # noqa: PLR2004  (two lines)
        return both
    who = [replace(part, text=shorten(part.text, 20)) for part in who]
    left = width - cells(_DOT.join(part.text for part in who)) - len(_DOT)
    way = [Piece(shorten(_DOT.join(part.text for part in way), left))] if way else []
    return [*_flow([*who, *way], width, 1), *(_flow(allergies, width, 1) if allergies else ())]


def _standing(card: Card, width: int, room: _Room) -> CardLine:
    """How the plan stands: its version, and in a banner what is amiss with it."""
    if card.preview:
        parts = [_("DRAFT of v%(number)d, as it is typed") % {"number": card.number}, _(MADE_SHORT[card.made])]
    elif card.text is None:
        parts = [_("NO CRISIS PLAN YET"), _("dangers, allergies and numbers hold")]
        if card.draft_by:
            parts.insert(1, _("only a draft by %(name)s") % {"name": shorten(card.draft_by, 24)})
    else:
        parts = _published(card)
    if not room.afterwards:
        parts.insert(1, _("afterwards: see the plan"))
    while len(parts) > 1 and cells(_DOT.join(parts)) > width - 2:
        parts.pop()
    words = shorten(_DOT.join(parts), width - 2)
    if card.text is not None and not card.preview and not (card.review and card.review.overdue):
        return (Piece(words, Ink.MUTED),)
    if card.preview:
        return (Piece(words, Ink.NOTE),)
    return (Piece(f" {words}".ljust(width - cells(words) + len(words)), Ink.BANNER),)


def _published(card: Card) -> list[str]:
    """The version that counts, what matters most first: what does not fit is left out from the end."""
    number, review = {"number": card.number}, card.review
    if review is not None and review.after_crisis:
        parts = [_("REVIEW NOW: incident %(date)s") % {"date": show_date(review.due)}, _("v%(number)d") % number]
    elif review is not None and review.overdue:
        parts = [_("REVIEW OVERDUE %(date)s") % {"date": show_date(review.due)}, _("v%(number)d") % number]
    else:
        parts = [_("crisis plan v%(number)d") % number]
    if card.valid_from is not None:
        parts.append(_("from %(date)s") % {"date": show_date(card.valid_from)})
    parts.append(_(MADE_SHORT[card.made]))
    if review is not None and not review.overdue:
        parts.append(_("review by %(date)s") % {"date": show_date(review.due)})
    if card.signing is not Signing.SIGNED:
        parts.append(_(SIGNING_NAMES[card.signing]))
    return parts


def _facts(card: Card, width: int, room: _Room) -> list[CardLine]:
    """Dangers and conditions first, then where the naloxone is, children, and who knows the resident best."""
    dangers = [Piece(shorten(one, width), Ink.DANGER) for one in card.dangers]
    rest = []
    if card.naloxone:
        rest.append(Piece(shorten(_("naloxone: %(where)s") % {"where": card.naloxone}, width), Ink.STRONG))
    if card.children:
        rest.append(Piece(_("has children"), Ink.STRONG))
    if card.primary_contact:
        rest.append(Piece(shorten(_("primary contact: %(name)s") % {"name": card.primary_contact}, width)))
    if room.spread:
        return [*((one,) for one in dangers), *_flow(rest, width, room.facts)]
    return _flow([*dangers, *rest], width, room.facts)


def _ring(calls: Sequence[Call], width: int, most: int) -> list[CardLine]:
    """The ladder in its order, saying who answers now; where room is scarce those who do not are left out first."""
    parts = [_call(one, width, last=one is calls[-1]) for one in calls]
    own = range(len(calls) - 2)
    scarce = [number for number in own if calls[number].answers is False]
    scarce += [number for number in reversed(own) if calls[number].answers is not False]
    return _flow(parts, width, most, _THEN, scarce)


def _each(calls: Sequence[Call], width: int) -> list[CardLine]:
    """The ladder step by step: the numbers stand in a column of their own, to be read out or dialled."""
    column = max((cells(one.phone) for one in calls), default=0)
    lines: list[CardLine] = []
    for one in calls:
        when, ink = _when(one, last=one is calls[-1])
        number = one.phone + " " * (column - cells(one.phone))
        lines.append((Piece(shorten(f"{number}  {one.name}  {when}".rstrip(), width), ink),))
    return lines


def _call(one: Call, width: int, *, last: bool) -> Piece:
    when, ink = _when(one, last=last)
    first = last or one.phone == "116 117"
    told = f"{one.phone} {one.name}" if first else f"{one.name} {one.phone}"
    return Piece(shorten(f"{told.strip()} {when}".rstrip(), width), ink)


def _when(one: Call, *, last: bool) -> tuple[str, Ink]:
    """Whether they answer, and how they are shown for it."""
    if last:
        return "", Ink.DANGER
    if one.answers is False:
        return hours_words(one.hours, one.answers), Ink.MUTED
    if one.answers is None:
        return one.hours, Ink.PLAIN
    return (f"({_('answers now')})", Ink.OK) if one.hours else ("", Ink.STRONG)


_DOT = " · "
_THEN = " › "


def _flow(
    parts: Sequence[Piece], width: int, most: int, between: str = _DOT, scarce: Sequence[int] | None = None
) -> list[CardLine]:
    """The parts on at most so many lines; those left out (by `scarce`, else from the end) are counted as +n."""
    standing = list(range(len(parts)))
    leave = list(reversed(standing)) if scarce is None else list(scarce)
    gone = 0
    while True:
        told = [parts[number] for number in standing]
        if gone:
            told.insert(0 if scarce is not None else len(told), Piece(f"+{gone}", Ink.WATCH))
        rows = wrapped((one.text for one in told), width, between)
        if len(rows) <= most or not leave:
            return [tuple(_joined([told[number] for number in row], between)) for row in rows]
        standing.remove(leave.pop(0))
        gone += 1


def _joined(parts: Sequence[Piece], between: str) -> Iterator[Piece]:
    for number, part in enumerate(parts):
        if number:
            yield Piece(between, Ink.MUTED)
        yield part


def _words(text: str, width: int, most: int) -> list[str]:
    """A text broken between words, on at most so many lines."""
    words = [shorten(word, width) for word in text.split()]
    rows = [" ".join(words[number] for number in row) for row in wrapped(words, width, " ")]
    return [*rows[: most - 1], shorten(" ".join(rows[most - 1 :]), width)] if len(rows) > most else rows

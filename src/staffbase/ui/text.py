"""The one way typed text reaches the screen: as Content, never markup, with nothing in it that acts.

Content stops markup, but Textual passes control bytes through to the terminal and bidi marks reorder a line; here they
are made visible instead, so that what was typed is seen and nothing of it happens.
"""

from collections.abc import Iterable

from textual.content import Content

from staffbase.kernel.visible import harmless

__all__ = ["column", "harmless", "labelled", "line", "lines", "marked", "shown", "wrapped"]


def shown(text: str, style: str = "") -> Content:
    """Typed text, ready to be shown. `style` is a theme style such as "bold" or "$text-muted"."""
    return Content.styled(harmless(text), style) if style else Content(harmless(text))


def marked(text: str, spans: Iterable[tuple[int, int]], style: str = "bold $accent") -> Content:
    """Typed text with the found places (start, end in the text as typed) marked."""
    parts: list[Content] = []
    at = 0
    for start, end in sorted(spans):
        if start < at:
            continue
        parts += [shown(text[at:start]), shown(text[start:end], style)]
        at = end
    parts.append(shown(text[at:]))
    return Content("").join(parts)


def line(*parts: str | Content | tuple[str, str], between: str = " ") -> Content:
    """Parts joined to one line: plain words, Content, or (text, style) pairs; empty parts leave no gap."""
    made = [
        part if isinstance(part, Content) else shown(*part) if isinstance(part, tuple) else shown(part)
        for part in parts
    ]
    return Content(between).join(part for part in made if part.plain)


def labelled(label: str, words: str) -> Content:
    """A muted label before the words, left out where they begin with it: 'on call' before 'On-call leader'."""
    said = words.casefold().replace("-", " ").startswith(label.casefold().replace("-", " "))
    return line("" if said else (label, "$muted"), words)


def column(width: int, words: str | Content | tuple[str, str]) -> Content:
    """Words in a column of so many cells: cut with an ellipsis, filled with blanks, the last cell always empty."""
    cut = line(words).truncate(max(1, width - 1), ellipsis=True)
    return cut + Content(" " * (width - cut.cell_length))


def wrapped(words: Content, width: int, most: int) -> list[Content]:
    """Words on at most so many lines of this width, broken between words; an ellipsis says that there was more."""
    broken = words.wrap(max(1, width))
    if len(broken) <= most:
        return list(broken)
    kept = broken[:most]
    rest = Content(" ").join(broken[most - 1 :])
    return [*kept[:-1], rest.truncate(max(1, width), ellipsis=True)]


def lines(*parts: str | Content) -> Content:
    """Parts below one another."""
    return Content("\n").join(part if isinstance(part, Content) else shown(part) for part in parts)

"""What is wrong with the layout of a screen, found by machine: cut, outside, overlapping, out of column, hard to read."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.theme import Theme
from textual.visual import visualize
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets._footer import FooterKey
from textual.widgets._toast import Toast

from staffbase.demo.still import StillApp
from staffbase.ui.themes import THEMES

DRAWN = set("▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▐▔▕░▒▓│┃─━╸╺┆")
"""What draws edges and bars, and says nothing."""
LEAST_CONTRAST = 4.5


def faults(app: StillApp, strips: list[Strip]) -> list[str]:
    """One line for each thing that is wrong with what stands on the screen; `strips` is that, line by line."""
    return [
        *_outside(app), *_overlapping(app), *_cut(app), *_footer(app),
        *_out_of_column(app, strips), *contrast_faults(app, strips),
    ]  # fmt: skip


def _visible(app: App[Any]) -> Iterator[tuple[Widget, Region, Region]]:
    """Every widget in sight, with its region and the part of the screen in which it may be seen."""
    for widget, (region, clip) in app.screen._compositor.visible_widgets.items():
        if region and widget is not app.screen and not isinstance(widget, ScrollBar) and widget.visible:
            yield widget, region, clip


def _scrolls(widget: Widget) -> bool:
    """Whether what does not fit here can be scrolled into sight, and that it can be is seen."""
    return any(
        isinstance(one, Widget) and one.show_vertical_scrollbar and one.max_scroll_y > 0
        for one in widget.ancestors_with_self
    )


def _outside(app: App[Any]) -> Iterator[str]:
    screen = app.screen.region
    for widget, region, clip in _visible(app):
        if region.x < 0 or region.right > min(screen.right, clip.right):
            yield f"{widget} is wider than what it stands in: {region} in {clip}"
        seen = widget.content_region if isinstance(widget, Toast) else region  # the blank line below it may be hidden
        if not _scrolls(widget) and (seen.y < clip.y or seen.bottom > clip.bottom):
            yield f"{widget} is higher than what it stands in, which does not scroll: {region} in {clip}"
        sideways = widget.allow_horizontal_scroll and widget.max_scroll_x and not isinstance(widget, Input | TextArea)
        if sideways or (widget.show_horizontal_scrollbar and widget.scrollbar_size_horizontal):
            yield f"{widget} scrolls sideways"


def _overlapping(app: App[Any]) -> Iterator[str]:
    by_parent: dict[Any, list[tuple[Widget, Region]]] = {}
    for widget, region, clip in _visible(app):
        over = widget.styles.dock != "none" and _scrolls(widget)  # what is under it is scrolled out from there
        if not over and widget.styles.overlay != "screen" and "-textual-system" not in widget.classes:
            by_parent.setdefault(widget.parent, []).append((widget, region.intersection(clip)))
    for children in by_parent.values():
        for number, (one, region) in enumerate(children):
            for other, over in children[number + 1 :]:
                if one.layer == other.layer and region.intersection(over).area:
                    yield f"{one} and {other} overlap: {region} and {over}"


def _cut(app: App[Any]) -> Iterator[str]:
    """Texts that are not all there and do not say so, and words broken in the middle."""
    for widget, _region, _clip in _visible(app):
        width, height = widget.content_size
        if isinstance(widget, Static) and width and not isinstance(widget, FooterKey):
            visual = widget.visual
            wraps = widget.styles.text_wrap != "nowrap"
            needed = visual.get_height(widget.styles, width) if wraps else 1
            if needed > height and not _scrolls(widget):
                yield f"{widget} shows {height} of {needed} lines"
            if (
                not wraps
                and widget.styles.text_overflow != "ellipsis"
                and visual.get_optimal_width(widget.styles, 1000) > width
            ):
                yield f"{widget} is cut at its right end"
            plain = str(widget.content) if wraps else ""
            yield from (f"{widget} breaks the word {word}" for word in _too_long(plain, width))
        elif isinstance(widget, OptionList):
            room = widget.scrollable_content_region.width
            for option in widget.options:
                plain = visualize(widget, option.prompt)
                yield from (f"{widget} breaks the word {word}" for word in _too_long(str(plain), room))
        elif isinstance(widget, Input) and not widget.value and cell_len(str(widget.placeholder)) > width:
            yield f"{widget} cuts what it asks for: {widget.placeholder}"


def _too_long(text: str, width: int) -> list[str]:
    return [word for word in text.split() if cell_len(word) > width]


def _footer(app: App[Any]) -> Iterator[str]:
    for widget, region, clip in _visible(app):
        if isinstance(widget, FooterKey):
            needed = cell_len(widget.key_display) + 2 + cell_len(widget.description) + 1
            if region.width < needed or region.right > clip.right:
                yield f"the footer cuts {widget.key_display} {widget.description}"


UNIT_FIRST = re.compile(r"^(?P<before>\W*)(?P<unit>[A-B]\d)\s")
TIME_FIRST = re.compile(
    r"^(?P<before>\W*(?:(?:i går|yesterday|man|tir|ons|tor|fre|lør|søn|mon|tue|wed|thu|fri|sat|sun)\s+)?)(?P<time>\d\d:\d\d)\s\s\S"
)


def _out_of_column(app: App[Any], strips: list[Strip]) -> Iterator[str]:
    """Unit codes that begin a row of a list begin in one column; times that begin one end in one column."""
    for widget, region, clip in _visible(app):
        if isinstance(widget, OptionList) or (isinstance(widget, Static) and not isinstance(widget, FooterKey)):
            rows = _rows(strips, region.intersection(clip))
            units = {found.start("unit") for row in rows if (found := UNIT_FIRST.match(row))}
            times = {found.end("time") for row in rows if (found := TIME_FIRST.match(row))}
            if len(units) > 1:
                yield f"units of {widget} begin in columns {sorted(units)}"
            if len(times) > 1:
                yield f"times of {widget} end in columns {sorted(times)}"


def _rows(strips: list[Strip], region: Region) -> list[str]:
    return [strips[y].crop(region.x, region.right).text for y in range(region.y, region.bottom)]


def contrast_faults(app: App[Any], strips: list[Strip]) -> list[str]:
    """Words that cannot be read well on the ground they are painted on, in any theme.

    A theme moves nothing and only gives other values to the same names; so what is painted in one is judged in all, and
    where one value has several names, by the best of them. What a dialog covers is dimmed, and not meant.
    """
    parts = app.screen.children if isinstance(app.screen, ModalScreen) and app.screen.styles.background.a < 1 else ()
    regions = [part.region for part in parts] or [app.screen.region]
    found: dict[tuple[Style, str], str] = {}
    for y, strip in enumerate(strips):
        for region in regions:
            if region.y <= y < region.bottom:
                for segment in strip.crop(region.x, region.right):
                    if segment.style is not None and set(segment.text) - DRAWN - {" "}:
                        for fault in unreadable(segment.style, app.theme):
                            found.setdefault((segment.style, fault), f"{segment.text.strip()!r}: {fault}")
    return list(found.values())


@cache
def unreadable(style: Style, painted_in: str) -> list[str]:
    """Why words in this style cannot be read well, theme by theme."""
    if style.color is None or style.bgcolor is None or style.color.triplet is None or style.bgcolor.triplet is None:
        return [f"a colour of the terminal's own: {style}"]
    names = _names(painted_in)
    ink, ground = style.color.triplet.hex, style.bgcolor.triplet.hex
    if style.reverse:
        ink, ground = ground, ink
    best = {painted_in: contrast(ink, ground)}
    if ink in names and ground in names:  # else it is mixed by Textual, and judged as it is painted
        best |= {
            theme.name: max(
                contrast(_values(theme)[one], _values(theme)[other]) for one in names[ink] for other in names[ground]
            )
            for theme in THEMES
        }
    said = f"{'/'.join(names.get(ink, [ink]))} on {'/'.join(names.get(ground, [ground]))}"
    return [f"{said} has {value:.2f} in {theme}" for theme, value in best.items() if value < LEAST_CONTRAST]


def _values(theme: Theme) -> dict[str, str]:
    """The theme's colours by name."""
    named = {"foreground": theme.foreground, "panel": theme.panel, "success": theme.success, "warning": theme.warning}
    return {**{name: value for name, value in named.items() if value}, **theme.variables}


@cache
def _names(theme: str) -> dict[str, list[str]]:
    """Which names a colour has in this theme."""
    names: dict[str, list[str]] = {}
    for name, value in _values(next(one for one in THEMES if one.name == theme)).items():
        names.setdefault(value.lower(), []).append(name)
    return names


@cache
def contrast(ink: str, ground: str) -> float:
    """As WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(colour).normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

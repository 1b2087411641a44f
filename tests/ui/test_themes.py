"""Every text colour can be read on every ground it stands on, computed from the themes' own values."""

import pytest
from textual.color import Color
from textual.theme import Theme

from staffbase.kernel.settings import THEMES as NAMES
from staffbase.ui.themes import GROUNDS, INKS, THEMES


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(colour).normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str) -> float:
    lighter, darker = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_ink_on_every_ground_has_at_least_4_5(theme: Theme) -> None:
    inks = {name: theme.variables[name] for name in INKS} | {"foreground": str(theme.foreground)}
    weak = {
        (ink, ground): round(contrast(colour, theme.variables[ground]), 2)
        for ink, colour in inks.items()
        for ground in GROUNDS
        if contrast(colour, theme.variables[ground]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_pairs_that_belong_together_have_at_least_4_5(theme: Theme) -> None:
    variables = theme.variables
    for ink, ground in (
        ("alarm-text", "alarm"),
        ("footer-key-foreground", "footer-background"),
        ("footer-description-foreground", "footer-background"),
        ("block-cursor-foreground", "block-cursor-background"),
        ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ):
        assert contrast(variables[ink], variables[ground]) >= 4.5, (ink, ground)
    assert contrast(str(theme.foreground), str(theme.panel)) >= 4.5


def test_the_settings_know_the_same_themes() -> None:
    assert tuple(theme.name for theme in THEMES) == NAMES

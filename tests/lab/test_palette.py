"""One colour per meaning: in the figures, in both themes, and told apart by more than colour."""

import tomllib

import pytest

from core.lab.experiment import ROOT
from core.lab.palette import INK_DARK, INK_LIGHT, MARKS, faint

THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]


def luminance(colour):
    parts = (int(colour[start:start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Return the WCAG 2 contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme, ink", [("light", INK_LIGHT), ("dark", INK_DARK)])
def test_the_theme_lists_the_meanings_in_their_order(theme, ink):
    colours = [mark.colour for mark in MARKS.values()]
    assert THEME[theme]["chartCategoricalColors"] == [ink, *colours[1:]]
    assert THEME[theme]["textColor"] == ink


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_mark_is_seen_on_the_page_and_on_panels(theme):
    for colour in THEME[theme]["chartCategoricalColors"]:
        assert contrast(colour, THEME[theme]["backgroundColor"]) >= 3.1
        assert contrast(colour, THEME[theme]["secondaryBackgroundColor"]) >= 3.0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_badges_can_be_read(theme):
    colours = THEME[theme]
    assert contrast(colours["textColor"], colours["backgroundColor"]) >= 7
    for name in ("blue", "orange", "gray"):
        assert contrast(colours[f"{name}TextColor"], colours[f"{name}BackgroundColor"]) >= 4.5


def test_what_stands_together_differs_in_dash_or_symbol():
    assert MARKS["member"].dash != MARKS["non-member"].dash
    assert MARKS["reference"].dash != MARKS["defended"].dash
    assert MARKS["harmed"].symbol != MARKS["reference"].symbol


def test_faint_keeps_the_hue():
    assert faint("#4B72E6", 0.5) == "rgba(75,114,230,0.5)"

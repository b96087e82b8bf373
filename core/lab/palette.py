"""Colours with fixed meanings: one hex per meaning for both themes, so that exports, slides and themes agree.

Only ink changes with the theme. Every meaning has a second channel, so that no figure depends on colour alone.
``.streamlit/config.toml`` lists the same colours in the same order; a test keeps the two alike.
"""

from dataclasses import dataclass

INK_LIGHT, INK_DARK = "#0F1814", "#E6EDE9"
NEUTRAL = "#828B86"


@dataclass(frozen=True)
class Mark:
    """How one meaning is drawn: hex, plotly dash, altair dash and plotly symbol."""

    colour: str
    dash: str = "solid"
    stroke: tuple[int, ...] = (1, 0)
    symbol: str = "circle"


REFERENCE = "reference"
MARKS: dict[str, Mark] = {
    REFERENCE: Mark(INK_LIGHT),
    "defended": Mark("#099C76", "dash", (8, 5), "square"),
    "harmed": Mark("#EB3900", "dashdot", (8, 4, 2, 4), "triangle-up"),
    "stripped": Mark("#A762E1", "longdash", (14, 5), "diamond"),
    "member": Mark("#4B72E6"),
    "non-member": Mark("#A8681A", "dash", (8, 5), "circle-open"),
    "safety-critical": Mark("#BC479D"),
    "utility-critical": Mark("#5580F6"),
    "complex": Mark("#8A7A26"),
    "neutral": Mark(NEUTRAL, "dot", (2, 3)),
}
MEANINGS: tuple[str, ...] = tuple(MARKS)
SERIES = tuple(MARKS[name].colour for name in ("defended", "member", "safety-critical", "non-member", "stripped", "complex"))
"""For several series of one kind in one figure, in order: there a colour tells them apart and means nothing else."""


def faint(colour: str, alpha: float = 0.22) -> str:
    """Return a hex colour as a translucent one, as intervals and bands use it."""
    red, green, blue = (int(colour[start:start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"

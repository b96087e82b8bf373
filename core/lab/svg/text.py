"""Text in a picture: how wide it will be, and plotly's few tags as SVG."""

import html
import re

FONT = "Source Sans 3, Source Sans Pro, system-ui, sans-serif"
WIDTH_OF_LETTER = 0.53  # of its size, on average over the fonts that may be at hand
TAGS = re.compile(r"</?(?:b|i|sub|sup|span)[^>]*>")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text."""
    return re.split(r"<br\s*/?>", str(text))


def width_of(text: str, size: float) -> float:
    """Return about how many pixels the widest line of a text takes."""
    return max(len(html.unescape(TAGS.sub("", line))) for line in lines_of(text)) * size * WIDTH_OF_LETTER


def write(text: str, x: float, y: float, *, size: float, colour: str, anchor: str = "start", middle: bool = True, turn: float = 0.0,
          box: str = "") -> str:
    """Return a text at (x, y), its lines centred on y or standing upon it.

    Args:
        text: What it says, with plotly's tags.
        x: Where it begins, ends or has its middle, see ``anchor``.
        y: Middle of all lines, or foot of the last one.
        size: Of letters, pixels.
        colour: Of letters.
        anchor: ``start``, ``middle`` or ``end``.
        middle: Whether y is the middle.
        turn: Degrees, clockwise.
        box: Colour of a ground behind it; empty for none.
    """
    lines = lines_of(text)
    step = 1.2 * size
    first = y + 0.35 * size - (len(lines) - 1) * step / 2 if middle else y - (len(lines) - 1) * step
    bold = " font-weight='600'" if "<b>" in str(text) else ""
    spans = "".join(f"<tspan x='{x:.1f}' y='{first + place * step:.1f}'>{html.escape(html.unescape(TAGS.sub('', line)))}</tspan>"
                    for place, line in enumerate(lines))
    turned = f" transform='rotate({turn:g} {x:.1f} {y:.1f})'" if turn else ""
    ground = ""
    if box:
        wide, start = width_of(text, size), {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        ground = (f"<rect x='{x - start * wide - 2:.1f}' y='{first - size:.1f}' width='{wide + 4:.1f}' "
                  f"height='{len(lines) * step + 2:.1f}' fill='{box}'/>")
    return f"{ground}<text font-size='{size:g}' fill='{colour}' text-anchor='{anchor}'{bold}{turned}>{spans}</text>"

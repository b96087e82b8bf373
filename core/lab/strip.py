"""The strip: dot, interval, reference mark. One glyph for every headline number.

Altair writes the chart once; each strip then fills in its rows and its span, since building and validating a chart anew takes
longer than all the rest of a page. Colours come from the page's theme through the order of ``MEANINGS``, so a strip follows a
change of theme without a rerun.
"""

import copy
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.lab import words
from core.lab.estimate import Estimate
from core.lab.palette import MEANINGS, REFERENCE
from core.lab.words import shortened

INK = alt.expr("scale('color', 'reference')")
HEIGHT, PLOT_HEIGHT = 92, 66  # with the axis labels, and without
ROW_NAME, ROW_DOT, ROW_GUESS = 12, 40, 60
CLEARANCE = 0.3  # share of the span under which a name and a value would touch
TEXTS = {"value": (17, 600, 0), "name": (14, 400, 0), "beside": (14, 400, 14)}  # size, weight, distance from its point


@dataclass(frozen=True, kw_only=True)
class Strip:
    """What a strip shows.

    Attributes:
        estimate: The number with its interval.
        unit: As a metric declares it.
        baseline: Where the reference mark stands, as stored (fractions for per cent); None draws none.
        baseline_name: What the mark is.
        span: Smallest and largest value on the axis.
        meaning: Meaning of the dot's colour.
        signed: Whether numbers carry a plus.
        repeats: One value per seed, drawn as small dots under the interval.
        fresh: Values of seeds that joined those that ship, drawn as larger rings among them.
        expected: Part of the axis to shade, because a claim expects the effect there; ends may be infinite.
        guess: A reader's guess, drawn as a triangle.
        axis: Whether the axis is labelled; in a stack of strips only the last one needs to be.
    """

    estimate: Estimate
    unit: str = ""
    baseline: float | None
    baseline_name: str = ""
    span: tuple[float, float]
    meaning: str = REFERENCE
    signed: bool = False
    repeats: tuple[float, ...] = ()
    fresh: tuple[float, ...] = ()
    expected: tuple[float, float] | None = None
    guess: float | None = None
    axis: bool = True


def span_of(values: list[float], *, pad: float = 0.25) -> tuple[float, float]:
    """Return an axis that holds all finite values with room beside them."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    room = (high - low) * pad or abs(high) * pad or 0.1
    return low - room, high + room


def colour() -> alt.Color:
    """Return the colour channel that reads the theme: meanings in palette order, no range of its own."""
    return alt.Color("meaning:N", scale=alt.Scale(domain=list(MEANINGS)), legend=None)


@lru_cache(maxsize=2)
def template(labelled: bool) -> dict[str, Any]:
    """Return the chart that all strips share, as a Vega-Lite specification without data and with the span 0 to 1."""
    axis = alt.Axis(title=None, grid=False, ticks=False, domain=False, labelColor=INK, labelFontSize=14, tickCount=4, labelPadding=6,
                    labelOverlap=True, format=".2f") if labelled else None
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False, zero=False), axis=axis)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[PLOT_HEIGHT, 0], nice=False, zero=False))
    base = alt.Chart()

    def of(kind: str) -> alt.Chart:
        return base.transform_filter(f"datum.kind === '{kind}'")
    layers = [
        of("shade").mark_rect(opacity=0.16, clip=True).encode(x=x, x2="end:Q", y=y, y2="foot:Q", color=colour()),
        of("mark").mark_tick(thickness=3, size=34, orient="vertical", opacity=1).encode(x=x, y=y, color=colour()),
        of("interval").mark_rule(strokeWidth=9, opacity=0.4, clip=True).encode(x=x, x2="end:Q", y=y, color=colour()),
        of("dot").mark_circle(size=200, opacity=1).encode(x=x, y=y, color=colour()),
        of("repeat").mark_circle(size=34, opacity=0.6).encode(x=x, y=y, color=colour()),
        of("fresh").mark_point(shape="diamond", size=110, strokeWidth=3, opacity=1).encode(x=x, y=y, color=colour()),
        of("guess").mark_point(shape="triangle-up", size=150, filled=True, opacity=1).encode(x=x, y=y, color=colour())]
    for kind, (size, weight, away) in TEXTS.items():
        layers += [of(f"{kind} {align}").mark_text(fontSize=size, fontWeight=weight, align=align, dx=sign * away).encode(
            x=x, y=y, text="text:N", color=colour()) for align, sign in (("left", 1), ("center", 0), ("right", -1))]
    padding = {"left": 4, "right": 12, "top": 0, "bottom": 0}
    chart = alt.layer(*layers).properties(height=HEIGHT if labelled else PLOT_HEIGHT, padding=padding)
    spec = chart.configure(aria=False).configure_view(stroke=None).to_dict()
    spec.pop("data", None)
    return spec


def tick_format(width: float) -> str:
    """Return the d3 format whose digits tell four ticks on an axis of this width apart."""
    return next((form for widest, form in ((0.05, ".3f"), (2.5, ".2f"), (10.0, ".1f")) if width < widest), ".0f")


def draw(strip: Strip) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows of a strip and its Vega-Lite specification; without a value only axis and reference mark remain."""
    factor = 100 if strip.unit in ("%", "pt") else 1
    low, high = (factor * end for end in strip.span)
    spec = copy.deepcopy(template(strip.axis))
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domain"] = [low, high]
        if strip.axis:
            layer["encoding"]["x"]["axis"]["format"] = tick_format(high - low)
    rows = [*_shade(strip, factor, low, high), *_reference(strip, factor, low, high), *_estimate(strip, factor, low, high),
            *_repeats(strip, factor), *_guess(strip, factor)]
    columns = {"kind": "", "meaning": REFERENCE, "x": 0.0, "end": 0.0, "y": 0.0, "foot": 0.0, "text": ""}
    return pd.DataFrame([columns | row for row in rows], columns=list(columns)), spec


def _shade(strip: Strip, factor: int, low: float, high: float) -> list[dict[str, Any]]:
    if strip.expected is None:
        return []
    start, end = (min(high, max(low, factor * edge)) for edge in strip.expected)
    return [{"kind": "shade", "meaning": "neutral", "x": start, "end": end, "y": ROW_DOT - 17, "foot": ROW_DOT + 17}]


def _reference(strip: Strip, factor: int, low: float, high: float) -> list[dict[str, Any]]:
    if strip.baseline is None:
        return []
    at, value = factor * strip.baseline, factor * strip.estimate.value
    place = (at - low) / (high - low)
    if strip.expected is None and not math.isnan(value) and abs(value - at) / (high - low) < CLEARANCE:
        align = "right" if value > at else "left"
    else:
        align = "left" if place < 0.12 else "right" if place > 0.88 else "center"
    return [{"kind": "mark", "meaning": "neutral", "x": at, "y": ROW_DOT},
            {"kind": f"name {align}", "x": at, "y": ROW_NAME, "text": strip.baseline_name}]


def _estimate(strip: Strip, factor: int, low: float, high: float) -> list[dict[str, Any]]:
    if math.isnan(strip.estimate.value):
        return []
    value, rows = factor * strip.estimate.value, []
    if strip.estimate.low is not None:
        rows.append({"kind": "interval", "meaning": strip.meaning, "x": factor * strip.estimate.low, "end": factor * strip.estimate.high,
                     "y": ROW_DOT})
    rows.append({"kind": "dot", "meaning": strip.meaning, "x": value, "y": ROW_DOT})
    if strip.expected is None:  # a verdict says its number in the table below the strip
        text = words.number(strip.estimate.value, strip.unit, signed=strip.signed)
        rows.append({"kind": f"value {_side(strip, factor, low, high)}", "x": value, "y": ROW_NAME, "text": text})
    return rows


def _repeats(strip: Strip, factor: int) -> list[dict[str, Any]]:
    """Return a small dot for every seed and a ring for those that joined."""
    return [{"kind": kind, "meaning": strip.meaning, "x": factor * value, "y": ROW_GUESS - 2}
            for kind, values in (("repeat", strip.repeats), ("fresh", strip.fresh)) for value in values if math.isfinite(value)]


def _side(strip: Strip, factor: int, low: float, high: float) -> str:
    """Return the alignment that keeps the value's text clear of the reference's name and inside the plot."""
    value = factor * strip.estimate.value
    if strip.baseline is not None and abs(value - factor * strip.baseline) / (high - low) < CLEARANCE:
        return "left" if strip.estimate.value >= strip.baseline else "right"
    place = (value - low) / (high - low)
    return "right" if place > 0.9 else "left" if place < 0.1 else "center"


def _guess(strip: Strip, factor: int) -> list[dict[str, Any]]:
    if strip.guess is None:
        return []
    at, text = factor * strip.guess, f"your guess {words.number(strip.guess, strip.unit)}"
    side = "right" if strip.guess > sum(strip.span) / 2 else "left"
    return [{"kind": "guess", "x": at, "y": ROW_GUESS}, {"kind": f"beside {side}", "x": at, "y": ROW_GUESS, "text": text}]


def alt_text(strip: Strip) -> str:
    """Return what the strip says, as one sentence under 160 characters."""
    value = words.estimate(strip.estimate, strip.unit, signed=strip.signed)
    mark = ""
    if strip.baseline is not None:
        mark = f"; {strip.baseline_name} at {words.number(strip.baseline, strip.unit, signed=strip.signed)}"
    guess = f"; guess {words.number(strip.guess, strip.unit)}" if strip.guess is not None else ""
    return shortened(f"{value}{mark}{guess}.")

"""The strip: dot, interval, reference mark. One glyph for every headline number.

Colours come from the page's theme through the order of ``MEANINGS``, so the strip follows a theme change without a rerun.
"""

import math
from dataclasses import dataclass

import altair as alt
import pandas as pd

from core.lab import words
from core.lab.estimate import Estimate
from core.lab.palette import MEANINGS, REFERENCE

INK = alt.expr("scale('color', 'reference')")
HEIGHT = 88
ROW_NAME, ROW_DOT, ROW_GUESS = 14, 40, 62
CLEARANCE = 0.3  # share of the span under which a name and a value would touch


@dataclass(frozen=True, kw_only=True)
class Strip:
    """What a strip shows.

    Attributes:
        estimate: The number with its interval.
        unit: As a metric declares it.
        baseline: Where the reference mark stands; values as stored (fractions for per cent).
        baseline_name: What the mark is.
        span: Smallest and largest value on the axis.
        meaning: Meaning of the dot's colour.
        signed: Whether numbers carry a plus.
        expected: Part of the axis to shade, because a claim expects the effect there; ends may be infinite.
        guess: A reader's guess, drawn as a triangle.
    """

    estimate: Estimate
    unit: str = ""
    baseline: float
    baseline_name: str
    span: tuple[float, float]
    meaning: str = REFERENCE
    signed: bool = False
    expected: tuple[float, float] | None = None
    guess: float | None = None


def span_of(values: list[float], *, pad: float = 0.25) -> tuple[float, float]:
    """Return an axis that holds all finite values with room beside them."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    room = (high - low) * pad or abs(high) * pad or 0.1
    return low - room, high + room


def colour() -> alt.Color:
    """Return the colour channel that reads the theme: meanings in palette order, no range of its own."""
    return alt.Color("meaning:N", scale=alt.Scale(domain=list(MEANINGS)), legend=None)


def draw(strip: Strip) -> alt.LayerChart:
    """Return the strip as a chart; without a value only the axis and the reference mark remain."""
    factor = 100 if strip.unit in ("%", "pt") else 1
    low, high = (factor * end for end in strip.span)
    axis = alt.Axis(title=None, grid=False, ticks=False, domain=False, labelColor=INK, labelFontSize=14, tickCount=4,
                    labelPadding=6, labelFlush=False, labelOverlap=True, format=_format(low, high))
    x = alt.X("x:Q", scale=alt.Scale(domain=[low, high], nice=False, zero=False), axis=axis)
    layers = [*_shade(strip, x, factor, low, high), *_reference(strip, x, factor, low, high)]
    if not math.isnan(strip.estimate.value):
        layers += _estimate(strip, x, factor, low, high)
    if strip.guess is not None:
        layers += _guess(strip, x, factor)
    return alt.layer(*layers).properties(height=HEIGHT, padding={"left": 4, "right": 12, "top": 0, "bottom": 0}).configure_view(stroke=None)


def _format(low: float, high: float) -> str:
    return ".2f" if high - low < 2.5 else (".1f" if high - low < 10 else ".0f")


def _frame(meaning: str, **columns: float | str) -> pd.DataFrame:
    return pd.DataFrame({name: [value] for name, value in {"meaning": meaning, **columns}.items()})


def _shade(strip: Strip, x: alt.X, factor: int, low: float, high: float) -> list[alt.Chart]:
    if strip.expected is None:
        return []
    start, end = (min(high, max(low, factor * edge)) for edge in strip.expected)
    return [alt.Chart(_frame("neutral", x=start, end=end)).mark_rect(opacity=0.16).encode(
        x=x, x2="end:Q", y=alt.value(ROW_DOT - 17), y2=alt.value(ROW_DOT + 17), color=colour())]


def _reference(strip: Strip, x: alt.X, factor: int, low: float, high: float) -> list[alt.Chart]:
    at = factor * strip.baseline
    data = _frame("neutral", x=at, text=strip.baseline_name)
    tick = alt.Chart(data).mark_tick(thickness=3, size=34, orient="vertical", opacity=1).encode(x=x, y=alt.value(ROW_DOT), color=colour())
    named = alt.Chart(_frame(REFERENCE, x=at, text=strip.baseline_name)).mark_text(
        fontSize=14, align=_side(at, factor * strip.estimate.value, low, high), dx=0).encode(
        x=x, y=alt.value(ROW_NAME), text="text:N", color=colour())
    return [tick, named]


def _side(at: float, value: float, low: float, high: float) -> str:
    """Return the alignment that keeps a name clear of the value's text and inside the plot."""
    place = (at - low) / (high - low)
    if math.isnan(value) or abs(value - at) / (high - low) >= CLEARANCE:
        return "left" if place < 0.12 else "right" if place > 0.88 else "center"
    return "right" if value > at else "left"


def _estimate(strip: Strip, x: alt.X, factor: int, low: float, high: float) -> list[alt.Chart]:
    value, layers = factor * strip.estimate.value, []
    if strip.estimate.low is not None:
        ends = _frame(strip.meaning, x=factor * strip.estimate.low, end=factor * strip.estimate.high)
        layers.append(alt.Chart(ends).mark_rule(strokeWidth=9, opacity=0.4, clip=True).encode(
            x=x, x2="end:Q", y=alt.value(ROW_DOT), color=colour()))
    data = _frame(strip.meaning, x=value)
    layers.append(alt.Chart(data).mark_circle(size=200, opacity=1).encode(x=x, y=alt.value(ROW_DOT), color=colour()))
    if strip.expected is None:
        text = words.number(strip.estimate.value, strip.unit, signed=strip.signed)
        place = (value - low) / (high - low)
        near = abs(value - factor * strip.baseline) / (high - low) < CLEARANCE
        align = ("left" if strip.estimate.value >= strip.baseline else "right") if near else (
            "right" if place > 0.9 else "left" if place < 0.1 else "center")
        layers.append(alt.Chart(_frame(REFERENCE, x=value, text=text)).mark_text(
            fontSize=17, fontWeight=600, align=align, dx=4 if near and align == "left" else 0).encode(
            x=x, y=alt.value(ROW_NAME), text="text:N", color=colour()))
    return layers


def _guess(strip: Strip, x: alt.X, factor: int) -> list[alt.Chart]:
    at = factor * strip.guess
    text = f"your guess {words.number(strip.guess, strip.unit)}"
    data = _frame(REFERENCE, x=at, text=text)
    triangle = alt.Chart(data).mark_point(shape="triangle-up", size=150, filled=True, opacity=1).encode(
        x=x, y=alt.value(ROW_GUESS), color=colour())
    right = at > factor * sum(strip.span) / 2
    named = alt.Chart(data).mark_text(fontSize=14, align="right" if right else "left", dx=-12 if right else 12).encode(
        x=x, y=alt.value(ROW_GUESS), text="text:N", color=colour())
    return [triangle, named]


def alt_text(strip: Strip) -> str:
    """Return what the strip says, as one sentence under 160 characters."""
    value = words.estimate(strip.estimate, strip.unit, signed=strip.signed)
    mark = f"{strip.baseline_name} at {words.number(strip.baseline, strip.unit, signed=strip.signed)}"
    guess = f"; guess {words.number(strip.guess, strip.unit)}" if strip.guess is not None else ""
    return f"{value}; {mark}{guess}."[:159]

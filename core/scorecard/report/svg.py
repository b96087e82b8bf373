"""Figures that need no script: a row beside its bands and its limit, and what stands behind a row. Plain SVG as text."""

import html
import math
from dataclasses import dataclass

import pandas as pd

from core.scorecard.limits import parse
from core.scorecard.reading import Line, shown

HARM, NEUTRAL = "#EB3900", "#828B86"
WIDTH, LEFT, RIGHT = 460, 10, 14
BAND_HEIGHT = 17
TEXT = """font-family="'Source Sans 3','Source Sans Pro',sans-serif\""""
MOST_SLICES = 12
LETTER = 6.8  # a letter of this font and size, at most


@dataclass(frozen=True)
class Inks:
    """Colours of a figure: of text and data, of what is said beside, of the grid, of a limit's name."""

    ink: str = "#0F1814"
    quiet: str = "#4A5752"
    faint: str = "#CFDAD4"
    limit: str = "#9A3412"


ON_PAPER, ON_DARK = Inks(), Inks("#E6EDE9", "#B9C6BF", "#34443C", "#FFB08A")


@dataclass(frozen=True)
class Axis:
    """A line of numbers from ``low`` to ``high`` on so many pixels."""

    low: float
    high: float
    left: float = LEFT
    width: float = WIDTH - LEFT - RIGHT

    def at(self, value: float) -> float:
        """Return the place of a value; values beyond the ends stand at them."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.left + share * self.width, 1)

    def ticks(self) -> list[float]:
        """Return round numbers on it, four or five."""
        step = 10 ** math.floor(math.log10((self.high - self.low) / 4))
        step *= next(times for times in (1, 2, 5, 10) if (self.high - self.low) / (step * times) <= 5)
        first = math.ceil(self.low / step - 1e-9)
        return [round(step * place, 12) for place in range(first, math.floor(self.high / step + 1e-9) + 1)]


def axis_of(values: list[float], bounds: tuple[float, float]) -> Axis:
    """Return an axis that holds all finite values, with room beside them, inside the number's bounds."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite), max(finite)
    room = 0.12 * (high - low) or 0.1 * abs(high) or 0.05
    return Axis(max(bounds[0], low - room), min(bounds[1], high + room))


def strip(line: Line, limits: str, inks: Inks = ON_PAPER) -> str:
    """Return a row as a figure: its interval, the bands under it, its limit as a dashed line."""
    lens, row = line.lens, line.row
    limit = parse(limits).get(lens.id)
    ends = [row[name] for name in ("value", "low", "high")] + [end for band in line.bands for end in (band.low, band.high)]
    marks = ([limit.value] if limit else []) + ([lens.anchor[0]] if lens.anchor else [])
    axis = axis_of(ends + marks, lens.bounds)
    top, parts = 28, []
    bottom = top + 24 + BAND_HEIGHT * len(line.bands)
    for tick in axis.ticks():
        x = axis.at(tick)
        side = "start" if x < LEFT + 16 else "end" if x > WIDTH - RIGHT - 16 else "middle"
        parts.append(_line(x, top - 8, x, bottom, inks.faint) + _text(x, bottom + 14, shown(tick, lens), anchor=side, colour=inks.quiet))
    for place, band in enumerate(line.bands):
        y, start, end = top + 20 + BAND_HEIGHT * place, axis.at(band.low), axis.at(band.high)
        width = max(3.0, round(end - start, 1))
        parts.append(f'<rect x="{start}" y="{y}" width="{width}" height="9" rx="2" fill="{NEUTRAL}" fill-opacity="0.45"/>')
        parts.append(_beside(start, end, y + 9, f"{band.kind} ({band.n})", inks))
    if lens.anchor:
        x = axis.at(lens.anchor[0])
        side, away = ("start", 4) if x < WIDTH - 80 else ("end", -4)
        parts.append(_line(x, top - 12, x, bottom, NEUTRAL, 2) + _text(x + away, bottom - 1 if line.bands else top + 16, lens.anchor[1],
                                                                         anchor=side, colour=inks.quiet))
    if limit:
        x = axis.at(limit.value)
        parts.append(f'<line x1="{x}" y1="6" x2="{x}" y2="{bottom}" stroke="{HARM}" stroke-width="1.5" stroke-dasharray="5 3"/>')
        side, away = ("start", 5) if x < WIDTH - 140 else ("end", -5)
        parts.append(_text(x + away, 10, f"limit: {limit.in_words()}", anchor=side,
                           colour=inks.limit))
    if not math.isnan(row["low"]):
        low, high = axis.at(row["low"]), axis.at(row["high"])
        parts.append(f'<line x1="{low}" y1="{top}" x2="{high}" y2="{top}" stroke="{inks.ink}" stroke-width="7" stroke-opacity="0.35"/>')
    parts.append(f'<circle cx="{axis.at(row["value"])}" cy="{top}" r="6" fill="{inks.ink}"/>')
    return _svg(WIDTH, bottom + 20, parts, strip_alt(line, limits))


def strip_alt(line: Line, limits: str) -> str:
    """Return what the figure of a row says, in one sentence."""
    limit = parse(limits).get(line.lens.id)
    said = f"{line.lens.label}: {line.value}" + (f", interval {line.interval}" if line.interval else "")
    said += f"; limit {limit.in_words()}, {line.verdict}" if limit else ""
    return said + (f"; models of the house: {line.band_words}" if line.bands else "") + "."


def dots(table: pd.DataFrame, *, kind: str, percent: bool = True, inks: Inks = ON_PAPER) -> str:
    """Return the slices of one kind as dots with their intervals, one line each."""
    mine = table[table["kind"] == kind].head(MOST_SLICES)
    factor = 100.0 if percent else 1.0
    values = [factor * value for column in ("value", "low", "high") for value in mine[column]]
    if mine.empty or not any(map(math.isfinite, values)):
        return ""
    axis = axis_of([*values, 0.0] if min(value for value in values if math.isfinite(value)) < 5 else values, (-math.inf, math.inf))
    axis = Axis(axis.low, axis.high, 170.0, WIDTH - 170.0 - 60.0)
    parts, height = [], 17
    bottom = 8 + height * len(mine)
    for tick in axis.ticks():
        parts.append(_line(axis.at(tick), 4, axis.at(tick), bottom, inks.faint)
                     + _text(axis.at(tick), bottom + 13, f"{tick:g}", anchor="middle", colour=inks.quiet))
    for place, row in enumerate(mine.itertuples()):
        y = 14 + height * place
        parts.append(_text(162, y + 4, row.slice[:30], anchor="end", colour=inks.ink))
        if math.isfinite(row.low):
            parts.append(_line(axis.at(factor * row.low), y, axis.at(factor * row.high), y, NEUTRAL, 3))
        parts.append(f'<circle cx="{axis.at(factor * row.value)}" cy="{y}" r="4" fill="{inks.ink}"/>')
        parts.append(_text(WIDTH - 4, y + 4, f"n {int(row.n):,}", anchor="end", colour=inks.quiet))
    largest = mine.loc[mine["value"].abs().idxmax()]
    unit = "%" if percent else ""
    told = f"{kind}, {len(mine)} parts: largest for {largest['slice']}, {factor * largest['value']:.1f}{unit}."
    return _svg(WIDTH, bottom + 18, parts, told[:1].upper() + told[1:])


def _beside(start: float, end: float, y: float, name: str, inks: Inks) -> str:
    """Name a band after its end, else before its start, else, where it leaves room at neither, upon it."""
    needed = LETTER * len(name) + 6
    if end + needed <= WIDTH:
        return _text(end + 6, y, name, colour=inks.quiet)
    if start >= needed:
        return _text(start - 5, y, name, anchor="end", colour=inks.quiet)
    return _text(start + 5, y, name, colour=inks.ink)


def _svg(width: float, height: float, parts: list[str], alt: str) -> str:
    told = html.escape(alt, quote=True)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return (f'<svg {size} role="img" aria-label="{told}" xmlns="http://www.w3.org/2000/svg" {TEXT} font-size="13">'
            f"<title>{told}</title>{''.join(parts)}</svg>")


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{html.escape(str(text))}</text>'

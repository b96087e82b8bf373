"""What traces draw in a still picture: lines, bands, symbols, intervals, bars, cells and images."""

import base64
import io
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from PIL import Image

from core.lab.svg.axes import Axis
from core.lab.svg.text import write

DASHES = {"dash": "9 5", "dot": "2 4", "dashdot": "9 4 2 4", "longdash": "15 6", "longdashdot": "15 5 2 5"}
INK = "#0F1814"


def each(value: Any, n: int, usual: Any) -> list[Any]:
    """Return one value for each of n points from a value or a list of them."""
    if value is None:
        return [usual] * n
    return list(value) if isinstance(value, list | tuple | np.ndarray) else [value] * n


def path(points: Sequence[tuple[float, float]], shape: str | None = None) -> str:
    """Return the path through points, in steps where the line's shape says so; gaps where a point is missing."""
    made, last = [], None
    for x, y in points:
        if not (math.isfinite(x) and math.isfinite(y)):
            last = None
            continue
        if last is None:
            made.append(f"M{x:.1f} {y:.1f}")
        elif shape == "hv":
            made.append(f"H{x:.1f}V{y:.1f}")
        elif shape == "vh":
            made.append(f"V{y:.1f}H{x:.1f}")
        elif shape == "hvh":
            made.append(f"H{(last[0] + x) / 2:.1f}V{y:.1f}H{x:.1f}")
        else:
            made.append(f"L{x:.1f} {y:.1f}")
        last = (x, y)
    return "".join(made)


def symbol(kind: Any, x: float, y: float, size: float, colour: str, edge: str, width: float) -> str:
    """Return a marker; one whose name ends with ``open`` is hollow."""
    kind = str(kind or "circle")
    hollow, half = kind.endswith("-open") or kind.startswith("line"), size / 2
    style = f"fill='{'none' if hollow else colour}' stroke='{colour if hollow else edge or 'none'}' stroke-width='{width or 1.8:g}'"
    name = kind.removesuffix("-open")
    if name == "circle":
        return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{half:.1f}' {style}/>"
    ends = {"square": ((-1, -1), (1, -1), (1, 1), (-1, 1)), "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
            "triangle-up": ((0, -1.2), (1.15, 0.8), (-1.15, 0.8)), "triangle-down": ((0, 1.2), (1.15, -0.8), (-1.15, -0.8)),
            "hexagon": ((-1, -.6), (0, -1.2), (1, -.6), (1, .6), (0, 1.2), (-1, .6))}.get(name)
    if ends is None:
        strokes = {"x": "M-1 -1L1 1M-1 1L1 -1", "cross": "M-1 0H1M0 -1V1", "line-ns": "M0 -1.4V1.4", "line-ew": "M-1.4 0H1.4",
                   "star": "M-1 0H1M0 -1V1M-.7 -.7L.7 .7M-.7 .7L.7 -.7"}.get(name, "M-1 -1L1 1M-1 1L1 -1")
        return (f"<path d='{strokes}' transform='translate({x:.1f} {y:.1f}) scale({half:.1f})' stroke='{colour}' fill='none' "
                f"stroke-width='{(width or 2) / max(half, 1):.2f}'/>")
    return f"<polygon points='{' '.join(f'{x + half * dx:.1f},{y + half * dy:.1f}' for dx, dy in ends)}' {style}/>"


def points_of(trace: Any, x: Axis, y: Axis) -> list[tuple[float, float]]:
    """Return the pixels of a trace's points."""
    xs, ys = (list(values) if values is not None else [] for values in (trace.x, trace.y))
    return [(x.at(one), y.at(other)) for one, other in zip(xs or range(len(ys)), ys or range(len(xs)), strict=False)]


def scatter(trace: Any, x: Axis, y: Axis, before: list[tuple[float, float]]) -> str:
    """Return a scatter trace: band, line, intervals, symbols, texts; ``before`` is the last trace on these axes, which a band ends at."""
    points, mode, parts = points_of(trace, x, y), trace.mode or "lines", []
    if trace.fill and trace.fill != "none" and points:
        edge = {"tonexty": before[::-1], "tozeroy": [(points[-1][0], y.end if y.is_log else y.at(0)), (points[0][0], y.start if y.is_log
                                                                                              else y.at(0))]}.get(trace.fill, [])
        parts.append(f"<path d='{path(points, trace.line.shape)}{path(edge).replace('M', 'L', 1)}Z' "
                     f"fill='{trace.fillcolor or 'rgba(130,139,134,0.22)'}' stroke='none'/>")
    width = 2.0 if trace.line.width is None else trace.line.width
    if "lines" in mode and width:
        dash = f" stroke-dasharray='{DASHES[trace.line.dash]}'" if trace.line.dash in DASHES else ""
        colour = trace.line.color or (trace.marker.color if isinstance(trace.marker.color, str) else INK)
        parts.append(f"<path d='{path(points, trace.line.shape)}' fill='none' stroke='{colour}' stroke-width='{width:g}'{dash}/>")
    parts += intervals(trace, points, x, y)
    if "markers" in mode:
        n, mark = len(points), trace.marker
        colours = each(mark.color, n, trace.line.color or INK)
        looks = zip(points, each(mark.symbol, n, "circle"), each(mark.size, n, 8), colours, each(mark.line.color, n, ""),
                    each(mark.line.width, n, 0), strict=False)
        parts += [symbol(kind, *point, float(size), colour_of(colour, mark), edge or "", float(line or 0))
                  for point, kind, size, colour, edge, line in looks if all(map(math.isfinite, point))]
    if "text" in mode:
        said = each(trace.text, len(points), "")
        places = each(trace.textposition, len(points), "middle center")
        size, colour = trace.textfont.size or 14, trace.textfont.color or INK
        parts += [written(text, point, place, size, colour) for text, point, place in zip(said, points, places, strict=False) if text]
    opacity = f" opacity='{trace.opacity:g}'" if trace.opacity is not None else ""
    return f"<g{opacity}>{''.join(parts)}</g>"


def colour_of(value: Any, mark: Any) -> str:
    """Return a marker's colour; numbers are looked up in its scale."""
    if isinstance(value, str):
        return value
    low, high = mark.cmin or 0.0, 1.0 if mark.cmax is None else mark.cmax
    return shade(mark.colorscale, (float(value) - low) / ((high - low) or 1.0))


def written(text: str, point: tuple[float, float], place: str, size: float, colour: str) -> str:
    """Return a text beside its point."""
    down, across = place.split(" ") if " " in place else ("middle", "center")
    dx, dy = {"left": -7, "right": 7, "center": 0}[across], {"top": -0.9 * size, "bottom": 0.9 * size, "middle": 0}[down]
    return write(text, point[0] + dx, point[1] + dy, size=size, colour=colour,
                 anchor={"left": "end", "right": "start", "center": "middle"}[across])


def intervals(trace: Any, points: list[tuple[float, float]], x: Axis, y: Axis) -> list[str]:
    """Return the whiskers of a trace."""
    parts = []
    for bars, axis, across in ((trace.error_x, x, True), (trace.error_y, y, False)):
        if bars is None or bars.array is None or bars.visible is False:
            continue
        values = trace.x if across else trace.y
        minus = bars.arrayminus if bars.arrayminus is not None else bars.array
        for (px, py), value, more, less in zip(points, values, bars.array, minus, strict=False):
            middle = axis.number(value) if not axis.is_log else float(value)
            if more is None or less is None or not all(map(math.isfinite, (middle, float(more), float(less), px, py))):
                continue
            high, low = (axis.at(middle + float(more)), axis.at(middle - float(less)))
            ends = f"x1='{low:.1f}' x2='{high:.1f}' y1='{py:.1f}' y2='{py:.1f}'" if across else (
                f"x1='{px:.1f}' x2='{px:.1f}' y1='{low:.1f}' y2='{high:.1f}'")
            if math.isfinite(low + high):
                parts.append(f"<line {ends} stroke='{bars.color or INK}' stroke-width='{bars.thickness or 2:g}'/>")
    return parts


def shade(scale: Any, share: float) -> str:
    """Return the colour at a share of a colour scale."""
    stops = [(float(at), str(colour)) for at, colour in (scale or ((0, "#FFFFFF"), (1, "#1D4FA8")))]
    share = min(1.0, max(0.0, share if math.isfinite(share) else 0.0))
    for (low, first), (high, second) in pairwise(stops):
        if share <= high:
            part = (share - low) / ((high - low) or 1.0)
            mixed = [round(one + part * (other - one)) for one, other in zip(rgb(first), rgb(second), strict=True)]
            return f"rgb({mixed[0]},{mixed[1]},{mixed[2]})"
    return stops[-1][1]


def rgb(colour: str) -> tuple[float, float, float]:
    """Return a hexadecimal or rgb colour as three numbers."""
    if colour.startswith("#"):
        return tuple(int(colour[start:start + 2], 16) for start in (1, 3, 5))
    return tuple(float(part) for part in colour[colour.index("(") + 1:].rstrip(")").split(",")[:3])


def heatmap(trace: Any, x: Axis, y: Axis) -> str:
    """Return the cells of a heatmap, with their texts."""
    z = np.asarray(trace.z, dtype=float)
    low = np.nanmin(z) if trace.zmin is None else trace.zmin
    high = np.nanmax(z) if trace.zmax is None else trace.zmax
    xs, ys = (list(range(n)) if given is None else list(given) for given, n in ((trace.x, z.shape[1]), (trace.y, z.shape[0])))
    wide, tall = abs(x.pixel(1) - x.pixel(0)), abs(y.pixel(1) - y.pixel(0))
    parts = []
    for row, one in enumerate(ys):
        for column, other in enumerate(xs):
            if not math.isfinite(z[row, column]):
                continue
            px, py = x.at(other), y.at(one)
            parts.append(f"<rect x='{px - wide / 2:.1f}' y='{py - tall / 2:.1f}' width='{wide:.1f}' height='{tall:.1f}' "
                         f"fill='{shade(trace.colorscale, (z[row, column] - low) / ((high - low) or 1.0))}'/>")
            if trace.text is not None and trace.texttemplate:
                dark = (z[row, column] - low) / ((high - low) or 1.0) > 0.55
                parts.append(write(str(trace.text[row][column]), px, py, size=trace.textfont.size or 13,
                                   colour="#FFFFFF" if dark else INK, anchor="middle"))
    return "".join(parts)


def image(trace: Any, x: Axis, y: Axis) -> str:
    """Return an image trace as a picture of its own."""
    pixels = np.asarray(trace.z, dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    left, right = sorted((x.pixel(-0.5), x.pixel(pixels.shape[1] - 0.5)))
    top, bottom = sorted((y.pixel(-0.5), y.pixel(pixels.shape[0] - 0.5)))
    return (f"<image x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}' preserveAspectRatio='none' "
            f"style='image-rendering:pixelated' href='data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}'/>")

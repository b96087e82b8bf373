"""Bars of a still picture: side by side or stacked, along or across, hatched where the figure hatches them."""

import math
from itertools import pairwise
from typing import Any

from core.lab.svg.axes import Axis
from core.lab.svg.marks import INK, each, intervals
from core.lab.svg.text import write

HATCHES = {"/": "M0 8L8 0", "\\": "M0 0L8 8", "x": "M0 8L8 0M0 0L8 8", ".": "M3 4h2", "-": "M0 4H8", "|": "M4 0V8", "+": "M0 4H8M4 0V8"}


def hatches() -> str:
    """Return the patterns that bars may be filled with, over their own colour."""
    return "".join(f"<pattern id='hatch{ord(name)}' width='8' height='8' patternUnits='userSpaceOnUse'><path d='{d}' stroke='#FCFDFC' "
                   f"stroke-width='2' fill='none'/></pattern>" for name, d in HATCHES.items())


def draw(traces: list[Any], x: Axis, y: Axis, layout: Any) -> str:
    """Return all bar traces of one pair of axes."""
    gap = 0.2 if layout.bargap is None else layout.bargap
    stacked, side = layout.barmode in ("stack", "relative"), layout.barmode in (None, "group")
    feet: dict[Any, float] = {}
    parts = []
    for place, trace in enumerate(traces):
        across = trace.orientation == "h"
        names, values = (trace.y, trace.x) if across else (trace.x, trace.y)
        along, up = (y, x) if across else (x, y)
        n = len(values)
        unit = _distance(along, names)
        wide = (unit * (1 - gap) / len(traces)) if side and trace.width is None and trace.offset is None else unit * (1 - gap)
        centres = []
        for name, value, base, given, colour, hatch, said in zip(
                names, values, each(trace.base, n, 0.0), each(trace.width, n, None), each(trace.marker.color, n, INK),
                each(trace.marker.pattern.shape, n, ""), each(trace.text, n, ""), strict=False):
            middle = along.number(name) + (0.0 if not side or trace.width is not None else (place - (len(traces) - 1) / 2) * wide)
            thick, start = wide if given is None else float(given), float(base or 0.0)
            if stacked:
                start = feet.get(name, 0.0)
                feet[name] = start + (0.0 if value is None or math.isnan(float(value)) else float(value))
            low, high = (up.pixel(up.low) if up.is_log and end <= 0 else up.at(end) for end in (start, start + float(value)))
            edges = (along.pixel(middle - thick / 2), along.pixel(middle + thick / 2))
            centres.append((high, sum(edges) / 2) if across else (sum(edges) / 2, high))
            if all(map(math.isfinite, (low, high, *edges))):
                box = (*sorted((low, high)), *sorted(edges)) if across else (*sorted(edges), *sorted((low, high)))
                parts.append(_bar(box, str(colour), hatch, trace.marker.line.color, trace.marker.opacity))
                if said and trace.textposition not in (None, "none"):
                    parts.append(write(str(said), (box[0] + box[1]) / 2, (box[2] + box[3]) / 2, size=trace.textfont.size or 13,
                                       colour=trace.textfont.color if isinstance(trace.textfont.color, str) else INK, anchor="middle"))
        parts += intervals(trace, centres, x, y)
    return "".join(parts)


def _distance(along: Axis, names: Any) -> float:
    """Return how far two neighbours are apart along the axis."""
    if along.names:
        return 1.0
    places = sorted({along.number(name) for name in names})
    return min((high - low for low, high in pairwise(places)), default=1.0)


def _bar(box: tuple[float, float, float, float], colour: str, hatch: str | None, edge: Any, opacity: Any) -> str:
    left, right, top, bottom = box
    size = f"x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}'"
    seen = f" opacity='{opacity:g}'" if isinstance(opacity, int | float) else ""
    line = f" stroke='{edge}'" if isinstance(edge, str) else ""
    over = f"<rect {size} fill='url(#hatch{ord(hatch)})'/>" if hatch in HATCHES and hatch else ""
    return f"<rect {size} fill='{colour}'{line}{seen}/>{over}"

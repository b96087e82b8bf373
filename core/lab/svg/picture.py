"""The whole of a still picture: axes, grid, shapes, traces, annotations, legend."""

import html
import math
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from core.lab.svg import bars, flows, marks
from core.lab.svg.axes import Axis, names_on
from core.lab.svg.text import FONT, lines_of, width_of, write

WIDTH, HEIGHT = 760, 400
NAMED = ("scatter", "scattergl", "bar")
KNOWN = (*NAMED, "heatmap", "image")
GRID, LEADER = "#E3E8E5", "#828B86"
LEGEND_ROW = 24


def draw(figure: go.Figure, alt: str, *, name: str, width: int = WIDTH) -> str | None:
    """Return a plotly figure as SVG, with its description inside; None where it holds a trace that only a script can draw.

    ``name`` keeps the parts of one picture apart from those of others on the same page: letters, digits and dashes.
    """
    if flows.can_draw(figure):
        return flows.draw(figure, alt, width=width, height=int(figure.layout.height or HEIGHT))
    if any(trace.type not in KNOWN for trace in figure.data):
        return None
    height = int(figure.layout.height or HEIGHT)
    axes = _axes(figure)
    legend = _legend(figure, width)
    _place(figure, axes, width, height, top=max(float(figure.layout.margin.t or 32), LEGEND_ROW * len(legend) + 14 + _titles(figure)))
    parts = [f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' role='img' "
             f"aria-label='{html.escape(alt, quote=True)}' font-family='{FONT}'>", f"<defs>{bars.hatches()}{_clips(axes, name)}</defs>"]
    parts += [_grid(axes[x], axes[y], figure) for x, y in _pairs(figure)]
    below, above = ([shape for shape in figure.layout.shapes if (shape.layer == "below") is kind] for kind in (True, False))
    parts += [_shape(shape, axes) for shape in below]
    parts += [_traces(figure, pair, axes, name) for pair in _pairs(figure)]
    parts += [_shape(shape, axes) for shape in above]
    parts += [_annotation(one, axes, width, height) for one in figure.layout.annotations if one.text]
    parts += [f"<g transform='translate(8 {14 + LEGEND_ROW * row})'>{''.join(line)}</g>" for row, line in enumerate(legend)]
    return "".join([*parts, "</svg>"])


def _pairs(figure: go.Figure) -> list[tuple[str, str]]:
    return list(dict.fromkeys((trace.xaxis or "x", trace.yaxis or "y") for trace in figure.data)) or [("x", "y")]


def _axes(figure: go.Figure) -> dict[str, Axis]:
    """Return every axis that a trace stands on, with its range."""
    axes = {}
    for letter in ("x", "y"):
        for name in dict.fromkeys(pair["xy".index(letter)] for pair in _pairs(figure)):
            spec = figure.layout[f"{letter}axis{name[1:]}"]
            follows = figure.layout[f"{letter}axis{spec.matches[1:]}"] if spec.matches else spec
            mine = [trace for trace in figure.data if (trace[f"{letter}axis"] or letter) == name or spec.matches]
            values = [value for trace in mine for value in _values(trace, letter)]
            axis = Axis(follows if spec.matches and follows.range is not None else spec, letter == "y", names_on(follows, values))
            with_zero = any(trace.type == "bar" and (trace.orientation == "h") is (letter == "x") for trace in mine)
            axis.settle(values, with_zero=with_zero)
            axis.spec = spec
            if any(trace.type == "image" for trace in mine) and letter == "y" and axis.low < axis.high:
                axis.low, axis.high = axis.high, axis.low
            axes[name] = axis
    return axes


def _values(trace: Any, letter: str) -> list[Any]:
    """Return what a trace needs room for along one axis, the ends of its whiskers too."""
    if trace.type in ("heatmap", "image"):
        given = trace[letter] if trace.type == "heatmap" else None
        n = len(trace.z[0]) if letter == "x" else len(trace.z)
        return list(given) if given is not None else [-0.5, n - 0.5]
    values = list(trace[letter]) if trace[letter] is not None else list(range(len(trace["y" if letter == "x" else "x"] or ())))
    found = trace[f"error_{letter}"]
    if found is None or found.array is None or any(isinstance(value, str) for value in values):
        return values
    minus = found.arrayminus if found.arrayminus is not None else found.array
    ends = [(value + high, value - low) for value, high, low in zip(values, found.array, minus, strict=False) if value is not None]
    return values + [end for pair in ends for end in pair if math.isfinite(end)]


def _titles(figure: go.Figure) -> float:
    """Return the room that titles of panels take above the plane."""
    return 24.0 if any(one.yref == "paper" and (one.y or 0) >= 1 for one in figure.layout.annotations) else 0.0


def _place(figure: go.Figure, axes: dict[str, Axis], width: int, height: int, *, top: float) -> None:
    """Give every axis its pixels: labels and titles first, the plane takes what is left."""
    def needed(axis: Axis) -> float:
        if axis.spec.showticklabels is False or axis.spec.visible is False:
            return 0.0
        axis.start, axis.end = 0.0, 1000.0
        labels = [text for _, text in axis.ticks()] or [""]
        size = axis.spec.tickfont.size or 15
        return (max(width_of(text, size) for text in labels) if axis.is_vertical else
                max(len(lines_of(text)) for text in labels) * 1.2 * size)

    for axis in axes.values():
        axis.share = axis.spec.domain or (0.0, 1.0)
        axis.room = needed(axis) + (32 if axis.spec.title.text else 8)
    left = 14 + max((axis.room for axis in axes.values() if axis.is_vertical and _is_left(axis, axes)),
                    default=20)
    bottom = 12 + max((axis.room for axis in axes.values() if not axis.is_vertical), default=20)
    right = max(28.0, float(figure.layout.margin.r or 28))
    for axis in axes.values():
        low, high = axis.share
        if axis.is_vertical:
            axis.start, axis.end = (height - bottom - share * (height - bottom - top) for share in (low, high))
        else:
            axis.start, axis.end = (left + share * (width - left - right) for share in (low, high))


def _is_left(axis: Axis, axes: dict[str, Axis]) -> bool:
    """Return whether a vertical axis stands at the left edge of the figure."""
    anchor = axes.get(axis.spec.anchor or "x")
    return anchor is None or (anchor.spec.domain or (0.0, 1.0))[0] < 0.02


def _clips(axes: dict[str, Axis], name: str) -> str:
    xs, ys = ([axis for axis in axes.values() if axis.is_vertical is kind] for kind in (False, True))
    return "".join(f"<clipPath id='{name}-{place}-{other}'><rect x='{min(x.start, x.end) - 4:.1f}' y='{min(y.start, y.end) - 4:.1f}' "
                   f"width='{abs(x.end - x.start) + 8:.1f}' height='{abs(y.end - y.start) + 8:.1f}'/></clipPath>"
                   for place, x in enumerate(xs) for other, y in enumerate(ys))


def _grid(x: Axis, y: Axis, figure: go.Figure) -> str:
    parts, ink = [], figure.layout.font.color or marks.INK
    for axis, other in ((x, y), (y, x)):
        if axis.spec.visible is False:
            continue
        size = axis.spec.tickfont.size or 15
        for place, text in axis.ticks():
            ends = (f"x1='{other.start:.1f}' x2='{other.end:.1f}' y1='{place:.1f}' y2='{place:.1f}'" if axis.is_vertical else
                    f"x1='{place:.1f}' x2='{place:.1f}' y1='{other.start:.1f}' y2='{other.end:.1f}'")
            if axis.spec.showgrid is not False:
                parts.append(f"<line {ends} stroke='{GRID}'/>")
            if axis.spec.showticklabels is not False:
                parts.append(write(text, other.start - 8, place, size=size, colour=ink, anchor="end") if axis.is_vertical else
                             write(text, place, other.start + 8 + 0.6 * size * len(lines_of(text)), size=size, colour=ink, anchor="middle"))
        if title := axis.spec.title.text:
            middle, size = (axis.start + axis.end) / 2, axis.spec.title.font.size or 16
            parts.append(write(title, other.start - axis.room + 6, middle, size=size, colour=ink, anchor="middle", turn=-90)
                         if axis.is_vertical else
                         write(title, middle, other.start + axis.room, size=size, colour=ink, anchor="middle"))
    return "".join(parts)


def _traces(figure: go.Figure, pair: tuple[str, str], axes: dict[str, Axis], name: str) -> str:
    x, y = axes[pair[0]], axes[pair[1]]
    mine = [trace for trace in figure.data if (trace.xaxis or "x", trace.yaxis or "y") == pair
            and trace.visible not in (False, "legendonly")]
    parts, before = [], []
    for kind, some in groupby(mine, key=lambda trace: trace.type):
        if kind == "bar":
            parts.append(bars.draw(list(some), x, y, figure.layout))
            continue
        for trace in some:
            if kind == "heatmap":
                parts.append(marks.heatmap(trace, x, y))
            elif kind == "image":
                parts.append(marks.image(trace, x, y))
            else:
                parts.append(marks.scatter(trace, x, y, before))
                before = marks.points_of(trace, x, y)
    places = [one for one in axes if one[0] == "x"].index(pair[0]), [one for one in axes if one[0] == "y"].index(pair[1])
    return f"<g clip-path='url(#{name}-{places[0]}-{places[1]})'>{''.join(parts)}</g>"


def _at(ref: str | None, value: Any, axes: dict[str, Axis], letter: str, *, numbers: bool) -> float:
    """Return the pixel that an annotation or a shape means: on an axis, along an axis from 0 to 1, or along the whole plane.

    ``numbers`` says that a log axis is given in powers, which annotations do and shapes do not.
    """
    ref = ref or letter
    mine = [axis for axis in axes.values() if axis.is_vertical == (letter == "y")]
    if ref == "paper":
        ends = [end for axis in mine for end in (axis.start, axis.end)]
        low, high = (max(ends), min(ends)) if letter == "y" else (min(ends), max(ends))
        return low + float(value) * (high - low)
    axis = axes.get(ref.removesuffix(" domain"), mine[0])
    if ref.endswith(" domain"):
        return axis.start + float(value) * (axis.end - axis.start)
    return axis.pixel(float(value)) if numbers and axis.is_log and not isinstance(value, str) else axis.at(value)


def _shape(shape: Any, axes: dict[str, Axis]) -> str:
    x0, x1 = (_at(shape.xref, value, axes, "x", numbers=False) for value in (shape.x0, shape.x1))
    y0, y1 = (_at(shape.yref, value, axes, "y", numbers=False) for value in (shape.y0, shape.y1))
    if not all(map(math.isfinite, (x0, x1, y0, y1))):
        return ""
    width = 2 if shape.line.width is None else shape.line.width
    dash = f" stroke-dasharray='{marks.DASHES[shape.line.dash]}'" if shape.line.dash in marks.DASHES else ""
    opacity = f" opacity='{shape.opacity:g}'" if shape.opacity is not None else ""
    stroke = f"stroke='{shape.line.color or LEADER}' stroke-width='{width:g}'{dash}{opacity}" if width else f"stroke='none'{opacity}"
    if shape.type == "line":
        return f"<line x1='{x0:.1f}' x2='{x1:.1f}' y1='{y0:.1f}' y2='{y1:.1f}' {stroke}/>"
    left, right, top, bottom = *sorted((x0, x1)), *sorted((y0, y1))
    return (f"<rect x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}' "
            f"fill='{shape.fillcolor or 'none'}' {stroke}/>")


def _annotation(one: Any, axes: dict[str, Axis], width: int, height: int) -> str:
    x, y = _at(one.xref, one.x, axes, "x", numbers=True), _at(one.yref, one.y, axes, "y", numbers=True)
    if not (math.isfinite(x) and math.isfinite(y)):
        return ""
    size, colour = one.font.size or 15, one.font.color or marks.INK
    leader, px, py = "", x + (one.xshift or 0), y - (one.yshift or 0)
    if one.showarrow is not False and one.ax is not None:
        px, py = x + float(one.ax), y + float(one.ay or 0)
        leader = f"<line x1='{x:.1f}' y1='{y:.1f}' x2='{px:.1f}' y2='{py:.1f}' stroke='{one.arrowcolor or LEADER}' stroke-width='1.5'/>"
    anchor = {"left": "start", "right": "end"}.get(one.xanchor, "middle")
    tall = 1.2 * size * len(lines_of(one.text))
    py += {"bottom": -tall / 2, "top": tall / 2}.get(one.yanchor, 0.0)
    wide = width_of(one.text, size)
    start = {"start": px, "middle": px - wide / 2, "end": px - wide}[anchor]
    px += max(0.0, 2 - start) - max(0.0, start + wide - width + 2)
    return leader + write(one.text, px, min(max(py, tall / 2), height - tall / 2), size=size, colour=colour, anchor=anchor,
                          turn=float(one.textangle or 0), box=one.bgcolor or "")


def _legend(figure: go.Figure, width: int) -> list[list[str]]:
    """Return the legend as rows of entries; none where the figure names its series directly."""
    if not figure.layout.showlegend:
        return []
    shown = [trace for trace in figure.data if trace.name and trace.showlegend is not False and trace.type in NAMED]
    rows, right, size = [[]], 0.0, figure.layout.legend.font.size or 15
    for trace in {trace.legendgroup or trace.name: trace for trace in reversed(shown)}.values().__reversed__():
        wide = 44 + width_of(trace.name, size)
        if right + wide > width - 16 and rows[-1]:
            rows.append([])
            right = 0.0
        rows[-1].append(_entry(trace, right, size, figure.layout.font.color or marks.INK))
        right += wide
    return rows if rows[0] else []


def _entry(trace: Any, x: float, size: float, ink: str) -> str:
    colours = marks.each(trace.marker.color, 1, None)
    colour = colours[0] if isinstance(colours[0], str) else ink
    if trace.type == "bar":
        sign = f"<rect x='{x:.1f}' y='-6' width='22' height='12' fill='{colour}'/>"
    else:
        mode, sign = trace.mode or "lines", ""
        if "lines" in mode:
            dash = f" stroke-dasharray='{marks.DASHES[trace.line.dash]}'" if trace.line.dash in marks.DASHES else ""
            sign = f"<path d='M{x:.1f} 0h24' stroke='{trace.line.color or colour}' stroke-width='{trace.line.width or 2:g}'{dash}/>"
        if "markers" in mode:
            kind, big = marks.each(trace.marker.symbol, 1, "circle")[0], marks.each(trace.marker.size, 1, 9)[0]
            sign += marks.symbol(kind, x + 12, 0, min(float(big), 11), colour, "", 0)
    return sign + write(trace.name, x + 30, 0, size=size, colour=ink)

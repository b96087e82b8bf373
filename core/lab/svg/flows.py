"""A sankey in a still picture: two columns of boxes, and between them flows as wide as what they carry."""

import html

import plotly.graph_objects as go

from core.lab.svg.text import write

BOX, PAD, TOP, BESIDE = 18, 22, 44, 190


def can_draw(figure: go.Figure) -> bool:
    """Return whether a figure is one sankey whose flows all lead from a first column to a second."""
    if len(figure.data) != 1 or figure.data[0].type != "sankey" or not figure.data[0].link.value:
        return False
    link = figure.data[0].link
    return not set(link.source) & set(link.target)


def draw(figure: go.Figure, alt: str, *, width: int, height: int) -> str:
    """Return the picture; boxes keep the order of the trace."""
    trace, ink = figure.data[0], figure.data[0].textfont.color or "#0F1814"
    link = trace.link
    flows = sorted(zip(link.source, link.target, link.value, link.color, strict=True), key=lambda flow: flow[:2])
    columns = [sorted(set(ends)) for ends in (link.source, link.target)]
    total = sum(link.value)
    room = height - TOP - 20 - PAD * (max(map(len, columns)) - 1)
    tops, parts = {}, []
    for column, (nodes, side) in enumerate(zip(columns, (0, 1), strict=True)):
        y, x = float(TOP), BESIDE if side == 0 else width - BESIDE - BOX
        for node in nodes:
            tall = room * sum(flow[2] for flow in flows if flow[side] == node) / total
            tops[side, node] = y
            parts.append(f"<rect x='{x}' y='{y:.1f}' width='{BOX}' height='{max(tall, 1):.1f}' fill='{trace.node.color[node]}'/>")
            parts.append(write(trace.node.label[node], x - 8 if column == 0 else x + BOX + 8, y + tall / 2, size=15, colour=ink,
                               anchor="end" if column == 0 else "start"))
            y += tall + PAD
    ribbons = []
    left, right, middle = BESIDE + BOX, width - BESIDE - BOX, width / 2
    for source, target, value, colour in flows:
        tall = room * value / total
        a, b = tops[0, source], tops[1, target]
        tops[0, source], tops[1, target] = a + tall, b + tall
        ribbons.append(f"<path d='M{left} {a:.1f}C{middle} {a:.1f} {middle} {b:.1f} {right} {b:.1f}L{right} {b + tall:.1f}"
                       f"C{middle} {b + tall:.1f} {middle} {a + tall:.1f} {left} {a + tall:.1f}Z' fill='{colour}'/>")
    ends = [write(one.text, BESIDE if (one.x or 0) < 0.5 else width - BESIDE, 22, size=16, colour=ink,
                  anchor="start" if (one.x or 0) < 0.5 else "end") for one in figure.layout.annotations if one.text]
    return (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' role='img' "
            f"aria-label='{html.escape(alt, quote=True)}'>{''.join([*ribbons, *parts, *ends])}</svg>")

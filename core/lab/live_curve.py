"""The training curve of a run that is under way, in altair: it keeps its view and only swaps its rows."""

from typing import Any

import altair as alt
import pandas as pd

from core.lab.palette import MARKS, MEANINGS
from core.lab.strip import INK, colour

HEIGHT = 330
MOST_POINTS = 300
NAMES = {"train_loss": ("member", "training images"), "test_loss": ("non-member", "test images")}


def rows(points: list[dict[str, Any]]) -> pd.DataFrame:
    """Return curve events as rows epoch, loss, meaning; thinned evenly to at most 300 a line."""
    step = max(1, -(-len(points) // MOST_POINTS))
    kept = points[::step] + ([points[-1]] if points and (len(points) - 1) % step else [])
    table = [{"epoch": float(point["epoch"]), "loss": float(point[field]), "meaning": meaning}
             for field, (meaning, _) in NAMES.items() for point in kept if point.get(field) is not None]
    return pd.DataFrame(table, columns=["epoch", "loss", "meaning"])


def draw(points: list[dict[str, Any]], *, epochs: float) -> alt.LayerChart:
    """Return the curve of one model over ``epochs`` epochs, with each line named at its end."""
    data = rows(points)
    top = max(0.5, float(data["loss"].max()) * 1.08) if len(data) else 2.5
    text = {"labelColor": INK, "titleColor": INK, "labelFontSize": 15, "titleFontSize": 16, "titleFontWeight": "normal", "ticks": False,
            "domain": False, "gridColor": "#828B86", "gridOpacity": 0.2, "tickCount": 5, "labelPadding": 8}
    x = alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, epochs], nice=False), axis=alt.Axis(**text))
    y = alt.Y("loss:Q", title="loss", scale=alt.Scale(domain=[0, top], nice=False), axis=alt.Axis(**text))
    lines = alt.Chart(data).mark_line(strokeWidth=3, clip=True).encode(
        x=x, y=y, color=colour(), strokeDash=alt.StrokeDash("meaning:N", legend=None, scale=alt.Scale(
            domain=list(MEANINGS), range=[list(mark.stroke) for mark in MARKS.values()])))
    ends = data.groupby("meaning", as_index=False).last() if len(data) else data
    names = dict(NAMES.values())
    ends = ends.assign(text=[names[meaning] for meaning in ends["meaning"]], meaning="reference",
                       side=["left" if epoch < 0.6 * epochs else "right" for epoch in ends["epoch"]])
    layers = [lines]
    for side, shift in (("left", 8), ("right", -4)):
        layers.append(alt.Chart(ends[ends["side"] == side]).mark_text(
            align=side, dx=shift, dy=0 if side == "left" else -14, fontSize=16, fontWeight=600).encode(x=x, y=y, text="text:N", color=colour()))
    return alt.layer(*layers).properties(height=HEIGHT).configure_view(stroke=None)


def alt_text(points: list[dict[str, Any]], what: str) -> str:
    """Return the latest point as one sentence."""
    if not points:
        return f"{what}: no epoch is finished yet."
    last = points[-1]
    test = f", test loss {last['test_loss']:.2f}" if last.get("test_loss") is not None else ""
    return f"{what}: after epoch {last['epoch']:g} the training loss is {last['train_loss']:.2f}{test}."[:159]

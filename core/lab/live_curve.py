"""The training curve of a run that is under way: altair writes the chart once, then only its rows are swapped."""

import copy
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.lab.palette import MARKS, MEANINGS, NEUTRAL
from core.lab.strip import INK, colour

HEIGHT = 330
MOST_POINTS = 300
NAMES = {"train_loss": ("member", "training images"), "test_loss": ("non-member", "test images")}


def rows(points: list[dict[str, Any]], *, epochs: float) -> pd.DataFrame:
    """Return curve events as rows kind, epoch, loss, meaning, text: thinned evenly to at most 300 a line, plus a name a line."""
    step = max(1, -(-len(points) // MOST_POINTS))
    kept = points[::step] + ([points[-1]] if points and (len(points) - 1) % step else [])
    table = []
    for field, (meaning, text) in NAMES.items():
        line = [{"kind": "line", "epoch": float(point["epoch"]), "loss": float(point[field]), "meaning": meaning, "text": ""}
                for point in kept if point.get(field) is not None]
        table += line
        if line:
            table.append(line[-1] | {"kind": _side(line, field, epochs), "meaning": "reference", "text": text})
    return pd.DataFrame(table, columns=["kind", "epoch", "loss", "meaning", "text"])


def _side(line: list[dict[str, Any]], field: str, epochs: float) -> str:
    """Return where a line's name keeps clear of both lines: after its end, or near the right edge outside the pair."""
    if line[-1]["epoch"] < 0.6 * epochs:
        return "after"
    has_room = line[-1]["loss"] > 0.1 * max(point["loss"] for point in line)
    return "below" if field == "train_loss" and has_room else "above"


@lru_cache(maxsize=1)
def template() -> dict[str, Any]:
    """Return the chart as a Vega-Lite specification without data, with both axes from 0 to 1."""
    text = {"labelColor": INK, "titleColor": INK, "labelFontSize": 15, "titleFontSize": 16, "titleFontWeight": "normal", "ticks": False,
            "domain": False, "gridColor": NEUTRAL, "gridOpacity": 0.2, "tickCount": 5, "labelPadding": 8}
    x = alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(**text))
    y = alt.Y("loss:Q", title="loss", scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(**text))
    base = alt.Chart()
    dashes = alt.Scale(domain=list(MEANINGS), range=[list(mark.stroke) for mark in MARKS.values()])
    lines = base.transform_filter("datum.kind === 'line'").mark_line(
        strokeWidth=3, clip=True, point={"size": 36, "filled": True, "opacity": 1}).encode(
        x=x, y=y, color=colour(), strokeDash=alt.StrokeDash("meaning:N", legend=None, scale=dashes))
    names = [base.transform_filter(f"datum.kind === '{side}'").mark_text(
        align=align, dx=dx, dy=dy, fontSize=16, fontWeight=600).encode(x=x, y=y, text="text:N", color=colour())
        for side, align, dx, dy in (("after", "left", 10, 0), ("above", "right", -4, -16), ("below", "right", -4, 16))]
    spec = alt.layer(lines, *names).properties(height=HEIGHT).configure(aria=False).configure_view(stroke=None).to_dict()
    spec.pop("data", None)
    return spec


def draw(points: list[dict[str, Any]], *, epochs: float) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return rows and Vega-Lite specification of one model's curve over ``epochs`` epochs."""
    data, spec = rows(points, epochs=epochs), copy.deepcopy(template())
    top = max(0.5, float(data["loss"].max()) * 1.08) if len(data) else 2.5
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domain"] = [0, epochs]
        layer["encoding"]["y"]["scale"]["domain"] = [0, top]
    return data, spec


def alt_text(points: list[dict[str, Any]], what: str) -> str:
    """Return the latest point as one sentence."""
    if not points:
        return f"{what}: no epoch is finished yet."
    last = points[-1]
    test = f", test loss {last['test_loss']:.2f}" if last.get("test_loss") is not None else ""
    return f"{what}: after epoch {last['epoch']:g} the training loss is {last['train_loss']:.2f}{test}."

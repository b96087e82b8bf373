"""Curves of the room: reliability, levels, the time course, risk against coverage, and the logit norm."""

import pandas as pd
import plotly.graph_objects as go

from core.calibration.catalogue import METHODS
from core.data.corruptions import CORRUPTION_TITLES
from core.lab import words
from core.lab.figure import Look, band, canvas
from core.lab.palette import MARKS, NEUTRAL, Mark, faint
from core.lab.panels import legend_above, over, said, side_by_side
from core.lab.runs import Run

SHOWN = ("source", "bn", "tent", "dec")
CONDITIONS = {"clean": "Clean", "test_set": "Own test set", **CORRUPTION_TITLES}
_MARKS = {"bn": MARKS["member"], "tent": MARKS["harmed"], "dec": MARKS["defended"], "eta": MARKS["non-member"],
          "fixed": MARKS["stripped"]}


def mark_of(method: str, look: Look) -> Mark:
    """Return how a method is drawn: ink for the network as it was trained, harm for TENT, repair for distillation."""
    return _MARKS.get(method, Mark(look.ink))


def far_level(run: Run) -> int:
    """Return the level at which headline numbers are taken."""
    return run.request.config.level_numbers[-1]


def rows_of(run: Run, table: str, wanted: dict[str, object]) -> pd.DataFrame:
    """Return the rows of a table in which every named column has the value given."""
    rows = run.table(table)
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return rows


def reliability(run: Run, look: Look, *, corruption: str = "all", level: int | None = None, method: str = "tent",
                repair: str = "none") -> go.Figure | None:
    """Return accuracy against confidence for batch statistics and one method, all seeds together, with how many images each bin holds.

    Args:
        run: A finished run.
        look: Ink and scale.
        corruption: One corruption, ``clean``, or all of them together.
        level: Its level; the last one where it is not given.
        method: The method beside batch statistics.
        repair: One of ``POST_HOC``, for both.
    """
    rows = rows_of(run, "bins", {"repair": repair})
    rows = rows[rows["level"] == (0 if corruption == "clean" else far_level(run) if level is None else level)]
    rows = rows if corruption in ("all", "clean") else rows[rows["corruption"] == corruption]
    return diagram(rows, ("bn" if "bn" in run.request.config.method_names else "source", method), look)


def diagram(rows: pd.DataFrame, names: tuple[str, str], look: Look) -> go.Figure:
    """Return accuracy against confidence of two methods, all rows of a bin together.

    Args:
        rows: One row a bin: method, bin, count, confidence, accuracy.
        names: The methods; the second has its bars to the left.
        look: Ink and scale.
    """
    figure = canvas(look, x="confidence", y="accuracy")
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, name="as sure as "
                       "right", hoverinfo="skip")
    for name in dict.fromkeys(names):
        mine = rows[rows["method"] == name]
        if mine.empty:
            continue
        both = mine.assign(sure=mine["confidence"] * mine["count"], right=mine["accuracy"] * mine["count"])
        bins = both.groupby("bin")[["count", "sure", "right"]].sum()
        sure, right, mark = bins["sure"] / bins["count"], bins["right"] / bins["count"], mark_of(name, look)
        share = bins["count"] / bins["count"].sum()
        figure.add_bar(x=sure, y=share, width=0.018, offset=-0.018 if name == names[1] else 0.0, showlegend=False, hoverinfo="skip",
                       marker={"color": faint(mark.colour, 0.4)})
        figure.add_scatter(
            x=sure, y=right, mode="lines+markers", name=METHODS[name].title,
            line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash}, marker={"size": look.size(9), "symbol": mark.symbol},
            text=[f"<b>{METHODS[name].title}</b><br>{100 * a:.0f}% sure, {100 * b:.0f}% right<br>{n:,.0f} images, {100 * c:.1f}% of them"
                  for a, b, n, c in zip(sure, right, bins["count"], share, strict=True)], hovertemplate="%{text}<extra></extra>")
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    legend_above(figure, titles=False)
    return figure


def levels(run: Run, look: Look, *, repair: str = "none") -> go.Figure | None:
    """Return accuracy and calibration error over the level, mean over corruptions, for source, statistics, TENT and distillation."""
    rows = rows_of(run, "scores", {"repair": repair})
    rows = rows.groupby(["seed", "level", "method"], as_index=False)[["accuracy", "ece"]].mean()
    figure = canvas(look, x="level", y="")
    for place, (column, title) in zip(side_by_side(figure, look, ("Accuracy", "Calibration error"), shared=False), (
            ("accuracy", "accuracy"), ("ece", "error")), strict=True):
        for name in SHOWN:
            mine = over(rows[rows["method"] == name], ("level",), column, (0.0, 1.0))
            if mine.empty:
                continue
            mark = mark_of(name, look)
            edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, **place}
            figure.add_scatter(x=mine["level"], y=mine["high"], **edge)
            figure.add_scatter(x=mine["level"], y=mine["low"], fill="tonexty", fillcolor=faint(mark.colour), **edge)
            figure.add_scatter(
                x=mine["level"], y=mine["value"], mode="lines+markers", name=METHODS[name].title, legendgroup=name,
                showlegend=column == "accuracy", line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash},
                marker={"size": look.size(9), "symbol": mark.symbol}, hovertemplate="%{text}<extra></extra>", **place,
                text=[f"<b>{METHODS[name].title}</b><br>{title} {said(row)}<br>level {row.level}" for row in mine.itertuples()])
    figure.update_xaxes(tickvals=sorted(rows["level"].unique()), range=[-0.3, far_level(run) + 0.3])
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    figure.layout.yaxis.range = [0, 1.02]
    legend_above(figure)
    return figure


def course(run: Run, look: Look) -> go.Figure | None:
    """Return confidence minus accuracy along the long stream: where it crosses zero, the method is calibrated for a moment."""
    rows = run.table("course")
    if rows.empty:
        return None
    rows = rows.assign(gap=100 * (rows["confidence"] - rows["accuracy"]))
    figure = canvas(look, x="passes over the stream", y="confidence − accuracy, points")
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    for name in dict.fromkeys(rows["method"]):
        if name == "eta":
            continue
        mine, mark = over(rows[rows["method"] == name], ("passes",), "gap"), mark_of(name, look)
        band(figure, mine["passes"], mine["low"], mine["high"], mark.colour)
        figure.add_scatter(
            x=mine["passes"], y=mine["value"], mode="lines", name=METHODS[name].title, showlegend=True,
            line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash}, hovertemplate="%{text}<extra></extra>",
            text=[f"<b>{METHODS[name].title}</b><br>{row.value:+.1f} points after {row.passes:.1f} passes".replace("-", words.MINUS)
                  for row in mine.itertuples()])
    legend_above(figure, titles=False)
    return figure


def risk(run: Run, look: Look) -> go.Figure | None:
    """Return the share wrong among the surest images, mean over corruptions at the last level."""
    rows = rows_of(run, "risk", {"level": far_level(run)}).groupby(["seed", "method", "answered"], as_index=False)["risk"].mean()
    figure = canvas(look, x="images answered, surest first", y="wrong among them")
    for name in SHOWN:
        mine = over(rows[rows["method"] == name], ("answered",), "risk", (0.0, 1.0))
        if mine.empty:
            continue
        mark = mark_of(name, look)
        band(figure, mine["answered"], mine["low"], mine["high"], mark.colour)
        figure.add_scatter(
            x=mine["answered"], y=mine["value"], mode="lines", name=METHODS[name].title, showlegend=True,
            line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash}, hovertemplate="%{text}<extra></extra>",
            text=[f"<b>{METHODS[name].title}</b><br>{said(row)} wrong<br>of the surest {100 * row.answered:.0f}%"
                  for row in mine.itertuples()])
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    legend_above(figure, titles=False)
    return figure


def norms(run: Run, look: Look) -> go.Figure | None:
    """Return the mean logit norm of the source network over the level, one line a corruption."""
    rows = rows_of(run, "scores", {"repair": "none", "method": "source"})
    clean = rows[rows["level"] == 0]
    figure = canvas(look, x="level", y="logit norm")
    symbols = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon", "pentagon")
    names = [name for name in dict.fromkeys(rows["corruption"]) if name != "clean"]
    for place, name in enumerate(names):
        mine = over(pd.concat([clean, rows[rows["corruption"] == name]]), ("level",), "norm")
        figure.add_scatter(
            x=mine["level"], y=mine["value"], mode="lines+markers", name=CONDITIONS[name], showlegend=True,
            line={"color": look.ink if place % 2 else NEUTRAL, "width": look.size(2.5), "dash": ("solid", "dash", "dot")[place % 3]},
            marker={"size": look.size(9), "symbol": symbols[place % len(symbols)]}, hovertemplate="%{text}<extra></extra>",
            text=[f"<b>{CONDITIONS[name]}</b>, level {row.level}<br>{said(row, '')}" for row in mine.itertuples()])
    figure.update_xaxes(tickvals=sorted(rows["level"].unique()))
    figure.update_yaxes(rangemode="tozero")
    legend_above(figure, titles=False)
    return figure



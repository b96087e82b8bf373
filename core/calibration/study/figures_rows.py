"""Rows of the room: every method with every repair, conformal coverage, classes, cost."""

import math

import plotly.graph_objects as go

from core.calibration.catalogue import METHODS, POST_HOC, SHORT_POST_HOC, short
from core.calibration.study.figures_curves import far_level, mark_of, rows_of
from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL, Mark
from core.lab.panels import legend_above, over, rows_named, said, whiskers
from core.lab.runs import Run

SHARE, ANY = (0.0, 1.0), (-math.inf, math.inf)
MEASURES = {  # of scores: what the axis says, unit, bounds
    "ece": ("calibration error", "%", SHARE), "ece_mass": ("calibration error, bins of equal count", "%", SHARE),
    "ece_class": ("calibration error, class by class", "%", SHARE), "overconfidence": ("confidence minus accuracy", "pt", (-1.0, 1.0)),
    "nll": ("negative log-likelihood, nats", "", ANY), "brier": ("Brier score", "", ANY),
    "auroc": ("AUROC of confidence for being right", "", SHARE)}
REPAIR_MARKS = {"none": MARKS["harmed"], "home": MARKS["defended"], "stream": MARKS["member"], "sample": MARKS["stripped"]}


def repairs(run: Run, look: Look, *, measure: str = "ece") -> go.Figure | None:
    """Return one measure of every method as it comes and by each repair, mean over corruptions at the last level."""
    title, unit, bounds = MEASURES[measure]
    scores = rows_of(run, "scores", {"level": far_level(run)})
    rows = scores.groupby(["seed", "method", "repair"], as_index=False)[list(dict.fromkeys((measure, "floor")))].mean()
    names = [short(name) for name in run.request.config.method_names]
    figure = canvas(look, x=title, y="", height=int(look.height * 1.15))
    for place, repair in enumerate((*REPAIR_MARKS, "oracle")):
        mark = REPAIR_MARKS.get(repair, Mark(look.ink, symbol="line-ns-open"))
        mine = over(rows[rows["repair"] == repair], ("method",), measure, bounds)
        titles = [short(name) for name in mine["method"]]
        figure.add_scatter(
            x=mine["value"], y=[names.index(title) for title in titles], mode="markers", name=SHORT_POST_HOC[repair],
            error_x=whiskers(mine, look, mark.colour), marker={"size": look.size(11), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>{METHODS[row.method].title}</b><br>{POST_HOC[repair].lower()}<br>{said(row, unit)}" for row in mine.itertuples()],
            hovertemplate="%{text}<extra></extra>")
        figure.data[-1].y = [y + 0.12 * (place - 2) for y in figure.data[-1].y]
    at = {"ece": float(rows.loc[rows["repair"] == "none", "floor"].mean()), "overconfidence": 0.0}.get(measure)
    if at is not None:
        figure.add_vline(x=at, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    figure.update_yaxes(tickmode="array", tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.4, -0.6])
    figure.update_xaxes(tickformat=".0%" if unit else "", nticks=4, rangemode="tozero" if measure.startswith("ece") else "normal")
    legend_above(figure, titles=False)
    return figure


def coverage(run: Run, look: Look) -> go.Figure | None:
    """Return how often conformal sets hold the truth, at home and at the last level, by method."""
    rows = rows_of(run, "scores", {"repair": "none"}).groupby(["seed", "method", "level"], as_index=False)["coverage"].mean()
    names = [short(name) for name in run.request.config.method_names]
    figure = canvas(look, x="sets that hold the truth", y="")
    for level, title, mark in ((0, "at home", Mark(look.ink)), (far_level(run), "at the last level", MARKS["harmed"])):
        mine = over(rows[rows["level"] == level], ("method",), "coverage", (0.0, 1.0))
        figure.add_scatter(
            x=mine["value"], y=[short(name) for name in mine["method"]], mode="markers", name=title,
            error_x=whiskers(mine, look, mark.colour), marker={"size": look.size(12), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>{METHODS[row.method].title}</b>, {title}<br>{said(row)}" for row in mine.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0.9, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    rows_named(figure, names)
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%", tickvals=[0, 0.5, 0.9])
    legend_above(figure, titles=False)
    return figure


def classes(run: Run, look: Look) -> go.Figure | None:
    """Return confidence minus accuracy by the class that is said, for batch statistics and TENT: whose answers are over-trusted."""
    rows = rows_of(run, "classes", {"level": far_level(run)})
    rows = rows.assign(sure=rows["confidence"] * rows["n"], right=rows["accuracy"] * rows["n"])
    sums = rows.groupby(["seed", "method", "name"], as_index=False)[["n", "sure", "right"]].sum()
    sums["gap"] = 100 * (sums["sure"] - sums["right"]) / sums["n"]
    names = list(run.results[0].names["name"])
    figure = canvas(look, x="confidence − accuracy, points", y="")
    for name in ("bn", "tent"):
        mine = over(sums[sums["method"] == name], ("name",), "gap")
        if mine.empty:
            continue
        mark = mark_of(name, look)
        figure.add_scatter(
            x=mine["value"], y=mine["name"], mode="markers", name=short(name), error_x=whiskers(mine, look, mark.colour),
            marker={"size": look.size(11), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>said: {row.name}</b><br>{METHODS[name].title}<br>{row.value:+.1f} points".replace("-", words.MINUS)
                  for row in mine.itertuples(index=False)], hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    rows_named(figure, names)
    legend_above(figure, titles=False)
    return figure


def groups(run: Run, look: Look) -> go.Figure | None:
    """Return confidence minus accuracy of each group of images, for batch statistics and TENT; None where the data tells no groups."""
    rows = rows_of(run, "groups", {"level": far_level(run)})
    if rows.empty:
        return None
    rows = rows.assign(sure=rows["confidence"] * rows["n"], right=rows["accuracy"] * rows["n"])
    sums = rows.groupby(["seed", "method", "group"], as_index=False)[["n", "sure", "right"]].sum()
    sums["gap"] = 100 * (sums["sure"] - sums["right"]) / sums["n"]
    names = [str(name) for name in dict.fromkeys(rows.sort_values("number")["group"])]
    titles = {name: name.replace("<", "‹") for name in names}
    figure = canvas(look, x="confidence − accuracy, points", y="")
    for name in ("bn" if "bn" in run.request.config.method_names else "source", "tent"):
        mine = over(sums[sums["method"] == name], ("group",), "gap")
        if mine.empty:
            continue
        mark = mark_of(name, look)
        figure.add_scatter(
            x=mine["value"], y=[titles[group] for group in mine["group"]], mode="markers", name=short(name),
            error_x=whiskers(mine, look, mark.colour), marker={"size": look.size(11), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>{titles[row.group]}</b><br>{METHODS[name].title}<br>{row.value:+.1f} points".replace("-", words.MINUS)
                  for row in mine.itertuples(index=False)], hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    rows_named(figure, list(titles.values()))
    legend_above(figure, titles=False)
    return figure


def costs(run: Run, look: Look) -> go.Figure | None:
    """Return seconds a batch as a multiple of a plain forward pass."""
    rows = run.table("costs")
    mine = over(rows, ("method",), "times", (0.0, float("inf")))
    passes = rows.groupby("method")[["forwards", "backwards"]].first()
    figure = canvas(look, x="times a plain forward pass", y="")
    figure.add_bar(
        x=mine["value"], y=[short(name) for name in mine["method"]], orientation="h", error_x=whiskers(mine, look),
        marker={"color": [mark_of(name, look).colour for name in mine["method"]]}, textposition="none",
        hovertemplate="%{text}<extra></extra>",
        text=[f"<b>{METHODS[row.method].title}</b><br>{said(row, '')}<br>{passes.loc[row.method, 'forwards']:.0f} forward, "
              f"{passes.loc[row.method, 'backwards']:.0f} backward passes" for row in mine.itertuples()])
    figure.add_vline(x=1, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    rows_named(figure, [short(name) for name in run.request.config.method_names])
    figure.update_xaxes(rangemode="tozero", nticks=4)
    return figure



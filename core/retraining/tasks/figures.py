"""The figures of new tasks, as a literal table in the order of the page."""

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.estimate import ratio_over_seeds
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run
from core.retraining import cost_axis
from core.retraining.tasks.catalogue import BY_NAME, COLUMNS, SOURCES

LOOKS = {"fashion-mnist": "member", "digits": "non-member", "own": "stripped", "random": "neutral"}
FAR = math.log(4.0)  # where the matrix has its darkest colours: a quarter, and four times


def ratios(run: Run) -> pd.DataFrame:
    """Return for every trained source and task what it needs as a ratio to random weights: value, low, high over seeds."""
    rows = []
    cases = run.table("cases")
    for (source, task, title), part in cases[cases["source"] != "random"].groupby(["source", "task", "title"], sort=False):
        found = ratio_over_seeds(part["ratio"].to_list())
        low, high = (found.value, found.value) if found.low is None else (found.low, found.high)
        rows.append((source, task, title, found.value, low, high, found.n, int(part["images"].isna().sum())))
    return pd.DataFrame(rows, columns=["source", "task", "title", "value", "low", "high", "n", "never"])


def matrix(run: Run, look: Look) -> go.Figure:
    """Return images needed as a ratio to random weights, tasks down, sources across."""
    table = ratios(run)
    sources, titles = list(table["source"].unique()), list(table["title"].unique())
    wide = table.pivot(index="title", columns="source", values="value").loc[titles, sources]
    figure = canvas(look, x="trained on<br>(×1: as many as random weights)", y="", height=int(look.height * 1.1))
    figure.add_heatmap(
        z=np.log(wide.to_numpy()), x=[SOURCES[one] for one in sources], y=titles, zmin=-FAR, zmax=FAR, xgap=4, ygap=4,
        colorscale=[[0.0, MARKS["defended"].colour], [0.5, "rgba(130,139,134,0.12)"], [1.0, MARKS["harmed"].colour]], showscale=False,
        text=[["n/a" if math.isnan(value) else f"×{value:.2f}" for value in row] for row in wide.to_numpy()], texttemplate="<b>%{text}</b>",
        textfont={"size": look.size(16), "color": look.ink},
        hovertemplate="<b>%{y}</b><br>trained on %{x}: %{text} the images of random weights<extra></extra>")
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False, tickmode="array", tickvals=titles, tickfont={"size": look.size(14)})
    return figure


def saved(run: Run, look: Look) -> go.Figure:
    """Return the same ratios with intervals over seeds, on a logarithmic axis: left of 1 reuse is cheaper."""
    table = ratios(run)
    figure = canvas(look, x="images needed, random weights = 1", y="", height=int(look.height * 1.1))
    for source, part in table.groupby("source", sort=False):
        mark = MARKS[LOOKS[source]]
        figure.add_scatter(
            x=part["value"], y=part["title"], mode="markers", name=SOURCES[source], error_x=whiskers(part, look, mark.colour),
            marker={"size": look.size(12), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>{row.title}</b>, trained on {SOURCES[source].lower()}<br>×{row.value:.2f} ({row.low:.2f} to {row.high:.2f})"
                  + (f"<br>never reached in {row.never} of {row.n} seeds" if row.never else "") for row in part.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=1.0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    rows_named(figure, list(table["title"].unique()))
    low, high = float(np.nanmin(table["low"])), float(np.nanmax(table["high"]))
    figure.update_xaxes(type="log", range=[math.log10(max(0.02, min(low * 0.8, 0.5))), math.log10(min(50.0, max(high * 1.2, 2.0)))],
                        tickmode="array", tickvals=[0.03, 0.1, 0.25, 0.5, 1, 2, 4, 10],
                        ticktext=["×0.03", "×0.1", "×¼", "×½", "×1", "×2", "×4", "×10"])
    figure.update_yaxes(tickfont={"size": look.size(14)})
    legend_above(figure, titles=False)
    return figure


def costs(run: Run, look: Look) -> go.Figure:
    """Return RESQUE and the linear probe of every trained source and task against images to target, all seeds."""
    cases = run.table("cases")
    cases = cases[cases["source"] != "random"]
    cap = float(run.request.config.cap)
    figure = canvas(look, x="", y="images to target")
    places = side_by_side(figure, look, ["RESQUE for tasks", "1 − linear probe"])
    for panel, (column, place) in enumerate(zip(("task_mean", "probe_error"), places, strict=True)):
        for source, part in cases.groupby("source", sort=False):
            mark, never = MARKS[LOOKS[source]], part["images"].isna()
            figure.add_scatter(
                x=part[column], y=cost_axis.places(part["images"], cap), mode="markers", name=SOURCES[source],
                legendgroup=source, showlegend=not panel, marker={
                    "size": look.size(10), "color": mark.colour, "line": {"width": look.size(1.5), "color": mark.colour},
                    "symbol": ["x" if one else mark.symbol for one in never]},
                text=[f"<b>{row.title}</b>, seed {row.seed}<br>{cost_words(row.images, cap)}" for row in part.itertuples()],
                hovertemplate="%{text}<extra></extra>", **place)
        figure.add_shape(type="line", xref=f"{place['xaxis']} domain", yref=place["yaxis"], x0=0, x1=1, y0=cap, y1=cap,
                         line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    cost_axis.draw(figure, cap)
    figure.update_xaxes(nticks=4)
    legend_above(figure)
    return figure


def cost_words(images: float, cap: float) -> str:
    """Return a cost in words."""
    return f"not reached within {cap:,.0f} images" if math.isnan(images) else "needs none" if images == 0 else f"{images:,.0f} images"


def ranking(run: Run, look: Look) -> go.Figure:
    """Return how every index and free rival ranks tasks by cost, with intervals over seeds."""
    ranks = run.table("ranks")
    mine = ranks[ranks["share"] == run.request.config.share]
    means = over(mine.groupby(["index", "seed"], sort=False, as_index=False)["spearman"].agg(lambda values: values.mean(skipna=False)),
                 ["index"], "spearman", (-1.0, 1.0)).sort_values("value", ascending=False)
    figure = canvas(look, x="rank correlation with cost", y="", height=int(look.height * 1.1))
    for is_free, name, mark in ((False, "RESQUE", "member"), (True, "free rival", "non-member")):
        part = means[[BY_NAME[one].is_free == is_free for one in means["index"]]]
        figure.add_scatter(
            x=part["value"], y=[title(one) for one in part["index"]], mode="markers", name=name,
            error_x=whiskers(part, look, MARKS[mark].colour),
            marker={"size": look.size(12), "color": MARKS[mark].colour, "symbol": MARKS[mark].symbol},
            text=[f"<b>{title(name)}</b><br>{said(row, '')}" for name, row in zip(part["index"], part.drop(columns="index").itertuples(),
                                                                                 strict=True)], hovertemplate="%{text}<extra></extra>")
    rows_named(figure, [title(one) for one in means["index"]])
    low = float(np.nanmin([0.0, *means["low"]]))
    figure.update_xaxes(range=[low - 0.05, 1.03])
    figure.update_yaxes(tickfont={"size": look.size(13)})
    legend_above(figure, titles=False)
    return figure


def title(name: str) -> str:
    """Return the name of a column, starred where it needs no labels of the new task."""
    return BY_NAME[name].title + ("" if BY_NAME[name].needs_labels else " *")


def curves(run: Run, look: Look, *, task: str = "digits") -> go.Figure | None:
    """Return one task's curves from every source, with the target, first seed."""
    seed = run.request.seeds[0]
    table, cases = run.table("curves"), run.table("cases")
    table = table[(table["seed"] == seed) & (table["task"] == task)]
    if table.empty:
        return None
    figure = canvas(look, x="images of the new task", y="accuracy on its test images")
    for source, part in table.groupby("source", sort=False):
        mark = MARKS[LOOKS[source]]
        figure.add_scatter(x=part["images"], y=part["accuracy"], mode="lines+markers", name=SOURCES[source],
                           line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash},
                           marker={"size": look.size(7), "symbol": mark.symbol},
                           hovertemplate=f"<b>{SOURCES[source]}</b><br>%{{y:.1%}} after %{{x:,}} images<extra></extra>")
    target = float(cases[(cases["seed"] == seed) & (cases["task"] == task)]["target"].iloc[0])
    figure.add_hline(y=target, line={"color": look.ink, "width": look.size(2), "dash": "dot"})
    figure.add_annotation(x=1, xref="paper", y=target, text=f"<b>target {target:.0%}</b>", showarrow=False, xanchor="right",
                          yanchor="top", yshift=-14, font={"size": look.size(15), "color": look.ink})
    figure.update_yaxes(tickformat=".0%", range=[0.0, 1.0])
    figure.update_xaxes(range=[-0.02 * run.request.config.cap, 1.02 * run.request.config.cap])
    legend_above(figure, titles=False)
    return figure


def never(run: Run, look: Look) -> go.Figure:
    """Return how many retrainings of each source needed none, got there, never got there: numbers over all seeds."""
    cases = run.table("cases")
    figure = canvas(look, x="", y="retrainings")
    shares = {"needed none": cases["images"] == 0, "got there": cases["images"] > 0, "never reached": cases["images"].isna()}
    for (name, chosen), mark, shape in zip(shares.items(), ("defended", "member", "harmed"), ("x", "", "/"), strict=True):
        part = cases.assign(count=chosen.astype(int)).groupby("source", sort=False)["count"].sum()
        figure.add_bar(x=[SOURCES[one].replace(" ", "<br>", 1) for one in part.index], y=part, name=name,
                       text=[str(count) if count else "" for count in part], textfont={"size": look.size(15)}, textangle=0,
                       marker={"color": MARKS[mark].colour, "pattern": {"shape": shape, "fgcolor": "rgba(255,255,255,0.5)",
                                                                        "fillmode": "overlay"}},
                       hovertemplate=f"<b>{name}</b><br>%{{y}}<extra></extra>")
    figure.update_layout(barmode="stack")
    figure.update_xaxes(showgrid=False)
    legend_above(figure, titles=False)
    return figure


def alt_saved(run: Run) -> str:
    """Return both ratios."""
    return (f"Ratio to random weights: {words.number(run.estimate('ratio_own').value)} on a source's own kind of images, "
            f"{words.number(run.estimate('ratio_other').value)} on the other kind; log axis.")


def alt_matrix(run: Run) -> str:
    """Return the smallest and the largest ratio."""
    table = ratios(run).dropna(subset=["value"])
    if table.empty:
        return "No ratio: neither reuse nor random weights reached a target."
    least, most = table.loc[table["value"].idxmin()], table.loc[table["value"].idxmax()]
    return (f"Least: {SOURCES[least['source']].lower()} to {least['title'].lower()}, ×{least['value']:.2f}; most: "
            f"{SOURCES[most['source']].lower()} to {most['title'].lower()}, ×{most['value']:.2f}.")


def alt_costs(run: Run) -> str:
    """Return both rank correlations."""
    return (f"Rank correlation with images to target is {words.number(run.estimate('rank_task').value)} for RESQUE and "
            f"{words.number(run.estimate('rank_probe').value)} for the probe; costs on a log axis.")


def alt_ranking(run: Run) -> str:
    """Return how many were ranked, and three of them."""
    return (f"{len(COLUMNS)} indices and rivals; RESQUE {words.number(run.estimate('rank_task').value)}, linear probe "
            f"{words.number(run.estimate('rank_probe').value)}, k-NN {words.number(run.estimate('rank_knn').value)}.")


def alt_curves(run: Run) -> str:
    """Return what is compared."""
    return "Accuracy against images of the new task, one line a source, with the target that all of them share."


def alt_never(run: Run) -> str:
    """Return how many never got there."""
    return (f"{sum(result.never for result in run.results):.0f} of {sum(result.retrainings for result in run.results):.0f} retrainings "
            "never reached their target.")


MATRIX = Figure(
    id="matrix", title="What reuse saves, task by task", draw=matrix, alt=alt_matrix,
    caption="Images needed as a ratio to random weights, geometric mean over seeds. Green saves, red costs more.")
SAVED = Figure(
    id="saved", title="The same with intervals", draw=saved, alt=alt_saved,
    caption="Bars: 95% over seeds. A retraining that never got there is counted at the cap.")
COSTS = Figure(
    id="costs", title="What an index says, and what it cost", draw=costs, alt=alt_costs,
    caption="A point a task, source and seed. Dotted: the cap; crosses above it never got there.")
RANKING = Figure(
    id="ranking", title="RESQUE and what everybody can compute", draw=ranking, alt=alt_ranking,
    caption="Mean over trained sources; bars: 95% over seeds. A star marks what needs no labels of the new task.")
CURVES = Figure(
    id="curves", title="One task from every source", draw=curves, alt=alt_curves, caption="First seed. Dotted: the target.")
NEVER = Figure(
    id="never", title="Needed none, got there, never reached", draw=never, alt=alt_never, caption="Numbers of retrainings, all seeds.")

FIGURES: tuple[Figure, ...] = (MATRIX, SAVED, COSTS, RANKING, CURVES, NEVER)

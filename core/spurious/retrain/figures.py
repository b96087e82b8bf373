"""One pruning beside no pruning and beside as many random images."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS
from core.lab.runs import Run
from core.spurious.figures_means import MEASURES, means, said, whiskers

PLACES = {"none": "Nothing removed", "rule": "Removed", "random": "As many random"}
SYMBOLS = {"reliance": "triangle-up", "worst_group_accuracy": "circle", "average_accuracy": "circle-open"}


def compared(run: Run) -> pd.DataFrame:
    """Return one row per training set (nothing removed, the rule, random): place, and each measure with its ends."""
    table = run.table("sweep")
    table = table.assign(place=table.groupby("seed").cumcount().map(dict(enumerate(PLACES.values()))))
    return means(table, ["place"], list(SYMBOLS))


def draw(run: Run, look: Look) -> go.Figure | None:
    """Return being misled, worst group and average accuracy as dots with intervals, one row per training set."""
    rows = compared(run).iloc[::-1]
    figure = canvas(look, x="share of test images", y="", height=int(170 + 62 * look.scale * len(rows)))
    for column, symbol in SYMBOLS.items():
        colour = MARKS["harmed"].colour if column == "reliance" else look.ink
        hover = [f"<b>{row.place}</b><br>{MEASURES[column]}: {said(row, column)}" for row in rows.itertuples()]
        figure.add_scatter(
            x=rows[column], y=rows["place"], mode="markers", name=MEASURES[column], text=hover, hovertemplate="%{text}<extra></extra>",
            error_x=whiskers(rows, column, look, colour),
            marker={"size": look.size(13), "symbol": symbol, "color": colour, "line": {"width": 2, "color": colour}})
    figure.update_xaxes(range=[0.0, 1.03], tickformat=".0%", tickvals=[0, 0.5, 1])
    figure.update_yaxes(range=[-0.6, len(rows) - 0.4], tickmode="linear", categoryorder="array", categoryarray=list(rows["place"]))
    figure.update_layout(showlegend=True, legend={"itemsizing": "constant", "font": {"size": look.size(14), "color": look.ink}})
    return figure


def alt(run: Run) -> str:
    """Return how far this pruning lowers being misled."""
    before, after, random = (words.number(run.estimate(name).value, "%") for name in ("reliance_before", "reliance", "reliance_random"))
    return f"The cue misleads {before} before, {after} after, and {random} when as many random images go."


RETRAIN = Figure(
    id="retrain", title="One pruning, trained anew", draw=draw, alt=alt,
    caption="The same network on three training sets. Misled: lower is better. Accuracy: higher is better. Bars: 95% over seeds.")
FIGURES: tuple[Figure, ...] = (RETRAIN,)

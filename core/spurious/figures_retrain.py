"""One pruning beside no pruning and beside as many random images."""

import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS
from core.lab.runs import Run
from core.spurious.figures_means import LONGEST_ALT, MEASURES, SHORT, means, percent_axis, said, whiskers

SHOWN = {"reliance": MARKS["harmed"], "worst_group_accuracy": MARKS["member"], "average_accuracy": MARKS["non-member"]}
PLACES = ("nothing removed", "removed", "as many random")


def compared(run: Run):
    """Return one row per training set (nothing removed, the rule, random): place, rule, and each measure with its ends."""
    table = run.table("sweep")
    table = table.assign(place=table.groupby("seed").cumcount().map(dict(enumerate(PLACES))))
    return means(table, ["place"], list(SHOWN))


def draw(run: Run, look: Look) -> go.Figure | None:
    """Return how often the cue misleads, worst group and average accuracy, for the three training sets."""
    rows = compared(run)
    figure = canvas(look, x=f"training images ({SHORT[run.request.config.rule]}, {run.request.config.share:.0%})", y="share of test images")
    for column, mark in SHOWN.items():
        hover = [f"<b>{row.place}</b><br>{MEASURES[column]}: {said(row, column)}" for row in rows.itertuples()]
        figure.add_scatter(
            x=rows["place"], y=rows[column], mode="lines+markers", name=MEASURES[column], text=hover, showlegend=True,
            hovertemplate="%{text}<extra></extra>", error_y=whiskers(rows, column, look, mark.colour),
            line={"color": mark.colour, "width": look.size(2.5), "dash": mark.dash},
            marker={"size": look.size(11), "symbol": mark.symbol, "color": mark.colour})
    figure.update_layout(showlegend=True)
    percent_axis(figure, "y", 0.0, 1.03)
    return figure


def alt(run: Run) -> str:
    """Return how far this pruning lowers being misled."""
    before, after, random = (run.estimate(name).value for name in ("reliance_before", "reliance", "reliance_random"))
    return (f"The cue misleads {words.number(before, '%')} before, {words.number(after, '%')} after, and {words.number(random, '%')} "
            "when as many random images go.")[:LONGEST_ALT]


RETRAIN = Figure(
    "retrain", "One pruning, trained anew", "The same network on three training sets. Lower is better for misled, higher for accuracy.",
    draw, alt)
FIGURES: tuple[Figure, ...] = (RETRAIN,)

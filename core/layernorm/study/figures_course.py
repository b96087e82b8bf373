"""The course of memorising: the stripped model beside the intact one at half its speed, with the moment at which the paper reads."""

import numpy as np
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import NEUTRAL
from core.lab.panels import LONGEST_ALT, legend_above, over, said, side_by_side
from core.lab.runs import Run
from core.layernorm.panels import TITLES, mark_of, panels_of, placements_of
from core.layernorm.study.reading_points import courses_of
from core.layernorm.variants import PLACEMENT_TITLES

SLOWER = 2.0
SLOW = "Intact, half speed"


def papers_epoch(run: Run, placement: str) -> float:
    """Return the epoch, mean over seeds, after which the intact model fits every training label; NaN where a seed never does."""
    found = []
    for result in run.results:
        courses = courses_of(result, placement)
        place, epochs = courses.papers_place(), courses.path("intact", "epoch")
        found.append(float(epochs[int(place)]) if not np.isnan(place) else np.nan)
    return float(np.mean(found))


def course(run: Run, look: Look) -> go.Figure:
    """Return the wrong labels memorised after each epoch: intact, stripped, and intact with its time stretched to the double."""
    table = run.table("epochs")
    figure, placements = canvas(look, x="epoch", y="wrong labels memorised"), placements_of(run)
    is_told = False
    for index, (placement, axes) in enumerate(zip(placements, side_by_side(figure, look, panels_of(run)), strict=True)):
        rows = table[table["placement"] == placement]
        at = papers_epoch(run, placement)
        if not np.isnan(at):
            figure.add_scatter(x=[at, at], y=[0, 1.02], mode="lines", hoverinfo="skip", name="paper reads here", showlegend=not is_told,
                               legendgroup="point", line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, **axes)
            is_told = True
        for name, variant, stretch in (("intact", "intact", 1.0), ("slow", "intact", SLOWER), ("all", "all", 1.0)):
            mean = over(rows[rows["variant"] == variant], ["epoch"], "memorised")
            mean = mean[stretch * mean["epoch"] <= rows["epoch"].max()]
            colour, dash, symbol = mark_of(variant, look)
            is_slow = name == "slow"
            title = SLOW if is_slow else TITLES[variant]
            figure.add_scatter(
                x=stretch * mean["epoch"], y=mean["value"], mode="lines" if is_slow else "lines+markers", name=title,
                legendgroup=name, showlegend=index == 0,
                line={"color": colour, "width": look.size(3), "dash": "dash" if is_slow else dash},
                marker={"symbol": symbol, "size": look.size(8), "color": colour}, text=[said(row) for row in mean.itertuples()],
                hovertemplate=f"<b>{title}</b><br>memorised %{{text}}<br>after epoch %{{x:g}}<extra></extra>", **axes)
    figure.update_yaxes(range=[-0.02, 1.04], tickformat=".0%", nticks=5)
    figure.update_xaxes(range=[0, float(table["epoch"].max()) * 1.02], nticks=4)
    legend_above(figure)
    return figure


def alt_course(run: Run) -> str:
    """Return how many epochs stripping delays half of the wrong labels."""
    parts = []
    for placement in placements_of(run):
        later = run.estimate(f"delay_{placement}").value
        told = "not reached by both" if np.isnan(later) else f"{words.number(later, '', signed=True)} epochs"
        parts.append(f"{PLACEMENT_TITLES[placement]} {told}")
    return ("Half of the wrong labels are memorised later by stripping: " + ", ".join(parts) + ".")[:LONGEST_ALT]
